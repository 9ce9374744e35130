//! Where the rows of the database lie: loose in the object store of their table, or in packs.

use super::{all, delete, get, put, range};
use crate::packs::{self, Index, Number};
use indexed_db_futures::error::Error;
use indexed_db_futures::transaction::Transaction;
use shared::storage::{StoredRow, Table};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

/// The object store of all packs, under the table's name, a zero and the pack's number.
pub(super) const PACKS: &str = "packs";
/// Tables of which every start reads all, and that have a row a document.
pub(super) const PACKED: [Table; 2] = [Table::Heads, Table::Media];

/// What is known of where rows lie; what is not is looked up.
#[derive(Default)]
pub(super) struct Layout(BTreeMap<Table, Index>);

impl Layout {
    /// Whether it pays to pack the loose rows of a table.
    pub(super) fn pays(&self, table: Table) -> bool {
        self.0.get(&table).is_some_and(Index::pays)
    }

    /// The value of a row.
    pub(super) async fn value(
        &mut self,
        transaction: &Transaction<'_>,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        let pack = match PACKED.contains(&table) {
            true => self.index(transaction, table).await?.pack_of(key),
            false => None,
        };
        let Some(number) = pack else {
            return get(transaction, table.name(), key).await;
        };
        let rows = read_pack(transaction, table, number).await?;
        Ok(rows.into_iter().find(|row| row.key == key).map(|row| row.value))
    }

    /// All rows of a table, in the order of their keys.
    pub(super) async fn all(
        &mut self,
        transaction: &Transaction<'_>,
        table: Table,
    ) -> Result<Vec<StoredRow>, Error> {
        let mut rows = all(transaction, table.name()).await?;
        if !PACKED.contains(&table) {
            return Ok(rows);
        }
        let packs = read_packs(transaction, table).await?;
        self.0.insert(table, Index::of(&packs, rows.len()));
        rows.extend(packs.into_iter().flat_map(|(_, rows)| rows));
        rows.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(rows)
    }

    /// The first `limit` rows of a table that have one of `keys`.
    pub(super) async fn range(
        &mut self,
        transaction: &Transaction<'_>,
        table: Table,
        keys: Range<&Vec<u8>>,
        limit: u32,
    ) -> Result<Vec<StoredRow>, Error> {
        if !PACKED.contains(&table) {
            return range(transaction, table.name(), keys, limit).await;
        }
        let mut rows = self.all(transaction, table).await?;
        rows.retain(|row| keys.contains(&&row.key));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Packs all loose rows of a table.
    pub(super) async fn pack(&mut self, transaction: &Transaction<'_>, table: Table) -> Result<(), Error> {
        let loose = all(transaction, table.name()).await?;
        let plan = packs::plan(loose, read_packs(transaction, table).await?);
        drop(transaction.object_store(table.name())?.clear()?);
        for number in plan.gone {
            delete(transaction, PACKS, &key_of(table, number))?;
        }
        for (number, rows) in plan.new {
            put(transaction, PACKS, &key_of(table, number), &packs::pack(&rows))?;
        }
        self.0.insert(table, plan.index);
        Ok(())
    }

    async fn index(&mut self, transaction: &Transaction<'_>, table: Table) -> Result<&mut Index, Error> {
        match self.0.entry(table) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let packs = read_packs(transaction, table).await?;
                Ok(unknown.insert(Index::of(&packs, 0)))
            }
        }
    }
}

/// Packs that rows leave in one transaction.
#[derive(Default)]
pub(super) struct Leaving(BTreeMap<(Table, Number), Vec<StoredRow>>);

impl Leaving {
    /// Takes a row out of its pack, if it lies in one.
    pub(super) async fn take_out(
        &mut self,
        transaction: &Transaction<'_>,
        layout: &mut Layout,
        table: Table,
        key: &[u8],
    ) -> Result<(), Error> {
        if !PACKED.contains(&table) {
            return Ok(());
        }
        let Some(number) = layout.index(transaction, table).await?.take_out(key) else {
            return Ok(());
        };
        let rows = match self.0.entry((table, number)) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(closed) => closed.insert(read_pack(transaction, table, number).await?),
        };
        rows.retain(|row| row.key != key);
        Ok(())
    }

    /// Stores what is left of the packs.
    pub(super) fn end(self, transaction: &Transaction<'_>) -> Result<(), Error> {
        for ((table, number), rows) in self.0 {
            let key = key_of(table, number);
            if rows.is_empty() {
                delete(transaction, PACKS, &key)?;
            } else {
                put(transaction, PACKS, &key, &packs::pack(&rows))?;
            }
        }
        Ok(())
    }
}

async fn read_pack(
    transaction: &Transaction<'_>,
    table: Table,
    number: Number,
) -> Result<Vec<StoredRow>, Error> {
    let bytes = get(transaction, PACKS, &key_of(table, number)).await?;
    Ok(packs::unpack(&bytes.unwrap_or_default()))
}

async fn read_packs(
    transaction: &Transaction<'_>,
    table: Table,
) -> Result<Vec<(Number, Vec<StoredRow>)>, Error> {
    let (from, to) = (key_of(table, Number::MIN), key_of(table, Number::MAX));
    let packs = range(transaction, PACKS, &from..&to, u32::MAX).await?;
    let packs = packs.into_iter().filter_map(|pack| {
        let number = pack.key.last_chunk().copied().map(Number::from_be_bytes)?;
        Some((number, packs::unpack(&pack.value)))
    });
    Ok(packs.collect())
}

fn key_of(table: Table, number: Number) -> Vec<u8> {
    [table.name().as_bytes(), &[0], &number.to_be_bytes()].concat()
}
