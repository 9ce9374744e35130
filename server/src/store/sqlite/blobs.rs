//! Parts of blobs: rows of a file of their own, never plain files (S12).

use super::media;
use super::operation::Refused;
use super::row::{integer, number};
use rusqlite::{Connection, Error, OptionalExtension, named_params, params};
use shared::id::{BlobId, DocumentId, MemberId, NetworkId, PartHash};
use shared::protocol::{BlobName, BlobState, PartName, PartSet};
use shared::storage::{FoundPart, GONE_BLOBS_MAX, NewPart, RelayOperation, StoredPart};

/// What stands in place of the number of parts of a blob that was dropped.
const GONE: u32 = 0;

/// Carries all steps out, in order, up to the first that does not hold.
pub(super) fn carry_out(connection: &Connection, operations: &[RelayOperation]) -> Result<(), Refused> {
    operations.iter().try_for_each(|operation| match operation {
        RelayOperation::PutPart { network, part } => put_part(connection, *network, part),
        RelayOperation::PutMedium { network, part } => media::put(connection, *network, part),
        RelayOperation::ConfirmMedium { network, doc, plain } => {
            media::confirm(connection, *network, *doc, *plain)
        }
        RelayOperation::DropMedia { network, doc, but } => media::drop_all(connection, *network, *doc, but),
        RelayOperation::DropBlobs { network, doc } => drop_blobs(connection, *network, *doc),
        RelayOperation::DropParts { network, doc, blobs } => blobs
            .iter()
            .try_for_each(|blob| drop_parts(connection, *network, *doc, *blob)),
        // Of the other file: no transaction spans both.
        RelayOperation::SetFounding(_)
        | RelayOperation::BurnFounding(_)
        | RelayOperation::CreateNetwork(_)
        | RelayOperation::ExpectHead { .. }
        | RelayOperation::Append { .. }
        | RelayOperation::Forget { .. }
        | RelayOperation::Erase { .. }
        | RelayOperation::NoteErased { .. }
        | RelayOperation::PutDetached { .. }
        | RelayOperation::PutInvitation { .. }
        | RelayOperation::PutDocument { .. }
        | RelayOperation::PutUsage { .. }
        | RelayOperation::Supersede { .. }
        | RelayOperation::Expire { .. } => Err(Refused::Wrong),
    })
}

/// Deletes all parts of a document, and gives back to each member what she was charged for them.
fn drop_blobs(connection: &Connection, network: NetworkId, doc: DocumentId) -> Result<(), Refused> {
    for sql in [
        "UPDATE part_usage SET bytes = max(bytes - (
             SELECT coalesce(sum(length(part.bytes)), 0) FROM part
             JOIN blob ON blob.network_id = part.network_id AND blob.blob = part.blob
             WHERE blob.network_id = ?1 AND blob.doc = ?2 AND part.member = part_usage.member), 0)
         WHERE network_id = ?1",
        "DELETE FROM part WHERE network_id = ?1 AND blob IN (
             SELECT blob FROM blob WHERE network_id = ?1 AND doc = ?2)",
        "DELETE FROM blob WHERE network_id = ?1 AND doc = ?2",
    ] {
        connection
            .prepare_cached(sql)?
            .execute(params![network.0, doc.0])?;
    }
    Ok(())
}

/// Deletes all parts of a blob of a document, gives back what was charged for them, and notes that none comes again.
fn drop_parts(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    blob: BlobId,
) -> Result<(), Refused> {
    let of = params![network.0, blob.0, doc.0];
    for sql in [
        "UPDATE part_usage SET bytes = max(bytes - (
             SELECT coalesce(sum(length(part.bytes)), 0) FROM part
             JOIN blob ON blob.network_id = part.network_id AND blob.blob = part.blob
             WHERE blob.network_id = ?1 AND blob.blob = ?2 AND blob.doc = ?3
                 AND part.member = part_usage.member), 0)
         WHERE network_id = ?1",
        "DELETE FROM part WHERE network_id = ?1 AND blob IN (
             SELECT blob FROM blob WHERE network_id = ?1 AND blob = ?2 AND doc = ?3)",
        "DELETE FROM blob WHERE network_id = ?1 AND blob = ?2 AND doc = ?3",
    ] {
        connection.prepare_cached(sql)?.execute(of)?;
    }
    let mut note = connection.prepare_cached(
        "INSERT INTO blob (network_id, blob, doc, n_parts) SELECT ?1, ?2, ?3, ?4
         WHERE (SELECT count(*) FROM blob WHERE network_id = ?1 AND doc = ?3 AND n_parts = ?4) < ?5
         ON CONFLICT (network_id, blob) DO NOTHING",
    )?;
    let most = u32::try_from(GONE_BLOBS_MAX).unwrap_or(u32::MAX);
    note.execute(params![network.0, blob.0, doc.0, GONE, most])?;
    Ok(())
}

/// Returns what is in the place of a part.
pub(super) fn stored_part(
    connection: &Connection,
    network: NetworkId,
    name: PartName,
    is_last: bool,
) -> Result<StoredPart, Error> {
    let mut read =
        connection.prepare_cached("SELECT doc, n_parts FROM blob WHERE network_id = ? AND blob = ?")?;
    let blob: Option<([u8; 16], Option<u32>)> = read
        .query_row(params![network.0, name.blob.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((doc, n_parts)) = blob else {
        return Ok(StoredPart::Free);
    };
    if doc != name.doc.0 {
        return Ok(StoredPart::Unfitting);
    }
    if n_parts == Some(GONE) {
        return Ok(StoredPart::Gone);
    }
    let mut read =
        connection.prepare_cached("SELECT hash FROM part WHERE network_id = ? AND blob = ? AND place = ?")?;
    let hash = read
        .query_row(params![network.0, name.blob.0, name.index], |row| {
            row.get(0).map(PartHash)
        })
        .optional()?;
    if let Some(hash) = hash {
        return Ok(StoredPart::Here(hash));
    }
    let mut read =
        connection.prepare_cached("SELECT max(place) FROM part WHERE network_id = ? AND blob = ?")?;
    let last: Option<u32> = read.query_row(params![network.0, name.blob.0], |row| row.get(0))?;
    let ends_before = n_parts.is_some_and(|n_parts| is_last || name.index >= n_parts);
    let goes_on = is_last && last.is_some_and(|last| last > name.index);
    if ends_before || goes_on {
        Ok(StoredPart::Unfitting)
    } else {
        Ok(StoredPart::Free)
    }
}

/// Returns the bytes of all parts that a member handed in.
pub(super) fn bytes_of(connection: &Connection, network: NetworkId, member: MemberId) -> Result<u64, Error> {
    let mut read =
        connection.prepare_cached("SELECT bytes FROM part_usage WHERE network_id = ? AND member = ?")?;
    let bytes = read
        .query_row(params![network.0, member.0], |row| number(row, 0))
        .optional()?;
    Ok(bytes.unwrap_or_default())
}

/// Returns which parts of a blob are there: none for who does not read its document.
pub(super) fn state(
    connection: &Connection,
    network: NetworkId,
    name: BlobName,
    reads: bool,
) -> Result<BlobState, Error> {
    let mut state = BlobState {
        blob: name.blob,
        n_parts: None,
        stored: PartSet::default(),
    };
    if !reads {
        return Ok(state);
    }
    let mut read = connection
        .prepare_cached("SELECT n_parts FROM blob WHERE network_id = ? AND blob = ? AND doc = ?")?;
    let of_document = params![network.0, name.blob.0, name.doc.0];
    if let Some(n_parts) = read.query_row(of_document, |row| row.get(0)).optional()? {
        let n_parts: Option<u32> = n_parts;
        state.n_parts = n_parts.filter(|n_parts| *n_parts != GONE);
        let mut read =
            connection.prepare_cached("SELECT place FROM part WHERE network_id = ? AND blob = ?")?;
        let places = read.query_map(params![network.0, name.blob.0], |row| row.get(0))?;
        state.stored = places.collect::<Result<Vec<u32>, _>>()?.into_iter().collect();
    }
    Ok(state)
}

/// Returns a part, for who reads its document.
pub(super) fn part(
    connection: &Connection,
    network: NetworkId,
    name: PartName,
    reads: bool,
) -> Result<FoundPart, Error> {
    if !reads {
        return Ok(FoundPart::NotReadable);
    }
    let mut read = connection.prepare_cached(
        "SELECT bytes FROM part JOIN blob USING (network_id, blob)
         WHERE network_id = ? AND blob = ? AND place = ? AND doc = ?",
    )?;
    let place = params![network.0, name.blob.0, name.index, name.doc.0];
    let bytes = read.query_row(place, |row| row.get(0)).optional()?;
    Ok(bytes.map_or(FoundPart::NotHere, FoundPart::Bytes))
}

fn put_part(connection: &Connection, network: NetworkId, part: &NewPart) -> Result<(), Refused> {
    let name = part.name;
    match stored_part(connection, network, name, part.is_last)? {
        StoredPart::Here(hash) if hash == part.hash => return Ok(()),
        StoredPart::Here(_) | StoredPart::Unfitting | StoredPart::Gone => return Err(Refused::Outdated),
        StoredPart::Free => {}
    }
    let n_parts = part.is_last.then(|| name.index.saturating_add(1));
    let mut put = connection.prepare_cached(
        "INSERT INTO blob (network_id, blob, doc, n_parts) VALUES (?, ?, ?, ?)
         ON CONFLICT (network_id, blob) DO UPDATE SET n_parts = coalesce(excluded.n_parts, n_parts)",
    )?;
    put.execute(params![network.0, name.blob.0, name.doc.0, n_parts])?;
    let mut put = connection.prepare_cached(
        "INSERT INTO part (network_id, blob, place, hash, member, bytes)
         VALUES (:network, :blob, :place, :hash, :member, :bytes)",
    )?;
    put.execute(named_params! {
        ":network": network.0,
        ":blob": name.blob.0,
        ":place": name.index,
        ":hash": part.hash.0,
        ":member": part.member.0,
        ":bytes": part.bytes,
    })?;
    let len = u64::try_from(part.bytes.len()).unwrap_or(u64::MAX);
    let mut charge = connection.prepare_cached(
        "INSERT INTO part_usage (network_id, member, bytes) VALUES (?, ?, ?)
         ON CONFLICT (network_id, member) DO UPDATE SET bytes = bytes + excluded.bytes",
    )?;
    charge.execute(params![network.0, part.member.0, integer(len)])?;
    Ok(())
}
