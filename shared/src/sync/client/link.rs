//! The connection to the relay: when there is one, what is awaited on it, when to try again.
//!
//! ```text
//!  Closed ──Connect──► Opening ──Connected──► Open: Greeting ──Hello──► Errand         (before a network)
//!    ▲                    │                                      └────► Proving ──Welcome──► Online
//!    └──── lost, refused, or an answer overdue: wait (backoff) ──┴──────────┴──────────────────┘
//! ```
//!
//! After `Hello` the proof, the first push and the pull follow at once, none waits for the other's answer (S3).

use super::backoff::Backoff;
use super::clock::Moment;
use super::intake::Arrival;
use super::network::{Network, Place};
use super::{Client, ConnectionId, ProtocolError};
use crate::crypto::Tag;
use crate::id::{LogId, Seq};
use crate::protocol::{
    Auth, BackfillPosition, BackfillRequest, ClientToRelay, DetachedRequest, Hello, PROTOCOL, RelayToClient,
    SessionRefusal, WaitMs, Welcome, auth_message,
};
use crate::time::Timestamp;
use crate::view::Trouble;
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time for a connection to open, and for the relay to say hello.
const OPENING_MAX: Duration = Duration::from_secs(20);

/// Longest time for an answer: a page of 1 MiB at 64 kbit/s takes two minutes and keeps other answers waiting.
const ANSWER_MAX: Duration = Duration::from_mins(3);

/// Time between two pulls of a quiet connection: a connection that died without a word is noticed (S15).
const PULL_EVERY: Duration = Duration::from_mins(2);

/// Wait after a refusal that does not pass by itself within minutes.
const REFUSED_WAIT: Duration = Duration::from_mins(10);

/// Shortest time between two tries that a person or the browser asks for.
const TRY_AGAIN_MIN: Duration = Duration::from_millis(500);

/// The connection.
#[derive(Debug, Default)]
pub(super) struct Link {
    state: LinkState,
    backoff: Backoff,
    /// While closed: not before. `None` means at once.
    retry_at: Option<Moment>,
    last_try: Option<Moment>,
    awaited: BTreeMap<Awaited, Moment>,
    pull_at: Option<Moment>,
    /// The log was followed up to its head since the connection was opened.
    pub(super) is_caught_up: bool,
    /// What the relay's clock told, and when.
    relay_time: Option<(Timestamp, Moment)>,
    /// The log that the relay serves.
    pub(super) log_id: Option<LogId>,
    pub(super) is_app_too_old: bool,
    pub(super) trouble: Option<Trouble>,
}

#[derive(Debug, Default)]
enum LinkState {
    #[default]
    Closed,
    Opening(ConnectionId),
    Open(ConnectionId, Phase),
}

#[derive(Debug)]
enum Phase {
    Greeting,
    Errand(Hello),
    Proving(Hello),
    Online,
}

/// Something that the relay owes an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Awaited {
    Opening,
    Hello,
    Welcome,
    Page,
    Push(u64),
    Record,
    Parts,
    Backfill,
    Errand,
    Blobs,
    PutPart,
    GetPart,
    Media,
    PutMedium,
    DropBlobs,
}

impl Link {
    /// What the relay's clock told last.
    pub(super) fn relay_time_told(&self) -> Option<Timestamp> {
        self.relay_time.map(|(at, _)| at)
    }

    pub(super) fn is_online(&self) -> bool {
        matches!(self.state, LinkState::Open(_, Phase::Online))
    }

    /// Whether entries may be handed in: from the proof on, before its answer.
    pub(super) fn is_open_for_pushes(&self) -> bool {
        matches!(self.state, LinkState::Open(_, Phase::Proving(_) | Phase::Online))
    }

    /// The relay's greeting, while an errand may be run.
    pub(super) fn errand_hello(&self) -> Option<&Hello> {
        match &self.state {
            LinkState::Open(_, Phase::Errand(hello)) => Some(hello),
            LinkState::Closed | LinkState::Opening(_) | LinkState::Open(..) => None,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, LinkState::Closed)
    }

    pub(super) fn is_awaiting(&self, awaited: Awaited) -> bool {
        self.awaited.contains_key(&awaited)
    }

    pub(super) fn answered(&mut self, awaited: Awaited) {
        self.awaited.remove(&awaited);
    }

    /// Whether the trouble is the device's own, of which the relay knows nothing.
    pub(super) fn is_device_in_trouble(&self) -> bool {
        matches!(self.trouble, Some(Trouble::DeviceFull | Trouble::DeviceFailed))
    }

    fn connection(&self) -> Option<ConnectionId> {
        match self.state {
            LinkState::Closed => None,
            LinkState::Opening(id) | LinkState::Open(id, _) => Some(id),
        }
    }
}

impl Client {
    /// When the link wants to be looked at.
    pub(super) fn link_deadline(&self) -> Option<Moment> {
        let retry_at = self
            .link
            .retry_at
            .filter(|_| self.link.is_closed() && self.wants_connection());
        let awaited = self.link.awaited.values().copied().min();
        let may_pull = self.link.is_online() && !self.intake.is_storing_page();
        let pull_at = self.link.pull_at.filter(|_| may_pull);
        [retry_at, awaited, pull_at].into_iter().flatten().min()
    }

    /// Gives up what is overdue, opens a connection where one is wanted, pulls where it is due.
    pub(super) fn advance_link(&mut self, rng: &mut impl CryptoRng) {
        let now = self.clock.now();
        if self.link.awaited.values().any(|&deadline| deadline <= now) {
            self.drop_connection(rng);
        }
        if self.link.is_closed() && self.wants_connection() && self.link.retry_at.is_none_or(|at| at <= now) {
            let id = self.out.connect();
            self.link.state = LinkState::Opening(id);
            self.link.last_try = Some(now);
            self.expect(Awaited::Opening);
        }
        if self.link.is_online()
            && !self.intake.is_storing_page()
            && self.link.pull_at.is_some_and(|at| at <= now)
        {
            self.pull();
        }
    }

    fn wants_connection(&self) -> bool {
        match &self.place {
            Place::Alone => self.errands.is_running(),
            Place::Candidate(_) => true,
            Place::Inside(network) => !network.is_broken,
        }
    }

    /// A person or the browser thinks that it is worth a try (S15).
    pub(super) fn try_now(&mut self) {
        let last_try = self.link.last_try.unwrap_or_default();
        if self.link.is_closed() {
            let soonest = self.link.last_try.map(|_| last_try.after(TRY_AGAIN_MIN));
            self.link.retry_at = soonest.min(self.link.retry_at);
        } else if self.link.is_online() && !self.link.is_awaiting(Awaited::Page) {
            self.pull();
        }
    }

    pub(super) fn on_connected(&mut self, id: ConnectionId) {
        if matches!(self.link.state, LinkState::Opening(opening) if opening == id) {
            self.link.state = LinkState::Open(id, Phase::Greeting);
            self.link.answered(Awaited::Opening);
            self.expect(Awaited::Hello);
        }
    }

    pub(super) fn on_disconnected(&mut self, id: ConnectionId, rng: &mut impl CryptoRng) {
        if self.link.connection() == Some(id) {
            self.connection_lost(rng);
        }
    }

    /// Closes the connection, if there is one, and waits before the next.
    pub(super) fn drop_connection(&mut self, rng: &mut impl CryptoRng) {
        if let Some(id) = self.link.connection() {
            self.out.queue.push_back(super::Output::Disconnect(id));
            self.connection_lost(rng);
        }
    }

    fn connection_lost(&mut self, rng: &mut impl CryptoRng) {
        let wait = self.link.backoff.fail(rng);
        self.link.state = LinkState::Closed;
        self.link.awaited.clear();
        self.link.pull_at = None;
        self.link.is_caught_up = false;
        let retry_at = self.clock.now().after(wait);
        self.link.retry_at = self.link.retry_at.max(Some(retry_at));
        self.intake.forget_unstored();
        self.outbox.connection_lost();
        self.media.connection_lost();
        self.records_lost();
        self.errand_lost();
    }

    /// Waits at least this long before the next try.
    pub(super) fn hold_off(&mut self, wait: Duration) {
        let at = self.clock.now().after(wait);
        self.link.retry_at = self.link.retry_at.max(Some(at));
    }

    pub(super) fn hold_off_ms(&mut self, WaitMs(wait_ms): WaitMs) {
        self.hold_off(Duration::from_millis(u64::from(wait_ms)));
    }

    /// Notes that the relay owes an answer.
    pub(super) fn expect(&mut self, awaited: Awaited) {
        let within = match awaited {
            Awaited::Opening | Awaited::Hello => OPENING_MAX,
            Awaited::Welcome
            | Awaited::Page
            | Awaited::Push(_)
            | Awaited::Record
            | Awaited::Parts
            | Awaited::Backfill
            | Awaited::Errand
            | Awaited::Blobs
            | Awaited::PutPart
            | Awaited::GetPart
            | Awaited::Media
            | Awaited::PutMedium
            | Awaited::DropBlobs => ANSWER_MAX,
        };
        let deadline = self.clock.now().after(within);
        self.link.awaited.insert(awaited, deadline);
    }

    /// Sends a message, if there is a connection.
    pub(super) fn send(&mut self, message: &ClientToRelay) {
        if let LinkState::Open(id, _) = self.link.state {
            self.out.send(id, message.encode());
        }
    }

    /// Asks for what the device has not followed yet.
    pub(super) fn pull(&mut self) {
        let Some(checkpoint) = self.place.network().and_then(Network::checkpoint) else {
            return;
        };
        if self.intake.is_storing_page() {
            // The checkpoint is about to move: ask from where it will be.
            self.link.pull_at = Some(self.clock.now());
            return;
        }
        self.link.pull_at = Some(self.clock.now().after(PULL_EVERY));
        self.intake.forget_unstored();
        self.expect(Awaited::Page);
        self.send(&ClientToRelay::Pull(checkpoint));
    }

    /// Asks for secrets, names and backfill pages, where something is missing.
    pub(super) fn advance_requests(&mut self) {
        if !self.link.is_online() || !self.intake.is_idle() {
            return;
        }
        if !self.link.is_awaiting(Awaited::Parts) {
            let hashes = self.parts_wanted();
            if !hashes.is_empty() {
                self.expect(Awaited::Parts);
                self.send(&ClientToRelay::Detached(DetachedRequest { hashes }));
            }
        }
        if !self.link.is_awaiting(Awaited::Backfill) {
            self.continue_backfill();
        }
    }

    /// Asks for the next page of a backfill, where one is under way.
    fn continue_backfill(&mut self) {
        // Without the keys every entry would be set aside as locked first.
        let network = self.place.active().filter(|network| network.has_keys());
        let Some((network, backfill)) =
            network.and_then(|network| Some((network, network.backfill.as_ref()?)))
        else {
            return;
        };
        // What a rebuild tore comes back with what is sent now: that is there only up to where the log was followed.
        let is_all_sent = self.outbox.is_at_rest() && network.followed() >= self.outbox.highest;
        if network.progress.is_none() || (backfill.torn.is_some() && !is_all_sent) {
            return;
        }
        // S9: authority over an entry beyond what this device has followed could not be judged yet.
        let start = BackfillPosition {
            upto: network.followed(),
            document: network.followed(),
            entry: Seq(0),
        };
        let request = BackfillRequest {
            groups: backfill.groups.clone(),
            position: Some(backfill.position.unwrap_or(start)),
        };
        self.intake.backfill_asked = Some(backfill.clone());
        self.expect(Awaited::Backfill);
        self.send(&ClientToRelay::Backfill(request));
    }

    pub(super) fn on_frame(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        if !matches!(self.link.state, LinkState::Open(open, _) if open == id) {
            return Ok(());
        }
        match RelayToClient::decode(bytes).map_err(|_| ProtocolError::Malformed)? {
            RelayToClient::Hello(hello) => self.on_hello(hello, rng),
            RelayToClient::Welcome(welcome) => self.on_welcome(welcome),
            RelayToClient::Refused(refusal) => {
                self.on_refused(refusal, rng);
                Ok(())
            }
            RelayToClient::FoundRefused(refusal) => self.on_found_refused(refusal, rng),
            RelayToClient::Invitation(invitation) => self.on_invitation(&invitation, rng),
            RelayToClient::InvitationRefused(refusal) => self.on_invitation_refused(refusal, rng),
            RelayToClient::Record(answer) => self.on_record_answer(answer, rng),
            RelayToClient::Page(page) => self.on_page(page),
            RelayToClient::Backfill(page) => {
                self.link.answered(Awaited::Backfill);
                self.intake.push(Arrival::Backfill(page));
                Ok(())
            }
            RelayToClient::Receipt(receipt) => self.on_receipt(&receipt),
            RelayToClient::Refusals(refusals) => {
                self.on_refusals(&refusals);
                Ok(())
            }
            RelayToClient::Detached(parts) => {
                self.link.answered(Awaited::Parts);
                self.intake.push(Arrival::Parts(parts));
                Ok(())
            }
            RelayToClient::PartAnswer(answer) => {
                self.on_part_answer(&answer);
                Ok(())
            }
            RelayToClient::Blobs(blobs) => {
                self.on_blobs(&blobs.blobs);
                Ok(())
            }
            RelayToClient::Part(part) => {
                self.on_part(part);
                Ok(())
            }
            RelayToClient::Media(states) => {
                self.on_media(&states);
                Ok(())
            }
            RelayToClient::MediumAnswer(answer) => {
                self.on_medium_answer(&answer);
                Ok(())
            }
            RelayToClient::BlobsDropped(dropped) => {
                self.on_blobs_dropped(&dropped);
                Ok(())
            }
        }
    }

    fn on_hello(&mut self, hello: Hello, rng: &mut impl CryptoRng) -> Result<(), ProtocolError> {
        let LinkState::Open(id, Phase::Greeting) = self.link.state else {
            return Err(ProtocolError::OutOfPlace);
        };
        self.link.answered(Awaited::Hello);
        let pinned = self.place.network().map(|network| network.membership.relay_key());
        if pinned.is_some_and(|key| key != hello.relay_key) {
            return Err(ProtocolError::OtherRelay);
        }
        if pinned.is_some() {
            self.link.state = LinkState::Open(id, Phase::Proving(hello));
            self.prove();
        } else {
            self.link.state = LinkState::Open(id, Phase::Errand(hello));
            self.start_errand(rng);
        }
        Ok(())
    }

    /// Goes on to the proof on the connection of the errand that brought the device inside.
    pub(super) fn errand_done(&mut self) {
        if let LinkState::Open(id, Phase::Errand(hello)) = &self.link.state {
            self.link.state = LinkState::Open(*id, Phase::Proving(hello.clone()));
            self.prove();
        }
    }

    fn prove(&mut self) {
        let (Some(network), LinkState::Open(_, Phase::Proving(hello))) =
            (self.place.network(), &self.link.state)
        else {
            return;
        };
        let checkpoint = network.checkpoint();
        let device = network.identity.device;
        let message = auth_message(hello, &self.config.origin, device, PROTOCOL, checkpoint.as_ref());
        let auth = Auth {
            network: network.id(),
            device,
            protocol: PROTOCOL,
            checkpoint,
            signature: network.sign.sign(Tag::AUTH, network.id(), &message),
        };
        self.expect(Awaited::Welcome);
        self.expect(Awaited::Page);
        self.send(&ClientToRelay::Auth(auth));
    }

    fn on_welcome(&mut self, welcome: Welcome) -> Result<(), ProtocolError> {
        let LinkState::Open(id, Phase::Proving(_)) = self.link.state else {
            return Err(ProtocolError::OutOfPlace);
        };
        self.link.state = LinkState::Open(id, Phase::Online);
        self.link.answered(Awaited::Welcome);
        self.note_relay_time(welcome.at);
        self.link.log_id = Some(welcome.log_id);
        self.link.backoff.succeed();
        self.link.retry_at = None;
        self.link.is_app_too_old = false;
        if !self.link.is_device_in_trouble() {
            self.link.trouble = None;
        }
        self.link.pull_at = Some(self.clock.now().after(PULL_EVERY));
        if let Some(network) = self.place.network_mut() {
            network.is_refused = false;
        }
        Ok(())
    }

    pub(super) fn note_relay_time(&mut self, at: Timestamp) {
        self.link.relay_time = Some((at, self.clock.now()));
    }

    /// The relay's clock, as far as it is known: told at the last contact and gone on since.
    pub(super) fn relay_time(&self) -> Option<Timestamp> {
        let (at, told) = self.link.relay_time?;
        Some(at.after(self.clock.now().since(told)))
    }

    fn on_refused(&mut self, refusal: SessionRefusal, rng: &mut impl CryptoRng) {
        let wait = match refusal {
            SessionRefusal::TooMany(WaitMs(wait_ms)) => Duration::from_millis(u64::from(wait_ms)),
            SessionRefusal::Unavailable(WaitMs(wait_ms)) => {
                self.link.trouble = Some(Trouble::RelayUnable);
                Duration::from_millis(u64::from(wait_ms))
            }
            SessionRefusal::Removed => {
                if let Some(network) = self.place.network_mut() {
                    network.is_refused = true;
                }
                REFUSED_WAIT
            }
            SessionRefusal::ProtocolTooOld(_) => {
                self.link.is_app_too_old = true;
                REFUSED_WAIT
            }
            SessionRefusal::UnknownCheckpoint => {
                self.link.trouble = Some(Trouble::UnknownCheckpoint);
                REFUSED_WAIT
            }
            SessionRefusal::UnknownNetwork
            | SessionRefusal::UnknownDevice
            | SessionRefusal::ProtocolTooNew(_) => REFUSED_WAIT,
            SessionRefusal::Malformed | SessionRefusal::TooLarge | SessionRefusal::TooSlow => Duration::ZERO,
        };
        self.errand_refused(refusal);
        self.drop_connection(rng);
        self.hold_off(wait);
    }
}
