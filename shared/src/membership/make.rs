//! Making records: what a device signs and what it detaches.

use crate::cbor;
use crate::crypto::{EpochSecret, InviteSeed, OpenError, SignKey, SignPublic, WeakKey, WrapKey, WrapPublic};
use crate::entry::{Entry, GroupId, Header, Kind};
use crate::id::{DeviceId, EntryId, Epoch, Generation, MemberId, NetworkId, Seq};
use crate::membership::detached::link_scope;
use crate::membership::join::mac;
use crate::membership::judge::groups_after_demotion;
use crate::membership::record::{Approve, DeviceRemove, InviteRevoke, MemberRemove, MemberRole, NewEpochs};
use crate::membership::state::network_id;
use crate::membership::{
    Body, Detached, DetachedHash, DeviceWrap, Genesis, InvitationOffer, Invite, Join, Member, NewEpoch,
    Policy, Record, RecordRefusal, RemoveReason, Role, SealedName, State, detached_hash,
};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// A record, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The signed entry.
    pub entry: Entry,
    /// Its detached part; empty if it has none.
    pub detached: Vec<u8>,
}

/// A founding, with the secrets that the founder's device keeps.
#[derive(Debug)]
pub struct Founding {
    /// The network.
    pub network: NetworkId,
    /// Genesis.
    pub made: Made,
    /// Secrets of the first epochs.
    pub keys: EpochKeys,
}

/// Who signs a record.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The device.
    pub device: DeviceId,
    /// Its signing key.
    pub sign: &'a SignKey,
}

/// The epoch secrets that a device holds.
#[derive(Clone, Debug, Default)]
pub struct EpochKeys(BTreeMap<(GroupId, Epoch), EpochSecret>);

impl EpochKeys {
    /// Returns the secret of an epoch.
    #[must_use]
    pub fn get(&self, group: GroupId, epoch: Epoch) -> Option<&EpochSecret> {
        self.0.get(&(group, epoch))
    }

    /// Adds a secret.
    pub fn insert(&mut self, group: GroupId, epoch: Epoch, secret: EpochSecret) {
        self.0.insert((group, epoch), secret);
    }

    /// Returns all secrets, by group and epoch.
    pub fn iter(&self) -> impl Iterator<Item = (GroupId, Epoch, &EpochSecret)> {
        self.0
            .iter()
            .map(|(&(group, epoch), secret)| (group, epoch, secret))
    }

    /// Takes the secrets for `device` from a record's detached part, checks each against its public key (K4),
    /// and walks back through the links to the group's first epoch (L4). Returns the groups and epochs that
    /// are new.
    ///
    /// # Errors
    /// [`OpenError`] if one of them does not open; the others are kept.
    pub fn learn(
        &mut self,
        state: &State,
        part: &Detached,
        device: DeviceId,
        key: &WrapKey,
    ) -> Result<Vec<(GroupId, Epoch)>, OpenError> {
        let mut learnt = Vec::new();
        let mut outcome = Ok(());
        for wrap in part.wraps.iter().filter(|wrap| wrap.device == device) {
            let public = state.epoch(wrap.group, wrap.epoch).map(|epoch| epoch.public);
            let opened = public
                .ok_or(OpenError)
                .and_then(|public| wrap.open(state.network(), key, &public));
            match opened {
                Ok(secret) => {
                    self.insert(wrap.group, wrap.epoch, secret);
                    learnt.push((wrap.group, wrap.epoch));
                    learnt.extend(self.walk_back(state, wrap.group, wrap.epoch));
                }
                Err(error) => outcome = Err(error),
            }
        }
        outcome.map(|()| learnt)
    }

    /// Opens a member's name from the detached part of her join. `None` if it does not open with these secrets.
    #[must_use]
    pub fn name(&self, member: &Member, part: &Detached) -> Option<String> {
        let sealed = part.name.as_ref()?;
        sealed
            .open(&member.sign, self.get(GroupId::Team, sealed.epoch)?)
            .ok()
    }

    fn walk_back(&mut self, state: &State, group: GroupId, from: Epoch) -> Vec<(GroupId, Epoch)> {
        let mut learnt = Vec::new();
        for number in (0..from.0).rev() {
            let epoch = Epoch(number);
            if self.get(group, epoch).is_some() {
                break;
            }
            let Some(secret) = self.previous(state, group, Epoch(number + 1)) else {
                break;
            };
            self.insert(group, epoch, secret);
            learnt.push((group, epoch));
        }
        learnt
    }

    /// Opens the link from an epoch to the one before it.
    fn previous(&self, state: &State, group: GroupId, epoch: Epoch) -> Option<EpochSecret> {
        let link = state.epoch(group, epoch)?.link.as_ref()?;
        let secret = self.get(group, epoch)?;
        let scope = link_scope(state.network(), group, epoch);
        let previous = EpochSecret::from_bytes(&*scope.unwrap(secret.wrap_key(), link).ok()?);
        let known = state.epoch(group, Epoch(epoch.0.checked_sub(1)?))?;
        (previous.public() == known.public).then_some(previous)
    }
}

/// Founds a network on the relay with the key `relay`.
///
/// # Errors
/// [`WeakKey`] never in practice: only for a key of small order.
pub fn found(
    network_name: &str,
    founder_name: &str,
    relay: SignPublic,
    sign: &SignKey,
    hpke: WrapPublic,
    rng: &mut impl CryptoRng,
) -> Result<Founding, WeakKey> {
    let secrets = [
        EpochSecret::generate(rng),
        EpochSecret::generate(rng),
        EpochSecret::generate(rng),
    ];
    let [team, coord, own] = secrets;
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let genesis = Genesis {
        name: network_name.to_owned(),
        relay,
        sign: sign.public(),
        hpke,
        team: team.public(),
        coord: coord.public(),
        own: own.public(),
        policy: Policy::default(),
        salt,
    };
    let name = SealedName::make(&sign.public(), (Epoch(0), &team.public()), founder_name, rng)?;
    let detached = Detached {
        wraps: Vec::new(),
        name: Some(name),
    }
    .encode();
    let record = Record {
        prev: None,
        body: Body::Genesis(genesis),
        detached: Some(detached_hash(&detached)),
    };
    let ct = cbor::encode(&record);
    let network = network_id(&ct);
    let header = Header::plain(Kind::Membership, None, Generation(0), DeviceId(0));
    let entry = Entry::sign(header, ct, network, sign);
    let mut keys = EpochKeys::default();
    keys.insert(GroupId::Team, Epoch(0), team);
    keys.insert(GroupId::Coord, Epoch(0), coord);
    keys.insert(GroupId::Member(MemberId(0)), Epoch(0), own);
    Ok(Founding {
        network,
        made: Made { entry, detached },
        keys,
    })
}

/// Invites one person. The seed is shown and forgotten.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not.
pub fn invite(
    state: &State,
    signer: Signer<'_>,
    seed: &InviteSeed,
    role: Role,
    until: Timestamp,
) -> Result<Made, RecordRefusal> {
    let (team_epoch, team) = state
        .epoch_public(GroupId::Team)
        .ok_or(RecordRefusal::WrongKeys)?;
    let mut invite = Invite {
        key: seed.sign_key().public(),
        role,
        until,
        team_epoch,
        team,
        mac: [0; 32],
    };
    invite.mac = mac(&invite, state.network(), seed);
    finish(state, signer, Body::Invite(invite), None)
}

/// Takes an invitation back.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or it is too late.
pub fn revoke(state: &State, signer: Signer<'_>, key: SignPublic) -> Result<Made, RecordRefusal> {
    finish(state, signer, Body::InviteRevoke(InviteRevoke { key }), None)
}

/// Joins: `head` and `device` are what the relay answered to the lookup. Returns the record and the secret of
/// the joiner's own group.
///
/// # Errors
/// [`WeakKey`] if the team's key takes no wrap.
#[expect(
    clippy::too_many_arguments,
    reason = "what the relay answered, what was verified, and what is new"
)]
pub fn join(
    offer: &InvitationOffer,
    seed: &InviteSeed,
    head: EntryId,
    device: DeviceId,
    name: &str,
    sign: &SignKey,
    hpke: WrapPublic,
    rng: &mut impl CryptoRng,
) -> Result<(Made, EpochSecret), WeakKey> {
    let own = EpochSecret::generate(rng);
    let (epoch, team) = &offer.team;
    let name = SealedName::make(&sign.public(), (*epoch, team), name, rng)?;
    let detached = Detached {
        wraps: Vec::new(),
        name: Some(name),
    }
    .encode();
    let hash = detached_hash(&detached);
    let key = seed.sign_key();
    let mut join = Join {
        invite: key.public(),
        sign: sign.public(),
        hpke,
        own: own.public(),
        proof: crate::crypto::Signature([0; 64]),
    };
    join.proof = key.sign(
        crate::crypto::Tag::JOIN,
        offer.network,
        &join.message(head, device, hash),
    );
    let record = Record {
        prev: Some(head),
        body: Body::Join(join),
        detached: Some(hash),
    };
    let entry = sign_record(offer.network, Signer { device, sign }, &record);
    Ok((Made { entry, detached }, own))
}

/// Lets a waiting device in, with the secrets that its role's groups need.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or lacks a secret.
pub fn approve(
    state: &State,
    signer: Signer<'_>,
    device: DeviceId,
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    finish_with_wraps(state, signer, Body::Approve(Approve { device }), keys, rng)
}

/// Gives a member another role; a demotion begins new epochs (L4), whose secrets are added to `keys` when the
/// record was appended and learnt.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or lacks a secret.
pub fn set_role(
    state: &State,
    signer: Signer<'_>,
    member: MemberId,
    role: Role,
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    let old = state.member(member).ok_or(RecordRefusal::Unknown)?.role();
    let (epochs, fresh) = begin(state, &groups_after_demotion(old, role), keys, rng)?;
    finish_with_wraps(
        state,
        signer,
        Body::MemberRole(MemberRole { member, role, epochs }),
        &fresh,
        rng,
    )
}

/// Removes a device.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or lacks a secret.
pub fn remove_device(
    state: &State,
    signer: Signer<'_>,
    device: DeviceId,
    reason: RemoveReason,
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    let member = state
        .device(device)
        .and_then(|device| state.member(device.member));
    let role = member.ok_or(RecordRefusal::Unknown)?.role();
    let (epochs, fresh) = begin(state, role.groups(), keys, rng)?;
    let body = Body::DeviceRemove(DeviceRemove {
        device,
        reason,
        epochs,
    });
    finish_with_wraps(state, signer, body, &fresh, rng)
}

/// Removes a member with all devices.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or lacks a secret.
pub fn remove_member(
    state: &State,
    signer: Signer<'_>,
    member: MemberId,
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    let role = state.member(member).ok_or(RecordRefusal::Unknown)?.role();
    let (epochs, fresh) = begin(state, role.groups(), keys, rng)?;
    finish_with_wraps(
        state,
        signer,
        Body::MemberRemove(MemberRemove { member, epochs }),
        &fresh,
        rng,
    )
}

/// Begins new epochs of groups, ascending.
///
/// # Errors
/// [`RecordRefusal`] if the signer may not, or lacks a secret.
pub fn begin_epoch(
    state: &State,
    signer: Signer<'_>,
    groups: &[GroupId],
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    let (epochs, fresh) = begin(state, groups, keys, rng)?;
    finish_with_wraps(state, signer, Body::Epoch(NewEpochs { epochs }), &fresh, rng)
}

/// Draws new epochs. Returns them with all secrets: those of `keys` and the new ones.
fn begin(
    state: &State,
    groups: &[GroupId],
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<(Vec<NewEpoch>, EpochKeys), RecordRefusal> {
    let mut fresh = keys.clone();
    let mut epochs = Vec::new();
    for &group in groups {
        let epoch = state.next_epoch(group);
        let secret = EpochSecret::generate(rng);
        let previous = epoch
            .0
            .checked_sub(1)
            .and_then(|number| keys.get(group, Epoch(number)));
        let link = previous
            .map(|previous| {
                link_scope(state.network(), group, epoch).wrap(&secret.public(), &previous.to_bytes(), rng)
            })
            .transpose()
            .map_err(|WeakKey| RecordRefusal::WrongKeys)?;
        epochs.push(NewEpoch {
            group,
            epoch,
            public: secret.public(),
            link,
        });
        fresh.insert(group, epoch, secret);
    }
    Ok((epochs, fresh))
}

/// Wraps what the record's detached part must hold, and signs.
fn finish_with_wraps(
    state: &State,
    signer: Signer<'_>,
    body: Body,
    keys: &EpochKeys,
    rng: &mut impl CryptoRng,
) -> Result<Made, RecordRefusal> {
    let draft = Record {
        prev: Some(state.head()),
        body: body.clone(),
        detached: None,
    };
    state.judge(signer.device, &draft)?;
    let mut after = state.clone();
    let unsigned = sign_record(state.network(), signer, &draft);
    after.take_effect(Seq(state.head_seq().0.saturating_add(1)), &unsigned, &draft);
    let mut part = Detached::default();
    for (device, group, epoch) in state.required_wraps(&after, &body) {
        let to = state.device(device).ok_or(RecordRefusal::Unknown)?.hpke;
        let secret = keys.get(group, epoch).ok_or(RecordRefusal::WrongKeys)?;
        let wrap = DeviceWrap::make(state.network(), device, &to, (group, epoch, secret), rng)
            .map_err(|WeakKey| RecordRefusal::WrongKeys)?;
        part.wraps.push(wrap);
    }
    let detached = if part.wraps.is_empty() {
        None
    } else {
        Some(part.encode())
    };
    finish(state, signer, body, detached)
}

fn finish(
    state: &State,
    signer: Signer<'_>,
    body: Body,
    detached: Option<Vec<u8>>,
) -> Result<Made, RecordRefusal> {
    let hash: Option<DetachedHash> = detached.as_deref().map(detached_hash);
    let record = Record {
        prev: Some(state.head()),
        body,
        detached: hash,
    };
    state.judge(signer.device, &record)?;
    let entry = sign_record(state.network(), signer, &record);
    Ok(Made {
        entry,
        detached: detached.unwrap_or_default(),
    })
}

fn sign_record(network: NetworkId, signer: Signer<'_>, record: &Record) -> Entry {
    let header = Header::plain(Kind::Membership, None, Generation(0), signer.device);
    Entry::sign(header, cbor::encode(record), network, signer.sign)
}
