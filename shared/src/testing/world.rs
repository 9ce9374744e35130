//! The simulated world: devices, a relay, a network between them, and time that passes only when something happens.
//!
//! Everything comes from one seed. Whatever was under way when a machine dies is lost: transactions that did not
//! finish, frames, timers. The trace is hashed: the same seed gives the same run.

use super::device::{DeviceDisk, Tab};
use super::relay_store::RelayStore;
use crate::command::{Command, CommandError, Reply};
use crate::crypto::{FoundingCode, SignKey};
use crate::id::{EntryId, NetworkId, Seq};
use crate::protocol::{Refusal, RelayToClient};
use crate::storage::{Operation, Query, RelayOperation, RelayQuery};
use crate::sync::bug::Bugs;
use crate::sync::client::{self, CommandId, ConnectionId};
use crate::sync::relay::{self, Peer, Relay, RelayConfig, SessionId};
use crate::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Origin of every simulated page.
pub const ORIGIN: &str = "https://verhalen.example";

/// When every simulation begins, in milliseconds since 1970.
const BEGINNING: u64 = 1_750_000_000_000;

/// How likely things go wrong, of 1,000.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// A frame is lost and the connection goes on: worse than any real network.
    pub frame_lost: u32,
    /// A frame comes twice.
    pub frame_twice: u32,
    /// A frame overtakes earlier ones.
    pub frame_early: u32,
    /// The connection is cut while a frame is under way, which is lost.
    pub cut: u32,
    /// Longest way of a frame, in milliseconds.
    pub delay_ms_max: u64,
}

/// The world.
#[derive(Debug)]
pub struct World {
    /// Entropy of everything.
    pub rng: ChaCha8Rng,
    /// True time, in milliseconds.
    pub now: u64,
    /// What goes wrong from here on.
    pub faults: Faults,
    /// Bugs of every machine that is opened from here on.
    pub bugs: Bugs,
    /// Tabs; a device has one, or two on one disk.
    pub tabs: Vec<Tab>,
    /// Disks of devices.
    pub disks: Vec<DeviceDisk>,
    /// The relay's disk.
    pub store: RelayStore,
    relay: Option<Relay>,
    relay_sign: SignKey,
    relay_life: u64,
    relay_free_at: u64,
    /// What the relay's clock is ahead of the world's, in milliseconds.
    pub relay_clock_ahead_ms: i64,
    code: String,
    sessions: BTreeMap<u64, SessionAt>,
    n_sessions: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    n_happenings: u64,
    n_steps: u64,
    trace: Sha256,
    /// Entries that a device was given a receipt for.
    pub receipted: BTreeSet<EntryId>,
    /// What must never happen and did.
    pub violations: Vec<String>,
}

/// One connection, seen from the relay.
#[derive(Clone, Copy, Debug)]
struct SessionAt {
    tab: usize,
    life: u64,
    connection: ConnectionId,
    up_free_at: u64,
    down_free_at: u64,
    is_open: bool,
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
enum Happening {
    DeviceStore {
        tab: usize,
        life: u64,
        id: client::StoreId,
        operations: Vec<Operation>,
    },
    DeviceLoad {
        tab: usize,
        life: u64,
        id: client::LoadId,
        queries: Vec<Query>,
    },
    Opened {
        tab: usize,
        life: u64,
        id: ConnectionId,
    },
    Up {
        session: u64,
        bytes: Vec<u8>,
    },
    Down {
        session: u64,
        bytes: Vec<u8>,
    },
    Cut {
        session: u64,
    },
    RelaySync {
        life: u64,
        id: relay::StoreId,
        outcome: Result<(), crate::storage::RelayFailure>,
    },
    RelayLoad {
        life: u64,
        id: relay::LoadId,
        query: RelayQuery,
    },
    RelayVerify {
        life: u64,
        id: relay::VerifyId,
        checks: Vec<relay::SignatureCheck>,
    },
    RelayStart,
}

impl World {
    /// A world with a relay that was started for the first time.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let code = FoundingCode::generate(&mut rng);
        let mut store = RelayStore::default();
        let founded = store.commit(&[RelayOperation::SetFounding(code.hash())]);
        debug_assert!(founded.is_ok(), "an empty store takes a code");
        store.sync();
        let mut world = Self {
            relay_sign: SignKey::generate(&mut rng),
            rng,
            now: BEGINNING,
            faults: Faults {
                delay_ms_max: 100,
                ..Faults::default()
            },
            bugs: Bugs::default(),
            tabs: Vec::new(),
            disks: Vec::new(),
            store,
            relay: None,
            relay_life: 0,
            relay_free_at: 0,
            relay_clock_ahead_ms: 0,
            code: code.to_code(),
            sessions: BTreeMap::new(),
            n_sessions: 0,
            queue: BTreeMap::new(),
            n_happenings: 0,
            n_steps: 0,
            trace: Sha256::new(),
            receipted: BTreeSet::new(),
            violations: Vec::new(),
        };
        world.start_relay();
        world
    }

    /// The founding code.
    #[must_use]
    pub fn code(&self) -> String {
        self.code.clone()
    }

    /// Returns a number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.rng.next_u64() % n.max(1)
    }

    /// Happens `n` times in a thousand.
    pub fn chance(&mut self, n: u32) -> bool {
        self.below(1000) < u64::from(n)
    }

    /// Adds a device with one open tab.
    pub fn device(&mut self) -> usize {
        self.disks.push(DeviceDisk::default());
        self.tabs.push(Tab::new(self.disks.len() - 1, true));
        let tab = self.tabs.len() - 1;
        self.open(tab);
        tab
    }

    /// Opens a second tab on a device's disk.
    pub fn second_tab(&mut self, tab: usize) -> Option<usize> {
        let disk = self.tabs.get(tab)?.disk;
        self.tabs.push(Tab::new(disk, false));
        let second = self.tabs.len() - 1;
        self.open(second);
        Some(second)
    }

    /// Opens a tab, or opens it again: what was under way is lost.
    pub fn open(&mut self, tab: usize) {
        self.close(tab);
        let (now, bugs) = (self.now, self.bugs.clone());
        if let Some(at) = self.tabs.get_mut(tab)
            && let Some(disk) = self.disks.get(at.disk)
        {
            at.open(disk, bugs, now, &mut self.rng);
            at.disk_free_at = now;
            if at.client.is_none() {
                self.violations.push(format!("tab {tab} does not open"));
            }
        }
        self.drain(tab);
    }

    /// Kills a tab.
    pub fn close(&mut self, tab: usize) {
        let session = self.tabs.get_mut(tab).and_then(|tab| {
            tab.life += 1;
            tab.client = None;
            tab.connection.take()
        });
        if let Some((_, session)) = session {
            self.end_session(session);
        }
    }

    /// Kills the relay: of the transactions that were not synced some happen to be on the disk.
    pub fn crash_relay(&mut self, down_ms: u64) {
        self.relay = None;
        self.relay_life += 1;
        let n_unsynced = self.store.n_unsynced() as u64;
        let n_kept = usize::try_from(self.below(n_unsynced + 1)).unwrap_or_default();
        self.store.crash(n_kept);
        let sessions: Vec<_> = self.sessions.keys().copied().collect();
        sessions.into_iter().for_each(|session| self.cut(session));
        self.at(self.now + down_ms, Happening::RelayStart);
    }

    fn start_relay(&mut self) {
        self.relay_life += 1;
        self.relay_free_at = self.now;
        self.relay = Some(Relay::new(RelayConfig {
            sign: self.relay_sign.clone(),
            founding: self.store.founding(),
            bugs: self.bugs.clone(),
        }));
    }

    /// Cuts the connection of a tab, at whatever byte it is.
    pub fn cut_tab(&mut self, tab: usize) {
        let session = self.tabs.get(tab).and_then(|tab| tab.connection);
        if let Some((_, session)) = session {
            self.cut(session);
        }
    }

    /// Gives a command; its answer is found in [`Tab::answers`].
    pub fn command(&mut self, tab: usize, command: Command) -> Option<CommandId> {
        let at = self.tabs.get_mut(tab)?;
        at.client.as_ref()?;
        let id = at.next_command();
        self.input(tab, client::Input::Command(id, command));
        Some(id)
    }

    /// Gives a command and lets the world go on until it is answered.
    ///
    /// # Errors
    /// The command's own error; [`CommandError::Refused`] if it is not answered within a simulated minute.
    pub fn ask(&mut self, tab: usize, command: Command) -> Result<Reply, CommandError> {
        let id = self.command(tab, command).ok_or(CommandError::Refused)?;
        let until = self.now + 60_000;
        while self.now <= until {
            if let Some(answer) = self.tabs.get_mut(tab).and_then(|tab| tab.answers.remove(&id)) {
                return answer;
            }
            if !self.step(until) {
                break;
            }
        }
        Err(CommandError::Refused)
    }

    /// Lets everything happen that happens before `until`.
    pub fn run_until(&mut self, until: u64) {
        while self.step(until) {}
        self.now = self.now.max(until);
    }

    /// Lets the world go on until nothing is left to do, at most for `within_ms`. Returns whether it came to rest.
    pub fn run_until_quiescent(&mut self, within_ms: u64) -> bool {
        let until = self.now + within_ms;
        while self.now < until {
            if self.is_quiescent() {
                return true;
            }
            if !self.step(until) {
                break;
            }
        }
        self.is_quiescent()
    }

    /// Whether every device has followed the log to its end and has nothing left to send or to apply.
    #[must_use]
    pub fn is_quiescent(&self) -> bool {
        self.relay.is_some()
            && self.tabs.iter().all(|tab| {
                let settled = tab.client.as_ref().map(|client| {
                    let head = client.network_id().map_or(Seq(0), |network| self.head(network));
                    client.is_settled(head)
                });
                settled.unwrap_or(true)
            })
    }

    /// What each device has left to do, by ids only; empty when the world is at rest.
    #[must_use]
    pub fn unsettled(&self) -> Vec<String> {
        let open = self.tabs.iter().enumerate();
        open.filter_map(|(idx, tab)| Some((idx, tab.client.as_ref()?)))
            .filter(|(_, client)| {
                let head = client.network_id().map(|network| self.head(network));
                !client.is_settled(head.unwrap_or_default())
            })
            .map(|(idx, client)| format!("tab {idx}: {}", client.unsettled()))
            .collect()
    }

    /// The newest seq of a log.
    #[must_use]
    pub fn head(&self, network: NetworkId) -> Seq {
        self.store.head(network)
    }

    /// Hash of all that happened.
    #[must_use]
    pub fn trace(&self) -> [u8; 32] {
        self.trace.clone().finalize().into()
    }

    /// How many things happened.
    #[must_use]
    pub fn n_steps(&self) -> u64 {
        self.n_steps
    }

    /// How many connections were opened.
    #[must_use]
    pub fn n_connections(&self) -> u64 {
        self.n_sessions
    }

    /// Lets the next thing happen, if it is before `until`.
    fn step(&mut self, until: u64) -> bool {
        let next = self.queue.first_key_value().map(|(key, _)| *key);
        let tabs = self.tabs.iter().enumerate();
        let timer = tabs
            .filter_map(|(idx, tab)| {
                let due = tab.client.as_ref()?.poll_timeout()?;
                let due = due.0.saturating_add_signed(-tab.clock_ahead_ms);
                Some((due.max(self.now), idx))
            })
            .min();
        let relay = self.relay.as_ref().and_then(Relay::poll_timeout);
        let relay = relay.map(|due| {
            due.0
                .saturating_add_signed(-self.relay_clock_ahead_ms)
                .max(self.now)
        });
        let at = [next.map(|(at, _)| at), timer.map(|(at, _)| at), relay]
            .into_iter()
            .flatten()
            .min();
        let Some(at) = at.filter(|&at| at <= until) else {
            return false;
        };
        self.now = self.now.max(at);
        self.n_steps += 1;
        self.trace.update(at.to_be_bytes());
        if let Some(key) = next.filter(|(due, _)| *due == at)
            && let Some(happening) = self.queue.remove(&key)
        {
            self.happen(happening);
        } else if let Some((_, tab)) = timer.filter(|(due, _)| *due == at) {
            self.trace.update([1]);
            // A timer fires a moment late, never early.
            self.now += 1;
            self.input(tab, client::Input::Timeout);
        } else {
            self.trace.update([2]);
            self.now += 1;
            self.relay_input(relay::Input::Timeout);
        }
        true
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::DeviceStore {
                tab,
                life,
                id,
                operations,
            } => {
                let outcome = match self.live_disk(tab, life) {
                    Some(disk) => disk.commit(&operations),
                    None => return,
                };
                self.trace.update([3, u8::from(outcome.is_ok())]);
                let input = match outcome {
                    Ok(()) => client::Input::Stored(id),
                    Err(failure) => client::Input::StoreFailed(id, failure),
                };
                self.input(tab, input);
            }
            Happening::DeviceLoad {
                tab,
                life,
                id,
                queries,
            } => {
                let Some(disk) = self.live_disk(tab, life) else {
                    return;
                };
                let answers = disk.answer(&queries);
                self.input(tab, client::Input::Loaded(id, answers));
            }
            Happening::Opened { tab, life, id } => self.open_connection(tab, life, id),
            Happening::Up { session, bytes } => {
                if self.sessions.get(&session).is_some_and(|at| at.is_open) {
                    self.trace.update(Sha256::digest(&bytes));
                    self.relay_input(relay::Input::Frame(SessionId(session), bytes));
                }
            }
            Happening::Down { session, bytes } => self.deliver(session, bytes),
            Happening::Cut { session } => self.device_notices(session),
            Happening::RelaySync { life, id, outcome } => {
                if life == self.relay_life {
                    if outcome.is_ok() {
                        self.store.sync();
                    }
                    self.relay_input(match outcome {
                        Ok(()) => relay::Input::Stored(id),
                        Err(failure) => relay::Input::StoreFailed(id, failure),
                    });
                }
            }
            Happening::RelayLoad { life, id, query } => {
                if life == self.relay_life {
                    let answer = self.store.answer(&query);
                    self.relay_input(relay::Input::Loaded(id, answer));
                }
            }
            Happening::RelayVerify { life, id, checks } => {
                if life == self.relay_life {
                    let holds = checks.iter().map(relay::SignatureCheck::holds).collect();
                    self.relay_input(relay::Input::Verified(id, holds));
                }
            }
            Happening::RelayStart => {
                if self.relay.is_none() {
                    self.start_relay();
                }
            }
        }
    }

    fn live_disk(&mut self, tab: usize, life: u64) -> Option<&mut DeviceDisk> {
        let tab = self.tabs.get(tab).filter(|tab| tab.life == life)?;
        self.disks.get_mut(tab.disk)
    }

    fn open_connection(&mut self, tab: usize, life: u64, id: ConnectionId) {
        let is_up = self.relay.is_some();
        let now = self.now;
        let Some(at) = self.tabs.get_mut(tab).filter(|tab| tab.life == life) else {
            return;
        };
        if !is_up || at.partitioned_until > now || !at.is_leader {
            return self.input(tab, client::Input::Disconnected(id));
        }
        self.n_sessions += 1;
        let session = self.n_sessions;
        at.connection = Some((id, session));
        let opened = SessionAt {
            tab,
            life,
            connection: id,
            up_free_at: now,
            down_free_at: now,
            is_open: true,
        };
        self.sessions.insert(session, opened);
        let mut peer = [0; 16];
        peer.iter_mut()
            .zip(u64::try_from(tab).unwrap_or_default().to_be_bytes())
            .for_each(|(to, byte)| *to = byte);
        self.relay_input(relay::Input::Connected {
            session: SessionId(session),
            peer: Peer(peer),
            origin: ORIGIN.to_owned(),
        });
        self.input(tab, client::Input::Connected(id));
    }

    /// A frame reaches a device.
    fn deliver(&mut self, session: u64, bytes: Vec<u8>) {
        let Some(at) = self.sessions.get(&session).copied().filter(|at| at.is_open) else {
            return;
        };
        let is_live = self
            .tabs
            .get(at.tab)
            .is_some_and(|tab| tab.life == at.life && tab.connection == Some((at.connection, session)));
        if !is_live {
            return;
        }
        self.trace.update(Sha256::digest(&bytes));
        self.watch(at.tab, &bytes);
        self.input(at.tab, client::Input::Frame(at.connection, bytes));
    }

    /// Notes receipts, and what the relay must never say.
    fn watch(&mut self, tab: usize, bytes: &[u8]) {
        match RelayToClient::decode(bytes) {
            Ok(RelayToClient::Receipt(receipt)) => {
                self.receipted.extend(receipt.entries.iter().map(|(id, _)| *id));
            }
            Ok(RelayToClient::Refusals(refusals)) => {
                let network = self
                    .tabs
                    .get(tab)
                    .and_then(|tab| tab.client.as_ref()?.network_id());
                let Some(network) = network else { return };
                let known: BTreeSet<_> = self.store.entries(network).map(|(_, id, _)| id).collect();
                for (id, refusal) in refusals.refusals {
                    let is_have = matches!(refusal, Refusal::Have(_) | Refusal::Retry(_));
                    if known.contains(&id) && !is_have {
                        self.violations
                            .push(format!("an entry of the log was refused: {refusal:?}"));
                    }
                }
            }
            Ok(RelayToClient::Backfill(page)) => {
                let client = self.tabs.get(tab).and_then(|tab| tab.client.as_ref());
                let followed = client.map(client::Client::followed).unwrap_or_default();
                if let Some((seq, _)) = page.entries.iter().find(|(seq, _)| *seq > followed) {
                    let what =
                        format!("S9: tab {tab} followed to {followed:?} and is sent {seq:?} by a backfill");
                    self.violations.push(what);
                }
            }
            _ => {}
        }
    }

    /// The device learns that its connection is gone.
    fn device_notices(&mut self, session: u64) {
        let Some(at) = self.sessions.remove(&session) else {
            return;
        };
        let is_live = self
            .tabs
            .get(at.tab)
            .is_some_and(|tab| tab.life == at.life && tab.connection == Some((at.connection, session)));
        if is_live {
            if let Some(tab) = self.tabs.get_mut(at.tab) {
                tab.connection = None;
            }
            self.input(at.tab, client::Input::Disconnected(at.connection));
        }
    }

    /// The connection breaks: frames under way are lost, both sides learn of it later.
    fn cut(&mut self, session: u64) {
        if let Some(at) = self.sessions.get_mut(&session)
            && at.is_open
        {
            at.is_open = false;
            let notice_ms = self.below(3_000);
            self.at(self.now + notice_ms, Happening::Cut { session });
            if self.relay.is_some() {
                self.relay_input(relay::Input::Disconnected(SessionId(session)));
            }
        }
    }

    /// The device's end is gone.
    fn end_session(&mut self, session: u64) {
        if let Some(at) = self.sessions.remove(&session)
            && at.is_open
        {
            self.relay_input(relay::Input::Disconnected(SessionId(session)));
        }
    }

    fn input(&mut self, tab: usize, input: client::Input) {
        let now = self.now;
        let Some(at) = self.tabs.get_mut(tab) else { return };
        let clock = at.clock(now);
        let Some(client) = at.client.as_mut() else { return };
        if let Err(error) = client.handle_input(input, clock, &mut self.rng) {
            self.trace.update(error.to_string());
        }
        self.drain(tab);
    }

    /// Carries out what a device's machine wants.
    fn drain(&mut self, tab: usize) {
        loop {
            let Some(at) = self.tabs.get_mut(tab) else { return };
            let life = at.life;
            let Some(output) = at.client.as_mut().and_then(client::Client::poll_output) else {
                return;
            };
            match output {
                client::Output::Store(id, operations) => {
                    let due = self.disk_due(tab);
                    let store = Happening::DeviceStore {
                        tab,
                        life,
                        id,
                        operations,
                    };
                    self.at(due, store);
                }
                client::Output::Load(id, queries) => {
                    let due = self.disk_due(tab);
                    let load = Happening::DeviceLoad {
                        tab,
                        life,
                        id,
                        queries,
                    };
                    self.at(due, load);
                }
                client::Output::Connect(id) => {
                    let delay_ms = 1 + self.below(200);
                    self.at(self.now + delay_ms, Happening::Opened { tab, life, id });
                }
                client::Output::Send(id, bytes) => self.send_up(tab, id, &bytes),
                client::Output::Disconnect(id) => {
                    let session = at.connection.filter(|(connection, _)| *connection == id);
                    if let Some((_, session)) = session {
                        at.connection = None;
                        self.end_session(session);
                    }
                }
                client::Output::Reply(id, reply) => drop(at.answers.insert(id, reply)),
                client::Output::Event(event) => at.note(event),
                client::Output::Outdated => return self.open(tab),
            }
        }
    }

    /// When the disk of a tab has done one more thing: in order.
    fn disk_due(&mut self, tab: usize) -> u64 {
        let took_ms = 1 + self.below(20);
        let now = self.now;
        self.tabs.get_mut(tab).map_or(now, |tab| {
            tab.disk_free_at = tab.disk_free_at.max(now) + took_ms;
            tab.disk_free_at
        })
    }

    fn send_up(&mut self, tab: usize, id: ConnectionId, bytes: &[u8]) {
        let connection = self.tabs.get(tab).and_then(|tab| tab.connection);
        let Some((_, session)) = connection.filter(|(connection, _)| *connection == id) else {
            return;
        };
        if let Some((due, copies)) = self.way(session, true) {
            for _ in 0..copies {
                let bytes = bytes.to_vec();
                self.at(due, Happening::Up { session, bytes });
            }
        }
    }

    fn send_down(&mut self, session: u64, bytes: &[u8]) {
        let len = bytes.len();
        if let Some((due, copies)) = self.way(session, false) {
            for _ in 0..copies {
                let bytes = bytes.to_vec();
                self.at(due, Happening::Down { session, bytes });
            }
        }
        self.relay_input(relay::Input::Sent(SessionId(session), len));
    }

    /// When a frame arrives and how often; `None` if never.
    fn way(&mut self, session: u64, is_up: bool) -> Option<(u64, u32)> {
        let faults = self.faults;
        let delay_ms = 1 + self.below(faults.delay_ms_max);
        let is_early = self.chance(faults.frame_early);
        let is_lost = self.chance(faults.frame_lost);
        let is_cut = self.chance(faults.cut);
        let is_twice = self.chance(faults.frame_twice);
        let now = self.now;
        let at = self.sessions.get_mut(&session).filter(|at| at.is_open)?;
        let tab = at.tab;
        let free_at = if is_up {
            &mut at.up_free_at
        } else {
            &mut at.down_free_at
        };
        let due = if is_early {
            now + 1
        } else {
            (*free_at).max(now + delay_ms)
        };
        *free_at = (*free_at).max(due);
        let is_partitioned = self.tabs.get(tab).is_some_and(|tab| tab.partitioned_until > now);
        if is_cut {
            self.cut(session);
            return None;
        }
        (!is_lost && !is_partitioned).then_some((due, 1 + u32::from(is_twice)))
    }

    fn relay_input(&mut self, input: relay::Input) {
        let clock = Timestamp(self.now.saturating_add_signed(self.relay_clock_ahead_ms));
        let Some(relay) = self.relay.as_mut() else { return };
        relay.handle_input(input, clock, &mut self.rng);
        while let Some(output) = self.relay.as_mut().and_then(Relay::poll_output) {
            let life = self.relay_life;
            match output {
                relay::Output::Send(SessionId(session), bytes) => self.send_down(session, &bytes),
                relay::Output::Close(SessionId(session)) => {
                    let due = self.sessions.get(&session).map_or(self.now, |at| at.down_free_at);
                    self.at(due + 1, Happening::Cut { session });
                }
                relay::Output::Store(id, operations) => {
                    let outcome = self.store.commit(&operations);
                    let took_ms = 1 + self.below(30);
                    self.relay_free_at = self.relay_free_at.max(self.now) + took_ms;
                    self.at(self.relay_free_at, Happening::RelaySync { life, id, outcome });
                }
                relay::Output::Load(id, query) => {
                    let took_ms = 1 + self.below(5);
                    self.at(self.now + took_ms, Happening::RelayLoad { life, id, query });
                }
                relay::Output::Verify(id, checks) => {
                    let took_ms = 1 + self.below(3);
                    self.at(self.now + took_ms, Happening::RelayVerify { life, id, checks });
                }
                relay::Output::Event(_) => {}
            }
        }
    }

    fn at(&mut self, due: u64, happening: Happening) {
        self.n_happenings += 1;
        self.queue.insert((due, self.n_happenings), happening);
    }

    /// Fails every transaction of a disk, or none.
    pub fn fill_disk(&mut self, disk: usize, is_full: bool) {
        if let Some(disk) = self.disks.get_mut(disk) {
            disk.is_full = is_full;
        }
    }
}
