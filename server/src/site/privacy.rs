//! `/privacy`: what is kept, what is shown, how to take it back (K7, E6 as far as it exists).

use super::View;
use super::own;
use super::page::Page;
use maud::{Markup, html};
use texts::Locale;

/// `own` is what the operator has to add: who answers for the data, whom to ask. It takes nothing away.
pub(super) fn page(view: &View<'_>, own: Option<&str>) -> String {
    let texts = view.texts;
    let sections = [
        (
            texts.site_privacy_reader(),
            paragraphs(&[texts.site_privacy_reader_text()]),
        ),
        (texts.site_privacy_teller(), online(texts)),
        (
            texts.site_privacy_back(),
            paragraphs(&[
                texts.site_privacy_back_text(),
                texts.site_privacy_back_others(),
                texts.site_privacy_back_limits(),
            ]),
        ),
        (
            texts.site_privacy_inside(),
            paragraphs(&[
                texts.site_privacy_inside_text(),
                texts.site_privacy_inside_server(),
            ]),
        ),
        (
            texts.site_privacy_honest(),
            paragraphs(&[
                texts.site_privacy_honest_past(),
                texts.site_privacy_honest_removed(),
                texts.site_privacy_honest_device(),
                texts.site_privacy_honest_host(),
            ]),
        ),
        (
            texts.site_privacy_rights(),
            paragraphs(&[texts.site_privacy_rights_text(), texts.site_privacy_lawyer()]),
        ),
    ];
    Page {
        title: texts.site_privacy_title(),
        description: texts.site_privacy_lead(),
        path: Some("/privacy"),
        query: "",
        head: html! {},
        main: html! {
            h1 { (texts.site_privacy_title()) }
            p.lead { (texts.site_privacy_lead()) }
            div.prose {
                @if let Some(text) = own { (own::before(text)) }
                @for (heading, words) in sections { h2 { (heading) } (words) }
            }
        },
    }
    .render(view)
}

/// Returns what is shown of a story: each thing that a publication can hold.
fn online(texts: Locale) -> Markup {
    let shown = [
        texts.site_privacy_teller_words(),
        texts.site_privacy_teller_photos(),
        texts.site_privacy_teller_sound(),
        texts.site_privacy_teller_place(),
        texts.site_privacy_teller_sorting(),
        texts.site_privacy_teller_name(),
        texts.site_privacy_teller_day(),
    ];
    html! {
        p { (texts.site_privacy_teller_text()) }
        ul { @for one in shown { li { (one) } } }
        (paragraphs(&[texts.site_privacy_teller_never(), texts.site_privacy_teller_consent()]))
    }
}

fn paragraphs(paragraphs: &[&str]) -> Markup {
    html! { @for paragraph in paragraphs { p { (paragraph) } } }
}
