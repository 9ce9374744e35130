//! The relay and the public site as one program.

use anyhow::{Context, anyhow};
use server_options::{Config, HELP, asks_for_help, listen_error};
use std::io::{IsTerminal, Write};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if asks_for_help(std::env::args_os().skip(1)) {
        say(HELP);
        return Ok(());
    }
    let config = Config::from_arguments(std::env::args_os().skip(1)).context("read the options")?;
    // What goes well is told to who asks for it: else it would push the address and the founding code out of sight.
    let level = if config.is_verbose {
        Level::INFO
    } else {
        Level::WARN
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(level)
        .init();
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.map_err(|error| anyhow!(listen_error(config.listen, &error)))?;
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
