//! What is typed, and where it is said to be.

use crate::town::{Town, consent, joined};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::command::{Command, CommandError, Reply};
use shared::model::field::PROSE_CHARS_MAX;
use shared::storage::{Query, StoreFailure, Table};
use shared::sync::client::{CommandId, Input, Output};
use shared::testing::people;
use shared::view::{
    About, Field, Given, Link, Missing, Role, StoryState, TellerField, Trouble, Unfit, Use, Whereabouts,
};
use std::collections::BTreeSet;

fn a_teller(story: &str) -> Command {
    teller(story, TellerField::Name, "Mia")
}

fn teller(story: &str, field: TellerField, value: &str) -> Command {
    Command::EditTeller {
        id: story.to_owned(),
        field,
        value: value.to_owned(),
    }
}

#[test]
fn c2_a_story_is_safe_although_its_teller_is_kept_by_somebody_else() {
    let mut town = Town::new(5);
    let story = town.story(town.volunteer);
    town.settle();
    town.world.ask(town.coordinator, a_teller(&story)).unwrap();
    town.settle();
    let row = town.row(town.volunteer, &story).unwrap();
    assert_eq!(row.whereabouts, Whereabouts::Safe);
}

/// Kept as a draft it would never become an entry, and the story never safe.
#[test]
fn a_teller_whom_the_member_may_not_read_is_not_taken_as_a_draft() {
    let mut town = Town::new(5);
    let story = town.story(town.volunteer);
    town.settle();
    town.world.ask(town.coordinator, a_teller(&story)).unwrap();
    town.settle();
    let answer = town.world.ask(town.volunteer, a_teller(&story));
    assert_eq!(answer, Err(CommandError::NotAllowed));
    town.settle();
}

/// And it goes in by itself once there is room, after which nothing is said of it any more.
#[test]
fn c2_what_a_full_device_refused_is_not_called_stored() {
    let mut town = Town::new(9);
    let tab = town.volunteer;
    let story = town.story(tab);
    town.settle();
    town.world.fill_disk(town.world.tabs[tab].disk, true);
    let edit = Command::Edit {
        id: story.clone(),
        field: Field::Tips,
        value: "Begin klein.".to_owned(),
        seen: String::new(),
    };
    assert_eq!(town.world.ask(tab, edit), Err(CommandError::DeviceFull));
    for wait_ms in [0, 5_000, 60_000] {
        town.pass(wait_ms);
        let row = town.row(tab, &story).unwrap();
        assert_eq!(row.whereabouts, Whereabouts::Unstored);
        assert_eq!(trouble(&mut town, tab), Some(Trouble::DeviceFull));
    }
    town.world.fill_disk(town.world.tabs[tab].disk, false);
    town.settle();
    let row = town.row(tab, &story).unwrap();
    assert_eq!(row.whereabouts, Whereabouts::Safe);
    assert_eq!(trouble(&mut town, tab), None);
    assert_eq!(
        town.open(town.coordinator, &story).fields[&Field::Tips],
        "Begin klein."
    );
}

/// What was typed is on the disk, and there is no room to make it part of its story: the next key must not begin at an
/// older text.
#[test]
fn a_story_is_opened_with_what_was_typed_also_where_that_cannot_be_sealed() {
    let mut town = Town::new(16);
    let tab = town.volunteer;
    let story = town.story(tab);
    town.settle();
    town.edit(tab, &story, Field::Tips, "Begin klein.");
    town.world.ask(tab, a_teller(&story)).unwrap();
    town.world.fill_disk(town.world.tabs[tab].disk, true);
    for is_started_again in [false, true] {
        if is_started_again {
            town.world.open(tab);
        }
        town.pass(5_000);
        let view = town.open(tab, &story);
        assert_eq!(view.fields[&Field::Tips], "Begin klein.");
        assert_eq!(view.teller.name, "Mia");
        assert_eq!(view.row.whereabouts, Whereabouts::Device);
        assert_eq!(trouble(&mut town, tab), Some(Trouble::DeviceFull));
    }
    town.world.fill_disk(town.world.tabs[tab].disk, false);
    town.settle();
    let view = town.open(town.coordinator, &story);
    assert_eq!(view.fields[&Field::Tips], "Begin klein.");
    assert_eq!(view.teller.name, "Mia");
}

/// First words are on the disk, and the beginning of a recording, and nothing more got there.
#[test]
fn a_story_that_was_never_sealed_is_listed_and_opened() {
    let mut town = Town::new(17);
    let tab = town.world.device();
    let heard = start_with_a_recording(&mut town, tab);
    let story = town.story(tab);
    let disk = town.world.tabs[tab].disk;
    town.world.fill_disk(disk, true);
    town.world.open(tab);
    town.pass(5_000);
    let row = town.row(tab, &story).unwrap();
    assert_eq!(row.title, "Verhaal");
    assert_eq!(row.whereabouts, Whereabouts::Device);
    assert_eq!(town.open(tab, &story).fields[&Field::Title], "Verhaal");
    assert!(town.row(tab, &heard).is_some());
    assert_eq!(town.open(tab, &heard).recordings.len(), 1);
    town.edit(tab, &story, Field::Tips, "Begin klein.");
    // There is no room for it.
    let view = town.open(tab, &story);
    assert_eq!(view.row.whereabouts, Whereabouts::Unstored);
    town.world.fill_disk(disk, false);
    town.pass(60_000);
    town.world.open(tab);
    let view = town.open(tab, &story);
    assert_eq!(view.fields[&Field::Title], "Verhaal");
    assert_eq!(view.fields[&Field::Tips], "Begin klein.");
    assert_eq!(town.open(tab, &heard).recordings.len(), 1);
}

fn start_with_a_recording(town: &mut Town, tab: usize) -> String {
    let Ok(Reply::Story(view)) = town.world.ask(tab, Command::NewStory) else {
        panic!("no story");
    };
    let id = view.row.id;
    let start = Command::StartRecording {
        id: id.clone(),
        media_type: "audio/webm".to_owned(),
        recording: None,
    };
    let Ok(Reply::Added(recording)) = town.world.ask(tab, start) else {
        panic!("nothing is recorded");
    };
    let append = Command::AppendSound {
        id: id.clone(),
        recording,
        bytes: vec![1; 9],
        duration_ms: 5_000,
    };
    town.world.ask(tab, append).unwrap();
    id
}

/// Its history only grows. What is typed beyond that stays where it was typed, is shown there, and is said to.
#[test]
fn what_a_story_has_no_room_for_stays_on_the_device_and_is_said_to() {
    let mut town = Town::new(18);
    let tab = town.world.device();
    let story = town.story(tab);
    let texts = ["a", "b"].map(|letter| letter.repeat(PROSE_CHARS_MAX));
    let full_after = texts.iter().cycle().take(20).find(|text| {
        town.edit(tab, &story, Field::Happened, text);
        town.pass(5_000);
        trouble(&mut town, tab) == Some(Trouble::TooLarge)
    });
    let last = full_after.unwrap();
    town.edit(tab, &story, Field::Title, "Te veel");
    for is_started_again in [false, true] {
        if is_started_again {
            town.world.open(tab);
        }
        town.pass(5_000);
        let view = town.open(tab, &story);
        assert_eq!(view.fields[&Field::Happened], *last);
        assert_eq!(view.fields[&Field::Title], "Te veel");
        assert_eq!(view.row.whereabouts, Whereabouts::Device);
        assert_eq!(trouble(&mut town, tab), Some(Trouble::TooLarge));
    }
}

/// Somebody types the name who has not seen yet that the telephone number was corrected.
#[test]
fn a_field_of_the_teller_leaves_the_other_as_it_is() {
    let mut town = Town::new(19);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    for (tab, field, value) in [
        (volunteer, TellerField::Reach, "0470 00 00 00"),
        (coordinator, TellerField::Reach, "0470 12 34 56"),
        (volunteer, TellerField::Name, "Mia Peeters"),
    ] {
        town.world.ask(tab, teller(&story, field, value)).unwrap();
        town.settle();
    }
    for tab in [volunteer, coordinator] {
        let teller = town.open(tab, &story).teller;
        assert_eq!(teller.name, "Mia Peeters");
        assert_eq!(teller.reach, "0470 12 34 56");
    }
}

/// Whoever writes on it every day, and has not joined yet, would otherwise never learn that it is nowhere else.
#[test]
fn c2_a_story_is_unsent_since_its_first_words() {
    let mut town = Town::new(4);
    let tab = town.world.device();
    let story = town.story(tab);
    town.pass(5_000);
    let since = link(&mut town, tab).unsent_since;
    assert!(since.is_some());
    town.pass(3 * 86_400_000);
    town.edit(tab, &story, Field::Tips, "Begin klein.");
    town.pass(5_000);
    assert_eq!(link(&mut town, tab).unsent_since, since);
}

#[test]
fn what_is_online_is_outdated_once_something_else_could_be_published() {
    let mut town = Town::new(9);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.settle();
    let outdated = |town: &mut Town| {
        town.settle();
        town.open(coordinator, &story).outdated
    };
    assert_eq!(outdated(&mut town), None, "nothing is online");
    town.publish(coordinator, &story);
    assert_eq!(outdated(&mut town), Some(false));
    let id = || story.clone();
    town.edit(volunteer, &story, Field::Tips, "Begin klein.");
    assert_eq!(outdated(&mut town), None, "nobody approved it");
    let agrees = Command::TellerAgrees {
        id: id(),
        given: Given::ReadAloud,
        wording: town.open(volunteer, &story).wording,
    };
    town.world.ask(volunteer, agrees).unwrap();
    town.world
        .ask(coordinator, Command::ApproveStory { id: id() })
        .unwrap();
    assert_eq!(outdated(&mut town), Some(true));
    town.publish(coordinator, &story);
    assert_eq!(outdated(&mut town), Some(false));
    let withdraw = Command::Withdraw {
        id: id(),
        reason: String::new(),
    };
    town.world.ask(coordinator, withdraw).unwrap();
    assert_eq!(outdated(&mut town), None, "nothing is online any more");
}

/// Somebody else writes while she is read what stands on this screen. What was typed on it before is part of that, also
/// while it is in no entry yet.
#[test]
fn p2_a_teller_agrees_to_no_text_that_she_was_not_read() {
    let mut town = Town::new(22);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.settle();
    let allow = |used, wording: &str| Command::AddConsent {
        id: story.clone(),
        consent: consent("", used),
        wording: wording.to_owned(),
    };
    let agree = |wording: &str| Command::TellerAgrees {
        id: story.clone(),
        given: Given::ReadAloud,
        wording: wording.to_owned(),
    };
    town.edit(volunteer, &story, Field::Title, "De\tsoepkar");
    town.edit(volunteer, &story, Field::NameOnline, "full");
    town.world.ask(volunteer, a_teller(&story)).unwrap();
    let disk = town.world.tabs[volunteer].disk;
    town.world.fill_disk(disk, true);
    town.pass(5_000);
    let read = town.open(volunteer, &story).wording;
    town.world.fill_disk(disk, false);
    town.pass(60_000);
    town.world.ask(volunteer, allow(Use::Website, &read)).unwrap();
    town.settle();

    for (field, value) in [(None, "Mia Peeters"), (Some(Field::Tips), "Begin klein.")] {
        let read = town.open(volunteer, &story).wording;
        match field {
            Some(field) => town.edit(coordinator, &story, field, value),
            None => {
                let name = teller(&story, TellerField::Name, value);
                town.world.ask(coordinator, name).unwrap();
            }
        }
        town.settle();
        for command in [allow(Use::Website, &read), agree(&read)] {
            let answer = town.world.ask(volunteer, command);
            assert_eq!(answer, Err(CommandError::TextChanged), "{field:?}");
        }
    }
    let view = town.open(volunteer, &story);
    assert_eq!((view.consents.len(), view.agreed), (1, None));
    // That rests on no text.
    town.world.ask(volunteer, allow(Use::Network, &read)).unwrap();
    town.world.ask(volunteer, agree(&view.wording)).unwrap();
    assert!(town.open(volunteer, &story).agreed.is_some());
}

/// A volunteer wrote "Voor wie" before the name.
#[test]
fn a_consent_in_her_name_counts_as_soon_as_that_is_known() {
    // By their ids the story or her contact comes first.
    for seed in 23..31 {
        counts_as_soon_as_her_name_is_known(seed);
    }
}

fn counts_as_soon_as_her_name_is_known(seed: u64) {
    let mut town = Town::new(seed);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.edit(volunteer, &story, Field::Municipality, "44021");
    town.edit(volunteer, &story, Field::Happened, "Het begon.");
    let add = Command::AddConsent {
        id: story.clone(),
        consent: consent("Mia", Use::Website),
        wording: town.open(volunteer, &story).wording,
    };
    town.world.ask(volunteer, add).unwrap();
    town.settle();
    let lacks = town.row(coordinator, &story).unwrap().missing;
    assert_eq!(lacks, [Missing::WebsiteConsent, Missing::Approval]);
    town.world.ask(volunteer, a_teller(&story)).unwrap();
    town.settle();
    let id = || story.clone();
    town.world
        .ask(coordinator, Command::ApproveStory { id: id() })
        .unwrap();
    town.settle();
    let late = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.settle();
    for tab in [volunteer, coordinator, late] {
        assert_eq!(town.row(tab, &story).unwrap().missing, [], "the list of {tab}");
        assert_eq!(town.open(tab, &story).row.missing, [], "tab {tab}");
    }
    let preview = town.world.ask(coordinator, Command::Preview { id: id() });
    assert!(matches!(preview, Ok(Reply::Preview(_))), "{preview:?}");
}

/// Both were given by her, as long as she was called so.
#[test]
fn a_consent_that_was_taken_back_stays_so_when_her_name_is_corrected() {
    let mut town = Town::new(24);
    let tab = town.volunteer;
    let story = town.story(tab);
    for whom in ["Mia", ""] {
        let add = Command::AddConsent {
            id: story.clone(),
            consent: consent(whom, Use::Website),
            wording: town.open(tab, &story).wording,
        };
        town.world.ask(tab, add).unwrap();
    }
    town.world.ask(tab, a_teller(&story)).unwrap();
    town.settle();
    let consents = town.open(tab, &story).consents;
    let by_name = consents.iter().find(|row| row.consent.whom == "Mia").unwrap();
    let withdraw = Command::WithdrawConsent {
        id: story.clone(),
        consent: by_name.id.clone(),
        uses: vec![Use::Website],
    };
    town.world.ask(tab, withdraw).unwrap();
    for name in ["Mia", "Mia Peeters"] {
        let name = teller(&story, TellerField::Name, name);
        town.world.ask(tab, name).unwrap();
        town.settle();
        for tab in [tab, town.coordinator] {
            let view = town.open(tab, &story);
            let are_withdrawn = view.consents.iter().all(|row| row.withdrawn == [Use::Website]);
            assert!(
                are_withdrawn && view.row.lacks(Missing::WebsiteWithdrawn),
                "{view:?}"
            );
        }
    }
}

/// Why it went, for whoever wrote it down.
#[test]
fn the_reason_of_a_withdrawal_reaches_the_author() {
    let mut town = Town::new(8);
    let story = town.story(town.volunteer);
    town.settle();
    town.publish(town.coordinator, &story);
    town.settle();
    let withdraw = Command::Withdraw {
        id: story.clone(),
        reason: "De verteller vroeg het.".to_owned(),
    };
    town.world.ask(town.coordinator, withdraw).unwrap();
    town.settle();
    let decision = town.open(town.volunteer, &story).decision.unwrap();
    assert_eq!(decision.state, StoryState::Withdrawn);
    assert_eq!(decision.reason, "De verteller vroeg het.");
    assert!(decision.by.is_some());
    town.publish(town.coordinator, &story);
    town.settle();
    assert_eq!(town.open(town.volunteer, &story).decision, None);
}

#[test]
fn a_question_reaches_the_author_and_is_answered_by_handing_in_again() {
    let mut town = Town::new(3);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    let id = || story.clone();
    town.world.ask(volunteer, Command::Submit { id: id() }).unwrap();
    town.settle();
    let ask = |about| Command::AskBack {
        id: id(),
        question: "Wie kookte er?".to_owned(),
        about,
    };
    let answer = town.world.ask(volunteer, ask(None));
    assert_eq!(
        answer,
        Err(CommandError::NotAllowed),
        "a volunteer decides nothing"
    );
    town.world
        .ask(coordinator, ask(Some(About::Field(Field::Who))))
        .unwrap();
    town.settle();
    let view = town.open(volunteer, &story);
    assert_eq!(view.row.state, StoryState::AskedBack);
    let [question] = &view.questions[..] else {
        panic!("{:?}", view.questions);
    };
    assert_eq!(question.about, Some(About::Field(Field::Who)));
    assert_eq!(question.text, "Wie kookte er?");
    town.edit(volunteer, &story, Field::Who, "Mia en Jo.");
    town.world.ask(volunteer, Command::Submit { id: id() }).unwrap();
    town.settle();
    let view = town.open(coordinator, &story);
    assert_eq!(view.row.state, StoryState::Submitted);
    assert_eq!(view.questions, []);
}

/// Its page came down by itself, which its state goes on to say: its line says that somebody asks.
#[test]
fn a_question_about_a_story_whose_page_came_down_calls_who_wrote_it() {
    let mut town = Town::new(4);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.settle();
    town.publish(coordinator, &story);
    town.settle();
    let take_back = Command::WithdrawConsent {
        id: story.clone(),
        consent: town.open(volunteer, &story).consents[0].id.clone(),
        uses: vec![Use::Website],
    };
    town.world.ask(volunteer, take_back).unwrap();
    town.settle();
    let stands = |town: &mut Town| {
        let row = town.row(volunteer, &story).unwrap();
        (row.state, row.is_asked)
    };
    assert_eq!(stands(&mut town), (StoryState::Withdrawn, false));
    let ask = Command::AskBack {
        id: story.clone(),
        question: "Mag het zonder foto?".to_owned(),
        about: Some(About::Consent),
    };
    town.world.ask(coordinator, ask).unwrap();
    town.settle();
    assert_eq!(stands(&mut town), (StoryState::Withdrawn, true));
    let id = story.clone();
    town.world.ask(volunteer, Command::Submit { id }).unwrap();
    town.settle();
    assert_eq!(stands(&mut town), (StoryState::Withdrawn, false));
}

/// A volunteer without connection hands in what she wrote on while a coordinator asks, who is told that it was asked.
#[test]
fn a_question_outlasts_what_was_handed_in_without_knowing_of_it() {
    let mut town = Town::new(5);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.settle();
    town.cut_off(volunteer, 60_000);
    let ask = Command::AskBack {
        id: story.clone(),
        question: "Wie kookte er?".to_owned(),
        about: None,
    };
    town.world.ask(coordinator, ask).unwrap();
    town.edit(volunteer, &story, Field::Happened, "Het begon met soep.");
    let id = story.clone();
    town.world.ask(volunteer, Command::Submit { id }).unwrap();
    town.settle();
    for tab in [volunteer, coordinator] {
        let view = town.open(tab, &story);
        assert_eq!(view.row.state, StoryState::AskedBack);
        assert_eq!(view.questions.len(), 1);
    }
}

#[test]
fn what_is_not_to_be_published_says_why_and_what_is_online_is_taken_back_first() {
    let mut town = Town::new(2);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.settle();
    let refuse = Command::NotPublish {
        id: story.clone(),
        unfit: Some(Unfit::Double),
        reason: String::new(),
    };
    town.world.ask(coordinator, refuse.clone()).unwrap();
    town.settle();
    let decision = town.open(volunteer, &story).decision.unwrap();
    assert_eq!(decision.state, StoryState::NotPublished);
    assert_eq!(decision.unfit, Some(Unfit::Double));
    // Or in words alone.
    let in_words = Command::NotPublish {
        id: story.clone(),
        unfit: None,
        reason: "De verteller wil het niet.".into(),
    };
    town.world.ask(coordinator, in_words).unwrap();
    town.settle();
    let decision = town.open(volunteer, &story).decision.unwrap();
    assert_eq!(decision.state, StoryState::NotPublished);
    assert_eq!(decision.unfit, None);
    assert_eq!(decision.reason, "De verteller wil het niet.");
    town.publish(coordinator, &story);
    town.settle();
    let answer = town.world.ask(coordinator, refuse);
    assert_eq!(answer, Err(CommandError::Refused));
}

fn trouble(town: &mut Town, tab: usize) -> Option<Trouble> {
    link(town, tab).trouble
}

fn link(town: &mut Town, tab: usize) -> Link {
    let Ok(Reply::Overview { link, .. }) = town.world.ask(tab, Command::Overview) else {
        panic!("no overview");
    };
    link
}

#[test]
fn a_value_that_no_field_takes_is_not_taken_as_a_draft() {
    let mut town = Town::new(6);
    let story = town.story(town.volunteer);
    for field in [Field::Language, Field::Municipality, Field::Kind] {
        let edit = Command::Edit {
            id: story.clone(),
            field,
            value: "wat dan ook".to_owned(),
            seen: String::new(),
        };
        let answer = town.world.ask(town.volunteer, edit);
        assert_eq!(answer, Err(CommandError::Refused), "{field:?}");
    }
    town.settle();
}

/// S16: what was typed before a role was lost is kept, and sent when it is back.
#[test]
fn s16_a_story_with_something_typed_is_not_forgotten_with_the_role() {
    for after_ms in (0..1_500).step_by(100) {
        let mut town = Town::new(after_ms);
        let story = town.story(town.volunteer);
        town.settle();
        town.set_role(town.coordinator, Role::Volunteer);
        town.pass(after_ms / 5);
        town.edit(town.coordinator, &story, Field::Who, "Jan");
        town.pass(after_ms);
        let kept = town.row(town.coordinator, &story);
        town.set_role(town.coordinator, Role::Coordinator);
        town.settle();
        let who = town.open(town.admin, &story).fields.remove(&Field::Who).unwrap();
        assert_eq!(who == "Jan", kept.is_some(), "after {after_ms} ms: {who}");
        for tab in [town.admin, town.coordinator, town.volunteer] {
            let row = town.row(tab, &story).unwrap();
            assert_eq!(
                row.whereabouts,
                Whereabouts::Safe,
                "after {after_ms} ms, tab {tab}"
            );
        }
    }
}

/// A second tab typed a teller while the first learnt of one that this member does not read.
#[test]
fn a_draft_that_cannot_be_sealed_keeps_no_other_waiting() {
    for seed in 0..8 {
        let mut town = Town::new(seed);
        let story = town.story(town.volunteer);
        town.settle();
        let second = town.world.second_tab(town.volunteer).unwrap();
        town.world.ask(town.coordinator, a_teller(&story)).unwrap();
        town.pass(1_000);
        town.world.ask(second, a_teller(&story)).unwrap();
        town.pass(5_000);
        let other = town.story(second);
        town.pass(60_000);
        let disk = town.world.tabs[second].disk;
        let drafts = Query::All { table: Table::Drafts };
        let drafts = town.world.disks[disk].answer(&[drafts]).remove(0);
        let is_left = drafts.iter().any(|row| hex(&row.key).starts_with(&other));
        assert!(!is_left, "seed {seed}: {} drafts", drafts.len());
    }
}

/// Before there is a network, nothing but the device has it.
#[test]
fn what_is_typed_before_joining_outlives_a_disk_that_was_full() {
    let mut town = Town::new(12);
    let tab = town.world.device();
    let story = town.story(tab);
    let disk = town.world.tabs[tab].disk;
    town.world.fill_disk(disk, true);
    town.pass(5_000);
    town.world.fill_disk(disk, false);
    town.pass(60_000);
    town.world.open(tab);
    let title = town.open(tab, &story).fields.remove(&Field::Title);
    assert_eq!(title.as_deref(), Some("Verhaal"));
}

/// The key that all of it is sealed with is not lost with the first transaction.
#[test]
fn a_device_whose_first_write_failed_can_be_opened_again() {
    let mut town = Town::new(15);
    let tab = town.world.device();
    let disk = town.world.tabs[tab].disk;
    town.world.fill_disk(disk, true);
    town.pass(5_000);
    town.world.fill_disk(disk, false);
    let story = town.story(tab);
    town.pass(60_000);
    town.world.open(tab);
    let title = town.open(tab, &story).fields.remove(&Field::Title);
    assert_eq!(title.as_deref(), Some("Verhaal"));
}

/// What failed and is asked for again is done once.
#[test]
fn a_consent_that_a_full_disk_refused_is_not_recorded_twice() {
    let mut town = Town::new(14);
    let alone = town.world.device();
    town.pass(1_000);
    for tab in [alone, town.volunteer] {
        let Ok(Reply::Story(view)) = town.world.ask(tab, Command::NewStory) else {
            panic!("no story");
        };
        let add = Command::AddConsent {
            id: view.row.id.clone(),
            consent: consent("Mia", Use::Network),
            wording: String::new(),
        };
        let disk = town.world.tabs[tab].disk;
        town.world.fill_disk(disk, true);
        for _ in 0..2 {
            let answer = town.world.ask(tab, add.clone());
            assert_eq!(answer, Err(CommandError::DeviceFull));
        }
        town.world.fill_disk(disk, false);
        town.world.ask(tab, add).unwrap();
        town.edit(tab, &view.row.id, Field::Title, "Verhaal");
        town.pass(60_000);
        town.world.open(tab);
        let view = town.open(tab, &view.row.id);
        assert_eq!(view.consents.len(), 1);
        assert_eq!(
            view.fields.get(&Field::Title).map(String::as_str),
            Some("Verhaal")
        );
    }
    town.settle();
}

/// Another tab takes the device between a command and its transaction: nothing that this one says afterwards is heard, and
/// so never that the device fails.
#[test]
fn s14_who_lost_the_device_hears_that_before_any_answer() {
    let mut town = Town::new(15);
    let tab = town.volunteer;
    let id = town.story(tab);
    town.settle();
    let now = town.world.tabs[tab].clock(town.world.now);
    let disk = town.world.disks[town.world.tabs[tab].disk].clone();
    let mut client = town.world.tabs[tab].client.take().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let add = Command::AddConsent {
        id: id.clone(),
        consent: consent("Mia", Use::Network),
        wording: String::new(),
    };
    let (field, value) = (Field::Tips, "Begin klein.".to_owned());
    for command in [
        add,
        Command::Edit {
            id,
            field,
            value,
            seen: String::new(),
        },
    ] {
        let mut inputs = vec![Input::Command(CommandId(1_000), command)];
        let mut told = Vec::new();
        while told.is_empty() {
            let input = inputs.pop().unwrap();
            client.handle_input(input, now, &mut rng).unwrap();
            while let Some(output) = client.poll_output() {
                match output {
                    Output::Store(id, _) => inputs.push(Input::StoreFailed(id, StoreFailure::Outdated)),
                    Output::Load(id, queries) => inputs.push(Input::Loaded(id, disk.answer(&queries))),
                    Output::Reply(..) | Output::Outdated => told.push(output),
                    Output::Connect(_) | Output::Send(..) | Output::Disconnect(_) | Output::Event(_) => {}
                }
            }
        }
        assert!(
            matches!(told[..], [Output::Outdated, Output::Reply(..)]),
            "{told:?}"
        );
    }
}

#[test]
fn who_is_alone_is_told_since_when_nothing_was_sent() {
    let mut town = Town::new(13);
    let tab = town.world.device();
    let before = town.world.tabs[tab].clock(town.world.now).0;
    let story = town.story(tab);
    town.pass(60_000);
    let changed_at = town.row(tab, &story).unwrap().changed_at;
    town.story(tab);
    town.pass(60_000);
    let Ok(Reply::Overview { link, .. }) = town.world.ask(tab, Command::Overview) else {
        panic!("no overview");
    };
    assert_eq!(link.unsent_since, Some(changed_at));
    assert!(changed_at >= before);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// M7: somebody rests with the cursor in a field, does not see what another device writes there meanwhile, and types on.
#[test]
fn m7_what_the_screen_did_not_show_is_not_typed_over() {
    let mut town = Town::new(87);
    let (volunteer, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(volunteer);
    town.edit(volunteer, &story, Field::Happened, "Het begon.");
    town.settle();
    let seen = town.open(volunteer, &story).seen;
    town.open(coordinator, &story);
    town.edit(coordinator, &story, Field::Happened, "Het begon met soep.");
    town.settle();
    let now = town.open(volunteer, &story);
    assert_eq!(now.fields[&Field::Happened], "Het begon met soep.");
    assert_ne!(now.seen, seen);

    let mut types = |value: &str, seen: &str| {
        let edit = Command::Edit {
            id: story.clone(),
            field: Field::Happened,
            value: value.to_owned(),
            seen: seen.to_owned(),
        };
        town.world.ask(volunteer, edit).unwrap();
    };
    types("Het begon. En", &seen);
    types("Het begon. En nu?", &seen);
    town.settle();
    for tab in [volunteer, coordinator] {
        let view = town.open(tab, &story);
        let versions = view.conflicts.iter().flat_map(|conflict| &conflict.versions);
        let values: BTreeSet<_> = versions.map(|version| version.value.as_str()).collect();
        assert_eq!(
            values,
            BTreeSet::from(["Het begon met soep.", "Het begon. En nu?"])
        );
    }
    assert_eq!(
        town.open(volunteer, &story).fields[&Field::Happened],
        "Het begon. En nu?"
    );
}
