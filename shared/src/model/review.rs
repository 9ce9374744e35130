//! Review: events that are only ever added, and the state that follows from them.

use super::added::{self, Added};
use super::consent::{NameDigest, TextDigest, Wording};
use super::document::Document;
use super::field::EditError;
use crate::cbor::{cbor_code, cbor_map};
use crate::id::{MemberId, RowId};
use crate::time::Timestamp;
use crate::view::{About, Field, Given, StoryState, Unfit};

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
    /// What a question is about; `None` for all of the story.
    pub about: Option<About>,
    /// Why it is not to be published.
    pub unfit: Option<Unfit>,
    /// Events that took the story back and were known to who decided: what is decided without knowing of one
    /// does not undo it. Of [`ReviewKind::Restored`] those that put it into the trash.
    pub seen: Vec<RowId>,
    /// How the teller agreed, if that was told.
    pub given: Option<Given>,
    /// Decisions not to publish it that were known to who handed in, asked or approved: what is decided without knowing
    /// of one does not undo it. `None` where nothing tells, as by an older build: then what came last counts.
    pub refusals: Option<Vec<RowId>>,
    /// The same of questions, for whatever ends one: all decisions but another question.
    pub questions: Option<Vec<RowId>>,
    /// The published fields with the name that was shown then, where it was known; an older build did not tell.
    pub name: Option<NameDigest>,
}

/// What somebody decides, before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub kind: ReviewKind,
    /// Question or reason.
    pub note: Option<String>,
    /// What a question is about; `None` for all of the story.
    pub about: Option<About>,
    /// Why it is not to be published.
    pub unfit: Option<Unfit>,
    /// How the teller agreed, if that was told.
    pub given: Option<Given>,
}

impl From<ReviewKind> for Decision {
    fn from(kind: ReviewKind) -> Self {
        Self {
            kind,
            note: None,
            about: None,
            unfit: None,
            given: None,
        }
    }
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
    /// Put into the trash, while it was never handed in.
    Deleted,
    /// Taken out of the trash.
    Restored,
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
        state(self.decided(), self.was_withdrawn(), public)
    }

    /// The newest decision.
    #[must_use]
    pub fn decided(&self) -> Option<ReviewKind> {
        self.decision().map(|event| event.kind)
    }

    /// The newest decision, if it keeps the story from the website.
    #[must_use]
    pub fn refusal(&self) -> Option<&ReviewEvent> {
        let is_refusal = |kind| matches!(kind, ReviewKind::Withdrawn | ReviewKind::NotPublished);
        self.decision().filter(|event| is_refusal(event.kind))
    }

    /// Whether somebody decided not to publish it, and nobody who approved it knew.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let approvals = || self.events().filter(|event| event.kind == ReviewKind::Approved);
        let newest = approvals().next_back();
        if newest.is_none_or(|approval| approval.refusals.is_none()) {
            return self.decided() == Some(ReviewKind::NotPublished);
        }
        let mut refusals = self.ids(ReviewKind::NotPublished);
        let is_known =
            |id| approvals().any(|approval| approval.refusals.iter().flatten().any(|known| *known == id));
        refusals.any(|id| !is_known(id))
    }

    /// What was asked, oldest first, until somebody who knew of it decides something else: it outlasts a withdrawal or
    /// a refusal by somebody who did not.
    #[must_use]
    pub fn questions(&self) -> Vec<&ReviewEvent> {
        self.standing(ReviewKind::AskedBack, ReviewKind::decides)
            .collect()
    }

    /// Whether a member ever took it from the website.
    #[must_use]
    pub fn was_withdrawn(&self) -> bool {
        self.events().any(|event| event.kind == ReviewKind::Withdrawn)
    }

    /// What was approved, if approval is the newest decision.
    #[must_use]
    pub fn approved(&self) -> Option<Wording> {
        let decision = self.decision()?;
        (decision.kind == ReviewKind::Approved).then(|| decision.wording())
    }

    /// When it was handed in, if it waits for a decision.
    #[must_use]
    pub fn submitted_at(&self) -> Option<Timestamp> {
        let decision = self.decision()?;
        (decision.kind == ReviewKind::Submitted).then_some(decision.at)
    }

    /// That the teller said that she agrees to exactly this: the newest time.
    #[must_use]
    pub fn agreed(&self, wording: Wording) -> Option<&ReviewEvent> {
        self.events()
            .rfind(|event| event.kind == ReviewKind::TellerAgrees && wording.is_same(event.wording()))
    }

    /// Whether it lies in the trash: it was never handed in, and nobody who knew of the deletion took it out again.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        let is_undone = |id| {
            let mut events = self.events();
            events.any(|event| event.kind == ReviewKind::Restored && event.seen.contains(&id))
        };
        let mut deletions = self.ids(ReviewKind::Deleted);
        self.decided().is_none() && deletions.any(|id| !is_undone(id))
    }

    /// What keeps the story from going on, as nobody who knew of it decided something else; else the newest time that
    /// it was handed in or approved. An approval counts if whatever kept the story was known to who approved it.
    fn decision(&self) -> Option<&ReviewEvent> {
        let kept = self.weightiest(ReviewKind::decides);
        let unapproved = self.weightiest(|kind| kind == ReviewKind::Approved);
        let newest = self.events().rfind(|event| match event.kind {
            ReviewKind::Submitted => true,
            ReviewKind::Approved => unapproved.is_none(),
            ReviewKind::AskedBack
            | ReviewKind::NotPublished
            | ReviewKind::Withdrawn
            | ReviewKind::TellerAgrees
            | ReviewKind::Deleted
            | ReviewKind::Restored => false,
        });
        kept.or(newest).or(unapproved)
    }

    /// The newest withdrawal that stands; where there is none, the newest refusal; else the newest question.
    fn weightiest(&self, by: fn(ReviewKind) -> bool) -> Option<&ReviewEvent> {
        let kinds = [
            ReviewKind::Withdrawn,
            ReviewKind::NotPublished,
            ReviewKind::AskedBack,
        ];
        kinds
            .into_iter()
            .find_map(|kind| self.standing(kind, by).next_back())
    }

    /// Decisions of a kind that nobody ended who decided one of the kinds that `by` tells, oldest first.
    fn standing(
        &self,
        kind: ReviewKind,
        by: fn(ReviewKind) -> bool,
    ) -> impl DoubleEndedIterator<Item = &ReviewEvent> {
        let is_ended = move |one: &Added<ReviewEvent>| {
            let mut others = self.events.iter();
            others.any(|other| {
                let event = other.value.as_ref().filter(|event| by(event.kind));
                event.is_some_and(|event| event.ends(kind, one.id).unwrap_or(other.order > one.order))
            })
        };
        self.events
            .iter()
            .filter_map(|one| Some((one, one.value.as_ref()?)))
            .filter(move |(one, event)| event.kind == kind && !is_ended(one))
            .map(|(_, event)| event)
    }

    /// Refusals that a new event of this kind is to know of.
    pub(super) fn refusals_for(&self, kind: ReviewKind) -> Option<Vec<RowId>> {
        let refusals = || self.ids(ReviewKind::NotPublished).collect();
        kind.may_end(ReviewKind::NotPublished).then(refusals)
    }

    /// Questions that a new event of this kind is to know of.
    pub(super) fn questions_for(&self, kind: ReviewKind) -> Option<Vec<RowId>> {
        let questions = || self.ids(ReviewKind::AskedBack).collect();
        kind.may_end(ReviewKind::AskedBack).then(questions)
    }

    /// Ids of the events that a new one of this kind is to know of.
    pub(super) fn seen_by(&self, kind: ReviewKind) -> Vec<RowId> {
        let seen = match kind {
            ReviewKind::Restored => ReviewKind::Deleted,
            ReviewKind::Submitted
            | ReviewKind::AskedBack
            | ReviewKind::Approved
            | ReviewKind::NotPublished
            | ReviewKind::Withdrawn
            | ReviewKind::TellerAgrees
            | ReviewKind::Deleted => ReviewKind::Withdrawn,
        };
        self.ids(seen).collect()
    }

    fn ids(&self, kind: ReviewKind) -> impl Iterator<Item = RowId> {
        let is_of_kind = move |event: &&Added<ReviewEvent>| {
            let event = event.value.as_ref();
            event.is_some_and(|event| event.kind == kind)
        };
        self.events.iter().filter(is_of_kind).map(|event| event.id)
    }
}

impl ReviewEvent {
    /// What it is about.
    const fn wording(&self) -> Wording {
        Wording {
            text: self.digest,
            name: self.name,
        }
    }

    /// Whether it ends a decision of that kind, as who recorded it knew of that; `None` where nothing tells.
    fn ends(&self, kind: ReviewKind, id: RowId) -> Option<bool> {
        if !self.kind.may_end(kind) {
            return Some(false);
        }
        let known = match kind {
            ReviewKind::Withdrawn => Some(&self.seen),
            ReviewKind::NotPublished => self.refusals.as_ref(),
            ReviewKind::AskedBack => self.questions.as_ref(),
            ReviewKind::Submitted
            | ReviewKind::Approved
            | ReviewKind::TellerAgrees
            | ReviewKind::Deleted
            | ReviewKind::Restored => None,
        };
        known.map(|known| known.contains(&id))
    }
}

impl ReviewKind {
    /// Whether it changes the state on the screen.
    const fn decides(self) -> bool {
        match self {
            Self::Submitted | Self::AskedBack | Self::Approved | Self::NotPublished | Self::Withdrawn => true,
            Self::TellerAgrees | Self::Deleted | Self::Restored => false,
        }
    }

    /// Whether it can end a decision of that kind. A refusal says nothing of another, and a withdrawal outweighs both.
    const fn may_end(self, kind: Self) -> bool {
        match kind {
            Self::Withdrawn => self.decides(),
            Self::NotPublished => matches!(self, Self::Submitted | Self::AskedBack | Self::Approved),
            Self::AskedBack => self.decides() && !matches!(self, Self::AskedBack),
            Self::Submitted | Self::Approved | Self::TellerAgrees | Self::Deleted | Self::Restored => false,
        }
    }
}

/// The state on the screen, from the newest decision and the log.
pub(super) fn state(decision: Option<ReviewKind>, was_withdrawn: bool, public: Public) -> StoryState {
    match (public, decision) {
        (Public::Online, _) => StoryState::Online,
        // Taken back by a Verhaalcode, or by a device that saw what may not be shown: nothing in the document says so,
        // but where that was a refusal.
        (Public::Withdrawn, decision) if !was_withdrawn && decision != Some(ReviewKind::NotPublished) => {
            StoryState::Withdrawn
        }
        (_, None | Some(ReviewKind::TellerAgrees | ReviewKind::Deleted | ReviewKind::Restored)) => {
            StoryState::Draft
        }
        (_, Some(ReviewKind::Submitted)) => StoryState::Submitted,
        (_, Some(ReviewKind::AskedBack)) => StoryState::AskedBack,
        (_, Some(ReviewKind::Approved)) => StoryState::Approved,
        (_, Some(ReviewKind::NotPublished)) => StoryState::NotPublished,
        (_, Some(ReviewKind::Withdrawn)) => StoryState::Withdrawn,
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
    6 => Deleted,
    7 => Restored,
});
cbor_code!(Unfit { 0 => Double, 1 => Unsuited, 2 => Internal, 3 => Test });

/// Code of [`About::Consent`]: fields have those below 32.
const CONSENT: u64 = 32;

/// Code of [`About::Media`].
const MEDIA: u64 = 33;

impl<C> minicbor::Encode<C> for About {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Field(field) => field.encode(e, ctx),
            Self::Consent => e.u64(CONSENT)?.ok(),
            Self::Media => e.u64(MEDIA)?.ok(),
        }
    }
}

impl<'b, C> minicbor::Decode<'b, C> for About {
    fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let start = d.position();
        match d.u64()? {
            CONSENT => Ok(Self::Consent),
            MEDIA => Ok(Self::Media),
            _ => {
                d.set_position(start);
                Field::decode(d, ctx).map(Self::Field)
            }
        }
    }
}

cbor_map!(ReviewEvent {
    0 => kind,
    1 => at,
    2 => by,
    3 => digest,
    4 => note,
    5 => seen,
    6 => about,
    7 => unfit,
    8 => given,
    64 => refusals,
    65 => questions,
    66 => name,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{self, mutation::check_decoder};
    use crate::model::consent::{Consent, Withdrawal};
    use crate::view::{Given, Party, Use};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn golden_bytes_of_consent_withdrawal_and_event() {
        let consent = Consent {
            party: Party::Pictured,
            whom: "Ana".into(),
            uses: vec![Use::Network, Use::Website],
            given: Given::Spoken,
            text_version: 2,
            language: "fr".into(),
            until: Some(Timestamp(9)),
            at: Timestamp(8),
            by: Some(MemberId(4)),
            digest: TextDigest([5; 32]),
            seen: vec![RowId([6; 16])],
            name: None,
        };
        let withdrawal = Withdrawal {
            consent: RowId([6; 16]),
            uses: vec![Use::Press],
            at: Timestamp(8),
            by: None,
        };
        let event = ReviewEvent {
            kind: ReviewKind::NotPublished,
            at: Timestamp(8),
            by: Some(MemberId(4)),
            digest: TextDigest([5; 32]),
            note: Some("dubbel".into()),
            about: Some(About::Field(Field::Tips)),
            unfit: Some(Unfit::Double),
            seen: vec![RowId([7; 16])],
            given: Some(Given::Paper),
            refusals: None,
            questions: None,
            name: None,
        };
        let asked = ReviewEvent {
            about: Some(About::Consent),
            ..event.clone()
        };
        let approved = ReviewEvent {
            refusals: Some(vec![RowId([8; 16])]),
            questions: Some(vec![RowId([9; 16])]),
            name: Some(NameDigest([10; 32])),
            ..event.clone()
        };
        let named = Consent {
            name: Some(NameDigest([10; 32])),
            ..consent.clone()
        };
        let read = cbor::decode::<Consent>(&cbor::encode(&named));
        assert_eq!(read.as_ref(), Ok(&named));
        let read = cbor::decode::<ReviewEvent>(&cbor::encode(&approved));
        assert_eq!(read.as_ref(), Ok(&approved));
        let golden = format!(
            "consent {}\nwithdrawal {}\nevent {}\n",
            hex(&cbor::encode(&consent)),
            hex(&cbor::encode(&withdrawal)),
            hex(&cbor::encode(&event))
        );
        assert_eq!(golden, include_str!("golden.txt"));
        check_decoder(&cbor::encode(&consent), cbor::decode::<Consent>, cbor::encode);
        check_decoder(
            &cbor::encode(&withdrawal),
            cbor::decode::<Withdrawal>,
            cbor::encode,
        );
        for event in [event, asked] {
            check_decoder(&cbor::encode(&event), cbor::decode::<ReviewEvent>, cbor::encode);
        }
    }

    #[test]
    fn what_a_question_is_about_is_read_as_it_was_written() {
        let fields = Field::ALL.map(About::Field);
        for about in fields.into_iter().chain([About::Consent, About::Media]) {
            assert_eq!(cbor::decode::<About>(&cbor::encode(&about)).as_ref(), Ok(&about));
        }
        assert_eq!(cbor::encode(&About::Consent), [0x18, 32]);
        assert_eq!(cbor::encode(&About::Media), [0x18, 33]);
    }
}
