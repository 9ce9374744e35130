//! The steps of telling: which have something in them, and the way from one to the next.

use crate::steps::Step;
use crate::ui::components::bound::OpenStory;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{focus, use_texts};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use texts::Locale;

/// A bar for each step, full where something was done.
#[component]
pub fn TellingSteps(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let now = memo(move || {
        story.with(|story| Step::now(|step| story.as_ref().is_some_and(|story| step.is_begun(story))))
    });
    let items = Step::ALL.into_iter().map(|step| {
        let is_begun =
            memo(move || story.with(|story| story.as_ref().is_some_and(|story| step.is_begun(story))));
        let go = move |event: MouseEvent| {
            // A jump within the page would become a new address.
            event.prevent_default();
            focus::part(step.heading());
        };
        view! {
            <li>
                <a
                    class="telling__step"
                    class:telling__step--begun=move || is_begun.get()
                    href=step.heading()
                    aria-current=move || (now.get() == step).then_some("step")
                    on:click=go
                >
                    <span class="telling__name">{name(texts, step)}</span>
                    <span class="visually-hidden">{move || is_begun.get().then(|| texts.step_begun())}</span>
                </a>
            </li>
        }
    });
    view! {
        <nav class="telling" aria-label=texts.step_menu()>
            <ol role="list">{items.collect_view()}</ol>
            // The links say the same, one by one; on a phone nobody sees their words.
            <p class="telling__now" aria-hidden="true">
                {move || {
                    let step = now.get();
                    texts.step_position(&step.number().to_string(), &Step::ALL.len().to_string(), name(texts, step))
                }}
            </p>
        </nav>
    }
}

/// Leads to the next step.
#[component]
pub fn NextStep(
    /// The step that follows.
    step: Step,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="actions">
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| focus::part(step.heading())
            >
                {texts.step_next(&name(texts, step).to_lowercase())}
            </button>
        </div>
    }
}

fn name(texts: Locale, step: Step) -> &'static str {
    match step {
        Step::Words => texts.story_part_words(),
        Step::Media => texts.story_part_media(),
        Step::Place => texts.story_part_place(),
        Step::Teller => texts.story_part_teller(),
        Step::Consent => texts.story_part_consent(),
        Step::Ready => texts.story_part_submit(),
    }
}
