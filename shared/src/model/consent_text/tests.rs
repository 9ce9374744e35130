use super::*;
use crate::cbor;
use crate::cbor::mutation::check_decoder;
use crate::crypto::BlobKey;
use crate::id::{BlobId, PartHash};
use crate::model::gate;
use crate::model::media::{self, Part, PartHashes};

const AT: Timestamp = Timestamp(9);

fn id(n: u8) -> RowId {
    RowId([n; 16])
}

fn version(number: u32, follows: &[u8], text: &str) -> Version {
    Version {
        number,
        sentences: vec![Sentences {
            used: Use::Website,
            text: text.into(),
        }],
        follows: follows.iter().map(|n| id(*n)).collect(),
        at: AT,
        by: Some(MemberId(4)),
    }
}

fn reading(n: u8, used: Use, text: &str) -> Reading {
    Reading {
        used,
        text: text.into(),
        duration_ms: 4_000,
        sound: Blob {
            id: BlobId([n; 16]),
            key: BlobKey::from_bytes(&[3; 32]),
            size: 700,
            hashes: PartHashes(vec![PartHash([5; 32])]),
            media_type: "audio/mp4".into(),
        },
        at: AT,
        by: None,
    }
}

fn arabic(actor: u8) -> Document {
    create("AR", ActorId([actor; 16])).unwrap()
}

fn shown(document: &Document) -> Vec<String> {
    let versions = read(document).versions;
    let newest = newest(&versions).into_iter();
    newest
        .map(|(_, version)| version.sentences[0].text.clone())
        .collect()
}

#[test]
fn golden_bytes_of_version_and_reading() {
    let hex = |bytes: Vec<u8>| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let version = cbor::encode(&version(2, &[1], "نص"));
    let reading = cbor::encode(&reading(1, Use::Voice, "نص"));
    let golden = format!(
        "version {}\nreading {}\n",
        hex(version.clone()),
        hex(reading.clone())
    );
    assert_eq!(golden, include_str!("golden.txt"), "\n{golden}");
    check_decoder(&version, cbor::decode::<Version>, cbor::encode);
    check_decoder(&reading, cbor::decode::<Reading>, cbor::encode);
}

#[test]
fn a_language_is_a_tag() {
    assert_eq!(read(&arabic(1)).language, "ar");
    assert_eq!(
        create("Arabisch (Marokko)", ActorId([1; 16])).err(),
        Some(EditError::Unknown)
    );
    assert_eq!(create("", ActorId([1; 16])).err(), Some(EditError::Unknown));
}

#[test]
fn the_last_version_is_shown_and_all_of_them_stay() {
    let mut document = arabic(1);
    save(&mut document, id(1), &version(1, &[], "  eerst\r\nnog ")).unwrap();
    save(&mut document, id(2), &version(2, &[1], "daarna")).unwrap();
    assert_eq!(shown(&document), ["daarna"]);
    let all = read(&document).versions;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].1.sentences[0].text, "eerst\nnog");
}

#[test]
fn m7_two_versions_that_were_saved_at_once_stand_side_by_side_until_one_follows_both() {
    let mut ours = arabic(1);
    save(&mut ours, id(1), &version(1, &[], "eerst")).unwrap();
    let mut theirs = Document::load(&ours.save(), ActorId([2; 16])).unwrap();
    drop(ours.take_changes());
    save(&mut ours, id(2), &version(2, &[1], "van ons")).unwrap();
    save(&mut theirs, id(3), &version(2, &[1], "van hen")).unwrap();
    save(&mut theirs, id(4), &version(3, &[3], "van hen, later")).unwrap();
    let (from_us, from_them) = (ours.take_changes().concat(), theirs.take_changes().concat());
    gate::incremental(&mut ours, &from_them).unwrap();
    gate::incremental(&mut theirs, &from_us).unwrap();
    // An older number is not lost behind a newer one that never saw it.
    assert_eq!(shown(&ours), ["van hen, later", "van ons"]);
    assert_eq!(shown(&theirs), shown(&ours));
    save(&mut ours, id(5), &version(4, &[2, 4], "van ons")).unwrap();
    assert_eq!(shown(&ours), ["van ons"]);
}

#[test]
fn versions_that_name_each_other_or_themselves_are_still_shown() {
    let mut document = arabic(1);
    save(&mut document, id(1), &version(1, &[2], "een")).unwrap();
    save(&mut document, id(2), &version(2, &[1], "twee")).unwrap();
    assert_eq!(shown(&document), ["twee", "een"]);
    let mut document = arabic(1);
    save(&mut document, id(1), &version(1, &[1], "zichzelf")).unwrap();
    assert_eq!(shown(&document), ["zichzelf"]);
}

#[test]
fn m9_what_cannot_be_asked_is_refused_and_left_out_when_it_comes() {
    let mut document = arabic(1);
    let long = "ا".repeat(CONSENT_TEXT_CHARS_MAX + 1);
    let refused = save(&mut document, id(1), &version(1, &[], &long));
    assert_eq!(refused, Err(EditError::TooLong(CONSENT_TEXT_CHARS_MAX)));
    let twice = Version {
        sentences: vec![
            version(1, &[], "a").sentences[0].clone(),
            version(1, &[], "b").sentences[0].clone(),
        ],
        ..version(1, &[], "")
    };
    assert_eq!(save(&mut document, id(1), &twice), Err(EditError::Unknown));
    added::add(&mut document, VERSIONS, id(1), &twice).unwrap();
    added::add(&mut document, VERSIONS, id(2), &version(1, &[], &long)).unwrap();
    added::add(&mut document, READINGS, id(3), &reading(3, Use::Voice, "")).unwrap();
    let read = read(&document);
    assert_eq!((read.versions, read.readings), (vec![], vec![]));
    // A use without a text is left out; a version without any is one all the same: the language has no texts then.
    save(&mut document, id(4), &version(1, &[], "  ")).unwrap();
    assert_eq!(super::read(&document).versions[0].1.sentences, []);
}

#[test]
fn the_last_reading_of_a_use_is_heard_and_its_blob_alone_is_kept() {
    let mut document = arabic(1);
    add_reading(&mut document, id(1), &reading(1, Use::Voice, "oud")).unwrap();
    add_reading(&mut document, id(2), &reading(2, Use::Voice, "nieuw")).unwrap();
    add_reading(&mut document, id(3), &reading(3, Use::Name, "naam")).unwrap();
    let blobs = |document: &Document| -> Vec<_> {
        let blobs = media::blobs(document).into_iter();
        blobs.map(|(media, part, blob)| (media, part, blob.id)).collect()
    };
    let expected = [3, 2].map(|n| (id(n), Part::Reading, BlobId([n; 16])));
    assert_eq!(blobs(&document), expected);
    let row = RemovalRow {
        media: id(2),
        at: AT,
        by: None,
        sound_only: None,
    };
    remove_reading(&mut document, id(9), &row).unwrap();
    // What was replaced is heard again rather than nothing: it is compared with the text all the same.
    assert_eq!(
        blobs(&document),
        [3, 1].map(|n| (id(n), Part::Reading, BlobId([n; 16])))
    );
    assert_eq!(
        remove_reading(&mut document, id(8), &row),
        Err(EditError::Unknown)
    );
}

#[test]
fn a_reading_is_a_sound_that_a_browser_records() {
    let ogg = b"OggS\0\x02";
    assert_eq!(check_reading("audio/ogg", ogg, "tekst"), Ok(()));
    let mp3 = b"ID3\x04\0\0\0\0\0\x0dTIT2 De keuken";
    for other in [&mp3[..], b"RIFF\x24\0\0\0WAVEfmt ", b""] {
        assert_eq!(
            check_reading("audio/mpeg", other, "tekst"),
            Err(EditError::NotMedia)
        );
    }
    assert_eq!(
        check_reading("image/jpeg", ogg, "tekst"),
        Err(EditError::NotMedia)
    );
    let large = vec![0; READING_BYTES_MAX + 1];
    assert_eq!(
        check_reading("audio/mp4", &large, "tekst"),
        Err(EditError::TooLarge(READING_BYTES_MAX))
    );
}

#[test]
fn m8_a_newer_document_is_not_edited() {
    let mut document = arabic(1);
    document.inner.put(ROOT, "schema", i64::from(SCHEMA) + 1).unwrap();
    assert!(read(&document).too_new);
    assert_eq!(
        save(&mut document, id(1), &version(1, &[], "tekst")),
        Err(EditError::TooNew)
    );
}
