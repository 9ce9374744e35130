//! What waits for a coordinator.

use crate::lists::{is_taken_back, is_to_read};
use crate::stands::Stands;
use crate::ui::components::chip::StateChip;
use crate::ui::components::intent_sign::IntentSign;
use crate::ui::components::story_item::{media, place, title};
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::{Missing, StoryRow, StoryState};
use std::sync::Arc;
use texts::Locale;

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Stories with where, who, how long they wait, and what is missing.
#[component]
pub fn QueueList(
    /// Name of the list.
    label: &'static str,
    /// Its stories, in order.
    #[prop(into)]
    rows: Signal<Vec<Arc<StoryRow>>>,
    /// How many are drawn.
    #[prop(into)]
    limit: Signal<usize>,
    /// The one that is open.
    #[prop(optional, into)]
    open: Signal<Option<String>>,
    /// Whether what is missing is spelt out.
    #[prop(optional)]
    in_full: bool,
) -> impl IntoView {
    // The number of milliseconds waited moves on by itself; a list is drawn anew when a row changes.
    let shown = move || {
        let now_ms = clock::now_ms();
        rows.with(|rows| {
            let rows = rows.iter().take(limit.get());
            rows.map(
                |row| view! { <QueueItem row=Arc::clone(row) open=open in_full=in_full now_ms=now_ms /> },
            )
            .collect_view()
        })
    };
    view! {
        <ul class=if in_full { "grid story-list" } else { "stack story-list" } role="list" aria-label=label>
            {shown}
        </ul>
    }
}

/// Id of the card of a story, which the address names of who comes back from it.
pub fn anchor(story: &str) -> String {
    ["kaart-", story].concat()
}

#[component]
fn QueueItem(row: Arc<StoryRow>, open: Signal<Option<String>>, in_full: bool, now_ms: u64) -> impl IntoView {
    let texts = use_texts();
    let needed: Vec<_> = row
        .missing
        .iter()
        .copied()
        .filter(|missing| *missing != Missing::Approval)
        .collect();
    // Whether it waits to go online: what was decided otherwise lacks nothing.
    let is_refused = row.lacks(Missing::WebsiteWithdrawn);
    let is_waiting = row.submitted_at.is_some()
        || match row.state {
            StoryState::Draft | StoryState::Submitted => true,
            StoryState::Approved => !is_refused,
            StoryState::Online => !needed.is_empty(),
            StoryState::Withdrawn => !is_refused && !row.lacks(Missing::Approval),
            StoryState::AskedBack | StoryState::NotPublished => false,
        };
    let needed = if is_waiting { needed } else { Vec::new() };
    let count = is_waiting.then(|| match u64::try_from(needed.len()).unwrap_or(u64::MAX) {
        0 => texts.review_complete().to_owned(),
        n_needed => texts.review_needed(n_needed),
    });
    // Everything else that is to be read is on no website.
    let is_online = row.state == StoryState::Online && is_to_read(&row);
    let stands =
        is_online.then(|| view! { <p class="row"><StateChip stands=Signal::stored(Stands::of(&row)) /></p> });
    let taken_back = (!is_online && is_taken_back(&row))
        .then(|| view! { <p class="chip chip--risk">{texts.stories_taken_back()}</p> });
    let intent = row.intent.map(|intent| view! { <IntentSign intent=intent /> });
    let id = row.id.clone();
    let is_open = move || open.with(|open| open.as_ref() == Some(&id)).then_some("page");
    let sentences = in_full.then(|| {
        let items = needed
            .iter()
            .map(|missing| view! { <li>{words::missing(texts, *missing)}</li> });
        (!needed.is_empty()).then(|| view! { <ul class="missing soft">{items.collect_view()}</ul> })
    });
    view! {
        <li>
            <article class="story-card" id=anchor(&row.id)>
                <h3 class="story-card__title">
                    <a href=format!("/app/nalezen/{}", row.id) aria-current=is_open>
                        {title(texts, &row)}
                    </a>
                </h3>
                <p class="story-card__place">
                    {where_who_when(texts, &row, now_ms)}
                    {media(texts, &row).map(|media| view! { " · " {media} })}
                </p>
                {stands}
                {taken_back}
                {intent}
                {count.map(|count| view! { <p class="soft">{count}</p> })}
                {sentences}
            </article>
        </li>
    }
}

fn where_who_when(texts: Locale, row: &StoryRow, now_ms: u64) -> String {
    let author = row.author.as_deref().unwrap_or_else(|| texts.app_unknown_name());
    let since = match row.submitted_at {
        Some(at) => match now_ms.saturating_sub(at) / DAY_MS {
            0 => texts.review_waits_today().to_owned(),
            days => texts.review_waits(days),
        },
        None => clock::day(texts, row.changed_at),
    };
    texts.review_three(place(texts, row), author, &since)
}
