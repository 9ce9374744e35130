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

/// A part that is looked up or stored, and who waits for the answer.
#[derive(Debug)]
pub(super) struct Handed {
    session: SessionId,
    network: NetworkId,
    /// Who hands it in: she pays for it.
    member: MemberId,
    coordinates: bool,
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

/// Blobs that are to be dropped, and who waits for the answer.
#[derive(Debug)]
pub(super) struct Dropping {
    session: SessionId,
    network: NetworkId,
    member: MemberId,
    coordinates: bool,
    doc: DocumentId,
    blobs: Vec<BlobId>,
}

impl Relay {
    /// Looks up what a part must fit to.
    pub(super) fn put_part(&mut self, session: SessionId, part: PutPart) {
        let name = part.name();
        let Some(follower) = self.follower(session) else {
            return;
        };
        let (id, device) = (follower.network, follower.device);
        let Some(network) = self.network(id) else {
            return;
        };
        let authority = network.state.authority(device, Seq(network.head.0 + 1));
        let len = part.bytes.len();
        let refusal = match authority {
            None => Some(PartRefusal::NotMember),
            Some(authority) if authority.role == Role::Observer => Some(PartRefusal::NotEntitled),
            Some(_) if len > SEALED_PART_BYTES_MAX || part.index >= PARTS_MAX => Some(PartRefusal::TooLarge),
            Some(_) if part_hash(&part.bytes) != part.hash => Some(PartRefusal::Malformed),
            Some(_) if self.queued_bytes + len > QUEUED_BYTES_MAX => Some(PartRefusal::Retry(RETRY_MS)),
            Some(_) => None,
        };
        let Some(authority) = authority.filter(|_| refusal.is_none()) else {
            let refusal = refusal.unwrap_or(PartRefusal::NotMember);
            return self.answer_part(session, name, PartOutcome::Refused(refusal));
        };
        self.queued_bytes += len;
        let query = RelayQuery::JudgePart {
            network: id,
            part: name,
            is_last: part.is_last,
            member: authority.member,
        };
        let handed = Handed {
            session,
            network: id,
            member: authority.member,
            coordinates: authority.role.coordinates(),
            part,
        };
        self.load(LoadFor::JudgePart(Box::new(handed)), query);
    }

    /// Judges a part, and stores it.
    pub(super) fn part_known(&mut self, handed: Handed, known: Option<&KnownPart>) {
        let (session, network, name) = (handed.session, handed.network, handed.part.name());
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
                member: handed.member,
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
        if self.is_erased(handed.network, doc, known.document.as_ref()) {
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
        // S11: as of every entry of the document.
        let is_author = document.author == handed.member;
        if !document.coll.may_write(is_author, handed.coordinates) {
            return refused(PartRefusal::NotEntitled);
        }
        let Some(network) = self.network(handed.network) else {
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
        let Some(follower) = self.follower(session) else {
            return;
        };
        let (id, device) = (follower.network, follower.device);
        let Some(network) = self.network(id) else {
            return;
        };
        let DropBlobs { doc, blobs } = request;
        let authority = network.state.authority(device, Seq(network.head.0 + 1));
        let refusal = match authority {
            None => Some(PartRefusal::NotMember),
            Some(authority) if authority.role == Role::Observer => Some(PartRefusal::NotEntitled),
            Some(_) => None,
        };
        let Some(authority) = authority.filter(|_| refusal.is_none()) else {
            return self.answer_drop(session, doc, blobs, refusal);
        };
        let query = RelayQuery::Judge {
            network: id,
            ids: Vec::new(),
            docs: vec![doc],
            covered: Vec::new(),
            whole: Vec::new(),
            members: Vec::new(),
            media: Vec::new(),
        };
        let dropping = Dropping {
            session,
            network: id,
            member: authority.member,
            coordinates: authority.role.coordinates(),
            doc,
            blobs,
        };
        self.load(LoadFor::DropBlobs(dropping), query);
    }

    /// S11: as of every entry of the document.
    pub(super) fn judge_drop(&mut self, dropping: Dropping, known: Option<&Known>) {
        let (network, doc) = (dropping.network, dropping.doc);
        let document = known.and_then(|known| known.documents.get(&doc));
        let may_write = |document: &DocumentRow| {
            let is_author = document.author == dropping.member;
            document.coll.may_write(is_author, dropping.coordinates)
        };
        let refusal = match document {
            _ if known.is_none() => Some(PartRefusal::Retry(RETRY_MS)),
            _ if self.is_erased(network, doc, document) => Some(PartRefusal::Gone),
            None => Some(PartRefusal::UnknownDocument),
            Some(document) if !may_write(document) => Some(PartRefusal::NotEntitled),
            Some(_) => None,
        };
        if refusal.is_some() {
            return self.answer_drop(dropping.session, doc, dropping.blobs, refusal);
        }
        let operation = RelayOperation::DropParts {
            network,
            doc,
            blobs: dropping.blobs.clone(),
        };
        self.store(StoreFor::DropParts(dropping), vec![operation]);
    }

    pub(super) fn parts_dropped(&mut self, dropping: Dropping, outcome: Result<(), RelayFailure>) {
        let refusal = outcome.err().map(|failure| {
            let network = dropping.network;
            self.event(Event::StoreFailed { network, failure });
            PartRefusal::Retry(RETRY_MS)
        });
        self.answer_drop(dropping.session, dropping.doc, dropping.blobs, refusal);
        self.unload_if_idle(dropping.network);
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
