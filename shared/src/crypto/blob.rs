//! Blobs: the bytes of a photo or a sound, sealed in parts (S12).
//!
//! ```text
//! blob = part 0 │ part 1 │ … │ last part       each [`PART_BYTES_MAX`] of plaintext; the last what is left, padded
//! part = nonce (24) │ sealed plaintext          XChaCha20-Poly1305 under the key of this blob
//! AAD  = tag ‖ 0 ‖ doc ‖ blob ‖ index (4) ‖ 1 for the last part, 0 for any other
//! ```
//!
//! A part opens nowhere but in its place, and a blob whose end was cut off does not pass for a shorter one. The
//! network is not in the AAD: the key is drawn for one blob and stands in its document, which is sealed for its
//! network, and so a photo that was taken before there was a network is sealed once, with hashes that stay.

use crate::crypto::{BlobKey, NONCE_LEN, Nonce, OpenError, SEAL_OVERHEAD, Tag, open, padded_len, seal};
use crate::id::{BlobId, DocumentId, PartHash};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Most bytes of plaintext in a part. A line that breaks after every 256 KiB still gets three parts of four through,
/// so that a blob costs at most half of its bytes again; a larger part would be lost as a whole more often.
pub const PART_BYTES_MAX: usize = 64 * 1024;

/// Most bytes of a sealed part.
pub const SEALED_PART_BYTES_MAX: usize = NONCE_LEN + PART_BYTES_MAX + SEAL_OVERHEAD;

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlace {
    /// The document that the blob belongs to.
    pub doc: DocumentId,
    /// The blob.
    pub blob: BlobId,
    /// Number of the part, from 0.
    pub index: u32,
    /// Whether no part follows.
    pub is_last: bool,
}

impl PartPlace {
    fn aad(self) -> Vec<u8> {
        let index = self.index.to_be_bytes();
        let parts: [&[u8]; 6] = [
            Tag::PART.as_bytes(),
            &[0],
            &self.doc.0,
            &self.blob.0,
            &index,
            &[u8::from(self.is_last)],
        ];
        parts.concat()
    }
}

impl BlobKey {
    /// Seals a part: at most [`PART_BYTES_MAX`] bytes, exactly that many unless it is the last one.
    #[must_use]
    pub fn seal_part(&self, place: PartPlace, plaintext: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        let mut padded = Zeroizing::new(plaintext.to_vec());
        if place.is_last {
            padded.resize(padded_part_len(plaintext.len()), 0);
        }
        let nonce = Nonce::generate(rng);
        let mut bytes = nonce.0.to_vec();
        bytes.extend(seal(&self.to_bytes(), &nonce, &place.aad(), &padded));
        bytes
    }

    /// Opens the part of this place; the last one comes with its padding.
    ///
    /// # Errors
    /// [`OpenError`] for another key or place, or changed bytes.
    pub fn open_part(&self, place: PartPlace, part: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (nonce, sealed) = part.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
        if sealed.len() < SEAL_OVERHEAD {
            return Err(OpenError);
        }
        open(&self.to_bytes(), &Nonce(*nonce), &place.aad(), sealed)
    }
}

/// Returns how many parts a blob of this size has.
#[must_use]
pub const fn n_parts(size: usize) -> usize {
    size.div_ceil(PART_BYTES_MAX)
}

/// Returns the hash that a part is known by.
#[must_use]
pub fn part_hash(part: &[u8]) -> PartHash {
    PartHash(Tag::PART_HASH.digest(&[part]))
}

/// Returns the digest of all parts of a blob, from their hashes in order.
#[must_use]
pub fn blob_digest(hashes: &[PartHash]) -> [u8; 32] {
    let hashes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    Tag::BLOB.digest(&[&hashes])
}

/// Seals a whole blob, in the order of its parts. There is none of no bytes.
#[must_use]
pub fn seal_blob(
    key: &BlobKey,
    doc: DocumentId,
    blob: BlobId,
    bytes: &[u8],
    rng: &mut impl CryptoRng,
) -> Vec<Vec<u8>> {
    let n_parts = n_parts(bytes.len());
    (0_u32..)
        .zip(bytes.chunks(PART_BYTES_MAX))
        .map(|(index, plaintext)| {
            let is_last = usize::try_from(index).is_ok_and(|index| index + 1 == n_parts);
            let place = PartPlace {
                doc,
                blob,
                index,
                is_last,
            };
            key.seal_part(place, plaintext, rng)
        })
        .collect()
}

/// Opens a whole blob of `size` bytes from its parts in order.
///
/// # Errors
/// [`OpenError`] unless these are exactly its parts, with exactly its padding.
pub fn open_blob<'p>(
    key: &BlobKey,
    doc: DocumentId,
    blob: BlobId,
    size: usize,
    parts: impl IntoIterator<Item = &'p [u8]>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let n_parts = n_parts(size);
    let mut bytes = Zeroizing::new(Vec::with_capacity(n_parts * PART_BYTES_MAX));
    let mut n_opened = 0;
    for (index, part) in (0_u32..).zip(parts) {
        n_opened += 1;
        let place = PartPlace {
            doc,
            blob,
            index,
            is_last: n_opened == n_parts,
        };
        bytes.extend_from_slice(&key.open_part(place, part)?);
    }
    let last_len = size.saturating_sub(n_parts.saturating_sub(1) * PART_BYTES_MAX);
    let padded_size = size - last_len + padded_part_len(last_len);
    let padding = bytes.get(size..).ok_or(OpenError)?;
    if n_opened != n_parts || bytes.len() != padded_size || padding.iter().any(|&byte| byte != 0) {
        return Err(OpenError);
    }
    bytes.truncate(size);
    Ok(bytes)
}

/// K5: the size of the last part tells little about the size of the blob.
fn padded_part_len(len: usize) -> usize {
    padded_len(len).min(PART_BYTES_MAX)
}
