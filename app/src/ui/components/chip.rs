//! How it stands with a story.

use crate::ui::components::show::Show;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::StoryState;

/// The state of a story.
#[component]
pub fn StateChip(
    /// The state.
    #[prop(into)]
    state: Signal<StoryState>,
    /// Whether the consent for the website was taken back: that says more than an approval.
    #[prop(optional, into)]
    taken_back: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    let class = move || match state.get() {
        StoryState::Draft | StoryState::AskedBack => "chip chip--spark",
        StoryState::Submitted | StoryState::Approved => "chip",
        StoryState::Online => "chip chip--safe",
        StoryState::NotPublished | StoryState::Withdrawn => "chip chip--quiet",
    };
    view! {
        <Show when=move || taken_back.get()>
            <span class="chip chip--risk">{texts.stories_taken_back()}</span>
        </Show>
        <Show when=move || !taken_back.get() || state.get() != StoryState::Approved>
            <span class=class>{move || words::state(texts, state.get())}</span>
        </Show>
    }
}
