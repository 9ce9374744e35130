//! Keys that go stale, and members who lose them and get them back.

use crate::town::{Town, joined};
use shared::command::Command;
use shared::testing::people;
use shared::view::{Field, Role, Whereabouts};

#[test]
fn k6_a_refused_key_is_replaced_and_not_sent_for_ever() {
    for seed in 0..10 {
        let mut town = Town::new(seed);
        let story = town.story(town.coordinator);
        let other = joined(&mut town.world, town.admin, Role::Coordinator);
        town.pass(3_000);
        people::let_in(&mut town.world, town.admin).unwrap();
        town.settle();
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
                    seen: String::new(),
                };
                town.world.command(town.coordinator, edit);
                town.world
                    .command(town.coordinator, Command::Flush { id: story.clone() });
                town.pass(60);
            }
        }
        town.settle();
        let head = town.world.head(network).0;
        assert!(head < 90, "seed {seed}: {head} entries");
        let row = town.row(town.coordinator, &story).unwrap();
        assert_eq!(row.whereabouts, Whereabouts::Safe, "seed {seed}");
    }
}

/// A key that arrives while entries are judged without it opens them all the same.
#[test]
fn m5_locked_entries_are_tried_again_at_each_new_key() {
    for seed in 0..30 {
        let mut town = Town::new(seed);
        let stories: Vec<_> = (0..4).map(|_| town.story(town.volunteer)).collect();
        town.settle();
        town.cut_off(town.coordinator, 60_000);
        town.set_role(town.coordinator, Role::Volunteer);
        town.set_role(town.coordinator, Role::Coordinator);
        town.pass(5_000);
        for story in &stories {
            town.edit(town.volunteer, story, Field::Who, "Jan");
        }
        town.world.faults.delay_ms_max = 15;
        town.pass(100_000);
        town.settle();
        let device = town.device(town.coordinator);
        assert_eq!((device.waiting, device.quarantined), (0, 0), "seed {seed}");
    }
}

/// M3: what a member wrote herself comes back to her by a backfill, and she writes on.
#[test]
fn m3_a_document_that_comes_back_is_written_by_a_fresh_actor() {
    let mut town = Town::new(8);
    let story = town.story(town.volunteer);
    town.settle();
    town.consent(town.coordinator, &story, "een");
    town.settle();
    town.set_role(town.coordinator, Role::Volunteer);
    town.settle();
    assert!(town.row(town.coordinator, &story).is_none());
    town.set_role(town.coordinator, Role::Coordinator);
    town.settle();
    town.consent(town.coordinator, &story, "twee");
    town.settle();
    for tab in [town.admin, town.coordinator, town.volunteer] {
        let device = town.device(tab);
        assert_eq!((device.waiting, device.quarantined), (0, 0), "tab {tab}");
        let consents = town.open(tab, &story).consents.len();
        assert_eq!(consents, 2, "tab {tab}");
    }
}

/// S11: a key that comes before the birth of its document, in a page before the backfill, waits for it.
#[test]
fn s11_a_key_before_the_birth_of_its_document_is_locked() {
    for seed in 0..20 {
        let mut town = Town::new(seed);
        let story = town.story(town.volunteer);
        let other = joined(&mut town.world, town.admin, Role::Volunteer);
        town.settle();
        // Her own story needs a new key from now on, and she sends it while the other gets to know of her.
        town.set_role(town.coordinator, Role::Volunteer);
        town.set_role(other, Role::Coordinator);
        town.edit(town.volunteer, &story, Field::Who, "Jan");
        let flush = Command::Flush { id: story.clone() };
        town.world.command(town.volunteer, flush);
        town.settle();
        let who = town.open(other, &story).fields.remove(&Field::Who);
        assert_eq!(who.as_deref(), Some("Jan"), "seed {seed}");
    }
}
