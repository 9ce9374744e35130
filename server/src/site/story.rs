//! `/verhaal/<id>`: one story.

use super::page::{Page, script};
use super::pieces::{
    Level, address, cards, date, day, direction, frame_code, heading, icon, language_tag, locator,
    other_language, place_address, place_words, province_name, theme_name, written,
};
use super::query;
use super::{View, media};
use crate::publications::{Filter, PublicStory};
use crate::static_files::{SCRIPT_COPY, SCRIPT_STORY};
use maud::{Markup, html};
use texts::Locale;

/// Stories from nearby, below a story.
const NEARBY: usize = 3;

pub(super) fn page(view: &View<'_>, story: &PublicStory) -> String {
    Page {
        title: &story.title,
        description: &story.gist(),
        path: Some(&address(story)),
        query: "",
        head: html! {
            meta property="og:type" content="article";
            meta property="og:locale" content=(og_locale(view.texts));
            meta property="article:published_time" content=(day(story.date));
            (card_picture(view, story))
            (script(SCRIPT_STORY))
            (script(SCRIPT_COPY))
        },
        main: html! {
            // Microdata and not a block of JSON: it marks what is shown, so it cannot say anything else, and the page
            // stays without an element `script` that holds content (W1).
            article.story itemscope itemtype="https://schema.org/Article" {
                header.story__head {
                    (head(view, story))
                    (actions(view, story))
                    @if let Some(place) = story.place() { (locator(place)) }
                }
                (media::lead(view, story))
                (text(view, story))
                (media::sounds(view, story))
                (media::others(view, story))
                (foot(view, story))
            }
            (nearby(view, story))
        },
    }
    .render(view)
}

/// Returns where, the title, the summary, and who told it when.
pub(super) fn head(view: &View<'_>, story: &PublicStory) -> Markup {
    let texts = view.texts;
    let language = language_tag(&story.language);
    let direction = direction(&story.language);
    html! {
        p.story__place itemprop="contentLocation" itemscope itemtype="https://schema.org/Place" {
            (place_link(view, story))
        }
        h1 lang=[language] dir=(direction) itemprop="headline" { (story.title) }
        @if !story.summary.trim().is_empty() {
            p.story__lead lang=[language] dir=(direction) itemprop="abstract" { (story.summary) }
        }
        p.story__by {
            @if let Some(name) = &story.name {
                // A name written from right to left must not turn the date around.
                bdi itemprop="author" itemscope itemtype="https://schema.org/Person" {
                    meta itemprop="name" content=(name);
                    (texts.site_story_by(name))
                }
                " · "
            }
            time datetime=(day(story.date)) itemprop="datePublished" { (date(texts, story.date)) }
            @if let Some(language) = language { meta itemprop="inLanguage" content=(language); }
        }
        @if let Some(language) = other_language(texts, story) {
            p.story__by { (texts.site_story_language(&texts.within_sentence(language))) }
        }
    }
}

/// Returns the text, one move after the other.
pub(super) fn text(view: &View<'_>, story: &PublicStory) -> Markup {
    let language = language_tag(&story.language);
    let direction = direction(&story.language);
    html! {
        div.story__text itemprop="articleBody" {
            @for section in &story.sections {
                section.story__move {
                    h2 { (heading(view.texts, section.heading)) }
                    div.story__words lang=[language] dir=(direction) { (written(&section.text)) }
                }
            }
        }
    }
}

fn place_link(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        @if let Some(place) = story.place() {
            a href=(view.at(&place_address(place))) { span itemprop="name" { (place_words(view, story)) } }
            @if place.name != place.province.name() { ", " (province_name(view.texts, place.province)) }
        }
    }
}

/// Returns what a reader can do. What needs a script appears with it.
fn actions(view: &View<'_>, story: &PublicStory) -> Markup {
    let texts = view.texts;
    let full = format!("{}{}", view.base, view.at(&address(story)));
    html! {
        div.story__actions {
            @if let Some(language) = language_tag(&story.language) {
                button.button.button--quiet type="button" hidden
                    data-aloud=(language) data-stop=(texts.site_story_stop()) {
                    (icon("M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11"))
                    span { (texts.site_story_aloud()) }
                }
            }
            button.button.button--quiet type="button" hidden
                data-share=(full) data-copied=(texts.site_story_copied()) {
                (icon("M12 15V3.5M8 7l4-3.5L16 7M8 10.5H5.5v10h13v-10H16"))
                (texts.site_story_share())
            }
            a.button.button--quiet href=(view.at(&format!("{}/afdruk", address(story)))) {
                (icon("M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z"))
                (texts.site_story_print())
            }
            p.story__said role="status" {}
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
    let frame = format!("/insluiten{}", address(story));
    html! {
        footer.story__foot {
            @if !story.audience.is_empty() { p { (texts.site_story_audience(&story.audience)) } }
            @if !themes.is_empty() {
                ul.chips aria-label=(texts.site_story_themes()) {
                    @for (id, name) in themes {
                        @let filter = Filter { theme: Some(id.clone()), ..Filter::default() };
                        li { a.chip href=(view.at(&query::address(&filter))) { (name) } }
                    }
                }
            }
            p.address { (texts.site_story_address()) (texts.colon()) span { (view.base) (view.at(&address(story))) } }
            (frame_code(view, &frame, view.network, (texts.site_story_frame(), texts.site_story_frame_text())))
        }
    }
}

fn nearby(view: &View<'_>, story: &PublicStory) -> Markup {
    let texts = view.texts;
    let stories = view.publications.nearby(story, NEARBY, view.now);
    // Those from here come first: where there is none, the page of the municipality has this story alone.
    let with_more = story
        .place()
        .filter(|here| stories.first().and_then(|other| other.place()) == Some(*here));
    html! {
        @if !stories.is_empty() {
            section.stack.nearby aria-labelledby="buurt" {
                h2 id="buurt" { (texts.site_story_nearby()) }
                (cards(view, &stories, Level::Three))
                @if let Some(place) = with_more {
                    p {
                        a.button.button--quiet href=(view.at(&place_address(place))) {
                            (texts.site_story_more_from(place.name))
                        }
                    }
                }
            }
        }
    }
}

/// Returns the picture that is shown where somebody passes the address on: the first photo.
fn card_picture(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        @if let Some(photo) = story.photos(view.now).next() {
            meta property="og:image" content={ (view.base) (media::photo_address(photo)) };
            meta property="og:image:width" content=(photo.width);
            meta property="og:image:height" content=(photo.height);
            meta property="og:image:alt" content=(photo.alt);
        }
    }
}

/// Returns a language as Open Graph writes it, with a territory.
fn og_locale(texts: Locale) -> &'static str {
    match texts {
        Locale::Nl => "nl_BE",
        Locale::Fr => "fr_BE",
        Locale::En => "en_GB",
    }
}
