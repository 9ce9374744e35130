//! What must hold at every moment of every run.
//!
//! | rule | how it is seen |
//! |---|---|
//! | S5 a receipt is for what is on the relay's disk | each receipt is compared with it when it is sent |
//! | S5, S12 a part that is called stored is on that disk, and stays | each answer, and all of them after each crash |
//! | S12 no part goes while an entry waits, nor twice on one connection | each frame of a device |
//! | S1 the log only grows | after each sync and each crash, what it held is still at its seq |
//! | S4, K6 what may have been sent stays until it is answered | each row that leaves an outbox |
//! | S6 a device follows what the relay has, and only forward | after each transaction of a device |
//! | S9 a backfill ends where the device has followed the log | each page of one |
//! | K6 `have` comes before every other refusal | each refusal |
//! | M5 all are honest, so nobody's entry is set aside | after each transaction of a device |
//! | E2 nothing follows an erasure | each entry that the log gets |
//! | P3 a publication names what it follows | each entry that the log gets |
//! | M1 a document is born once | each entry that the log gets |
//!
//! It looks from outside: at frames, disks and the log, and at the numbers that a machine shows.

use crate::entry::{Entry, Kind};
use crate::id::{DocumentId, EntryId, NetworkId, Seq};
use crate::protocol::{
    ClientToRelay, PartAnswer, PartName, PartOutcome, PutPart, Receipt, Refusal, RelayToClient,
};
use crate::publication::Publication;
use crate::storage::{Operation, Table};
use crate::sync::client::Client;
use crate::testing::device::Tab;
use crate::testing::relay_store::RelayStore;
use std::collections::{BTreeMap, BTreeSet};

/// First bytes of an entry's id, as they stand in the key of its row in an outbox.
type ShortId = [u8; 8];

/// What was seen, and what of it must never have been.
#[derive(Debug, Default)]
pub struct Watch {
    /// What must never happen and did.
    pub violations: Vec<String>,
    network: Option<NetworkId>,
    /// Ids of the log, by seq.
    log: Vec<EntryId>,
    in_log: BTreeSet<EntryId>,
    born: BTreeSet<DocumentId>,
    published: BTreeMap<DocumentId, EntryId>,
    /// Publications that ended while they were the newest: nobody is told of them any more.
    ended: BTreeSet<EntryId>,
    /// Documents whose erasure is in the log.
    erased: BTreeSet<DocumentId>,
    /// Documents of entries that a device sent.
    sent_of: BTreeMap<ShortId, DocumentId>,
    /// Erasures that the log got.
    pub n_erased: u32,
    /// Publications that the log got: a run without any shows nothing of them.
    pub n_published: u32,
    /// Withdrawals that it got.
    pub n_withdrawn: u32,
    /// Entries of a disk's outbox that were handed to a connection and not answered.
    unanswered: BTreeSet<(usize, ShortId)>,
    /// Entries of which a device was told that they are in the log, also if it sent them again since.
    told: BTreeSet<(usize, ShortId)>,
    followed: BTreeMap<usize, Seq>,
    /// Parts that the relay said to be stored.
    stored_parts: BTreeSet<PartName>,
    /// Parts that a connection was handed and that were not refused there.
    sent_parts: BTreeSet<(u64, PartName)>,
    /// Entries that a connection was handed and that were not answered there.
    pushed: BTreeSet<(u64, EntryId)>,
}

impl Watch {
    /// Notes what must never happen.
    pub fn note(&mut self, what: String) {
        self.violations.push(what);
    }

    /// A tab was opened on its disk.
    pub(super) fn opened(&mut self, tab: usize, at: &Tab) {
        let Some(client) = &at.client else {
            return self.note(format!("tab {tab} does not open"));
        };
        let before = self.followed.get(&at.disk).copied().unwrap_or_default();
        let now = client.followed().unwrap_or_default();
        if now < before {
            self.note(format!(
                "S6: tab {tab} had followed to {before} and opens at {now}"
            ));
        }
    }

    /// A transaction of a device is on its disk.
    pub(super) fn stored(&mut self, disk: usize, operations: &[Operation]) {
        for operation in operations {
            if let Operation::Delete {
                table: Table::Outbox,
                key,
            } = operation
                && let Some(id) = key.last_chunk::<8>()
                && self.unanswered.contains(&(disk, *id))
                && !self.told.contains(&(disk, *id))
                && !self.sent_of.get(id).is_some_and(|doc| self.erased.contains(doc))
            {
                self.note(format!(
                    "S4: an entry leaves the outbox of disk {disk} unanswered"
                ));
            }
        }
    }

    /// The machine of a tab knows what is on its disk.
    pub(super) fn followed(&mut self, tab: usize, at: &Tab, store: &RelayStore) {
        let Some(client) = &at.client else { return };
        let Some(now) = client.followed() else {
            // Refused, it begins anew with another invitation.
            self.followed.remove(&at.disk);
            return;
        };
        let before = self.followed.entry(at.disk).or_default();
        let is_back = now < *before && at.is_leader;
        let is_ahead = self.network.is_some_and(|network| now > store.head(network));
        *before = now.max(*before);
        if is_back || is_ahead {
            self.note(format!("S6: tab {tab} follows the log to {now}"));
        }
        if client.n_quarantined() > 0 {
            self.note(format!("M5: tab {tab} sets an honest entry aside"));
        }
    }

    /// A device hands a frame to its connection.
    pub(super) fn sent(&mut self, disk: usize, session: u64, bytes: &[u8]) {
        let push = match ClientToRelay::decode(bytes) {
            Ok(ClientToRelay::Push(push)) => push,
            Ok(ClientToRelay::PutPart(part)) => return self.part_sent(session, &part),
            Ok(_) | Err(_) => return,
        };
        let Some(network) = self.network else { return };
        for bytes in &push.entries {
            if let Ok(entry) = Entry::decode(&bytes.0) {
                let id = entry.id(network);
                self.unanswered.insert((disk, short(id)));
                self.sent_of.extend(entry.header.doc.map(|doc| (short(id), doc)));
                self.pushed.insert((session, id));
            }
        }
    }

    fn part_sent(&mut self, session: u64, part: &PutPart) {
        let waiting = self
            .pushed
            .range((session, EntryId([0; 32]))..=(session, EntryId([0xff; 32])));
        if waiting.count() > 0 {
            self.note("S12: a part is sent while an entry waits for its receipt".to_owned());
        }
        if !self.sent_parts.insert((session, part.name())) {
            self.note("S12: a part is sent twice on one connection".to_owned());
        }
    }

    /// The relay hands a frame to a connection.
    pub(super) fn answered(&mut self, store: &RelayStore, bytes: &[u8]) {
        match RelayToClient::decode(bytes) {
            Ok(RelayToClient::Receipt(receipt)) => self.receipted(store, &receipt),
            Ok(RelayToClient::Refusals(refusals)) => {
                for (id, refusal) in refusals.refusals {
                    let may_know = matches!(refusal, Refusal::Have(_) | Refusal::Retry(_));
                    if self.in_log.contains(&id) && !may_know {
                        self.note(format!("K6: an entry of the log is refused: {refusal:?}"));
                    }
                }
            }
            Ok(RelayToClient::PartAnswer(answer)) => self.part_answered(store, &answer),
            Ok(_) => {}
            Err(_) => self.note("the relay sends what is no message".to_owned()),
        }
    }

    fn part_answered(&mut self, store: &RelayStore, answer: &PartAnswer) {
        if matches!(answer.outcome, PartOutcome::Refused(_)) {
            return;
        }
        self.stored_parts.insert(answer.name);
        self.check_parts(store);
    }

    fn check_parts(&mut self, store: &RelayStore) {
        let Some(network) = self.network else { return };
        let mut parts = self.stored_parts.iter();
        let erased = store.erased(network);
        let is_lost = |part: &PartName| {
            let is_erased = erased.contains(&part.doc);
            !is_erased && !store.is_dropped(network, part.blob) && !store.has_part(network, *part)
        };
        if let Some(part) = parts.find(|part| is_lost(part)) {
            self.note(format!(
                "S5: {part:?} is said to be stored and is not on the disk"
            ));
        }
    }

    fn receipted(&mut self, store: &RelayStore, receipt: &Receipt) {
        for &(id, seq) in &receipt.entries {
            let stored = self.network.and_then(|network| store.id_at(network, seq));
            if stored != Some(id) {
                self.note(format!(
                    "S5: a receipt for {id} at {seq}, which is not on the disk"
                ));
            }
        }
    }

    /// A frame reaches a device.
    pub(super) fn delivered(&mut self, tab: usize, session: u64, at: &Tab, bytes: &[u8]) {
        match RelayToClient::decode(bytes) {
            Ok(RelayToClient::Receipt(receipt)) => {
                for (id, _) in &receipt.entries {
                    self.pushed.remove(&(session, *id));
                }
                let ids = receipt.entries.iter();
                self.told.extend(ids.map(|(id, _)| (at.disk, short(*id))));
            }
            Ok(RelayToClient::Refusals(refusals)) => {
                for (id, refusal) in &refusals.refusals {
                    let key = (at.disk, short(*id));
                    self.pushed.remove(&(session, *id));
                    self.unanswered.remove(&key);
                    if matches!(refusal, Refusal::Have(_)) {
                        self.told.insert(key);
                    }
                }
            }
            Ok(RelayToClient::Backfill(page)) => {
                let followed = at.client.as_ref().and_then(Client::followed).unwrap_or_default();
                if let Some((seq, _)) = page.entries.iter().find(|(seq, _)| *seq > followed) {
                    self.note(format!("S9: tab {tab} followed to {followed} and is sent {seq}"));
                }
            }
            Ok(RelayToClient::PartAnswer(answer)) if matches!(answer.outcome, PartOutcome::Refused(_)) => {
                self.sent_parts.remove(&(session, answer.name));
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// The relay's disk was synced.
    pub(super) fn synced(&mut self, store: &RelayStore) {
        let network = store.networks().next().map(|(network, ..)| network);
        let Some(network) = network else { return };
        self.network = Some(network);
        let known = Seq(u64::try_from(self.log.len()).unwrap_or(u64::MAX));
        if let Some(last) = self.log.last()
            && store.id_at(network, known) != Some(*last)
        {
            self.note(format!("S1: the entry at {known} is another"));
        }
        let newest = store.publications(network);
        let ended = newest.filter(|(.., bytes)| bytes.is_none());
        self.ended.extend(ended.map(|(_, row, _)| row.entry));
        for (_, id, bytes) in store.entries(network).skip(self.log.len()) {
            self.log.push(id);
            self.in_log.insert(id);
            if let Some(entry) = bytes.and_then(|bytes| Entry::decode(bytes).ok()) {
                self.appended(id, &entry);
            }
        }
    }

    fn appended(&mut self, id: EntryId, entry: &Entry) {
        let Some(doc) = entry.header.doc else { return };
        if self.erased.contains(&doc) {
            self.note(format!("E2: something of {doc} follows its erasure"));
        }
        match entry.header.kind {
            Kind::Document if !self.born.insert(doc) => self.note(format!("M1: {doc} is born twice")),
            Kind::Publication => {
                self.n_published += 1;
                let prev = Publication::decode(&entry.ct)
                    .ok()
                    .and_then(|publication| publication.prev);
                let before = self.published.insert(doc, id);
                let has_ended = before.is_some_and(|before| self.ended.contains(&before));
                if prev != before && !has_ended {
                    self.note(format!("P3: {doc} is published without naming what came before"));
                }
            }
            Kind::Erase => {
                self.n_erased += 1;
                self.erased.insert(doc);
            }
            Kind::Withdraw => {
                self.n_withdrawn += 1;
                self.published.insert(doc, id);
            }
            Kind::Membership
            | Kind::Document
            | Kind::Keys
            | Kind::Incremental
            | Kind::Snapshot
            | Kind::Unknown(_) => {}
        }
    }

    /// The relay lost what was not synced.
    pub(super) fn crashed(&mut self, store: &RelayStore) {
        let Some(network) = self.network else { return };
        let stored: Vec<_> = store.entries(network).map(|(_, id, _)| id).collect();
        if !stored.starts_with(&self.log) {
            self.note("S1: a crash took what was synced".to_owned());
        }
        self.check_parts(store);
        self.synced(store);
    }
}

fn short(id: EntryId) -> ShortId {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    [a, b, c, d, e, f, g, h]
}
