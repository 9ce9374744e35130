//! A line to a relay that breaks after so many bytes, wherever in a message that is, or is slow.

use crate::line::Pace;
use anyhow::Context;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;

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
    /// No connection gets through.
    is_down: bool,
    /// After how many more bytes, of all connections together, it goes down.
    down_after: Option<u64>,
    passed: Passed,
    /// What a slow line lets through, up and down.
    pace: Option<[Pace; 2]>,
}

/// Bytes that went through a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// To the relay.
    pub up: u64,
    /// From the relay.
    pub down: u64,
}

impl Passed {
    /// What went through since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            up: self.up - before.up,
            down: self.down - before.down,
        }
    }
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug)]
enum Way {
    Up,
    Down,
}

impl State {
    /// Counts what passes; tells until when that takes on a slow line.
    fn passes(&mut self, way: Way, len: usize) -> Option<Instant> {
        let pace = self.pace.as_mut();
        let (passed, pace) = match way {
            Way::Up => (&mut self.passed.up, pace.map(|[up, _]| up)),
            Way::Down => (&mut self.passed.down, pace.map(|[_, down]| down)),
        };
        let n_bytes = u64::try_from(len).unwrap_or(u64::MAX);
        *passed += n_bytes;
        if let Some(left) = &mut self.down_after {
            *left = left.saturating_sub(n_bytes);
            if *left == 0 {
                self.down_after = None;
                self.is_down = true;
            }
        }
        Some(pace?.takes(len, Instant::now()))
    }
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

    /// After so many bytes of all connections together, both ways, nothing gets through until [`Cutter::comes_up`].
    pub fn goes_down_after(&self, bytes: u64) {
        self.state().down_after = Some(bytes);
    }

    /// Whether nothing gets through.
    pub fn is_down(&self) -> bool {
        self.state().is_down
    }

    /// Lets connections through again.
    pub fn comes_up(&self) {
        self.state().is_down = false;
    }

    /// Lets so many bits through a second from now on, each way, of all connections together.
    pub fn is_slow(&self, bits_per_second: u64) {
        self.state().pace = Some([Pace::new(bits_per_second); 2]);
    }

    /// What went through since the start.
    pub fn passed(&self) -> Passed {
        self.state().passed
    }

    /// Cuts no connection any more.
    pub fn holds(&self) {
        self.state().breaks.clear();
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
        let mut left = {
            let mut state = self.state();
            if state.is_down {
                return Ok(());
            }
            state.breaks.pop_front()
        };
        let mut there = TcpStream::connect(self.to).await?;
        let (mut asked, mut answered) = ([0; PIECE_BYTES], [0; PIECE_BYTES]);
        loop {
            let (piece, to, way) = tokio::select! {
                _ = round.changed() => return Ok(()),
                len = here.read(&mut asked) => (asked.get(..len?).unwrap_or_default(), &mut there, Way::Up),
                len = there.read(&mut answered) => (answered.get(..len?).unwrap_or_default(), &mut here, Way::Down),
            };
            if piece.is_empty() {
                return Ok(());
            }
            let goes_on = left.map_or(piece.len(), |left| {
                piece.len().min(usize::try_from(left).unwrap_or(usize::MAX))
            });
            let through = self.state().passes(way, goes_on);
            if self.is_down() {
                self.round.send_modify(|round| *round += 1);
                return Ok(());
            }
            if let Some(through) = through {
                tokio::time::sleep_until(through).await;
            }
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
