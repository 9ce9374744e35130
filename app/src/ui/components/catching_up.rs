//! While what others wrote is still coming.

use crate::ui::use_texts;
use leptos::prelude::*;

/// Says that more is to come: a list or a number on this screen is not the last word.
#[component]
pub fn CatchingUp() -> impl IntoView {
    let texts = use_texts();
    view! {
        <p class="soft" role="status">
            {texts.app_catching_up()}
        </p>
    }
}
