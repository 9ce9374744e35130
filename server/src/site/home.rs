//! `/`: what this is, the newest stories, where they are.

use super::View;
use super::map::{count_of, map};
use super::page::Page;
use super::pieces::{Level, cards, nothing_yet, place_address};
use crate::publications::PublicStory;
use maud::{Markup, html};
use shared::fold::fold;
use shared::places::{self, Nis};
use std::collections::BTreeMap;

/// Stories on the first page.
const NEWEST: usize = 6;

pub(super) fn page(view: &View<'_>) -> String {
    let texts = view.texts;
    let counts = view.publications.by_municipality(view.now);
    let total = view.publications.newest(view.now).count();
    let newest: Vec<_> = view.publications.newest(view.now).take(NEWEST).collect();
    let lead = if total == 0 {
        texts.site_home_lead_empty().to_owned()
    } else {
        texts.site_home_lead(count_of(total))
    };
    Page {
        title: texts.site_home_title(),
        description: &lead,
        path: Some("/"),
        query: "",
        main: html! {
            div.home {
                div.home__words {
                    div.home__hero {
                        h1 { (texts.site_home_title()) }
                        p.lead { (lead) }
                        @if total > 0 {
                            div.row {
                                a.button href=(view.at("/verhalen")) { (texts.site_home_read()) }
                                a.button.button--quiet href="/app/" { (texts.site_home_tell()) }
                            }
                        }
                    }
                    @if newest.is_empty() {
                        (nothing_yet(texts.site_home_empty(), texts.site_home_empty_more(), ("/app/", texts.site_app())))
                    } @else {
                        (newest_section(view, &newest))
                    }
                }
                div.home__map {
                    @if !counts.is_empty() { (places_section(view, &counts)) }
                    (map(view, &counts))
                }
            }
        },
    }
    .render(view)
}

fn newest_section(view: &View<'_>, newest: &[&PublicStory]) -> Markup {
    let texts = view.texts;
    html! {
        section.stack aria-labelledby="nieuw" {
            h2 id="nieuw" { (texts.site_home_newest()) }
            (cards(view, newest, Level::Three))
            p { a.button.button--quiet href=(view.at("/verhalen")) { (texts.site_home_all()) } }
        }
    }
}

/// Returns the municipalities with stories as a list, by name.
fn places_section(view: &View<'_>, counts: &BTreeMap<Nis, usize>) -> Markup {
    let texts = view.texts;
    let mut places: Vec<_> = counts
        .iter()
        .filter_map(|(nis, count)| Some((places::municipality(*nis)?, *count)))
        .collect();
    places.sort_by_cached_key(|(place, _)| fold(place.name));
    html! {
        section.stack.home__places aria-labelledby="gemeenten" {
            h2 id="gemeenten" { (texts.site_home_places()) }
            ul.places {
                @for (place, count) in places {
                    li {
                        a href=(view.at(&place_address(place))) {
                            (place.name) " "
                            span.places__count aria-hidden="true" { (count) }
                            span.visually-hidden { (texts.words_stories(count_of(count))) }
                        }
                    }
                }
            }
        }
    }
}
