//! What a stranger and a member may ask, and the answers to a stranger's questions about an invitation.

use crate::crypto::SignPublic;
use crate::id::{DeviceId, EntryId, NetworkId, Seq};
use crate::membership::InvitationUse;
use crate::protocol::{
    ClientToRelay, DETACHED_HASHES_MAX, EntryBytes, Found, Invitation, InvitationRefusal, Join,
    PUSH_ENTRIES_MAX, PUSHES_UNANSWERED_MAX, REQUESTS_UNANSWERED_MAX, RelayToClient, SessionRefusal,
};
use crate::storage::RelayQuery;
use crate::sync::relay::network::Waiter;
use crate::sync::relay::session::{Stage, Timer};
use crate::sync::relay::tries::Code;
use crate::sync::relay::{LoadFor, RECONNECT_MS, Relay, SessionId};

/// A stranger's request.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Found(Found),
    Lookup(SignPublic),
    Join(Join),
}

/// An invitation that can be used, while its entries are read.
#[derive(Debug)]
pub(super) struct Offer {
    invite_at: Seq,
    head: EntryId,
    device: DeviceId,
}

impl Relay {
    /// Takes up a stranger's request, at once or, after wrong codes from her address, slowly.
    pub(super) fn begin_asking(&mut self, session: SessionId, asked: Asked) {
        let now = self.now;
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        let code = match &asked {
            Asked::Found(_) => Some(Code::Founding),
            Asked::Lookup(_) => Some(Code::Invitation),
            Asked::Join(_) => None,
        };
        let peer = open.peer;
        open.stage = Stage::Asking(asked);
        let delay = code
            .map(|code| self.tries.delay(peer, code, now))
            .unwrap_or_default();
        if delay.is_zero() {
            self.look_at_asked(session);
        } else {
            self.set_timer(session, Timer::Slow, delay);
        }
    }

    pub(super) fn look_at_asked(&mut self, session: SessionId) {
        let Some(Stage::Asking(asked)) = self.sessions.get(&session).map(|open| &open.stage) else {
            return;
        };
        match asked.clone() {
            Asked::Found(found) => self.begin_founding(session, &found),
            Asked::Lookup(key) => {
                self.load(LoadFor::Lookup(session, key), RelayQuery::Invitation { key });
            }
            Asked::Join(join) => self.with_network(join.network, Waiter::Asking(session)),
        }
    }

    pub(super) fn lookup_known(&mut self, session: SessionId, _key: SignPublic, network: Option<NetworkId>) {
        match network {
            Some(network) => self.with_network(network, Waiter::Asking(session)),
            None => self.wrong_code(
                session,
                &RelayToClient::InvitationRefused(InvitationRefusal::Unknown),
            ),
        }
    }

    /// The network of a stranger's request is there.
    pub(super) fn asked_of_network(&mut self, session: SessionId, network: NetworkId) {
        let Some(Stage::Asking(asked)) = self.sessions.get(&session).map(|open| &open.stage) else {
            return;
        };
        match asked.clone() {
            Asked::Lookup(key) => self.look_at_invitation(session, network, key),
            Asked::Join(join) => self.record(session, network, join.entry, join.detached),
            Asked::Found(_) => {}
        }
    }

    fn look_at_invitation(&mut self, session: SessionId, id: NetworkId, key: SignPublic) {
        let now = self.now;
        let Some(network) = self.network(id) else {
            return;
        };
        let state = &network.state;
        let refusal = match state.invitation(key) {
            None => Some(InvitationRefusal::Unknown),
            Some(invitation) => match invitation.used {
                InvitationUse::Used => Some(InvitationRefusal::Used),
                InvitationUse::Revoked => Some(InvitationRefusal::Revoked),
                InvitationUse::Open => (invitation.until < now).then_some(InvitationRefusal::Expired),
            },
        };
        if let Some(refusal) = refusal {
            self.answered_stranger(session, &RelayToClient::InvitationRefused(refusal));
            self.unload_if_idle(id);
            return;
        }
        let Some(invitation) = state.invitation(key) else {
            return;
        };
        let offer = Offer {
            invite_at: invitation.at,
            head: state.head(),
            device: state.next_device(),
        };
        let query = RelayQuery::Entries {
            network: id,
            seqs: vec![Seq(1), offer.invite_at],
        };
        self.load(LoadFor::Invitation(session, Box::new(offer)), query);
        self.unload_if_idle(id);
    }

    pub(super) fn invitation_known(&mut self, session: SessionId, offer: &Offer, entries: &[(Seq, Vec<u8>)]) {
        let bytes_at = |at: Seq| {
            entries
                .iter()
                .find(|(seq, _)| *seq == at)
                .map(|(_, bytes)| EntryBytes(bytes.clone()))
        };
        let answer = match (bytes_at(Seq(1)), bytes_at(offer.invite_at)) {
            (Some(genesis), Some(invite)) => RelayToClient::Invitation(Invitation {
                genesis,
                invite,
                head: offer.head,
                device: offer.device,
            }),
            _ => RelayToClient::InvitationRefused(InvitationRefusal::Unknown),
        };
        self.answered_stranger(session, &answer);
    }

    /// Answers a wrong code, and remembers the address for the next one.
    pub(super) fn wrong_code(&mut self, session: SessionId, answer: &RelayToClient) {
        if let Some(open) = self.sessions.get(&session) {
            self.tries.wrong(open.peer, self.now);
            self.answered_stranger(session, answer);
        }
    }

    pub(super) fn member_request(&mut self, session: SessionId, message: ClientToRelay) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        let Stage::Following(follower) = &open.stage else {
            return;
        };
        let network = follower.network;
        if matches!(message, ClientToRelay::Push(_)) {
            open.unanswered_pushes += 1;
        } else {
            open.unanswered_requests += 1;
        }
        if open.unanswered_pushes > PUSHES_UNANSWERED_MAX
            || open.unanswered_requests > REQUESTS_UNANSWERED_MAX
        {
            self.refuse(session, SessionRefusal::TooMany(RECONNECT_MS));
            return;
        }
        match message {
            ClientToRelay::Push(push) if push.entries.len() > PUSH_ENTRIES_MAX => {
                self.refuse(session, SessionRefusal::TooLarge);
            }
            ClientToRelay::Push(push) => self.push(session, network, push),
            ClientToRelay::Record(record) => self.record(session, network, record.entry, record.detached),
            ClientToRelay::Detached(request) if request.hashes.len() > DETACHED_HASHES_MAX => {
                self.refuse(session, SessionRefusal::TooLarge);
            }
            ClientToRelay::Detached(request) => self.detached(session, request),
            ClientToRelay::Backfill(request) => self.backfill(session, &request),
            ClientToRelay::Pull(checkpoint) => self.pull(session, checkpoint),
            ClientToRelay::PutPart(part) => self.put_part(session, part),
            ClientToRelay::AskBlobs(request) => self.ask_blobs(session, request),
            ClientToRelay::GetPart(name) => self.get_part(session, name),
            ClientToRelay::AskMedia(request) => self.ask_media(session, request),
            ClientToRelay::PutMedium(part) => self.put_medium(session, part),
            ClientToRelay::DropBlobs(request) => self.drop_blobs(session, request),
            ClientToRelay::Auth(_)
            | ClientToRelay::Found(_)
            | ClientToRelay::Lookup(_)
            | ClientToRelay::Join(_) => self.refuse(session, SessionRefusal::Malformed),
        }
    }

    pub(super) fn answered_request(&mut self, session: SessionId) {
        if let Some(open) = self.sessions.get_mut(&session) {
            open.unanswered_requests = open.unanswered_requests.saturating_sub(1);
        }
    }
}
