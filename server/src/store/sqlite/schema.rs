//! The tables, and the one way between their versions: forward.

use super::OpenError;
use rusqlite::{Connection, TransactionBehavior};

/// What a file holds.
#[derive(Debug)]
pub(super) struct Schema {
    /// Tells our files from other programs', and one of ours from the other
    /// (<https://sqlite.org/fileformat.html>, offset 68).
    application_id: i64,
    /// Each step leads to the version of its place, from 1. A step that was released never changes.
    steps: &'static [&'static str],
}

/// The logs: "Aanz" in ASCII.
pub(super) const LOG: Schema = Schema {
    application_id: 0x4161_6e7a,
    steps: &[
        include_str!("schema/1.sql"),
        include_str!("schema/2.sql"),
        include_str!("schema/3.sql"),
    ],
};

/// The parts of blobs: "Aanb" in ASCII.
pub(super) const BLOBS: Schema = Schema {
    application_id: 0x4161_6e62,
    steps: &[
        include_str!("schema/blobs/1.sql"),
        include_str!("schema/blobs/2.sql"),
    ],
};

impl Schema {
    /// Brings a file to the newest version, in one transaction.
    ///
    /// # Errors
    /// [`OpenError::NotOurs`] for another program's file, [`OpenError::Newer`] for one of a newer server.
    pub(super) fn migrate(&self, connection: &mut Connection) -> Result<(), OpenError> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let n_tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let application_id: i64 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let is_empty = n_tables == 0 && found == 0 && application_id == 0;
        if !is_empty && application_id != self.application_id {
            return Err(OpenError::NotOurs);
        }
        let (Ok(version), Ok(known)) = (usize::try_from(found), i64::try_from(self.steps.len())) else {
            return Err(OpenError::NotOurs);
        };
        if found > known {
            return Err(OpenError::Newer { found, known });
        }
        for step in self.steps.iter().skip(version) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", self.application_id)?;
        transaction.pragma_update(None, "user_version", known)?;
        Ok(transaction.commit()?)
    }
}
