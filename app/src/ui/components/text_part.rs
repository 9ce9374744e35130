//! The sentences of one use in one language, and how they sound.

use crate::recording::{Stage, clock};
use crate::text_draft;
use crate::text_languages::{Asked, direction};
use crate::ui::clip::{Clip, ClipRecorder};
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::components::use_box;
use crate::ui::consent_texts::{Readings, use_readings};
use crate::ui::memo::memo;
use crate::ui::{focus, microphone, use_texts, words};
use leptos::html::H3;
use leptos::prelude::*;
use shared::command::{CONSENT_TEXT_CHARS_MAX, Command};
use shared::view::{Use, Whereabouts};
use texts::Locale;

/// What the parts of one language share.
#[derive(Clone, Copy, Debug)]
pub struct Editing {
    /// The language.
    pub language: StoredValue<String>,
    /// What is asked, as it is saved.
    pub asked: Signal<Asked>,
    /// What was done, read aloud.
    pub done: RwSignal<Option<&'static str>>,
    /// Addresses of its readings.
    readings: Readings,
    /// Records one at a time.
    recorder: ClipRecorder,
    /// Carries out what is done to readings.
    asking: Asking,
    /// The use whose reading something was done to last.
    last: RwSignal<Option<Use>>,
    /// Something is done to a reading: what else is wanted waits.
    busy: Signal<bool>,
}

impl Editing {
    /// Nothing done yet. Lives as long as the component that makes it.
    pub fn new(language: StoredValue<String>, asked: Signal<Asked>) -> Self {
        let (recorder, asking) = (ClipRecorder::new(), Asking::new());
        let busy = memo(move || asking.busy().get() || recorder.stage.get() != Stage::Idle);
        Self {
            language,
            asked,
            done: RwSignal::new(None),
            readings: use_readings(asked),
            recorder,
            asking,
            last: RwSignal::new(None),
            busy: busy.into(),
        }
    }

    /// Puts away what is told of earlier things.
    fn begin(self, used: Use) {
        self.done.set(None);
        self.recorder.trouble.set(None);
        self.asking.forgive();
        self.last.set(Some(used));
    }

    /// Adds a reading of just these sentences.
    fn add(self, used: Use, text: String, clip: Clip, said: &'static str) {
        let command = Command::AddReading {
            language: self.language.get_value(),
            used,
            text,
            media_type: clip.media_type,
            bytes: clip.bytes,
            duration_ms: clip.duration_ms,
        };
        self.asking.ask(command, move |_| self.done.set(Some(said)));
    }
}

/// A field for the sentences with the Dutch ones beside it, or the app's own sentences; below, how they sound.
#[component]
pub fn TextPart(
    /// The use.
    used: Use,
    /// What stands in the field; none for a language that the app speaks itself.
    typed: Option<Signal<String>>,
    /// The sentences that are saved and stand in the field.
    saved: Signal<Option<String>>,
    /// Called with what is typed.
    on_type: Callback<String>,
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let texts = use_texts();
    let use_id = format!("gebruik-{}", use_box::id(used));
    let heading = NodeRef::new();
    let tag = editing.language.get_value();
    let field = match typed {
        Some(typed) => view! { <Sentences used=used typed=typed on_type=on_type language=tag /> }.into_any(),
        None => {
            let dir = direction(&tag);
            view! {
                <p lang=tag dir=dir>
                    {move || saved.get()}
                </p>
            }
            .into_any()
        }
    };
    view! {
        <li class="text-part stack">
            <h3 id=use_id node_ref=heading>
                {words::use_of(texts, used)}
            </h3>
            {field}
            <ReadingPart used=used saved=saved editing=editing heading=heading />
        </li>
    }
}

/// The field, with the Dutch sentences before it.
#[component]
fn Sentences(used: Use, typed: Signal<String>, on_type: Callback<String>, language: String) -> impl IntoView {
    let texts = use_texts();
    let id = use_box::id(used);
    let (field_id, source_id, label_id) = (
        format!("tekst-{id}"),
        format!("bron-{id}"),
        format!("vertaling-{id}"),
    );
    let error_id = format!("fout-{id}");
    let label_for = field_id.clone();
    let labelled_by = format!("gebruik-{id} {label_id}");
    let dir = direction(&language);
    let is_wrong = memo(move || typed.with(|typed| text_draft::is_too_long(typed)));
    let described_by = {
        let (source_id, error_id) = (source_id.clone(), error_id.clone());
        move || {
            if is_wrong.get() {
                [&source_id, " ", &error_id].concat()
            } else {
                source_id.clone()
            }
        }
    };
    let limit = u64::try_from(CONSENT_TEXT_CHARS_MAX).unwrap_or(u64::MAX);
    view! {
        <div class="field">
            <p class="field__hint" id=source_id lang="nl">
                {words::consent_text(Locale::Nl, used)}
            </p>
            // WebKit leaves a label itself out of a name that is made of several parts.
            <label class="field__label" for=label_for>
                <span id=label_id>{texts.asked_translation()}</span>
            </label>
            <textarea
                class="field__input"
                id=field_id
                rows="3"
                lang=language
                dir=dir
                autocomplete="off"
                spellcheck="false"
                aria-labelledby=labelled_by
                aria-describedby=described_by
                aria-invalid=move || is_wrong.get().then_some("true")
                prop:value=move || typed.get()
                on:input:target=move |event| on_type.run(event.target().value())
            ></textarea>
            <Show when=move || is_wrong.get()>
                <FieldError id=error_id.clone() words=texts.failure_too_long(limit) />
            </Show>
        </div>
    }
}

/// How the sentences sound: listened to, recorded, taken out.
#[component]
fn ReadingPart(
    used: Use,
    saved: Signal<Option<String>>,
    editing: Editing,
    heading: NodeRef<H3>,
) -> impl IntoView {
    let texts = use_texts();
    let Editing {
        recorder,
        asking,
        last,
        busy,
        ..
    } = editing;
    let reading = memo(move || editing.asked.with(|asked| asked.reading(used).cloned()));
    let reading_id = memo(move || reading.with(|reading| reading.as_ref().map(|reading| reading.id.clone())));
    let whereabouts =
        memo(move || reading.with(|reading| reading.as_ref().map(|reading| reading.whereabouts)));
    let heard = move || {
        reading_id.get().map(|id| {
            view! { <Heard id=id used=used whereabouts=whereabouts.into() editing=editing heading=heading /> }
        })
    };
    let is_mine = move || last.get() == Some(used);
    let stage = memo(move || {
        if is_mine() {
            recorder.stage.get()
        } else {
            Stage::Idle
        }
    });
    let is_recording = memo(move || stage.get() == Stage::Recording);
    let is_saved = memo(move || saved.with(Option::is_some));
    // What is recorded can be stopped, whatever is typed meanwhile.
    let is_shown = memo(move || is_saved.get() || stage.get() != Stage::Idle);
    let press = move |_| {
        if is_recording.get_untracked() {
            recorder.stop();
            return;
        }
        // What she reads is what stands there now.
        let (false, Some(text)) = (busy.get_untracked(), saved.get_untracked()) else {
            return;
        };
        editing.begin(used);
        recorder.record(move |clip| editing.add(used, text, clip, texts.asked_reading_added()));
    };
    let can_record = microphone::media_type().is_some();
    let seconds = memo(move || recorder.length_ms.get() / 1_000);
    let trouble = memo(move || recorder.trouble.get().filter(|_| is_mine()));
    let failure = memo(move || asking.failure().get().filter(|_| is_mine()));
    let id = use_box::id(used);
    view! {
        <Show when=move || can_record && !is_shown.get()>
            <p class="soft">{texts.asked_reading_later()}</p>
        </Show>
        <Show when=move || is_saved.get()>{heard}</Show>
        {move || {
            trouble
                .get()
                .map(|why| {
                    view! {
                        <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                            <p>{words::no_microphone(texts, why)}</p>
                        </Notice>
                    }
                })
        }}
        <FailureNotice failure=failure />
        <Show when=move || can_record && is_shown.get()>
            <Show when=move || is_recording.get()>
                <p class="recorder__length">
                    <span class="visually-hidden">{texts.recorder_length()}</span>
                    <span role="timer">{move || clock(u64::from(seconds.get()) * 1_000)}</span>
                </p>
            </Show>
            <div class="actions">
                <button
                    type="button"
                    class=move || if is_recording.get() { "button" } else { "button button--quiet" }
                    aria-describedby=format!("gebruik-{id}")
                    aria-busy=move || (stage.get() == Stage::Asking).then_some("true")
                    aria-disabled=move || (busy.get() && !is_recording.get()).then_some("true")
                    on:click=press
                >
                    <Drawn icon=Signal::derive(move || {
                        if is_recording.get() { Icon::Stop } else { Icon::Microphone }
                    }) />
                    {move || if is_recording.get() { texts.recorder_stop() } else { texts.recorder_start() }}
                </button>
            </div>
        </Show>
    }
}

/// A reading, to be listened to and taken out.
#[component]
fn Heard(
    id: String,
    used: Use,
    whereabouts: Signal<Option<Option<Whereabouts>>>,
    editing: Editing,
    heading: NodeRef<H3>,
) -> impl IntoView {
    let texts = use_texts();
    let address = memo(move || editing.readings.with(|readings| readings.get(&used).cloned()));
    let remove = Callback::new(move |()| {
        let command = Command::RemoveReading {
            language: editing.language.get_value(),
            reading: id.clone(),
        };
        editing.begin(used);
        let said = texts.asked_reading_removed();
        editing.asking.ask(command, move |_| {
            editing.done.set(Some(said));
            // The button goes with the recording.
            if let Some(heading) = heading.get_untracked() {
                focus::element(&heading);
            }
        });
    });
    let is_asked = RwSignal::new(false);
    let name = texts.asked_reading(words::use_of(texts, used));
    view! {
        <div class="stack stack--tight">
            <MediaSign whereabouts=whereabouts />
            {move || {
                let name = name.clone();
                address
                    .get()
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
                    busy=editing.busy
                    on_press=Callback::new(move |()| is_asked.set(true))
                    class="button--quiet"
                    described_by=format!("gebruik-{}", use_box::id(used))
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
