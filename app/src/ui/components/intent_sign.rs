//! What waits for a connection, or for somebody to look again.

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
            <Drawn icon=icon(intent) />
            {words::intent(texts, intent)}
        </p>
    }
}

/// What stands before its words.
pub fn icon(intent: Intent) -> Icon {
    match intent {
        Intent::Publish | Intent::Withdraw | Intent::Erase => Icon::Clock,
        Intent::PreviewAgain => Icon::Eye,
    }
}
