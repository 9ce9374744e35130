//! Reading consent texts aloud: how, in which voice, which of them, and how far it is.
//!
//! A text sounds as somebody of the network read it, else in a voice of the device, else not.
//!
//! ```text
//!  begin ──► Read(use) ──► Read(use) ──► Whole     all of it was heard
//!                │              └──────► Partly    all that sounds was heard, the rest is for somebody to read
//!                └──► Failed                       it broke off: what was heard is no consent text
//! ```

use crate::permission::USES;
use crate::text_languages::{primary, tag};
use shared::view::Use;
use std::collections::VecDeque;

/// A voice as the browser names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Its language, as a BCP 47 tag; some phones write `nl_BE`.
    pub language: String,
    /// It speaks on the device itself. Any other would send the text elsewhere.
    pub is_local: bool,
    /// The one that its user chose.
    pub is_default: bool,
}

/// The voice that reads a text in `language`: one of the device, of exactly that language rather than of its kin, the
/// one that its user chose rather than the first. `None` if nobody can.
pub fn voice(voices: &[Voice], language: &str) -> Option<usize> {
    let wanted = tag(language);
    let speaks = |voice: &Voice| primary(&tag(&voice.language)) == primary(&wanted);
    let able = voices.iter().enumerate();
    let able = able.filter(|(_, voice)| voice.is_local && speaks(voice));
    let best = able.max_by_key(|(idx, voice)| {
        let is_exact = tag(&voice.language) == wanted;
        (is_exact, voice.is_default, std::cmp::Reverse(*idx))
    });
    best.map(|(idx, _)| idx)
}

/// What is read, of what is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The uses whose texts sound, in the order of the form.
    pub read: Vec<Use>,
    /// Whether these are all that should be read.
    pub is_whole: bool,
}

/// Plans to read the ticked uses, or all that can be asked about while none is ticked.
pub fn plan(ticked: &[Use], has_text: impl Fn(Use) -> bool, sounds: impl Fn(Use) -> bool) -> Plan {
    let asked = || USES.into_iter().filter(|used| has_text(*used));
    let mut wanted: Vec<_> = asked().filter(|used| ticked.contains(used)).collect();
    if wanted.is_empty() {
        wanted = asked().collect();
    }
    let n_wanted = wanted.len();
    wanted.retain(|used| sounds(*used));
    Plan {
        is_whole: wanted.len() == n_wanted,
        read: wanted,
    }
}

/// What is left to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    left: VecDeque<Use>,
    is_whole: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// This text.
    Read(Use),
    /// Nothing: all of it was heard.
    Whole,
    /// Nothing: what sounds was heard, and there is more.
    Partly,
    /// Nothing: it broke off.
    Failed,
}

impl Reading {
    /// Begins with the first text of a plan; with none there is nothing to hear.
    pub fn begin(plan: Plan) -> (Self, Next) {
        let mut reading = Self {
            left: plan.read.into(),
            is_whole: plan.is_whole,
        };
        let next = reading.left.pop_front().map_or(Next::Failed, Next::Read);
        (reading, next)
    }

    /// Goes on after a text, which was heard to its end or not.
    pub fn go_on(&mut self, was_heard: bool) -> Next {
        if !was_heard {
            self.left.clear();
            return Next::Failed;
        }
        match self.left.pop_front() {
            Some(used) => Next::Read(used),
            None if self.is_whole => Next::Whole,
            None => Next::Partly,
        }
    }
}

#[cfg(test)]
mod tests;
