//! Recording: what is heard is on the disk within moments, and a part of the story once it is closed.
//!
//! ```text
//!  start ──► append, append, … ──► finish ──► an element of the story
//!              │  whole parts are sealed at once, what follows them waits in the row of the recording
//!              └─ the core ends, or the store refuses to close it ──► the part is closed as it is, once that works
//! ```

use super::super::disk::SoundRow as StoredSound;
use super::super::documents::Loaded;
use super::super::jobs::{Answer, Transaction};
use super::super::vault::{Unreadable, Vault};
use super::{part_key, put_part};
use crate::command::{CommandError, Reply, SOUND_BYTES_MAX, SOUNDS_MAX};
use crate::crypto::{BlobKey, PART_BYTES_MAX, PartPlace, part_hash};
use crate::entry::Collection;
use crate::id::{BlobId, DocumentId, MemberId, PartHash, RowId};
use crate::model::media::{self, Blob, PartHashes, SoundRow};
use crate::model::story;
use crate::storage::{Operation, RowTag, StoredRow, Table};
use crate::sync::client::network::Network;
use crate::sync::client::{Client, CommandId};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Parts of recordings that are open, one a story.
#[derive(Debug, Default)]
pub(in crate::sync::client) struct Sounds {
    open: BTreeMap<DocumentId, OpenSound>,
}

/// A part of a recording that is being recorded.
#[derive(Clone)]
pub(in crate::sync::client) struct OpenSound {
    pub(super) recording: RowId,
    blob: BlobId,
    key: BlobKey,
    media_type: String,
    /// Parts that are sealed and stored.
    hashes: Vec<PartHash>,
    /// What follows them: at most one part of plaintext.
    tail: Zeroizing<Vec<u8>>,
    duration_ms: u32,
    pub(super) at: Timestamp,
    pub(super) by: Option<MemberId>,
    /// Marks of a recording that its story does not know yet, in their stored form.
    marks: Option<String>,
    /// Nobody closes it any more: it is closed as it is.
    is_left: bool,
    tag: Option<RowTag>,
}

/// A command on the open part of a story.
#[derive(Clone)]
pub(in crate::sync::client) enum SoundStep {
    Start {
        media_type: String,
        /// The recording that it is the next part of.
        recording: Option<RowId>,
    },
    Mark {
        recording: RowId,
        marks: String,
    },
    Append {
        recording: RowId,
        bytes: Vec<u8>,
        duration_ms: u32,
    },
    Finish {
        recording: RowId,
        duration_ms: u32,
    },
}

impl Sounds {
    /// Takes up what the last start left open.
    pub(super) fn open(vault: &Vault, rows: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut sounds = Self::default();
        for row in rows {
            let doc = DocumentId::from_slice(&row.key).ok_or(Unreadable(Table::Sounds))?;
            let stored: StoredSound = vault.open(Table::Sounds, row)?;
            let sound = OpenSound {
                recording: stored.recording,
                blob: stored.blob,
                key: stored.key,
                media_type: stored.media_type,
                hashes: stored.hashes.0,
                tail: Zeroizing::new(stored.tail),
                duration_ms: stored.duration_ms,
                at: stored.at,
                by: stored.by,
                marks: stored.marks,
                is_left: true,
                tag: RowTag::of(&row.value),
            };
            sounds.open.insert(doc, sound);
        }
        Ok(sounds)
    }

    pub(in crate::sync::client) fn set(&mut self, doc: DocumentId, sound: Option<OpenSound>) {
        match sound {
            Some(sound) => drop(self.open.insert(doc, sound)),
            None => drop(self.open.remove(&doc)),
        }
    }

    pub(in crate::sync::client) fn has(&self, doc: DocumentId) -> bool {
        self.open.contains_key(&doc)
    }

    pub(super) fn get(&self, doc: DocumentId) -> Option<&OpenSound> {
        self.open.get(&doc)
    }

    /// Whether a part of a recording is being recorded.
    pub(in crate::sync::client) fn is_open(&self, doc: DocumentId, recording: RowId) -> bool {
        self.get(doc).is_some_and(|open| open.recording == recording)
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = DocumentId> {
        self.open.keys().copied()
    }

    pub(super) fn recordings(&self) -> impl Iterator<Item = (DocumentId, RowId)> {
        self.open.iter().map(|(doc, sound)| (*doc, sound.recording))
    }

    /// Nobody closes this part any more.
    pub(super) fn leave(&mut self, doc: DocumentId, recording: RowId) {
        if let Some(open) = self.open.get_mut(&doc).filter(|open| open.recording == recording) {
            open.is_left = true;
        }
    }

    /// Stories with a part that was left open.
    pub(in crate::sync::client) fn left(&self) -> impl Iterator<Item = DocumentId> {
        self.open
            .iter()
            .filter(|(_, sound)| sound.is_left)
            .map(|(doc, _)| *doc)
    }
}

impl std::fmt::Debug for SoundStep {
    /// Names no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start { .. } => f.write_str("Start"),
            Self::Mark { .. } => f.write_str("Mark"),
            Self::Append { bytes, .. } => write!(f, "Append({} bytes)", bytes.len()),
            Self::Finish { .. } => f.write_str("Finish"),
        }
    }
}

impl std::fmt::Debug for OpenSound {
    /// Names no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSound")
            .field("recording", &self.recording)
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl OpenSound {
    fn size(&self) -> usize {
        self.hashes.len() * PART_BYTES_MAX + self.tail.len()
    }

    /// Seals the first bytes of the tail as the next part.
    fn seal_next(
        &mut self,
        operations: &mut Vec<Operation>,
        doc: DocumentId,
        is_last: bool,
        rng: &mut impl CryptoRng,
    ) {
        let index = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        let len = self.tail.len().min(PART_BYTES_MAX);
        let rest = Zeroizing::new(self.tail.split_off(len));
        let place = PartPlace {
            doc,
            blob: self.blob,
            index,
            is_last,
        };
        let part = self.key.seal_part(place, &self.tail, rng);
        self.hashes.push(part_hash(&part));
        operations.push(put_part(self.blob, index, part));
        self.tail = rest;
    }
}

impl Client {
    /// Begins a part of a recording, if the story has room for it, and closes the one that was left open. Nothing is
    /// stored before its first bytes.
    fn start_recording(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        media_type: &str,
        recording: Option<RowId>,
        rng: &mut impl CryptoRng,
    ) -> Result<RowId, CommandError> {
        self.check_editable(story)?;
        media::check_sound_type(media_type)?;
        if let Some(open) = self.media.sounds.get(story) {
            if !open.is_left || !self.is_here(story) {
                return Err(CommandError::NotRecording);
            }
            self.close_left(tx, story, rng)?;
        }
        if let Some(loaded) = self.documents.loaded(story) {
            story::check_sound_room(&loaded.document)?;
        }
        // The part that was just closed may be the first of it.
        let blobs = self.media_in(tx, story).row.blobs;
        let recording = match recording {
            Some(known) if blobs.iter().any(|row| row.media == known) => known,
            Some(_) => return Err(CommandError::Unknown),
            None => {
                let mut new = RowId([0; 16]);
                rng.fill_bytes(&mut new.0);
                new
            }
        };
        let mut blob = BlobId([0; 16]);
        rng.fill_bytes(&mut blob.0);
        let sound = OpenSound {
            recording,
            blob,
            key: BlobKey::generate(rng),
            media_type: media_type.to_owned(),
            hashes: Vec::new(),
            tail: Zeroizing::default(),
            duration_ms: 0,
            at: self.clock.wall(),
            by: self.place.active().and_then(Network::me),
            marks: None,
            is_left: false,
            tag: None,
        };
        tx.media.sounds.push((story, Some(sound)));
        Ok(recording)
    }

    /// The part of this recording that is being recorded.
    fn open_sound(&self, story: DocumentId, recording: RowId) -> Result<OpenSound, CommandError> {
        let open = self.media.sounds.get(story);
        open.filter(|open| open.recording == recording && !open.is_left)
            .cloned()
            .ok_or(CommandError::NotRecording)
    }

    /// Carries a command on the open part of a story out.
    pub(in crate::sync::client) fn record(
        &mut self,
        tx: &mut Transaction,
        command: CommandId,
        story: DocumentId,
        step: &SoundStep,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        match step {
            SoundStep::Start {
                media_type,
                recording,
            } => {
                let id = self.start_recording(tx, story, media_type, *recording, rng)?;
                let reply = Reply::Added(id.to_string());
                tx.replies.push((command, Answer::Reply(Ok(reply))));
                return Ok(());
            }
            SoundStep::Mark { recording, marks } => {
                let mut sound = self.open_sound(story, *recording)?;
                sound.marks = Some(marks.clone());
                if sound.size() == 0 {
                    // They are stored with its first bytes.
                    tx.media.sounds.push((story, Some(sound)));
                } else {
                    self.put_sound(tx, story, sound, rng);
                }
            }
            SoundStep::Append {
                recording,
                bytes,
                duration_ms,
            } => {
                let mut sound = self.open_sound(story, *recording)?;
                if sound.size() + bytes.len() > SOUND_BYTES_MAX {
                    return Err(CommandError::MediaTooLarge {
                        limit: u32::try_from(SOUND_BYTES_MAX).unwrap_or(u32::MAX),
                    });
                }
                sound.tail.extend_from_slice(bytes);
                sound.duration_ms = *duration_ms;
                // The last part says that it is: it is sealed when the recording stops.
                while sound.tail.len() > PART_BYTES_MAX {
                    sound.seal_next(&mut tx.operations, story, false, rng);
                }
                self.put_sound(tx, story, sound, rng);
            }
            SoundStep::Finish {
                recording,
                duration_ms,
            } => {
                let mut sound = self.open_sound(story, *recording)?;
                sound.duration_ms = *duration_ms;
                self.close_sound(tx, story, sound, rng)?;
            }
        }
        tx.reply_done(command);
        Ok(())
    }

    /// Removes what is stored of a part that is being recorded.
    pub(in crate::sync::client) fn forget_sound(&self, tx: &mut Transaction, story: DocumentId) {
        tx.operations.push(Operation::Delete {
            table: Table::Sounds,
            key: story.0.to_vec(),
        });
        if let Some(sound) = self.media.sounds.get(story) {
            for (index, _) in (0..).zip(&sound.hashes) {
                tx.operations.push(Operation::Delete {
                    table: Table::Parts,
                    key: part_key(sound.blob, index),
                });
            }
        }
        tx.media.sounds.push((story, None));
    }

    /// Closes a part that was left open.
    pub(in crate::sync::client) fn close_left(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let sound = self.media.sounds.get(story).cloned();
        self.close_sound(tx, story, sound.ok_or(CommandError::NotRecording)?, rng)
    }

    /// Makes an open part an element of its story.
    fn close_sound(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        mut sound: OpenSound,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        tx.media.sounds.push((story, None));
        if sound.size() == 0 {
            return Ok(());
        }
        // It was removed or erased elsewhere meanwhile: what came since goes with it.
        let is_gone = |loaded: &Loaded| media::gone(&loaded.document).contains(&sound.recording);
        if self.documents.loaded(story).is_some_and(is_gone) {
            self.expect_sound(tx, story);
            self.forget_sound(tx, story);
            return Ok(());
        }
        let size = u32::try_from(sound.size()).unwrap_or(u32::MAX);
        self.expect_sound(tx, story);
        sound.seal_next(&mut tx.operations, story, true, rng);
        tx.operations.push(Operation::Delete {
            table: Table::Sounds,
            key: story.0.to_vec(),
        });
        tx.media.made.insert(sound.blob);
        let mut id = RowId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let document = &mut self.story_or_new(story).document;
        let known = story::read(document).media.recordings;
        let known = known.iter().find(|known| known.id == sound.recording);
        let last = known.and_then(|known| known.sounds.iter().map(|sound| sound.part).max());
        // Where devices recorded at once, more than there is room for: then two have the last number.
        let number_max = u32::try_from(SOUNDS_MAX).unwrap_or(u32::MAX);
        let row = SoundRow {
            recording: sound.recording,
            part: (last.unwrap_or(0) + 1).min(number_max),
            duration_ms: sound.duration_ms,
            sound: Blob {
                id: sound.blob,
                key: sound.key,
                size,
                hashes: PartHashes(sound.hashes),
                media_type: sound.media_type,
            },
            at: sound.at,
            by: sound.by,
        };
        story::add_sound(document, id, &row)?;
        if let Some(marks) = &sound.marks {
            story::add_marks(document, sound.recording, marks)?;
        }
        self.seal(tx, story, Collection::Story, rng)?;
        tx.changed.push(story);
        Ok(())
    }

    fn put_sound(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        mut sound: OpenSound,
        rng: &mut impl CryptoRng,
    ) {
        self.expect_sound(tx, story);
        let row = StoredSound {
            recording: sound.recording,
            blob: sound.blob,
            key: sound.key.clone(),
            media_type: sound.media_type.clone(),
            hashes: PartHashes(sound.hashes.clone()),
            tail: sound.tail.to_vec(),
            duration_ms: sound.duration_ms,
            at: sound.at,
            by: sound.by,
            marks: sound.marks.clone(),
        };
        let (put, tag) = self.vault.put_tagged(Table::Sounds, story.0.to_vec(), &row, rng);
        tx.operations.push(put);
        sound.tag = tag;
        tx.media.sounds.push((story, Some(sound)));
    }

    /// Refuses the transaction if another tab records in this story (S14).
    fn expect_sound(&self, tx: &mut Transaction, story: DocumentId) {
        tx.expects.push(Operation::Expect {
            table: Table::Sounds,
            key: story.0.to_vec(),
            tag: self.media.sounds.get(story).and_then(|sound| sound.tag),
        });
    }
}
