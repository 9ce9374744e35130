//! The state that a replay of the log gives: the same on every device and at the relay.

use crate::cbor::{self, CborError, cbor_array, cbor_code};
use crate::crypto::{SignPublic, Wrap, WrapPublic, six_digits};
use crate::entry::{Entry, GroupId};
use crate::id::{DeviceId, EntryId, Epoch, MemberId, NetworkId, Seq};
use crate::membership::{
    Body, DetachedHash, Genesis, NewEpoch, Policy, Record, RecordRefusal, RemoveReason, Role,
};
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;

/// Members, devices, invitations and group keys of a network, as of one record of its log.
///
/// It is built by [`State::found`] and [`State::apply`] alone. The device keeps it sealed, so that only new
/// records are replayed at a start (L5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub(super) network: NetworkId,
    pub(super) name: String,
    pub(super) relay: SignPublic,
    pub(super) policy: Policy,
    pub(super) head: EntryId,
    pub(super) head_seq: Seq,
    pub(super) members: BTreeMap<MemberId, Member>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    pub(super) invitations: Vec<Invitation>,
    pub(super) groups: Vec<GroupEpochs>,
}
cbor_array!(State {
    network,
    name,
    relay,
    policy,
    head,
    head_seq,
    members,
    devices,
    invitations,
    groups
});

/// A member. Her name is in the detached part of her join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Her roles, each from the position at which it was given, ascending.
    pub roles: Vec<(Seq, Role)>,
    /// The detached part with her sealed name.
    pub name: DetachedHash,
    /// Public key of her first device: her name is sealed for it.
    pub sign: SignPublic,
    /// Where she was removed.
    pub removed_at: Option<Seq>,
}
cbor_array!(Member {
    roles,
    name,
    sign,
    removed_at
});

/// A device of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its member.
    pub member: MemberId,
    /// Its public signing key.
    pub sign: SignPublic,
    /// Its public wrap key.
    pub hpke: WrapPublic,
    /// What became of it.
    pub state: DeviceState,
    /// Where it joined.
    pub joined_at: Seq,
    /// Where it was approved: it may write from the next position on.
    pub approved_at: Option<Seq>,
    /// Where it was removed.
    pub removed_at: Option<Seq>,
    /// Six digits of its join, to compare at approval.
    pub digits: String,
}
cbor_array!(Device {
    member,
    sign,
    hpke,
    state,
    joined_at,
    approved_at,
    removed_at,
    digits
});

/// What became of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// It joined and waits for approval.
    Pending,
    /// It reads and writes.
    Active,
    /// It is lost.
    Lost,
    /// Its member left it behind.
    Left,
    /// Its member was removed.
    Removed,
    /// The invitation was taken back before it was approved.
    Revoked,
}
cbor_code!(DeviceState { 0 => Pending, 1 => Active, 2 => Lost, 3 => Left, 4 => Removed, 5 => Revoked });

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Public key of its seed.
    pub key: SignPublic,
    /// Role that it gives.
    pub role: Role,
    /// Last moment to join, by the relay's clock: the relay alone checks it (L2).
    pub until: Timestamp,
    /// The device that made it.
    pub by: DeviceId,
    /// Where it was made.
    pub at: Seq,
    /// The record that made it.
    pub entry: EntryId,
    /// What became of it.
    pub used: InvitationUse,
    /// The device that joined with it.
    pub device: Option<DeviceId>,
}
cbor_array!(Invitation {
    key,
    role,
    until,
    by,
    at,
    entry,
    used,
    device
});

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationUse {
    /// It can be used, if it has not expired.
    Open,
    /// Somebody joined with it.
    Used,
    /// It was taken back.
    Revoked,
}
cbor_code!(InvitationUse { 0 => Open, 1 => Used, 2 => Revoked });

/// The epochs of a group, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GroupEpochs {
    pub(super) group: GroupId,
    pub(super) epochs: Vec<EpochKey>,
    /// A device that holds the newest secret was removed since (L4).
    pub(super) is_stale: bool,
}
cbor_array!(GroupEpochs {
    group,
    epochs,
    is_stale
});

/// The public side of one epoch of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochKey {
    /// Its public key.
    pub public: WrapPublic,
    /// The previous epoch's secret, wrapped to `public`.
    pub link: Option<Wrap>,
    /// Where it began.
    pub since: Seq,
}
cbor_array!(EpochKey { public, link, since });

/// Who wrote something, in which role, at the position of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The member.
    pub member: MemberId,
    /// Her role there.
    pub role: Role,
}

/// What a replayed record did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It took effect.
    Effect(Effect),
    /// Its signature is good, its signer had no authority or it asked for what cannot be: the chain goes on.
    NoEffect(RecordRefusal),
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A person was invited.
    Invited(SignPublic),
    /// An invitation was taken back, with the device that waited on it.
    Revoked(SignPublic, Option<DeviceId>),
    /// A device waits for approval.
    Joined(DeviceId),
    /// A device may read and write.
    Approved(DeviceId),
    /// A member has another role.
    RoleChanged(MemberId),
    /// A device was removed.
    DeviceRemoved(DeviceId),
    /// A member was removed.
    MemberRemoved(MemberId),
    /// Groups have new epochs.
    NewEpochs,
}

/// Why a replay stops: the log does not verify. The device becomes read-only and keeps its outbox (L2).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// Not a record that this app knows.
    #[error("not a record: {0}")]
    Malformed(CborError),
    /// It does not follow the newest record, by its `prev` or by its position.
    #[error("a record does not follow the one before it")]
    BadPrev,
    /// Its signature does not verify, or its signer never existed.
    #[error("a record's signature does not verify")]
    BadSignature,
    /// A first record that is no genesis, or one that names impossible keys.
    #[error("the first record founds no network")]
    BadGenesis,
}

impl State {
    /// Begins with the first record, at the position `seq`.
    ///
    /// The caller knows the network's id from elsewhere and compares it with [`State::network`].
    ///
    /// # Errors
    /// [`ReplayError`] for anything but a genesis signed by the device that it names.
    pub fn found(seq: Seq, entry: &Entry) -> Result<Self, ReplayError> {
        let record = Record::of(entry).map_err(ReplayError::Malformed)?;
        let network = network_id(&entry.ct);
        let (Body::Genesis(genesis), None, Some(name), DeviceId(0)) =
            (record.body, record.prev, record.detached, entry.header.by)
        else {
            return Err(ReplayError::BadGenesis);
        };
        entry
            .verify(network, &genesis.sign)
            .map_err(|_| ReplayError::BadSignature)?;
        if !super::judge::is_genesis_usable(&genesis) {
            return Err(ReplayError::BadGenesis);
        }
        Ok(Self::first(seq, entry.id(network), network, genesis, name))
    }

    fn first(seq: Seq, head: EntryId, network: NetworkId, genesis: Genesis, name: DetachedHash) -> Self {
        let founder = Member {
            roles: vec![(seq, Role::Admin)],
            name,
            sign: genesis.sign,
            removed_at: None,
        };
        let device = Device {
            member: MemberId(0),
            sign: genesis.sign,
            hpke: genesis.hpke,
            state: DeviceState::Active,
            joined_at: seq,
            approved_at: Some(seq),
            removed_at: None,
            digits: String::new(),
        };
        Self {
            network,
            name: genesis.name,
            relay: genesis.relay,
            policy: genesis.policy,
            head,
            head_seq: seq,
            members: BTreeMap::from([(MemberId(0), founder)]),
            devices: BTreeMap::from([(DeviceId(0), device)]),
            invitations: Vec::new(),
            groups: vec![
                GroupEpochs::new(GroupId::Team, genesis.team, seq),
                GroupEpochs::new(GroupId::Coord, genesis.coord, seq),
                GroupEpochs::new(GroupId::Member(MemberId(0)), genesis.own, seq),
            ],
        }
    }

    /// Replays the next record, at the position `seq` (L2).
    ///
    /// # Errors
    /// [`ReplayError`] if the log does not verify; the state is then unchanged.
    pub fn apply(&mut self, seq: Seq, entry: &Entry) -> Result<Applied, ReplayError> {
        let record = Record::of(entry).map_err(ReplayError::Malformed)?;
        if record.prev != Some(self.head) || seq <= self.head_seq {
            return Err(ReplayError::BadPrev);
        }
        self.verify_signer(entry, &record)
            .map_err(|_| ReplayError::BadSignature)?;
        let judged = self.judge(entry.header.by, &record);
        self.head = entry.id(self.network);
        self.head_seq = seq;
        match judged {
            Ok(()) => Ok(Applied::Effect(self.take_effect(seq, entry, &record))),
            Err(refusal) => Ok(Applied::NoEffect(refusal)),
        }
    }

    /// Carries a judged record out.
    pub(super) fn take_effect(&mut self, seq: Seq, entry: &Entry, record: &Record) -> Effect {
        let by = entry.header.by;
        let effect = match &record.body {
            // A second genesis is never judged good.
            Body::Genesis(_) | Body::Epoch(_) => Effect::NewEpochs,
            Body::Invite(invite) => {
                self.invitations.push(Invitation {
                    key: invite.key,
                    role: invite.role,
                    until: invite.until,
                    by,
                    at: seq,
                    entry: entry.id(self.network),
                    used: InvitationUse::Open,
                    device: None,
                });
                Effect::Invited(invite.key)
            }
            Body::InviteRevoke(revoke) => self.take_back(revoke.key, seq),
            Body::Join(join) => {
                let member = MemberId(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
                let role = self.take_up(join.invite, by);
                self.members.insert(
                    member,
                    Member {
                        roles: vec![(seq, role)],
                        name: record.detached.unwrap_or(DetachedHash([0; 32])),
                        sign: join.sign,
                        removed_at: None,
                    },
                );
                self.devices.insert(
                    by,
                    Device {
                        member,
                        sign: join.sign,
                        hpke: join.hpke,
                        state: DeviceState::Pending,
                        joined_at: seq,
                        approved_at: None,
                        removed_at: None,
                        digits: six_digits(&entry.encode()),
                    },
                );
                self.groups
                    .push(GroupEpochs::new(GroupId::Member(member), join.own, seq));
                Effect::Joined(by)
            }
            Body::Approve(approve) => {
                if let Some(device) = self.devices.get_mut(&approve.device) {
                    device.state = DeviceState::Active;
                    device.approved_at = Some(seq);
                }
                Effect::Approved(approve.device)
            }
            Body::MemberRole(change) => {
                if let Some(member) = self.members.get_mut(&change.member) {
                    member.roles.push((seq, change.role));
                }
                Effect::RoleChanged(change.member)
            }
            Body::DeviceRemove(removal) => {
                let state = match removal.reason {
                    RemoveReason::Lost => DeviceState::Lost,
                    RemoveReason::Left => DeviceState::Left,
                };
                self.end_device(removal.device, state, seq);
                Effect::DeviceRemoved(removal.device)
            }
            Body::MemberRemove(removal) => {
                let devices: Vec<_> = self.devices_of(removal.member).map(|(id, _)| id).collect();
                for device in devices {
                    self.end_device(device, DeviceState::Removed, seq);
                }
                if let Some(member) = self.members.get_mut(&removal.member) {
                    member.removed_at = Some(seq);
                }
                Effect::MemberRemoved(removal.member)
            }
        };
        record
            .body
            .epochs()
            .iter()
            .for_each(|epoch| self.begin(epoch, seq));
        self.end_invitations();
        effect
    }

    /// Takes back the open invitations whose inviter may no longer give that role.
    fn end_invitations(&mut self) {
        let mut invitations = std::mem::take(&mut self.invitations);
        for invitation in &mut invitations {
            let inviter = self.authority_now(invitation.by);
            let may_give = inviter.is_some_and(|inviter| inviter.role.admits(invitation.role));
            if invitation.used == InvitationUse::Open && !may_give {
                invitation.used = InvitationUse::Revoked;
            }
        }
        self.invitations = invitations;
    }

    fn take_up(&mut self, key: SignPublic, device: DeviceId) -> Role {
        let found = self
            .invitations
            .iter_mut()
            .find(|invitation| invitation.key == key);
        let Some(invitation) = found else {
            return Role::Observer;
        };
        invitation.used = InvitationUse::Used;
        invitation.device = Some(device);
        invitation.role
    }

    fn take_back(&mut self, key: SignPublic, seq: Seq) -> Effect {
        let mut waiting = None;
        if let Some(invitation) = self
            .invitations
            .iter_mut()
            .find(|invitation| invitation.key == key)
        {
            invitation.used = InvitationUse::Revoked;
            waiting = invitation.device;
        }
        if let Some(device) = waiting {
            self.end_device(device, DeviceState::Revoked, seq);
            if let Some(member) = self.device(device).map(|device| device.member)
                && let Some(member) = self.members.get_mut(&member)
            {
                member.removed_at = Some(seq);
            }
        }
        Effect::Revoked(key, waiting)
    }

    fn end_device(&mut self, device: DeviceId, state: DeviceState, seq: Seq) {
        let Some(device) = self.devices.get_mut(&device) else {
            return;
        };
        if device.removed_at.is_some() {
            return;
        }
        device.state = state;
        device.removed_at = Some(seq);
        let own = GroupId::Member(device.member);
        if let Some(group) = self.groups.iter_mut().find(|group| group.group == own) {
            group.is_stale = true;
        }
    }

    fn begin(&mut self, new: &NewEpoch, since: Seq) {
        let key = EpochKey {
            public: new.public,
            link: new.link,
            since,
        };
        match self.groups.iter_mut().find(|group| group.group == new.group) {
            Some(group) => {
                group.epochs.push(key);
                group.is_stale = false;
            }
            None => self.groups.push(GroupEpochs {
                group: new.group,
                epochs: vec![key],
                is_stale: false,
            }),
        }
    }

    /// Returns the network's id.
    #[must_use]
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// Returns the network's plain name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the relay's public key, as pinned in genesis.
    #[must_use]
    pub fn relay_key(&self) -> SignPublic {
        self.relay
    }

    /// Returns the numbers that relay and devices keep to.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Returns the newest record: the `prev` of the next one.
    #[must_use]
    pub fn head(&self) -> EntryId {
        self.head
    }

    /// Returns the position of the newest record.
    #[must_use]
    pub fn head_seq(&self) -> Seq {
        self.head_seq
    }

    /// Returns the ordinal that the next joining device takes.
    #[must_use]
    pub fn next_device(&self) -> DeviceId {
        DeviceId(u32::try_from(self.devices.len()).unwrap_or(u32::MAX))
    }

    /// Returns a device, also one that waits or was removed.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// Returns a member, also one that waits or was removed.
    #[must_use]
    pub fn member(&self, member: MemberId) -> Option<&Member> {
        self.members.get(&member)
    }

    /// Returns all devices, by ordinal.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices.iter().map(|(&id, device)| (id, device))
    }

    /// Returns all members, by ordinal.
    pub fn members(&self) -> impl Iterator<Item = (MemberId, &Member)> {
        self.members.iter().map(|(&id, member)| (id, member))
    }

    /// Returns the devices of a member, by ordinal.
    pub fn devices_of(&self, member: MemberId) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices().filter(move |(_, device)| device.member == member)
    }

    /// Returns all invitations, oldest first.
    #[must_use]
    pub fn invitations(&self) -> &[Invitation] {
        &self.invitations
    }

    /// Returns an invitation by its public key.
    #[must_use]
    pub fn invitation(&self, key: SignPublic) -> Option<&Invitation> {
        self.invitations.iter().find(|invitation| invitation.key == key)
    }

    /// Tells who a device was and in which role, for something at the position `at` of the log (L1): never by
    /// when this device first saw it. `None` if it was not active there.
    #[must_use]
    pub fn authority(&self, device: DeviceId, at: Seq) -> Option<Authority> {
        let device = self.device(device)?;
        let is_active = device.approved_at? < at && device.removed_at.is_none_or(|removed| at <= removed);
        let role = self.member(device.member)?.role_at(at)?;
        is_active.then_some(Authority {
            member: device.member,
            role,
        })
    }

    /// Tells who a device is now: for something that is appended next.
    #[must_use]
    pub fn authority_now(&self, device: DeviceId) -> Option<Authority> {
        self.authority(device, Seq(u64::MAX))
    }

    /// Returns the groups of a member now, ascending; none for one who waits or was removed.
    #[must_use]
    pub fn groups(&self, member: MemberId) -> Vec<GroupId> {
        let is_active = |device: &Device| device.state == DeviceState::Active;
        if !self.devices_of(member).any(|(_, device)| is_active(device)) {
            return Vec::new();
        }
        let role = self.member(member).map_or(Role::Observer, Member::role);
        let own = role.holds_keys().then_some(GroupId::Member(member));
        role.groups().iter().copied().chain(own).collect()
    }

    /// Returns the active devices of a group's members, by ordinal.
    pub fn devices_of_group(&self, group: GroupId) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices().filter(move |(_, device)| {
            device.state == DeviceState::Active && self.groups(device.member).contains(&group)
        })
    }

    /// Returns the newest epoch of a group and its public key; `None` while the group is stale (L4), if it does
    /// not exist, or if it is an observer's own (K3): nothing is wrapped to these.
    #[must_use]
    pub fn epoch_public(&self, group: GroupId) -> Option<(Epoch, WrapPublic)> {
        let epochs = self.groups.iter().find(|epochs| epochs.group == group)?;
        let newest = epochs.epochs.last()?;
        let epoch = Epoch(u32::try_from(epochs.epochs.len() - 1).ok()?);
        let is_live = match group {
            GroupId::Member(member) => self
                .member(member)
                .is_some_and(|member| member.role().holds_keys()),
            GroupId::Team | GroupId::Coord | GroupId::Area(_) => true,
        };
        (is_live && !epochs.is_stale).then_some((epoch, newest.public))
    }

    /// Returns one epoch of a group.
    #[must_use]
    pub fn epoch(&self, group: GroupId, epoch: Epoch) -> Option<&EpochKey> {
        let epochs = self.groups.iter().find(|epochs| epochs.group == group)?;
        epochs.epochs.get(usize::try_from(epoch.0).ok()?)
    }

    /// Returns where the newest epoch of a group began: whoever lost access lost it there or before (K6).
    #[must_use]
    pub fn epoch_since(&self, group: GroupId) -> Option<Seq> {
        let epochs = self.groups.iter().find(|epochs| epochs.group == group)?;
        epochs.epochs.last().map(|newest| newest.since)
    }

    /// Returns the number that the next epoch of a group takes.
    #[must_use]
    pub(super) fn next_epoch(&self, group: GroupId) -> Epoch {
        let epochs = self.groups.iter().find(|epochs| epochs.group == group);
        Epoch(epochs.map_or(0, |epochs| u32::try_from(epochs.epochs.len()).unwrap_or(u32::MAX)))
    }

    /// Returns those of `readers` to whom a document key must be wrapped to be current, with their newest
    /// epochs (K6): groups that live and are not stale.
    #[must_use]
    pub fn reader_epochs(&self, readers: &[GroupId]) -> Vec<(GroupId, Epoch, WrapPublic)> {
        readers
            .iter()
            .filter_map(|&group| {
                self.epoch_public(group)
                    .map(|(epoch, public)| (group, epoch, public))
            })
            .collect()
    }

    /// Writes the state, for the device's own sealed store.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a state that this device wrote. It is trusted: the seal of the store vouches for it.
    ///
    /// # Errors
    /// [`CborError`] for other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }
}

impl Member {
    /// Returns her role for something at the position `at`: the newest given before it.
    #[must_use]
    pub fn role_at(&self, at: Seq) -> Option<Role> {
        self.roles
            .iter()
            .rev()
            .find(|(from, _)| *from < at)
            .map(|&(_, role)| role)
    }

    /// Returns her newest role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.roles.last().map_or(Role::Observer, |&(_, role)| role)
    }
}

impl GroupEpochs {
    fn new(group: GroupId, public: WrapPublic, since: Seq) -> Self {
        Self {
            group,
            epochs: vec![EpochKey {
                public,
                link: None,
                since,
            }],
            is_stale: false,
        }
    }
}

/// Returns the id of the network that these genesis bytes found (L1).
pub(super) fn network_id(genesis: &[u8]) -> NetworkId {
    NetworkId(Sha256::digest(genesis).into())
}
