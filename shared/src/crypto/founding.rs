//! The founding code that a relay without a network prints: twelve symbols, of which it keeps only the hash.

use crate::crypto::Tag;
use crate::crypto::symbol::{grouped, is_separator, value};
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const N_SYMBOLS: usize = 12;

/// A founding code: 60 random bits, used once.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct FoundingCode([u8; N_SYMBOLS]);

/// What the relay keeps of a founding code. 60 bits are out of reach of guessing, so a plain hash does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FoundingHash(pub [u8; 32]);

impl FoundingCode {
    /// Draws a code.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut random = Zeroizing::new([0; N_SYMBOLS]);
        rng.fill_bytes(&mut *random);
        Self(random.map(|byte| byte & 31))
    }

    /// Returns the code as it is printed, `XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn to_code(&self) -> String {
        grouped(self.0.iter().copied())
    }

    /// Reads a code as people type it; `None` if it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = Self([0; N_SYMBOLS]);
        let mut typed = text.chars().filter(|&symbol| !is_separator(symbol));
        for symbol in &mut code.0 {
            *symbol = value(typed.next()?)?;
        }
        typed.next().is_none().then_some(code)
    }

    /// Returns what the relay keeps and compares.
    #[must_use]
    pub fn hash(&self) -> FoundingHash {
        FoundingHash(Tag::FOUNDING.digest(&[&self.0]))
    }
}

impl fmt::Debug for FoundingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FoundingCode(..)")
    }
}

impl fmt::Debug for FoundingHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::sign::write_hex(f, "FoundingHash", &self.0)
    }
}
