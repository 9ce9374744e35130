//! A native device that founds a network on a real server and loads it with entries.

use futures_util::{SinkExt, StreamExt};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use shared::crypto::{DocumentKey, SignKey, SignPublic, Tag, WrapKey};
use shared::entry::{
    Address, Collection, Content, ContentKind, DocumentBody, Entry, Header, Kind, wrap_document_key,
};
use shared::id::{DeviceId, DocumentId, EntryId, Generation, MemberId, NetworkId, Seq};
use shared::membership::{self, State};
use shared::protocol::{
    Auth, ClientToRelay, EntryBytes, Found, Hello, PROTOCOL, Push, Receipt, RecordOutcome, Refusal,
    RelayToClient, auth_message,
};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PROGRAM: &str = env!("CARGO_BIN_EXE_aanzet-server");

/// A server as a process of its own.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) url: String,
    pub(crate) code: Option<String>,
}

impl Server {
    /// Starts the program and waits until it says where it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_by(&mut Command::new(PROGRAM), data)
    }

    /// Starts it under `strace`; what that saw of `calls` is there when the server has ended.
    pub(crate) fn start_watched(data: &Path, calls: &str) -> (Self, JoinHandle<String>) {
        let found = Command::new("strace").arg("--version").output();
        assert!(
            found.is_ok_and(|found| found.status.success()),
            "this test watches the server with strace, which is not there: apt-get install strace"
        );
        // Ends when strace does.
        let pipe = data.join("trace");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut strace = Command::new("strace");
        // -D: the server stays our child, so that a signal to it is one to it.
        strace.args(["-D", "-f", "-y", "-xx", "-s", "2000000", "-e", calls, "-o"]);
        strace.arg(&pipe).arg("--").arg(PROGRAM);
        let trace = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
        (Self::start_by(&mut strace, data), trace)
    }

    /// Starts it with further options.
    pub(crate) fn start_with(data: &Path, options: &[&OsStr]) -> Self {
        Self::start_by(Command::new(PROGRAM).args(options), data)
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.unwrap().success());
        self.process.wait().unwrap()
    }

    fn start_by(command: &mut Command, data: &Path) -> Self {
        let process = command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self {
            process,
            url: String::new(),
            code: None,
        };
        for line in BufReader::new(server.process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(code) = line.strip_prefix("Stichtcode: ") {
                server.code = Some(code.to_owned());
            }
            if let Some(url) = line.strip_prefix("Aanzet luistert op ") {
                server.url = url.to_owned();
                break;
            }
        }
        assert!(!server.url.is_empty(), "the server ended before it listened");
        server
    }
}

/// It dies at once, with nothing finished: SIGKILL.
impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The founder's device.
pub(crate) struct Device {
    network: NetworkId,
    relay: SignPublic,
    sign: SignKey,
    state: State,
    pub(crate) rng: ChaCha20Rng,
}

/// A connection to the relay.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    origin: String,
}

impl Socket {
    /// Opens a connection as the page at `origin` would.
    pub(crate) async fn open(url: &str, origin: &str) -> Result<(Self, Hello), Error> {
        let mut request = format!("{}/relay", url.replace("http", "ws")).into_client_request()?;
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let (stream, _) = connect_async(request).await?;
        let mut socket = Self {
            stream,
            origin: origin.to_owned(),
        };
        match socket.hear().await {
            Some(RelayToClient::Hello(hello)) => Ok((socket, hello)),
            other => panic!("a hello comes first, not {other:?}"),
        }
    }

    pub(crate) async fn say(&mut self, message: &ClientToRelay) -> bool {
        let message = Message::Binary(message.encode().into());
        self.stream.send(message).await.is_ok()
    }

    /// Returns the next message, `None` when the connection is gone.
    pub(crate) async fn hear(&mut self) -> Option<RelayToClient> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Binary(bytes)) => return Some(RelayToClient::decode(&bytes).unwrap()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}

impl Device {
    pub(crate) async fn found(server: &Server, mut rng: ChaCha20Rng) -> Self {
        let (mut socket, hello) = Socket::open(&server.url, &server.url).await.unwrap();
        let (sign, hpke) = (SignKey::generate(&mut rng), WrapKey::generate(&mut rng));
        let founding =
            membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut rng).unwrap();
        let found = ClientToRelay::Found(Found {
            genesis: EntryBytes(founding.made.entry.encode()),
            detached: founding.made.detached,
            code: server.code.clone().unwrap(),
        });
        assert!(socket.say(&found).await);
        match socket.hear().await {
            Some(RelayToClient::Record(answer)) => {
                assert!(matches!(answer.outcome, RecordOutcome::Stored(_)));
            }
            other => panic!("not founded: {other:?}"),
        }
        Self {
            network: founding.network,
            relay: hello.relay_key,
            sign,
            state: State::found(Seq(1), &founding.made.entry).unwrap(),
            rng,
        }
    }

    /// Opens a connection and proves itself.
    pub(crate) async fn connect(&self, server: &Server) -> Socket {
        let (mut socket, hello) = Socket::open(&server.url, &server.url).await.unwrap();
        let message = auth_message(&hello, &socket.origin, DeviceId(0), PROTOCOL, None);
        let auth = ClientToRelay::Auth(Auth {
            network: self.network,
            device: DeviceId(0),
            protocol: PROTOCOL,
            checkpoint: None,
            signature: self.sign.sign(Tag::AUTH, self.network, &message),
        });
        assert!(socket.say(&auth).await);
        assert!(matches!(socket.hear().await, Some(RelayToClient::Welcome(_))));
        socket
    }

    /// Makes a document with its first change.
    pub(crate) fn story(&mut self) -> [Entry; 2] {
        let mut doc = DocumentId([0; 16]);
        self.rng.fill_bytes(&mut doc.0);
        let generation = Generation(0);
        let key = DocumentKey::generate(&mut self.rng);
        let readers = Collection::Story.readers(MemberId(0));
        let epochs = self.state.reader_epochs(&readers);
        let body = DocumentBody {
            coll: Collection::Story,
            author: MemberId(0),
            readers,
            purge_month: None,
            teller_key: None,
            kid: key.kid(self.network, doc, generation),
            wraps: wrap_document_key(self.network, doc, generation, &key, &epochs, &mut self.rng).unwrap(),
        };
        let header = Header::plain(Kind::Document, Some(doc), generation, DeviceId(0));
        let address = Address {
            network: self.network,
            doc,
            generation,
            by: DeviceId(0),
        };
        let content = Content {
            bytes: vec![7; 120],
            ..Content::default()
        };
        let kind = ContentKind::Incremental;
        [
            Entry::sign(header, body.encode(), self.network, &self.sign),
            Entry::seal_content(address, kind, &key, &content, &self.sign, &mut self.rng).unwrap(),
        ]
    }

    pub(crate) fn id(&self, entry: &Entry) -> EntryId {
        entry.id(self.network)
    }

    pub(crate) fn verify(&self, receipt: &Receipt) {
        receipt.verify(self.network, &self.relay).unwrap();
    }
}

pub(crate) fn push(entries: &[Entry]) -> ClientToRelay {
    let entries = entries.iter().map(|entry| EntryBytes(entry.encode())).collect();
    ClientToRelay::Push(Push { entries })
}

/// Hears until a push is answered: seqs of the receipt, and refusals.
pub(crate) async fn answer(
    device: &Device,
    socket: &mut Socket,
) -> Option<(Vec<(EntryId, Seq)>, Vec<(EntryId, Refusal)>)> {
    loop {
        match socket.hear().await? {
            RelayToClient::Receipt(receipt) => {
                device.verify(&receipt);
                return Some((receipt.entries, Vec::new()));
            }
            RelayToClient::Refusals(refused) => return Some((Vec::new(), refused.refusals)),
            RelayToClient::Refused(refusal) => panic!("{refusal:?}"),
            RelayToClient::Hello(_)
            | RelayToClient::Welcome(_)
            | RelayToClient::FoundRefused(_)
            | RelayToClient::Invitation(_)
            | RelayToClient::InvitationRefused(_)
            | RelayToClient::Record(_)
            | RelayToClient::Page(_)
            | RelayToClient::Backfill(_)
            | RelayToClient::Detached(_)
            | RelayToClient::PartAnswer(_)
            | RelayToClient::Blobs(_)
            | RelayToClient::Part(_)
            | RelayToClient::Media(_)
            | RelayToClient::MediumAnswer(_)
            | RelayToClient::BlobsDropped(_) => {}
        }
    }
}
