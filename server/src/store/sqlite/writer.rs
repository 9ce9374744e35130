//! The thread that writes: it takes all that has queued up and commits it at once.

use super::SqliteConfig;
use super::connection::{self, Access};
use super::operation::Refused;
use crate::store::Done;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use shared::storage::{RelayFailure, RelayOperation};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tracing::error;

/// Most transactions in one commit: bounds how much a failed commit takes with it.
const BATCH_MAX: usize = 128;

/// Wait before the write-ahead log is emptied that could not be now.
const CHECKPOINT_AGAIN: Duration = Duration::from_secs(1);

/// A transaction, and who hears of it.
pub(super) struct Request {
    pub(super) operations: Vec<RelayOperation>,
    pub(super) done: Done,
}

/// Carries the steps of one transaction out.
pub(super) type CarryOut = fn(&Connection, &[RelayOperation]) -> Result<(), Refused>;

type Outcome = Result<(), RelayFailure>;

/// Why a batch was not committed. Nothing of it was.
enum Lost {
    /// One transaction made SQLite give the whole batch up, as it may when the disk is full
    /// (<https://sqlite.org/lang_transaction.html>, §3).
    Batch(RelayFailure),
    /// The connection cannot be trusted any more.
    Connection(RelayFailure),
}

/// The writer.
pub(super) struct Writer {
    config: SqliteConfig,
    /// `None` after a failure: opened again by the next batch.
    connection: Option<Connection>,
    carry_out: CarryOut,
    /// What was taken back may still be found in the write-ahead log.
    owes_checkpoint: bool,
}

impl Writer {
    pub(super) fn new(config: SqliteConfig, connection: Connection, carry_out: CarryOut) -> Self {
        Self {
            config,
            connection: Some(connection),
            carry_out,
            // An earlier start may have ended before it.
            owes_checkpoint: true,
        }
    }

    /// Runs until nobody can hand in any more and the queue is empty.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        loop {
            self.pay_checkpoint();
            let next = if self.owes_checkpoint {
                requests.recv_timeout(CHECKPOINT_AGAIN)
            } else {
                requests.recv().map_err(RecvTimeoutError::from)
            };
            let first = match next {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let mut batch = vec![first];
            batch.extend(requests.try_iter().take(BATCH_MAX - 1));
            let outcomes = self.carry_out(&batch);
            for (request, outcome) in batch.into_iter().zip(outcomes) {
                let takes_back = request.operations.iter().any(RelayOperation::takes_back);
                self.owes_checkpoint |= takes_back && outcome.is_ok();
                (request.done)(outcome);
            }
        }
    }

    /// Empties the write-ahead log, in which what was overwritten in the file still stands (E6).
    fn pay_checkpoint(&mut self) {
        let (true, Some(connection)) = (self.owes_checkpoint, &self.connection) else {
            return;
        };
        self.owes_checkpoint = !connection::empty_log(connection).unwrap_or(false);
    }

    /// Returns one outcome for each transaction, after the commit.
    fn carry_out(&mut self, batch: &[Request]) -> Vec<Outcome> {
        match self.commit(batch) {
            Ok(outcomes) => outcomes,
            // One at a time, so that the one that does not fit takes no other with it.
            Err(Lost::Batch(_)) if batch.len() > 1 => {
                batch.chunks(1).flat_map(|one| self.carry_out(one)).collect()
            }
            Err(Lost::Batch(failure)) => vec![Err(failure); batch.len()],
            Err(Lost::Connection(failure)) => {
                self.connection = None;
                vec![Err(failure); batch.len()]
            }
        }
    }

    fn commit(&mut self, batch: &[Request]) -> Result<Vec<Outcome>, Lost> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed @ None => closed.insert(reopen(&self.config)?),
        };
        let mut transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| broken(&error))?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for request in batch {
            let savepoint = transaction.savepoint().map_err(|error| broken(&error))?;
            let outcome = (self.carry_out)(&savepoint, &request.operations);
            match outcome {
                Ok(()) => savepoint.commit().map_err(|error| broken(&error))?,
                // Rolls back to the savepoint.
                Err(_) => drop(savepoint),
            }
            let outcome = outcome.map_err(failure);
            if transaction.is_autocommit() {
                return Err(Lost::Batch(outcome.err().unwrap_or(RelayFailure::Failed)));
            }
            outcomes.push(outcome);
        }
        transaction.commit().map_err(|error| broken(&error))?;
        Ok(outcomes)
    }
}

fn reopen(config: &SqliteConfig) -> Result<Connection, Lost> {
    connection::open(config, Access::Write).map_err(|error| {
        error!(%error, "the store does not open again");
        Lost::Connection(RelayFailure::Failed)
    })
}

fn broken(error: &rusqlite::Error) -> Lost {
    error!(%error, "nothing of a batch is stored");
    Lost::Connection(kind_of(error))
}

fn failure(refused: Refused) -> RelayFailure {
    match refused {
        Refused::Outdated => RelayFailure::Outdated,
        Refused::Wrong => RelayFailure::Failed,
        Refused::Sqlite(error) => {
            error!(%error, "a transaction is not stored");
            kind_of(&error)
        }
    }
}

fn kind_of(error: &rusqlite::Error) -> RelayFailure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => RelayFailure::Full,
        Some(_) | None => RelayFailure::Failed,
    }
}
