//! Rows that lie still, many in one value: a browser takes several times longer to read thousands of small values than
//! the same bytes in a few, and every start reads all heads (M6).
//!
//! A row is in one place: in a pack, or loose. One that is written or deleted leaves its pack in the same transaction,
//! so that nothing of what was there before stays. What is damaged in a pack becomes one row without a key, which
//! nobody can open, so that the rescue screen tells of it (C4).

use shared::storage::StoredRow;
use std::collections::BTreeMap;

/// Rows of a full pack. A change rewrites all of them, so they are few: about 15 kB of heads.
const ROWS_MAX: usize = 32;
/// From so many loose rows on it pays to pack them.
const LOOSE_MAX: usize = 256;

/// A pack's number, among those of its table.
pub type Number = u32;

/// Returns the value of a pack: `length (4) ‖ key ‖ length (4) ‖ value` for each row.
#[must_use]
pub fn pack(rows: &[StoredRow]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in rows.iter().flat_map(|row| [&row.key, &row.value]) {
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Returns the rows of a pack; what cannot be told apart is the value of a last one without a key.
#[must_use]
pub fn unpack(mut bytes: &[u8]) -> Vec<StoredRow> {
    let mut rows = Vec::with_capacity(ROWS_MAX);
    while !bytes.is_empty() {
        let row = first(bytes).and_then(|(key, rest)| Some((key, first(rest)?)));
        let (key, (value, rest)) = row.unwrap_or((&[], (bytes, &[])));
        rows.push(StoredRow {
            key: key.to_vec(),
            value: value.to_vec(),
        });
        bytes = rest;
    }
    rows
}

/// A part with its length before it, and what follows.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)
}

/// Where the rows of a table lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pack_of: BTreeMap<Vec<u8>, Number>,
    n_loose: usize,
}

impl Index {
    /// Of a table with these packs.
    #[must_use]
    pub fn of(packs: &[(Number, Vec<StoredRow>)], n_loose: usize) -> Self {
        let rows = packs
            .iter()
            .flat_map(|(number, rows)| rows.iter().map(|row| (row.key.clone(), *number)));
        Self {
            pack_of: rows.collect(),
            n_loose,
        }
    }

    /// The pack that holds this row.
    #[must_use]
    pub fn pack_of(&self, key: &[u8]) -> Option<Number> {
        self.pack_of.get(key).copied()
    }

    /// The row leaves its pack; returns which one that was.
    pub fn take_out(&mut self, key: &[u8]) -> Option<Number> {
        self.pack_of.remove(key)
    }

    /// So many rows were loose when all were read that it pays to pack them.
    #[must_use]
    pub fn pays(&self) -> bool {
        self.n_loose >= LOOSE_MAX
    }
}

/// What packing changes; no row is loose any more then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Packs that go: less than half of them was left.
    pub gone: Vec<Number>,
    /// Packs that come.
    pub new: Vec<(Number, Vec<StoredRow>)>,
    /// Where the rows lie afterwards.
    pub index: Index,
}

/// Plans to pack all `loose` rows.
#[must_use]
pub fn plan(mut loose: Vec<StoredRow>, packs: Vec<(Number, Vec<StoredRow>)>) -> Plan {
    let mut plan = Plan::default();
    let mut next = packs
        .iter()
        .map(|(number, _)| number + 1)
        .max()
        .unwrap_or_default();
    let mut kept = Vec::new();
    for (number, rows) in packs {
        let is_whole = rows.iter().all(|row| !row.key.is_empty());
        if is_whole && rows.len() < ROWS_MAX / 2 {
            plan.gone.push(number);
            loose.extend(rows);
        } else {
            kept.push((number, rows));
        }
    }
    loose.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    for rows in loose.chunks(ROWS_MAX) {
        plan.new.push((next, rows.to_vec()));
        next += 1;
    }
    kept.extend(plan.new.iter().cloned());
    plan.index = Index::of(&kept, 0);
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32) -> StoredRow {
        StoredRow {
            key: number.to_be_bytes().to_vec(),
            value: vec![7; usize::try_from(number % 50).unwrap()],
        }
    }

    fn rows(numbers: std::ops::Range<u32>) -> Vec<StoredRow> {
        numbers.map(row).collect()
    }

    #[test]
    fn rows_come_out_of_a_pack_as_they_went_in() {
        for n_rows in [0, 1, 2, 40] {
            assert_eq!(unpack(&pack(&rows(0..n_rows))), rows(0..n_rows));
        }
    }

    #[test]
    fn a_damaged_pack_gives_what_is_whole_and_one_row_that_nobody_opens() {
        let whole = pack(&rows(10..13));
        for len in 0..=whole.len() {
            let found = unpack(&whole[..len]);
            let n_damaged = found.iter().filter(|row| row.key.is_empty()).count();
            let n_whole = found.len() - n_damaged;
            assert_eq!(found[..n_whole], rows(10..13)[..n_whole], "{len}");
            let is_between_rows = pack(&rows(10..13)[..n_whole]).len() == len;
            assert_eq!(n_damaged, usize::from(!is_between_rows), "{len}");
        }
        for position in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[position] ^= 0xff;
            assert_ne!(unpack(&damaged), rows(10..13), "{position}");
        }
    }

    #[test]
    fn packing_leaves_no_row_loose_and_none_twice() {
        let mut packs = plan(rows(0..9 * 32), Vec::new()).new;
        // One is almost empty, one half.
        packs[0].1.truncate(3);
        packs[1].1.truncate(ROWS_MAX / 2);
        let before: Vec<_> = packs.iter().flat_map(|(_, rows)| rows.clone()).collect();
        let plan = plan(rows(1_000..1_100), packs.clone());
        assert_eq!(plan.gone, [packs[0].0]);
        packs.retain(|(number, _)| !plan.gone.contains(number));
        packs.extend(plan.new.clone());
        let mut after: Vec<_> = packs.iter().flat_map(|(_, rows)| rows.clone()).collect();
        after.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        let expected: Vec<_> = before.into_iter().chain(rows(1_000..1_100)).collect();
        assert_eq!(after, expected);
        for (number, rows) in &packs {
            assert!(rows.len() <= ROWS_MAX);
            assert!(
                rows.iter()
                    .all(|row| plan.index.pack_of(&row.key) == Some(*number))
            );
        }
        let numbers: std::collections::BTreeSet<_> = packs.iter().map(|(number, _)| number).collect();
        assert_eq!(numbers.len(), packs.len());
        assert!(!plan.index.pays());
    }

    #[test]
    fn a_damaged_pack_stays_as_it_is() {
        let damaged = vec![
            row(1),
            StoredRow {
                key: Vec::new(),
                value: vec![9; 9],
            },
        ];
        let plan = plan(rows(2..4), vec![(5, damaged)]);
        assert!(plan.gone.is_empty());
        assert_eq!(plan.new, [(6, rows(2..4))]);
        assert_eq!(plan.index.pack_of(&row(1).key), Some(5));
    }
}
