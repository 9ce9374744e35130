//! The shell around the device's machine: a store in memory, a socket, the real clock and real entropy.

use super::seen::Seen;
use super::socket::{self, FromSocket};
use anyhow::Context;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::command::{Command, CommandError, Reply};
use shared::sync::client::{Client, CommandId, Config, ConnectionId, Input, Output};
use shared::testing::device::DeviceDisk;
use shared::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot, watch};

/// Where the answer to a command goes.
type Answer = oneshot::Sender<Result<Reply, CommandError>>;

/// What a member does with her device.
#[derive(Debug)]
pub(super) enum Ask {
    Command(Box<Command>, Answer),
    Offline,
    Online,
}

/// The one owner of the machine.
#[derive(Debug)]
pub(super) struct Shell {
    url: String,
    client: Client,
    disk: DeviceDisk,
    rng: ChaCha20Rng,
    n_commands: u64,
    answers: BTreeMap<CommandId, Answer>,
    socket: Option<(ConnectionId, mpsc::UnboundedSender<Vec<u8>>)>,
    to_shell: mpsc::UnboundedSender<FromSocket>,
    from_sockets: mpsc::UnboundedReceiver<FromSocket>,
    is_offline: bool,
    seen: watch::Sender<Seen>,
}

/// Opens the machine on what is stored.
pub(super) fn open(url: &str, disk: DeviceDisk, seen: watch::Sender<Seen>) -> anyhow::Result<Shell> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("draw entropy")?;
    let mut rng = ChaCha20Rng::from_seed(seed);
    let config = Config {
        origin: url.to_owned(),
        app_version: 1,
    };
    let stored = disk.answer(&Client::boot_queries());
    let client = Client::open(config, &stored, now(), &mut rng)?;
    let (to_shell, from_sockets) = mpsc::unbounded_channel();
    Ok(Shell {
        url: url.to_owned(),
        client,
        disk,
        rng,
        n_commands: 0,
        answers: BTreeMap::new(),
        socket: None,
        to_shell,
        from_sockets,
        is_offline: false,
        seen,
    })
}

impl Shell {
    /// Runs until nobody can ask any more; returns what is stored.
    pub(super) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) -> DeviceDisk {
        self.drain();
        loop {
            let wait = self.client.poll_timeout().map(|due| due.since(now()));
            tokio::select! {
                ask = asked.recv() => match ask {
                    Some(ask) => self.ask(ask),
                    None => return self.disk,
                },
                Some(told) = self.from_sockets.recv() => self.hear(told),
                () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => {
                    self.input(Input::Timeout);
                }
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Command(command, answer) => {
                self.n_commands += 1;
                let id = CommandId(self.n_commands);
                self.answers.insert(id, answer);
                self.input(Input::Command(id, *command));
            }
            Ask::Offline => {
                self.is_offline = true;
                if let Some((id, _)) = self.socket.take() {
                    self.input(Input::Disconnected(id));
                }
            }
            Ask::Online => self.is_offline = false,
        }
    }

    fn hear(&mut self, told: FromSocket) {
        let (id, input) = match told {
            FromSocket::Opened(id) => (id, Input::Connected(id)),
            FromSocket::Frame(id, bytes) => (id, Input::Frame(id, bytes)),
            FromSocket::Ended(id) => (id, Input::Disconnected(id)),
        };
        // What a connection that was given up still delivers is no traffic of this one.
        if self.socket.as_ref().is_none_or(|(open, _)| *open != id) {
            return;
        }
        match &input {
            Input::Connected(_) => self.seen.send_modify(|seen| seen.traffic.connected()),
            Input::Frame(_, bytes) => self.seen.send_modify(|seen| seen.traffic.received(bytes)),
            Input::Disconnected(_) => self.socket = None,
            Input::Command(..)
            | Input::Stored(_)
            | Input::StoreFailed(..)
            | Input::Loaded(..)
            | Input::LoadFailed(_)
            | Input::Timeout => {}
        }
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        let outcome = self.client.handle_input(input, now(), &mut self.rng);
        if let Err(error) = outcome {
            self.seen.send_modify(|seen| seen.broken_protocol.push(error));
        }
        self.drain();
    }

    /// Does what the machine asks, until it asks nothing more.
    fn drain(&mut self) {
        let mut inputs = VecDeque::new();
        loop {
            while let Some(output) = self.client.poll_output() {
                inputs.extend(self.output(output));
            }
            let Some(input) = inputs.pop_front() else { return };
            if let Err(error) = self.client.handle_input(input, now(), &mut self.rng) {
                self.seen.send_modify(|seen| seen.broken_protocol.push(error));
            }
        }
    }

    /// Does one thing; a store in memory answers at once.
    fn output(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Store(id, operations) => {
                return Some(match self.disk.commit(&operations) {
                    Ok(()) => Input::Stored(id),
                    Err(failure) => Input::StoreFailed(id, failure),
                });
            }
            Output::Load(id, queries) => return Some(Input::Loaded(id, self.disk.answer(&queries))),
            Output::Connect(id) if self.is_offline => return Some(Input::Disconnected(id)),
            Output::Connect(id) => {
                self.socket = Some((id, socket::open(&self.url, id, self.to_shell.clone())));
            }
            Output::Send(id, bytes) => {
                if let Some((_, send)) = self.socket.as_ref().filter(|(open, _)| *open == id) {
                    self.seen.send_modify(|seen| seen.traffic.sent(&bytes));
                    // A socket that is gone says so by itself.
                    drop(send.send(bytes));
                }
            }
            Output::Disconnect(id) => drop(self.socket.take_if(|(open, _)| *open == id)),
            Output::Reply(id, reply) => {
                if let Some(answer) = self.answers.remove(&id) {
                    // She may not wait for it.
                    drop(answer.send(reply));
                }
            }
            Output::Event(event) => self.seen.send_modify(|seen| seen.note(event)),
            Output::Outdated => self.seen.send_modify(|seen| seen.is_outdated = true),
        }
        None
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
