//! Identifiers: each idea has its own type, so that one is never taken for another.

use std::fmt;

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Reads an id from exactly [`Self::LEN`] bytes.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads an id from lower-case hexadecimal digits, as [`fmt::Display`] writes it.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let digits = text.as_bytes();
                if digits.len() != 2 * $len {
                    return None;
                }
                let mut bytes = [0; $len];
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    let [high, low] = pair else { return None };
                    *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
                }
                Some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; 2 * $len];
                for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
                    pair.copy_from_slice(&hex_digits(byte));
                }
                f.write_str(str::from_utf8(&digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $repr:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

bytes_id!(
    /// A network: SHA-256 of its genesis bytes (L1).
    NetworkId, 32
);
bytes_id!(
    /// A document: 16 random bytes, never used again after an erasure (E2).
    DocumentId, 16
);
bytes_id!(
    /// An entry of the log: a hash over its header and sealed bytes, never over plaintext (K5).
    EntryId, 32
);
bytes_id!(
    /// One life of a relay's log: 16 random bytes, drawn when the log is made.
    LogId, 16
);
bytes_id!(
    /// Full key id of a document key (K4).
    Kid, 32
);
bytes_id!(
    /// First bytes of a [`Kid`]: refers to a key, identifies none.
    KidShort, 8
);
bytes_id!(
    /// Opaque token of a log up to some entry (S2).
    Chain, 16
);
bytes_id!(
    /// Who wrote a change of a document: 16 random bytes, fresh at every start of the core (M3).
    ActorId, 16
);
bytes_id!(
    /// A change of a document: Automerge's hash over its bytes.
    ChangeHash, 32
);
bytes_id!(
    /// A consent, a withdrawal, a review event, a photo or a recording within its story: 16 random bytes.
    RowId, 16
);
bytes_id!(
    /// A blob: the bytes of a photo, a thumbnail or a sound. 16 random bytes (S12).
    BlobId, 16
);
bytes_id!(
    /// A sealed part of a blob: a hash over its sealed bytes.
    PartHash, 32
);
bytes_id!(
    /// A photo or a sound on the website: SHA-256 of its bytes, and its name in addresses.
    MediaHash, 32
);
number_id!(
    /// A device: its ordinal in the membership log, the founder's first device is 0.
    DeviceId, u32
);
number_id!(
    /// A member: her ordinal in the membership log, the founder is 0.
    MemberId, u32
);
number_id!(
    /// Position of an entry in a network's log; the first entry has 1, 0 is before everything.
    Seq, u64
);
number_id!(
    /// Generation of a document, 0 at first (E4).
    Generation, u32
);
number_id!(
    /// Epoch of a group's key, 0 at first.
    Epoch, u32
);

impl From<Kid> for KidShort {
    fn from(kid: Kid) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = kid.0;
        Self([a, b, c, d, e, f, g, h])
    }
}

fn hex_digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0xf].map(|digit| match digit {
        0..=9 => b'0' + digit,
        _ => b'a' - 10 + digit,
    })
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_other_text() {
        let id = DocumentId([0xa7; 16]);
        assert_eq!(DocumentId::from_hex(&id.to_string()), Some(id));
        assert_eq!(DocumentId::from_hex("a7"), None);
        assert_eq!(DocumentId::from_hex(&"A7".repeat(16)), None);
        assert_eq!(DocumentId::from_hex(&"é".repeat(16)), None);
    }
}
