//! What is shown instead of the screens while the core cannot be asked.

use crate::messages::Unusable;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::rescue::Rescue;
use crate::ui::view::{CoreState, take_over, use_core, use_view};
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use std::time::Duration;

/// Nothing while all is well.
#[component]
pub fn CoreScreen() -> impl IntoView {
    let view = use_view();
    move || match view.core.get() {
        CoreState::Ready => ().into_any(),
        CoreState::Starting => view! { <Starting /> }.into_any(),
        CoreState::TakenOver => view! { <TakenOver /> }.into_any(),
        CoreState::Unusable(why) => view! { <CannotStore why=why /> }.into_any(),
        CoreState::GaveUp => view! { <GaveUp /> }.into_any(),
    }
}

/// Says that the app opens, when that takes long enough to be seen; and what to do when it takes longer: another
/// window that was stopped in the middle of a transaction holds the database.
#[component]
fn Starting() -> impl IntoView {
    let texts = use_texts();
    let is_seen = after(Duration::from_millis(300));
    let is_long = after(Duration::from_secs(8));
    view! {
        <div role="status" class="stack">
            <p class="lead">{move || is_seen.get().then(|| texts.app_opening())}</p>
            <p>{move || is_long.get().then(|| texts.app_opening_long())}</p>
        </div>
    }
}

/// Turns true once that time has passed.
fn after(time: Duration) -> RwSignal<bool> {
    let has_passed = RwSignal::new(false);
    if let Ok(timeout) = set_timeout_with_handle(move || has_passed.set(true), time) {
        on_cleanup(move || timeout.clear());
    }
    has_passed
}

/// Another tab has the device (S14).
#[component]
fn TakenOver() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let core = StoredValue::new_local(use_core());
    let press = move |_| take_over(core.get_value(), view);
    view! {
        <section class="narrow stack" role="status">
            <h1>{texts.core_taken_over()}</h1>
            <p class="lead">{texts.core_taken_over_more()}</p>
            <p>
                <button type="button" class="button button--wide" on:click=press>
                    {texts.core_take_over()}
                </button>
            </p>
        </section>
    }
}

/// The database cannot be used (C4).
#[component]
fn CannotStore(
    /// The cause.
    why: Unusable,
) -> impl IntoView {
    let texts = use_texts();
    let is_unreadable = why == Unusable::Unreadable;
    view! {
        <section class="narrow stack" role="alert">
            <h1>{if is_unreadable { texts.core_unreadable() } else { texts.core_unusable() }}</h1>
            <p class="lead">{words::unusable(texts, why)}</p>
            <p>{texts.core_nothing_lost()}</p>
            <Reload quiet=is_unreadable />
            {is_unreadable.then(|| view! { <Rescue /> })}
        </section>
    }
}

/// The core died too often (C5).
#[component]
fn GaveUp() -> impl IntoView {
    let texts = use_texts();
    view! {
        <section class="narrow stack" role="alert">
            <h1>{texts.core_gave_up()}</h1>
            <p class="lead">{texts.core_gave_up_more()}</p>
            <p>{texts.core_nothing_lost()}</p>
            <Reload quiet=true />
            <Rescue />
        </section>
    }
}

#[component]
fn Reload(
    /// Whether something else is the next step.
    quiet: bool,
) -> impl IntoView {
    let texts = use_texts();
    // Refused only in a page that is being left.
    let reload = |_| drop(window().location().reload());
    let class = if quiet {
        "button button--quiet button--wide"
    } else {
        "button button--wide"
    };
    view! {
        <p>
            <button type="button" class=class on:click=reload>
                <Drawn icon=Icon::Again />
                {texts.app_retry()}
            </button>
        </p>
    }
}
