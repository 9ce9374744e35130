//! Rows as SQLite keeps them: integers of 64 bits with a sign, lists as CBOR.

use rusqlite::types::Type;
use rusqlite::{Error, Row};
use shared::cbor::{self, CborError};
use shared::entry::{Collection, GroupId};
use shared::id::{EntryId, Epoch, Generation, KidShort, MemberId, Seq};
use shared::storage::{DocumentRow, KeyRow, PublicationRow};

/// Columns of a document, in the order of [`document`].
pub(super) const DOCUMENT_COLUMNS: &str = "collection, author, generation, first_seq, readers, keys, publication_id, publication_seq, is_withdrawn, \
     erased_seq, (SELECT bytes IS NULL FROM log WHERE log.network_id = document.network_id AND seq = publication_seq)";

/// What is beyond 63 bits is beyond every log.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads a number that is never negative.
pub(super) fn number(row: &Row<'_>, idx: usize) -> Result<u64, Error> {
    let integer: i64 = row.get(idx)?;
    u64::try_from(integer).map_err(|_| Error::IntegralValueOutOfRange(idx, integer))
}

pub(super) fn seq(row: &Row<'_>, idx: usize) -> Result<Seq, Error> {
    number(row, idx).map(Seq)
}

pub(super) fn optional_seq(row: &Row<'_>, idx: usize) -> Result<Option<Seq>, Error> {
    let integer: Option<i64> = row.get(idx)?;
    integer.map(|_| seq(row, idx)).transpose()
}

pub(super) fn collection(coll: Collection) -> Vec<u8> {
    cbor::encode(&coll)
}

pub(super) fn group(group: GroupId) -> Vec<u8> {
    cbor::encode(&group)
}

pub(super) fn groups(groups: &[GroupId]) -> Vec<u8> {
    cbor::encode(groups)
}

/// One key: its id, the seq that brought it, its newest wraps.
type Key = (KidShort, Seq, Vec<(GroupId, Epoch)>);

pub(super) fn keys(keys: &[KeyRow]) -> Vec<u8> {
    let keys: Vec<Key> = keys
        .iter()
        .map(|key| (key.kid, key.first_seq, key.wraps.clone()))
        .collect();
    cbor::encode(&keys)
}

/// Reads [`DOCUMENT_COLUMNS`].
pub(super) fn document(row: &Row<'_>) -> Result<DocumentRow, Error> {
    let keys = decode(row, 5, cbor::decode::<Vec<Key>>)?;
    let keys = keys.into_iter().map(|(kid, first_seq, wraps)| KeyRow {
        kid,
        first_seq,
        wraps,
    });
    let publication_id: Option<[u8; 32]> = row.get(6)?;
    let publication = match publication_id {
        Some(id) => Some(PublicationRow {
            entry: EntryId(id),
            seq: seq(row, 7)?,
            is_withdrawn: row.get(8)?,
            is_forgotten: row.get::<_, Option<bool>>(10)?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(DocumentRow {
        coll: decode(row, 0, cbor::decode)?,
        author: MemberId(row.get(1)?),
        readers: decode(row, 4, cbor::decode)?,
        generation: Generation(row.get(2)?),
        first_seq: seq(row, 3)?,
        keys: keys.collect(),
        publication,
        erased: optional_seq(row, 9)?,
    })
}

fn decode<T>(row: &Row<'_>, idx: usize, decode: fn(&[u8]) -> Result<T, CborError>) -> Result<T, Error> {
    let bytes: Vec<u8> = row.get(idx)?;
    decode(&bytes).map_err(|error| Error::FromSqlConversionFailure(idx, Type::Blob, Box::new(error)))
}
