//! Finding a municipality while typing: a field with a list under it (ARIA combobox with listbox).
//!
//! The list is never more than a proposal: what was typed stays until something is chosen or the field is emptied.

use shared::fold::fold;
use shared::places::{self, Hit, Nis};

/// Longest list: what can be looked over at a glance.
pub const HITS_MAX: usize = 8;

/// The state of the field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    text: String,
    hits: Vec<Hit>,
    active: Option<usize>,
    is_open: bool,
}

/// A key that the field answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The next in the list, or opens it.
    Down,
    /// The one before, or opens it at its end.
    Up,
    /// Takes the one that is active, or the first.
    Enter,
    /// Closes the list.
    Escape,
}

/// What a key, a click or leaving the field did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// Nothing: the key does what it always does.
    Nothing,
    /// The list looks otherwise.
    Moved,
    /// A municipality was chosen, perhaps by the name of a part.
    Chose {
        /// The municipality.
        nis: Nis,
        /// The part that was meant, if any.
        part: Option<&'static str>,
    },
    /// The field was emptied.
    Emptied,
    /// What stands there is no municipality.
    Unclear,
}

impl Finding {
    /// The field with the municipality that was chosen, if one was.
    pub fn of(chosen: &str) -> Self {
        Self {
            text: name_of(chosen).unwrap_or_default().to_owned(),
            ..Self::default()
        }
    }

    /// What stands in the field.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is proposed, likeliest first.
    pub fn hits(&self) -> &[Hit] {
        if self.is_open { &self.hits } else { &[] }
    }

    /// Which of them is active.
    pub fn active(&self) -> Option<usize> {
        self.active.filter(|_| self.is_open)
    }

    /// Whether something was looked for and not found.
    pub fn found_nothing(&self) -> bool {
        self.is_open && self.hits.is_empty() && !self.text.trim().is_empty()
    }

    /// Whether something stands there that is not the name of what was `chosen`: it is stored nowhere.
    pub fn is_unchosen(&self, chosen: &str) -> bool {
        let typed = fold(&self.text);
        !typed.is_empty() && name_of(chosen).is_none_or(|name| fold(name) != typed)
    }

    /// Somebody typed.
    pub fn type_in(&mut self, text: String) -> Did {
        self.hits = places::search(&text, HITS_MAX);
        self.text = text;
        self.active = None;
        self.is_open = true;
        if self.text.trim().is_empty() {
            Did::Emptied
        } else {
            Did::Moved
        }
    }

    /// A key was pressed.
    pub fn press(&mut self, key: Key) -> Did {
        match key {
            Key::Down => self.step(|active, last| active.map_or(0, |at| if at == last { 0 } else { at + 1 })),
            Key::Up => self.step(|active, last| active.map_or(last, |at| at.checked_sub(1).unwrap_or(last))),
            Key::Enter if self.is_open && !self.hits.is_empty() => self.choose(self.active.unwrap_or(0)),
            Key::Escape if self.is_open => {
                self.close();
                Did::Moved
            }
            Key::Enter | Key::Escape => Did::Nothing,
        }
    }

    fn step(&mut self, next: impl FnOnce(Option<usize>, usize) -> usize) -> Did {
        if !self.is_open {
            self.hits = places::search(&self.text, HITS_MAX);
            self.is_open = true;
            self.active = None;
        }
        let Some(last) = self.hits.len().checked_sub(1) else {
            return Did::Moved;
        };
        self.active = Some(next(self.active, last));
        Did::Moved
    }

    /// One of the list was chosen.
    pub fn choose(&mut self, at: usize) -> Did {
        let Some(hit) = self.hits.get(at).copied() else {
            return Did::Nothing;
        };
        self.text = hit.municipality.name.to_owned();
        self.close();
        Did::Chose {
            nis: hit.municipality.nis,
            part: hit.part(),
        }
    }

    /// The field was left. A name that was typed whole is chosen; `chosen` is what counts until now.
    pub fn leave(&mut self, chosen: &str) -> Did {
        let typed = fold(&self.text);
        self.close();
        if typed.is_empty() {
            self.text.clear();
            return if chosen.is_empty() {
                Did::Nothing
            } else {
                Did::Emptied
            };
        }
        if !self.is_unchosen(chosen) {
            return Did::Nothing;
        }
        let hits = places::search(&self.text, HITS_MAX);
        let whole = hits.iter().position(|hit| fold(hit.municipality.name) == typed);
        match whole {
            Some(at) => {
                self.hits = hits;
                self.choose(at)
            }
            None => Did::Unclear,
        }
    }

    fn close(&mut self) {
        self.is_open = false;
        self.active = None;
    }
}

/// The name of a municipality by its code as it is stored in a story.
pub fn name_of(nis: &str) -> Option<&'static str> {
    let place = places::municipality(nis.parse().ok()?)?;
    Some(place.name)
}

#[cfg(test)]
mod tests {
    //! Goal: what people call a place is found, by keyboard alone, and nothing typed disappears.

    use super::*;

    fn typed(text: &str) -> Finding {
        let mut finding = Finding::default();
        finding.type_in(text.to_owned());
        finding
    }

    #[test]
    fn an_old_name_a_part_and_a_postcode_are_found_and_taken_with_keys() {
        for (text, name, part) in [
            ("kruibeke", "Beveren-Kruibeke-Zwijndrecht", Some("Kruibeke")),
            ("Kessel-Lo", "Leuven", Some("Kessel-Lo")),
            ("9000", "Gent", None),
        ] {
            let mut finding = typed(text);
            assert_eq!(finding.press(Key::Down), Did::Moved);
            assert_eq!(finding.active(), Some(0));
            let Did::Chose { nis, part: meant } = finding.press(Key::Enter) else {
                panic!("{text}");
            };
            assert_eq!((name_of(&nis.to_string()), meant), (Some(name), part), "{text}");
            assert_eq!(finding.text(), name);
            assert!(finding.hits().is_empty());
        }
    }

    #[test]
    fn arrows_go_round_and_escape_closes() {
        let mut finding = typed("sint");
        let last = finding.hits().len() - 1;
        assert!(last > 0);
        finding.press(Key::Up);
        assert_eq!(finding.active(), Some(last));
        finding.press(Key::Down);
        assert_eq!(finding.active(), Some(0));
        assert_eq!(finding.press(Key::Escape), Did::Moved);
        assert_eq!((finding.hits().len(), finding.active()), (0, None));
        assert_eq!(finding.press(Key::Escape), Did::Nothing);
        assert_eq!(
            finding.press(Key::Enter),
            Did::Nothing,
            "Enter belongs to the form again"
        );
        finding.press(Key::Down);
        assert_eq!(finding.active(), Some(0), "the arrow opens it again");
        assert_eq!(finding.text(), "sint");
    }

    #[test]
    fn leaving_takes_a_whole_name_and_keeps_what_is_none() {
        let mut finding = typed("gent");
        assert!(matches!(
            finding.leave(""),
            Did::Chose {
                nis: Nis(44_021),
                part: None
            }
        ));
        assert_eq!(finding.text(), "Gent");
        assert_eq!(finding.leave("44021"), Did::Nothing);
        let mut finding = typed("Gentt");
        assert!(finding.found_nothing());
        assert_eq!(finding.leave("44021"), Did::Unclear);
        assert_eq!(finding.text(), "Gentt");
    }

    /// What stands in the field is called stored only when it is what the story holds.
    #[test]
    fn what_was_typed_and_not_chosen_is_told_apart() {
        let mut finding = Finding::of("44021");
        assert!(!finding.is_unchosen("44021"));
        finding.type_in("Gen".into());
        assert!(finding.is_unchosen("44021"));
        finding.type_in("gent ".into());
        assert!(!finding.is_unchosen("44021"));
        // The name is whole, and nobody chose it yet.
        assert!(finding.is_unchosen(""));
        finding.type_in(" ".into());
        assert!(!finding.is_unchosen(""));
    }

    #[test]
    fn an_emptied_field_chooses_nothing() {
        let mut finding = Finding::of("44021");
        assert_eq!(finding.text(), "Gent");
        assert_eq!(finding.type_in(" ".into()), Did::Emptied);
        assert_eq!(finding.leave(""), Did::Nothing);
        assert_eq!((finding.text(), finding.found_nothing()), ("", false));
        assert_eq!(Finding::of("99999").text(), "");
    }
}
