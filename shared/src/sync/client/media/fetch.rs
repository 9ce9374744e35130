//! Fetching blobs: small pictures and readings of consent texts unasked and after text, the rest when somebody asks.
//!
//! ```text
//!  wanted ──► read what is here ──► ask for the first missing part ──► stored ──► … ──► all: compared with the document
//! ```
//!
//! A part is kept once it came, so that a cut connection costs one. What the relay does not have yet, because who
//! made it has not sent it, is asked about again now and then.

use super::super::link::Awaited;
use super::{Held, delete_parts, parts_of, put_part};
use crate::command::{CommandError, Reply};
use crate::crypto::{SEALED_PART_BYTES_MAX, blob_digest, open_blob, part_hash};
use crate::id::{BlobId, DocumentId, PartHash, RowId};
use crate::model::media;
use crate::protocol::{ClientToRelay, Part, PartBytes, PartGiven, PartName, WaitMs};
use crate::storage::StoredRow;
use crate::sync::client::jobs::{Job, Transaction};
use crate::sync::client::{Client, CommandId, LoadId};
use crate::view::Which;
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Wait before the relay is asked again for what it did not have: as often as a quiet connection pulls.
pub(super) const ASK_AGAIN: Duration = Duration::from_mins(2);

/// What is fetched, and for whom parts are read.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    /// Blobs that somebody asked for.
    wanted: BTreeSet<BlobId>,
    now: Option<Fetch>,
    /// Commands that wait for the bytes of a blob that is here.
    pub(super) reading: BTreeMap<LoadId, (CommandId, BlobId)>,
}

/// The blob that is fetched now.
#[derive(Debug)]
struct Fetch {
    blob: BlobId,
    /// Parts that are in the store, by their number.
    parts: BTreeMap<u32, PartHash>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// What is here is being read.
    Reading(LoadId),
    /// The next part may be asked for.
    Ready,
    /// The relay owes this part.
    Asked(PartName),
    /// A part is being stored.
    Storing,
}

impl Fetches {
    pub(super) fn want(&mut self, blob: BlobId) {
        self.wanted.insert(blob);
    }

    pub(super) fn wanted(&self) -> impl Iterator<Item = BlobId> {
        self.wanted.iter().copied()
    }

    #[cfg(feature = "testing")]
    pub(super) fn is_idle(&self) -> bool {
        self.now.is_none()
    }

    pub(super) fn connection_lost(&mut self) {
        self.now
            .take_if(|fetch| matches!(fetch.step, Step::Reading(_) | Step::Ready | Step::Asked(_)));
    }

    /// Forgets blobs that no document names any more.
    pub(super) fn retain(&mut self, known: &BTreeMap<BlobId, DocumentId>) {
        self.wanted.retain(|blob| known.contains_key(blob));
        self.now.take_if(|fetch| !known.contains_key(&fetch.blob));
    }

    /// A part is in the store.
    pub(super) fn stored(&mut self, blob: BlobId, index: u32, hash: PartHash, is_done: bool) {
        let Some(fetch) = self.now.as_mut().filter(|fetch| fetch.blob == blob) else {
            return;
        };
        fetch.parts.insert(index, hash);
        fetch.step = Step::Ready;
        if is_done {
            self.wanted.remove(&blob);
            self.now = None;
        }
    }

    /// A part was not stored: it is asked for again.
    pub(in crate::sync::client) fn not_stored(&mut self) {
        self.now.take_if(|fetch| matches!(fetch.step, Step::Storing));
    }
}

impl Client {
    /// Answers with the bytes of a blob, or begins to fetch them.
    pub(in crate::sync::client) fn load_media(
        &mut self,
        command: CommandId,
        doc: DocumentId,
        id: RowId,
        which: Which,
    ) -> Result<Option<Reply>, CommandError> {
        let part = match which {
            Which::Thumbnail => media::Part::Thumbnail,
            Which::Full => media::Part::Full,
            Which::Sound(number) => media::Part::Sound(number),
            Which::Reading => media::Part::Reading,
        };
        let row = self
            .media
            .of(doc)
            .find(|row| row.media == id && row.part == part)
            .ok_or(CommandError::Unknown)?;
        let (blob, is_here) = (row.blob, row.is_here);
        if is_here {
            let id = self.out.load(vec![parts_of(blob)]);
            self.media.fetches.reading.insert(id, (command, blob));
            return Ok(None);
        }
        self.media.held.remove(&blob);
        self.media.told.remove(&blob);
        self.media.fetches.want(blob);
        Ok(Some(Reply::MediaComing))
    }

    /// The parts of a blob are read: whole and unchanged they are its bytes.
    pub(in crate::sync::client) fn media_read(
        &mut self,
        id: LoadId,
        answers: Option<&[Vec<StoredRow>]>,
    ) -> bool {
        let Some((command, blob)) = self.media.fetches.reading.remove(&id) else {
            return false;
        };
        let reply = match answers {
            Some(answers) => self.opened_media(blob, answers.first().map_or(&[], Vec::as_slice)),
            None => Err(CommandError::DeviceFailed),
        };
        self.out.reply(command, reply);
        true
    }

    fn opened_media(&self, blob: BlobId, rows: &[StoredRow]) -> Result<Reply, CommandError> {
        let (_, row) = self.media.blob(blob).ok_or(CommandError::Unknown)?;
        Ok(Reply::Media {
            media_type: row.media_type.clone(),
            bytes: self.open_parts(blob, rows)?,
        })
    }

    /// Opens the parts of a blob, if they are all there and none was changed.
    pub(super) fn open_parts(&self, blob: BlobId, rows: &[StoredRow]) -> Result<Vec<u8>, CommandError> {
        let (doc, row) = self.media.blob(blob).ok_or(CommandError::Unknown)?;
        let hashes: Vec<_> = rows.iter().map(|part| part_hash(&part.value)).collect();
        if blob_digest(&hashes) != row.digest {
            return Err(CommandError::DeviceFailed);
        }
        let size = usize::try_from(row.size).unwrap_or(usize::MAX);
        let parts = rows.iter().map(|part| part.value.as_slice());
        let bytes = open_blob(&row.key, doc, blob, size, parts);
        let bytes = bytes.map_err(|_| CommandError::DeviceFailed)?;
        Ok(bytes.to_vec())
    }

    /// Asks for the next part, or begins with the next blob.
    pub(super) fn advance_fetch(&mut self) {
        // S8: small pictures come after the text of all stories.
        let is_text_here = self.intake.is_idle()
            && self.documents.dirty().next().is_none()
            && self
                .place
                .active()
                .is_some_and(|network| network.backfill.is_none());
        if self.media.fetches.now.is_none() {
            let Some(blob) = self.next_fetch(is_text_here) else {
                return;
            };
            let id = self.out.load(vec![parts_of(blob)]);
            self.media.fetches.now = Some(Fetch {
                blob,
                parts: BTreeMap::new(),
                step: Step::Reading(id),
            });
        }
        self.ask_for_part();
    }

    fn next_fetch(&self, is_text_here: bool) -> Option<BlobId> {
        let is_there = |blob: &BlobId| {
            let told = self.media.told.get(blob);
            told.is_some_and(|told| told.is_complete) && !self.media.is_held(*blob)
        };
        let mut wanted = self.media.fetches.wanted.iter();
        let small = || {
            let mut told = self.media.told.keys();
            told.find(|blob| self.media.unfetched.contains(blob) && is_there(blob))
                .copied()
        };
        let wanted = wanted.find(|blob| is_there(blob)).copied();
        wanted.or_else(|| is_text_here.then(small).flatten())
    }

    fn ask_for_part(&mut self) {
        let Some(fetch) = self.media.fetches.now.as_ref() else {
            return;
        };
        let (Step::Ready, Some((doc, row))) = (&fetch.step, self.media.blob(fetch.blob)) else {
            return;
        };
        let missing = (0..row.n_parts()).find(|index| !fetch.parts.contains_key(index));
        let name = PartName {
            doc,
            blob: fetch.blob,
            // All are here and they are not the blob: the last is fetched again, and then compared once more.
            index: missing.unwrap_or(row.n_parts().saturating_sub(1)),
        };
        if let Some(fetch) = self.media.fetches.now.as_mut() {
            fetch.step = Step::Asked(name);
        }
        self.expect(Awaited::GetPart);
        self.send(&ClientToRelay::GetPart(name));
    }

    /// What is here of a blob was read. Returns whether it was asked for here.
    pub(in crate::sync::client) fn fetch_read(
        &mut self,
        id: LoadId,
        answers: Option<&[Vec<StoredRow>]>,
    ) -> bool {
        let fetch = self.media.fetches.now.as_mut();
        let Some(fetch) = fetch.filter(|fetch| matches!(fetch.step, Step::Reading(reading) if reading == id))
        else {
            return false;
        };
        fetch.step = Step::Ready;
        let rows = answers.and_then(<[_]>::first).map_or(&[][..], Vec::as_slice);
        fetch.parts = rows
            .iter()
            .filter_map(|row| {
                let index = u32::from_be_bytes(*row.key.last_chunk()?);
                Some((index, part_hash(&row.value)))
            })
            .collect();
        true
    }

    /// A part that was asked for came, or the reason why there is none.
    pub(in crate::sync::client) fn on_part(&mut self, part: Part) {
        let now = self.clock.now();
        let Some(fetch) = self.media.fetches.now.as_mut() else {
            return;
        };
        if !matches!(fetch.step, Step::Asked(name) if name == part.name) {
            return;
        }
        self.link.answered(Awaited::GetPart);
        let held = match part.given {
            PartGiven::Bytes(PartBytes(bytes)) if bytes.len() <= SEALED_PART_BYTES_MAX => {
                fetch.step = Step::Storing;
                self.jobs.push(Job::Keep {
                    name: part.name,
                    bytes,
                });
                return;
            }
            PartGiven::Bytes(_) | PartGiven::NotEntitled => Held::Refused,
            PartGiven::NotHere => Held::Until(now.after(ASK_AGAIN)),
            PartGiven::Retry(WaitMs(wait_ms)) => {
                Held::Until(now.after(Duration::from_millis(u64::from(wait_ms))))
            }
        };
        self.media.held.insert(part.name.blob, held);
        self.media.fetches.now = None;
    }

    /// Stores a part that came; with the last one the blob is compared with what its document says of it.
    pub(in crate::sync::client) fn keep_part(
        &mut self,
        tx: &mut Transaction,
        name: PartName,
        bytes: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let PartName { doc, blob, index } = name;
        let mut media = self.media_in(tx, doc).row;
        let blobs = &mut media.blobs;
        let fetch = self.media.fetches.now.as_ref().filter(|fetch| fetch.blob == blob);
        let (Some(fetch), Some(row)) = (fetch, blobs.iter_mut().find(|row| row.blob == blob)) else {
            return Err(CommandError::Unknown);
        };
        let hash = part_hash(bytes);
        let mut parts = fetch.parts.clone();
        parts.insert(index, hash);
        let hashes: Vec<_> = (0..row.n_parts())
            .map_while(|index| parts.get(&index).copied())
            .collect();
        let is_done =
            hashes.len() == parts.len() && parts.len() == usize::try_from(row.n_parts()).unwrap_or(0);
        if is_done && blob_digest(&hashes) != row.digest {
            // Not what the author sealed: nothing of it is kept, and it is not asked for again at once.
            delete_parts(&mut tx.operations, row);
            self.media.held.insert(blob, Held::Refused);
            self.media.fetches.now = None;
            return Ok(());
        }
        tx.operations.push(put_part(blob, index, bytes.to_vec()));
        if is_done {
            row.is_here = true;
            row.is_safe = true;
            self.put_media(tx, doc, media, rng);
        }
        tx.media.fetched = Some((blob, index, hash, is_done));
        Ok(())
    }
}
