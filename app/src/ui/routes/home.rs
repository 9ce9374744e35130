//! `/app/`: where you stand, and the next step.

use crate::ui::use_texts;
use leptos::prelude::*;

/// The first screen.
#[component]
pub fn Home() -> impl IntoView {
    let texts = use_texts();
    view! { <h1>{texts.words_aanzet()}</h1> }
}
