//! Photos and sounds for the website: plain bytes, kept while a living publication names them (P3, W5).
//!
//! ```text
//! PutMedium ──► Load JudgeMedium ──► Store ──► answer
//!                    the last part ──► Load WholeMedium ──► looked at ──► Store that it is good ──► answer
//!
//! publication, withdrawal ──► stored ──► the document's other photos and sounds are deleted
//! nothing for an hour     ──► those that no living publication names are deleted
//! a consent has ended     ──► so are those that may not be shown any more; of a page that may not, the entry first
//! ```
//!
//! While something is deleted no entry of its network is judged: a publication is accepted only for what stays.

use crate::command::{PHOTO_BYTES_MAX, SOUND_BYTES_MAX};
use crate::entry::Entry;
use crate::id::{DocumentId, MediaHash, MemberId, NetworkId, Seq};
use crate::protocol::{
    AskMedia, MEDIA_ASKED_MAX, MediaStates, MediumAnswer, MediumOutcome, MediumState, PartRefusal, PutMedium,
    RelayToClient, SessionRefusal,
};
use crate::publication::{MEDIUM_PART_BYTES, Plain, Publication, Shape, n_medium_parts};
use crate::storage::{
    DocumentRow, Known, KnownMedium, NewMediumPart, RelayFailure, RelayOperation, RelayQuery, StoredMedium,
    WholeMedium,
};
use crate::sync::relay::session::earlier;
use crate::sync::relay::{Event, LoadFor, QUEUED_BYTES_MAX, RETRY_MS, Relay, SessionId, StoreFor};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long photos and sounds rest that no publication names: a connection that was lost comes back in this time, and
/// what was uploaded for a publication that nobody sends does not stay.
const UNNAMED_MAX: Duration = Duration::from_hours(1);

/// Wait before something is deleted that cannot be now.
const SWEEP_WAIT: Duration = Duration::from_mins(1);

/// What the machine remembers of photos and sounds.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// When the photos and sounds of documents are looked at: of some that were handed in and that no publication named
    /// since, and of some that may not be shown any more.
    unnamed: BTreeMap<(NetworkId, DocumentId), Timestamp>,
    /// Documents that were erased since the start: what was looked up before then does not bring them back.
    erased: BTreeSet<(NetworkId, DocumentId)>,
    /// Networks of which some are being deleted, or are about to be.
    dropping: BTreeMap<NetworkId, BTreeSet<DocumentId>>,
}

/// Which part was handed in, and who waits for the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    session: SessionId,
    network: NetworkId,
    doc: DocumentId,
    hash: MediaHash,
    size: u32,
    index: u32,
}

/// A part that is looked up.
#[derive(Debug)]
pub(super) struct Handed {
    name: Name,
    /// Who hands it in: she pays for it.
    member: MemberId,
    bytes: Vec<u8>,
}

/// What is being stored.
#[derive(Debug)]
pub(super) struct Storing {
    name: Name,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A part of so many bytes.
    Part(usize),
    /// That it is good.
    Good,
}

impl Media {
    /// When the next photos and sounds are to be looked at.
    pub(super) fn next_sweep(&self) -> Option<Timestamp> {
        self.unnamed.values().min().copied()
    }

    pub(super) fn clock_went_back(&mut self, by_ms: u64) {
        self.unnamed
            .values_mut()
            .for_each(|due| *due = earlier(*due, by_ms));
    }
}

impl Name {
    fn is_last(&self) -> bool {
        self.index + 1 == n_medium_parts(self.size)
    }

    /// How many bytes the part must have; `None` if there is no such part.
    fn part_bytes(&self) -> Option<usize> {
        let before = usize::try_from(self.index).ok()?.checked_mul(MEDIUM_PART_BYTES)?;
        let left = usize::try_from(self.size).ok()?.checked_sub(before)?;
        (left > 0).then(|| left.min(MEDIUM_PART_BYTES))
    }
}

impl Relay {
    pub(super) fn ask_media(&mut self, session: SessionId, asked: AskMedia) {
        if asked.media.len() > MEDIA_ASKED_MAX {
            return self.refuse(session, SessionRefusal::TooLarge);
        }
        let Some((network, _)) = self.publisher(session) else {
            return self.media_known(session, &asked, &[]);
        };
        let query = RelayQuery::Media {
            network,
            doc: asked.doc,
            media: asked.media.clone(),
        };
        self.load(LoadFor::Media(session, asked), query);
    }

    pub(super) fn media_known(
        &mut self,
        session: SessionId,
        asked: &AskMedia,
        stored: &[Option<StoredMedium>],
    ) {
        let stored = stored.iter().copied().chain(std::iter::repeat(None));
        let states = asked.media.iter().zip(stored).map(|(hash, stored)| MediumState {
            hash: *hash,
            n_parts: stored.map_or(0, |stored| stored.n_parts),
            is_whole: stored.is_some_and(|stored| stored.shape.is_some()),
        });
        let states = MediaStates {
            doc: asked.doc,
            media: states.collect(),
        };
        self.answered_request(session);
        self.send(session, &RelayToClient::Media(states));
    }

    /// Looks up what a part must fit to.
    pub(super) fn put_medium(&mut self, session: SessionId, part: PutMedium) {
        let Some(follower) = self.follower(session) else {
            return;
        };
        let name = Name {
            session,
            network: follower.network,
            doc: part.doc,
            hash: part.hash,
            size: part.size,
            index: part.index,
        };
        let len = part.bytes.len();
        let is_too_large = usize::try_from(part.size).map_or(true, |size| size > SOUND_BYTES_MAX);
        let publisher = self.publisher(session);
        let refusal = match publisher {
            None => Some(PartRefusal::NotEntitled),
            Some(_) if is_too_large => Some(PartRefusal::TooLarge),
            Some(_) if name.part_bytes() != Some(len) => Some(PartRefusal::Malformed),
            Some(_) if self.queued_bytes + len > QUEUED_BYTES_MAX => Some(PartRefusal::Retry(RETRY_MS)),
            Some(_) => None,
        };
        let Some((network, member)) = publisher.filter(|_| refusal.is_none()) else {
            let refusal = refusal.unwrap_or(PartRefusal::NotEntitled);
            return self.answer_medium(name, MediumOutcome::Refused(refusal));
        };
        self.queued_bytes += len;
        let query = RelayQuery::JudgeMedium {
            network,
            doc: name.doc,
            hash: name.hash,
            member,
        };
        let handed = Handed {
            name,
            member,
            bytes: part.bytes,
        };
        self.load(LoadFor::JudgeMedium(Box::new(handed)), query);
    }

    /// Judges a part, and stores it.
    pub(super) fn medium_known(&mut self, handed: Handed, known: Option<&KnownMedium>) {
        let Handed { name, member, bytes } = handed;
        let len = bytes.len();
        let outcome = match known {
            Some(known) => self.judge_medium(name, len, known),
            None => Some(MediumOutcome::Refused(PartRefusal::Retry(RETRY_MS))),
        };
        match outcome {
            // All are here, and nobody has looked at them: the relay stopped in between.
            Some(MediumOutcome::Stored) if name.is_last() => {
                self.queued_bytes -= len;
                self.read_medium(name);
            }
            Some(outcome) => {
                self.queued_bytes -= len;
                self.answer_medium(name, outcome);
            }
            None => {
                let part = NewMediumPart {
                    doc: name.doc,
                    hash: name.hash,
                    size: name.size,
                    index: name.index,
                    member,
                    bytes,
                };
                let operation = RelayOperation::PutMedium {
                    network: name.network,
                    part,
                };
                let step = Step::Part(len);
                self.store(StoreFor::Medium(Storing { name, step }), vec![operation]);
            }
        }
    }

    /// Returns the answer to a part that is not to be stored.
    fn judge_medium(&self, name: Name, len: usize, known: &KnownMedium) -> Option<MediumOutcome> {
        let refused = |refusal| Some(MediumOutcome::Refused(refusal));
        if self.is_erased(name.network, name.doc, known.document.as_ref()) {
            return refused(PartRefusal::Gone);
        }
        if known.document.is_none() {
            return refused(PartRefusal::UnknownDocument);
        }
        let n_parts = known.stored.map_or(0, |stored| stored.n_parts);
        match known.stored {
            Some(stored) if stored.size != name.size => return refused(PartRefusal::OtherBytes),
            Some(stored) if stored.shape.is_some() => return Some(MediumOutcome::Whole),
            Some(_) if name.index < n_parts => return Some(MediumOutcome::Stored),
            Some(_) | None if name.index > n_parts => return refused(PartRefusal::OtherBytes),
            Some(_) | None => {}
        }
        let Some(network) = self.network(name.network) else {
            return refused(PartRefusal::Retry(RETRY_MS));
        };
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        if known.bytes_used.saturating_add(len) > network.state.policy().member_bytes_max {
            return refused(PartRefusal::OverQuota);
        }
        None
    }

    pub(super) fn medium_stored(&mut self, storing: &Storing, outcome: Result<(), RelayFailure>) {
        let name = storing.name;
        if let Step::Part(len) = storing.step {
            self.queued_bytes -= len;
        }
        match (outcome, storing.step) {
            (Ok(()), Step::Part(_)) => {
                let due = self.now.after(UNNAMED_MAX);
                self.media.unnamed.insert((name.network, name.doc), due);
                if name.is_last() {
                    self.read_medium(name);
                } else {
                    self.answer_medium(name, MediumOutcome::Stored);
                }
            }
            (Ok(()), Step::Good) => self.answer_medium(name, MediumOutcome::Whole),
            // It was deleted meanwhile, or somebody else's part came between: the device asks what is there.
            (Err(RelayFailure::Outdated), _) => {
                self.answer_medium(name, MediumOutcome::Refused(PartRefusal::OtherBytes));
            }
            (Err(failure @ (RelayFailure::Full | RelayFailure::Failed)), _) => {
                self.event(Event::StoreFailed {
                    network: name.network,
                    failure,
                });
                self.medium_not_read(name);
            }
        }
        self.unload_if_idle(name.network);
    }

    fn read_medium(&mut self, name: Name) {
        let query = RelayQuery::WholeMedium {
            network: name.network,
            doc: name.doc,
            hash: name.hash,
            bytes_max: PHOTO_BYTES_MAX,
        };
        self.load(LoadFor::WholeMedium(name), query);
    }

    pub(super) fn medium_not_read(&mut self, name: Name) {
        self.answer_medium(name, MediumOutcome::Refused(PartRefusal::Retry(RETRY_MS)));
    }

    /// W5: whole, it is what it is called, and a photo or a sound that tells nothing else.
    pub(super) fn look_at_medium(&mut self, name: Name, whole: Option<&WholeMedium>) {
        let shape = whole
            .filter(|whole| whole.hash == name.hash)
            .and_then(|whole| Shape::of(&whole.head, name.size));
        let Some(shape) = shape else {
            // The publication that was to name it cannot come: what came of it goes now.
            self.media.unnamed.insert((name.network, name.doc), self.now);
            return self.answer_medium(name, MediumOutcome::Refused(PartRefusal::Malformed));
        };
        let operation = RelayOperation::ConfirmMedium {
            network: name.network,
            doc: name.doc,
            plain: Plain {
                hash: name.hash,
                size: name.size,
                shape,
            },
        };
        let step = Step::Good;
        self.store(StoreFor::Medium(Storing { name, step }), vec![operation]);
    }

    fn answer_medium(&mut self, name: Name, outcome: MediumOutcome) {
        self.answered_request(name.session);
        let answer = MediumAnswer {
            doc: name.doc,
            hash: name.hash,
            index: name.index,
            outcome,
        };
        self.send(name.session, &RelayToClient::MediumAnswer(answer));
    }

    /// The network of a device, and its member, if she may publish now.
    fn publisher(&self, session: SessionId) -> Option<(NetworkId, MemberId)> {
        let follower = self.follower(session)?;
        let network = self.network(follower.network)?;
        let next = Seq(network.head.0 + 1);
        let authority = network.state.authority(follower.device, next)?;
        let coordinates = authority.role.coordinates();
        coordinates.then_some((follower.network, authority.member))
    }

    pub(super) fn is_dropping_media(&self, network: NetworkId) -> bool {
        self.media.dropping.contains_key(&network)
    }

    /// Deletes the photos and sounds of a document but those that are shown.
    pub(super) fn drop_media(&mut self, network: NetworkId, doc: DocumentId, shown: Vec<MediaHash>) {
        self.media.unnamed.remove(&(network, doc));
        self.media.dropping.entry(network).or_default().insert(doc);
        let operation = RelayOperation::DropMedia {
            network,
            doc,
            but: shown,
        };
        self.store(StoreFor::DropMedia(network, doc), vec![operation]);
    }

    pub(super) fn media_dropped(
        &mut self,
        network: NetworkId,
        doc: DocumentId,
        outcome: Result<(), RelayFailure>,
    ) {
        match outcome {
            Ok(()) => self.sweep_over(network, doc),
            Err(failure) => self.sweep_failed(network, doc, failure),
        }
    }

    /// The entry of what has ended has no bytes any more: its photos and sounds go, too.
    pub(super) fn ended_forgotten(
        &mut self,
        network: NetworkId,
        doc: DocumentId,
        outcome: Result<(), RelayFailure>,
    ) {
        match outcome {
            Ok(()) => self.drop_media(network, doc, Vec::new()),
            Err(failure) => self.sweep_failed(network, doc, failure),
        }
    }

    /// Whether a document is erased, or was since it was looked up.
    pub(super) fn is_erased(&self, network: NetworkId, doc: DocumentId, known: Option<&DocumentRow>) -> bool {
        let is_known = known.is_some_and(|row| row.erased.is_some());
        is_known || self.media.erased.contains(&(network, doc))
    }

    /// Deletes all that the second file has of an erased document (E1).
    pub(super) fn drop_erased(&mut self, network: NetworkId, doc: DocumentId) {
        self.media.erased.insert((network, doc));
        self.media.unnamed.remove(&(network, doc));
        self.media.dropping.entry(network).or_default().insert(doc);
        let operations = vec![
            RelayOperation::DropBlobs { network, doc },
            RelayOperation::DropMedia {
                network,
                doc,
                but: Vec::new(),
            },
        ];
        self.store(StoreFor::DropErased(network, doc), operations);
    }

    /// Notes that nothing is left: until then the next start deletes it once more.
    pub(super) fn erased_dropped(
        &mut self,
        network: NetworkId,
        doc: DocumentId,
        outcome: Result<(), RelayFailure>,
    ) {
        if outcome.is_ok() {
            let operation = RelayOperation::NoteErased { network, doc };
            self.store(StoreFor::NoteErased(network), vec![operation]);
        }
        self.media_dropped(network, doc, outcome);
    }

    /// Looks at what a document shows, of which something has ended.
    pub(super) fn ended(&mut self, network: NetworkId, doc: DocumentId) {
        self.media.unnamed.insert((network, doc), self.now);
        self.sweep_due();
    }

    /// Looks at photos and sounds that nobody published, and at what may not be shown any more.
    pub(super) fn sweep_due(&mut self) {
        let now = self.now;
        let due = self.media.unnamed.iter().filter(|(_, due)| **due <= now);
        let due: Vec<_> = due.map(|(of, _)| *of).collect();
        for (id, doc) in due {
            let is_at_work = self.network(id).is_some_and(super::network::Network::is_at_work);
            let dropping = self.media.dropping.get(&id);
            // Several documents at a time: while one is swept nothing new is judged, whichever it is.
            if is_at_work || dropping.is_some_and(|docs| docs.contains(&doc)) {
                let later = now.after(SWEEP_WAIT);
                self.media.unnamed.insert((id, doc), later);
                continue;
            }
            self.media.unnamed.remove(&(id, doc));
            self.media.dropping.entry(id).or_default().insert(doc);
            self.load(LoadFor::Sweep(id, doc), RelayQuery::of_document(id, doc));
        }
    }

    pub(super) fn sweep_known(&mut self, network: NetworkId, doc: DocumentId, known: &Known) {
        if self.is_erased(network, doc, known.documents.get(&doc)) {
            return self.drop_erased(network, doc);
        }
        let publication = known.documents.get(&doc).and_then(|row| row.publication);
        match publication.filter(|publication| !publication.is_withdrawn) {
            Some(publication) => {
                let query = RelayQuery::Entries {
                    network,
                    seqs: vec![publication.seq],
                };
                self.load(LoadFor::SweptPublication(network, doc), query);
            }
            None => self.drop_media(network, doc, Vec::new()),
        }
    }

    pub(super) fn sweep_publication(
        &mut self,
        network: NetworkId,
        doc: DocumentId,
        entries: &[(Seq, Vec<u8>)],
    ) {
        let now = self.now;
        let publication = entries.first().and_then(|(seq, bytes)| {
            let entry = Entry::decode(bytes).ok()?;
            Some((*seq, Publication::decode(&entry.ct).ok()?))
        });
        match publication {
            Some((seq, ended)) if ended.has_ended(now) => {
                let forget = vec![RelayOperation::Forget { network, seq }];
                self.store(StoreFor::Forget(network, doc), forget);
            }
            Some((_, publication)) => {
                let shown = publication.shown_media(now);
                self.drop_media(network, doc, shown.map(|plain| plain.hash).collect());
            }
            None => self.drop_media(network, doc, Vec::new()),
        }
    }

    fn sweep_failed(&mut self, network: NetworkId, doc: DocumentId, failure: RelayFailure) {
        self.event(Event::StoreFailed { network, failure });
        self.sweep_later(network, doc);
    }

    /// It could not be deleted now.
    pub(super) fn sweep_later(&mut self, network: NetworkId, doc: DocumentId) {
        let later = self.now.after(SWEEP_WAIT);
        self.media.unnamed.insert((network, doc), later);
        self.sweep_over(network, doc);
    }

    fn sweep_over(&mut self, network: NetworkId, doc: DocumentId) {
        let Some(docs) = self.media.dropping.get_mut(&network) else {
            return;
        };
        docs.remove(&doc);
        if docs.is_empty() {
            self.media.dropping.remove(&network);
            self.advance(network);
        }
    }
}
