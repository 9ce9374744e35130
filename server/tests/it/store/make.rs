//! Makes what the tests store, and waits for it.

use server::store::Store;
use shared::entry::{Collection, GroupId, Kind};
use shared::id::{
    Chain, DeviceId, DocumentId, EntryId, Epoch, Generation, KidShort, LogId, MemberId, NetworkId, PartHash,
    Seq,
};
use shared::protocol::PartName;
use shared::storage::{
    DocumentRow, KeyRow, NewEntry, NewNetwork, NewPart, RelayFailure, RelayOperation, RelayQuery,
};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};

/// The network of most tests.
pub(super) const NETWORK: NetworkId = NetworkId([7; 32]);

/// Larger than every log of a test.
pub(super) const END: Seq = Seq(u64::MAX);

/// A folder that goes when its test ends.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "store-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.join("relay.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Hands a transaction in; the answer comes through the channel.
pub(super) fn hand_in(
    store: &dyn Store,
    operations: Vec<RelayOperation>,
) -> Receiver<Result<(), RelayFailure>> {
    let (sender, receiver) = mpsc::channel();
    let done = move |outcome| sender.send(outcome).unwrap();
    store.store(operations, Box::new(done));
    receiver
}

/// Hands a transaction in and waits for how it ends.
pub(super) fn commit(store: &dyn Store, operations: Vec<RelayOperation>) -> Result<(), RelayFailure> {
    hand_in(store, operations).recv().unwrap()
}

/// Makes a network with a name of its own.
pub(super) fn create(network: NetworkId) -> RelayOperation {
    let name = format!("n{}", network.0[0]);
    RelayOperation::CreateNetwork(NewNetwork {
        network,
        log_id: LogId([network.0[0]; 16]),
        slug: name.clone(),
        name,
    })
}

/// An entry of a document, of `len` bytes.
pub(super) fn entry(seq: u64, kind: Kind, doc: Option<DocumentId>, len: usize) -> NewEntry {
    NewEntry {
        seq: Seq(seq),
        id: id(seq),
        chain: chain(seq),
        kind,
        doc,
        by: DeviceId(3),
        bytes: vec![u8::try_from(seq % 251).unwrap(); len],
    }
}

/// Appends to [`NETWORK`].
pub(super) fn append(entry: NewEntry) -> RelayOperation {
    RelayOperation::Append {
        network: NETWORK,
        entry,
    }
}

/// Appends a change of a document to [`NETWORK`].
pub(super) fn change(seq: u64, doc: DocumentId, len: usize) -> RelayOperation {
    append(entry(seq, Kind::Incremental, Some(doc), len))
}

/// The id of the entry at a seq.
pub(super) fn id(seq: u64) -> EntryId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    EntryId(bytes)
}

/// The token at a seq.
pub(super) fn chain(seq: u64) -> Chain {
    let mut bytes = [1; 16];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    Chain(bytes)
}

/// A document, by number.
pub(super) fn doc(number: u8) -> DocumentId {
    DocumentId([number; 16])
}

/// Keeps a document of [`NETWORK`] that these groups read.
pub(super) fn document(doc: DocumentId, first_seq: u64, readers: &[GroupId]) -> RelayOperation {
    RelayOperation::PutDocument {
        network: NETWORK,
        doc,
        row: row(first_seq, readers),
    }
}

pub(super) fn row(first_seq: u64, readers: &[GroupId]) -> DocumentRow {
    DocumentRow {
        coll: Collection::Contact,
        author: MemberId(u32::MAX),
        readers: readers.to_vec(),
        generation: Generation(2),
        first_seq: Seq(first_seq),
        keys: vec![KeyRow {
            kid: KidShort([9; 8]),
            first_seq: Seq(first_seq),
            wraps: readers.iter().map(|group| (*group, Epoch(4))).collect(),
        }],
        publication: None,
        erased: None,
    }
}

/// Keeps a part of a blob of [`NETWORK`], handed in by the founder; its hash is its first byte.
pub(super) fn put_part(name: PartName, is_last: bool, bytes: &[u8]) -> RelayOperation {
    RelayOperation::PutPart {
        network: NETWORK,
        part: NewPart {
            name,
            is_last,
            hash: PartHash([bytes[0]; 32]),
            member: MemberId(0),
            bytes: bytes.to_vec(),
        },
    }
}

/// Returns the head of a network.
pub(super) fn head(store: &dyn Store, network: NetworkId) -> Option<Seq> {
    let shared::storage::Answer::Network(row) = store.answer(&RelayQuery::Network { network }).unwrap()
    else {
        panic!("not a network");
    };
    row.map(|row| row.head)
}
