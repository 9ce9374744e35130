//! What a coordinator does next with the story in front of her: one button of the screen is loud, all others are quiet.

use shared::view::{Missing, StoryRow, StoryState};

/// The one step that the screen leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MainStep {
    /// "Goedkeuren".
    Approve,
    /// "Verteller is akkoord met deze versie".
    Agree,
    /// "Terugvragen": something is missing that only who wrote it can bring.
    AskBack,
    /// "Voorbeeld", which leads to "Publiceren".
    Publish,
    /// "Volgende verhaal": this one waits for somebody else, or is done.
    Next,
}

impl MainStep {
    /// Chooses for a story; `on_its_way` while publishing or taking it back waits for a connection.
    pub fn new(row: &StoryRow, on_its_way: bool) -> Self {
        let lacks = |missing| row.missing.contains(&missing);
        match row.state {
            _ if on_its_way => Self::Next,
            StoryState::AskedBack | StoryState::NotPublished => Self::Next,
            // Withdrawn by somebody, not by a consent that was taken back.
            StoryState::Withdrawn if lacks(Missing::Approval) => Self::Next,
            _ if lacks(Missing::Approval) || lacks(Missing::ChangedSinceApproval) => Self::Approve,
            _ if lacks(Missing::ChangedSinceConsent) => Self::Agree,
            StoryState::Online => Self::Next,
            StoryState::Draft | StoryState::Submitted | StoryState::Approved | StoryState::Withdrawn
                if row.missing.is_empty() =>
            {
                Self::Publish
            }
            StoryState::Draft | StoryState::Submitted | StoryState::Approved | StoryState::Withdrawn => {
                Self::AskBack
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::view::Whereabouts;

    #[track_caller]
    fn check(state: StoryState, missing: &[Missing], step: MainStep) {
        let row = StoryRow {
            id: "00".into(),
            title: "De soepkar".into(),
            municipality: None,
            author: None,
            mine: false,
            state,
            whereabouts: Whereabouts::Safe,
            changed_at: 0,
            submitted_at: None,
            conflict: false,
            missing: missing.to_vec(),
            unreadable: false,
            n_photos: 0,
            n_recordings: 0,
            is_deleted: false,
            days_left: 0,
            is_erasing: false,
        };
        assert_eq!(MainStep::new(&row, false), step);
        assert_eq!(MainStep::new(&row, true), MainStep::Next);
    }

    #[test]
    fn a_story_is_approved_then_agreed_to_then_published() {
        let missing = [Missing::Approval, Missing::ChangedSinceConsent];
        check(StoryState::Submitted, &missing, MainStep::Approve);
        check(StoryState::Approved, &missing[1..], MainStep::Agree);
        check(StoryState::Approved, &[], MainStep::Publish);
        check(StoryState::Online, &[], MainStep::Next);
    }

    #[test]
    fn what_changed_since_it_was_approved_is_approved_again() {
        let missing = [Missing::ChangedSinceApproval];
        check(StoryState::Approved, &missing, MainStep::Approve);
        check(StoryState::Online, &missing, MainStep::Approve);
    }

    #[test]
    fn what_only_who_wrote_it_can_bring_is_asked_for() {
        for missing in [Missing::WebsiteConsent, Missing::WebsiteWithdrawn] {
            check(StoryState::Approved, &[missing], MainStep::AskBack);
        }
    }

    #[test]
    fn what_a_consent_took_down_can_go_online_without() {
        check(StoryState::Withdrawn, &[], MainStep::Publish);
        check(
            StoryState::Withdrawn,
            &[Missing::WebsiteWithdrawn],
            MainStep::AskBack,
        );
    }

    #[test]
    fn who_decided_goes_on_to_the_next_story() {
        for state in [
            StoryState::AskedBack,
            StoryState::NotPublished,
            StoryState::Withdrawn,
        ] {
            check(state, &[Missing::Approval], MainStep::Next);
        }
    }
}
