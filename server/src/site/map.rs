//! The map: a picture made of links (P5).

use super::View;
use super::pieces::{place_address, province_name};
use maud::{Markup, html};
use shared::places::{self, Nis, Point, Province};
use std::collections::BTreeMap;

/// Returns the map of where stories are.
///
/// It has one stop for the keyboard: the same links stand in a list before it.
pub(super) fn map(view: &View<'_>, counts: &BTreeMap<Nis, usize>) -> Markup {
    let texts = view.texts;
    let places = places::marks(counts).into_iter().filter_map(|mark| {
        let place = places::municipality(mark.nis)?;
        let address = view.at(&place_address(place));
        Some((address, place.name, mark.count, mark.at, mark.radius))
    });
    let provinces = places::province_marks(counts).into_iter().map(|mark| {
        let address = view.at(&format!("/verhalen?provincie={}", mark.province.nis()));
        let name = province_name(texts, mark.province);
        (address, name, mark.count, mark.at, mark.radius)
    });
    html! {
        div.map {
            svg.map__picture viewBox={ "0 0 " (places::PICTURE_WIDTH) " " (places::PICTURE_HEIGHT) }
                role="group" aria-label=(texts.site_home_map()) {
                @for outline in places::outlines() {
                    path.map__land.map__land--apart[outline.province == Province::Brussels] d=(outline.path) {}
                }
                g.map__municipalities { (marks(view, places)) }
                g.map__provinces { (marks(view, provinces)) }
            }
        }
    }
}

type Mark = (String, &'static str, usize, Point, f64);

fn marks(view: &View<'_>, marks: impl Iterator<Item = Mark>) -> Markup {
    html! {
        @for (idx, (address, name, count, at, radius)) in marks.enumerate() {
            @let words = view.texts.site_map_mark(count_of(count), name);
            a.map__mark href=(address) tabindex=[(idx > 0).then_some("-1")] {
                title { (words) }
                circle cx=(at.x) cy=(at.y) r=(radius) {}
                text x=(at.x) y=(at.y) aria-hidden="true" { (count) }
            }
        }
    }
}

/// Returns a count as the texts take it.
pub(super) fn count_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
