//! Photos and sounds on their way to the website: looked at first, and handed in before the publication that names them.
//!
//! ```text
//!  preview ──► bytes of what may be shown, fetched where they are not here ──► opened, stripped ──► known by hash
//!  intent  ──► the relay is asked what it has ──► part by part ──► all whole ──► the entry is made (see `intents`)
//! ```
//!
//! Nothing of it is stored here: the intent is, and all else follows from it and from what the relay has. A cut
//! connection costs a part, a killed tab no more than looking at the bytes once again.

use super::super::clock::Moment;
use super::super::link::Awaited;
use super::{BlobRow, parts_of};
use crate::id::{BlobId, DocumentId, MediaHash};
use crate::model::media::Part;
use crate::protocol::{
    AskMedia, ClientToRelay, MediaStates, MediumAnswer, MediumOutcome, PartRefusal, PutMedium, WaitMs,
};
use crate::publication::{
    MEDIUM_PART_BYTES, Plain, Plains, Publication, Shape, n_medium_parts, publishable_photo,
    publishable_sound,
};
use crate::storage::StoredRow;
use crate::sync::client::jobs::Job;
use crate::sync::client::{Client, LoadId};
use crate::view::{Intent, Sending, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Wait before a photo is handed in again whose document the relay does not know.
const UNKNOWN_WAIT: Duration = Duration::from_secs(20);

/// What is known of photos and sounds for the website.
#[derive(Debug, Default)]
pub(super) struct Online {
    /// What was found in blobs since the start.
    plains: Plains,
    /// Blobs that are to be looked at.
    wanted: BTreeSet<BlobId>,
    reading: Option<Reading>,
    /// Jobs that cannot go on before.
    waiting: Vec<Job>,
    /// Publications that are to be sent, by story.
    sends: BTreeMap<DocumentId, Send>,
    /// The story whose photos and sounds the relay is asked about.
    asked: Option<DocumentId>,
    /// The part that the relay owes an answer for.
    sent: Option<(DocumentId, MediaHash, u32)>,
}

/// A blob that is being read from the store.
#[derive(Debug)]
struct Reading {
    load: LoadId,
    blob: BlobId,
    /// Kept for the story that hands it in; else only looked at.
    for_story: Option<DocumentId>,
}

/// How far the photos and sounds of a publication are.
#[derive(Debug)]
enum Send {
    /// They are handed in.
    Uploading(Upload),
    /// The relay has these, whole.
    Ready(BTreeSet<MediaHash>),
    /// The relay does not take them.
    Refused,
}

#[derive(Debug)]
struct Upload {
    items: Vec<Item>,
    /// What the relay has; not known before it was asked.
    is_told: bool,
    /// The bytes that are handed in now.
    bytes: Option<(BlobId, Vec<u8>)>,
    not_before: Option<Moment>,
    /// Not on this connection.
    is_held: bool,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    blob: BlobId,
    plain: Plain,
    /// Parts that the relay has.
    n_parts: u32,
    is_whole: bool,
}

impl Online {
    pub(super) fn connection_lost(&mut self) {
        self.sends.clear();
        self.asked = None;
        self.sent = None;
        self.reading.take_if(|reading| reading.for_story.is_some());
    }

    /// Forgets what no document names any more.
    pub(super) fn retain(&mut self, known: &BTreeMap<BlobId, DocumentId>) {
        self.plains.retain(|blob, _| known.contains_key(blob));
        self.wanted.retain(|blob| known.contains_key(blob));
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        let uploads = self.sends.values().filter_map(Send::upload);
        uploads.filter_map(|upload| upload.not_before).min()
    }

    /// Whether nothing is under way.
    #[cfg(feature = "testing")]
    pub(super) fn is_idle(&self) -> bool {
        self.reading.is_none() && self.waiting.is_empty() && self.sends.is_empty()
    }
}

impl Send {
    fn upload(&self) -> Option<&Upload> {
        match self {
            Self::Uploading(upload) => Some(upload),
            Self::Ready(_) | Self::Refused => None,
        }
    }

    fn upload_mut(&mut self) -> Option<&mut Upload> {
        match self {
            Self::Uploading(upload) => Some(upload),
            Self::Ready(_) | Self::Refused => None,
        }
    }
}

impl Upload {
    fn next(&self) -> Option<Item> {
        self.items.iter().find(|item| !item.is_whole).copied()
    }

    fn item_mut(&mut self, hash: MediaHash) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.plain.hash == hash)
    }
}

/// What may happen to a publication's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sync::client) enum Uploaded {
    /// It can go: the relay has all that it names.
    All,
    /// Its photos and sounds go first.
    NotYet,
    /// They are refused for good.
    Never,
}

impl Client {
    /// What was found in blobs since the start.
    pub(in crate::sync::client) fn plains(&self) -> &Plains {
        &self.media.online.plains
    }

    /// Has blobs looked at before a job goes on. Returns whether all of them are on this device: else they are fetched
    /// first, which may take a connection.
    pub(in crate::sync::client) fn look_at(&mut self, blobs: &[BlobId], job: Option<Job>) -> bool {
        let is_here = |blob: &BlobId| self.media.blob(*blob).is_some_and(|(_, row)| row.is_here);
        let absent: Vec<_> = blobs.iter().filter(|blob| !is_here(blob)).copied().collect();
        let are_here = absent.is_empty();
        for blob in absent {
            self.media.held.remove(&blob);
            self.media.told.remove(&blob);
            self.media.fetches.want(blob);
        }
        self.media.online.wanted.extend(blobs);
        if are_here {
            self.media.online.waiting.extend(job);
        }
        self.advance_looking();
        are_here
    }

    /// Whether a publication of the story may be tried now.
    pub(in crate::sync::client) fn may_publish(&self, story: DocumentId) -> bool {
        let names_unseen = |blob: &BlobId| self.media.places.get(blob) == Some(&story);
        let is_looking = self.media.online.wanted.iter().any(names_unseen);
        let is_uploading = self
            .media
            .online
            .sends
            .get(&story)
            .and_then(Send::upload)
            .is_some();
        !is_looking && !is_uploading
    }

    /// Begins to hand in what a publication names, or says that the relay has it.
    pub(in crate::sync::client) fn upload(
        &mut self,
        story: DocumentId,
        publication: &Publication,
    ) -> Uploaded {
        let media: Vec<_> = publication.media().collect();
        let hashes: BTreeSet<_> = media.iter().map(|plain| plain.hash).collect();
        match self.media.online.sends.get(&story) {
            _ if media.is_empty() => return Uploaded::All,
            Some(Send::Ready(ready)) if *ready == hashes => return Uploaded::All,
            Some(Send::Refused) => return Uploaded::Never,
            Some(Send::Ready(_) | Send::Uploading(_)) | None => {}
        }
        let plains = &self.media.online.plains;
        let blobs: Vec<_> = self.media.of(story).map(|row| row.blob).collect();
        let blob_of = |plain: &Plain| {
            let is_it = |blob: &&BlobId| plains.get(blob) == Some(&Some(*plain));
            blobs.iter().find(is_it).copied()
        };
        let mut items: Vec<Item> = Vec::new();
        for plain in media {
            let is_known = items.iter().any(|item| item.plain.hash == plain.hash);
            if let Some(blob) = blob_of(&plain).filter(|_| !is_known) {
                items.push(Item {
                    blob,
                    plain,
                    n_parts: 0,
                    is_whole: false,
                });
            }
        }
        // Made of what was looked at.
        debug_assert_eq!(items.len(), hashes.len());
        let upload = Upload {
            items,
            is_told: false,
            bytes: None,
            not_before: None,
            is_held: false,
        };
        self.media.online.sends.insert(story, Send::Uploading(upload));
        self.told.touch(story);
        Uploaded::NotYet
    }

    /// Nothing of a publication of this story is under way any more.
    pub(in crate::sync::client) fn forget_upload(&mut self, story: DocumentId) {
        if self.media.online.sends.remove(&story).is_some() {
            self.told.touch(story);
        }
    }

    /// What the screen says of the photo or sound that is handed in.
    pub(in crate::sync::client) fn sending(&self, story: DocumentId) -> Option<Sending> {
        let upload = self.media.online.sends.get(&story)?.upload()?;
        let next = upload.next()?;
        let is_photo = |item: &Item| matches!(item.plain.shape, Shape::Photo { .. });
        let same = upload
            .items
            .iter()
            .filter(|item| is_photo(item) == is_photo(&next));
        let number = same.clone().take_while(|item| item.is_whole).count() + 1;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (number, total) = (count(number), count(same.count()));
        Some(if is_photo(&next) {
            Sending::Photo { number, total }
        } else {
            Sending::Sound { number, total }
        })
    }

    /// Looks at the next blob, and lets jobs go on that waited for the last.
    pub(in crate::sync::client) fn advance_looking(&mut self) {
        if self.media.online.reading.is_some() {
            return;
        }
        let places = &self.media.places;
        self.media.online.wanted.retain(|blob| places.contains_key(blob));
        let is_here = |blob: &&BlobId| self.media.blob(**blob).is_some_and(|(_, row)| row.is_here);
        match self.media.online.wanted.iter().find(is_here).copied() {
            Some(blob) => self.read_blob(blob, None),
            None => {
                for job in std::mem::take(&mut self.media.online.waiting) {
                    self.jobs.push(job);
                }
            }
        }
    }

    fn read_blob(&mut self, blob: BlobId, for_story: Option<DocumentId>) {
        let load = self.out.load(vec![parts_of(blob)]);
        self.media.online.reading = Some(Reading {
            load,
            blob,
            for_story,
        });
    }

    /// The parts of a blob were read. Returns whether they were asked for here.
    pub(in crate::sync::client) fn blob_read(
        &mut self,
        id: LoadId,
        answers: Option<&[Vec<StoredRow>]>,
    ) -> bool {
        let reading = self.media.online.reading.take_if(|reading| reading.load == id);
        let Some(Reading { blob, for_story, .. }) = reading else {
            return false;
        };
        let rows = answers.and_then(<[_]>::first).map_or(&[][..], Vec::as_slice);
        let known = self.media.blob(blob).map(|(doc, row)| (doc, row.clone()));
        let found = known.as_ref().and_then(|(_, row)| {
            let bytes = self.open_parts(blob, rows).ok()?;
            publishable(row, bytes)
        });
        if let Some((doc, _)) = known {
            self.told.touch(doc);
        }
        self.media.online.wanted.remove(&blob);
        let plain = found.as_ref().map(|(_, plain)| *plain);
        self.media.online.plains.insert(blob, plain);
        let upload = for_story
            .and_then(|story| self.media.online.sends.get_mut(&story))
            .and_then(Send::upload_mut);
        if let (Some(upload), Some((bytes, _))) = (upload, found) {
            upload.bytes = Some((blob, bytes));
        } else if let Some(story) = for_story {
            // What was previewed is not there any more: the publication is made anew, and is another.
            self.media.online.sends.remove(&story);
        }
        true
    }

    /// Hands in what publications wait for, one story after the other.
    pub(super) fn advance_online(&mut self) {
        let now = self.clock.now();
        let intents = &self.intents;
        self.media
            .online
            .sends
            .retain(|story, _| intents.view(*story) == Some(Intent::Publish));
        for upload in self.media.online.sends.values_mut().filter_map(Send::upload_mut) {
            upload.not_before.take_if(|not_before| *not_before <= now);
        }
        let uploads = self.media.online.sends.iter();
        let mut uploads = uploads.filter_map(|(story, send)| Some((*story, send.upload()?)));
        let next = uploads.find(|(_, upload)| !upload.is_held && upload.not_before.is_none());
        let Some((story, upload)) = next else { return };
        if self.media.online.asked.is_some() || self.media.online.sent.is_some() {
            return;
        }
        if !upload.is_told {
            let media = upload.items.iter().map(|item| item.plain.hash).collect();
            self.media.online.asked = Some(story);
            self.expect(Awaited::Media);
            self.send(&ClientToRelay::AskMedia(AskMedia { doc: story, media }));
            return;
        }
        let Some(item) = upload.next() else { return };
        match &upload.bytes {
            Some((blob, bytes)) if *blob == item.blob => {
                let put = part_of(story, item, bytes);
                self.media.online.sent = Some((story, put.hash, put.index));
                self.expect(Awaited::PutMedium);
                self.send(&ClientToRelay::PutMedium(put));
            }
            Some(_) | None if self.media.online.reading.is_some() => {}
            Some(_) | None => self.read_blob(item.blob, Some(story)),
        }
    }

    pub(in crate::sync::client) fn on_media(&mut self, states: &MediaStates) {
        // The answer to an earlier question says nothing new.
        let asked = self.media.online.asked.take_if(|asked| *asked == states.doc);
        if asked.is_none() {
            return;
        }
        self.link.answered(Awaited::Media);
        let send = self.media.online.sends.get_mut(&states.doc);
        let Some(upload) = send.and_then(Send::upload_mut) else {
            return;
        };
        upload.is_told = true;
        for state in &states.media {
            if let Some(item) = upload.item_mut(state.hash) {
                item.n_parts = state.n_parts;
                item.is_whole = state.is_whole;
            }
        }
        self.upload_went_on(states.doc);
    }

    pub(in crate::sync::client) fn on_medium_answer(&mut self, answer: &MediumAnswer) {
        // One that comes again, or late, says nothing new.
        let answered = (answer.doc, answer.hash, answer.index);
        let sent = self.media.online.sent.take_if(|sent| *sent == answered);
        if sent.is_none() {
            return;
        }
        self.link.answered(Awaited::PutMedium);
        let send = self.media.online.sends.get_mut(&answer.doc);
        let Some(upload) = send.and_then(Send::upload_mut) else {
            return;
        };
        let Some(item) = upload.item_mut(answer.hash) else {
            return;
        };
        match answer.outcome {
            MediumOutcome::Stored => item.n_parts = item.n_parts.max(answer.index + 1),
            MediumOutcome::Whole => {
                item.is_whole = true;
                upload.bytes = None;
                self.upload_went_on(answer.doc);
            }
            MediumOutcome::Refused(refusal) => return self.medium_refused(answer.doc, refusal),
        }
        if self.link.trouble == Some(Trouble::RelayUnable) {
            self.link.trouble = None;
        }
    }

    /// With the last photo or sound the publication can go.
    fn upload_went_on(&mut self, story: DocumentId) {
        let upload = self.media.online.sends.get(&story).and_then(Send::upload);
        if let Some(upload) = upload.filter(|upload| upload.next().is_none()) {
            let hashes = upload.items.iter().map(|item| item.plain.hash).collect();
            self.media.online.sends.insert(story, Send::Ready(hashes));
        }
        self.told.touch(story);
    }

    fn medium_refused(&mut self, story: DocumentId, refusal: PartRefusal) {
        let now = self.clock.now();
        let send = self.media.online.sends.get_mut(&story);
        let Some(upload) = send.and_then(Send::upload_mut) else {
            return;
        };
        match refusal {
            PartRefusal::Retry(WaitMs(wait_ms)) => {
                upload.not_before = Some(now.after(Duration::from_millis(u64::from(wait_ms))));
                self.link.trouble = Some(Trouble::RelayUnable);
            }
            PartRefusal::UnknownDocument => upload.not_before = Some(now.after(UNKNOWN_WAIT)),
            // It was deleted, or somebody else's part came between.
            PartRefusal::OtherBytes => upload.is_told = false,
            PartRefusal::OverQuota => {
                upload.is_held = true;
                self.link.trouble = Some(Trouble::OverQuota);
            }
            PartRefusal::Gone
            | PartRefusal::NotMember
            | PartRefusal::NotEntitled
            | PartRefusal::TooLarge
            | PartRefusal::Malformed => {
                self.media.online.sends.insert(story, Send::Refused);
            }
        }
        self.told.touch(story);
    }
}

/// The next part of a photo or a sound. Where the relay has all and has not looked at it, the last one again.
fn part_of(story: DocumentId, item: Item, bytes: &[u8]) -> PutMedium {
    let size = item.plain.size;
    let index = item.n_parts.min(n_medium_parts(size).saturating_sub(1));
    let mut parts = bytes.chunks(MEDIUM_PART_BYTES);
    let part = parts.nth(usize::try_from(index).unwrap_or(usize::MAX));
    PutMedium {
        doc: story,
        hash: item.plain.hash,
        size,
        index,
        bytes: part.unwrap_or_default().to_vec(),
    }
}

/// Returns the bytes of a blob as a website may have them, and what they are.
fn publishable(row: &BlobRow, bytes: Vec<u8>) -> Option<(Vec<u8>, Plain)> {
    match row.part {
        Part::Full => publishable_photo(&bytes),
        Part::Sound(_) => {
            let plain = publishable_sound(&bytes)?;
            Some((bytes, plain))
        }
        Part::Thumbnail | Part::Reading => None,
    }
}
