//! One connection: from a stranger to a device that is followed, with what it may ask when.

use crate::crypto::Tag;
use crate::id::{Chain, DeviceId, NetworkId};
use crate::membership::{DeviceState, State};
use crate::protocol::{
    Auth, BEFORE_AUTH_MS_MAX, BYTES_BEFORE_AUTH_MAX, Checkpoint, ClientToRelay, Hello,
    MESSAGE_BYTES_BEFORE_AUTH_MAX, MESSAGE_BYTES_MAX, MessageError, PROTOCOL, PROTOCOL_MIN,
    PUSHES_UNANSWERED_MAX, REQUESTS_BEFORE_AUTH_MAX, REQUESTS_UNANSWERED_MAX, RelayToClient, SessionRefusal,
    Welcome, auth_message,
};
use crate::storage::RelayQuery;
use crate::sync::relay::network::Waiter;
use crate::sync::relay::pages::Follower;
use crate::sync::relay::request::Asked;
use crate::sync::relay::{
    Event, LoadFor, Output, Peer, RECONNECT_MS, RETRY_MS, Relay, SessionId, SignatureCheck, VerifyFor,
};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::VecDeque;
use std::time::Duration;

/// A connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) peer: Peer,
    origin: String,
    hello: Hello,
    pub(super) stage: Stage,
    /// What arrived while the relay was busy with this session.
    waiting: VecDeque<(ClientToRelay, usize)>,
    waiting_bytes: usize,
    bytes_before_auth: usize,
    requests_before_auth: u32,
    pub(super) unanswered_pushes: usize,
    pub(super) unanswered_requests: usize,
    /// Bytes that the shell has not sent yet.
    pub(super) queued_bytes: usize,
}

/// How far a connection has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing is known of it.
    Stranger,
    /// A founding, a lookup or a join is being looked at.
    Asking(Asked),
    /// It says which device it is.
    Proving(Box<Proving>),
    /// It is a device of a network.
    Following(Box<Follower>),
}

/// A device that is being recognised.
#[derive(Debug)]
pub(super) struct Proving {
    auth: Auth,
    is_signed: Option<bool>,
    is_known_checkpoint: Option<bool>,
}

impl Proving {
    pub(super) fn network(&self) -> NetworkId {
        self.auth.network
    }
}

/// What a moment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A stranger's time is over.
    Deadline,
    /// A request with a code has waited long enough.
    Slow,
    /// The next live page may go.
    Live,
}

impl Session {
    pub(super) fn clock_went_back(&mut self, by_ms: u64) {
        if let Stage::Following(follower) = &mut self.stage {
            follower.clock_went_back(by_ms);
        }
    }
}

impl Relay {
    pub(super) fn connected(
        &mut self,
        session: SessionId,
        peer: Peer,
        origin: String,
        rng: &mut impl CryptoRng,
    ) {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let hello = Hello {
            nonce,
            relay_key: self.key,
            protocol: PROTOCOL,
        };
        self.sessions.insert(
            session,
            Session {
                peer,
                origin,
                hello: hello.clone(),
                stage: Stage::Stranger,
                waiting: VecDeque::new(),
                waiting_bytes: 0,
                bytes_before_auth: 0,
                requests_before_auth: 0,
                unanswered_pushes: 0,
                unanswered_requests: 0,
                queued_bytes: 0,
            },
        );
        self.send(session, &RelayToClient::Hello(hello));
        self.set_deadline(session);
    }

    pub(super) fn frame(&mut self, session: SessionId, bytes: &[u8]) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        let is_stranger = matches!(open.stage, Stage::Stranger | Stage::Asking(_));
        if is_stranger {
            open.bytes_before_auth += bytes.len();
            if bytes.len() > MESSAGE_BYTES_BEFORE_AUTH_MAX || open.bytes_before_auth > BYTES_BEFORE_AUTH_MAX {
                self.refuse(session, SessionRefusal::TooLarge);
                return;
            }
        }
        let message = match ClientToRelay::decode(bytes) {
            Ok(message) => message,
            Err(MessageError::TooLarge { .. }) => {
                self.refuse(session, SessionRefusal::TooLarge);
                return;
            }
            Err(MessageError::Malformed) => {
                self.refuse(session, SessionRefusal::Malformed);
                return;
            }
        };
        open.waiting.push_back((message, bytes.len()));
        open.waiting_bytes += bytes.len();
        let is_too_much = open.waiting.len() > PUSHES_UNANSWERED_MAX + REQUESTS_UNANSWERED_MAX
            || open.waiting_bytes > PUSHES_UNANSWERED_MAX * MESSAGE_BYTES_MAX;
        if is_too_much {
            self.refuse(session, SessionRefusal::TooMany(RECONNECT_MS));
        } else {
            self.take_waiting(session);
        }
    }

    /// Takes up what a session sent, in order, until it must wait for something.
    pub(super) fn take_waiting(&mut self, session: SessionId) {
        while let Some(open) = self.sessions.get_mut(&session) {
            if matches!(open.stage, Stage::Asking(_) | Stage::Proving(_)) {
                return;
            }
            let Some((message, len)) = open.waiting.pop_front() else {
                return;
            };
            open.waiting_bytes -= len;
            match &open.stage {
                Stage::Following(_) => self.member_request(session, message),
                Stage::Stranger | Stage::Asking(_) | Stage::Proving(_) => {
                    self.stranger_request(session, message);
                }
            }
        }
    }

    fn stranger_request(&mut self, session: SessionId, message: ClientToRelay) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        open.requests_before_auth += 1;
        if open.requests_before_auth > REQUESTS_BEFORE_AUTH_MAX {
            self.refuse(session, SessionRefusal::TooMany(RECONNECT_MS));
            return;
        }
        self.drop_timer(session, Timer::Deadline);
        match message {
            ClientToRelay::Auth(auth) => self.begin_auth(session, auth),
            ClientToRelay::Found(found) => self.begin_asking(session, Asked::Found(found)),
            ClientToRelay::Lookup(key) => self.begin_asking(session, Asked::Lookup(key)),
            ClientToRelay::Join(join) => self.begin_asking(session, Asked::Join(join)),
            ClientToRelay::Push(_)
            | ClientToRelay::Record(_)
            | ClientToRelay::Detached(_)
            | ClientToRelay::Backfill(_)
            | ClientToRelay::Pull(_)
            | ClientToRelay::PutPart(_)
            | ClientToRelay::AskBlobs(_)
            | ClientToRelay::GetPart(_)
            | ClientToRelay::AskMedia(_)
            | ClientToRelay::PutMedium(_)
            | ClientToRelay::DropBlobs(_) => self.refuse(session, SessionRefusal::Malformed),
        }
    }

    /// A stranger's request was answered: she may ask again, or say who she is.
    pub(super) fn answered_stranger(&mut self, session: SessionId, answer: &RelayToClient) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        open.stage = Stage::Stranger;
        self.send(session, answer);
        self.set_deadline(session);
        self.take_waiting(session);
    }

    fn begin_auth(&mut self, session: SessionId, auth: Auth) {
        if auth.protocol < PROTOCOL_MIN {
            self.refuse(session, SessionRefusal::ProtocolTooOld(PROTOCOL_MIN));
            return;
        }
        if auth.protocol > PROTOCOL {
            self.refuse(session, SessionRefusal::ProtocolTooNew(PROTOCOL));
            return;
        }
        let network = auth.network;
        if let Some(open) = self.sessions.get_mut(&session) {
            open.stage = Stage::Proving(Box::new(Proving {
                auth,
                is_signed: None,
                is_known_checkpoint: None,
            }));
            self.with_network(network, Waiter::Auth(session));
        }
    }

    /// The network is there: its devices and its log tell whether the proof is good.
    pub(super) fn check_auth(&mut self, session: SessionId) {
        let Some((open, proving)) = self.proving(session) else {
            return;
        };
        let auth = proving.auth.clone();
        let message = auth_message(
            &open.hello,
            &open.origin,
            auth.device,
            auth.protocol,
            auth.checkpoint.as_ref(),
        );
        let Some(network) = self.network(auth.network) else {
            return;
        };
        let Some(device) = network.state.device(auth.device) else {
            self.refuse(session, SessionRefusal::UnknownDevice);
            return;
        };
        let check = SignatureCheck {
            key: device.sign,
            tag: Tag::AUTH,
            network: auth.network,
            message,
            signature: auth.signature,
        };
        let known = match &auth.checkpoint {
            None => Some(true),
            Some(checkpoint) => network.knows(checkpoint),
        };
        if let (None, Some(checkpoint)) = (known, &auth.checkpoint) {
            let query = RelayQuery::Chain {
                network: auth.network,
                seq: checkpoint.seq,
            };
            self.load(LoadFor::AuthChain(session), query);
        }
        if let Some(proving) = self.proving_mut(session) {
            proving.is_known_checkpoint = known;
        }
        self.verify(VerifyFor::Auth(session), vec![check]);
    }

    pub(super) fn auth_verified(&mut self, session: SessionId, is_signed: bool) {
        if let Some(proving) = self.proving_mut(session) {
            proving.is_signed = Some(is_signed);
            self.finish_auth(session);
        }
    }

    pub(super) fn auth_chain_known(&mut self, session: SessionId, chain: Option<Chain>) {
        if let Some(proving) = self.proving_mut(session) {
            let presented = proving.auth.checkpoint.map(|checkpoint| checkpoint.chain);
            proving.is_known_checkpoint = Some(chain.is_some() && chain == presented);
            self.finish_auth(session);
        }
    }

    fn finish_auth(&mut self, session: SessionId) {
        let Some((_, proving)) = self.proving(session) else {
            return;
        };
        let (Some(is_signed), Some(is_known)) = (proving.is_signed, proving.is_known_checkpoint) else {
            return;
        };
        let auth = proving.auth.clone();
        let Some(network) = self.network(auth.network) else {
            self.refuse(session, SessionRefusal::Unavailable(RETRY_MS));
            return;
        };
        let refusal = if is_signed {
            refusal_of(&network.state, &auth, is_known)
        } else {
            Some(SessionRefusal::UnknownDevice)
        };
        if let Some(refusal) = refusal {
            self.refuse(session, refusal);
            return;
        }
        self.welcome(session, auth.network, auth.device, auth.checkpoint);
    }

    fn welcome(
        &mut self,
        session: SessionId,
        id: NetworkId,
        device: DeviceId,
        checkpoint: Option<Checkpoint>,
    ) {
        let at = self.now;
        let Some(network) = self.network_mut(id) else {
            return;
        };
        network.sessions.insert(session);
        let (log_id, head) = (network.log_id, network.head);
        if let Some(open) = self.sessions.get_mut(&session) {
            open.stage = Stage::Following(Box::new(Follower::new(id, device, checkpoint, head)));
        }
        self.send(session, &RelayToClient::Welcome(Welcome { log_id, head, at }));
        self.event(Event::Welcomed {
            session,
            network: id,
            device,
        });
        self.expire(id);
        self.pump(session);
        self.take_waiting(session);
    }

    /// Ends a connection, and says why.
    pub(super) fn refuse(&mut self, session: SessionId, refusal: SessionRefusal) {
        if self.sessions.contains_key(&session) {
            self.send(session, &RelayToClient::Refused(refusal));
            self.outputs.push_back(Output::Close(session));
            self.event(Event::Refused { session, refusal });
            self.forget_session(session);
        }
    }

    /// What it pushed goes on: its entries are good without it.
    pub(super) fn forget_session(&mut self, session: SessionId) {
        let Some(closed) = self.sessions.remove(&session) else {
            return;
        };
        self.timers.retain(|&(_, of, _)| of != session);
        match &closed.stage {
            Stage::Following(follower) => {
                if let Some(network) = self.network_mut(follower.network) {
                    network.sessions.remove(&session);
                }
                self.unload_if_idle(follower.network);
            }
            Stage::Proving(proving) => self.unload_if_idle(proving.network()),
            Stage::Stranger | Stage::Asking(_) => {}
        }
        self.founder_left(session);
    }

    pub(super) fn sent(&mut self, session: SessionId, len: usize) {
        if let Some(open) = self.sessions.get_mut(&session) {
            open.queued_bytes = open.queued_bytes.saturating_sub(len);
            self.pump(session);
        }
    }

    pub(super) fn timeout(&mut self) {
        while let Some(&(_, session, timer)) = self.timers.first().filter(|(at, ..)| *at <= self.now) {
            self.timers.pop_first();
            match timer {
                Timer::Deadline => self.refuse(session, SessionRefusal::TooSlow),
                Timer::Slow => self.look_at_asked(session),
                Timer::Live => self.live_timer_fired(session),
            }
        }
        self.sweep_due();
    }

    pub(super) fn set_timer(&mut self, session: SessionId, timer: Timer, after: Duration) {
        self.timers.insert((self.now.after(after), session, timer));
    }

    fn set_deadline(&mut self, session: SessionId) {
        self.set_timer(
            session,
            Timer::Deadline,
            Duration::from_millis(BEFORE_AUTH_MS_MAX),
        );
    }

    fn drop_timer(&mut self, session: SessionId, timer: Timer) {
        self.timers
            .retain(|&(_, of, what)| (of, what) != (session, timer));
    }

    fn proving(&self, session: SessionId) -> Option<(&Session, &Proving)> {
        let open = self.sessions.get(&session)?;
        match &open.stage {
            Stage::Proving(proving) => Some((open, proving)),
            Stage::Stranger | Stage::Asking(_) | Stage::Following(_) => None,
        }
    }

    fn proving_mut(&mut self, session: SessionId) -> Option<&mut Proving> {
        match &mut self.sessions.get_mut(&session)?.stage {
            Stage::Proving(proving) => Some(proving),
            Stage::Stranger | Stage::Asking(_) | Stage::Following(_) => None,
        }
    }

    pub(super) fn follower(&self, session: SessionId) -> Option<&Follower> {
        match &self.sessions.get(&session)?.stage {
            Stage::Following(follower) => Some(follower),
            Stage::Stranger | Stage::Asking(_) | Stage::Proving(_) => None,
        }
    }

    pub(super) fn follower_mut(&mut self, session: SessionId) -> Option<&mut Follower> {
        match &mut self.sessions.get_mut(&session)?.stage {
            Stage::Following(follower) => Some(follower),
            Stage::Stranger | Stage::Asking(_) | Stage::Proving(_) => None,
        }
    }
}

/// Why a device with a good signature is not let in, if it is not.
fn refusal_of(state: &State, auth: &Auth, is_known_checkpoint: bool) -> Option<SessionRefusal> {
    let min_protocol = u16::try_from(state.policy().min_protocol).unwrap_or(u16::MAX);
    match state.device(auth.device)?.state {
        DeviceState::Lost | DeviceState::Left | DeviceState::Removed | DeviceState::Revoked => {
            Some(SessionRefusal::Removed)
        }
        DeviceState::Pending | DeviceState::Active if auth.protocol < min_protocol => {
            Some(SessionRefusal::ProtocolTooOld(min_protocol))
        }
        DeviceState::Pending | DeviceState::Active => {
            (!is_known_checkpoint).then_some(SessionRefusal::UnknownCheckpoint)
        }
    }
}

/// Moves a kept moment back with the clock.
pub(super) fn earlier(at: Timestamp, by_ms: u64) -> Timestamp {
    Timestamp(at.0.saturating_sub(by_ms))
}
