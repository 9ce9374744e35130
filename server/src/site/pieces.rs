//! Pieces that several pages show.

use super::{View, in_language};
use crate::publications::PublicStory;
use maud::{Markup, html};
use shared::places::{self, Municipality, Province};
use shared::prose::{self, Block, Inline};
use shared::publication::Heading;
use shared::time::Timestamp;
use texts::Locale;

/// The level of headings within a part of a page.
#[derive(Clone, Copy)]
pub(super) enum Level {
    Two,
    Three,
}

/// Returns stories as cards.
pub(super) fn cards(view: &View<'_>, stories: &[&PublicStory], level: Level) -> Markup {
    html! {
        div.grid {
            @for story in stories { (card(view, story, level)) }
        }
    }
}

fn card(view: &View<'_>, story: &PublicStory, level: Level) -> Markup {
    let language = language_tag(&story.language);
    let direction = direction(&story.language);
    let title = html! { a href=(view.at(&address(story))) { (story.title) } };
    html! {
        article.story-card {
            @if let Some(place) = story.place() { (locator(place)) }
            @match level {
                Level::Two => h2.story-card__title lang=[language] dir=(direction) { (title) },
                Level::Three => h3.story-card__title lang=[language] dir=(direction) { (title) },
            }
            p.story-card__place { (where_and_when(view, story)) }
            p.story-card__summary lang=[language] dir=(direction) { (story.gist()) }
        }
    }
}

/// Returns a silhouette of Flanders with one mark; the place stands in words beside it.
pub(super) fn locator(place: &Municipality) -> Markup {
    let at = places::project(place.centre);
    html! {
        div.locator aria-hidden="true" {
            svg viewBox={ "0 0 " (places::PICTURE_WIDTH) " " (places::PICTURE_HEIGHT) } {
                circle cx=(at.x.round()) cy=(at.y.round()) r="36" {}
            }
        }
    }
}

fn where_and_when(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        (place_words(view, story)) " · "
        time datetime=(day(story.date)) { (date(view.texts, story.date)) }
        @if let Some(language) = other_language(view.texts, story) { " · " (language) }
    }
}

/// Returns the name of a story's language: that a Dutch story is Dutch needs no words on a Dutch page.
pub(super) fn other_language(texts: Locale, story: &PublicStory) -> Option<&'static str> {
    language_name(texts, &story.language).filter(|_| story.language != texts.tag())
}

/// Returns the place as it may be shown: "Kuringen, Hasselt".
pub(super) fn place_words(view: &View<'_>, story: &PublicStory) -> String {
    let Some(place) = story.place() else {
        return String::new();
    };
    match &story.district {
        Some(district) if district != place.name => view.texts.words_within(district, place.name),
        Some(_) | None => place.name.to_owned(),
    }
}

/// Returns the name of a province.
pub(super) fn province_name(texts: Locale, province: Province) -> &'static str {
    match province {
        Province::Antwerp => texts.province_antwerp(),
        Province::Limburg => texts.province_limburg(),
        Province::EastFlanders => texts.province_east_flanders(),
        Province::FlemishBrabant => texts.province_flemish_brabant(),
        Province::WestFlanders => texts.province_west_flanders(),
        Province::Brussels => texts.province_brussels(),
    }
}

/// Returns the path of a story's page, as [`View::at`] takes it.
pub(super) fn address(story: &PublicStory) -> String {
    format!("/verhaal/{}", story.id)
}

/// Returns the path of a municipality's page, as [`View::at`] takes it.
pub(super) fn place_address(place: &Municipality) -> String {
    format!("/gemeente/{}", place.nis)
}

/// Returns the full address of a page in every language, and of the one for readers of any other.
pub(super) fn alternates(view: &View<'_>, path: &str) -> Vec<(&'static str, String)> {
    let full = |texts| format!("{}{}", view.base, in_language(texts, path));
    let languages = Locale::ALL.into_iter().map(|texts| (texts.tag(), full(texts)));
    languages
        .chain([("x-default", full(Locale::default()))])
        .collect()
}

/// Returns an area that says that there is nothing yet, and what to do.
pub(super) fn nothing_yet(title: &str, text: &str, link: (&str, &str)) -> Markup {
    let (address, words) = link;
    html! {
        div.empty {
            svg.empty__way viewBox="0 0 220 90" aria-hidden="true" {
                path d="M34 66C60 18 120 6 184 26" {}
                circle cx="30" cy="68" r="16" {}
                circle cx="190" cy="26" r="14" {}
            }
            p { strong { (title) } }
            p { (text) }
            a.button href=(address) { (words) }
        }
    }
}

/// Draws what somebody wrote (P6).
pub(super) fn written(text: &str) -> Markup {
    html! {
        @for block in prose::read(text) {
            @match block {
                Block::Paragraph(line) => p { (inline(&line)) },
                Block::Quote(line) => blockquote { (inline(&line)) },
                Block::List { ordered: true, items } => ol { (list(&items)) },
                Block::List { ordered: false, items } => ul { (list(&items)) },
            }
        }
    }
}

fn list(items: &[Vec<Inline>]) -> Markup {
    html! { @for item in items { li { (inline(item)) } } }
}

fn inline(line: &[Inline]) -> Markup {
    html! {
        @for node in line {
            @match node {
                Inline::Text(text) => (text),
                Inline::Break => br;,
                Inline::Strong(inner) => strong { (inline(inner)) },
                Inline::Stress(inner) => em { (inline(inner)) },
                Inline::Link { to, words } => a href=(to) rel="nofollow ugc noopener" { (inline(words)) },
            }
        }
    }
}

/// Returns a tag that may stand in `lang`, or nothing: a wrong one is read aloud wrongly.
pub(super) fn language_tag(tag: &str) -> Option<&str> {
    let mut parts = tag.split('-');
    let language = parts.next()?;
    let is_language =
        (2..=8).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest_fits = parts
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (is_language && rest_fits).then_some(tag)
}

/// Returns the direction of words in a language: said where it is known, else found by the browser from its letters.
pub(super) fn direction(tag: &str) -> &'static str {
    const RIGHT_TO_LEFT: [&str; 8] = ["ar", "ckb", "dv", "fa", "he", "ps", "ur", "yi"];
    let language = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if RIGHT_TO_LEFT.contains(&language.as_str()) {
        "rtl"
    } else {
        "auto"
    }
}

/// Returns a picture in the colour and size of the text beside it, from path data within 24 by 24.
pub(super) fn icon(path: &str) -> Markup {
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} } }
}

/// Returns how another website shows a page of ours: a piece of HTML to copy, so it is text here.
pub(super) fn frame_code(view: &View<'_>, path: &str, title: &str, words: (&str, &str)) -> Markup {
    let (summary, explanation) = words;
    let address = format!("{}{}", view.base, view.at(path));
    let code = html! { iframe src=(address) title=(title) width="100%" height="480" loading="lazy" {} };
    html! {
        details.fold {
            summary { (summary) }
            p { (explanation) }
            p.address { code { (code.into_string()) } }
            div.row {
                button.button.button--quiet type="button" hidden data-copy=(view.texts.site_frame_copied()) {
                    (icon("M9 9h11.5v11.5H9zM5.5 15h-2V3.5H15v2"))
                    (view.texts.site_frame_copy())
                }
                p.soft role="status" {}
            }
        }
    }
}

/// Returns the name of a language, if it is one of ours.
pub(super) fn language_name(texts: Locale, tag: &str) -> Option<&'static str> {
    words_of(&texts.languages(), tag)
}

/// Returns the name of a theme, if it is one of ours.
pub(super) fn theme_name(texts: Locale, id: &str) -> Option<&'static str> {
    words_of(&texts.themes(), id)
}

fn words_of(list: &[(&str, &'static str)], value: &str) -> Option<&'static str> {
    let known = list.iter().find(|(other, _)| *other == value);
    known.map(|(_, words)| *words)
}

/// Returns the words of a heading.
pub(super) fn heading(texts: Locale, heading: Heading) -> &'static str {
    match heading {
        Heading::Happened => texts.field_happened(),
        Heading::Who => texts.field_who(),
        Heading::Cause => texts.field_cause(),
        Heading::Changed => texts.field_changed(),
        Heading::Tips => texts.field_tips(),
    }
}

/// Returns a date in words: "24 november 2026".
pub(super) fn date(texts: Locale, at: Timestamp) -> String {
    let (year, month, day) = civil(at);
    texts.site_story_date(&texts.day_of_month(day), texts.month(month), &year.to_string())
}

/// Returns a date as machines write it: "2026-11-24".
pub(super) fn day(at: Timestamp) -> String {
    let (year, month, day) = civil(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Returns year, month and day in UTC, in the Gregorian calendar.
///
/// The days are counted from 1 March of the year 0, so that a leap day is the last of its year
/// (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(at: Timestamp) -> (u64, u64, u64) {
    const DAY_MS: u64 = 86_400_000;
    const DAYS_TO_1970: u64 = 719_468;
    let days = at.0 / DAY_MS + DAYS_TO_1970;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}
