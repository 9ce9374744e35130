//! Hears every request of a browser that goes anywhere but to the relay, and answers none.

use anyhow::Context;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A proxy for all hosts but `127.0.0.1`.
#[derive(Clone, Debug)]
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Proxy {
    /// Listens as long as the journey runs.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("listen as a proxy")?;
        let proxy = Self {
            address: listener.local_addr()?,
            asked: Arc::default(),
        };
        let heard = proxy.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let heard = heard.clone();
                tokio::spawn(async move { heard.refuse(connection).await });
            }
        });
        Ok(proxy)
    }

    async fn refuse(&self, connection: TcpStream) -> anyhow::Result<()> {
        let mut connection = BufReader::new(connection);
        let mut line = String::new();
        if connection.read_line(&mut line).await? == 0 {
            return Ok(()); // opened in advance, never used
        }
        // `CONNECT host:port HTTP/1.1` or `GET http://host/… HTTP/1.1`.
        let target = line.split_whitespace().nth(1).unwrap_or(&line);
        let host = target
            .trim_start_matches("http://")
            .split(['/', ':'])
            .next()
            .unwrap_or(target)
            .to_owned();
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(host);
        connection
            .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await?;
        Ok(())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Hosts that were asked for.
    pub fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
