//! What a changed membership means here, and the screen "Leden".

use super::Client;
use super::network::Network;
use crate::command::Reply;
use crate::crypto::SignPublic;
use crate::id::{DocumentId, MemberId};
use crate::membership::{Device, DeviceState, Invitation, InvitationUse, Member, Role};
use crate::view;

impl Client {
    /// The membership that is stored is newer than what was told.
    pub(super) fn membership_changed(&mut self) {
        self.told.members_changed = true;
        self.told.all_rows_changed = true;
        self.jobs.try_stuck_again();
        self.outbox.try_refused_again();
        self.media.try_refused_again();
    }

    /// A document of others that this member may no longer read and of which nothing is unsent (S16).
    pub(super) fn unreadable_document(&self) -> Option<DocumentId> {
        let network = self.place.active()?;
        let groups = network.groups();
        self.documents
            .heads()
            .find(|&(doc, head)| {
                head.author.is_some()
                    && !head.readers.iter().any(|reader| groups.contains(reader))
                    && !self.outbox.holds(doc)
                    && !self.drafts.holds(self.documents.story_of(doc))
                    && !self.media.is_unsent(doc)
            })
            .map(|(doc, _)| doc)
    }

    /// Nobody, before there is a network.
    pub(super) fn members(&self) -> Reply {
        let Some(network) = self.place.network() else {
            return Reply::Members {
                members: Vec::new(),
                invitations: Vec::new(),
            };
        };
        let members = network
            .membership
            .members()
            .filter(|(id, member)| !was_refused(network, *id, member))
            .map(|(id, member)| member_row(network, id, member))
            .collect();
        let mut invitations: Vec<_> = network
            .membership
            .invitations()
            .iter()
            .map(|invitation| row_of(network, invitation))
            .collect();
        invitations.reverse();
        Reply::Members { members, invitations }
    }
}

/// The line of an invitation.
pub(super) fn invitation_row(network: &Network, key: SignPublic) -> Option<view::InvitationRow> {
    network
        .membership
        .invitation(key)
        .map(|invitation| row_of(network, invitation))
}

fn row_of(network: &Network, invitation: &Invitation) -> view::InvitationRow {
    let is_waiting = invitation
        .device
        .and_then(|device| network.membership.device(device))
        .is_none_or(|device| device.state == DeviceState::Pending);
    let may_admit = network.role().is_some_and(|role| role.admits(invitation.role));
    let maker = network.membership.device(invitation.by);
    view::InvitationRow {
        id: handle(invitation),
        role: invitation.role.into(),
        until: invitation.until.0,
        by: maker.and_then(|device| network.names.get(&device.member).cloned()),
        state: match invitation.used {
            InvitationUse::Open => view::InvitationState::Open,
            InvitationUse::Used => view::InvitationState::Used,
            InvitationUse::Revoked => view::InvitationState::Revoked,
        },
        may_revoke: may_admit && is_waiting && invitation.used != InvitationUse::Revoked,
    }
}

/// What a screen names an invitation by.
fn handle(invitation: &Invitation) -> String {
    crate::id::EntryId(invitation.key.0).to_string()
}

/// Whoever was turned away before anybody let her in never belonged.
fn was_refused(network: &Network, id: MemberId, member: &Member) -> bool {
    let was_admitted = |device: &Device| device.approved_at.is_some();
    let mut devices = network.membership.devices_of(id);
    member.removed_at.is_some() && !devices.any(|(_, device)| was_admitted(device))
}

fn member_row(network: &Network, id: MemberId, member: &Member) -> view::MemberRow {
    let waiting = network
        .membership
        .devices_of(id)
        .find(|(_, device)| device.state == DeviceState::Pending);
    let role: Role = member.role();
    let invitation = waiting.and_then(|(device, _)| {
        let mut invitations = network.membership.invitations().iter();
        invitations.find(|invitation| invitation.device == Some(device))
    });
    view::MemberRow {
        member: id.0,
        name: network.names.get(&id).cloned(),
        role: role.into(),
        me: network.me() == Some(id),
        waiting_device: waiting.map(|(device, _)| device.0),
        digits: waiting.map(|(_, device)| device.digits.clone()),
        may_approve: waiting.is_some() && network.role().is_some_and(|mine| mine.admits(role)),
        invitation: invitation.map(handle),
        removed: member.removed_at.is_some(),
    }
}
