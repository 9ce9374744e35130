//! Stretches of the log as one reader may see them: rows are looked at one by one and never all held.

use super::answer::{chain, entry};
use super::row::{group, integer, optional_seq, seq};
use rusqlite::types::Value;
use rusqlite::{Connection, Error, params, params_from_iter};
use shared::entry::GroupId;
use shared::id::{Chain, NetworkId, Seq};
use shared::protocol::BackfillPosition;
use shared::storage::{BackfillSlice, LogPage, PageBuilder, PageRow, Reader};
use std::collections::BTreeSet;

/// Reads the log after the first seq, up to and with the second (S3).
pub(super) fn log(
    connection: &Connection,
    network: NetworkId,
    reader: &Reader,
    (after, upto): (Seq, Seq),
    bytes_max: usize,
) -> Result<LogPage, Error> {
    let mut read = connection.prepare_cached(&format!(
        "SELECT seq, chain, is_seen, superseded_by, covers, CASE WHEN is_seen THEN bytes END FROM (
             SELECT log.seq, chain, superseded_by, cover.upto AS covers, bytes, CASE
                 WHEN kind = 0 THEN 1
                 WHEN log.seq <= ? THEN 0
                 WHEN doc IS NULL OR kind = 7 THEN 1
                 ELSE EXISTS (SELECT 1 FROM reader WHERE reader.network_id = log.network_id
                     AND reader.doc = log.doc AND reader.reader IN ({})) END AS is_seen
             FROM log
             LEFT JOIN superseded ON superseded.network_id = log.network_id AND superseded.seq = log.seq
             LEFT JOIN cover ON cover.network_id = log.network_id AND cover.seq = log.seq
             WHERE log.network_id = ? AND log.seq > ? AND log.seq <= ?) ORDER BY seq",
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
    let before = chain(connection, network, after)?.unwrap_or(Chain([0; 16]));
    let mut page = PageBuilder::new(after, before, upto, bytes_max);
    while page.has_room()
        && let Some(row) = rows.next()?
    {
        page.push(PageRow {
            seq: seq(row, 0)?,
            chain: Chain(row.get(1)?),
            is_seen: row.get(2)?,
            superseded_by: optional_seq(row, 3)?,
            covers: optional_seq(row, 4)?,
            bytes: row.get(5)?,
        });
    }
    Ok(page.finish())
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
         WHERE network_id = ? AND first_seq <= ? AND reader IN ({}) AND NOT EXISTS (
             SELECT 1 FROM document WHERE document.network_id = reader.network_id
                 AND document.doc = reader.doc AND erased_seq IS NOT NULL)
         ORDER BY first_seq DESC",
        places(groups)
    ))?;
    let mut params = vec![
        Value::Blob(network.0.to_vec()),
        Value::Integer(integer(from.document.0)),
    ];
    params.extend(blobs(groups));
    let mut documents = read.query(params_from_iter(params))?;
    let mut read = connection.prepare_cached(
        "SELECT seq, bytes, EXISTS (SELECT 1 FROM cover WHERE cover.network_id = ?1 AND cover.seq = log.seq)
         FROM log WHERE network_id = ?1 AND doc = ?2 AND seq > ?3 AND seq <= ?4 AND bytes IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM superseded WHERE superseded.network_id = ?1
                 AND superseded.seq = log.seq AND superseded_by <= ?4)
         ORDER BY seq",
    )?;
    let (mut entries, mut superseding, mut len) = (Vec::new(), BTreeSet::new(), 0);
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
            if row.get(2)? {
                superseding.insert(seq);
            }
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
                superseding,
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
        superseding,
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
