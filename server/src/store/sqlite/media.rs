//! Photos and sounds for the website: rows beside the parts of blobs, never plain files (S12).

use super::operation::Refused;
use super::row::{integer, number};
use rusqlite::{Connection, Error, OptionalExtension, Row, named_params, params};
use sha2::{Digest, Sha256};
use shared::id::{DocumentId, MediaHash, MemberId, NetworkId};
use shared::publication::{Plain, Shape, SoundKind};
use shared::storage::{NewMediumPart, StoredMedium, WholeMedium};
use std::collections::BTreeMap;

/// Returns what is there of a photo or a sound.
pub(super) fn stored(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    hash: MediaHash,
) -> Result<Option<StoredMedium>, Error> {
    let mut read = connection.prepare_cached(
        "SELECT size, kind, width, height,
             (SELECT count(*) FROM medium_part AS part WHERE part.network_id = medium.network_id
                 AND part.doc = medium.doc AND part.hash = medium.hash)
         FROM medium WHERE network_id = ? AND doc = ? AND hash = ?",
    )?;
    let medium = read.query_row(params![network.0, doc.0, hash.0], |row| {
        Ok(StoredMedium {
            size: row.get(0)?,
            n_parts: row.get(4)?,
            shape: shape(row)?,
        })
    });
    medium.optional()
}

/// Returns those of these that a publication can name.
pub(super) fn confirmed(
    connection: &Connection,
    network: NetworkId,
    media: &[(DocumentId, MediaHash)],
) -> Result<BTreeMap<(DocumentId, MediaHash), Plain>, Error> {
    let mut confirmed = BTreeMap::new();
    for &(doc, hash) in media {
        let medium = stored(connection, network, doc, hash)?;
        if let Some((size, shape)) = medium.and_then(|medium| Some((medium.size, medium.shape?))) {
            confirmed.insert((doc, hash), Plain { hash, size, shape });
        }
    }
    Ok(confirmed)
}

/// Returns the hash of all parts, one after the other, and the beginning.
pub(super) fn whole(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    hash: MediaHash,
    bytes_max: usize,
) -> Result<Option<WholeMedium>, Error> {
    let mut read = connection.prepare_cached(
        "SELECT bytes FROM medium_part WHERE network_id = ? AND doc = ? AND hash = ? ORDER BY place",
    )?;
    let mut rows = read.query(params![network.0, doc.0, hash.0])?;
    let (mut digest, mut head) = (Sha256::new(), Vec::new());
    let mut is_there = false;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob()?;
        digest.update(bytes);
        let room = bytes_max.saturating_sub(head.len()).min(bytes.len());
        head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        is_there = true;
    }
    let hash = MediaHash(digest.finalize().into());
    Ok(is_there.then_some(WholeMedium { hash, head }))
}

/// Returns a part.
pub(super) fn part(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    hash: MediaHash,
    index: u32,
) -> Result<Option<Vec<u8>>, Error> {
    let mut read = connection.prepare_cached(
        "SELECT bytes FROM medium_part WHERE network_id = ? AND doc = ? AND hash = ? AND place = ?",
    )?;
    let place = params![network.0, doc.0, hash.0, index];
    read.query_row(place, |row| row.get(0)).optional()
}

/// Returns the documents of which something is kept, ascending.
pub(super) fn documents(connection: &Connection, network: NetworkId) -> Result<Vec<DocumentId>, Error> {
    let mut read =
        connection.prepare_cached("SELECT DISTINCT doc FROM medium WHERE network_id = ? ORDER BY doc")?;
    let documents = read.query_map([network.0], |row| row.get(0).map(DocumentId))?;
    documents.collect()
}

pub(super) fn put(connection: &Connection, network: NetworkId, part: &NewMediumPart) -> Result<(), Refused> {
    let (doc, hash) = (part.doc, part.hash);
    let known = stored(connection, network, doc, hash)?;
    let n_parts = known.map_or(0, |known| known.n_parts);
    if known.is_some_and(|known| known.size != part.size) || part.index > n_parts {
        return Err(Refused::Outdated);
    }
    if part.index < n_parts {
        return Ok(());
    }
    let mut put = connection.prepare_cached(
        "INSERT INTO medium (network_id, doc, hash, size, member) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )?;
    put.execute(params![network.0, doc.0, hash.0, part.size, part.member.0])?;
    let mut put = connection.prepare_cached(
        "INSERT INTO medium_part (network_id, doc, hash, place, bytes)
         VALUES (:network, :doc, :hash, :place, :bytes)",
    )?;
    put.execute(named_params! {
        ":network": network.0,
        ":doc": doc.0,
        ":hash": hash.0,
        ":place": part.index,
        ":bytes": part.bytes,
    })?;
    // Whoever began it pays for all of it.
    let mut charge = connection.prepare_cached(
        "INSERT INTO part_usage (network_id, member, bytes)
         SELECT network_id, member, ? FROM medium WHERE network_id = ? AND doc = ? AND hash = ?
         ON CONFLICT (network_id, member) DO UPDATE SET bytes = bytes + excluded.bytes",
    )?;
    let len = u64::try_from(part.bytes.len()).unwrap_or(u64::MAX);
    charge.execute(params![integer(len), network.0, doc.0, hash.0])?;
    Ok(())
}

pub(super) fn confirm(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    plain: Plain,
) -> Result<(), Refused> {
    let (kind, width, height) = match plain.shape {
        Shape::Photo { width, height } => (PHOTO, Some(width), Some(height)),
        Shape::Sound(SoundKind::Mp4) => (MP4, None, None),
        Shape::Sound(SoundKind::Webm) => (WEBM, None, None),
        Shape::Sound(SoundKind::Ogg) => (OGG, None, None),
    };
    let mut confirm = connection.prepare_cached(
        "UPDATE medium SET kind = ?, width = ?, height = ? WHERE network_id = ? AND doc = ? AND hash = ?",
    )?;
    let what = params![kind, width, height, network.0, doc.0, plain.hash.0];
    match confirm.execute(what)? {
        0 => Err(Refused::Outdated),
        _ => Ok(()),
    }
}

/// Deletes all of a document but these.
pub(super) fn drop_all(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    but: &[MediaHash],
) -> Result<(), Refused> {
    let mut read =
        connection.prepare_cached("SELECT hash, member FROM medium WHERE network_id = ? AND doc = ?")?;
    let media = read.query_map(params![network.0, doc.0], |row| {
        Ok((MediaHash(row.get(0)?), MemberId(row.get(1)?)))
    })?;
    for medium in media.collect::<Result<Vec<_>, _>>()? {
        if !but.contains(&medium.0) {
            drop_one(connection, network, doc, medium)?;
        }
    }
    Ok(())
}

fn drop_one(
    connection: &Connection,
    network: NetworkId,
    doc: DocumentId,
    (hash, member): (MediaHash, MemberId),
) -> Result<(), Refused> {
    let of = params![network.0, doc.0, hash.0];
    let mut count = connection.prepare_cached(
        "SELECT coalesce(sum(length(bytes)), 0) FROM medium_part WHERE network_id = ? AND doc = ? AND hash = ?",
    )?;
    let len = count.query_row(of, |row| number(row, 0))?;
    for sql in [
        "DELETE FROM medium_part WHERE network_id = ? AND doc = ? AND hash = ?",
        "DELETE FROM medium WHERE network_id = ? AND doc = ? AND hash = ?",
    ] {
        connection.prepare_cached(sql)?.execute(of)?;
    }
    let mut give_back = connection.prepare_cached(
        "UPDATE part_usage SET bytes = max(bytes - ?, 0) WHERE network_id = ? AND member = ?",
    )?;
    give_back.execute(params![integer(len), network.0, member.0])?;
    Ok(())
}

const PHOTO: u32 = 0;
const MP4: u32 = 1;
const WEBM: u32 = 2;
const OGG: u32 = 3;

/// Reads `kind, width, height` from the second column on.
fn shape(row: &Row<'_>) -> Result<Option<Shape>, Error> {
    Ok(match row.get::<_, Option<u32>>(1)? {
        None => None,
        Some(PHOTO) => Some(Shape::Photo {
            width: row.get(2)?,
            height: row.get(3)?,
        }),
        Some(MP4) => Some(Shape::Sound(SoundKind::Mp4)),
        Some(WEBM) => Some(Shape::Sound(SoundKind::Webm)),
        Some(OGG) => Some(Shape::Sound(SoundKind::Ogg)),
        Some(other) => return Err(Error::IntegralValueOutOfRange(1, other.into())),
    })
}
