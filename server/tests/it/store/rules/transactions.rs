//! Transactions: whole, in order, counted.

use super::ask::{chain_at, everything, judge, page, seqs};
use crate::store::make::{
    END, NETWORK, chain, change, commit, create, doc, document, entry, hand_in, head, id, row,
};
use server::store::Store;
use shared::crypto::FoundingHash;
use shared::entry::{GroupId, Kind};
use shared::id::{Chain, LogId, MemberId, NetworkId, Seq};
use shared::storage::{Known, RelayFailure, RelayOperation, Usage};

pub(in crate::store) fn s1_a_seq_follows_the_head_and_nothing_else(store: &dyn Store) {
    commit(store, vec![create(NETWORK), change(1, doc(1), 5)]).unwrap();
    for wrong in [0, 1, 3, u64::MAX] {
        let outcome = commit(store, vec![change(wrong, doc(1), 5)]);
        assert_eq!(outcome, Err(RelayFailure::Failed), "seq {wrong}");
    }
    commit(store, vec![change(2, doc(1), 5)]).unwrap();
    assert_eq!(head(store, NETWORK), Some(Seq(2)));
    assert_eq!(chain_at(store, 0), Some(Chain([0; 16])));
    assert_eq!(chain_at(store, 1), Some(chain(1)));
    assert_eq!(chain_at(store, 2), Some(chain(2)));
    assert_eq!(chain_at(store, 3), None);
}

pub(in crate::store) fn s1_an_outdated_head_refuses_the_whole_transaction(store: &dyn Store) {
    commit(store, vec![create(NETWORK), change(1, doc(1), 5)]).unwrap();
    let expect = |head| RelayOperation::ExpectHead {
        network: NETWORK,
        head: Seq(head),
    };
    let late = vec![document(doc(2), 1, &[]), expect(0), change(2, doc(1), 5)];
    assert_eq!(commit(store, late), Err(RelayFailure::Outdated));
    assert_eq!(head(store, NETWORK), Some(Seq(1)));
    assert_eq!(judge(store, &[], &[doc(2)], &[]).documents.len(), 0);
    commit(store, vec![expect(1), change(2, doc(1), 5), expect(2)]).unwrap();
}

pub(in crate::store) fn s1_networks_count_each_for_itself(store: &dyn Store) {
    let other = NetworkId([8; 32]);
    let twin = RelayOperation::Append {
        network: other,
        entry: entry(1, Kind::Incremental, Some(doc(1)), 9),
    };
    let operations = vec![
        create(NETWORK),
        create(other),
        change(1, doc(1), 5),
        twin,
        change(2, doc(1), 5),
    ];
    commit(store, operations).unwrap();
    commit(store, vec![document(doc(1), 1, &[GroupId::Team])]).unwrap();
    assert_eq!(head(store, NETWORK), Some(Seq(2)));
    assert_eq!(head(store, other), Some(Seq(1)));
    assert_eq!(
        seqs(&page(store, &everything(), 0, END, 10, 1000).entries),
        [1, 2]
    );
    let ids: Vec<_> = store
        .networks()
        .unwrap()
        .into_iter()
        .map(|found| found.network)
        .collect();
    assert_eq!(ids, [NETWORK, other]);
}

pub(in crate::store) fn a_transaction_is_stored_whole_or_not_at_all(store: &dyn Store) {
    commit(store, vec![create(NETWORK)]).unwrap();
    let usage = Usage {
        bytes: 5,
        documents: 1,
    };
    let pay = RelayOperation::PutUsage {
        network: NETWORK,
        member: MemberId(1),
        usage,
    };
    let whole = vec![document(doc(1), 1, &[GroupId::Team]), change(1, doc(1), 5), pay];
    let mut twice = whole.clone();
    twice.push(change(1, doc(1), 5));
    assert_eq!(commit(store, twice), Err(RelayFailure::Failed));
    assert_eq!(
        judge(store, &[id(1)], &[doc(1)], &[MemberId(1)]),
        Known::default()
    );
    commit(store, whole).unwrap();
    let known = judge(store, &[id(1)], &[doc(1)], &[MemberId(1)]);
    assert_eq!(known.have[&id(1)], (Seq(1), chain(1)));
    assert_eq!(known.documents[&doc(1)], row(1, &[GroupId::Team]));
    assert_eq!(known.usage[&MemberId(1)], usage);
}

pub(in crate::store) fn one_that_fails_takes_no_other_with_it(store: &dyn Store) {
    commit(store, vec![create(NETWORK)]).unwrap();
    let outcomes: Vec<_> = [1, 2, 2, 9, 3, 4]
        .map(|seq| hand_in(store, vec![change(seq, doc(1), 5)]))
        .into_iter()
        .map(|outcome| outcome.recv().unwrap().is_ok())
        .collect();
    assert_eq!(outcomes, [true, true, false, false, true, true]);
    assert_eq!(head(store, NETWORK), Some(Seq(4)));
}

pub(in crate::store) fn transactions_are_carried_out_in_the_order_of_handing_in(store: &dyn Store) {
    commit(store, vec![create(NETWORK)]).unwrap();
    let outcomes: Vec<_> = (1..=300)
        .map(|seq| hand_in(store, vec![change(seq, doc(1), 5)]))
        .collect();
    assert!(
        outcomes
            .into_iter()
            .all(|outcome| outcome.recv().unwrap().is_ok())
    );
    assert_eq!(head(store, NETWORK), Some(Seq(300)));
}

pub(in crate::store) fn a_network_and_its_slug_are_made_once(store: &dyn Store) {
    commit(store, vec![create(NETWORK), change(1, doc(1), 5)]).unwrap();
    assert_eq!(commit(store, vec![create(NETWORK)]), Err(RelayFailure::Outdated));
    let mut same_slug = create(NETWORK);
    if let RelayOperation::CreateNetwork(new) = &mut same_slug {
        new.network = NetworkId([8; 32]);
    }
    assert_eq!(commit(store, vec![same_slug]), Err(RelayFailure::Outdated));
    let found = store.networks().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].log_id, &*found[0].slug), (LogId([7; 16]), "n7"));
    assert_eq!(head(store, NETWORK), Some(Seq(1)));
}

pub(in crate::store) fn the_founding_code_burns_once(store: &dyn Store) {
    let (old, new) = (FoundingHash([1; 32]), FoundingHash([2; 32]));
    assert_eq!(store.founding().unwrap(), None);
    commit(store, vec![RelayOperation::SetFounding(old)]).unwrap();
    commit(store, vec![RelayOperation::SetFounding(new)]).unwrap();
    assert_eq!(store.founding().unwrap(), Some(new));
    let found = |code| vec![RelayOperation::BurnFounding(code), create(NETWORK)];
    assert_eq!(commit(store, found(old)), Err(RelayFailure::Outdated));
    commit(store, found(new)).unwrap();
    assert_eq!(store.founding().unwrap(), None);
    assert_eq!(commit(store, found(new)), Err(RelayFailure::Outdated));
}

pub(in crate::store) fn a_stopped_store_refuses(store: &dyn Store) {
    let last = hand_in(store, vec![create(NETWORK)]);
    store.stop();
    assert_eq!(last.recv().unwrap(), Ok(()));
    assert_eq!(
        commit(store, vec![change(1, doc(1), 5)]),
        Err(RelayFailure::Failed)
    );
    store.stop();
}
