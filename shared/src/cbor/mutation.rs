//! Seeded mutations of valid bytes, for the tests of every decoder.

use crate::cbor::CborError;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::fmt::Debug;

/// Mutations of each sample in a test run: some thousands for each decoder.
pub(crate) const N_MUTATIONS: u64 = 3_000;

/// Hands every mutation of `bytes` that differs from them to `check`.
pub(crate) fn mutations(seed: u64, bytes: &[u8], mut check: impl FnMut(&[u8])) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    for _ in 0..N_MUTATIONS {
        let mut mutated = bytes.to_vec();
        for _ in 0..=below(&mut rng, 3) {
            mutate(&mut rng, &mut mutated);
        }
        if mutated != bytes {
            check(&mutated);
        }
    }
}

/// Feeds a decoder with mutations of an encoding: whatever it accepts has exactly those bytes as its encoding.
pub(crate) fn check_decoder<T: Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, CborError>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    let value = decode(bytes).unwrap();
    assert_eq!(encode(&value), bytes, "{value:?}");
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "the first {len} bytes pass");
    }
    mutations(u64::try_from(bytes.len()).unwrap(), bytes, |mutated| {
        if let Ok(value) = decode(mutated) {
            assert_eq!(encode(&value), mutated, "a second encoding of {value:?}");
        }
    });
}

fn mutate(rng: &mut ChaCha20Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        bytes.push(random_byte(rng));
        return;
    }
    let idx = below(rng, bytes.len());
    match below(rng, 7) {
        0 => bytes[idx] ^= 1 << below(rng, 8),
        1 => bytes[idx] = random_byte(rng),
        2 => bytes.insert(idx, random_byte(rng)),
        3 => drop(bytes.remove(idx)),
        4 => bytes.truncate(idx),
        5 => {
            let end = idx + below(rng, bytes.len() - idx + 1).min(64);
            let piece = bytes[idx..end].to_vec();
            let at = below(rng, bytes.len());
            bytes.splice(at..at, piece);
        }
        // Heads of items are where a walker can be led astray.
        _ => {
            bytes[idx] = [
                0x00, 0x1b, 0x3b, 0x40, 0x5b, 0x7f, 0x80, 0x9b, 0x9f, 0xa0, 0xbb, 0xf6, 0xf7, 0xff,
            ][below(rng, 14)]
        }
    }
}

fn random_byte(rng: &mut ChaCha20Rng) -> u8 {
    rng.next_u32().to_le_bytes()[0]
}

fn below(rng: &mut ChaCha20Rng, end: usize) -> usize {
    usize::try_from(rng.next_u64() % u64::try_from(end).unwrap()).unwrap()
}
