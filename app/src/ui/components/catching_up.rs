//! While what others wrote is still coming.

use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use leptos::prelude::*;

/// Whether it is.
pub fn use_catching_up() -> Memo<bool> {
    let link = use_view().link;
    memo(move || link.with(|link| link.is_catching_up))
}

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
