//! A line to a relay that is as slow as a village's, or as fast as it comes, and counts what passes.
//!
//! ```text
//! browser ──► [ takes its turn on the line: bytes / rate ] ──► [ on its way: half a round trip ] ──► relay
//!         ◄──                                  the same, back                                    ◄──
//! ```
//!
//! All connections share the line in each direction, as they do behind one aerial. A new connection is there after
//! a round trip, as the three steps of TCP take. What is simpler than outside: nothing gets lost, a connection has
//! its whole share at once (no slow start), headers of packets weigh nothing, and nothing is encrypted.

use anyhow::Context;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// What goes over the line at once: a packet.
const PACKET_BYTES: usize = 1460;
/// Bytes wait before the line for so long before a connection takes no more: a queue that keeps the line busy while
/// this program is late by a few milliseconds.
const QUEUE: Duration = Duration::from_millis(20);

/// How fast a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// In each direction.
    pub bits_per_second: u64,
    /// There and back.
    pub round_trip: Duration,
}

/// Passes everything on to a relay.
#[derive(Clone, Debug)]
pub struct Line {
    address: SocketAddr,
    up: Arc<Direction>,
    down: Arc<Direction>,
}

/// One direction, shared by all connections.
#[derive(Debug)]
struct Direction {
    /// How fast it is, and how busy; a direction without passes bytes on as they come.
    speed: Option<(Speed, Mutex<Pace>)>,
    passed_bytes: AtomicU64,
}

/// What a slow line lets through: so many bits a second, however many connections share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    bits_per_second: u64,
    /// When the last byte that was taken leaves.
    free_at: Option<Instant>,
}

impl Pace {
    /// A line that is idle.
    pub(crate) fn new(bits_per_second: u64) -> Self {
        Self {
            bits_per_second,
            free_at: None,
        }
    }

    /// Takes `len` bytes; tells when the last of them leaves.
    pub(crate) fn takes(&mut self, len: usize, now: Instant) -> Instant {
        let begins = self.free_at.map_or(now, |free_at| free_at.max(now));
        let bits = u64::try_from(len).unwrap_or(u64::MAX).saturating_mul(8);
        let takes = Duration::from_nanos(bits.saturating_mul(1_000_000_000) / self.bits_per_second.max(1));
        let leaves = begins + takes;
        self.free_at = Some(leaves);
        leaves
    }
}

impl Line {
    /// Listens as long as the program runs; without a speed it only counts.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(to: SocketAddr, speed: Option<Speed>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("listen as a line")?;
        let line = Self {
            address: listener.local_addr()?,
            up: Direction::new(speed),
            down: Direction::new(speed),
        };
        let own = line.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let line = own.clone();
                // Whoever speaks through it notices how it ended.
                tokio::spawn(async move { line.pass_on(connection, to).await.ok() });
            }
        });
        Ok(line)
    }

    /// Where it listens, as people type it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes that came from the relay so far, over all connections.
    pub fn bytes_down(&self) -> u64 {
        self.down.passed_bytes.load(Ordering::Relaxed)
    }

    async fn pass_on(&self, here: TcpStream, to: SocketAddr) -> anyhow::Result<()> {
        if let Some((speed, _)) = &self.up.speed {
            tokio::time::sleep(speed.round_trip).await;
        }
        let there = TcpStream::connect(to).await?;
        here.set_nodelay(true)?;
        there.set_nodelay(true)?;
        let (here_reads, here_writes) = here.into_split();
        let (there_reads, there_writes) = there.into_split();
        let up = tokio::spawn(Arc::clone(&self.up).carry(here_reads, there_writes));
        Arc::clone(&self.down).carry(there_reads, here_writes).await?;
        up.await?
    }
}

impl Direction {
    fn new(speed: Option<Speed>) -> Arc<Self> {
        Arc::new(Self {
            speed: speed.map(|speed| (speed, Mutex::new(Pace::new(speed.bits_per_second)))),
            passed_bytes: AtomicU64::new(0),
        })
    }

    async fn carry(self: Arc<Self>, mut from: OwnedReadHalf, to: OwnedWriteHalf) -> anyhow::Result<()> {
        let (send, on_its_way) = mpsc::unbounded_channel();
        let arriving = tokio::spawn(arrive(on_its_way, to));
        let mut packet = [0; PACKET_BYTES];
        loop {
            let len = from.read(&mut packet).await?;
            if len == 0 {
                break;
            }
            let turn = self.takes(len, Instant::now());
            let bytes = packet.get(..len).unwrap_or_default().to_vec();
            if send.send((turn.arrives, bytes)).is_err() {
                break;
            }
            sleep_until(turn.goes_on).await;
        }
        drop(send);
        arriving.await?
    }

    fn takes(&self, len: usize, now: Instant) -> Turn {
        self.passed_bytes
            .fetch_add(u64::try_from(len).unwrap_or(u64::MAX), Ordering::Relaxed);
        let Some((speed, pace)) = &self.speed else {
            return Turn {
                arrives: now,
                goes_on: now,
            };
        };
        let leaves = pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .takes(len, now);
        speed.turn(leaves, now)
    }
}

/// When bytes are at the other end, and when their connection takes more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    arrives: Instant,
    goes_on: Instant,
}

impl Speed {
    /// The turn of bytes that leave at `leaves`.
    fn turn(self, leaves: Instant, now: Instant) -> Turn {
        Turn {
            arrives: leaves + self.round_trip / 2,
            goes_on: leaves.checked_sub(QUEUE).map_or(now, |ready| ready.max(now)),
        }
    }
}

/// Hands everything over when it is due; the end of it too.
async fn arrive(
    mut on_its_way: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    mut to: OwnedWriteHalf,
) -> anyhow::Result<()> {
    while let Some((due, bytes)) = on_its_way.recv().await {
        sleep_until(due).await;
        to.write_all(&bytes).await?;
    }
    Ok(to.shutdown().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VILLAGE: Speed = Speed {
        bits_per_second: 1_600_000,
        round_trip: Duration::from_millis(150),
    };

    #[tokio::test]
    async fn a_line_lets_so_many_bytes_through_in_a_second_however_many_connections_share_it() {
        let start = Instant::now();
        let mut pace = Pace::new(VILLAGE.bits_per_second);
        let mut last = start;
        // Four connections of 50 kB each, packet by packet in turn.
        for packet in 0..4 * 40 {
            // Each connection comes back a little late.
            let now = start + Duration::from_millis(packet / 4);
            last = VILLAGE.turn(pace.takes(1_250, now), now).arrives;
        }
        // 200 kB at 1.6 Mbit/s, and the way.
        assert_eq!(last - start, Duration::from_millis(1_000 + 75));
    }

    #[tokio::test]
    async fn an_idle_line_saves_nothing_up() {
        let start = Instant::now();
        let mut pace = Pace::new(VILLAGE.bits_per_second);
        for now in [start, start + Duration::from_secs(10)] {
            let turn = VILLAGE.turn(pace.takes(1_000, now), now);
            assert_eq!(turn.arrives - now, Duration::from_millis(5 + 75));
        }
    }

    #[tokio::test]
    async fn a_connection_waits_while_the_line_is_full() {
        let now = Instant::now();
        let mut pace = Pace::new(VILLAGE.bits_per_second);
        assert_eq!(VILLAGE.turn(pace.takes(1_000, now), now).goes_on, now);
        let full = VILLAGE.turn(pace.takes(20_000, now), now);
        assert_eq!(full.goes_on - now, Duration::from_millis(105) - QUEUE);
    }

    #[tokio::test]
    async fn what_is_said_comes_through_and_is_counted() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let fast = Speed {
            bits_per_second: 8_000_000_000,
            round_trip: Duration::from_millis(1),
        };
        let line = Line::start(listener.local_addr().unwrap(), Some(fast))
            .await
            .unwrap();
        let answer = vec![7; 100_000];
        let said = answer.clone();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut question = [0; 5];
            connection.read_exact(&mut question).await.unwrap();
            assert_eq!(&question, b"hello");
            connection.write_all(&said).await.unwrap();
        });
        let mut connection = TcpStream::connect(line.address).await.unwrap();
        connection.write_all(b"hello").await.unwrap();
        let mut heard = Vec::new();
        connection.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, answer);
        assert_eq!(line.bytes_down(), 100_000);
    }
}
