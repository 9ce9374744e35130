//! `/insluiten/…`: a story or a list within a page of another website.
//!
//! The only pages that may be framed (W1). They have no script, no form and no way into the app, and their links open
//! the full page beside the website that shows them: within the frame there is no room, and in its place the reader
//! would lose where she was.

use super::View;
use super::bare::Bare;
use super::page::mark;
use super::pieces::{address, direction, language_tag, place_words, province_name};
use super::{query, story};
use crate::publications::{Filter, PublicStory};
use crate::static_files::STYLE_FRAME;
use maud::{Markup, html};
use shared::places;

/// Stories in a list.
const STORIES: usize = 6;

/// Returns a story, whole.
pub(super) fn one(view: &View<'_>, story: &PublicStory) -> String {
    let path = address(story);
    let language = language_tag(&story.language);
    let direction = direction(&story.language);
    frame(
        view,
        &story.title,
        Some(&path),
        &html! {
            article.story {
                header.story__head {
                    p.story__place { (place_words(view, story)) }
                    h1 lang=[language] dir=(direction) { (title(view, story)) }
                    @if !story.summary.trim().is_empty() {
                        p.story__lead lang=[language] dir=(direction) { (story.summary) }
                    }
                }
                (story::text(view, story))
            }
        },
        (&path, view.texts.site_frame_read()),
    )
}

/// Returns the newest stories that fit.
pub(super) fn list(view: &View<'_>, filter: &Filter) -> String {
    let texts = view.texts;
    let listing = view.publications.list(filter, view.now);
    let path = query::address(filter);
    let municipality = filter.municipality.and_then(places::municipality);
    let place = municipality
        .map(|place| place.name)
        .or(filter.province.map(|province| province_name(texts, province)));
    let heading = place.map_or(texts.site_stories().to_owned(), |place| {
        texts.site_frame_from(place)
    });
    frame(
        view,
        &heading,
        Some("/verhalen"),
        &html! {
            h1 { (heading) }
            @if listing.total == 0 { p { (texts.site_list_none()) } }
            ul.frame__list {
                @for story in listing.stories.iter().take(STORIES) {
                    @let language = language_tag(&story.language);
                    @let direction = direction(&story.language);
                    li {
                        h2 lang=[language] dir=(direction) { (title(view, story)) }
                        p.soft { (place_words(view, story)) }
                        p lang=[language] dir=(direction) { (story.gist()) }
                    }
                }
            }
        },
        (&path, texts.site_frame_all()),
    )
}

/// Returns what is shown for a story that is not there, or no longer.
pub(super) fn nothing(view: &View<'_>, title: &str, text: &str) -> String {
    let body = html! { h1 { (title) } p { (text) } };
    frame(
        view,
        title,
        None,
        &body,
        ("/verhalen", view.texts.site_frame_all()),
    )
}

fn title(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        a href={ (view.base) (view.at(&address(story))) } target="_blank" rel="noopener" { (story.title) }
    }
}

fn frame(view: &View<'_>, title: &str, full: Option<&str>, main: &Markup, onwards: (&str, &str)) -> String {
    let (path, words) = onwards;
    Bare {
        title,
        full,
        style: STYLE_FRAME,
        head: html! {},
        class: "frame",
        body: html! {
            main.frame__main { (main) }
            footer.frame__foot {
                a href={ (view.base) (view.at(path)) } target="_blank" rel="noopener" { (words) }
                p { (mark()) (view.network) }
            }
        },
    }
    .render(view)
}
