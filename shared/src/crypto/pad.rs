//! Padding before sealing (K5): the length of what is sealed tells little about its text.
//!
//! ```text
//! form (1): 0 plain, 1 DEFLATE │ length of the payload (4, big-endian) │ payload │ zero bytes up to a PADMÉ length
//! ```
//!
//! PADMÉ (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files", 2019, §4.2) rounds a length
//! up so that its lowest bits are zero: at most 12 % more, and lengths fall into few classes.

use crate::crypto::OpenError;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use zeroize::{Zeroize, Zeroizing};

/// Most bytes that a compressed payload may become: four times the largest snapshot, and little on a phone.
pub const INFLATED_BYTES_MAX: usize = 4 * 1024 * 1024;

const HEADER_LEN: usize = 5;
const PLAIN: u8 = 0;
const DEFLATE: u8 = 1;

/// zlib's usual balance of time and size.
const LEVEL: u8 = 6;

/// Returns the PADMÉ length for `len` bytes.
#[must_use]
pub fn padded_len(len: usize) -> usize {
    let Some(exponent) = len.checked_ilog2().filter(|&exponent| exponent > 0) else {
        return len;
    };
    let n_exponent_bits = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent.saturating_sub(n_exponent_bits))) - 1;
    len.checked_add(mask).map_or(len, |sum| sum & !mask)
}

/// Compresses the payload when that makes it smaller, and pads it.
/// The payload is at most [`INFLATED_BYTES_MAX`] long, or it is never compressed.
#[must_use]
pub fn pad(payload: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut deflated = Zeroizing::new(Vec::new());
    if payload.len() <= INFLATED_BYTES_MAX {
        *deflated = compress_to_vec(payload, LEVEL);
    }
    let (form, stored) = if !deflated.is_empty() && deflated.len() < payload.len() {
        (DEFLATE, deflated.as_slice())
    } else {
        (PLAIN, payload)
    };
    let len = u32::try_from(stored.len()).unwrap_or(u32::MAX);
    let total = padded_len(HEADER_LEN + stored.len());
    let mut padded = Zeroizing::new(Vec::with_capacity(total));
    padded.push(form);
    padded.extend_from_slice(&len.to_be_bytes());
    padded.extend_from_slice(stored);
    padded.resize(total, 0);
    padded
}

/// Returns the payload that [`pad`] was given.
///
/// # Errors
/// [`OpenError`] unless form, length and padding are exactly right, or if it inflates beyond
/// [`INFLATED_BYTES_MAX`].
pub fn unpad(padded: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (&[form, a, b, c, d], rest) = padded.split_first_chunk::<HEADER_LEN>().ok_or(OpenError)?;
    let len = usize::try_from(u32::from_be_bytes([a, b, c, d])).map_err(|_| OpenError)?;
    let (stored, padding) = rest.split_at_checked(len).ok_or(OpenError)?;
    if padded_len(HEADER_LEN + len) != padded.len() || padding.iter().any(|&byte| byte != 0) {
        return Err(OpenError);
    }
    match form {
        PLAIN => Ok(Zeroizing::new(stored.to_vec())),
        DEFLATE => decompress_to_vec_with_limit(stored, INFLATED_BYTES_MAX)
            .map(Zeroizing::new)
            .map_err(|mut error| {
                error.output.zeroize();
                OpenError
            }),
        _ => Err(OpenError),
    }
}
