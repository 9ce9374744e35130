//! Goal: only what everybody concerned allows is shown, and each other photo and recording says why not.
//! Method: one story with a photo and a recording that lack nothing, spoilt in one way at a time.

use super::*;
use crate::crypto::BlobKey;
use crate::id::{ActorId, BlobId, DocumentId, MediaHash, MemberId, PartHash, RowId};
use crate::model::media::{JPEG, PartHashes, PhotoRow, SoundRow};
use crate::model::review::ReviewKind;
use crate::model::story::{self, Recorded};
use crate::model::{Document, gate};
use crate::publication::{NotYet, Plain, Plains, Predecessor, Publication, Shape, SoundKind};
use crate::view::{Field, Given, NewConsent, Party};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const TELLER: &str = "Ana Peeters";
const PHOTO: RowId = RowId([1; 16]);
const RECORDING: RowId = RowId([2; 16]);

fn recorded(n: u8) -> Recorded {
    Recorded {
        id: RowId([n; 16]),
        at: NOW,
        by: Some(MemberId(4)),
        name: None,
    }
}

fn blob(n: u8, media_type: &str) -> Blob {
    Blob {
        id: BlobId([n; 16]),
        key: BlobKey::from_bytes(&[n; 32]),
        size: 9_000,
        hashes: PartHashes(vec![PartHash([n; 32])]),
        media_type: media_type.to_owned(),
    }
}

fn consent(party: Party, whom: &str, uses: &[Use]) -> NewConsent {
    NewConsent {
        party,
        whom: whom.into(),
        uses: uses.to_vec(),
        given: Given::Read,
        text_version: 3,
        language: "nl".into(),
        until: None,
    }
}

/// A story that can be published, with a photo of Els and the teller, and a recording in two parts.
fn document() -> Document {
    let mut document = story::create(ActorId([1; 16]));
    for (field, value) in [
        (Field::Title, "De soepkar"),
        (Field::Happened, "Het begon met een kapotte keuken."),
        (Field::Municipality, "44021"),
    ] {
        story::set(&mut document, field, value).unwrap();
    }
    let row = PhotoRow {
        full: blob(10, JPEG),
        thumbnail: blob(11, JPEG),
        width: 1600,
        height: 1200,
        at: NOW,
        by: None,
    };
    story::add_photo(&mut document, PHOTO, &row).unwrap();
    for part in 1..=2 {
        let row = SoundRow {
            recording: RECORDING,
            part,
            duration_ms: 1_000,
            sound: blob(20 + u8::try_from(part).unwrap(), "audio/webm;codecs=opus"),
            at: NOW,
            by: None,
        };
        story::add_sound(&mut document, RowId([30 + u8::try_from(part).unwrap(); 16]), &row).unwrap();
    }
    for (media, field, value) in [
        (PHOTO, MediaField::Description, "Els en Ana delen soep uit."),
        (PHOTO, MediaField::Recognisable, "yes"),
        (PHOTO, MediaField::Who, "Els Maes en ana PEETERS"),
        (RECORDING, MediaField::Text, "Het begon zo."),
    ] {
        story::set_media(&mut document, media, field, value, &[]).unwrap();
    }
    let teller = consent(
        Party::Teller,
        "",
        &[Use::Website, Use::Photo, Use::Voice, Use::Press],
    );
    story::add_consent(&mut document, &teller, recorded(40)).unwrap();
    let els = consent(Party::Pictured, "Els Maes", &[Use::Photo]);
    story::add_consent(&mut document, &els, recorded(41)).unwrap();
    story::decide(&mut document, ReviewKind::Approved, recorded(42)).unwrap();
    document
}

/// The bytes as if somebody had looked at them.
fn plains() -> Plains {
    let plain = |n: u8, shape| Plain {
        hash: MediaHash([n; 32]),
        size: 9_000,
        shape,
    };
    let (width, height) = (1600, 1200);
    [
        (10, plain(10, Shape::Photo { width, height })),
        (21, plain(21, Shape::Sound(SoundKind::Webm))),
        (22, plain(22, Shape::Sound(SoundKind::Webm))),
    ]
    .into_iter()
    .map(|(n, plain)| (BlobId([n; 16]), Some(plain)))
    .collect()
}

fn publish(document: &mut Document, plains: &Plains) -> Result<Publication, NotYet> {
    let story = story::read(document);
    Publication::from_story(&story, Some(TELLER), Predecessor::default(), plains, NOW)
}

fn uses(publication: &Publication) -> Vec<Use> {
    publication.claims.iter().map(|claim| claim.allows).collect()
}

/// What is lacking once the story is spoilt; what is published then is without it.
fn check_photo(expected: &[PhotoNeed], spoil: impl FnOnce(&mut Document)) {
    let mut document = document();
    spoil(&mut document);
    let story = story::read(&mut document);
    let needs = story.photo_needs(&story.media.photos[0], Some(TELLER), NOW);
    assert_eq!(needs, expected);
    let publication = publish(&mut document, &plains()).unwrap();
    assert_eq!(publication.photos.0.is_empty(), !expected.is_empty());
    assert_eq!(publication.check(NOW), Ok(()));
}

fn check_sound(expected: &[SoundNeed], spoil: impl FnOnce(&mut Document)) {
    let mut document = document();
    spoil(&mut document);
    let story = story::read(&mut document);
    let needs = story.sound_needs(&story.media.recordings[0], Some(TELLER), NOW);
    assert_eq!(needs, expected);
    let publication = publish(&mut document, &plains()).unwrap();
    assert_eq!(publication.sounds.0.is_empty(), !expected.is_empty());
    assert_eq!(publication.check(NOW), Ok(()));
}

fn write(document: &mut Document, media: RowId, field: MediaField, value: &str) {
    story::set_media(document, media, field, value, &[]).unwrap();
}

#[test]
fn p1_what_lacks_nothing_is_published_with_its_claims() {
    let publication = publish(&mut document(), &plains()).unwrap();
    assert_eq!(uses(&publication), [Use::Website, Use::Photo, Use::Voice]);
    let [photo] = &publication.photos.0[..] else {
        panic!("{publication:?}")
    };
    assert_eq!(photo.alt, "Els en Ana delen soep uit.");
    assert!(photo.shows_people);
    assert_eq!(photo.hash, MediaHash([10; 32]));
    assert_eq!(photo.media, Some(PHOTO));
    let [sound] = &publication.sounds.0[..] else {
        panic!("{publication:?}")
    };
    assert_eq!(sound.files.len(), 2, "a recording is published whole");
    assert_eq!(sound.media, Some(RECORDING));
    let bytes = publication.encode();
    assert!(!bytes.windows(8).any(|window| window == b"Els Maes"));
}

#[test]
fn p2_bytes_that_nobody_looked_at_are_asked_for() {
    let unseen = publish(&mut document(), &Plains::new());
    let blobs = [10, 21, 22].map(|n| BlobId([n; 16])).to_vec();
    assert_eq!(unseen, Err(NotYet::Bytes(blobs)));
}

#[track_caller]
fn check_room(story: &story::Story, plains: &Plains, photos: &[u8], recordings: &[u8], without: &[u8]) {
    let publication = Publication::from_story(story, Some(TELLER), Predecessor::default(), plains, NOW);
    let publication = publication.unwrap();
    let ids = |ids: &[u8]| ids.iter().map(|n| RowId([*n; 16])).collect::<Vec<_>>();
    let shown = publication.photos.0.iter().filter_map(|photo| photo.media);
    assert_eq!(shown.collect::<Vec<_>>(), ids(photos));
    let heard = publication.sounds.0.iter().filter_map(|sound| sound.media);
    assert_eq!(heard.collect::<Vec<_>>(), ids(recordings));
    let without_room = story.without_room(Some(TELLER), plains, NOW);
    assert_eq!(without_room.into_iter().collect::<Vec<_>>(), ids(without));
}

#[test]
fn a_written_text_that_the_page_has_no_room_for_holds_nothing_else_back() {
    let mut story = story::read(&mut document());
    let recording = story.media.recordings.remove(0);
    let texts = [(2, 40_000), (3, 40_000), (4, 40_000), (5, 100)];
    story.media.recordings.extend(texts.map(|(n, n_bytes)| {
        let mut recording = recording.clone();
        recording.id = RowId([n; 16]);
        recording
            .fields
            .values
            .insert(MediaField::Text, "a".repeat(n_bytes));
        recording
    }));
    check_room(&story, &plains(), &[1], &[2, 3, 5], &[4]);
    // What does not go online anyway takes no room.
    let first = &mut story.media.recordings[0].fields;
    first.values.insert(MediaField::WriteDownOnly, "yes".into());
    check_room(&story, &plains(), &[1], &[3, 4, 5], &[]);
}

#[test]
fn photos_and_sounds_over_their_number_hold_nothing_else_back() {
    let mut story = story::read(&mut document());
    let photo = story.media.photos.remove(0);
    let numbers: Vec<u8> = (100..153).collect();
    story.media.photos.extend(numbers.iter().map(|n| Photo {
        id: RowId([*n; 16]),
        ..photo.clone()
    }));
    let recording = story.media.recordings.remove(0);
    story
        .media
        .recordings
        .extend(numbers[..26].iter().map(|n| Recording {
            id: RowId([*n - 80; 16]),
            ..recording.clone()
        }));
    // Two devices added them, and the bytes of the first photo are none.
    let mut plains = plains();
    story.media.photos[0].row.full.id = BlobId([99; 16]);
    plains.insert(BlobId([99; 16]), None);
    let recordings: Vec<u8> = (20..45).collect();
    check_room(&story, &plains, &numbers[1..51], &recordings, &[45, 151, 152]);
}

#[test]
fn bytes_that_no_website_shows_stay_inside() {
    let mut plains = plains();
    plains.insert(BlobId([10; 16]), None);
    plains.insert(BlobId([22; 16]), None);
    let publication = publish(&mut document(), &plains).unwrap();
    assert_eq!(publication.media().count(), 0, "half a recording is none");
    assert_eq!(uses(&publication), [Use::Website]);
}

#[test]
fn a_photo_needs_words_and_an_answer() {
    check_photo(&[], |_| {});
    check_photo(&[PhotoNeed::Description], |document| {
        write(document, PHOTO, MediaField::Description, " ");
    });
    check_photo(&[PhotoNeed::Answer], |document| {
        write(document, PHOTO, MediaField::Recognisable, "");
    });
    check_photo(&[PhotoNeed::Who], |document| {
        write(document, PHOTO, MediaField::Who, " , ");
    });
}

#[test]
fn everybody_who_can_be_recognised_allows_it() {
    let lacks = |name: &str| PhotoNeed::Consent(name.into(), WhyHidden::Never);
    let no_longer = |name: &str| PhotoNeed::Consent(name.into(), WhyHidden::Withdrawn);
    check_photo(&[lacks("Bert")], |document| {
        write(document, PHOTO, MediaField::Who, "Els Maes, Ana Peeters & Bert");
    });
    // Somebody of the same first name is somebody else.
    check_photo(&[lacks("Els")], |document| {
        write(document, PHOTO, MediaField::Who, "Els");
    });
    check_photo(&[no_longer("Els Maes")], |document| {
        let uses = [Use::Photo];
        story::withdraw_consent(document, RowId([41; 16]), &uses, recorded(50)).unwrap();
    });
    check_photo(&[no_longer("ana PEETERS")], |document| {
        let uses = [Use::Photo];
        story::withdraw_consent(document, RowId([40; 16]), &uses, recorded(50)).unwrap();
    });
    check_photo(&[], |document| {
        write(document, PHOTO, MediaField::Who, "Bert");
        write(document, PHOTO, MediaField::Recognisable, "no");
    });
}

/// Promise 2: a teller who was asked about photos and says no afterwards means those of nobody, too.
#[test]
fn who_takes_photos_back_takes_all_of_them() {
    let shows_nobody = |document: &mut Document| write(document, PHOTO, MediaField::Recognisable, "no");
    let take_back = |document: &mut Document, row: u8| {
        story::withdraw_consent(document, RowId([row; 16]), &[Use::Photo], recorded(50)).unwrap();
    };
    let mut document = document();
    shows_nobody(&mut document);
    let publication = publish(&mut document, &plains()).unwrap();
    let rests_on = [Use::Website, Use::Photo, Use::Voice];
    assert_eq!(uses(&publication), rests_on, "it rests on her word");
    check_photo(&[PhotoNeed::TakenBack], |document| {
        shows_nobody(document);
        take_back(document, 40);
    });
    check_photo(&[PhotoNeed::TakenBack], |document| {
        write(document, PHOTO, MediaField::Who, "Els Maes");
        take_back(document, 40);
    });
    check_photo(&[PhotoNeed::TakenBack], |document| {
        shows_nobody(document);
        story::set(document, Field::Age, "child").unwrap();
        let all = consent(Party::Guardian, "", &[Use::Website, Use::Photo, Use::Voice]);
        story::add_consent(document, &all, recorded(45)).unwrap();
        take_back(document, 45);
    });
}

#[test]
fn the_consent_that_ends_first_ends_them_all() {
    let mut document = document();
    let until = NewConsent {
        until: Some(NOW.0 + 7),
        text_version: 4,
        ..consent(Party::Pictured, "Bert", &[Use::Photo])
    };
    story::add_consent(&mut document, &until, recorded(50)).unwrap();
    write(&mut document, PHOTO, MediaField::Who, "Els Maes, Bert");
    let publication = publish(&mut document, &plains()).unwrap();
    assert_eq!(publication.until_of(Use::Photo), Some(Timestamp(NOW.0 + 7)));
    assert_eq!(publication.until(), None);
}

#[test]
fn a_minor_is_recognisable_only_where_a_guardian_allows_it() {
    let guardian = |uses: &[Use]| consent(Party::Guardian, "", uses);
    check_photo(&[PhotoNeed::Guardian], |document| {
        story::set(document, Field::Age, "teen").unwrap();
        // Also where the photo is said to be of somebody else.
        write(document, PHOTO, MediaField::Who, "Els Maes");
        let website = guardian(&[Use::Website]);
        story::add_consent(document, &website, recorded(50)).unwrap();
    });
    check_photo(&[], |document| {
        story::set(document, Field::Age, "child").unwrap();
        let all = guardian(&[Use::Website, Use::Photo, Use::Voice]);
        story::add_consent(document, &all, recorded(50)).unwrap();
    });
    check_sound(&[SoundNeed::Guardian], |document| {
        story::set(document, Field::Age, "child").unwrap();
        let website = guardian(&[Use::Website, Use::Photo]);
        story::add_consent(document, &website, recorded(50)).unwrap();
    });
}

/// Whether a page has to let the photo of people and the recording go, once the story changed.
fn check_online(expected: (bool, bool), change: impl FnOnce(&mut Document)) {
    let mut document = document();
    change(&mut document);
    let story = story::read(&mut document);
    let is_barred = |media| story.bars(media, true, Some(TELLER), NOW);
    assert_eq!((is_barred(PHOTO), is_barred(RECORDING)), expected);
}

#[test]
fn p2_what_is_online_goes_when_somebody_takes_it_back() {
    check_online((false, false), |_| {});
    for media in [PHOTO, RECORDING] {
        check_online((media == PHOTO, media == RECORDING), |document| {
            story::remove_media(document, media, recorded(50)).unwrap();
        });
    }
    // Els, and the teller who is on it.
    for row in [41, 40] {
        check_online((true, false), |document| {
            let consent = RowId([row; 16]);
            story::withdraw_consent(document, consent, &[Use::Photo], recorded(50)).unwrap();
        });
    }
    // Of nobody, it stood there on her word.
    check_online((true, false), |document| {
        write(document, PHOTO, MediaField::Recognisable, "no");
        story::withdraw_consent(document, RowId([40; 16]), &[Use::Photo], recorded(50)).unwrap();
    });
    check_online((true, false), |document| {
        let guardian = consent(Party::Guardian, "Els Maes", &[Use::Website]);
        story::add_consent(document, &guardian, recorded(50)).unwrap();
    });
    check_online((false, true), |document| {
        write(document, RECORDING, MediaField::WriteDownOnly, "yes");
    });
    check_online((true, true), |document| {
        story::set(document, Field::Age, "teen").unwrap();
    });
    check_online((false, false), |document| {
        let guardian = consent(Party::Guardian, "", &[Use::Photo, Use::Voice]);
        story::add_consent(document, &guardian, recorded(50)).unwrap();
        story::set(document, Field::Age, "teen").unwrap();
    });
}

/// Also a name that is half typed, and a consent that ended: until when it may be shown, the page says itself.
#[test]
fn what_is_written_about_it_takes_nothing_down() {
    for (media, field, value) in [
        (PHOTO, MediaField::Description, ""),
        (PHOTO, MediaField::Recognisable, ""),
        (PHOTO, MediaField::Recognisable, "no"),
        (PHOTO, MediaField::Who, ""),
        (PHOTO, MediaField::Who, "Els Maes, B"),
        (RECORDING, MediaField::Text, ""),
    ] {
        check_online((false, false), |document| write(document, media, field, value));
    }
    let mut document = document();
    let until = NewConsent {
        until: Some(NOW.0),
        ..consent(Party::Pictured, "Bert", &[Use::Photo])
    };
    story::add_consent(&mut document, &until, recorded(50)).unwrap();
    write(&mut document, PHOTO, MediaField::Who, "Bert");
    let later = Timestamp(NOW.0 + 1);
    assert!(!story::read(&mut document).bars(PHOTO, true, Some(TELLER), later));
}

#[test]
fn p2_a_photo_of_nobody_goes_when_it_is_said_to_be_of_somebody_who_never_allowed_it() {
    let barred = |answer: &str, who: &str| {
        let mut document = document();
        write(&mut document, PHOTO, MediaField::Recognisable, answer);
        write(&mut document, PHOTO, MediaField::Who, who);
        story::read(&mut document).bars(PHOTO, false, Some(TELLER), NOW)
    };
    assert!(!barred("no", "Bert"));
    assert!(barred("yes", ""));
    assert!(barred("yes", "Bert"));
    assert!(!barred("yes", "Els Maes, Ana Peeters"), "they allow it");
}

/// Her contact may be for others to read, or not be here yet: then a consent by name may be hers.
#[test]
fn who_does_not_know_the_teller_takes_nothing_down_that_she_may_allow() {
    let bars = |document: &mut Document, as_people| {
        story::set_teller(document, DocumentId([7; 16])).unwrap();
        let story = story::read(document);
        [PHOTO, RECORDING].map(|media| story.bars(media, as_people, None, NOW))
    };
    let mut document = document();
    assert_eq!(
        bars(&mut document, false),
        [false, false],
        "Ana may be who tells it"
    );
    story::set(&mut document, Field::Age, "child").unwrap();
    assert_eq!(bars(&mut document, true), [true, true], "nobody answers for her");
    let guardian = consent(Party::Guardian, TELLER, &[Use::Photo, Use::Voice]);
    story::add_consent(&mut document, &guardian, recorded(50)).unwrap();
    assert_eq!(bars(&mut document, true), [false, false]);
}

#[test]
fn m7_of_two_answers_at_once_the_one_that_hides_counts() {
    let saved = document().save();
    let mut devices = [11, 12].map(|n| Document::load(&saved, ActorId([n; 16])).unwrap());
    let [one, other] = &mut devices;
    write(one, RECORDING, MediaField::WriteDownOnly, "yes");
    story::set(one, Field::Age, "child").unwrap();
    write(other, RECORDING, MediaField::WriteDownOnly, "yes");
    write(other, RECORDING, MediaField::WriteDownOnly, "");
    story::set(other, Field::Age, "adult").unwrap();
    let changes = one.take_changes().concat();
    gate::incremental(other, &changes).unwrap();
    let story = story::read(other);
    let fields = &story.media.recordings[0].fields;
    assert_eq!(fields.answer(MediaField::WriteDownOnly), None);
    assert_eq!(story.field(Field::Age), "adult");
    assert!(story.bars(RECORDING, false, Some(TELLER), NOW));
    assert!(story.who_tells(Some(TELLER)).is_minor);
}

#[test]
fn p2_a_name_goes_when_its_teller_wants_less_of_it() {
    let bars = |naming: &str, shown: &str, teller: Option<&str>| {
        let mut document = document();
        story::set_teller(&mut document, DocumentId([7; 16])).unwrap();
        story::set(&mut document, Field::NameOnline, naming).unwrap();
        story::set(&mut document, Field::OtherName, "De soepvrouw").unwrap();
        story::read(&mut document).bars_name(Some(shown), teller)
    };
    for (naming, shown, expected) in [
        ("full", TELLER, false),
        ("full", "Ana", false),
        ("first", "ana", false),
        ("first", TELLER, true),
        ("other", "Ana", true),
        ("other", "De soepvrow", false),
        ("full", "De soepvrouw", false),
        ("none", "De soepvrouw", true),
        ("", "Ana", true),
    ] {
        assert_eq!(bars(naming, shown, Some(TELLER)), expected, "{naming} {shown}");
    }
    // She is not called that any more.
    for (naming, shown, teller, expected) in [
        ("full", TELLER, "Ana", true),
        ("full", TELLER, "Ana Maria Peeters", false),
        ("full", "Ana", "", true),
        ("first", "Ana", "Mia Peeters", true),
        ("other", "De soepvrouw", "Mia", false),
        ("full", "De soepvrouw", "Mia", false),
    ] {
        assert_eq!(
            bars(naming, shown, Some(teller)),
            expected,
            "{naming} {shown} {teller}"
        );
    }
    // Who does not know her name knows at least that she wants none.
    assert!(!bars("first", TELLER, None));
    assert!(bars("none", TELLER, None));
}

/// §3: whoever is on a photo and has a guardian, is shown as the guardian says.
#[test]
fn a_child_on_a_photo_is_shown_as_her_guardian_says() {
    let (child, guardian) = (RowId([50; 16]), RowId([51; 16]));
    let allows = |party, uses: &[Use]| consent(party, "yassin", uses);
    let refused = |why| [PhotoNeed::Consent("Yassin".into(), why)];
    let shows_yassin = |document: &mut Document| write(document, PHOTO, MediaField::Who, "Yassin");
    // A small child is not asked herself.
    check_photo(&[], |document| {
        shows_yassin(document);
        let by_guardian = allows(Party::Guardian, &[Use::Photo]);
        story::add_consent(document, &by_guardian, recorded(51)).unwrap();
    });
    check_photo(&refused(WhyHidden::NoGuardian), |document| {
        shows_yassin(document);
        story::add_consent(document, &allows(Party::Pictured, &[Use::Photo]), recorded(50)).unwrap();
        story::add_consent(document, &allows(Party::Guardian, &[Use::Website]), recorded(51)).unwrap();
    });
    for taken_back in [child, guardian] {
        check_photo(&refused(WhyHidden::Withdrawn), |document| {
            shows_yassin(document);
            story::add_consent(document, &allows(Party::Pictured, &[Use::Photo]), recorded(50)).unwrap();
            story::add_consent(document, &allows(Party::Guardian, &[Use::Photo]), recorded(51)).unwrap();
            story::withdraw_consent(document, taken_back, &[Use::Photo], recorded(60)).unwrap();
        });
    }
    check_photo(&refused(WhyHidden::Expired), |document| {
        shows_yassin(document);
        let ended = NewConsent {
            until: Some(NOW.0 - 1),
            ..allows(Party::Guardian, &[Use::Photo])
        };
        story::add_consent(document, &ended, recorded(51)).unwrap();
    });
    // It ends with the first of them, and the digest of what it rests on knows both.
    let mut document = document();
    shows_yassin(&mut document);
    story::add_consent(
        &mut document,
        &allows(Party::Pictured, &[Use::Photo]),
        recorded(50),
    )
    .unwrap();
    let alone = publish(&mut document, &plains()).unwrap();
    let until = NewConsent {
        until: Some(NOW.0 + 5),
        ..allows(Party::Guardian, &[Use::Photo])
    };
    story::add_consent(&mut document, &until, recorded(51)).unwrap();
    let both = publish(&mut document, &plains()).unwrap();
    assert_eq!(alone.until_of(Use::Photo), None);
    assert_eq!(both.until_of(Use::Photo), Some(Timestamp(NOW.0 + 5)));
    assert_ne!(alone.consent, both.consent);
}

#[test]
fn a_recording_needs_its_text_and_a_voice_that_may_be_heard() {
    check_sound(&[], |_| {});
    check_sound(&[SoundNeed::Text], |document| {
        write(document, RECORDING, MediaField::Text, "");
    });
    check_sound(&[SoundNeed::WriteDownOnly], |document| {
        write(document, RECORDING, MediaField::WriteDownOnly, "yes");
    });
    check_sound(&[SoundNeed::Voice], |document| {
        let uses = [Use::Voice];
        story::withdraw_consent(document, RowId([40; 16]), &uses, recorded(50)).unwrap();
    });
}
