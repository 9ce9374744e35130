//! What the relay sends, at bad moments.

use crate::town::{Town, joined};
use shared::command::{Command, Reply};
use shared::storage::{Query, Table};
use shared::testing::people;
use shared::view::{Field, Link, Role, Standing};

/// S9: the author of an entry that the backfill brings may have been let in after what the device has followed.
#[test]
fn s9_a_backfill_ends_where_the_device_has_followed_the_log() {
    for seed in 0..100 {
        let mut town = Town::new(seed);
        let newcomer = waiting(&mut town);
        let role = Command::SetRole {
            member: 2,
            role: Role::Coordinator,
        };
        town.world.command(town.admin, role);
        let device = u32::try_from(newcomer).unwrap();
        town.world.command(town.admin, Command::Approve { device });
        town.settle();
        let device = town.device(town.volunteer);
        assert_eq!((device.waiting, device.quarantined), (0, 0), "seed {seed}");
    }
}

/// What a failed transaction took in is taken in again, as new.
#[test]
fn a_story_that_met_a_full_disk_has_its_day_afterwards() {
    let mut town = Town::new(15);
    let disk = town.world.tabs[town.coordinator].disk;
    let n_journaled = |town: &Town| {
        let journal = Query::All {
            table: Table::Journal,
        };
        town.world.disks[disk].answer(&[journal]).remove(0).len()
    };
    let story = town.story(town.volunteer);
    // The entries are in the inbox and about to be applied.
    while n_journaled(&town) == 0 {
        town.pass(1);
    }
    town.world.fill_disk(disk, true);
    town.pass(1_000);
    town.world.fill_disk(disk, false);
    town.settle();
    let mine = town.row(town.volunteer, &story).unwrap();
    let hers = town.row(town.coordinator, &story).unwrap();
    assert_eq!(hers.changed_at, mine.changed_at);
}

/// S9: two backfills that both begin at the beginning are two.
#[test]
fn s9_a_backfill_that_is_under_way_does_not_stand_for_a_later_one() {
    for seed in 0..120 {
        let mut town = Town::new(seed);
        let newcomer = joined(&mut town.world, town.admin, Role::Volunteer);
        town.pass(5 * seed);
        // The relay looks at this one for her when she is no coordinator yet.
        let story = town.story(town.volunteer);
        town.world
            .command(town.volunteer, Command::Flush { id: story.clone() });
        let member = u32::try_from(newcomer).unwrap();
        let role = Role::Coordinator;
        // As soon as the administrator's device knows of her.
        let set = Command::SetRole { member, role };
        let is_set = (0..50).any(|_| {
            town.pass(10);
            town.world.ask(town.admin, set.clone()).is_ok()
        });
        assert!(is_set, "seed {seed}");
        town.settle();
        let row = town.row(newcomer, &story);
        assert!(row.is_some_and(|row| !row.unreadable), "seed {seed}");
    }
}

/// From the moment on at which she is let in, lists that are not whole yet say so.
#[test]
fn a_newcomer_knows_that_more_is_to_come() {
    const STORIES: usize = 5;
    let mut n_told = 0;
    for seed in 0..20 {
        let mut town = Town::new(seed);
        for _ in 0..STORIES {
            town.story(town.volunteer);
        }
        town.settle();
        let newcomer = joined(&mut town.world, town.admin, Role::Coordinator);
        town.pass(3_000);
        people::let_in(&mut town.world, town.admin).unwrap();
        for _ in 0..400 {
            town.pass(1);
            let (standing, link, n_rows) = overview(&mut town, newcomer);
            if matches!(standing, Standing::Member { .. }) && link.online && n_rows < STORIES {
                assert!(link.is_catching_up, "seed {seed}: {n_rows} of {STORIES}");
                n_told += 1;
            }
        }
        town.settle();
        let (_, link, n_rows) = overview(&mut town, newcomer);
        assert_eq!((link.is_catching_up, n_rows), (false, STORIES), "seed {seed}");
    }
    assert!(n_told > 0);
}

fn overview(town: &mut Town, tab: usize) -> (Standing, Link, usize) {
    match town.world.ask(tab, Command::Overview) {
        Ok(Reply::Overview { standing, link, rows }) => (standing, link, rows.len()),
        other => panic!("no overview: {other:?}"),
    }
}

/// A volunteer with a story, who waits until somebody lets her in.
fn waiting(town: &mut Town) -> usize {
    let invite = Command::Invite {
        role: Role::Volunteer,
        minutes: 60,
        automatic: false,
    };
    let Ok(Reply::Invited(invitation)) = town.world.ask(town.admin, invite) else {
        panic!("no invitation");
    };
    let newcomer = town.world.device();
    town.story(newcomer);
    town.pass(3_000);
    people::join(&mut town.world, newcomer, &invitation).unwrap();
    town.pass(3_000);
    newcomer
}

/// M5: phones end tabs and people close them, at any moment; that an entry was being applied then, and was tried alone
/// the next times, proves nothing yet.
#[test]
fn m5_an_entry_is_not_set_aside_because_a_tab_was_closed() {
    let mut town = Town::new(4);
    let story = town.story(town.volunteer);
    town.settle();
    for n in 0..5 {
        town.consent(town.volunteer, &story, &format!("{n}"));
        town.end_while_applying(town.coordinator, 1 + n % 3);
        town.settle();
    }
    let device = town.device(town.coordinator);
    assert_eq!(device.quarantined, 0);
    assert_eq!(town.open(town.coordinator, &story).consents.len(), 5);
}

/// M5: whatever made one build set an entry aside, the next one judges for itself.
#[test]
fn m5_what_was_set_aside_is_tried_again_by_another_build() {
    let mut town = Town::new(4);
    let (author, tab) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    town.consent(author, &story, "Jan");
    town.end_while_applying(tab, 4);
    town.pass(5_000);
    assert_eq!(town.device(tab).quarantined, 1);
    for (build, quarantined) in [(1, 1), (2, 0)] {
        town.world.tabs[tab].app_version = build;
        town.world.open(tab);
        town.pass(5_000);
        assert_eq!(town.device(tab).quarantined, quarantined, "build {build}");
    }
    assert_eq!(town.open(tab, &story).consents.len(), 1);
}

#[test]
fn a_full_device_does_not_ask_the_relay_every_second() {
    let mut town = Town::new(9);
    let story = town.story(town.volunteer);
    town.settle();
    town.world.fill_disk(town.world.tabs[town.coordinator].disk, true);
    town.edit(town.volunteer, &story, Field::Who, "Jan");
    let before = town.world.n_connections();
    town.pass(120_000);
    let opened = town.world.n_connections() - before;
    assert!(opened <= 5, "{opened} connections");
    town.world
        .fill_disk(town.world.tabs[town.coordinator].disk, false);
    town.world.command(town.coordinator, Command::TryNow);
    town.settle();
    let who = town.open(town.coordinator, &story).fields.remove(&Field::Who);
    assert_eq!(who.as_deref(), Some("Jan"));
}
