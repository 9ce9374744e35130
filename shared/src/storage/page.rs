//! A page of the log, put together row by row: the same in every store.
//!
//! ```text
//! rows     … 4  5  6  7  8 │ 9 …        8 supersedes 4 and 6, 9 supersedes 5
//! page       4  5  6  7  8 │            ends after 8: 5, 7, 8 are in it
//! ```
//!
//! An entry is left out only where the snapshot that stands for it is in the same page (S10): a device that takes the
//! page has all up to its end, whatever becomes of the next one.

use crate::id::{Chain, Seq};
use crate::storage::LogPage;
use std::collections::{BTreeMap, BTreeSet};

/// A row of the log, as one reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Its seq.
    pub seq: Seq,
    /// The log's token at it.
    pub chain: Chain,
    /// Whether the reader may see the entry.
    pub is_seen: bool,
    /// Its bytes, if it is seen and has any.
    pub bytes: Option<Vec<u8>>,
    /// The snapshot that supersedes it.
    pub superseded_by: Option<Seq>,
    /// How far it covers, if it is a snapshot that supersedes others.
    pub covers: Option<Seq>,
}

/// A page that is being put together.
#[derive(Debug)]
pub struct PageBuilder {
    bound: Seq,
    bytes_max: usize,
    page: LogPage,
    len: usize,
    /// Entries that are left out if the page reaches the snapshot that supersedes them.
    hidden: BTreeMap<Seq, Vec<(Seq, Vec<u8>)>>,
    /// Snapshots that stand for entries without bytes.
    missing: BTreeSet<Seq>,
}

impl PageBuilder {
    /// Begins the page after a seq, whose token is `chain`, that ends at `bound` at the latest, or once its entries
    /// have so many bytes.
    #[must_use]
    pub fn new(after: Seq, chain: Chain, bound: Seq, bytes_max: usize) -> Self {
        Self {
            bound,
            bytes_max,
            page: LogPage {
                entries: Vec::new(),
                covers: BTreeMap::new(),
                missing_until: Seq(0),
                upto: after,
                upto_chain: chain,
            },
            len: 0,
            hidden: BTreeMap::new(),
            missing: BTreeSet::new(),
        }
    }

    /// Whether another row has its place.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.len < self.bytes_max
    }

    /// Takes the next row.
    pub fn push(&mut self, row: PageRow) {
        self.page.upto = row.seq;
        self.page.upto_chain = row.chain;
        for (_, bytes) in self.hidden.remove(&row.seq).unwrap_or_default() {
            self.len -= bytes.len();
        }
        if !row.is_seen {
            return;
        }
        let Some(bytes) = row.bytes else {
            self.missing.extend(row.superseded_by);
            return;
        };
        self.len += bytes.len();
        if let Some(covers) = row.covers {
            self.page.covers.insert(row.seq, covers);
        }
        match row.superseded_by.filter(|by| *by <= self.bound) {
            Some(by) => self.hidden.entry(by).or_default().push((row.seq, bytes)),
            None => self.page.entries.push((row.seq, bytes)),
        }
    }

    /// Ends the page.
    #[must_use]
    pub fn finish(self) -> LogPage {
        let mut page = self.page;
        page.entries.extend(self.hidden.into_values().flatten());
        page.entries.sort_unstable_by_key(|(seq, _)| *seq);
        let missing = self.missing.into_iter().next_back();
        page.missing_until = missing.filter(|by| *by > page.upto).unwrap_or_default();
        page
    }
}
