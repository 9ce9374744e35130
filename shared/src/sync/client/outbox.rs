//! The outbox: every entry without a receipt, whoever wrote it (S4).
//!
//! An entry stays until its receipt is stored. Sending again sends the same bytes: the relay knows an entry by its
//! id and answers `have`. A refusal holds back the entry's own document and nothing else.

use super::clock::Moment;
use super::disk::{OutboxRow, outbox_key, outbox_number};
use super::errand::verify_receipt;
use super::intake::Arrival;
use super::link::Awaited;
use super::vault::{Unreadable, Vault};
use super::{Client, LoadId, ProtocolError};
use crate::entry::{Entry, Kind};
use crate::id::{DocumentId, EntryId, NetworkId, Seq};
use crate::protocol::{
    ClientToRelay, EntryBytes, PUSHES_UNANSWERED_MAX, Push, Receipt, Refusal, Refusals, WaitMs, malformed_id,
};
use crate::storage::{Query, StoredRow, Table};
use crate::time::Timestamp;
use crate::view::Trouble;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A push ends once its entries reach this many bytes: on a slow line each push that got through is kept.
const PUSH_BYTES: usize = 256 * 1024;

/// Wait before an entry is sent again whose document the relay does not know.
const UNKNOWN_WAIT: Duration = Duration::from_secs(20);

/// Most entries of a push: its receipt is one transaction of the device.
const PUSH_ENTRIES: usize = 200;

/// What is known of every entry in the outbox; the bytes stay in the store until they are sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// By key: the order in which they were written.
    items: BTreeMap<Vec<u8>, Item>,
    n_by_doc: BTreeMap<DocumentId, u32>,
    next_number: u64,
    loading: Option<(LoadId, Vec<Vec<u8>>)>,
    /// Entries of pushes that were not answered, with the push and the bytes.
    sent: BTreeMap<EntryId, Sent>,
    pushes: BTreeMap<u64, usize>,
    n_pushes: u64,
    /// Newest seq that an entry of this device was given, as far as it was told since the start.
    accepted_upto: Seq,
    held: BTreeMap<DocumentId, Held>,
    /// Highest position that the relay gave to an entry of this device since the start.
    pub(super) highest: Seq,
}

/// An entry in the outbox.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: EntryId,
    pub(super) doc: DocumentId,
    pub(super) kind: Kind,
    pub(super) at: Timestamp,
    pub(super) len: usize,
    /// It says nothing that the log does not have: a snapshot that stands for other entries (S10).
    pub(super) is_repetition: bool,
    /// It was handed to a connection, now or before a restart, and not refused since: its bytes stay (K6).
    pub(super) may_be_sent: bool,
}

#[derive(Debug)]
struct Sent {
    key: Vec<u8>,
    push: u64,
    bytes: Vec<u8>,
}

/// Why a document's entries are not sent.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// The relay asked to wait.
    Until(Moment),
    /// A new key is due for these entries (K6).
    Rekey(BTreeSet<EntryId>),
    /// An entry to be taken out: overtaken or refused for good, and nothing of it is lost.
    TakeOut {
        id: EntryId,
        is_final: bool,
        /// The newest publication, which this device was never told of.
        ended: Option<EntryId>,
    },
    /// Not on this connection, unless rights change.
    Refused,
}

/// An entry that the relay has.
#[derive(Clone, Debug)]
pub(super) struct Accepted {
    pub(super) key: Vec<u8>,
    pub(super) doc: DocumentId,
    pub(super) seq: Seq,
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

impl Outbox {
    pub(super) fn open(
        vault: &Vault,
        network: Option<NetworkId>,
        rows: &[StoredRow],
    ) -> Result<Self, Unreadable> {
        let mut outbox = Self::default();
        let Some(network) = network else {
            return Ok(outbox);
        };
        for row in rows {
            let stored: OutboxRow = vault.open(Table::Outbox, row)?;
            let entry = Entry::decode(&stored.entry).map_err(|_| Unreadable(Table::Outbox))?;
            let item = Item::of(&entry, network, &stored);
            let mut item = item.ok_or(Unreadable(Table::Outbox))?;
            item.may_be_sent = true;
            let number = outbox_number(&row.key).ok_or(Unreadable(Table::Outbox))?;
            outbox.next_number = outbox.next_number.max(number + 1);
            outbox.insert(row.key.clone(), item);
        }
        Ok(outbox)
    }

    /// Returns a key after all that were given so far.
    pub(super) fn next_key(&mut self, id: EntryId) -> Vec<u8> {
        let key = outbox_key(self.next_number, id);
        self.next_number += 1;
        key
    }

    pub(super) fn insert(&mut self, key: Vec<u8>, item: Item) {
        if !item.is_repetition {
            *self.n_by_doc.entry(item.doc).or_default() += 1;
        }
        self.items.insert(key, item);
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        let Some(item) = self.items.remove(key).filter(|item| !item.is_repetition) else {
            return;
        };
        if let Some(n) = self.n_by_doc.get_mut(&item.doc) {
            *n -= 1;
            if *n == 0 {
                self.n_by_doc.remove(&item.doc);
            }
        }
    }

    /// Whether something of the document has no stored receipt.
    pub(super) fn holds(&self, doc: DocumentId) -> bool {
        self.n_by_doc.contains_key(&doc)
    }

    /// Whether an entry of the document was handed to the open connection.
    pub(super) fn is_sending(&self, doc: DocumentId) -> bool {
        self.sent
            .values()
            .any(|sent| self.items.get(&sent.key).is_some_and(|item| item.doc == doc))
    }

    /// Whether nothing is under way and nothing could be.
    pub(super) fn is_at_rest(&self) -> bool {
        self.sent.is_empty() && self.loading.is_none() && self.next_push().is_empty()
    }

    /// Documents of which something has no stored receipt.
    pub(super) fn documents(&self) -> impl Iterator<Item = DocumentId> {
        self.n_by_doc.keys().copied()
    }

    #[cfg(feature = "testing")]
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Up to where the log is known to have entries of this device.
    pub(super) fn accepted_upto(&self) -> Seq {
        self.accepted_upto
    }

    pub(super) fn oldest(&self) -> Option<Timestamp> {
        let items = self.items.values().filter(|item| !item.is_repetition);
        items.map(|item| item.at).min()
    }

    /// Entries of a document, oldest first.
    pub(super) fn of(&self, doc: DocumentId) -> impl Iterator<Item = (&Vec<u8>, &Item)> {
        self.items.iter().filter(move |(_, item)| item.doc == doc)
    }

    /// Whether an entry is nowhere but here: it was never handed to a connection, or the relay refused it (K6).
    pub(super) fn is_only_here(&self, key: &[u8]) -> bool {
        self.items.get(key).is_some_and(|item| !item.may_be_sent)
    }

    pub(super) fn held(&self) -> impl Iterator<Item = (DocumentId, &Held)> {
        self.held.iter().map(|(doc, held)| (*doc, held))
    }

    /// Entries of a document that the relay refused for their key.
    pub(super) fn refused_for_key(&self, doc: DocumentId) -> BTreeSet<EntryId> {
        match self.held.get(&doc) {
            Some(Held::Rekey(ids)) => ids.clone(),
            Some(Held::Until(_) | Held::TakeOut { .. } | Held::Refused) | None => BTreeSet::new(),
        }
    }

    pub(super) fn release(&mut self, doc: DocumentId) {
        self.held.remove(&doc);
    }

    /// What was refused for want of a right may be taken now.
    pub(super) fn try_refused_again(&mut self) {
        self.held.retain(|_, held| !matches!(held, Held::Refused));
    }

    /// Nothing is under way any more; what is held for a later connection is free again.
    pub(super) fn connection_lost(&mut self) {
        self.loading = None;
        self.sent.clear();
        self.pushes.clear();
        self.held
            .retain(|_, held| matches!(held, Held::Rekey(_) | Held::TakeOut { .. }));
    }

    /// Keys of the next push.
    fn next_push(&self) -> Vec<Vec<u8>> {
        let mut len = 0;
        self.items
            .iter()
            .filter(|(_, item)| !self.sent.contains_key(&item.id) && !self.held.contains_key(&item.doc))
            .take(PUSH_ENTRIES)
            .take_while(|(_, item)| {
                let fits = len == 0 || len + item.len <= PUSH_BYTES;
                len += item.len;
                fits
            })
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// Takes an answered entry from what was sent. Returns what it was, and the push if that is now answered.
    fn answered(&mut self, id: EntryId) -> Option<(Sent, Option<u64>)> {
        let sent = self.sent.remove(&id)?;
        let left = self.pushes.get_mut(&sent.push)?;
        *left -= 1;
        let done = (*left == 0).then_some(sent.push);
        if let Some(push) = done {
            self.pushes.remove(&push);
        }
        Some((sent, done))
    }
}

impl Item {
    pub(super) fn of(entry: &Entry, network: NetworkId, row: &OutboxRow) -> Option<Self> {
        let covers = entry
            .header
            .cover
            .as_ref()
            .is_some_and(|cover| cover.upto > Seq(0));
        Some(Self {
            id: entry.id(network),
            doc: entry.header.doc?,
            kind: entry.header.kind,
            at: row.at,
            len: row.entry.len(),
            is_repetition: covers && row.brings_back.is_none(),
            may_be_sent: false,
        })
    }
}

impl Client {
    pub(super) fn outbox_deadline(&self) -> Option<Moment> {
        if !self.link.is_online() {
            return None;
        }
        self.outbox
            .held
            .values()
            .filter_map(|held| match held {
                Held::Until(at) => Some(*at),
                Held::Rekey(_) | Held::TakeOut { .. } | Held::Refused => None,
            })
            .min()
    }

    /// Loads the entries of the next push.
    pub(super) fn advance_outbox(&mut self) {
        let now = self.clock.now();
        self.outbox
            .held
            .retain(|_, held| !matches!(held, Held::Until(at) if *at <= now));
        let may_push = self.link.is_open_for_pushes() && self.place.active().is_some();
        let has_room = self.outbox.pushes.len() < PUSHES_UNANSWERED_MAX;
        // Nothing of what was erased is sent (E2).
        let may_push = may_push && self.owed_erasure().is_none();
        if !may_push || !has_room || self.outbox.loading.is_some() {
            return;
        }
        let keys = self.outbox.next_push();
        if keys.is_empty() {
            return;
        }
        let queries = keys
            .iter()
            .map(|key| Query::Get {
                table: Table::Outbox,
                key: key.clone(),
            })
            .collect();
        let id = self.out.load(queries);
        self.outbox.loading = Some((id, keys));
    }

    /// Sends what was loaded.
    pub(super) fn push_loaded(&mut self, id: LoadId, answers: Option<Vec<Vec<StoredRow>>>) {
        if self
            .outbox
            .loading
            .as_ref()
            .is_none_or(|(loading, _)| *loading != id)
        {
            return;
        }
        let keys = self
            .outbox
            .loading
            .take()
            .map(|(_, keys)| keys)
            .unwrap_or_default();
        let Some(answers) = answers else {
            return self.store_failed(crate::storage::StoreFailure::Failed);
        };
        let push = self.outbox.n_pushes;
        let mut entries = Vec::new();
        for (key, rows) in keys.into_iter().zip(answers) {
            let Some(item) = self.outbox.items.get_mut(&key) else {
                continue;
            };
            let stored = rows
                .first()
                .and_then(|row| self.vault.open::<OutboxRow>(Table::Outbox, row).ok());
            let Some(stored) = stored else {
                // Another tab has stored its receipt.
                self.outbox.remove(&key);
                continue;
            };
            item.may_be_sent = true;
            self.told.touch(item.doc);
            let sent = Sent {
                key,
                push,
                bytes: stored.entry.clone(),
            };
            self.outbox.sent.insert(item.id, sent);
            entries.push(EntryBytes(stored.entry));
        }
        if entries.is_empty() {
            return;
        }
        self.outbox.n_pushes += 1;
        self.outbox.pushes.insert(push, entries.len());
        self.expect(Awaited::Push(push));
        self.send(&ClientToRelay::Push(Push { entries }));
    }

    /// C2: an entry is safe once its receipt is verified and stored.
    pub(super) fn on_receipt(&mut self, receipt: &Receipt) -> Result<(), ProtocolError> {
        let network = self.place.network().ok_or(ProtocolError::OutOfPlace)?;
        verify_receipt(network.id(), network.membership.relay_key(), receipt)?;
        self.note_relay_time(receipt.at);
        if self.link.trouble == Some(Trouble::RelayUnable) {
            self.link.trouble = None;
        }
        self.accept(&receipt.entries);
        Ok(())
    }

    fn accept(&mut self, entries: &[(EntryId, Seq)]) {
        let mut accepted = Vec::new();
        for &(id, seq) in entries {
            let Some((sent, done)) = self.outbox.answered(id) else {
                continue;
            };
            self.outbox.highest = self.outbox.highest.max(seq);
            if let Some(push) = done {
                self.link.answered(Awaited::Push(push));
            }
            let Some(item) = self.outbox.items.get(&sent.key) else {
                continue;
            };
            accepted.push(Accepted {
                doc: item.doc,
                kind: item.kind,
                key: sent.key,
                seq,
                bytes: sent.bytes,
            });
        }
        if !accepted.is_empty() {
            self.intake.push(Arrival::Accepted(accepted));
        }
    }

    pub(super) fn entries_accepted(&mut self, accepted: &[Accepted]) {
        for entry in accepted {
            self.outbox.remove(&entry.key);
            self.outbox.accepted_upto = self.outbox.accepted_upto.max(entry.seq);
            self.told.touch(entry.doc);
            if self.intents.is_fulfilled_by(entry) {
                self.intents.set(entry.doc, None);
            }
        }
    }

    pub(super) fn on_refusals(&mut self, refusals: &Refusals) {
        let have: Vec<_> = refusals
            .refusals
            .iter()
            .filter_map(|&(id, refusal)| {
                if let Refusal::Have(seq) = refusal {
                    Some((id, seq))
                } else {
                    None
                }
            })
            .collect();
        self.accept(&have);
        for &(id, refusal) in &refusals.refusals {
            let id = self.outbox.resolve(id);
            let Some((sent, done)) = self.outbox.answered(id) else {
                continue;
            };
            if let Some(push) = done {
                self.link.answered(Awaited::Push(push));
            }
            if let Some(item) = self.outbox.items.get_mut(&sent.key) {
                item.may_be_sent = false;
                let item = item.clone();
                self.told.touch(item.doc);
                self.refused(&item, refusal, &sent.bytes);
            }
        }
        // The relay knows an epoch that this device may not have followed yet: the new key is for that one.
        let is_stale = |(_, refusal): &(EntryId, Refusal)| *refusal == Refusal::StaleKey;
        if refusals.refusals.iter().any(is_stale) && !self.link.is_awaiting(Awaited::Page) {
            self.pull();
        }
    }

    /// A blocked entry holds back only its own document, and is shown.
    fn refused(&mut self, item: &Item, refusal: Refusal, entry: &[u8]) {
        let is_intent = matches!(item.kind, Kind::Publication | Kind::Withdraw | Kind::Erase);
        let never_came = item.kind == Kind::Erase && refusal == Refusal::UnknownDocument;
        // Where what this device had was damaged, its erasure is told to nobody any more.
        if never_came || self.is_torn(item.doc) && refusal == Refusal::Gone {
            self.erased.add(&[item.doc]);
        }
        let (held, trouble) = match refusal {
            Refusal::Have(_) => return,
            Refusal::Retry(WaitMs(wait_ms)) => {
                let at = self.clock.now().after(Duration::from_millis(u64::from(wait_ms)));
                (Held::Until(at), Some(Trouble::RelayUnable))
            }
            Refusal::EndedPublication(newest) => (
                Held::TakeOut {
                    id: item.id,
                    is_final: false,
                    ended: Some(newest),
                },
                None,
            ),
            Refusal::StalePublication(_)
            | Refusal::MissingMedia
            | Refusal::NotEntitled
            | Refusal::TooLarge
            | Refusal::Malformed
                if is_intent =>
            {
                // What was ordered since does not end with it.
                let is_final = !matches!(refusal, Refusal::StalePublication(_) | Refusal::MissingMedia)
                    && self.intents.asks_for(item.doc, item.kind, entry);
                (
                    Held::TakeOut {
                        id: item.id,
                        is_final,
                        ended: None,
                    },
                    None,
                )
            }
            // What it stands for is in the log: later there is a better one.
            Refusal::OverQuota
            | Refusal::TooLarge
            | Refusal::Gone
            | Refusal::NotMember
            | Refusal::StaleGeneration(_)
            | Refusal::NotEntitled
            | Refusal::Malformed
                if item.is_repetition =>
            {
                let (id, is_final, ended) = (item.id, false, None);
                (Held::TakeOut { id, is_final, ended }, None)
            }
            Refusal::StaleKey => (Held::Rekey(BTreeSet::from([item.id])), None),
            // Another tab's entry brings the document: it goes out on its own way.
            Refusal::UnknownDocument => (Held::Until(self.clock.now().after(UNKNOWN_WAIT)), None),
            Refusal::OverQuota => (Held::Refused, Some(Trouble::OverQuota)),
            Refusal::TooLarge => (Held::Refused, Some(Trouble::TooLarge)),
            Refusal::Gone
            | Refusal::NotMember
            | Refusal::StaleGeneration(_)
            | Refusal::NotEntitled
            | Refusal::StalePublication(_)
            | Refusal::MissingMedia
            | Refusal::Malformed => (Held::Refused, None),
        };
        self.link.trouble = trouble.or(self.link.trouble);
        self.outbox.hold(item.doc, held);
    }
}

impl Outbox {
    /// Holds a document back. Several entries that need the same are collected.
    fn hold(&mut self, doc: DocumentId, held: Held) {
        match (self.held.get_mut(&doc), held) {
            (Some(Held::Rekey(ids)), Held::Rekey(more)) => ids.extend(more),
            (Some(Held::Rekey(_)), _) => {}
            (_, held) => {
                self.held.insert(doc, held);
            }
        }
    }

    /// Finds the entry that the relay could not read and therefore names by its bytes.
    fn resolve(&self, id: EntryId) -> EntryId {
        if self.sent.contains_key(&id) {
            return id;
        }
        self.sent
            .iter()
            .find(|(_, sent)| malformed_id(&sent.bytes) == id)
            .map_or(id, |(id, _)| *id)
    }
}
