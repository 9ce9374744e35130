//! Sealed content of a document: what its members read and the relay does not.
//!
//! ```text
//! plaintext = {0 bytes, 1 at, 2 last seen, 3 authors, 4 row hint}      never bare Automerge bytes
//! ct        = seal(pad(plaintext))                                      DEFLATE and PADMÉ: crypto::pad
//! heads     = nonce ‖ seal(change hashes), apart, so that they are read without the body
//! ```

use crate::cbor::{self, cbor_array, cbor_map};
use crate::crypto::{DocumentKey, NONCE_LEN, Nonce, OpenError, SignKey, Tag, open, pad, seal, unpad};
use crate::entry::{Cover, Entry, Header, Kind};
use crate::id::{Chain, DeviceId, DocumentId, Generation, Kid, KidShort, NetworkId, Seq};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroize;

/// Most heads that a snapshot names: each is a device that edited without having seen the others.
pub const HEADS_MAX: usize = 64;

/// Largest row hint, in bytes: a line of a list.
pub const ROW_HINT_BYTES_MAX: usize = 4 * 1024;

/// What is sealed in an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Changes or a whole document, in the model's own form.
    pub bytes: Vec<u8>,
    /// When its device says that it was written. For display only (M3, S13).
    pub at: Timestamp,
    /// The last entry that the device had seen, `None` before its first page.
    pub last_seen: Option<LastSeen>,
    /// Who made the changes of a snapshot; empty in an incremental.
    pub authors: Vec<AuthorSpan>,
    /// A line for lists, so that a document can be shown before it is loaded.
    pub row_hint: Option<RowHint>,
}
cbor_map!(Content { 0 => bytes as bytes, 1 => at, 2 => last_seen, 3 => authors, 4 => row_hint });

/// The model's own form of a row, at most [`ROW_HINT_BYTES_MAX`] bytes.
pub type RowHint = minicbor::bytes::ByteVec;

/// A place in the log, as the relay told it: an opaque token, compared and never recomputed (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// Position.
    pub seq: Seq,
    /// The log's chain up to there.
    pub chain: Chain,
}
cbor_array!(LastSeen { seq, chain });

/// Changes of one actor inside a snapshot (M3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorSpan {
    /// Automerge's actor id, fresh at each start of the core.
    pub actor: [u8; 16],
    /// Device that used it.
    pub device: DeviceId,
    /// When its first change was written.
    pub first_at: Timestamp,
    /// When its last change was written.
    pub last_at: Timestamp,
}
cbor_array!(AuthorSpan { actor as bytes, device, first_at, last_at });

/// Where content belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The network.
    pub network: NetworkId,
    /// The document.
    pub doc: DocumentId,
    /// Its generation.
    pub generation: Generation,
    /// The device that signs.
    pub by: DeviceId,
}

/// What sealed content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind<'a> {
    /// Changes.
    Incremental,
    /// A whole document that stands for these entries.
    Snapshot(Covered<'a>),
}

/// What a snapshot stands for, before it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered<'a> {
    /// Newest entry that it covers, 0 for none.
    pub upto: Seq,
    /// Digest of the ids of all entries that it covers ([`Cover::digest`]).
    pub digest: [u8; 32],
    /// Heads of the document, at most [`HEADS_MAX`].
    pub heads: &'a [[u8; 32]],
}

/// Why content cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// Sealed, it would be larger than an entry of its kind may be.
    #[error("content is {len} bytes when sealed, limit {max}")]
    TooLarge {
        /// Bytes when sealed.
        len: usize,
        /// Most bytes.
        max: usize,
    },
    /// More than [`HEADS_MAX`] heads.
    #[error("{0} heads, limit {HEADS_MAX}")]
    TooManyHeads(usize),
}

impl Entry {
    /// Seals content under a document key and signs the entry.
    ///
    /// # Errors
    /// [`SealError`] beyond a limit.
    pub fn seal_content(
        address: Address,
        kind: ContentKind<'_>,
        key: &DocumentKey,
        content: &Content,
        sign_key: &SignKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SealError> {
        let Address {
            network,
            doc,
            generation,
            by,
        } = address;
        let kid = key.kid(network, doc, generation);
        let (kind, cover) = match kind {
            ContentKind::Incremental => (Kind::Incremental, None),
            ContentKind::Snapshot(covered) => {
                (Kind::Snapshot, Some(seal_cover(address, key, kid, covered, rng)?))
            }
        };
        let nonce = Nonce::generate(rng);
        let header = Header {
            kind,
            doc: Some(doc),
            generation,
            kid: Some(KidShort::from(kid)),
            by,
            nonce: Some(nonce),
            cover,
        };
        let mut plaintext = cbor::encode(content);
        let padded = pad(&plaintext);
        plaintext.zeroize();
        let ct = seal(
            key.as_bytes(),
            &nonce,
            &content_aad(network, &header, kid),
            &padded,
        );
        if ct.len() > kind.ct_bytes_max() {
            return Err(SealError::TooLarge {
                len: ct.len(),
                max: kind.ct_bytes_max(),
            });
        }
        Ok(Self::sign(header, ct, network, sign_key))
    }

    /// Opens sealed content. The signature is not looked at: who may sign is a question of membership.
    ///
    /// # Errors
    /// [`OpenError`] for another key or network, changed bytes, or content beyond a limit.
    pub fn open_content(&self, network: NetworkId, key: &DocumentKey) -> Result<Content, OpenError> {
        let header = &self.header;
        let (Some(doc), Some(nonce)) = (header.doc, header.nonce) else {
            return Err(OpenError);
        };
        let kid = key.kid(network, doc, header.generation);
        if header.kid != Some(KidShort::from(kid)) {
            return Err(OpenError);
        }
        let padded = open(
            key.as_bytes(),
            &nonce,
            &content_aad(network, header, kid),
            &self.ct,
        )?;
        let content: Content = cbor::decode(&unpad(&padded)?).map_err(|_| OpenError)?;
        let hint_len = content.row_hint.as_ref().map_or(0, |hint| hint.len());
        if hint_len > ROW_HINT_BYTES_MAX {
            Err(OpenError)
        } else {
            Ok(content)
        }
    }

    /// Opens the heads that a snapshot names, without its body.
    ///
    /// # Errors
    /// [`OpenError`] for an entry that is no snapshot, another key or network, or changed bytes.
    pub fn open_heads(&self, network: NetworkId, key: &DocumentKey) -> Result<Vec<[u8; 32]>, OpenError> {
        self.header.open_heads(network, key)
    }
}

impl Header {
    /// Opens the heads that a snapshot's header names.
    ///
    /// # Errors
    /// [`OpenError`] for a header of another kind, another key or network, or changed bytes.
    pub fn open_heads(&self, network: NetworkId, key: &DocumentKey) -> Result<Vec<[u8; 32]>, OpenError> {
        let (Some(doc), Some(cover)) = (self.doc, &self.cover) else {
            return Err(OpenError);
        };
        let address = Address {
            network,
            doc,
            generation: self.generation,
            by: self.by,
        };
        let kid = key.kid(network, doc, self.generation);
        let (nonce, sealed) = cover.heads.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
        let aad = heads_aad(address, kid, cover.upto, &cover.digest);
        let heads = open(key.as_bytes(), &Nonce(*nonce), &aad, sealed)?;
        let (heads, []) = heads.as_chunks::<32>() else {
            return Err(OpenError);
        };
        Ok(heads.to_vec())
    }
}

fn seal_cover(
    address: Address,
    key: &DocumentKey,
    kid: Kid,
    covered: Covered<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Cover, SealError> {
    if covered.heads.len() > HEADS_MAX {
        return Err(SealError::TooManyHeads(covered.heads.len()));
    }
    let nonce = Nonce::generate(rng);
    let aad = heads_aad(address, kid, covered.upto, &covered.digest);
    let mut heads = nonce.0.to_vec();
    heads.extend(seal(key.as_bytes(), &nonce, &aad, covered.heads.as_flattened()));
    Ok(Cover {
        upto: covered.upto,
        digest: covered.digest,
        heads,
    })
}

fn content_aad(network: NetworkId, header: &Header, kid: Kid) -> Vec<u8> {
    Tag::CONTENT.scoped(network, &[&cbor::encode(header), &kid.0])
}

fn heads_aad(address: Address, kid: Kid, upto: Seq, digest: &[u8; 32]) -> Vec<u8> {
    let Address {
        network,
        doc,
        generation,
        by,
    } = address;
    let parts: [&[u8]; 6] = [
        &doc.0,
        &generation.0.to_be_bytes(),
        &by.0.to_be_bytes(),
        &kid.0,
        &upto.0.to_be_bytes(),
        digest,
    ];
    Tag::HEADS.scoped(network, &parts)
}
