//! Goal: photos and sounds are named with what they need, and only bytes that tell nothing else are taken (W5, P2).
//! Method: photos built of segments, with what cameras add; seeded mutations.

use super::*;
use crate::cbor::mutation::mutations;
use crate::id::{MediaHash, RowId};
use crate::testing::picture::{jpeg, jpeg_with, webm};

fn photo(shows_people: bool) -> Photo {
    Photo {
        hash: MediaHash([1; 32]),
        size: 300_000,
        width: 1600,
        height: 1200,
        alt: "Els deelt soep uit.".into(),
        shows_people,
        media: None,
    }
}

fn sound() -> Sound {
    let file = |n| SoundFile {
        hash: MediaHash([n; 32]),
        size: 1_000_000,
        kind: SoundKind::Webm,
        duration_ms: 61_000,
    };
    Sound {
        text: "Het begon met een *kapotte* keuken.".into(),
        files: vec![file(2), file(3)],
        media: None,
    }
}

/// A record with a photo and a sound.
pub(super) fn record_with_media() -> Publication {
    Publication {
        photos: Listed(vec![photo(true)]),
        sounds: Listed(vec![sound()]),
        claims: vec![
            claim(Use::Website, None),
            claim(Use::Photo, Some(Timestamp(1_500))),
            claim(Use::Name, Some(Timestamp(2_000))),
            claim(Use::Voice, None),
        ],
        ..record()
    }
}

/// The same, as a build writes it that tells which of the story's they are.
pub(super) fn record_with_ids() -> Publication {
    let mut record = record_with_media();
    record.photos.0[0].media = Some(RowId([4; 16]));
    record.sounds.0[0].media = Some(RowId([5; 16]));
    record
}

fn check_spoilt(expected: PublicationError, spoil: impl FnOnce(&mut Publication)) {
    let mut publication = record_with_media();
    spoil(&mut publication);
    assert_eq!(publication.check(Timestamp(1_000)), Err(expected));
}

#[test]
fn p2_people_and_voices_need_a_claim_and_a_photo_of_nobody_needs_none() {
    assert_eq!(record_with_media().check(Timestamp(1_000)), Ok(()));
    check_spoilt(PublicationError::NoConsent(Use::Photo), |publication| {
        publication.claims.remove(1);
    });
    check_spoilt(PublicationError::NoConsent(Use::Voice), |publication| {
        publication.claims.pop();
    });
    let mut nobody = record_with_media();
    nobody.photos.0 = vec![photo(false)];
    nobody.claims.remove(1);
    assert_eq!(nobody.check(Timestamp(1_000)), Ok(()));
}

#[test]
fn p2_photos_end_before_the_page_where_their_consent_does() {
    let record = record_with_media();
    assert_eq!(record.until(), Some(Timestamp(2_000)));
    assert_eq!(record.until_of(Use::Photo), Some(Timestamp(1_500)));
    assert_eq!(
        record.check(Timestamp(1_501)),
        Err(PublicationError::Expired(Use::Photo))
    );
}

#[test]
fn p1_a_photo_has_words_and_a_sound_has_its_text() {
    check_spoilt(PublicationError::Photo, |publication| {
        publication.photos.0[0].alt = " ".into();
    });
    check_spoilt(PublicationError::Photo, |publication| {
        publication.photos.0[0].alt = "é".repeat(ALT_CHARS_MAX + 1);
    });
    check_spoilt(PublicationError::Photo, |publication| {
        publication.photos.0[0].width = 1_601;
    });
    check_spoilt(PublicationError::Photo, |publication| {
        publication.photos.0[0].size = 0;
    });
    check_spoilt(PublicationError::Photo, |publication| {
        publication.photos.0 = vec![photo(true); 51];
    });
    check_spoilt(PublicationError::Sound, |publication| {
        publication.sounds.0[0].text = "\n".into();
    });
    check_spoilt(PublicationError::Sound, |publication| {
        publication.sounds.0[0].files.clear();
    });
    check_spoilt(PublicationError::Field(Field::Happened), |publication| {
        publication.sounds.0[0].text = "a".repeat(TEXT_BYTES_MAX);
    });
}

#[test]
fn p2_another_photo_is_another_preview() {
    let digest = record_with_media().preview_digest();
    let mut other = record_with_media();
    other.photos.0[0].hash = MediaHash([9; 32]);
    assert_ne!(other.preview_digest(), digest);
    let mut other = record_with_media();
    other.sounds.0[0].text.push('!');
    assert_ne!(other.preview_digest(), digest);
}

#[test]
fn p2_which_of_the_storys_they_are_is_read_back_and_makes_no_other_preview() {
    let record = record_with_ids();
    assert_eq!(Publication::decode(&record.encode()).as_ref(), Ok(&record));
    assert_eq!(record.preview_digest(), record_with_media().preview_digest());
}

#[test]
fn w5_only_pixels_are_left_of_a_photo() {
    let camera = jpeg_with(
        1600,
        1200,
        5_000,
        1,
        &[
            (0xe1, b"Exif\0\0MARKER-51.05,3.72"),
            (0xe0, b"JFXX\0MARKER-thumbnail"),
            (0xe2, b"MPF\0MARKER"),
            (0xfe, b"MARKER-IMG_2041.jpg"),
        ],
    );
    // A film behind the photo, and filling between segments.
    let behind = [&camera[..], b"MARKER-film"].concat();
    for from in [&camera, &behind] {
        let (stripped, plain) = publishable_photo(from).unwrap();
        assert_eq!(stripped, jpeg(1600, 1200, 5_000, 1));
        assert_eq!(
            plain.shape,
            Shape::Photo {
                width: 1600,
                height: 1200
            }
        );
        assert_eq!(usize::try_from(plain.size).unwrap(), stripped.len());
        assert_eq!(Shape::of(&stripped, plain.size), Some(plain.shape));
        let size = u32::try_from(from.len()).unwrap();
        assert_eq!(Shape::of(from, size), None, "the relay takes it only stripped");
    }
}

#[test]
fn w5_what_is_no_plain_photo_is_refused() {
    assert!(publishable_photo(&jpeg(1601, 1200, 100, 1)).is_none(), "too wide");
    assert!(publishable_photo(&jpeg(0, 1200, 100, 1)).is_none(), "no width");
    assert!(publishable_photo(b"\x89PNG\r\n\x1a\n").is_none());
    assert!(publishable_photo(b"<svg xmlns='http://www.w3.org/2000/svg'/>").is_none());
    let whole = jpeg(1600, 1200, 100, 1);
    for len in 0..whole.len() {
        assert!(
            publishable_photo(&whole[..len]).is_none(),
            "the first {len} bytes"
        );
    }
    // Arithmetic coding, and a second frame.
    for marker in [0xc9, 0xc0] {
        let frame = [8, 4, 176, 6, 64, 1, 1, 0x11, 0];
        let other = jpeg_with(1600, 1200, 100, 1, &[(marker, &frame)]);
        assert!(publishable_photo(&other).is_none(), "{marker:x}");
    }
}

#[test]
fn w5_any_bytes_are_walked_without_a_panic_and_what_is_kept_is_kept_again() {
    let camera = jpeg_with(640, 480, 300, 7, &[(0xe1, b"Exif\0\0here"), (0xdd, &[0, 4])]);
    for seed in 0..4 {
        mutations(seed, &camera, |bytes| {
            if let Some((stripped, plain)) = publishable_photo(bytes) {
                assert_eq!(Shape::of(&stripped, plain.size), Some(plain.shape));
            }
        });
        mutations(seed, &webm(100, 1), |bytes| {
            if let Some(plain) = publishable_sound(bytes) {
                assert_eq!(Shape::of(bytes, plain.size), Some(plain.shape));
            }
        });
    }
}

#[test]
fn sounds_are_known_by_their_bytes() {
    let kind = |bytes: &[u8]| publishable_sound(bytes).map(|plain| plain.shape);
    assert_eq!(kind(&webm(100, 1)), Some(Shape::Sound(SoundKind::Webm)));
    assert_eq!(
        kind(b"\0\0\0\x1cftypiso5\0\0\x02\0"),
        Some(Shape::Sound(SoundKind::Mp4))
    );
    assert_eq!(kind(b"OggS\0\x02"), Some(Shape::Sound(SoundKind::Ogg)));
    for other in [
        &b"<script>"[..],
        b"ID3",
        b"RIFF",
        b"",
        b"\x1a\x45\xdf\xa3matroska",
    ] {
        assert_eq!(kind(other), None);
    }
}

#[test]
fn p2_people_and_a_voice_are_shown_as_long_as_their_consents_hold() {
    let mut record = record_with_media();
    record.claims[3].until = Some(Timestamp(1_700));
    let shown = |at| record.shown_media(Timestamp(at)).count();
    assert_eq!([1_500, 1_501, 1_700, 1_701].map(shown), [3, 2, 2, 0]);
    assert!(!record.has_ended(Timestamp(2_000)) && record.has_ended(Timestamp(2_001)));
    record.photos.0[0].shows_people = false;
    assert_eq!(record.shown_media(Timestamp(1_701)).count(), 1);
}
