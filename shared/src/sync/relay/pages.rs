//! What a session is told of the log: pages for pull and live alike, and backfills (S3, S7, S8, S9).

use crate::entry::{Entry, GroupId, Told, Withheld};
use crate::id::{DeviceId, NetworkId, Seq};
use crate::membership::DetachedHash;
use crate::membership::{DeviceState, State};
use crate::protocol::{
    BackfillPage, BackfillPosition, BackfillRequest, Checkpoint, DetachedPart, DetachedParts,
    DetachedRequest, EntryBytes, LIVE_PAGE_INTERVAL_MS, PAGE_BYTES, PAGE_ROWS_MAX, Page, PartBytes,
    RelayToClient, SessionRefusal,
};
use crate::storage::{BackfillSlice, LogPage, Reader, RelayQuery};
use crate::sync::bug::Bug;
use crate::sync::relay::session::{Timer, earlier};
use crate::sync::relay::{LoadFor, LoadId, Relay, SessionId};
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// A live page without entries is held back until it covers so many rows: a phone is not woken for nothing, and
/// still never looks at more than that twice.
const EMPTY_PAGE_ROWS: u64 = 1_000;

/// The next page is read when less than this waits in the shell's queue: one page is on its way while the next
/// is read.
const QUEUE_BYTES_LOW: usize = PAGE_BYTES / 2;

/// A device that is told of its network's log.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) network: NetworkId,
    pub(super) device: DeviceId,
    /// The `upto` last told, or the seq last presented.
    told: Seq,
    /// What was looked at since, with nothing to tell.
    scanned: Seq,
    membership_only_upto: Seq,
    loading: Option<LoadId>,
    /// A page is owed even if it is empty.
    is_owed: bool,
    /// Pulls that the next page answers.
    n_pulls: usize,
    /// It has been at the head: what follows is live.
    is_live: bool,
    is_timer_set: bool,
    page_at: Timestamp,
    /// What this very connection pushed: it is not sent back.
    pub(super) own: BTreeSet<Seq>,
    /// Snapshots up to here may stand for what this connection was not given and never will be (S10).
    missing_until: Seq,
}

impl Follower {
    pub(super) fn new(
        network: NetworkId,
        device: DeviceId,
        checkpoint: Option<Checkpoint>,
        head: Seq,
    ) -> Self {
        let told = checkpoint.map_or(Seq(0), |checkpoint| checkpoint.seq);
        Self {
            network,
            device,
            told,
            scanned: told,
            membership_only_upto: if checkpoint.is_some() { Seq(0) } else { head },
            loading: None,
            is_owed: true,
            n_pulls: 0,
            is_live: false,
            is_timer_set: false,
            page_at: Timestamp(0),
            own: BTreeSet::new(),
            missing_until: Seq(0),
        }
    }

    pub(super) fn clock_went_back(&mut self, by_ms: u64) {
        self.page_at = earlier(self.page_at, by_ms);
    }

    /// Begins again from what the device says that it has.
    fn restart(&mut self, from: Seq) {
        self.told = from;
        self.scanned = from;
        // What is still being read belongs to the place before.
        self.loading = None;
        self.is_owed = true;
        self.is_live = false;
    }
}

impl Relay {
    /// Reads the next page for a session, if there is one to tell and it is time for it.
    pub(super) fn pump(&mut self, session: SessionId) {
        let now = self.now;
        let Some(open) = self.sessions.get(&session) else {
            return;
        };
        let is_queue_low = open.queued_bytes < QUEUE_BYTES_LOW;
        let Some(follower) = self.follower(session) else {
            return;
        };
        let Some(network) = self.network(follower.network) else {
            return;
        };
        let is_behind = follower.is_owed || follower.scanned < network.head;
        if !is_behind || !is_queue_low || follower.loading.is_some() {
            return;
        }
        let interval = Duration::from_millis(LIVE_PAGE_INTERVAL_MS);
        let early = interval.saturating_sub(now.since(follower.page_at));
        if follower.is_live && !follower.is_owed && early > Duration::ZERO {
            if !follower.is_timer_set {
                self.set_timer(session, Timer::Live, early);
                if let Some(follower) = self.follower_mut(session) {
                    follower.is_timer_set = true;
                }
            }
            return;
        }
        let query = RelayQuery::Page {
            network: follower.network,
            reader: reader(&network.state, follower),
            after: follower.scanned,
            upto: network.head,
            rows_max: PAGE_ROWS_MAX,
            bytes_max: PAGE_BYTES,
        };
        let id = self.load(LoadFor::Page(session), query);
        if let Some(follower) = self.follower_mut(session) {
            follower.loading = Some(id);
        }
    }

    pub(super) fn live_timer_fired(&mut self, session: SessionId) {
        if let Some(follower) = self.follower_mut(session) {
            follower.is_timer_set = false;
        }
        self.pump(session);
    }

    pub(super) fn page_loaded(&mut self, session: SessionId, id: LoadId, page: LogPage) {
        let now = self.now;
        let Some(network) = self.follower(session).map(|follower| follower.network) else {
            return;
        };
        let Some(head) = self.network(network).map(|network| network.head) else {
            return;
        };
        let Some(follower) = self.follower_mut(session) else {
            return;
        };
        if follower.loading != Some(id) {
            return;
        }
        follower.loading = None;
        let (after, missing_until) = (follower.scanned, follower.missing_until);
        // S10: of a snapshot that covers nothing new to the device, it gets the heads.
        let is_withheld = |seq: Seq| {
            let covers = page.covers.get(&seq);
            covers.is_some_and(|covers| *covers <= after) && seq > missing_until
        };
        follower.scanned = page.upto;
        follower.missing_until = missing_until.max(page.missing_until);
        let own = std::mem::take(&mut follower.own);
        let (passed, later): (BTreeSet<Seq>, BTreeSet<Seq>) =
            own.into_iter().partition(|&seq| seq <= page.upto);
        follower.own = later;
        let entries: Vec<_> = page
            .entries
            .into_iter()
            .filter(|(seq, _)| !passed.contains(seq))
            .map(|(seq, bytes)| match page.covers.contains_key(&seq) {
                true => (seq, told(bytes, network, is_withheld(seq))),
                false => (seq, EntryBytes(bytes)),
            })
            .collect();
        let more = page.upto < head;
        let n_silent = page.upto.0.saturating_sub(follower.told.0);
        let is_told =
            follower.is_owed || !entries.is_empty() || !passed.is_empty() || n_silent >= EMPTY_PAGE_ROWS;
        if is_told {
            let message = Page {
                prev: follower.told,
                entries,
                upto: page.upto,
                upto_chain: page.upto_chain,
                more,
            };
            follower.told = page.upto;
            follower.is_owed = false;
            follower.page_at = now;
            follower.is_live = !more;
            let n_pulls = std::mem::take(&mut follower.n_pulls);
            if let Some(open) = self.sessions.get_mut(&session) {
                open.unanswered_requests = open.unanswered_requests.saturating_sub(n_pulls);
            }
            self.send(session, &RelayToClient::Page(message));
        }
        self.pump(session);
    }

    /// The device has something else than it was told: pages begin again from there.
    pub(super) fn pull(&mut self, session: SessionId, checkpoint: Checkpoint) {
        let Some(follower) = self.follower_mut(session) else {
            return;
        };
        let id = follower.network;
        follower.n_pulls += 1;
        match self.network(id).and_then(|network| network.knows(&checkpoint)) {
            Some(is_known) => self.pull_known(session, checkpoint, is_known),
            None => {
                let query = RelayQuery::Chain {
                    network: id,
                    seq: checkpoint.seq,
                };
                self.load(LoadFor::PullChain(session, checkpoint), query);
            }
        }
    }

    pub(super) fn pull_known(&mut self, session: SessionId, checkpoint: Checkpoint, is_known: bool) {
        if !is_known {
            self.refuse(session, SessionRefusal::UnknownCheckpoint);
            return;
        }
        if let Some(follower) = self.follower_mut(session) {
            follower.restart(checkpoint.seq);
            self.pump(session);
        }
    }

    pub(super) fn backfill(&mut self, session: SessionId, request: &BackfillRequest) {
        let Some(follower) = self.follower(session) else {
            return;
        };
        let Some(network) = self.network(follower.network) else {
            return;
        };
        let own = groups(&network.state, follower.device);
        let groups = if request.groups.is_empty() {
            own
        } else {
            own.into_iter()
                .filter(|group| request.groups.contains(group))
                .collect()
        };
        let start = BackfillPosition {
            upto: network.head,
            document: network.head,
            entry: Seq(0),
        };
        let position = request.position.unwrap_or(start);
        if position.upto > network.head {
            self.refuse(session, SessionRefusal::UnknownCheckpoint);
            return;
        }
        let query = RelayQuery::Backfill {
            network: follower.network,
            groups,
            position,
            bytes_max: PAGE_BYTES,
        };
        self.load(LoadFor::Backfill(session), query);
    }

    pub(super) fn backfill_loaded(&mut self, session: SessionId, slice: BackfillSlice) {
        let is_planted = self.config.bugs.has(Bug::WithheldInBackfill);
        let network = self.follower(session).map(|follower| follower.network);
        let entries = slice
            .entries
            .into_iter()
            .map(
                |(seq, bytes)| match network.filter(|_| slice.superseding.contains(&seq)) {
                    Some(network) => (seq, told(bytes, network, is_planted)),
                    None => (seq, EntryBytes(bytes)),
                },
            )
            .collect();
        let page = BackfillPage {
            position: slice.position,
            entries,
            documents_left: slice.documents_left,
        };
        self.answered_request(session);
        self.send(session, &RelayToClient::Backfill(page));
    }

    pub(super) fn detached(&mut self, session: SessionId, request: DetachedRequest) {
        if let Some(follower) = self.follower(session) {
            let query = RelayQuery::Detached {
                network: follower.network,
                hashes: request.hashes,
                bytes_max: PAGE_BYTES,
            };
            self.load(LoadFor::Detached(session), query);
        }
    }

    pub(super) fn detached_loaded(
        &mut self,
        session: SessionId,
        parts: Vec<(DetachedHash, Option<Vec<u8>>)>,
    ) {
        let parts = parts
            .into_iter()
            .map(|(hash, bytes)| DetachedPart {
                hash,
                bytes: bytes.map(PartBytes),
            })
            .collect();
        self.answered_request(session);
        self.send(session, &RelayToClient::Detached(DetachedParts { parts }));
    }
}

/// A snapshot that supersedes others, as a device is told of it.
fn told(bytes: Vec<u8>, network: NetworkId, is_withheld: bool) -> EntryBytes {
    let Ok(snapshot) = Entry::decode(&bytes) else {
        return EntryBytes(bytes);
    };
    let told = match Withheld::of(&snapshot, network).filter(|_| is_withheld) {
        Some(withheld) => Told::Withheld(withheld),
        None => Told::Superseding(snapshot),
    };
    EntryBytes(told.encode())
}

/// What a device may see now: all that its groups read, or, while it waits for approval, membership only.
fn reader(state: &State, follower: &Follower) -> Reader {
    let is_active = state
        .device(follower.device)
        .is_some_and(|device| device.state == DeviceState::Active);
    Reader {
        groups: groups(state, follower.device),
        membership_only_upto: if is_active {
            follower.membership_only_upto
        } else {
            Seq(u64::MAX)
        },
    }
}

pub(super) fn groups(state: &State, device: DeviceId) -> Vec<GroupId> {
    match state.device(device) {
        Some(found) if found.state == DeviceState::Active => state.groups(found.member),
        Some(_) | None => Vec::new(),
    }
}
