//! Recording: the button, and what there is to see while it runs.

use crate::recording::{Kept, LEVELS, Stage, clock};
use crate::ui::components::bound::OpenStory;
use crate::ui::components::guide_questions::{GuideQuestions, questions};
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::take::Take;
use crate::ui::{focus, leaving, use_texts, words};
use leptos::prelude::*;

/// "Opname starten", the questions, the clock, "Opname stoppen".
#[component]
pub fn RecorderPanel(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let take = Take::new();
    let shown = take.shown();
    let take = StoredValue::new_local(take);
    let stage = shown.stage;
    let is_under_way = memo(move || stage.get().is_under_way());
    leaving::ask_while(is_under_way.into());
    let picked = RwSignal::new([true; 8]);
    let start = move |_| {
        let Some(id) = desk.with_value(Desk::id).get_untracked() else {
            return;
        };
        let picked = picked.get_untracked();
        let wanted = questions(texts)
            .into_iter()
            .zip(picked)
            .filter(|(_, picked)| *picked);
        let wanted = wanted.map(|(question, _)| question.to_owned()).collect();
        take.with_value(|take| take.begin(id, wanted));
    };
    // What was pressed goes away: the keyboard follows to what comes in its place.
    Effect::new(move |before: Option<Stage>| {
        let now = stage.get();
        if before == Some(Stage::Recording) && matches!(now, Stage::Idle | Stage::Closing) {
            focus::first("#inhoud", "#opname");
        } else if before.is_some_and(|before| before != now) && now == Stage::Recording {
            focus::first("#inhoud", "#opname-stoppen");
        }
        now
    });
    Effect::new(move || {
        // The first words make the story, once they are stored: the next core knows none without any.
        if shown.n_kept.get() > 0 {
            desk.with_value(Desk::was_stored);
        }
    });
    let story = desk.with_value(Desk::story);
    Effect::new(move || {
        if matches!(stage.get(), Stage::Interrupted(_)) {
            story.with(|story| {
                if let Some(story) = story {
                    take.with_value(|take| take.hear(&story.recordings));
                }
            });
        }
    });
    let trouble = move || {
        let trouble = shown.trouble.get();
        trouble.map(|trouble| words::recording_trouble(texts, &trouble))
    };
    let said = move || match stage.get() {
        Stage::Asking => Some(texts.recorder_asking()),
        Stage::Closing => Some(texts.recorder_closing()),
        Stage::Idle => shown.is_closed.get().then(|| match shown.n_kept.get() {
            0 => texts.recorder_nothing(),
            1.. => texts.recorder_stored(),
        }),
        Stage::Recording => Some(texts.recorder_running()),
        Stage::Interrupted(_) => None,
    };
    let is_idle = move || matches!(stage.get(), Stage::Idle | Stage::Asking);
    view! {
        <div class="recorder">
            <p role="status">{said}</p>
            <Show when=move || shown.trouble.with(Option::is_some)>
                <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                    <p>{trouble}</p>
                </Notice>
            </Show>
            <Show when=is_idle>
                <p class="soft">{texts.recorder_intro()}</p>
                <GuideQuestions picked=picked />
                <div>
                    <button
                        type="button"
                        class="button"
                        aria-busy=move || (stage.get() == Stage::Asking).then_some("true")
                        aria-disabled=move || (stage.get() == Stage::Asking).then_some("true")
                        on:click=start
                    >
                        <Drawn icon=Icon::Microphone />
                        {texts.recorder_start()}
                    </button>
                </div>
            </Show>
            <Show when=move || stage.get() == Stage::Recording>
                <Running take=take />
            </Show>
            <Show when=move || matches!(stage.get(), Stage::Interrupted(_))>
                <Interrupted desk=desk take=take />
            </Show>
        </div>
    }
}

type OpenTake = StoredValue<Take, LocalStorage>;

/// While it runs.
#[component]
fn Running(take: OpenTake) -> impl IntoView {
    let texts = use_texts();
    let shown = take.with_value(Take::shown);
    let seconds = memo(move || shown.length_ms.get() / 1_000);
    let length = move || clock(u64::from(seconds.get()) * 1_000);
    let question = move || {
        shown.asked.get().map(|(question, number, total)| {
            let position = texts.guide_position(&number.to_string(), &total.to_string());
            view! {
                <p class="soft">{position}</p>
                <p class="recorder__question">{question}</p>
            }
        })
    };
    let next = move || {
        if shown.asked.with(Option::is_some) {
            texts.guide_next()
        } else {
            texts.guide_first()
        }
    };
    let hints = move || {
        let hints = [
            (shown.has_slept.get()).then(|| texts.recorder_slept(&shown.part.get().to_string())),
            shown.is_quiet.get().then(|| texts.recorder_quiet().to_owned()),
            shown
                .is_lagging
                .get()
                .then(|| texts.recorder_lagging().to_owned()),
        ];
        hints.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    view! {
        <div class="recorder__bar">
            <p class="recorder__length">
                <span class="visually-hidden">{texts.recorder_length()}</span>
                <span role="timer">{length}</span>
            </p>
            <Loudness level=shown.level />
            <p class="soft">{move || texts.recorder_part(&shown.part.get().to_string())}</p>
        </div>
        <p class="recorder__hint" role="status">
            {hints}
        </p>
        <div aria-live="polite">{question}</div>
        <div class="actions">
            <Show when=move || shown.has_next.get()>
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| take.with_value(Take::ask_next)
                >
                    {next}
                </button>
            </Show>
            <button
                type="button"
                class="button"
                id="opname-stoppen"
                on:click=move |_| take.with_value(Take::stop)
            >
                <Drawn icon=Icon::Stop />
                {texts.recorder_stop()}
            </button>
        </div>
    }
}

/// Bars that rise with the voice; the words beside it tell when there is none.
#[component]
fn Loudness(level: RwSignal<Option<u8>>) -> impl IntoView {
    let bars = (1..=LEVELS).map(|step| {
        view! {
            <span
                class="recorder__level"
                class:recorder__level--on=move || level.get().is_some_and(|level| level >= step)
            ></span>
        }
    });
    view! {
        <span class="recorder__levels" aria-hidden="true">
            {bars.collect_view()}
        </span>
    }
}

/// Something else stopped it.
#[component]
fn Interrupted(desk: OpenStory, take: OpenTake) -> impl IntoView {
    let texts = use_texts();
    let shown = take.with_value(Take::shown);
    let interruption = move || match shown.stage.get() {
        Stage::Interrupted(why) => Some(why),
        Stage::Idle | Stage::Asking | Stage::Recording | Stage::Closing => None,
    };
    let why = move || interruption().map(|why| words::interruption(texts, why));
    let kept = move || {
        interruption().map(|why| match Kept::after(why, shown.n_kept.get()) {
            Kept::Nothing => texts.recorder_kept_nothing(),
            Kept::Most => texts.recorder_kept_most(),
            Kept::All => texts.recorder_kept(),
        })
    };
    let go_on = move |_| {
        let Some(id) = desk.with_value(Desk::id).get_untracked() else {
            return;
        };
        take.with_value(|take| take.go_on(id));
    };
    let next_part = move || match shown.n_kept.get() {
        0 => texts.recorder_again().to_owned(),
        n_kept => texts.recorder_go_on(&(n_kept + 1).to_string()),
    };
    view! {
        <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
            <p>
                <strong>{texts.recorder_interrupted()}</strong>
            </p>
            <p>{why}</p>
            <p>{kept}</p>
        </Notice>
        <div class="actions">
            <button type="button" class="button button--quiet" on:click=move |_| take.with_value(Take::stop)>
                {texts.recorder_finish()}
            </button>
            <button type="button" class="button" on:click=go_on>
                <Drawn icon=Icon::Microphone />
                {next_part}
            </button>
        </div>
    }
}
