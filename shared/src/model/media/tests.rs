//! Goal: photos and recordings survive meeting what others wrote, and what was removed stays removed.

use super::*;
use crate::cbor;
use crate::cbor::mutation::check_decoder;
use crate::crypto::{part_hash, seal_blob};
use crate::id::{ActorId, DocumentId};
use crate::model::story::{self, Recorded};
use crate::model::{Document, gate};
use crate::view::{Mark, MediaEdit};
use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const AT: Timestamp = Timestamp(8);

fn id(n: u8) -> RowId {
    RowId([n; 16])
}

fn blob(n: u8, media_type: &str) -> Blob {
    Blob {
        id: BlobId([n; 16]),
        key: BlobKey::from_bytes(&[n; 32]),
        size: 70_000,
        hashes: PartHashes(vec![PartHash([n; 32]), PartHash([n + 1; 32])]),
        media_type: media_type.to_owned(),
    }
}

fn photo(n: u8) -> PhotoRow {
    PhotoRow {
        full: blob(n, JPEG),
        thumbnail: Blob {
            size: 9_000,
            hashes: PartHashes(vec![PartHash([n; 32])]),
            ..blob(n + 100, JPEG)
        },
        width: 1600,
        height: 1200,
        at: AT,
        by: Some(MemberId(4)),
    }
}

fn sound(recording: u8, part: u32) -> SoundRow {
    SoundRow {
        recording: id(recording),
        part,
        duration_ms: 60_000,
        sound: blob(recording, "audio/webm;codecs=opus"),
        at: AT,
        by: None,
    }
}

fn removal(n: u8) -> Recorded {
    Recorded {
        id: id(n),
        at: AT,
        by: None,
        name: None,
    }
}

fn device(saved: &[u8], n: u8) -> Document {
    Document::load(saved, ActorId([n; 16])).unwrap()
}

fn exchange(a: &mut Document, b: &mut Document) {
    let (from_a, from_b) = (a.take_changes().concat(), b.take_changes().concat());
    for (to, bytes) in [(b, from_a), (a, from_b)] {
        if !bytes.is_empty() {
            gate::incremental(to, &bytes).unwrap();
        }
    }
}

fn with_photo() -> Vec<u8> {
    let mut document = story::create(ActorId([1; 16]));
    story::add_photo(&mut document, id(1), &photo(1)).unwrap();
    document.save()
}

fn set(document: &mut Document, media: u8, edit: &MediaEdit) -> Result<(), EditError> {
    let (field, value) = as_stored(edit)?;
    story::set_media(document, id(media), field, &value, &[])
}

#[test]
fn golden_bytes_of_photo_sound_and_removal() {
    let hex = |bytes: Vec<u8>| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let removal = RemovalRow {
        media: id(3),
        at: AT,
        by: Some(MemberId(4)),
        sound_only: None,
    };
    let golden = format!(
        "photo {}\nsound {}\nremoval {}\n",
        hex(cbor::encode(&photo(1))),
        hex(cbor::encode(&sound(2, 1))),
        hex(cbor::encode(&removal))
    );
    assert_eq!(golden, include_str!("golden.txt"), "\n{golden}");
    check_decoder(&cbor::encode(&photo(1)), cbor::decode::<PhotoRow>, cbor::encode);
    check_decoder(
        &cbor::encode(&sound(2, 1)),
        cbor::decode::<SoundRow>,
        cbor::encode,
    );
    check_decoder(&cbor::encode(&removal), cbor::decode::<RemovalRow>, cbor::encode);
}

#[test]
fn m7_photos_of_two_devices_are_both_there_in_one_order() {
    let saved = with_photo();
    let (mut a, mut b) = (device(&saved, 10), device(&saved, 11));
    story::add_photo(&mut a, id(2), &photo(2)).unwrap();
    story::add_photo(&mut b, id(3), &photo(3)).unwrap();
    exchange(&mut a, &mut b);
    let ids = |document: &mut Document| -> Vec<RowId> {
        read(document).photos.iter().map(|photo| photo.id).collect()
    };
    assert_eq!(ids(&mut a), [id(1), id(2), id(3)]);
    assert_eq!(ids(&mut b), ids(&mut a));
    assert_eq!((count(&a), blobs(&a).len()), ((3, 0), 6));
}

#[test]
fn what_was_removed_stays_removed_whatever_others_write() {
    let saved = with_photo();
    let (mut a, mut b) = (device(&saved, 10), device(&saved, 11));
    story::remove_media(&mut a, id(1), removal(9)).unwrap();
    set(&mut b, 1, &MediaEdit::Description("Een kar".into())).unwrap();
    exchange(&mut a, &mut b);
    for document in [&mut a, &mut b] {
        assert_eq!(read(document), Media::default());
        assert_eq!(blobs(document), []);
        let again = story::add_photo(document, id(1), &photo(5));
        assert_eq!((again, count(document)), (Ok(()), (0, 0)), "its id is used up");
        let edited = set(document, 1, &MediaEdit::Who("Ana".into()));
        assert_eq!(edited, Err(EditError::Unknown));
    }
}

#[test]
fn what_is_heard_of_a_recording_goes_for_good_and_what_was_written_stays() {
    let mut document = story::create(ActorId([1; 16]));
    story::add_sound(&mut document, id(10), &sound(2, 1)).unwrap();
    set(&mut document, 2, &MediaEdit::Text("Er was eens".into())).unwrap();
    set(&mut document, 2, &MediaEdit::WriteDownOnly(true)).unwrap();
    let saved = document.save();
    let (mut a, mut b) = (device(&saved, 10), device(&saved, 11));
    assert!(read(&mut a).recordings[0].is_to_write_down());
    story::erase_sound(&mut a, id(2), removal(9)).unwrap();
    // Another phone was still recording, and changes its mind.
    story::add_sound(&mut b, id(11), &sound(2, 2)).unwrap();
    set(&mut b, 2, &MediaEdit::WriteDownOnly(false)).unwrap();
    exchange(&mut a, &mut b);
    for document in [&mut a, &mut b] {
        assert_eq!((blobs(document), count(document)), (vec![], (0, 1)));
        let recording = read(document).recordings.remove(0);
        assert!(recording.is_erased && !recording.is_to_write_down());
        assert_eq!(recording.fields.value(MediaField::Text), "Er was eens");
    }
    story::remove_media(&mut a, id(2), removal(12)).unwrap();
    assert_eq!(read(&mut a), Media::default());
}

#[test]
fn m7_a_field_of_a_photo_that_two_devices_set_keeps_both_values_until_one_is_chosen() {
    let saved = with_photo();
    let (mut a, mut b) = (device(&saved, 10), device(&saved, 11));
    set(&mut a, 1, &MediaEdit::Recognisable(Some(true))).unwrap();
    set(&mut b, 1, &MediaEdit::Recognisable(Some(false))).unwrap();
    set(&mut b, 1, &MediaEdit::Who("Ana\nBart".into())).unwrap();
    exchange(&mut a, &mut b);
    let fields = read(&mut a).photos[0].fields.clone();
    assert_eq!(fields.value(MediaField::Who), "Ana Bart");
    let [(MediaField::Recognisable, versions)] = &fields.conflicts[..] else {
        panic!("one field conflicts: {fields:?}")
    };
    let values: Vec<_> = versions.iter().map(|version| version.value.as_str()).collect();
    assert_eq!(values, ["yes", "no"]);
    story::choose_media(&mut a, id(1), MediaField::Recognisable, &versions[1].id).unwrap();
    exchange(&mut a, &mut b);
    let fields = read(&mut b).photos[0].fields.clone();
    assert_eq!(
        (fields.answer(MediaField::Recognisable), fields.conflicts),
        (Some(false), vec![])
    );
}

#[test]
fn m7_a_written_text_of_two_authors_has_two_versions_and_no_mixture() {
    let mut document = story::create(ActorId([1; 16]));
    story::add_sound(&mut document, id(20), &sound(2, 1)).unwrap();
    let saved = document.save();
    let (mut a, mut b) = (device(&saved, 10), device(&saved, 11));
    set(&mut a, 2, &MediaEdit::Text("Het begon met soep.".into())).unwrap();
    set(&mut b, 2, &MediaEdit::Text("Wij begonnen met brood.".into())).unwrap();
    exchange(&mut a, &mut b);
    for document in [&mut a, &mut b] {
        let fields = read(document).recordings[0].fields.clone();
        let values: Vec<_> = fields.conflicts[0]
            .1
            .iter()
            .map(|version| version.value.clone())
            .collect();
        assert_eq!(values, ["Het begon met soep.", "Wij begonnen met brood."]);
    }
}

#[test]
fn parts_of_a_recording_stand_in_their_order_and_its_marks_in_that_of_the_recording() {
    let mut document = story::create(ActorId([1; 16]));
    story::add_sound(&mut document, id(20), &sound(2, 2)).unwrap();
    story::add_sound(&mut document, id(21), &sound(2, 1)).unwrap();
    let mark = |part, at_ms, question: &str| Mark {
        part,
        at_ms,
        question: question.to_owned(),
    };
    let later = mark(2, 500, "Wie deed mee?");
    let first = mark(1, 70_000, " Hoe is het\nbegonnen? ");
    set(&mut document, 2, &MediaEdit::Marks(vec![later.clone(), first])).unwrap();
    let recording = read(&mut document).recordings[0].clone();
    let parts: Vec<_> = recording.sounds.iter().map(|sound| sound.part).collect();
    assert_eq!(parts, [1, 2]);
    let marks = read_marks(recording.fields.value(MediaField::Marks));
    assert_eq!(marks, [mark(1, 70_000, "Hoe is het begonnen?"), later]);
}

#[test]
fn m9_what_cannot_be_a_photo_is_left_out_and_a_bad_field_is_empty() {
    let mut document = story::create(ActorId([1; 16]));
    story::add_photo(&mut document, id(1), &photo(1)).unwrap();
    let bad = [
        PhotoRow { width: 0, ..photo(2) },
        PhotoRow {
            full: blob(2, "image/svg+xml"),
            ..photo(2)
        },
        PhotoRow {
            thumbnail: blob(2, JPEG),
            ..photo(2)
        },
        PhotoRow {
            full: Blob {
                size: u32::MAX,
                ..blob(2, JPEG)
            },
            ..photo(2)
        },
    ];
    for (n, row) in (2..).zip(&bad) {
        assert_eq!(
            story::add_photo(&mut document, id(n), row),
            Err(EditError::NotMedia)
        );
        added::add(&mut document, PHOTOS, id(n), row).unwrap();
    }
    let (_, media) = document.inner.get(ROOT, edit::MEDIA).unwrap().unwrap();
    document
        .inner
        .put(media, format!("{}.recognisable", id(1)), 7_u64)
        .unwrap();
    let read = read(&mut document);
    assert_eq!((read.photos.len(), read.n_unreadable), (1, bad.len()));
    assert_eq!(read.photos[0].fields.bad, [MediaField::Recognisable]);
    assert_eq!(read.photos[0].fields.answer(MediaField::Recognisable), None);
}

#[test]
fn fields_take_no_more_than_they_may_and_only_of_what_is_there() {
    let mut document = Document::load(&with_photo(), ActorId([2; 16])).unwrap();
    let long = MediaEdit::Description("a".repeat(501));
    assert_eq!(set(&mut document, 1, &long), Err(EditError::TooLong(500)));
    let text = MediaEdit::Text("a".into());
    assert_eq!(
        set(&mut document, 1, &text),
        Err(EditError::Unknown),
        "a photo has none"
    );
    let mark = Mark {
        part: 1,
        at_ms: 0,
        question: "?".into(),
    };
    let many = MediaEdit::Marks(vec![mark; 101]);
    assert_eq!(set(&mut document, 1, &many), Err(EditError::TooMany(100)));
    for n in 2..=50 {
        story::add_photo(&mut document, id(n), &photo(n)).unwrap();
    }
    let one_more = story::add_photo(&mut document, id(51), &photo(51));
    assert_eq!(one_more, Err(EditError::TooMany(PHOTOS_MAX)));
}

#[test]
fn w5_only_small_jpeg_is_taken_and_only_sound_is_recorded() {
    let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0];
    assert_eq!(check_photo(&jpeg, &jpeg, 1600, 900), Ok(()));
    assert_eq!(check_photo(b"<svg>", &jpeg, 1600, 900), Err(EditError::NotMedia));
    assert_eq!(check_photo(&jpeg, &jpeg, 1601, 900), Err(EditError::NotMedia));
    let large = [&jpeg[..], &vec![0; THUMBNAIL_BYTES_MAX]].concat();
    let refused = Err(EditError::TooLarge(THUMBNAIL_BYTES_MAX));
    assert_eq!(check_photo(&jpeg, &large, 1600, 900), refused);
    assert_eq!(check_sound_type("audio/mp4;codecs=\"mp4a.40.2\""), Ok(()));
    for other in ["video/webm", "audio/\u{e9}", &format!("audio/{}", "x".repeat(90))] {
        assert_eq!(check_sound_type(other), Err(EditError::NotMedia), "{other}");
    }
}

#[test]
fn the_largest_sound_fits_in_its_document() {
    let (key, doc) = (BlobKey::from_bytes(&[7; 32]), DocumentId([3; 16]));
    let part = seal_blob(
        &key,
        doc,
        BlobId([4; 16]),
        b"sound",
        &mut ChaCha8Rng::seed_from_u64(1),
    );
    let row = SoundRow {
        sound: Blob {
            size: u32::try_from(SOUND_BYTES_MAX).unwrap(),
            hashes: PartHashes(vec![part_hash(&part[0]); n_parts(SOUND_BYTES_MAX)]),
            ..blob(2, "audio/mp4")
        },
        ..sound(2, 1)
    };
    let mut document = story::create(ActorId([1; 16]));
    story::add_sound(&mut document, id(20), &row).unwrap();
    assert_eq!(read(&mut document).recordings[0].sounds, [row]);
}
