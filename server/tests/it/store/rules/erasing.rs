//! Erased documents.

use super::ask::{backfill, everything, judge, mixed_log, page, start};
use crate::store::make::{NETWORK, append, change, commit, create, doc, document, entry, put_part, row};
use server::store::Store;
use shared::entry::{GroupId, Kind};
use shared::id::{BlobId, DocumentId, MemberId, Seq};
use shared::protocol::{BlobName, PartName};
use shared::storage::{Answer, DocumentRow, LivingEntry, Reader, RelayOperation, RelayQuery};
use shared::time::Timestamp;

/// Appends the entry that erases a document of the team which began at seq 2, and all that goes with it.
fn erase(doc: DocumentId, by: u64) -> Vec<RelayOperation> {
    let seq = Seq(by);
    let row = DocumentRow {
        keys: Vec::new(),
        erased: Some(seq),
        ..row(2, &[GroupId::Team])
    };
    let network = NETWORK;
    vec![
        append(entry(by, Kind::Erase, Some(doc), 20)),
        RelayOperation::Erase {
            network,
            doc,
            by: seq,
        },
        RelayOperation::PutDocument { network, doc, row },
    ]
}

fn bytes_at(store: &dyn Store, seqs: &[u64]) -> Vec<u64> {
    let query = RelayQuery::Entries {
        network: NETWORK,
        seqs: seqs.iter().copied().map(Seq).collect(),
    };
    let Answer::Entries(entries) = store.answer(&query).unwrap() else {
        panic!("not entries");
    };
    entries.iter().map(|(seq, _)| seq.0).collect()
}

fn erasing(store: &dyn Store) -> Vec<DocumentId> {
    let Answer::Network(row) = store.answer(&RelayQuery::Network { network: NETWORK }).unwrap() else {
        panic!("not a network");
    };
    row.unwrap().erasing
}

pub(in crate::store) fn e1_an_erasure_spares_nothing_but_itself(store: &dyn Store) {
    mixed_log(store);
    let supersede = RelayOperation::Supersede {
        network: NETWORK,
        by: Seq(7),
        upto: Seq(4),
        entries: vec![Seq(2), Seq(4)],
        at: Timestamp(9),
    };
    let snapshot = append(entry(7, Kind::Snapshot, Some(doc(1)), 100));
    commit(store, vec![snapshot, supersede]).unwrap();
    commit(store, erase(doc(1), 8)).unwrap();
    assert_eq!(bytes_at(store, &[1, 2, 3, 4, 5, 6, 7, 8]), [1, 3, 5, 6, 8]);
    let known = judge(store, &[], &[doc(1), doc(2)], &[]);
    assert_eq!(known.documents[&doc(1)].erased, Some(Seq(8)));
    assert_eq!(known.documents[&doc(2)].erased, None);
    assert_eq!(erasing(store), [doc(1)]);
    let done = RelayOperation::NoteErased {
        network: NETWORK,
        doc: doc(1),
    };
    commit(store, vec![done]).unwrap();
    assert_eq!(erasing(store), []);
}

pub(in crate::store) fn e1_an_erased_document_is_in_no_backfill_and_its_notice_is_in_pages(
    store: &dyn Store,
) {
    mixed_log(store);
    commit(store, erase(doc(1), 7)).unwrap();
    let seqs = |entries: Vec<(Seq, Vec<u8>)>| entries.iter().map(|(seq, _)| seq.0).collect::<Vec<_>>();
    let slice = backfill(store, &[GroupId::Team, GroupId::Coord], start(7), usize::MAX);
    assert_eq!(seqs(slice.entries), [3, 5]);
    assert_eq!(
        seqs(page(store, &everything(), 0, Seq(7), 100, usize::MAX).entries),
        [1, 3, 5, 6, 7]
    );
    // She may have read it before she lost a role.
    let coordinators = super::ask::reader(&[GroupId::Coord]);
    assert_eq!(
        seqs(page(store, &coordinators, 0, Seq(7), 100, usize::MAX).entries),
        [1, 3, 5, 6, 7]
    );
    let newcomer = Reader {
        membership_only_upto: Seq(7),
        ..coordinators
    };
    assert_eq!(
        seqs(page(store, &newcomer, 0, Seq(7), 100, usize::MAX).entries),
        [1, 6]
    );
}

pub(in crate::store) fn e1_parts_of_an_erased_document_go_and_are_given_back(store: &dyn Store) {
    let begin = vec![
        create(NETWORK),
        document(doc(1), 1, &[GroupId::Team]),
        document(doc(2), 2, &[GroupId::Team]),
    ];
    commit(store, begin).unwrap();
    let name = |of: u8, index| PartName {
        doc: doc(of),
        blob: BlobId([of; 16]),
        index,
    };
    for (of, index) in [(1, 0), (1, 1), (2, 0)] {
        commit(store, vec![put_part(name(of, index), false, &[7; 100])]).unwrap();
    }
    let drop_blobs = RelayOperation::DropBlobs {
        network: NETWORK,
        doc: doc(1),
    };
    for _ in 0..2 {
        commit(store, vec![drop_blobs.clone()]).unwrap();
        assert_eq!(
            judge(store, &[], &[], &[MemberId(0)]).part_bytes[&MemberId(0)],
            100
        );
    }
    let blobs = [1, 2].map(|of| BlobName {
        doc: doc(of),
        blob: BlobId([of; 16]),
    });
    let query = RelayQuery::Blobs {
        network: NETWORK,
        groups: vec![GroupId::Team],
        blobs: blobs.to_vec(),
    };
    let Answer::Blobs(states) = store.answer(&query).unwrap() else {
        panic!("not blobs");
    };
    let is_there: Vec<_> = states.iter().map(|state| state.stored.contains(0)).collect();
    assert_eq!(is_there, [false, true]);
}

pub(in crate::store) fn s17_an_erasure_is_told_what_it_gives_back(store: &dyn Store) {
    mixed_log(store);
    let supersede = RelayOperation::Supersede {
        network: NETWORK,
        by: Seq(7),
        upto: Seq(2),
        entries: vec![Seq(2)],
        at: Timestamp(9),
    };
    let snapshot = append(entry(7, Kind::Snapshot, Some(doc(1)), 30));
    let keys = append(entry(8, Kind::Keys, Some(doc(1)), 10));
    commit(store, vec![snapshot, supersede, keys, change(9, doc(2), 5)]).unwrap();
    let query = RelayQuery::Judge {
        network: NETWORK,
        ids: Vec::new(),
        docs: Vec::new(),
        covered: Vec::new(),
        whole: vec![doc(1)],
        members: Vec::new(),
        media: Vec::new(),
    };
    let Answer::Judge(known) = store.answer(&query).unwrap() else {
        panic!("not a judgement");
    };
    let told = |entry: &LivingEntry| (entry.seq.0, entry.len);
    let whole: Vec<_> = known.whole[&doc(1)].iter().map(told).collect();
    assert_eq!(whole, [(4, 100), (7, 30), (8, 10)]);
}
