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

/// Carries what stands in the write-ahead log over into the file, and empties it
/// (<https://sqlite.org/pragma.html#pragma_wal_checkpoint>). Tells whether it is empty: not while somebody reads what
/// was there before. Nobody is waited for, as all writing would wait too.
pub(super) fn empty_log(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.busy_timeout(Duration::ZERO)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(BUSY_MAX)?;
    Ok(is_busy? == 0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_what_durability_and_erasure_rest_on_is_set_on_every_connection() {
        let folder = std::env::temp_dir().join(format!("aanzet-connection-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let config = SqliteConfig {
            file: folder.join("relay.sqlite"),
            bytes_max: None,
        };
        for (access, query_only) in [(Access::Write, "0"), (Access::Read, "1")] {
            let connection = open(&config, access).unwrap();
            let settings = [
                ("journal_mode", "wal"),
                ("synchronous", "2"),
                ("secure_delete", "1"),
                ("temp_store", "2"),
                ("query_only", query_only),
            ];
            for (name, wanted) in settings {
                assert_eq!(read(&connection, name).unwrap(), wanted, "{name} of {access:?}");
            }
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn s5_a_setting_that_does_not_take_is_refused() {
        let nowhere = SqliteConfig {
            file: ":memory:".into(),
            bytes_max: None,
        };
        let refused = open(&nowhere, Access::Write).unwrap_err();
        assert!(
            matches!(&refused, OpenError::Setting { name: "journal_mode", found } if found == "memory"),
            "{refused}"
        );
    }
}
