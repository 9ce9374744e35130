//! HPKE (RFC 9180): a 32-byte secret wrapped to a public key.
//!
//! Base mode does not say who wrapped (K4): every wrap therefore sits in a signed entry, or in a detached
//! part whose hash a signed record names.
//!
//! ```text
//! wrap = encapsulated key (32) ‖ sealed secret (32) ‖ tag (16)
//! ```

use crate::crypto::sign::write_hex;
use crate::crypto::{OpenError, Tag};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// Length of a wrapped 32-byte secret, in bytes.
pub const WRAP_LEN: usize = 80;

const ENCAPPED_LEN: usize = 32;

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// A secret X25519 key: receives wraps. Wiped when dropped.
#[derive(Clone)]
pub struct WrapKey(Zeroizing<[u8; 32]>);

/// The public half of a [`WrapKey`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WrapPublic(pub [u8; 32]);

/// A wrapped 32-byte secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Wrap(pub [u8; WRAP_LEN]);

/// A public key to which nothing can be wrapped: a point of small order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nothing can be wrapped to this public key")]
pub struct WeakKey;

impl WrapKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }

    /// Makes the key of 32 bytes (each is one: X25519 clamps when it uses them).
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Returns the secret bytes, to be wrapped or kept in the device's own sealed store.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> WrapPublic {
        let public = X25519HkdfSha256::sk_to_pk(&self.private());
        WrapPublic(public.to_bytes().into())
    }

    #[expect(clippy::expect_used, reason = "every 32 bytes are an X25519 secret")]
    fn private(&self) -> PrivateKey {
        PrivateKey::from_bytes(&*self.0).expect("32 bytes")
    }
}

impl WrapPublic {
    /// Tells whether secrets can be wrapped to this key. A device that joined with a weak one would make
    /// every later removal impossible, so such a `Join` has no effect.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        // With a point of small order every secret gives the same, zero, result, and decapsulation
        // refuses: the secret here has no other meaning.
        let key = WrapKey(Zeroizing::new([1; 32])).private();
        EncappedKey::from_bytes(&self.0)
            .is_ok_and(|encapped| X25519HkdfSha256::decap(&key, None, &encapped).is_ok())
    }
}

/// Wraps a 32-byte secret to a public key. `info` is the use, `aad` the place.
///
/// # Errors
/// [`WeakKey`] for a point of small order.
pub fn wrap(
    to: &WrapPublic,
    info: Tag,
    aad: &[u8],
    secret: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Wrap, WeakKey> {
    let public = PublicKey::from_bytes(&to.0).map_err(|_| WeakKey)?;
    let (encapped, sealed) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            info.as_bytes(),
            secret,
            aad,
            rng,
        )
        .map_err(|_| WeakKey)?;
    let bytes = [&encapped.to_bytes()[..], &sealed].concat();
    bytes.try_into().map(Wrap).map_err(|_| WeakKey)
}

/// Opens a wrap.
///
/// # Errors
/// [`OpenError`] for another key, use or place, or changed bytes.
pub fn unwrap(key: &WrapKey, info: Tag, aad: &[u8], wrap: &Wrap) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    let (encapped, sealed) = wrap.0.split_at(ENCAPPED_LEN);
    let encapped = EncappedKey::from_bytes(encapped).map_err(|_| OpenError)?;
    let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &key.private(),
        &encapped,
        info.as_bytes(),
        sealed,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| OpenError)?;
    let mut secret = Zeroizing::new([0; 32]);
    if opened.len() != secret.len() {
        return Err(OpenError);
    }
    secret.copy_from_slice(&opened);
    Ok(secret)
}

impl fmt::Debug for WrapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrapKey(of {:?})", self.public())
    }
}

impl fmt::Debug for WrapPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, "WrapPublic", &self.0)
    }
}

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, "Wrap", &self.0)
    }
}
