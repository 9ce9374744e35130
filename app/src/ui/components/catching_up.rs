//! While what others wrote is still coming.

use crate::coming_in;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use leptos::prelude::*;
use std::time::Duration;

/// Whether it is.
pub fn use_catching_up() -> Memo<bool> {
    let link = use_view().link;
    memo(move || link.with(|link| link.is_catching_up))
}

/// Says that more is to come: a list or a number on this screen is not the last word.
#[component]
pub fn CatchingUp() -> impl IntoView {
    /// How often the number moves on: with each story it could not be read.
    const TICK: Duration = Duration::from_secs(3);
    let texts = use_texts();
    let rows = use_view().rows;
    let count = move || rows.with_untracked(|rows| coming_in::words(texts, rows.values()));
    let counted = RwSignal::new(count());
    if let Ok(tick) = set_interval_with_handle(move || counted.set(count()), TICK) {
        on_cleanup(move || tick.clear());
    }
    // Who listens hears that something is coming, and not each number.
    view! {
        <p class="soft" role="status">
            {texts.app_catching_up()}
        </p>
        {move || {
            counted
                .get()
                .map(|words| {
                    view! {
                        <p class="soft" aria-live="off">
                            {words}
                        </p>
                    }
                })
        }}
    }
}
