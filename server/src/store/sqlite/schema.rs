//! The tables, and the one way between their versions: forward.

use super::OpenError;
use rusqlite::{Connection, TransactionBehavior};

/// Each step leads to the version of its place, from 1. A step that was released never changes.
const STEPS: [&str; 1] = [include_str!("schema/1.sql")];

/// "Aanz" in ASCII: tells our files from other programs' (<https://sqlite.org/fileformat.html>, offset 68).
const APPLICATION_ID: i64 = 0x4161_6e7a;

/// Brings a file to the newest version, in one transaction.
///
/// # Errors
/// [`OpenError::NotOurs`] for another program's file, [`OpenError::Newer`] for one of a newer server.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let n_tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application_id: i64 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let is_empty = n_tables == 0 && found == 0 && application_id == 0;
    if !is_empty && application_id != APPLICATION_ID {
        return Err(OpenError::NotOurs);
    }
    let (Ok(version), Ok(known)) = (usize::try_from(found), i64::try_from(STEPS.len())) else {
        return Err(OpenError::NotOurs);
    };
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for step in STEPS.iter().skip(version) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}
