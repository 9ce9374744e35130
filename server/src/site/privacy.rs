//! `/privacy`: what is kept, what is shown, how to take it back (K7, E6 as far as it exists).

use super::View;
use super::own;
use super::page::Page;
use maud::html;

/// `own` is what the operator has to add: who answers for the data, whom to ask. It takes nothing away.
pub(super) fn page(view: &View<'_>, own: Option<&str>) -> String {
    let texts = view.texts;
    let sections: [(&str, &[&str]); 6] = [
        (texts.site_privacy_reader(), &[texts.site_privacy_reader_text()]),
        (
            texts.site_privacy_teller(),
            &[
                texts.site_privacy_teller_text(),
                texts.site_privacy_teller_consent(),
            ],
        ),
        (
            texts.site_privacy_back(),
            &[
                texts.site_privacy_back_text(),
                texts.site_privacy_back_others(),
                texts.site_privacy_back_limits(),
            ],
        ),
        (
            texts.site_privacy_inside(),
            &[
                texts.site_privacy_inside_text(),
                texts.site_privacy_inside_server(),
            ],
        ),
        (
            texts.site_privacy_honest(),
            &[
                texts.site_privacy_honest_past(),
                texts.site_privacy_honest_removed(),
                texts.site_privacy_honest_device(),
                texts.site_privacy_honest_host(),
            ],
        ),
        (
            texts.site_privacy_rights(),
            &[texts.site_privacy_rights_text(), texts.site_privacy_lawyer()],
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
                @for (heading, paragraphs) in sections {
                    h2 { (heading) }
                    @for paragraph in paragraphs { p { (paragraph) } }
                }
            }
        },
    }
    .render(view)
}
