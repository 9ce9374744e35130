//! What makes a record good: the same judgement at the relay, which refuses, and at every device, which lets it
//! have no effect.

use crate::crypto::{BadSignature, SignPublic, Tag};
use crate::entry::{Entry, GroupId};
use crate::id::{DeviceId, Epoch, MemberId, Seq};
use crate::membership::record::{DeviceRemove, MemberRemove, MemberRole};
use crate::membership::{
    Body, DEVICES_MAX, Detached, Device, DeviceState, Genesis, InvitationUse, Invite, Join,
    NETWORK_NAME_CHARS_MAX, NewEpoch, Record, Role, State, detached_hash,
};
use thiserror::Error;

/// Why a record is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordRefusal {
    /// Not a record, or the detached part is not the one that it names.
    #[error("not a record, or not its detached part")]
    Malformed,
    /// Another record came first.
    #[error("another record came first")]
    StalePrev,
    /// The signature does not verify, or its signer never existed.
    #[error("the signature does not verify")]
    BadSignature,
    /// The signer's role does not allow it.
    #[error("the signer's role does not allow it")]
    NotEntitled,
    /// No such invitation.
    #[error("no such invitation")]
    InvitationUnknown,
    /// Somebody joined with the invitation.
    #[error("the invitation was used")]
    InvitationUsed,
    /// The invitation was taken back.
    #[error("the invitation was taken back")]
    InvitationRevoked,
    /// Epochs or wraps are not what the record must carry (L4).
    #[error("epochs or wraps are not what the record must carry")]
    WrongKeys,
    /// No administrator would remain (L5).
    #[error("no administrator would remain")]
    LastAdmin,
    /// What it is about does not exist, or is not in the state for it.
    #[error("what it is about is not there")]
    Unknown,
    /// The network has [`DEVICES_MAX`] devices.
    #[error("the network has {DEVICES_MAX} devices")]
    Full,
}

type Judged = Result<(), RecordRefusal>;

impl State {
    /// Checks all that the relay checks before it appends a record (L5), with its detached part.
    /// Whether an invitation has expired is the one thing that the caller checks, by its clock.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, entry: &Entry, detached: &[u8]) -> Result<(), RecordRefusal> {
        let record = Record::of(entry).map_err(|_| RecordRefusal::Malformed)?;
        let part = self.read_detached(&record, detached)?;
        if record.prev != Some(self.head) {
            return Err(RecordRefusal::StalePrev);
        }
        self.verify_signer(entry, &record)
            .map_err(|_| RecordRefusal::BadSignature)?;
        self.judge(entry.header.by, &record)?;
        let mut after = self.clone();
        after.take_effect(Seq(self.head_seq.0.saturating_add(1)), entry, &record);
        let wraps = part
            .wraps
            .iter()
            .map(|wrap| (wrap.device, wrap.group, wrap.epoch));
        let has_name = matches!(record.body, Body::Join(_));
        if wraps.eq(self.required_wraps(&after, &record.body)) && part.name.is_some() == has_name {
            Ok(())
        } else {
            Err(RecordRefusal::WrongKeys)
        }
    }

    /// Checks a genesis, with its detached part, as the relay `relay` does before it founds the network.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check_genesis(entry: &Entry, detached: &[u8], relay: SignPublic) -> Result<Self, RecordRefusal> {
        let state = Self::found(Seq(1), entry).map_err(|_| RecordRefusal::BadSignature)?;
        let record = Record::of(entry).map_err(|_| RecordRefusal::Malformed)?;
        let part = state.read_detached(&record, detached)?;
        if state.relay != relay || part.name.is_none() || !part.wraps.is_empty() {
            return Err(RecordRefusal::Malformed);
        }
        Ok(state)
    }

    fn read_detached(&self, record: &Record, detached: &[u8]) -> Result<Detached, RecordRefusal> {
        match record.detached {
            None if detached.is_empty() => Ok(Detached::default()),
            Some(hash) if hash == detached_hash(detached) => {
                Detached::decode(detached).map_err(|_| RecordRefusal::Malformed)
            }
            _ => Err(RecordRefusal::Malformed),
        }
    }

    /// Verifies that the device which the entry names signed it; for a join also that the invitation did.
    pub(super) fn verify_signer(&self, entry: &Entry, record: &Record) -> Result<(), BadSignature> {
        let by = entry.header.by;
        if let Body::Join(join) = &record.body {
            let (Some(prev), Some(detached)) = (record.prev, record.detached) else {
                return Err(BadSignature);
            };
            entry.verify(self.network, &join.sign)?;
            return join.invite.verify(
                Tag::JOIN,
                self.network,
                &join.message(prev, by, detached),
                &join.proof,
            );
        }
        let device = self.device(by).ok_or(BadSignature)?;
        entry.verify(self.network, &device.sign)
    }

    /// Judges a record whose signature is good.
    pub(super) fn judge(&self, by: DeviceId, record: &Record) -> Judged {
        if let Body::Join(join) = &record.body {
            return self.judge_join(by, join);
        }
        let signer = self.authority_now(by).ok_or(RecordRefusal::NotEntitled)?;
        match &record.body {
            Body::Genesis(_) | Body::Join(_) => Err(RecordRefusal::Malformed),
            Body::Invite(invite) => self.judge_invite(signer.role, invite),
            Body::InviteRevoke(revoke) => {
                let invitation = self
                    .invitation(revoke.key)
                    .ok_or(RecordRefusal::InvitationUnknown)?;
                let is_approved = invitation
                    .device
                    .and_then(|device| self.device(device))
                    .is_some_and(|device| device.approved_at.is_some());
                if invitation.used == InvitationUse::Revoked {
                    Err(RecordRefusal::InvitationRevoked)
                } else if is_approved {
                    Err(RecordRefusal::InvitationUsed)
                } else {
                    entitled(invitation.by == by || signer.role.admits(invitation.role))
                }
            }
            Body::Approve(approve) => {
                let device = self.device(approve.device).ok_or(RecordRefusal::Unknown)?;
                let member = self.member(device.member).ok_or(RecordRefusal::Unknown)?;
                if device.state != DeviceState::Pending {
                    return Err(RecordRefusal::Unknown);
                }
                entitled(signer.role.admits(member.role()))
            }
            Body::MemberRole(change) => self.judge_role(signer.member, signer.role, change),
            Body::DeviceRemove(removal) => self.judge_device_remove(by, signer.member, signer.role, removal),
            Body::MemberRemove(removal) => self.judge_member_remove(signer.member, signer.role, removal),
            Body::Epoch(new) => {
                let may_begin = |group| match group {
                    GroupId::Member(member) => member == signer.member && signer.role.holds_keys(),
                    GroupId::Team | GroupId::Coord | GroupId::Area(_) => signer.role == Role::Admin,
                };
                entitled(!new.epochs.is_empty() && new.epochs.iter().all(|epoch| may_begin(epoch.group)))?;
                let groups: Vec<_> = new.epochs.iter().map(|epoch| epoch.group).collect();
                let exist = groups.iter().all(|&group| self.next_epoch(group) > Epoch(0));
                if exist {
                    self.judge_epochs(&new.epochs, &groups)
                } else {
                    Err(RecordRefusal::WrongKeys)
                }
            }
        }
    }

    fn judge_invite(&self, role: Role, invite: &Invite) -> Judged {
        entitled(role.admits(invite.role))?;
        if self.invitation(invite.key).is_some() {
            return Err(RecordRefusal::InvitationUsed);
        }
        let team = self.epoch_public(GroupId::Team);
        if team == Some((invite.team_epoch, invite.team)) {
            Ok(())
        } else {
            Err(RecordRefusal::WrongKeys)
        }
    }

    fn judge_join(&self, by: DeviceId, join: &Join) -> Judged {
        let invitation = self
            .invitation(join.invite)
            .ok_or(RecordRefusal::InvitationUnknown)?;
        match invitation.used {
            InvitationUse::Open => {}
            InvitationUse::Used => return Err(RecordRefusal::InvitationUsed),
            InvitationUse::Revoked => return Err(RecordRefusal::InvitationRevoked),
        }
        if self.devices.len() >= DEVICES_MAX {
            return Err(RecordRefusal::Full);
        }
        let is_new = self
            .devices
            .values()
            .all(|device| device.sign != join.sign && device.hpke != join.hpke);
        if by == self.next_device() && is_new && join.hpke.is_usable() && join.own.is_usable() {
            Ok(())
        } else {
            Err(RecordRefusal::WrongKeys)
        }
    }

    fn judge_role(&self, signer: MemberId, role: Role, change: &MemberRole) -> Judged {
        entitled(role == Role::Admin)?;
        let old = self.active_role(change.member)?;
        if old == change.role {
            return Err(RecordRefusal::Unknown);
        }
        if change.role != Role::Admin {
            self.another_admin(|_, device| device.member == change.member)?;
        }
        let groups = groups_after_demotion(old, change.role);
        entitled(groups.is_empty() || change.member != signer)?;
        self.judge_epochs(&change.epochs, &groups)
    }

    // Who signs a removal or a demotion draws the new epochs, and so knows their secrets: it is never who
    // leaves (L4).

    fn judge_device_remove(
        &self,
        by: DeviceId,
        signer: MemberId,
        role: Role,
        removal: &DeviceRemove,
    ) -> Judged {
        let device = self.device(removal.device).ok_or(RecordRefusal::Unknown)?;
        if device.state != DeviceState::Active {
            return Err(RecordRefusal::Unknown);
        }
        let held = self.active_role(device.member)?;
        entitled(device.member == signer || role.admits(held))?;
        self.another_admin(|id, _| id == removal.device)?;
        entitled(removal.device != by)?;
        self.judge_epochs(&removal.epochs, held.groups())
    }

    fn judge_member_remove(&self, signer: MemberId, role: Role, removal: &MemberRemove) -> Judged {
        let held = self.active_role(removal.member)?;
        self.another_admin(|_, device| device.member == removal.member)?;
        entitled(removal.member != signer && role.admits(held))?;
        self.judge_epochs(&removal.epochs, held.groups())
    }

    fn active_role(&self, member: MemberId) -> Result<Role, RecordRefusal> {
        let is_active = self
            .devices_of(member)
            .any(|(_, device)| device.state == DeviceState::Active);
        let found = self
            .member(member)
            .filter(|_| is_active)
            .ok_or(RecordRefusal::Unknown)?;
        Ok(found.role())
    }

    /// Checks that an administrator has a device besides those that `goes` names.
    fn another_admin(&self, goes: impl Fn(DeviceId, &Device) -> bool) -> Judged {
        let stays = |id, device: &Device| {
            device.state == DeviceState::Active
                && !goes(id, device)
                && self
                    .member(device.member)
                    .is_some_and(|member| member.role() == Role::Admin)
        };
        if self.devices().any(|(id, device)| stays(id, device)) {
            Ok(())
        } else {
            Err(RecordRefusal::LastAdmin)
        }
    }

    /// Checks that new epochs are exactly those of `groups`, each the next of its group and linked to the last.
    fn judge_epochs(&self, epochs: &[NewEpoch], groups: &[GroupId]) -> Judged {
        let follows = |new: &NewEpoch| {
            let may_lack_link = matches!(new.group, GroupId::Member(_));
            new.epoch == self.next_epoch(new.group)
                && (new.link.is_some() || may_lack_link)
                && new.public.is_usable()
                && self
                    .groups
                    .iter()
                    .flat_map(|group| &group.epochs)
                    .all(|known| known.public != new.public)
        };
        let is_exact = epochs.iter().map(|new| new.group).eq(groups.iter().copied());
        let is_ascending = epochs.is_sorted_by(|a, b| a.group < b.group);
        if is_exact && is_ascending && epochs.iter().all(follows) {
            Ok(())
        } else {
            Err(RecordRefusal::WrongKeys)
        }
    }

    /// Returns which secrets a record's detached part must hold, and for whom, ascending: each new epoch for
    /// every device that stays, and what an approval or a promotion gives. `self` is the state before it.
    pub(super) fn required_wraps(&self, after: &Self, body: &Body) -> Vec<(DeviceId, GroupId, Epoch)> {
        let mut required: Vec<(DeviceId, GroupId, Epoch)> = Vec::new();
        for new in body.epochs() {
            required.extend(
                after
                    .devices_of_group(new.group)
                    .map(|(device, _)| (device, new.group, new.epoch)),
            );
        }
        for (device, group) in self.gained(body) {
            let epoch = after.next_epoch(group).0.saturating_sub(1);
            required.push((device, group, Epoch(epoch)));
        }
        required.sort_unstable();
        required.dedup();
        required
    }

    /// Returns which devices gain which shared groups by a record.
    fn gained(&self, body: &Body) -> Vec<(DeviceId, GroupId)> {
        match body {
            Body::Approve(approve) => {
                let member = self
                    .device(approve.device)
                    .and_then(|device| self.member(device.member));
                let groups = member.map(|member| member.role().groups()).unwrap_or_default();
                groups.iter().map(|&group| (approve.device, group)).collect()
            }
            Body::MemberRole(change) => {
                let old = self
                    .member(change.member)
                    .map_or(Role::Observer, super::Member::role);
                let gained = change
                    .role
                    .groups()
                    .iter()
                    .filter(|group| !old.groups().contains(group));
                let active = |device: &Device| device.state == DeviceState::Active;
                gained
                    .flat_map(|&group| {
                        self.devices_of(change.member)
                            .filter(move |(_, device)| active(device))
                            .map(move |(id, _)| (id, group))
                    })
                    .collect()
            }
            Body::Genesis(_)
            | Body::Invite(_)
            | Body::InviteRevoke(_)
            | Body::Join(_)
            | Body::DeviceRemove(_)
            | Body::MemberRemove(_)
            | Body::Epoch(_) => Vec::new(),
        }
    }
}

/// Returns the groups that begin a new epoch when a member goes from one role to another: `team` and the groups
/// that she leaves, ascending, if she leaves any (L4).
pub(super) fn groups_after_demotion(old: Role, new: Role) -> Vec<GroupId> {
    let left = old.groups().iter().filter(|group| !new.groups().contains(group));
    let mut groups: Vec<_> = left.copied().collect();
    if !groups.is_empty() && !groups.contains(&GroupId::Team) {
        groups.insert(0, GroupId::Team);
    }
    groups
}

/// Tells whether a genesis names a network and keys that can be used.
pub(super) fn is_genesis_usable(genesis: &Genesis) -> bool {
    let n_chars = genesis.name.chars().count();
    let keys = [genesis.hpke, genesis.team, genesis.coord, genesis.own];
    (1..=NETWORK_NAME_CHARS_MAX).contains(&n_chars)
        && keys.iter().all(crate::crypto::WrapPublic::is_usable)
        && genesis.team != genesis.coord
}

fn entitled(is_entitled: bool) -> Judged {
    if is_entitled {
        Ok(())
    } else {
        Err(RecordRefusal::NotEntitled)
    }
}
