//! The store in one SQLite file: a thread that writes, connections that read.
//!
//! ```text
//! store() ─► queue ─► writer: BEGIN · one savepoint per transaction · COMMIT (one fsync) ─► done, done, done
//! answer() ─► a reading connection, in a transaction of its own
//! ```
//!
//! While one commit waits for the disk, others queue up and share the next: group commit.

mod answer;
mod connection;
mod operation;
mod page;
mod row;
mod schema;
mod writer;

use super::{Done, Store, StoredNetwork, StoredPublication};
use connection::Access;
use rusqlite::{Connection, Transaction};
use shared::crypto::FoundingHash;
use shared::id::{DocumentId, NetworkId};
use shared::storage::{Answer, RelayFailure, RelayOperation, RelayQuery};
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use thiserror::Error;
use tracing::error;
use writer::{Request, Writer};

/// Reading connections that are kept open: each may hold 2 MB of pages.
const READERS_KEPT_MAX: usize = 4;

/// Where and how large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteConfig {
    /// The file; SQLite keeps two more beside it.
    pub file: PathBuf,
    /// Largest size of the file in bytes; beyond it, transactions fail with [`RelayFailure::Full`].
    pub bytes_max: Option<u64>,
}

/// Why a file was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// SQLite cannot use it.
    #[error("sqlite cannot use the file")]
    Sqlite(#[from] rusqlite::Error),
    /// A setting that durability or erasure rests on did not take.
    #[error("sqlite keeps {name} at {found:?}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it is.
        found: String,
    },
    /// It belongs to another program.
    #[error("the file is not a store of Aanzet")]
    NotOurs,
    /// A newer server wrote it.
    #[error("the file has version {found}, this server knows {known}")]
    Newer {
        /// Its version.
        found: i64,
        /// The newest version that we know.
        known: i64,
    },
    /// No thread for the writer.
    #[error("the writer's thread does not start")]
    Thread(#[source] std::io::Error),
}

/// The store.
#[derive(Debug)]
pub struct SqliteStore {
    config: SqliteConfig,
    queue: Mutex<Option<Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens a file, or makes it, and brings it to the newest version.
    ///
    /// # Errors
    /// See [`OpenError`]; no table of a file that is not ours or newer was changed.
    pub fn open(config: SqliteConfig) -> Result<Self, OpenError> {
        let mut connection = connection::open(&config, Access::Write)?;
        schema::migrate(&mut connection)?;
        let (queue, requests) = mpsc::channel();
        let writer = Writer::new(config.clone(), connection);
        let thread = thread::Builder::new().name("store-writer".to_owned());
        let writer = thread
            .spawn(move || writer.run(&requests))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            config,
            queue: Mutex::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
        })
    }

    /// Reads within one transaction: all of it is of one moment.
    fn read<T>(
        &self,
        question: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, RelayFailure> {
        let kept = lock(&self.readers).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => connection::open(&self.config, Access::Read).map_err(|error| {
                error!(%error, "no connection to read from");
                RelayFailure::Failed
            })?,
        };
        let answer = connection
            .transaction()
            .and_then(|transaction| question(&transaction))
            .map_err(|error| {
                error!(%error, "a question is not answered");
                RelayFailure::Failed
            })?;
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_KEPT_MAX {
            readers.push(connection);
        }
        Ok(answer)
    }
}

impl Store for SqliteStore {
    fn store(&self, operations: Vec<RelayOperation>, done: Done) {
        let request = Request { operations, done };
        let refused = match &*lock(&self.queue) {
            Some(queue) => queue.send(request).err().map(|unsent| unsent.0),
            None => Some(request),
        };
        if let Some(request) = refused {
            (request.done)(Err(RelayFailure::Failed));
        }
    }

    fn answer(&self, query: &RelayQuery) -> Result<Answer, RelayFailure> {
        self.read(|transaction| answer::answer(transaction, query))
    }

    fn founding(&self) -> Result<Option<FoundingHash>, RelayFailure> {
        self.read(|transaction| answer::founding(transaction))
    }

    fn networks(&self) -> Result<Vec<StoredNetwork>, RelayFailure> {
        self.read(|transaction| answer::networks(transaction))
    }

    fn publications(
        &self,
        network: NetworkId,
        after: Option<DocumentId>,
        rows_max: u32,
    ) -> Result<Vec<StoredPublication>, RelayFailure> {
        self.read(|transaction| answer::publications(transaction, network, after, rows_max))
    }

    fn bytes_used(&self) -> Result<u64, RelayFailure> {
        self.read(|transaction| {
            let number = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let pages = number("page_count")? - number("freelist_count")?;
            Ok(u64::try_from(pages.saturating_mul(number("page_size")?)).unwrap_or_default())
        })
    }

    fn stop(&self) {
        drop(lock(&self.queue).take());
        let writer = lock(&self.writer).take();
        if let Some(Err(_)) = writer.map(JoinHandle::join) {
            error!("the writer ended by a panic");
        }
        lock(&self.readers).clear();
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A thread that panicked left nothing half done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
