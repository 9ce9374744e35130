//! Pages of the log, and backfills.

use super::ask::{backfill, everything, mixed_log, page, reader, seqs, start};
use crate::store::make::{END, NETWORK, chain, change, commit, create, doc, document, entry};
use server::store::Store;
use shared::entry::{GroupId, Kind};
use shared::id::{MemberId, Seq};

pub(in crate::store) fn s3_a_page_moves_past_what_the_reader_may_not_see(store: &dyn Store) {
    mixed_log(store);
    let nobody = reader(&[]);
    let seen = page(store, &nobody, 0, END, 10, 1000);
    assert_eq!(seqs(&seen.entries), [1, 6]);
    assert_eq!((seen.upto, seen.upto_chain), (Seq(6), chain(6)));
    let seen = page(store, &nobody, 1, END, 4, 1000);
    assert_eq!((seqs(&seen.entries), seen.upto), (vec![], Seq(5)));
    let team = page(store, &reader(&[GroupId::Team]), 0, END, 10, 1000);
    assert_eq!(seqs(&team.entries), [1, 2, 4, 6]);
    let both = page(store, &everything(), 0, END, 10, 1000);
    assert_eq!(seqs(&both.entries), [1, 2, 3, 4, 5, 6]);
    assert_eq!(both.entries[2].1, entry(3, Kind::Snapshot, None, 100).bytes);
}

pub(in crate::store) fn s3_a_page_ends_at_its_limits_of_rows_and_bytes(store: &dyn Store) {
    mixed_log(store);
    let rows = page(store, &everything(), 0, END, 2, 1000);
    assert_eq!((seqs(&rows.entries), rows.upto), (vec![1, 2], Seq(2)));
    // Each has 100 bytes: the second reaches the limit, and one alone may exceed it.
    let bytes = page(store, &everything(), 0, END, 10, 150);
    assert_eq!((seqs(&bytes.entries), bytes.upto_chain), (vec![1, 2], chain(2)));
    let one = page(store, &everything(), 2, END, 10, 1);
    assert_eq!((seqs(&one.entries), one.upto), (vec![3], Seq(3)));
    let end = page(store, &everything(), 6, END, 10, 1000);
    assert_eq!(
        (end.entries.len(), end.upto, end.upto_chain),
        (0, Seq(6), chain(6))
    );
}

pub(in crate::store) fn s7_a_page_ends_at_what_the_machine_knows_to_be_stored(store: &dyn Store) {
    mixed_log(store);
    let known = page(store, &everything(), 1, Seq(3), 10, 1000);
    assert_eq!((seqs(&known.entries), known.upto), (vec![2, 3], Seq(3)));
}

pub(in crate::store) fn s8_membership_only_until_the_backfill_takes_over(store: &dyn Store) {
    mixed_log(store);
    let mut reader = everything();
    reader.membership_only_upto = Seq(4);
    assert_eq!(seqs(&page(store, &reader, 0, END, 10, 1000).entries), [1, 5, 6]);
    reader.membership_only_upto = END;
    let unapproved = page(store, &reader, 0, END, 10, 1000);
    assert_eq!((seqs(&unapproved.entries), unapproved.upto), (vec![1, 6], Seq(6)));
}

pub(in crate::store) fn s9_a_backfill_goes_by_document_and_loses_nothing_between_pages(store: &dyn Store) {
    mixed_log(store);
    let groups = [GroupId::Team, GroupId::Coord];
    for bytes_max in [1, 100, 101, 250, 1000] {
        let mut position = start(6);
        let mut all = Vec::new();
        loop {
            let slice = backfill(store, &groups, position, bytes_max);
            all.extend(seqs(&slice.entries));
            match slice.position {
                Some(next) => position = next,
                None => break,
            }
        }
        // Documents of seq 3 and 2: the newest first, each oldest first.
        assert_eq!(all, [3, 5, 2, 4], "{bytes_max} bytes");
    }
    let first = backfill(store, &groups, start(6), 1);
    assert_eq!((seqs(&first.entries), first.documents_left), (vec![3], 1));
    // What was appended after the backfill began comes by pages.
    assert_eq!(seqs(&backfill(store, &groups, start(4), 1000).entries), [3, 2, 4]);
}

pub(in crate::store) fn s9_a_backfill_brings_each_document_once_to_who_reads_it_twice(store: &dyn Store) {
    let groups = [GroupId::Team, GroupId::Member(MemberId(2)), GroupId::Area(44021)];
    let operations = vec![
        create(NETWORK),
        change(1, doc(1), 5),
        document(doc(1), 1, &groups),
    ];
    commit(store, operations).unwrap();
    let all = backfill(store, &groups, start(1), 1000);
    assert_eq!((seqs(&all.entries), all.position), (vec![1], None));
    for group in groups {
        assert_eq!(seqs(&backfill(store, &[group], start(1), 1000).entries), [1]);
    }
    let others = [GroupId::Coord, GroupId::Member(MemberId(3)), GroupId::Area(44020)];
    assert_eq!(backfill(store, &others, start(1), 1000).entries, []);
    assert_eq!(backfill(store, &[], start(1), 1000).entries, []);
}
