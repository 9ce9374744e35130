//! What a form cannot do without.

use crate::ui::{focus, use_texts};
use leptos::prelude::*;
use texts::Locale;

/// Whether a form was sent off with something left open; each field then says so.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    texts: Locale,
    tried: RwSignal<bool>,
}

impl Needed {
    /// Nothing sent off yet.
    pub fn new() -> Self {
        Self {
            texts: use_texts(),
            tried: RwSignal::new(false),
        }
    }

    /// What is wrong with a field that is needed.
    pub fn error(self, value: RwSignal<String>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let is_open = self.tried.get() && value.with(|value| is_blank(value));
            is_open.then(|| self.texts.form_fill_in().to_owned())
        })
    }

    /// Whether all are filled in; otherwise each that is not says so, and the first one gets the focus.
    pub fn check(self, values: &[RwSignal<String>]) -> bool {
        let complete = !values
            .iter()
            .any(|value| value.with_untracked(|value| is_blank(value)));
        self.tried.set(!complete);
        if !complete {
            focus::first_invalid("#inhoud");
        }
        complete
    }
}

impl Default for Needed {
    fn default() -> Self {
        Self::new()
    }
}

fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}
