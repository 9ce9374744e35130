//! Starts a server and makes an example network in it, for as long as both run.
//!
//! `example SERVER [options of the server]`

#![expect(clippy::print_stdout, reason = "a command speaks to who typed it")]

use anyhow::{Context, bail};
use shared::view::StoryState;
use std::convert::Infallible;
use std::time::Instant;
use tests::example::{Example, Server, keep_inviting};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("the server's program is missing")?;
    let mut terminate = signal(SignalKind::terminate()).context("listen to SIGTERM")?;
    let mut server = Server::start(&program, arguments)?;
    let ended = tokio::select! {
        ended = run(&mut server) => ended.map(|_| ()),
        _ = terminate.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let stopped = server.stop().await;
    ended.and(stopped)
}

/// Runs until the server or the example ends, which is never well.
async fn run(server: &mut Server) -> anyhow::Result<Infallible> {
    let start = server.listens(say).await?;
    tokio::select! {
        ended = server.ends(say) => {
            ended?;
            bail!("the server ended")
        }
        ended = example(&start.url, &start.code) => ended,
    }
}

async fn example(url: &str, code: &str) -> anyhow::Result<Infallible> {
    let start = Instant::now();
    let example = Example::make(url, code).await.context("make the example")?;
    println!(
        "Voorbeeldnetwerk: {} verzonnen verhalen, {} ervan online ({:.1} s)",
        example.stories.len(),
        example.in_state(StoryState::Online).count(),
        start.elapsed().as_secs_f32()
    );
    println!(
        "Stopt dit programma, dan zijn de toestellen van de leden weg; een volgend voorbeeld begint opnieuw."
    );
    keep_inviting(&example.administrator, url, say).await
}

fn say(line: &str) {
    println!("{line}");
}
