//! What every page has: head, bar, footer.

use super::pieces::alternates;
use super::{View, in_language};
use maud::{DOCTYPE, Markup, html};
use shared::places;
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
    /// All within `main`.
    pub(super) main: Markup,
}

impl Page<'_> {
    /// Returns the whole document.
    pub(super) fn render(&self, view: &View<'_>) -> String {
        let texts = view.texts;
        let title = texts.site_title(self.title, view.network);
        let here = |path| (self.path == Some(path)).then_some("page");
        html! {
            (DOCTYPE)
            html lang=(texts.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) }
                    @if !self.description.is_empty() {
                        meta name="description" content=(self.description);
                        meta property="og:description" content=(self.description);
                    }
                    @match self.path {
                        Some(path) => {
                            link rel="canonical" href={ (view.base) (view.at(path)) };
                            @for (language, address) in alternates(view, path) {
                                link rel="alternate" hreflang=(language) href=(address);
                            }
                            meta property="og:title" content=(self.title);
                            meta property="og:site_name" content=(view.network);
                        }
                        None => meta name="robots" content="noindex";,
                    }
                    link rel="icon" type="image/svg+xml" href="/images/merk.svg";
                    link rel="stylesheet" href=(view.stylesheet);
                    link rel="alternate" type="application/atom+xml" href=(view.at("/feed.atom")) title=(view.network);
                }
                body.page {
                    a.skip-link href="#inhoud" { (texts.words_skip_link()) }
                    header.bar {
                        a.brand href=(view.at("/")) { (mark()) (view.network) }
                        div.bar__menus {
                            nav.bar__links aria-label=(texts.site_menu()) {
                                a href=(view.at("/verhalen")) aria-current=[here("/verhalen")] { (texts.site_stories()) }
                                a href=(view.at("/privacy")) aria-current=[here("/privacy")] { (texts.site_privacy()) }
                                a href="/app/" { (texts.site_app()) }
                            }
                            (self.languages(view))
                        }
                    }
                    main.main id="inhoud" tabindex="-1" { (self.main) }
                    footer.footer {
                        div.footer__inner {
                            nav.footer__links aria-label=(texts.site_more()) {
                                a href=(view.at("/verhalen")) { (texts.site_stories()) }
                                a href=(view.at("/feed.atom")) { (texts.site_feed()) }
                                a href=(view.at("/privacy")) { (texts.site_privacy()) }
                            }
                            p { (texts.site_made_with()) }
                            p { (texts.site_credits(places::CREDITS)) }
                        }
                    }
                }
            }
        }
        .into_string()
    }

    /// Returns links to the same page in the other languages, each in its own; a page that is not there has the first
    /// page beside it.
    fn languages(&self, view: &View<'_>) -> Markup {
        let path = format!("{}{}", self.path.unwrap_or("/"), self.query);
        let others = Locale::ALL.into_iter().filter(|other| *other != view.texts);
        html! {
            nav.bar__links.bar__links--quiet aria-label=(view.texts.site_languages()) {
                @for other in others {
                    a href=(in_language(other, &path)) lang=(other.tag()) hreflang=(other.tag()) {
                        (other.locale_name())
                    }
                }
            }
        }
    }
}

/// The mark: two moves, one leading to the next.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 40 40" aria-hidden="true" {
            path.mark__way d="M11 27C13 13 21 9 31 12" {}
            circle.mark__from cx="11" cy="27" r="8" {}
            circle.mark__to cx="31" cy="12" r="7" {}
        }
    }
}
