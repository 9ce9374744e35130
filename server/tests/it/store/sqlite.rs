//! What is said of SQLite: it is as durable as it says, it refuses what it cannot keep, it goes on after trouble.

use super::make::{
    END, Folder, NETWORK, change, commit, create, doc, document, entry, hand_in, head, put_part,
};
use super::{config, open};
use rusqlite::Connection;
use server::store::{OpenError, SqliteConfig, SqliteStore, Store};
use shared::entry::{GroupId, Kind};
use shared::id::{BlobId, DocumentId, MediaHash, MemberId, Seq};
use shared::protocol::PartName;
use shared::storage::{Answer, NewEntry, NewMediumPart, Reader, RelayFailure, RelayOperation, RelayQuery};
use shared::time::Timestamp;

#[test]
fn s5_what_was_answered_is_there_after_opening_again() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK), change(1, doc(1), 50)]).unwrap();
    drop(store);
    let store = open(&folder);
    assert_eq!(head(&store, NETWORK), Some(Seq(1)));
    commit(&store, vec![change(2, doc(1), 50)]).unwrap();
}

#[test]
fn bytes_in_use_grow_with_what_is_kept_and_shrink_with_what_is_forgotten() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK)]).unwrap();
    let empty = store.bytes_used().unwrap();
    commit(&store, vec![change(1, doc(1), 100_000)]).unwrap();
    let filled = store.bytes_used().unwrap();
    assert!(filled > empty + 90_000, "{empty}, then {filled}");
    commit(&store, vec![forget(1)]).unwrap();
    let forgotten = store.bytes_used().unwrap();
    assert!(forgotten < empty + 50_000, "{filled}, then {forgotten}");
}

#[test]
fn s5_the_file_keeps_a_write_ahead_log_with_checks() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK)]).unwrap();
    let raw = Connection::open(folder.file()).unwrap();
    let text = |name: &str| -> String { raw.pragma_query_value(None, name, |row| row.get(0)).unwrap() };
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!(text("integrity_check"), "ok");
}

#[test]
fn s5_a_commit_that_fails_fails_its_whole_batch_and_the_next_goes_on() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK)]).unwrap();
    let raw = Connection::open(folder.file()).unwrap();
    // A reference that is checked by the COMMIT, and does not hold.
    raw.execute_batch(
        "CREATE TABLE trap (slug TEXT REFERENCES network (slug) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER spring AFTER INSERT ON log WHEN NEW.seq = 2
             BEGIN INSERT INTO trap VALUES ('of nobody'); END;
         BEGIN IMMEDIATE",
    )
    .unwrap();
    // One waits for the lock by itself, or with others: at least the last two share a commit.
    let first = hand_in(&store, vec![forget(9)]);
    let batch = [1, 2].map(|seq| hand_in(&store, vec![change(seq, doc(1), 5)]));
    raw.execute_batch("COMMIT").unwrap();
    first.recv().unwrap().ok();
    let outcomes = batch.map(|outcome| outcome.recv().unwrap());
    assert_eq!(outcomes[1], Err(RelayFailure::Failed));
    let kept = u64::from(outcomes[0].is_ok());
    assert_eq!(head(&store, NETWORK), Some(Seq(kept)));
    raw.execute_batch("DROP TRIGGER spring").unwrap();
    for seq in kept + 1..=3 {
        commit(&store, vec![change(seq, doc(1), 5)]).unwrap();
    }
    assert_eq!(head(&store, NETWORK), Some(Seq(3)));
}

#[test]
fn those_that_queue_up_behind_a_lock_share_a_commit_and_fail_alone() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK)]).unwrap();
    let raw = Connection::open(folder.file()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting: Vec<_> = [1, 2, 2, 7, 3, 4]
        .map(|seq| hand_in(&store, vec![change(seq, doc(1), 5)]))
        .into();
    assert!(waiting.iter().all(|outcome| outcome.try_recv().is_err()));
    // Questions do not wait for who writes.
    assert_eq!(head(&store, NETWORK), Some(Seq(0)));
    raw.execute_batch("COMMIT").unwrap();
    let outcomes: Vec<_> = waiting
        .iter()
        .map(|outcome| outcome.recv().unwrap().is_ok())
        .collect();
    assert_eq!(outcomes, [true, true, false, false, true, true]);
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_serves_again_when_there_is_room() {
    let folder = Folder::new();
    let small = SqliteConfig {
        bytes_max: Some(400 * 1024),
        ..config(&folder)
    };
    let store = SqliteStore::open(small).unwrap();
    commit(&store, vec![create(NETWORK)]).unwrap();
    let mut stored = 0;
    let outcome = loop {
        match commit(&store, vec![change(stored + 1, doc(1), 20_000)]) {
            Ok(()) => stored += 1,
            Err(failure) => break failure,
        }
    };
    assert_eq!(outcome, RelayFailure::Full);
    assert!(stored > 5, "only {stored} before it was full");
    assert_eq!(head(&store, NETWORK), Some(Seq(stored)));
    // One that does not fit takes none with it that does, also in one commit.
    let raw = Connection::open(folder.file()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let outcomes = [
        hand_in(&store, vec![forget(1)]),
        hand_in(&store, vec![forget(2)]),
        hand_in(&store, vec![change(stored + 1, doc(1), 900_000)]),
        hand_in(&store, vec![change(stored + 1, doc(1), 20_000)]),
    ];
    raw.execute_batch("COMMIT").unwrap();
    let outcomes = outcomes.map(|outcome| outcome.recv().unwrap());
    assert_eq!(outcomes, [Ok(()), Ok(()), Err(RelayFailure::Full), Ok(())]);
    assert_eq!(head(&store, NETWORK), Some(Seq(stored + 1)));
    drop(store);
    let store = open(&folder);
    let query = RelayQuery::Entries {
        network: NETWORK,
        seqs: (1..=stored + 1).map(Seq).collect(),
    };
    let Answer::Entries(entries) = store.answer(&query).unwrap() else {
        panic!("not entries");
    };
    assert_eq!(entries.len() as u64, stored - 1);
    commit(&store, vec![change(stored + 2, doc(1), 900_000)]).unwrap();
}

#[test]
fn files_of_others_and_of_newer_servers_are_refused() {
    let folder = Folder::new();
    let raw = Connection::open(folder.file()).unwrap();
    raw.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    assert!(matches!(
        SqliteStore::open(config(&folder)),
        Err(OpenError::NotOurs)
    ));
    let folder = Folder::new();
    drop(open(&folder));
    let raw = Connection::open(folder.file()).unwrap();
    raw.execute_batch("PRAGMA user_version = 9").unwrap();
    let refused = SqliteStore::open(config(&folder));
    assert!(matches!(refused, Err(OpenError::Newer { found: 9, known: 3 })));
}

/// Each released version, as it was: what an older server stored is there, and newer tables too.
#[test]
fn w6_a_file_of_an_older_server_is_brought_forward() {
    let folder = Folder::new();
    let raw = Connection::open(folder.file()).unwrap();
    raw.execute_batch(include_str!("../../../src/store/sqlite/schema/1.sql"))
        .unwrap();
    raw.execute_batch("PRAGMA application_id = 0x41616e7a; PRAGMA user_version = 1;")
        .unwrap();
    let zeros = |len: usize| format!("x'{}'", "07".repeat(len));
    raw.execute_batch(&format!(
        "INSERT INTO network VALUES ({network}, {log}, 1, {log}, 'n', 'n');
         INSERT INTO log VALUES ({network}, 1, {network}, {log}, 4, {log}, 3, x'0102');",
        network = zeros(32),
        log = zeros(16)
    ))
    .unwrap();
    drop(raw);
    let store = open(&folder);
    assert_eq!(head(&store, NETWORK), Some(Seq(1)));
    let snapshot = change(2, DocumentId([7; 16]), 10);
    let supersede = RelayOperation::Supersede {
        network: NETWORK,
        by: Seq(2),
        upto: Seq(1),
        entries: vec![Seq(1)],
        at: Timestamp(0),
    };
    commit(&store, vec![snapshot, supersede]).unwrap();
}

#[test]
fn two_processes_at_one_file_do_not_give_a_seq_twice() {
    let folder = Folder::new();
    let (one, other) = (open(&folder), open(&folder));
    commit(&one, vec![create(NETWORK)]).unwrap();
    let expect = |head| RelayOperation::ExpectHead {
        network: NETWORK,
        head: Seq(head),
    };
    commit(&one, vec![expect(0), change(1, doc(1), 5)]).unwrap();
    let late = vec![expect(0), change(1, doc(1), 6)];
    assert_eq!(commit(&other, late), Err(RelayFailure::Outdated));
    commit(&other, vec![expect(1), change(2, doc(1), 6)]).unwrap();
    assert_eq!(head(&one, NETWORK), Some(Seq(2)));
}

#[test]
fn s3_a_page_of_a_long_log_begins_where_it_is_asked() {
    let folder = Folder::new();
    let store = open(&folder);
    let mut operations = vec![create(NETWORK), document(doc(1), 1, &[GroupId::Team])];
    operations.extend((1..=3000).map(|seq| change(seq, doc(1), 10)));
    commit(&store, operations).unwrap();
    let query = RelayQuery::Page {
        network: NETWORK,
        reader: Reader {
            groups: vec![GroupId::Team],
            membership_only_upto: Seq(0),
        },
        after: Seq(2990),
        upto: END,
        rows_max: 10_000,
        bytes_max: 1 << 20,
    };
    let Answer::Page(page) = store.answer(&query).unwrap() else {
        panic!("not a page");
    };
    assert_eq!((page.entries.len(), page.upto), (10, Seq(3000)));
}

/// Not in the file, where it is overwritten, and not in the write-ahead log.
#[test]
fn e6_what_is_taken_back_is_in_none_of_the_files() {
    let folder = Folder::new();
    let store = open(&folder);
    commit(&store, vec![create(NETWORK)]).unwrap();
    let marker = [&b"MARKER-"[..], &[7; 90_000]].concat();
    let entry = NewEntry {
        bytes: marker.clone(),
        ..entry(1, Kind::Publication, Some(doc(1)), 0)
    };
    let publication = RelayOperation::Append {
        network: NETWORK,
        entry,
    };
    let part = NewMediumPart {
        doc: doc(1),
        hash: MediaHash([3; 32]),
        size: 90_007,
        index: 0,
        member: MemberId(0),
        bytes: marker,
    };
    let photo = RelayOperation::PutMedium {
        network: NETWORK,
        part,
    };
    commit(&store, vec![publication]).unwrap();
    commit(&store, vec![photo]).unwrap();
    let n_found = || n_files_with_marker(&folder);
    assert!(n_found() >= 2, "the search finds what is there");
    let dropped = RelayOperation::DropMedia {
        network: NETWORK,
        doc: doc(1),
        but: Vec::new(),
    };
    commit(&store, vec![forget(1)]).unwrap();
    commit(&store, vec![dropped.clone()]).unwrap();
    // The next one is carried out only after the log was emptied.
    commit(&store, vec![change(2, doc(1), 5)]).unwrap();
    commit(&store, vec![dropped]).unwrap();
    assert_eq!(n_found(), 0);
}

/// Superseded, living, and a photo: nothing of an erased document is left.
#[test]
fn e6_what_is_erased_is_in_none_of_the_files() {
    let folder = Folder::new();
    let store = open(&folder);
    let marker = [&b"MARKER-"[..], &[7; 90_000]].concat();
    let written = |seq| RelayOperation::Append {
        network: NETWORK,
        entry: NewEntry {
            bytes: marker.clone(),
            ..entry(seq, Kind::Snapshot, Some(doc(1)), 0)
        },
    };
    let supersede = RelayOperation::Supersede {
        network: NETWORK,
        by: Seq(2),
        upto: Seq(1),
        entries: vec![Seq(1)],
        at: Timestamp(1),
    };
    let part = PartName {
        doc: doc(1),
        blob: BlobId([5; 16]),
        index: 0,
    };
    commit(
        &store,
        vec![create(NETWORK), document(doc(1), 1, &[GroupId::Team])],
    )
    .unwrap();
    commit(&store, vec![written(1), written(2), supersede]).unwrap();
    commit(&store, vec![put_part(part, true, &marker)]).unwrap();
    assert!(
        n_files_with_marker(&folder) >= 2,
        "the search finds what is there"
    );
    let erase = RelayOperation::Erase {
        network: NETWORK,
        doc: doc(1),
        by: Seq(3),
    };
    let drop_blobs = RelayOperation::DropBlobs {
        network: NETWORK,
        doc: doc(1),
    };
    let drop_parts = RelayOperation::DropParts {
        network: NETWORK,
        doc: doc(1),
        blobs: vec![part.blob],
    };
    let before = n_files_with_marker(&folder);
    commit(&store, vec![drop_parts.clone()]).unwrap();
    commit(&store, vec![drop_parts]).unwrap();
    assert_eq!(
        n_files_with_marker(&folder),
        before - 1,
        "nothing of the part is left"
    );
    let notice = RelayOperation::Append {
        network: NETWORK,
        entry: entry(3, Kind::Erase, Some(doc(1)), 9),
    };
    commit(&store, vec![notice, erase]).unwrap();
    commit(&store, vec![drop_blobs.clone()]).unwrap();
    // The next one is carried out only after the log was emptied.
    commit(&store, vec![change(4, doc(2), 5)]).unwrap();
    commit(&store, vec![drop_blobs]).unwrap();
    assert_eq!(n_files_with_marker(&folder), 0);
}

fn n_files_with_marker(folder: &Folder) -> usize {
    let files = std::fs::read_dir(&folder.0).unwrap();
    let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    bytes
        .filter(|bytes| bytes.windows(7).any(|window| window == b"MARKER-"))
        .count()
}

fn forget(seq: u64) -> RelayOperation {
    RelayOperation::Forget {
        network: NETWORK,
        seq: Seq(seq),
    }
}
