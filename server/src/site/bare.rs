//! A document without bar and footer: for paper, and for frames on other websites.

use super::View;
use super::page::first_of_head;
use maud::{DOCTYPE, Markup, html};

/// A document by itself. Search engines find the full page instead.
pub(super) struct Bare<'a> {
    /// Its heading, and its name in the browser.
    pub(super) title: &'a str,
    /// Path of the full page, if there is one.
    pub(super) full: Option<&'a str>,
    /// Address of the style that it has beside that of every page.
    pub(super) style: &'a str,
    /// What its head has beside that.
    pub(super) head: Markup,
    /// Class of its body.
    pub(super) class: &'a str,
    /// All within its body.
    pub(super) body: Markup,
}

impl Bare<'_> {
    /// Returns the whole document.
    pub(super) fn render(&self, view: &View<'_>) -> String {
        let texts = view.texts;
        html! {
            (DOCTYPE)
            html lang=(texts.tag()) {
                head {
                    (first_of_head(&texts.site_title(self.title, view.network)))
                    @if let Some(path) = self.full { link rel="canonical" href={ (view.base) (view.at(path)) }; }
                    meta name="robots" content="noindex";
                    link rel="stylesheet" href=(self.style);
                    (self.head)
                }
                body class=(self.class) { (self.body) }
            }
        }
        .into_string()
    }
}
