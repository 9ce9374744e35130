//! Long histories are settled into snapshots, and nothing is lost by it (S10).

use crate::town::{REST_MS, Town, joined};
use shared::command::Command;
use shared::entry::{Entry, Kind};
use shared::id::{DocumentId, NetworkId, Seq};
use shared::storage::{Answer, Query, RelayQuery, Table};
use shared::sync::bug::{Bug, Bugs};
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{Field, Role};

const DAY_MS: i64 = 24 * 3_600_000;

/// Seqs of the content of a document that no snapshot has superseded.
pub(crate) fn living(world: &World, doc: DocumentId) -> Vec<Seq> {
    let query = RelayQuery::Judge {
        network: network(world),
        ids: Vec::new(),
        docs: Vec::new(),
        covered: vec![doc],
        whole: Vec::new(),
        members: Vec::new(),
        media: Vec::new(),
    };
    let Answer::Judge(known) = world.store.answer(&query) else {
        panic!("not a judgement");
    };
    known.living[&doc].iter().map(|entry| entry.seq).collect()
}

pub(crate) fn network(world: &World) -> NetworkId {
    world.store.networks().next().unwrap().0
}

/// Entries of content of which the relay has bytes, of all documents.
pub(crate) fn n_stored(world: &World) -> usize {
    let entries = world.store.entries(network(world));
    let bytes = entries.filter_map(|(_, _, bytes)| bytes);
    let contents = bytes.filter_map(|bytes| Entry::decode(bytes).ok());
    contents.filter(|entry| entry.header.kind.is_content()).count()
}

/// Rows of a table of a device.
pub(crate) fn n_rows(world: &World, tab: usize, table: Table) -> usize {
    let disk = world.tabs[tab].disk;
    world.disks[disk].answer(&[Query::All { table }])[0].len()
}

/// Lets the relay's clock go on by days, and everybody come back to see it, one after the other.
pub(crate) fn days_pass(town: &mut Town, relay_ahead_ms: &mut i64, days: i64) {
    *relay_ahead_ms += days * DAY_MS;
    town.world.set_relay_clock(*relay_ahead_ms);
    for tab in 0..town.world.tabs.len() {
        town.world.open(tab);
        town.pass(5_000);
    }
    town.settle();
}

fn doc(story: &str) -> DocumentId {
    DocumentId::from_hex(story).unwrap()
}

/// A coordinator who joins now, and has all of it.
fn newcomer(town: &mut Town) -> usize {
    let tab = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.settle();
    tab
}

#[test]
fn s10_who_adds_the_ninth_increment_sends_a_snapshot() {
    let mut town = Town::new(31);
    let story = town.story(town.volunteer);
    town.settle();
    for n in 0..8 {
        town.consent(town.volunteer, &story, &format!("{n}"));
        town.settle();
    }
    assert_eq!(living(&town.world, doc(&story)).len(), 9);
    town.consent(town.volunteer, &story, "8");
    town.settle();
    assert_eq!(living(&town.world, doc(&story)).len(), 1);
    for tab in [town.volunteer, town.coordinator, town.admin] {
        assert_eq!(town.open(tab, &story).consents.len(), 9);
        assert_eq!(n_rows(&town.world, tab, Table::Inbox), 0);
    }
    // The devices of the others got its heads and nothing else.
    let late = newcomer(&mut town);
    assert_eq!(town.open(late, &story).consents.len(), 9);
    assert_eq!(n_rows(&town.world, late, Table::Living), 1);
    // What nobody else has to see is no sign that something is unsent.
    let device = town.device(town.volunteer);
    assert_eq!((device.unsent, device.waiting, device.quarantined), (0, 0, 0));
}

#[test]
fn s10_a_coordinator_settles_what_was_quiet_for_a_week_by_the_relays_clock() {
    let mut town = Town::new(32);
    let story = town.story(town.volunteer);
    town.settle();
    town.consent(town.volunteer, &story, "Jan");
    town.settle();
    let mut ahead_ms = 0;
    days_pass(&mut town, &mut ahead_ms, 6);
    assert_eq!(living(&town.world, doc(&story)).len(), 2);
    let before = town.row(town.admin, &story).unwrap();
    days_pass(&mut town, &mut ahead_ms, 3);
    assert_eq!(living(&town.world, doc(&story)).len(), 1);
    assert_eq!(n_stored(&town.world), 3);
    // After thirty days more the relay has nothing else of it.
    days_pass(&mut town, &mut ahead_ms, 31);
    assert_eq!(n_stored(&town.world), 1);
    let late = newcomer(&mut town);
    let row = town.row(late, &story).unwrap();
    assert_eq!(row.changed_at, before.changed_at);
    assert_eq!(town.open(late, &story).consents.len(), 1);
    // Nothing is left to settle.
    let head = town.world.head(network(&town.world));
    days_pass(&mut town, &mut ahead_ms, 30);
    assert_eq!(town.world.head(network(&town.world)), head);
}

/// M3, M7: a snapshot brings who wrote what, and when, as those who saw it come know it.
#[test]
fn m7_who_wrote_two_versions_is_shown_after_a_snapshot_too() {
    let mut town = Town::new(33);
    let story = town.story(town.volunteer);
    town.settle();
    for (tab, title) in [(town.volunteer, "De soepkar"), (town.coordinator, "De soepbus")] {
        town.cut_off(tab, 20_000);
        town.edit(tab, &story, Field::Title, title);
        town.pass(1_500);
        town.world.command(tab, Command::CloseStory { id: story.clone() });
    }
    town.pass(30_000);
    town.settle();
    let seen = town.open(town.admin, &story).conflicts;
    assert_eq!(seen[0].versions.len(), 2);
    let mut ahead_ms = 0;
    days_pass(&mut town, &mut ahead_ms, 9);
    assert_eq!(living(&town.world, doc(&story)).len(), 1);
    let late = newcomer(&mut town);
    for tab in [town.admin, late] {
        assert_eq!(town.open(tab, &story).conflicts, seen);
    }
    assert!(seen[0].versions.iter().all(|version| version.by.is_some()));
}

/// A coordinator's tab dies while it applies what the volunteer wrote, and three times more while it tries that alone; it
/// then sets it aside. A week later the story is settled.
fn settled_beside_what_was_set_aside(bugs: Bugs, is_author_lost: bool) -> (Town, String) {
    let mut town = Town::with(34, bugs);
    let story = town.story(town.volunteer);
    town.settle();
    town.world.close(town.admin);
    town.consent(town.volunteer, &story, "Jan");
    town.end_while_applying(town.coordinator, 4);
    town.pass(5_000);
    assert_eq!(town.device(town.coordinator).quarantined, 1);
    if is_author_lost {
        // Her phone is at the bottom of the canal.
        town.world.lose(town.volunteer);
        town.world.tabs[town.volunteer].is_leader = false;
    }
    town.world.set_relay_clock(9 * DAY_MS);
    town.world.cut_tab(town.volunteer);
    town.world.cut_tab(town.coordinator);
    town.pass(30_000);
    (town, story)
}

/// Whether the volunteer's consent is there for who comes later, after the relay threw away what is superseded.
fn is_there_later(mut town: Town, story: &str) -> bool {
    town.world.set_relay_clock(45 * DAY_MS);
    town.world.close(town.coordinator);
    town.world.open(town.admin);
    town.pass(30_000);
    let late = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.pass(REST_MS);
    town.open(late, story).consents.len() == 1
}

#[test]
fn bug_6_a_snapshot_beside_an_entry_that_was_set_aside() {
    for (bugs, holds) in [
        (Bugs::default(), true),
        (Bugs::default().with(Bug::SnapshotWithoutAll), false),
    ] {
        let (town, story) = settled_beside_what_was_set_aside(bugs, true);
        assert_eq!(living(&town.world, doc(&story)).len() == 1, !holds);
        assert_eq!(is_there_later(town, &story), holds);
    }
}

#[test]
fn s10_an_author_brings_back_what_a_snapshot_lacks() {
    let bugs = Bugs::default().with(Bug::SnapshotWithoutAll);
    let (town, story) = settled_beside_what_was_set_aside(bugs, false);
    assert_eq!(living(&town.world, doc(&story)).len(), 1);
    let snapshots = town.world.store.entries(network(&town.world));
    let snapshots = snapshots.filter_map(|(_, _, bytes)| Entry::decode(bytes?).ok());
    let covering = snapshots.filter(|entry| {
        let cover = entry.header.cover.as_ref();
        entry.header.kind == Kind::Snapshot && cover.is_some_and(|cover| cover.upto > Seq(0))
    });
    // The coordinator's device is the third: the second answer is the volunteer's.
    let by: Vec<_> = covering.map(|entry| entry.header.by.0).collect();
    assert_eq!(by.len(), 2, "{by:?}");
    assert_ne!(by[0], by[1]);
    assert!(is_there_later(town, &story));
}

#[test]
fn bug_7_a_snapshot_withheld_from_a_device_whose_backfill_has_not_reached_it() {
    for (bugs, holds) in [
        (Bugs::default(), true),
        (Bugs::default().with(Bug::WithheldInBackfill), false),
    ] {
        let mut town = Town::with(35, bugs);
        let story = town.story(town.volunteer);
        town.settle();
        let mut ahead_ms = 0;
        town.consent(town.volunteer, &story, "Jan");
        town.settle();
        days_pass(&mut town, &mut ahead_ms, 9);
        assert_eq!(living(&town.world, doc(&story)).len(), 1);
        let late = joined(&mut town.world, town.admin, Role::Coordinator);
        town.pass(3_000);
        people::let_in(&mut town.world, town.admin).unwrap();
        town.pass(REST_MS);
        let row = town.row(late, &story).unwrap();
        assert_eq!((row.unreadable, town.device(late).waiting == 0), (!holds, holds));
    }
}
