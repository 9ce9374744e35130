//! Durable receipts a second, beside what the disk and the cryptography allow on this machine, now.
//!
//! Volunteers come home together and hand in what they wrote, each on a connection of her own. Each round measures
//! three things one after the other, and only the ratio counts:
//!
//! - entries with a verified receipt a second;
//! - rows a second that SQLite itself commits, with the same columns, bytes and durability, in transactions as
//!   large as the relay's were in that round;
//! - signatures a second that the cores can check which the relay's own task leaves free.

use super::loader::{Device, Network, Socket, Story, push};
use super::{Bench, Figure, float, median};
use crate::relay::Relay;
use anyhow::{bail, ensure};
use futures_util::future::try_join_all;
use rusqlite::{Connection, TransactionBehavior, params};
use shared::crypto::SignPublic;
use shared::entry::Entry;
use shared::id::NetworkId;
use shared::protocol::{ClientToRelay, PUSHES_UNANSWERED_MAX, Push, RelayToClient};
use std::path::Path;
use std::thread;
use std::time::Instant;

const ROUNDS: usize = 5;
const PHONES: usize = 8;
/// Of each in a round, which takes about a second.
const PUSHES: usize = 30;
const PUSH_ENTRIES: usize = 50;
/// Of each.
const DOCUMENTS: usize = 20;
/// A sentence or two, sealed.
const CHANGE_BYTES: usize = 300;
/// Of the lesser of the two.
const RATIO_MIN: f64 = 0.7;

/// A volunteer's, with what she writes in.
struct Phone {
    device: Device,
    socket: Socket,
    stories: Vec<Story>,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let relay = bench.relay("receipts").await?;
    let mut network = Network::found(&relay.url(), &relay.founding_code()?).await?;
    let mut founder = network.founder.connect(1).await?;
    let mut phones = Vec::new();
    for _ in 0..PHONES {
        let device = network.admit(&mut founder).await?;
        let mut socket = device.connect(1).await?;
        let mut stories = Vec::new();
        for _ in 0..DOCUMENTS {
            let (story, birth) = network.story(&device)?;
            hand_in(&device, &mut socket, &[push(&[birth])]).await?;
            stories.push(story);
        }
        phones.push(Phone {
            device,
            socket,
            stories,
        });
    }
    drop(founder);
    let beside = bench.folder.join("receipts/beside.sqlite");
    let (mut receipts, mut commits, mut checks, mut batches, mut ratios) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut entries: Vec<Vec<Entry>> = Vec::with_capacity(PHONES);
        for phone in &phones {
            let stories = phone.stories.iter().cycle().take(PUSHES * PUSH_ENTRIES);
            let changes = stories.map(|story| network.change(&phone.device, story, CHANGE_BYTES));
            entries.push(changes.collect::<Result<_, _>>()?);
        }
        let n_entries = entries.iter().map(Vec::len).sum();
        let pushes: Vec<Vec<_>> = entries
            .iter()
            .map(|entries| entries.chunks(PUSH_ENTRIES).map(push).collect())
            .collect();
        let n_before = n_batches(&relay)?;
        let start = Instant::now();
        let all = phones.iter_mut().zip(&pushes);
        try_join_all(all.map(|(phone, pushes)| hand_in(&phone.device, &mut phone.socket, pushes))).await?;
        let rate = float(n_entries) / start.elapsed().as_secs_f64();
        let batch = n_entries / (n_batches(&relay)? - n_before).max(1);
        let commit = commits_of_sqlite(&beside, &phones, &entries, batch)?;
        let check = checks_of_free_cores(&phones, &entries)?;
        ratios.push(rate / commit.min(check));
        receipts.push(rate);
        commits.push(commit);
        checks.push(check);
        batches.push(float(batch));
    }
    relay.stop().await?;
    let cores = n_free_cores();
    Ok(vec![
        Figure::at_least(
            "durable receipts: share of the lesser of the two below",
            median(ratios),
            RATIO_MIN,
            "×",
        ),
        Figure::told("  entries with a receipt", median(receipts), "/s"),
        Figure::told(
            &format!("  SQLite's own commits of {:.0} rows", median(batches)),
            median(commits),
            "rows/s",
        ),
        Figure::told(
            &format!("  signature checks of {cores} free core(s)"),
            median(checks),
            "/s",
        ),
    ])
}

/// Hands everything in, a few pushes ahead of the receipts.
pub(super) async fn hand_in(
    device: &Device,
    socket: &mut Socket,
    pushes: &[ClientToRelay],
) -> anyhow::Result<()> {
    let mut messages = pushes.iter().map(ClientToRelay::encode);
    let n_entries: usize = pushes.iter().map(n_entries).sum();
    for message in messages.by_ref().take(PUSHES_UNANSWERED_MAX) {
        socket.send(message).await?;
    }
    let mut n_receipted = 0;
    while n_receipted < n_entries {
        // Pages come in between: others write too.
        let heard = socket.hear().await?;
        if let RelayToClient::Receipt(receipt) = heard {
            receipt.verify(device.network, &device.relay)?;
            n_receipted += receipt.entries.len();
            if let Some(message) = messages.next() {
                socket.send(message).await?;
            }
        } else if !matches!(heard, RelayToClient::Page(_)) {
            bail!("a receipt was awaited, not {heard:?}");
        }
    }
    Ok(())
}

fn n_entries(push: &ClientToRelay) -> usize {
    if let ClientToRelay::Push(Push { entries }) = push {
        entries.len()
    } else {
        0
    }
}

/// How many times the relay's log says that it appended.
fn n_batches(relay: &Relay) -> anyhow::Result<usize> {
    Ok(relay.log()?.matches("appended").count())
}

fn commits_of_sqlite(
    file: &Path,
    phones: &[Phone],
    entries: &[Vec<Entry>],
    batch: usize,
) -> anyhow::Result<f64> {
    let network = phones
        .first()
        .map_or_else(Default::default, |phone| phone.device.network.0);
    let mut connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
         CREATE TABLE IF NOT EXISTS log (
             network_id BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, chain BLOB NOT NULL,
             kind INTEGER NOT NULL, doc BLOB, device INTEGER NOT NULL, bytes BLOB,
             PRIMARY KEY (network_id, seq)
         ) STRICT;
         CREATE UNIQUE INDEX IF NOT EXISTS log_by_id ON log (network_id, id);",
    )?;
    let mut seq: i64 = connection.query_row("SELECT count(*) FROM log", [], |row| row.get(0))?;
    let rows: Vec<_> = entries
        .iter()
        .flatten()
        .map(|entry| (entry.id(NetworkId(network)).0, entry.header.doc, entry.encode()))
        .collect();
    let start = Instant::now();
    for rows in rows.chunks(batch.max(1)) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, 3, ?5, 0, ?6)")?;
            for (id, doc, bytes) in rows {
                seq += 1;
                let doc = doc.map(|doc| doc.0);
                insert.execute(params![network, seq, id, [0_u8; 16], doc, bytes])?;
            }
        }
        transaction.commit()?;
    }
    Ok(float(rows.len()) / start.elapsed().as_secs_f64())
}

/// Checks the same signatures on as many threads.
fn checks_of_free_cores(phones: &[Phone], entries: &[Vec<Entry>]) -> anyhow::Result<f64> {
    let signed: Vec<_> = phones
        .iter()
        .zip(entries)
        .flat_map(|(phone, entries)| entries.iter().map(|entry| (&phone.device, entry)))
        .map(|(device, entry)| (device.network, device.sign.public(), entry))
        .collect();
    let share = signed.len().div_ceil(n_free_cores()).max(1);
    let start = Instant::now();
    let hold = thread::scope(|scope| {
        let holds = |signed: &[(NetworkId, SignPublic, &Entry)]| {
            signed
                .iter()
                .all(|(network, key, entry)| entry.verify(*network, key).is_ok())
        };
        let threads: Vec<_> = signed
            .chunks(share)
            .map(|signed| scope.spawn(move || holds(signed)))
            .collect();
        threads
            .into_iter()
            .all(|thread| thread.join().unwrap_or_default())
    });
    ensure!(hold, "a signature does not hold");
    Ok(float(signed.len()) / start.elapsed().as_secs_f64())
}

/// The relay's own task keeps one busy.
fn n_free_cores() -> usize {
    thread::available_parallelism().map_or(1, |cores| (cores.get() - 1).max(1))
}
