//! What keeps the logs: one trait, so that a larger store can take the place of SQLite.
//!
//! ```text
//! sync::Relay ── Store(id, operations) ──► Store::store ──► durable ──► done ──► Stored(id) ──► receipt (S5)
//!             ── Load(id, query) ────────► Store::answer ─────────────────────► Loaded(id, answer)
//! ```
//!
//! A store never opens sealed bytes (S11) and decides nothing: who may write what is the relay's to judge. What
//! every store must do is written down as tests, in `tests/it/store`.

mod sqlite;

pub use sqlite::{OpenError, SqliteConfig, SqliteStore};

use shared::crypto::FoundingHash;
use shared::id::{DocumentId, LogId, MediaHash, NetworkId, Seq};
use shared::storage::{Answer, RelayFailure, RelayOperation, RelayQuery};
use std::fmt;

/// Is told, once, how a transaction ended. It runs on the store's own thread: it passes the word on, and neither
/// blocks nor panics.
pub type Done = Box<dyn FnOnce(Result<(), RelayFailure>) + Send>;

/// A durable store of logs.
///
/// Its rules, for every implementation:
/// - One list of operations is one transaction: all of it, or nothing of it.
/// - S5: `done` hears `Ok` only when the transaction would survive a loss of power.
/// - S1: a seq is given under the lock of its network's head; readers see seqs without gaps.
/// - S12: parts of blobs, and photos and sounds for the website, are kept apart from the logs. A transaction
///   [`RelayOperation::is_of_blobs`] holds nothing else.
/// - E6: what a transaction [`RelayOperation::takes_back`] is in none of the store's files soon after it is durable.
/// - Transactions are carried out in the order in which they were handed in, those of logs and those of parts each for
///   themselves. One that fails takes no other with
///   it, except when the disk itself fails: then nothing that was not answered yet is stored.
/// - An answer comes from one moment, or from one of the logs and a later one of the parts, and from durable transactions only: all whose `done` heard `Ok` before the
///   question was asked are in it.
/// - No answer needs memory in proportion to the log: what is long is asked for in pages.
pub trait Store: fmt::Debug + Send + Sync {
    /// Hands a transaction in and returns at once. The caller bounds what it hands in: the relay has one
    /// transaction under way per network.
    ///
    /// `done` hears [`RelayFailure::Outdated`] if a comparison did not hold, or if a network or its slug exists
    /// already; [`RelayFailure::Full`] if there is no room, and the store goes on serving, also smaller
    /// transactions; [`RelayFailure::Failed`] for anything else: an unknown network, a seq that is not the next,
    /// an id that is in the log, a broken disk, a store that was stopped. After `Failed` a transaction may still
    /// turn out to be there when the machine starts again: who repeats it sends the same bytes.
    fn store(&self, operations: Vec<RelayOperation>, done: Done);

    /// Answers a question. It reads the disk: not for a thread that must not block.
    ///
    /// What is not there is no error: see [`Answer`].
    ///
    /// # Errors
    /// [`RelayFailure::Failed`] if the disk cannot be read, or holds what nobody wrote.
    fn answer(&self, query: &RelayQuery) -> Result<Answer, RelayFailure>;

    /// Returns the hash of the founding code that was not used yet.
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn founding(&self) -> Result<Option<FoundingHash>, RelayFailure>;

    /// Returns the networks, by id.
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn networks(&self) -> Result<Vec<StoredNetwork>, RelayFailure>;

    /// Returns the newest publication or withdrawal of each document after `after`, by document, `rows_max` at
    /// most: what the public site shows, and what it must answer with "gone" (P3).
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn publications(
        &self,
        network: NetworkId,
        after: Option<DocumentId>,
        rows_max: u32,
    ) -> Result<Vec<StoredPublication>, RelayFailure>;

    /// Returns the documents of which photos or sounds for the website are kept, ascending.
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn media_documents(&self, network: NetworkId) -> Result<Vec<DocumentId>, RelayFailure>;

    /// Returns a part of a photo or a sound for the website, `None` if there is no such part.
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn medium_part(
        &self,
        network: NetworkId,
        doc: DocumentId,
        hash: MediaHash,
        index: u32,
    ) -> Result<Option<Vec<u8>>, RelayFailure>;

    /// Returns how many bytes are in use: what erasing frees is not.
    ///
    /// # Errors
    /// As [`Self::answer`].
    fn bytes_used(&self) -> Result<u64, RelayFailure>;

    /// Carries out what was handed in, then closes. What is handed in later fails.
    fn stop(&self);
}

/// A network, without its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNetwork {
    /// Its id.
    pub network: NetworkId,
    /// The life of its log.
    pub log_id: LogId,
    /// Its plain name, from genesis.
    pub name: String,
    /// Its part in addresses.
    pub slug: String,
}

/// The newest publication or withdrawal of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPublication {
    /// The document.
    pub doc: DocumentId,
    /// Seq of the entry.
    pub seq: Seq,
    /// Whether it takes the story from the website.
    pub is_withdrawn: bool,
    /// The encoded entry, while it has bytes.
    pub bytes: Option<Vec<u8>>,
}
