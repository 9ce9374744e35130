//! `/`: what this is, the newest stories, where they are.

use super::View;
use super::map::{count_of, map};
use super::page::{Page, finding, script};
use super::pieces::{Level, cards, nothing_yet, place_address, province_name, theme_name};
use super::query;
use crate::publications::{Filter, PublicStory};
use crate::static_files::SCRIPT_MAP;
use maud::{Markup, html};
use shared::fold::fold;
use shared::places::{self, Municipality, Nis, Province};
use std::collections::BTreeMap;

/// Stories on the first page: one large, and rows of two or three below it.
const NEWEST: usize = 5;
/// Municipalities that are listed as they are; more are folded by province.
const UNFOLDED: usize = 12;

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
        head: html! { (finding()) @if total > 0 { (script(SCRIPT_MAP)) } },
        main: html! {
            div.home {
                div.home__hero {
                    h1 { (texts.site_home_title()) }
                    p.lead { (lead) }
                    @if total > 0 {
                        div.row {
                            a.button href=(view.at("/verhalen")) { (texts.site_home_read()) }
                            a.button.button--quiet.home__to-map href="#kaart" { (texts.site_home_on_map()) }
                        }
                    }
                }
                @if newest.is_empty() {
                    (nothing_yet(texts.site_home_empty(), texts.site_home_empty_more(), ("/app/", texts.site_app())))
                } @else {
                    (newest_section(view, &newest))
                    (themes_section(view))
                    (places_section(view, &counts))
                }
                div.home__map id="kaart" { (map(view, &counts)) }
                @if total > 0 { (call(view)) }
            }
        },
    }
    .render(view)
}

fn newest_section(view: &View<'_>, newest: &[&PublicStory]) -> Markup {
    let texts = view.texts;
    html! {
        section.stack.home__newest aria-labelledby="nieuw" {
            h2 id="nieuw" { (texts.site_home_newest()) }
            (cards(view, newest, Level::Three))
            p { a.button.button--quiet href=(view.at("/verhalen")) { (texts.site_home_all()) } }
        }
    }
}

/// Returns the themes that stories have, in their own order.
fn themes_section(view: &View<'_>) -> Markup {
    let texts = view.texts;
    let counts = view.publications.by_theme(view.now);
    let themes = texts.themes().into_iter().filter_map(|(id, _)| {
        let name = theme_name(texts, id)?;
        counts.get(id).map(|count| (id, name, *count))
    });
    let themes: Vec<_> = themes.collect();
    html! {
        @if themes.len() > 1 {
            section.stack aria-labelledby="themas" {
                h2 id="themas" { (texts.site_home_themes()) }
                ul.chips {
                    @for (id, name, count) in themes {
                        @let filter = Filter { theme: Some(id.to_owned()), ..Filter::default() };
                        li {
                            a.chip href=(view.at(&query::address(&filter))) {
                                (name) " " span.chip__count { (count) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns all municipalities with stories, by name: every mark of the map is among them.
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
            @if places.len() <= UNFOLDED {
                ul.places { @for (place, count) in &places { (item(view, place, *count)) } }
            } @else {
                div.folds {
                    @for province in Province::ALL { (fold_of(view, province, &places)) }
                }
            }
        }
    }
}

fn fold_of(view: &View<'_>, province: Province, places: &[(&'static Municipality, usize)]) -> Markup {
    let texts = view.texts;
    let inside = || places.iter().filter(|(place, _)| place.province == province);
    let total: usize = inside().map(|(_, count)| count).sum();
    let name = province_name(texts, province);
    let filter = Filter {
        province: Some(province),
        ..Filter::default()
    };
    html! {
        @if total > 0 {
            details.fold {
                summary { (name) " " span.places__count { (total) } }
                ul.places {
                    li {
                        a href=(view.at(&query::address(&filter))) { strong { (texts.site_home_whole(name)) } }
                    }
                    @for (place, count) in inside() { (item(view, place, *count)) }
                }
            }
        }
    }
}

fn item(view: &View<'_>, place: &Municipality, count: usize) -> Markup {
    html! {
        li {
            a href=(view.at(&place_address(place))) { (place.name) " " span.places__count { (count) } }
        }
    }
}

fn call(view: &View<'_>) -> Markup {
    let texts = view.texts;
    html! {
        section.call aria-labelledby="zet" {
            h2 id="zet" { (texts.site_home_call()) }
            p { (texts.site_home_call_text()) }
            div.row {
                a.button href=(view.at("/contact")) { (texts.site_home_tell()) }
                a.button.button--quiet href=(view.at("/aanbod")) { (texts.site_home_call_offer()) }
            }
        }
    }
}
