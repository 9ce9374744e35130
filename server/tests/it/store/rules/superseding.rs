//! Snapshots that stand for earlier entries of their documents.

use super::ask::{backfill, everything, judge, living, page, seqs, start};
use crate::store::make::{END, NETWORK, append, change, commit, create, doc, document, entry, head, id};
use server::store::Store;
use shared::entry::{GroupId, Kind};
use shared::id::{DeviceId, Seq};
use shared::storage::{LivingEntry, LogPage, RelayOperation};
use shared::time::Timestamp;

/// A log of seven entries, 100 bytes each: a document's birth at 1, its content at 2, 3 and 5, another document's
/// change at 4, and a snapshot at 6, after which the document has a change at 7.
fn settled_log(store: &dyn Store) {
    let of_document = |seq, kind| append(entry(seq, kind, Some(doc(1)), 100));
    let operations = vec![
        create(NETWORK),
        of_document(1, Kind::Document),
        of_document(2, Kind::Snapshot),
        change(3, doc(1), 100),
        change(4, doc(2), 100),
        change(5, doc(1), 100),
        of_document(6, Kind::Snapshot),
        supersede(6, 3, &[2, 3], 1_000),
        change(7, doc(1), 100),
        document(doc(1), 1, &[GroupId::Team]),
        document(doc(2), 4, &[GroupId::Team]),
    ];
    commit(store, operations).unwrap();
}

fn supersede(by: u64, upto: u64, entries: &[u64], at: u64) -> RelayOperation {
    RelayOperation::Supersede {
        network: NETWORK,
        by: Seq(by),
        upto: Seq(upto),
        entries: entries.iter().copied().map(Seq).collect(),
        at: Timestamp(at),
    }
}

fn expire(store: &dyn Store, before: u64) {
    let expire = RelayOperation::Expire {
        network: NETWORK,
        before: Timestamp(before),
    };
    commit(store, vec![expire]).unwrap();
}

fn pages(store: &dyn Store, after: u64, bytes_max: usize) -> LogPage {
    page(store, &everything(), after, END, 10, bytes_max)
}

pub(in crate::store) fn s10_what_a_snapshot_supersedes_is_left_out_of_its_page(store: &dyn Store) {
    settled_log(store);
    let all = pages(store, 0, 1000);
    assert_eq!(seqs(&all.entries), [1, 4, 5, 6, 7]);
    assert_eq!((all.upto, all.missing_until), (Seq(7), Seq(0)));
    assert_eq!(all.covers.into_iter().collect::<Vec<_>>(), [(Seq(6), Seq(3))]);
    let nobody = page(store, &super::ask::reader(&[]), 0, END, 10, 1000);
    assert_eq!((seqs(&nobody.entries), nobody.upto), (vec![], Seq(7)));
}

pub(in crate::store) fn s10_a_page_that_ends_before_the_snapshot_brings_what_it_supersedes(
    store: &dyn Store,
) {
    settled_log(store);
    // By rows, by what the machine knows, and by bytes: what may have to be sent counts until the snapshot is there.
    let rows = page(store, &everything(), 0, END, 5, 1000);
    assert_eq!((seqs(&rows.entries), rows.upto), (vec![1, 2, 3, 4, 5], Seq(5)));
    let known = page(store, &everything(), 0, Seq(5), 10, 1000);
    assert_eq!(seqs(&known.entries), [1, 2, 3, 4, 5]);
    let bytes = pages(store, 0, 350);
    assert_eq!((seqs(&bytes.entries), bytes.upto), (vec![1, 2, 3, 4], Seq(4)));
    let rest = pages(store, 4, 1000);
    assert_eq!(seqs(&rest.entries), [5, 6, 7]);
}

pub(in crate::store) fn s10_a_backfill_brings_what_lived_when_it_began(store: &dyn Store) {
    settled_log(store);
    let groups = [GroupId::Team];
    let after = backfill(store, &groups, start(7), 1000);
    assert_eq!(seqs(&after.entries), [4, 1, 5, 6, 7]);
    assert_eq!(after.superseding.into_iter().collect::<Vec<_>>(), [Seq(6)]);
    // The snapshot comes to this device by a page, without its body.
    let before = backfill(store, &groups, start(5), 1000);
    assert_eq!(seqs(&before.entries), [4, 1, 2, 3, 5]);
}

pub(in crate::store) fn s10_judging_is_told_what_no_snapshot_superseded(store: &dyn Store) {
    settled_log(store);
    let lives = |seq| LivingEntry {
        seq: Seq(seq),
        id: id(seq),
        by: DeviceId(3),
        len: 100,
    };
    assert_eq!(living(store, doc(1)), [lives(5), lives(6), lives(7)]);
    assert_eq!(living(store, doc(3)), []);
}

pub(in crate::store) fn s10_what_was_superseded_long_ago_loses_its_bytes_and_nothing_else(store: &dyn Store) {
    settled_log(store);
    expire(store, 1_000);
    assert_eq!(seqs(&pages(store, 0, 350).entries), [1, 2, 3, 4]);
    expire(store, 1_001);
    expire(store, 2_000);
    let first = page(store, &everything(), 0, Seq(5), 10, 1000);
    assert_eq!(
        (seqs(&first.entries), first.missing_until),
        (vec![1, 4, 5], Seq(6))
    );
    let all = pages(store, 0, 1000);
    assert_eq!(
        (seqs(&all.entries), all.missing_until),
        (vec![1, 4, 5, 6, 7], Seq(0))
    );
    let early = backfill(store, &[GroupId::Team], start(5), 1000);
    assert_eq!(seqs(&early.entries), [4, 1, 5]);
    assert_eq!(judge(store, &[id(2), id(3)], &[], &[]).have.len(), 2);
    assert_eq!(living(store, doc(1)).len(), 3);
    assert_eq!(head(store, NETWORK), Some(Seq(7)));
}

pub(in crate::store) fn s10_an_entry_stays_superseded_by_the_first_snapshot(store: &dyn Store) {
    settled_log(store);
    let again = vec![
        append(entry(8, Kind::Snapshot, Some(doc(1)), 100)),
        supersede(8, 5, &[2, 3, 5], 9_000),
    ];
    commit(store, again).unwrap();
    assert_eq!(
        seqs(&backfill(store, &[GroupId::Team], start(6), 1000).entries),
        [4, 1, 5, 6]
    );
    expire(store, 2_000);
    assert_eq!(seqs(&pages(store, 1, 250).entries), [4, 5, 6]);
}
