//! What is removed: the relay is told to drop it, too.
//!
//! ```text
//!  removed here ──► noted with the document ──► its text is through ──► asked ──► dropped ──► stored as done
//! ```
//!
//! Not before the relay has the removal: a blob that a document still names stays. Who removed a photo or a recording
//! asks, and so does who made it, should the other's phone be lost.

use super::super::clock::Moment;
use super::super::link::Awaited;
use crate::id::{BlobId, DocumentId};
use crate::protocol::{BLOBS_ASKED_MAX, BlobsDropped, ClientToRelay, DropBlobs, PartRefusal, WaitMs};
use crate::sync::client::Client;
use std::collections::BTreeMap;
use std::time::Duration;

/// Wait before the relay is asked again that does not know the document.
const UNKNOWN_WAIT: Duration = Duration::from_secs(20);

/// Blobs that the relay is to drop.
#[derive(Debug, Default)]
pub(super) struct Dropping {
    removed: BTreeMap<DocumentId, Vec<BlobId>>,
    /// What the relay owes an answer for.
    asked: Option<(DocumentId, Vec<BlobId>)>,
    /// Of these the relay keeps nothing any more; that is not stored yet.
    dropped: BTreeMap<BlobId, DocumentId>,
    /// Documents whose blobs the relay does not drop now.
    held: BTreeMap<DocumentId, Option<Moment>>,
}

impl Dropping {
    pub(super) fn set(&mut self, doc: DocumentId, removed: &[BlobId]) {
        self.dropped
            .retain(|blob, of| *of != doc || removed.contains(blob));
        if removed.is_empty() {
            self.removed.remove(&doc);
        } else {
            self.removed.insert(doc, removed.to_vec());
        }
    }

    pub(super) fn connection_lost(&mut self) {
        self.asked = None;
        self.held.clear();
    }

    /// Documents of which it is to be stored that blobs were dropped.
    pub(super) fn dropped(&self) -> impl Iterator<Item = DocumentId> {
        self.dropped.values().copied()
    }

    pub(super) fn is_dropped(&self, blob: BlobId) -> bool {
        self.dropped.contains_key(&blob)
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.held.values().copied().flatten().min()
    }

    /// Whether nothing is left to ask.
    #[cfg(feature = "testing")]
    pub(super) fn is_idle(&self) -> bool {
        self.asked.is_none() && self.removed.keys().all(|doc| self.held.get(doc) == Some(&None))
    }
}

impl Client {
    /// Asks the relay to drop what was removed of one document.
    pub(super) fn advance_dropping(&mut self) {
        let now = self.clock.now();
        let dropping = &mut self.media.dropping;
        dropping
            .held
            .retain(|_, until| until.is_none_or(|until| until > now));
        if dropping.asked.is_some() {
            return;
        }
        let dropping = &self.media.dropping;
        let mut documents = dropping.removed.iter().filter_map(|(doc, blobs)| {
            let left = blobs.iter().filter(|blob| !dropping.is_dropped(**blob));
            let blobs: Vec<_> = left.take(BLOBS_ASKED_MAX).copied().collect();
            let may_ask = !blobs.is_empty() && !dropping.held.contains_key(doc);
            (may_ask && self.may_send_blobs_of(*doc)).then_some((*doc, blobs))
        });
        let Some((doc, blobs)) = documents.next() else {
            return;
        };
        self.expect(Awaited::DropBlobs);
        self.send(&ClientToRelay::DropBlobs(DropBlobs {
            doc,
            blobs: blobs.clone(),
        }));
        self.media.dropping.asked = Some((doc, blobs));
    }

    pub(in crate::sync::client) fn on_blobs_dropped(&mut self, answer: &BlobsDropped) {
        let asked = self.media.dropping.asked.take_if(|(doc, blobs)| {
            // One that comes again, or late, says nothing new.
            *doc == answer.doc && *blobs == answer.blobs
        });
        let Some((doc, blobs)) = asked else { return };
        self.link.answered(Awaited::DropBlobs);
        let now = self.clock.now();
        let dropping = &mut self.media.dropping;
        match answer.refusal {
            // With its document all of it goes.
            None | Some(PartRefusal::Gone) => {
                // The document may have been erased here meanwhile.
                let noted = dropping.removed.get(&doc).map_or(&[][..], Vec::as_slice);
                let dropped = blobs.into_iter().filter(|blob| noted.contains(blob));
                dropping.dropped.extend(dropped.map(|blob| (blob, doc)));
            }
            Some(PartRefusal::Retry(WaitMs(wait_ms))) => {
                let wait = Duration::from_millis(u64::from(wait_ms));
                dropping.held.insert(doc, Some(now.after(wait)));
            }
            Some(PartRefusal::UnknownDocument) => {
                dropping.held.insert(doc, Some(now.after(UNKNOWN_WAIT)));
            }
            // Not on this connection: rights may change.
            Some(
                PartRefusal::NotMember
                | PartRefusal::NotEntitled
                | PartRefusal::OverQuota
                | PartRefusal::TooLarge
                | PartRefusal::OtherBytes
                | PartRefusal::Malformed,
            ) => drop(dropping.held.insert(doc, None)),
        }
    }
}
