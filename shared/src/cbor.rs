//! CBOR as Aanzet writes it: one encoding for each value, and every other one refused.
//!
//! `minicbor` accepts longer integers than needed, repeated keys, indefinite lengths, any order and
//! trailing bytes. [`check`] walks the bytes first and refuses all of these, so that what is
//! signed, hashed and compared has one form. Nothing is allocated before the walk has ended.
//!
//! ```text
//! allowed   unsigned and negative integers · byte strings · text (UTF-8) · arrays · false, true, null
//!           maps whose keys are unsigned integers, strictly ascending
//! refused   floats · tags · undefined · other simple values · depth over 16
//! ```
//!
//! Map keys below 64 are critical: a decoder that does not know one refuses. Keys from 64 on may be ignored.

#[cfg(test)]
pub(crate) mod mutation;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use shape::{cbor_array, cbor_bytes, cbor_code, cbor_enum, cbor_map, cbor_number};
// Used by the macros above.
pub(crate) use shape::{cbor_item, cbor_variant, decode_bytes, encode_bytes};

use crate::id::{
    BlobId, Chain, ChangeHash, DeviceId, DocumentId, EntryId, Epoch, Generation, Kid, KidShort, LogId,
    MediaHash, MemberId, NetworkId, PartHash, RowId, Seq,
};
use crate::time::Timestamp;
use minicbor::{Decode, Encode, Encoder};
use thiserror::Error;

/// Deepest nesting of arrays and maps: our deepest format needs 6.
pub const DEPTH_MAX: usize = 16;

/// First map key that a decoder may ignore when it does not know it.
pub const KEY_IGNORABLE: u64 = 64;

/// Why bytes are not the one encoding of a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CborError {
    /// The bytes end within an item.
    #[error("bytes end within an item")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the item")]
    Trailing,
    /// An integer or a length is written longer than needed.
    #[error("an integer is not written in its shortest form")]
    NotShortest,
    /// A length is indefinite or reserved.
    #[error("a length is indefinite or reserved")]
    Indefinite,
    /// Map keys are not unsigned integers in strictly ascending order.
    #[error("map keys are not ascending unsigned integers")]
    Keys,
    /// Arrays and maps are nested deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// A float, a tag or a simple value that no format uses.
    #[error("a float, a tag or an unknown simple value")]
    Unsupported,
    /// Text is not UTF-8.
    #[error("text is not UTF-8")]
    Utf8,
    /// The item is well-formed, but not of the expected shape.
    #[error("not the expected shape: {0}")]
    Shape(String),
}

/// Checks that `bytes` are exactly one item in the one form that we write.
///
/// # Errors
/// The first deviation, from the left.
pub fn check(bytes: &[u8]) -> Result<(), CborError> {
    let mut walker = Walker { rest: bytes };
    walker.item(0)?;
    if walker.rest.is_empty() {
        Ok(())
    } else {
        Err(CborError::Trailing)
    }
}

/// Reads a value from bytes that hold it in its one form, and nothing else.
///
/// # Errors
/// What [`check`] refuses, and [`CborError::Shape`] for another item than a `T`.
pub fn decode<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, CborError> {
    check(bytes)?;
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder
        .decode()
        .map_err(|error| CborError::Shape(error.to_string()))?;
    if decoder.position() == bytes.len() {
        Ok(value)
    } else {
        Err(CborError::Trailing)
    }
}

/// Writes a value in its one form.
#[must_use]
pub fn encode<T: Encode<()> + ?Sized>(value: &T) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let written = value.encode(&mut encoder, &mut ());
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
    encoder.into_writer()
}

/// What is left to walk.
struct Walker<'b> {
    rest: &'b [u8],
}

/// Major type and argument of an item.
struct Head {
    major: u8,
    argument: u64,
}

impl<'b> Walker<'b> {
    fn item(&mut self, depth: usize) -> Result<(), CborError> {
        let head = self.head()?;
        match head.major {
            0 | 1 => Ok(()),
            2 => self.take(head.argument).map(drop),
            3 => match std::str::from_utf8(self.take(head.argument)?) {
                Ok(_) => Ok(()),
                Err(_) => Err(CborError::Utf8),
            },
            4 => {
                let depth = deeper(depth)?;
                (0..head.argument).try_for_each(|_| self.item(depth))
            }
            5 => {
                let depth = deeper(depth)?;
                let mut last_key = None;
                (0..head.argument).try_for_each(|_| {
                    let key = self.head()?;
                    if key.major != 0 || last_key.is_some_and(|last| last >= key.argument) {
                        return Err(CborError::Keys);
                    }
                    last_key = Some(key.argument);
                    self.item(depth)
                })
            }
            // false, true, null.
            7 if (20..=22).contains(&head.argument) => Ok(()),
            _ => Err(CborError::Unsupported),
        }
    }

    fn head(&mut self) -> Result<Head, CborError> {
        let (&first, rest) = self.rest.split_first().ok_or(CborError::Truncated)?;
        self.rest = rest;
        let major = first >> 5;
        let info = first & 0x1f;
        // A float's or a long simple value's argument is no length: said before its bytes are looked at.
        if major == 6 || (major == 7 && !(20..=22).contains(&info)) {
            return Err(CborError::Unsupported);
        }
        let (n_bytes, least) = match info {
            0..=23 => {
                return Ok(Head {
                    major,
                    argument: u64::from(info),
                });
            }
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(CborError::Indefinite),
        };
        let argument = self
            .take(n_bytes)?
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        if argument < least {
            return Err(CborError::NotShortest);
        }
        Ok(Head { major, argument })
    }

    fn take(&mut self, len: u64) -> Result<&'b [u8], CborError> {
        let len = usize::try_from(len).map_err(|_| CborError::Truncated)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn deeper(depth: usize) -> Result<usize, CborError> {
    if depth < DEPTH_MAX {
        Ok(depth + 1)
    } else {
        Err(CborError::TooDeep)
    }
}

cbor_bytes!(
    NetworkId, DocumentId, EntryId, LogId, Kid, KidShort, Chain, ChangeHash, RowId, BlobId, PartHash,
    MediaHash
);
cbor_number!(DeviceId: u32, MemberId: u32, Seq: u64, Generation: u32, Epoch: u32, Timestamp: u64);
