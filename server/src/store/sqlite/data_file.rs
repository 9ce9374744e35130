//! One SQLite file: a thread that writes, connections that read.

use super::connection::{self, Access};
use super::schema::Schema;
use super::writer::{CarryOut, Request, Writer};
use super::{OpenError, SqliteConfig};
use crate::store::Done;
use rusqlite::{Connection, Transaction};
use shared::storage::{RelayFailure, RelayOperation};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tracing::error;

/// Reading connections that are kept open: each may hold 2 MB of pages.
const READERS_KEPT_MAX: usize = 4;

/// The file.
#[derive(Debug)]
pub(super) struct DataFile {
    config: SqliteConfig,
    queue: Mutex<Option<Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
}

impl DataFile {
    /// Opens a file, or makes it, and brings it to the newest version.
    pub(super) fn open(
        config: SqliteConfig,
        schema: &Schema,
        carry_out: CarryOut,
    ) -> Result<Self, OpenError> {
        let mut connection = connection::open(&config, Access::Write)?;
        schema.migrate(&mut connection)?;
        let (queue, requests) = mpsc::channel();
        let writer = Writer::new(config.clone(), connection, carry_out);
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

    /// Hands a transaction to the writer.
    pub(super) fn store(&self, operations: Vec<RelayOperation>, done: Done) {
        let request = Request { operations, done };
        let refused = match &*lock(&self.queue) {
            Some(queue) => queue.send(request).err().map(|unsent| unsent.0),
            None => Some(request),
        };
        if let Some(request) = refused {
            (request.done)(Err(RelayFailure::Failed));
        }
    }

    /// Reads within one transaction: all of it is of one moment.
    pub(super) fn read<T>(
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

    /// Lets the writer carry out what was handed in, and closes.
    pub(super) fn stop(&self) {
        drop(lock(&self.queue).take());
        let writer = lock(&self.writer).take();
        if let Some(Err(_)) = writer.map(JoinHandle::join) {
            error!("the writer ended by a panic");
        }
        lock(&self.readers).clear();
    }
}

/// A thread that panicked left nothing half done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
