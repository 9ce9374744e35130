//! The way into a network: found, look an invitation up, join.
//!
//! What is sent is stored first, as a candidate: an answer that was lost is asked for again with the same bytes,
//! also after a restart, and the relay then says what became of them. Nothing half made remains.

use super::disk::{DeviceSecrets, Founding, Identity, Joining, KeyBytes, Names, Stage, meta};
use super::link::Awaited;
use super::network::{Keyring, Network, Place, digits_of};
use super::{Client, CommandId, ProtocolError, StoreId};
use crate::command::{CommandError, Reply};
use crate::crypto::{EpochSecret, InviteSeed, SignPublic, Tag};
use crate::entry::{Entry, GroupId};
use crate::id::{DeviceId, EntryId, Epoch, MemberId, NetworkId, Seq};
use crate::membership::{InvitationOffer, State, found, join, verify_invitation};
use crate::protocol::{
    ClientToRelay, EntryBytes, Found, FoundRefusal, Invitation, InvitationRefusal, Join, Receipt,
    RecordAnswer, RecordOutcome, RecordRefused, SessionRefusal,
};
use crate::storage::{Operation, StoreFailure, Table};
use crate::view;
use rand_core::CryptoRng;

/// What a person asked for before there is a network.
#[derive(Debug)]
pub(super) enum Errand {
    Found {
        command: CommandId,
        network: String,
        name: String,
        code: String,
    },
    Lookup {
        command: CommandId,
        seed: InviteSeed,
    },
    Join {
        command: CommandId,
        name: String,
    },
}

/// The lane of errands.
#[derive(Debug, Default)]
pub(super) struct Errands {
    current: Option<Errand>,
    storing: Option<(StoreId, Step)>,
    offer: Option<Offer>,
    /// The invitation that the relay was asked for and has not answered.
    looked_up: Option<SignPublic>,
    /// The candidate was made by the current errand, not by an earlier one whose answer was lost.
    is_candidate_current: bool,
}

/// What follows once the device has stored where it stands.
#[derive(Debug)]
enum Step {
    Send(Box<Identity>),
    Enter(Box<Network>),
    Abandon(CommandError),
    LookupAgain,
    StartOver,
}

/// A verified invitation, and what the relay answered beside it.
#[derive(Debug)]
struct Offer {
    seed: InviteSeed,
    offer: InvitationOffer,
    genesis: Vec<u8>,
    head: EntryId,
    device: DeviceId,
}

impl Errand {
    fn command(&self) -> CommandId {
        match self {
            Self::Found { command, .. } | Self::Lookup { command, .. } | Self::Join { command, .. } => {
                *command
            }
        }
    }
}

impl Errands {
    pub(super) fn is_running(&self) -> bool {
        self.current.is_some()
    }

    pub(super) fn is_storing(&self, id: StoreId) -> bool {
        self.storing.as_ref().is_some_and(|(storing, _)| *storing == id)
    }

    pub(super) fn has_offer(&self) -> bool {
        self.offer.is_some()
    }
}

impl Client {
    pub(super) fn begin_errand(&mut self, errand: Errand) {
        if let Some(earlier) = self.errands.current.replace(errand) {
            self.out.reply(earlier.command(), Err(CommandError::Refused));
        }
        self.errands.is_candidate_current = false;
        if self.may_start_over() && self.errands.storing.is_none() {
            return self.start_over();
        }
        self.try_now();
    }

    /// Whether this device was refused, or its invitation revoked, before it was let in. It holds no key of that
    /// network, and nothing that it stored went there: another invitation is as good as the first.
    pub(super) fn may_start_over(&self) -> bool {
        let refused = |network: &Network| {
            matches!(
                network.standing(),
                view::Standing::Removed {
                    was_admitted: false,
                    ..
                }
            )
        };
        self.place.network().is_some_and(refused)
    }

    /// Forgets the network that refused this device. What was written stays.
    fn start_over(&mut self) {
        let forget = meta::OF_NETWORK.map(|key| Operation::Delete {
            table: Table::Meta,
            key: key.to_vec(),
        });
        let id = self.out.store(forget.into());
        self.errands.storing = Some((id, Step::StartOver));
    }

    /// Goes on with an errand on a connection that is open already.
    pub(super) fn advance_errand(&mut self, rng: &mut impl CryptoRng) {
        if self.errands.current.is_some() && !self.link.is_awaiting(Awaited::Errand) {
            self.start_errand(rng);
        }
    }

    /// Sends what is to be sent after the relay's greeting.
    pub(super) fn start_errand(&mut self, rng: &mut impl CryptoRng) {
        let Some(relay) = self.link.errand_hello().map(|hello| hello.relay_key) else {
            return;
        };
        if self.errands.storing.is_some() {
            return;
        }
        if let Place::Candidate(identity) = &self.place {
            let identity = identity.clone();
            return self.send_candidate(&identity);
        }
        match self.errands.current.take() {
            None => {}
            Some(Errand::Found {
                command,
                network,
                name,
                code,
            }) => {
                let made = make_founding(&network, &name, &code, relay, rng);
                self.errands.current = Some(Errand::Found {
                    command,
                    network,
                    name,
                    code,
                });
                self.store_candidate(made, rng);
            }
            Some(Errand::Lookup { command, seed }) => {
                self.send_lookup(seed.sign_key().public());
                self.errands.current = Some(Errand::Lookup { command, seed });
            }
            Some(Errand::Join { command, name }) => {
                let made = self
                    .errands
                    .offer
                    .as_ref()
                    .ok_or(CommandError::InvitationUnknown)
                    .and_then(|offer| make_join(offer, &name, rng));
                self.errands.current = Some(Errand::Join { command, name });
                self.store_candidate(made, rng);
            }
        }
    }

    fn send_lookup(&mut self, invitation: SignPublic) {
        self.errands.looked_up = Some(invitation);
        self.expect(Awaited::Errand);
        self.send(&ClientToRelay::Lookup(invitation));
    }

    /// Whether what the relay answered to a lookup is for the errand of now: a person may have asked for something
    /// else since.
    fn is_lookup_current(&mut self) -> Result<bool, ProtocolError> {
        let looked_up = self.errands.looked_up.take().ok_or(ProtocolError::OutOfPlace)?;
        self.link.answered(Awaited::Errand);
        let wanted = match (&self.errands.current, &self.errands.offer) {
            (Some(Errand::Lookup { seed, .. }), _) => Some(seed),
            (Some(Errand::Join { .. }), Some(offer)) => Some(&offer.seed),
            (Some(Errand::Found { .. } | Errand::Join { .. }) | None, _) => None,
        };
        Ok(wanted.is_some_and(|seed| seed.sign_key().public() == looked_up))
    }

    fn store_candidate(&mut self, made: Result<Identity, CommandError>, rng: &mut impl CryptoRng) {
        match made {
            Ok(identity) => {
                self.errands.is_candidate_current = true;
                let put = self.vault.put_meta(meta::IDENTITY, &identity, rng);
                let id = self.out.store(vec![put]);
                self.errands.storing = Some((id, Step::Send(Box::new(identity))));
            }
            Err(error) => self.end_errand(Err(error)),
        }
    }

    fn send_candidate(&mut self, identity: &Identity) {
        let message = match &identity.stage {
            Stage::Founding(founding) => ClientToRelay::Found(Found {
                genesis: EntryBytes(founding.genesis.clone()),
                detached: founding.detached.clone(),
                code: founding.code.clone(),
            }),
            Stage::Joining(joining) => ClientToRelay::Join(Join {
                network: identity.network,
                entry: joining.entry.clone(),
                detached: joining.detached.clone(),
            }),
            Stage::Joined => return,
        };
        if !self.link.is_awaiting(Awaited::Errand) {
            self.expect(Awaited::Errand);
            self.send(&message);
        }
    }

    /// Answers the command that runs the errand, if there is one.
    fn end_errand(&mut self, reply: Result<Reply, CommandError>) {
        if let Some(errand) = self.errands.current.take() {
            self.out.reply(errand.command(), reply);
        }
    }

    pub(super) fn errand_stored(&mut self) {
        match self.errands.storing.take() {
            None => {}
            Some((_, Step::Send(identity))) => {
                if self.link.errand_hello().is_some() {
                    self.send_candidate(&identity);
                }
                self.place = Place::Candidate(identity);
            }
            Some((_, Step::Enter(network))) => {
                self.place = Place::Inside(network);
                self.errands.offer = None;
                self.end_errand(Ok(Reply::Done));
                self.told.all_rows_changed = true;
                self.errand_done();
            }
            Some((_, Step::Abandon(error))) => {
                self.place = Place::Alone;
                // What a person asked for after the refused candidate was made is still to be done.
                if self.errands.is_candidate_current {
                    self.end_errand(Err(error));
                }
            }
            Some((_, Step::LookupAgain)) => {
                self.place = Place::Alone;
                self.lookup_again();
            }
            Some((_, Step::StartOver)) => {
                self.place = Place::Alone;
                self.told.all_rows_changed = true;
                self.try_now();
            }
        }
    }

    /// Looks the invitation of a join up once more: the chain of records has grown since.
    fn lookup_again(&mut self) {
        let Some(offer) = &self.errands.offer else {
            return self.end_errand(Err(CommandError::Refused));
        };
        let invitation = offer.seed.sign_key().public();
        self.send_lookup(invitation);
    }

    pub(super) fn errand_failed(&mut self, failure: StoreFailure, rng: &mut impl CryptoRng) {
        self.errands.storing = None;
        self.store_failed(failure);
        self.end_errand(Err(failure.into()));
        self.drop_connection(rng);
    }

    /// The connection is gone: a candidate is sent again on the next one, the person is told now.
    pub(super) fn errand_lost(&mut self) {
        self.errands.looked_up = None;
        if self.errands.storing.is_none() {
            self.end_errand(Err(CommandError::Offline));
        }
    }

    pub(super) fn errand_refused(&mut self, refusal: SessionRefusal) {
        let error = match refusal {
            SessionRefusal::TooMany(_) => CommandError::SlowDown,
            SessionRefusal::TooSlow => CommandError::Offline,
            SessionRefusal::UnknownNetwork
            | SessionRefusal::UnknownDevice
            | SessionRefusal::Removed
            | SessionRefusal::ProtocolTooOld(_)
            | SessionRefusal::ProtocolTooNew(_)
            | SessionRefusal::UnknownCheckpoint
            | SessionRefusal::Malformed
            | SessionRefusal::TooLarge
            | SessionRefusal::Unavailable(_) => CommandError::Refused,
        };
        self.end_errand(Err(error));
    }

    pub(super) fn on_invitation(
        &mut self,
        invitation: &Invitation,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        if !self.is_lookup_current()? {
            self.start_errand(rng);
            return Ok(());
        }
        let relay = self.link.errand_hello().map(|hello| hello.relay_key);
        let (seed, is_join) = match (&self.errands.current, &self.errands.offer) {
            (Some(Errand::Lookup { seed, .. }), _) => (seed, false),
            (Some(Errand::Join { .. }), Some(offer)) => (&offer.seed, true),
            _ => return Err(ProtocolError::OutOfPlace),
        };
        let genesis = Entry::decode(&invitation.genesis.0);
        let invite = Entry::decode(&invitation.invite.0);
        let (Ok(genesis), Ok(invite)) = (genesis, invite) else {
            self.end_errand(Err(CommandError::InvitationForged));
            return Ok(());
        };
        let offer = verify_invitation(&genesis, &invite, seed);
        let Some(offer) = offer.ok().filter(|offer| Some(offer.relay) == relay) else {
            self.end_errand(Err(CommandError::InvitationForged));
            return Ok(());
        };
        let reply = Reply::Invitation {
            network: offer.name.clone(),
            role: offer.role.into(),
            stories: self.n_stories(),
        };
        self.errands.offer = Some(Offer {
            seed: seed.clone(),
            offer,
            genesis: invitation.genesis.0.clone(),
            head: invitation.head,
            device: invitation.device,
        });
        if is_join {
            self.start_errand(rng);
        } else {
            self.end_errand(Ok(reply));
        }
        Ok(())
    }

    pub(super) fn on_invitation_refused(
        &mut self,
        refusal: InvitationRefusal,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        if self.is_lookup_current()? {
            self.end_errand(Err(refusal.into()));
        } else {
            self.start_errand(rng);
        }
        Ok(())
    }

    pub(super) fn on_found_refused(
        &mut self,
        refusal: FoundRefusal,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        let error = match refusal {
            FoundRefusal::WrongCode => CommandError::WrongFoundingCode,
            FoundRefusal::AlreadyFounded => CommandError::AlreadyFounded,
            FoundRefusal::BadGenesis => CommandError::Refused,
            FoundRefusal::Retry(wait) => {
                self.end_errand(Err(CommandError::SlowDown));
                self.drop_connection(rng);
                self.hold_off_ms(wait);
                return Ok(());
            }
        };
        self.abandon_candidate(error)
    }

    /// Forgets a candidate that the relay refused.
    fn abandon_candidate(&mut self, error: CommandError) -> Result<(), ProtocolError> {
        let Place::Candidate(_) = self.place else {
            return Err(ProtocolError::OutOfPlace);
        };
        self.link.answered(Awaited::Errand);
        let id = self.out.store(vec![Operation::Delete {
            table: Table::Meta,
            key: meta::IDENTITY.to_vec(),
        }]);
        self.errands.storing = Some((id, Step::Abandon(error)));
        Ok(())
    }

    /// Takes the relay's answer to a founding or a join.
    pub(super) fn on_entry_answer(
        &mut self,
        identity: &Identity,
        answer: &RecordAnswer,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ProtocolError> {
        self.link.answered(Awaited::Errand);
        match &answer.outcome {
            RecordOutcome::Stored(receipt) => {
                let network = enter(identity, answer.entry, receipt).ok_or(ProtocolError::BadReceipt)?;
                let operations = vec![
                    self.vault.put_meta(meta::IDENTITY, &network.identity, rng),
                    self.vault.put_meta(meta::MEMBERSHIP, &network.membership, rng),
                    self.vault
                        .put_meta(meta::KEYRING, &Keyring::of(&network.keys), rng),
                    self.vault.put_meta(
                        meta::NAMES,
                        &Names {
                            names: network.names.clone().into_iter().collect(),
                        },
                        rng,
                    ),
                ];
                let id = self.out.store(operations);
                self.errands.storing = Some((id, Step::Enter(Box::new(network))));
                Ok(())
            }
            RecordOutcome::Refused(RecordRefused::Retry(wait)) => {
                self.end_errand(Err(CommandError::SlowDown));
                let wait = *wait;
                self.drop_connection(rng);
                self.hold_off_ms(wait);
                Ok(())
            }
            RecordOutcome::Refused(RecordRefused::Invitation(refusal)) => {
                self.abandon_candidate((*refusal).into())
            }
            // Somebody else's record came between lookup and join.
            RecordOutcome::Refused(RecordRefused::StalePrev) => {
                let can_try = matches!(self.errands.current, Some(Errand::Join { .. }));
                self.abandon_candidate(CommandError::Refused)?;
                if let (true, Some((_, step))) = (can_try, &mut self.errands.storing) {
                    *step = Step::LookupAgain;
                }
                Ok(())
            }
            RecordOutcome::Refused(
                RecordRefused::Malformed
                | RecordRefused::BadSignature
                | RecordRefused::NotEntitled
                | RecordRefused::WrongKeys
                | RecordRefused::LastAdmin
                | RecordRefused::Unknown
                | RecordRefused::TooLarge,
            ) => self.abandon_candidate(CommandError::Refused),
        }
    }
}

/// Makes a founding. Every founding is drawn anew.
fn make_founding(
    network: &str,
    name: &str,
    code: &str,
    relay: SignPublic,
    rng: &mut impl CryptoRng,
) -> Result<Identity, CommandError> {
    let secrets = DeviceSecrets::generate(rng);
    let public = secrets.wrap_key().public();
    let founding =
        found(network, name, relay, &secrets.sign_key(), public, rng).map_err(|_| CommandError::Refused)?;
    let secret = |group| {
        founding
            .keys
            .get(group, Epoch(0))
            .map(|secret| KeyBytes(*secret.to_bytes()))
            .ok_or(CommandError::Refused)
    };
    Ok(Identity {
        network: founding.network,
        device: DeviceId(0),
        name: name.to_owned(),
        digits: String::new(),
        stage: Stage::Founding(Founding {
            genesis: founding.made.entry.encode(),
            detached: founding.made.detached.clone(),
            code: code.to_owned(),
            team: secret(GroupId::Team)?,
            coord: secret(GroupId::Coord)?,
        }),
        own: Some(secret(GroupId::Member(MemberId(0)))?),
        secrets,
    })
}

fn make_join(offer: &Offer, name: &str, rng: &mut impl CryptoRng) -> Result<Identity, CommandError> {
    let secrets = DeviceSecrets::generate(rng);
    let public = secrets.wrap_key().public();
    let (made, own) = join(
        &offer.offer,
        &offer.seed,
        offer.head,
        offer.device,
        name,
        &secrets.sign_key(),
        public,
        rng,
    )
    .map_err(|_| CommandError::Refused)?;
    Ok(Identity {
        network: offer.offer.network,
        device: offer.device,
        name: name.to_owned(),
        digits: digits_of(&made.entry),
        stage: Stage::Joining(Joining {
            genesis: offer.genesis.clone(),
            entry: EntryBytes(made.entry.encode()),
            detached: made.detached,
        }),
        own: Some(KeyBytes(*own.to_bytes())),
        secrets,
    })
}

/// Returns the network as it begins for this device, if the receipt is the relay's for this entry.
fn enter(identity: &Identity, entry: EntryId, receipt: &Receipt) -> Option<Network> {
    let (genesis, sent) = match &identity.stage {
        Stage::Founding(founding) => (&founding.genesis, &founding.genesis),
        Stage::Joining(joining) => (&joining.genesis, &joining.entry.0),
        Stage::Joined => return None,
    };
    let id = Entry::decode(sent).ok()?.id(identity.network);
    let is_receipted = receipt.entries.iter().any(|(receipted, _)| *receipted == id);
    if entry != id || !is_receipted {
        return None;
    }
    // The first entry of a log is its genesis.
    let membership = State::found(Seq(1), &Entry::decode(genesis).ok()?).ok()?;
    verify_receipt(identity.network, membership.relay_key(), receipt).ok()?;
    let joined = Identity {
        stage: Stage::Joined,
        ..identity.clone()
    };
    let mut network = Network::new(joined, membership);
    if let Stage::Founding(founding) = &identity.stage {
        for (group, secret) in [(GroupId::Team, &founding.team), (GroupId::Coord, &founding.coord)] {
            let secret = EpochSecret::from_bytes(&secret.0);
            network.keys.insert(group, Epoch(0), secret);
        }
    }
    network.know_myself();
    Some(network)
}

/// Checks the relay's signature under a receipt.
pub(super) fn verify_receipt(
    network: NetworkId,
    relay: SignPublic,
    receipt: &Receipt,
) -> Result<(), ProtocolError> {
    relay
        .verify(Tag::RECEIPT, network, &receipt.message(), &receipt.signature)
        .map_err(|_| ProtocolError::BadReceipt)
}

impl From<InvitationRefusal> for CommandError {
    fn from(refusal: InvitationRefusal) -> Self {
        match refusal {
            InvitationRefusal::Unknown => Self::InvitationUnknown,
            InvitationRefusal::Used => Self::InvitationUsed,
            InvitationRefusal::Expired => Self::InvitationExpired,
            InvitationRefusal::Revoked => Self::InvitationRevoked,
        }
    }
}

impl From<StoreFailure> for CommandError {
    fn from(failure: StoreFailure) -> Self {
        match failure {
            StoreFailure::Full => Self::DeviceFull,
            StoreFailure::Outdated | StoreFailure::Failed => Self::DeviceFailed,
        }
    }
}
