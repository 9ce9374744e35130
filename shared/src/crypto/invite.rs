//! The seed of an invitation: ten bytes that come as a QR code, a link, or a code to type.
//!
//! It gives the key pair that signs a `Join` and the key of the HMAC by which the joiner knows the network.
//! No group key is in it: keys come with `Approve`.
//!
//! ```text
//! XXXX-XXXX-XXXX-XXXX-X      16 symbols of five bits, and a check symbol
//! ```

use crate::crypto::symbol::{grouped, is_separator, value};
use crate::crypto::{SignKey, Tag};
use crate::id::NetworkId;
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use std::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Longest life of an invitation, in days. The relay alone looks at its clock (L2).
pub const INVITE_DAYS_MAX: u64 = 7;

const SEED_LEN: usize = 10;
const N_SYMBOLS: usize = 16;

/// The secret of an invitation.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct InviteSeed(pub [u8; SEED_LEN]);

/// Why typed text is no invitation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Too few or too many characters.
    #[error("the code has another length")]
    Length,
    /// A character that no code contains.
    #[error("the code has a character that no code contains")]
    Character,
    /// The check character does not fit: something was mistyped.
    #[error("the check character does not fit")]
    Check,
}

impl InviteSeed {
    /// Draws a seed.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Self([0; SEED_LEN]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// Returns the code, `XXXX-XXXX-XXXX-XXXX-X`.
    #[must_use]
    pub fn to_code(&self) -> String {
        let symbols = self.symbols();
        grouped(symbols.iter().copied().chain([check_symbol(&symbols)]))
    }

    /// Reads a code as people type or paste it: case, spaces and hyphens do not matter, O is 0, I and L are 1,
    /// and a whole link gives its part after the last `#`.
    ///
    /// # Errors
    /// What is wrong with it, so that the sentence on the screen can help.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.rsplit('#').next().unwrap_or_default();
        let mut symbols = Zeroizing::new([0; N_SYMBOLS]);
        let mut typed = code.chars().filter(|&symbol| !is_separator(symbol));
        for symbol in symbols.iter_mut() {
            *symbol = value(typed.next().ok_or(CodeError::Length)?).ok_or(CodeError::Character)?;
        }
        let check = value(typed.next().ok_or(CodeError::Length)?).ok_or(CodeError::Character)?;
        if typed.next().is_some() {
            return Err(CodeError::Length);
        }
        if check != check_symbol(&symbols) {
            return Err(CodeError::Check);
        }
        let bits = symbols
            .iter()
            .fold(0_u128, |bits, &symbol| bits << 5 | u128::from(symbol));
        let mut seed = Self([0; SEED_LEN]);
        for (byte, shift) in seed.0.iter_mut().rev().zip((0..).step_by(8)) {
            *byte = low_byte(bits >> shift);
        }
        Ok(seed)
    }

    /// Returns the key pair that signs the `Join`; its public half names the invitation.
    #[must_use]
    pub fn sign_key(&self) -> SignKey {
        SignKey::from_bytes(&Zeroizing::new(Tag::INVITE_SIGN.digest(&[&self.0])))
    }

    /// Returns the HMAC over the network id and what else the joiner must be able to believe
    /// before she has verified the log.
    #[must_use]
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub fn mac(&self, network: NetworkId, claims: &[u8]) -> [u8; 32] {
        let key = Zeroizing::new(Tag::INVITE_MAC_KEY.digest(&[&self.0]));
        let mut mac = Hmac::<Sha256>::new_from_slice(&*key).expect("32 bytes");
        mac.update(&Tag::INVITE_MAC.scoped(network, &[claims]));
        mac.finalize().into_bytes().into()
    }

    fn symbols(&self) -> Zeroizing<[u8; N_SYMBOLS]> {
        let bits = self
            .0
            .iter()
            .fold(0_u128, |bits, &byte| bits << 8 | u128::from(byte));
        let mut symbols = Zeroizing::new([0; N_SYMBOLS]);
        for (symbol, shift) in symbols.iter_mut().rev().zip((0..).step_by(5)) {
            *symbol = low_byte(bits >> shift) & 31;
        }
        symbols
    }
}

/// Returns the check symbol: the polynomial of the symbols at a generator of GF(32), which changes with any
/// one symbol and with any two that change places.
fn check_symbol(symbols: &[u8; N_SYMBOLS]) -> u8 {
    symbols
        .iter()
        .fold(0, |sum, &symbol| times_generator(sum ^ symbol))
}

/// Multiplies by x in GF(2)[x] / (x^5 + x^2 + 1); x generates all 31 non-zero elements.
fn times_generator(element: u8) -> u8 {
    let doubled = element << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}

fn low_byte(bits: u128) -> u8 {
    let [byte, ..] = bits.to_le_bytes();
    byte
}

impl fmt::Debug for InviteSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteSeed(..)")
    }
}
