//! What the simulation found, each in the smallest world that shows it.

use crate::town::{REST_MS, Town, answer, joined};
use shared::command::Command;
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{Field, Role, Standing, Teller, Whereabouts};

fn an_invitation() -> Command {
    Command::Invite {
        role: Role::Volunteer,
        minutes: 60,
        automatic: false,
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

#[test]
fn k6_a_refused_key_is_replaced_and_not_sent_for_ever() {
    for seed in 0..10 {
        let mut town = Town::new(seed);
        let story = town.story(town.coordinator);
        let other = joined(&mut town.world, town.admin, Role::Coordinator);
        town.pass(3_000);
        people::let_in(&mut town.world, town.admin).unwrap();
        assert!(town.world.run_until_quiescent(REST_MS));
        let network = town.world.tabs[town.admin].client.as_ref().unwrap().network_id();
        let network = network.unwrap();
        // Each demotion begins an epoch that makes the key of the story stale.
        for n in 0..6 {
            let role = if n % 2 == 0 {
                Role::Volunteer
            } else {
                Role::Coordinator
            };
            let member = u32::try_from(other).unwrap();
            town.world.command(town.admin, Command::SetRole { member, role });
            for _ in 0..4 {
                let edit = Command::Edit {
                    id: story.clone(),
                    field: Field::Who,
                    value: format!("{n}"),
                };
                town.world.command(town.coordinator, edit);
                town.world
                    .command(town.coordinator, Command::Flush { id: story.clone() });
                town.pass(60);
            }
        }
        let is_at_rest = town.world.run_until_quiescent(REST_MS);
        assert!(is_at_rest, "seed {seed}: {:?}", town.world.unsettled());
        let head = town.world.head(network).0;
        assert!(head < 90, "seed {seed}: {head} entries");
        let row = town.row(town.coordinator, &story).unwrap();
        assert_eq!(row.whereabouts, Whereabouts::Safe, "seed {seed}");
    }
}

#[test]
fn c2_a_story_is_safe_although_its_teller_is_kept_by_somebody_else() {
    let mut town = Town::new(5);
    let story = town.story(town.volunteer);
    assert!(town.world.run_until_quiescent(REST_MS));
    let teller = Teller {
        name: "Mia".to_owned(),
        reach: String::new(),
    };
    let edit = Command::EditTeller {
        id: story.clone(),
        teller,
    };
    town.world.ask(town.coordinator, edit).unwrap();
    assert!(town.world.run_until_quiescent(REST_MS));
    let row = town.row(town.volunteer, &story).unwrap();
    assert_eq!(row.whereabouts, Whereabouts::Safe);
}
