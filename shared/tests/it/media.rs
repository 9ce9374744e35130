//! Photos and recordings: kept, sent, fetched, and where each is said to be (S12, C2).

use crate::town::{REST_MS, Town, joined};
use shared::command::{Command, CommandError, Reply, SOUND_BYTES_MAX, SOUNDS_MAX};
use shared::id::DocumentId;
use shared::model::field::PROSE_CHARS_MAX;
use shared::sync::bug::{Bug, Bugs};
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{
    Field, Link, Mark, MediaEdit, MediaField, PhotoView, RecordingView, Role, SoundNeed, StoryView, Trouble,
    Whereabouts, Which,
};

/// A picture of so many bytes, as far as anybody looks.
fn jpeg(len: usize) -> Vec<u8> {
    let noise = (0..len).map(|at| u8::try_from(at * 7 % 251).unwrap());
    [0xff, 0xd8, 0xff].into_iter().chain(noise).take(len).collect()
}

fn add_photo(story: &str, len: usize) -> Command {
    Command::AddPhoto {
        id: story.to_owned(),
        jpeg: jpeg(len),
        thumbnail: jpeg(5_000),
        width: 1600,
        height: 1200,
    }
}

fn added(town: &mut Town, tab: usize, command: Command) -> String {
    match town.world.ask(tab, command) {
        Ok(Reply::Added(id)) => id,
        other => panic!("{other:?}"),
    }
}

fn start(town: &mut Town, tab: usize, story: &str, recording: Option<&str>) -> String {
    let start = Command::StartRecording {
        id: story.to_owned(),
        media_type: "audio/webm".to_owned(),
        recording: recording.map(str::to_owned),
    };
    added(town, tab, start)
}

fn append(town: &mut Town, tab: usize, story: &str, recording: &str, bytes: &[u8]) {
    let append = Command::AppendSound {
        id: story.to_owned(),
        recording: recording.to_owned(),
        bytes: bytes.to_vec(),
        duration_ms: 5_000,
    };
    town.world.ask(tab, append).unwrap();
}

fn finish(
    town: &mut Town,
    tab: usize,
    story: &str,
    recording: &str,
    duration_ms: u32,
) -> Result<Reply, CommandError> {
    let finish = Command::FinishRecording {
        id: story.to_owned(),
        recording: recording.to_owned(),
        duration_ms,
    };
    town.world.ask(tab, finish)
}

fn load(
    world: &mut World,
    tab: usize,
    story: &str,
    media: &str,
    which: Which,
) -> Result<Reply, CommandError> {
    let load = Command::LoadMedia {
        id: story.to_owned(),
        media: media.to_owned(),
        which,
    };
    world.ask(tab, load)
}

/// The bytes of something that is there, or will be within minutes.
fn bytes(town: &mut Town, tab: usize, story: &str, media: &str, which: Which) -> Vec<u8> {
    for _ in 0..10 {
        match load(&mut town.world, tab, story, media, which) {
            Ok(Reply::Media { bytes, .. }) => return bytes,
            Ok(Reply::MediaComing) => town.pass(60_000),
            other => panic!("{other:?}"),
        }
    }
    panic!("{media} does not come");
}

fn photo(town: &mut Town, tab: usize, story: &str) -> PhotoView {
    let view: StoryView = town.open(tab, story);
    view.photos.into_iter().next().unwrap()
}

fn recording(town: &mut Town, tab: usize, story: &str) -> RecordingView {
    let view: StoryView = town.open(tab, story);
    view.recordings.into_iter().next().unwrap()
}

fn link(town: &mut Town, tab: usize) -> Link {
    match town.world.ask(tab, Command::Overview) {
        Ok(Reply::Overview { link, .. }) => link,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s12_a_photo_is_safe_once_all_of_it_is_at_the_relay_and_a_coordinator_sees_it() {
    let mut town = Town::new(21);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let id = added(&mut town, tab, add_photo(&story, 200_000));
    let mine = photo(&mut town, tab, &story);
    assert_eq!((mine.has_full, mine.has_thumbnail), (true, true));
    assert_ne!(mine.whereabouts, Some(Whereabouts::Safe));
    town.settle();
    assert_eq!(photo(&mut town, tab, &story).whereabouts, Some(Whereabouts::Safe));
    assert_eq!(town.row(other, &story).unwrap().n_photos, 1);
    // The small picture comes by itself, the rest when somebody asks for it.
    town.pass(3 * 60_000);
    let theirs = photo(&mut town, other, &story);
    assert_eq!((theirs.has_full, theirs.has_thumbnail), (false, true));
    let coming = load(&mut town.world, other, &story, &id, Which::Full);
    assert_eq!(coming, Ok(Reply::MediaComing));
    assert_eq!(bytes(&mut town, other, &story, &id, Which::Full), jpeg(200_000));
    let theirs = photo(&mut town, other, &story);
    assert_eq!(
        (theirs.has_full, theirs.whereabouts),
        (true, Some(Whereabouts::Safe))
    );
    assert_eq!(bytes(&mut town, tab, &story, &id, Which::Thumbnail), jpeg(5_000));
}

#[test]
fn c2_a_photo_of_a_device_without_a_connection_is_on_this_device_and_counts_as_unsent() {
    let mut town = Town::new(22);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    town.settle();
    town.cut_off(tab, 60_000);
    added(&mut town, tab, add_photo(&story, 70_000));
    town.pass(10_000);
    assert_eq!(
        photo(&mut town, tab, &story).whereabouts,
        Some(Whereabouts::Device)
    );
    let told = link(&mut town, tab);
    assert_eq!((told.unsent_media, told.unsent_documents), (1, 1));
    town.pass(REST_MS);
    town.settle();
    let told = link(&mut town, tab);
    assert_eq!((told.unsent_media, told.unsent_documents), (0, 0));
    // Of somebody else's photo the relay is asked, once it is on the screen.
    assert_eq!(photo(&mut town, other, &story).whereabouts, None);
    town.pass(2_000);
    assert_eq!(
        photo(&mut town, other, &story).whereabouts,
        Some(Whereabouts::Safe)
    );
}

/// Its story's text goes over a line on which no part of it does: whoever writes on every day is still told since when.
#[test]
fn c2_a_photo_is_unsent_since_it_was_added() {
    let mut town = Town::new(38);
    let tab = town.volunteer;
    let story = town.story(tab);
    town.settle();
    assert_eq!(link(&mut town, tab).unsent_since, None);
    town.world.faults.up_bytes_max = Some(40 * 1024);
    let before = town.world.tabs[tab].clock(town.world.now).0;
    added(&mut town, tab, add_photo(&story, 200_000));
    let after = town.world.tabs[tab].clock(town.world.now).0;
    for days in [0, 3, 6] {
        town.world.set_clock(tab, days * 24 * 3_600_000);
        town.edit(tab, &story, Field::Tips, &format!("Begin klein, op dag {days}."));
        town.pass(30_000);
        assert_eq!(town.open(tab, &story).row.whereabouts, Whereabouts::Safe);
        let told = link(&mut town, tab);
        assert_eq!(told.unsent_media, 1);
        let since = told.unsent_since.unwrap();
        assert!((before..=after).contains(&since), "{since} on day {days}");
    }
    town.world.faults.up_bytes_max = None;
    town.settle();
    assert_eq!(link(&mut town, tab).unsent_since, None);
}

#[test]
fn s12_text_arrives_before_the_photos_of_its_story_and_a_photo_that_is_not_there_is_not_called_safe() {
    let mut town = Town::new(23);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let id = added(&mut town, tab, add_photo(&story, 3_000_000));
    let view = loop {
        town.pass(200);
        if town.row(other, &story).is_some_and(|row| row.n_photos == 1) {
            break photo(&mut town, other, &story);
        }
    };
    assert_eq!(view.whereabouts, None);
    assert!(!view.has_full);
    let coming = load(&mut town.world, other, &story, &id, Which::Full);
    assert_eq!(coming, Ok(Reply::MediaComing));
    town.settle();
    assert_eq!(bytes(&mut town, other, &story, &id, Which::Full), jpeg(3_000_000));
}

#[test]
fn a_photo_that_was_taken_before_joining_comes_along() {
    let mut town = Town::new(24);
    let tab = town.world.device();
    let story = town.story(tab);
    let id = added(&mut town, tab, add_photo(&story, 100_000));
    town.pass(5_000);
    town.world.open(tab);
    assert_eq!(
        photo(&mut town, tab, &story).whereabouts,
        Some(Whereabouts::Device)
    );
    let invitation = people::invite(&mut town.world, town.admin, Role::Volunteer).unwrap();
    people::join(&mut town.world, tab, &invitation).unwrap();
    town.settle();
    let coordinator = town.coordinator;
    assert_eq!(photo(&mut town, tab, &story).whereabouts, Some(Whereabouts::Safe));
    assert_eq!(
        bytes(&mut town, coordinator, &story, &id, Which::Full),
        jpeg(100_000)
    );
}

/// A line that breaks after every 256 KiB.
#[test]
fn s12_a_cut_upload_goes_on_and_costs_at_most_half_of_its_bytes_again() {
    let mut town = Town::new(25);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    town.settle();
    let before = town.world.bytes_up(tab);
    town.world.faults.up_bytes_max = Some(256 * 1024);
    let len = 3_000_000;
    let id = added(&mut town, tab, add_photo(&story, len));
    for _ in 0..60 {
        town.pass(60_000);
        if photo(&mut town, tab, &story).whereabouts == Some(Whereabouts::Safe) {
            break;
        }
    }
    let sent = town.world.bytes_up(tab) - before;
    town.world.faults.up_bytes_max = None;
    town.settle();
    assert_eq!(photo(&mut town, tab, &story).whereabouts, Some(Whereabouts::Safe));
    assert_eq!(bytes(&mut town, other, &story, &id, Which::Full), jpeg(len));
    assert!(sent * 2 <= 3 * len as u64, "{sent} bytes for {len}");
    assert!(sent > len as u64, "{sent} bytes for {len}");
}

#[test]
fn a_recording_that_nobody_stopped_is_closed_as_it_is_and_goes_on_as_the_next_part() {
    let mut town = Town::new(26);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let id = start(&mut town, tab, &story, None);
    let open = recording(&mut town, tab, &story);
    assert_eq!((open.is_open, open.parts.len()), (true, 0));
    let heard: Vec<u8> = jpeg(100_000);
    for piece in heard.chunks(30_000) {
        append(&mut town, tab, &story, &id, piece);
    }
    // The core is killed, with another piece on its way.
    town.world.command(
        tab,
        Command::AppendSound {
            id: story.clone(),
            recording: id.clone(),
            bytes: vec![1; 50],
            duration_ms: 9_000,
        },
    );
    town.world.open(tab);
    town.pass(2_000);
    let closed = recording(&mut town, tab, &story);
    assert_eq!((closed.is_open, closed.id.as_str()), (false, id.as_str()));
    assert_eq!(closed.parts[0].duration_ms, 5_000);
    assert_eq!(bytes(&mut town, tab, &story, &id, Which::Sound(1)), heard);

    assert_eq!(start(&mut town, tab, &story, Some(&id)), id);
    append(&mut town, tab, &story, &id, b"deel twee");
    finish(&mut town, tab, &story, &id, 700).unwrap();
    assert_eq!(
        finish(&mut town, tab, &story, &id, 700),
        Err(CommandError::NotRecording)
    );
    town.settle();
    let mine = recording(&mut town, tab, &story);
    assert_eq!(mine.whereabouts, Some(Whereabouts::Safe));
    let parts: Vec<_> = mine
        .parts
        .iter()
        .map(|part| (part.part, part.duration_ms))
        .collect();
    assert_eq!(parts, [(1, 5_000), (2, 700)]);
    assert_eq!(bytes(&mut town, other, &story, &id, Which::Sound(1)), heard);
    assert_eq!(
        bytes(&mut town, other, &story, &id, Which::Sound(2)),
        b"deel twee"
    );
}

/// Nothing was typed yet: the recording is all that there is of the story.
#[test]
fn a_recording_alone_is_a_story() {
    let mut town = Town::new(27);
    let tab = town.volunteer;
    let Ok(Reply::Story(view)) = town.world.ask(tab, Command::NewStory) else {
        panic!("no story");
    };
    let story = view.row.id.clone();
    let id = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &id, b"er was eens");
    assert!(link(&mut town, tab).unsent_since.is_some());
    town.world.open(tab);
    town.settle();
    assert_eq!(town.row(tab, &story).unwrap().n_recordings, 1);
    assert_eq!(
        bytes(&mut town, tab, &story, &id, Which::Sound(1)),
        b"er was eens"
    );
    let empty = start(&mut town, tab, &story, None);
    finish(&mut town, tab, &story, &empty, 0).unwrap();
    assert_eq!(town.open(tab, &story).recordings.len(), 1);
}

#[test]
fn m7_what_two_people_write_about_a_photo_shows_as_two_versions_and_what_is_removed_is_gone() {
    let mut town = Town::new(28);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let id = added(&mut town, tab, add_photo(&story, 9_000));
    town.settle();
    town.pass(3 * 60_000);
    let edit = |value: &str| Command::EditMedia {
        id: story.clone(),
        media: id.clone(),
        edit: MediaEdit::Description(value.to_owned()),
        seen: String::new(),
    };
    town.cut_off(tab, 20_000);
    town.world.ask(tab, edit("Een kar")).unwrap();
    town.world.ask(other, edit("Een soepkar")).unwrap();
    town.settle();
    let shown = photo(&mut town, other, &story);
    let conflict = &shown.conflicts[0];
    assert_eq!(conflict.field, MediaField::Description);
    let chosen = conflict
        .versions
        .iter()
        .find(|version| version.value == "Een soepkar")
        .unwrap();
    let choose = Command::ChooseMedia {
        id: story.clone(),
        media: id.clone(),
        field: MediaField::Description,
        version: chosen.id.clone(),
    };
    town.world.ask(other, choose).unwrap();
    town.settle();
    let shown = photo(&mut town, tab, &story);
    assert_eq!(
        (shown.description.as_str(), shown.conflicts),
        ("Een soepkar", vec![])
    );
    let remove = Command::RemoveMedia {
        id: story.clone(),
        media: id.clone(),
    };
    town.world.ask(other, remove).unwrap();
    // Somebody was still writing about it.
    town.world.ask(tab, edit("Een kar met soep")).unwrap();
    town.settle();
    assert_eq!(town.open(tab, &story).photos, vec![]);
    assert_eq!(town.world.ask(tab, edit("Te laat")), Err(CommandError::Unknown));
    let gone = load(&mut town.world, tab, &story, &id, Which::Full);
    assert_eq!(gone, Err(CommandError::Unknown));
    assert!(!town.world.disks[town.world.tabs[tab].disk].contains(&jpeg(9_000)[..64]));
    assert_eq!(n_blobs(&town, &story), 0);
}

/// How many blobs of a story the relay has parts of.
fn n_blobs(town: &Town, story: &str) -> usize {
    let (network, ..) = town.world.store.networks().next().unwrap();
    town.world
        .store
        .n_blobs(network, DocumentId::from_hex(story).unwrap())
}

#[test]
fn s12_a_removed_photo_is_gone_from_the_relay_whatever_dies_in_between() {
    let mut town = Town::new(37);
    let tab = town.volunteer;
    let story = town.story(tab);
    let photos = [9_000, 200_000].map(|len| added(&mut town, tab, add_photo(&story, len)));
    town.settle();
    assert_eq!(n_blobs(&town, &story), 4);
    // Removed without a connection, and the browser is killed before there is one.
    town.cut_off(tab, 60_000);
    let remove = Command::RemoveMedia {
        id: story.clone(),
        media: photos[0].clone(),
    };
    town.world.ask(tab, remove).unwrap();
    town.world.close(tab);
    town.pass(5_000);
    assert_eq!(n_blobs(&town, &story), 4, "nobody could tell the relay");
    town.world.open(tab);
    town.settle();
    assert_eq!(n_blobs(&town, &story), 2);
    assert_eq!(town.open(tab, &story).photos.len(), 1);
}

/// REQUIREMENTS §3: "only to write it down".
#[test]
fn what_was_recorded_only_to_write_it_down_goes_once_the_text_is_agreed() {
    let mut town = Town::new(38);
    let (tab, coordinator) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let mut record = |words: &str| {
        let id = start(&mut town, tab, &story, None);
        append(&mut town, tab, &story, &id, b"er was eens");
        finish(&mut town, tab, &story, &id, 60_000).unwrap();
        let edit = Command::EditMedia {
            id: story.clone(),
            media: id.clone(),
            edit: MediaEdit::Text(words.to_owned()),
            seen: String::new(),
        };
        town.world.ask(tab, edit).unwrap();
        id
    };
    let only = record("Alleen om uit te schrijven");
    let kept = record("Mag gehoord worden");
    let edit = Command::EditMedia {
        id: story.clone(),
        media: only.clone(),
        edit: MediaEdit::WriteDownOnly(true),
        seen: String::new(),
    };
    town.world.ask(tab, edit).unwrap();
    town.settle();
    assert_eq!(n_blobs(&town, &story), 2);
    town.publish(coordinator, &story);
    town.settle();
    assert_eq!(n_blobs(&town, &story), 1);
    for tab in [tab, coordinator] {
        let view = town.open(tab, &story);
        let told = view.recordings.iter();
        let told: Vec<_> = told
            .map(|recording| {
                (
                    recording.id.as_str(),
                    recording.is_erased,
                    recording.text.as_str(),
                )
            })
            .collect();
        let expected = [
            (only.as_str(), true, "Alleen om uit te schrijven"),
            (kept.as_str(), false, "Mag gehoord worden"),
        ];
        assert_eq!(told, expected);
    }
    // Its text can be put right; and if she allows it after all, what was said is gone.
    for edit in [
        MediaEdit::Text("Om uit te schrijven".to_owned()),
        MediaEdit::WriteDownOnly(false),
    ] {
        let edit = Command::EditMedia {
            id: story.clone(),
            media: only.clone(),
            edit,
            seen: String::new(),
        };
        assert_eq!(town.world.ask(tab, edit), Ok(Reply::Done));
    }
    town.settle();
    let told = &town.open(coordinator, &story).recordings[0];
    assert_eq!(
        (told.is_erased, told.text.as_str()),
        (true, "Om uit te schrijven")
    );
    assert!(told.needs.contains(&SoundNeed::WriteDownOnly));
}

#[test]
fn m10_what_is_typed_about_a_recording_is_kept_at_once() {
    let mut town = Town::new(29);
    let tab = town.volunteer;
    let story = town.story(tab);
    let id = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &id, b"er was eens");
    finish(&mut town, tab, &story, &id, 60_000).unwrap();
    let mark = Mark {
        part: 1,
        at_ms: 700,
        question: "Hoe is het begonnen?".to_owned(),
    };
    for edit in [
        MediaEdit::Text("Er was eens".to_owned()),
        MediaEdit::Marks(vec![mark.clone()]),
        MediaEdit::WriteDownOnly(true),
    ] {
        let edit = Command::EditMedia {
            id: story.clone(),
            media: id.clone(),
            edit,
            seen: String::new(),
        };
        town.world.ask(tab, edit).unwrap();
    }
    town.world.open(tab);
    town.settle();
    let shown = recording(&mut town, tab, &story);
    assert_eq!(
        (shown.text.as_str(), shown.write_down_only),
        ("Er was eens", true)
    );
    assert_eq!(shown.marks, [mark]);
}

/// The browser is killed before the story knows the recording, and with it the page that knows its marks.
#[test]
fn m10_marks_of_a_part_that_nobody_stopped_are_kept() {
    for (seed, is_before_its_first_bytes) in [(40, true), (41, false)] {
        let mut town = Town::new(seed);
        let tab = town.volunteer;
        let story = town.story(tab);
        let id = start(&mut town, tab, &story, None);
        let mark = Mark {
            part: 1,
            at_ms: 700,
            question: "Hoe is het begonnen?".to_owned(),
        };
        let edit = Command::EditMedia {
            id: story.clone(),
            media: id.clone(),
            edit: MediaEdit::Marks(vec![mark.clone()]),
            seen: String::new(),
        };
        if is_before_its_first_bytes {
            town.world.ask(tab, edit).unwrap();
            append(&mut town, tab, &story, &id, b"er was eens");
        } else {
            append(&mut town, tab, &story, &id, b"er was eens");
            town.world.ask(tab, edit).unwrap();
        }
        town.world.open(tab);
        town.settle();
        assert_eq!(recording(&mut town, tab, &story).marks, [mark]);
        assert_eq!(
            bytes(&mut town, tab, &story, &id, Which::Sound(1)),
            b"er was eens"
        );
    }
}

/// C1: the phone was full when the recording stopped, and has room again before the app is opened anew.
#[test]
fn a_part_that_could_not_be_closed_is_closed_before_the_next_one() {
    let mut town = Town::new(42);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    town.settle();
    let disk = town.world.tabs[tab].disk;
    let first = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &first, b"er was eens");
    town.world.fill_disk(disk, true);
    let full = Err(CommandError::DeviceFull);
    assert_eq!(finish(&mut town, tab, &story, &first, 5_000), full);
    for recording in [None, Some(first.clone())] {
        let again = Command::StartRecording {
            id: story.clone(),
            media_type: "audio/webm".to_owned(),
            recording,
        };
        assert_eq!(town.world.ask(tab, again), full);
    }
    town.world.fill_disk(disk, false);
    // As its next part, and as another recording.
    assert_eq!(start(&mut town, tab, &story, Some(&first)), first);
    append(&mut town, tab, &story, &first, b"en toen");
    town.world.fill_disk(disk, true);
    assert_eq!(finish(&mut town, tab, &story, &first, 5_000), full);
    town.world.fill_disk(disk, false);
    let second = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &second, b"tot slot");
    finish(&mut town, tab, &story, &second, 5_000).unwrap();
    town.settle();
    let shown = town.open(tab, &story).recordings;
    let shown: Vec<_> = shown
        .iter()
        .map(|recording| {
            (
                recording.id.as_str(),
                recording.parts.len(),
                recording.whereabouts,
            )
        })
        .collect();
    let safe = Some(Whereabouts::Safe);
    assert_eq!(shown, [(first.as_str(), 2, safe), (second.as_str(), 1, safe)]);
    for (part, heard) in [(1, &b"er was eens"[..]), (2, &b"en toen"[..])] {
        assert_eq!(bytes(&mut town, other, &story, &first, Which::Sound(part)), heard);
    }
}

/// Nobody records again: it is closed and sent all the same.
#[test]
fn a_part_that_could_not_be_closed_is_closed_once_there_is_room() {
    let mut town = Town::new(43);
    let tab = town.volunteer;
    let story = town.story(tab);
    town.settle();
    let disk = town.world.tabs[tab].disk;
    let id = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &id, b"er was eens");
    town.world.fill_disk(disk, true);
    let refused = finish(&mut town, tab, &story, &id, 5_000);
    assert_eq!(refused, Err(CommandError::DeviceFull));
    town.pass(15_000);
    assert!(recording(&mut town, tab, &story).is_open);
    town.world.fill_disk(disk, false);
    town.pass(30_000);
    town.settle();
    let shown = recording(&mut town, tab, &story);
    assert_eq!(
        (shown.is_open, shown.whereabouts),
        (false, Some(Whereabouts::Safe))
    );
}

/// What would find no room is not recorded; what was recorded is kept, also where two devices had room for one each.
#[test]
fn a_part_too_many_is_refused_before_it_is_recorded_and_not_after() {
    let mut town = Town::new(44);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    let id = start(&mut town, tab, &story, None);
    for part in 1..SOUNDS_MAX {
        if part > 1 {
            start(&mut town, tab, &story, Some(&id));
        }
        append(&mut town, tab, &story, &id, b"er was eens");
        finish(&mut town, tab, &story, &id, 700).unwrap();
    }
    town.settle();
    for tab in [tab, other] {
        start(&mut town, tab, &story, Some(&id));
        append(&mut town, tab, &story, &id, b"tot slot");
    }
    finish(&mut town, tab, &story, &id, 700).unwrap();
    town.pass(REST_MS);
    assert_eq!(recording(&mut town, other, &story).parts.len(), SOUNDS_MAX);
    finish(&mut town, other, &story, &id, 700).unwrap();
    town.settle();
    for tab in [tab, other] {
        assert_eq!(recording(&mut town, tab, &story).parts.len(), SOUNDS_MAX + 1);
        let one_more = Command::StartRecording {
            id: story.clone(),
            media_type: "audio/webm".to_owned(),
            recording: None,
        };
        let limit = u32::try_from(SOUNDS_MAX).unwrap();
        let refused = town.world.ask(tab, one_more);
        assert_eq!(refused, Err(CommandError::TooMany { limit }));
    }
}

/// The text fills the story while somebody records in it.
#[test]
fn a_full_story_takes_what_was_being_recorded_and_nothing_after() {
    let mut town = Town::new(45);
    let tab = town.world.device();
    let story = town.story(tab);
    let id = start(&mut town, tab, &story, None);
    append(&mut town, tab, &story, &id, b"er was eens");
    let mark = Mark {
        part: 1,
        at_ms: 700,
        question: "Hoe is het begonnen?".to_owned(),
    };
    let edit = Command::EditMedia {
        id: story.clone(),
        media: id.clone(),
        edit: MediaEdit::Marks(vec![mark.clone()]),
        seen: String::new(),
    };
    town.world.ask(tab, edit).unwrap();
    let texts = ["a", "b"].map(|letter| letter.repeat(PROSE_CHARS_MAX));
    let is_full = texts.iter().cycle().take(20).any(|text| {
        town.edit(tab, &story, Field::Happened, text);
        town.pass(5_000);
        link(&mut town, tab).trouble == Some(Trouble::TooLarge)
    });
    assert!(is_full);
    finish(&mut town, tab, &story, &id, 5_000).unwrap();
    let kept = recording(&mut town, tab, &story);
    assert_eq!(
        (kept.is_open, kept.parts.len(), kept.marks),
        (false, 1, vec![mark])
    );
    let another = Command::StartRecording {
        id: story.clone(),
        media_type: "audio/webm".to_owned(),
        recording: None,
    };
    assert_eq!(town.world.ask(tab, another), Err(CommandError::StoryFull));
}

#[test]
fn what_is_no_photo_or_finds_no_room_is_refused_and_leaves_nothing() {
    let mut town = Town::new(30);
    let tab = town.volunteer;
    let story = town.story(tab);
    town.settle();
    let svg = Command::AddPhoto {
        id: story.clone(),
        jpeg: b"<svg>".to_vec(),
        thumbnail: jpeg(100),
        width: 10,
        height: 10,
    };
    assert_eq!(town.world.ask(tab, svg), Err(CommandError::NotMedia));
    let large = town.world.ask(tab, add_photo(&story, 5_000_000));
    assert!(matches!(large, Err(CommandError::MediaTooLarge { .. })));
    let disk = town.world.tabs[tab].disk;
    town.world.fill_disk(disk, true);
    let full = town.world.ask(tab, add_photo(&story, 50_000));
    assert_eq!(full, Err(CommandError::DeviceFull));
    let id = start(&mut town, tab, &story, None);
    let append = |len: usize| Command::AppendSound {
        id: story.clone(),
        recording: id.clone(),
        bytes: vec![1; len],
        duration_ms: 1,
    };
    assert_eq!(town.world.ask(tab, append(10)), Err(CommandError::DeviceFull));
    town.world.fill_disk(disk, false);
    let beyond = town.world.ask(tab, append(SOUND_BYTES_MAX + 1));
    assert!(matches!(beyond, Err(CommandError::MediaTooLarge { .. })));
    town.world.ask(tab, append(10)).unwrap();
    town.world.open(tab);
    town.settle();
    assert_eq!(town.open(tab, &story).photos, vec![]);
    assert_eq!(bytes(&mut town, tab, &story, &id, Which::Sound(1)), [1; 10]);
}

#[test]
fn s12_a_relay_that_dies_between_two_parts_loses_none_that_it_called_stored() {
    let mut town = Town::new(31);
    let (tab, other) = (town.volunteer, town.coordinator);
    let story = town.story(tab);
    town.settle();
    let id = added(&mut town, tab, add_photo(&story, 1_500_000));
    for _ in 0..5 {
        town.pass(700);
        town.world.crash_relay(500);
    }
    town.settle();
    assert_eq!(photo(&mut town, tab, &story).whereabouts, Some(Whereabouts::Safe));
    let late = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.settle();
    for tab in [other, late] {
        assert_eq!(bytes(&mut town, tab, &story, &id, Which::Full), jpeg(1_500_000));
    }
}

/// Mistakes that the watch sees when the relay dies at the wrong moment.
#[test]
fn bug_1_a_part_before_the_commit() {
    let seen = |bugs: Bugs| {
        let mut town = Town::with(32, bugs);
        let tab = town.volunteer;
        let story = town.story(tab);
        town.settle();
        added(&mut town, tab, add_photo(&story, 500_000));
        town.pass(10_000);
        town.world.watch.violations
    };
    let caught = seen(Bugs::default().with(Bug::PartBeforeCommit));
    assert!(caught[0].contains("S5"), "{caught:?}");
    assert_eq!(seen(Bugs::default()), Vec::<String>::new());
}
