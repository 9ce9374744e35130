//! The device's machine: from a command to a frame, and from a frame to a line in a list.
//!
//! A shell drives it with a store, a socket, a clock and entropy:
//!
//! ```text
//!  command ─┐                       ┌─► Store, Load   ── the device's store (IndexedDB)
//!  frame   ─┼─► handle_input ──► poll_output ─► Connect, Send, Disconnect   ── the WebSocket
//!  stored  ─┘                       └─► Reply, Event  ── the ui
//! ```
//!
//! What depends on a transaction comes out only after [`Input::Stored`] for it, and never after
//! [`Input::StoreFailed`]: neither a frame before the device has what it says, nor a word on the screen (C2).
//!
//! # Inside
//!
//! Every input changes a little state; then [`Client::advance`] starts whatever can start now. What is to be done
//! is read off the state, not queued: a crash, a failed transaction or a lost frame leaves nothing to remember.
//!
//! | lane | one at a time | writes |
//! |---|---|---|
//! | [`drafts`] | no | typed text, at once |
//! | [`jobs`] | yes | documents: sealing, applying, settling, commands |
//! | [`intake`] | yes | what the relay sent: pages, receipts, keys |
//! | [`errand`] | yes | the way into a network |
//! | [`records`] | yes | nothing: membership records wait for a connection |
//! | [`media`] | one part each way | nothing: what became of a part is a job |

mod applying;
mod backoff;
mod boot;
mod clock;
mod commands;
mod disk;
mod documents;
mod drafts;
mod erasing;
mod errand;
mod intake;
mod intents;
mod jobs;
mod link;
mod media;
mod members;
mod network;
mod outbox;
mod pages;
mod records;
mod rekeying;
mod rescue;
mod sealing;
mod settling;
#[cfg(test)]
mod stored;
mod stories;
mod takedown;
mod texts;
mod vault;
mod views;

pub use boot::OpenError;
pub use rescue::Rescue;
pub use vault::Unreadable;

use crate::command::{Command, CommandError, Event, Reply};
use crate::id::ActorId;
use crate::storage::{Operation, Query, StoreFailure, StoredRow};
use crate::sync::bug::Bugs;
use crate::time::Timestamp;
use clock::Clock;
use documents::Documents;
use drafts::Drafts;
use errand::Errands;
use intake::Intake;
use intents::Intents;
use jobs::Jobs;
use link::Link;
use media::MediaStore;
use network::Place;
use outbox::Outbox;
use rand_core::CryptoRng;
use records::Records;
use std::collections::VecDeque;
use thiserror::Error;
use vault::Vault;
use views::Told;

/// Number of a command, given by the shell; each is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandId(pub u64);

/// Number of a transaction, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreId(pub u64);

/// Number of a question to the store, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadId(pub u64);

/// Number of a connection, given by the machine: what an earlier one still delivers is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// What a shell knows and the core does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Origin of the page as the browser sends it to the relay: scheme, host and port.
    pub origin: String,
    /// Number of the build: quarantined entries are tried once more by each new one (M5).
    pub app_version: u32,
}

/// What happens to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The ui asks something.
    Command(CommandId, Command),
    /// The connection is open.
    Connected(ConnectionId),
    /// A binary message arrived.
    Frame(ConnectionId, Vec<u8>),
    /// The connection is gone, or could not be opened.
    Disconnected(ConnectionId),
    /// The transaction is on the disk.
    Stored(StoreId),
    /// Nothing of the transaction is on the disk.
    StoreFailed(StoreId, StoreFailure),
    /// Rows for each question, in the order of the questions.
    Loaded(LoadId, Vec<Vec<StoredRow>>),
    /// The questions could not be answered.
    LoadFailed(LoadId),
    /// The moment of `poll_timeout` has come.
    Timeout,
}

/// What the shell is to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Carry out one strict transaction; answered by [`Input::Stored`] or [`Input::StoreFailed`].
    Store(StoreId, Vec<Operation>),
    /// Ask the store; answered by [`Input::Loaded`] or [`Input::LoadFailed`].
    Load(LoadId, Vec<Query>),
    /// Open the connection to the relay; answered by [`Input::Connected`] or [`Input::Disconnected`].
    Connect(ConnectionId),
    /// Send a binary message.
    Send(ConnectionId, Vec<u8>),
    /// Close the connection; nothing more is expected of it.
    Disconnect(ConnectionId),
    /// Answer a command.
    Reply(CommandId, Result<Reply, CommandError>),
    /// Tell the ui.
    Event(Event),
    /// Another tab of this device wrote what this machine rests on (S14): drop the machine and open the store
    /// again, or leave the device to the other tab. It comes before the answers of commands that end with it.
    Outdated,
}

/// The relay broke the protocol. The machine has closed the connection and tries again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// Bytes that are no message.
    #[error("the relay sent bytes that are no message")]
    Malformed,
    /// A message that has no place here.
    #[error("the relay sent a message out of place")]
    OutOfPlace,
    /// The relay is not the one that the network's genesis names.
    #[error("the relay has another key than the network's genesis names")]
    OtherRelay,
    /// A receipt whose signature does not verify.
    #[error("a receipt's signature does not verify")]
    BadReceipt,
    /// The membership log does not verify (L2).
    #[error("the membership log does not verify")]
    BadLog,
}

/// The device's machine.
#[derive(Debug)]
pub struct Client {
    config: Config,
    bugs: Bugs,
    clock: Clock,
    vault: Vault,
    out: Out,
    /// Fresh at every start and whenever a document was forgotten, never stored (M3).
    actor: ActorId,
    place: Place,
    link: Link,
    intake: Intake,
    outbox: Outbox,
    documents: Documents,
    drafts: Drafts,
    media: MediaStore,
    jobs: Jobs,
    intents: Intents,
    errands: Errands,
    records: Records,
    told: Told,
    died_applying: bool,
    erased: erasing::Erased,
}

impl Client {
    /// Takes one input.
    ///
    /// # Errors
    /// [`ProtocolError`] when the relay misbehaved: for a log, the machine has acted on it.
    pub fn handle_input(
        &mut self,
        input: Input,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        self.clock.tick(now);
        let outcome = match input {
            Input::Command(id, command) => {
                self.on_command(id, command, rng);
                Ok(())
            }
            Input::Connected(id) => {
                self.on_connected(id);
                Ok(())
            }
            Input::Frame(id, bytes) => self.on_frame(id, &bytes, rng),
            Input::Disconnected(id) => {
                self.on_disconnected(id, rng);
                Ok(())
            }
            Input::Stored(id) => {
                self.on_stored(id, rng);
                Ok(())
            }
            Input::StoreFailed(id, failure) => {
                self.on_store_failed(id, failure, rng);
                Ok(())
            }
            Input::Loaded(id, answers) => {
                self.on_loaded(id, Some(answers), rng);
                Ok(())
            }
            Input::LoadFailed(id) => {
                self.on_loaded(id, None, rng);
                Ok(())
            }
            Input::Timeout => Ok(()),
        };
        if outcome.is_err() {
            self.drop_connection(rng);
        }
        self.advance(rng);
        outcome
    }

    /// Returns the next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.queue.pop_front()
    }

    /// Returns when [`Input::Timeout`] is due at the latest, by the shell's clock.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        [
            self.link_deadline(),
            self.outbox_deadline(),
            self.drafts_deadline(),
            self.jobs_deadline(),
            self.media_deadline(),
            self.end_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
        .map(|moment| self.clock.wall_at(moment))
    }

    /// Tells whether the last start ended while an entry of somebody else was applied (M5): such a death is no
    /// reason for the rescue screen, an entry that goes on doing that is set aside.
    #[must_use]
    pub fn died_applying(&self) -> bool {
        self.died_applying
    }

    /// The network of this device, for a simulation's judgement.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn network_id(&self) -> Option<crate::id::NetworkId> {
        self.place.network().map(network::Network::id)
    }

    /// Up to where the log was followed, for a simulation's judgement; `None` without a network.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn followed(&self) -> Option<crate::id::Seq> {
        self.place.network().map(network::Network::followed)
    }

    /// Entries that were set aside, for a simulation's judgement.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn n_quarantined(&self) -> u32 {
        self.documents.heads().map(|(_, head)| head.n_quarantined).sum()
    }

    /// Whether the log was followed to `head` and nothing is left to send, to apply or to fetch.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn is_settled(&self, head: crate::id::Seq) -> bool {
        let is_at_rest =
            self.intake.is_idle() && self.jobs.is_idle() && self.outbox.is_empty() && !self.has_gap();
        let is_applied = self.documents.dirty().next().is_none() && self.drafts.stories().next().is_none();
        let is_applied = is_applied && self.unsettled_document().is_none() && self.owed_erasure().is_none();
        let follows = self
            .place
            .network()
            .is_none_or(|network| network.is_refused || self.link.is_online() && network.followed() >= head);
        let is_fetched = self.place.active().is_none_or(|network| {
            let is_shared = self.unshared().next().is_none() && self.intents.is_empty();
            network.backfill.is_none() && network.has_keys() && is_shared
        });
        is_at_rest && is_applied && follows && is_fetched && self.is_media_settled()
    }

    /// What is left to do, by ids only.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn unsettled(&self) -> String {
        let network = self.place.network();
        format!(
            "{:?}, broken {:?}, online {}, followed {:?}, intake idle {}, jobs idle {}, outbox {:?}, held {:?}, dirty {:?}, drafts {:?}, \
             unshared {:?}, backfill {:?}, keys {:?}, intents {}, media {:?}",
            self.link,
            network.map(|network| (network.is_broken, network.is_refused)),
            self.link.is_online(),
            network.map(network::Network::followed),
            self.intake.is_idle(),
            self.jobs.is_idle(),
            self.outbox.documents().collect::<Vec<_>>(),
            self.outbox.held().collect::<Vec<_>>(),
            self.documents.dirty().collect::<Vec<_>>(),
            self.drafts.stories().collect::<Vec<_>>(),
            self.unshared().collect::<Vec<_>>(),
            network.and_then(|network| network.backfill.as_ref()),
            network.map(network::Network::has_keys),
            !self.intents.is_empty(),
            self.media,
        )
    }

    /// Starts all that can start now.
    fn advance(&mut self, rng: &mut impl CryptoRng) {
        self.advance_link(rng);
        self.advance_errand(rng);
        self.advance_intake(rng);
        self.advance_looking();
        self.heal(rng);
        self.advance_jobs(rng);
        self.advance_outbox();
        self.advance_requests();
        self.advance_media();
        self.advance_records(rng);
        self.tell();
    }

    fn on_stored(&mut self, id: StoreId, rng: &mut impl CryptoRng) {
        self.out.first = None;
        if self.jobs.is_storing(id) {
            self.job_stored(rng);
        } else if self.intake.is_storing(id) {
            self.arrival_stored();
        } else if self.errands.is_storing(id) {
            self.errand_stored();
        } else {
            self.draft_stored(id);
        }
        self.store_works();
    }

    fn on_store_failed(&mut self, id: StoreId, failure: StoreFailure, rng: &mut impl CryptoRng) {
        if self.jobs.is_storing(id) {
            self.job_failed(failure, rng);
        } else if self.intake.is_storing(id) {
            self.arrival_failed(failure, rng);
        } else if self.errands.is_storing(id) {
            self.errand_failed(failure, rng);
        } else {
            self.draft_failed(id, failure);
        }
    }

    fn on_loaded(&mut self, id: LoadId, answers: Option<Vec<Vec<StoredRow>>>, rng: &mut impl CryptoRng) {
        let rows = answers.as_deref();
        if self.jobs.is_loading(id) {
            self.job_loaded(answers, rng);
        } else if !self.media_read(id, rows)
            && !self.part_read(id, rows)
            && !self.fetch_read(id, rows)
            && !self.blob_read(id, rows)
        {
            self.push_loaded(id, answers);
        }
    }
}

/// What the shell is to do next, and the numbers given so far.
#[derive(Debug, Default)]
struct Out {
    queue: VecDeque<Output>,
    n_stores: u64,
    n_loads: u64,
    n_connections: u64,
    /// What nothing can be read without: goes along with every transaction until one is on the disk.
    first: Option<Operation>,
}

impl Out {
    fn store(&mut self, mut operations: Vec<Operation>) -> StoreId {
        if let Some(first) = &self.first {
            let n_expectations = operations
                .iter()
                .take_while(|operation| matches!(operation, Operation::Expect { .. }))
                .count();
            operations.insert(n_expectations, first.clone());
        }
        self.n_stores += 1;
        let id = StoreId(self.n_stores);
        self.queue.push_back(Output::Store(id, operations));
        id
    }

    fn load(&mut self, queries: Vec<Query>) -> LoadId {
        self.n_loads += 1;
        let id = LoadId(self.n_loads);
        self.queue.push_back(Output::Load(id, queries));
        id
    }

    fn connect(&mut self) -> ConnectionId {
        self.n_connections += 1;
        let id = ConnectionId(self.n_connections);
        self.queue.push_back(Output::Connect(id));
        id
    }

    fn send(&mut self, connection: ConnectionId, message: Vec<u8>) {
        self.queue.push_back(Output::Send(connection, message));
    }

    fn reply(&mut self, command: CommandId, reply: Result<Reply, CommandError>) {
        self.queue.push_back(Output::Reply(command, reply));
    }

    fn event(&mut self, event: Event) {
        self.queue.push_back(Output::Event(event));
    }
}
