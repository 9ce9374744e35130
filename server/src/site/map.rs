//! The map: a picture made of links (P5).

use super::View;
use super::pieces::{place_address, province_name};
use maud::{Markup, html};
use shared::places::{self, Nis, Point, Province, decimal};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Municipalities with a number: more cover each other. The others are dots.
pub(super) const MARKS_MAX: usize = 60;

/// Returns the map of where stories are.
///
/// It has one stop for the keyboard, also without script: the same links stand in a list before it. A script lets
/// arrow keys go from mark to mark.
pub(super) fn map(view: &View<'_>, counts: &BTreeMap<Nis, usize>) -> Markup {
    let texts = view.texts;
    let mut by_count: Vec<_> = counts.iter().map(|(nis, count)| (*nis, *count)).collect();
    by_count.sort_by_key(|(nis, count)| (Reverse(*count), *nis));
    let (most, others) = by_count.split_at(by_count.len().min(MARKS_MAX));
    let most: BTreeMap<_, _> = most.iter().copied().collect();
    let places = places::marks(&most).into_iter().filter_map(|mark| {
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
                g.map__municipalities {
                    @if !others.is_empty() { path.map__dots d=(dots(others)) {} }
                    (marks(view, "gemeente", places, places::NAME_SIZE))
                }
                g.map__provinces { (marks(view, "provincie", provinces, places::PROVINCE_NAME_SIZE)) }
            }
            @if !others.is_empty() { p.map__note { (texts.site_home_map_dots(&MARKS_MAX.to_string())) } }
            @if !counts.is_empty() { p.map__keys hidden { (texts.site_home_map_keys()) } }
        }
    }
}

type Mark = (String, &'static str, usize, Point, f64);

/// Returns what marks look like, and the links above them: the name that one shows at focus lies on all marks, also on
/// those that are painted after its own.
///
/// Each link names its title: by itself not every browser takes it for the name of the link.
fn marks(view: &View<'_>, kind: &str, marks: impl Iterator<Item = Mark>, name_size: f64) -> Markup {
    let marks: Vec<_> = marks.collect();
    html! {
        g.map__shapes aria-hidden="true" {
            @for (_, _, count, at, radius) in &marks {
                circle cx=(at.x) cy=(at.y) r=(radius) {}
                text x=(at.x) y=(at.y) { (count) }
            }
        }
        @for (idx, (address, name, count, at, radius)) in marks.iter().enumerate() {
            @let words = view.texts.site_map_mark(count_of(*count), name);
            @let named = places::name_at(*at, *radius, name, name_size);
            a.map__mark href=(address) tabindex=[(idx > 0).then_some("-1")] aria-labelledby={ (kind) (idx) } {
                title id={ (kind) (idx) } { (words) }
                circle cx=(at.x) cy=(at.y) r=(radius) {}
                text.map__name x=(decimal(named.x)) y=(decimal(named.y)) aria-hidden="true" { (name) }
            }
        }
    }
}

/// Returns a path of lines without length: with round ends they are dots.
fn dots(places: &[(Nis, usize)]) -> String {
    let places = places.iter().filter_map(|(nis, _)| places::municipality(*nis));
    places
        .map(|place| {
            let at = places::project(place.centre);
            format!("M{} {}h0", at.x.round(), at.y.round())
        })
        .collect()
}

/// Returns a count as the texts take it.
pub(super) fn count_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
