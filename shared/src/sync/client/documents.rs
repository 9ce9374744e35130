//! Documents on this device: the head of each in memory, the few that are open loaded (M6).

use super::Client;
use super::disk::{Body, Head, Verdict};
use super::sealing::NOBODY;
use super::vault::{Unreadable, Vault};
use crate::entry::{AuthorSpan, Collection};
use crate::id::{ActorId, DocumentId, Generation, Seq};
use crate::model::Document;
use crate::storage::{RowTag, StoredRow, Table};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// All documents.
#[derive(Debug, Default)]
pub(super) struct Documents {
    slots: BTreeMap<DocumentId, Slot>,
    loaded: BTreeMap<DocumentId, Loaded>,
    /// Stories on screen.
    pub(super) open: BTreeSet<DocumentId>,
    /// Documents with new entries in the inbox (S6).
    dirty: BTreeSet<DocumentId>,
    /// Documents of which a snapshot may become due (S10).
    unsettled: BTreeSet<DocumentId>,
    /// Stories in the trash.
    deleted: BTreeSet<DocumentId>,
    /// Stories that are online until a last moment.
    ending: BTreeSet<(Timestamp, DocumentId)>,
    /// Contacts of tellers, each with a story that she tells.
    told: BTreeSet<(DocumentId, DocumentId)>,
    /// Documents of this device that the network does not know yet.
    unshared: BTreeSet<DocumentId>,
    /// Documents of which something never came that a snapshot stands for.
    gaps: BTreeSet<DocumentId>,
    /// How often entries of a document were handed to the store: a mark is cleared only by who saw them all.
    touches: BTreeMap<DocumentId, u64>,
    /// Entries of which one was the end of the last start, and how often each was the end of one that tried it alone:
    /// applied one at a time (M5).
    pub(super) suspects: BTreeMap<(DocumentId, Seq), u32>,
    /// The entry that, tried alone, was the end of several starts in a row: set aside.
    pub(super) condemned: BTreeSet<(DocumentId, Seq)>,
}

/// A head with the tag of its row: what a write is compared with (S14).
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) head: Head,
    pub(super) tag: Option<RowTag>,
}

/// A document in memory.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) document: Document,
    /// Who wrote with which actor, as this device verified it (M3).
    pub(super) authors: BTreeMap<ActorId, AuthorSpan>,
}

impl Head {
    /// A document of which nothing is known yet; `is_own` if it was made here.
    pub(super) fn new(coll: Collection, is_own: bool) -> Self {
        Self {
            coll,
            is_own,
            generation: Generation(0),
            author: None,
            readers: Vec::new(),
            keys: Vec::new(),
            line: None,
            teller: None,
            changed_at: Timestamp(0),
            began_at: Timestamp(0),
            n_locked: 0,
            n_waiting: 0,
            n_quarantined: 0,
            published: None,
            claimed: None,
            shown: None,
            ends: None,
            media: None,
            named: None,
            knew: None,
            n_unsettled: None,
            quiet_since: None,
            owes_snapshot: None,
            lacks_own: None,
            gap: None,
            deleted_since: None,
        }
    }

    /// Whether the website shows it at `now`.
    pub(super) fn is_online(&self, now: Timestamp) -> bool {
        let is_published = self.published.is_some_and(|published| published.is_online());
        is_published && self.ends.is_none_or(|ends| now <= ends)
    }

    /// Whether it is a story in the trash.
    pub(super) fn is_deleted(&self) -> bool {
        self.line
            .as_ref()
            .is_some_and(|line| line.is_deleted == Some(true))
    }

    /// Whether it was made here and the network does not know it yet.
    pub(super) fn is_unshared(&self) -> bool {
        self.is_own && self.keys.is_empty()
    }

    /// Whether every entry that came is part of the document.
    pub(super) fn is_whole(&self) -> bool {
        self.n_locked + self.n_waiting + self.n_quarantined == 0
    }

    /// Counts the verdicts on entries that are not part of the document.
    pub(super) fn count(&mut self, verdicts: impl Iterator<Item = Verdict>) {
        (self.n_locked, self.n_waiting, self.n_quarantined) = (0, 0, 0);
        for verdict in verdicts {
            match verdict {
                Verdict::New => {}
                Verdict::Waiting => self.n_waiting += 1,
                Verdict::Locked => self.n_locked += 1,
                Verdict::Quarantined => self.n_quarantined += 1,
            }
        }
    }
}

impl Loaded {
    pub(super) fn new(document: Document) -> Self {
        Self {
            document,
            authors: BTreeMap::new(),
        }
    }

    /// Loads what [`Loaded::body`] wrote.
    pub(super) fn open(body: Body, actor: ActorId) -> Result<Self, Unreadable> {
        let document = Document::load(&body.document, actor).map_err(|_| Unreadable(Table::Bodies))?;
        let authors = body
            .authors
            .into_iter()
            .map(|span| (ActorId(span.actor), span))
            .collect();
        Ok(Self { document, authors })
    }

    pub(super) fn body(&mut self) -> Body {
        Body {
            document: self.document.save(),
            authors: self.authors.values().cloned().collect(),
        }
    }
}

impl Documents {
    /// Reads all heads and marks.
    pub(super) fn open(vault: &Vault, heads: &[StoredRow], dirty: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut documents = Self::default();
        for row in heads {
            let doc = DocumentId::from_slice(&row.key).ok_or(Unreadable(Table::Heads))?;
            let slot = Slot {
                head: vault.open(Table::Heads, row)?,
                tag: RowTag::of(&row.value),
            };
            documents.set_slot(doc, Some(slot));
        }
        documents.dirty = dirty
            .iter()
            .filter_map(|row| DocumentId::from_slice(&row.key))
            .collect();
        documents.try_locked_again();
        // Whether another build set them aside (M5), only the entries tell.
        let set_aside = documents.slots.iter();
        let set_aside = set_aside.filter(|(_, slot)| slot.head.n_quarantined > 0);
        documents.dirty.extend(set_aside.map(|(doc, _)| *doc));
        Ok(documents)
    }

    pub(super) fn head(&self, doc: DocumentId) -> Option<&Head> {
        self.slots.get(&doc).map(|slot| &slot.head)
    }

    pub(super) fn slot(&self, doc: DocumentId) -> Option<&Slot> {
        self.slots.get(&doc)
    }

    pub(super) fn set_slot(&mut self, doc: DocumentId, slot: Option<Slot>) {
        let head = slot.as_ref().map(|slot| &slot.head);
        put_in(&mut self.unsettled, doc, head.is_some_and(Head::is_unsettled));
        put_in(&mut self.deleted, doc, head.is_some_and(Head::is_deleted));
        put_in(&mut self.unshared, doc, head.is_some_and(Head::is_unshared));
        put_in(&mut self.gaps, doc, head.is_some_and(|head| head.gap.is_some()));
        let ends = |slot: &Slot| Some((slot.head.ends?, doc));
        if let Some(before) = self.slots.get(&doc).and_then(ends) {
            self.ending.remove(&before);
        }
        self.ending.extend(slot.as_ref().and_then(ends));
        let told = |slot: &Slot| Some((slot.head.teller?, doc));
        if let Some(before) = self.slots.get(&doc).and_then(told) {
            self.told.remove(&before);
        }
        self.told.extend(slot.as_ref().and_then(told));
        match slot {
            Some(slot) => drop(self.slots.insert(doc, slot)),
            None => drop(self.slots.remove(&doc)),
        }
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = (DocumentId, &Head)> {
        self.slots.iter().map(|(doc, slot)| (*doc, &slot.head))
    }

    pub(super) fn stories(&self) -> impl Iterator<Item = (DocumentId, &Head)> {
        self.heads().filter(|(_, head)| head.coll == Collection::Story)
    }

    /// Stories that are online at one of these moments and not at the other.
    pub(super) fn ending_between(&self, one: Timestamp, other: Timestamp) -> Vec<DocumentId> {
        let at = |moment| (moment, DocumentId([0; DocumentId::LEN]));
        let ending = self.ending.range(at(one.min(other))..at(one.max(other)));
        ending.map(|(_, doc)| *doc).collect()
    }

    /// The last moment of what is online at `now` and ends next.
    pub(super) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let mut ending = self.ending.range((now, DocumentId([0; DocumentId::LEN]))..);
        ending.next().map(|(ends, _)| *ends)
    }

    /// Stories whose teller a contact is.
    pub(super) fn told_by(&self, contact: DocumentId) -> impl Iterator<Item = DocumentId> {
        let told = self.told.range((contact, DocumentId([0; DocumentId::LEN]))..);
        told.take_while(move |(teller, _)| *teller == contact)
            .map(|(_, story)| *story)
    }

    /// The story whose teller a contact is, or the document itself.
    pub(super) fn story_of(&self, doc: DocumentId) -> DocumentId {
        self.told_by(doc).next().unwrap_or(doc)
    }

    /// A story and the contact of its teller.
    pub(super) fn family(&self, story: DocumentId) -> impl Iterator<Item = DocumentId> {
        let teller = self.head(story).and_then(|head| head.teller);
        std::iter::once(story).chain(teller)
    }

    pub(super) fn loaded(&self, doc: DocumentId) -> Option<&Loaded> {
        self.loaded.get(&doc)
    }

    pub(super) fn loaded_mut(&mut self, doc: DocumentId) -> Option<&mut Loaded> {
        self.loaded.get_mut(&doc)
    }

    pub(super) fn loaded_or_insert(&mut self, doc: DocumentId, make: impl FnOnce() -> Loaded) -> &mut Loaded {
        self.loaded.entry(doc).or_insert_with(make)
    }

    pub(super) fn load(&mut self, doc: DocumentId, loaded: Loaded) {
        self.loaded.insert(doc, loaded);
    }

    /// Forgets what is in memory of a document beside its head: it is loaded again when needed.
    pub(super) fn unload(&mut self, doc: DocumentId) -> Option<Loaded> {
        self.loaded.remove(&doc)
    }

    /// Unloads what is not on screen.
    pub(super) fn unload_closed(&mut self) {
        let keep: BTreeSet<_> = self.open.iter().flat_map(|&story| self.family(story)).collect();
        self.loaded.retain(|doc, _| keep.contains(doc));
    }

    /// Notes that entries of the document are handed to the store.
    pub(super) fn touch(&mut self, doc: DocumentId) {
        *self.touches.entry(doc).or_default() += 1;
    }

    pub(super) fn n_touches(&self, doc: DocumentId) -> u64 {
        self.touches.get(&doc).copied().unwrap_or_default()
    }

    pub(super) fn add_dirty(&mut self, docs: BTreeSet<DocumentId>) {
        self.dirty.extend(docs);
    }

    pub(super) fn clean(&mut self, doc: DocumentId) {
        self.dirty.remove(&doc);
        self.touches.remove(&doc);
    }

    pub(super) fn is_dirty(&self, doc: DocumentId) -> bool {
        self.dirty.contains(&doc)
    }

    /// Marked documents.
    pub(super) fn dirty(&self) -> impl Iterator<Item = DocumentId> {
        self.dirty.iter().copied()
    }

    pub(super) fn unsettled(&self) -> impl Iterator<Item = DocumentId> {
        self.unsettled.iter().copied()
    }

    /// Stories in the trash.
    pub(super) fn deleted(&self) -> impl Iterator<Item = (DocumentId, &Head)> {
        let deleted = self.deleted.iter();
        deleted.filter_map(|doc| Some((*doc, self.head(*doc)?)))
    }

    /// Documents of this device that the network does not know yet.
    pub(super) fn unshared(&self) -> impl Iterator<Item = (DocumentId, &Head)> {
        let unshared = self.unshared.iter();
        unshared.filter_map(|doc| Some((*doc, self.head(*doc)?)))
    }

    /// The newest snapshot that stands for something that never came.
    pub(super) fn gap(&self) -> Option<Seq> {
        let gaps = self.gaps.iter().filter_map(|doc| self.head(*doc)?.gap);
        gaps.max()
    }

    /// Marks documents with entries that wait for a key, as is done at each new key and at each start (M5). The
    /// mark is read off the heads, so it needs no row.
    pub(super) fn try_locked_again(&mut self) {
        let locked = self.slots.iter().filter(|(_, slot)| slot.head.n_locked > 0);
        self.dirty.extend(locked.map(|(doc, _)| *doc));
    }
}

fn put_in(docs: &mut BTreeSet<DocumentId>, doc: DocumentId, is_in: bool) {
    if is_in {
        docs.insert(doc);
    } else {
        docs.remove(&doc);
    }
}

impl Client {
    /// Takes a document's body from the store into memory.
    pub(super) fn load_body(&mut self, doc: DocumentId, row: &StoredRow) -> Result<(), Unreadable> {
        let body: Body = self.vault.open(Table::Bodies, row)?;
        let loaded = Loaded::open(body, self.actor)?;
        self.load(doc, loaded);
        Ok(())
    }

    /// Keeps a document in memory, which knows then what of it this device wrote.
    pub(super) fn load(&mut self, doc: DocumentId, mut loaded: Loaded) {
        let device = self.place.network().map(|network| network.identity.device);
        let authors = loaded.authors.iter();
        let own = authors.filter(|(_, span)| Some(span.device) == device || span.device == NOBODY);
        loaded.document.know_earlier(own.map(|(actor, _)| *actor));
        self.documents.load(doc, loaded);
    }

    pub(super) fn n_stories(&self) -> u32 {
        u32::try_from(self.documents.stories().count()).unwrap_or(u32::MAX)
    }
}
