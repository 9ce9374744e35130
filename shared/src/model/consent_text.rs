//! What tellers are asked in a language that the network added, and how that sounds.
//!
//! ```text
//! root ─ schema
//!      ├ language             BCP 47 tag, in lower case
//!      ├ versions ─ <id>      the sentences of every use, as somebody saved them: only ever added
//!      ├ readings ─ <id>      somebody reads the sentences of one use, and which sentences these were
//!      └ removals ─ <id>      which reading is gone (see `media`)
//! ```
//!
//! A version names those that its author saw: who saved at the same time as somebody else stands beside her, and both
//! are shown (M7). Old versions stay, so that what somebody agreed to can be read again. A reading is of sentences: when
//! these change it is heard no more. The languages that the app itself speaks have readings only.
//!
//! Two devices may begin the same language without knowing of each other: then it has two documents, read as one.

#[cfg(test)]
mod tests;

use super::added;
use super::document::Document;
use super::field::{EditError, clean_text};
use super::media::{self, Blob, REMOVALS, RemovalRow, check_sound_type};
use super::story::check_schema;
use crate::cbor::{cbor_array, cbor_map};
use crate::command::{CONSENT_TEXT_CHARS_MAX, READING_BYTES_MAX};
use crate::id::{ActorId, MemberId, RowId};
use crate::publication::{SoundKind, is_language, is_text};
use crate::time::Timestamp;
use crate::view::Use;
use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The schema that this app writes (M8).
pub const SCHEMA: u32 = 1;

const LANGUAGE: &str = "language";
const VERSIONS: &str = "versions";
const READINGS: &str = "readings";

/// Most versions and readings of one document: some years of corrections.
const ELEMENTS_MAX: usize = 500;

/// The sentences of a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// The use.
    pub used: Use,
    /// What is asked; not empty.
    pub text: String,
}

/// The sentences of all uses that have some, as they were saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// One more than of all versions that it follows; a consent names it.
    pub number: u32,
    /// By use, each at most once.
    pub sentences: Vec<Sentences>,
    /// Versions that it stands in place of.
    pub follows: Vec<RowId>,
    /// When. For display only (S13).
    pub at: Timestamp,
    /// Who.
    pub by: Option<MemberId>,
}

/// Somebody reads the sentences of a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The use.
    pub used: Use,
    /// The sentences that are heard.
    pub text: String,
    /// Its duration, in milliseconds.
    pub duration_ms: u32,
    /// The sound.
    pub sound: Blob,
    /// When it was added. For display only.
    pub at: Timestamp,
    /// Who added it.
    pub by: Option<MemberId>,
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentText {
    /// The language; empty if it cannot be read.
    pub language: String,
    /// All versions that can be read.
    pub versions: Vec<(RowId, Version)>,
    /// The reading of each use that was added last, by use.
    pub readings: Vec<(RowId, Reading)>,
    /// The document follows a newer schema than this app knows: readable, not editable (M8).
    pub too_new: bool,
}

/// Makes a document for a language, or says that it is none.
///
/// # Errors
/// [`EditError::Unknown`] for what is no tag of a language.
pub fn create(language: &str, actor: ActorId) -> Result<Document, EditError> {
    let language = language_tag(language)?;
    let mut document = Document::new(SCHEMA, actor);
    document.inner.put(ROOT, LANGUAGE, language)?;
    for list in [VERSIONS, READINGS, REMOVALS] {
        added::create(&mut document, list)?;
    }
    Ok(document)
}

/// The tag as it is stored.
///
/// # Errors
/// [`EditError::Unknown`] for what is no tag of a language.
pub fn language_tag(language: &str) -> Result<String, EditError> {
    let tag = language.trim().to_ascii_lowercase();
    if is_language(&tag) {
        Ok(tag)
    } else {
        Err(EditError::Unknown)
    }
}

/// Whether this app knows the schema that the document follows (M8).
#[must_use]
pub fn knows(document: &Document) -> bool {
    check_schema(document, SCHEMA).is_ok()
}

/// Reads the document; what cannot be read is left out (M9).
#[must_use]
pub fn read(document: &Document) -> ConsentText {
    let language = match document.inner.get(ROOT, LANGUAGE) {
        Ok(Some((Value::Scalar(scalar), _))) => scalar.as_str().and_then(|tag| language_tag(tag).ok()),
        Ok(_) | Err(_) => None,
    };
    let versions = added::read::<Version>(document, VERSIONS).into_iter();
    let mut seen = BTreeSet::new();
    let versions = versions
        .filter_map(|row| Some((row.id, row.value.filter(Version::is_sane)?)))
        // One id is one version: the first that was added under it.
        .filter(|(id, _)| seen.insert(*id));
    ConsentText {
        language: language.unwrap_or_default(),
        versions: versions.collect(),
        readings: readings(document),
        too_new: !knows(document),
    }
}

/// The reading of each use that was added last, without those that were removed.
pub(super) fn readings(document: &Document) -> Vec<(RowId, Reading)> {
    let removed = media::removed(document);
    let mut last = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in added::read::<Reading>(document, READINGS) {
        let Some(reading) = row.value.filter(Reading::is_sane) else {
            continue;
        };
        if seen.insert(row.id) && !removed.contains(&row.id) {
            last.insert(reading.used, (row.id, reading));
        }
    }
    last.into_values().collect()
}

/// The versions that no other stands in place of, the one that is shown first: the same on every device.
#[must_use]
pub fn newest(versions: &[(RowId, Version)]) -> Vec<&(RowId, Version)> {
    let followed: BTreeSet<RowId> = versions
        .iter()
        .flat_map(|(id, version)| version.follows.iter().filter(move |other| *other != id))
        .copied()
        .collect();
    let mut newest: Vec<_> = versions.iter().filter(|(id, _)| !followed.contains(id)).collect();
    if newest.is_empty() {
        // Some that name each other, as no app of ours makes them.
        newest = versions.iter().collect();
    }
    newest.sort_by_key(|(id, version)| std::cmp::Reverse((version.number, *id)));
    newest
}

/// Saves the sentences of all uses as the next version.
///
/// # Errors
/// See [`EditError`].
pub fn save(document: &mut Document, id: RowId, version: &Version) -> Result<(), EditError> {
    check_room(document)?;
    let sentences = version.sentences.iter().map(|sentences| Sentences {
        used: sentences.used,
        text: clean(&sentences.text),
    });
    let mut sentences: Vec<_> = sentences.filter(|sentences| !sentences.text.is_empty()).collect();
    sentences.sort_by_key(|sentences| sentences.used);
    let version = Version {
        sentences,
        ..version.clone()
    };
    check_length(version.sentences.iter().map(|sentences| sentences.text.as_str()))?;
    if !version.is_sane() {
        return Err(EditError::Unknown);
    }
    added::add(document, VERSIONS, id, &version)
}

/// Refuses a reading whose bytes are too many, or of no kind that browsers record, before they are sealed.
///
/// # Errors
/// See [`EditError`].
pub fn check_reading(media_type: &str, bytes: &[u8], text: &str) -> Result<(), EditError> {
    check_length([text])?;
    check_sound_type(media_type)?;
    if bytes.len() > READING_BYTES_MAX {
        Err(EditError::TooLarge(READING_BYTES_MAX))
    } else if SoundKind::of(bytes).is_none() {
        Err(EditError::NotMedia)
    } else {
        Ok(())
    }
}

/// Adds a reading: it is heard in place of the one before.
///
/// # Errors
/// See [`EditError`].
pub fn add_reading(document: &mut Document, id: RowId, reading: &Reading) -> Result<(), EditError> {
    check_room(document)?;
    let reading = Reading {
        text: clean(&reading.text),
        ..reading.clone()
    };
    if !reading.is_sane() {
        return Err(EditError::NotMedia);
    }
    added::add(document, READINGS, id, &reading)
}

/// Removes a reading.
///
/// # Errors
/// [`EditError::Unknown`] if it is not there.
pub fn remove_reading(document: &mut Document, id: RowId, row: &RemovalRow) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    if readings(document).iter().all(|(known, _)| *known != row.media) {
        return Err(EditError::Unknown);
    }
    added::add(document, REMOVALS, id, row)
}

/// Sentences as they are kept, and compared with what a reading is of.
#[must_use]
pub fn clean(text: &str) -> String {
    clean_text(text).trim().to_owned()
}

fn check_room(document: &Document) -> Result<(), EditError> {
    check_schema(document, SCHEMA)?;
    let n_versions = added::read::<Version>(document, VERSIONS).len();
    let n_readings = added::read::<Reading>(document, READINGS).len();
    if n_versions + n_readings < ELEMENTS_MAX {
        Ok(())
    } else {
        Err(EditError::TooMany(ELEMENTS_MAX))
    }
}

fn check_length<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<(), EditError> {
    let mut texts = texts.into_iter();
    if texts.any(|text| text.chars().count() > CONSENT_TEXT_CHARS_MAX) {
        Err(EditError::TooLong(CONSENT_TEXT_CHARS_MAX))
    } else {
        Ok(())
    }
}

fn is_sentences(text: &str) -> bool {
    !text.trim().is_empty() && is_text(text) && check_length([text]).is_ok()
}

impl Version {
    fn is_sane(&self) -> bool {
        let is_by_use = self.sentences.is_sorted_by(|a, b| a.used < b.used);
        let are_texts = self
            .sentences
            .iter()
            .all(|sentences| is_sentences(&sentences.text));
        self.number > 0 && is_by_use && are_texts
    }
}

impl Reading {
    fn is_sane(&self) -> bool {
        is_sentences(&self.text)
            && self.sound.is_sane(READING_BYTES_MAX)
            && check_sound_type(&self.sound.media_type).is_ok()
    }
}

cbor_array!(Sentences { used, text });
cbor_map!(Version { 0 => number, 1 => sentences, 2 => follows, 3 => at, 4 => by });
cbor_map!(Reading { 0 => used, 1 => text, 2 => duration_ms, 3 => sound, 4 => at, 5 => by });
