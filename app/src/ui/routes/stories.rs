//! `/app/verhalen`: one's own stories; for coordinators also those of all others.

use crate::lists::Whose;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::select::Select;
use crate::ui::components::show::Show;
use crate::ui::components::story_list::StoryList;
use crate::ui::memo::memo;
use crate::ui::tabs::leads;
use crate::ui::view::use_view;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::StoryState;

/// More stories than can be looked over: then there is a field to look for one.
const ROWS_WITHOUT_SEARCH: usize = 8;

/// "Mijn verhalen".
#[component]
pub fn Stories() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let words = RwSignal::new(String::new());
    let state = RwSignal::new(None::<StoryState>);
    let n_mine = memo(move || {
        view.rows
            .with(|rows| rows.values().filter(|row| row.mine).count())
    });
    let n_all = memo(move || view.rows.with(|rows| rows.len()));
    let leads = memo(move || {
        view.standing
            .with(|standing| standing.as_ref().is_some_and(leads))
    });
    let n_deleted = memo(move || {
        view.trash
            .with(|rows| u64::try_from(rows.len()).unwrap_or(u64::MAX))
    });
    let has_many = move || n_all.get() > ROWS_WITHOUT_SEARCH;
    let has_own = move || n_mine.get() > 0;
    let has_others = move || leads.get() && n_all.get() > n_mine.get();
    view! {
        <div class="row row--apart">
            <h1>{texts.stories_title()}</h1>
            <a class="button new-story" href="/app/verhalen/nieuw">
                <Drawn icon=Icon::Plus />
                {texts.stories_new()}
            </a>
        </div>
        <div class="stack stack--wide stories">
            <Show when=has_many>
                <Search words=words state=state />
            </Show>
            <Show when=has_own fallback=Empty>
                <div class="stack">
                    <StoryList whose=Whose::Mine label=texts.stories_title() words=words state=state />
                </div>
            </Show>
            <Show when=move || n_deleted.get() != 0>
                <p>
                    <a class="button button--quiet" href="/app/prullenbak">
                        {move || texts.trash_link(n_deleted.get())}
                    </a>
                </p>
            </Show>
            <Show when=has_others>
                <section class="stack" aria-labelledby="van-anderen">
                    <h2 id="van-anderen">{texts.stories_others()}</h2>
                    <StoryList whose=Whose::Others label=texts.stories_others() words=words state=state />
                </section>
            </Show>
        </div>
    }
}

/// What is looked for among many.
#[component]
fn Search(words: RwSignal<String>, state: RwSignal<Option<StoryState>>) -> impl IntoView {
    let texts = use_texts();
    let states = StoryState::ALL.map(|state| (state, words::state(texts, state)));
    view! {
        <div class="stories__search" role="search">
            <div class="field">
                <label class="field__label" for="zoek-verhaal">
                    {texts.stories_search()}
                </label>
                <input
                    class="field__input"
                    id="zoek-verhaal"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=words
                    on:input:target=move |event| words.set(event.target().value())
                />
            </div>
            <Select
                id="zoek-toestand"
                label=texts.stories_by_state()
                none=texts.stories_every_state()
                choices=states.to_vec()
                chosen=state
            />
        </div>
    }
}

/// Nothing here yet, and what to do.
#[component]
fn Empty() -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="empty">
            <svg class="empty__way" viewBox="0 0 220 90" aria-hidden="true">
                <path d="M34 66C60 18 120 6 184 26" />
                <circle cx="30" cy="68" r="16" />
                <circle cx="190" cy="26" r="14" />
            </svg>
            <p>
                <strong>{texts.stories_empty()}</strong>
            </p>
            <p>{texts.stories_empty_more()}</p>
        </div>
    }
}
