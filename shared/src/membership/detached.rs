//! The detached part of a record: wrapped epoch secrets and a member's sealed name.
//!
//! Who joins later needs none of it but her own wraps, and a name can be erased without breaking the chain.

use crate::cbor::{self, CborError, cbor_array, cbor_map};
use crate::crypto::{
    EpochSecret, NameKey, Nonce, OpenError, SEAL_OVERHEAD, SignPublic, Tag, WeakKey, Wrap, WrapKey,
    WrapPublic, WrapScope, open, seal,
};
use crate::entry::GroupId;
use crate::id::{DeviceId, Epoch, NetworkId};
use crate::membership::{DEVICES_MAX, DetachedHash, MEMBER_NAME_CHARS_MAX};
use rand_core::CryptoRng;

/// Detached part of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detached {
    /// Epoch secrets for devices, ascending by device and group.
    pub wraps: Vec<DeviceWrap>,
    /// Name of who joins or founds.
    pub name: Option<SealedName>,
}
cbor_map!(Detached { 0 => wraps, 1 => name });

/// An epoch's secret for one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceWrap {
    /// The device.
    pub device: DeviceId,
    /// The group.
    pub group: GroupId,
    /// The epoch.
    pub epoch: Epoch,
    /// Its secret, wrapped to the device.
    pub wrap: Wrap,
}
cbor_array!(DeviceWrap {
    device,
    group,
    epoch,
    wrap
});

/// A member's name, for the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedName {
    /// Epoch of `team` that opens it.
    pub epoch: Epoch,
    /// Key of the name, wrapped to that epoch.
    pub wrap: Wrap,
    /// Nonce of the seal.
    pub nonce: Nonce,
    /// The name in UTF-8, with zero bytes up to a fixed length: its length says nothing.
    pub sealed: Vec<u8>,
}
cbor_array!(SealedName { epoch, wrap, nonce, sealed as bytes });

/// Bytes of every name before sealing: the longest has four bytes a character.
const NAME_BYTES: usize = MEMBER_NAME_CHARS_MAX * 4;

/// Most bytes of a detached part: the wraps of `team` and `coord` for every device, at 96 bytes each, and a name.
pub const DETACHED_BYTES_MAX: usize = 2 * DEVICES_MAX * 96 + 1024;

/// Returns the hash under which a record names a detached part.
#[must_use]
pub fn detached_hash(bytes: &[u8]) -> DetachedHash {
    DetachedHash(Tag::DETACHED.digest(&[bytes]))
}

impl Detached {
    /// Writes the part.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a part.
    ///
    /// # Errors
    /// [`CborError`] for other bytes, more than [`DETACHED_BYTES_MAX`], wraps that are not ascending, or a sealed
    /// name of another length.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        if bytes.len() > DETACHED_BYTES_MAX {
            return Err(CborError::Shape(format!(
                "detached part is {} bytes, limit {DETACHED_BYTES_MAX}",
                bytes.len()
            )));
        }
        let part: Self = cbor::decode(bytes)?;
        let is_ascending = part
            .wraps
            .is_sorted_by(|a, b| (a.device, a.group) < (b.device, b.group));
        let has_good_name = part
            .name
            .as_ref()
            .is_none_or(|name| name.sealed.len() == NAME_BYTES + SEAL_OVERHEAD);
        if is_ascending && has_good_name {
            Ok(part)
        } else {
            Err(CborError::Shape(
                "wraps are not ascending, or the name is too long".to_owned(),
            ))
        }
    }
}

impl DeviceWrap {
    /// Wraps an epoch's secret to a device.
    ///
    /// # Errors
    /// [`WeakKey`] if the device's key takes no wrap.
    pub(super) fn make(
        network: NetworkId,
        device: DeviceId,
        to: &WrapPublic,
        (group, epoch, secret): (GroupId, Epoch, &EpochSecret),
        rng: &mut impl CryptoRng,
    ) -> Result<Self, WeakKey> {
        let wrap = epoch_scope(network, device, group, epoch).wrap(to, &secret.to_bytes(), rng)?;
        Ok(Self {
            device,
            group,
            epoch,
            wrap,
        })
    }

    /// Opens the secret, and checks that it gives the epoch's public key (K4).
    ///
    /// # Errors
    /// [`OpenError`] for another device's wrap or a secret of another key.
    pub fn open(
        &self,
        network: NetworkId,
        key: &WrapKey,
        public: &WrapPublic,
    ) -> Result<EpochSecret, OpenError> {
        let scope = epoch_scope(network, self.device, self.group, self.epoch);
        let secret = EpochSecret::from_bytes(&*scope.unwrap(key, &self.wrap)?);
        if secret.public() == *public {
            Ok(secret)
        } else {
            Err(OpenError)
        }
    }
}

impl SealedName {
    /// Seals a name for the team. `sign` is the public key of the device that joins or founds: it stands for the
    /// network too, whose id a founder's name cannot hold (the network's id is a hash over the name's).
    ///
    /// # Errors
    /// [`WeakKey`] if the team's key takes no wrap.
    pub(super) fn make(
        sign: &SignPublic,
        (epoch, team): (Epoch, &WrapPublic),
        name: &str,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, WeakKey> {
        let key = NameKey::generate(rng);
        let wrap = name_scope(sign, epoch).wrap(team, &key.to_bytes(), rng)?;
        let nonce = Nonce::generate(rng);
        let mut plain: Vec<u8> = name
            .chars()
            .take(MEMBER_NAME_CHARS_MAX)
            .collect::<String>()
            .into_bytes();
        plain.resize(NAME_BYTES, 0);
        let sealed = seal(&key.to_bytes(), &nonce, &name_aad(sign), &plain);
        Ok(Self {
            epoch,
            wrap,
            nonce,
            sealed,
        })
    }

    /// Opens the name with the secret of the team's epoch [`SealedName::epoch`].
    ///
    /// # Errors
    /// [`OpenError`] for another secret or place, or bytes that are no name.
    pub fn open(&self, sign: &SignPublic, team: &EpochSecret) -> Result<String, OpenError> {
        let key = name_scope(sign, self.epoch).unwrap(team.wrap_key(), &self.wrap)?;
        let plain = open(&key, &self.nonce, &name_aad(sign), &self.sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| OpenError)?;
        Ok(text.trim_end_matches('\0').to_owned())
    }
}

fn epoch_scope(network: NetworkId, device: DeviceId, group: GroupId, epoch: Epoch) -> WrapScope {
    let aad = [
        &network.0[..],
        &device.0.to_be_bytes(),
        &group.to_bytes(),
        &epoch.0.to_be_bytes(),
    ]
    .concat();
    WrapScope {
        info: Tag::EPOCH_KEY,
        aad,
    }
}

fn name_scope(sign: &SignPublic, epoch: Epoch) -> WrapScope {
    let aad = [&sign.0[..], &epoch.0.to_be_bytes()].concat();
    WrapScope {
        info: Tag::NAME_KEY,
        aad,
    }
}

fn name_aad(sign: &SignPublic) -> Vec<u8> {
    [Tag::NAME.as_bytes(), &[0], &sign.0].concat()
}

/// Place of the wrap that links an epoch to the one before it.
pub(super) fn link_scope(network: NetworkId, group: GroupId, epoch: Epoch) -> WrapScope {
    let aad = [&network.0[..], &group.to_bytes(), &epoch.0.to_be_bytes()].concat();
    WrapScope {
        info: Tag::EPOCH_LINK,
        aad,
    }
}
