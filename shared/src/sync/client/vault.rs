//! Every value at rest is sealed with the device's storage key.
//!
//! The key itself lies beside the data, in the one row that is not sealed: it keeps content out of a casual
//! search of the browser's profile and binds each value to its place. It does not withstand whoever can read
//! the profile and this code; an app lock wraps the key with a passphrase.

use crate::cbor;
use crate::crypto::StorageKey;
use crate::storage::{Operation, RowTag, StoredRow, Table};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;

/// Where the storage key lies, in [`Table::Meta`].
const KEY_ROW: &[u8] = b"storage-key";

/// A stored value that does not open or is not of the expected shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a stored value of table {} cannot be read", .0.name())]
pub struct Unreadable(pub Table);

/// Seals and opens rows.
#[derive(Debug)]
pub(super) struct Vault {
    key: StorageKey,
}

impl Vault {
    /// Draws a storage key, and returns it with the operation that stores it.
    pub(super) fn create(rng: &mut impl CryptoRng) -> (Self, Operation) {
        let key = StorageKey::generate(rng);
        let operation = Operation::Put {
            table: Table::Meta,
            key: KEY_ROW.to_vec(),
            value: key.to_bytes().to_vec(),
        };
        (Self { key }, operation)
    }

    /// Finds the storage key among the rows of [`Table::Meta`]; `None` on a device that never stored anything.
    pub(super) fn find(meta: &[StoredRow]) -> Result<Option<Self>, Unreadable> {
        let Some(row) = meta.iter().find(|row| row.key == KEY_ROW) else {
            return Ok(None);
        };
        let bytes: &[u8; 32] = row
            .value
            .as_slice()
            .try_into()
            .map_err(|_| Unreadable(Table::Meta))?;
        Ok(Some(Self {
            key: StorageKey::from_bytes(bytes),
        }))
    }

    /// Returns the operation that stores `value` under `key`.
    pub(super) fn put(
        &self,
        table: Table,
        key: Vec<u8>,
        value: &impl Encode<()>,
        rng: &mut impl CryptoRng,
    ) -> Operation {
        self.put_tagged(table, key, value, rng).0
    }

    /// Returns the operation that stores `value` under `key`, and the tag that it will have there.
    pub(super) fn put_tagged(
        &self,
        table: Table,
        key: Vec<u8>,
        value: &impl Encode<()>,
        rng: &mut impl CryptoRng,
    ) -> (Operation, Option<RowTag>) {
        let plain = zeroize::Zeroizing::new(cbor::encode(value));
        let value = self.key.seal(table.name(), &key, &plain, rng);
        let tag = RowTag::of(&value);
        (Operation::Put { table, key, value }, tag)
    }

    /// Opens a row.
    pub(super) fn open<T: for<'b> Decode<'b, ()>>(
        &self,
        table: Table,
        row: &StoredRow,
    ) -> Result<T, Unreadable> {
        let plain = self
            .key
            .open(table.name(), &row.key, &row.value)
            .map_err(|_| Unreadable(table))?;
        cbor::decode(&plain).map_err(|_| Unreadable(table))
    }

    /// Opens the row of [`Table::Meta`] that has this key, if there is one.
    pub(super) fn open_meta<T: for<'b> Decode<'b, ()>>(
        &self,
        meta: &[StoredRow],
        key: &[u8],
    ) -> Result<Option<T>, Unreadable> {
        meta.iter()
            .find(|row| row.key == key)
            .map(|row| self.open(Table::Meta, row))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    #[test]
    fn a_value_opens_only_in_its_place() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (vault, stored_key) = Vault::create(&mut rng);
        let Operation::Put { key, value, .. } = stored_key else {
            panic!("the key is stored")
        };
        let found = Vault::find(&[StoredRow { key, value }]).unwrap().unwrap();
        let (put, tag) = vault.put_tagged(Table::Heads, b"a".to_vec(), &7_u64, &mut rng);
        let Operation::Put { key, value, .. } = put else {
            panic!("a value is stored")
        };
        assert_eq!(tag, RowTag::of(&value));
        let row = StoredRow { key, value };
        assert_eq!(found.open::<u64>(Table::Heads, &row), Ok(7));
        assert_eq!(
            found.open::<u64>(Table::Bodies, &row),
            Err(Unreadable(Table::Bodies))
        );
        let moved = StoredRow {
            key: b"b".to_vec(),
            ..row
        };
        assert_eq!(
            found.open::<u64>(Table::Heads, &moved),
            Err(Unreadable(Table::Heads))
        );
    }
}
