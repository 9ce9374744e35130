//! What a coordinator does next with the story in front of her: one button of the screen is loud, all others are quiet.

use shared::view::{Missing, StoryRow, StoryState};

/// The one step that the screen leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MainStep {
    /// The choice between two versions: what is approved is one text.
    Choose,
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

/// What the website has of a story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Site {
    /// Nothing, or what could be published now.
    #[default]
    Same,
    /// Something else than could be published now.
    Older,
    /// What it has changes: publishing or taking it back waits for a connection.
    OnItsWay,
}

impl MainStep {
    /// Chooses for a story.
    pub fn new(row: &StoryRow, site: Site) -> Self {
        let needs_author = row.missing.iter().any(|missing| missing.needs_author());
        match row.state {
            _ if site == Site::OnItsWay => Self::Next,
            StoryState::AskedBack | StoryState::NotPublished => Self::Next,
            // Withdrawn by somebody, or asked back after a consent took it down.
            StoryState::Withdrawn if row.lacks(Missing::Approval) && row.submitted_at.is_none() => Self::Next,
            _ if row.lacks(Missing::Conflict) => Self::Choose,
            // Its author still writes, and may throw it away.
            StoryState::Draft if needs_author => Self::Next,
            StoryState::Submitted | StoryState::Withdrawn if needs_author => Self::AskBack,
            _ if row.needs_approval() => Self::Approve,
            _ if row.lacks(Missing::ChangedSinceConsent) => Self::Agree,
            StoryState::Online if site != Site::Older => Self::Next,
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
    use crate::testing;

    fn row(state: StoryState, missing: &[Missing]) -> StoryRow {
        StoryRow {
            missing: missing.to_vec(),
            ..testing::row(state)
        }
    }

    #[track_caller]
    fn check(state: StoryState, missing: &[Missing], step: MainStep) {
        let row = row(state, missing);
        assert_eq!(MainStep::new(&row, Site::Same), step);
        assert_eq!(MainStep::new(&row, Site::OnItsWay), MainStep::Next);
    }

    #[test]
    fn what_is_online_and_approved_again_is_published_again() {
        let step = |missing: &[Missing]| MainStep::new(&row(StoryState::Online, missing), Site::Older);
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
            check(
                StoryState::Submitted,
                &[missing, Missing::Approval],
                MainStep::AskBack,
            );
        }
        let missing = [Missing::Municipality, Missing::Approval];
        check(StoryState::Submitted, &missing, MainStep::AskBack);
        // What is online cannot be asked back.
        let missing = [Missing::Municipality, Missing::ChangedSinceApproval];
        check(StoryState::Online, &missing, MainStep::Approve);
    }

    #[test]
    fn a_draft_that_lacks_something_is_left_to_its_author() {
        let missing = [Missing::Text, Missing::Approval];
        check(StoryState::Draft, &missing, MainStep::Next);
        check(StoryState::Draft, &missing[1..], MainStep::Approve);
    }

    #[test]
    fn what_a_consent_took_down_is_read_again_once_it_is_handed_in() {
        let mut row = row(StoryState::Withdrawn, &[Missing::Approval]);
        assert_eq!(MainStep::new(&row, Site::Same), MainStep::Next);
        row.submitted_at = Some(1);
        assert_eq!(MainStep::new(&row, Site::Same), MainStep::Approve);
        row.missing.push(Missing::WebsiteWithdrawn);
        assert_eq!(MainStep::new(&row, Site::Same), MainStep::AskBack);
    }

    #[test]
    fn of_two_versions_one_is_chosen_first() {
        let missing = [Missing::Conflict, Missing::WebsiteConsent, Missing::Approval];
        check(StoryState::Submitted, &missing, MainStep::Choose);
        check(StoryState::Online, &missing[..1], MainStep::Choose);
        check(StoryState::AskedBack, &missing, MainStep::Next);
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
