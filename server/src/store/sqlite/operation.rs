//! Carries the steps of a transaction out.

use super::row::{collection, group, groups, integer, keys};
use rusqlite::{Connection, ErrorCode, OptionalExtension, named_params, params};
use shared::crypto::FoundingHash;
use shared::id::{Chain, DocumentId, MemberId, NetworkId, Seq};
use shared::storage::{DocumentRow, NewEntry, NewNetwork, RelayOperation, Usage};
use shared::time::Timestamp;

/// Why a transaction is not carried out. What it did is rolled back by who called.
#[derive(Debug)]
pub(super) enum Refused {
    /// Something compared was not as expected.
    Outdated,
    /// It asks for what cannot be.
    Wrong,
    /// SQLite does not.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Carries all steps out, in order, up to the first that does not hold.
pub(super) fn carry_out(connection: &Connection, operations: &[RelayOperation]) -> Result<(), Refused> {
    operations
        .iter()
        .try_for_each(|operation| step(connection, operation))
}

fn step(connection: &Connection, operation: &RelayOperation) -> Result<(), Refused> {
    match operation {
        RelayOperation::SetFounding(hash) => set_founding(connection, *hash),
        RelayOperation::BurnFounding(hash) => burn_founding(connection, *hash),
        RelayOperation::CreateNetwork(new) => create_network(connection, new),
        RelayOperation::ExpectHead { network, head } => expect_head(connection, *network, *head),
        RelayOperation::Append { network, entry } => append(connection, *network, entry),
        RelayOperation::Forget { network, seq } => run(
            connection,
            "UPDATE log SET bytes = NULL WHERE network_id = ? AND seq = ?",
            params![network.0, integer(seq.0)],
        ),
        RelayOperation::Erase { network, doc, by } => erase(connection, *network, *doc, *by),
        RelayOperation::NoteErased { network, doc } => run(
            connection,
            "DELETE FROM erasing WHERE network_id = ? AND doc = ?",
            params![network.0, doc.0],
        ),
        RelayOperation::Supersede {
            network,
            by,
            upto,
            entries,
            at,
        } => supersede(connection, *network, (*by, *upto), entries, *at),
        RelayOperation::Expire { network, before } => expire(connection, *network, *before),
        RelayOperation::PutDetached { network, hash, bytes } => run(
            connection,
            "INSERT OR REPLACE INTO detached (network_id, hash, bytes) VALUES (?, ?, ?)",
            params![network.0, hash.0, bytes],
        ),
        RelayOperation::PutInvitation { key, network } => run(
            connection,
            "INSERT OR REPLACE INTO invitation (network_id, public_key) VALUES (?, ?)",
            params![network.0, key.0],
        ),
        RelayOperation::PutDocument { network, doc, row } => put_document(connection, *network, *doc, row),
        RelayOperation::PutUsage {
            network,
            member,
            usage,
        } => put_usage(connection, *network, *member, *usage),
        // Of the other file: no transaction spans both.
        RelayOperation::PutPart { .. }
        | RelayOperation::PutMedium { .. }
        | RelayOperation::ConfirmMedium { .. }
        | RelayOperation::DropMedia { .. }
        | RelayOperation::DropBlobs { .. }
        | RelayOperation::DropParts { .. } => Err(Refused::Wrong),
    }
}

fn run(connection: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<(), Refused> {
    connection.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

fn set_founding(connection: &Connection, hash: FoundingHash) -> Result<(), Refused> {
    run(
        connection,
        "INSERT OR REPLACE INTO founding (id, hash) VALUES (1, ?)",
        params![hash.0],
    )
}

fn burn_founding(connection: &Connection, hash: FoundingHash) -> Result<(), Refused> {
    let mut burn = connection.prepare_cached("DELETE FROM founding WHERE hash = ?")?;
    match burn.execute(params![hash.0])? {
        0 => Err(Refused::Outdated),
        _ => Ok(()),
    }
}

fn create_network(connection: &Connection, new: &NewNetwork) -> Result<(), Refused> {
    let created = run(
        connection,
        "INSERT INTO network (network_id, log_id, head, chain, name, slug) VALUES (?, ?, 0, ?, ?, ?)",
        params![
            new.network.0,
            new.log_id.0,
            [0_u8; Chain::LEN],
            new.name,
            new.slug
        ],
    );
    match created {
        Err(Refused::Sqlite(error)) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(Refused::Outdated)
        }
        other => other,
    }
}

fn expect_head(connection: &Connection, network: NetworkId, head: Seq) -> Result<(), Refused> {
    let mut read = connection.prepare_cached("SELECT head FROM network WHERE network_id = ?")?;
    let found: Option<i64> = read.query_row(params![network.0], |row| row.get(0)).optional()?;
    match found {
        Some(found) if found == integer(head.0) => Ok(()),
        Some(_) => Err(Refused::Outdated),
        None => Err(Refused::Wrong),
    }
}

/// S1: the counter row moves first, and only from the seq before.
fn append(connection: &Connection, network: NetworkId, entry: &NewEntry) -> Result<(), Refused> {
    let seq = integer(entry.seq.0);
    let mut count = connection
        .prepare_cached("UPDATE network SET head = ?1, chain = ?2 WHERE network_id = ?3 AND head = ?1 - 1")?;
    if count.execute(params![seq, entry.chain.0, network.0])? == 0 {
        return Err(Refused::Wrong);
    }
    run(
        connection,
        "INSERT INTO log (network_id, seq, id, chain, kind, doc, device, bytes)
         VALUES (:network, :seq, :id, :chain, :kind, :doc, :device, :bytes)",
        named_params! {
            ":network": network.0,
            ":seq": seq,
            ":id": entry.id.0,
            ":chain": entry.chain.0,
            ":kind": entry.kind.code(),
            ":doc": entry.doc.map(|doc| doc.0),
            ":device": entry.by.0,
            ":bytes": entry.bytes,
        },
    )
}

fn erase(connection: &Connection, network: NetworkId, doc: DocumentId, by: Seq) -> Result<(), Refused> {
    run(
        connection,
        "UPDATE log SET bytes = NULL WHERE network_id = ? AND doc = ? AND seq < ?",
        params![network.0, doc.0, integer(by.0)],
    )?;
    run(
        connection,
        "INSERT OR IGNORE INTO erasing (network_id, doc) VALUES (?, ?)",
        params![network.0, doc.0],
    )
}

fn supersede(
    connection: &Connection,
    network: NetworkId,
    (by, upto): (Seq, Seq),
    entries: &[Seq],
    at: Timestamp,
) -> Result<(), Refused> {
    run(
        connection,
        "INSERT INTO cover (network_id, seq, upto) VALUES (?, ?, ?)",
        params![network.0, integer(by.0), integer(upto.0)],
    )?;
    entries.iter().try_for_each(|seq| {
        run(
            connection,
            "INSERT INTO superseded (network_id, seq, superseded_by, since) VALUES (?, ?, ?, ?)
             ON CONFLICT (network_id, seq) DO NOTHING",
            params![network.0, integer(seq.0), integer(by.0), integer(at.0)],
        )
    })
}

fn expire(connection: &Connection, network: NetworkId, before: Timestamp) -> Result<(), Refused> {
    run(
        connection,
        "UPDATE log SET bytes = NULL WHERE network_id = ?1 AND seq IN (
             SELECT seq FROM superseded WHERE network_id = ?1 AND since < ?2)",
        params![network.0, integer(before.0)],
    )?;
    run(
        connection,
        "UPDATE superseded SET since = NULL WHERE network_id = ? AND since < ?",
        params![network.0, integer(before.0)],
    )
}

fn put_document(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    row: &DocumentRow,
) -> Result<(), Refused> {
    let publication = row.publication.as_ref();
    run(
        connection,
        "INSERT INTO document (network_id, doc, collection, author, generation, first_seq, readers, keys,
             publication_id, publication_seq, is_withdrawn, erased_seq)
         VALUES (:network, :doc, :collection, :author, :generation, :first_seq, :readers, :keys,
             :publication_id, :publication_seq, :is_withdrawn, :erased_seq)
         ON CONFLICT (network_id, doc) DO UPDATE SET collection = excluded.collection,
             author = excluded.author, generation = excluded.generation, first_seq = excluded.first_seq,
             readers = excluded.readers, keys = excluded.keys, publication_id = excluded.publication_id,
             publication_seq = excluded.publication_seq, is_withdrawn = excluded.is_withdrawn,
             erased_seq = excluded.erased_seq",
        named_params! {
            ":network": network.0,
            ":doc": doc.0,
            ":collection": collection(row.coll),
            ":author": row.author.0,
            ":generation": row.generation.0,
            ":first_seq": integer(row.first_seq.0),
            ":readers": groups(&row.readers),
            ":keys": keys(&row.keys),
            ":publication_id": publication.map(|newest| newest.entry.0),
            ":publication_seq": publication.map(|newest| integer(newest.seq.0)),
            ":is_withdrawn": publication.map(|newest| newest.is_withdrawn),
            ":erased_seq": row.erased.map(|seq| integer(seq.0)),
        },
    )?;
    run(
        connection,
        "DELETE FROM reader WHERE network_id = ? AND doc = ?",
        params![network.0, doc.0],
    )?;
    row.readers.iter().try_for_each(|reader| {
        run(
            connection,
            "INSERT INTO reader (network_id, doc, reader, first_seq) VALUES (?, ?, ?, ?)",
            params![network.0, doc.0, group(*reader), integer(row.first_seq.0)],
        )
    })
}

fn put_usage(
    connection: &Connection,
    network: NetworkId,
    member: MemberId,
    usage: Usage,
) -> Result<(), Refused> {
    run(
        connection,
        "INSERT OR REPLACE INTO usage (network_id, member, bytes, documents) VALUES (?, ?, ?, ?)",
        params![network.0, member.0, integer(usage.bytes), usage.documents],
    )
}
