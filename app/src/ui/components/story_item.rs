//! A story in a list.

use crate::stands::Stands;
use crate::ui::components::chip::StateChip;
use crate::ui::components::intent_sign::IntentSign;
use crate::ui::components::whereabouts::WhereaboutsSign;
use crate::ui::memo::memo;
use crate::ui::view::use_view;
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::StoryRow;
use std::sync::Arc;
use texts::Locale;

/// The title as a link, place and day, where it is, and its state.
#[component]
pub fn StoryItem(
    /// Id of the story.
    id: String,
    /// Where the link leads: an address without the id.
    leads_to: &'static str,
    /// Whether the author is named.
    #[prop(optional)]
    with_author: bool,
) -> impl IntoView {
    let rows = use_view().rows;
    let href = format!("{leads_to}{id}");
    let row = memo(move || rows.with(|rows| rows.get(&id).cloned()));
    let class = move || {
        let is_asked = row.with(|row| row.as_ref().is_some_and(|row| row.is_asked));
        if is_asked {
            "story-card story-card--call"
        } else {
            "story-card"
        }
    };
    let body = move || {
        let row = row.get()?;
        let href = href.clone();
        Some(if row.unreadable {
            view! { <Unreadable is_lower=with_author /> }.into_any()
        } else {
            view! { <Readable row=row href=href with_author=with_author /> }.into_any()
        })
    };
    view! {
        <li>
            <article class=class>{body}</article>
        </li>
    }
}

#[component]
fn Readable(row: Arc<StoryRow>, href: String, with_author: bool) -> impl IntoView {
    let texts = use_texts();
    let author = row
        .author
        .as_deref()
        .filter(|_| with_author)
        .map(|name| texts.stories_by(name));
    let (stands, whereabouts) = (Stands::of(&row), row.whereabouts);
    let intent = row.intent.map(|intent| view! { <IntentSign intent=intent /> });
    let link = view! { <a href=href>{title(texts, &row)}</a> };
    view! {
        <CardTitle is_lower=with_author>{link}</CardTitle>
        <p class="story-card__place">
            {texts.stories_place_and_day(place(texts, &row), &clock::day(texts, row.changed_at))}
            {author.map(|author| view! { " · " {author} })}
            {media(texts, &row).map(|media| view! { " · " {media} })}
        </p>
        {intent}
        <div class="story-card__state">
            <WhereaboutsSign whereabouts=Signal::stored(whereabouts) />
            <div class="row">
                {row.conflict.then(|| view! { <span class="chip chip--spark">{texts.stories_conflict()}</span> })}
                <StateChip stands=Signal::stored(stands) />
            </div>
        </div>
    }
}

/// The device cannot read it: shown as such, never hidden.
#[component]
fn Unreadable(is_lower: bool) -> impl IntoView {
    let texts = use_texts();
    view! {
        <CardTitle is_lower=is_lower>{texts.stories_unreadable()}</CardTitle>
        <p class="story-card__place">{texts.stories_unreadable_more()}</p>
    }
}

/// The heading of a card, one level lower where the list has a heading of its own.
#[component]
fn CardTitle(is_lower: bool, children: Children) -> impl IntoView {
    if is_lower {
        view! { <h3 class="story-card__title">{children()}</h3> }.into_any()
    } else {
        view! { <h2 class="story-card__title">{children()}</h2> }.into_any()
    }
}

/// The title of a story in a list.
pub fn title(texts: Locale, row: &StoryRow) -> String {
    if row.title.trim().is_empty() {
        texts.stories_untitled().to_owned()
    } else {
        row.title.clone()
    }
}

/// How many photos and recordings a story has; nothing where there are none.
pub fn media(texts: Locale, row: &StoryRow) -> Option<String> {
    let photos = (row.n_photos > 0).then(|| texts.stories_photos(row.n_photos.into()));
    let recordings = (row.n_recordings > 0).then(|| texts.stories_recordings(row.n_recordings.into()));
    let parts: Vec<_> = photos.into_iter().chain(recordings).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The municipality of a story in a list.
pub fn place(texts: Locale, row: &StoryRow) -> &'static str {
    let place = row.municipality.as_deref().and_then(words::municipality);
    place.unwrap_or_else(|| texts.stories_no_place())
}
