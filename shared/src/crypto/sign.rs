//! Ed25519 signatures, always over `tag ‖ 0 ‖ network ‖ message`.

use crate::crypto::Tag;
use crate::id::NetworkId;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// A secret signing key: of a device, an invitation or the relay. Wiped when dropped.
#[derive(Clone)]
pub struct SignKey(SigningKey);

/// The public half of a [`SignKey`]: 32 bytes, not proved to be a point before the first verification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignPublic(pub [u8; 32]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// A signature does not verify under this key for this tag, network and message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl SignKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_bytes(&seed)
    }

    /// Makes the key of a 32-byte seed (RFC 8032, §5.1.5).
    #[must_use]
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Returns the seed, for the device's own sealed store.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> SignPublic {
        SignPublic(self.0.verifying_key().to_bytes())
    }

    /// Signs `tag ‖ 0 ‖ network ‖ message`.
    #[must_use]
    pub fn sign(&self, tag: Tag, network: NetworkId, message: &[u8]) -> Signature {
        Signature(self.0.sign(&tag.scoped(network, &[message])).to_bytes())
    }
}

impl SignPublic {
    /// Verifies a signature over `tag ‖ 0 ‖ network ‖ message`, strictly: neither weak keys nor a second
    /// form of a signature pass.
    ///
    /// # Errors
    /// [`BadSignature`], also for 32 bytes that are no key.
    pub fn verify(
        &self,
        tag: Tag,
        network: NetworkId,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&tag.scoped(network, &[message]), &signature)
            .map_err(|_| BadSignature)
    }
}

impl fmt::Debug for SignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignKey(of {:?})", self.public())
    }
}

impl fmt::Debug for SignPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, "SignPublic", &self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, "Signature", &self.0)
    }
}

/// Writes public bytes as `Name(hex)`.
pub(super) fn write_hex(f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]) -> fmt::Result {
    write!(f, "{name}(")?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
    f.write_str(")")
}
