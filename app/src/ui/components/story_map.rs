//! Flanders as a picture made of links (P5).

use crate::ui::routes::map::Place;
use crate::ui::use_texts;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::svg;
use shared::places::{self, Nis, Point, Province, decimal};
use std::collections::BTreeMap;

/// The map. It has one stop for the keyboard: the same links stand in a list after it.
#[component]
pub fn StoryMap(
    /// Stories by municipality.
    counts: Memo<BTreeMap<Nis, usize>>,
    /// The place that is chosen.
    chosen: RwSignal<Option<Place>>,
    /// Chooses a place.
    choose: Callback<Place>,
) -> impl IntoView {
    let texts = use_texts();
    let outlines = places::outlines().iter().map(|outline| {
        let class = if outline.province == Province::Brussels {
            "map__land map__land--apart"
        } else {
            "map__land"
        };
        view! { <path class=class d=outline.path.as_str() /> }
    });
    let drawn = move |marks: Vec<(Place, usize, Point, f64)>, name_size: f64| {
        let shapes = marks.iter().map(|(_, count, at, radius)| {
            view! {
                <circle cx=decimal(at.x) cy=decimal(at.y) r=decimal(*radius) />
                <text x=decimal(at.x) y=decimal(at.y)>
                    {*count}
                </text>
            }
        });
        let shapes = shapes.collect_view();
        let links = marks.into_iter().enumerate();
        let links = links.map(|(idx, (place, count, at, radius))| {
            view! {
                <Mark
                    place=place
                    count=count
                    at=at
                    radius=radius
                    name_size=name_size
                    is_first=idx == 0
                    chosen=chosen
                    choose=choose
                />
            }
        });
        view! {
            <g class="map__shapes" aria-hidden="true">
                {shapes}
            </g>
            {links.collect_view()}
        }
    };
    let municipalities = move || {
        let marks = counts.with(places::marks).into_iter();
        drawn(
            marks
                .map(|mark| (Place::Municipality(mark.nis), mark.count, mark.at, mark.radius))
                .collect(),
            places::NAME_SIZE,
        )
    };
    let provinces = move || {
        let marks = counts.with(places::province_marks).into_iter();
        drawn(
            marks
                .map(|mark| (Place::Province(mark.province), mark.count, mark.at, mark.radius))
                .collect(),
            places::PROVINCE_NAME_SIZE,
        )
    };
    let view_box = format!("0 0 {} {}", places::PICTURE_WIDTH, places::PICTURE_HEIGHT);
    view! {
        <div class="map">
            <svg class="map__picture" viewBox=view_box role="group" aria-label=texts.map_title()>
                {outlines.collect_view()}
                <g class="map__municipalities">{municipalities}</g>
                <g class="map__provinces">{provinces}</g>
            </svg>
            <p class="map__credits">{texts.site_credits()}</p>
        </div>
    }
}

#[component]
fn Mark(
    /// What it stands for.
    place: Place,
    /// Stories there.
    count: usize,
    /// Middle of the circle.
    at: Point,
    /// Radius of the circle.
    radius: f64,
    /// Height of the letters of its name, which it shows at focus.
    name_size: f64,
    /// Whether the keyboard stops here.
    is_first: bool,
    /// The place that is chosen.
    chosen: RwSignal<Option<Place>>,
    /// Chooses a place.
    choose: Callback<Place>,
) -> impl IntoView {
    let texts = use_texts();
    let name = place.name(texts);
    let words = texts.site_map_mark(u64::try_from(count).unwrap_or(u64::MAX), name);
    let named = places::name_at(at, radius, name, name_size);
    let press = move |event: MouseEvent| {
        event.prevent_default();
        choose.run(place);
    };
    // By itself not every browser takes a title for the name of a link.
    let title_id = match place {
        Place::Municipality(nis) => format!("gemeente-{nis}"),
        Place::Province(province) => format!("provincie-{}", province.nis()),
    };
    let labelled_by = title_id.clone();
    // Within a group: by itself an `a` would be one of HTML, which a picture does not show.
    view! {
        <g>
            <a
                class="map__mark"
                href="#plaats"
                aria-current=move || (chosen.get() == Some(place)).then_some("true")
                tabindex=(!is_first).then_some("-1")
                aria-labelledby=labelled_by
                on:click=press
            >
                // As a tag it would be the title of a page, which names nothing in a picture.
                {svg::title().id(title_id).child(words)}
                <circle cx=decimal(at.x) cy=decimal(at.y) r=decimal(radius) />
                <text class="map__name" x=decimal(named.x) y=decimal(named.y) aria-hidden="true">
                    {name}
                </text>
            </a>
        </g>
    }
}
