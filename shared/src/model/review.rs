//! Review: events that are only ever added, and the state that follows from them.

use super::added::{self, Added};
use super::consent::TextDigest;
use super::document::Document;
use super::field::EditError;
use crate::cbor::{cbor_code, cbor_map};
use crate::id::{MemberId, RowId};
use crate::time::Timestamp;
use crate::view::StoryState;

pub(super) const EVENTS: &str = "reviews";

/// Most characters of a note or a reason.
const NOTE_CHARS_MAX: usize = 1_000;

/// Something that was decided about a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewEvent {
    /// What.
    pub kind: ReviewKind,
    /// When. For display only: the order of events is that of causes (S13).
    pub at: Timestamp,
    /// Who; `None` before she was a member.
    pub by: Option<MemberId>,
    /// The fields that are published, as they were then.
    pub digest: TextDigest,
    /// Question or reason, for members only.
    pub note: Option<String>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewKind {
    /// Handed in for review.
    Submitted,
    /// Given back with a question.
    AskedBack,
    /// Approved. Written by a volunteer it is display: authority lies in the publication (P2).
    Approved,
    /// Not to be published.
    NotPublished,
    /// Taken from the website.
    Withdrawn,
    /// "Verteller is akkoord met deze versie".
    TellerAgrees,
}

/// What the log says about a story's page: its publications are the authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Public {
    /// It never was on the website.
    #[default]
    Never,
    /// It is.
    Online,
    /// It was taken back.
    Withdrawn,
}

/// All that was decided about a story, in the order of causes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    events: Vec<Added<ReviewEvent>>,
}

impl Review {
    pub(super) fn read(document: &Document) -> Self {
        Self {
            events: added::read(document, EVENTS),
        }
    }

    /// The events that can be read, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &ReviewEvent> {
        self.events.iter().filter_map(|event| event.value.as_ref())
    }

    /// The state on the screen.
    #[must_use]
    pub fn state(&self, public: Public) -> StoryState {
        let was_withdrawn = self.events().any(|event| event.kind == ReviewKind::Withdrawn);
        match (public, self.decision().map(|event| event.kind)) {
            (Public::Online, _) => StoryState::Online,
            // Taken back by a Verhaalcode: nothing in the document says so.
            (Public::Withdrawn, _) if !was_withdrawn => StoryState::Withdrawn,
            (_, None | Some(ReviewKind::TellerAgrees)) => StoryState::Draft,
            (_, Some(ReviewKind::Submitted)) => StoryState::Submitted,
            (_, Some(ReviewKind::AskedBack)) => StoryState::AskedBack,
            (_, Some(ReviewKind::Approved)) => StoryState::Approved,
            (_, Some(ReviewKind::NotPublished)) => StoryState::NotPublished,
            (_, Some(ReviewKind::Withdrawn)) => StoryState::Withdrawn,
        }
    }

    /// What was approved, if approval is the newest decision.
    #[must_use]
    pub fn approved(&self) -> Option<TextDigest> {
        let decision = self.decision()?;
        (decision.kind == ReviewKind::Approved).then_some(decision.digest)
    }

    /// When it was handed in, if it waits for a decision.
    #[must_use]
    pub fn submitted_at(&self) -> Option<Timestamp> {
        let decision = self.decision()?;
        (decision.kind == ReviewKind::Submitted).then_some(decision.at)
    }

    /// Whether the teller said that she agrees to exactly this text.
    #[must_use]
    pub fn agrees(&self, digest: TextDigest) -> bool {
        self.events()
            .any(|event| event.kind == ReviewKind::TellerAgrees && event.digest == digest)
    }

    /// The newest event that changes the state.
    fn decision(&self) -> Option<&ReviewEvent> {
        let mut decisions = self
            .events()
            .filter(|event| event.kind != ReviewKind::TellerAgrees);
        decisions.next_back()
    }
}

/// Adds an event.
pub(super) fn add(document: &mut Document, id: RowId, event: &ReviewEvent) -> Result<(), EditError> {
    let note = event.note.as_deref().unwrap_or_default();
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(EditError::TooLong(NOTE_CHARS_MAX));
    }
    added::add(document, EVENTS, id, event)
}

cbor_code!(ReviewKind {
    0 => Submitted,
    1 => AskedBack,
    2 => Approved,
    3 => NotPublished,
    4 => Withdrawn,
    5 => TellerAgrees,
});
cbor_map!(ReviewEvent { 0 => kind, 1 => at, 2 => by, 3 => digest, 4 => note });
