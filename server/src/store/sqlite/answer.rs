//! Answers questions, each within one reading transaction.

use super::row::{self, DOCUMENT_COLUMNS, integer, number, seq};
use super::{StoredNetwork, StoredPublication, page};
use rusqlite::{Connection, Error, OptionalExtension, Row, params};
use shared::crypto::{FoundingHash, SignPublic};
use shared::entry::{GroupId, Kind};
use shared::id::{Chain, DeviceId, DocumentId, EntryId, LogId, MemberId, NetworkId, Seq};
use shared::membership::DetachedHash;
use shared::storage::{Answer, DocumentRow, Known, LivingEntry, NetworkRow, RelayQuery, Usage};
use std::collections::BTreeMap;

/// Answers a question.
pub(super) fn answer(connection: &Connection, query: &RelayQuery) -> Result<Answer, Error> {
    Ok(match query {
        RelayQuery::Network { network } => Answer::Network(network_row(connection, *network)?),
        RelayQuery::Invitation { key } => Answer::Invitation(invitation(connection, *key)?),
        RelayQuery::Entries { network, seqs } => Answer::Entries(entries(connection, *network, seqs)?),
        RelayQuery::Judge {
            network,
            ids,
            docs,
            covered,
            whole,
            members,
            media: _,
        } => Answer::Judge(Box::new(Known {
            have: have(connection, *network, ids)?,
            documents: documents(connection, *network, docs)?,
            living: covered
                .iter()
                .map(|doc| Ok((*doc, living(connection, *network, *doc)?)))
                .collect::<Result<_, Error>>()?,
            whole: whole
                .iter()
                .map(|doc| Ok((*doc, self::whole(connection, *network, *doc)?)))
                .collect::<Result<_, Error>>()?,
            usage: usage(connection, *network, members)?,
            // Of the other file.
            part_bytes: BTreeMap::new(),
            media: BTreeMap::new(),
        })),
        RelayQuery::Chain { network, seq } => Answer::Chain(chain(connection, *network, *seq)?),
        RelayQuery::Page {
            network,
            reader,
            after,
            upto,
            rows_max,
            bytes_max,
        } => {
            let upto = Seq(upto.0.min(after.0.saturating_add(u64::from(*rows_max))));
            Answer::Page(page::log(
                connection,
                *network,
                reader,
                (*after, upto),
                *bytes_max,
            )?)
        }
        RelayQuery::Backfill {
            network,
            groups,
            position,
            bytes_max,
        } => Answer::Backfill(page::backfill(
            connection, *network, groups, *position, *bytes_max,
        )?),
        RelayQuery::Detached {
            network,
            hashes,
            bytes_max,
        } => Answer::Detached(detached(connection, *network, hashes, *bytes_max)?),
        // They are answered from both files, or from the other one.
        RelayQuery::JudgePart { .. }
        | RelayQuery::Blobs { .. }
        | RelayQuery::Part { .. }
        | RelayQuery::JudgeMedium { .. }
        | RelayQuery::Media { .. }
        | RelayQuery::WholeMedium { .. } => return Err(Error::InvalidQuery),
    })
}

pub(super) fn founding(connection: &Connection) -> Result<Option<FoundingHash>, Error> {
    let mut read = connection.prepare_cached("SELECT hash FROM founding")?;
    read.query_row([], |row| row.get(0).map(FoundingHash)).optional()
}

pub(super) fn networks(connection: &Connection) -> Result<Vec<StoredNetwork>, Error> {
    let mut read = connection
        .prepare_cached("SELECT network_id, log_id, name, slug FROM network ORDER BY network_id")?;
    let networks = read.query_map([], |row| {
        Ok(StoredNetwork {
            network: NetworkId(row.get(0)?),
            log_id: LogId(row.get(1)?),
            name: row.get(2)?,
            slug: row.get(3)?,
        })
    })?;
    networks.collect()
}

pub(super) fn publications(
    connection: &Connection,
    network: NetworkId,
    after: Option<DocumentId>,
    rows_max: u32,
) -> Result<Vec<StoredPublication>, Error> {
    let mut read = connection.prepare_cached(
        "SELECT document.doc, publication_seq, is_withdrawn, bytes
         FROM document LEFT JOIN log ON log.network_id = document.network_id AND log.seq = publication_seq
         WHERE document.network_id = ? AND document.doc > ? AND publication_seq IS NOT NULL
         ORDER BY document.doc LIMIT ?",
    )?;
    // Nothing of no bytes comes before every id.
    let after = after.map_or(Vec::new(), |doc| doc.0.to_vec());
    let publications = read.query_map(params![network.0, after, rows_max], |row| {
        Ok(StoredPublication {
            doc: DocumentId(row.get(0)?),
            seq: seq(row, 1)?,
            is_withdrawn: row.get(2)?,
            bytes: row.get(3)?,
        })
    })?;
    publications.collect()
}

/// Returns the token at a seq; zeros at 0 of a network that is there.
pub(super) fn chain(connection: &Connection, network: NetworkId, seq: Seq) -> Result<Option<Chain>, Error> {
    let sql = if seq == Seq(0) {
        "SELECT zeroblob(16) FROM network WHERE network_id = ? AND ? = 0"
    } else {
        "SELECT chain FROM log WHERE network_id = ? AND seq = ?"
    };
    let mut read = connection.prepare_cached(sql)?;
    let params = params![network.0, integer(seq.0)];
    read.query_row(params, |row| row.get(0).map(Chain)).optional()
}

fn network_row(connection: &Connection, network: NetworkId) -> Result<Option<NetworkRow>, Error> {
    let mut read =
        connection.prepare_cached("SELECT log_id, head, chain FROM network WHERE network_id = ?")?;
    let head = read
        .query_row([network.0], |row| {
            Ok((LogId(row.get(0)?), seq(row, 1)?, Chain(row.get(2)?)))
        })
        .optional()?;
    let Some((log_id, head, chain)) = head else {
        return Ok(None);
    };
    let mut read = connection.prepare_cached(
        "SELECT seq, bytes FROM log WHERE network_id = ? AND kind = 0 AND bytes IS NOT NULL ORDER BY seq",
    )?;
    let records = read.query_map([network.0], entry)?;
    Ok(Some(NetworkRow {
        log_id,
        head,
        chain,
        records: records.collect::<Result<_, _>>()?,
        erasing: erasing(connection, network)?,
    }))
}

/// Returns the erased documents of which parts and media may still be there.
fn erasing(connection: &Connection, network: NetworkId) -> Result<Vec<DocumentId>, Error> {
    let mut read = connection.prepare_cached("SELECT doc FROM erasing WHERE network_id = ? ORDER BY doc")?;
    let documents = read.query_map([network.0], |row| row.get(0).map(DocumentId))?;
    documents.collect()
}

fn invitation(connection: &Connection, key: SignPublic) -> Result<Option<NetworkId>, Error> {
    let mut read = connection.prepare_cached("SELECT network_id FROM invitation WHERE public_key = ?")?;
    read.query_row([key.0], |row| row.get(0).map(NetworkId))
        .optional()
}

fn entries(connection: &Connection, network: NetworkId, seqs: &[Seq]) -> Result<Vec<(Seq, Vec<u8>)>, Error> {
    let mut seqs = seqs.to_vec();
    seqs.sort_unstable();
    seqs.dedup();
    let mut read = connection.prepare_cached(
        "SELECT seq, bytes FROM log WHERE network_id = ? AND seq = ? AND bytes IS NOT NULL",
    )?;
    seqs.iter()
        .filter_map(|seq| {
            read.query_row(params![network.0, integer(seq.0)], entry)
                .optional()
                .transpose()
        })
        .collect()
}

/// Returns what is known of a document.
pub(super) fn document(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
) -> Result<Option<DocumentRow>, Error> {
    let found: Vec<_> = documents(connection, network, &[doc])?;
    Ok(found.into_iter().map(|(_, row)| row).next())
}

/// Tells whether one of these groups reads a document.
pub(super) fn reads(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    groups: &[GroupId],
) -> Result<bool, Error> {
    let row = document(connection, network, doc)?;
    Ok(row.is_some_and(|row| row.readers.iter().any(|group| groups.contains(group))))
}

/// Returns what a member uses, parts of blobs apart.
pub(super) fn usage_of(
    connection: &Connection,
    network: NetworkId,
    member: MemberId,
) -> Result<Usage, Error> {
    let found: Vec<_> = usage(connection, network, &[member])?;
    Ok(found
        .into_iter()
        .map(|(_, usage)| usage)
        .next()
        .unwrap_or_default())
}

fn have<C: FromIterator<(EntryId, (Seq, Chain))>>(
    connection: &Connection,
    network: NetworkId,
    ids: &[EntryId],
) -> Result<C, Error> {
    let mut read = connection.prepare_cached("SELECT seq, chain FROM log WHERE network_id = ? AND id = ?")?;
    ids.iter()
        .filter_map(|id| {
            read.query_row(params![network.0, id.0], |row| {
                Ok((*id, (seq(row, 0)?, Chain(row.get(1)?))))
            })
            .optional()
            .transpose()
        })
        .collect()
}

fn documents<C: FromIterator<(DocumentId, DocumentRow)>>(
    connection: &Connection,
    network: NetworkId,
    docs: &[DocumentId],
) -> Result<C, Error> {
    let mut read = connection.prepare_cached(&format!(
        "SELECT {DOCUMENT_COLUMNS} FROM document WHERE network_id = ? AND doc = ?"
    ))?;
    docs.iter()
        .filter_map(|doc| {
            read.query_row(params![network.0, doc.0], |row| Ok((*doc, row::document(row)?)))
                .optional()
                .transpose()
        })
        .collect()
}

fn living(connection: &Connection, network: NetworkId, doc: DocumentId) -> Result<Vec<LivingEntry>, Error> {
    let (incremental, snapshot) = (Kind::Incremental.code(), Kind::Snapshot.code());
    let is_content = format!("kind IN ({incremental}, {snapshot})");
    unsuperseded(connection, network, doc, &is_content)
}

fn whole(connection: &Connection, network: NetworkId, doc: DocumentId) -> Result<Vec<LivingEntry>, Error> {
    unsuperseded(connection, network, doc, "bytes IS NOT NULL")
}

fn unsuperseded(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    is_asked: &str,
) -> Result<Vec<LivingEntry>, Error> {
    let mut read = connection.prepare_cached(&format!(
        "SELECT seq, id, device, coalesce(length(bytes), 0) FROM log
         WHERE network_id = ?1 AND doc = ?2 AND {is_asked} AND NOT EXISTS (
             SELECT 1 FROM superseded WHERE superseded.network_id = ?1 AND superseded.seq = log.seq)
         ORDER BY seq"
    ))?;
    let entries = read.query_map(params![network.0, doc.0], |row| {
        Ok(LivingEntry {
            seq: seq(row, 0)?,
            id: EntryId(row.get(1)?),
            by: DeviceId(row.get(2)?),
            len: number(row, 3)?,
        })
    })?;
    entries.collect()
}

fn usage<C: FromIterator<(MemberId, Usage)>>(
    connection: &Connection,
    network: NetworkId,
    members: &[MemberId],
) -> Result<C, Error> {
    let mut read = connection
        .prepare_cached("SELECT bytes, documents FROM usage WHERE network_id = ? AND member = ?")?;
    members
        .iter()
        .filter_map(|member| {
            read.query_row(params![network.0, member.0], |row| {
                let usage = Usage {
                    bytes: number(row, 0)?,
                    documents: row.get(1)?,
                };
                Ok((*member, usage))
            })
            .optional()
            .transpose()
        })
        .collect()
}

type Parts = Vec<(DetachedHash, Option<Vec<u8>>)>;

fn detached(
    connection: &Connection,
    network: NetworkId,
    hashes: &[DetachedHash],
    bytes_max: usize,
) -> Result<Parts, Error> {
    let mut read =
        connection.prepare_cached("SELECT bytes FROM detached WHERE network_id = ? AND hash = ?")?;
    let (mut parts, mut len) = (Parts::new(), 0);
    for hash in hashes {
        let bytes: Option<Vec<u8>> = read
            .query_row(params![network.0, hash.0], |row| row.get(0))
            .optional()?;
        len += bytes.as_ref().map_or(0, Vec::len);
        // The first is answered whatever its length, or it would never be.
        if len > bytes_max && !parts.is_empty() {
            break;
        }
        parts.push((*hash, bytes));
    }
    Ok(parts)
}

/// Reads `seq, bytes`.
pub(super) fn entry(row: &Row<'_>) -> Result<(Seq, Vec<u8>), Error> {
    Ok((seq(row, 0)?, row.get(1)?))
}
