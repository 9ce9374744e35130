//! `/app/kaart`: where the stories are.

use crate::lists;
use crate::ui::components::show::Show;
use crate::ui::components::story_map::StoryMap;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use crate::ui::{focus, words};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use shared::places::{self, Nis, Province};
use shared::view::{StoryRow, StoryState};
use std::collections::BTreeMap;
use std::sync::Arc;
use texts::Locale;

/// A place whose stories are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A municipality of today.
    Municipality(Nis),
    /// All municipalities of a province.
    Province(Province),
}

impl Place {
    /// Its name.
    pub fn name(self, texts: Locale) -> &'static str {
        match self {
            Self::Municipality(nis) => places::municipality(nis).map_or("", |place| place.name),
            Self::Province(province) => words::province(texts, province),
        }
    }

    fn has(self, municipality: &places::Municipality) -> bool {
        match self {
            Self::Municipality(nis) => municipality.nis == nis,
            Self::Province(province) => municipality.province == province,
        }
    }
}

/// Map and list; a place that is chosen shows its stories.
#[component]
pub fn Map() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let chosen = RwSignal::new(None::<Place>);
    let counts = memo(move || view.rows.with(|rows| counts(rows.values())));
    let n_without = memo(move || {
        let without = |row: &&Arc<StoryRow>| is_shown(row) && municipality_of(row).is_none();
        view.rows.with(|rows| count(rows.values().filter(without)))
    });
    let some_without = move || n_without.get() > 0;
    let choose = Callback::new(move |place| {
        chosen.set(Some(place));
        focus::first("#inhoud", "#plaats h2");
    });
    view! {
        <h1>{texts.map_title()}</h1>
        <Show when=move || counts.with(BTreeMap::is_empty)>
            <div class="empty">
                <p>
                    <strong>{texts.map_empty()}</strong>
                </p>
                <p>{texts.map_empty_more()}</p>
            </div>
        </Show>
        <div class="story-map">
            <StoryMap counts=counts chosen=chosen choose=choose />
            <div class="stack">
                // Beside what was pressed, on the map, and not below a long list.
                <Stories chosen=chosen />
                <PlaceList counts=counts chosen=chosen choose=choose />
                <Show when=some_without>
                    <p class="soft">{move || texts.map_no_place(n_without.get())}</p>
                </Show>
            </div>
        </div>
    }
}

/// The same links as on the map, as words.
#[component]
fn PlaceList(
    /// Stories by municipality.
    counts: Memo<BTreeMap<Nis, usize>>,
    /// The place that is chosen.
    chosen: RwSignal<Option<Place>>,
    /// Chooses a place.
    choose: Callback<Place>,
) -> impl IntoView {
    let texts = use_texts();
    let places = move || {
        let mut places: Vec<_> = counts
            .get()
            .into_iter()
            .map(|(nis, count)| (Place::Municipality(nis), count))
            .collect();
        places.sort_by_key(|(place, _)| place.name(texts));
        let links = places.into_iter().map(|(place, count)| {
            let press = move |event: MouseEvent| {
                event.prevent_default();
                choose.run(place);
            };
            let is_chosen = move || (chosen.get() == Some(place)).then_some("true");
            view! {
                <li>
                    <a href="#plaats" aria-current=is_chosen on:click=press>
                        {place.name(texts)}
                        " "
                        <span class="places__count">{count}</span>
                    </a>
                </li>
            }
        });
        links.collect_view()
    };
    view! {
        <nav aria-label=texts.map_places()>
            <ul class="places">{places}</ul>
        </nav>
    }
}

/// Stories of the place that is chosen.
#[component]
fn Stories(
    /// The place.
    chosen: RwSignal<Option<Place>>,
) -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let stories = move |place: Place| {
        let mut stories: Vec<_> = view.rows.with(|rows| {
            let there = |row: &&Arc<StoryRow>| {
                is_shown(row) && municipality_of(row).is_some_and(|municipality| place.has(municipality))
            };
            rows.values().filter(there).cloned().collect()
        });
        lists::sort(&mut stories, &lists::newest_first);
        stories
    };
    move || {
        chosen.get().map(|place| {
            let links = stories(place).into_iter().map(|row| {
                let title = if row.title.is_empty() {
                    texts.map_untitled().to_owned()
                } else {
                    row.title.clone()
                };
                let address = format!("/app/verhalen/{}", row.id);
                view! {
                    <li>
                        <a href=address>
                            <span>{title}</span>
                            <span class="soft">{words::state(texts, row.state)}</span>
                        </a>
                    </li>
                }
            });
            view! {
                <section class="stack stack--tight" id="plaats">
                    <h2>{texts.map_stories_in(place.name(texts))}</h2>
                    <ul class="places places--wide">{links.collect_view()}</ul>
                </section>
            }
        })
    }
}

/// What was taken back is not on the map, nor what is not to be published.
fn is_shown(row: &StoryRow) -> bool {
    match row.state {
        StoryState::Draft
        | StoryState::Submitted
        | StoryState::AskedBack
        | StoryState::Approved
        | StoryState::Online => true,
        StoryState::NotPublished | StoryState::Withdrawn => false,
    }
}

fn municipality_of(row: &StoryRow) -> Option<&'static places::Municipality> {
    places::municipality(row.municipality.as_ref()?.parse().ok()?)
}

fn counts<'a>(rows: impl Iterator<Item = &'a Arc<StoryRow>>) -> BTreeMap<Nis, usize> {
    let mut counts = BTreeMap::new();
    for municipality in rows
        .filter(|row| is_shown(row))
        .filter_map(|row| municipality_of(row))
    {
        *counts.entry(municipality.nis).or_default() += 1;
    }
    counts
}

fn count<T>(things: impl Iterator<Item = T>) -> u64 {
    u64::try_from(things.count()).unwrap_or(u64::MAX)
}
