//! Listening to a recording, part by part, and to the answer to a question.

use crate::recording::clock;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::show::Show;
use crate::ui::loaded::{Loading, use_loaded};
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::html::Audio;
use leptos::prelude::*;
use shared::view::{Mark, RecordingView, SoundView, Which};

/// Where to begin: a part, and milliseconds in it. It moves on each time somebody chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wish {
    part: u32,
    at_ms: u32,
    n_before: u32,
}

/// The parts of a recording, and the questions in it.
#[component]
pub fn Player(
    /// The story.
    desk: OpenStory,
    /// The recording.
    recording: Signal<Option<RecordingView>>,
    /// Its number among the recordings of the story.
    number: Signal<usize>,
) -> impl IntoView {
    let texts = use_texts();
    let wish = RwSignal::new(None::<Wish>);
    let play = Callback::new(move |(part, at_ms)| {
        let n_before = wish.get_untracked().map_or(0, |wish| wish.n_before + 1);
        wish.set(Some(Wish {
            part,
            at_ms,
            n_before,
        }));
    });
    let parts = memo(move || recording.with(|known| known.as_ref().map(|known| known.parts.clone())));
    let marks = memo(move || {
        recording.with(|known| {
            known
                .as_ref()
                .map(|known| known.marks.clone())
                .unwrap_or_default()
        })
    });
    let id = recording.with_untracked(|known| known.as_ref().map(|known| known.id.clone()));
    let id = StoredValue::new(id.unwrap_or_default());
    let answers = move || {
        marks.get().into_iter().map(move |mark| {
            let Mark {
                part,
                at_ms,
                question,
            } = mark;
            let words = texts.recording_at(&question, &clock(at_ms.into()));
            view! {
                <li>
                    <button
                        type="button"
                        class="chip chip--button"
                        on:click=move |_| play.run((part, at_ms))
                    >
                        <Drawn icon=Icon::Play />
                        {words}
                    </button>
                </li>
            }
        })
    };
    view! {
        <For
            each=move || parts.get().unwrap_or_default()
            key=|sound| format!("{} {}", sound.part, sound.is_here)
            children=move |sound| {
                view! { <Part desk=desk id=id.get_value() sound=sound number=number wish=wish play=play /> }
            }
        />
        <Show when=move || marks.with(|marks| !marks.is_empty())>
            <div class="stack stack--tight">
                <p class="field__label">{texts.recording_marks()}</p>
                <ul class="chips" role="list" aria-label=texts.media_marks()>
                    {move || answers().collect_view()}
                </ul>
            </div>
        </Show>
    }
}

/// A part: a button until somebody wants to hear it, then the browser's own player.
#[component]
fn Part(
    desk: OpenStory,
    id: String,
    sound: SoundView,
    number: Signal<usize>,
    wish: RwSignal<Option<Wish>>,
    play: Callback<(u32, u32)>,
) -> impl IntoView {
    let texts = use_texts();
    let SoundView {
        part,
        duration_ms,
        is_here,
        ..
    } = sound;
    let mine = memo(move || wish.get().filter(|wish| wish.part == part));
    let is_wanted = RwSignal::new(false);
    Effect::new(move || {
        if mine.with(Option::is_some) {
            is_wanted.set(true);
        }
    });
    let loading = use_loaded(
        desk,
        id,
        Which::Sound(part),
        is_wanted.into(),
        Signal::stored(is_here),
    );
    let address = memo(move || loading.get().address());
    let name = move || texts.recording_sound(&number.get().to_string(), &part.to_string());
    let label = texts.recording_listen(&part.to_string(), &clock(duration_ms.into()));
    view! {
        <Show
            when=move || address.with(Option::is_some)
            fallback=move || {
                let label = label.clone();
                view! {
                    <div>
                        <button
                            type="button"
                            class="button button--quiet"
                            aria-busy=move || is_wanted.get().then_some("true")
                            on:click=move |_| play.run((part, 0))
                        >
                            <Drawn icon=Icon::Play />
                            {label}
                        </button>
                    </div>
                }
            }
        >
            <div class="stack stack--tight">
                <p class="soft">{move || texts.recorder_part(&part.to_string())}</p>
                <Sound address=address.into() name=Signal::derive(name) wish=mine.into() />
            </div>
        </Show>
        <p class="soft" role="status">
            {move || {
                (is_wanted.get() && loading.get() == Loading::Coming).then(|| texts.media_coming())
            }}
        </p>
    }
}

/// Further than any recording goes.
const FAR_SECONDS: f64 = 1e7;

#[component]
fn Sound(address: Signal<Option<String>>, name: Signal<String>, wish: Signal<Option<Wish>>) -> impl IntoView {
    let texts = use_texts();
    let audio = NodeRef::<Audio>::new();
    // What was recorded in pieces names no duration, and cannot be moved about in: looking for its end finds it.
    let is_measured = RwSignal::new(false);
    let is_stuck = RwSignal::new(false);
    let measure = move |_| {
        let Some(audio) = audio.get_untracked() else {
            return;
        };
        let can_seek = audio.seekable().length() > 0;
        is_stuck.set(!can_seek);
        if can_seek && !audio.duration().is_finite() {
            audio.set_current_time(FAR_SECONDS);
        } else {
            is_measured.set(true);
        }
    };
    let measured = move |_| {
        let is_finite = audio
            .get_untracked()
            .is_some_and(|audio| audio.duration().is_finite());
        if is_finite && !is_measured.get_untracked() {
            is_measured.set(true);
        }
    };
    Effect::new(move || {
        let (Some(audio), Some(wish), true) = (audio.get(), wish.get(), is_measured.get()) else {
            return;
        };
        if !is_stuck.get() {
            audio.set_current_time(f64::from(wish.at_ms) / 1_000.0);
        }
        // The button that was pressed may be gone.
        drop(audio.focus());
        // Refused where the browser wants another press first.
        drop(audio.play());
    });
    view! {
        <audio
            class="recording__sound"
            node_ref=audio
            controls
            preload="metadata"
            tabindex="0"
            aria-label=move || name.get()
            src=move || address.get()
            on:loadedmetadata=measure
            on:durationchange=measured
        ></audio>
        <p class="soft" role="status">
            {move || {
                let is_far = wish.get().is_some_and(|wish| wish.at_ms > 0);
                (is_far && is_stuck.get()).then(|| texts.recording_no_jump())
            }}
        </p>
    }
}
