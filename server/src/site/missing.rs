//! Pages for what is not there: 404 and 410, in words.

use super::View;
use super::page::Page;
use maud::html;

/// Returns the page for an address that leads nowhere.
pub(super) fn page(view: &View<'_>) -> String {
    words(
        view,
        view.texts.site_missing_title(),
        &[view.texts.site_missing_text()],
    )
}

/// Returns the page for a story that was taken back; it names nothing of it.
pub(super) fn gone(view: &View<'_>) -> String {
    let others = has_stories(view).then(|| view.texts.site_missing_gone_others());
    let text: Vec<_> = [view.texts.site_missing_gone_text()]
        .into_iter()
        .chain(others)
        .collect();
    words(view, view.texts.site_missing_gone_title(), &text)
}

fn has_stories(view: &View<'_>) -> bool {
    view.publications.newest(view.now).next().is_some()
}

fn words(view: &View<'_>, title: &str, text: &[&str]) -> String {
    // A list with nothing in it is no way on.
    let (path, back) = if has_stories(view) {
        ("/verhalen", view.texts.site_missing_back())
    } else {
        ("/", view.texts.missing_page_back())
    };
    Page {
        title,
        description: "",
        path: None,
        query: "",
        head: html! {},
        main: html! {
            h1 { (title) }
            @for text in text {
                p.lead { (text) }
            }
            p { a.button href=(view.at(path)) { (back) } }
        },
    }
    .render(view)
}
