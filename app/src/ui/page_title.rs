//! What the browser calls the page, in its tab and in its history: the screen, and never what a story is called, as that
//! would lie readable on the device.

use crate::ui::use_texts;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use texts::Locale;

/// Keeps the title of the page that of the screen.
pub fn follow_screens() {
    let texts = use_texts();
    let pathname = use_location().pathname;
    Effect::new(move || {
        let screen = pathname.with(|path| screen(texts, path));
        let title = match screen {
            Some(screen) => texts.app_page_title(screen),
            None => texts.words_aanzet().to_owned(),
        };
        document().set_title(&title);
    });
}

/// The name of a screen; none for the first one.
fn screen(texts: Locale, path: &str) -> Option<&'static str> {
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != "app");
    Some(match (parts.next()?, parts.next()) {
        ("oprichten", _) => texts.found_title(),
        ("uitnodiging", _) => texts.invitation_title(),
        ("verhalen", None) => texts.stories_title(),
        ("verhalen", Some("nieuw")) => texts.stories_new(),
        ("verhalen", Some(_)) => texts.story_page_title(),
        ("prullenbak", _) => texts.trash_title(),
        ("nalezen", _) => texts.review_title(),
        ("leden", _) => texts.members_title(),
        ("kaart", _) => texts.map_title(),
        ("teksten", _) => texts.asked_title(),
        ("toestel", _) => texts.device_title(),
        _ => texts.missing_page_title(),
    })
}
