//! One WebSocket: who may open it, what it may send, and how fast.

use crate::relay::{FromSession, ToSession};
use axum::Router;
use axum::extract::State;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::protocol::MESSAGE_BYTES_MAX;
use shared::sync::relay::{Peer, SessionId};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};
use tracing::info;

/// Connections of one address: a hall of volunteers behind one router, twice.
const CONNECTIONS_PER_PEER_MAX: usize = 256;

/// Connections in all: each costs some kilobytes and a file handle.
const CONNECTIONS_MAX: usize = 20_000;

/// Read buffer of a socket: axum would set aside 128 KiB for each.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Bytes that are collected before a write: one page's small sisters.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

/// Bytes that may wait in the socket's own buffer: one largest message and its frame.
const WRITE_BUFFER_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 64 * 1024;

/// Messages that are read in one second: a device sends one in two, a first upload some dozens.
const MESSAGES_PER_SECOND_MAX: u32 = 200;

/// A message that does not leave in this time meets nobody: the connection is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// A sign of life is asked this often, and missed three times it ends the connection.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// The door that sockets come in by.
#[derive(Clone, Debug)]
pub(crate) struct Door(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    origins: Vec<String>,
    trusted_proxy: Option<IpAddr>,
    to_relay: mpsc::Sender<FromSession>,
    last_session: AtomicU64,
    open: Mutex<BTreeMap<Peer, usize>>,
}

impl Door {
    /// Makes the door for a server that people reach at `url`, from one of `origins` only (W2).
    pub(crate) fn new(url: &str, trusted_proxy: Option<IpAddr>, to_relay: mpsc::Sender<FromSession>) -> Self {
        Self(Arc::new(Inner {
            origins: origins(url),
            trusted_proxy,
            to_relay,
            last_session: AtomicU64::new(0),
            open: Mutex::default(),
        }))
    }

    fn enter(&self, peer: Peer) -> Option<Place> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let n_open: usize = open.values().sum();
        let of_peer = open.get(&peer).copied().unwrap_or_default();
        if of_peer >= CONNECTIONS_PER_PEER_MAX || n_open >= CONNECTIONS_MAX {
            return None;
        }
        open.insert(peer, of_peer + 1);
        Some(Place {
            door: self.clone(),
            peer,
        })
    }
}

/// A counted connection; given back when it is dropped.
#[derive(Debug)]
struct Place {
    door: Door,
    peer: Peer,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.door.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.peer) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(open.remove(&self.peer)),
        }
    }
}

/// The route of the relay.
pub(crate) fn routes(door: Door) -> Router {
    Router::new().route("/relay", get(upgrade)).with_state(door)
}

async fn upgrade(
    State(door): State<Door>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let Some(origin) = origin.filter(|origin| door.0.origins.iter().any(|known| known == origin)) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let origin = origin.to_owned();
    let peer = peer_of(address.ip(), door.0.trusted_proxy, &headers);
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let Some(place) = door.enter(peer) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| serve(socket, place, origin))
}

/// Carries messages between a socket and the relay until one of them ends.
async fn serve(mut socket: WebSocket, place: Place, origin: String) {
    let inner = place.door.0.clone();
    let session = SessionId(inner.last_session.fetch_add(1, Ordering::Relaxed) + 1);
    let (to, mut outgoing) = mpsc::unbounded_channel();
    let opened = FromSession::Opened {
        session,
        peer: place.peer,
        origin,
        to,
    };
    if inner.to_relay.send(opened).await.is_err() {
        return;
    }
    let reason = carry(&mut socket, session, &inner.to_relay, &mut outgoing).await;
    info!(session = session.0, reason, "connection ended");
    // The relay may be gone already.
    drop(inner.to_relay.send(FromSession::Closed(session)).await);
    drop(timeout(SEND_TIMEOUT, socket.send(Message::Close(None))).await);
}

async fn carry(
    socket: &mut WebSocket,
    session: SessionId,
    to_relay: &mpsc::Sender<FromSession>,
    outgoing: &mut mpsc::UnboundedReceiver<ToSession>,
) -> &'static str {
    let mut pings = interval(PING_INTERVAL);
    let mut heard_at = Instant::now();
    let mut second = (Instant::now(), 0);
    loop {
        let may_read = second.1 < MESSAGES_PER_SECOND_MAX;
        let next_second = second.0 + Duration::from_secs(1);
        tokio::select! {
            message = outgoing.recv() => {
                let Some(ToSession(bytes)) = message else {
                    return "closed by the relay";
                };
                let len = bytes.len();
                match timeout(SEND_TIMEOUT, socket.send(Message::Binary(bytes.into()))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return "lost",
                    Err(_) => return "stalled",
                }
                if to_relay.send(FromSession::Sent(session, len)).await.is_err() {
                    return "relay stopped";
                }
            }
            message = socket.recv(), if may_read => {
                heard_at = Instant::now();
                second.1 += 1;
                match message {
                    Some(Ok(Message::Binary(bytes))) => {
                        let frame = FromSession::Frame(session, bytes.into());
                        if to_relay.send(frame).await.is_err() {
                            return "relay stopped";
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Text(_))) => return "text",
                    Some(Ok(Message::Close(_))) | None => return "closed",
                    Some(Err(_)) => return "lost",
                }
            }
            () = tokio::time::sleep_until(next_second), if second.1 > 0 => {
                second = (Instant::now(), 0);
            }
            _ = pings.tick() => {
                if heard_at.elapsed() > 3 * PING_INTERVAL {
                    return "silent";
                }
                if !matches!(timeout(SEND_TIMEOUT, socket.send(Message::Ping(Vec::new().into()))).await, Ok(Ok(()))) {
                    return "lost";
                }
            }
        }
    }
}

/// The pages that may open a socket: the public address, and for a server on one's own machine both its names.
fn origins(url: &str) -> Vec<String> {
    let mut origins = vec![url.to_owned()];
    for (name, other) in [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")] {
        let prefix = format!("http://{name}");
        if let Some(port) = url.strip_prefix(&prefix)
            && (port.is_empty() || port.starts_with(':'))
        {
            origins.push(format!("http://{other}{port}"));
        }
    }
    origins
}

/// Who is at the other end: what the trusted proxy says, else the address itself; of an IPv6 address its network.
fn peer_of(address: IpAddr, trusted_proxy: Option<IpAddr>, headers: &HeaderMap) -> Peer {
    let forwarded = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok())
        .filter(|_| trusted_proxy == Some(address));
    match forwarded.unwrap_or(address).to_canonical() {
        IpAddr::V4(v4) => Peer(v4.to_ipv6_mapped().octets()),
        IpAddr::V6(v6) => {
            let mut bytes = v6.octets();
            bytes.iter_mut().skip(8).for_each(|byte| *byte = 0);
            Peer(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w2_a_loopback_address_is_known_by_both_of_its_names_and_no_other() {
        assert_eq!(
            origins("http://127.0.0.1:8080"),
            ["http://127.0.0.1:8080", "http://localhost:8080"]
        );
        assert_eq!(origins("https://verhalen.example"), ["https://verhalen.example"]);
        assert_eq!(origins("http://localhost.example"), ["http://localhost.example"]);
    }

    #[test]
    fn w2_a_forwarded_address_counts_only_from_the_trusted_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "1.2.3.4, 2001:db8:1:2:3:4:5:6".parse().unwrap(),
        );
        let (proxy, stranger): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let network: IpAddr = "2001:db8:1:2::".parse().unwrap();
        let IpAddr::V6(network) = network else { panic!() };
        assert_eq!(peer_of(proxy, Some(proxy), &headers), Peer(network.octets()));
        assert_eq!(
            peer_of(stranger, Some(proxy), &headers),
            peer_of(stranger, None, &HeaderMap::new())
        );
    }
}
