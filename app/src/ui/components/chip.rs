//! How it stands with a story.

use crate::stands::Stands;
use crate::ui::components::show::Show;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::StoryState;

/// The state of a story.
#[component]
pub fn StateChip(
    /// How it stands.
    #[prop(into)]
    stands: Signal<Stands>,
) -> impl IntoView {
    let texts = use_texts();
    let class = move || match stands.get().state {
        StoryState::Draft | StoryState::AskedBack => "chip chip--spark",
        StoryState::Submitted | StoryState::Approved => "chip",
        StoryState::Online => "chip chip--safe",
        StoryState::NotPublished | StoryState::Withdrawn => "chip chip--quiet",
    };
    view! {
        <Show when=move || stands.get().is_taken_back>
            <span class="chip chip--risk">{texts.stories_taken_back()}</span>
        </Show>
        <Show when=move || stands.get().is_asked>
            <span class="chip chip--spark">{texts.state_asked_back()}</span>
        </Show>
        <Show when=move || stands.get().names_state()>
            <span class=class>{move || words::state(texts, stands.get().state)}</span>
        </Show>
        <Show when=move || stands.get().is_changed()>
            <span class="chip chip--quiet">{texts.stories_changed_since()}</span>
        </Show>
    }
}
