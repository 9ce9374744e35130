//! Snapshots that stand for the history of a document (S10).
//!
//! ```text
//! living    S0 1 2 3 4 5 6 7 8 9          content of the log that no snapshot has superseded
//!                             └─► S10     covers all of it: a digest of the ids, the heads, the whole document
//! living    S10
//! ```
//!
//! Who adds the ninth increment sends a snapshot, and a coordinator's device does for what was quiet for a week. Relay
//! and devices know by the same rule what it supersedes: all that lived up to where it says, if the digest is right.
//! What this device wrote must be among the ancestors of its heads: where it is not, another snapshot brings it back.

use super::Client;
use super::disk::{Head, LivingRow, OutboxRow, RowCover, inbox_key, split_inbox_key};
use super::jobs::Transaction;
use super::link::Awaited;
use super::sealing::{Author, newest_key, too_long};
use super::vault::{Unreadable, Vault};
use crate::command::CommandError;
use crate::entry::{Collection, Cover, Entry, Header, Told};
use crate::id::{ChangeHash, DeviceId, DocumentId, EntryId, NetworkId, Seq};
use crate::model::{Document, consent_text, contact, gate, story};
use crate::storage::{Operation, StoredRow, Table};
use crate::sync::bug::Bug;
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use std::time::Duration;

/// Increments of a document that make a snapshot due: beyond some ten, one of the whole is shorter than they are.
const INCREMENTS_MAX: u32 = 9;

/// How long nobody wrote in a document before it is settled.
const QUIET: Duration = Duration::from_hours(7 * 24);

/// Devices of coordinators settle a document at moments that lie this far apart at most: the first one spares the
/// others the work.
const SPREAD_MS: u64 = 24 * 3_600_000;

/// Content of one document that the log has, by seq; also what a newer snapshot among it supersedes.
#[derive(Debug, Default)]
pub(super) struct Living {
    rows: BTreeMap<Seq, LivingRow>,
}

impl Living {
    pub(super) fn read(vault: &Vault, rows: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut living = Self::default();
        for row in rows {
            let (_, seq) = split_inbox_key(&row.key).ok_or(Unreadable(Table::Living))?;
            living.rows.insert(seq, vault.open(Table::Living, row)?);
        }
        Ok(living)
    }

    /// What no snapshot has superseded.
    fn survivors(&self) -> BTreeMap<Seq, &LivingRow> {
        self.before(Seq(u64::MAX))
    }

    /// What lived when the log had got to a seq, that one left out: replayed as the relay judged it.
    fn before(&self, end: Seq) -> BTreeMap<Seq, &LivingRow> {
        let mut living: BTreeMap<Seq, &LivingRow> = BTreeMap::new();
        for (seq, row) in self.rows.range(..end) {
            if let Some(cover) = &row.cover
                && covered(&living, cover).is_some()
            {
                living.retain(|seq, _| *seq > cover.upto);
            }
            living.insert(*seq, row);
        }
        living
    }

    /// Changes of this device in what a snapshot supersedes.
    pub(super) fn changes_under(&self, snapshot: Seq) -> Vec<ChangeHash> {
        let cover = self.rows.get(&snapshot).and_then(|row| row.cover.as_ref());
        let before = self.before(snapshot);
        let covered = cover.and_then(|cover| covered(&before, cover));
        let rows = covered.into_iter().flatten();
        rows.flat_map(|row| row.changes.iter().copied()).collect()
    }

    /// Whether a snapshot supersedes changes of this device that are not among the ancestors of these heads.
    pub(super) fn lacks(&self, snapshot: Seq, document: &mut Document, heads: &[ChangeHash]) -> bool {
        let own = self.changes_under(snapshot);
        if own.is_empty() {
            return false;
        }
        // Heads that nobody knows have no ancestors here.
        let since = document.changes_since(heads);
        since.is_none_or(|since| own.iter().any(|change| since.contains(change)))
    }

    /// How many entries the log keeps beyond the one snapshot that could stand for them all.
    pub(super) fn n_unsettled(&self) -> u32 {
        let n_beyond = self.survivors().len().saturating_sub(1);
        u32::try_from(n_beyond).unwrap_or(u32::MAX)
    }

    /// Seqs of what snapshots have superseded.
    pub(super) fn superseded(&self) -> impl Iterator<Item = Seq> {
        let survivors = self.survivors();
        let is_superseded = move |seq: &Seq| !survivors.contains_key(seq);
        self.rows
            .keys()
            .copied()
            .filter(is_superseded)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// Returns what a snapshot supersedes of what lived before it, if it does.
fn covered<'a>(living: &BTreeMap<Seq, &'a LivingRow>, cover: &RowCover) -> Option<Vec<&'a LivingRow>> {
    let rows: Vec<_> = living.range(..=cover.upto).map(|(_, row)| *row).collect();
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    // Of what was superseded before this device came to it, it has no rows: the relay says so then.
    let agrees = !ids.is_empty() && Cover::digest(&ids) == cover.digest;
    (agrees || cover.supersedes).then_some(rows)
}

impl Head {
    /// Takes note of a change that was made here.
    pub(super) fn grow(&mut self, at: Timestamp) {
        let n_unsettled = self.n_unsettled.unwrap_or_default().saturating_add(1);
        self.n_unsettled = Some(n_unsettled);
        self.quiet_since = Some(at);
        if n_unsettled >= INCREMENTS_MAX {
            self.owes_snapshot = Some(true);
        }
    }

    /// Takes note of what the log has of the document.
    pub(super) fn count_unsettled(&mut self, n_unsettled: u32, has_grown: bool, at: Timestamp) {
        self.n_unsettled = (n_unsettled > 0).then_some(n_unsettled);
        if n_unsettled < INCREMENTS_MAX {
            self.owes_snapshot = None;
        }
        if n_unsettled == 0 {
            self.quiet_since = None;
        } else if has_grown || self.quiet_since.is_none() {
            self.quiet_since = Some(at);
        }
    }

    /// Whether a snapshot may become due.
    pub(super) fn is_unsettled(&self) -> bool {
        self.quiet_since.is_some() || self.owes_snapshot.is_some() || self.lacks_own.is_some()
    }

    fn is_quiet(&self, doc: DocumentId, device: DeviceId, now: Timestamp) -> bool {
        let [a, b, ..] = doc.0;
        let spread = u64::from(u16::from_be_bytes([a, b])) + u64::from(device.0).wrapping_mul(0x9e37);
        let spread_ms = spread % 0x1_0000 * SPREAD_MS / 0x1_0000;
        let quiet = QUIET + Duration::from_millis(spread_ms);
        self.quiet_since.is_some_and(|since| now.since(since) >= quiet)
    }

    fn settle(&mut self) {
        self.n_unsettled = None;
        self.quiet_since = None;
        self.owes_snapshot = None;
        self.lacks_own = None;
    }
}

impl Client {
    /// The row of an entry that is content of a document; `None` for any other.
    pub(super) fn living_row(&self, doc: DocumentId, bytes: &[u8]) -> Option<LivingRow> {
        let network = self.place.network()?.id();
        let told = Told::decode(bytes).ok()?;
        if !told.header().kind.is_content() {
            return None;
        }
        let (id, entry) = match &told {
            Told::Entry(entry) | Told::Superseding(entry) => (entry.id(network), Some(entry)),
            Told::Withheld(withheld) => (withheld.id, None),
        };
        let supersedes = !matches!(told, Told::Entry(_));
        Some(LivingRow {
            id,
            cover: told.header().cover.as_ref().map(|cover| RowCover {
                upto: cover.upto,
                digest: cover.digest,
                supersedes,
            }),
            changes: self.own_changes(network, doc, told.header(), entry),
        })
    }

    /// Changes that an entry of this device brings to the log; for a snapshot its heads stand for them.
    fn own_changes(
        &self,
        network: NetworkId,
        doc: DocumentId,
        header: &Header,
        entry: Option<&Entry>,
    ) -> Vec<ChangeHash> {
        let device = self.place.network().map(|network| network.identity.device);
        let head = self.documents.head(doc).filter(|_| device == Some(header.by));
        let Some(key) = head.and_then(|head| head.key(header.kid)) else {
            return Vec::new();
        };
        if header.cover.is_some() {
            let heads = header.open_heads(network, &key).unwrap_or_default();
            return heads.into_iter().map(ChangeHash).collect();
        }
        let content = entry.and_then(|entry| entry.open_content(network, &key).ok());
        let changes = content.and_then(|content| gate::authors(&content.bytes).ok());
        changes
            .unwrap_or_default()
            .into_iter()
            .map(|(change, _)| change)
            .collect()
    }

    pub(super) fn put_living(
        &self,
        operations: &mut Vec<Operation>,
        doc: DocumentId,
        seq: Seq,
        bytes: &[u8],
        rng: &mut impl CryptoRng,
    ) {
        if let Some(row) = self.living_row(doc, bytes) {
            operations.push(self.vault.put(Table::Living, inbox_key(doc, seq), &row, rng));
        }
    }

    /// The relay's clock as it was seen last, here or in an earlier start.
    pub(super) fn relay_time_seen(&self) -> Timestamp {
        let stored = self.place.network().and_then(|network| network.progress);
        let stored = stored.map_or(Timestamp(0), |progress| progress.relay_at);
        self.link.relay_time_told().unwrap_or(stored)
    }

    /// A document that this device has to settle now.
    pub(super) fn unsettled_document(&self) -> Option<DocumentId> {
        let network = self.place.active()?;
        let has_all = self.link.is_online()
            && self.link.is_caught_up
            && !self.link.is_awaiting(Awaited::Page)
            && self.intake.is_idle()
            && network.followed() >= self.outbox.accepted_upto();
        if !has_all || network.backfill.is_some() && !self.bugs.has(Bug::SnapshotWithoutAll) {
            return None;
        }
        let mut unsettled = self.documents.unsettled();
        unsettled.find(|&doc| self.owes_snapshot(doc) && self.jobs.may_try(doc))
    }

    /// Whether a snapshot of the document is due, and this device may make it.
    fn owes_snapshot(&self, doc: DocumentId) -> bool {
        let (Some(network), Some(head)) = (self.place.active(), self.documents.head(doc)) else {
            return false;
        };
        let is_own = head.author.is_some() && head.author == network.me();
        if !(is_own || network.coordinates()) {
            return false;
        }
        let device = network.identity.device;
        let is_due = head.owes_snapshot.is_some()
            || head.lacks_own.is_some()
            || network.coordinates() && head.is_quiet(doc, device, self.relay_time_seen());
        is_due && self.has_whole(doc, head)
    }

    /// S10: nothing of the document is set aside, on its way or unsent.
    fn has_whole(&self, doc: DocumentId, head: &Head) -> bool {
        let is_set_aside = !head.is_whole();
        let is_whole = !is_set_aside && !self.documents.is_dirty(doc);
        let is_sent = self.outbox.of(doc).next().is_none();
        is_sent && (is_whole || self.bugs.has(Bug::SnapshotWithoutAll))
    }

    /// Makes a snapshot that stands for all that lives of a document. A document that has become too large for one
    /// goes on growing by increments, until it is full.
    pub(super) fn settle_document(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        rows: &[StoredRow],
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let author = self.place.active().and_then(Author::of);
        let (Some(author), true) = (author, self.owes_snapshot(doc)) else {
            return Ok(());
        };
        let mut head = self.head_in(tx, doc).ok_or(CommandError::UnknownStory)?;
        let living = Living::read(&self.vault, rows).map_err(|_| CommandError::UnknownStory)?;
        let loaded = self.documents.loaded_mut(doc).ok_or(CommandError::UnknownStory)?;
        let knows_schema = match head.coll {
            Collection::Story => story::knows(&loaded.document),
            Collection::Contact => contact::knows(&loaded.document),
            Collection::ConsentText => consent_text::knows(&loaded.document),
        };
        if !knows_schema || loaded.document.has_untaken() {
            return Err(CommandError::TooNew);
        }
        let covers: Vec<_> = living
            .survivors()
            .into_iter()
            .map(|(seq, row)| (seq, row.id))
            .collect();
        let key = newest_key(&head).ok_or(CommandError::NotAllowed)?;
        let address = author.address(doc, head.generation);
        // A snapshot is no change: for who sees it alone the document is as old as for all others.
        let at = head.changed_at;
        let sealed = author.seal_snapshot(address, &key, loaded, at, &covers, rng);
        let brings_back = head.lacks_own;
        head.settle();
        match sealed.map_err(too_long) {
            Ok(snapshot) => {
                let row = OutboxRow {
                    entry: snapshot.encode(),
                    at: self.clock.wall(),
                    brings_back,
                };
                self.put_outbox_row(tx, &snapshot, author.network, &row, rng);
            }
            Err(CommandError::TooLong { .. }) => {}
            Err(error) => return Err(error),
        }
        forget_superseded(tx, doc, &living);
        self.put_document(tx, doc, head, rng);
        Ok(())
    }
}

/// Removes the rows of what snapshots have superseded.
pub(super) fn forget_superseded(tx: &mut Transaction, doc: DocumentId, living: &Living) {
    tx.operations
        .extend(living.superseded().map(|seq| Operation::Delete {
            table: Table::Living,
            key: inbox_key(doc, seq),
        }));
}
