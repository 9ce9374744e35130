//! The relay's machine: sessions on one side, logs on the other, nothing readable in between (S11).
//!
//! ```text
//!  frame ──► session ──► queue of its network ──► Verify, Load ──► judge ──► Store
//!               ▲                                                             │ Stored
//!               └──── receipt, refusals, pages ◄──────────────────────────────┘
//! ```
//!
//! One batch of a network is stored at a time, whatever the number of sessions: the next one is verified and
//! looked up meanwhile. Everything that tells of a batch comes out after [`Input::Stored`] for it (S5). No entry is
//! kept in memory: pages are read from the store, one at a time for each session, and the next one only when the
//! last has left the shell's queue (S7).
//!
//! A membership state is held for each network that somebody follows now; it is replayed from the log when
//! the first one comes.

mod founding;
mod judge;
mod media;
mod network;
mod pages;
mod parts;
mod request;
mod session;
mod tries;
mod work;

#[cfg(test)]
mod tests;

use crate::crypto::{FoundingHash, SignKey, SignPublic, Signature, Tag};
use crate::id::{DeviceId, DocumentId, NetworkId, Seq};
use crate::protocol::{AskMedia, Checkpoint, PartName, RelayToClient, SessionRefusal, WaitMs};
use crate::storage::{Answer, RelayFailure, RelayOperation, RelayQuery};
use crate::sync::bug::Bugs;
use crate::time::Timestamp;
use founding::FoundingInFlight;
use network::Slot;
use rand_core::CryptoRng;
use session::{Session, Timer};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tries::Tries;

/// Number of a connection, given by the shell and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// Number of a transaction, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreId(pub u64);

/// Number of a question to the store, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadId(pub u64);

/// Number of a list of signature checks, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VerifyId(pub u64);

/// Who is at the other end, as far as limits go: an IPv6 network of 64 bits, or an IPv4 address mapped into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer(pub [u8; 16]);

/// What the relay is given at its start.
#[derive(Debug)]
pub struct RelayConfig {
    /// Signs receipts; its public half is pinned in each genesis.
    pub sign: SignKey,
    /// Hash of the code that founds the first network, while there is none.
    pub founding: Option<FoundingHash>,
    /// Bugs that a simulation plants.
    pub bugs: Bugs,
}

/// What happens to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A connection is open.
    Connected {
        /// Its number.
        session: SessionId,
        /// Who is at the other end.
        peer: Peer,
        /// What the browser sent as `Origin`, after the shell found it in its list (W2).
        origin: String,
    },
    /// A binary message arrived.
    Frame(SessionId, Vec<u8>),
    /// So many bytes of [`Output::Send`] have left the shell's queue of a session.
    Sent(SessionId, usize),
    /// The connection is gone.
    Disconnected(SessionId),
    /// The transaction is on the disk, synced.
    Stored(StoreId),
    /// Nothing of the transaction is on the disk.
    StoreFailed(StoreId, RelayFailure),
    /// The answer to a question.
    Loaded(LoadId, Answer),
    /// A question could not be answered.
    LoadFailed(LoadId),
    /// Which of the signatures hold, in their order.
    Verified(VerifyId, Vec<bool>),
    /// Something of what a document shows in public has ended, as the site sees it: what may not be shown any more is
    /// deleted.
    Ended(NetworkId, DocumentId),
    /// The moment of `poll_timeout` has come.
    Timeout,
}

/// What the shell is to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a binary message.
    Send(SessionId, Vec<u8>),
    /// Close the connection, after what was to be sent; nothing more is expected of it.
    Close(SessionId),
    /// Carry out one transaction; answered by [`Input::Stored`] or [`Input::StoreFailed`].
    Store(StoreId, Vec<RelayOperation>),
    /// Ask the store; answered by [`Input::Loaded`] or [`Input::LoadFailed`].
    Load(LoadId, RelayQuery),
    /// Check signatures on whatever core is free; answered by [`Input::Verified`].
    Verify(VerifyId, Vec<SignatureCheck>),
    /// Tell the log and the public site.
    Event(Event),
}

/// One signature to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureCheck {
    /// Whose it should be.
    pub key: SignPublic,
    /// What it is for.
    pub tag: Tag,
    /// Where it holds.
    pub network: NetworkId,
    /// What was signed.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: Signature,
}

impl SignatureCheck {
    /// Tells whether the signature holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.key
            .verify(self.tag, self.network, &self.message, &self.signature)
            .is_ok()
    }
}

/// What happened, by ids only: no name, no text, no address is ever in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A network was founded, and the founding code burnt.
    Founded(NetworkId),
    /// A device proved itself.
    Welcomed {
        /// Its connection.
        session: SessionId,
        /// Its network.
        network: NetworkId,
        /// The device.
        device: DeviceId,
    },
    /// A connection was ended by the relay.
    Refused {
        /// The connection.
        session: SessionId,
        /// Why.
        refusal: SessionRefusal,
    },
    /// Entries were stored.
    Appended {
        /// The network.
        network: NetworkId,
        /// The new head.
        head: Seq,
        /// How many.
        n_entries: usize,
    },
    /// A publication was stored: the site shows it from now on, in place of an earlier version.
    Published {
        /// The network.
        network: NetworkId,
        /// Its document.
        doc: DocumentId,
        /// Its entry.
        seq: Seq,
    },
    /// A publication was taken back: the site shows it no more.
    Withdrawn {
        /// The network.
        network: NetworkId,
        /// Its document.
        doc: DocumentId,
    },
    /// A transaction could not be stored.
    StoreFailed {
        /// The network.
        network: NetworkId,
        /// Why.
        failure: RelayFailure,
    },
}

/// The machine.
#[derive(Debug)]
pub struct Relay {
    config: RelayConfig,
    key: SignPublic,
    sessions: BTreeMap<SessionId, Session>,
    networks: BTreeMap<NetworkId, Slot>,
    founding: Option<FoundingInFlight>,
    loads: BTreeMap<LoadId, LoadFor>,
    stores: BTreeMap<StoreId, StoreFor>,
    verifies: BTreeMap<VerifyId, VerifyFor>,
    timers: BTreeSet<(Timestamp, SessionId, Timer)>,
    tries: Tries,
    media: media::Media,
    /// Bytes of all pushes that wait for a batch, and of all parts that are not stored yet.
    queued_bytes: usize,
    outputs: VecDeque<Output>,
    last_id: u64,
    now: Timestamp,
}

/// What an answer of the store is for.
#[derive(Debug)]
enum LoadFor {
    Network(NetworkId),
    Judge(NetworkId),
    Founding(SessionId),
    Lookup(SessionId, SignPublic),
    Invitation(SessionId, Box<request::Offer>),
    AuthChain(SessionId),
    PullChain(SessionId, Checkpoint),
    Page(SessionId),
    Backfill(SessionId),
    Detached(SessionId),
    JudgePart(Box<parts::Handed>),
    Blobs(SessionId),
    DropBlobs(parts::Dropping),
    Part(SessionId, PartName),
    Media(SessionId, AskMedia),
    JudgeMedium(Box<media::Handed>),
    WholeMedium(media::Name),
    Sweep(NetworkId, DocumentId),
    SweptPublication(NetworkId, DocumentId),
}

/// What a transaction is for.
#[derive(Debug)]
enum StoreFor {
    Batch(NetworkId),
    Expiry(NetworkId),
    Founding,
    Part(parts::Stored),
    DropParts(parts::Dropping),
    Medium(media::Storing),
    Forget(NetworkId, DocumentId),
    DropMedia(NetworkId, DocumentId),
    DropErased(NetworkId, DocumentId),
    NoteErased(NetworkId),
}

/// What a list of signature checks is for.
#[derive(Debug)]
enum VerifyFor {
    Auth(SessionId),
    Push(NetworkId, work::WorkId),
}

/// Most bytes of pushes that wait, of all networks together: more than that is told to come back, so that memory
/// stays bounded whatever the disk does.
pub const QUEUED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How long a device waits before it tries again what could not be stored.
const RETRY_MS: WaitMs = WaitMs(15_000);

/// How long a device waits before it connects again after the relay gave way.
const RECONNECT_MS: WaitMs = WaitMs(2_000);

impl Relay {
    /// Makes a relay without connections.
    #[must_use]
    pub fn new(config: RelayConfig) -> Self {
        Self {
            key: config.sign.public(),
            config,
            sessions: BTreeMap::new(),
            networks: BTreeMap::new(),
            founding: None,
            loads: BTreeMap::new(),
            stores: BTreeMap::new(),
            verifies: BTreeMap::new(),
            timers: BTreeSet::new(),
            tries: Tries::default(),
            media: media::Media::default(),
            queued_bytes: 0,
            outputs: VecDeque::new(),
            last_id: 0,
            now: Timestamp(0),
        }
    }

    /// Takes what happened. Never fails: whatever a device sends is answered to that device.
    pub fn handle_input(&mut self, input: Input, now: Timestamp, rng: &mut impl CryptoRng) {
        self.move_clock(now);
        match input {
            Input::Connected {
                session,
                peer,
                origin,
            } => self.connected(session, peer, origin, rng),
            Input::Frame(session, bytes) => self.frame(session, &bytes),
            Input::Sent(session, len) => self.sent(session, len),
            Input::Disconnected(session) => self.forget_session(session),
            Input::Stored(id) => self.stored(id, Ok(())),
            Input::StoreFailed(id, failure) => self.stored(id, Err(failure)),
            Input::Loaded(id, answer) => self.loaded(id, Some(answer), rng),
            Input::LoadFailed(id) => self.loaded(id, None, rng),
            Input::Verified(id, holds) => self.verified(id, &holds),
            Input::Ended(network, doc) => self.ended(network, doc),
            Input::Timeout => self.timeout(),
        }
    }

    /// Returns the next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Returns when [`Input::Timeout`] is due at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|&(at, _, _)| at);
        timer.into_iter().chain(self.media.next_sweep()).min()
    }

    /// Returns the number of open connections.
    #[must_use]
    pub fn n_sessions(&self) -> usize {
        self.sessions.len()
    }

    /// A clock that was set back must not stop what waits: all that is due moves back with it (S13).
    fn move_clock(&mut self, now: Timestamp) {
        let back = self.now.since(now);
        if back > Duration::ZERO {
            let earlier = |at: Timestamp| Timestamp(at.0.saturating_sub(self.now.0 - now.0));
            self.timers = self
                .timers
                .iter()
                .map(|&(at, session, timer)| (earlier(at), session, timer))
                .collect();
            self.sessions
                .values_mut()
                .for_each(|session| session.clock_went_back(self.now.0 - now.0));
            self.tries.clock_went_back(self.now.0 - now.0);
            self.media.clock_went_back(self.now.0 - now.0);
        }
        self.now = now;
    }

    fn stored(&mut self, id: StoreId, outcome: Result<(), RelayFailure>) {
        match self.stores.remove(&id) {
            Some(StoreFor::Batch(network)) => self.batch_stored(network, outcome),
            Some(StoreFor::Expiry(network)) => self.expired(network, outcome),
            Some(StoreFor::Founding) => self.founding_stored(outcome),
            Some(StoreFor::Part(stored)) => self.part_stored(&stored, outcome),
            Some(StoreFor::DropParts(dropping)) => self.parts_dropped(dropping, outcome),
            Some(StoreFor::Medium(storing)) => self.medium_stored(&storing, outcome),
            Some(StoreFor::Forget(network, doc)) => self.ended_forgotten(network, doc, outcome),
            Some(StoreFor::DropMedia(network, doc)) => self.media_dropped(network, doc, outcome),
            Some(StoreFor::DropErased(network, doc)) => self.erased_dropped(network, doc, outcome),
            // What is not noted is done once more at the next start.
            Some(StoreFor::NoteErased(network)) => self.expired(network, outcome),
            None => {}
        }
    }

    fn loaded(&mut self, id: LoadId, answer: Option<Answer>, rng: &mut impl CryptoRng) {
        let Some(purpose) = self.loads.remove(&id) else {
            return;
        };
        match (purpose, answer) {
            (LoadFor::Network(network), Some(Answer::Network(row))) => {
                self.network_loaded(network, row);
            }
            (LoadFor::Network(network), _) => self.network_not_loaded(network),
            (LoadFor::Judge(network), Some(Answer::Judge(known))) => {
                self.batch_known(network, Some(*known));
            }
            (LoadFor::Judge(network), _) => self.batch_known(network, None),
            (LoadFor::Founding(session), Some(Answer::Network(row))) => {
                self.founding_known(session, row.is_some(), rng);
            }
            (LoadFor::Lookup(session, key), Some(Answer::Invitation(network))) => {
                self.lookup_known(session, key, network);
            }
            (LoadFor::Invitation(session, offer), Some(Answer::Entries(entries))) => {
                self.invitation_known(session, &offer, &entries);
            }
            (LoadFor::AuthChain(session), Some(Answer::Chain(chain))) => {
                self.auth_chain_known(session, chain);
            }
            (LoadFor::PullChain(session, checkpoint), Some(Answer::Chain(chain))) => {
                self.pull_known(session, checkpoint, chain == Some(checkpoint.chain));
            }
            (LoadFor::Page(session), Some(Answer::Page(page))) => self.page_loaded(session, id, page),
            (LoadFor::Backfill(session), Some(Answer::Backfill(slice))) => {
                self.backfill_loaded(session, slice);
            }
            (LoadFor::Detached(session), Some(Answer::Detached(parts))) => {
                self.detached_loaded(session, parts);
            }
            (LoadFor::JudgePart(handed), Some(Answer::JudgePart(known))) => {
                self.part_known(*handed, Some(&known));
            }
            (LoadFor::JudgePart(handed), _) => self.part_known(*handed, None),
            (LoadFor::Blobs(session), Some(Answer::Blobs(blobs))) => self.blobs_known(session, blobs),
            (LoadFor::DropBlobs(dropping), Some(Answer::Judge(known))) => {
                self.judge_drop(dropping, Some(&known));
            }
            (LoadFor::DropBlobs(dropping), _) => self.judge_drop(dropping, None),
            (LoadFor::Part(session, name), Some(Answer::Part(found))) => {
                self.part_found(session, name, found);
            }
            (LoadFor::Media(session, asked), Some(Answer::Media(stored))) => {
                self.media_known(session, &asked, &stored);
            }
            (LoadFor::JudgeMedium(handed), Some(Answer::JudgeMedium(known))) => {
                self.medium_known(*handed, Some(&known));
            }
            (LoadFor::JudgeMedium(handed), _) => self.medium_known(*handed, None),
            (LoadFor::WholeMedium(name), Some(Answer::WholeMedium(whole))) => {
                self.look_at_medium(name, whole.as_ref());
            }
            (LoadFor::WholeMedium(name), _) => self.medium_not_read(name),
            (LoadFor::Sweep(network, doc), Some(Answer::Judge(known))) => {
                self.sweep_known(network, doc, &known);
            }
            (LoadFor::SweptPublication(network, doc), Some(Answer::Entries(entries))) => {
                self.sweep_publication(network, doc, &entries);
            }
            (LoadFor::Sweep(network, doc) | LoadFor::SweptPublication(network, doc), _) => {
                self.sweep_later(network, doc);
            }
            (
                LoadFor::Founding(session)
                | LoadFor::Lookup(session, _)
                | LoadFor::Invitation(session, _)
                | LoadFor::AuthChain(session)
                | LoadFor::PullChain(session, _)
                | LoadFor::Page(session)
                | LoadFor::Backfill(session)
                | LoadFor::Detached(session)
                | LoadFor::Blobs(session)
                | LoadFor::Part(session, _)
                | LoadFor::Media(session, _),
                _,
            ) => self.refuse(session, SessionRefusal::Unavailable(RETRY_MS)),
        }
    }

    fn verified(&mut self, id: VerifyId, holds: &[bool]) {
        match self.verifies.remove(&id) {
            Some(VerifyFor::Auth(session)) => self.auth_verified(session, holds.first() == Some(&true)),
            Some(VerifyFor::Push(network, work)) => self.push_verified(network, work, holds),
            None => {}
        }
    }

    fn load(&mut self, purpose: LoadFor, query: RelayQuery) -> LoadId {
        let id = LoadId(self.next_id());
        self.loads.insert(id, purpose);
        self.outputs.push_back(Output::Load(id, query));
        id
    }

    fn store(&mut self, purpose: StoreFor, operations: Vec<RelayOperation>) {
        let id = StoreId(self.next_id());
        self.stores.insert(id, purpose);
        self.outputs.push_back(Output::Store(id, operations));
    }

    fn verify(&mut self, purpose: VerifyFor, checks: Vec<SignatureCheck>) {
        let id = VerifyId(self.next_id());
        self.verifies.insert(id, purpose);
        self.outputs.push_back(Output::Verify(id, checks));
    }

    fn send(&mut self, session: SessionId, message: &RelayToClient) {
        if let Some(open) = self.sessions.get_mut(&session) {
            let bytes = message.encode();
            open.queued_bytes += bytes.len();
            self.outputs.push_back(Output::Send(session, bytes));
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}
