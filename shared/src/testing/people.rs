//! People of a simulated network: who founds it, who joins, and how.

use super::world::World;
use crate::command::{Command, CommandError, Reply};
use crate::view::{MemberRow, NewInvitation, Role, Standing};

/// Founds the network of a world on a new device. Returns its tab.
///
/// # Errors
/// The command's own.
pub fn found(world: &mut World) -> Result<usize, CommandError> {
    let tab = world.device();
    let found = Command::Found {
        network: "Netwerk".to_owned(),
        name: "Ana".to_owned(),
        code: world.code(),
    };
    world.ask(tab, found)?;
    Ok(tab)
}

/// Makes an invitation; volunteers who come with it are let in by themselves.
///
/// # Errors
/// The command's own.
pub fn invite(world: &mut World, by: usize, role: Role) -> Result<NewInvitation, CommandError> {
    let invite = Command::Invite {
        role,
        minutes: 60,
        automatic: role == Role::Volunteer,
    };
    let Reply::Invited(invitation) = world.ask(by, invite)? else {
        return Err(CommandError::Refused);
    };
    Ok(invitation)
}

/// Joins with an invitation, on a device that stands outside.
///
/// # Errors
/// The command's own.
pub fn join(world: &mut World, tab: usize, invitation: &NewInvitation) -> Result<(), CommandError> {
    let code = invitation.code.clone();
    world.ask(tab, Command::Lookup { code })?;
    let name = format!("Lid {tab}");
    world.ask(tab, Command::Join { name })?;
    Ok(())
}

/// Lets everybody in who waits, as a person does who compares the digits.
///
/// # Errors
/// The command's own.
pub fn let_in(world: &mut World, by: usize) -> Result<(), CommandError> {
    for member in members(world, by)? {
        if let Some(device) = member.waiting_device {
            world.ask(by, Command::Approve { device })?;
        }
    }
    Ok(())
}

/// Members as a device shows them.
///
/// # Errors
/// The command's own.
pub fn members(world: &mut World, tab: usize) -> Result<Vec<MemberRow>, CommandError> {
    let Reply::Members { members, .. } = world.ask(tab, Command::Members)? else {
        return Err(CommandError::Refused);
    };
    Ok(members)
}

/// Where a device stands.
///
/// # Errors
/// The command's own.
pub fn standing(world: &mut World, tab: usize) -> Result<Standing, CommandError> {
    let Reply::Overview { standing, .. } = world.ask(tab, Command::Overview)? else {
        return Err(CommandError::Refused);
    };
    Ok(standing)
}
