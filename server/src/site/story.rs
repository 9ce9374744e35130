//! `/verhaal/<id>`: one story.

use super::View;
use super::page::Page;
use super::pieces::{
    address, date, day, heading, language_name, language_tag, locator, place_address, place_words,
    province_name, theme_name, written,
};
use super::query;
use crate::publications::{Filter, PublicStory};
use maud::{Markup, html};

pub(super) fn page(view: &View<'_>, story: &PublicStory) -> String {
    Page {
        title: &story.title,
        description: &story.gist(),
        path: Some(&address(story)),
        query: "",
        main: article(view, story),
    }
    .render(view)
}

fn article(view: &View<'_>, story: &PublicStory) -> Markup {
    let texts = view.texts;
    let language = language_tag(&story.language);
    html! {
        article.story {
            header.story__head {
                p.story__place { (place_link(view, story)) }
                h1 lang=[language] dir="auto" { (story.title) }
                @if !story.summary.trim().is_empty() {
                    p.story__lead lang=[language] dir="auto" { (story.summary) }
                }
                p.story__by {
                    @if let Some(name) = &story.name { (texts.site_story_by(name)) " · " }
                    time datetime=(day(story.date)) { (date(texts, story.date)) }
                }
                @if let Some(place) = story.place() { (locator(place)) }
            }
            div.story__text {
                @for section in &story.sections {
                    section.story__move {
                        h2 { (heading(texts, section.heading)) }
                        div.story__words lang=[language] dir="auto" { (written(&section.text)) }
                    }
                }
            }
            (foot(view, story))
        }
    }
}

fn place_link(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        @if let Some(place) = story.place() {
            a href=(view.at(&place_address(place))) { (place_words(view, story)) }
            @if place.name != place.province.name() { ", " (province_name(view.texts, place.province)) }
        }
    }
}

fn foot(view: &View<'_>, story: &PublicStory) -> Markup {
    let texts = view.texts;
    let themes: Vec<_> = story
        .themes
        .iter()
        .filter_map(|id| Some((id, theme_name(texts, id)?)))
        .collect();
    // That a Dutch story is Dutch needs no words on a Dutch page.
    let language = language_name(texts, &story.language).filter(|_| story.language != texts.tag());
    html! {
        footer.story__foot {
            @if let Some(language) = language { p { (texts.site_story_language(&texts.within_sentence(language))) } }
            @if !story.audience.is_empty() { p { (texts.site_story_audience(&story.audience)) } }
            @if !themes.is_empty() {
                ul.chips aria-label=(texts.site_story_themes()) {
                    @for (id, name) in themes {
                        @let filter = Filter { theme: Some(id.clone()), ..Filter::default() };
                        li { a.chip href=(view.at(&query::address(&filter))) { (name) } }
                    }
                }
            }
            @if let Some(place) = story.place() {
                p {
                    a.button.button--quiet href=(view.at(&place_address(place))) { (texts.site_story_more_from(place.name)) }
                }
            }
        }
    }
}
