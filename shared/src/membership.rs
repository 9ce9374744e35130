//! Membership: who belongs to a network, in which role, on which devices, with which group keys.
//!
//! Membership is linear and needs a connection. Its records are entries of the network's log (kind 0), each
//! naming the one before it; the relay appends by compare-and-swap, and every device replays and verifies all of
//! them (L2): the relay is trusted for order only.
//!
//! ```text
//! record = {0 prev, 1 body, 2 hash of the detached part}          signed as every entry, by the device `by`
//! body   = [code, {…}]     Genesis · Invite · InviteRevoke · Join · Approve · MemberRole
//!                          DeviceRemove · MemberRemove · Epoch
//! detached part            wraps of epoch secrets to devices, a member's sealed name: fetched only by who
//!                          needs it, and deletable (L3)
//! ```
//!
//! Validity is a pure function of earlier records and the record's own bytes. A bad signature, a bad `prev` or an
//! unknown body stops the replay; a good signature without authority has no effect, and the chain goes on.
//!
//! | who | may |
//! |---|---|
//! | coordinator | invite, approve and remove volunteers |
//! | administrator | that for everybody, and change roles |
//! | anyone | remove another device of hers, and begin a new epoch of her own group |
//!
//! Nobody removes or demotes herself out of a group: who signs it draws the group's new secret, and would keep it.

mod detached;
mod join;
mod judge;
mod make;
mod record;
mod state;
#[cfg(test)]
mod tests;

pub use detached::{DETACHED_BYTES_MAX, Detached, DeviceWrap, SealedName, detached_hash};
pub use join::{Forged, InvitationOffer, verify_invitation};
pub use judge::RecordRefusal;
pub use make::{
    EpochKeys, Founding, Made, Signer, approve, begin_epoch, found, invite, join, remove_device,
    remove_member, revoke, set_role,
};
pub use record::{
    Body, DetachedHash, Genesis, Invite, Join, NETWORK_NAME_CHARS_MAX, NewEpoch, Policy, Record,
    RemoveReason, Role,
};
pub use state::{
    Applied, Authority, Device, DeviceState, Effect, EpochKey, Invitation, InvitationUse, Member,
    ReplayError, State,
};

/// Longest name of a member, in characters: a first and a family name with room to spare.
pub const MEMBER_NAME_CHARS_MAX: usize = 80;

/// Most devices of a network, over its life: a removal's wraps for all of them still fit one message.
pub const DEVICES_MAX: usize = 1_000;
