//! Membership records that this member makes: invite, revoke, approve, change roles.
//!
//! Membership is linear and needs a connection: a record is made on the newest one, sent, and answered once the
//! device has followed the log to it. When another came first it is made again.

use super::errand::verify_receipt;
use super::link::Awaited;
use super::network::{Network, Place};
use super::{Client, CommandId, ProtocolError, members};
use crate::command::{CommandError, Reply};
use crate::crypto::{INVITE_DAYS_MAX, InviteSeed, SignPublic};
use crate::id::{DeviceId, EntryId, MemberId, Seq};
use crate::membership::{
    DeviceState, InvitationUse, Made, RecordRefusal, Role, approve, invite, revoke, set_role,
};
use crate::protocol::{ClientToRelay, EntryBytes, Record, RecordAnswer, RecordOutcome, RecordRefused};
use crate::time::Timestamp;
use crate::view::NewInvitation;
use rand_core::CryptoRng;
use std::collections::VecDeque;
use std::time::Duration;

/// How often a record is made again before the person is told: others kept coming first.
const TRIES_MAX: u32 = 20;

/// A record to make.
#[derive(Debug)]
pub(super) enum Request {
    Invite {
        command: CommandId,
        seed: InviteSeed,
        role: Role,
        minutes: u32,
        automatic: bool,
    },
    Revoke {
        command: CommandId,
        key: SignPublic,
    },
    Approve {
        /// `None` where the machine approves by itself.
        command: Option<CommandId>,
        device: DeviceId,
    },
    SetRole {
        command: CommandId,
        member: MemberId,
        role: Role,
    },
}

/// The lane of records.
#[derive(Debug, Default)]
pub(super) struct Records {
    queue: VecDeque<Request>,
    flight: Option<Flight>,
    /// Public key of the invitation on screen: volunteers who join with it are approved by themselves.
    pub(super) on_screen: Option<SignPublic>,
}

#[derive(Debug)]
struct Flight {
    request: Request,
    entry: EntryId,
    /// The newest record when this one was made.
    prev: EntryId,
    n_tries: u32,
    state: FlightState,
}

#[derive(Debug)]
enum FlightState {
    Sent,
    /// Answered when the log is followed to here.
    Stored(Seq),
    /// Another record came first: made again once the log was followed to it, which may have happened before the
    /// answer came.
    Overtaken,
}

impl Request {
    fn command(&self) -> Option<CommandId> {
        match self {
            Self::Invite { command, .. } | Self::Revoke { command, .. } | Self::SetRole { command, .. } => {
                Some(*command)
            }
            Self::Approve { command, .. } => *command,
        }
    }
}

impl Client {
    /// Queues a record; refused at once where there is no connection.
    pub(super) fn request(&mut self, request: Request) -> Result<(), CommandError> {
        if self.place.active().is_none() {
            return Err(CommandError::NotAllowed);
        }
        if self.link.is_closed() {
            self.try_now();
            return Err(CommandError::Offline);
        }
        self.records.queue.push_back(request);
        Ok(())
    }

    /// Sends the next record, and answers the last.
    pub(super) fn advance_records(&mut self, rng: &mut impl CryptoRng) {
        if !self.link.is_online() || !self.link.is_caught_up || !self.intake.is_idle() {
            return;
        }
        self.approve_automatically();
        let Some(network) = self.place.active() else {
            return;
        };
        let head = network.membership.head();
        let followed = network.followed();
        if let Some(flight) = self.records.flight.take() {
            match flight.state {
                FlightState::Stored(seq) if seq <= followed => self.answer(flight.request),
                FlightState::Overtaken if flight.prev != head => {
                    self.send_record(flight.request, flight.n_tries + 1, rng);
                }
                FlightState::Sent | FlightState::Stored(_) | FlightState::Overtaken => {
                    self.records.flight = Some(flight);
                }
            }
        }
        if self.is_key_coming() {
            // A record that hands on keys needs the newest ones.
            return;
        }
        // What needs no record, or cannot be made, is answered at once: the next one must not wait for another input.
        while self.records.flight.is_none() {
            let Some(request) = self.records.queue.pop_front() else {
                return;
            };
            self.send_record(request, 0, rng);
        }
    }

    fn send_record(&mut self, request: Request, n_tries: u32, rng: &mut impl CryptoRng) {
        let relay_time = self.relay_time().unwrap_or(Timestamp(0));
        let Some(network) = self.place.active() else {
            return;
        };
        let made = if n_tries > TRIES_MAX {
            Err(CommandError::Refused)
        } else {
            make(network, &request, relay_time, rng)
        };
        match made {
            Ok(Some(made)) => {
                let entry = made.entry.id(network.id());
                let prev = network.membership.head();
                self.expect(Awaited::Record);
                self.send(&ClientToRelay::Record(Record {
                    entry: EntryBytes(made.entry.encode()),
                    detached: made.detached,
                }));
                self.records.flight = Some(Flight {
                    request,
                    entry,
                    prev,
                    n_tries,
                    state: FlightState::Sent,
                });
            }
            // It is so already.
            Ok(None) => self.answer(request),
            Err(error) => self.refuse_request(&request, error),
        }
    }

    fn refuse_request(&mut self, request: &Request, error: CommandError) {
        match request.command() {
            Some(command) => self.out.reply(command, Err(error)),
            None if error == CommandError::Offline => {}
            // She is let in by a tap, or not at all.
            None => self.records.on_screen = None,
        }
    }

    /// The log was followed to the record.
    fn answer(&mut self, request: Request) {
        match request {
            Request::Invite {
                command,
                seed,
                role,
                automatic,
                ..
            } => {
                let key = seed.sign_key().public();
                if automatic && role == Role::Volunteer {
                    self.records.on_screen = Some(key);
                }
                let row = self
                    .place
                    .network()
                    .and_then(|network| members::invitation_row(network, key));
                let reply = row.map(|row| {
                    Reply::Invited(NewInvitation {
                        row,
                        code: seed.to_code(),
                    })
                });
                self.out.reply(command, reply.ok_or(CommandError::Refused));
            }
            Request::Revoke { command, .. } | Request::SetRole { command, .. } => {
                self.out.reply(command, Ok(Reply::Done));
            }
            Request::Approve { command, .. } => {
                if let Some(command) = command {
                    self.out.reply(command, Ok(Reply::Done));
                }
            }
        }
    }

    pub(super) fn on_record_answer(
        &mut self,
        answer: RecordAnswer,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        if let Place::Candidate(identity) = &self.place {
            let identity = identity.clone();
            return self.on_entry_answer(&identity, &answer, rng);
        }
        let Some(network) = self.place.network() else {
            return Err(ProtocolError::OutOfPlace);
        };
        // An answer that comes twice is no answer to the record after it.
        let is_awaited =
            |flight: &mut Flight| matches!(flight.state, FlightState::Sent) && flight.entry == answer.entry;
        let Some(mut flight) = self.records.flight.take_if(is_awaited) else {
            return Ok(());
        };
        self.link.answered(Awaited::Record);
        match answer.outcome {
            RecordOutcome::Stored(receipt) => {
                verify_receipt(network.id(), network.membership.relay_key(), &receipt)?;
                let seq = receipt.entries.first().map_or(Seq(0), |(_, seq)| *seq);
                flight.state = FlightState::Stored(seq);
                self.records.flight = Some(flight);
            }
            RecordOutcome::Refused(RecordRefused::StalePrev) => {
                flight.state = FlightState::Overtaken;
                self.records.flight = Some(flight);
                self.pull();
            }
            RecordOutcome::Refused(refusal) => {
                let error = refusal_error(refusal);
                self.refuse_request(&flight.request, error);
            }
        }
        Ok(())
    }

    /// The connection is gone: whether the last record arrived shows when the log is followed again.
    pub(super) fn records_lost(&mut self) {
        let flight = self.records.flight.take().map(|flight| flight.request);
        let queue = std::mem::take(&mut self.records.queue);
        for request in flight.into_iter().chain(queue) {
            self.refuse_request(&request, CommandError::Offline);
        }
    }

    /// A volunteer who joined with the invitation on screen is let in without a tap.
    fn approve_automatically(&mut self) {
        let Some(key) = self.records.on_screen else { return };
        let Some(network) = self.place.active() else {
            return;
        };
        let Some(invitation) = network.membership.invitation(key) else {
            return;
        };
        let device = invitation.device.filter(|_| invitation.role == Role::Volunteer);
        let waiting = device.filter(|&device| {
            let device = network.membership.device(device);
            device.is_some_and(|device| device.state == DeviceState::Pending)
        });
        match waiting {
            Some(device) if !self.records.is_approving() => {
                self.records.queue.push_back(Request::Approve {
                    command: None,
                    device,
                });
            }
            // A connection that is lost meanwhile does not end it: she is still waiting, and on screen.
            Some(_) => {}
            None if invitation.used != InvitationUse::Open => self.records.on_screen = None,
            None => {}
        }
    }
}

impl Records {
    /// Whether an approval that nobody tapped is under way.
    fn is_approving(&self) -> bool {
        let flight = self.flight.as_ref().map(|flight| &flight.request);
        flight
            .into_iter()
            .chain(&self.queue)
            .any(|request| matches!(request, Request::Approve { command: None, .. }))
    }
}

/// Makes a record on the newest one; `None` if what it would say is so already.
fn make(
    network: &Network,
    request: &Request,
    relay_time: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<Option<Made>, CommandError> {
    let state = &network.membership;
    let signer = network.signer();
    let made = match request {
        Request::Invite {
            seed, role, minutes, ..
        } => {
            if state.invitation(seed.sign_key().public()).is_some() {
                return Ok(None);
            }
            let minutes = u64::from(*minutes).min(INVITE_DAYS_MAX * 24 * 60);
            let until = relay_time.after(Duration::from_secs(minutes * 60));
            invite(state, signer, seed, *role, until)
        }
        Request::Revoke { key, .. } => {
            let invitation = state.invitation(*key).ok_or(CommandError::Unknown)?;
            if invitation.used == InvitationUse::Revoked {
                return Ok(None);
            }
            revoke(state, signer, *key)
        }
        Request::Approve { device, .. } => {
            let waiting = state.device(*device).ok_or(CommandError::Unknown)?;
            if waiting.state == DeviceState::Active {
                return Ok(None);
            }
            approve(state, signer, *device, &network.keys, rng)
        }
        Request::SetRole { member, role, .. } => {
            if state.member(*member).is_some_and(|member| member.role() == *role) {
                return Ok(None);
            }
            set_role(state, signer, *member, *role, &network.keys, rng)
        }
    };
    made.map(Some).map_err(|refusal| match refusal {
        RecordRefusal::NotEntitled | RecordRefusal::LastAdmin => CommandError::NotAllowed,
        RecordRefusal::InvitationUsed => CommandError::InvitationUsed,
        RecordRefusal::InvitationRevoked => CommandError::InvitationRevoked,
        RecordRefusal::Unknown | RecordRefusal::InvitationUnknown => CommandError::Unknown,
        RecordRefusal::Malformed
        | RecordRefusal::StalePrev
        | RecordRefusal::BadSignature
        | RecordRefusal::WrongKeys
        | RecordRefusal::Full => CommandError::Refused,
    })
}

fn refusal_error(refusal: RecordRefused) -> CommandError {
    match refusal {
        RecordRefused::NotEntitled | RecordRefused::LastAdmin => CommandError::NotAllowed,
        RecordRefused::Invitation(refusal) => refusal.into(),
        RecordRefused::Unknown => CommandError::Unknown,
        RecordRefused::Malformed
        | RecordRefused::StalePrev
        | RecordRefused::BadSignature
        | RecordRefused::WrongKeys
        | RecordRefused::TooLarge
        | RecordRefused::Retry(_) => CommandError::Refused,
    }
}
