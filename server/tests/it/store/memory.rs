//! The store in memory that the simulation rests on keeps the same rules, or it would prove nothing of SQLite.

use super::rules;
use server::store::{Done, Store, StoredNetwork, StoredPublication};
use shared::crypto::FoundingHash;
use shared::id::{DocumentId, MediaHash, NetworkId};
use shared::storage::{Answer, RelayFailure, RelayOperation, RelayQuery};
use shared::testing::relay_store::RelayStore;
use std::sync::Mutex;

rules::every_store_must! {
    || ((), MemoryStore::default())
}

/// Synced after each transaction; `None` once it was stopped.
#[derive(Debug)]
struct MemoryStore(Mutex<Option<RelayStore>>);

impl Default for MemoryStore {
    fn default() -> Self {
        Self(Mutex::new(Some(RelayStore::default())))
    }
}

impl MemoryStore {
    fn read<T>(&self, question: impl FnOnce(&RelayStore) -> T) -> Result<T, RelayFailure> {
        let store = self.0.lock().unwrap();
        store.as_ref().map(question).ok_or(RelayFailure::Failed)
    }
}

impl Store for MemoryStore {
    fn store(&self, operations: Vec<RelayOperation>, done: Done) {
        let outcome = match &mut *self.0.lock().unwrap() {
            Some(store) => store.commit(&operations).map(|()| store.sync()),
            None => Err(RelayFailure::Failed),
        };
        done(outcome);
    }

    fn answer(&self, query: &RelayQuery) -> Result<Answer, RelayFailure> {
        self.read(|store| store.answer(query))
    }

    fn founding(&self) -> Result<Option<FoundingHash>, RelayFailure> {
        self.read(RelayStore::founding)
    }

    fn networks(&self) -> Result<Vec<StoredNetwork>, RelayFailure> {
        self.read(|store| {
            let networks = store.networks();
            let stored = networks.map(|(network, log_id, name, slug)| StoredNetwork {
                network,
                log_id,
                name: name.to_owned(),
                slug: slug.to_owned(),
            });
            stored.collect()
        })
    }

    fn publications(
        &self,
        network: NetworkId,
        after: Option<DocumentId>,
        rows_max: u32,
    ) -> Result<Vec<StoredPublication>, RelayFailure> {
        self.read(|store| {
            let later = store
                .publications(network)
                .filter(|(doc, _, _)| after.is_none_or(|after| *doc > after))
                .take(usize::try_from(rows_max).unwrap());
            let stored = later.map(|(doc, publication, bytes)| StoredPublication {
                doc,
                seq: publication.seq,
                is_withdrawn: publication.is_withdrawn,
                bytes: bytes.map(<[u8]>::to_vec),
            });
            stored.collect()
        })
    }

    fn media_documents(&self, network: NetworkId) -> Result<Vec<DocumentId>, RelayFailure> {
        self.read(|store| store.media_documents(network))
    }

    fn medium_part(
        &self,
        network: NetworkId,
        doc: DocumentId,
        hash: MediaHash,
        index: u32,
    ) -> Result<Option<Vec<u8>>, RelayFailure> {
        self.read(|store| store.medium_part(network, doc, hash, index))
    }

    fn bytes_used(&self) -> Result<u64, RelayFailure> {
        // It has no quota to come near to.
        self.read(|_| 0)
    }

    fn stop(&self) {
        *self.0.lock().unwrap() = None;
    }
}
