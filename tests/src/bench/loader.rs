//! Raw devices: keys, a socket and entries made in advance, so that the relay is what is measured and not the
//! model.

use anyhow::{Context, anyhow, bail};
use futures_util::{SinkExt, StreamExt};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::crypto::{DocumentKey, InviteSeed, SignKey, SignPublic, Tag, WrapKey};
use shared::entry::{
    Address, Collection, Content, ContentKind, DocumentBody, Entry, Header, Kind, wrap_document_key,
};
use shared::id::{DeviceId, DocumentId, Generation, MemberId, NetworkId, Seq};
use shared::membership::{self, EpochKeys, Made, Role, Signer, State};
use shared::protocol::{
    Auth, ClientToRelay, EntryBytes, Found, Hello, Join, PROTOCOL, Push, Record, RecordOutcome,
    RelayToClient, auth_message,
};
use shared::publication::Publication;
use shared::time::Timestamp;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

/// A connection.
#[derive(Debug)]
pub(super) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens one from the loopback address `127.0.0.<host>`, as the page at `url` would.
    async fn open(url: &str, host: u8) -> anyhow::Result<(Self, Hello)> {
        let address: SocketAddr = url.strip_prefix("http://").context("an http address")?.parse()?;
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), 0))?;
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://{address}/relay").into_client_request()?;
        request.headers_mut().insert("origin", url.parse()?);
        let (stream, _) = client_async(request, stream).await?;
        let mut socket = Self(stream);
        let RelayToClient::Hello(hello) = socket.hear().await? else {
            bail!("a hello comes first");
        };
        Ok((socket, hello))
    }

    pub(super) async fn say(&mut self, message: &ClientToRelay) -> anyhow::Result<()> {
        self.send(message.encode()).await
    }

    /// Sends what was encoded before.
    pub(super) async fn send(&mut self, message: Vec<u8>) -> anyhow::Result<()> {
        Ok(self.0.send(Message::Binary(message.into())).await?)
    }

    /// Hands a record in and returns where it stands in the log.
    async fn appends(&mut self, message: &ClientToRelay) -> anyhow::Result<Seq> {
        self.say(message).await?;
        loop {
            let heard = self.hear().await?;
            if let RelayToClient::Record(answer) = heard {
                let RecordOutcome::Stored(receipt) = answer.outcome else {
                    bail!("not appended: {answer:?}");
                };
                let (_, seq) = receipt.entries.first().context("an empty receipt")?;
                return Ok(*seq);
            }
            if !matches!(heard, RelayToClient::Page(_)) {
                bail!("a record's answer was awaited, not {heard:?}");
            }
        }
    }

    pub(super) async fn hear(&mut self) -> anyhow::Result<RelayToClient> {
        loop {
            if let Message::Binary(bytes) = self.0.next().await.context("the relay hung up")?? {
                return Ok(RelayToClient::decode(&bytes)?);
            }
        }
    }
}

/// A network, as its founder's device knows it.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) founder: Device,
    state: State,
    keys: EpochKeys,
    rng: ChaCha20Rng,
}

/// A device of a member.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) network: NetworkId,
    pub(super) relay: SignPublic,
    pub(super) sign: SignKey,
    url: String,
    device: DeviceId,
    member: MemberId,
}

/// A document that entries are made for.
#[derive(Debug)]
pub(super) struct Story {
    doc: DocumentId,
    key: DocumentKey,
}

impl Network {
    pub(super) async fn found(url: &str, code: &str) -> anyhow::Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (mut socket, hello) = Socket::open(url, 1).await?;
        let (sign, hpke) = (SignKey::generate(&mut rng), WrapKey::generate(&mut rng));
        let founding = membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut rng)
            .context("found")?;
        let found = Found {
            genesis: EntryBytes(founding.made.entry.encode()),
            detached: founding.made.detached,
            code: code.to_owned(),
        };
        let seq = socket.appends(&ClientToRelay::Found(found)).await?;
        Ok(Self {
            founder: Device {
                network: founding.network,
                relay: hello.relay_key,
                sign,
                url: url.to_owned(),
                device: DeviceId(0),
                member: MemberId(0),
            },
            state: State::found(seq, &founding.made.entry).context("the own genesis")?,
            keys: founding.keys,
            rng,
        })
    }

    /// Lets a volunteer in; `socket` is the founder's.
    pub(super) async fn admit(&mut self, socket: &mut Socket) -> anyhow::Result<Device> {
        let (network, url) = (self.founder.network, self.founder.url.clone());
        let signer = Signer {
            device: self.founder.device,
            sign: &self.founder.sign,
        };
        let seed = InviteSeed::generate(&mut self.rng);
        let in_an_hour = SystemTime::now().duration_since(UNIX_EPOCH)? + Duration::from_hours(1);
        let until = Timestamp(u64::try_from(in_an_hour.as_millis())?);
        let invite = membership::invite(&self.state, signer, &seed, Role::Volunteer, until)
            .map_err(|refusal| anyhow!("invite: {refusal:?}"))?;
        let seq = socket.appends(&record(&invite)).await?;
        self.state.apply(seq, &invite.entry).context("invite")?;

        let (mut stranger, _) = Socket::open(&url, 1).await?;
        stranger
            .say(&ClientToRelay::Lookup(seed.sign_key().public()))
            .await?;
        let RelayToClient::Invitation(found) = stranger.hear().await? else {
            bail!("no invitation");
        };
        let (genesis, entry) = (Entry::decode(&found.genesis.0)?, Entry::decode(&found.invite.0)?);
        let offer = membership::verify_invitation(&genesis, &entry, &seed).context("verify it")?;
        let sign = SignKey::generate(&mut self.rng);
        let hpke = WrapKey::generate(&mut self.rng).public();
        let (join, _) = membership::join(
            &offer,
            &seed,
            found.head,
            found.device,
            "Bea",
            &sign,
            hpke,
            &mut self.rng,
        )
        .context("join")?;
        let said = ClientToRelay::Join(Join {
            network,
            entry: EntryBytes(join.entry.encode()),
            detached: join.detached,
        });
        let seq = stranger.appends(&said).await?;
        self.state.apply(seq, &join.entry).context("join")?;

        let approve = membership::approve(&self.state, signer, found.device, &self.keys, &mut self.rng)
            .map_err(|refusal| anyhow!("approve: {refusal:?}"))?;
        let seq = socket.appends(&record(&approve)).await?;
        self.state.apply(seq, &approve.entry).context("approve")?;
        let known = self.state.device(found.device).context("the new device")?;
        Ok(Device {
            network,
            relay: self.founder.relay,
            sign,
            url,
            device: found.device,
            member: known.member,
        })
    }

    /// Makes a document known, as its author.
    pub(super) fn story(&mut self, author: &Device) -> anyhow::Result<(Story, Entry)> {
        let mut doc = DocumentId([0; 16]);
        self.rng.fill_bytes(&mut doc.0);
        let (network, generation) = (author.network, Generation(0));
        let key = DocumentKey::generate(&mut self.rng);
        let readers = Collection::Story.readers(author.member);
        let epochs = self.state.reader_epochs(&readers);
        let wraps = wrap_document_key(network, doc, generation, &key, &epochs, &mut self.rng);
        let body = DocumentBody {
            coll: Collection::Story,
            author: author.member,
            readers,
            purge_month: None,
            teller_key: None,
            kid: key.kid(network, doc, generation),
            wraps: wraps.context("wrap a key")?,
        };
        let header = Header::plain(Kind::Document, Some(doc), generation, author.device);
        let entry = Entry::sign(header, body.encode(), network, &author.sign);
        Ok((Story { doc, key }, entry))
    }

    /// Seals a change of `len` bytes, as its author.
    pub(super) fn change(&mut self, author: &Device, story: &Story, len: usize) -> anyhow::Result<Entry> {
        let address = Address {
            network: author.network,
            doc: story.doc,
            generation: Generation(0),
            by: author.device,
        };
        let mut bytes = vec![0; len];
        self.rng.fill_bytes(&mut bytes);
        let content = Content {
            bytes,
            ..Content::default()
        };
        let kind = ContentKind::Incremental;
        Entry::seal_content(address, kind, &story.key, &content, &author.sign, &mut self.rng)
            .context("seal a change")
    }
}

impl Device {
    /// Makes a document's publication, as its author.
    pub(super) fn publication(&self, story: &Story, shown: &Publication) -> Entry {
        let header = Header::plain(Kind::Publication, Some(story.doc), Generation(0), self.device);
        Entry::sign(header, shown.encode(), self.network, &self.sign)
    }

    /// Opens a connection from `127.0.0.<host>`, proves itself and takes the first pages.
    pub(super) async fn connect(&self, host: u8) -> anyhow::Result<Socket> {
        let (mut socket, hello) = Socket::open(&self.url, host).await?;
        let message = auth_message(&hello, &self.url, self.device, PROTOCOL, None);
        socket
            .say(&ClientToRelay::Auth(Auth {
                network: self.network,
                device: self.device,
                protocol: PROTOCOL,
                checkpoint: None,
                signature: self.sign.sign(Tag::AUTH, self.network, &message),
            }))
            .await?;
        let RelayToClient::Welcome(_) = socket.hear().await? else {
            bail!("not welcome");
        };
        loop {
            let RelayToClient::Page(page) = socket.hear().await? else {
                bail!("a page comes after the welcome");
            };
            if !page.more {
                return Ok(socket);
            }
        }
    }
}

fn record(made: &Made) -> ClientToRelay {
    ClientToRelay::Record(Record {
        entry: EntryBytes(made.entry.encode()),
        detached: made.detached.clone(),
    })
}

/// A push of these entries.
pub(super) fn push(entries: &[Entry]) -> ClientToRelay {
    let entries = entries.iter().map(|entry| EntryBytes(entry.encode())).collect();
    ClientToRelay::Push(Push { entries })
}
