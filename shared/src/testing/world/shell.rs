//! The shells of devices and relay: what their machines want is carried out, late, in order, or not at all.

use super::{Happening, ORIGIN, SessionAt, World};
use crate::storage::Operation;
use crate::sync::client::{self, ConnectionId};
use crate::sync::relay::{self, Peer, Relay, SessionId};
use crate::testing::device::DeviceDisk;
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::time::Duration;

impl World {
    pub(super) fn happen(&mut self, happening: Happening) {
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
                if outcome.is_ok() {
                    self.hash(&operations);
                    self.watch
                        .stored(self.tabs.get(tab).map_or(0, |tab| tab.disk), &operations);
                }
                let input = match outcome {
                    Ok(()) => client::Input::Stored(id),
                    Err(failure) => client::Input::StoreFailed(id, failure),
                };
                self.input(tab, input);
                if let Some(at) = self.tabs.get(tab) {
                    self.watch.followed(tab, at, &self.store);
                }
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
                        self.watch.synced(&self.store);
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
            up_bytes: 0,
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
        if let Some(tab) = self.tabs.get(at.tab) {
            self.watch.delivered(at.tab, session, tab, &bytes);
        }
        self.input(at.tab, client::Input::Frame(at.connection, bytes));
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
    pub(super) fn cut(&mut self, session: u64) {
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
    pub(super) fn end_session(&mut self, session: u64) {
        if let Some(at) = self.sessions.remove(&session)
            && at.is_open
        {
            self.relay_input(relay::Input::Disconnected(SessionId(session)));
        }
    }

    pub(super) fn input(&mut self, tab: usize, input: client::Input) {
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
    pub(super) fn drain(&mut self, tab: usize) {
        loop {
            let Some(at) = self.tabs.get_mut(tab) else { return };
            let life = at.life;
            let Some(output) = at.client.as_mut().and_then(client::Client::poll_output) else {
                let clock = at.clock(self.now);
                let due = at.client.as_ref().and_then(client::Client::poll_timeout);
                at.timer = due.map(|due| self.now.saturating_add(millis(due.since(clock))));
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
        self.watch
            .sent(self.tabs.get(tab).map_or(0, |tab| tab.disk), session, bytes);
        if !self.has_room(tab, session, bytes.len() as u64) {
            return self.cut(session);
        }
        if let Some((due, copies)) = self.way(session, true) {
            for _ in 0..copies {
                let bytes = bytes.to_vec();
                self.at(due, Happening::Up { session, bytes });
            }
        }
    }

    /// Whether a connection holds while these bytes go over it.
    fn has_room(&mut self, tab: usize, session: u64, len: u64) -> bool {
        let up_bytes_max = self.faults.up_bytes_max.unwrap_or(u64::MAX);
        let Some(at) = self.sessions.get_mut(&session) else {
            return true;
        };
        let passed = len.min(up_bytes_max.saturating_sub(at.up_bytes));
        at.up_bytes += passed;
        *self.bytes_up.entry(tab).or_default() += passed;
        passed == len
    }

    fn send_down(&mut self, session: u64, bytes: &[u8]) {
        let len = bytes.len();
        self.watch.answered(&self.store, bytes);
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

    pub(super) fn relay_input(&mut self, input: relay::Input) {
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
        let due = self.relay.as_ref().and_then(Relay::poll_timeout);
        self.relay_timer = due.map(|due| self.now.saturating_add(millis(due.since(clock))));
    }

    fn hash(&mut self, operations: &[Operation]) {
        for operation in operations {
            match operation {
                Operation::Put { key, value, .. } => {
                    self.trace.update(key);
                    self.trace.update(value);
                }
                Operation::Expect { key, .. } | Operation::Delete { key, .. } => self.trace.update(key),
            }
        }
    }

    pub(super) fn at(&mut self, due: u64, happening: Happening) {
        self.n_happenings += 1;
        self.queue.insert((due, self.n_happenings), happening);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
