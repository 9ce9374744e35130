//! The language of the screens, as it was chosen on this device.
//!
//! The choice lies in the browser's own small storage, not with the core: screens need it before the core answers, and
//! also say in it that the database cannot be used. It is no content of anybody.

use crate::language;
use crate::ui::browser;
use leptos::prelude::*;
use texts::Locale;

/// Name of the choice in the browser's storage.
const KEY: &str = "language";

/// The language of the screens. A copy is another handle on the same choice.
#[derive(Clone, Copy, Debug)]
pub struct Language(RwSignal<Locale>);

/// Puts the language into the context for the life of the page; the page says which one it is in.
pub fn provide_language() -> Language {
    let chosen = browser::recall(KEY);
    let spoken = language::spoken(chosen.as_deref(), browser::languages());
    let language = Language(RwSignal::new(spoken));
    provide_context(language);
    Effect::new(move || {
        if let Some(page) = document().document_element() {
            // Refused only for a name that is none.
            drop(page.set_attribute("lang", language.get().tag()));
        }
    });
    language
}

/// The language, from anywhere below [`provide_language`].
pub fn use_language() -> Language {
    expect_context()
}

impl Language {
    /// Which one it is.
    pub fn get(self) -> Locale {
        self.0.get()
    }

    /// Speaks another one from now on, also after the page is closed if the browser stores that.
    pub fn choose(self, texts: Locale) {
        browser::remember(KEY, texts.tag());
        self.0.set(texts);
    }
}
