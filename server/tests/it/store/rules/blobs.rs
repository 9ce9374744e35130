//! Parts of blobs.

use super::ask::judge;
use crate::store::make::{NETWORK, commit, create, doc, document, put_part};
use server::store::Store;
use shared::entry::GroupId;
use shared::id::{BlobId, DocumentId, MemberId, PartHash};
use shared::protocol::{BlobName, BlobState, PartName, PartSet};
use shared::storage::{Answer, FoundPart, KnownPart, RelayFailure, RelayOperation, RelayQuery, StoredPart};

const BLOB: BlobId = BlobId([3; 16]);

fn name(doc: DocumentId, index: u32) -> PartName {
    PartName {
        doc,
        blob: BLOB,
        index,
    }
}

fn part(doc: DocumentId, index: u32, is_last: bool, byte: u8) -> RelayOperation {
    put_part(name(doc, index), is_last, &[byte; 100])
}

fn known(store: &dyn Store, part: PartName, is_last: bool) -> KnownPart {
    let query = RelayQuery::JudgePart {
        network: NETWORK,
        part,
        is_last,
        member: MemberId(0),
    };
    let Answer::JudgePart(known) = store.answer(&query).unwrap() else {
        panic!("not a part to judge");
    };
    *known
}

fn state(store: &dyn Store, groups: &[GroupId], doc: DocumentId) -> BlobState {
    let query = RelayQuery::Blobs {
        network: NETWORK,
        groups: groups.to_vec(),
        blobs: vec![BlobName { doc, blob: BLOB }],
    };
    let Answer::Blobs(mut blobs) = store.answer(&query).unwrap() else {
        panic!("not blobs");
    };
    blobs.remove(0)
}

fn found(store: &dyn Store, groups: &[GroupId], part: PartName) -> FoundPart {
    let query = RelayQuery::Part {
        network: NETWORK,
        groups: groups.to_vec(),
        part,
    };
    let Answer::Part(found) = store.answer(&query).unwrap() else {
        panic!("not a part");
    };
    found
}

/// A network with a document that the team reads.
fn prepare(store: &dyn Store) {
    commit(
        store,
        vec![create(NETWORK), document(doc(1), 1, &[GroupId::Team])],
    )
    .unwrap();
}

pub(in crate::store) fn s12_a_part_is_kept_once_and_never_replaced(store: &dyn Store) {
    prepare(store);
    assert_eq!(known(store, name(doc(1), 0), false).stored, StoredPart::Free);
    for _ in 0..2 {
        commit(store, vec![part(doc(1), 0, false, 7)]).unwrap();
    }
    let kept = known(store, name(doc(1), 0), false);
    assert_eq!(kept.stored, StoredPart::Here(PartHash([7; 32])));
    assert_eq!(kept.document.unwrap().readers, [GroupId::Team]);
    assert_eq!(kept.bytes_used, 100, "the second time costs nothing");
    let other = commit(store, vec![part(doc(1), 0, false, 8)]);
    assert_eq!(other, Err(RelayFailure::Outdated));
    let bytes = FoundPart::Bytes(vec![7; 100]);
    assert_eq!(found(store, &[GroupId::Team], name(doc(1), 0)), bytes);
}

pub(in crate::store) fn s12_a_blob_belongs_to_one_document_and_ends_once(store: &dyn Store) {
    prepare(store);
    commit(store, vec![part(doc(1), 1, false, 7)]).unwrap();
    let unfitting = [(doc(2), 0, false), (doc(1), 0, true)];
    for (doc, index, is_last) in unfitting {
        assert_eq!(
            known(store, name(doc, index), is_last).stored,
            StoredPart::Unfitting
        );
        let refused = commit(store, vec![part(doc, index, is_last, 7)]);
        assert_eq!(refused, Err(RelayFailure::Outdated), "{index}");
    }
    commit(store, vec![part(doc(1), 2, true, 7)]).unwrap();
    let beyond = [(3, false), (3, true)];
    for (index, is_last) in beyond {
        let refused = commit(store, vec![part(doc(1), index, is_last, 7)]);
        assert_eq!(refused, Err(RelayFailure::Outdated), "{index}");
    }
    let cut = state(store, &[GroupId::Team], doc(1));
    assert_eq!((cut.n_parts, cut.is_complete()), (Some(3), false));
    commit(store, vec![part(doc(1), 0, false, 7)]).unwrap();
    assert!(state(store, &[GroupId::Team], doc(1)).is_complete());
}

pub(in crate::store) fn s12_a_dropped_blob_is_gone_and_does_not_come_again(store: &dyn Store) {
    prepare(store);
    commit(store, vec![document(doc(2), 2, &[GroupId::Team])]).unwrap();
    let other = PartName {
        doc: doc(1),
        blob: BlobId([4; 16]),
        index: 0,
    };
    commit(store, vec![part(doc(1), 0, false, 7), part(doc(1), 1, true, 8)]).unwrap();
    commit(store, vec![put_part(other, true, &[9; 100])]).unwrap();
    let drop_parts = |of, blobs: &[BlobId]| RelayOperation::DropParts {
        network: NETWORK,
        doc: of,
        blobs: blobs.to_vec(),
    };
    // Whoever writes another document has nothing to say about this one's.
    commit(store, vec![drop_parts(doc(2), &[BLOB])]).unwrap();
    assert!(state(store, &[GroupId::Team], doc(1)).is_complete());
    // Of the last one nothing came yet.
    let later = PartName {
        blob: BlobId([5; 16]),
        ..other
    };
    for _ in 0..2 {
        commit(store, vec![drop_parts(doc(1), &[BLOB, later.blob])]).unwrap();
        assert_eq!(state(store, &[GroupId::Team], doc(1)).n_parts, None);
        assert_eq!(state(store, &[GroupId::Team], doc(1)).stored, PartSet::default());
        let kept = known(store, name(doc(1), 0), false);
        assert_eq!((kept.stored, kept.bytes_used), (StoredPart::Gone, 100));
    }
    let team = [GroupId::Team];
    assert_eq!(found(store, &team, name(doc(1), 0)), FoundPart::NotHere);
    assert_eq!(found(store, &team, other), FoundPart::Bytes(vec![9; 100]));
    for gone in [part(doc(1), 0, false, 7), put_part(later, true, &[1; 100])] {
        assert_eq!(commit(store, vec![gone]), Err(RelayFailure::Outdated));
    }
}

pub(in crate::store) fn s12_parts_are_given_to_who_reads_their_document(store: &dyn Store) {
    prepare(store);
    commit(store, vec![document(doc(2), 2, &[GroupId::Coord])]).unwrap();
    commit(store, vec![part(doc(1), 0, true, 7)]).unwrap();
    let team = [GroupId::Team];
    assert_eq!(found(store, &team, name(doc(1), 1)), FoundPart::NotHere);
    assert_eq!(
        found(store, &[GroupId::Coord], name(doc(1), 0)),
        FoundPart::NotReadable
    );
    assert_eq!(found(store, &team, name(doc(9), 0)), FoundPart::NotReadable);
    assert_eq!(
        found(store, &[GroupId::Coord], name(doc(2), 0)),
        FoundPart::NotHere
    );
    assert_eq!(state(store, &[GroupId::Coord], doc(1)).n_parts, None);
    assert_eq!(state(store, &[GroupId::Coord], doc(2)).n_parts, None);
    assert_eq!(state(store, &team, doc(1)).n_parts, Some(1));
}

pub(in crate::store) fn s12_no_transaction_holds_parts_and_entries(store: &dyn Store) {
    prepare(store);
    let usage = RelayOperation::SetFounding(shared::crypto::FoundingHash([1; 32]));
    let mixed = commit(store, vec![part(doc(1), 0, true, 7), usage.clone()]);
    assert_eq!(mixed, Err(RelayFailure::Failed));
    let mixed = commit(store, vec![usage, part(doc(1), 0, true, 7)]);
    assert_eq!(mixed, Err(RelayFailure::Failed));
    assert_eq!(known(store, name(doc(1), 0), true).stored, StoredPart::Free);
    assert_eq!(store.founding(), Ok(None));
}

pub(in crate::store) fn s17_parts_count_for_who_handed_them_in(store: &dyn Store) {
    prepare(store);
    commit(store, vec![part(doc(1), 0, false, 7), part(doc(1), 1, true, 7)]).unwrap();
    let known = judge(store, &[], &[], &[MemberId(0), MemberId(1)]);
    let counted: Vec<_> = known.part_bytes.into_iter().collect();
    assert_eq!(counted, [(MemberId(0), 200)]);
    assert_eq!(known.usage.len(), 0, "entries are counted apart");
}
