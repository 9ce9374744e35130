//! The mark of Aanzet: two moves, one leading to the next.

use leptos::prelude::*;

/// Draws the mark; the name stands beside it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 40 40" aria-hidden="true">
            <path class="mark__way" d="M11 27C13 13 21 9 31 12" />
            <circle class="mark__from" cx="11" cy="27" r="8" />
            <circle class="mark__to" cx="31" cy="12" r="7" />
        </svg>
    }
}
