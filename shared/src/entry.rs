//! Entry: one item of the log. Signed by a device; sealed, or plain where the relay must read it.
//!
//! ```text
//! entry  = [header, ct, sig]
//! header = [v, suite, kind, doc, gen, kid8, by, nonce]            a snapshot has a ninth element, its cover
//!
//! id     = SHA-256("aanzet/v1/entry" ‖ 0 ‖ network ‖ header ‖ ct)     over sealed bytes, never over plaintext (K5)
//! sig    = Ed25519 over "aanzet/v1/entry-signature" ‖ 0 ‖ network ‖ id
//! AAD    = "aanzet/v1/content" ‖ 0 ‖ network ‖ header ‖ kid32
//! ```
//!
//! | kind | `doc`, `gen` | `kid8`, `nonce` | `ct` |
//! |---|---|---|---|
//! | 0 membership | empty, 0 | empty | a record or notice, plain |
//! | 1 document · 2 keys | yes | empty | [`DocumentBody`], [`KeysBody`], plain |
//! | 3 incremental · 4 snapshot | yes | yes | [`Content`], sealed |
//! | 5 publication · 6 withdraw | yes | empty | plain |
//! | 7 erase | yes | empty | [`EraseBody`], plain |
//! | other | any | any | stored, skipped |
//!
//! Of a snapshot that supersedes others the relay tells with a fourth element ([`Told`], S10):
//!
//! ```text
//! [header, ct, sig, empty]      whole
//! [header, empty, sig, id]      withheld from a device that has all that it covers
//! ```
//!
//! The id stands for the body that is not there. The heads in the header are sealed under the document's key, so that
//! nobody but its members can have named them.
//!
//! The network's id is in every hash, signature and AAD, and never on the wire. An entry has exactly one
//! encoding: [`Entry::decode`] refuses every other. What is inside is opaque to all but the model.

mod body;
mod codec;
mod content;

#[cfg(test)]
mod tests;

pub use body::{
    Collection, DocumentBody, EraseBody, GroupId, KeyWrap, KeysBody, READERS_MAX, unwrap_document_key,
    wrap_document_key,
};
pub use codec::ENTRY_BYTES_MAX;
pub use content::{
    Address, AuthorSpan, Content, ContentKind, Covered, HEADS_MAX, LastSeen, ROW_HINT_BYTES_MAX, RowHint,
    SealError,
};

#[cfg(feature = "testing")]
pub use body::{WrapBug, wrap_document_key_with_bug};

use crate::cbor::{self, CborError};
use crate::crypto::{BadSignature, Nonce, SignKey, SignPublic, Signature, Tag};
use crate::id::{DeviceId, DocumentId, EntryId, Generation, KidShort, NetworkId, Seq};

/// Largest sealed increment, in bytes: some 100 pages of typing; beyond, the author sends a snapshot.
pub const INCREMENTAL_BYTES_MAX: usize = 256 * 1024;

/// Largest sealed snapshot, in bytes: fits a message of 1 MiB with room for its envelope. Beyond, a document
/// is read-only until a new generation is made.
pub const SNAPSHOT_BYTES_MAX: usize = 768 * 1024;

/// Largest plain body, in bytes: a publication's text and claims; records and key lists are far smaller,
/// as wraps for devices are detached.
pub const PLAIN_BYTES_MAX: usize = 128 * 1024;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A membership record or a notice.
    Membership,
    /// The birth of a document (or of a generation): [`DocumentBody`].
    Document,
    /// Another or newly wrapped key of a document: [`KeysBody`].
    Keys,
    /// Changes of a document.
    Incremental,
    /// A whole document.
    Snapshot,
    /// A publication.
    Publication,
    /// The end of a publication.
    Withdraw,
    /// A notice that a document is erased: [`EraseBody`]. Its own document is all that it names, so it is told to whom
    /// that was told, and to nobody who comes later.
    Erase,
    /// A kind of a later version, 8 or more: stored and skipped.
    Unknown(u8),
}

/// An item of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the relay may read.
    pub header: Header,
    /// Sealed or plain bytes, by kind.
    pub ct: Vec<u8>,
    /// Signature of the device [`Header::by`].
    pub sig: Signature,
}

/// An entry as the relay tells a device of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An entry.
    Entry(Entry),
    /// A snapshot that supersedes what it covers.
    Superseding(Entry),
    /// A snapshot that supersedes what it covers, all of which the device has.
    Withheld(Withheld),
}

/// A snapshot without its body, for a device that has what it covers (S10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// Its header, with the heads.
    pub header: Header,
    /// Signature of the device [`Header::by`], over the id.
    pub sig: Signature,
    /// Its id.
    pub id: EntryId,
}

/// What the relay may read of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the entry is.
    pub kind: Kind,
    /// Its document.
    pub doc: Option<DocumentId>,
    /// Generation of the document; 0 where there is none.
    pub generation: Generation,
    /// First bytes of the id of the key that sealed it.
    pub kid: Option<KidShort>,
    /// The device that signed it.
    pub by: DeviceId,
    /// Nonce of the seal.
    pub nonce: Option<Nonce>,
    /// What a snapshot stands for.
    pub cover: Option<Cover>,
}

/// What a snapshot stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Newest entry that it covers, 0 for none.
    pub upto: Seq,
    /// Digest of the ids of all entries of this document and generation that it covers ([`Cover::digest`]).
    pub digest: [u8; 32],
    /// Sealed heads: what an author compares her unsent changes with.
    pub heads: Vec<u8>,
}

impl Kind {
    /// Returns the number on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Membership => 0,
            Self::Document => 1,
            Self::Keys => 2,
            Self::Incremental => 3,
            Self::Snapshot => 4,
            Self::Publication => 5,
            Self::Withdraw => 6,
            Self::Erase => 7,
            Self::Unknown(code) => code,
        }
    }

    /// Returns the kind of a number on the wire.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Membership,
            1 => Self::Document,
            2 => Self::Keys,
            3 => Self::Incremental,
            4 => Self::Snapshot,
            5 => Self::Publication,
            6 => Self::Withdraw,
            7 => Self::Erase,
            code => Self::Unknown(code),
        }
    }

    /// Returns the most bytes that `ct` may have.
    #[must_use]
    pub const fn ct_bytes_max(self) -> usize {
        match self {
            Self::Membership
            | Self::Document
            | Self::Keys
            | Self::Publication
            | Self::Withdraw
            | Self::Erase => PLAIN_BYTES_MAX,
            Self::Incremental => INCREMENTAL_BYTES_MAX,
            Self::Snapshot | Self::Unknown(_) => SNAPSHOT_BYTES_MAX,
        }
    }

    /// Tells whether `ct` is sealed content of a document.
    #[must_use]
    pub const fn is_content(self) -> bool {
        matches!(self, Self::Incremental | Self::Snapshot)
    }
}

impl Header {
    /// Returns the header of a plain entry.
    #[must_use]
    pub const fn plain(kind: Kind, doc: Option<DocumentId>, generation: Generation, by: DeviceId) -> Self {
        Self {
            kind,
            doc,
            generation,
            kid: None,
            by,
            nonce: None,
            cover: None,
        }
    }
}

impl Entry {
    /// Signs an entry.
    #[must_use]
    pub fn sign(header: Header, ct: Vec<u8>, network: NetworkId, key: &SignKey) -> Self {
        let id = id_of(&header, &ct, network);
        let sig = key.sign(Tag::ENTRY_SIGNATURE, network, &id.0);
        Self { header, ct, sig }
    }

    /// Returns the entry's id. It says nothing about the signature: two valid signatures have one id.
    #[must_use]
    pub fn id(&self, network: NetworkId) -> EntryId {
        id_of(&self.header, &self.ct, network)
    }

    /// Verifies the signature of the device that [`Header::by`] names.
    ///
    /// # Errors
    /// [`BadSignature`] for another key, network, header or body.
    pub fn verify(&self, network: NetworkId, key: &SignPublic) -> Result<(), BadSignature> {
        key.verify(Tag::ENTRY_SIGNATURE, network, &self.id(network).0, &self.sig)
    }

    /// Returns the entry's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an entry from its one encoding.
    ///
    /// # Errors
    /// [`CborError`] for any other bytes: beyond a limit, of another version or suite, with a header that
    /// does not fit its kind.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(CborError::Shape(format!(
                "entry is {} bytes, limit {ENTRY_BYTES_MAX}",
                bytes.len()
            )));
        }
        cbor::decode(bytes)
    }
}

impl Withheld {
    /// Leaves the body of a snapshot out; `None` for an entry of another kind.
    #[must_use]
    pub fn of(snapshot: &Entry, network: NetworkId) -> Option<Self> {
        snapshot.header.cover.is_some().then(|| Self {
            header: snapshot.header.clone(),
            sig: snapshot.sig,
            id: snapshot.id(network),
        })
    }

    /// Verifies the signature of the device that [`Header::by`] names: that it signed an entry of this id.
    ///
    /// # Errors
    /// [`BadSignature`] for another key, network or id.
    pub fn verify(&self, network: NetworkId, key: &SignPublic) -> Result<(), BadSignature> {
        key.verify(Tag::ENTRY_SIGNATURE, network, &self.id.0, &self.sig)
    }
}

impl Told {
    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        match self {
            Self::Entry(entry) | Self::Superseding(entry) => &entry.header,
            Self::Withheld(withheld) => &withheld.header,
        }
    }

    /// Returns its one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads it from its one encoding.
    ///
    /// # Errors
    /// [`CborError`] for any other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Entry::decode(bytes).map(Self::Entry);
        }
        cbor::decode(bytes)
    }
}

impl Cover {
    /// Returns the digest of the ids of entries, whatever their order.
    #[must_use]
    pub fn digest(ids: &[EntryId]) -> [u8; 32] {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let parts: Vec<&[u8]> = sorted.iter().map(|id| &id.0[..]).collect();
        Tag::COVER.digest(&parts)
    }
}

fn id_of(header: &Header, ct: &[u8], network: NetworkId) -> EntryId {
    EntryId(Tag::ENTRY.digest(&[&network.0, &cbor::encode(header), ct]))
}
