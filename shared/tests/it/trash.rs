//! What somebody throws away, and takes out again.

use crate::town::Town;
use shared::command::{Command, CommandError, Reply};
use shared::id::DocumentId;
use shared::storage::Table;
use shared::view::{Field, Intent, Role, StoryState, TellerField, Whereabouts};

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

const DAY_MS: i64 = 24 * 3_600_000;

fn erase(story: &str) -> Command {
    Command::EraseStory { id: story.to_owned() }
}

/// What is left of erased documents, anywhere.
fn remains(town: &Town) -> Vec<String> {
    let (network, ..) = town.world.store.networks().next().unwrap();
    let mut remains = Vec::new();
    for doc in town.world.store.erased(network) {
        remains.extend(town.world.store.remains(network, doc));
        for disk in &town.world.disks {
            remains.extend(disk.rows_of(doc).map(|(table, _)| format!("{doc} in {table:?}")));
        }
    }
    remains
}

fn n_erased(town: &Town) -> usize {
    let (network, ..) = town.world.store.networks().next().unwrap();
    town.world.store.erased(network).len()
}

fn tell(town: &mut Town, tab: usize, story: &str) {
    let edit = Command::EditTeller {
        id: story.to_owned(),
        field: TellerField::Name,
        value: "Rosalie".to_owned(),
    };
    town.world.ask(tab, edit).unwrap();
}

/// Seeds 1280 and 1394: she lost her role before it was erased, and never heard.
#[test]
fn e1_who_read_a_draft_once_has_nothing_of_it_when_it_is_erased() {
    let mut town = Town::new(39);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    town.cut_off(coordinator, 60_000);
    town.pass(5_000);
    town.edit(coordinator, &story, Field::Tips, "Begin klein.");
    town.set_role(coordinator, Role::Volunteer);
    town.world.ask(author, delete(&story)).unwrap();
    town.world.ask(author, erase(&story)).unwrap();
    town.pass(120_000);
    assert_eq!(n_erased(&town), 1);
    town.set_role(coordinator, Role::Coordinator);
    town.settle();
    assert_eq!(remains(&town), Vec::<String>::new());
    assert_eq!(town.row(coordinator, &story), None);
    assert_eq!(told(&mut town, coordinator), 1, "she is told");
}

#[test]
fn e1_an_erased_draft_and_its_teller_are_gone_everywhere() {
    let mut town = Town::new(31);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let (story, kept) = (town.story(author), town.story(author));
    tell(&mut town, author, &story);
    tell(&mut town, author, &kept);
    town.settle();
    assert_eq!(
        town.world.ask(author, erase(&story)),
        Err(CommandError::NotAllowed)
    );
    town.world.ask(author, delete(&story)).unwrap();
    assert_eq!(town.world.ask(author, erase(&story)), Ok(Reply::Done));
    town.settle();
    assert_eq!(n_erased(&town), 2, "the story and its teller");
    assert_eq!(remains(&town), Vec::<String>::new());
    for tab in [author, coordinator, town.admin] {
        assert_eq!(town.row(tab, &story), None);
        assert!(!town.world.tabs[tab].rows.contains_key(&story));
        let edit = Command::OpenStory { id: story.clone() };
        assert_eq!(town.world.ask(tab, edit), Err(CommandError::UnknownStory));
    }
    assert_eq!(town.open(coordinator, &kept).teller.name, "Rosalie");
    // Also after a restart, and for who comes later.
    town.world.open(coordinator);
    town.settle();
    assert_eq!(town.row(coordinator, &story), None);
}

#[test]
fn e1_what_was_never_sent_is_erased_at_once_and_never_sent() {
    let mut town = Town::new(32);
    let tab = town.world.device();
    let story = town.story(tab);
    tell(&mut town, tab, &story);
    let picture = vec![0xff, 0xd8, 0xff];
    let add = Command::AddPhoto {
        id: story.clone(),
        jpeg: picture.clone(),
        thumbnail: picture,
        width: 1600,
        height: 1200,
    };
    town.world.ask(tab, add).unwrap();
    town.pass(5_000);
    town.world.ask(tab, delete(&story)).unwrap();
    assert_eq!(town.world.ask(tab, erase(&story)), Ok(Reply::Done));
    town.pass(1_000);
    let disk = &town.world.disks[town.world.tabs[tab].disk];
    let doc = DocumentId::from_hex(&story).unwrap();
    assert_eq!(disk.rows_of(doc).count(), 0);
    assert_eq!((disk.n_rows(Table::Heads), disk.n_rows(Table::Bodies)), (0, 0));
    assert_eq!(town.row(tab, &story), None);
    assert_eq!(told(&mut town, tab), 0, "who erases it knows");
}

#[test]
fn an_erasure_waits_for_a_connection_and_outlives_a_restart() {
    let mut town = Town::new(33);
    let author = town.volunteer;
    let story = town.story(author);
    town.settle();
    town.world.ask(author, delete(&story)).unwrap();
    town.settle();
    town.cut_off(author, 600_000);
    // Until she has noticed.
    town.pass(300_000);
    assert_eq!(town.world.ask(author, erase(&story)), Ok(Reply::Queued));
    town.world.open(author);
    town.pass(5_000);
    let row = town.row(author, &story).unwrap();
    assert!(row.is_deleted);
    assert_eq!(row.intent, Some(Intent::Erase));
    assert_eq!(
        town.world.ask(author, restore(&story)),
        Err(CommandError::NotAllowed)
    );
    town.pass(600_000);
    town.settle();
    assert_eq!(town.row(author, &story), None);
    assert_eq!((n_erased(&town), remains(&town)), (1, Vec::new()));
}

/// How many erased stories a device tells of with something in them that it had not sent.
fn told(town: &mut Town, tab: usize) -> u32 {
    match town.world.ask(tab, Command::Overview) {
        Ok(Reply::Overview { link, .. }) => link.erased_unsent,
        other => panic!("{other:?}"),
    }
}

/// No word of it was written: all there is is what is being recorded.
#[test]
fn e2_a_recording_that_goes_with_an_erased_story_is_told_of() {
    let mut town = Town::new(37);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    let start = Command::StartRecording {
        id: story.clone(),
        media_type: "audio/webm".to_owned(),
        recording: None,
    };
    let Ok(Reply::Added(recording)) = town.world.ask(coordinator, start) else {
        panic!("nothing is recorded");
    };
    let append = Command::AppendSound {
        id: story.clone(),
        recording,
        bytes: vec![1; 9],
        duration_ms: 5_000,
    };
    town.world.ask(coordinator, append).unwrap();
    town.world.ask(author, delete(&story)).unwrap();
    town.world.ask(author, erase(&story)).unwrap();
    town.settle();
    assert_eq!((n_erased(&town), remains(&town)), (1, Vec::new()));
    assert_eq!((told(&mut town, author), told(&mut town, coordinator)), (0, 1));
}

#[test]
fn e2_an_erasure_wins_from_an_edit_and_the_editor_is_told_once() {
    let mut town = Town::new(34);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    tell(&mut town, author, &story);
    town.settle();
    town.cut_off(coordinator, 60_000);
    town.edit(coordinator, &story, Field::Tips, "Begin klein.");
    tell(&mut town, coordinator, &story);
    town.world.ask(author, delete(&story)).unwrap();
    town.world.ask(author, erase(&story)).unwrap();
    town.settle();
    assert_eq!((n_erased(&town), remains(&town)), (2, Vec::new()));
    assert_eq!(told(&mut town, author), 0);
    assert_eq!(told(&mut town, coordinator), 1);
    town.world.open(coordinator);
    town.settle();
    assert_eq!(told(&mut town, coordinator), 1);
    town.world.ask(coordinator, Command::LostRead).unwrap();
    town.world.open(coordinator);
    town.settle();
    assert_eq!(told(&mut town, coordinator), 0);
    let edit = Command::Edit {
        id: story,
        field: Field::Tips,
        value: "Nog eens.".to_owned(),
        seen: String::new(),
    };
    assert_eq!(town.world.ask(coordinator, edit), Err(CommandError::UnknownStory));
}

/// A coordinator who had not heard of it published the draft: it stays, and so does who told it.
#[test]
fn e5_what_was_published_meanwhile_keeps_its_teller() {
    let mut town = Town::new(36);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    tell(&mut town, author, &story);
    town.settle();
    town.cut_off(author, 600_000);
    town.pass(300_000);
    town.world.ask(author, delete(&story)).unwrap();
    assert_eq!(town.world.ask(author, erase(&story)), Ok(Reply::Queued));
    town.publish(coordinator, &story);
    town.pass(600_000);
    town.settle();
    assert_eq!(n_erased(&town), 0);
    assert_eq!(town.row(author, &story).unwrap().state, StoryState::Online);
    assert_eq!(town.open(coordinator, &story).teller.name, "Rosalie");
}

#[test]
fn s13_after_thirty_days_of_the_relay_the_author_erases_it_by_herself() {
    let mut town = Town::new(35);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    town.settle();
    town.world.ask(author, delete(&story)).unwrap();
    town.settle();
    assert_eq!(town.row(author, &story).unwrap().days_left, 30);
    // Her own clock counts for nothing, also when the app next looks at it.
    town.world.set_clock(author, 400 * DAY_MS);
    town.pass(150_000);
    town.settle();
    assert_eq!(n_erased(&town), 0);
    town.world.set_relay_clock(29 * DAY_MS);
    town.world.cut_tab(author);
    town.settle();
    assert_eq!(town.row(author, &story).unwrap().days_left, 1);
    assert_eq!(n_erased(&town), 0);
    town.world.set_relay_clock(30 * DAY_MS);
    town.world.cut_tab(author);
    town.pass(30_000);
    town.settle();
    assert_eq!((n_erased(&town), remains(&town)), (1, Vec::new()));
    assert_eq!(town.row(author, &story), None);
    assert_eq!(town.row(coordinator, &story), None);
}

/// Her app stays open and connected for days, in which the relay says nothing of its time.
#[test]
fn s13_thirty_days_begin_when_a_story_is_thrown_away() {
    let mut town = Town::new(35);
    let author = town.volunteer;
    let story = town.story(author);
    town.settle();
    town.world.set_relay_clock(10 * DAY_MS);
    town.world.ask(author, delete(&story)).unwrap();
    town.settle();
    assert_eq!(town.row(author, &story).unwrap().days_left, 30);
}

/// Her phone lies in a drawer, with a draft in its trash that a coordinator who had not heard of that approved: when its
/// thirty days are over, it is no draft any more.
#[test]
fn e5_what_was_approved_meanwhile_is_not_erased_after_thirty_days() {
    let mut town = Town::new(38);
    let (author, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(author);
    tell(&mut town, author, &story);
    town.settle();
    town.cut_off(coordinator, 60_000);
    town.world.ask(author, delete(&story)).unwrap();
    town.pass(10_000);
    town.world.close(author);
    let approve = Command::ApproveStory { id: story.clone() };
    town.world.ask(coordinator, approve).unwrap();
    town.pass(120_000);
    town.settle();
    town.world.set_relay_clock(31 * DAY_MS);
    town.world.open(author);
    town.pass(30_000);
    town.settle();
    assert_eq!(n_erased(&town), 0);
    let row = town.row(author, &story).unwrap();
    assert_eq!((row.state, row.is_deleted), (StoryState::Approved, false));
    assert_eq!(town.open(coordinator, &story).teller.name, "Rosalie");
}
