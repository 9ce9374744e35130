//! Photos and recordings: what is known of their blobs on this device (S12).
//!
//! ```text
//!  added here ──► parts sealed, in the store ──► sent, part by part (see `upload`) ──► safe
//!  others'    ──► known by name ──► small pictures fetched after text, the rest when it is asked for (see `fetch`)
//! ```
//!
//! A document names its blobs; the row of [`Table::Media`] says of each whether it is here and whether the relay has
//! all of it. Rows are written by jobs only, one at a time, and compared like every other (S14). What the relay
//! told of single parts is asked again on each connection, and never stored. What is removed goes from this device at
//! once, and the relay is told to drop it (see `dropping`).

mod asking;
mod dropping;
pub(super) mod fetch;
pub(super) mod online;
pub(super) mod sound;
pub(super) mod upload;
pub(super) mod views;

use super::Client;
use super::clock::Moment;
use super::disk::{BlobRow, MediaRow};
use super::jobs::{Job, Transaction};
use super::vault::{Unreadable, Vault};
use crate::command::CommandError;
use crate::crypto::{BlobKey, n_parts, part_hash, seal_blob};
use crate::id::{BlobId, DocumentId, PartHash, RowId};
use crate::model::media::{self, Blob, JPEG, Part, PartHashes, PhotoRow};
use crate::model::story::{self, Recorded};
use crate::storage::{Operation, Query, RowTag, StoredRow, Table};
use crate::time::Timestamp;
use asking::Told;
use dropping::Dropping;
use fetch::Fetches;
use online::Online;
use rand_core::CryptoRng;
use sound::{SoundStep, Sounds};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use upload::Upload;

/// Wait before a blob is fetched again of which the device could not store a part.
const NOT_KEPT_WAIT: Duration = Duration::from_secs(30);

/// All that is known of blobs.
#[derive(Debug, Default)]
pub(super) struct MediaStore {
    slots: BTreeMap<DocumentId, MediaSlot>,
    /// Where each blob is found.
    places: BTreeMap<BlobId, DocumentId>,
    /// Blobs that are to be sent. Most blobs are neither here nor in the next.
    unsent: BTreeSet<BlobId>,
    /// Small pictures and readings that are to be fetched.
    unfetched: BTreeSet<BlobId>,
    pub(super) sounds: Sounds,
    upload: Upload,
    fetches: Fetches,
    online: Online,
    /// What the relay told on this connection of blobs that are not done with: parts that it has, and when it told.
    told: BTreeMap<BlobId, Told>,
    /// Blobs that the relay is asked about now.
    asked: Vec<BlobId>,
    /// Blobs that the relay has in full, of which that is not stored yet.
    complete: BTreeMap<BlobId, DocumentId>,
    dropping: Dropping,
    held: BTreeMap<BlobId, Held>,
}

/// Blobs of a document, with the tag of its row.
#[derive(Clone, Debug, Default)]
pub(super) struct MediaSlot {
    pub(super) row: MediaRow,
    pub(super) tag: Option<RowTag>,
}

/// Why nothing of a blob is sent or fetched.
#[derive(Clone, Copy, Debug)]
enum Held {
    Until(Moment),
    /// Not on this connection, unless rights change.
    Refused,
}

/// What a job makes of photos and recordings: memory follows once it is stored.
#[derive(Debug, Default)]
pub(super) struct MediaChanges {
    pub(super) slots: BTreeMap<DocumentId, MediaSlot>,
    /// Blobs that are made in this transaction.
    made: BTreeSet<BlobId>,
    /// Photos and recordings that are removed in this transaction.
    pub(super) removed: BTreeSet<RowId>,
    pub(super) sounds: Vec<(DocumentId, Option<sound::OpenSound>)>,
    /// A part that was fetched, with its hash, and whether it was the last that lacked.
    fetched: Option<(BlobId, u32, PartHash, bool)>,
}

impl MediaStore {
    /// Reads what the last start left.
    pub(super) fn open(vault: &Vault, rows: &[StoredRow], sounds: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut store = Self {
            sounds: Sounds::open(vault, sounds)?,
            ..Self::default()
        };
        for row in rows {
            let doc = DocumentId::from_slice(&row.key).ok_or(Unreadable(Table::Media))?;
            let slot = MediaSlot {
                row: vault.open(Table::Media, row)?,
                tag: RowTag::of(&row.value),
            };
            store.set_slot(doc, Some(slot));
        }
        Ok(store)
    }

    pub(super) fn slot(&self, doc: DocumentId) -> Option<&MediaSlot> {
        self.slots.get(&doc)
    }

    pub(super) fn set_slot(&mut self, doc: DocumentId, slot: Option<MediaSlot>) {
        let before = self.slots.remove(&doc);
        for row in before.into_iter().flat_map(|slot| slot.row.blobs) {
            self.places.remove(&row.blob);
            self.unsent.remove(&row.blob);
            self.unfetched.remove(&row.blob);
        }
        let removed = slot.as_ref().and_then(|slot| slot.row.removed.as_deref());
        self.dropping.set(doc, removed.unwrap_or_default());
        let Some(slot) = slot else { return };
        for row in &slot.row.blobs {
            self.places.insert(row.blob, doc);
            if row.is_unsent() {
                self.unsent.insert(row.blob);
            } else if row.part.is_for_all() && !row.is_here {
                self.unfetched.insert(row.blob);
            }
        }
        self.slots.insert(doc, slot);
    }

    fn blob(&self, blob: BlobId) -> Option<(DocumentId, &BlobRow)> {
        let doc = *self.places.get(&blob)?;
        self.of(doc).find(|row| row.blob == blob).map(|row| (doc, row))
    }

    pub(super) fn of(&self, doc: DocumentId) -> impl Iterator<Item = &BlobRow> {
        self.slots.get(&doc).into_iter().flat_map(|slot| &slot.row.blobs)
    }

    /// Whether the document has a photo or a recording of this id, as far as it was read.
    pub(super) fn has(&self, doc: DocumentId, media: RowId) -> bool {
        self.of(doc).any(|row| row.media == media)
    }

    /// Whether anything is kept of blobs of the document.
    pub(super) fn is_known(&self, doc: DocumentId) -> bool {
        self.slots.contains_key(&doc) || self.sounds.has(doc)
    }

    /// Whether something of the document is nowhere but here.
    pub(super) fn is_unsent(&self, doc: DocumentId) -> bool {
        self.sounds.has(doc) || self.of(doc).any(BlobRow::is_unsent)
    }

    fn unsent_blobs(&self) -> impl Iterator<Item = (DocumentId, &BlobRow)> {
        self.unsent.iter().filter_map(|blob| self.blob(*blob))
    }

    /// Documents with something that is nowhere but here.
    pub(super) fn unsent(&self) -> impl Iterator<Item = DocumentId> {
        self.unsent_since().map(|(doc, _)| doc)
    }

    /// The same, with when it was made; an earlier build did not note that.
    pub(super) fn unsent_since(&self) -> impl Iterator<Item = (DocumentId, Option<Timestamp>)> {
        let blobs = self.unsent_blobs().map(|(doc, row)| (doc, row.made_at));
        let sounds = self.sounds.documents();
        let sounds = sounds.map(|doc| (doc, self.sounds.get(doc).map(|sound| sound.at)));
        blobs.chain(sounds)
    }

    /// How many photos and recordings are nowhere but here.
    pub(super) fn n_unsent(&self) -> u32 {
        let blobs = self.unsent_blobs().map(|(doc, row)| (doc, row.media));
        let media: BTreeSet<_> = blobs.chain(self.sounds.recordings()).collect();
        u32::try_from(media.len()).unwrap_or(u32::MAX)
    }

    /// Nothing is under way any more; what the relay told is asked again.
    pub(super) fn connection_lost(&mut self) {
        self.upload.connection_lost();
        self.fetches.connection_lost();
        self.online.connection_lost();
        self.dropping.connection_lost();
        self.told.clear();
        self.asked.clear();
        self.held.clear();
    }

    /// What was refused for want of a right may be taken now.
    pub(super) fn try_refused_again(&mut self) {
        self.held.retain(|_, held| !matches!(held, Held::Refused));
    }

    fn is_held(&self, blob: BlobId) -> bool {
        self.held.contains_key(&blob)
    }

    /// Documents of which a job is to store that blobs are safe, or dropped.
    pub(super) fn to_settle(&self) -> impl Iterator<Item = DocumentId> {
        self.complete.values().copied().chain(self.dropping.dropped())
    }
}

impl Client {
    pub(super) fn media_deadline(&self) -> Option<Moment> {
        if !self.is_text_through() {
            return None;
        }
        let held = self.media.held.values().filter_map(|held| match held {
            Held::Until(at) => Some(*at),
            Held::Refused => None,
        });
        held.chain(self.ask_again_at())
            .chain(self.media.online.deadline())
            .chain(self.media.dropping.deadline())
            .min()
    }

    /// Asks, sends and fetches what can be now.
    pub(super) fn advance_media(&mut self) {
        let now = self.clock.now();
        self.media
            .held
            .retain(|_, held| !matches!(held, Held::Until(at) if *at <= now));
        if !self.is_text_through() {
            return;
        }
        self.advance_dropping();
        self.ask_about_blobs();
        self.advance_upload();
        self.advance_fetch();
        self.advance_online();
    }

    /// S12: after text. Nothing of a photo goes while an entry could, or is on its way.
    fn is_text_through(&self) -> bool {
        self.link.is_online() && self.place.active().is_some() && self.outbox.is_at_rest()
    }

    /// Stores what a document names, in the transaction that stores the document: what is new is noted, what was
    /// removed is deleted.
    pub(super) fn reconcile_media(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        rng: &mut impl CryptoRng,
    ) {
        let Some(loaded) = self.documents.loaded(doc) else {
            return;
        };
        let mut named = media::blobs(&loaded.document);
        // A blob has one document: who names another's could have its parts deleted with her own photo.
        let mut seen = BTreeSet::new();
        named.retain(|(_, _, blob)| {
            let place = self.media.places.get(&blob.id);
            place.is_none_or(|other| *other == doc) && seen.insert(blob.id)
        });
        let slot = self.media_in(tx, doc);
        let known: Vec<_> = slot.row.blobs.iter().map(|row| row.blob).collect();
        if named.len() == known.len() && named.iter().all(|(_, _, blob)| known.contains(&blob.id)) {
            return;
        }
        let mut blobs = Vec::new();
        for (media, part, blob) in named {
            let before = slot.row.blobs.iter().find(|row| row.blob == blob.id);
            blobs.push(match before {
                Some(row) => row.clone(),
                None => {
                    let is_made = tx.media.made.contains(&blob.id);
                    BlobRow::new(media, part, &blob, is_made.then(|| self.clock.wall()))
                }
            });
        }
        let kept: BTreeSet<_> = blobs.iter().map(|row| row.blob).collect();
        // What is not named now may be named again: a reading that another one follows, a document that is read anew.
        let gone = media::gone(&loaded.document);
        let mut removed = slot.row.removed.unwrap_or_default();
        removed.retain(|blob| !kept.contains(blob));
        for row in slot.row.blobs.iter().filter(|row| !kept.contains(&row.blob)) {
            delete_parts(&mut tx.operations, row);
            // Who removed it has the relay drop it. So does who made it, should the other's phone be lost.
            if gone.contains(&row.media) && (row.is_own || tx.media.removed.contains(&row.media)) {
                removed.push(row.blob);
            }
        }
        let removed = (!removed.is_empty()).then_some(removed);
        self.put_media(tx, doc, MediaRow { blobs, removed }, rng);
    }

    /// Stores the row of a document's blobs; compared with what it was computed from (S14).
    fn put_media(&mut self, tx: &mut Transaction, doc: DocumentId, row: MediaRow, rng: &mut impl CryptoRng) {
        if !tx.media.slots.contains_key(&doc) {
            tx.expects.push(Operation::Expect {
                table: Table::Media,
                key: doc.0.to_vec(),
                tag: self.media.slot(doc).and_then(|slot| slot.tag),
            });
        }
        let (put, tag) = self.vault.put_tagged(Table::Media, doc.0.to_vec(), &row, rng);
        tx.operations.push(put);
        tx.media.slots.insert(doc, MediaSlot { row, tag });
    }

    fn media_in(&self, tx: &Transaction, doc: DocumentId) -> MediaSlot {
        let slot = tx.media.slots.get(&doc).or_else(|| self.media.slot(doc));
        slot.cloned().unwrap_or_default()
    }

    /// Reads the row of a document's blobs again: another tab wrote it.
    pub(super) fn read_media_slot(
        &mut self,
        doc: DocumentId,
        row: Option<&StoredRow>,
    ) -> Result<(), Unreadable> {
        let slot = match row {
            Some(row) => Some(MediaSlot {
                row: self.vault.open(Table::Media, row)?,
                tag: RowTag::of(&row.value),
            }),
            None => None,
        };
        self.media.set_slot(doc, slot);
        Ok(())
    }

    /// A job failed. If it was to store a fetched part, the blob is fetched again later. If it was to close a part of a
    /// recording, that is done once it can be: nobody asks for it again.
    pub(super) fn part_not_kept(&mut self, job: &Job) {
        if let Job::Keep { name, .. } = job {
            self.media.fetches.not_stored();
            let until = self.clock.now().after(NOT_KEPT_WAIT);
            self.media.held.insert(name.blob, Held::Until(until));
        }
        if let Job::Record { story, step, .. } = job
            && let SoundStep::Finish { recording, .. } = step
        {
            self.media.sounds.leave(*story, *recording);
        }
    }

    /// Whether nothing is under way, and nothing is left to send that can be sent.
    #[cfg(feature = "testing")]
    pub(super) fn is_media_settled(&self) -> bool {
        let is_idle =
            self.media.upload.is_idle() && self.media.fetches.is_idle() && self.media.complete.is_empty();
        is_idle
            && self.media.online.is_idle()
            && self.media.dropping.is_idle()
            && self.media.unsent().next().is_none()
    }

    /// Memory follows what is stored.
    pub(super) fn media_stored(&mut self, changes: MediaChanges) {
        for (doc, slot) in changes.slots {
            for row in slot.row.blobs.iter().filter(|row| row.is_safe) {
                self.media.complete.remove(&row.blob);
                if row.is_own {
                    self.media.told.remove(&row.blob);
                }
            }
            self.media.set_slot(doc, Some(slot));
            self.told.changed(doc);
        }
        for (doc, sound) in changes.sounds {
            self.media.sounds.set(doc, sound);
            self.told.touch(doc);
        }
        if let Some((blob, index, hash, is_last)) = changes.fetched {
            self.media.fetches.stored(blob, index, hash, is_last);
            if is_last {
                self.media.told.remove(&blob);
            }
        }
        // What was removed is neither sent nor fetched.
        let places = &self.media.places;
        self.media.complete.retain(|blob, _| places.contains_key(blob));
        self.media.fetches.retain(places);
        self.media.online.retain(places);
    }

    /// Adds a photo: its parts, sealed, and its element.
    pub(super) fn add_photo(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        photo: &NewPhoto,
        recorded: Recorded,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        media::check_photo(&photo.jpeg, &photo.thumbnail, photo.width, photo.height)?;
        let row = PhotoRow {
            full: make_blob(tx, story, JPEG, &photo.jpeg, rng),
            thumbnail: make_blob(tx, story, JPEG, &photo.thumbnail, rng),
            width: photo.width,
            height: photo.height,
            at: recorded.at,
            by: recorded.by,
        };
        let loaded = self
            .documents
            .loaded_mut(story)
            .ok_or(CommandError::UnknownStory)?;
        Ok(story::add_photo(&mut loaded.document, recorded.id, &row)?)
    }

    /// Stores that the relay has all of a document's blobs that it told so, and nothing of those that it dropped.
    pub(super) fn settle_media(&mut self, tx: &mut Transaction, doc: DocumentId, rng: &mut impl CryptoRng) {
        // Another tab may have forgotten the document.
        if self.media.slot(doc).is_none() {
            return;
        }
        let mut row = self.media_in(tx, doc).row;
        for blob in &mut row.blobs {
            blob.is_safe |= self.media.complete.contains_key(&blob.blob);
        }
        let mut removed = row.removed.unwrap_or_default();
        removed.retain(|blob| !self.media.dropping.is_dropped(*blob));
        row.removed = (!removed.is_empty()).then_some(removed);
        self.put_media(tx, doc, row, rng);
    }

    /// Removes all that is stored of a document's blobs.
    pub(super) fn forget_media(&self, tx: &mut Transaction, doc: DocumentId) {
        for row in self.media.of(doc) {
            delete_parts(&mut tx.operations, row);
        }
        tx.operations.push(Operation::Delete {
            table: Table::Media,
            key: doc.0.to_vec(),
        });
    }
}

/// A photo that a command brings.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct NewPhoto {
    pub(super) jpeg: Vec<u8>,
    pub(super) thumbnail: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl std::fmt::Debug for NewPhoto {
    /// Names no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewPhoto({} bytes)", self.jpeg.len())
    }
}

impl BlobRow {
    /// What is known of a blob that a document names; it is here if it was made here.
    fn new(media: RowId, part: Part, blob: &Blob, made_at: Option<Timestamp>) -> Self {
        let is_own = made_at.is_some();
        Self {
            media,
            part,
            blob: blob.id,
            key: blob.key.clone(),
            size: blob.size,
            digest: blob.digest(),
            media_type: blob.media_type.clone(),
            is_own,
            is_here: is_own,
            is_safe: false,
            made_at,
        }
    }

    /// Made here, and not all of it is known to be at the relay.
    pub(super) fn is_unsent(&self) -> bool {
        self.is_own && !self.is_safe
    }

    pub(super) fn n_parts(&self) -> u32 {
        let size = usize::try_from(self.size).unwrap_or_default();
        u32::try_from(n_parts(size)).unwrap_or(u32::MAX)
    }
}

/// Seals a blob under a new key; its parts go into the store with the transaction.
pub(super) fn make_blob(
    tx: &mut Transaction,
    doc: DocumentId,
    media_type: &str,
    bytes: &[u8],
    rng: &mut impl CryptoRng,
) -> Blob {
    let mut id = BlobId([0; 16]);
    rng.fill_bytes(&mut id.0);
    let key = BlobKey::generate(rng);
    let mut hashes = Vec::new();
    for (index, part) in (0..).zip(seal_blob(&key, doc, id, bytes, rng)) {
        hashes.push(part_hash(&part));
        tx.operations.push(put_part(id, index, part));
    }
    tx.media.made.insert(id);
    Blob {
        id,
        key,
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        hashes: PartHashes(hashes),
        media_type: media_type.to_owned(),
    }
}

/// Stores a part as it was sealed with the blob's key.
fn put_part(blob: BlobId, index: u32, part: Vec<u8>) -> Operation {
    Operation::Put {
        table: Table::Parts,
        key: part_key(blob, index),
        value: part,
    }
}

fn delete_parts(operations: &mut Vec<Operation>, row: &BlobRow) {
    operations.extend((0..row.n_parts()).map(|index| Operation::Delete {
        table: Table::Parts,
        key: part_key(row.blob, index),
    }));
}

/// Key of a part: ascending within its blob.
fn part_key(blob: BlobId, index: u32) -> Vec<u8> {
    [&blob.0[..], &index.to_be_bytes()].concat()
}

/// All stored parts of a blob.
pub(super) fn parts_of(blob: BlobId) -> Query {
    Query::Range {
        table: Table::Parts,
        from: blob.0.to_vec(),
        to: [&blob.0[..], &[0xff; 5]].concat(),
        limit: u32::MAX,
    }
}
