//! Sentences of a language while a coordinator writes them.

use shared::command::CONSENT_TEXT_CHARS_MAX;
use shared::model::consent_text::clean;
use shared::view::{TextVersion, Use};
use std::collections::BTreeMap;

/// What stands in the fields, and what it is to stand in place of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextDraft {
    /// Ids of the versions that were on the screen when she began.
    base: Vec<String>,
    saved: BTreeMap<Use, String>,
    typed: BTreeMap<Use, String>,
}

impl TextDraft {
    /// Takes note of what is saved now. Once something else is typed it stays, and so does what it stands in place of:
    /// what came meanwhile then stands beside it.
    pub fn told(&mut self, versions: &[TextVersion]) {
        let ids = ids(versions);
        if ids == self.base {
            return;
        }
        let saved = sentences(versions);
        if !self.is_dirty() || self.clean() == saved {
            *self = Self {
                base: ids,
                typed: saved.clone(),
                saved,
            };
        }
    }

    /// What stands in the field of a use.
    pub fn text(&self, used: Use) -> &str {
        self.typed.get(&used).map_or("", String::as_str)
    }

    /// Takes what was typed.
    pub fn type_in(&mut self, used: Use, text: String) {
        self.typed.insert(used, text);
    }

    /// Whether something is typed that is not saved.
    pub fn is_dirty(&self) -> bool {
        self.clean() != self.saved
    }

    /// The sentences of a use as they are saved and stand in the field: those that can be read and recorded.
    pub fn saved(&self, used: Use) -> Option<String> {
        let saved = self.saved.get(&used)?;
        (self.clean().get(&used) == Some(saved)).then(|| saved.clone())
    }

    /// Whether some sentences are longer than the core takes.
    pub fn is_too_long(&self) -> bool {
        self.typed.values().any(|text| is_too_long(text))
    }

    /// What is to be saved, and the versions in place of which it stands.
    pub fn to_save(&self) -> (Vec<(Use, String)>, Vec<String>) {
        (self.clean().into_iter().collect(), self.base.clone())
    }

    fn clean(&self) -> BTreeMap<Use, String> {
        let typed = self.typed.iter();
        let typed = typed.map(|(used, text)| (*used, clean(text)));
        typed.filter(|(_, text)| !text.is_empty()).collect()
    }
}

/// Whether the sentences of a use are longer than the core takes.
pub fn is_too_long(text: &str) -> bool {
    clean(text).chars().count() > CONSENT_TEXT_CHARS_MAX
}

fn ids(versions: &[TextVersion]) -> Vec<String> {
    versions.iter().map(|version| version.id.clone()).collect()
}

fn sentences(versions: &[TextVersion]) -> BTreeMap<Use, String> {
    let shown = versions.first();
    shown
        .into_iter()
        .flat_map(|version| version.sentences.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str, text: &str) -> TextVersion {
        TextVersion {
            id: id.into(),
            number: 1,
            sentences: vec![(Use::Website, text.into())],
            at: 1,
            by: None,
        }
    }

    fn save(draft: &TextDraft) -> (Vec<(Use, String)>, Vec<String>) {
        draft.to_save()
    }

    #[test]
    fn what_others_save_is_taken_over_as_long_as_nothing_is_typed() {
        let mut draft = TextDraft::default();
        draft.told(&[version("a", "موقع")]);
        draft.told(&[version("b", "آخر")]);
        assert_eq!((draft.text(Use::Website), draft.is_dirty()), ("آخر", false));
        assert_eq!(draft.saved(Use::Website).as_deref(), Some("آخر"));
    }

    #[test]
    fn what_was_typed_stays_and_stands_beside_what_came_meanwhile() {
        let mut draft = TextDraft::default();
        draft.told(&[version("a", "موقع")]);
        draft.type_in(Use::Website, " موقعي ".into());
        assert!(draft.is_dirty());
        assert_eq!(draft.saved(Use::Website), None);
        draft.told(&[version("b", "آخر")]);
        let sentences = vec![(Use::Website, "موقعي".to_owned())];
        assert_eq!(save(&draft), (sentences, vec!["a".to_owned()]));
    }

    #[test]
    fn what_the_core_would_not_take_is_known_before() {
        let mut draft = TextDraft::default();
        let long = "ا".repeat(CONSENT_TEXT_CHARS_MAX);
        draft.type_in(Use::Website, format!(" {long}\r\n"));
        assert!(!draft.is_too_long());
        draft.type_in(Use::Name, format!("{long}."));
        assert!(draft.is_too_long());
    }

    #[test]
    fn what_was_saved_is_the_ground_of_the_next() {
        let mut draft = TextDraft::default();
        draft.type_in(Use::Website, "موقع".into());
        draft.type_in(Use::Name, "  ".into());
        draft.told(&[version("mine", "موقع"), version("hers", "آخر")]);
        assert!(!draft.is_dirty());
        assert_eq!(save(&draft).1, ["mine", "hers"]);
    }
}
