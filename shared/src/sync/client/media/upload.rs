//! Sending blobs: one part at a time, from the first that the relay lacks.
//!
//! ```text
//!  ask which parts are there ──► load the first missing ──► send ──► answered ──► … ──► all there: stored as safe
//! ```
//!
//! A cut connection costs the part that was under way. The parts of a blob go only once its document has no entry
//! without a receipt: whoever is told of a photo can read what it belongs to (C2).

use super::super::clock::Moment;
use super::super::link::Awaited;
use super::{Held, part_key};
use crate::crypto::part_hash;
use crate::id::{BlobId, DocumentId};
use crate::model::media::Part;
use crate::protocol::{ClientToRelay, PartAnswer, PartName, PartOutcome, PartRefusal, PutPart, WaitMs};
use crate::storage::{Query, StoreFailure, StoredRow, Table};
use crate::sync::bug::Bug;
use crate::sync::client::{Client, LoadId};
use crate::view::Trouble;
use std::time::Duration;

/// Wait before a part is sent again whose document the relay does not know.
const UNKNOWN_WAIT: Duration = Duration::from_secs(20);

/// The part that is under way.
#[derive(Debug, Default)]
pub(super) struct Upload {
    /// Being read from the store.
    loading: Option<(LoadId, PartName)>,
    /// Handed to the connection, without an answer.
    sent: Option<PartName>,
    /// The blob that the screen was told of: it is not drawn anew for every part.
    shown: Option<BlobId>,
}

impl Upload {
    pub(super) fn connection_lost(&mut self) {
        *self = Self::default();
    }

    /// Whether a part of one of these blobs is under way.
    pub(super) fn is_sending(&self, blob: BlobId) -> bool {
        let loading = self.loading.as_ref().map(|(_, name)| name);
        loading
            .into_iter()
            .chain(&self.sent)
            .any(|name| name.blob == blob)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.loading.is_none() && self.sent.is_none()
    }
}

impl Client {
    /// Whether the blobs of a document may go: all of its text has its receipt.
    pub(super) fn may_send_blobs_of(&self, doc: DocumentId) -> bool {
        let is_shared = self.documents.head(doc).is_some_and(|head| !head.keys.is_empty());
        is_shared && !self.outbox.holds(doc)
    }

    /// Reads the next part from the store.
    pub(super) fn advance_upload(&mut self) {
        if !self.media.upload.is_idle() {
            return;
        }
        let Some(name) = self.next_part() else {
            return;
        };
        let query = Query::Get {
            table: Table::Parts,
            key: part_key(name.blob, name.index),
        };
        let id = self.out.load(vec![query]);
        self.media.upload.loading = Some((id, name));
        if self.media.upload.shown != Some(name.blob) {
            self.media.upload.shown = Some(name.blob);
            self.told.touch(name.doc);
        }
    }

    /// The next part that the relay lacks: small pictures first, as others fetch them first.
    fn next_part(&self) -> Option<PartName> {
        let sendable = self.media.unsent_blobs().filter(|(doc, row)| {
            !self.media.is_held(row.blob)
                && !self.media.complete.contains_key(&row.blob)
                && self.may_send_blobs_of(*doc)
        });
        let missing = sendable.filter_map(|(doc, row)| {
            let told = self.media.told.get(&row.blob)?;
            let index = (0..row.n_parts()).find(|index| !told.stored.contains(index))?;
            let name = PartName {
                doc,
                blob: row.blob,
                index,
            };
            Some((row.part != Part::Thumbnail, name))
        });
        missing.min().map(|(_, name)| name)
    }

    /// Sends what was read. Returns whether it was asked for here.
    pub(in crate::sync::client) fn part_read(
        &mut self,
        id: LoadId,
        answers: Option<&[Vec<StoredRow>]>,
    ) -> bool {
        let Some((_, name)) = self.media.upload.loading.take_if(|(loading, _)| *loading == id) else {
            return false;
        };
        let Some(answers) = answers else {
            self.store_failed(StoreFailure::Failed);
            self.media.held.insert(name.blob, Held::Refused);
            return true;
        };
        let n_parts = self.media.blob(name.blob).map(|(_, row)| row.n_parts());
        let part = answers.first().and_then(|rows| rows.first());
        let (Some(part), Some(n_parts)) = (part, n_parts) else {
            // Removed meanwhile, or the browser lost it: there is nothing to send.
            self.media.held.insert(name.blob, Held::Refused);
            return true;
        };
        if !self.link.is_online() {
            return true;
        }
        let put = PutPart {
            doc: name.doc,
            blob: name.blob,
            index: name.index,
            is_last: name.index + 1 == n_parts,
            hash: part_hash(&part.value),
            bytes: part.value.clone(),
        };
        self.media.upload.sent = Some(name);
        self.expect(Awaited::PutPart);
        self.send(&ClientToRelay::PutPart(put));
        if self.bugs.has(Bug::PartTakenForStored) {
            self.part_is_there(name);
        }
        true
    }

    pub(in crate::sync::client) fn on_part_answer(&mut self, answer: &PartAnswer) {
        // One that comes again, or late, says nothing new.
        if self
            .media
            .upload
            .sent
            .take_if(|sent| *sent == answer.name)
            .is_none()
        {
            return;
        }
        self.link.answered(Awaited::PutPart);
        match answer.outcome {
            PartOutcome::Stored | PartOutcome::Have => self.part_is_there(answer.name),
            PartOutcome::Refused(refusal) => self.part_refused(answer.name, refusal),
        }
    }

    fn part_is_there(&mut self, name: PartName) {
        if self.link.trouble == Some(Trouble::RelayUnable) {
            self.link.trouble = None;
        }
        let Some((_, row)) = self.media.blob(name.blob) else {
            return;
        };
        let n_parts = row.n_parts();
        let Some(told) = self.media.told.get_mut(&name.blob) else {
            return;
        };
        told.stored.insert(name.index);
        if (0..n_parts).all(|index| told.stored.contains(&index)) {
            told.is_complete = true;
            self.media.complete.insert(name.blob, name.doc);
        }
    }

    /// A part that is refused holds back its blob and nothing else.
    fn part_refused(&mut self, name: PartName, refusal: PartRefusal) {
        let until = |now: Moment, wait: Duration| Held::Until(now.after(wait));
        let now = self.clock.now();
        let (held, trouble) = match refusal {
            PartRefusal::Retry(WaitMs(wait_ms)) => {
                let wait = Duration::from_millis(u64::from(wait_ms));
                (until(now, wait), Some(Trouble::RelayUnable))
            }
            PartRefusal::UnknownDocument => (until(now, UNKNOWN_WAIT), None),
            PartRefusal::OverQuota => (Held::Refused, Some(Trouble::OverQuota)),
            PartRefusal::TooLarge => (Held::Refused, Some(Trouble::TooLarge)),
            PartRefusal::Gone
            | PartRefusal::NotMember
            | PartRefusal::NotEntitled
            | PartRefusal::OtherBytes
            | PartRefusal::Malformed => (Held::Refused, None),
        };
        self.link.trouble = trouble.or(self.link.trouble);
        self.media.held.insert(name.blob, held);
        self.media.upload.shown = None;
        self.told.touch(name.doc);
    }
}
