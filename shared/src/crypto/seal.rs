//! XChaCha20-Poly1305 with a random nonce: content, names, and values of the device's own store.

use crate::crypto::OpenError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

/// Length of a nonce, in bytes: long enough to be drawn at random for ever.
pub const NONCE_LEN: usize = 24;

/// Bytes by which sealing makes longer.
pub const SEAL_OVERHEAD: usize = 16;

/// A nonce, drawn anew for each seal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; NONCE_LEN]);

impl Nonce {
    /// Draws a nonce.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; NONCE_LEN];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// Seals `plaintext` under a key and a nonce that was never used with it; `aad` is authenticated beside it.
/// The result is [`SEAL_OVERHEAD`] bytes longer.
#[must_use]
#[expect(clippy::expect_used, reason = "only a plaintext beyond 256 GiB is refused")]
pub fn seal(key: &[u8; 32], nonce: &Nonce, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce.0), Payload { msg: plaintext, aad })
        .expect("a plaintext in memory is short enough")
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`OpenError`] for another key, nonce or `aad`, or changed bytes.
pub fn open(
    key: &[u8; 32],
    nonce: &Nonce,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(nonce.0), Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| OpenError)
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::sign::write_hex(f, "Nonce", &self.0)
    }
}
