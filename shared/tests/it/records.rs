//! Membership records: one after the other, whatever comes between.

use crate::town::{Town, answer, joined};
use shared::command::{Command, CommandError, Reply};
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{Role, Standing};

fn an_invitation() -> Command {
    Command::Invite {
        role: Role::Volunteer,
        minutes: 60,
        automatic: false,
    }
}

/// Every command is answered, also where there is nothing to tell.
#[test]
fn who_is_alone_is_told_of_no_members() {
    let mut world = World::new(1);
    let tab = world.device();
    assert_eq!(people::members(&mut world, tab), Ok(Vec::new()));
}

/// A second code is scanned before the relay has answered to the first.
#[test]
fn an_answer_about_another_invitation_is_not_taken_for_a_forgery() {
    for seed in 0..20 {
        let mut world = World::new(seed);
        let admin = people::found(&mut world).unwrap();
        let invitations = [Role::Volunteer, Role::Coordinator];
        let codes = invitations.map(|role| people::invite(&mut world, admin, role).unwrap().code);
        let [first, second] = codes.map(|code| Command::Lookup { code });
        let tab = world.device();
        world.run_until(world.now + 1_000);
        let first = world.command(tab, first).unwrap();
        world.run_until(world.now + 5 * seed);
        let answer_of_first = answer(&world, tab, first);
        let second = world.ask(tab, second);
        let Ok(Reply::Invitation { role, .. }) = second else {
            panic!("seed {seed}, the first {answer_of_first:?}: {second:?}");
        };
        assert_eq!(role, Role::Coordinator, "seed {seed}");
    }
}

/// The record that came first may be followed before the relay says that it came first.
#[test]
fn a_record_that_was_overtaken_is_made_again_whenever_the_other_is_seen() {
    for seed in 0..40 {
        let mut world = World::new(seed);
        let admin = people::found(&mut world).unwrap();
        let invitation = people::invite(&mut world, admin, Role::Coordinator).unwrap();
        let tab = world.device();
        let code = invitation.code;
        world.ask(tab, Command::Lookup { code }).unwrap();
        let name = "Bea".to_owned();
        let join = world.command(tab, Command::Join { name }).unwrap();
        world.run_until(world.now + 5 * seed);
        let invite = world.command(admin, an_invitation()).unwrap();
        world.run_until(world.now + 5_000);
        for (tab, id) in [(tab, join), (admin, invite)] {
            let answer = answer(&world, tab, id);
            assert!(
                matches!(answer, Some(Ok(_))),
                "seed {seed}, tab {tab}: {answer:?}"
            );
        }
    }
}

#[test]
fn records_that_were_asked_for_together_follow_one_another() {
    let mut world = World::new(3);
    let admin = people::found(&mut world).unwrap();
    let asked: Vec<_> = (0..5)
        .map(|_| world.command(admin, an_invitation()).unwrap())
        .collect();
    world.run_until(world.now + 10_000);
    for id in asked {
        let answer = answer(&world, admin, id);
        assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
    }
}

/// Taking a role begins an epoch; giving it back hands its secret on, which the administrator has to fetch first.
#[test]
fn a_role_that_was_taken_can_be_given_back_at_once() {
    let mut town = Town::new(2);
    let asked = [Role::Volunteer, Role::Coordinator].map(|role| {
        let member = u32::try_from(town.coordinator).unwrap();
        let command = Command::SetRole { member, role };
        town.world.command(town.admin, command).unwrap()
    });
    town.pass(10_000);
    for id in asked {
        let answer = answer(&town.world, town.admin, id);
        assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
    }
}

#[test]
fn a_volunteer_is_let_in_although_the_connection_broke_on_the_way() {
    for after_ms in (0..500).step_by(20) {
        let mut world = World::new(after_ms);
        let admin = people::found(&mut world).unwrap();
        let tab = joined(&mut world, admin, Role::Volunteer);
        world.run_until(world.now + after_ms);
        world.cut_tab(admin);
        world.run_until(world.now + 30_000);
        let standing = people::standing(&mut world, tab).unwrap();
        assert!(
            matches!(standing, Standing::Member { .. }),
            "{after_ms}: {standing:?}"
        );
    }
}

/// The six digits differed: whoever holds the invitation never gets in, and nobody lists her.
#[test]
fn who_waits_is_refused_by_revoking_her_invitation() {
    let mut world = World::new(8);
    let admin = people::found(&mut world).unwrap();
    let tab = joined(&mut world, admin, Role::Coordinator);
    world.run_until(world.now + 5_000);
    assert_eq!(to_admit(&mut world, admin), 1);
    let members = people::members(&mut world, admin).unwrap();
    let waiting = members.iter().find(|row| row.waiting_device.is_some()).unwrap();
    let invitation = waiting.invitation.clone().unwrap();
    world.ask(admin, Command::Revoke { invitation }).unwrap();
    world.run_until(world.now + 30_000);
    assert_eq!(to_admit(&mut world, admin), 0);
    assert_eq!(people::members(&mut world, admin).unwrap().len(), 1);
    let standing = people::standing(&mut world, tab).unwrap();
    assert!(
        matches!(
            standing,
            Standing::Removed {
                was_admitted: false,
                ..
            }
        ),
        "{standing:?}"
    );
}

/// Who was refused tries another invitation; what she wrote meanwhile comes along.
#[test]
fn who_was_refused_joins_with_another_invitation() {
    let mut town = Town::new(9);
    let admin = town.admin;
    let tab = joined(&mut town.world, admin, Role::Coordinator);
    town.pass(5_000);
    let story = town.story(tab);
    let members = people::members(&mut town.world, admin).unwrap();
    let waiting = members.iter().find(|row| row.waiting_device.is_some()).unwrap();
    let revoke = Command::Revoke {
        invitation: waiting.invitation.clone().unwrap(),
    };
    town.world.ask(admin, revoke).unwrap();
    town.pass(30_000);
    // A code that leads nowhere costs nothing.
    let garbled = Command::Lookup { code: "AAAA".into() };
    assert_eq!(town.world.ask(tab, garbled), Err(CommandError::InvitationGarbled));
    let invitation = people::invite(&mut town.world, admin, Role::Volunteer).unwrap();
    people::join(&mut town.world, tab, &invitation).unwrap();
    town.pass(2_000);
    people::let_in(&mut town.world, admin).unwrap();
    town.settle();
    assert!(matches!(
        people::standing(&mut town.world, tab),
        Ok(Standing::Member { .. })
    ));
    let coordinator = town.coordinator;
    assert!(town.row(coordinator, &story).is_some(), "her story came along");
    // A tab that starts anew is told the same.
    town.world.open(tab);
    assert!(matches!(
        people::standing(&mut town.world, tab),
        Ok(Standing::Member { .. })
    ));
}

/// A coordinator is not told of those whom only an administrator lets in.
#[test]
fn who_waits_is_counted_for_whoever_may_let_her_in() {
    let mut town = Town::new(6);
    let coordinator = town.coordinator;
    joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(5_000);
    assert_eq!(to_admit(&mut town.world, town.admin), 1);
    assert_eq!(to_admit(&mut town.world, coordinator), 0);
    let Ok(Reply::Invited(invitation)) = town.world.ask(coordinator, an_invitation()) else {
        panic!("no invitation");
    };
    let tab = town.world.device();
    people::join(&mut town.world, tab, &invitation).unwrap();
    town.pass(5_000);
    assert_eq!(to_admit(&mut town.world, town.admin), 2);
    assert_eq!(to_admit(&mut town.world, coordinator), 1);
    assert_eq!(to_admit(&mut town.world, town.volunteer), 0);
}

fn to_admit(world: &mut World, tab: usize) -> u32 {
    match people::standing(world, tab) {
        Ok(Standing::Member { to_admit, .. }) => to_admit,
        other => panic!("{other:?}"),
    }
}
