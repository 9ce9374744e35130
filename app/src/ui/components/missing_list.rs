//! What a story still lacks, in words.

use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Missing;

/// A sentence for each thing that is missing.
#[component]
pub fn MissingList(
    /// What is missing.
    #[prop(into)]
    missing: Signal<Vec<Missing>>,
) -> impl IntoView {
    let texts = use_texts();
    let items = move || {
        let missing = missing.get().into_iter();
        missing
            .map(|missing| view! { <li>{words::missing(texts, missing)}</li> })
            .collect_view()
    };
    view! { <ul class="missing">{items}</ul> }
}
