//! From a story to what is published of it.

use super::{Claim, Listed, Photo, Plain, Publication, Shape, Sound, SoundFile};
use crate::id::{BlobId, EntryId};
use crate::model::consent::Allowed;
use crate::model::media::{self, Recording};
use crate::model::showing::pictured;
use crate::model::story::Story;
use crate::time::Timestamp;
use crate::view::{Field, MediaField, Missing, Use};
use std::collections::BTreeMap;

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What a publication follows, as the log has it now (P3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Predecessor {
    /// The newest publication or withdrawal of the document, `None` if it has none.
    pub entry: Option<EntryId>,
    /// The version that it made or took back, 0 if there is none.
    pub version: u32,
}

/// What the bytes of blobs are as they may be published; `None` for bytes that may not.
pub type Plains = BTreeMap<BlobId, Option<Plain>>;

/// Why there is no publication of a story yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// It cannot be published as it is.
    Missing(Vec<Missing>),
    /// Nobody has looked at the bytes of these blobs.
    Bytes(Vec<BlobId>),
}

impl Publication {
    /// Takes from a story what may be published, at `now`; `teller` is her name, if this device may read it.
    ///
    /// The result passes [`Publication::check`] at `now`, and is exactly what a preview shows (P1). Photos and
    /// recordings that lack something, or that it has no room for, are not in it.
    ///
    /// # Errors
    /// [`NotYet`]: all reasons why it cannot be published as it is, or what is to be looked at first.
    pub fn from_story(
        story: &Story,
        teller: Option<&str>,
        predecessor: Predecessor,
        plains: &Plains,
        now: Timestamp,
    ) -> Result<Self, NotYet> {
        let missing = story.missing(teller, now);
        let Some(place) = story.municipality().filter(|_| missing.is_empty()) else {
            return Err(NotYet::Missing(missing));
        };
        let blobs = story.showable_blobs(teller, now).map(|blob| blob.id);
        let unseen: Vec<_> = blobs.filter(|blob| !plains.contains_key(blob)).collect();
        if !unseen.is_empty() {
            return Err(NotYet::Bytes(unseen));
        }
        let line = |field| story.field(field).trim().to_owned();
        let name = story.shown_name(teller);
        let without_room = story.without_room(teller, plains, now);
        let shown: Vec<_> = story
            .showable_photos(teller, now)
            .filter(|photo| !without_room.contains(&photo.id))
            .filter_map(|photo| Some((photo, photo_of(photo, plains)?)))
            .collect();
        let people: Vec<_> = shown.iter().flat_map(|(photo, _)| pictured(photo)).collect();
        let photos: Vec<_> = shown.into_iter().map(|(_, photo)| photo).collect();
        let recordings = story.showable_recordings(teller, now);
        let sounds: Vec<_> = recordings
            .filter(|recording| !without_room.contains(&recording.id))
            .filter_map(|recording| sound_of(recording, plains))
            .collect();
        let wanted = Wanted {
            name: name.is_some(),
            voice: !sounds.is_empty(),
            photos: !photos.is_empty(),
            people: &people,
        };
        let claims = claims(story, &wanted, teller, now);
        let district = line(Field::District);
        let language = line(Field::Language);
        let publication = Self {
            version: predecessor.version.saturating_add(1),
            prev: predecessor.entry,
            title: line(Field::Title),
            sections: story.sections(),
            summary: line(Field::Summary),
            language: if language.is_empty() {
                "nl".into()
            } else {
                language
            },
            themes: themes(story),
            audience: line(Field::Audience),
            municipality: place.nis,
            // A part that the register does not have stays inside: it could be an address (P1).
            district: Some(district).filter(|part| place.parts.contains(&part.as_str())),
            name,
            date: Timestamp(now.0 - now.0 % DAY_MS),
            consent: story
                .consents
                .digest(&claims, story.who_tells(teller), &people, now),
            claims,
            photos: Listed(photos),
            sounds: Listed(sounds),
        };
        match publication.check(now) {
            Ok(()) => Ok(publication),
            Err(error) => Err(NotYet::Missing(vec![reason(error)])),
        }
    }
}

/// What a publication needs consent for, beside the website.
struct Wanted<'a> {
    name: bool,
    voice: bool,
    photos: bool,
    /// Who can be recognised on its photos.
    people: &'a [String],
}

/// The claims for what is wanted, in the order of uses.
fn claims(story: &Story, wanted: &Wanted<'_>, teller: Option<&str>, now: Timestamp) -> Vec<Claim> {
    let claim = |used| match story.consents.allows(used, story.who_tells(teller), now) {
        Allowed::Yes(claim) => Some(claim),
        Allowed::Never | Allowed::Expired | Allowed::Withdrawn | Allowed::NoGuardian => None,
    };
    let photos = || story.photo_claim(wanted.people, teller, now);
    let claims = [
        claim(Use::Website),
        wanted.photos.then(photos).flatten(),
        wanted.name.then(|| claim(Use::Name)).flatten(),
        wanted.voice.then(|| claim(Use::Voice)).flatten(),
    ];
    claims.into_iter().flatten().collect()
}

/// What is published of a photo, if its bytes are one.
fn photo_of(photo: &media::Photo, plains: &Plains) -> Option<Photo> {
    let plain = (*plains.get(&photo.row.full.id)?)?;
    match plain.shape {
        Shape::Photo { width, height } => Some(Photo {
            hash: plain.hash,
            size: plain.size,
            width,
            height,
            alt: photo.fields.value(MediaField::Description).trim().to_owned(),
            shows_people: photo.fields.answer(MediaField::Recognisable) == Some(true),
            media: Some(photo.id),
        }),
        Shape::Sound(_) => None,
    }
}

/// What is published of a recording: all of it or nothing.
fn sound_of(recording: &Recording, plains: &Plains) -> Option<Sound> {
    let files = recording.sounds.iter().map(|row| {
        let plain = (*plains.get(&row.sound.id)?)?;
        match plain.shape {
            Shape::Sound(kind) => Some(SoundFile {
                hash: plain.hash,
                size: plain.size,
                kind,
                duration_ms: row.duration_ms,
            }),
            Shape::Photo { .. } => None,
        }
    });
    Some(Sound {
        files: files.collect::<Option<_>>()?,
        text: recording.fields.value(MediaField::Text).trim().to_owned(),
        media: Some(recording.id),
    })
}

/// Themes in the order in which they were chosen, each once.
fn themes(story: &Story) -> Vec<String> {
    let mut themes: Vec<String> = Vec::new();
    for theme in story.field(Field::Themes).split_whitespace() {
        if !themes.iter().any(|known| known == theme) {
            themes.push(theme.to_owned());
        }
    }
    themes
}

/// What a person can do about a record that the relay would refuse.
fn reason(error: super::PublicationError) -> Missing {
    use super::PublicationError as Error;
    match error {
        Error::NoConsent(Use::Name) | Error::Expired(Use::Name) => Missing::NameConsent,
        Error::NoConsent(_) => Missing::WebsiteConsent,
        Error::Expired(_) => Missing::WebsiteExpired,
        Error::Field(Field::Title) => Missing::Title,
        Error::Field(Field::Municipality | Field::District) => Missing::Municipality,
        Error::Field(Field::Summary) => Missing::SummaryTooLong,
        Error::Field(_) | Error::Version(_) | Error::Photo | Error::Sound => Missing::TextTooLong,
    }
}

#[cfg(test)]
mod tests {
    //! Goal: what a preview shows is what is sent, and nothing else of a story ever is.
    //! Method: a story whose every internal field holds a marker word.

    use super::*;
    use crate::id::{ActorId, DocumentId, MemberId, RowId};
    use crate::model::review::{Decision, ReviewKind};
    use crate::model::story::{self, Recorded};
    use crate::model::{Document, contact};
    use crate::places::Nis;
    use crate::publication::Heading;
    use crate::view::{Given, NewConsent, Party, TellerField};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const TELLER: &str = "Ana Peeters";

    fn recorded(n: u8) -> Recorded {
        Recorded {
            id: RowId([n; 16]),
            at: NOW,
            by: Some(MemberId(4)),
            name: None,
        }
    }

    fn document(naming: &str) -> Document {
        let mut document = story::create(ActorId([1; 16]));
        for (field, value) in [
            (Field::Title, "De soepkar"),
            (Field::Happened, "Het begon met een kapotte keuken."),
            (Field::Tips, "Begin klein."),
            (Field::Summary, "Buren koken samen."),
            (Field::Themes, "samenleven jeugd samenleven"),
            (Field::Audience, "buren"),
            (Field::Kind, "inspiring"),
            (Field::Part, "workshop"),
            (Field::Municipality, "44021"),
            (Field::District, "Gentbrugge"),
            (Field::ExactPlace, "MARKER-Dorpsstraat 5 bus 3"),
            (Field::NameOnline, naming),
            (Field::OtherName, "De soepvrouw"),
        ] {
            story::set(&mut document, field, value).unwrap();
        }
        story::set_teller(&mut document, DocumentId([7; 16])).unwrap();
        let consent = NewConsent {
            party: Party::Teller,
            whom: String::new(),
            uses: vec![Use::Name, Use::Website, Use::Press],
            given: Given::Read,
            text_version: 3,
            language: "nl".into(),
            until: Some(NOW.0 + 5),
        };
        story::add_consent(&mut document, &consent, recorded(1)).unwrap();
        let approved = Decision {
            note: Some("MARKER-notitie".into()),
            ..ReviewKind::Approved.into()
        };
        story::decide(&mut document, approved, recorded(2)).unwrap();
        document
    }

    fn publish(document: &mut Document) -> Result<Publication, NotYet> {
        from_story(&story::read(document), Predecessor::default(), NOW)
    }

    fn from_story(story: &Story, predecessor: Predecessor, now: Timestamp) -> Result<Publication, NotYet> {
        Publication::from_story(story, Some(TELLER), predecessor, &Plains::new(), now)
    }

    #[test]
    fn p1_a_publication_holds_what_the_teller_allowed() {
        let publication = publish(&mut document("first")).unwrap();
        assert_eq!(publication.check(NOW), Ok(()));
        assert_eq!((publication.version, publication.prev), (1, None));
        assert_eq!(publication.title, "De soepkar");
        let headings: Vec<_> = publication
            .sections
            .iter()
            .map(|section| section.heading)
            .collect();
        assert_eq!(headings, [Heading::Happened, Heading::Tips]);
        assert_eq!(publication.themes, ["samenleven", "jeugd"]);
        assert_eq!(publication.municipality, Nis(44_021));
        assert_eq!(publication.district.as_deref(), Some("Gentbrugge"));
        assert_eq!(publication.name.as_deref(), Some("Ana"));
        assert_eq!(publication.date.0 % DAY_MS, 0);
        let uses: Vec<_> = publication.claims.iter().map(|claim| claim.allows).collect();
        assert_eq!(uses, [Use::Website, Use::Name], "only what it needs");
        assert_eq!(publication.until(), Some(Timestamp(NOW.0 + 5)));
    }

    #[test]
    fn p1_nothing_internal_is_ever_in_the_bytes() {
        for naming in ["", "none", "first", "full", "other"] {
            let mut document = document(naming);
            // Not a part of the register: it could say where she lives.
            story::set(&mut document, Field::District, "MARKER-achter de kerk").unwrap();
            story::decide(&mut document, ReviewKind::TellerAgrees, recorded(3)).unwrap();
            story::decide(&mut document, ReviewKind::Approved, recorded(4)).unwrap();
            let mut teller = contact::create(ActorId([2; 16]));
            contact::set(&mut teller, TellerField::Name, TELLER).unwrap();
            contact::set(&mut teller, TellerField::Reach, "MARKER-0470 12 34 56").unwrap();
            let bytes = publish(&mut document).unwrap().encode();
            let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(has("De soepkar"), "the search finds what is there");
            assert!(!has("MARKER"));
            assert!(!has("0470"));
            assert!(!has(&[7_u8; 16].map(char::from).iter().collect::<String>()));
            assert_eq!(has("Peeters"), naming == "full");
            assert_eq!(has("Ana"), matches!(naming, "full" | "first"));
            assert_eq!(has("soepvrouw"), naming == "other");
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_called_so() {
        let story = story::read(&mut document("full"));
        let publish = |teller: &str| {
            Publication::from_story(&story, Some(teller), Predecessor::default(), &Plains::new(), NOW)
        };
        assert!(publish(&"é".repeat(100)).is_ok());
        let missing = vec![Missing::NameTooLong];
        assert_eq!(publish(&"é".repeat(101)), Err(NotYet::Missing(missing)));
    }

    #[test]
    fn p2_the_preview_is_the_publication_until_the_text_changes() {
        let mut document = document("none");
        let previewed = publish(&mut document).unwrap().preview_digest();
        let later = Predecessor {
            entry: Some(EntryId([3; 32])),
            version: 2,
        };
        let story = story::read(&mut document);
        let sent = from_story(&story, later, NOW).unwrap();
        assert_eq!((sent.version, sent.prev), (3, later.entry));
        assert_eq!(sent.preview_digest(), previewed);
        story::set(&mut document, Field::Audience, "iedereen").unwrap();
        assert_ne!(publish(&mut document).unwrap().preview_digest(), previewed);
    }

    #[test]
    fn p2_a_story_without_valid_consent_is_refused_with_the_reason() {
        let mut document = document("first");
        let story = story::read(&mut document);
        let late = Timestamp(NOW.0 + 6);
        assert_eq!(
            from_story(&story, Predecessor::default(), late),
            Err(NotYet::Missing(vec![
                Missing::WebsiteExpired,
                Missing::NameConsent
            ]))
        );
        let row = RowId([1; 16]);
        story::withdraw_consent(&mut document, row, &[Use::Website], recorded(5)).unwrap();
        assert_eq!(
            publish(&mut document),
            Err(NotYet::Missing(vec![Missing::WebsiteWithdrawn]))
        );
    }
}
