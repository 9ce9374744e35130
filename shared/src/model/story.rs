//! A story: its fields, its teller, what the teller allows, and what was decided about it.
//!
//! ```text
//! root ─ schema                       a number (M8)
//!      ├ title, summary, happened …   the fields (see `field`)
//!      ├ teller                       document id of her contact, nothing else of her (M1)
//!      ├ consents, withdrawals        rows that are only ever added (see `consent`)
//!      ├ photos, sounds, removals     elements that are only ever added (see `media`)
//!      ├ media                        what was written about photos and recordings
//!      └ reviews                      events that are only ever added (see `review`)
//! ```
//!
//! What this app does not know of a document stays in it.

#[cfg(test)]
mod tests;

use super::added;
use super::consent::{self, Allowed, Consents, NameDigest, Teller, TextDigest, Wording};
use super::document::Document;
use super::field::{self, EditError, FieldConflict};
use super::gate::DOCUMENT_OPERATIONS_MAX;
use super::media::{self, Media, PhotoRow, RemovalRow, SoundRow};
use super::review::{self, Decision, Public, Review, ReviewEvent};
use crate::crypto::Tag;
use crate::id::{ActorId, ChangeHash, DocumentId, MemberId, RowId};
use crate::places::{self, Municipality, Nis};
use crate::publication::{self, Heading, NAME_CHARS_MAX, SUMMARY_CHARS_MAX, Section, TEXT_BYTES_MAX};
use crate::time::Timestamp;
use crate::view::{Field, MediaField, Missing, NewConsent, StoryState, Use, is_minor};
use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The schema that this app writes (M8).
pub const SCHEMA: u32 = 1;

/// Room for edits that are always made whole, below what a document can hold.
const OPERATIONS_RESERVE: u64 = 50_000;

/// Most operations of a part of a recording, or of its marks: a few values.
const SOUND_OPERATIONS_MAX: u64 = 10;

/// Characters of a title that is made of the first words.
const FIRST_WORDS_CHARS_MAX: usize = 60;

const TELLER: &str = "teller";

/// A story as it is read from its document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Value of each field, empty where there is none.
    pub fields: BTreeMap<Field, String>,
    /// Fields whose stored value could not be read: shown empty, with a warning (M9).
    pub bad_fields: Vec<Field>,
    /// Fields with two versions (M7).
    pub conflicts: Vec<FieldConflict>,
    /// Document of the teller's contact.
    pub teller: Option<DocumentId>,
    /// What was allowed and taken back.
    pub consents: Consents,
    /// What was decided.
    pub review: Review,
    /// Photos and recordings.
    pub media: Media,
    /// Those that were removed.
    pub removed: BTreeSet<RowId>,
    /// The document follows a newer schema than this app knows: readable, not editable (M8).
    pub too_new: bool,
}

/// Who records something, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Id of the new element: 16 fresh random bytes.
    pub id: RowId,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// Who; `None` before she was a member.
    pub by: Option<MemberId>,
    /// The name that is shown with the text now, as [`Story::wording`] tells it.
    pub name: Option<NameDigest>,
}

/// Makes an empty story in Dutch, written by `actor` (see [`Document::new`]).
#[must_use]
pub fn create(actor: ActorId) -> Document {
    let mut document = Document::new(SCHEMA, actor);
    let made = field::create(&mut document)
        .and_then(|()| added::create(&mut document, consent::CONSENTS))
        .and_then(|()| added::create(&mut document, consent::WITHDRAWALS))
        .and_then(|()| added::create(&mut document, review::EVENTS))
        .and_then(|()| media::create(&mut document))
        .and_then(|()| document.inner.put(ROOT, "language", "nl"));
    debug_assert!(made.is_ok(), "the root is a map");
    document
}

/// Reads a story. Closes the open transaction where a field has two versions.
#[must_use]
pub fn read(document: &mut Document) -> Story {
    let mut story = Story {
        teller: teller(document),
        consents: Consents::read(document),
        review: Review::read(document),
        media: media::read(document),
        removed: media::removed(document),
        too_new: check_schema(document, SCHEMA).is_err(),
        ..Story::default()
    };
    for field in Field::ALL {
        if let Ok(value) = field::read(document, field) {
            story.fields.insert(field, value);
        } else {
            story.bad_fields.push(field);
            story.fields.insert(field, String::new());
        }
        let versions = field::versions(document, field);
        if !versions.is_empty() {
            story.conflicts.push(FieldConflict { field, versions });
        }
    }
    story
}

/// Sets a field to its whole new value. Setting it to what it is changes nothing.
///
/// Where the field has two versions only the shown one is replaced; [`choose`] ends the conflict (M7).
///
/// # Errors
/// See [`EditError`]; then nothing was set.
pub fn set(document: &mut Document, field: Field, value: &str) -> Result<(), EditError> {
    set_as_seen(document, field, value, &[])
}

/// The same, for somebody who saw the document with the changes `seen`: what others changed since stays beside what she
/// sets (M7).
///
/// # Errors
/// See [`EditError`]; then nothing was set.
pub fn set_as_seen(
    document: &mut Document,
    field: Field,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    check_editable(document)?;
    field::write(document, field, value, seen)
}

/// Keeps one of the versions of a field, by its handle (M7).
///
/// # Errors
/// [`EditError::Unknown`] if there is no such version any more.
pub fn choose(document: &mut Document, field: Field, version: &str) -> Result<(), EditError> {
    check_editable(document)?;
    field::choose(document, field, version)
}

/// Names the document of the teller's contact.
///
/// # Errors
/// See [`EditError`].
pub fn set_teller(document: &mut Document, contact: DocumentId) -> Result<(), EditError> {
    check_editable(document)?;
    if teller(document) != Some(contact) {
        document.inner.put(ROOT, TELLER, contact.to_string())?;
    }
    Ok(())
}

/// Records a consent, to the text as it is now.
///
/// # Errors
/// See [`EditError`].
pub fn add_consent(
    document: &mut Document,
    consent: &NewConsent,
    recorded: Recorded,
) -> Result<(), EditError> {
    check_editable(document)?;
    let wording = Wording {
        text: read(document).text_digest(),
        name: recorded.name,
    };
    consent::add(document, recorded.id, consent, wording, recorded.at, recorded.by)
}

/// Consents of a story, without the rest of it.
#[must_use]
pub fn consents(document: &Document) -> Consents {
    Consents::read(document)
}

/// Takes uses of a consent back.
///
/// # Errors
/// [`EditError::Unknown`] if there is no such consent.
pub fn withdraw_consent(
    document: &mut Document,
    consent: RowId,
    uses: &[Use],
    recorded: Recorded,
) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    consent::withdraw(document, recorded.id, consent, uses, recorded.at, recorded.by)
}

/// Records a decision about the text as it is now, with a note for members.
///
/// # Errors
/// See [`EditError`].
pub fn decide(
    document: &mut Document,
    decision: impl Into<Decision>,
    recorded: Recorded,
) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    let Decision {
        kind,
        note,
        about,
        unfit,
        given,
    } = decision.into();
    let known = Review::read(document);
    let event = ReviewEvent {
        kind,
        at: recorded.at,
        by: recorded.by,
        digest: read(document).text_digest(),
        note,
        about,
        unfit,
        seen: known.seen_by(kind),
        given,
        refusals: known.refusals_for(kind),
        questions: known.questions_for(kind),
        name: recorded.name,
    };
    review::add(document, recorded.id, &event)
}

/// Adds a photo under a new id.
///
/// # Errors
/// See [`EditError`].
pub fn add_photo(document: &mut Document, id: RowId, row: &PhotoRow) -> Result<(), EditError> {
    check_editable(document)?;
    media::add_photo(document, id, row)
}

/// Refuses to begin another part of a recording where there is no room for it.
///
/// # Errors
/// [`EditError::TooMany`] or [`EditError::Full`]; [`EditError::TooNew`] where nothing is edited.
pub fn check_sound_room(document: &Document) -> Result<(), EditError> {
    check_editable(document)?;
    media::check_sound_room(document)
}

/// Adds a part of a recording under a new id. There was room for it when it began (see [`check_sound_room`]): what came
/// meanwhile does not keep out what was said.
///
/// # Errors
/// See [`EditError`].
pub fn add_sound(document: &mut Document, id: RowId, row: &SoundRow) -> Result<(), EditError> {
    check_room(document, SOUND_OPERATIONS_MAX)?;
    media::add_sound(document, id, row)
}

/// Sets the marks that a recording got during the part that was just added; `value` is their stored form.
///
/// # Errors
/// See [`EditError`].
pub fn add_marks(document: &mut Document, recording: RowId, value: &str) -> Result<(), EditError> {
    check_room(document, SOUND_OPERATIONS_MAX)?;
    media::set(document, recording, MediaField::Marks, value, &[])
}

/// Sets a field of a photo or a recording to its whole new value, as [`MediaField`] says; `seen` as for
/// [`set_as_seen`].
///
/// # Errors
/// See [`EditError`]; then nothing was set.
pub fn set_media(
    document: &mut Document,
    media: RowId,
    field: MediaField,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    check_editable(document)?;
    media::set(document, media, field, value, seen)
}

/// Keeps one of the versions of a field of a photo or a recording (M7).
///
/// # Errors
/// [`EditError::Unknown`] if there is no such version any more.
pub fn choose_media(
    document: &mut Document,
    media: RowId,
    field: MediaField,
    version: &str,
) -> Result<(), EditError> {
    check_editable(document)?;
    media::choose(document, media, field, version)
}

/// Removes a photo or a recording, for good.
///
/// # Errors
/// [`EditError::Unknown`] if it is not there.
pub fn remove_media(document: &mut Document, media: RowId, recorded: Recorded) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    let row = RemovalRow {
        media,
        at: recorded.at,
        by: recorded.by,
        sound_only: None,
    };
    media::remove(document, recorded.id, &row)
}

/// Removes what is heard of a recording, for good. What was written about it stays.
///
/// # Errors
/// [`EditError::Unknown`] if it is not there.
pub fn erase_sound(document: &mut Document, recording: RowId, recorded: Recorded) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    let row = RemovalRow {
        media: recording,
        at: recorded.at,
        by: recorded.by,
        sound_only: Some(true),
    };
    media::remove(document, recorded.id, &row)
}

impl Story {
    /// The value of a field, empty if there is none.
    #[must_use]
    pub fn field(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", String::as_str)
    }

    /// All that a field says: its value, and of two versions the other, too.
    pub fn said(&self, field: Field) -> impl Iterator<Item = &str> {
        let conflicts = self.conflicts.iter().filter(move |it| it.field == field);
        let versions = conflicts.flat_map(|conflict| &conflict.versions);
        let versions = versions.map(|version| version.value.as_str());
        std::iter::once(self.field(field)).chain(versions)
    }

    /// Title, or the first words of the text; empty if there are none.
    #[must_use]
    pub fn heading(&self) -> String {
        let title = self.field(Field::Title).trim();
        if !title.is_empty() {
            return title.to_owned();
        }
        let words = Heading::ALL
            .iter()
            .map(|heading| self.field(heading.field()).trim())
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        first_words(words)
    }

    /// The municipality as the register has it today.
    #[must_use]
    pub fn municipality(&self) -> Option<&'static Municipality> {
        let nis: Nis = self.field(Field::Municipality).parse().ok()?;
        places::municipality(nis)
    }

    /// Texts under their headings, without the empty ones.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let sections = Heading::ALL.iter().map(|heading| Section {
            heading: *heading,
            text: self.field(heading.field()).trim().to_owned(),
        });
        sections.filter(|section| !section.text.is_empty()).collect()
    }

    /// The name that the teller chose to be shown by, `None` for none; `teller` is her name if it is known.
    #[must_use]
    pub fn shown_name(&self, teller: Option<&str>) -> Option<String> {
        let teller = teller.unwrap_or_default();
        let name = match self.field(Field::NameOnline) {
            "full" => teller,
            "first" => teller.split_whitespace().next().unwrap_or_default(),
            "other" => self.field(Field::OtherName),
            _ => "",
        };
        let name = name.trim();
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// What the teller agrees to (P2), by her name if it is known.
    #[must_use]
    pub fn wording(&self, teller: Option<&str>) -> Wording {
        let text = self.text_digest();
        let name = self.shown_name(teller).unwrap_or_default();
        let words: Vec<_> = name.split_whitespace().collect();
        let digest = || NameDigest(Tag::SHOWN_NAME.digest(&[&text.0, words.join(" ").as_bytes()]));
        Wording {
            text,
            name: self.knows_teller(teller).then(digest),
        }
    }

    /// Digest of what the teller agrees to but her name: title, text, summary, place and how she is named.
    ///
    /// Not of themes, audience, kind and language: they sort a story and say nothing of her. Nor of what is written
    /// about photos and in recordings: she allows her picture and her voice by consents of their own, what is written
    /// says the same again for who cannot see or hear it, and mostly it is written after she was asked.
    #[must_use]
    pub fn text_digest(&self) -> TextDigest {
        let fields = [
            Field::Title,
            Field::Happened,
            Field::Who,
            Field::Cause,
            Field::Changed,
            Field::Tips,
            Field::Summary,
            Field::Municipality,
            Field::District,
            Field::NameOnline,
            Field::OtherName,
        ];
        let mut bytes = Vec::new();
        for field in fields {
            // What is typed is not stored yet, and the same.
            let value = field::clean(field, self.field(field));
            let value = value.trim();
            bytes.extend((value.len() as u64).to_be_bytes());
            bytes.extend(value.as_bytes());
        }
        TextDigest(Tag::PUBLISHABLE.digest(&[&bytes]))
    }

    /// Who tells it, by her name if it is known.
    #[must_use]
    pub fn who_tells<'a>(&self, name: Option<&'a str>) -> Teller<'a> {
        Teller {
            // A contact may hold no more than a telephone number.
            name: name.filter(|name| !name.trim().is_empty()),
            is_minor: self.said(Field::Age).any(is_minor),
        }
    }

    /// The state on the screen.
    #[must_use]
    pub fn state(&self, public: Public) -> StoryState {
        self.review.state(public)
    }

    /// Why the story cannot be published as it is, at `now`; `teller` is her name if it is known.
    #[must_use]
    pub fn missing(&self, teller: Option<&str>, now: Timestamp) -> Vec<Missing> {
        let wording = self.wording(teller);
        let who = self.who_tells(teller);
        let website = self.consents.allows(Use::Website, who, now);
        let name = self.consents.allows(Use::Name, who, now);
        let agrees = self.consents.agrees(wording, who, now) || self.review.agreed(wording).is_some();
        // Whoever does not know her name: one that is to be shown counts as there.
        let is_unknown = !self.knows_teller(teller);
        let is_named = self.shown_name(teller).is_some()
            || (is_unknown && matches!(self.field(Field::NameOnline), "full" | "first"));
        let approved = self.review.approved();
        let sections = self.sections();
        let reasons = [
            (self.field(Field::Title).trim().is_empty(), Missing::Title),
            (
                sections.first().map(|section| section.heading) != Some(Heading::Happened),
                Missing::Text,
            ),
            (self.municipality().is_none(), Missing::Municipality),
            (website == Allowed::Never, Missing::WebsiteConsent),
            (website == Allowed::Expired, Missing::WebsiteExpired),
            (website == Allowed::Withdrawn, Missing::WebsiteWithdrawn),
            (
                website == Allowed::NoGuardian || (is_named && name == Allowed::NoGuardian),
                Missing::GuardianConsent,
            ),
            (
                is_named && !matches!(name, Allowed::Yes(_) | Allowed::NoGuardian),
                Missing::NameConsent,
            ),
            (!self.conflicts.is_empty(), Missing::Conflict),
            (approved.is_none(), Missing::Approval),
            (
                approved.is_some_and(|approved| !approved.is_same(wording)),
                Missing::ChangedSinceApproval,
            ),
            (
                matches!(website, Allowed::Yes(_)) && !agrees,
                Missing::ChangedSinceConsent,
            ),
            (
                self.field(Field::Summary).trim().chars().count() > SUMMARY_CHARS_MAX,
                Missing::SummaryTooLong,
            ),
            (
                publication::text_bytes(&sections) > TEXT_BYTES_MAX,
                Missing::TextTooLong,
            ),
            (
                self.shown_name(teller)
                    .is_some_and(|name| name.chars().count() > NAME_CHARS_MAX),
                Missing::NameTooLong,
            ),
        ];
        let missing = reasons.into_iter().filter(|(holds, _)| *holds);
        missing.map(|(_, reason)| reason).collect()
    }
}

/// Whether this app knows the schema that a story follows (M8).
#[must_use]
pub fn knows(document: &Document) -> bool {
    check_schema(document, SCHEMA).is_ok()
}

/// Refuses what follows a newer schema than `known`, or none that can be read (M8).
pub(super) fn check_schema(document: &Document, known: u32) -> Result<(), EditError> {
    match document.schema() {
        Some(schema) if schema <= known => Ok(()),
        Some(_) | None => Err(EditError::TooNew),
    }
}

fn check_editable(document: &Document) -> Result<(), EditError> {
    check_room(document, OPERATIONS_RESERVE)
}

/// Refuses what is too new to be edited, and what has no room for so many operations.
fn check_room(document: &Document, operations: u64) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    if document.operations() + operations > DOCUMENT_OPERATIONS_MAX {
        return Err(EditError::Full);
    }
    Ok(())
}

fn teller(document: &Document) -> Option<DocumentId> {
    match document.inner.get(ROOT, TELLER) {
        Ok(Some((Value::Scalar(scalar), _))) => DocumentId::from_hex(scalar.as_str()?),
        Ok(_) | Err(_) => None,
    }
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= FIRST_WORDS_CHARS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(FIRST_WORDS_CHARS_MAX).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole}…")
}
