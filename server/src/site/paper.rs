//! `/verhaal/<id>/afdruk`: a story for paper, with its address in words and as a picture for a phone.

use super::bare::Bare;
use super::page::{mark, script};
use super::pieces::{address, icon};
use super::story;
use super::{View, media};
use crate::publications::PublicStory;
use crate::static_files::{SCRIPT_STORY, STYLE_PAPER};
use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

pub(super) fn page(view: &View<'_>, story: &PublicStory) -> String {
    let texts = view.texts;
    let full = format!("{}{}", view.base, view.at(&address(story)));
    let words = full.split_once("://").map_or(full.as_str(), |(_, words)| words);
    Bare {
        title: &story.title,
        full: Some(&address(story)),
        style: STYLE_PAPER,
        head: script(SCRIPT_STORY),
        class: "paper",
        body: html! {
            nav.paper__tools aria-label=(texts.site_menu()) {
                a.button.button--quiet href=(view.at(&address(story))) {
                    (icon("M15 5l-7 7 7 7"))
                    (texts.site_paper_back())
                }
                button.button type="button" hidden data-print { (texts.site_story_print()) }
            }
            main.paper__sheet {
                p.paper__network { (mark()) (view.network) }
                article.story {
                    header.story__head { (story::head(view, story)) }
                    (media::lead(view, story))
                    (story::text(view, story))
                    (media::transcripts(view, story))
                    (media::others(view, story))
                }
                div.paper__online {
                    (code_of(&full))
                    p { (texts.site_paper_online()) br; strong.address { (words) } }
                }
            }
        },
    }
    .render(view)
}

/// Returns the picture that a phone reads an address from: decoration, as the address stands beside it.
fn code_of(address: &str) -> Markup {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok();
    html! {
        @if let Some(code) = code {
            svg.paper__code viewBox={ "-2 -2.5 " (code.size() + 4) " " (code.size() + 4) } aria-hidden="true" {
                path d=(lines(&code)) {}
            }
        }
    }
}

/// Returns a path of lines as wide as a square of the picture, each from a first dark one to the last that follows.
fn lines(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if length > 0 {
                path.push_str(&format!("M{x} {y}h{length}"));
            }
            x += 1 + i32::try_from(length).unwrap_or_default();
        }
    }
    path
}
