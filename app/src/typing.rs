//! What is typed and what the core tells, field by field: which of the two stands on the screen, and when it is sent.
//!
//! ```text
//!  key ──► shown ──► handed over ──► answered (a draft on the device) ──► told (of the draft or the story)
//!            ▲                                                              │
//!            └────────── only while nothing of ours is on its way ──────────┘
//! ```
//!
//! The core answers as soon as a draft is stored and seals it later (M10). What it tells may be from before either:
//! neither what it told already nor an older draft of ours ever replaces what was typed.

/// Shortest time between two values of one field. M10 allows 300 ms after the key; the rest is for the disk.
pub const HAND_OVER_EVERY_MS: u64 = 200;

/// A field in which somebody may be typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed<T> {
    shown: T,
    /// The newest value that the core was given.
    handed: T,
    /// The newest value that is a draft on the device, or part of the story.
    stored: T,
    /// What the core told last.
    told: T,
    /// What it was given and has not told, oldest first.
    untold: Vec<T>,
    n_under_way: u32,
    handed_at_ms: Option<u64>,
    /// The changes of the story that what stands on the screen rests on, and those that were told last.
    seen: String,
    told_seen: String,
    /// Another device wrote something that the screen never showed.
    is_behind: bool,
    is_focused: bool,
    is_held: bool,
    is_refused: bool,
    /// A value that nobody answered for may be stored yet: what stands there is handed over in any case.
    is_unsure: bool,
}

/// When the next value is to be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing waits, or an answer comes first.
    No,
    /// At once.
    Now,
    /// After so many milliseconds.
    InMs(u64),
}

impl<T: Clone + PartialEq> Typed<T> {
    /// A field of which the core told this.
    pub fn new(told: T) -> Self {
        Self {
            shown: told.clone(),
            handed: told.clone(),
            stored: told.clone(),
            told,
            untold: Vec::new(),
            n_under_way: 0,
            handed_at_ms: None,
            seen: String::new(),
            told_seen: String::new(),
            is_behind: false,
            is_focused: false,
            is_held: false,
            is_refused: false,
            is_unsure: false,
        }
    }

    /// What stands on the screen.
    pub fn shown(&self) -> &T {
        &self.shown
    }

    /// Which changes of the story the screen showed when this was typed: what came since stands beside it (M7).
    pub fn seen(&self) -> &str {
        &self.seen
    }

    /// Whether something on the screen is not on the disk yet.
    pub fn is_unsaved(&self) -> bool {
        self.n_under_way > 0 || self.is_unsure || self.shown != self.stored
    }

    /// Whether another device wrote something else meanwhile, which is shown once the field is left.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Whether the core said no to what stands there.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Somebody typed: this is all that stands there now.
    pub fn type_in(&mut self, value: T) {
        self.shown = value;
        self.is_held = false;
        self.is_refused = false;
    }

    /// When to hand over what stands there.
    pub fn due(&self, now_ms: u64) -> Due {
        if self.n_under_way > 0 || self.is_refused || !self.has_news() {
            return Due::No;
        }
        match self.handed_at_ms {
            // A clock that went back does not hold anything up.
            Some(at) if (at..at + HAND_OVER_EVERY_MS).contains(&now_ms) => {
                Due::InMs(at + HAND_OVER_EVERY_MS - now_ms)
            }
            Some(_) | None => Due::Now,
        }
    }

    /// Takes what is due, to hand it over.
    pub fn take(&mut self, now_ms: u64) -> Option<T> {
        (self.due(now_ms) == Due::Now).then(|| self.hand_over(now_ms))
    }

    /// Takes what stands there although an answer is awaited or the last value is young: the page may be gone soon.
    pub fn take_at_once(&mut self, now_ms: u64) -> Option<T> {
        (!self.is_refused && self.has_news()).then(|| self.hand_over(now_ms))
    }

    fn has_news(&self) -> bool {
        self.is_unsure || self.shown != self.handed
    }

    fn hand_over(&mut self, now_ms: u64) -> T {
        self.n_under_way += 1;
        self.handed_at_ms = Some(now_ms);
        self.handed = self.shown.clone();
        self.is_unsure = false;
        self.untold.push(self.shown.clone());
        self.handed.clone()
    }

    /// The core answered that this is stored. Answers come in the order of what was handed over.
    pub fn answered(&mut self, value: T) {
        self.n_under_way = self.n_under_way.saturating_sub(1);
        self.is_unsure = false;
        self.stored = value;
    }

    /// The core said no to `value`: it stays on the screen, and is tried again when somebody types or asks for it.
    pub fn refused(&mut self, value: &T) {
        self.failed();
        self.is_refused |= self.shown == *value;
    }

    /// Nobody answered: it is handed over again.
    pub fn failed(&mut self) {
        self.n_under_way = self.n_under_way.saturating_sub(1);
        self.is_unsure = true;
        if self.n_under_way == 0 {
            self.handed = self.stored.clone();
        }
    }

    /// What was refused is tried once more.
    pub fn retry(&mut self) {
        self.is_refused = false;
    }

    /// The cursor is in the field.
    pub fn focus(&mut self) {
        self.is_focused = true;
    }

    /// The cursor left the field: what was held back is shown, if nothing was typed over it.
    pub fn blur(&mut self) {
        self.is_focused = false;
        if self.is_held && !self.is_unsaved() {
            self.show_told();
        }
    }

    /// The core told what is in the story, by which changes, and whether all that was typed is on the disk by now.
    pub fn hear(&mut self, value: T, seen: &str, is_all_stored: bool) {
        seen.clone_into(&mut self.told_seen);
        self.take_in(value, is_all_stored);
        // A draft that is on no disk is told over a story that the screen never showed.
        if !self.is_behind && is_all_stored {
            self.seen.clone_from(&self.told_seen);
        }
    }

    fn take_in(&mut self, value: T, is_all_stored: bool) {
        // What the store refused went in by itself since. Of what was never handed over this says nothing: a draft may lie
        // between.
        if self.is_refused && is_all_stored && self.n_under_way == 0 && value == self.shown {
            self.handed = value.clone();
            self.stored = value.clone();
            self.is_refused = false;
            self.is_unsure = false;
        }
        let ours = self.untold.iter().position(|untold| *untold == value);
        if let Some(ours) = ours {
            self.untold.drain(..=ours);
        }
        if value == self.told {
            self.is_behind &= value != self.shown;
            return;
        }
        self.told = value;
        self.is_behind = ours.is_none() && self.told != self.shown;
        if ours.is_none() {
            self.untold.clear();
        }
        if !self.untold.is_empty() {
            return;
        }
        // What is not saved yet goes out next, and counts.
        self.is_held = self.is_focused && self.told != self.shown && !self.is_unsaved();
        if !self.is_focused && !self.is_unsaved() {
            self.show_told();
        }
    }

    fn show_told(&mut self) {
        self.is_behind = false;
        self.seen.clone_from(&self.told_seen);
        self.shown = self.told.clone();
        self.handed = self.told.clone();
        self.stored = self.told.clone();
        self.is_held = false;
        self.is_refused = false;
    }
}

#[cfg(test)]
mod tests;
