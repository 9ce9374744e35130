//! Mistakes that the simulation must catch (DESIGN §14): with the bug some seed fails, without it that seed passes.

use crate::town::Town;
use shared::command::Command;
use shared::storage::{Query, Table};
use shared::sync::bug::{Bug, Bugs};
use shared::testing::scenario::run;
use shared::view::{Field, Role};

/// Runs seeds with a bug until one fails in one of these ways.
fn catches(bug: Bug, ways: &[&str]) {
    for seed in 0..1_000 {
        let Err(failure) = run(seed, Some(bug)) else {
            continue;
        };
        let is_meant = ways.iter().any(|way| failure.what.contains(way));
        assert!(is_meant, "{bug:?}: {failure}");
        run(seed, None).unwrap();
        return;
    }
    panic!("{bug:?} is not caught");
}

#[test]
fn bug_1_a_receipt_before_the_commit() {
    catches(Bug::ReceiptBeforeCommit, &["S5"]);
}

/// Stories that a coordinator never gets whose tab is killed at every moment while they arrive.
fn lost_to_a_killed_tab(bugs: Bugs) -> usize {
    let mut town = Town::with(2, bugs);
    let (tab, by) = (town.coordinator, town.volunteer);
    let mut stories = Vec::new();
    for moment in 0..200 {
        let story = town.story(by);
        town.world.ask(by, Command::Flush { id: story.clone() }).unwrap();
        stories.push(story);
        town.pass(moment * 3);
        town.world.open(tab);
    }
    town.pass(60_000);
    let mut is_lost = |story: &&String| town.row(tab, story).is_none();
    stories.iter().filter(|story| is_lost(story)).count()
}

#[test]
fn bug_2_a_checkpoint_before_its_page() {
    assert!(lost_to_a_killed_tab(Bugs::default().with(Bug::CheckpointBeforePage)) > 0);
    assert_eq!(lost_to_a_killed_tab(Bugs::default()), 0);
}

#[test]
fn bug_3_a_checkpoint_at_the_last_entry_received() {
    catches(Bug::CheckpointIsLastReceived, &["stall"]);
}

#[test]
fn bug_4_a_live_page_that_does_not_follow() {
    catches(
        Bug::AnyLivePage,
        &["waiting", "differs", "list", "consent", "follows the log"],
    );
}

/// A coordinator writes in a volunteer's story and loses her role before the volunteer is back.
fn a_role_lost_after_writing(bugs: Bugs) -> Vec<String> {
    let mut town = Town::with(5, bugs);
    let story = town.story(town.volunteer);
    town.settle();
    town.cut_off(town.volunteer, 60_000);
    town.consent(town.coordinator, &story, "Jan");
    town.pass(5_000);
    town.set_role(town.coordinator, Role::Volunteer);
    town.pass(300_000);
    town.world.watch.violations
}

#[test]
fn s12_a_part_that_is_taken_for_stored() {
    catches(Bug::PartTakenForStored, &["does not get the"]);
}

#[test]
fn bug_5_authority_at_the_newest_record() {
    let seen = a_role_lost_after_writing(Bugs::default().with(Bug::NewestAuthority));
    assert!(seen[0].contains("M5"), "{seen:?}");
    assert_eq!(a_role_lost_after_writing(Bugs::default()), Vec::<String>::new());
}

#[test]
fn bug_13_an_erasure_that_spares_what_was_superseded() {
    let bugs = || Bugs::default().with(Bug::EraseSparesSuperseded);
    assert!(remains_of_a_settled_story(bugs()).contains("at"));
    assert_eq!(remains_of_a_settled_story(Bugs::default()), "");
}

/// A story with enough changes for a snapshot that supersedes them is erased: what the relay then still has of it.
fn remains_of_a_settled_story(bugs: Bugs) -> String {
    let mut town = Town::with(6, bugs);
    let author = town.volunteer;
    let story = town.story(author);
    town.settle();
    for n in 0..12 {
        town.edit(author, &story, Field::Tips, &format!("Tip {n}"));
        town.settle();
    }
    let id = || story.clone();
    town.world.ask(author, Command::DeleteStory { id: id() }).unwrap();
    town.world.ask(author, Command::EraseStory { id: id() }).unwrap();
    town.settle();
    let (network, ..) = town.world.store.networks().next().unwrap();
    let erased = town.world.store.erased(network);
    assert_eq!(erased.len(), 1);
    town.world.store.remains(network, erased[0]).join(", ")
}

#[test]
fn bug_13_an_erasure_that_spares_what_was_not_sent() {
    let bugs = Bugs::default().with(Bug::EraseSparesOutbox);
    assert!(unsent_after_an_erasure(bugs) > 0);
    assert_eq!(unsent_after_an_erasure(Bugs::default()), 0);
}

/// A coordinator writes in a draft without a connection while its author erases it: what her disk then has to send.
fn unsent_after_an_erasure(bugs: Bugs) -> usize {
    let mut town = Town::with(34, bugs);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    town.cut_off(coordinator, 60_000);
    town.edit(coordinator, &story, Field::Tips, "Begin klein.");
    let id = || story.clone();
    town.world.ask(author, Command::DeleteStory { id: id() }).unwrap();
    town.world.ask(author, Command::EraseStory { id: id() }).unwrap();
    town.pass(300_000);
    let disk = town.world.tabs[coordinator].disk;
    town.world.disks[disk].n_rows(Table::Outbox)
}

#[test]
fn bug_13_an_erasure_that_spares_rows() {
    catches(Bug::EraseSparesRows, &["E1"]);
}

#[test]
fn bug_8_the_key_is_checked_before_have() {
    catches(Bug::KeyBeforeHave, &["K6"]);
}

#[test]
fn bug_9_an_actor_that_is_used_again() {
    catches(Bug::ActorReused, &["M5"]);
}

#[test]
fn bug_10_quarantine_for_a_missing_dependency() {
    catches(Bug::QuarantineForMissing, &["M5"]);
}

#[test]
fn bug_12_a_wrap_for_another_group() {
    catches(Bug::WrongGroupInWrap, &["waiting", "stall"]);
}

#[test]
fn bug_12_a_wrap_without_the_id_of_its_key() {
    catches(Bug::NoKeyIdInWrap, &["waiting", "stall"]);
}

#[test]
fn bug_15_a_tab_that_writes_from_an_outdated_document() {
    catches(Bug::OutdatedWrite, &["consent", "differs", "waiting"]);
}

/// A coordinator publishes anew and loses the connection before the entry arrives; meanwhile the story is taken back.
fn a_publication_that_comes_late(bugs: Bugs) -> Vec<String> {
    let mut town = Town::with(6, bugs);
    let story = town.story(town.volunteer);
    town.settle();
    town.publish(town.coordinator, &story);
    town.settle();
    assert_eq!(town.open(town.admin, &story).online_version, Some(1));
    town.publish(town.coordinator, &story);
    let outbox = Query::All { table: Table::Outbox };
    let disk = town.world.tabs[town.coordinator].disk;
    while town.world.disks[disk].answer(std::slice::from_ref(&outbox))[0].is_empty() {
        town.pass(1);
    }
    town.cut_off(town.coordinator, 60_000);
    let id = story.clone();
    let reason = String::new();
    town.world
        .ask(town.admin, Command::Withdraw { id, reason })
        .unwrap();
    town.pass(300_000);
    if town.world.watch.violations.is_empty() {
        assert_eq!(town.open(town.admin, &story).online_version, None);
    }
    town.world.watch.violations
}

#[test]
fn bug_15_a_publication_after_a_withdrawal_that_it_does_not_name() {
    let seen = a_publication_that_comes_late(Bugs::default().with(Bug::PublishAfterWithdraw));
    assert!(seen[0].contains("P3"), "{seen:?}");
    assert_eq!(
        a_publication_that_comes_late(Bugs::default()),
        Vec::<String>::new()
    );
}
