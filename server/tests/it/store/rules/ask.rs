//! A log to ask about, and the questions.

use crate::store::make::{NETWORK, append, change, commit, create, doc, document, entry};
use server::store::Store;
use shared::entry::{GroupId, Kind};
use shared::id::{Chain, DocumentId, EntryId, MemberId, Seq};
use shared::protocol::BackfillPosition;
use shared::storage::{
    Answer, BackfillSlice, Known, LivingEntry, LogPage, Reader, RelayOperation, RelayQuery,
};

/// A log of six entries, 100 bytes each: records at 1 and 6, a document of the team at 2 and 4, one of the
/// coordinators at 3 and 5.
pub(super) fn mixed_log(store: &dyn Store) {
    let record = |seq| append(entry(seq, Kind::Membership, None, 100));
    let operations = vec![
        create(NETWORK),
        record(1),
        change(2, doc(1), 100),
        change(3, doc(2), 100),
        change(4, doc(1), 100),
        change(5, doc(2), 100),
        record(6),
        document(doc(1), 2, &[GroupId::Team]),
        document(doc(2), 3, &[GroupId::Coord]),
    ];
    commit(store, operations).unwrap();
}

pub(super) fn forget(seq: u64) -> RelayOperation {
    RelayOperation::Forget {
        network: NETWORK,
        seq: Seq(seq),
    }
}

pub(super) fn reader(groups: &[GroupId]) -> Reader {
    Reader {
        groups: groups.to_vec(),
        membership_only_upto: Seq(0),
    }
}

pub(super) fn everything() -> Reader {
    reader(&[GroupId::Team, GroupId::Coord])
}

pub(super) fn page(
    store: &dyn Store,
    reader: &Reader,
    after: u64,
    upto: Seq,
    rows_max: u32,
    bytes_max: usize,
) -> LogPage {
    let query = RelayQuery::Page {
        network: NETWORK,
        reader: reader.clone(),
        after: Seq(after),
        upto,
        rows_max,
        bytes_max,
    };
    let Answer::Page(page) = store.answer(&query).unwrap() else {
        panic!("not a page");
    };
    page
}

/// Where a backfill starts that began at this head.
pub(super) fn start(upto: u64) -> BackfillPosition {
    BackfillPosition {
        upto: Seq(upto),
        document: Seq(upto),
        entry: Seq(0),
    }
}

pub(super) fn backfill(
    store: &dyn Store,
    groups: &[GroupId],
    position: BackfillPosition,
    bytes_max: usize,
) -> BackfillSlice {
    let query = RelayQuery::Backfill {
        network: NETWORK,
        groups: groups.to_vec(),
        position,
        bytes_max,
    };
    let Answer::Backfill(slice) = store.answer(&query).unwrap() else {
        panic!("not a backfill");
    };
    slice
}

pub(super) fn judge(store: &dyn Store, ids: &[EntryId], docs: &[DocumentId], members: &[MemberId]) -> Known {
    let query = RelayQuery::Judge {
        network: NETWORK,
        ids: ids.to_vec(),
        docs: docs.to_vec(),
        covered: Vec::new(),
        whole: Vec::new(),
        members: members.to_vec(),
        media: Vec::new(),
    };
    let Answer::Judge(known) = store.answer(&query).unwrap() else {
        panic!("not a judgement");
    };
    *known
}

/// What no snapshot of a document superseded.
pub(super) fn living(store: &dyn Store, doc: DocumentId) -> Vec<LivingEntry> {
    let query = RelayQuery::Judge {
        network: NETWORK,
        ids: Vec::new(),
        docs: Vec::new(),
        covered: vec![doc],
        whole: Vec::new(),
        members: Vec::new(),
        media: Vec::new(),
    };
    let Answer::Judge(mut known) = store.answer(&query).unwrap() else {
        panic!("not a judgement");
    };
    known.living.remove(&doc).unwrap()
}

pub(super) fn chain_at(store: &dyn Store, seq: u64) -> Option<Chain> {
    let query = RelayQuery::Chain {
        network: NETWORK,
        seq: Seq(seq),
    };
    let Answer::Chain(chain) = store.answer(&query).unwrap() else {
        panic!("not a token");
    };
    chain
}

pub(super) fn seqs(entries: &[(Seq, Vec<u8>)]) -> Vec<u64> {
    entries.iter().map(|(seq, _)| seq.0).collect()
}
