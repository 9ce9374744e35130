//! A connection, with every setting that durability rests on read back.

use super::{OpenError, SqliteConfig};
use rusqlite::Connection;
use std::time::Duration;

/// Longest wait for another process at the same file, which holds its lock for a commit or a checkpoint.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// Statements kept prepared: more than we have, but for those that vary with the number of a reader's groups.
const STATEMENTS_MAX: usize = 64;

/// SQLite's own size of a page, in bytes.
const PAGE_BYTES: u64 = 4096;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// All; there is one.
    Write,
    /// Questions.
    Read,
}

/// Opens a connection.
///
/// `synchronous=FULL` with a write-ahead log means an fsync in every commit
/// (<https://sqlite.org/pragma.html#pragma_synchronous>); `secure_delete` overwrites what is deleted.
///
/// # Errors
/// [`OpenError::Setting`] if SQLite does not say back what was set.
pub(super) fn open(config: &SqliteConfig, access: Access) -> Result<Connection, OpenError> {
    let connection = Connection::open(&config.file)?;
    connection.busy_timeout(BUSY_MAX)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let query_only = match access {
        Access::Write => "0",
        Access::Read => "1",
    };
    set(&connection, "journal_mode", "WAL", "wal")?;
    set(&connection, "synchronous", "FULL", "2")?;
    set(&connection, "secure_delete", "ON", "1")?;
    set(&connection, "foreign_keys", "ON", "1")?;
    // Sorting spills to memory: no file but the database's ever holds rows.
    set(&connection, "temp_store", "MEMORY", "2")?;
    set(&connection, "query_only", query_only, query_only)?;
    if let Some(bytes_max) = config.bytes_max {
        let pages_max = (bytes_max / PAGE_BYTES).max(1);
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages_max}"))?;
    }
    Ok(connection)
}

fn set(connection: &Connection, name: &'static str, value: &str, wanted: &str) -> Result<(), OpenError> {
    connection.execute_batch(&format!("PRAGMA {name} = {value}"))?;
    let found = read(connection, name)?;
    if found == wanted {
        Ok(())
    } else {
        Err(OpenError::Setting { name, found })
    }
}

fn read(connection: &Connection, name: &str) -> Result<String, rusqlite::Error> {
    connection.pragma_query_value(None, name, |row| {
        Ok(match row.get_ref(0)? {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            rusqlite::types::ValueRef::Null
            | rusqlite::types::ValueRef::Real(_)
            | rusqlite::types::ValueRef::Blob(_) => String::new(),
        })
    })
}
