//! Sealed parts of photos and sounds: taken in, told of, handed out (S12).
//!
//! ```text
//! PutPart   ──► Load JudgePart ──► judged ──► Store ──► Stored ──► answer (S5)
//! DropBlobs ──► Load Judge ──► judged ──► Store ──► answer
//! ```
//!
//! Parts do not wait in the queue of their network's log, and nothing of the log waits for them. A part is judged by
//! the document that is stored, so a device sends it only once its text has its receipt.

use crate::crypto::{SEALED_PART_BYTES_MAX, part_hash};
use crate::entry::GroupId;
use crate::id::{BlobId, DocumentId, MemberId, NetworkId, Seq};
use crate::membership::Role;
use crate::protocol::{
    AskBlobs, BLOBS_ASKED_MAX, BlobState, Blobs, BlobsDropped, DropBlobs, PAGE_BYTES, PARTS_MAX, PartAnswer,
    PartBytes, PartGiven, PartName, PartOutcome, PartRefusal, PutPart, RelayToClient, SessionRefusal,
};
use crate::storage::{
    DocumentRow, FoundPart, Known, KnownPart, NewPart, RelayFailure, RelayOperation, RelayQuery, StoredPart,
};
use crate::sync::bug::Bug;
use crate::sync::relay::pages::groups;
use crate::sync::relay::{
    Event, LoadFor, QUEUED_BYTES_MAX, RECONNECT_MS, RETRY_MS, Relay, SessionId, StoreFor,
};

/// Who says something of a document's blobs, and waits for the answer.
#[derive(Clone, Copy, Debug)]
struct Writer {
    session: SessionId,
    network: NetworkId,
    member: MemberId,
    coordinates: bool,
}

/// A part that is looked up. Who hands it in pays for it.
#[derive(Debug)]
pub(super) struct Handed {
    writer: Writer,
    part: PutPart,
}

/// A part that is being stored.
#[derive(Debug)]
pub(super) struct Stored {
    session: SessionId,
    network: NetworkId,
    name: PartName,
    len: usize,
}

/// Blobs that are to be dropped.
#[derive(Debug)]
pub(super) struct Dropping {
    writer: Writer,
    doc: DocumentId,
    blobs: Vec<BlobId>,
}

impl Writer {
    /// S11: as of every entry of the document.
    fn may_write(self, document: &DocumentRow) -> bool {
        let is_author = document.author == self.member;
        document.coll.may_write(is_author, self.coordinates)
    }
}

impl Relay {
    /// Looks up what a part must fit to.
    pub(super) fn put_part(&mut self, session: SessionId, part: PutPart) {
        let name = part.name();
        let Some(writer) = self.writer(session) else {
            return;
        };
        let len = part.bytes.len();
        let is_too_large = len > SEALED_PART_BYTES_MAX || part.index >= PARTS_MAX;
        let writer = match writer {
            Ok(_) if is_too_large => Err(PartRefusal::TooLarge),
            Ok(_) if part_hash(&part.bytes) != part.hash => Err(PartRefusal::Malformed),
            Ok(_) if self.queued_bytes + len > QUEUED_BYTES_MAX => Err(PartRefusal::Retry(RETRY_MS)),
            Ok(_) | Err(_) => writer,
        };
        let writer = match writer {
            Ok(writer) => writer,
            Err(refusal) => return self.answer_part(session, name, PartOutcome::Refused(refusal)),
        };
        self.queued_bytes += len;
        let query = RelayQuery::JudgePart {
            network: writer.network,
            part: name,
            is_last: part.is_last,
            member: writer.member,
        };
        let handed = Handed { writer, part };
        self.load(LoadFor::JudgePart(Box::new(handed)), query);
    }

    /// Who speaks, or why she has nothing to say; `None` once her connection is over.
    fn writer(&self, session: SessionId) -> Option<Result<Writer, PartRefusal>> {
        let follower = self.follower(session)?;
        let network = self.network(follower.network)?;
        let next = Seq(network.head.0 + 1);
        Some(match network.state.authority(follower.device, next) {
            None => Err(PartRefusal::NotMember),
            Some(authority) if authority.role == Role::Observer => Err(PartRefusal::NotEntitled),
            Some(authority) => Ok(Writer {
                session,
                network: follower.network,
                member: authority.member,
                coordinates: authority.role.coordinates(),
            }),
        })
    }

    /// Judges a part, and stores it.
    pub(super) fn part_known(&mut self, handed: Handed, known: Option<&KnownPart>) {
        let (writer, name) = (handed.writer, handed.part.name());
        let Writer { session, network, .. } = writer;
        let len = handed.part.bytes.len();
        let outcome = match known {
            Some(known) => self.judge_part(&handed, known),
            None => Some(PartOutcome::Refused(PartRefusal::Retry(RETRY_MS))),
        };
        if let Some(outcome) = outcome {
            self.queued_bytes -= len;
            return self.answer_part(session, name, outcome);
        }
        let operation = RelayOperation::PutPart {
            network,
            part: NewPart {
                name,
                is_last: handed.part.is_last,
                hash: handed.part.hash,
                member: writer.member,
                bytes: handed.part.bytes,
            },
        };
        let stored = Stored {
            session,
            network,
            name,
            len,
        };
        self.store(StoreFor::Part(stored), vec![operation]);
        if self.config.bugs.has(Bug::PartBeforeCommit) {
            self.answer_part(session, name, PartOutcome::Stored);
        }
    }

    /// Returns the answer to a part that is not to be stored. In the order of every refusal: what is stored already
    /// is said so first.
    fn judge_part(&self, handed: &Handed, known: &KnownPart) -> Option<PartOutcome> {
        let refused = |refusal| Some(PartOutcome::Refused(refusal));
        // What is about to go is not there any more.
        let doc = handed.part.name().doc;
        if self.is_erased(handed.writer.network, doc, known.document.as_ref()) {
            return refused(PartRefusal::Gone);
        }
        match known.stored {
            StoredPart::Here(hash) if hash == handed.part.hash => return Some(PartOutcome::Have),
            StoredPart::Here(_) | StoredPart::Unfitting => return refused(PartRefusal::OtherBytes),
            StoredPart::Gone => return refused(PartRefusal::Gone),
            StoredPart::Free => {}
        }
        let Some(document) = &known.document else {
            return refused(PartRefusal::UnknownDocument);
        };
        if !handed.writer.may_write(document) {
            return refused(PartRefusal::NotEntitled);
        }
        let Some(network) = self.network(handed.writer.network) else {
            return refused(PartRefusal::Retry(RETRY_MS));
        };
        let len = u64::try_from(handed.part.bytes.len()).unwrap_or(u64::MAX);
        if known.bytes_used.saturating_add(len) > network.state.policy().member_bytes_max {
            return refused(PartRefusal::OverQuota);
        }
        None
    }

    pub(super) fn part_stored(&mut self, stored: &Stored, outcome: Result<(), RelayFailure>) {
        self.queued_bytes -= stored.len;
        let answer = match outcome {
            Ok(()) => PartOutcome::Stored,
            // Somebody else's part came between: the next try is judged by that.
            Err(RelayFailure::Outdated) => PartOutcome::Refused(PartRefusal::Retry(RECONNECT_MS)),
            Err(failure @ (RelayFailure::Full | RelayFailure::Failed)) => {
                self.event(Event::StoreFailed {
                    network: stored.network,
                    failure,
                });
                PartOutcome::Refused(PartRefusal::Retry(RETRY_MS))
            }
        };
        if !self.config.bugs.has(Bug::PartBeforeCommit) {
            self.answer_part(stored.session, stored.name, answer);
        }
        self.unload_if_idle(stored.network);
    }

    /// Looks up whose the blobs are that are to be dropped.
    pub(super) fn drop_blobs(&mut self, session: SessionId, request: DropBlobs) {
        if request.blobs.len() > BLOBS_ASKED_MAX {
            return self.refuse(session, SessionRefusal::TooLarge);
        }
        let Some(writer) = self.writer(session) else {
            return;
        };
        let DropBlobs { doc, blobs } = request;
        match writer {
            Ok(writer) => {
                let query = RelayQuery::of_document(writer.network, doc);
                self.load(LoadFor::DropBlobs(Dropping { writer, doc, blobs }), query);
            }
            Err(refusal) => self.answer_drop(session, doc, blobs, Some(refusal)),
        }
    }

    pub(super) fn judge_drop(&mut self, dropping: Dropping, known: Option<&Known>) {
        let (writer, doc) = (dropping.writer, dropping.doc);
        let Writer { session, network, .. } = writer;
        let document = known.and_then(|known| known.documents.get(&doc));
        let refusal = match document {
            _ if known.is_none() => Some(PartRefusal::Retry(RETRY_MS)),
            _ if self.is_erased(network, doc, document) => Some(PartRefusal::Gone),
            None => Some(PartRefusal::UnknownDocument),
            Some(document) if !writer.may_write(document) => Some(PartRefusal::NotEntitled),
            Some(_) => None,
        };
        if refusal.is_some() {
            return self.answer_drop(session, doc, dropping.blobs, refusal);
        }
        let operation = RelayOperation::DropParts {
            network,
            doc,
            blobs: dropping.blobs.clone(),
        };
        self.store(StoreFor::DropParts(dropping), vec![operation]);
    }

    pub(super) fn parts_dropped(&mut self, dropping: Dropping, outcome: Result<(), RelayFailure>) {
        let Writer { session, network, .. } = dropping.writer;
        let refusal = outcome.err().map(|failure| {
            self.event(Event::StoreFailed { network, failure });
            PartRefusal::Retry(RETRY_MS)
        });
        self.answer_drop(session, dropping.doc, dropping.blobs, refusal);
        self.unload_if_idle(network);
    }

    fn answer_drop(
        &mut self,
        session: SessionId,
        doc: DocumentId,
        blobs: Vec<BlobId>,
        refusal: Option<PartRefusal>,
    ) {
        self.answered_request(session);
        let dropped = BlobsDropped { doc, blobs, refusal };
        self.send(session, &RelayToClient::BlobsDropped(dropped));
    }

    pub(super) fn ask_blobs(&mut self, session: SessionId, request: AskBlobs) {
        if request.blobs.len() > BLOBS_ASKED_MAX {
            return self.refuse(session, SessionRefusal::TooLarge);
        }
        let Some((network, groups)) = self.reader_of(session) else {
            return;
        };
        let query = RelayQuery::Blobs {
            network,
            groups,
            blobs: request.blobs,
        };
        self.load(LoadFor::Blobs(session), query);
    }

    pub(super) fn blobs_known(&mut self, session: SessionId, blobs: Vec<BlobState>) {
        self.answered_request(session);
        self.send(session, &RelayToClient::Blobs(Blobs { blobs }));
    }

    pub(super) fn get_part(&mut self, session: SessionId, name: PartName) {
        let Some((network, groups)) = self.reader_of(session) else {
            return;
        };
        // S7: a session's queue holds one page, whatever is in it.
        let queued = self.sessions.get(&session).map_or(0, |open| open.queued_bytes);
        if queued + SEALED_PART_BYTES_MAX > PAGE_BYTES {
            return self.give_part(session, name, PartGiven::Retry(RECONNECT_MS));
        }
        let query = RelayQuery::Part {
            network,
            groups,
            part: name,
        };
        self.load(LoadFor::Part(session, name), query);
    }

    pub(super) fn part_found(&mut self, session: SessionId, name: PartName, found: FoundPart) {
        let given = match found {
            FoundPart::Bytes(bytes) => PartGiven::Bytes(PartBytes(bytes)),
            FoundPart::NotHere => PartGiven::NotHere,
            FoundPart::NotReadable => PartGiven::NotEntitled,
        };
        self.give_part(session, name, given);
    }

    fn give_part(&mut self, session: SessionId, name: PartName, given: PartGiven) {
        self.answered_request(session);
        let answer = RelayToClient::Part(crate::protocol::Part { name, given });
        self.send(session, &answer);
    }

    fn answer_part(&mut self, session: SessionId, name: PartName, outcome: PartOutcome) {
        self.answered_request(session);
        self.send(session, &RelayToClient::PartAnswer(PartAnswer { name, outcome }));
    }

    /// The network of a device, and what it may read of it now.
    fn reader_of(&self, session: SessionId) -> Option<(NetworkId, Vec<GroupId>)> {
        let follower = self.follower(session)?;
        let network = self.network(follower.network)?;
        Some((follower.network, groups(&network.state, follower.device)))
    }
}
