//! From a changed document to entries: keys, wraps, the first snapshot, increments.

use super::Client;
use super::disk::{Head, HeldKey, KeyBytes, OutboxRow, Published};
use super::documents::{Loaded, Slot};
use super::jobs::Transaction;
use super::network::Network;
use super::outbox::Item;
use crate::command::CommandError;
use crate::crypto::{DocumentKey, SignKey};
use crate::entry::{
    Address, AuthorSpan, Collection, Content, ContentKind, Cover, Covered, DocumentBody, Entry, GroupId,
    Header, KeyWrap, Kind, LastSeen, SealError,
};
use crate::id::{ActorId, DeviceId, DocumentId, EntryId, Epoch, Generation, MemberId, NetworkId, Seq};
use crate::model::gate;
use crate::storage::{Operation, Table};
use crate::sync::bug::{Bug, Bugs};
use crate::time::Timestamp;
use rand_core::CryptoRng;

/// Stands for this device in the spans of a document that belongs to no network yet.
pub(super) const NOBODY: DeviceId = DeviceId(u32::MAX);

/// Who seals, for whom: what is needed of the network, apart from it.
pub(super) struct Author {
    pub(super) network: NetworkId,
    pub(super) device: DeviceId,
    pub(super) member: MemberId,
    pub(super) sign: SignKey,
    pub(super) last_seen: Option<LastSeen>,
}

impl Author {
    pub(super) fn of(network: &Network) -> Option<Self> {
        Some(Self {
            network: network.id(),
            device: network.identity.device,
            member: network.authority()?.member,
            sign: network.sign.clone(),
            last_seen: network.progress.map(|progress| LastSeen {
                seq: progress.seq,
                chain: progress.chain,
            }),
        })
    }

    pub(super) fn address(&self, doc: DocumentId, generation: Generation) -> Address {
        Address {
            network: self.network,
            doc,
            generation,
            by: self.device,
        }
    }

    /// Seals all of a document, in place of the content that it covers, in the order of the log.
    pub(super) fn seal_snapshot(
        &self,
        address: Address,
        key: &DocumentKey,
        loaded: &mut Loaded,
        at: Timestamp,
        covers: &[(Seq, EntryId)],
        rng: &mut impl CryptoRng,
    ) -> Result<Entry, SealError> {
        let heads: Vec<_> = loaded.document.heads().iter().map(|hash| hash.0).collect();
        let content = Content {
            bytes: loaded.document.save(),
            at,
            last_seen: self.last_seen,
            authors: loaded.authors.values().cloned().collect(),
            row_hint: None,
        };
        let ids: Vec<_> = covers.iter().map(|(_, id)| *id).collect();
        let covered = Covered {
            upto: covers.last().map(|(seq, _)| *seq).unwrap_or_default(),
            digest: Cover::digest(&ids),
            heads: &heads,
        };
        let kind = ContentKind::Snapshot(covered);
        Entry::seal_content(address, kind, key, &content, &self.sign, rng)
    }
}

impl Client {
    /// Stores what changed in a loaded document: its head and body, and, in a network, the entry of the change.
    pub(super) fn seal(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        coll: Collection,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        if self.erased.has(doc) {
            return Err(CommandError::UnknownStory);
        }
        let at = self.clock.wall();
        let author = self.place.active().and_then(Author::of);
        let device = author.as_ref().map_or(NOBODY, |author| author.device);
        let known = self.head_in(tx, doc);
        let is_stored = known.is_some();
        let mut head = known.unwrap_or_else(|| Head::new(coll, true));
        let loaded = self.documents.loaded_mut(doc).ok_or(CommandError::UnknownStory)?;
        let changes = loaded.document.take_changes().concat();
        // A first try that was not stored has taken the changes already: all of the document is stored with the next.
        if changes.is_empty() && is_stored && !(head.keys.is_empty() && author.is_some()) {
            if head.teller.is_some_and(|teller| tx.slots.contains_key(&teller)) {
                self.describe_again(tx, doc, rng);
            }
            return Ok(());
        }
        for (_, actor) in gate::authors(&changes).unwrap_or_default() {
            note_author(loaded.authors.entry(actor), actor, device, at);
        }
        head.changed_at = at;
        if !is_stored {
            head.began_at = at;
        }
        let story = self.describe(&mut head, doc, at);
        if let Some(author) = author {
            if head.keys.is_empty() {
                self.first_entries(tx, doc, &mut head, &author, rng)?;
            } else {
                let content = Content {
                    bytes: changes,
                    at,
                    last_seen: author.last_seen,
                    authors: Vec::new(),
                    row_hint: None,
                };
                let key = newest_key(&head).ok_or(CommandError::NotAllowed)?;
                let entry = Entry::seal_content(
                    author.address(doc, head.generation),
                    ContentKind::Incremental,
                    &key,
                    &content,
                    &author.sign,
                    rng,
                )
                .map_err(too_long)?;
                self.put_outbox(tx, &entry, author.network, at, rng);
                head.grow(self.relay_time_seen());
            }
        }
        self.forget_stopped(tx, doc, &head);
        if let Some(story) = &story {
            self.look_again(tx, doc, &head, story, rng);
        }
        self.put_document(tx, doc, head, rng);
        Ok(())
    }

    /// Makes a document known: its key, wrapped to its readers, and its content as a snapshot (S10, S11).
    fn first_entries(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        head: &mut Head,
        author: &Author,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let network = self.place.active().ok_or(CommandError::NotAllowed)?;
        let key = DocumentKey::generate(rng);
        let readers = network.readers_of(head.coll, author.member);
        let kid = key.kid(author.network, doc, head.generation);
        let wraps = wrap_key(
            &self.bugs,
            (author.network, doc, head.generation),
            &key,
            &readers,
            rng,
        )
        .ok_or(CommandError::Refused)?;
        let body = DocumentBody {
            coll: head.coll,
            author: author.member,
            readers: head.coll.readers(author.member),
            purge_month: None,
            teller_key: None,
            kid,
            wraps,
        };
        head.author = Some(author.member);
        head.readers.clone_from(&body.readers);
        head.keys.push(HeldKey {
            kid,
            secret: KeyBytes(*key.to_bytes()),
            wrapped: body.wraps.iter().map(|wrap| (wrap.group, wrap.epoch)).collect(),
        });
        let at = self.clock.wall();
        let header = Header::plain(Kind::Document, Some(doc), head.generation, author.device);
        let birth = Entry::sign(header, body.encode(), author.network, &author.sign);
        self.put_outbox(tx, &birth, author.network, at, rng);
        let loaded = self.documents.loaded_mut(doc).ok_or(CommandError::UnknownStory)?;
        for span in loaded.authors.values_mut().filter(|span| span.device == NOBODY) {
            span.device = author.device;
        }
        let address = author.address(doc, head.generation);
        let snapshot = author
            .seal_snapshot(address, &key, loaded, at, &[], rng)
            .map_err(too_long)?;
        self.put_outbox(tx, &snapshot, author.network, at, rng);
        Ok(())
    }

    /// Stories that were written before the device was let in become entries now.
    pub(super) fn share(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let coll = self
            .documents
            .head(doc)
            .map(|head| head.coll)
            .ok_or(CommandError::UnknownStory)?;
        self.seal(tx, doc, coll, rng)
    }

    /// Documents of this device that the network does not know yet.
    pub(super) fn unshared(&self) -> impl Iterator<Item = DocumentId> {
        let unshared = self.place.active().map(|_| self.documents.unshared());
        unshared.into_iter().flatten().map(|(doc, _)| doc)
    }

    /// The head of a document as the transaction leaves it.
    pub(super) fn head_in(&self, tx: &Transaction, doc: DocumentId) -> Option<Head> {
        tx.slots
            .get(&doc)
            .map(|slot| slot.head.clone())
            .or_else(|| self.documents.head(doc).cloned())
    }

    /// Stores a document's head, and its body if it is loaded; compared with what this was computed from (S14).
    pub(super) fn put_document(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        head: Head,
        rng: &mut impl CryptoRng,
    ) {
        if !tx.slots.contains_key(&doc) && !self.bugs.has(Bug::OutdatedWrite) {
            tx.expects.push(Operation::Expect {
                table: Table::Heads,
                key: doc.0.to_vec(),
                tag: self.documents.slot(doc).and_then(|slot| slot.tag),
            });
        }
        let (put, tag) = self.vault.put_tagged(Table::Heads, doc.0.to_vec(), &head, rng);
        tx.operations.push(put);
        self.reconcile_media(tx, doc, rng);
        if let Some(loaded) = self.documents.loaded_mut(doc) {
            let body = loaded.body();
            tx.operations
                .push(self.vault.put(Table::Bodies, doc.0.to_vec(), &body, rng));
        }
        tx.slots.insert(doc, Slot { head, tag });
    }

    /// Puts an entry into the outbox.
    pub(super) fn put_outbox(
        &mut self,
        tx: &mut Transaction,
        entry: &Entry,
        network: NetworkId,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) {
        let row = OutboxRow {
            entry: entry.encode(),
            at,
            brings_back: None,
        };
        self.put_outbox_row(tx, entry, network, &row, rng);
    }

    /// Puts an entry into the outbox, with what the device has to know of it until it is sent.
    pub(super) fn put_outbox_row(
        &mut self,
        tx: &mut Transaction,
        entry: &Entry,
        network: NetworkId,
        row: &OutboxRow,
        rng: &mut impl CryptoRng,
    ) {
        let Some(item) = Item::of(entry, network, row) else {
            return;
        };
        let key = self.outbox.next_key(item.id);
        tx.operations
            .push(self.vault.put(Table::Outbox, key.clone(), row, rng));
        tx.outbox_added.push((key, item));
    }
}

/// Wraps a document key to its readers.
pub(super) fn wrap_key(
    bugs: &Bugs,
    (network, doc, generation): (NetworkId, DocumentId, Generation),
    key: &DocumentKey,
    readers: &[(GroupId, Epoch, crate::crypto::WrapPublic)],
    rng: &mut impl CryptoRng,
) -> Option<Vec<KeyWrap>> {
    #[cfg(feature = "testing")]
    {
        use crate::entry::{WrapBug, wrap_document_key_with_bug};
        let planted = [
            (Bug::WrongGroupInWrap, WrapBug::WrongGroup),
            (Bug::NoKeyIdInWrap, WrapBug::MissingKid),
        ];
        if let Some((_, bug)) = planted.into_iter().find(|(bug, _)| bugs.has(*bug)) {
            return wrap_document_key_with_bug(bug, network, doc, generation, key, readers, rng).ok();
        }
    }
    let _ = bugs;
    crate::entry::wrap_document_key(network, doc, generation, key, readers, rng).ok()
}

pub(super) fn newest_key(head: &Head) -> Option<DocumentKey> {
    head.keys.last().map(|key| DocumentKey::from_bytes(&key.secret.0))
}

/// Extends the span of an actor.
pub(super) fn note_author(
    span: std::collections::btree_map::Entry<'_, ActorId, AuthorSpan>,
    actor: ActorId,
    device: DeviceId,
    at: Timestamp,
) {
    let span = span.or_insert(AuthorSpan {
        actor: actor.0,
        device,
        first_at: at,
        last_at: at,
    });
    span.last_at = at;
}

pub(super) fn too_long(error: SealError) -> CommandError {
    let max = match error {
        SealError::TooLarge { max, .. } => max,
        SealError::TooManyHeads(max) => max,
    };
    CommandError::TooLong {
        limit: u32::try_from(max).unwrap_or(u32::MAX),
    }
}

impl Published {
    /// Whether the document is on the website.
    pub(super) fn is_online(&self) -> bool {
        !self.withdrawn
    }
}
