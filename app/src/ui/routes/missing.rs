//! An address that leads nowhere.

use crate::ui::use_texts;
use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn MissingPage() -> impl IntoView {
    let texts = use_texts();
    view! {
        <h1>{texts.missing_page_title()}</h1>
        <p>{texts.missing_page_text()}</p>
        <p>
            <a class="button" href="/app/">
                {texts.missing_page_back()}
            </a>
        </p>
    }
}
