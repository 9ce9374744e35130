//! The relay as a program: a socket, a store on the disk, a process that dies.

use crate::load::{Device, Server, Socket, answer, push};
use crate::store::make::Folder;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::entry::Entry;
use shared::id::{EntryId, Seq};
use shared::protocol::{PUSHES_UNANSWERED_MAX, Refusal};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error;

/// How often the relay dies.
const KILLS: u64 = 100;

#[tokio::test]
async fn w2_a_socket_opens_only_for_the_pages_of_the_public_address() {
    let folder = Folder::new();
    let server = Server::start(&folder.0);
    for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
        let Err(Error::Http(answer)) = Socket::open(&server.url, origin).await else {
            panic!("{origin} opened a socket");
        };
        assert_eq!(answer.status(), 403, "{origin}");
    }
    Socket::open(&server.url, &server.url).await.unwrap();
    let other_name = server.url.replace("127.0.0.1", "localhost");
    Socket::open(&server.url, &other_name).await.unwrap();
}

/// What is said in two messages, a welcome and the page after it, does not wait for the phone to acknowledge the
/// first: that takes it a twenty-fifth of a second.
#[tokio::test]
async fn small_messages_leave_at_once() {
    let folder = Folder::new();
    let (server, trace) = Server::start_watched(&folder.0, "trace=accept4,setsockopt");
    Socket::open(&server.url, &server.url).await.unwrap();
    drop(server);
    let trace = trace.join().unwrap();
    let is_set = |line: &str| line.contains("TCP_NODELAY, [1]") && line.ends_with("= 0");
    assert!(trace.lines().any(is_set), "{trace}");
}

/// Else a host who restarts it waits until it is ended by force, with the site gone meanwhile.
#[tokio::test]
async fn who_reads_no_further_does_not_hold_the_program_up() {
    let folder = Folder::new();
    let app = folder.0.join("app");
    fs::create_dir(&app).unwrap();
    fs::write(app.join("index.html"), "Aanzet").unwrap();
    // More than all that lies between the two can hold.
    fs::write(app.join("core.wasm"), vec![0; 64 << 20]).unwrap();
    let mut server = Server::start_with(&folder.0, &["--app-dir".as_ref(), app.as_os_str()]);
    let address = server.url.strip_prefix("http://").unwrap();
    let mut reader = TcpStream::connect(address).unwrap();
    let request = format!("GET /app/core.wasm HTTP/1.1\r\nHost: {address}\r\n\r\n");
    reader.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 15];
    reader.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    let stopped = tokio::time::timeout(Duration::from_secs(60), stopped).await;
    assert!(
        stopped
            .expect("it waits for who reads no further")
            .unwrap()
            .success()
    );
    drop(reader);
}

/// Every receipt that was given is honoured: the entry is there, at its seq, whatever died in between.
#[tokio::test]
async fn s5_every_receipt_is_honoured_after_kill_9_under_load() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0);
    let mut device = Device::found(&server, ChaCha20Rng::seed_from_u64(1)).await;
    let mut n_receipts = 0;
    for round in 0..KILLS {
        let stories: Vec<[Entry; 2]> = (0..60).map(|_| device.story()).collect();
        let mut socket = device.connect(&server).await;
        // It dies with pushes under way: some not read, some judged, some being synced, some answered.
        let n_answers = usize::try_from(device.rng.next_u64() % 40).unwrap();
        let mut given: Vec<(EntryId, Seq)> = Vec::new();
        let mut pushes = stories.iter().map(|story| push(story));
        for first in pushes.by_ref().take(PUSHES_UNANSWERED_MAX) {
            assert!(socket.say(&first).await);
        }
        for next in pushes.by_ref().take(n_answers) {
            let (stored, _) = answer(&device, &mut socket).await.unwrap();
            given.extend(stored);
            assert!(socket.say(&next).await);
        }
        drop(server);
        while let Some((stored, _)) = answer(&device, &mut socket).await {
            given.extend(stored);
        }
        n_receipts += given.len();
        let entries = stories.into_iter().flatten();
        let receipts: Vec<(Entry, Seq)> = entries
            .filter_map(|entry| {
                let id = device.id(&entry);
                let (_, seq) = given.iter().find(|(given, _)| *given == id)?;
                Some((entry, *seq))
            })
            .collect();
        server = Server::start(&folder.0);
        assert_eq!(server.code, None, "the network is still there in round {round}");
        let mut socket = device.connect(&server).await;
        for chunk in receipts.chunks(100) {
            let again: Vec<Entry> = chunk.iter().map(|(entry, _)| entry.clone()).collect();
            assert!(socket.say(&push(&again)).await);
            let (stored, refused) = answer(&device, &mut socket).await.unwrap();
            assert_eq!(stored, vec![], "a receipt was not honoured in round {round}");
            for ((entry, seq), refusal) in chunk.iter().zip(refused) {
                assert_eq!(refusal, (device.id(entry), Refusal::Have(*seq)), "round {round}");
            }
        }
    }
    assert!(
        n_receipts > 100,
        "the load was too small to show anything: {n_receipts} receipts"
    );
}
