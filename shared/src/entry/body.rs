//! Plain bodies: what a document is, who reads it, and its key wrapped to them (K2, K3, K4).

use crate::cbor::{self, CborError, cbor_array, cbor_code, cbor_enum, cbor_map};
use crate::crypto::{
    DocumentKey, EpochSecret, OpenError, SignPublic, Tag, WeakKey, Wrap, WrapPublic, WrapScope,
};
use crate::id::{DocumentId, Epoch, Generation, Kid, MemberId, NetworkId};
use rand_core::CryptoRng;

/// Most groups that read a document: coordinators, author, and a share with each of some tens of members.
pub const READERS_MAX: usize = 64;

/// Members with a common key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupId {
    /// Everybody but observers.
    Team,
    /// Coordinators and administrators.
    Coord,
    /// Those who look after an area, by NIS code.
    Area(u32),
    /// One member.
    Member(MemberId),
}
cbor_enum!(GroupId { 0 => Team, 1 => Coord, 2 => Area(u32), 3 => Member(MemberId) });

/// The kind of a document. The table of collections is versioned code (L3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Collection {
    /// A story: read by its author and coordinators.
    Story,
    /// A contact: read by its author and coordinators.
    Contact,
    /// What tellers are asked in a language: read by everybody but observers, written by coordinators.
    ConsentText,
}
cbor_code!(Collection { 1 => Story, 2 => Contact, 3 => ConsentText });

/// The birth of a document: body of [`Kind::Document`](crate::entry::Kind::Document).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentBody {
    /// Its collection.
    pub coll: Collection,
    /// The member who made it.
    pub author: MemberId,
    /// Groups that read it, ascending, 1 to [`READERS_MAX`].
    pub readers: Vec<GroupId>,
    /// Month in which it is purged, counted from January 1970; `None` if it stays.
    pub purge_month: Option<u32>,
    /// Public half of the teller's code.
    pub teller_key: Option<SignPublic>,
    /// Id of its first key.
    pub kid: Kid,
    /// The key, wrapped to each of `readers`, in their order.
    pub wraps: Vec<KeyWrap>,
}
cbor_map!(DocumentBody {
    0 => coll, 1 => author, 2 => readers, 3 => purge_month, 4 => teller_key, 5 => kid, 6 => wraps
});

/// A key of a document, wrapped again or new: body of [`Kind::Keys`](crate::entry::Kind::Keys).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysBody {
    /// Id of the key.
    pub kid: Kid,
    /// The key, wrapped to groups, ascending, 1 to [`READERS_MAX`].
    pub wraps: Vec<KeyWrap>,
}
cbor_map!(KeysBody { 0 => kid, 1 => wraps });

/// That a document is erased: body of [`Kind::Erase`](crate::entry::Kind::Erase). Who may do that is judged by who signs
/// and where the entry stands (L1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EraseBody {}
cbor_map!(EraseBody {});

/// A document key, wrapped to one epoch of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyWrap {
    /// The group.
    pub group: GroupId,
    /// Its epoch.
    pub epoch: Epoch,
    /// The wrapped key.
    pub wrap: Wrap,
}
cbor_array!(KeyWrap { group, epoch, wrap });

impl Collection {
    /// Returns the groups that read a document of this collection (K3), ascending.
    #[must_use]
    pub fn readers(self, author: MemberId) -> Vec<GroupId> {
        match self {
            Self::Story | Self::Contact => vec![GroupId::Coord, GroupId::Member(author)],
            Self::ConsentText => vec![GroupId::Team],
        }
    }

    /// Tells whether a member writes a document of this collection (S11): its author, or a coordinator.
    #[must_use]
    pub fn may_write(self, is_author: bool, coordinates: bool) -> bool {
        match self {
            Self::Story | Self::Contact => is_author || coordinates,
            // Its author may have been a coordinator once.
            Self::ConsentText => coordinates,
        }
    }
}

impl DocumentBody {
    /// Writes the body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`CborError`] for other bytes, or if `wraps` do not fit `readers`.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let body: Self = cbor::decode(bytes)?;
        let is_ascending = body.readers.is_sorted_by(|a, b| a < b);
        let fits = body.readers.iter().eq(body.wraps.iter().map(|wrap| &wrap.group));
        if is_ascending && fits && (1..=READERS_MAX).contains(&body.readers.len()) {
            Ok(body)
        } else {
            Err(CborError::Shape("readers and wraps do not fit".to_owned()))
        }
    }
}

impl EraseBody {
    /// Writes the body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`CborError`] for other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }
}

impl KeysBody {
    /// Writes the body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`CborError`] for other bytes, or if `wraps` are none, too many, or not ascending by group.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let body: Self = cbor::decode(bytes)?;
        let is_ascending = body.wraps.is_sorted_by(|a, b| a.group < b.group);
        if is_ascending && (1..=READERS_MAX).contains(&body.wraps.len()) {
            Ok(body)
        } else {
            Err(CborError::Shape(
                "wraps are none, too many or not ascending".to_owned(),
            ))
        }
    }
}

/// Wraps a document key to the public epoch keys of groups, in their order: only public keys are needed (K2).
///
/// # Errors
/// [`WeakKey`] if one of them takes no wrap.
pub fn wrap_document_key(
    network: NetworkId,
    doc: DocumentId,
    generation: Generation,
    key: &DocumentKey,
    readers: &[(GroupId, Epoch, WrapPublic)],
    rng: &mut impl CryptoRng,
) -> Result<Vec<KeyWrap>, WeakKey> {
    let kid = key.kid(network, doc, generation);
    readers
        .iter()
        .map(|&(group, epoch, public)| {
            let scope = document_key_scope(network, doc, generation, Some(kid), group, epoch);
            let wrap = scope.wrap(&public, &key.to_bytes(), rng)?;
            Ok(KeyWrap { group, epoch, wrap })
        })
        .collect()
}

/// Opens a document key with the secret of the epoch that it is wrapped to.
///
/// # Errors
/// [`OpenError`] for another secret or place, or if the key does not have the id that the signed entry names.
pub fn unwrap_document_key(
    network: NetworkId,
    doc: DocumentId,
    generation: Generation,
    kid: Kid,
    wrap: &KeyWrap,
    secret: &EpochSecret,
) -> Result<DocumentKey, OpenError> {
    let scope = document_key_scope(network, doc, generation, Some(kid), wrap.group, wrap.epoch);
    let key = DocumentKey::from_bytes(&*scope.unwrap(secret.wrap_key(), &wrap.wrap)?);
    if key.kid(network, doc, generation) == kid {
        Ok(key)
    } else {
        Err(OpenError)
    }
}

/// K4: a wrap opens only for its network, document, generation, key, group and epoch.
fn document_key_scope(
    network: NetworkId,
    doc: DocumentId,
    generation: Generation,
    kid: Option<Kid>,
    group: GroupId,
    epoch: Epoch,
) -> WrapScope {
    let aad = [
        &network.0[..],
        &doc.0,
        &generation.0.to_be_bytes(),
        kid.as_ref().map_or(&[], |kid| &kid.0[..]),
        &group.to_bytes(),
        &epoch.0.to_be_bytes(),
    ]
    .concat();
    WrapScope {
        info: Tag::DOCUMENT_KEY,
        aad,
    }
}

impl GroupId {
    /// Returns the fixed-length form that stands in an AAD: code, then number.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 5] {
        let (code, number) = match self {
            Self::Team => (0, 0),
            Self::Coord => (1, 0),
            Self::Area(nis) => (2, nis),
            Self::Member(member) => (3, member.0),
        };
        let [a, b, c, d] = u32::to_be_bytes(number);
        [code, a, b, c, d]
    }
}

/// What the simulator plants in a wrap (bug 12).
#[cfg(feature = "testing")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapBug {
    /// The AAD names another group.
    WrongGroup,
    /// The AAD lacks the key's id.
    MissingKid,
}

/// [`wrap_document_key`] with a planted bug: what it wraps must open nowhere.
///
/// # Errors
/// [`WeakKey`] if one of the public keys takes no wrap.
#[cfg(feature = "testing")]
pub fn wrap_document_key_with_bug(
    bug: WrapBug,
    network: NetworkId,
    doc: DocumentId,
    generation: Generation,
    key: &DocumentKey,
    readers: &[(GroupId, Epoch, WrapPublic)],
    rng: &mut impl CryptoRng,
) -> Result<Vec<KeyWrap>, WeakKey> {
    let kid = key.kid(network, doc, generation);
    readers
        .iter()
        .map(|&(group, epoch, public)| {
            let (kid, scoped_group) = match bug {
                WrapBug::WrongGroup => (Some(kid), GroupId::Area(0)),
                WrapBug::MissingKid => (None, group),
            };
            let scope = document_key_scope(network, doc, generation, kid, scoped_group, epoch);
            let wrap = scope.wrap(&public, &key.to_bytes(), rng)?;
            Ok(KeyWrap { group, epoch, wrap })
        })
        .collect()
}
