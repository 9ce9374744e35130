//! A line to a relay that breaks after so many bytes, wherever in a message that is.

use anyhow::Context;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Most bytes that are passed on at once.
const PIECE_BYTES: usize = 4096;

/// Passes everything on to a relay, until it is told to break.
#[derive(Clone, Debug)]
pub struct Cutter {
    address: SocketAddr,
    to: SocketAddr,
    state: Arc<Mutex<State>>,
    /// Connections of another round end.
    round: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct State {
    /// After how many bytes each connection that comes now breaks.
    breaks: VecDeque<u64>,
    n_cut: usize,
}

impl Cutter {
    /// Listens as long as the journey runs.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(to: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("listen as a line")?;
        let cutter = Self {
            address: listener.local_addr()?,
            to,
            state: Arc::default(),
            round: Arc::new(watch::Sender::new(0)),
        };
        let line = cutter.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let line = line.clone();
                // Whoever speaks through it notices how it ended.
                tokio::spawn(async move { line.pass_on(connection).await.ok() });
            }
        });
        Ok(cutter)
    }

    /// Where it listens, as people type it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts all connections now, and those that come after as many bytes as `breaks` says, one after the other; both
    /// directions count. After the last one the line holds.
    pub fn cuts(&self, breaks: impl IntoIterator<Item = u64>) {
        self.state().breaks.extend(breaks);
        self.round.send_modify(|round| *round += 1);
    }

    /// How many connections it cut after some bytes.
    pub fn n_cut(&self) -> usize {
        self.state().n_cut
    }

    /// How many connections it has still to cut.
    pub fn n_left(&self) -> usize {
        self.state().breaks.len()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass_on(&self, mut here: TcpStream) -> anyhow::Result<()> {
        let mut round = self.round.subscribe();
        let mut left = self.state().breaks.pop_front();
        let mut there = TcpStream::connect(self.to).await?;
        let (mut asked, mut answered) = ([0; PIECE_BYTES], [0; PIECE_BYTES]);
        loop {
            let (piece, to) = tokio::select! {
                _ = round.changed() => return Ok(()),
                len = here.read(&mut asked) => (asked.get(..len?).unwrap_or_default(), &mut there),
                len = there.read(&mut answered) => (answered.get(..len?).unwrap_or_default(), &mut here),
            };
            if piece.is_empty() {
                return Ok(());
            }
            let goes_on = left.map_or(piece.len(), |left| {
                piece.len().min(usize::try_from(left).unwrap_or(usize::MAX))
            });
            to.write_all(piece.get(..goes_on).unwrap_or_default()).await?;
            if let Some(left) = &mut left {
                *left -= u64::try_from(goes_on)?;
                if *left == 0 {
                    self.state().n_cut += 1;
                    return Ok(());
                }
            }
        }
    }
}
