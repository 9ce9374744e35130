//! The network that the device belongs to, as far as it has followed its log.

use super::disk::{BackfillState, DeviceSecrets, Identity, KeyBytes, Names, Progress, Stage, Wanted, meta};
use super::vault::{Unreadable, Vault};
use crate::cbor::cbor_array;
use crate::crypto::{EpochSecret, SignKey, WrapKey};
use crate::entry::{Collection, Entry, GroupId};
use crate::id::{Epoch, MemberId, NetworkId, Seq};
use crate::membership::{
    Authority, DetachedHash, Device, DeviceState, EpochKeys, Member, Role, Signer, State,
};
use crate::protocol::Checkpoint;
use crate::storage::{Operation, RowTag, StoredRow, Table};
use crate::view;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};

/// Where the device stands.
#[derive(Debug)]
pub(super) enum Place {
    /// No network.
    Alone,
    /// A founding or a join was made and may have been sent; the relay's answer is not known.
    Candidate(Box<Identity>),
    /// The relay has the founding or the join.
    Inside(Box<Network>),
}

/// The network, from this device's side.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) identity: Identity,
    pub(super) sign: SignKey,
    pub(super) hpke: WrapKey,
    pub(super) membership: State,
    pub(super) progress: Option<Progress>,
    /// Tag of the stored progress: another tab that follows the log changes it (S14).
    pub(super) progress_tag: Option<RowTag>,
    pub(super) keys: EpochKeys,
    /// Counts how often the keys grew since the start.
    pub(super) n_learnt: u64,
    pub(super) names: BTreeMap<MemberId, String>,
    /// Detached parts that hold secrets for this device and were not fetched yet.
    pub(super) wanted: BTreeSet<DetachedHash>,
    pub(super) backfill: Option<BackfillState>,
    /// Up to here nothing that never came is asked for once more.
    pub(super) healed: Option<Seq>,
    /// The log does not verify (L2).
    pub(super) is_broken: bool,
    /// The relay says that the device was removed.
    pub(super) is_refused: bool,
}

impl Place {
    /// Reads where the device stands from the rows of [`Table::Meta`].
    pub(super) fn open(vault: &Vault, rows: &[StoredRow]) -> Result<Self, Unreadable> {
        let Some(identity) = vault.open_meta::<Identity>(rows, meta::IDENTITY)? else {
            return Ok(Self::Alone);
        };
        match identity.stage {
            Stage::Founding(_) | Stage::Joining(_) => Ok(Self::Candidate(Box::new(identity))),
            Stage::Joined => {
                let membership = vault
                    .open_meta::<State>(rows, meta::MEMBERSHIP)?
                    .ok_or(Unreadable(Table::Meta))?;
                let mut network = Network::new(identity, membership);
                network.progress = vault.open_meta(rows, meta::PROGRESS)?;
                network.progress_tag = rows
                    .iter()
                    .find(|row| row.key == meta::PROGRESS)
                    .and_then(|row| RowTag::of(&row.value));
                network.backfill = vault.open_meta(rows, meta::BACKFILL)?;
                network.healed = vault.open_meta(rows, meta::HEALED)?;
                let keyring = vault.open_meta::<Keyring>(rows, meta::KEYRING)?;
                network.keys = keyring.map(Keyring::open).unwrap_or_default();
                let names = vault.open_meta::<Names>(rows, meta::NAMES)?.unwrap_or_default();
                network.names = names.names.into_iter().collect();
                let wanted = vault.open_meta::<Wanted>(rows, meta::WANTED)?.unwrap_or_default();
                network.wanted = wanted.hashes.into_iter().collect();
                network.know_myself();
                Ok(Self::Inside(Box::new(network)))
            }
        }
    }

    pub(super) fn network(&self) -> Option<&Network> {
        match self {
            Self::Inside(network) => Some(network),
            Self::Alone | Self::Candidate(_) => None,
        }
    }

    pub(super) fn network_mut(&mut self) -> Option<&mut Network> {
        match self {
            Self::Inside(network) => Some(network),
            Self::Alone | Self::Candidate(_) => None,
        }
    }

    /// Returns the network if this device may read and write in it now.
    pub(super) fn active(&self) -> Option<&Network> {
        self.network().filter(|network| network.is_active())
    }

    /// Returns what the first screen says.
    pub(super) fn standing(&self) -> view::Standing {
        match self {
            Self::Alone | Self::Candidate(_) => view::Standing::Alone,
            Self::Inside(network) => network.standing(),
        }
    }
}

impl Network {
    pub(super) fn new(identity: Identity, membership: State) -> Self {
        Self {
            sign: SignKey::from_bytes(&identity.secrets.sign.0),
            hpke: WrapKey::from_bytes(&identity.secrets.hpke.0),
            identity,
            membership,
            progress: None,
            progress_tag: None,
            keys: EpochKeys::default(),
            n_learnt: 0,
            names: BTreeMap::new(),
            wanted: BTreeSet::new(),
            backfill: None,
            healed: None,
            is_broken: false,
            is_refused: false,
        }
    }

    /// Adds what only this device knows of its member, once the log tells which member that is: her name and
    /// the first secret of her own group.
    pub(super) fn know_myself(&mut self) {
        let Some(me) = self.me() else { return };
        self.names.insert(me, self.identity.name.clone());
        if let Some(own) = &self.identity.own {
            let secret = EpochSecret::from_bytes(&own.0);
            self.keys.insert(GroupId::Member(me), Epoch(0), secret);
        }
    }

    pub(super) fn id(&self) -> NetworkId {
        self.identity.network
    }

    pub(super) fn signer(&self) -> Signer<'_> {
        Signer {
            device: self.identity.device,
            sign: &self.sign,
        }
    }

    /// Who this device is for what it appends next; `None` while it waits or once it was removed.
    pub(super) fn authority(&self) -> Option<Authority> {
        self.membership.authority_now(self.identity.device)
    }

    pub(super) fn is_active(&self) -> bool {
        self.authority().is_some() && !self.is_broken && !self.is_refused
    }

    /// The member whose device this is, also while it waits.
    pub(super) fn me(&self) -> Option<MemberId> {
        self.membership
            .device(self.identity.device)
            .map(|device| device.member)
    }

    pub(super) fn role(&self) -> Option<Role> {
        self.authority().map(|authority| authority.role)
    }

    /// Whether this member reviews and publishes.
    pub(super) fn coordinates(&self) -> bool {
        self.role().is_some_and(Role::coordinates)
    }

    /// Groups whose documents this device reads.
    pub(super) fn groups(&self) -> Vec<GroupId> {
        self.authority()
            .map(|authority| self.membership.groups(authority.member))
            .unwrap_or_default()
    }

    /// To whom the key of a new document is wrapped.
    pub(super) fn readers_of(
        &self,
        coll: Collection,
        author: MemberId,
    ) -> Vec<(GroupId, Epoch, crate::crypto::WrapPublic)> {
        self.membership.reader_epochs(&coll.readers(author))
    }

    /// The secret of the newest epoch of every group of this member is here.
    pub(super) fn has_keys(&self) -> bool {
        let groups = self.groups();
        !groups.is_empty()
            && groups
                .iter()
                .filter_map(|&group| {
                    self.membership
                        .epoch_public(group)
                        .map(|(epoch, _)| (group, epoch))
                })
                .all(|(group, epoch)| self.keys.get(group, epoch).is_some())
    }

    pub(super) fn checkpoint(&self) -> Option<Checkpoint> {
        self.progress.map(|progress| Checkpoint {
            log_id: progress.log_id,
            seq: progress.seq,
            chain: progress.chain,
        })
    }

    /// Position up to which the log was followed and stored.
    pub(super) fn followed(&self) -> Seq {
        self.progress.map_or(Seq(0), |progress| progress.seq)
    }

    /// Members whose names are not known here, with the parts that hold them.
    pub(super) fn names_wanted(&self) -> impl Iterator<Item = (MemberId, &Member)> {
        let can_open = self.keys.iter().any(|(group, _, _)| group == GroupId::Team);
        self.membership
            .members()
            .filter(move |(id, _)| can_open && !self.names.contains_key(id))
    }

    pub(super) fn standing(&self) -> view::Standing {
        let network = self.membership.name().to_owned();
        if self.is_broken {
            return view::Standing::Broken { network };
        }
        let device = self.membership.device(self.identity.device);
        match device.map(|device| (device.state, device.member)) {
            _ if self.is_refused => view::Standing::Removed {
                network,
                was_admitted: self.was_admitted(),
            },
            None | Some((DeviceState::Pending, _)) => view::Standing::Waiting {
                network,
                digits: self.identity.digits.clone(),
            },
            Some((DeviceState::Active, member)) => view::Standing::Member {
                network,
                name: self.identity.name.clone(),
                member: member.0,
                role: self.role().unwrap_or(Role::Observer).into(),
                second_admin_missing: self.n_admins() < 2,
                to_admit: self.n_to_admit(),
            },
            Some((
                DeviceState::Lost | DeviceState::Left | DeviceState::Removed | DeviceState::Revoked,
                _,
            )) => view::Standing::Removed {
                network,
                was_admitted: self.was_admitted(),
            },
        }
    }

    /// Whether this device was ever more than one that waits.
    fn was_admitted(&self) -> bool {
        let device = self.membership.device(self.identity.device);
        device.is_some_and(|device| device.approved_at.is_some())
    }

    fn n_to_admit(&self) -> u32 {
        let role = self.role();
        let is_for_me = |device: &Device| {
            let member = self.membership.member(device.member);
            device.state == DeviceState::Pending
                && role
                    .zip(member)
                    .is_some_and(|(mine, member)| mine.admits(member.role()))
        };
        let waiting = self.membership.devices().filter(|(_, device)| is_for_me(device));
        u32::try_from(waiting.count()).unwrap_or(u32::MAX)
    }

    fn n_admins(&self) -> usize {
        self.membership
            .members()
            .filter(|&(id, member)| {
                member.role() == Role::Admin
                    && self
                        .membership
                        .devices_of(id)
                        .any(|(_, device)| device.state == DeviceState::Active)
            })
            .count()
    }
}

/// The epoch secrets that the device holds, at rest.
#[derive(Debug)]
pub(super) struct Keyring {
    secrets: Vec<KeyringRow>,
}
cbor_array!(Keyring { secrets });

#[derive(Debug)]
pub(super) struct KeyringRow {
    group: GroupId,
    epoch: Epoch,
    secret: KeyBytes,
}
cbor_array!(KeyringRow { group, epoch, secret });

impl Keyring {
    pub(super) fn of(keys: &EpochKeys) -> Self {
        let secrets = keys
            .iter()
            .map(|(group, epoch, secret)| KeyringRow {
                group,
                epoch,
                secret: KeyBytes(*secret.to_bytes()),
            })
            .collect();
        Self { secrets }
    }

    fn open(self) -> EpochKeys {
        let mut keys = EpochKeys::default();
        for row in self.secrets {
            keys.insert(row.group, row.epoch, EpochSecret::from_bytes(&row.secret.0));
        }
        keys
    }
}

impl DeviceSecrets {
    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        Self {
            sign: KeyBytes(*SignKey::generate(rng).to_bytes()),
            hpke: KeyBytes(*WrapKey::generate(rng).to_bytes()),
        }
    }

    pub(super) fn sign_key(&self) -> SignKey {
        SignKey::from_bytes(&self.sign.0)
    }

    pub(super) fn wrap_key(&self) -> WrapKey {
        WrapKey::from_bytes(&self.hpke.0)
    }
}

impl Vault {
    /// Returns the operation that stores a row of [`Table::Meta`].
    pub(super) fn put_meta(
        &self,
        key: &[u8],
        value: &impl Encode<()>,
        rng: &mut impl CryptoRng,
    ) -> Operation {
        self.put(Table::Meta, key.to_vec(), value, rng)
    }
}

/// Whether a row of [`Table::Meta`] can be read.
pub(super) fn opens(vault: &Vault, row: &StoredRow) -> bool {
    fn is<T: for<'b> Decode<'b, ()>>(vault: &Vault, row: &StoredRow) -> bool {
        vault.open::<T>(Table::Meta, row).is_ok()
    }
    match row.key.as_slice() {
        meta::IDENTITY => is::<Identity>(vault, row),
        meta::MEMBERSHIP => is::<State>(vault, row),
        meta::PROGRESS => is::<Progress>(vault, row),
        meta::BACKFILL => is::<BackfillState>(vault, row),
        meta::KEYRING => is::<Keyring>(vault, row),
        meta::NAMES => is::<Names>(vault, row),
        meta::WANTED => is::<Wanted>(vault, row),
        meta::HEALED => is::<Seq>(vault, row),
        // The key of all others; and what an older build left.
        _ => true,
    }
}

/// Six digits of a join, as the approver sees them.
pub(super) fn digits_of(entry: &Entry) -> String {
    crate::crypto::six_digits(&entry.encode())
}
