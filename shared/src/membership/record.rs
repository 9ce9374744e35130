//! The bodies of records, and their one encoding.

use crate::cbor::{self, CborError, cbor_array, cbor_bytes, cbor_code, cbor_enum, cbor_map};
use crate::crypto::{SignPublic, Signature, Wrap, WrapPublic};
use crate::entry::{Entry, GroupId, Header, Kind};
use crate::id::{DeviceId, EntryId, Epoch, Generation, MemberId};
use crate::time::Timestamp;
use crate::view;

/// Longest name of a network, in characters.
pub const NETWORK_NAME_CHARS_MAX: usize = 80;

/// What a member may do. An observer sees figures and published items only, and holds no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Collects stories, reads her own.
    Volunteer,
    /// Reads, reviews and publishes all stories; invites volunteers.
    Coordinator,
    /// A coordinator who decides about members.
    Admin,
    /// Steering group.
    Observer,
}
cbor_code!(Role { 0 => Volunteer, 1 => Coordinator, 2 => Admin, 3 => Observer });

/// Hash of a detached part: what a record signs of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DetachedHash(pub [u8; 32]);
cbor_bytes!(DetachedHash);

/// A membership record: `ct` of an entry of kind 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Id of the record before it; `None` for genesis only.
    pub prev: Option<EntryId>,
    /// What it says.
    pub body: Body,
    /// Hash of its detached part, if it has one.
    pub detached: Option<DetachedHash>,
}
cbor_map!(Record { 0 => prev, 1 => body, 2 => detached });

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Founds the network; the founder is its first administrator.
    Genesis(Genesis),
    /// Invites one person, once.
    Invite(Invite),
    /// Takes an invitation back, also after a join with it that was not approved yet.
    InviteRevoke(InviteRevoke),
    /// A new member's first device, waiting for approval.
    Join(Join),
    /// Lets a waiting device in; its keys are in the detached part.
    Approve(Approve),
    /// Gives a member another role.
    MemberRole(MemberRole),
    /// Removes a device.
    DeviceRemove(DeviceRemove),
    /// Removes a member with all devices.
    MemberRemove(MemberRemove),
    /// Begins new epochs of groups.
    Epoch(NewEpochs),
}
cbor_enum!(Body {
    0 => Genesis(Genesis), 1 => Invite(Invite), 2 => InviteRevoke(InviteRevoke), 3 => Join(Join),
    4 => Approve(Approve), 5 => MemberRole(MemberRole), 6 => DeviceRemove(DeviceRemove),
    7 => MemberRemove(MemberRemove), 8 => Epoch(NewEpochs),
});

/// The first record. SHA-256 of its bytes is the network's id (L1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// Plain name of the network, 1 to [`NETWORK_NAME_CHARS_MAX`] characters.
    pub name: String,
    /// The relay's public key: pinned, all receipts are signed by it.
    pub relay: SignPublic,
    /// Public signing key of the founder's device, which is device 0.
    pub sign: SignPublic,
    /// Public wrap key of the founder's device.
    pub hpke: WrapPublic,
    /// Epoch 0 of `team`.
    pub team: WrapPublic,
    /// Epoch 0 of `coord`.
    pub coord: WrapPublic,
    /// Epoch 0 of the founder's own group.
    pub own: WrapPublic,
    /// Numbers that relay and devices keep to.
    pub policy: Policy,
    /// Random bytes: two networks never have one id.
    pub salt: [u8; 32],
}
cbor_map!(Genesis {
    0 => name, 1 => relay, 2 => sign, 3 => hpke, 4 => team, 5 => coord, 6 => own, 7 => policy, 8 => salt as bytes
});

/// Numbers that relay and devices keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Oldest protocol that may write.
    pub min_protocol: u32,
    /// Most live sealed bytes of a member (S17).
    pub member_bytes_max: u64,
    /// Most documents of a member (S17).
    pub member_documents_max: u32,
}
cbor_array!(Policy {
    min_protocol,
    member_bytes_max,
    member_documents_max
});

impl Default for Policy {
    /// Room for some thousands of stories of text: media are counted apart, by the relay's own quota.
    fn default() -> Self {
        Self {
            min_protocol: 1,
            member_bytes_max: 256 * 1024 * 1024,
            member_documents_max: 20_000,
        }
    }
}

/// An invitation. Its seed is nowhere in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Public half of the key pair that the seed gives.
    pub key: SignPublic,
    /// Role of who joins with it.
    pub role: Role,
    /// Last moment to join, by the relay's clock; the relay alone checks it (L2).
    pub until: Timestamp,
    /// Epoch of `team` to which the joiner seals her name.
    pub team_epoch: Epoch,
    /// Its public key.
    pub team: WrapPublic,
    /// HMAC by the seed over the network's id and all of the above: how the joiner knows the network.
    pub mac: [u8; 32],
}
cbor_map!(Invite { 0 => key, 1 => role, 2 => until, 3 => team_epoch, 4 => team, 5 => mac as bytes });

impl Invite {
    /// Returns what the HMAC covers, beside the network's id.
    pub(super) fn claims(&self) -> Vec<u8> {
        let role = match self.role {
            Role::Volunteer => 0,
            Role::Coordinator => 1,
            Role::Admin => 2,
            Role::Observer => 3,
        };
        [
            &self.key.0[..],
            &[role],
            &self.until.0.to_be_bytes(),
            &self.team_epoch.0.to_be_bytes(),
            &self.team.0,
        ]
        .concat()
    }
}

/// Takes an invitation back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteRevoke {
    /// Public key of the invitation.
    pub key: SignPublic,
}
cbor_map!(InviteRevoke { 0 => key });

/// A join. The entry's `by` is the ordinal that the device takes, and its own key signs the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Public key of the invitation.
    pub invite: SignPublic,
    /// Public signing key of the device.
    pub sign: SignPublic,
    /// Public wrap key of the device.
    pub hpke: WrapPublic,
    /// Epoch 0 of the member's own group.
    pub own: WrapPublic,
    /// Signature of the invitation's key over [`Join::message`].
    pub proof: Signature,
}
cbor_map!(Join { 0 => invite, 1 => sign, 2 => hpke, 3 => own, 4 => proof });

impl Join {
    /// Returns what the invitation's key signs: the device, its place in the chain and the detached part.
    pub(super) fn message(&self, prev: EntryId, by: DeviceId, detached: DetachedHash) -> Vec<u8> {
        [
            &prev.0[..],
            &by.0.to_be_bytes(),
            &self.sign.0,
            &self.hpke.0,
            &self.own.0,
            &detached.0,
        ]
        .concat()
    }
}

/// Lets a waiting device in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approve {
    /// The waiting device.
    pub device: DeviceId,
}
cbor_map!(Approve { 0 => device });

/// Gives a member another role. A promotion's wraps are detached; a demotion carries new epochs (L4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRole {
    /// The member.
    pub member: MemberId,
    /// Her new role.
    pub role: Role,
    /// New epochs of the groups that she leaves, ascending by group.
    pub epochs: Vec<NewEpoch>,
}
cbor_map!(MemberRole { 0 => member, 1 => role, 2 => epochs });

/// Why a device is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveReason {
    /// It is lost: it wipes itself at contact, nothing of it is accepted (S16).
    Lost,
    /// Its member leaves.
    Left,
}
cbor_code!(RemoveReason { 0 => Lost, 1 => Left });

/// Removes a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRemove {
    /// The device.
    pub device: DeviceId,
    /// Why.
    pub reason: RemoveReason,
    /// New epochs of the groups whose secrets it holds, ascending by group.
    pub epochs: Vec<NewEpoch>,
}
cbor_map!(DeviceRemove { 0 => device, 1 => reason, 2 => epochs });

/// Removes a member with all devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRemove {
    /// The member.
    pub member: MemberId,
    /// New epochs of the groups that she leaves, ascending by group.
    pub epochs: Vec<NewEpoch>,
}
cbor_map!(MemberRemove { 0 => member, 1 => epochs });

/// Begins new epochs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEpochs {
    /// At least one, ascending by group.
    pub epochs: Vec<NewEpoch>,
}
cbor_map!(NewEpochs { 0 => epochs });

/// A new epoch of a group. Its secret is wrapped to each device of each member, in the detached part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEpoch {
    /// The group.
    pub group: GroupId,
    /// One more than the newest.
    pub epoch: Epoch,
    /// Public key of the epoch.
    pub public: WrapPublic,
    /// The previous epoch's secret, wrapped to `public`: whoever joins later walks back with it. `None` where
    /// nobody is left who has it.
    pub link: Option<Wrap>,
}
cbor_array!(NewEpoch {
    group,
    epoch,
    public,
    link
});

impl Record {
    /// Reads the record of an entry.
    ///
    /// # Errors
    /// [`CborError`] if the entry is no membership entry or its bytes are no record that this app knows.
    pub fn of(entry: &Entry) -> Result<Self, CborError> {
        if entry.header != Header::plain(Kind::Membership, None, Generation(0), entry.header.by) {
            return Err(CborError::Shape("not a membership entry".to_owned()));
        }
        cbor::decode(&entry.ct)
    }
}

impl Body {
    /// Returns the new epochs that the record begins.
    #[must_use]
    pub fn epochs(&self) -> &[NewEpoch] {
        match self {
            Self::MemberRole(body) => &body.epochs,
            Self::DeviceRemove(body) => &body.epochs,
            Self::MemberRemove(body) => &body.epochs,
            Self::Epoch(body) => &body.epochs,
            Self::Genesis(_) | Self::Invite(_) | Self::InviteRevoke(_) | Self::Join(_) | Self::Approve(_) => {
                &[]
            }
        }
    }
}

impl Role {
    /// Returns the groups of a member in this role, beside her own, ascending (K3).
    #[must_use]
    pub const fn groups(self) -> &'static [GroupId] {
        match self {
            Self::Volunteer => &[GroupId::Team],
            Self::Coordinator | Self::Admin => &[GroupId::Team, GroupId::Coord],
            Self::Observer => &[],
        }
    }

    /// Tells whether she holds keys to stories and contacts at all (K3).
    #[must_use]
    pub const fn holds_keys(self) -> bool {
        !matches!(self, Self::Observer)
    }

    /// Tells whether she may invite, approve and remove members of `other`.
    #[must_use]
    pub const fn admits(self, other: Self) -> bool {
        match self {
            Self::Admin => true,
            Self::Coordinator => matches!(other, Self::Volunteer),
            Self::Volunteer | Self::Observer => false,
        }
    }

    /// Tells whether she reviews and publishes.
    #[must_use]
    pub const fn coordinates(self) -> bool {
        matches!(self, Self::Coordinator | Self::Admin)
    }
}

impl From<Role> for view::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Volunteer => Self::Volunteer,
            Role::Coordinator => Self::Coordinator,
            Role::Admin => Self::Admin,
            Role::Observer => Self::Observer,
        }
    }
}

impl From<view::Role> for Role {
    fn from(role: view::Role) -> Self {
        match role {
            view::Role::Volunteer => Self::Volunteer,
            view::Role::Coordinator => Self::Coordinator,
            view::Role::Admin => Self::Admin,
            view::Role::Observer => Self::Observer,
        }
    }
}
