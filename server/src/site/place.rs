//! `/gemeente/<nis>`: the stories of one municipality.

use super::View;
use super::map::count_of;
use super::page::{Page, finding, script};
use super::pieces::{Level, cards, frame_code, locator, nothing_yet, place_address, province_name};
use super::query;
use crate::publications::{Filter, PAGE_STORIES};
use crate::static_files::SCRIPT_COPY;
use maud::html;
use shared::places::Municipality;

pub(super) fn page(view: &View<'_>, place: &Municipality) -> String {
    let texts = view.texts;
    let filter = Filter {
        municipality: Some(place.nis),
        ..Filter::default()
    };
    let listing = view.publications.list(&filter, view.now);
    let lead = texts.site_place_lead(count_of(listing.total), place.name);
    let parts: Vec<_> = place
        .parts
        .iter()
        .copied()
        .filter(|part| *part != place.name)
        .collect();
    let province = Filter {
        province: Some(place.province),
        ..Filter::default()
    };
    let frame = format!("/insluiten{}", query::address(&filter));
    Page {
        title: place.name,
        description: &lead,
        path: Some(&place_address(place)),
        query: "",
        head: html! { (finding()) @if listing.total > 0 { (script(SCRIPT_COPY)) } },
        main: html! {
            header.place {
                @if place.name != place.province.name() { p.soft { (province_name(texts, place.province)) } }
                h1 { (place.name) }
                @if listing.total > 0 { p.lead { (lead) } }
                @if !parts.is_empty() { p.soft { (texts.site_place_parts(&parts.join(", "))) } }
                (locator(place))
            }
            @if listing.total == 0 {
                (nothing_yet(&texts.site_place_empty(place.name), texts.site_place_empty_more(), (&view.at("/verhalen"), texts.site_home_all())))
            } @else {
                (cards(view, &listing.stories, Level::Two))
                @if listing.total > PAGE_STORIES {
                    p { a.button.button--quiet href=(view.at(&query::address(&filter))) { (texts.site_home_all()) } }
                }
                (frame_code(view, &frame, place.name, (texts.site_frame_list(), texts.site_frame_list_text())))
            }
            p {
                a href=(view.at(&query::address(&province))) {
                    (texts.site_place_province(province_name(texts, place.province)))
                }
            }
        },
    }
    .render(view)
}
