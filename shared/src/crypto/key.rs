//! Secrets by their use. One is never taken for another, and none is shown.

use crate::crypto::{
    NONCE_LEN, Nonce, OpenError, SEAL_OVERHEAD, Tag, WeakKey, Wrap, WrapKey, WrapPublic, open, seal, unwrap,
    wrap,
};
use crate::id::{DocumentId, Generation, Kid, NetworkId};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<[u8; 32]>);

        impl $name {
            /// Draws a new key.
            #[must_use]
            pub fn generate(rng: &mut impl CryptoRng) -> Self {
                let mut bytes = Zeroizing::new([0; 32]);
                rng.fill_bytes(&mut *bytes);
                Self(bytes)
            }

            /// Makes the key of 32 bytes.
            #[must_use]
            pub fn from_bytes(bytes: &[u8; 32]) -> Self {
                Self(Zeroizing::new(*bytes))
            }

            /// Returns the secret bytes, to be wrapped or kept in the device's own sealed store.
            #[must_use]
            pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
                self.0.clone()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

secret!(
    /// Key of a document: made by its author, wrapped to the groups that read it.
    DocumentKey
);
secret!(
    /// Key that seals every value in the device's own store.
    StorageKey
);
secret!(
    /// Key of one blob: made by its author, named in the blob's document (S12).
    BlobKey
);
secret!(
    /// Key of one member's name: wrapped to `team`, so that the name can be erased with its detached part.
    NameKey
);

/// The secret of a group's epoch: an X25519 key whose public half stands in the membership log.
#[derive(Clone, Debug)]
pub struct EpochSecret(WrapKey);

/// Use and place of a wrap: what opens it must name the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapScope {
    /// The use.
    pub info: Tag,
    /// The place.
    pub aad: Vec<u8>,
}

impl DocumentKey {
    /// Returns the key's id (K4): 32 bytes in signed entries and in every AAD.
    #[must_use]
    pub fn kid(&self, network: NetworkId, doc: DocumentId, generation: Generation) -> Kid {
        Kid(Tag::KEY_ID.digest(&[&network.0, &doc.0, &generation.0.to_be_bytes(), &*self.0]))
    }

    /// Returns the bytes for a cipher.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl<C> minicbor::Encode<C> for BlobKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&*self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for BlobKey {
    fn decode(d: &mut minicbor::Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        crate::cbor::decode_bytes(d).map(|bytes| Self::from_bytes(&bytes))
    }
}

impl StorageKey {
    /// Seals a value for its place in a table: `nonce ‖ sealed`.
    #[must_use]
    pub fn seal(&self, table: &str, key: &[u8], value: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        let nonce = Nonce::generate(rng);
        let mut bytes = nonce.0.to_vec();
        bytes.extend(seal(&self.0, &nonce, &storage_aad(table, key), value));
        bytes
    }

    /// Opens a value of this place.
    ///
    /// # Errors
    /// [`OpenError`] for another key or place, or changed bytes.
    pub fn open(&self, table: &str, key: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
        if sealed.len() < SEAL_OVERHEAD {
            return Err(OpenError);
        }
        open(&self.0, &Nonce(*nonce), &storage_aad(table, key), sealed)
    }
}

/// Names of tables hold no zero byte, so the place reads one way only.
fn storage_aad(table: &str, key: &[u8]) -> Vec<u8> {
    [Tag::STORAGE.as_bytes(), &[0], table.as_bytes(), &[0], key].concat()
}

impl EpochSecret {
    /// Draws the secret of a new epoch.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(WrapKey::generate(rng))
    }

    /// Makes the secret of 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(WrapKey::from_bytes(bytes))
    }

    /// Returns the secret bytes, to be wrapped or kept in the device's own sealed store.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }

    /// Returns the public half, as the membership log names it.
    #[must_use]
    pub fn public(&self) -> WrapPublic {
        self.0.public()
    }

    /// Returns the key that opens what is wrapped to this epoch.
    #[must_use]
    pub fn wrap_key(&self) -> &WrapKey {
        &self.0
    }
}

impl WrapScope {
    /// Wraps a secret to a public key, for this use and place.
    ///
    /// # Errors
    /// [`WeakKey`] for a point of small order.
    pub fn wrap(
        &self,
        to: &WrapPublic,
        secret: &[u8; 32],
        rng: &mut impl CryptoRng,
    ) -> Result<Wrap, WeakKey> {
        wrap(to, self.info, &self.aad, secret, rng)
    }

    /// Opens a wrap that was made for this use and place.
    ///
    /// # Errors
    /// [`OpenError`] for another key, use or place, or changed bytes.
    pub fn unwrap(&self, key: &WrapKey, sealed: &Wrap) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        unwrap(key, self.info, &self.aad, sealed)
    }
}
