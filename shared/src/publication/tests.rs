//! Goal: a record is shown only with what it needs, and its bytes have one form.
//! Method: one publishable record, spoilt in one way at a time; golden bytes; seeded mutations.

mod media;

use super::*;
use crate::cbor::mutation::check_decoder;
use std::fmt::Write as _;

fn record() -> Publication {
    Publication {
        version: 1,
        prev: None,
        title: "De soepkar".into(),
        sections: vec![
            section(Heading::Happened, "Het begon met een *kapotte* keuken."),
            section(Heading::Tips, "Begin klein."),
        ],
        summary: "Buren koken samen.".into(),
        language: "nl".into(),
        themes: vec!["samenleven".into(), "armoede".into()],
        audience: "buren".into(),
        municipality: Nis(44_021),
        district: Some("Gentbrugge".into()),
        name: Some("Ana".into()),
        date: Timestamp(1_700_006_400_000),
        claims: vec![
            claim(Use::Website, None),
            claim(Use::Name, Some(Timestamp(2_000))),
        ],
        consent: [5; 32],
        photos: Listed::default(),
        sounds: Listed::default(),
    }
}

fn section(heading: Heading, text: &str) -> Section {
    Section {
        heading,
        text: text.into(),
    }
}

fn claim(allows: Use, until: Option<Timestamp>) -> Claim {
    Claim {
        allows,
        text_version: 1,
        until,
    }
}

fn check_spoilt(expected: PublicationError, spoil: impl FnOnce(&mut Publication)) {
    let mut publication = record();
    spoil(&mut publication);
    assert_eq!(publication.check(Timestamp(1_000)), Err(expected));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn golden_bytes_of_publication_and_withdrawal() {
    let withdraw = Withdraw {
        version: 1,
        prev: EntryId([7; 32]),
        only_prev: None,
    };
    let takedown = Withdraw {
        only_prev: Some(true),
        ..withdraw
    };
    let golden = format!(
        "publication {}\nwithdraw {}\ntakedown {}\nwith media {}\nwith ids {}\n",
        hex(&record().encode()),
        hex(&withdraw.encode()),
        hex(&takedown.encode()),
        hex(&media::record_with_media().encode()),
        hex(&media::record_with_ids().encode())
    );
    assert_eq!(golden, include_str!("golden.txt"));
}

#[test]
fn mutated_bytes_have_one_form_or_are_refused() {
    for record in [record(), media::record_with_media()] {
        check_decoder(&record.encode(), Publication::decode, Publication::encode);
    }
    for only_prev in [None, Some(true)] {
        let withdraw = Withdraw {
            version: 3,
            prev: EntryId([7; 32]),
            only_prev,
        };
        check_decoder(&withdraw.encode(), Withdraw::decode, Withdraw::encode);
    }
}

#[test]
fn p2_a_publication_needs_the_website_and_the_name_that_it_shows() {
    assert_eq!(record().check(Timestamp(1_000)), Ok(()));
    check_spoilt(PublicationError::NoConsent(Use::Website), |publication| {
        publication.claims.remove(0);
    });
    check_spoilt(PublicationError::NoConsent(Use::Name), |publication| {
        publication.claims.pop();
    });
    let mut nameless = record();
    nameless.claims.pop();
    nameless.name = None;
    assert_eq!(nameless.check(Timestamp(1_000)), Ok(()));
}

#[test]
fn p2_a_publication_is_not_shown_after_its_consent_ended() {
    assert_eq!(record().until(), Some(Timestamp(2_000)));
    assert_eq!(record().check(Timestamp(2_000)), Ok(()));
    assert_eq!(
        record().check(Timestamp(2_001)),
        Err(PublicationError::Expired(Use::Name))
    );
}

#[test]
fn p1_only_names_of_the_register_are_shown_as_place() {
    check_spoilt(PublicationError::Field(Field::District), |publication| {
        publication.district = Some("Dorpsstraat 5".into());
    });
    check_spoilt(PublicationError::Field(Field::Municipality), |publication| {
        publication.municipality = Nis(99_999);
    });
}

#[test]
fn p2_a_publication_keeps_its_limits() {
    let field = PublicationError::Field;
    check_spoilt(field(Field::Title), |publication| publication.title = " ".into());
    check_spoilt(field(Field::Title), |publication| {
        publication.title = "twee\nregels".into();
    });
    check_spoilt(field(Field::Title), |publication| {
        publication.title = "é".repeat(201)
    });
    check_spoilt(field(Field::Summary), |publication| {
        publication.summary = "é".repeat(401);
    });
    check_spoilt(field(Field::Happened), |publication| publication.sections.clear());
    check_spoilt(field(Field::Happened), |publication| {
        publication.sections.reverse()
    });
    check_spoilt(field(Field::Tips), |publication| {
        publication.sections[1].text = "\u{0}".into();
    });
    check_spoilt(field(Field::Happened), |publication| {
        publication.sections[0].text = "a".repeat(TEXT_BYTES_MAX);
    });
    check_spoilt(field(Field::Language), |publication| {
        publication.language = "<b>".into();
    });
    check_spoilt(field(Field::Themes), |publication| {
        publication.themes.push("armoede".into());
    });
    check_spoilt(field(Field::Themes), |publication| {
        publication.themes.push("\"><script>".into());
    });
    check_spoilt(field(Field::NameOnline), |publication| {
        publication.name = Some(String::new());
    });
}

#[test]
fn p3_the_first_version_follows_nothing_and_every_other_follows_something() {
    check_spoilt(PublicationError::Version(0), |publication| {
        publication.version = 0
    });
    check_spoilt(PublicationError::Version(2), |publication| {
        publication.version = 2
    });
    check_spoilt(PublicationError::Version(1), |publication| {
        publication.prev = Some(EntryId([1; 32]));
    });
}

#[test]
fn p2_the_digest_of_a_preview_is_of_what_is_shown() {
    let digest = record().preview_digest();
    let later = Publication {
        version: 4,
        prev: Some(EntryId([1; 32])),
        date: Timestamp(0),
        ..record()
    };
    assert_eq!(later.preview_digest(), digest);
    let mut other = record();
    other.sections[1].text.push('!');
    assert_ne!(other.preview_digest(), digest);
}

#[test]
fn the_largest_publication_fits_an_entry() {
    let mut publication = record();
    publication.sections[0].text = "a".repeat(TEXT_BYTES_MAX - publication.sections[1].text.len());
    publication.title = "🌿".repeat(TITLE_CHARS_MAX);
    publication.summary = "🌿".repeat(SUMMARY_CHARS_MAX);
    assert_eq!(publication.check(Timestamp(1_000)), Ok(()));
    assert!(publication.encode().len() < crate::entry::PLAIN_BYTES_MAX);
    // As much in photos and sounds as may be.
    let media = media::record_with_ids();
    publication.claims = media.claims;
    publication.photos = Listed(vec![media.photos.0[0].clone(); crate::command::PHOTOS_MAX]);
    publication.sounds = media.sounds;
    let file = publication.sounds.0[0].files[0];
    publication.sounds.0[0].files = vec![file; crate::command::SOUNDS_MAX];
    publication.sections[0].text = "a".repeat(TEXT_BYTES_MAX - 2_000);
    assert_eq!(publication.check(Timestamp(1_000)), Ok(()));
    assert!(publication.encode().len() < crate::entry::PLAIN_BYTES_MAX);
}
