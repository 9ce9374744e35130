//! How it stands with a story, in the few words of a list.

use crate::lists::is_taken_back;
use shared::view::{Missing, StoryRow, StoryState};

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Its state.
    pub state: StoryState,
    /// The consent for the website was taken back.
    pub is_taken_back: bool,
    /// Something is asked, and its state does not say so.
    pub is_asked: bool,
    is_changed: bool,
}

impl Stands {
    /// How it stands with a story that was never stored.
    pub const NEW: Self = Self {
        state: StoryState::Draft,
        is_taken_back: false,
        is_asked: false,
        is_changed: false,
    };

    /// How it stands with this one.
    pub fn of(row: &StoryRow) -> Self {
        let is_approved = matches!(row.state, StoryState::Approved | StoryState::Online);
        Self {
            state: row.state,
            is_taken_back: is_taken_back(row),
            is_asked: row.is_asked && row.state != StoryState::AskedBack,
            is_changed: is_approved && row.lacks(Missing::ChangedSinceApproval),
        }
    }

    /// Whether its state is named: a consent that was taken back says more than an approval.
    pub fn names_state(self) -> bool {
        !self.is_taken_back || self.state != StoryState::Approved
    }

    /// Whether what was approved is not what stands there now, and its state does not say so.
    pub fn is_changed(self) -> bool {
        self.is_changed && self.names_state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn stands(state: StoryState, missing: &[Missing]) -> Stands {
        let row = StoryRow {
            missing: missing.to_vec(),
            ..testing::row(state)
        };
        Stands::of(&row)
    }

    #[test]
    fn an_approval_or_a_page_that_something_came_after_says_so() {
        let missing = [Missing::ChangedSinceApproval];
        for (state, says_so) in [
            (StoryState::Draft, false),
            (StoryState::Submitted, false),
            (StoryState::AskedBack, false),
            (StoryState::Approved, true),
            (StoryState::Online, true),
            (StoryState::NotPublished, false),
            (StoryState::Withdrawn, false),
        ] {
            assert_eq!(stands(state, &missing).is_changed(), says_so, "{state:?}");
            assert!(!stands(state, &[]).is_changed(), "{state:?}");
        }
    }

    #[test]
    fn a_question_is_told_once() {
        for (state, says_so) in [(StoryState::AskedBack, false), (StoryState::Withdrawn, true)] {
            let row = StoryRow {
                is_asked: true,
                ..testing::row(state)
            };
            assert_eq!(Stands::of(&row).is_asked, says_so, "{state:?}");
        }
        assert!(!stands(StoryState::Withdrawn, &[]).is_asked);
    }

    #[test]
    fn a_consent_that_was_taken_back_says_more_than_an_approval() {
        let missing = [Missing::WebsiteWithdrawn, Missing::ChangedSinceApproval];
        let approved = stands(StoryState::Approved, &missing);
        assert!(approved.is_taken_back && !approved.names_state() && !approved.is_changed());
        let online = stands(StoryState::Online, &missing);
        assert!(online.is_taken_back && online.names_state() && online.is_changed());
    }
}
