//! The sentences of one use in one language, and how they sound.

use crate::permission::USES;
use crate::recording::{Stage, clock};
use crate::text_languages::{Asked, direction};
use crate::ui::clip::{Clip, ClipRecorder};
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::file_button::FileButton;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::consent_texts::Readings;
use crate::ui::memo::memo;
use crate::ui::picture::bytes_of;
use crate::ui::{microphone, use_texts, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{CONSENT_TEXT_CHARS_MAX, Command};
use shared::view::{ReadingView, Use};
use texts::Locale;
use web_sys::File;

/// What the parts of one language share.
#[derive(Clone, Copy, Debug)]
pub struct Editing {
    /// The language.
    pub language: StoredValue<String>,
    /// What is asked, as it is saved.
    pub asked: Signal<Asked>,
    /// Addresses of its readings.
    pub readings: Readings,
    /// Records one at a time.
    pub recorder: ClipRecorder,
    /// The use whose sentences are recorded now.
    pub recorded: RwSignal<Option<Use>>,
    /// Carries out what is done to readings.
    pub asking: Asking,
    /// What was done, read aloud.
    pub done: RwSignal<Option<&'static str>>,
}

/// A field for the sentences with the Dutch ones beside it, or the app's own sentences; below, how they sound.
#[component]
pub fn TextPart(
    /// The use.
    used: Use,
    /// What stands in the field; none for a language that the app speaks itself.
    #[prop(optional)]
    typed: Option<Signal<String>>,
    /// The sentences that are saved and stand in the field.
    saved: Signal<Option<String>>,
    /// Called with what is typed.
    on_type: Callback<String>,
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let texts = use_texts();
    let id = id(used);
    let (field_id, source_id) = (format!("tekst-{id}"), format!("bron-{id}"));
    let (use_id, label_id) = (format!("gebruik-{id}"), format!("vertaling-{id}"));
    let tag = editing.language.get_value();
    let dir = direction(&tag);
    let field = match typed {
        Some(typed) => {
            let (label_for, described_by) = (field_id.clone(), source_id.clone());
            let labelled_by = format!("{use_id} {label_id}");
            view! {
                <div class="field">
                    <p class="field__hint" id=source_id lang="nl">
                        {words::consent_text(Locale::Nl, used)}
                    </p>
                    <label class="field__label" id=label_id for=label_for>
                        {texts.asked_translation()}
                    </label>
                    <textarea
                        class="field__input"
                        id=field_id
                        rows="3"
                        lang=tag
                        dir=dir
                        autocomplete="off"
                        spellcheck="false"
                        maxlength=CONSENT_TEXT_CHARS_MAX.to_string()
                        aria-labelledby=labelled_by
                        aria-describedby=described_by
                        prop:value=move || typed.get()
                        on:input:target=move |event| on_type.run(event.target().value())
                    ></textarea>
                </div>
            }
            .into_any()
        }
        None => view! {
            <p lang=tag dir=dir>
                {move || saved.get()}
            </p>
        }
        .into_any(),
    };
    view! {
        <li class="text-part stack">
            <h3 id=use_id>{words::use_of(texts, used)}</h3>
            {field}
            <ReadingPart used=used saved=saved editing=editing />
        </li>
    }
}

/// How the sentences sound: listened to, recorded, chosen from the device, taken out.
#[component]
fn ReadingPart(used: Use, saved: Signal<Option<String>>, editing: Editing) -> impl IntoView {
    let texts = use_texts();
    let Editing {
        recorder,
        recorded,
        asking,
        done,
        ..
    } = editing;
    let reading = memo(move || editing.asked.with(|asked| asked.reading(used).cloned()));
    let is_saved = memo(move || saved.with(Option::is_some));
    let is_mine = move || recorded.get() == Some(used);
    let is_recording = memo(move || is_mine() && recorder.stage.get() == Stage::Recording);
    let add = move |clip: Clip| {
        let Some(text) = saved.get_untracked() else {
            return;
        };
        let command = Command::AddReading {
            language: editing.language.get_value(),
            used,
            text,
            media_type: clip.media_type,
            bytes: clip.bytes,
            duration_ms: clip.duration_ms,
        };
        asking.ask(command, move |_| done.set(Some(texts.asked_reading_added())));
    };
    let start = move |_| {
        if recorder.stage.get_untracked() != Stage::Idle || asking.busy().get_untracked() {
            return;
        }
        done.set(None);
        recorded.set(Some(used));
        recorder.record(add);
    };
    let choose = Callback::new(move |files: Vec<File>| {
        done.set(None);
        let Some(file) = files.into_iter().next() else {
            return;
        };
        spawn_local(async move {
            // Gone meanwhile, or not to be read: the core says that it is no sound.
            let bytes = bytes_of(&file).await.unwrap_or_default();
            add(Clip {
                bytes,
                media_type: file.type_(),
                duration_ms: 0,
            });
        });
    });
    let can_record = microphone::media_type().is_some();
    let seconds = memo(move || recorder.length_ms.get() / 1_000);
    let trouble = move || {
        let why = recorder.trouble.get().filter(|_| is_mine());
        why.map(|why| words::no_microphone(texts, why))
    };
    let file_id = file_id(used);
    view! {
        <Show when=move || !is_saved.get()>
            <p class="soft">{texts.asked_reading_later()}</p>
        </Show>
        <Show when=move || is_saved.get()>
            {move || reading.get().map(|reading| view! { <Heard reading=reading editing=editing /> })}
            <Show when=move || is_mine() && recorder.trouble.with(Option::is_some)>
                <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                    <p>{trouble}</p>
                </Notice>
            </Show>
            <div class="actions">
                <Show when=move || can_record && !is_recording.get()>
                    <button type="button" class="button button--quiet" on:click=start>
                        <Drawn icon=Icon::Microphone />
                        {texts.recorder_start()}
                    </button>
                </Show>
                <Show when=move || is_recording.get()>
                    <p class="recorder__length">
                        <span class="visually-hidden">{texts.recorder_length()}</span>
                        <span role="timer">{move || clock(u64::from(seconds.get()) * 1_000)}</span>
                    </p>
                    <button type="button" class="button" on:click=move |_| recorder.stop()>
                        <Drawn icon=Icon::Stop />
                        {texts.recorder_stop()}
                    </button>
                </Show>
                <FileButton
                    id=file_id
                    icon=Icon::Play
                    label=texts.asked_file()
                    accept="audio/*"
                    busy=asking.busy()
                    on_choose=choose
                />
            </div>
        </Show>
    }
}

/// A reading, to be listened to and taken out.
#[component]
fn Heard(reading: ReadingView, editing: Editing) -> impl IntoView {
    let texts = use_texts();
    let ReadingView {
        id,
        used,
        whereabouts,
        ..
    } = reading;
    let address = move || editing.readings.with(|readings| readings.get(&used).cloned());
    let remove = Callback::new(move |()| {
        let command = Command::RemoveReading {
            language: editing.language.get_value(),
            reading: id.clone(),
        };
        let done = editing.done;
        done.set(None);
        editing
            .asking
            .ask(command, move |_| done.set(Some(texts.asked_reading_removed())));
    });
    let is_asked = RwSignal::new(false);
    let name = texts.asked_reading(words::use_of(texts, used));
    view! {
        <div class="stack stack--tight">
            <MediaSign whereabouts=Signal::stored(Some(whereabouts)) />
            {move || {
                let name = name.clone();
                address()
                    .map(|address| {
                        view! {
                            <audio
                                class="recording__sound"
                                controls
                                preload="metadata"
                                tabindex="0"
                                aria-label=name
                                src=address.as_ref().to_owned()
                            ></audio>
                        }
                    })
            }}
            <div>
                <BusyButton
                    busy=editing.asking.busy()
                    on_press=Callback::new(move |()| is_asked.set(true))
                    class="button--quiet"
                >
                    {texts.asked_reading_remove()}
                </BusyButton>
                <Confirm
                    open=is_asked
                    question=texts.asked_reading_remove_question()
                    verb=texts.asked_reading_remove_verb()
                    danger=true
                    on_yes=remove
                >
                    <p>{texts.asked_reading_remove_more()}</p>
                </Confirm>
            </div>
        </div>
    }
}

fn id(used: Use) -> usize {
    USES.into_iter()
        .position(|other| other == used)
        .unwrap_or_default()
}

fn file_id(used: Use) -> &'static str {
    match used {
        Use::Network => "geluid-netwerk",
        Use::Website => "geluid-website",
        Use::Photo => "geluid-foto",
        Use::Name => "geluid-naam",
        Use::Voice => "geluid-stem",
        Use::Print => "geluid-druk",
        Use::Press => "geluid-pers",
    }
}
