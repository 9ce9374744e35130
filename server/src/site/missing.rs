//! Pages for what is not there: 404 and 410, in words.

use super::View;
use super::page::Page;
use maud::html;

/// Returns the page for an address that leads nowhere.
pub(super) fn page(view: &View<'_>) -> String {
    words(
        view,
        view.texts.site_missing_title(),
        view.texts.site_missing_text(),
    )
}

/// Returns the page for a story that was taken back; it names nothing of it.
pub(super) fn gone(view: &View<'_>) -> String {
    words(
        view,
        view.texts.site_missing_gone_title(),
        view.texts.site_missing_gone_text(),
    )
}

fn words(view: &View<'_>, title: &str, text: &str) -> String {
    Page {
        title,
        description: "",
        path: None,
        query: "",
        head: html! {},
        main: html! {
            h1 { (title) }
            p.lead { (text) }
            p { a.button href=(view.at("/verhalen")) { (view.texts.site_missing_back()) } }
        },
    }
    .render(view)
}
