//! How it stands with a story.

use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::StoryState;

/// The state of a story.
#[component]
pub fn StateChip(
    /// The state.
    #[prop(into)]
    state: Signal<StoryState>,
) -> impl IntoView {
    let texts = use_texts();
    let class = move || match state.get() {
        StoryState::Draft | StoryState::AskedBack => "chip chip--spark",
        StoryState::Submitted | StoryState::Approved => "chip",
        StoryState::Online => "chip chip--safe",
        StoryState::NotPublished | StoryState::Withdrawn => "chip chip--quiet",
    };
    view! { <span class=class>{move || words::state(texts, state.get())}</span> }
}
