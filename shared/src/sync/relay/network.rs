//! One network's log: what waits for it, what is being looked up, what is being stored.
//!
//! ```text
//! queue ──► preparing (Verify done, Load asked) ──► judge ──► storing (Store asked) ──► answers
//! ```
//!
//! While a batch is stored the next one may already be looked up; it is judged only afterwards, with what the
//! batch before it changed laid over what was found.

use crate::entry::Entry;
use crate::id::{Chain, DocumentId, EntryId, LogId, MediaHash, NetworkId, Seq};
use crate::membership::{Applied, DeviceState, Effect, State};
use crate::protocol::{
    Checkpoint, EntryBytes, Push, Receipt, RecordAnswer, RecordOutcome, RecordRefused, Refusal, Refusals,
    RelayToClient, SessionRefusal, malformed_id,
};
use crate::storage::{Known, NetworkRow, RelayFailure, RelayOperation, RelayQuery};
use crate::sync::bug::Bug;
use crate::sync::relay::judge::{Changed, Judge, Judged};
use crate::sync::relay::request::Asked;
use crate::sync::relay::session::Stage;
use crate::sync::relay::work::{
    BATCH_ENTRIES_MAX, Item, Job, RecordJob, Verdict, Work, WorkId, check_of, lookup, read_item, take_batch,
};
use crate::sync::relay::{
    Event, LoadFor, QUEUED_BYTES_MAX, RECONNECT_MS, RETRY_MS, Relay, SessionId, SignatureCheck, StoreFor,
    VerifyFor,
};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How long entries that a snapshot supersedes are kept, hidden: whoever finds a change of hers missing in it has
/// come back by then (S10).
const SUPERSEDED_KEPT: Duration = Duration::from_hours(30 * 24);

/// How often those are looked for that were kept so long.
const EXPIRE_EVERY: Duration = Duration::from_hours(1);

/// A network that is being read from the store, or is there.
#[derive(Debug)]
pub(super) enum Slot {
    Loading(Vec<Waiter>),
    Ready(Box<Network>),
}

/// What waits for a network.
#[derive(Debug)]
pub(super) enum Waiter {
    /// A device that proves itself.
    Auth(SessionId),
    /// A stranger who asks about an invitation or joins.
    Asking(SessionId),
}

#[derive(Debug)]
pub(super) struct Network {
    pub(super) state: State,
    pub(super) log_id: LogId,
    pub(super) head: Seq,
    pub(super) chain: Chain,
    pub(super) sessions: BTreeSet<SessionId>,
    queue: VecDeque<Work>,
    n_queued_entries: usize,
    preparing: Option<Preparing>,
    storing: Option<Storing>,
    /// What the newest batch changed, for the one after it that was looked up before.
    overlay: Changed,
    /// When what was superseded long ago was removed last.
    expired_at: Option<Timestamp>,
    /// Photos and sounds that documents still show after the newest batch: of each document all others are gone, also
    /// where the batch after it was looked up before.
    shown: BTreeMap<DocumentId, Vec<MediaHash>>,
}

#[derive(Debug)]
struct Preparing {
    works: Vec<Work>,
    known: Option<Known>,
}

#[derive(Debug)]
struct Storing {
    works: Vec<Work>,
    judged: Judged,
}

impl Network {
    fn new(state: State, log_id: LogId, head: Seq, chain: Chain) -> Self {
        Self {
            state,
            log_id,
            head,
            chain,
            sessions: BTreeSet::new(),
            queue: VecDeque::new(),
            n_queued_entries: 0,
            preparing: None,
            storing: None,
            overlay: Changed::default(),
            expired_at: None,
            shown: BTreeMap::new(),
        }
    }

    /// Tells whether a checkpoint is one of this log; `None` if only the store can tell.
    pub(super) fn knows(&self, checkpoint: &Checkpoint) -> Option<bool> {
        if checkpoint.log_id != self.log_id || checkpoint.seq > self.head {
            return Some(false);
        }
        (checkpoint.seq == self.head).then_some(checkpoint.chain == self.chain)
    }

    /// Whether entries are being judged or stored.
    pub(super) fn is_at_work(&self) -> bool {
        self.preparing.is_some() || self.storing.is_some()
    }

    fn is_idle(&self) -> bool {
        self.sessions.is_empty()
            && self.queue.is_empty()
            && self.preparing.is_none()
            && self.storing.is_none()
    }
}

impl Relay {
    pub(super) fn network(&self, id: NetworkId) -> Option<&Network> {
        match self.networks.get(&id)? {
            Slot::Ready(network) => Some(network),
            Slot::Loading(_) => None,
        }
    }

    pub(super) fn network_mut(&mut self, id: NetworkId) -> Option<&mut Network> {
        match self.networks.get_mut(&id)? {
            Slot::Ready(network) => Some(network),
            Slot::Loading(_) => None,
        }
    }

    /// Goes on with `waiter` once the network is there.
    pub(super) fn with_network(&mut self, id: NetworkId, waiter: Waiter) {
        match self.networks.get_mut(&id) {
            Some(Slot::Ready(_)) => self.network_ready(id, &waiter),
            Some(Slot::Loading(waiters)) => waiters.push(waiter),
            None => {
                self.networks.insert(id, Slot::Loading(vec![waiter]));
                self.load(LoadFor::Network(id), RelayQuery::Network { network: id });
            }
        }
    }

    pub(super) fn network_loaded(&mut self, id: NetworkId, row: Option<NetworkRow>) {
        let mut erasing = Vec::new();
        let network = row.and_then(|row| {
            erasing.clone_from(&row.erasing);
            let state = replay(id, &row)?;
            Some(Network::new(state, row.log_id, row.head, row.chain))
        });
        let Some(network) = network else {
            self.drop_waiters(id, SessionRefusal::UnknownNetwork);
            return;
        };
        let slot = self.networks.insert(id, Slot::Ready(Box::new(network)));
        // The last start may have ended before it.
        for doc in erasing {
            self.drop_erased(id, doc);
        }
        if let Some(Slot::Loading(waiters)) = slot {
            for waiter in waiters {
                self.network_ready(id, &waiter);
            }
        }
        self.unload_if_idle(id);
    }

    pub(super) fn network_not_loaded(&mut self, id: NetworkId) {
        self.drop_waiters(id, SessionRefusal::Unavailable(RETRY_MS));
    }

    fn drop_waiters(&mut self, id: NetworkId, refusal: SessionRefusal) {
        if let Some(Slot::Loading(waiters)) = self.networks.remove(&id) {
            for waiter in waiters {
                let (Waiter::Auth(session) | Waiter::Asking(session)) = waiter;
                self.refuse(session, refusal);
            }
        }
    }

    fn network_ready(&mut self, id: NetworkId, waiter: &Waiter) {
        match waiter {
            Waiter::Auth(session) => self.check_auth(*session),
            Waiter::Asking(session) => self.asked_of_network(*session, id),
        }
    }

    /// A network that was just founded.
    pub(super) fn begin_network(&mut self, state: State, log_id: LogId, head: Seq, chain: Chain) {
        let id = state.network();
        let network = Network::new(state, log_id, head, chain);
        self.networks.insert(id, Slot::Ready(Box::new(network)));
    }

    /// Gives the memory of a network back that nobody follows and nothing waits for. A device that proves itself
    /// now counts as following.
    pub(super) fn unload_if_idle(&mut self, id: NetworkId) {
        let is_idle = self.network(id).is_some_and(Network::is_idle);
        let is_awaited = || {
            self.sessions.values().any(|open| match &open.stage {
                Stage::Proving(proving) => proving.network() == id,
                Stage::Asking(Asked::Join(join)) => join.network == id,
                Stage::Asking(_) | Stage::Stranger | Stage::Following(_) => false,
            })
        };
        if is_idle && !is_awaited() {
            self.networks.remove(&id);
        }
    }

    pub(super) fn push(&mut self, session: SessionId, id: NetworkId, push: Push) {
        let mut items: Vec<Item> = push
            .entries
            .into_iter()
            .map(|bytes| read_item(id, bytes))
            .collect();
        let len = items.iter().map(|item| item.bytes.len()).sum();
        if self.queued_bytes + len > QUEUED_BYTES_MAX {
            let refusals = items
                .iter()
                .map(|item| (item.id, Refusal::Retry(RETRY_MS)))
                .collect();
            self.answer_push(session, None, refusals);
            return;
        }
        let work_id = WorkId(self.next_id());
        let Some(network) = self.network(id) else {
            return;
        };
        let mut checks: Vec<SignatureCheck> = Vec::new();
        for item in &mut items {
            let check = check_of(id, item, &network.state);
            item.is_checked = check.is_some();
            checks.extend(check);
        }
        let is_verified = checks.is_empty();
        self.enqueue(
            id,
            Work {
                id: work_id,
                session,
                job: Job::Push(items),
                is_verified,
                len,
            },
        );
        if is_verified {
            self.advance(id);
        } else {
            self.verify(VerifyFor::Push(id, work_id), checks);
        }
    }

    pub(super) fn push_verified(&mut self, id: NetworkId, work: WorkId, holds: &[bool]) {
        let Some(network) = self.network_mut(id) else {
            return;
        };
        if let Some(work) = network.queue.iter_mut().find(|queued| queued.id == work) {
            work.is_verified = true;
            if let Job::Push(items) = &mut work.job {
                let checked = items.iter_mut().filter(|item| item.is_checked);
                for (item, &is_signed) in checked.zip(holds) {
                    item.is_signed = is_signed;
                }
            }
        }
        self.advance(id);
    }

    pub(super) fn record(
        &mut self,
        session: SessionId,
        id: NetworkId,
        EntryBytes(bytes): EntryBytes,
        detached: Vec<u8>,
    ) {
        let entry = Entry::decode(&bytes).ok();
        let entry_id = entry
            .as_ref()
            .map_or_else(|| malformed_id(&bytes), |entry| entry.id(id));
        let len = bytes.len() + detached.len();
        let job = Job::Record(Box::new(RecordJob {
            id: entry_id,
            bytes,
            entry,
            detached,
        }));
        let work = Work {
            id: WorkId(self.next_id()),
            session,
            job,
            is_verified: true,
            len,
        };
        self.enqueue(id, work);
        self.advance(id);
    }

    fn enqueue(&mut self, id: NetworkId, work: Work) {
        self.queued_bytes += work.len;
        if let Some(network) = self.network_mut(id) {
            network.n_queued_entries += work.n_entries();
            network.queue.push_back(work);
        }
    }

    /// Takes the next steps that can be taken.
    pub(super) fn advance(&mut self, id: NetworkId) {
        self.prepare(id);
        self.judge(id);
    }

    fn prepare(&mut self, id: NetworkId) {
        // A publication is judged by the photos and sounds that stay.
        if self.is_dropping_media(id) {
            return;
        }
        let Some(network) = self.network_mut(id) else {
            return;
        };
        // While a batch is stored the next one grows: many small ones would each pay for a sync.
        let is_time = network.storing.is_none() || network.n_queued_entries >= BATCH_ENTRIES_MAX;
        if network.preparing.is_some() || !is_time {
            return;
        }
        let works = take_batch(&mut network.queue);
        if works.is_empty() {
            return;
        }
        network.n_queued_entries -= works.iter().map(Work::n_entries).sum::<usize>();
        network.shown.clear();
        network.overlay = Changed::default();
        let query = lookup(id, &works, &network.state);
        network.preparing = Some(Preparing { works, known: None });
        self.load(LoadFor::Judge(id), query);
    }

    pub(super) fn batch_known(&mut self, id: NetworkId, known: Option<Known>) {
        let Some(network) = self.network_mut(id) else {
            return;
        };
        match known {
            Some(known) => {
                if let Some(preparing) = &mut network.preparing {
                    preparing.known = Some(known);
                }
            }
            None => {
                if let Some(preparing) = network.preparing.take() {
                    self.retry_later(preparing.works);
                }
            }
        }
        self.advance(id);
    }

    /// Judges the batch that was looked up, once the one before it is stored, and stores it.
    fn judge(&mut self, id: NetworkId) {
        let bugs = self.config.bugs.clone();
        let now = self.now;
        let Some(network) = self.network_mut(id) else {
            return;
        };
        let is_known = network
            .preparing
            .as_ref()
            .is_some_and(|preparing| preparing.known.is_some());
        if !is_known || network.storing.is_some() {
            return;
        }
        let Some(Preparing {
            mut works,
            known: Some(mut known),
        }) = network.preparing.take()
        else {
            return;
        };
        network.overlay.lay_over(&mut known);
        let shown = &network.shown;
        known
            .media
            .retain(|(doc, hash), _| shown.get(doc).is_none_or(|shown| shown.contains(hash)));
        let judge = Judge::new(
            &network.state,
            network.head,
            network.chain,
            known,
            now,
            bugs.clone(),
        );
        let mut judged = judge.judge(&mut works);
        let operations = std::mem::take(&mut judged.operations);
        network.storing = Some(Storing { works, judged });
        if operations.is_empty() {
            self.batch_stored(id, Ok(()));
            return;
        }
        self.store(StoreFor::Batch(id), operations);
        if bugs.has(Bug::ReceiptBeforeCommit)
            && let Some(storing) = self.network_mut(id).and_then(|network| network.storing.take())
        {
            self.answer_batch(id, &storing);
            if let Some(network) = self.network_mut(id) {
                network.storing = Some(Storing {
                    works: Vec::new(),
                    ..storing
                });
            }
        }
    }

    pub(super) fn batch_stored(&mut self, id: NetworkId, outcome: Result<(), RelayFailure>) {
        let Some(network) = self.network_mut(id) else {
            return;
        };
        let Some(storing) = network.storing.take() else {
            return;
        };
        match outcome {
            Ok(()) => self.take_effect(id, storing),
            Err(failure) => {
                self.event(Event::StoreFailed { network: id, failure });
                self.retry_later(storing.works);
                if failure == RelayFailure::Outdated {
                    self.give_way(id);
                }
            }
        }
        self.advance(id);
        self.unload_if_idle(id);
    }

    fn take_effect(&mut self, id: NetworkId, mut storing: Storing) {
        let Some(network) = self.network_mut(id) else {
            return;
        };
        let n_entries = usize::try_from(storing.judged.head.0 - network.head.0).unwrap_or(usize::MAX);
        network.head = storing.judged.head;
        network.chain = storing.judged.chain;
        network.overlay = std::mem::take(&mut storing.judged.changed);
        network.shown.clone_from(&storing.judged.shown);
        let head = network.head;
        let mut removed = Vec::new();
        if let Some((seq, entry)) = storing.judged.record.take() {
            let applied = network.state.apply(seq, &entry);
            if matches!(
                applied,
                Ok(Applied::Effect(
                    Effect::DeviceRemoved(_) | Effect::MemberRemoved(_) | Effect::Revoked(..)
                ))
            ) {
                removed = network.sessions.iter().copied().collect();
            }
        }
        // The site shows it before its coordinator hears that it does.
        for event in std::mem::take(&mut storing.judged.events) {
            self.event(event);
        }
        for doc in std::mem::take(&mut storing.judged.erased) {
            self.drop_erased(id, doc);
        }
        for (doc, shown) in std::mem::take(&mut storing.judged.shown) {
            self.drop_media(id, doc, shown);
        }
        self.answer_batch(id, &storing);
        self.queued_bytes -= storing.works.iter().map(|work| work.len).sum::<usize>();
        if n_entries > 0 {
            self.event(Event::Appended {
                network: id,
                head,
                n_entries,
            });
        }
        self.end_sessions_of_removed(id, &removed);
        self.expire(id);
        let followers: Vec<SessionId> = match self.network(id) {
            Some(network) if n_entries > 0 => network.sessions.iter().copied().collect(),
            Some(_) | None => Vec::new(),
        };
        for session in followers {
            self.pump(session);
        }
    }

    /// Removes what was superseded long ago, now and then while somebody follows the network.
    pub(super) fn expire(&mut self, id: NetworkId) {
        let now = self.now;
        let Some(network) = self.network_mut(id) else {
            return;
        };
        // A clock that was set back waits for no moment that it was past once.
        let is_early = |at: Timestamp| at <= now && now.since(at) < EXPIRE_EVERY;
        if network.expired_at.is_some_and(is_early) {
            return;
        }
        network.expired_at = Some(now);
        let kept_ms = u64::try_from(SUPERSEDED_KEPT.as_millis()).unwrap_or(u64::MAX);
        let before = Timestamp(now.0.saturating_sub(kept_ms));
        self.store(
            StoreFor::Expiry(id),
            vec![RelayOperation::Expire { network: id, before }],
        );
    }

    pub(super) fn expired(&mut self, id: NetworkId, outcome: Result<(), RelayFailure>) {
        if let Err(failure) = outcome {
            self.event(Event::StoreFailed { network: id, failure });
        }
    }

    fn answer_batch(&mut self, id: NetworkId, storing: &Storing) {
        let verdicts = storing.works.iter().zip(&storing.judged.verdicts);
        for (work, verdict) in verdicts {
            match verdict {
                Verdict::Push {
                    stored,
                    chain,
                    refused,
                } => {
                    if let Some(follower) = self.follower_mut(work.session) {
                        follower.own.extend(stored.iter().map(|&(_, seq)| seq));
                    }
                    let receipt = (!stored.is_empty()).then(|| self.receipt(id, stored.clone(), *chain));
                    self.answer_push(work.session, receipt.flatten(), refused.clone());
                }
                Verdict::Record { entry, stored } => {
                    let outcome = match stored {
                        Ok((seq, chain)) => self.receipt(id, vec![(*entry, *seq)], *chain).map_or(
                            RecordOutcome::Refused(RecordRefused::Retry(RETRY_MS)),
                            RecordOutcome::Stored,
                        ),
                        Err(refused) => RecordOutcome::Refused(*refused),
                    };
                    self.answer_record(work.session, *entry, outcome);
                }
            }
        }
    }

    /// Nothing of these works was stored: they are to come again.
    fn retry_later(&mut self, works: Vec<Work>) {
        for work in works {
            self.queued_bytes -= work.len;
            match work.job {
                Job::Push(items) => {
                    let refusals = items
                        .iter()
                        .map(|item| (item.id, Refusal::Retry(RETRY_MS)))
                        .collect();
                    self.answer_push(work.session, None, refusals);
                }
                Job::Record(record) => {
                    let outcome = RecordOutcome::Refused(RecordRefused::Retry(RETRY_MS));
                    self.answer_record(work.session, record.id, outcome);
                }
            }
        }
    }

    /// Another relay appends to this log: whoever follows it here begins again.
    fn give_way(&mut self, id: NetworkId) {
        if let Some(Slot::Ready(network)) = self.networks.remove(&id) {
            let Network {
                sessions,
                queue,
                preparing,
                ..
            } = *network;
            let prepared = preparing.map(|preparing| preparing.works).unwrap_or_default();
            self.retry_later(prepared.into_iter().chain(queue).collect());
            for session in sessions {
                self.refuse(session, SessionRefusal::Unavailable(RECONNECT_MS));
            }
        }
    }

    fn end_sessions_of_removed(&mut self, id: NetworkId, sessions: &[SessionId]) {
        for &session in sessions {
            let Some(device) = self.follower(session).map(|follower| follower.device) else {
                continue;
            };
            let state = self
                .network(id)
                .and_then(|network| network.state.device(device))
                .map(|device| device.state);
            let stays = matches!(state, Some(DeviceState::Active | DeviceState::Pending));
            if !stays {
                self.refuse(session, SessionRefusal::Removed);
            }
        }
    }

    fn answer_push(
        &mut self,
        session: SessionId,
        receipt: Option<Receipt>,
        refusals: Vec<(EntryId, Refusal)>,
    ) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        open.unanswered_pushes = open.unanswered_pushes.saturating_sub(1);
        if let Some(receipt) = receipt {
            self.send(session, &RelayToClient::Receipt(receipt));
        }
        if !refusals.is_empty() {
            self.send(session, &RelayToClient::Refusals(Refusals { refusals }));
        }
    }

    pub(super) fn answer_record(&mut self, session: SessionId, entry: EntryId, outcome: RecordOutcome) {
        let answer = RelayToClient::Record(RecordAnswer { entry, outcome });
        match self.sessions.get(&session).map(|open| &open.stage) {
            Some(Stage::Following(_)) => {
                self.answered_request(session);
                self.send(session, &answer);
            }
            Some(Stage::Asking(_)) => self.answered_stranger(session, &answer),
            Some(Stage::Stranger | Stage::Proving(_)) | None => {}
        }
    }

    pub(super) fn receipt(
        &self,
        id: NetworkId,
        entries: Vec<(EntryId, Seq)>,
        chain: Chain,
    ) -> Option<Receipt> {
        let log_id = self.network(id)?.log_id;
        Some(Receipt::sign(
            log_id,
            entries,
            chain,
            self.now,
            id,
            &self.config.sign,
        ))
    }
}

/// Replays a log's records. `None` if they do not verify: such a log is not served.
fn replay(id: NetworkId, row: &NetworkRow) -> Option<State> {
    let mut records = row.records.iter();
    let (seq, genesis) = records.next()?;
    let mut state = State::found(*seq, &Entry::decode(genesis).ok()?).ok()?;
    for (seq, bytes) in records {
        state.apply(*seq, &Entry::decode(bytes).ok()?).ok()?;
    }
    (state.network() == id).then_some(state)
}
