//! K6: what the relay refused for its key is sealed again under a key that is current.
//!
//! Only what is nowhere but here is touched: an entry that may have been sent keeps its bytes until the relay has
//! answered. A new key goes first, in an entry of its own; a refused key that it replaces is taken out with it, else
//! the relay would refuse that one for ever. All of it is one transaction.

use super::Client;
use super::disk::{Head, HeldKey, KeyBytes, OutboxRow};
use super::jobs::Transaction;
use super::sealing::{Author, wrap_key};
use crate::command::CommandError;
use crate::crypto::DocumentKey;
use crate::entry::{Address, ContentKind, Covered, Entry, Header, KeysBody, Kind};
use crate::id::{DocumentId, EntryId, Kid, KidShort};
use crate::membership::State;
use crate::storage::{StoredRow, Table};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeSet;

/// An entry of the outbox that is nowhere but here.
struct Unsent {
    key: Vec<u8>,
    entry: Entry,
    at: Timestamp,
    brings_back: Option<bool>,
    is_refused: bool,
}

impl Unsent {
    /// Whether the entry brings the key, or is sealed under it.
    fn is_under(&self, kid: Kid) -> bool {
        match self.entry.header.kind {
            Kind::Keys => KeysBody::decode(&self.entry.ct).is_ok_and(|body| body.kid == kid),
            Kind::Membership
            | Kind::Document
            | Kind::Incremental
            | Kind::Snapshot
            | Kind::Publication
            | Kind::Withdraw
            | Kind::Erase
            | Kind::Unknown(_) => self.entry.header.kid == Some(KidShort::from(kid)),
        }
    }
}

impl Client {
    pub(super) fn rekey(
        &mut self,
        tx: &mut Transaction,
        doc: DocumentId,
        rows: Option<&Vec<StoredRow>>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        tx.released.push(doc);
        let Some(mut head) = self.head_in(tx, doc) else {
            return Ok(());
        };
        let Some((network, author)) = self
            .place
            .active()
            .and_then(|network| Some((network, Author::of(network)?)))
        else {
            return Ok(());
        };
        let refused = self.outbox.refused_for_key(doc);
        let unsent: Vec<_> = rows
            .into_iter()
            .flatten()
            .filter_map(|row| self.unsent(row, author.network, &refused))
            .collect();
        let current = take_current(&mut head, &network.membership, &unsent);
        let (held, keys) = match current {
            Some(held) => (held, None),
            None => {
                let readers = network.membership.reader_epochs(&head.readers);
                let key = DocumentKey::generate(rng);
                let kid = key.kid(author.network, doc, head.generation);
                let place = (author.network, doc, head.generation);
                let wraps = wrap_key(&self.bugs, place, &key, &readers, rng).ok_or(CommandError::Refused)?;
                let held = HeldKey {
                    kid,
                    secret: KeyBytes(*key.to_bytes()),
                    wrapped: wraps.iter().map(|wrap| (wrap.group, wrap.epoch)).collect(),
                };
                let header = Header::plain(Kind::Keys, Some(doc), head.generation, author.device);
                let body = KeysBody { kid, wraps }.encode();
                let entry = Entry::sign(header, body, author.network, &author.sign);
                (held, Some(entry))
            }
        };
        if let Some(keys) = keys {
            self.put_outbox(tx, &keys, author.network, self.clock.wall(), rng);
        }
        for old in unsent {
            let is_content = old.entry.header.kind.is_content();
            if old.is_under(held.kid) || !(is_content || old.entry.header.kind == Kind::Keys) {
                continue;
            }
            if is_content {
                let Some(entry) = reseal(&old.entry, &head, &held, &author, rng) else {
                    continue;
                };
                let row = OutboxRow {
                    entry: entry.encode(),
                    at: old.at,
                    brings_back: old.brings_back,
                };
                self.put_outbox_row(tx, &entry, author.network, &row, rng);
            }
            tx.take_from_outbox(old.key);
        }
        head.keys.push(held);
        self.put_document(tx, doc, head, rng);
        Ok(())
    }

    /// An entry of this device's outbox, if it is nowhere but here.
    fn unsent(
        &self,
        row: &StoredRow,
        network: crate::id::NetworkId,
        refused: &BTreeSet<EntryId>,
    ) -> Option<Unsent> {
        let stored: OutboxRow = self.vault.open(Table::Outbox, row).ok()?;
        let entry = Entry::decode(&stored.entry).ok()?;
        let is_own = entry.header.by == self.place.network()?.identity.device;
        (is_own && self.outbox.is_only_here(&row.key)).then(|| Unsent {
            key: row.key.clone(),
            is_refused: refused.contains(&entry.id(network)),
            entry,
            at: stored.at,
            brings_back: stored.brings_back,
        })
    }
}

/// Takes the newest key out of the head that is wrapped to all that reads now. One under which something was refused
/// is not current, whatever is known of it here.
fn take_current(head: &mut Head, membership: &State, unsent: &[Unsent]) -> Option<HeldKey> {
    let readers = membership.reader_epochs(&head.readers);
    let at = head.keys.iter().rposition(|held| {
        let is_wrapped = readers
            .iter()
            .all(|&(group, epoch, _)| held.wrapped.contains(&(group, epoch)));
        let is_refused = unsent.iter().any(|old| old.is_refused && old.is_under(held.kid));
        is_wrapped && !is_refused
    })?;
    Some(head.keys.remove(at))
}

/// Seals what an entry says under another key.
fn reseal(
    old: &Entry,
    head: &Head,
    new: &HeldKey,
    author: &Author,
    rng: &mut impl CryptoRng,
) -> Option<Entry> {
    let held = head
        .keys
        .iter()
        .find(|held| Some(KidShort::from(held.kid)) == old.header.kid)?;
    let key = DocumentKey::from_bytes(&held.secret.0);
    let content = old.open_content(author.network, &key).ok()?;
    let heads = old.open_heads(author.network, &key).unwrap_or_default();
    let kind = match &old.header.cover {
        Some(cover) => ContentKind::Snapshot(Covered {
            upto: cover.upto,
            digest: cover.digest,
            heads: &heads,
        }),
        None => ContentKind::Incremental,
    };
    let address = Address {
        network: author.network,
        doc: old.header.doc?,
        generation: head.generation,
        by: author.device,
    };
    let key = DocumentKey::from_bytes(&new.secret.0);
    Entry::seal_content(address, kind, &key, &content, &author.sign, rng).ok()
}
