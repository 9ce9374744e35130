//! What every page has: head, bar, footer.

use super::pieces::alternates;
use super::{View, in_language};
use crate::static_files::{STYLE, STYLE_FIND};
use maud::{DOCTYPE, Markup, html};
use texts::Locale;

/// A page without its surroundings.
pub(super) struct Page<'a> {
    /// Its heading, and its name in the browser.
    pub(super) title: &'a str,
    /// What it is about, for whoever lists it; empty if there is nothing to say.
    pub(super) description: &'a str,
    /// Its own path, as [`View::at`] takes it; `None` for a page that is not to be found again.
    pub(super) path: Option<&'a str>,
    /// What stands behind the path, with its `?`: it chooses among what this page shows, and makes no other page.
    pub(super) query: &'a str,
    /// What its head has beside that of every page.
    pub(super) head: Markup,
    /// All within `main`.
    pub(super) main: Markup,
}

impl Page<'_> {
    /// Returns the whole document.
    pub(super) fn render(&self, view: &View<'_>) -> String {
        let texts = view.texts;
        let title = texts.site_title(self.title, view.network);
        html! {
            (DOCTYPE)
            html lang=(texts.tag()) {
                head {
                    (first_of_head(&title))
                    @if !self.description.is_empty() {
                        meta name="description" content=(self.description);
                        meta property="og:description" content=(self.description);
                    }
                    @match self.path {
                        Some(path) => {
                            @let own = format!("{}{}", view.base, view.at(path));
                            link rel="canonical" href=(own);
                            @for (language, address) in alternates(view, path) {
                                link rel="alternate" hreflang=(language) href=(address);
                            }
                            meta property="og:url" content=(own);
                            meta property="og:title" content=(self.title);
                            meta property="og:site_name" content=(view.network);
                        }
                        None => meta name="robots" content="noindex";,
                    }
                    (self.head)
                    link rel="alternate" type="application/atom+xml" href=(view.at("/feed.atom")) title=(view.network);
                }
                body.page {
                    a.skip-link href="#inhoud" { (texts.words_skip_link()) }
                    (self.bar(view))
                    main.main id="inhoud" tabindex="-1" { (self.main) }
                    (self.footer(view))
                }
            }
        }
        .into_string()
    }

    /// Few links: each is a stop on the way to the stories.
    fn bar(&self, view: &View<'_>) -> Markup {
        let texts = view.texts;
        html! {
            header.bar {
                a.brand href=(view.at("/")) { (mark()) span { (view.network) } }
                nav.bar__links aria-label=(texts.site_menu()) {
                    (self.link(view, "/verhalen", texts.site_stories()))
                    (self.link(view, "/wie", texts.site_about()))
                    (self.link(view, "/contact", texts.site_contact()))
                }
                (self.languages(view))
            }
        }
    }

    fn footer(&self, view: &View<'_>) -> Markup {
        let texts = view.texts;
        html! {
            footer.footer {
                div.footer__inner {
                    nav.footer__links aria-label=(texts.site_more()) {
                        (self.link(view, "/verhalen", texts.site_stories()))
                        (self.link(view, "/wie", texts.site_about()))
                        (self.link(view, "/aanbod", texts.site_offer()))
                        (self.link(view, "/contact", texts.site_contact()))
                        (self.link(view, "/toegankelijkheid", texts.site_accessibility()))
                        (self.link(view, "/privacy", texts.site_privacy()))
                        a href=(view.at("/feed.atom")) { (texts.site_feed()) }
                        a href="/app/" { (texts.site_app()) }
                    }
                    p { (texts.site_made_with()) }
                    p { (texts.site_credits()) }
                }
            }
        }
    }

    fn link(&self, view: &View<'_>, path: &str, words: &str) -> Markup {
        let here = (self.path == Some(path)).then_some("page");
        html! { a href=(view.at(path)) aria-current=[here] { (words) } }
    }

    /// Returns links to the same page in the other languages, each in its own; a page that is not there has the first
    /// page beside it.
    fn languages(&self, view: &View<'_>) -> Markup {
        let path = format!("{}{}", self.path.unwrap_or("/"), self.query);
        let others = Locale::ALL.into_iter().filter(|other| *other != view.texts);
        html! {
            nav.bar__links.bar__languages aria-label=(view.texts.site_languages()) {
                @for other in others {
                    a href=(in_language(other, &path)) lang=(other.tag()) hreflang=(other.tag()) {
                        span.bar__long { (other.locale_name()) }
                        span.bar__short aria-hidden="true" { (other.tag().to_uppercase()) }
                    }
                }
            }
        }
    }
}

/// Returns what the head of every document begins with.
pub(super) fn first_of_head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { (title) }
        link rel="icon" type="image/svg+xml" href="/images/merk.svg";
        link rel="stylesheet" href=(STYLE);
    }
}

/// Returns the style of pages to find stories with: fields, the map, lists of places.
pub(super) fn finding() -> Markup {
    html! { link rel="stylesheet" href=(STYLE_FIND); }
}

/// Returns a script that improves a page; a module runs after the page is there, and only where it is understood.
pub(super) fn script(address: &str) -> Markup {
    html! { script type="module" src=(address) {} }
}

/// The mark: two moves, one leading to the next.
pub(super) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 40 40" aria-hidden="true" {
            path.mark__way d="M11 27C13 13 21 9 31 12" {}
            circle.mark__from cx="11" cy="27" r="8" {}
            circle.mark__to cx="31" cy="12" r="7" {}
        }
    }
}
