//! A simulated device: the client's machine on a disk that loses what it did not finish.

use crate::command::{CommandError, Event, Reply};
use crate::id::DocumentId;
use crate::storage::{Operation, Query, RowTag, StoreFailure, StoredRow, Table};
use crate::sync::bug::Bugs;
use crate::sync::client::{Client, CommandId, Config, ConnectionId};
use crate::time::Timestamp;
use crate::view::StoryRow;
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// The store of a device. What is in it is on the disk.
#[derive(Clone, Debug, Default)]
pub struct DeviceDisk {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    /// Transactions fail for want of room while this is set.
    pub is_full: bool,
}

impl DeviceDisk {
    /// Carries one transaction out, or nothing of it.
    ///
    /// # Errors
    /// [`StoreFailure`], as a browser's store fails.
    pub fn commit(&mut self, operations: &[Operation]) -> Result<(), StoreFailure> {
        let is_current = |operation: &Operation| match operation {
            Operation::Expect { table, key, tag } => {
                let stored = self.rows.get(&(*table, key.clone()));
                stored.and_then(|value| RowTag::of(value)) == *tag
            }
            Operation::Put { .. } | Operation::Delete { .. } => true,
        };
        if !operations.iter().all(is_current) {
            return Err(StoreFailure::Outdated);
        }
        if self.is_full {
            return Err(StoreFailure::Full);
        }
        for operation in operations {
            match operation {
                Operation::Expect { .. } => {}
                Operation::Put { table, key, value } => {
                    self.rows.insert((*table, key.clone()), value.clone());
                }
                Operation::Delete { table, key } => {
                    self.rows.remove(&(*table, key.clone()));
                }
            }
        }
        Ok(())
    }

    /// Answers questions.
    #[must_use]
    pub fn answer(&self, queries: &[Query]) -> Vec<Vec<StoredRow>> {
        queries.iter().map(|query| self.answer_one(query)).collect()
    }

    fn answer_one(&self, query: &Query) -> Vec<StoredRow> {
        let row = |((_, key), value): (&(Table, Vec<u8>), &Vec<u8>)| StoredRow {
            key: key.clone(),
            value: value.clone(),
        };
        match query {
            Query::Get { table, key } => {
                let at = (*table, key.clone());
                self.rows.get_key_value(&at).map(row).into_iter().collect()
            }
            Query::Range {
                table,
                from,
                to,
                limit,
            } => self
                .rows
                .range((*table, from.clone())..(*table, to.clone()))
                .take(usize::try_from(*limit).unwrap_or(usize::MAX))
                .map(row)
                .collect(),
            Query::All { table } => self
                .rows
                .iter()
                .filter(|((other, _), _)| other == table)
                .map(row)
                .collect(),
        }
    }

    /// Returns the rows that begin with the id of a document, by table and key: for a simulation's judgement.
    pub fn rows_of(&self, doc: DocumentId) -> impl Iterator<Item = (Table, &[u8])> {
        let rows = self.rows.keys().map(|(table, key)| (*table, key.as_slice()));
        rows.filter(move |(_, key)| key.starts_with(&doc.0))
    }

    /// Returns how many rows a table has.
    #[must_use]
    pub fn n_rows(&self, table: Table) -> usize {
        self.rows.keys().filter(|(other, _)| *other == table).count()
    }

    /// Whether `marker` stands anywhere on the disk.
    #[must_use]
    pub fn contains(&self, marker: &[u8]) -> bool {
        self.rows
            .values()
            .any(|value| value.windows(marker.len()).any(|window| window == marker))
    }
}

/// A tab of a simulated device.
#[derive(Debug)]
pub struct Tab {
    /// Its disk, which another tab may share.
    pub disk: usize,
    /// The build that it opens.
    pub app_version: u32,
    /// The machine, while the tab is open.
    pub client: Option<Client>,
    /// Counts starts: what was under way in an earlier one is lost.
    pub life: u64,
    /// What the device's clock is ahead of the world's, in milliseconds.
    pub clock_ahead_ms: i64,
    /// Its connection.
    pub connection: Option<(ConnectionId, u64)>,
    /// No connection opens and nothing passes before this moment.
    pub partitioned_until: u64,
    /// Whether it may talk to the relay: one tab of a device does (S14).
    pub is_leader: bool,
    /// When the disk has done what it was handed.
    pub disk_free_at: u64,
    /// When its timer fires: set after each input, and not moved by its clock.
    pub timer: Option<u64>,
    /// Answers to commands.
    pub answers: BTreeMap<CommandId, Result<Reply, CommandError>>,
    /// Lines of the list, as events told them.
    pub rows: BTreeMap<String, StoryRow>,
    /// What a screen of each open story could show, oldest first.
    pub seen: BTreeMap<String, Vec<String>>,
    n_commands: u64,
}

impl Tab {
    /// A tab that is not open yet.
    #[must_use]
    pub fn new(disk: usize, is_leader: bool) -> Self {
        Self {
            disk,
            app_version: 1,
            client: None,
            life: 0,
            clock_ahead_ms: 0,
            connection: None,
            partitioned_until: 0,
            is_leader,
            disk_free_at: 0,
            timer: None,
            answers: BTreeMap::new(),
            rows: BTreeMap::new(),
            seen: BTreeMap::new(),
            n_commands: 0,
        }
    }

    /// Opens the tab on what its disk holds.
    pub fn open(&mut self, disk: &DeviceDisk, bugs: Bugs, now: u64, rng: &mut impl CryptoRng) {
        self.life += 1;
        self.connection = None;
        self.answers.clear();
        self.rows.clear();
        self.seen.clear();
        let config = Config {
            origin: super::world::ORIGIN.to_owned(),
            app_version: self.app_version,
        };
        let answers = disk.answer(&Client::boot_queries());
        let opened = Client::open_with_bugs(config, &answers, self.clock(now), rng, bugs);
        self.client = opened.ok();
    }

    /// What the device's clock tells.
    #[must_use]
    pub fn clock(&self, now: u64) -> Timestamp {
        Timestamp(now.saturating_add_signed(self.clock_ahead_ms))
    }

    /// Returns the number of the next command.
    pub fn next_command(&mut self) -> CommandId {
        self.n_commands += 1;
        CommandId(self.n_commands)
    }

    /// Takes note of what the machine tells.
    pub fn note(&mut self, event: Event) {
        match event {
            Event::Rows(rows) => self
                .rows
                .extend(rows.into_iter().map(|row| (row.id.clone(), row))),
            Event::RowsGone(ids) => ids.iter().for_each(|id| drop(self.rows.remove(id))),
            Event::Story(story) => self.seen.entry(story.row.id).or_default().push(story.seen),
            Event::Standing(_) | Event::Link(_) | Event::Members | Event::ConsentTexts => {}
        }
    }
}
