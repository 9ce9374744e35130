//! K6: what the relay refused for its key is sealed again under a new one.
//!
//! The relay has answered, so the refused bytes are nowhere but here. The new key goes first, in an entry of its
//! own; the refused and the not yet sent entries are opened, sealed again and swapped in one transaction.

use super::Client;
use super::disk::{HeldKey, KeyBytes, OutboxRow};
use super::jobs::Transaction;
use super::sealing::{Author, wrap_key};
use crate::command::CommandError;
use crate::crypto::DocumentKey;
use crate::entry::{Address, ContentKind, Covered, Entry, Header, KeysBody, Kind};
use crate::id::{DocumentId, KidShort};
use crate::storage::{Operation, StoredRow, Table};
use crate::time::Timestamp;
use rand_core::CryptoRng;

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
        let readers = network.membership.reader_epochs(&head.readers);
        let key = DocumentKey::generate(rng);
        let kid = key.kid(author.network, doc, head.generation);
        let place = (author.network, doc, head.generation);
        let wraps = wrap_key(&self.bugs, place, &key, &readers, rng).ok_or(CommandError::Refused)?;
        let wrapped = wraps.iter().map(|wrap| (wrap.group, wrap.epoch)).collect();
        let header = Header::plain(Kind::Keys, Some(doc), head.generation, author.device);
        let keys = Entry::sign(
            header,
            KeysBody { kid, wraps }.encode(),
            author.network,
            &author.sign,
        );
        self.put_outbox(tx, &keys, author.network, self.clock.wall(), rng);
        for row in rows.into_iter().flatten() {
            let Some((old, at)) = self.unsent_content(row, author.network) else {
                continue;
            };
            let held = head
                .keys
                .iter()
                .find(|held| Some(KidShort::from(held.kid)) == old.header.kid);
            let content = held
                .map(|held| DocumentKey::from_bytes(&held.secret.0))
                .and_then(|held| Some((old.open_content(author.network, &held).ok()?, held)));
            let Some((content, held)) = content else { continue };
            let heads = old.open_heads(author.network, &held).unwrap_or_default();
            let kind = if old.header.kind == Kind::Snapshot {
                ContentKind::Snapshot(Covered {
                    heads: &heads,
                    ..Covered::default()
                })
            } else {
                ContentKind::Incremental
            };
            let address = Address {
                network: author.network,
                doc,
                generation: head.generation,
                by: author.device,
            };
            let Ok(entry) = Entry::seal_content(address, kind, &key, &content, &author.sign, rng) else {
                continue;
            };
            self.put_outbox(tx, &entry, author.network, at, rng);
            tx.operations.push(Operation::Delete {
                table: Table::Outbox,
                key: row.key.clone(),
            });
            tx.outbox_removed.push(row.key.clone());
        }
        head.keys.push(HeldKey {
            kid,
            secret: KeyBytes(*key.to_bytes()),
            wrapped,
        });
        self.put_document(tx, doc, head, rng);
        Ok(())
    }

    /// A content entry of the outbox that no answer is awaited for.
    fn unsent_content(&self, row: &StoredRow, network: crate::id::NetworkId) -> Option<(Entry, Timestamp)> {
        let stored: OutboxRow = self.vault.open(Table::Outbox, row).ok()?;
        let entry = Entry::decode(&stored.entry).ok()?;
        let may_change = entry.header.kind.is_content()
            && entry.header.by == self.place.network()?.identity.device
            && !self.outbox.is_sent(entry.id(network));
        may_change.then_some((entry, stored.at))
    }
}
