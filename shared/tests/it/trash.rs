//! What somebody throws away, and takes out again.

use crate::town::Town;
use shared::command::{Command, CommandError, Reply};
use shared::view::{Field, Whereabouts};

fn delete(story: &str) -> Command {
    Command::DeleteStory { id: story.to_owned() }
}

fn restore(story: &str) -> Command {
    Command::RestoreStory { id: story.to_owned() }
}

#[test]
fn a_deleted_draft_is_in_the_trash_of_its_author_and_in_no_list_of_others() {
    let mut town = Town::new(21);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    assert!(town.row(coordinator, &story).is_some());

    town.world.ask(author, delete(&story)).unwrap();
    town.settle();
    assert!(town.row(author, &story).unwrap().is_deleted);
    assert_eq!(town.row(coordinator, &story), None);
    // What the list was told, without asking for all of it.
    let told = &town.world.tabs[coordinator].rows;
    assert!(!told.contains_key(&story), "{told:?}");
    // Whoever has it open sees that.
    let view = town.open(coordinator, &story);
    assert!(view.row.is_deleted && !view.editable);

    town.world.ask(author, restore(&story)).unwrap();
    town.settle();
    for tab in [author, coordinator] {
        let row = town.row(tab, &story).unwrap();
        assert!(!row.is_deleted);
        assert_eq!(row.whereabouts, Whereabouts::Safe);
        assert!(town.world.tabs[tab].rows.contains_key(&story));
    }
    assert!(town.open(author, &story).editable);
}

#[test]
fn the_trash_outlives_a_restart_without_a_connection() {
    let mut town = Town::new(22);
    let tab = town.world.device();
    let story = town.story(tab);
    town.world.ask(tab, delete(&story)).unwrap();
    town.world.open(tab);
    town.pass(5_000);
    assert!(town.row(tab, &story).unwrap().is_deleted);
    town.world.ask(tab, restore(&story)).unwrap();
    town.world.open(tab);
    town.pass(5_000);
    assert!(!town.row(tab, &story).unwrap().is_deleted);
}

#[test]
fn what_was_typed_elsewhere_meanwhile_is_there_when_it_is_taken_out() {
    let mut town = Town::new(23);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    town.world.tabs[coordinator].partitioned_until = town.world.now + 60_000;
    town.edit(coordinator, &story, Field::Tips, "Begin klein.");
    town.world.ask(author, delete(&story)).unwrap();
    town.settle();
    assert_eq!(town.row(coordinator, &story), None);
    town.world.ask(author, restore(&story)).unwrap();
    town.settle();
    assert_eq!(town.open(author, &story).fields[&Field::Tips], "Begin klein.");
}

#[test]
fn only_an_own_draft_is_thrown_away_and_in_the_trash_nothing_is_decided() {
    let mut town = Town::new(24);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let refused = Err(CommandError::NotAllowed);
    let draft = town.story(author);
    let submitted = town.story(author);
    town.settle();
    assert_eq!(town.world.ask(coordinator, delete(&draft)), refused);
    assert_eq!(town.world.ask(author, restore(&draft)), refused);
    let submit = |story: &String| Command::Submit { id: story.clone() };
    town.world.ask(author, submit(&submitted)).unwrap();
    assert_eq!(town.world.ask(author, delete(&submitted)), refused);

    assert_eq!(town.world.ask(author, delete(&draft)), Ok(Reply::Done));
    town.settle();
    assert_eq!(town.world.ask(author, delete(&draft)), refused);
    assert_eq!(town.world.ask(author, submit(&draft)), refused);
    let approve = Command::ApproveStory { id: draft.clone() };
    assert_eq!(town.world.ask(coordinator, approve), refused);
    assert_eq!(town.world.ask(coordinator, restore(&draft)), refused);
}
