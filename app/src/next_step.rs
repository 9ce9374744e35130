//! The one thing that is worth doing first.

use crate::lists;
use shared::view::{Role, StoryRow, StoryState};

/// One step, with how many people or stories it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// People wait to be let in, on the phone perhaps.
    Admit(u64),
    /// Own stories were asked back: somebody waits.
    Answer(u64),
    /// Stories wait to be read.
    Review(u64),
    /// Own stories were begun.
    Finish(u64),
    /// Nothing waits: a new story.
    Write,
    /// For who neither writes nor reviews: the map.
    Look,
}

impl NextStep {
    /// Chooses for a member with this role, this many who wait for her, and these stories.
    pub fn new<'a>(role: Role, to_admit: u32, rows: impl Iterator<Item = &'a StoryRow>) -> Self {
        if to_admit > 0 {
            return Self::Admit(to_admit.into());
        }
        let (mut n_asked_back, mut n_to_review, mut n_drafts) = (0, 0, 0);
        for row in rows {
            n_asked_back += u64::from(row.mine && row.is_asked);
            n_to_review += u64::from(lists::is_to_read(row));
            n_drafts += u64::from(row.mine && row.state == StoryState::Draft);
        }
        let n_to_review = match role {
            Role::Observer => return Self::Look,
            Role::Volunteer => 0,
            Role::Coordinator | Role::Admin => n_to_review,
        };
        match (n_asked_back, n_to_review, n_drafts) {
            (0, 0, 0) => Self::Write,
            (0, 0, n_drafts) => Self::Finish(n_drafts),
            (0, n_to_review, _) => Self::Review(n_to_review),
            (n_asked_back, _, _) => Self::Answer(n_asked_back),
        }
    }
}

#[cfg(test)]
mod tests;
