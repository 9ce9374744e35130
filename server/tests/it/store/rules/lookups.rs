//! What is looked up by name.

use super::ask::{backfill, chain_at, everything, forget, judge, mixed_log, page, reader, seqs, start};
use crate::store::make::{END, NETWORK, chain, change, commit, create, doc, document, entry, head, id, row};
use server::store::{Store, StoredPublication};
use shared::crypto::SignPublic;
use shared::entry::{GroupId, Kind};
use shared::id::{LogId, MemberId, Seq};
use shared::membership::DetachedHash;
use shared::storage::{Answer, Known, NetworkRow, PublicationRow, RelayFailure, RelayOperation, RelayQuery};

pub(in crate::store) fn judging_needs_only_what_it_names(store: &dyn Store) {
    mixed_log(store);
    assert_eq!(judge(store, &[], &[], &[]), Known::default());
    let known = judge(store, &[id(5), id(99)], &[doc(1), doc(9)], &[MemberId(0)]);
    assert_eq!(
        known.have.into_iter().collect::<Vec<_>>(),
        [(id(5), (Seq(5), chain(5)))]
    );
    assert_eq!(known.documents.keys().collect::<Vec<_>>(), [&doc(1)]);
    assert_eq!(known.usage.len(), 0);
}

pub(in crate::store) fn entries_are_found_by_seq_while_they_have_bytes(store: &dyn Store) {
    mixed_log(store);
    commit(store, vec![forget(3)]).unwrap();
    let query = RelayQuery::Entries {
        network: NETWORK,
        seqs: vec![Seq(5), Seq(3), Seq(2), Seq(5), Seq(99)],
    };
    let Answer::Entries(entries) = store.answer(&query).unwrap() else {
        panic!("not entries");
    };
    assert_eq!(seqs(&entries), [2, 5]);
    let query = RelayQuery::Network { network: NETWORK };
    let network = NetworkRow {
        log_id: LogId([7; 16]),
        head: Seq(6),
        chain: chain(6),
        records: [1, 6]
            .map(|seq| (Seq(seq), entry(seq, Kind::Membership, None, 100).bytes))
            .to_vec(),
        erasing: Vec::new(),
    };
    assert_eq!(store.answer(&query), Ok(Answer::Network(Some(network))));
}

pub(in crate::store) fn p3_a_forgotten_publication_keeps_its_place_in_the_log(store: &dyn Store) {
    mixed_log(store);
    commit(store, vec![forget(4)]).unwrap();
    let seen = page(store, &everything(), 0, END, 10, 1000);
    assert_eq!((seqs(&seen.entries), seen.upto), (vec![1, 2, 3, 5, 6], Seq(6)));
    assert_eq!(chain_at(store, 4), Some(chain(4)));
    assert_eq!(judge(store, &[id(4)], &[], &[]).have[&id(4)], (Seq(4), chain(4)));
    let slice = backfill(store, &[GroupId::Team], start(6), 1000);
    assert_eq!(seqs(&slice.entries), [2]);
}

pub(in crate::store) fn p3_the_site_reads_the_newest_publication_of_each_document(store: &dyn Store) {
    mixed_log(store);
    let published = |doc, seq, is_withdrawn| {
        let mut row = row(2, &[GroupId::Team]);
        row.publication = Some(PublicationRow {
            entry: id(seq),
            seq: Seq(seq),
            is_withdrawn,
            is_forgotten: false,
        });
        RelayOperation::PutDocument {
            network: NETWORK,
            doc,
            row,
        }
    };
    commit(
        store,
        vec![published(doc(1), 2, false), published(doc(2), 3, false)],
    )
    .unwrap();
    commit(store, vec![published(doc(2), 5, true), forget(3)]).unwrap();
    let shown = |doc, seq, is_withdrawn| StoredPublication {
        doc,
        seq: Seq(seq),
        is_withdrawn,
        bytes: Some(entry(seq, Kind::Publication, None, 100).bytes),
    };
    let all = store.publications(NETWORK, None, 10).unwrap();
    assert_eq!(all, [shown(doc(1), 2, false), shown(doc(2), 5, true)]);
    assert_eq!(store.publications(NETWORK, None, 1).unwrap(), all[..1]);
    assert_eq!(store.publications(NETWORK, Some(doc(1)), 10).unwrap(), all[1..]);
    assert_eq!(store.publications(NETWORK, Some(doc(2)), 10).unwrap(), []);
    let known = judge(store, &[], &[doc(2)], &[]);
    let newest = known.documents[&doc(2)].publication.unwrap();
    assert_eq!((newest.entry, newest.is_withdrawn), (id(5), true));
    // A store sees for itself which of them have ended.
    let is_forgotten = |doc| {
        let known = judge(store, &[], &[doc], &[]);
        known.documents[&doc].publication.unwrap().is_forgotten
    };
    assert!(!is_forgotten(doc(1)) && !newest.is_forgotten);
    commit(store, vec![forget(2)]).unwrap();
    assert!(is_forgotten(doc(1)) && !is_forgotten(doc(2)));
    commit(store, vec![published(doc(1), 4, false)]).unwrap();
    assert!(!is_forgotten(doc(1)));
}

pub(in crate::store) fn a_document_loses_the_readers_that_it_no_longer_names(store: &dyn Store) {
    mixed_log(store);
    commit(store, vec![document(doc(1), 2, &[GroupId::Coord])]).unwrap();
    let team = reader(&[GroupId::Team]);
    assert_eq!(seqs(&page(store, &team, 0, END, 10, 1000).entries), [1, 6]);
    assert_eq!(backfill(store, &[GroupId::Team], start(6), 1000).entries, []);
    assert_eq!(
        judge(store, &[], &[doc(1)], &[]).documents[&doc(1)],
        row(2, &[GroupId::Coord])
    );
}

pub(in crate::store) fn detached_parts_come_in_the_order_of_the_request(store: &dyn Store) {
    let hash = |number| DetachedHash([number; 32]);
    let put = |number, len| RelayOperation::PutDetached {
        network: NETWORK,
        hash: hash(number),
        bytes: vec![number; len],
    };
    commit(store, vec![create(NETWORK), put(1, 50), put(2, 50), put(2, 50)]).unwrap();
    let parts = |hashes: &[u8], bytes_max| {
        let query = RelayQuery::Detached {
            network: NETWORK,
            hashes: hashes.iter().map(|number| hash(*number)).collect(),
            bytes_max,
        };
        store.answer(&query).unwrap()
    };
    let (one, two) = ((hash(1), Some(vec![1; 50])), (hash(2), Some(vec![2; 50])));
    let all = vec![two.clone(), (hash(3), None), one];
    assert_eq!(parts(&[2, 3, 1], 100), Answer::Detached(all));
    // The first comes whatever its length.
    assert_eq!(parts(&[2, 1], 10), Answer::Detached(vec![two]));
}

pub(in crate::store) fn an_invitation_is_found_by_its_key(store: &dyn Store) {
    let key = SignPublic([5; 32]);
    let put = RelayOperation::PutInvitation {
        key,
        network: NETWORK,
    };
    commit(store, vec![create(NETWORK), put]).unwrap();
    let find = |key| store.answer(&RelayQuery::Invitation { key }).unwrap();
    assert_eq!(find(key), Answer::Invitation(Some(NETWORK)));
    assert_eq!(find(SignPublic([6; 32])), Answer::Invitation(None));
}

pub(in crate::store) fn what_is_not_there_is_no_error(store: &dyn Store) {
    assert_eq!(head(store, NETWORK), None);
    assert_eq!(chain_at(store, 0), None);
    assert_eq!(
        judge(store, &[id(1)], &[doc(1)], &[MemberId(1)]),
        Known::default()
    );
    let empty = page(store, &everything(), 4, END, 10, 1000);
    assert_eq!((empty.entries.len(), empty.upto), (0, Seq(4)));
    assert_eq!(backfill(store, &[GroupId::Team], start(1), 10).position, None);
    assert_eq!(store.networks().unwrap(), []);
    assert_eq!(store.publications(NETWORK, None, 10).unwrap(), []);
    assert_eq!(
        commit(store, vec![change(1, doc(1), 5)]),
        Err(RelayFailure::Failed)
    );
    let put = document(doc(1), 1, &[GroupId::Team]);
    assert_eq!(commit(store, vec![put]), Err(RelayFailure::Failed));
    let put = RelayOperation::PutInvitation {
        key: SignPublic([5; 32]),
        network: NETWORK,
    };
    assert_eq!(commit(store, vec![put]), Err(RelayFailure::Failed));
}
