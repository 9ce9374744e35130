//! Suite 1: who signed, who can open, and nothing about what it says (K1).
//!
//! | for | primitive | crate |
//! |---|---|---|
//! | signatures | Ed25519, `verify_strict` | `ed25519-dalek` |
//! | wrapping a key to a group or a device | HPKE base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 | `hpke` |
//! | sealing content | XChaCha20-Poly1305, random nonce | `chacha20poly1305` |
//! | ids, digests | SHA-256 | `sha2` |
//! | proof that the network is the inviter's | HMAC-SHA256 | `hmac` |
//!
//! There is no negotiation: an unknown suite or version is refused. Each use has its own [`Tag`], so that
//! bytes made for one use never pass for another. Secrets are wiped when dropped, and `Debug` does not show them.

mod blob;
mod founding;
mod invite;
mod key;
mod pad;
mod seal;
mod sign;
mod symbol;
mod tag;
mod wrap;

#[cfg(test)]
mod tests;

pub use blob::{
    PART_BYTES_MAX, PartPlace, SEALED_PART_BYTES_MAX, blob_digest, n_parts, open_blob, part_hash, seal_blob,
};
pub use founding::{FoundingCode, FoundingHash};
pub use invite::{CodeError, INVITE_DAYS_MAX, InviteSeed};
pub use key::{BlobKey, DocumentKey, EpochSecret, NameKey, StorageKey, WrapScope};
pub use pad::{INFLATED_BYTES_MAX, pad, padded_len, unpad};
pub use seal::{NONCE_LEN, Nonce, SEAL_OVERHEAD, open, seal};
pub use sign::{BadSignature, SignKey, SignPublic, Signature};
pub use tag::Tag;
pub use wrap::{WRAP_LEN, WeakKey, Wrap, WrapKey, WrapPublic, unwrap, wrap};

use crate::cbor::cbor_bytes;
use thiserror::Error;

/// Version of the formats that are signed and sealed.
pub const FORMAT_VERSION: u8 = 1;

/// The only suite (K1).
pub const SUITE: u8 = 1;

/// Sealed bytes cannot be opened: another key, another place, or changed bytes. Which of these stays unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("sealed bytes do not open here")]
pub struct OpenError;

/// Returns the six decimal digits that joiner and approver compare: a hash of the whole `Join` entry.
#[must_use]
pub fn six_digits(join_entry_bytes: &[u8]) -> String {
    let [a, b, c, d, e, f, g, h, ..] = Tag::SIX_DIGITS.digest(&[join_entry_bytes]);
    // 2^64 is so much larger than a million that the remainder favours no digits.
    let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % 1_000_000;
    format!("{number:06}")
}

cbor_bytes!(SignPublic, Signature, WrapPublic, Wrap, Nonce, FoundingHash);
