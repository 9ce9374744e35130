//! `/verhalen`: search, filters, pages.

use super::View;
use super::map::count_of;
use super::page::{Page, finding};
use super::pieces::{Level, cards, icon, language_name, nothing_yet, province_name, theme_name};
use super::query;
use crate::publications::{Filter, Listing};
use maud::{Markup, html};
use shared::fold::fold;
use shared::places::{self, Province};
use texts::Locale;

pub(super) fn page(view: &View<'_>, filter: &Filter) -> String {
    let texts = view.texts;
    let listing = view.publications.list(filter, view.now);
    let is_plain = *filter
        == Filter {
            page: filter.page,
            ..Filter::default()
        };
    let is_empty = is_plain && listing.total == 0;
    let address = query::address(filter);
    let query = address.find('?').and_then(|at| address.get(at..));
    Page {
        title: texts.site_list_title(),
        description: texts.site_home_lead_empty(),
        path: Some("/verhalen"),
        query: query.unwrap_or_default(),
        head: finding(),
        main: html! {
            h1 { (texts.site_list_title()) }
            @if is_empty {
                (nothing_yet(texts.site_home_empty(), texts.site_home_empty_more(), ("/app/", texts.site_app())))
            } @else {
                (form(view, filter))
                (results(view, filter, &listing))
            }
        },
    }
    .render(view)
}

fn results(view: &View<'_>, filter: &Filter, listing: &Listing<'_>) -> Markup {
    let texts = view.texts;
    html! {
        div.found {
            @if listing.total > 0 { p role="status" { strong { (texts.site_list_found(count_of(listing.total))) } } }
            (chosen(view, filter, listing))
        }
        @if listing.total == 0 {
            (nothing_yet(texts.site_list_none(), &advice(texts, filter), (&view.at("/verhalen"), texts.site_list_clear())))
        } @else {
            (cards(view, &listing.stories, Level::Two))
            @if listing.pages > 1 { (pagination(view, filter, listing)) }
        }
    }
}

/// Returns what may help where nothing was found.
fn advice(texts: Locale, filter: &Filter) -> String {
    let words = match filter.search.split_whitespace().count() {
        0 => None,
        1 => Some(texts.site_list_none_word()),
        _ => Some(texts.site_list_none_words()),
    };
    let has_choice = *filter
        != Filter {
            search: filter.search.clone(),
            page: filter.page,
            ..Filter::default()
        };
    let chosen = has_choice.then(|| texts.site_list_none_chosen());
    let advice = words.into_iter().chain(chosen);
    advice.collect::<Vec<_>>().join(" ")
}

/// Returns what was chosen, each with the list without it. Where nothing was found the way out stands below.
fn chosen(view: &View<'_>, filter: &Filter, listing: &Listing<'_>) -> Markup {
    let texts = view.texts;
    let words = [
        (!filter.search.is_empty()).then(|| texts.site_list_searched(&filter.search)),
        filter
            .municipality
            .and_then(places::municipality)
            .map(|place| place.name.to_owned()),
        filter
            .province
            .map(|province| province_name(texts, province).to_owned()),
        filter
            .theme
            .as_ref()
            .map(|theme| theme_name(texts, theme).unwrap_or(theme).to_owned()),
        filter.audience.clone(),
        filter
            .language
            .as_ref()
            .map(|tag| language_name(texts, tag).unwrap_or(tag).to_owned()),
    ];
    let without: [fn(&mut Filter); 6] = [
        |filter| filter.search.clear(),
        |filter| filter.municipality = None,
        |filter| filter.province = None,
        |filter| filter.theme = None,
        |filter| filter.audience = None,
        |filter| filter.language = None,
    ];
    let chosen: Vec<_> = words
        .into_iter()
        .zip(without)
        .filter_map(|(words, without)| {
            let mut rest = Filter {
                page: 1,
                ..filter.clone()
            };
            without(&mut rest);
            Some((words?, query::address(&rest)))
        })
        .collect();
    html! {
        @if !chosen.is_empty() {
            ul.chips aria-label=(texts.site_list_chosen()) {
                @for (words, address) in &chosen {
                    li {
                        a.chip href=(view.at(address)) {
                            (words) span.visually-hidden { " " (texts.site_list_remove()) } (icon("M6 6l12 12M18 6 6 18"))
                        }
                    }
                }
                @if chosen.len() > 1 && listing.total > 0 {
                    li { a.button.button--plain href=(view.at("/verhalen")) { (texts.site_list_clear()) } }
                }
            }
        }
    }
}

fn pagination(view: &View<'_>, filter: &Filter, listing: &Listing<'_>) -> Markup {
    let texts = view.texts;
    let to = |page| {
        view.at(&query::address(&Filter {
            page,
            ..filter.clone()
        }))
    };
    let (page, pages) = (listing.page, listing.pages);
    html! {
        nav.pagination aria-label=(texts.site_list_pages()) {
            @if page > 1 {
                a.button.button--quiet rel="prev" href=(to(page - 1)) { (texts.site_list_previous()) }
            }
            p { (texts.site_list_page(&page.to_string(), &pages.to_string())) }
            @if page < pages {
                a.button.button--quiet rel="next" href=(to(page + 1)) { (texts.site_list_next()) }
            }
        }
    }
}

fn form(view: &View<'_>, filter: &Filter) -> Markup {
    let texts = view.texts;
    let choices = view.publications.choices(view.now);
    let chosen_place = filter.municipality.map(|nis| nis.to_string());
    let chosen_province = filter.province.map(|province| province.nis().to_string());
    let provinces = Province::ALL.map(|province| {
        let words = province_name(texts, province).to_owned();
        (province.nis().to_string(), words)
    });
    let themes = texts
        .themes()
        .map(|(id, words)| (id.to_owned(), words.to_owned()));
    let languages = choices.languages.iter().map(|tag| {
        (
            (*tag).to_owned(),
            language_name(texts, tag).unwrap_or(tag).to_owned(),
        )
    });
    let audiences = choices
        .audiences
        .iter()
        .map(|words| ((*words).to_owned(), (*words).to_owned()));
    let select = |name, label, options: Vec<_>, chosen| Select {
        name,
        label,
        options,
        chosen,
    };
    let mut selects = vec![
        select(
            "gemeente",
            texts.site_list_municipality(),
            places_with_stories(view, filter),
            chosen_place.as_deref(),
        ),
        select(
            "provincie",
            texts.site_list_province(),
            provinces.to_vec(),
            chosen_province.as_deref(),
        ),
        select(
            "thema",
            texts.site_list_theme(),
            themes.into(),
            filter.theme.as_deref(),
        ),
        select(
            "doelgroep",
            texts.site_list_audience(),
            audiences.collect(),
            filter.audience.as_deref(),
        ),
        select(
            "taal",
            texts.site_list_language(),
            languages.collect(),
            filter.language.as_deref(),
        ),
    ];
    // One thing to choose from is no choice.
    selects.retain(|select| select.options.len() > 1 || select.chosen.is_some());
    html! {
        form.filters role="search" action=(view.at("/verhalen")) method="get" aria-label=(texts.site_list_form()) {
            div.field.filters__search {
                label.field__label for="zoek" { (texts.site_list_search()) }
                div {
                    input.field__input id="zoek" name="zoek" type="search" value=(filter.search) autocomplete="off"
                        maxlength=(query::SEARCH_LETTERS_MAX);
                    button.button type="submit" { (texts.site_list_submit()) }
                }
            }
            @if !selects.is_empty() {
                // Closed, also when something is chosen: that stands above the stories, which are what was asked for.
                details.filters__more {
                    summary { (texts.site_list_filters()) }
                    div {
                        @for select in &selects { (select.render(texts.site_list_any())) }
                        // Where one is after choosing: the button above belongs to the words.
                        button.button.button--quiet type="submit" { (texts.site_list_submit()) }
                    }
                }
            }
        }
    }
}

/// Returns the municipalities to choose from, by name: those with stories, and the chosen one.
fn places_with_stories(view: &View<'_>, filter: &Filter) -> Vec<(String, String)> {
    let mut codes = view.publications.by_municipality(view.now);
    if let Some(nis) = filter.municipality {
        codes.entry(nis).or_default();
    }
    let mut places: Vec<_> = codes
        .keys()
        .filter_map(|nis| places::municipality(*nis))
        .collect();
    places.sort_by_cached_key(|place| fold(place.name));
    places
        .iter()
        .map(|place| (place.nis.to_string(), place.name.to_owned()))
        .collect()
}

struct Select<'a> {
    name: &'static str,
    label: &'static str,
    /// Values and their words.
    options: Vec<(String, String)>,
    chosen: Option<&'a str>,
}

impl Select<'_> {
    fn render(&self, any: &str) -> Markup {
        html! {
            div.field {
                label.field__label for=(self.name) { (self.label) }
                select.field__input id=(self.name) name=(self.name) autocomplete="off" {
                    option value="" { (any) }
                    @for (value, words) in &self.options {
                        option value=(value) selected[self.chosen == Some(value)] { (words) }
                    }
                }
            }
        }
    }
}
