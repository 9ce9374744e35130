//! The simulated world: devices, a relay, a network between them, and time that passes only when something happens.
//!
//! Everything comes from one seed. Whatever was under way when a machine dies is lost: transactions that did not
//! finish, frames, timers. The trace is hashed: the same seed gives the same run.
//!
//! [`watch`] looks at all that happens while it happens, and notes what must never be.

mod shell;
pub mod watch;

use super::device::{DeviceDisk, Tab};
use super::relay_store::RelayStore;
use crate::command::{Command, CommandError, Reply};
use crate::crypto::{FoundingCode, SignKey};
use crate::id::{NetworkId, Seq};
use crate::storage::{Operation, Query, RelayFailure, RelayOperation, RelayQuery};
use crate::sync::bug::Bugs;
use crate::sync::client::{self, CommandId, ConnectionId};
use crate::sync::relay::{self, Relay, RelayConfig};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use watch::Watch;

/// Origin of every simulated page.
pub const ORIGIN: &str = "https://verhalen.example";

/// When every simulation begins, in milliseconds since 1970.
const BEGINNING: u64 = 1_750_000_000_000;

/// More than this happens in no run that ends.
const STEPS_MAX: u64 = 100_000;

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
    /// A connection breaks once a device has handed it so many bytes: what is beyond is lost.
    pub up_bytes_max: Option<u64>,
}

impl Faults {
    fn is_calm(&self) -> bool {
        self.frame_lost + self.frame_twice + self.frame_early + self.cut == 0
    }
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
    bugs: Bugs,
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
    relay_clock_ahead_ms: i64,
    relay_timer: Option<u64>,
    code: String,
    sessions: BTreeMap<u64, SessionAt>,
    n_sessions: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    n_happenings: u64,
    n_steps: u64,
    /// Bytes that each tab handed to its connections, as far as they held.
    bytes_up: BTreeMap<usize, u64>,
    trace: Sha256,
    /// What was promised, and broken.
    pub watch: Watch,
}

/// One connection, seen from the relay.
#[derive(Clone, Copy, Debug)]
struct SessionAt {
    tab: usize,
    life: u64,
    connection: ConnectionId,
    up_free_at: u64,
    down_free_at: u64,
    up_bytes: u64,
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
        outcome: Result<(), RelayFailure>,
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
        Self::with(seed, Bugs::default())
    }

    /// The same, with bugs in every machine.
    #[must_use]
    pub fn with(seed: u64, bugs: Bugs) -> Self {
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
            bugs,
            tabs: Vec::new(),
            disks: Vec::new(),
            store,
            relay: None,
            relay_life: 0,
            relay_free_at: 0,
            relay_clock_ahead_ms: 0,
            relay_timer: None,
            code: code.to_code(),
            sessions: BTreeMap::new(),
            n_sessions: 0,
            queue: BTreeMap::new(),
            n_happenings: 0,
            n_steps: 0,
            bytes_up: BTreeMap::new(),
            trace: Sha256::new(),
            watch: Watch::default(),
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
            self.watch.opened(tab, at);
        }
        self.drain(tab);
    }

    /// Loses a device: nothing of its disk comes back.
    pub fn lose(&mut self, tab: usize) {
        let lost = self.tabs.get(tab).map(|tab| tab.disk);
        for idx in 0..self.tabs.len() {
            if self.tabs.get(idx).map(|tab| tab.disk) == lost {
                self.close(idx);
            }
        }
        if let Some(disk) = lost.and_then(|disk| self.disks.get_mut(disk)) {
            *disk = DeviceDisk::default();
        }
    }

    /// Kills a tab.
    pub fn close(&mut self, tab: usize) {
        let session = self.tabs.get_mut(tab).and_then(|tab| {
            tab.life += 1;
            tab.client = None;
            tab.timer = None;
            tab.connection.take()
        });
        if let Some((_, session)) = session {
            self.end_session(session);
        }
    }

    /// Kills the relay: of the transactions that were not synced some happen to be on the disk.
    pub fn crash_relay(&mut self, down_ms: u64) {
        self.relay = None;
        self.relay_timer = None;
        self.relay_life += 1;
        let n_unsynced = self.store.n_unsynced() as u64;
        let n_kept = usize::try_from(self.below(n_unsynced + 1)).unwrap_or_default();
        self.store.crash(n_kept);
        self.watch.crashed(&self.store);
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

    /// Sets the clock of a tab's device. What it waits for comes when it would have come: timers count time that
    /// passes.
    pub fn set_clock(&mut self, tab: usize, ahead_ms: i64) {
        if let Some(tab) = self.tabs.get_mut(tab) {
            tab.clock_ahead_ms = ahead_ms;
        }
    }

    /// Sets the relay's clock.
    pub fn set_relay_clock(&mut self, ahead_ms: i64) {
        self.relay_clock_ahead_ms = ahead_ms;
    }

    /// Tells the relay that something of all that is online may have ended, as the site does in time.
    pub fn end_publications(&mut self) {
        let networks: Vec<_> = self.store.networks().map(|(network, ..)| network).collect();
        for network in networks {
            let docs: Vec<_> = self.store.publications(network).map(|(doc, ..)| doc).collect();
            for doc in docs {
                self.relay_input(relay::Input::Ended(network, doc));
            }
        }
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
        let name = command.name();
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
        let is_open = self.tabs.get(tab).is_some_and(|tab| tab.client.is_some());
        if is_open && self.faults.is_calm() {
            self.watch
                .note(format!("tab {tab}: {name} is not answered within a minute"));
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

    /// How many bytes a tab handed to its connections, without those that a break cut off.
    #[must_use]
    pub fn bytes_up(&self, tab: usize) -> u64 {
        self.bytes_up.get(&tab).copied().unwrap_or_default()
    }

    /// How many connections were opened.
    #[must_use]
    pub fn n_connections(&self) -> u64 {
        self.n_sessions
    }

    /// Lets the next thing happen, if it is before `until`.
    fn step(&mut self, until: u64) -> bool {
        let next = self.queue.first_key_value().map(|(key, _)| *key);
        let timers = self.tabs.iter().enumerate();
        let timer = timers.filter_map(|(idx, tab)| Some((tab.timer?, idx))).min();
        let at = [next.map(|(at, _)| at), timer.map(|(at, _)| at), self.relay_timer];
        let Some(at) = at.into_iter().flatten().min().filter(|&at| at <= until) else {
            return false;
        };
        if self.n_steps >= STEPS_MAX {
            self.watch.note(format!("it does not end: {STEPS_MAX} steps"));
            return false;
        }
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

    /// Fails every transaction of a disk, or none.
    pub fn fill_disk(&mut self, disk: usize, is_full: bool) {
        if let Some(disk) = self.disks.get_mut(disk) {
            disk.is_full = is_full;
        }
    }
}
