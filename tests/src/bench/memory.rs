//! What the relay keeps in memory when nothing happens.

use super::loader::{Network, Socket};
use super::{Bench, Figure};
use crate::relay::Relay;
use anyhow::Context;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;

/// Resident memory of a relay that was just started.
const EMPTY_KB_MAX: f64 = 40.0 * 1024.0;
/// What each idle connection may add.
const CONNECTION_BYTES_MAX: f64 = 20.0 * 1_000.0;

/// Devices that follow the log and are silent.
const CONNECTIONS: u16 = 1_000;
/// So many from each address: the relay limits what one address may open.
const CONNECTIONS_PER_HOST: u16 = 200;
/// Files of a process: a connection is one at each end.
const FILES: u64 = 4_096;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    // The relay inherits it.
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum.map_or(FILES, |most| most.min(FILES));
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(current.max(limit.current.unwrap_or(current))),
            ..limit
        },
    )?;
    let relay = bench.relay("memory").await?;
    let empty = resident_kb(&relay)?;
    let device = Network::found(&relay.url(), &relay.founding_code()?)
        .await?
        .founder;
    let first = device.connect(1).await?;
    let before = resident_kb(&relay)?;
    let mut idle: Vec<Socket> = vec![first];
    for n in 0..CONNECTIONS {
        let host = u8::try_from(2 + n / CONNECTIONS_PER_HOST).context("too many hosts")?;
        idle.push(device.connect(host).await?);
    }
    let after = resident_kb(&relay)?;
    drop(idle);
    relay.stop().await?;
    let with_app = if bench.app.is_some() {
        "with the app"
    } else {
        "without the app"
    };
    Ok(vec![
        Figure::at_most(
            &format!("relay, empty, {with_app}: resident memory"),
            empty,
            EMPTY_KB_MAX,
            "KiB",
        ),
        Figure::at_most(
            &format!("relay: each of {CONNECTIONS} idle connections"),
            (after - before) * 1024.0 / f64::from(CONNECTIONS),
            CONNECTION_BYTES_MAX,
            "B",
        ),
    ])
}

/// `Rss` of the process, in KiB.
fn resident_kb(relay: &Relay) -> anyhow::Result<f64> {
    let id = relay.process_id().context("the relay does not run")?;
    let file = format!("/proc/{id}/smaps_rollup");
    let rollup = fs::read_to_string(&file).with_context(|| file.clone())?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.with_context(|| format!("{file} has no Rss"))?.parse()?)
}
