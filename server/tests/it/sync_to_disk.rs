//! S5 seen from outside: the kernel was asked to bring an entry to the disk, and had answered, before its receipt
//! left.
//!
//! The server runs under `strace`. An entry is told by its id, which stands in the write-ahead log and in the
//! receipt; what `strace` wrote is read line by line:
//!
//! ```text
//! pwrite64(relay.sqlite-wal, …id…)  ──►  fdatasync(relay.sqlite-wal) = 0  ──►  sendto(socket, …id…)
//! ```

use crate::load::{Device, Server, answer, push};
use crate::store::make::Folder;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::entry::Entry;
use std::collections::BTreeMap;

/// Whatever brings bytes to a file, a file to the disk, or bytes to a socket.
const CALLS: &str = "trace=pwrite64,pwritev,pwritev2,fdatasync,fsync,write,writev,sendto,sendmsg,sendmmsg,sync_file_range,msync";

#[tokio::test]
async fn s5_an_entry_is_synced_to_the_disk_before_its_receipt_is_sent() {
    let folder = Folder::new();
    let (server, trace) = Server::start_watched(&folder.0, CALLS);
    let mut device = Device::found(&server, ChaCha20Rng::seed_from_u64(5)).await;
    let mut socket = device.connect(&server).await;
    let stories: Vec<[Entry; 2]> = (0..20).map(|_| device.story()).collect();
    for story in &stories {
        assert!(socket.say(&push(story)).await);
        let (stored, refused) = answer(&device, &mut socket).await.unwrap();
        assert_eq!((stored.len(), refused), (2, vec![]));
    }
    drop(server);
    let trace = trace.join().unwrap();
    for entry in stories.iter().flatten() {
        assert_eq!(order(&trace, &device.id(entry).0), Ok(()));
    }
}

/// What has become of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Nowhere,
    Written,
    Synced,
}

/// Follows an entry through a trace; the error is the line that came too early, or what did not come.
fn order(trace: &str, id: &[u8; 32]) -> Result<(), String> {
    let id = hexadecimal(id);
    let log = &hexadecimal(b"relay.sqlite-wal");
    let mut at = At::Nowhere;
    // Thread -> what it was doing when another's line came in between.
    let mut unfinished: BTreeMap<&str, bool> = BTreeMap::new();
    for line in trace.lines() {
        let Some((thread, line)) = line.split_once(' ') else {
            continue;
        };
        let line = line.trim_start();
        let is_sync_done =
            if line.starts_with("<... fdatasync resumed>") || line.starts_with("<... fsync resumed>") {
                unfinished.remove(thread).unwrap_or_default() && line.ends_with("= 0")
            } else if line.starts_with("fdatasync(") || line.starts_with("fsync(") {
                let is_of_written = at == At::Written && line.contains(log);
                if line.ends_with("<unfinished ...>") {
                    unfinished.insert(thread, is_of_written);
                    false
                } else {
                    is_of_written && line.ends_with("= 0")
                }
            } else {
                false
            };
        if is_sync_done {
            at = At::Synced;
        }
        if !line.contains(&id) {
            continue;
        }
        let is_log = line.split_once(',').is_some_and(|(file, _)| file.contains(log));
        match (line.starts_with("pwrite64("), at) {
            (true, _) if is_log => at = At::Written,
            (true, _) => {}
            (false, At::Synced) => return Ok(()),
            (false, At::Nowhere | At::Written) => return Err(format!("{at:?}: {line}")),
        }
    }
    Err(format!("{at:?}, and no receipt was sent"))
}

/// As `strace -xx` writes bytes.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

#[test]
fn a_receipt_that_leaves_too_early_is_noticed() {
    let id = [7; 32];
    let (id_text, log) = (hexadecimal(&id), hexadecimal(b"/data/relay.sqlite-wal"));
    let write = format!(r#"11 pwrite64(9<{log}>, "\x00{id_text}\x00", 34, 0) = 34"#);
    let sync = format!("11 fdatasync(9<{log}>) = 0");
    let [begins, ends] = [
        format!("11 fdatasync(9<{log}> <unfinished ...>"),
        "11 <... fdatasync resumed>)          = 0".to_owned(),
    ];
    let send = format!(
        r#"12 sendto(5<{}>, "\x82{id_text}", 33, MSG_NOSIGNAL, NULL, 0) = 33"#,
        hexadecimal(b"socket")
    );
    let judged = |lines: &[&str]| order(&lines.join("\n"), &id);
    assert_eq!(judged(&[&write, &sync, &send]), Ok(()));
    assert_eq!(judged(&[&write, &begins, &ends, &send]), Ok(()));
    for early in [
        &[&*write, &*send][..],
        &[&sync, &write, &send],
        &[&begins, &write, &ends, &send],
        &[&write, &begins, &send, &ends],
        &[
            &write,
            &sync.replace("= 0", "= -1 EIO (Input/output error)"),
            &send,
        ],
        &[&write, &sync],
        &[&send],
    ] {
        assert!(judged(early).is_err(), "{early:#?}");
    }
}
