//! Consent texts in languages of the network: who writes them, who has them, and what two say at once.

use crate::town::Town;
use shared::command::{Command, CommandError, READING_BYTES_MAX, Reply};
use shared::id::DocumentId;
use shared::view::{ConsentTextView, Role, Use, Whereabouts, Which};

const ARABIC: &str = "يمكن للجميع قراءة قصتك على الموقع. يمكنك سحبها دائماً.";

fn texts(town: &mut Town, tab: usize) -> Vec<ConsentTextView> {
    match town.world.ask(tab, Command::ConsentTexts) {
        Ok(Reply::ConsentTexts(texts)) => texts,
        other => panic!("{other:?}"),
    }
}

fn arabic(town: &mut Town, tab: usize) -> ConsentTextView {
    let mut texts = texts(town, tab).into_iter();
    texts
        .find(|text| text.language == "ar")
        .expect("there is no Arabic")
}

fn save(text: &str, follows: &[&str]) -> Command {
    Command::SaveConsentText {
        language: "ar".to_owned(),
        sentences: vec![(Use::Website, text.to_owned())],
        follows: follows.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// What a browser records, as far as the core looks at it.
fn sound(n_bytes: usize, byte: u8) -> Vec<u8> {
    let mut bytes = b"\x1a\x45\xdf\xa3webm".to_vec();
    bytes.resize(n_bytes, byte);
    bytes
}

fn read_aloud(bytes: Vec<u8>) -> Command {
    Command::AddReading {
        language: "ar".to_owned(),
        used: Use::Website,
        text: ARABIC.to_owned(),
        media_type: "audio/webm".to_owned(),
        bytes,
        duration_ms: 4_000,
    }
}

/// The sentences of the newest versions, the one that is shown first.
fn shown(view: &ConsentTextView) -> Vec<(u32, &str)> {
    let versions = view.versions.iter();
    versions
        .map(|version| (version.number, version.sentences[0].1.as_str()))
        .collect()
}

#[test]
fn s11_coordinators_write_what_is_asked_and_every_member_reads_it() {
    let mut town = Town::new(31);
    let (writer, other, volunteer) = (town.coordinator, town.admin, town.volunteer);
    assert_eq!(
        town.world.ask(volunteer, save(ARABIC, &[])),
        Err(CommandError::NotAllowed)
    );
    town.world.ask(writer, save(ARABIC, &[])).unwrap();
    town.settle();
    for tab in [writer, other, volunteer] {
        let view = arabic(&mut town, tab);
        assert_eq!(shown(&view), [(1, ARABIC)]);
    }
    // Each change raises its version; somebody else's too, in the same document.
    let known = arabic(&mut town, other).versions[0].id.clone();
    town.world.ask(other, save("نص", &[&known])).unwrap();
    town.settle();
    assert_eq!(shown(&arabic(&mut town, volunteer)), [(2, "نص")]);
    assert_eq!(texts(&mut town, volunteer).len(), 1);
    // No story of theirs, and nothing of it in a list.
    assert_eq!(town.device(volunteer).stories, 0);
}

#[test]
fn s11_who_coordinates_no_more_writes_them_no_more() {
    let mut town = Town::new(32);
    let writer = town.coordinator;
    town.world.ask(writer, save(ARABIC, &[])).unwrap();
    town.settle();
    town.set_role(writer, Role::Volunteer);
    town.settle();
    // She began the document: that gives her no right to it.
    assert_eq!(
        town.world.ask(writer, save("نص", &[])),
        Err(CommandError::NotAllowed)
    );
    assert_eq!(shown(&arabic(&mut town, writer)), [(1, ARABIC)]);
}

#[test]
fn s12_a_reading_comes_to_every_device_unasked_and_is_heard_without_a_connection() {
    let mut town = Town::new(33);
    let (writer, volunteer) = (town.coordinator, town.volunteer);
    town.world.ask(writer, save(ARABIC, &[])).unwrap();
    let mut bytes = sound(8, 0);
    bytes.extend((0..400_000_u32).map(|n| n.to_le_bytes()[0]));
    town.world.ask(writer, read_aloud(bytes.clone())).unwrap();
    let mine = arabic(&mut town, writer).readings[0].clone();
    assert_eq!((mine.is_here, mine.text.as_str()), (true, ARABIC));
    assert_ne!(mine.whereabouts, Some(Whereabouts::Safe));
    town.settle();
    town.pass(3 * 60_000);
    let mine = arabic(&mut town, writer).readings[0].clone();
    assert_eq!(mine.whereabouts, Some(Whereabouts::Safe));
    let theirs = arabic(&mut town, volunteer).readings[0].clone();
    assert!(theirs.is_here);
    town.world.crash_relay(60 * 60_000);
    let load = Command::LoadMedia {
        id: theirs.document.clone(),
        media: theirs.id.clone(),
        which: Which::Reading,
    };
    let loaded = town.world.ask(volunteer, load);
    let media_type = "audio/webm".to_owned();
    assert_eq!(loaded, Ok(Reply::Media { media_type, bytes }));
}

/// The newest of a use is heard, and the one before it again once that is removed: it is nowhere but at the relay.
#[test]
fn s12_a_reading_that_another_one_follows_is_not_gone() {
    let mut town = Town::new(35);
    let (writer, volunteer) = (town.coordinator, town.volunteer);
    for byte in [1, 2] {
        town.world.ask(writer, read_aloud(sound(900, byte))).unwrap();
        town.settle();
    }
    let newest = arabic(&mut town, writer).readings.remove(0);
    let remove = Command::RemoveReading {
        language: "ar".to_owned(),
        reading: newest.id.clone(),
    };
    town.world.ask(writer, remove).unwrap();
    town.settle();
    for tab in [writer, volunteer] {
        let heard = arabic(&mut town, tab).readings.remove(0);
        assert_ne!(heard.id, newest.id);
        let load = Command::LoadMedia {
            id: heard.document,
            media: heard.id,
            which: Which::Reading,
        };
        town.world.ask(tab, load.clone()).unwrap();
        town.pass(3 * 60_000);
        let loaded = town.world.ask(tab, load);
        let bytes = sound(900, 1);
        let media_type = "audio/webm".to_owned();
        assert_eq!(loaded, Ok(Reply::Media { media_type, bytes }), "tab {tab}");
    }
    let (network, ..) = town.world.store.networks().next().unwrap();
    let doc = DocumentId::from_hex(&newest.document).unwrap();
    assert_eq!(town.world.store.n_blobs(network, doc), 1);
}

#[test]
fn a_reading_is_replaced_removed_and_has_its_limits() {
    let mut town = Town::new(34);
    let (writer, volunteer) = (town.coordinator, town.volunteer);
    let large = read_aloud(sound(READING_BYTES_MAX + 1, 1));
    let too_large = town.world.ask(writer, large);
    let limit = u32::try_from(READING_BYTES_MAX).unwrap();
    assert_eq!(too_large, Err(CommandError::MediaTooLarge { limit }));
    // No browser records such a one: it is a file, which may say where and by whom it was made.
    let file = b"ID3\x04\0\0\0\0\0\x0dTIT2 De keuken".to_vec();
    let refused = town.world.ask(writer, read_aloud(file));
    assert_eq!(refused, Err(CommandError::NotMedia));
    // Nothing was begun for what was refused.
    assert_eq!(texts(&mut town, writer), []);
    for _ in 0..2 {
        town.world.ask(writer, read_aloud(sound(900, 1))).unwrap();
    }
    let readings = arabic(&mut town, writer).readings;
    assert_eq!(readings.len(), 1);
    town.settle();
    for left in [1, 0] {
        let reading = arabic(&mut town, writer).readings[0].id.clone();
        let language = "ar".to_owned();
        town.world
            .ask(writer, Command::RemoveReading { language, reading })
            .unwrap();
        town.settle();
        assert_eq!(arabic(&mut town, volunteer).readings.len(), left);
    }
}

#[test]
fn m7_two_coordinators_who_write_at_once_are_both_shown_until_one_chooses() {
    let mut town = Town::new(35);
    let (ana, bea, volunteer) = (town.admin, town.coordinator, town.volunteer);
    town.world.crash_relay(30_000);
    // Neither knows that the other begins the same language.
    town.world.ask(ana, save("من آنا", &[])).unwrap();
    town.world.ask(bea, save("من بيا", &[])).unwrap();
    town.settle();
    let views = [ana, bea, volunteer].map(|tab| arabic(&mut town, tab));
    let mut both = shown(&views[0]);
    assert!(views.iter().all(|view| shown(view) == both));
    both.sort_unstable();
    assert_eq!(both, [(1, "من آنا"), (1, "من بيا")]);
    let follows: Vec<_> = views[0]
        .versions
        .iter()
        .map(|version| version.id.as_str())
        .collect();
    town.world.ask(bea, save("من بيا", &follows)).unwrap();
    town.settle();
    assert_eq!(shown(&arabic(&mut town, volunteer)), [(2, "من بيا")]);
}
