//! The steps of telling: which have something in them, where somebody is, and the way from one to the next.

use crate::steps::Step;
use crate::ui::components::bound::OpenStory;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{focus, use_texts};
use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use texts::Locale;
use web_sys::Element;

/// A bar for each step, full where something was done.
#[component]
pub fn TellingSteps(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let now = here();
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

/// The step that somebody is in: where the keyboard is, or else what is in the middle of the screen.
fn here() -> Signal<Step> {
    let now = RwSignal::new(Step::Words);
    let is_due = StoredValue::new(false);
    let look = move |_: Event| {
        // Once for all that happens before the page is drawn next.
        if is_due.get_value() {
            return;
        }
        is_due.set_value(true);
        request_animation_frame(move || {
            // The screen may be gone.
            if is_due.try_set_value(false).is_some() {
                return;
            }
            if let Some(step) = look_where()
                && now.get_untracked() != step
            {
                now.set(step);
            }
        });
    };
    let heard = ["focusin", "scroll"].map(|event| window_event_listener_untyped(event, look));
    on_cleanup(move || heard.into_iter().for_each(WindowListenerHandle::remove));
    now.into()
}

/// Nothing while a dialog lies over the form.
fn look_where() -> Option<Step> {
    let within = |element: &Element, selectors| element.closest(selectors).ok().flatten().is_some();
    let focused = document().active_element();
    if focused.as_ref().is_some_and(|focused| within(focused, "dialog")) {
        return None;
    }
    let height = window().inner_height().ok();
    let height = height.and_then(|height| height.as_f64()).unwrap_or_default();
    let top = |element: &Element| element.get_bounding_client_rect().top();
    let focused = focused.filter(|focused| {
        let place = focused.get_bounding_client_rect();
        within(focused, ".story-form") && place.bottom() > 0.0 && place.top() < height
    });
    let place = focused.map_or(height / 2.0, |focused| top(&focused));
    let headings = Step::ALL.map(|step| {
        let heading = document().query_selector(step.heading()).ok().flatten();
        heading.map(|heading| top(&heading))
    });
    Some(Step::at(place, headings))
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
