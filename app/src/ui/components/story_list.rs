//! A list of stories that stays quick with thousands of them.

use crate::lists::{ROWS_AT_ONCE, Whose, listed};
use crate::ui::components::for_each::For;
use crate::ui::components::show::Show;
use crate::ui::components::story_item::StoryItem;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use leptos::prelude::*;
use shared::view::StoryState;

/// The first part of a list, and a button for more.
#[component]
pub fn StoryList(
    /// Whose stories.
    whose: Whose,
    /// Name of the list.
    label: &'static str,
    /// Words that are looked for.
    #[prop(into)]
    words: Signal<String>,
    /// The state that is looked for, if one is.
    #[prop(into)]
    state: Signal<Option<StoryState>>,
) -> impl IntoView {
    let texts = use_texts();
    let rows = use_view().rows;
    let n_shown = RwSignal::new(ROWS_AT_ONCE);
    let ids = memo(move || {
        let listed = rows.with(|rows| words.with(|words| listed(rows.values(), whose, words, state.get())));
        listed.iter().map(|row| row.id.clone()).collect::<Vec<_>>()
    });
    let shown = move || ids.with(|ids| ids.iter().take(n_shown.get()).cloned().collect::<Vec<_>>());
    let total = move || ids.with(Vec::len);
    let has_more = move || total() > n_shown.get();
    let leads_to = match whose {
        Whose::Mine => "/app/verhalen/",
        Whose::Others => "/app/nalezen/",
    };
    let found = move || {
        let is_looking = state.get().is_some() || words.with(|words| !words.trim().is_empty());
        is_looking.then(|| match total() {
            0 if words.with(|words| words.trim().is_empty()) => texts.stories_none_in_state().to_owned(),
            0 => texts.stories_none_found().to_owned(),
            total => texts.stories_found(u64::try_from(total).unwrap_or(u64::MAX)),
        })
    };
    view! {
        <p class="soft" role="status">
            {found}
        </p>
        <ul class="grid story-list" role="list" aria-label=label>
            <For
                each=shown
                key=Clone::clone
                children=move |id| {
                    view! { <StoryItem id=id leads_to=leads_to with_author=whose == Whose::Others /> }
                }
            />
        </ul>
        <Show when=has_more>
            <div class="row">
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| n_shown.update(|shown| *shown += ROWS_AT_ONCE)
                >
                    {texts.stories_more()}
                </button>
                <p class="soft" role="status">
                    {move || texts.stories_shown(&n_shown.get().min(total()).to_string(), &total().to_string())}
                </p>
            </div>
        </Show>
    }
}
