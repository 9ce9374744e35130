//! Rows: what lists, search and the map show of a story, without its document (M6).
//!
//! ```text
//! row = {0 format, 1 title, 2 municipality, 3 decision, 4 was withdrawn, 5 submitted, 6 conflict,
//!        7 missing, 8 until, 9 teller, 10 words, 11 too new, 12 photos, 13 recordings}
//! ```
//!
//! Bytes of an earlier format stay readable: what they lack is empty, and [`Row::is_outdated`] says that the row
//! is to be made again. Bytes of a later one are not read, and the row is made again from its document.

use super::consent::Allowed;
use super::review::{self, Public, ReviewKind};
use super::story::Story;
use crate::cbor::{self, CborError, cbor_code, cbor_map};
use crate::fold::fold;
use crate::id::DocumentId;
use crate::places::Nis;
use crate::publication::Heading;
use crate::time::Timestamp;
use crate::view::{Field, Missing, StoryRow, StoryState, Use, Whereabouts};

/// The format that this app writes.
const FORMAT: u32 = 2;

/// Characters of each text that a search looks at: the row of a long story stays about a kilobyte.
const WORDS_CHARS_MAX: usize = 300;

/// What a list knows of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    format: u32,
    /// Title, or the first words of the text; empty if there are none.
    pub title: String,
    /// The municipality of today's register.
    pub municipality: Option<Nis>,
    /// The newest decision.
    pub decision: Option<ReviewKind>,
    /// Whether it was ever taken from the website by a member.
    pub was_withdrawn: bool,
    /// When it was handed in, if it waits for review.
    pub submitted_at: Option<Timestamp>,
    /// Whether a field has two versions.
    pub conflict: bool,
    /// What was missing for publication when the row was made.
    pub missing: Vec<Missing>,
    /// When the consent for the website ends, if it does.
    pub until: Option<Timestamp>,
    /// Document of the teller's contact: when that changes, the row is to be made again.
    pub teller: Option<DocumentId>,
    /// Words that a search finds it by, folded.
    pub words: String,
    /// The document follows a newer schema than this app knows.
    pub too_new: bool,
    /// How many photos it has; `None` in a row of an earlier format.
    pub n_photos: Option<u32>,
    /// How many recordings it has; `None` in a row of an earlier format.
    pub n_recordings: Option<u32>,
}

/// What a row does not know by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The story.
    pub document: DocumentId,
    /// Name of the author, if known.
    pub author: Option<String>,
    /// Whether the author is this member.
    pub mine: bool,
    /// What the log says about its page.
    pub public: Public,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// When it was last changed, by the clock of who did.
    pub changed_at: Timestamp,
    /// Whether something of it cannot be read on this device.
    pub unreadable: bool,
}

impl Row {
    /// Makes the row of a story, at `now`; `teller` is her name, if this device may read it.
    #[must_use]
    pub fn new(story: &Story, teller: Option<&str>, now: Timestamp) -> Self {
        let until = match story.consents.allows(Use::Website, story.who_tells(teller), now) {
            Allowed::Yes(claim) => claim.until,
            Allowed::Never | Allowed::Expired | Allowed::Withdrawn | Allowed::NoGuardian => None,
        };
        Self {
            format: FORMAT,
            title: story.heading(),
            municipality: story.municipality().map(|place| place.nis),
            decision: story.review.decided(),
            was_withdrawn: story.review.was_withdrawn(),
            submitted_at: story.review.submitted_at(),
            conflict: !story.conflicts.is_empty(),
            missing: story.missing(teller, now),
            until,
            teller: story.teller,
            words: words(story, teller),
            too_new: story.too_new,
            n_photos: u32::try_from(story.media.photos.len()).ok(),
            n_recordings: u32::try_from(story.media.recordings.len()).ok(),
        }
    }

    /// Writes the bytes that the device keeps, sealed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads the bytes of a row.
    ///
    /// # Errors
    /// If they are none, or of a later format: the row is then made again.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }

    /// Whether it is of an earlier format and is to be made again in the background.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.format < FORMAT
    }

    /// The state on the screen.
    #[must_use]
    pub fn state(&self, public: Public) -> StoryState {
        review::state(self.decision, self.was_withdrawn, public)
    }

    /// What is missing for publication at `now`: a consent may have ended since the row was made.
    #[must_use]
    pub fn missing(&self, now: Timestamp) -> Vec<Missing> {
        let mut missing = self.missing.clone();
        let has_ended = self.until.is_some_and(|until| until < now);
        if has_ended && !missing.contains(&Missing::WebsiteExpired) {
            missing.push(Missing::WebsiteExpired);
        }
        missing
    }

    /// The line that a screen shows at `now`.
    #[must_use]
    pub fn shown(&self, beside: Beside, now: Timestamp) -> StoryRow {
        StoryRow {
            id: beside.document.to_string(),
            title: self.title.clone(),
            municipality: self.municipality.map(|nis| nis.to_string()),
            author: beside.author,
            mine: beside.mine,
            state: self.state(beside.public),
            whereabouts: beside.whereabouts,
            changed_at: beside.changed_at.0,
            submitted_at: self.submitted_at.map(|at| at.0),
            is_asked: self.decision == Some(ReviewKind::AskedBack),
            conflict: self.conflict,
            missing: self.missing(now),
            unreadable: beside.unreadable,
            n_photos: self.n_photos.unwrap_or_default(),
            n_recordings: self.n_recordings.unwrap_or_default(),
            is_deleted: false,
            days_left: 0,
            intent: None,
        }
    }
}

/// What somebody looks for in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search(Vec<String>);

impl Search {
    /// Reads what was typed: words, each of which a story must have, at least its beginning.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(fold(typed).split_whitespace().map(str::to_owned).collect())
    }

    /// Whether the row has all words; nothing typed finds everything.
    #[must_use]
    pub fn finds(&self, row: &Row) -> bool {
        let has = |wanted: &String| row.words.split(' ').any(|word| word.starts_with(wanted));
        self.0.iter().all(has)
    }
}

/// Title, place, teller and the beginning of each text, folded.
fn words(story: &Story, teller: Option<&str>) -> String {
    let place = story.municipality().map_or("", |place| place.name);
    let mut words = vec![
        story.field(Field::Title).to_owned(),
        place.to_owned(),
        story.field(Field::District).to_owned(),
        teller.unwrap_or_default().to_owned(),
        story.field(Field::Themes).replace('-', " "),
        story.field(Field::Summary).to_owned(),
    ];
    for heading in Heading::ALL {
        let text = story.field(heading.field()).chars();
        words.push(text.take(WORDS_CHARS_MAX).collect());
    }
    fold(&words.join(" "))
}

cbor_code!(Missing {
    0 => Title,
    1 => Text,
    2 => Municipality,
    3 => WebsiteConsent,
    4 => WebsiteExpired,
    5 => WebsiteWithdrawn,
    6 => NameConsent,
    7 => Conflict,
    8 => Approval,
    9 => ChangedSinceApproval,
    10 => ChangedSinceConsent,
    11 => SummaryTooLong,
    12 => TextTooLong,
    13 => GuardianConsent,
    14 => NameTooLong,
});
cbor_map!(Row {
    0 => format,
    1 => title,
    2 => municipality,
    3 => decision,
    4 => was_withdrawn,
    5 => submitted_at,
    6 => conflict,
    7 => missing,
    8 => until,
    9 => teller,
    10 => words,
    11 => too_new,
    12 => n_photos,
    13 => n_recordings,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::mutation::check_decoder;
    use crate::id::{ActorId, RowId};
    use crate::model::story::{self, Recorded};

    fn row() -> Row {
        let mut document = story::create(ActorId([1; 16]));
        for (field, value) in [
            (Field::Title, "De soepkar"),
            (Field::Happened, "Het begon met een kapotte keuken."),
            (Field::Municipality, "44021"),
            (Field::ExactPlace, "Dorpsstraat 5"),
        ] {
            story::set(&mut document, field, value).unwrap();
        }
        story::set_teller(&mut document, DocumentId([7; 16])).unwrap();
        let recorded = Recorded {
            id: RowId([1; 16]),
            at: Timestamp(5),
            by: None,
            name: None,
        };
        story::decide(&mut document, ReviewKind::Submitted, recorded).unwrap();
        Row::new(&story::read(&mut document), Some("Ana Peeters"), Timestamp(10))
    }

    #[test]
    fn golden_bytes_of_a_row() {
        let hex: String = row().encode().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(format!("{hex}\n"), include_str!("row/golden.txt"));
        check_decoder(&row().encode(), Row::decode, Row::encode);
    }

    #[test]
    fn m6_a_row_of_an_earlier_format_is_readable_and_made_again() {
        let earlier = Row { format: 0, ..row() };
        let read = Row::decode(&earlier.encode()).unwrap();
        assert!(read.is_outdated());
        assert_eq!(read.title, "De soepkar");
        assert!(!row().is_outdated());
    }

    #[test]
    fn m6_a_list_shows_a_story_without_its_document() {
        let beside = Beside {
            document: DocumentId([3; 16]),
            author: Some("Bart".into()),
            mine: true,
            public: Public::Never,
            whereabouts: Whereabouts::Device,
            changed_at: Timestamp(9),
            unreadable: false,
        };
        let shown = Row::decode(&row().encode()).unwrap().shown(beside, Timestamp(10));
        assert_eq!(shown.title, "De soepkar");
        assert_eq!(shown.municipality.as_deref(), Some("44021"));
        assert_eq!(
            (shown.state, shown.submitted_at),
            (StoryState::Submitted, Some(5))
        );
        assert_eq!(shown.missing, [Missing::WebsiteConsent, Missing::Approval]);
    }

    #[test]
    fn m6_a_row_is_found_by_title_place_teller_and_text_in_any_case() {
        let row = row();
        for typed in ["", "SOEP", "gent", "peeters ana", "kapotte", "Sóepkar Gent"] {
            assert!(Search::new(typed).finds(&row), "{typed}");
        }
        for typed in ["brood", "soepkar brugge", "dorpsstraat"] {
            assert!(!Search::new(typed).finds(&row), "{typed}");
        }
    }

    #[test]
    fn a_consent_that_ended_since_shows_in_the_list() {
        let row = Row {
            until: Some(Timestamp(20)),
            missing: vec![],
            ..row()
        };
        assert_eq!(row.missing(Timestamp(20)), []);
        assert_eq!(row.missing(Timestamp(21)), [Missing::WebsiteExpired]);
    }
}
