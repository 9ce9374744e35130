//! Erasing: a draft that its author lets go of is gone from every device (E1, E2).
//!
//! ```text
//! trash ──► thirty days, or "Nu wissen" ──► never shared: forgotten here
//!                                      └──► intent ──► entry for story and contact ──► relay ──► everybody's log
//!
//! a notice of the log, or a receipt for it ──► noted in the transaction that stores it: hidden from then on
//!                                         └──► all rows of the document are deleted
//! ```
//!
//! What is noted is never forgotten: nothing that arrives later brings the document back.

use super::Client;
use super::disk::{ErasedRow, Head, IntentRow, meta};
use super::jobs::{self, Rows, Transaction};
use super::network::Network;
use super::outbox::{Accepted, Held};
use super::sealing::Author;
use super::vault::{Unreadable, Vault};
use crate::command::CommandError;
use crate::entry::{Collection, Entry, EraseBody, Header, Kind};
use crate::id::{DocumentId, Seq};
use crate::membership::State;
use crate::storage::{Operation, StoredRow, Table};
use crate::sync::bug::Bug;
use rand_core::CryptoRng;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a deleted draft rests in the trash.
const TRASH: Duration = Duration::from_hours(30 * 24);

const DAY_MS: u64 = 24 * 3_600_000;

/// What was erased.
#[derive(Debug, Default)]
pub(super) struct Erased {
    docs: BTreeSet<DocumentId>,
    /// Those of which something may be stored here.
    owed: BTreeSet<DocumentId>,
    /// Those that were erased on this device since the start.
    ordered: BTreeSet<DocumentId>,
    n_lost: u32,
}

impl Erased {
    pub(super) fn open(vault: &Vault, meta: &[StoredRow]) -> Result<Self, Unreadable> {
        let row: ErasedRow = vault.open_meta(meta, meta::ERASED)?.unwrap_or_default();
        Ok(Self {
            owed: BTreeSet::new(),
            ordered: BTreeSet::new(),
            docs: row.docs.into_iter().collect(),
            n_lost: row.n_lost,
        })
    }

    pub(super) fn has(&self, doc: DocumentId) -> bool {
        self.docs.contains(&doc)
    }

    /// Takes note of what is erased; from now on nothing shows it.
    pub(super) fn add(&mut self, docs: &[DocumentId]) {
        self.docs.extend(docs);
        self.owed.extend(docs);
    }

    /// Takes note that they were erased on this device: who did so knows what goes with them.
    pub(super) fn order(&mut self, docs: impl Iterator<Item = DocumentId>) {
        self.ordered.extend(docs);
    }

    /// What an earlier start may have left.
    pub(super) fn owe(&mut self, has_something: impl Fn(DocumentId) -> bool) {
        let owed = self.docs.iter().copied().filter(|doc| has_something(*doc));
        self.owed = owed.collect();
    }

    /// Stories that were erased although this device had not sent all that was written in them here.
    pub(super) fn n_lost(&self) -> u32 {
        self.n_lost
    }

    fn row(&self, n_lost: u32) -> ErasedRow {
        ErasedRow {
            docs: self.docs.iter().copied().collect(),
            n_lost,
        }
    }
}

impl Client {
    /// The erasures of a page that hold: by who wrote the document, or who coordinated then (L1). What this device does
    /// not know of a document, the relay judged.
    pub(super) fn erasures(
        &self,
        membership: &State,
        entries: &[(DocumentId, Seq, Entry)],
    ) -> Vec<DocumentId> {
        let Some(network) = self.place.network() else {
            return Vec::new();
        };
        let holds = |(doc, seq, entry): &(DocumentId, Seq, Entry)| {
            let device = membership.device(entry.header.by)?;
            let authority = membership.authority(entry.header.by, *seq)?;
            EraseBody::decode(&entry.ct).ok()?;
            let author = self.documents.head(*doc).and_then(|head| head.author);
            let may = author.is_none_or(|author| author == authority.member) || authority.role.coordinates();
            (may && entry.verify(network.id(), &device.sign).is_ok()).then_some(*doc)
        };
        entries.iter().filter_map(holds).collect()
    }

    /// Notes erasures in the transaction that stores how they are known, and leaves their documents out of what is put
    /// aside.
    pub(super) fn note_erasures(
        &mut self,
        operations: &mut Vec<Operation>,
        docs: &[DocumentId],
        rng: &mut impl CryptoRng,
    ) {
        if docs.is_empty() {
            return;
        }
        self.erased.add(docs);
        // What orders it may be gone by the time that they are deleted.
        let is_ordered = |doc: &DocumentId| self.intents.is_erasing(*doc);
        self.erased.order(docs.iter().copied().filter(is_ordered));
        let row = self.erased.row(self.erased.n_lost);
        operations.push(self.vault.put_meta(meta::ERASED, &row, rng));
        for doc in docs {
            self.told.gone.push(*doc);
        }
    }

    /// Erasures that the relay has taken from this device.
    pub(super) fn accepted_erasures(accepted: &[Accepted]) -> Vec<DocumentId> {
        let erasures = accepted.iter().filter(|accepted| accepted.kind == Kind::Erase);
        erasures.map(|accepted| accepted.doc).collect()
    }

    /// A document of which all that is here is to be deleted: a story before its teller's contact, as what was written in
    /// both counts as one.
    pub(super) fn owed_erasure(&self) -> Option<DocumentId> {
        let is_story = |doc: &&DocumentId| {
            let head = self.documents.head(**doc);
            head.is_some_and(|head| head.coll == Collection::Story)
        };
        let owed = &self.erased.owed;
        owed.iter().find(is_story).or(owed.first()).copied()
    }

    /// Deletes all that this device has of an erased document.
    pub(super) fn purge(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        rows: &Rows,
        rng: &mut impl CryptoRng,
    ) {
        let is_lost = self.loses_unsent(doc);
        let none = Rows::default();
        let spares_rows = self.bugs.has(Bug::EraseSparesRows);
        let rows = if spares_rows { &none } else { rows };
        jobs::forget(tx, doc, rows);
        let drafts = rows.drafts.get(&doc).into_iter().flatten();
        tx.operations.extend(drafts.map(|row| Operation::Delete {
            table: Table::Drafts,
            key: row.key.clone(),
        }));
        if !self.bugs.has(Bug::EraseSparesOutbox) {
            for (key, _) in self.outbox.of(doc) {
                tx.take_from_outbox(key.clone());
            }
        }
        self.forget_media(tx, doc);
        self.forget_sound(tx, doc);
        tx.released.push(doc);
        let row = self.erased.row(self.erased.n_lost + u32::from(is_lost));
        tx.operations.push(self.vault.put_meta(meta::ERASED, &row, rng));
        tx.purged.push((doc, is_lost));
    }

    /// Whether something goes with a story that was made here and never sent: words in it or of its teller, a photo, a
    /// recording. Who ordered it knows.
    fn loses_unsent(&self, doc: DocumentId) -> bool {
        let is_contact = |head: &Head| head.coll == Collection::Contact;
        let is_own = self.intents.is_erasing(doc) || self.erased.ordered.contains(&doc);
        if is_own || self.documents.head(doc).is_some_and(is_contact) {
            return false;
        }
        let is_written = |kind| matches!(kind, Kind::Incremental | Kind::Snapshot);
        self.documents.family(doc).any(|doc| {
            let mut items = self.outbox.of(doc);
            let is_unsent = items.any(|(_, item)| is_written(item.kind) && !item.is_repetition);
            is_unsent || self.drafts.holds(doc) || self.media.is_unsent(doc)
        })
    }

    /// Another tab may have noted what this one does not know.
    pub(super) fn learn_erased(&mut self, row: Option<&StoredRow>) {
        let row = row.and_then(|row| self.vault.open::<ErasedRow>(Table::Meta, row).ok());
        let docs = row.map(|row| row.docs).unwrap_or_default();
        let new: Vec<_> = docs.into_iter().filter(|doc| !self.erased.has(*doc)).collect();
        self.erased.add(&new);
    }

    /// Looks what an earlier start left of what was erased.
    pub(super) fn owe_erasures(&mut self) {
        let (documents, drafts, outbox) = (&self.documents, &self.drafts, &self.outbox);
        let (media, intents) = (&self.media, &self.intents);
        self.erased.owe(|doc| {
            documents.head(doc).is_some()
                || documents.is_dirty(doc)
                || drafts.holds(doc)
                || outbox.of(doc).next().is_some()
                || media.is_known(doc)
                || intents.view(doc).is_some()
        });
    }

    /// Memory follows what is stored.
    pub(super) fn purged(&mut self, doc: DocumentId, is_lost: bool) {
        self.erased.owed.remove(&doc);
        self.erased.n_lost += u32::from(is_lost);
        self.drafts.forget(doc);
    }

    /// That was read: it is not told again.
    pub(super) fn forget_lost(&mut self, tx: &mut Transaction, rng: &mut impl CryptoRng) {
        let row = self.erased.row(0);
        tx.operations.push(self.vault.put_meta(meta::ERASED, &row, rng));
        tx.lost_read = true;
    }

    pub(super) fn lost_read(&mut self) {
        self.erased.n_lost = 0;
    }

    /// Erases a story in the trash with its teller's contact: at once where nobody else can have it, else as soon as
    /// there is a connection.
    pub(super) fn erase_story(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let row = self.row(story).filter(|row| row.mine && row.is_deleted);
        let head = self.documents.head(story).filter(|_| row.is_some());
        let head = head.ok_or(CommandError::NotAllowed)?;
        if !head.keys.is_empty() {
            self.put_intent(tx, story, IntentRow::Erase, rng);
            return Ok(());
        }
        let docs: Vec<_> = [Some(story), self.contact_to_erase(story)]
            .into_iter()
            .flatten()
            .collect();
        let mut row = self.erased.row(self.erased.n_lost);
        row.docs.extend(&docs);
        tx.operations.push(self.vault.put_meta(meta::ERASED, &row, rng));
        tx.erased.extend(docs);
        Ok(())
    }

    /// The contact of a story's teller, if it is this member's and no other story names it.
    fn contact_to_erase(&self, story: DocumentId) -> Option<DocumentId> {
        let contact = self.documents.head(story)?.teller?;
        let head = self.documents.head(contact)?;
        let me = self.place.network().and_then(Network::me);
        let is_mine = head.is_own || head.author.is_some() && head.author == me;
        let is_shared = self.documents.told_by(contact).any(|other| other != story);
        (is_mine && !is_shared).then_some(contact)
    }

    /// Documents that go with a story.
    fn to_erase(&self, story: DocumentId) -> impl Iterator<Item = DocumentId> {
        std::iter::once(story).chain(self.contact_to_erase(story))
    }

    /// Whether the entries that erase a story can be made: what the relay may have got before is answered.
    pub(super) fn may_erase(&self, story: DocumentId) -> bool {
        let is_refused = |doc| {
            let mut held = self.outbox.held();
            held.any(|(other, held)| other == doc && matches!(held, Held::Refused))
        };
        self.to_erase(story)
            .all(|doc| self.outbox.of(doc).next().is_none() || is_refused(doc))
    }

    /// Makes the entries that erase a story. What the relay refused of it before is not sent again.
    pub(super) fn send_erasure(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        author: &Author,
        rng: &mut impl CryptoRng,
    ) {
        let docs: Vec<_> = self.to_erase(story).collect();
        for doc in docs {
            let Some(head) = self.documents.head(doc).filter(|head| !head.keys.is_empty()) else {
                continue;
            };
            let header = Header::plain(Kind::Erase, Some(doc), head.generation, author.device);
            for (key, _) in self.outbox.of(doc) {
                tx.take_from_outbox(key.clone());
            }
            tx.released.push(doc);
            let body = EraseBody::default().encode();
            let entry = Entry::sign(header, body, author.network, &author.sign);
            self.put_outbox(tx, &entry, author.network, self.clock.wall(), rng);
        }
    }

    /// An own story in the trash whose thirty days begin to count, or are over: by what the relay said, not by what a
    /// clock has gone on since, and by all that others made of the story.
    pub(super) fn trash_job(&self) -> Option<(DocumentId, TrashStep)> {
        if !self.link.is_online() || !self.link.is_caught_up || !self.intake.is_idle() {
            return None;
        }
        let now = self.link.relay_time_told()?;
        let network = self.place.active().filter(|network| network.backfill.is_none())?;
        let me = network.me()?;
        let own = self.documents.deleted();
        let mut own = own.filter(|(doc, head)| {
            head.author == Some(me)
                && head.published.is_none()
                && head.is_whole()
                && self.jobs.may_try(*doc)
                && !self.documents.is_dirty(*doc)
        });
        own.find_map(|(doc, head)| match head.deleted_since {
            // The relay tells its time with the receipt of what threw it away, and may have told none for days before.
            None => self.may_erase(doc).then_some((doc, TrashStep::Count)),
            Some(since) if now.since(since) >= TRASH => {
                let is_free = self.intents.view(doc).is_none() && self.may_erase(doc);
                is_free.then_some((doc, TrashStep::Expire))
            }
            Some(_) => None,
        })
    }

    /// Takes a step of the trash.
    pub(super) fn step_trash(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        step: TrashStep,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        match step {
            TrashStep::Expire => {
                self.erase_story(tx, story, rng)?;
                // Nobody ordered it: it does not wait, as the story may be no draft by then.
                if let Some(author) = self.place.active().and_then(Author::of) {
                    self.send_erasure(tx, story, &author, rng);
                }
                Ok(())
            }
            TrashStep::Count => {
                let mut head = self.head_in(tx, story).ok_or(CommandError::UnknownStory)?;
                head.deleted_since = self.link.relay_time_told();
                self.put_document(tx, story, head, rng);
                Ok(())
            }
        }
    }

    /// How many days a story in the trash has left, as far as is known.
    pub(super) fn days_left(&self, head: &Head) -> u32 {
        let left = match head.deleted_since {
            Some(since) => TRASH.saturating_sub(self.relay_time_seen().since(since)),
            None => TRASH,
        };
        let days = u64::try_from(left.as_millis())
            .unwrap_or(u64::MAX)
            .div_ceil(DAY_MS);
        u32::try_from(days).unwrap_or(u32::MAX)
    }
}

/// What becomes of a story in the trash without anybody's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrashStep {
    /// Its thirty days begin.
    Count,
    /// They are over.
    Expire,
}
