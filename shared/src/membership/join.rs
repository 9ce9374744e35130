//! What a joiner verifies before she trusts a relay's answer.

use crate::crypto::{InviteSeed, SignPublic, WrapPublic};
use crate::entry::Entry;
use crate::id::{Epoch, NetworkId, Seq};
use crate::membership::state::network_id;
use crate::membership::{Body, Invite, Record, Role, State};
use crate::time::Timestamp;
use thiserror::Error;

/// A verified invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationOffer {
    /// The network that it is for.
    pub network: NetworkId,
    /// Its plain name.
    pub name: String,
    /// The relay's public key, as pinned in genesis.
    pub relay: SignPublic,
    /// Role that it gives.
    pub role: Role,
    /// Last moment to join, by the relay's clock.
    pub until: Timestamp,
    /// Epoch of `team` to which the joiner seals her name.
    pub team: (Epoch, WrapPublic),
}

/// What the relay answered is not what the inviter made: joining would not be safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the invitation does not verify")]
pub struct Forged;

/// Verifies that the inviter who made `seed` meant this network and this role. The relay cannot forge it: it
/// never has the seed.
///
/// # Errors
/// [`Forged`] if genesis, invitation and seed do not belong together.
pub fn verify_invitation(
    genesis: &Entry,
    invite: &Entry,
    seed: &InviteSeed,
) -> Result<InvitationOffer, Forged> {
    let state = State::found(Seq(1), genesis).map_err(|_| Forged)?;
    let network = network_id(&genesis.ct);
    let record = Record::of(invite).map_err(|_| Forged)?;
    let Body::Invite(invite) = record.body else {
        return Err(Forged);
    };
    if invite.key != seed.sign_key().public() || invite.mac != mac(&invite, network, seed) {
        return Err(Forged);
    }
    Ok(InvitationOffer {
        network,
        name: state.name().to_owned(),
        relay: state.relay_key(),
        role: invite.role,
        until: invite.until,
        team: (invite.team_epoch, invite.team),
    })
}

/// Returns the HMAC of an invitation.
pub(super) fn mac(invite: &Invite, network: NetworkId, seed: &InviteSeed) -> [u8; 32] {
    seed.mac(network, &invite.claims())
}
