//! Stretches of the log as one reader may see them: rows are looked at one by one and never all held.

use super::answer::{chain, entry};
use super::row::{group, integer, seq};
use rusqlite::types::Value;
use rusqlite::{Connection, Error, params, params_from_iter};
use shared::entry::GroupId;
use shared::id::{Chain, NetworkId, Seq};
use shared::protocol::BackfillPosition;
use shared::storage::{BackfillSlice, LogPage, Reader};

/// Reads the log after the first seq, up to and with the second (S3).
pub(super) fn log(
    connection: &Connection,
    network: NetworkId,
    reader: &Reader,
    (after, upto): (Seq, Seq),
    bytes_max: usize,
) -> Result<LogPage, Error> {
    let mut read = connection.prepare_cached(&format!(
        "SELECT seq, chain, CASE
             WHEN kind = 0 THEN bytes
             WHEN seq <= ? THEN NULL
             WHEN doc IS NULL THEN bytes
             WHEN EXISTS (SELECT 1 FROM reader WHERE reader.network_id = log.network_id
                 AND reader.doc = log.doc AND reader.reader IN ({})) THEN bytes END
         FROM log WHERE network_id = ? AND seq > ? AND seq <= ? ORDER BY seq",
        places(&reader.groups)
    ))?;
    let mut params = vec![Value::Integer(integer(reader.membership_only_upto.0))];
    params.extend(blobs(&reader.groups));
    params.extend([
        Value::Blob(network.0.to_vec()),
        Value::Integer(integer(after.0)),
        Value::Integer(integer(upto.0)),
    ]);
    let mut rows = read.query(params_from_iter(params))?;
    let (mut entries, mut len, mut last) = (Vec::new(), 0, None);
    while len < bytes_max
        && let Some(row) = rows.next()?
    {
        let seq = seq(row, 0)?;
        last = Some((seq, Chain(row.get(1)?)));
        let bytes: Option<Vec<u8>> = row.get(2)?;
        if let Some(bytes) = bytes {
            len += bytes.len();
            entries.push((seq, bytes));
        }
    }
    let (upto, upto_chain) = match last {
        Some(last) => last,
        None => (
            after,
            chain(connection, network, after)?.unwrap_or(Chain([0; 16])),
        ),
    };
    Ok(LogPage {
        entries,
        upto,
        upto_chain,
    })
}

/// Reads on from a position: documents newest first, entries of each oldest first (S9).
pub(super) fn backfill(
    connection: &Connection,
    network: NetworkId,
    groups: &[GroupId],
    from: BackfillPosition,
    bytes_max: usize,
) -> Result<BackfillSlice, Error> {
    let mut read = connection.prepare_cached(&format!(
        "SELECT DISTINCT first_seq, doc FROM reader
         WHERE network_id = ? AND first_seq <= ? AND reader IN ({}) ORDER BY first_seq DESC",
        places(groups)
    ))?;
    let mut params = vec![
        Value::Blob(network.0.to_vec()),
        Value::Integer(integer(from.document.0)),
    ];
    params.extend(blobs(groups));
    let mut documents = read.query(params_from_iter(params))?;
    let mut read = connection.prepare_cached(
        "SELECT seq, bytes FROM log
         WHERE network_id = ? AND doc = ? AND seq > ? AND seq <= ? AND bytes IS NOT NULL ORDER BY seq",
    )?;
    let (mut entries, mut len) = (Vec::new(), 0);
    while let Some(document) = documents.next()? {
        let first_seq = seq(document, 0)?;
        let doc: [u8; 16] = document.get(1)?;
        let after = if first_seq == from.document {
            from.entry
        } else {
            Seq(0)
        };
        let params = params![network.0, doc, integer(after.0), integer(from.upto.0)];
        let mut rows = read.query(params)?;
        while let Some(row) = rows.next()? {
            let (seq, bytes) = entry(row)?;
            len += bytes.len();
            entries.push((seq, bytes));
            if len < bytes_max {
                continue;
            }
            let mut documents_left = 0;
            while documents.next()?.is_some() {
                documents_left += 1;
            }
            return Ok(BackfillSlice {
                entries,
                position: Some(BackfillPosition {
                    upto: from.upto,
                    document: first_seq,
                    entry: seq,
                }),
                documents_left,
            });
        }
    }
    Ok(BackfillSlice {
        entries,
        position: None,
        documents_left: 0,
    })
}

/// `?, ?, ?` for as many groups; nothing for none, which SQLite takes as an empty list.
fn places(groups: &[GroupId]) -> String {
    vec!["?"; groups.len()].join(", ")
}

fn blobs(groups: &[GroupId]) -> impl Iterator<Item = Value> {
    groups.iter().map(|reader| Value::Blob(group(*reader)))
}
