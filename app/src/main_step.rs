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

/// What was done with the story last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lately {
    /// Nothing that matters here.
    #[default]
    Nothing,
    /// It was approved on this screen: what is online may be older.
    Approved,
    /// Publishing or taking it back waits for a connection.
    OnItsWay,
}

impl MainStep {
    /// Chooses for a story.
    pub fn new(row: &StoryRow, lately: Lately) -> Self {
        let lacks = |missing| row.missing.contains(&missing);
        match row.state {
            _ if lately == Lately::OnItsWay => Self::Next,
            StoryState::AskedBack | StoryState::NotPublished => Self::Next,
            // Withdrawn by somebody, not by a consent that was taken back.
            StoryState::Withdrawn if lacks(Missing::Approval) => Self::Next,
            _ if lacks(Missing::Approval) || lacks(Missing::ChangedSinceApproval) => Self::Approve,
            _ if lacks(Missing::ChangedSinceConsent) => Self::Agree,
            StoryState::Online if lately != Lately::Approved => Self::Next,
            StoryState::Online
            | StoryState::Draft
            | StoryState::Submitted
            | StoryState::Approved
            | StoryState::Withdrawn
                if row.missing.is_empty() =>
            {
                Self::Publish
            }
            StoryState::Online => Self::Next,
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

    fn row(state: StoryState, missing: &[Missing]) -> StoryRow {
        StoryRow {
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
        }
    }

    #[track_caller]
    fn check(state: StoryState, missing: &[Missing], step: MainStep) {
        let row = row(state, missing);
        assert_eq!(MainStep::new(&row, Lately::Nothing), step);
        assert_eq!(MainStep::new(&row, Lately::OnItsWay), MainStep::Next);
    }

    #[test]
    fn what_is_online_and_approved_again_is_published_again() {
        let step = |missing: &[Missing]| MainStep::new(&row(StoryState::Online, missing), Lately::Approved);
        assert_eq!(step(&[]), MainStep::Publish);
        assert_eq!(step(&[Missing::ChangedSinceApproval]), MainStep::Approve);
        assert_eq!(step(&[Missing::ChangedSinceConsent]), MainStep::Agree);
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
