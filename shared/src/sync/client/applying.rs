//! Applying what others wrote (M4, M5, S6): verified, opened, through the gate, under the crash journal.
//!
//! ```text
//! new ──► applied       the entry leaves the inbox
//!    ├──► waiting       a dependency is missing: tried again at each arrival
//!    ├──► locked        no key: tried again at each new key
//!    └──► quarantined   proved bad: tried again once by each build
//! ```
//!
//! Authority is judged at the entry's position (L1), whenever the device gets to it.

use super::Client;
use super::disk::{
    Head, HeldKey, InboxRow, Journal, KeyBytes, Published, Verdict, inbox_key, split_inbox_key,
};
use super::documents::Loaded;
use super::jobs::{Rows, Transaction};
use super::network::Network;
use super::sealing::note_author;
use super::settling::{Living, forget_superseded};
use super::takedown;
use crate::crypto::{DocumentKey, SignPublic};
use crate::entry::{
    Collection, Content, DocumentBody, Entry, Header, KeyWrap, KeysBody, Kind, Told, Withheld,
    unwrap_document_key,
};
use crate::id::{ActorId, ChangeHash, DeviceId, DocumentId, Kid, RowId, Seq};
use crate::membership::Authority;
use crate::model::gate::{self, GateError};
use crate::model::story;
use crate::publication::{Publication, Withdraw};
use crate::storage::{Operation, StoredRow, Table};
use crate::sync::bug::Bug;
use crate::view::Use;
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};

/// Most documents of one job: one transaction for the journal and one for the result.
const BATCH: usize = 16;

/// An entry of the inbox, read.
struct Received {
    seq: Seq,
    before: Verdict,
    app_version: u32,
    bytes: Vec<u8>,
}

/// A document while entries are applied to it.
struct Patient {
    head: Option<Head>,
    loaded: Option<Loaded>,
    is_changed: bool,
    living: Living,
    has_grown: bool,
    /// A snapshot lacks what this device wrote.
    lacks_own: bool,
    /// A snapshot that stands for what never came.
    gap: Option<Seq>,
    /// Uses that were taken back after what is online was published, and where in the log.
    taken_back: Vec<(Seq, Use)>,
}

impl Client {
    /// The next documents to apply. What may have been the end of the last start comes alone (M5).
    pub(super) fn dirty_batch(&self) -> Vec<DocumentId> {
        if self.place.network().is_none() {
            return Vec::new();
        }
        let condemned = self.documents.condemned.first();
        match condemned.or_else(|| self.documents.suspects.keys().next()) {
            Some(&(doc, _)) => vec![doc],
            None => self.documents.dirty().take(BATCH).collect(),
        }
    }

    /// Returns the transaction that writes down what is about to be applied; `None` if nothing meets the gate.
    pub(super) fn journal(&self, rows: &Rows, rng: &mut impl CryptoRng) -> Option<Vec<Operation>> {
        let suspect = self.documents.suspects.first_key_value();
        let all = rows.inbox.values().flatten();
        let entries: Vec<_> = all
            .filter_map(|row| split_inbox_key(&row.key))
            .filter(|entry| suspect.is_none_or(|(suspect, _)| suspect == entry))
            .collect();
        if entries.is_empty() || !self.documents.condemned.is_empty() {
            return None;
        }
        let journal = Journal {
            entries,
            is_retry: suspect.is_some(),
            n_alone: suspect.map(|(_, n_alone)| n_alone + 1),
        };
        Some(vec![self.vault.put(Table::Journal, Vec::new(), &journal, rng)])
    }

    pub(super) fn apply(
        &mut self,
        tx: &mut Transaction,
        docs: &[DocumentId],
        rows: &Rows,
        touches: &BTreeMap<DocumentId, u64>,
        rng: &mut impl CryptoRng,
    ) {
        tx.operations.push(Operation::Delete {
            table: Table::Journal,
            key: Vec::new(),
        });
        tx.n_learnt = self.place.network().map(|network| network.n_learnt);
        for &doc in docs {
            let inbox = rows.inbox.get(&doc).into_iter().flatten();
            let received: Vec<_> = inbox.filter_map(|row| self.read_inbox(row)).collect();
            let living = rows.living.get(&doc).map(Vec::as_slice).unwrap_or_default();
            if let Some((_, seq)) = self.documents.condemned.pop_first() {
                self.condemn(tx, doc, received.iter().filter(|entry| entry.seq == seq), rng);
            } else if let Some(((_, seq), _)) = self.documents.suspects.pop_first() {
                let one: Vec<_> = received.into_iter().filter(|entry| entry.seq == seq).collect();
                self.apply_document(tx, doc, &one, living, rng);
                self.documents.add_dirty([doc].into());
            } else {
                let known = self.documents.head(doc).and_then(|head| head.teller);
                self.apply_document(tx, doc, &received, living, rng);
                let told = tx.slots.get(&doc).and_then(|slot| slot.head.teller);
                // Her contact may come with it, after it.
                let is_unloaded = |teller| {
                    let is_here = self.documents.head(teller).is_some() || docs.contains(&teller);
                    is_here && self.documents.loaded(teller).is_none()
                };
                // Who tells it shows only now: it is described once more, with her contact.
                if told != known && told.is_some_and(is_unloaded) {
                    continue;
                }
                if self.documents.n_touches(doc) == touches.get(&doc).copied().unwrap_or_default() {
                    tx.operations.push(Operation::Delete {
                        table: Table::Dirty,
                        key: doc.0.to_vec(),
                    });
                    tx.cleaned.push(doc);
                }
            }
        }
    }

    /// Sets an entry aside without looking at it again: it was the end of each start that tried it alone (M5).
    fn condemn<'a>(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        entries: impl Iterator<Item = &'a Received>,
        rng: &mut impl CryptoRng,
    ) {
        for entry in entries {
            self.put_verdict(tx, doc, entry, Verdict::Quarantined, rng);
        }
        self.documents.add_dirty([doc].into());
    }

    fn apply_document(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        received: &[Received],
        living: &[StoredRow],
        rng: &mut impl CryptoRng,
    ) {
        let Some(network) = self.place.network() else {
            return;
        };
        let mut patient = Patient {
            // The contact of its teller may have come in just before.
            head: self.head_in(tx, doc),
            loaded: self.documents.unload(doc),
            is_changed: false,
            living: Living::read(&self.vault, living).unwrap_or_default(),
            has_grown: false,
            lacks_own: false,
            gap: None,
            taken_back: Vec::new(),
        };
        // `None`: applied.
        let mut verdicts: Vec<Option<Verdict>> = received.iter().map(|entry| Some(entry.before)).collect();
        loop {
            let mut has_progressed = false;
            for (entry, verdict) in received.iter().zip(&mut verdicts) {
                let is_settled = verdict.is_none()
                    || (*verdict == Some(Verdict::Quarantined)
                        && (entry.before != Verdict::Quarantined
                            || entry.app_version == self.config.app_version));
                if is_settled {
                    continue;
                }
                let judged = self.judge(network, doc, entry, &mut patient);
                has_progressed |= judged.is_none();
                *verdict = judged;
            }
            // What waits for another entry, or for a key, may have got it now.
            if !has_progressed {
                break;
            }
        }
        self.finish(tx, doc, patient, received, &verdicts, rng);
    }

    /// Stores what became of a document and of its entries.
    fn finish(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        patient: Patient,
        received: &[Received],
        verdicts: &[Option<Verdict>],
        rng: &mut impl CryptoRng,
    ) {
        let mut is_changed = patient.is_changed;
        let known = patient
            .head
            .unwrap_or_else(|| Head::new(Collection::Story, false));
        let mut head = known.clone();
        let mut story = None;
        if let Some(loaded) = patient.loaded {
            self.load(doc, loaded);
            story = self.describe(&mut head, doc, self.clock.wall());
            if is_changed {
                tx.changed.push(doc);
            }
        }
        for (entry, verdict) in received.iter().zip(verdicts) {
            let is_of_another_build = entry.app_version != self.config.app_version;
            match verdict {
                None => tx.operations.push(Operation::Delete {
                    table: Table::Inbox,
                    key: inbox_key(doc, entry.seq),
                }),
                Some(verdict) if is_of_another_build || *verdict != entry.before => {
                    self.put_verdict(tx, doc, entry, *verdict, rng);
                }
                Some(_) => {}
            }
        }
        head.count(verdicts.iter().copied().flatten());
        if head.is_whole() {
            forget_superseded(tx, doc, &patient.living);
        }
        let unsent = self
            .outbox
            .of(doc)
            .filter(|(_, item)| item.kind == Kind::Incremental);
        let n_unsent = u32::try_from(unsent.count()).unwrap_or(u32::MAX);
        let n_unsettled = patient.living.n_unsettled().saturating_add(n_unsent);
        head.count_unsettled(n_unsettled, patient.has_grown, self.relay_time_seen());
        head.lacks_own = patient.lacks_own.then_some(true).or(head.lacks_own);
        // What is locked or set aside here did come.
        head.gap = patient.gap.filter(|_| head.n_locked + head.n_quarantined == 0);
        is_changed |= head != known;
        if is_changed {
            self.forget_stopped(tx, doc, &head);
            let taken_back: Vec<_> = patient.taken_back.iter().map(|(_, used)| *used).collect();
            let entries = self.to_take_down(doc, &head, story.as_ref(), &taken_back);
            self.take_down(tx, doc, entries, rng);
        }
        // Her name may be known only now, and nothing else have changed.
        if let Some(story) = &story {
            self.look_again(tx, doc, &head, story, rng);
        }
        if is_changed {
            let is_contact = head.coll == Collection::Contact;
            self.put_document(tx, doc, head, rng);
            if is_contact {
                let story = self.documents.story_of(doc);
                self.describe_again(tx, story, rng);
            }
        }
    }

    /// Judges one entry and applies it; `None` if it is part of the document now.
    fn judge(
        &self,
        network: &Network,
        doc: DocumentId,
        received: &Received,
        patient: &mut Patient,
    ) -> Option<Verdict> {
        let at = if self.bugs.has(Bug::NewestAuthority) {
            Seq(u64::MAX)
        } else {
            received.seq
        };
        let entry = match Told::decode(&received.bytes) {
            Ok(Told::Entry(entry) | Told::Superseding(entry)) => entry,
            Ok(Told::Withheld(withheld)) => {
                let by = withheld.header.by;
                let verifies = |key: &SignPublic| withheld.verify(network.id(), key).is_ok();
                return match authority(network, by, at, verifies) {
                    Some(authority) => take_withheld(network, &withheld, received.seq, authority, patient),
                    None => Some(Verdict::Quarantined),
                };
            }
            Err(_) => return Some(Verdict::Quarantined),
        };
        let verifies = |key: &SignPublic| entry.verify(network.id(), key).is_ok();
        let Some(authority) = authority(network, entry.header.by, at, verifies) else {
            return Some(Verdict::Quarantined);
        };
        match entry.header.kind {
            Kind::Document => take_birth(network, doc, &entry, authority, patient),
            Kind::Keys => take_keys(network, doc, &entry, authority, patient),
            Kind::Incremental | Kind::Snapshot => {
                self.take_content(network, &entry, received.seq, authority, patient)
            }
            Kind::Publication | Kind::Withdraw => {
                take_publication(network, &entry, received.seq, authority, patient)
            }
            // What it means was done when it was stored; a later version's is skipped here.
            Kind::Membership | Kind::Erase | Kind::Unknown(_) => None,
        }
    }

    fn take_content(
        &self,
        network: &Network,
        entry: &Entry,
        seq: Seq,
        authority: Authority,
        patient: &mut Patient,
    ) -> Option<Verdict> {
        let key = match content_key(&entry.header, authority, patient) {
            Ok(key) => key,
            Err(verdict) => return Some(verdict),
        };
        let Ok(content) = entry.open_content(network.id(), &key) else {
            return Some(Verdict::Quarantined);
        };
        // A snapshot does not say when what it holds was taken back.
        let is_increment = entry.header.kind == Kind::Incremental;
        let before = is_increment.then(|| taken_back_before(seq, patient)).flatten();
        let adopted = if entry.header.kind == Kind::Snapshot {
            self.adopt_snapshot(&content, &mut patient.loaded)
        } else {
            adopt_incremental(entry, &content, &mut patient.loaded)
        };
        match adopted {
            Ok(is_new) => {
                if entry.header.kind == Kind::Snapshot {
                    patient.lacks_own |= self.lacks_own(seq, &content, patient);
                }
                if let (Some(before), Some(loaded)) = (before, &patient.loaded) {
                    let taken_back = takedown::taken_back_since(&story::consents(&loaded.document), &before);
                    let taken_back = taken_back.into_iter().map(|used| (seq, used));
                    patient.taken_back.extend(taken_back);
                }
                let head = patient.head.as_mut()?;
                if is_new {
                    patient.has_grown = true;
                    head.changed_at = head.changed_at.max(content.at);
                    patient.is_changed = true;
                }
                None
            }
            Err(GateError::Waiting(_)) if self.bugs.has(Bug::QuarantineForMissing) => {
                Some(Verdict::Quarantined)
            }
            Err(GateError::Waiting(_)) => Some(Verdict::Waiting),
            Err(GateError::Bad(_)) => Some(Verdict::Quarantined),
        }
    }

    /// Whether a snapshot stands for what this device wrote and does not hold it. Its own heads tell, not those that its
    /// author named.
    fn lacks_own(&self, seq: Seq, content: &Content, patient: &mut Patient) -> bool {
        let Some(loaded) = &mut patient.loaded else {
            return false;
        };
        if patient.living.changes_under(seq).is_empty() {
            return false;
        }
        let alone = gate::snapshot(&content.bytes, None, self.actor);
        let heads = alone.map(|mut alone| alone.heads()).unwrap_or_default();
        patient.living.lacks(seq, &mut loaded.document, &heads)
    }

    fn adopt_snapshot(&self, content: &Content, loaded: &mut Option<Loaded>) -> Result<bool, GateError> {
        let known = loaded.as_ref().map(|loaded| &loaded.document);
        let mut document = gate::snapshot(&content.bytes, known, self.actor)?;
        let heads = loaded.as_mut().map(|loaded| loaded.document.heads());
        let is_new = heads.is_none_or(|heads| heads != document.heads());
        let mut authors = loaded.take().map(|loaded| loaded.authors).unwrap_or_default();
        for span in &content.authors {
            // M3: what this device verified itself stays; a snapshot's author vouches for the rest.
            let known = authors.entry(ActorId(span.actor)).or_insert_with(|| span.clone());
            if is_new && known.device == span.device {
                known.last_at = known.last_at.max(span.last_at);
            }
        }
        *loaded = Some(Loaded { document, authors });
        Ok(is_new)
    }
}

/// What was taken back before an entry; nothing where no publication came before it.
fn taken_back_before(seq: Seq, patient: &Patient) -> Option<BTreeSet<RowId>> {
    let (head, loaded) = (patient.head.as_ref()?, patient.loaded.as_ref()?);
    let is_after = head
        .published
        .is_some_and(|published| published.is_online() && published.seq < seq);
    is_after.then(|| takedown::withdrawals(&story::consents(&loaded.document)))
}

fn adopt_incremental(
    entry: &Entry,
    content: &Content,
    loaded: &mut Option<Loaded>,
) -> Result<bool, GateError> {
    let Some(loaded) = loaded else {
        return Err(GateError::Waiting(Vec::new()));
    };
    // An actor belongs to one device: who writes with another's would rewrite history.
    let is_foreign = |actor: &ActorId| {
        loaded
            .authors
            .get(actor)
            .is_some_and(|span| span.device != entry.header.by)
    };
    let authors = gate::authors(&content.bytes)?;
    if authors.iter().any(|(_, actor)| is_foreign(actor)) {
        return Err(GateError::Bad(gate::Bad::Sequence));
    }
    let applied = gate::incremental(&mut loaded.document, &content.bytes)?;
    for (_, actor) in &applied.changes {
        note_author(loaded.authors.entry(*actor), *actor, entry.header.by, content.at);
    }
    Ok(!applied.changes.is_empty())
}

/// Who signed, as of a position of the log.
fn authority(
    network: &Network,
    by: DeviceId,
    at: Seq,
    verifies: impl Fn(&SignPublic) -> bool,
) -> Option<Authority> {
    let device = network.membership.device(by)?;
    let authority = network.membership.authority(by, at)?;
    verifies(&device.sign).then_some(authority)
}

/// The key of a document's content, if its author may write it.
fn content_key(header: &Header, authority: Authority, patient: &Patient) -> Result<DocumentKey, Verdict> {
    let head = patient.head.as_ref().filter(|head| head.author.is_some());
    let head = head.ok_or(Verdict::Locked)?;
    let is_author = head.author == Some(authority.member);
    if !head.coll.may_write(is_author, authority.role.coordinates()) {
        return Err(Verdict::Quarantined);
    }
    head.key(header.kid).ok_or(Verdict::Locked)
}

/// A snapshot whose body the relay withheld, as all that it covers is here (S10). Where that is not so, it waits: for a
/// backfill under way, or for the one that is asked for now.
fn take_withheld(
    network: &Network,
    withheld: &Withheld,
    seq: Seq,
    authority: Authority,
    patient: &mut Patient,
) -> Option<Verdict> {
    let key = match content_key(&withheld.header, authority, patient) {
        Ok(key) => key,
        Err(verdict) => return Some(verdict),
    };
    let Ok(heads) = withheld.header.open_heads(network.id(), &key) else {
        return Some(Verdict::Quarantined);
    };
    let heads: Vec<_> = heads.into_iter().map(ChangeHash).collect();
    let is_known = |loaded: &mut Loaded| loaded.document.has_changes(&heads);
    if !patient.loaded.as_mut().is_some_and(is_known) {
        patient.gap = Some(seq);
        return Some(Verdict::Waiting);
    }
    let loaded = patient.loaded.as_mut()?;
    patient.lacks_own |= patient.living.lacks(seq, &mut loaded.document, &heads);
    None
}

/// The birth of a document: its author, its readers, its first key.
fn take_birth(
    network: &Network,
    doc: DocumentId,
    entry: &Entry,
    authority: Authority,
    patient: &mut Patient,
) -> Option<Verdict> {
    let Ok(body) = DocumentBody::decode(&entry.ct) else {
        return Some(Verdict::Quarantined);
    };
    let may_write = body.coll.may_write(true, authority.role.coordinates());
    if body.author != authority.member || body.readers != body.coll.readers(body.author) || !may_write {
        return Some(Verdict::Quarantined);
    }
    let head = patient.head.get_or_insert_with(|| Head::new(body.coll, false));
    if head.author.is_none() {
        head.coll = body.coll;
        head.author = Some(body.author);
        head.readers = body.readers;
        patient.is_changed = true;
    }
    take_wraps(network, doc, entry, body.kid, &body.wraps, patient)
}

fn take_keys(
    network: &Network,
    doc: DocumentId,
    entry: &Entry,
    authority: Authority,
    patient: &mut Patient,
) -> Option<Verdict> {
    let Ok(body) = KeysBody::decode(&entry.ct) else {
        return Some(Verdict::Quarantined);
    };
    // S11: whose it is, and so who may write it, only its birth tells.
    let head = patient.head.as_ref();
    let Some((coll, author)) = head.and_then(|head| Some((head.coll, head.author?))) else {
        return Some(Verdict::Locked);
    };
    if !coll.may_write(author == authority.member, authority.role.coordinates()) {
        return Some(Verdict::Quarantined);
    }
    take_wraps(network, doc, entry, body.kid, &body.wraps, patient)
}

/// Opens a document key with the secret of a group of this member (K4).
fn take_wraps(
    network: &Network,
    doc: DocumentId,
    entry: &Entry,
    kid: Kid,
    wraps: &[KeyWrap],
    patient: &mut Patient,
) -> Option<Verdict> {
    let head = patient.head.as_mut()?;
    let wrapped = wraps.iter().map(|wrap| (wrap.group, wrap.epoch));
    if let Some(held) = head.keys.iter_mut().find(|held| held.kid == kid) {
        let known = held.wrapped.len();
        held.wrapped.extend(wrapped);
        held.wrapped.sort_unstable();
        held.wrapped.dedup();
        patient.is_changed |= held.wrapped.len() != known;
        return None;
    }
    let key = wraps.iter().find_map(|wrap| {
        let secret = network.keys.get(wrap.group, wrap.epoch)?;
        unwrap_document_key(network.id(), doc, entry.header.generation, kid, wrap, secret).ok()
    });
    let Some(key) = key else {
        return Some(Verdict::Locked);
    };
    head.keys.push(HeldKey {
        kid,
        secret: KeyBytes(*key.to_bytes()),
        wrapped: wrapped.collect(),
    });
    patient.is_changed = true;
    None
}

/// P3: the newest publication or withdrawal is what the log says last.
fn take_publication(
    network: &Network,
    entry: &Entry,
    seq: Seq,
    authority: Authority,
    patient: &mut Patient,
) -> Option<Verdict> {
    let Some(head) = patient.head.as_mut().filter(|head| head.author.is_some()) else {
        return Some(Verdict::Locked);
    };
    let is_withdrawal = entry.header.kind == Kind::Withdraw;
    let is_author = head.author == Some(authority.member);
    if !(authority.role.coordinates() || is_withdrawal && is_author) {
        return Some(Verdict::Quarantined);
    }
    let (version, publication) = match is_withdrawal {
        true => match Withdraw::decode(&entry.ct) {
            Ok(withdraw) => (withdraw.version, None),
            Err(_) => return Some(Verdict::Quarantined),
        },
        false => match Publication::decode(&entry.ct) {
            Ok(publication) => (publication.version, Some(publication)),
            Err(_) => return Some(Verdict::Quarantined),
        },
    };
    if head.published.is_none_or(|published| published.seq < seq) {
        head.published = Some(Published {
            entry: entry.id(network.id()),
            seq,
            version,
            withdrawn: is_withdrawal,
        });
        head.put_online(publication.as_ref());
        patient.taken_back.retain(|(at, _)| *at > seq);
        if is_withdrawal || entry.header.by != network.identity.device {
            head.knew = None;
        }
        patient.is_changed = true;
    }
    None
}

impl Client {
    fn read_inbox(&self, row: &StoredRow) -> Option<Received> {
        let (_, seq) = split_inbox_key(&row.key)?;
        let stored: InboxRow = self.vault.open(Table::Inbox, row).ok()?;
        Some(Received {
            seq,
            before: stored.verdict,
            app_version: stored.app_version,
            bytes: stored.entry,
        })
    }

    fn put_verdict(
        &self,
        tx: &mut Transaction,
        doc: DocumentId,
        entry: &Received,
        verdict: Verdict,
        rng: &mut impl CryptoRng,
    ) {
        let row = InboxRow {
            verdict,
            app_version: self.config.app_version,
            entry: entry.bytes.clone(),
        };
        tx.operations
            .push(self.vault.put(Table::Inbox, inbox_key(doc, entry.seq), &row, rng));
    }
}
