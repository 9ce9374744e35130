//! One connection to the relay, as the page at the relay's own address opens it.

use futures_util::{SinkExt, StreamExt};
use shared::sync::client::ConnectionId;
use tokio::sync::mpsc;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header;

/// What a connection tells the shell.
#[derive(Debug)]
pub(super) enum FromSocket {
    Opened(ConnectionId),
    Frame(ConnectionId, Vec<u8>),
    /// It could not be opened, or ended; the last of a connection.
    Ended(ConnectionId),
}

/// Opens a connection in a task of its own; it ends when the sender that is returned is dropped.
pub(super) fn open(
    url: &str,
    id: ConnectionId,
    to_shell: mpsc::UnboundedSender<FromSocket>,
) -> mpsc::UnboundedSender<Vec<u8>> {
    let (send, to_send) = mpsc::unbounded_channel();
    let url = url.to_owned();
    tokio::spawn(async move {
        // Why it ended makes no difference to the machine: it tries again.
        drop(carry(&url, id, &to_shell, to_send).await);
        drop(to_shell.send(FromSocket::Ended(id)));
    });
    send
}

async fn carry(
    url: &str,
    id: ConnectionId,
    to_shell: &mpsc::UnboundedSender<FromSocket>,
    mut to_send: mpsc::UnboundedReceiver<Vec<u8>>,
) -> anyhow::Result<()> {
    let mut request = format!("{}/relay", url.replacen("http", "ws", 1)).into_client_request()?;
    // W2: the relay opens sockets to pages of its own address only.
    request.headers_mut().insert(header::ORIGIN, url.parse()?);
    let (mut stream, _) = connect_async(request).await?;
    to_shell.send(FromSocket::Opened(id))?;
    loop {
        tokio::select! {
            message = to_send.recv() => match message {
                Some(bytes) => stream.send(Message::Binary(bytes.into())).await?,
                None => return Ok(stream.close(None).await?),
            },
            message = stream.next() => match message.transpose()? {
                Some(Message::Binary(bytes)) => to_shell.send(FromSocket::Frame(id, bytes.into()))?,
                Some(Message::Ping(_) | Message::Pong(_) | Message::Text(_) | Message::Frame(_)) => {}
                Some(Message::Close(_)) | None => return Ok(()),
            },
        }
    }
}
