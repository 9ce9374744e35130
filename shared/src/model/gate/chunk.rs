//! Step (a) for change chunks: a strict walk over the bytes, before Automerge sees them.
//!
//! ```text
//! ┌───────┬──────────┬──────┬────────┬──────────────────────────────────────────────────────────────┐
//! │ magic │ checksum │ type │ length │ body                                                         │
//! │ 4     │ 4        │ 1    │ uLEB   │ deps · actor · seq · start · time · message · actors · columns │
//! └───────┴──────────┴──────┴────────┴──────────────────────────────────────────────────────────────┘
//! checksum = first 4 bytes of hash = SHA-256(type ‖ length ‖ body)
//! ```

use super::column::Columns;
use super::operation::{self, Operation};
use super::{Bad, CHANGE_OPERATIONS_MAX, OPERATION_MAX};
use crate::id::{ActorId, ChangeHash};
use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;

/// A change that passed the walk.
#[derive(Debug)]
pub(super) struct RawChange {
    /// The whole chunk.
    pub(super) bytes: Vec<u8>,
    pub(super) hash: ChangeHash,
    pub(super) deps: Vec<ChangeHash>,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) operations: Vec<Operation>,
}

impl RawChange {
    /// Number of the last operation; one less than the first if there is none.
    pub(super) fn max_op(&self) -> u64 {
        self.start_op + self.operations.len() as u64 - 1
    }
}

/// Reads change chunks, one after the other, at least one.
pub(super) fn changes(bytes: &[u8]) -> Result<Vec<RawChange>, Bad> {
    let mut changes = Vec::new();
    let mut rest = Reader::new(bytes);
    while !rest.is_empty() || changes.is_empty() {
        let chunk = Chunk::read(&mut rest, CHANGE)?;
        changes.push(change(&chunk)?);
    }
    Ok(changes)
}

/// A chunk whose frame is right.
pub(super) struct Chunk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) hash: ChangeHash,
}

impl<'a> Chunk<'a> {
    /// Reads one chunk of type `expected`.
    pub(super) fn read(reader: &mut Reader<'a>, expected: u8) -> Result<Self, Bad> {
        let whole = reader.rest();
        if reader.take(4)? != MAGIC {
            return Err(Bad::Chunk);
        }
        let checksum = reader.take(4)?;
        let hashed = reader.rest();
        let kind = reader.byte()?;
        if kind != expected {
            return Err(Bad::ChunkType(kind));
        }
        let body = reader.prefixed()?;
        let consumed = |from: &'a [u8]| from.get(..from.len() - reader.rest().len());
        let hash: [u8; 32] = Sha256::digest(consumed(hashed).ok_or(Bad::Chunk)?).into();
        if hash.first_chunk::<4>().map(<[u8; 4]>::as_slice) != Some(checksum) {
            return Err(Bad::Checksum);
        }
        Ok(Self {
            bytes: consumed(whole).ok_or(Bad::Chunk)?,
            body,
            hash: ChangeHash(hash),
        })
    }
}

fn change(chunk: &Chunk<'_>) -> Result<RawChange, Bad> {
    let mut body = Reader::new(chunk.body);
    let deps = body.hashes()?;
    let actor = body.actor()?;
    let seq = body.unsigned()?;
    let start_op = body.unsigned()?;
    let time = body.signed()?;
    let message = body.prefixed()?;
    let others = body.actors()?;
    if seq == 0 || time != 0 || !message.is_empty() || others.contains(&actor) {
        return Err(Bad::Header);
    }
    if start_op == 0 || start_op > OPERATION_MAX {
        return Err(Bad::Start);
    }
    let columns = Columns::specification(&mut body)?;
    let columns = columns.data(&mut body)?;
    // Bytes after the columns are the "extra bytes": Automerge would keep them for ever.
    if !body.is_empty() {
        return Err(Bad::Header);
    }
    let mut actors = vec![actor];
    actors.extend(others);
    let operations = operation::read(&columns, &actors, start_op, CHANGE_OPERATIONS_MAX)?;
    Ok(RawChange {
        bytes: chunk.bytes.to_vec(),
        hash: chunk.hash,
        deps,
        actor,
        seq,
        start_op,
        operations,
    })
}

/// Takes bytes from the front; nothing panics, nothing is allocated ahead of what is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Bad> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Bad::Chunk)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Bad> {
        let (byte, rest) = self.0.split_first().ok_or(Bad::Chunk)?;
        self.0 = rest;
        Ok(*byte)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn unsigned(&mut self) -> Result<u64, Bad> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            value |= bits << shift;
            if bits << shift >> shift != bits {
                return Err(Bad::Number);
            }
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 {
                    Err(Bad::Number)
                } else {
                    Ok(value)
                };
            }
        }
        Err(Bad::Number)
    }

    /// A signed LEB128 number in its shortest form.
    pub(super) fn signed(&mut self) -> Result<i64, Bad> {
        let mut value = 0_i128;
        let mut previous = 0_u8;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            value |= i128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                let sign = if negative { 0x7f } else { 0 };
                if shift > 0 && byte == sign && (previous & 0x40 != 0) == negative {
                    return Err(Bad::Number);
                }
                if negative {
                    value -= 1_i128 << (shift + 7);
                }
                return i64::try_from(value).map_err(|_| Bad::Number);
            }
            previous = byte;
        }
        Err(Bad::Number)
    }

    /// Bytes after their length.
    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], Bad> {
        let len = self.length()?;
        self.take(len)
    }

    /// A length or a count of things that each take at least a byte.
    pub(super) fn length(&mut self) -> Result<usize, Bad> {
        let len = usize::try_from(self.unsigned()?).map_err(|_| Bad::Chunk)?;
        if len > self.0.len() {
            return Err(Bad::Chunk);
        }
        Ok(len)
    }

    pub(super) fn actor(&mut self) -> Result<ActorId, Bad> {
        ActorId::from_slice(self.prefixed()?).ok_or(Bad::Header)
    }

    /// Actors, ascending.
    pub(super) fn actors(&mut self) -> Result<Vec<ActorId>, Bad> {
        ascending(self.length()?, || self.actor())
    }

    /// Hashes, ascending.
    pub(super) fn hashes(&mut self) -> Result<Vec<ChangeHash>, Bad> {
        ascending(self.length()?, || {
            ChangeHash::from_slice(self.take(ChangeHash::LEN)?).ok_or(Bad::Header)
        })
    }
}

fn ascending<T: Ord>(count: usize, mut read: impl FnMut() -> Result<T, Bad>) -> Result<Vec<T>, Bad> {
    let mut items = Vec::new();
    for _ in 0..count {
        let item = read()?;
        if items.last().is_some_and(|last| *last >= item) {
            return Err(Bad::Header);
        }
        items.push(item);
    }
    Ok(items)
}
