//! The relay's shell: one task that owns [`sync::relay::Relay`](shared::sync::relay::Relay), the store and the
//! sockets around it.
//!
//! ```text
//!  socket ──► FromSession ──► task: handle_input, poll_output ──► ToSession ──► socket
//!                              ▲        │ Store, Load, Verify
//!                              └────────┘ done by the store's and blocking threads
//! ```
//!
//! The queue from the sockets is bounded: a relay that is busy makes senders wait. What comes back from the store
//! is as much as the machine asked for, and what goes out is bounded by the machine itself (S7).

mod session;

pub(crate) use session::{Door, routes};

use crate::metrics::Counts;
use crate::publications::{PublicStory, SharedPublications};
use crate::store::Store;
use anyhow::Context;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::crypto::{FoundingCode, FoundingHash, SignKey};
use shared::entry::Entry;
use shared::id::{DocumentId, MediaHash, NetworkId, Seq};
use shared::publication::Publication;
use shared::storage::{Answer, RelayFailure, RelayOperation, RelayQuery};
use shared::sync::bug::Bugs;
use shared::sync::relay::{
    Event, Input, LoadId, Output, Relay, RelayConfig, SessionId, SignatureCheck, VerifyId,
};
use shared::time::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

/// What sockets have said and the task has not heard yet, in messages: a second of a busy relay.
const QUEUE_MESSAGES_MAX: usize = 1_024;

/// Questions that are answered at a time: the store keeps as many connections open.
const READERS_MAX: usize = 4;

/// Signatures that the task checks by itself: handing a few to another thread takes longer than checking them.
const CHECKS_INLINE_MAX: usize = 4;

/// Publications that are read at a time at the start.
const PUBLICATION_ROWS: u32 = 200;

/// What a socket tells the task.
#[derive(Debug)]
pub(crate) enum FromSession {
    Opened {
        session: SessionId,
        peer: shared::sync::relay::Peer,
        origin: String,
        to: mpsc::UnboundedSender<ToSession>,
    },
    Frame(SessionId, Vec<u8>),
    Sent(SessionId, usize),
    Closed(SessionId),
}

/// What the task tells a socket. Its end closes the socket.
#[derive(Debug)]
pub(crate) struct ToSession(pub(crate) Vec<u8>);

/// A relay that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) from_sessions: mpsc::Sender<FromSession>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Ends all connections, lets the store finish and waits for both.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            error!(%error, "the relay's task ended early");
        }
    }
}

/// Starts the relay on a store. `say` gets the founding code while there is no network.
pub(crate) async fn start(
    data: &Path,
    store: Arc<dyn Store>,
    publications: SharedPublications,
    counts: Arc<Counts>,
    say: &impl Fn(&str),
) -> anyhow::Result<Running> {
    let mut rng = ChaCha20Rng::from_seed(entropy()?);
    let sign = relay_key(data, &mut rng).context("read or make the relay's key")?;
    show_stored(&*store, &publications).context("read the publications")?;
    let founding = founding_code(&store, &mut rng, say).await?;
    let relay = Relay::new(RelayConfig {
        sign,
        founding,
        bugs: Bugs::default(),
    });
    let (from_sessions, said) = mpsc::channel(QUEUE_MESSAGES_MAX);
    let (stop, stopped) = oneshot::channel();
    let (done, done_inputs) = mpsc::unbounded_channel();
    let task = Task {
        relay,
        rng,
        store,
        publications,
        counts,
        sessions: BTreeMap::new(),
        done,
        readers: Arc::new(Semaphore::new(READERS_MAX)),
    };
    let task = tokio::spawn(task.run(said, done_inputs, stopped));
    Ok(Running {
        from_sessions,
        stop,
        task,
    })
}

/// The one owner of the machine.
struct Task {
    relay: Relay,
    rng: ChaCha20Rng,
    store: Arc<dyn Store>,
    publications: SharedPublications,
    counts: Arc<Counts>,
    sessions: BTreeMap<SessionId, mpsc::UnboundedSender<ToSession>>,
    done: mpsc::UnboundedSender<Input>,
    readers: Arc<Semaphore>,
}

impl Task {
    async fn run(
        mut self,
        mut said: mpsc::Receiver<FromSession>,
        mut done: mpsc::UnboundedReceiver<Input>,
        mut stopped: oneshot::Receiver<()>,
    ) {
        loop {
            let wait = self.next_due().map(|due| due.since(now()));
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                Some(input) = done.recv() => self.input(input),
                Some(said) = said.recv() => self.hear(said),
                () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => {
                    self.input(Input::Timeout);
                    self.tell_ended(now());
                }
            }
        }
        self.sessions.clear();
        let store = self.store;
        let stopping = tokio::task::spawn_blocking(move || store.stop());
        if let Err(error) = stopping.await {
            error!(%error, "the store did not stop");
        }
    }

    /// When something is due that nobody says: the machine's own, or that something on the site has ended.
    fn next_due(&self) -> Option<Timestamp> {
        let end = self.publications.read().next_end();
        let ended = end.map(|end| end.after(Duration::from_millis(1)));
        self.relay.poll_timeout().into_iter().chain(ended).min()
    }

    /// Lets the machine delete what has ended. The site does not show it any more, whatever becomes of that.
    fn tell_ended(&mut self, now: Timestamp) {
        for (network, doc) in self.publications.change(|publications| publications.ended(now)) {
            info!(%network, %doc, "ended");
            self.input(Input::Ended(network, doc));
        }
    }

    fn hear(&mut self, said: FromSession) {
        let input = match said {
            FromSession::Opened {
                session,
                peer,
                origin,
                to,
            } => {
                self.sessions.insert(session, to);
                Input::Connected {
                    session,
                    peer,
                    origin,
                }
            }
            FromSession::Frame(session, bytes) => Input::Frame(session, bytes),
            FromSession::Sent(session, len) => Input::Sent(session, len),
            FromSession::Closed(session) => {
                self.sessions.remove(&session);
                Input::Disconnected(session)
            }
        };
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        self.relay.handle_input(input, now(), &mut self.rng);
        let n_sessions = u64::try_from(self.sessions.len()).unwrap_or(u64::MAX);
        self.counts.connections.store(n_sessions, Ordering::Relaxed);
        while let Some(output) = self.relay.poll_output() {
            match output {
                Output::Send(session, bytes) => {
                    if let Some(to) = self.sessions.get(&session) {
                        // A socket that is gone says so by itself.
                        drop(to.send(ToSession(bytes)));
                    }
                }
                Output::Close(session) => drop(self.sessions.remove(&session)),
                Output::Store(id, operations) => {
                    let done = self.done.clone();
                    let answer = move |outcome| {
                        let input = match outcome {
                            Ok(()) => Input::Stored(id),
                            Err(failure) => Input::StoreFailed(id, failure),
                        };
                        drop(done.send(input));
                    };
                    self.store.store(operations, Box::new(answer));
                }
                Output::Load(id, query) => self.load(id, query),
                Output::Verify(id, checks) => self.verify(id, checks),
                Output::Event(event) => self.event(&event),
            }
        }
    }

    fn load(&self, id: LoadId, query: RelayQuery) {
        let (store, done, readers) = (self.store.clone(), self.done.clone(), self.readers.clone());
        tokio::spawn(async move {
            let permit = readers.acquire_owned().await;
            let answer = tokio::task::spawn_blocking(move || store.answer(&query)).await;
            drop(permit);
            let input = match answer {
                Ok(Ok(answer)) => Input::Loaded(id, answer),
                Ok(Err(_)) | Err(_) => Input::LoadFailed(id),
            };
            drop(done.send(input));
        });
    }

    fn verify(&self, id: VerifyId, checks: Vec<SignatureCheck>) {
        let done = self.done.clone();
        if checks.len() <= CHECKS_INLINE_MAX {
            let holds = checks.iter().map(SignatureCheck::holds).collect();
            drop(done.send(Input::Verified(id, holds)));
            return;
        }
        tokio::task::spawn_blocking(move || {
            let holds = checks.iter().map(SignatureCheck::holds).collect();
            drop(done.send(Input::Verified(id, holds)));
        });
    }

    /// Logs what happened, by ids only, and keeps the public site true.
    fn event(&self, event: &Event) {
        match event {
            Event::Founded(network) => {
                info!(%network, "founded");
                self.name_site();
            }
            Event::Welcomed {
                session,
                network,
                device,
            } => {
                self.counts.welcomed.fetch_add(1, Ordering::Relaxed);
                info!(session = session.0, %network, %device, "welcomed");
            }
            Event::Refused { session, refusal } => {
                self.counts.refused.fetch_add(1, Ordering::Relaxed);
                info!(session = session.0, ?refusal, "refused");
            }
            Event::Appended {
                network,
                head,
                n_entries,
            } => {
                let n = u64::try_from(*n_entries).unwrap_or(u64::MAX);
                self.counts.entries.fetch_add(n, Ordering::Relaxed);
                info!(%network, %head, n_entries, "appended");
            }
            Event::Published { network, doc, seq } => {
                info!(%network, %doc, %seq, "published");
                self.publish(*network, *doc, *seq);
            }
            Event::Withdrawn { network, doc } => {
                info!(%network, %doc, "withdrawn");
                self.publications
                    .change(|publications| publications.withdraw(*doc));
            }
            Event::StoreFailed { network, failure } => {
                self.counts.store_failures.fetch_add(1, Ordering::Relaxed);
                warn!(%network, ?failure, "not stored");
            }
        }
    }

    /// Reads one entry back from the store: some kilobytes, a few times a day.
    fn publish(&self, network: NetworkId, doc: DocumentId, seq: Seq) {
        let query = RelayQuery::Entries {
            network,
            seqs: vec![seq],
        };
        let story = match self.store.answer(&query) {
            Ok(Answer::Entries(entries)) => entries.first().and_then(|(seq, bytes)| story(doc, *seq, bytes)),
            Ok(_) | Err(_) => {
                warn!(%network, %doc, "the publication is not shown before the next start");
                None
            }
        };
        // What it replaces may show what is not allowed any more.
        self.publications.change(|publications| match story {
            Some(story) => publications.publish(story),
            None => publications.withdraw(doc),
        });
    }

    fn name_site(&self) {
        if let Ok(networks) = self.store.networks()
            && let [network, ..] = &networks[..]
        {
            let (id, name) = (network.network, network.name.clone());
            self.publications
                .change(|publications| publications.set_network(id, name));
        }
    }
}

/// Fills the public site from the store.
fn show_stored(store: &dyn Store, publications: &SharedPublications) -> anyhow::Result<()> {
    let networks = store.networks().map_err(failed)?;
    let Some(network) = networks.first() else {
        return Ok(());
    };
    publications.change(|publications| publications.set_network(network.network, network.name.clone()));
    // P3: the last start may have ended before it deleted what no story shows any more.
    let mut unshown: BTreeMap<DocumentId, Vec<MediaHash>> = store
        .media_documents(network.network)
        .map_err(failed)?
        .into_iter()
        .map(|doc| (doc, Vec::new()))
        .collect();
    let mut after = None;
    loop {
        let rows = store
            .publications(network.network, after, PUBLICATION_ROWS)
            .map_err(failed)?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.doc);
        for row in &rows {
            let shown = row.bytes.as_deref().filter(|_| !row.is_withdrawn);
            let story = shown.and_then(|bytes| story(row.doc, row.seq, bytes));
            if let (Some(story), Some(shown)) = (&story, unshown.get_mut(&row.doc)) {
                *shown = story.hashes();
            }
            publications.change(|publications| match story {
                Some(story) => publications.publish(story),
                None => publications.withdraw(row.doc),
            });
        }
    }
    for (doc, but) in unshown {
        let operation = RelayOperation::DropMedia {
            network: network.network,
            doc,
            but,
        };
        let answer = move |outcome: Result<(), RelayFailure>| {
            if let Err(failure) = outcome {
                warn!(%doc, ?failure, "photos and sounds that are not shown are still stored");
            }
        };
        store.store(vec![operation], Box::new(answer));
    }
    Ok(())
}

fn story(doc: DocumentId, seq: Seq, bytes: &[u8]) -> Option<PublicStory> {
    let entry = Entry::decode(bytes).ok()?;
    let publication = Publication::decode(&entry.ct).ok()?;
    Some(PublicStory::new(doc, seq, publication))
}

/// While there is no network: draws a code, keeps its hash, says it.
async fn founding_code(
    store: &Arc<dyn Store>,
    rng: &mut ChaCha20Rng,
    say: &impl Fn(&str),
) -> anyhow::Result<Option<FoundingHash>> {
    if !store.networks().map_err(failed)?.is_empty() {
        return store.founding().map_err(failed);
    }
    let code = FoundingCode::generate(rng);
    let (done, stored) = oneshot::channel();
    let answer = move |outcome| {
        if done.send(outcome).is_err() {
            warn!("nobody waits for the founding code");
        }
    };
    store.store(vec![RelayOperation::SetFounding(code.hash())], Box::new(answer));
    stored.await?.map_err(failed).context("keep the founding code")?;
    say(&format!("Stichtcode: {}", code.to_code()));
    Ok(Some(code.hash()))
}

/// Reads the key that signs receipts, or makes it at the first start. Each genesis pins it: it stays.
fn relay_key(data: &Path, rng: &mut ChaCha20Rng) -> anyhow::Result<SignKey> {
    let path = data.join("relay.key");
    match fs::read(&path) {
        Ok(bytes) => {
            let seed: [u8; 32] = bytes.try_into().ok().context("relay.key is not 32 bytes")?;
            Ok(SignKey::from_bytes(&seed))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = SignKey::generate(rng);
            let new = data.join("relay.key.new");
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&new)?;
            file.write_all(&*key.to_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            fs::File::open(data)?.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error).context("relay.key"),
    }
}

fn entropy() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("draw entropy")?;
    Ok(seed)
}

fn failed(failure: RelayFailure) -> anyhow::Error {
    anyhow::anyhow!("the store answers {failure:?}")
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
