//! A writer that is killed at a random moment, again and again: what it said to be stored is stored.
//!
//! A killed process leaves the page cache behind, so this shows that transactions are whole and answered after
//! their commit; that the commit waits for the disk is what the settings say, which are read back at every start.

use super::make::{Folder, NETWORK, change, create, doc, document, hand_in, head, put_part};
use super::open;
use rusqlite::Connection;
use server::store::{SqliteConfig, SqliteStore, Store};
use shared::entry::GroupId;
use shared::id::{BlobId, Seq};
use shared::protocol::{BlobName, PartName};
use shared::storage::{Answer, RelayQuery};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Tells the process that writes which file it writes.
const FILE_VARIABLE: &str = "AANZET_CRASH_FILE";

/// Rounds of writing and killing.
const ROUNDS: u32 = 20;

/// Most transactions that a round waits for before it kills.
const STORED_MAX: u32 = 60;

/// Parts of one blob, which never ends.
const BLOB_PARTS: u64 = 500;

/// One part for each entry.
fn part_name(number: u64) -> PartName {
    PartName {
        doc: doc(1),
        blob: BlobId([u8::try_from(number / BLOB_PARTS).unwrap(); 16]),
        index: u32::try_from(number % BLOB_PARTS).unwrap(),
    }
}

#[test]
fn s5_killed_at_any_moment_it_keeps_all_that_it_answered() {
    let folder = Folder::new();
    let begin = vec![create(NETWORK), document(doc(1), 1, &[GroupId::Team])];
    super::make::commit(&open(&folder), begin).unwrap();
    let mut random = std::process::id();
    for round in 0..ROUNDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let answered = write_and_kill(&folder, (random >> 16) % STORED_MAX);
        let store = open(&folder);
        let stored = head(&store, NETWORK).unwrap();
        assert!(
            stored >= answered,
            "round {round}: {answered} answered, {stored} stored"
        );
        let blobs = (0..=answered.0 / BLOB_PARTS).map(|blob| BlobName {
            doc: doc(1),
            blob: part_name(blob * BLOB_PARTS).blob,
        });
        let parts = RelayQuery::Blobs {
            network: NETWORK,
            groups: vec![GroupId::Team],
            blobs: blobs.collect(),
        };
        let Answer::Blobs(parts) = store.answer(&parts).unwrap() else {
            panic!("not blobs");
        };
        // S12: a part was said to be stored together with the entry of its number.
        let is_stored = |number: &u64| {
            let name = part_name(*number);
            let blob = parts.iter().find(|state| state.blob == name.blob);
            blob.is_some_and(|blob| blob.stored.contains(name.index))
        };
        let missing = (1..=answered.0).find(|number| !is_stored(number));
        assert_eq!(missing, None, "round {round}: {answered} answered");
        let query = RelayQuery::Entries {
            network: NETWORK,
            seqs: (1..=stored.0).map(Seq).collect(),
        };
        let Answer::Entries(entries) = store.answer(&query).unwrap() else {
            panic!("not entries");
        };
        assert_eq!(entries.len() as u64, stored.0, "round {round}");
        for file in [folder.file(), folder.file().with_file_name("blobs.sqlite")] {
            let raw = Connection::open(file).unwrap();
            let check: String = raw
                .pragma_query_value(None, "integrity_check", |row| row.get(0))
                .unwrap();
            assert_eq!(check, "ok", "round {round}");
        }
    }
}

/// Kills a writer after it has answered `n_stored` times; returns the last seq that it said to be stored.
fn write_and_kill(folder: &Folder, n_stored: u32) -> Seq {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "store::crash::writes_until_it_is_killed",
            "--nocapture",
        ])
        .env(FILE_VARIABLE, folder.file())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut answered = lines.filter_map(|line| line.unwrap().strip_prefix("stored ")?.parse().ok());
    let mut last = 0;
    for _ in 0..=n_stored {
        last = answered.next().unwrap();
    }
    writer.kill().unwrap();
    // What it said before it died counts too.
    last = answered.last().unwrap_or(last);
    writer.wait().unwrap();
    Seq(last)
}

/// The process that is killed; without a file it is the test that nothing is to be done.
#[test]
fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE_VARIABLE).map(PathBuf::from) else {
        return;
    };
    let bytes_max = None;
    let store = SqliteStore::open(SqliteConfig { file, bytes_max }).unwrap();
    let mut next = head(&store, NETWORK).unwrap().0 + 1;
    // Parts have a file of their own: some of the last may have died with the writer before.
    for number in next.saturating_sub(10).max(1)..next {
        let part = put_part(part_name(number), false, &[7]);
        super::make::commit(&store, vec![part]).unwrap();
    }
    let mut waiting = VecDeque::new();
    let mut out = std::io::stdout();
    loop {
        // Some in flight, of different sizes: they share commits and spill over pages.
        while waiting.len() < 5 {
            let len = usize::try_from(next % 7).unwrap() * 1500;
            let part = put_part(part_name(next), false, &vec![7; 1 + len]);
            let both = [vec![change(next, doc(1), len)], vec![part]];
            waiting.push_back((next, both.map(|one| hand_in(&store, one))));
            next += 1;
        }
        let (seq, outcomes) = waiting.pop_front().unwrap();
        outcomes
            .iter()
            .for_each(|outcome| outcome.recv().unwrap().unwrap());
        // A line of its own, also after what the test harness has said.
        writeln!(out, "\nstored {seq}").unwrap();
    }
}
