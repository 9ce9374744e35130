//! Consent texts that somebody writes on, for the life of the page: another screen takes nothing away.

use crate::text_draft::TextDraft;
use crate::ui::leaving;
use crate::ui::memo::memo;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What is typed, by language.
#[derive(Clone, Copy, Debug)]
pub struct TextDrafts(RwSignal<BTreeMap<String, TextDraft>>);

/// Puts them into the context; the browser asks before the page is left with something that is not saved.
pub fn provide_text_drafts() {
    let drafts = RwSignal::new(BTreeMap::<String, TextDraft>::new());
    let is_dirty = memo(move || drafts.with(|drafts| drafts.values().any(TextDraft::is_dirty)));
    leaving::ask_while(is_dirty.into());
    provide_context(TextDrafts(drafts));
}

/// The drafts, from anywhere below [`provide_text_drafts`].
pub fn use_text_drafts() -> TextDrafts {
    expect_context()
}

impl TextDrafts {
    /// Reads the draft of a language.
    pub fn with<T>(self, language: &str, read: impl FnOnce(&TextDraft) -> T) -> T {
        self.0.with(|drafts| match drafts.get(language) {
            Some(draft) => read(draft),
            None => read(&TextDraft::default()),
        })
    }

    /// Changes the draft of a language.
    pub fn update(self, language: &str, change: impl FnOnce(&mut TextDraft)) {
        self.0
            .update(|drafts| change(drafts.entry(language.to_owned()).or_default()));
    }
}
