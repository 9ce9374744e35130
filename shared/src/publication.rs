//! What becomes public: a plain, allow-listed record, its claims of consent, and how it is taken back.
//!
//! ```text
//! Publication (kind 5)                          Withdraw (kind 6)
//!  0 version, from 1      8 municipality         0 version that it takes back
//!  1 prev: entry id       9 district             1 prev: entry id
//!  2 title               10 name
//!  3 sections            11 date                 claim = {0 use, 1 text version, 2 until}
//!  4 summary             12 claims               section = [heading, text]
//!  5 language            13 consent digest
//!  6 themes              14 photos, if any       (see `media`)
//!  7 audience            15 sounds, if any
//! ```
//!
//! The document and the author stand in the entry's header. Nothing else of a story leaves its members (P1):
//! there is no field for a phone number, an exact place or a note.

#[cfg(feature = "model")]
mod from_story;
mod jpeg;
mod media;
#[cfg(test)]
mod tests;

#[cfg(feature = "model")]
pub use from_story::{NotYet, Plains, Predecessor};
pub use media::{
    ALT_CHARS_MAX, Listed, MEDIUM_PART_BYTES, Photo, Plain, Shape, Sound, SoundFile, SoundKind,
    n_medium_parts, publishable_photo, publishable_sound,
};

use crate::cbor::{self, CborError, cbor_array, cbor_code, cbor_map, cbor_number};
use crate::crypto::Tag;
use crate::id::EntryId;
use crate::places::{self, Municipality, Nis};
use crate::time::Timestamp;
use crate::view::{Field, Use};

/// Most characters of a title: two lines in a list.
pub const TITLE_CHARS_MAX: usize = 200;
/// Most characters of a summary (REQUIREMENTS §2).
pub const SUMMARY_CHARS_MAX: usize = 400;
/// Most bytes of all sections, alternative texts and texts of sounds together, UTF-8: some fifteen thousand words, and
/// room left in an entry of 128 KiB.
pub const TEXT_BYTES_MAX: usize = 96 * 1024;
/// Most characters of a shown name.
pub const NAME_CHARS_MAX: usize = 100;
/// Most characters of "Doelgroep".
pub const AUDIENCE_CHARS_MAX: usize = 200;
/// Most themes of a story.
pub const THEMES_MAX: usize = 12;
/// Most characters of a theme's id.
pub const THEME_CHARS_MAX: usize = 32;
/// Most characters of a language tag (RFC 5646 asks for 35).
pub const LANGUAGE_CHARS_MAX: usize = 35;

/// What is on the website, exactly (P1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Counted from 1 within the document.
    pub version: u32,
    /// The publication or withdrawal that it follows, `None` for the first of its document (P3).
    pub prev: Option<EntryId>,
    /// Title, one line.
    pub title: String,
    /// Text by heading, in the order of the form, none empty.
    pub sections: Vec<Section>,
    /// Plain summary, empty if none.
    pub summary: String,
    /// Language of the text, a BCP 47 tag.
    pub language: String,
    /// Ids of themes, each once.
    pub themes: Vec<String>,
    /// "Doelgroep", empty if none.
    pub audience: String,
    /// Municipality of today's register.
    pub municipality: Nis,
    /// Part of the municipality, a name of its register: the most precise place that is ever shown.
    pub district: Option<String>,
    /// Name of the teller as she consented, `None` if she is not named.
    pub name: Option<String>,
    /// Day of publishing as the coordinator's device told it: midnight UTC. For display only (S13).
    pub date: Timestamp,
    /// What the teller allowed, by use, each use once (P2).
    pub claims: Vec<Claim>,
    /// Digest of the consent rows behind the claims: members can tell which they were, nobody else.
    pub consent: [u8; 32],
    /// Photos, in the order of the page.
    pub photos: Listed<Photo>,
    /// Recordings, in the order of the page.
    pub sounds: Listed<Sound>,
}

/// A heading and the text below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: Heading,
    /// The text, in the Markdown subset of [`crate::prose`] (P6).
    pub text: String,
}

/// The headings of a story, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// "Wat gebeurde er?"
    Happened,
    /// "Wie deed mee?"
    Who,
    /// "Wat was de aanleiding?"
    Cause,
    /// "Wat is er veranderd?"
    Changed,
    /// "Tips voor anderen"
    Tips,
}

impl Heading {
    /// All headings, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Happened, Self::Who, Self::Cause, Self::Changed, Self::Tips];

    /// The field of the story that stands below it.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Happened => Field::Happened,
            Self::Who => Field::Who,
            Self::Cause => Field::Cause,
            Self::Changed => Field::Changed,
            Self::Tips => Field::Tips,
        }
    }
}

/// A use that the teller allowed, as a plain claim: that it is true is what the coordinator signs (P2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The use.
    pub allows: Use,
    /// Version of the text that was read to her.
    pub text_version: u32,
    /// Last moment at which it holds, if it ends.
    pub until: Option<Timestamp>,
}

/// Takes the story from the website (P3). The reason stays in the story, among members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdraw {
    /// The newest version that its author knew: the next publication counts on from it.
    pub version: u32,
    /// The publication that its author knew to be the newest.
    pub prev: EntryId,
    /// Refused once `prev` is not the newest any more: a device took this down by itself, which judged that publication
    /// alone. What a person takes back holds whatever was published meanwhile, and does not say this.
    pub only_prev: Option<bool>,
}

/// Why the relay does not take a publication, whoever signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicationError {
    /// A use is needed that no claim allows: the website, the name that is shown, people on photos, a voice.
    #[error("no consent for {0:?}")]
    NoConsent(Use),
    /// The consent for this use has ended.
    #[error("consent for {0:?} has ended")]
    Expired(Use),
    /// A field is empty that may not be, too long, out of order, or holds characters that it may not.
    #[error("field {0:?} is not publishable")]
    Field(Field),
    /// Version and predecessor do not fit each other.
    #[error("version {0} does not fit its predecessor")]
    Version(u32),
    /// A photo has no alternative text or an impossible size, or there are too many.
    #[error("a photo is not publishable")]
    Photo,
    /// A sound has no written text or an impossible size, or there are too many.
    #[error("a sound is not publishable")]
    Sound,
}

impl Publication {
    /// Writes the body of an entry of kind 5.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads the body of an entry of kind 5. Whether it may be shown is for [`Self::check`].
    ///
    /// # Errors
    /// If the bytes are not the one encoding of a publication.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }

    /// Checks all that can be checked without keys (P2), at the relay's time `at`.
    ///
    /// # Errors
    /// The first reason not to show it.
    pub fn check(&self, at: Timestamp) -> Result<(), PublicationError> {
        if self.version == 0 || (self.version == 1) != self.prev.is_none() {
            return Err(PublicationError::Version(self.version));
        }
        self.check_claims(at)?;
        media::check(&self.photos.0, &self.sounds.0)?;
        self.check_text()?;
        self.check_facts()
    }

    /// The last moment at which its page may be shown, `None` if its consents do not end. Photos and sounds may have
    /// to go before: see [`Self::until_of`].
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        [Use::Website, Use::Name]
            .into_iter()
            .filter_map(|used| self.until_of(used))
            .min()
    }

    /// The last moment at which a use is allowed, `None` if it does not end or is not claimed.
    #[must_use]
    pub fn until_of(&self, used: Use) -> Option<Timestamp> {
        self.claims.iter().find(|claim| claim.allows == used)?.until
    }

    /// What the bytes of its photos and sounds must be.
    pub fn media(&self) -> impl Iterator<Item = Plain> {
        let files = self.sounds.0.iter().flat_map(|sound| &sound.files);
        let photos = self.photos.0.iter().map(Photo::plain);
        photos.chain(files.map(SoundFile::plain))
    }

    /// Whether its page may not be shown any more.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.until().is_some_and(|until| until < now)
    }

    /// What may be shown of its photos and sounds as long as its page may: those of people, and a voice, can end before.
    pub fn shown_media(&self, now: Timestamp) -> impl Iterator<Item = Plain> {
        let holds = |used| self.until_of(used).is_none_or(|until| now <= until);
        let (shows_people, is_heard) = (holds(Use::Photo), holds(Use::Voice));
        let photos = self.photos.0.iter();
        let photos = photos.filter(move |photo| shows_people || !photo.shows_people);
        let sounds = self.sounds.0.iter().filter(move |_| is_heard);
        let files = sounds.flat_map(|sound| &sound.files);
        photos.map(Photo::plain).chain(files.map(SoundFile::plain))
    }

    /// Whether a claim allows the use.
    #[must_use]
    pub fn allows(&self, wanted: Use) -> bool {
        self.claims.iter().any(|claim| claim.allows == wanted)
    }

    /// The municipality where it is shown, `None` if the register does not have it.
    #[must_use]
    pub fn place(&self) -> Option<&'static Municipality> {
        places::municipality(self.municipality)
    }

    /// Digest of what a reader sees and what it rests on, whenever it is sent and whatever it follows:
    /// what was previewed is what may be published (P2).
    #[must_use]
    pub fn preview_digest(&self) -> [u8; 32] {
        let mut shown = Self {
            version: 0,
            prev: None,
            date: Timestamp(0),
            ..self.clone()
        };
        // No reader sees them, and a preview of an older build is without.
        for photo in &mut shown.photos.0 {
            photo.media = None;
        }
        for sound in &mut shown.sounds.0 {
            sound.media = None;
        }
        Tag::PREVIEW.digest(&[&shown.encode()])
    }

    fn check_claims(&self, at: Timestamp) -> Result<(), PublicationError> {
        for (claim, next) in self.claims.iter().zip(self.claims.iter().skip(1)) {
            if claim.allows >= next.allows {
                return Err(PublicationError::NoConsent(next.allows));
            }
        }
        let ended = |claim: &&Claim| claim.until.is_some_and(|until| until < at);
        if let Some(claim) = self.claims.iter().find(ended) {
            return Err(PublicationError::Expired(claim.allows));
        }
        let name = self.name.as_ref().map(|_| Use::Name);
        match [Some(Use::Website), name]
            .into_iter()
            .chain(media::uses(&self.photos.0, &self.sounds.0))
            .flatten()
            .find(|wanted| !self.allows(*wanted))
        {
            Some(wanted) => Err(PublicationError::NoConsent(wanted)),
            None => Ok(()),
        }
    }

    fn check_text(&self) -> Result<(), PublicationError> {
        let in_order = self
            .sections
            .iter()
            .zip(self.sections.iter().skip(1))
            .all(|(section, next)| section.heading < next.heading);
        let first = self.sections.first().map(|section| section.heading);
        if first != Some(Heading::Happened) || !in_order {
            return Err(PublicationError::Field(Field::Happened));
        }
        for section in &self.sections {
            if section.text.trim().is_empty() || !is_text(&section.text) {
                return Err(PublicationError::Field(section.heading.field()));
            }
        }
        let media_bytes = media::text_bytes(&self.photos.0, &self.sounds.0);
        if text_bytes(&self.sections) + media_bytes > TEXT_BYTES_MAX {
            return Err(PublicationError::Field(Field::Happened));
        }
        let checks = [
            (Field::Title, is_line(&self.title, TITLE_CHARS_MAX)),
            (
                Field::Summary,
                is_text(&self.summary) && self.summary.chars().count() <= SUMMARY_CHARS_MAX,
            ),
            (
                Field::Audience,
                self.audience.is_empty() || is_line(&self.audience, AUDIENCE_CHARS_MAX),
            ),
        ];
        all(&checks)
    }

    fn check_facts(&self) -> Result<(), PublicationError> {
        let place = self.place().filter(|place| place.nis == self.municipality);
        let district = self.district.as_deref();
        let themes = &self.themes;
        let each_once = themes
            .iter()
            .enumerate()
            .all(|(idx, theme)| !themes.iter().take(idx).any(|other| other == theme));
        let name = self.name.as_ref();
        let checks = [
            (Field::Language, is_language(&self.language)),
            (
                Field::Themes,
                each_once && themes.len() <= THEMES_MAX && themes.iter().all(|theme| is_theme(theme)),
            ),
            (Field::Municipality, place.is_some()),
            // Only a name of the register: free text could be an address.
            (
                Field::District,
                district.is_none_or(|part| place.is_some_and(|place| place.parts.contains(&part))),
            ),
            (
                Field::NameOnline,
                name.is_none_or(|name| is_line(name, NAME_CHARS_MAX)),
            ),
        ];
        all(&checks)
    }
}

impl Withdraw {
    /// Writes the body of an entry of kind 6.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads the body of an entry of kind 6.
    ///
    /// # Errors
    /// If the bytes are not the one encoding of a withdrawal.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode(bytes)
    }
}

fn all(checks: &[(Field, bool)]) -> Result<(), PublicationError> {
    match checks.iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Err(PublicationError::Field(*field)),
        None => Ok(()),
    }
}

/// Bytes of all sections together.
#[must_use]
pub(crate) fn text_bytes(sections: &[Section]) -> usize {
    sections.iter().map(|section| section.text.len()).sum()
}

/// One line of words: not empty, no control characters, bounded.
pub(crate) fn is_line(text: &str, chars_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= chars_max && !text.chars().any(char::is_control)
}

/// Text of several lines: no control characters but line ends and tabs.
pub(crate) fn is_text(text: &str) -> bool {
    !text
        .chars()
        .any(|char| char.is_control() && char != '\n' && char != '\t')
}

/// The shape of a BCP 47 tag: `nl`, `pt-BR`, `zh-Hant-TW`.
pub(crate) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    tag.len() <= LANGUAGE_CHARS_MAX
        && (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// The shape of a theme's id: lower-case letters, digits and hyphens.
pub(crate) fn is_theme(theme: &str) -> bool {
    (1..=THEME_CHARS_MAX).contains(&theme.len())
        && theme
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

cbor_number!(Nis: u32);
cbor_code!(Use { 0 => Network, 1 => Website, 2 => Photo, 3 => Name, 4 => Voice, 5 => Print, 6 => Press });
cbor_code!(Heading { 0 => Happened, 1 => Who, 2 => Cause, 3 => Changed, 4 => Tips });
cbor_array!(Section { heading, text });
cbor_map!(Claim { 0 => allows, 1 => text_version, 2 => until });
cbor_map!(Withdraw { 0 => version, 1 => prev, 2 => only_prev });
cbor_map!(Publication {
    0 => version,
    1 => prev,
    2 => title,
    3 => sections,
    4 => summary,
    5 => language,
    6 => themes,
    7 => audience,
    8 => municipality,
    9 => district,
    10 => name,
    11 => date,
    12 => claims,
    13 => consent as bytes,
    14 => photos,
    15 => sounds,
});
