//! Photos and sounds of a publication: what is said of them, and what their bytes must be.
//!
//! ```text
//! photo = {0 hash, 1 size, 2 width, 3 height, 4 alt, 5 shows people, 64 id}
//! sound = {0 text, 1 files, 64 id}      file = {0 hash, 1 size, 2 kind, 3 duration}
//! ```
//!
//! A recording that was interrupted is several files with one text. The bytes travel beside the record and are named
//! by their hash: what was previewed is what is shown (P2).

use super::{PublicationError, is_line, is_text, jpeg};
use crate::cbor::{cbor_code, cbor_map};
use crate::command::{PHOTO_BYTES_MAX, PHOTO_SIDE_PX_MAX, PHOTOS_MAX, SOUND_BYTES_MAX, SOUNDS_MAX};
use crate::id::{MediaHash, RowId};
use crate::view::Use;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use sha2::{Digest, Sha256};

/// Most characters of an alternative text: a long sentence or two.
pub const ALT_CHARS_MAX: usize = 500;

/// Bytes of a part in which the plain bytes travel and are kept; the last one may be shorter.
pub const MEDIUM_PART_BYTES: usize = 64 * 1024;

/// Longest beginning that tells a sound's kind.
const KIND_BYTES_MAX: usize = 64;

/// A photo on the website.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its bytes.
    pub hash: MediaHash,
    /// How many they are.
    pub size: u32,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
    /// What is to be seen, one line.
    pub alt: String,
    /// Whether people can be recognised: then the use "with photo" is claimed.
    pub shows_people: bool,
    /// Which of the story's it is: members know by it what the page shows. `None` by an older build.
    pub media: Option<RowId>,
}

/// A recording on the website.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// What is said, in the Markdown subset of [`crate::prose`]: nobody has to hear it to know it.
    pub text: String,
    /// Its files, one after the other; there is at least one.
    pub files: Vec<SoundFile>,
    /// Which of the story's it is, as of a photo.
    pub media: Option<RowId>,
}

/// A file of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundFile {
    /// Its bytes.
    pub hash: MediaHash,
    /// How many they are.
    pub size: u32,
    /// What they are.
    pub kind: SoundKind,
    /// Its duration, in milliseconds, as the device told that recorded it.
    pub duration_ms: u32,
}

/// Kinds of sound that browsers record, and play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SoundKind {
    /// `audio/mp4`.
    Mp4,
    /// `audio/webm`.
    Webm,
    /// `audio/ogg`.
    Ogg,
}

/// What bytes turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A photo.
    Photo {
        /// Width, in pixels.
        width: u32,
        /// Height, in pixels.
        height: u32,
    },
    /// A sound.
    Sound(SoundKind),
}

/// What is known of bytes that may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Their hash.
    pub hash: MediaHash,
    /// How many they are.
    pub size: u32,
    /// What they are.
    pub shape: Shape,
}

/// A list that is left out of a record where it is empty: a record without photos is as it was before there were any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T>(pub Vec<T>);

impl SoundKind {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "audio/mp4",
            Self::Webm => "audio/webm",
            Self::Ogg => "audio/ogg",
        }
    }

    /// The end of its address.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "m4a",
            Self::Webm => "webm",
            Self::Ogg => "ogg",
        }
    }

    /// Tells the kind by the first bytes, whatever anybody calls them.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let head = head.get(..head.len().min(KIND_BYTES_MAX))?;
        let has = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
        if head.get(4..8) == Some(b"ftyp") {
            Some(Self::Mp4)
        } else if head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) && has(b"webm") {
            Some(Self::Webm)
        } else if head.starts_with(b"OggS") {
            Some(Self::Ogg)
        } else {
            None
        }
    }
}

impl Shape {
    /// Tells what bytes are that somebody wants to publish: `head` is all of them where they are a photo's number or
    /// fewer, and else their beginning. `None` for what may not be published.
    #[must_use]
    pub fn of(head: &[u8], size: u32) -> Option<Self> {
        let n_bytes = usize::try_from(size).unwrap_or(usize::MAX);
        if head.len() == n_bytes
            && n_bytes <= PHOTO_BYTES_MAX
            && let Some((stripped, (width, height))) = jpeg::strip(head)
        {
            // W5: whoever sends it has taken out what is not its pixels.
            return (stripped == head).then_some(Self::Photo { width, height });
        }
        let kind = SoundKind::of(head)?;
        (n_bytes <= SOUND_BYTES_MAX).then_some(Self::Sound(kind))
    }
}

/// Returns the bytes of a photo as they may be published, and what they are; `None` if it is no such photo.
#[must_use]
pub fn publishable_photo(bytes: &[u8]) -> Option<(Vec<u8>, Plain)> {
    let (stripped, (width, height)) = jpeg::strip(bytes)?;
    let plain = Plain::new(&stripped, Shape::Photo { width, height });
    (stripped.len() <= PHOTO_BYTES_MAX).then_some((stripped, plain))
}

/// Returns what the bytes of a sound are, if they may be published as they are.
#[must_use]
pub fn publishable_sound(bytes: &[u8]) -> Option<Plain> {
    let kind = SoundKind::of(bytes)?;
    (bytes.len() <= SOUND_BYTES_MAX).then(|| Plain::new(bytes, Shape::Sound(kind)))
}

impl Plain {
    fn new(bytes: &[u8], shape: Shape) -> Self {
        Self {
            hash: MediaHash(Sha256::digest(bytes).into()),
            size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            shape,
        }
    }

    /// How many parts its bytes travel in.
    #[must_use]
    pub fn n_parts(&self) -> u32 {
        n_medium_parts(self.size)
    }
}

/// How many parts so many plain bytes travel in.
#[must_use]
pub fn n_medium_parts(size: u32) -> u32 {
    let part_bytes = u32::try_from(MEDIUM_PART_BYTES).unwrap_or(u32::MAX);
    size.div_ceil(part_bytes)
}

impl Photo {
    /// What its bytes must be.
    #[must_use]
    pub fn plain(&self) -> Plain {
        Plain {
            hash: self.hash,
            size: self.size,
            shape: Shape::Photo {
                width: self.width,
                height: self.height,
            },
        }
    }

    fn check(&self) -> Result<(), PublicationError> {
        let is_side = |side| (1..=PHOTO_SIDE_PX_MAX).contains(&side);
        let fits = is_line(&self.alt, ALT_CHARS_MAX)
            && is_side(self.width)
            && is_side(self.height)
            && is_size(self.size, PHOTO_BYTES_MAX);
        fits.then_some(()).ok_or(PublicationError::Photo)
    }
}

impl Sound {
    fn check(&self) -> Result<(), PublicationError> {
        let has_text = !self.text.trim().is_empty() && is_text(&self.text);
        let mut files = self.files.iter();
        let fits =
            has_text && !self.files.is_empty() && files.all(|file| is_size(file.size, SOUND_BYTES_MAX));
        fits.then_some(()).ok_or(PublicationError::Sound)
    }
}

impl SoundFile {
    /// What its bytes must be.
    #[must_use]
    pub fn plain(&self) -> Plain {
        Plain {
            hash: self.hash,
            size: self.size,
            shape: Shape::Sound(self.kind),
        }
    }
}

fn is_size(size: u32, bytes_max: usize) -> bool {
    size > 0 && usize::try_from(size).is_ok_and(|size| size <= bytes_max)
}

/// Checks what is said of photos and sounds; that the bytes are so is checked where they are.
pub(super) fn check(photos: &[Photo], sounds: &[Sound]) -> Result<(), PublicationError> {
    if photos.len() > PHOTOS_MAX {
        return Err(PublicationError::Photo);
    }
    photos.iter().try_for_each(Photo::check)?;
    let n_files = sounds.iter().map(|sound| sound.files.len()).sum::<usize>();
    if n_files > SOUNDS_MAX {
        return Err(PublicationError::Sound);
    }
    sounds.iter().try_for_each(Sound::check)
}

/// Uses that photos and sounds need.
pub(super) fn uses(photos: &[Photo], sounds: &[Sound]) -> [Option<Use>; 2] {
    let shows_people = photos.iter().any(|photo| photo.shows_people);
    [
        shows_people.then_some(Use::Photo),
        (!sounds.is_empty()).then_some(Use::Voice),
    ]
}

/// Bytes of what is written about photos and in sounds.
pub(super) fn text_bytes(photos: &[Photo], sounds: &[Sound]) -> usize {
    let photos = photos.iter().map(|photo| photo.alt.len());
    photos.chain(sounds.iter().map(|sound| sound.text.len())).sum()
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C, T: Encode<C>> Encode<C> for Listed<T> {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        self.0.encode(e, ctx)
    }

    fn is_nil(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for Listed<T> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        Decode::decode(d, ctx).map(Self)
    }

    fn nil() -> Option<Self> {
        Some(Self::default())
    }
}

cbor_map!(Photo { 0 => hash, 1 => size, 2 => width, 3 => height, 4 => alt, 5 => shows_people, 64 => media });
cbor_map!(Sound { 0 => text, 1 => files, 64 => media });
cbor_map!(SoundFile { 0 => hash, 1 => size, 2 => kind, 3 => duration_ms });
cbor_code!(SoundKind { 0 => Mp4, 1 => Webm, 2 => Ogg });
