//! The relay and the public site as one program.

use anyhow::Context;
use server::config::Config;
use std::io::Write;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let config = Config::from_arguments(std::env::args_os().skip(1)).context("read the options")?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listen on {}", config.listen))?;
    let mut terminate = signal(SignalKind::terminate()).context("listen to SIGTERM")?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    server::run(config, listener, shutdown, say).await
}

/// What the operator must see, and what starts the server may wait for.
fn say(line: &str) {
    // Nobody reading it is no reason to stop.
    drop(writeln!(std::io::stdout(), "{line}"));
}
