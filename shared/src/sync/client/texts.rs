//! Consent texts in languages that the network added, and how they are read: one document a language.

use super::documents::Loaded;
use super::jobs::{Answer, Transaction};
use super::media::make_blob;
use super::{Client, CommandId};
use crate::command::{CommandError, Reply};
use crate::entry::Collection;
use crate::id::{DocumentId, MemberId, RowId};
use crate::model::consent_text::{self, ConsentText, Reading, Sentences, Version};
use crate::model::field::EditError;
use crate::model::media::{Part, RemovalRow};
use crate::time::Timestamp;
use crate::view::{ConsentTextView, ReadingView, TextVersion, Use};
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// Most languages of a network.
const LANGUAGES_MAX: usize = 50;

/// A change of what is asked in a language.
#[derive(Clone)]
pub(super) enum TextChange {
    /// Saves the sentences of all uses, in place of the versions that were on the screen.
    Save {
        sentences: Vec<(Use, String)>,
        follows: Vec<RowId>,
    },
    /// Adds a reading.
    AddReading {
        used: Use,
        text: String,
        media_type: String,
        bytes: Vec<u8>,
        duration_ms: u32,
    },
    /// Removes a reading.
    RemoveReading(RowId),
}

impl std::fmt::Debug for TextChange {
    /// Names no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Save { .. } => "Save",
            Self::AddReading { .. } => "AddReading",
            Self::RemoveReading(_) => "RemoveReading",
        })
    }
}

/// Documents of a language, and all that they say together.
#[derive(Default)]
struct Known {
    documents: Vec<(DocumentId, ConsentText)>,
}

impl Known {
    fn versions(&self) -> Vec<(RowId, Version)> {
        let versions = self.documents.iter().flat_map(|(_, text)| text.versions.iter());
        versions.cloned().collect()
    }
}

impl Client {
    /// Documents that hold consent texts.
    pub(super) fn text_documents(&self) -> Vec<DocumentId> {
        let heads = self.documents.heads();
        heads
            .filter(|(_, head)| head.coll == Collection::ConsentText)
            .map(|(doc, _)| doc)
            .collect()
    }

    /// All that is asked in other languages, by language; the documents are loaded.
    pub(super) fn consent_texts(&self) -> Vec<ConsentTextView> {
        let known = self.known_texts().into_iter();
        known
            .map(|(language, known)| self.text_view(language, &known))
            .collect()
    }

    fn known_texts(&self) -> BTreeMap<String, Known> {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for doc in self.text_documents() {
            let Some(loaded) = self.documents.loaded(doc) else {
                continue;
            };
            let text = consent_text::read(&loaded.document);
            if !text.language.is_empty() {
                let of_language = known.entry(text.language.clone()).or_default();
                of_language.documents.push((doc, text));
            }
        }
        known
    }

    fn text_view(&self, language: String, known: &Known) -> ConsentTextView {
        let versions = known.versions();
        let newest = consent_text::newest(&versions).into_iter();
        let newest = newest.map(|(id, version)| TextVersion {
            id: id.to_string(),
            number: version.number,
            sentences: version
                .sentences
                .iter()
                .map(|sentences| (sentences.used, sentences.text.clone()))
                .collect(),
            at: version.at.0,
            by: version.by.and_then(|by| self.name_of(by)),
        });
        let readings = known.documents.iter().flat_map(|(doc, text)| {
            let readings = text.readings.iter();
            readings.map(|(id, reading)| ReadingView {
                document: doc.to_string(),
                id: id.to_string(),
                used: reading.used,
                text: reading.text.clone(),
                duration_ms: reading.duration_ms,
                is_here: self.is_part_here(*doc, *id, Part::Reading),
                whereabouts: self.media_whereabouts(*doc, *id),
            })
        });
        ConsentTextView {
            language,
            versions: newest.collect(),
            readings: readings.collect(),
            too_new: known.documents.iter().any(|(_, text)| text.too_new),
        }
    }

    /// Carries a change of what is asked in a language out: by a coordinator, in the language's document, which is made
    /// when it is first needed.
    pub(super) fn change_texts(
        &mut self,
        tx: &mut Transaction,
        command: CommandId,
        language: &str,
        change: &TextChange,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let network = self.place.active().filter(|network| network.coordinates());
        let by = network.ok_or(CommandError::NotAllowed)?.me();
        let language = consent_text::language_tag(language)?;
        let mut texts = self.known_texts();
        let n_languages = texts.len();
        let known = texts.remove(&language).unwrap_or_default();
        let is_writable = |doc: &DocumentId| {
            let head = self.documents.head(*doc);
            head.is_some_and(|head| !head.keys.is_empty())
        };
        let mut documents = known.documents.iter();
        let doc = match change {
            TextChange::RemoveReading(reading) => {
                let mut holds =
                    documents.filter(|(_, text)| text.readings.iter().any(|(id, _)| id == reading));
                holds.next().map(|(doc, _)| *doc).ok_or(CommandError::Unknown)?
            }
            TextChange::Save { .. } | TextChange::AddReading { .. } => {
                match documents.find(|(doc, text)| is_writable(doc) && !text.too_new) {
                    Some((doc, _)) => *doc,
                    None if !known.documents.is_empty() => return Err(CommandError::TooNew),
                    None if n_languages >= LANGUAGES_MAX => {
                        return Err(EditError::TooMany(LANGUAGES_MAX).into());
                    }
                    None => {
                        let mut doc = DocumentId([0; 16]);
                        rng.fill_bytes(&mut doc.0);
                        let made = consent_text::create(&language, self.actor)?;
                        self.documents.load(doc, Loaded::new(made));
                        doc
                    }
                }
            }
        };
        let changed = self.change_text(tx, doc, &known, change, by, rng);
        if changed.is_err() && self.documents.head(doc).is_none() {
            self.documents.unload(doc);
        }
        let reply = changed?;
        self.seal(tx, doc, Collection::ConsentText, rng)?;
        tx.changed.push(doc);
        tx.replies.push((command, Answer::Reply(Ok(reply))));
        Ok(())
    }

    fn change_text(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        known: &Known,
        change: &TextChange,
        by: Option<MemberId>,
        rng: &mut impl CryptoRng,
    ) -> Result<Reply, CommandError> {
        let at = self.clock.wall();
        let mut id = RowId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let loaded = self.documents.loaded_mut(doc).ok_or(CommandError::Unknown)?;
        let document = &mut loaded.document;
        match change {
            TextChange::Save { sentences, follows } => {
                let version = version_after(&known.versions(), sentences, follows, at, by);
                consent_text::save(document, id, &version)?;
                Ok(Reply::Done)
            }
            TextChange::AddReading {
                used,
                text,
                media_type,
                bytes,
                duration_ms,
            } => {
                consent_text::check_reading(media_type, bytes, text)?;
                let reading = Reading {
                    used: *used,
                    text: text.clone(),
                    duration_ms: *duration_ms,
                    sound: make_blob(tx, doc, media_type, bytes, rng),
                    at,
                    by,
                };
                consent_text::add_reading(document, id, &reading)?;
                Ok(Reply::Added(id.to_string()))
            }
            TextChange::RemoveReading(media) => {
                let row = RemovalRow {
                    media: *media,
                    at,
                    by,
                    sound_only: None,
                };
                consent_text::remove_reading(document, id, &row)?;
                tx.media.removed.insert(*media);
                Ok(Reply::Done)
            }
        }
    }

    /// Whether a document holds consent texts.
    pub(super) fn is_text(&self, doc: DocumentId) -> bool {
        let head = self.documents.head(doc);
        head.is_some_and(|head| head.coll == Collection::ConsentText)
    }
}

/// The version after all that are known. It stands in place of those alone that were on the screen: one that came
/// meanwhile stays beside it (M7).
fn version_after(
    known: &[(RowId, Version)],
    sentences: &[(Use, String)],
    follows: &[RowId],
    at: Timestamp,
    by: Option<MemberId>,
) -> Version {
    let last = known.iter().map(|(_, version)| version.number).max();
    let follows = follows
        .iter()
        .filter(|id| known.iter().any(|(known, _)| known == *id));
    Version {
        number: last.unwrap_or(0).saturating_add(1),
        sentences: sentences
            .iter()
            .map(|(used, text)| Sentences {
                used: *used,
                text: text.clone(),
            })
            .collect(),
        follows: follows.copied().collect(),
        at,
        by,
    }
}
