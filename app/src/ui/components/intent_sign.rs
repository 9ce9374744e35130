//! What waits for a connection.

use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Intent;

/// Says what is to be done with a story.
#[component]
pub fn IntentSign(
    /// That.
    intent: Intent,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <p class="sign sign--wait">
            <Drawn icon=Icon::Clock />
            {words::intent(texts, intent)}
        </p>
    }
}
