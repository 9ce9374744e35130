//! What is shown instead of the screens while the core cannot be asked.

use crate::messages::Unusable;
use crate::ui::components::icon::{Drawn, Icon};
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

/// Says that the app opens, when that takes long enough to be seen.
#[component]
fn Starting() -> impl IntoView {
    const UNNOTICED: Duration = Duration::from_millis(300);
    let texts = use_texts();
    let is_slow = RwSignal::new(false);
    if let Ok(timeout) = set_timeout_with_handle(move || is_slow.set(true), UNNOTICED) {
        on_cleanup(move || timeout.clear());
    }
    view! {
        <p class="lead" role="status">
            {move || is_slow.get().then(|| texts.app_opening())}
        </p>
    }
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
    view! {
        <section class="narrow stack" role="alert">
            <h1>{texts.core_unusable()}</h1>
            <p class="lead">{words::unusable(texts, why)}</p>
            <p>{texts.core_nothing_lost()}</p>
            <Reload />
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
            <Reload />
        </section>
    }
}

#[component]
fn Reload() -> impl IntoView {
    let texts = use_texts();
    // Refused only in a page that is being left.
    let reload = |_| drop(window().location().reload());
    view! {
        <p>
            <button type="button" class="button button--wide" on:click=reload>
                <Drawn icon=Icon::Again />
                {texts.app_retry()}
            </button>
        </p>
    }
}
