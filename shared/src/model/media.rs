//! Photos and recordings: elements that are only ever added, fields of each, and removals that stay.
//!
//! ```text
//! root ─ photos ─ <id>                  blob, small picture, size (M2: never the bytes)
//!      ├ sounds ─ <id>                  one part of a recording: which, its number, blob, duration
//!      ├ removals ─ <id>                which photo or recording is gone: whoever adds one, it stays gone
//!      ├ media ─ <photo>.description, .recognisable, .who
//!      │       └ <recording>.text, .marks, .write_down
//!      └ marks ─ <recording>.text       as of every text (see `value`)
//! ```
//!
//! A recording has no element of its own: it is what the parts that name it are together. What cannot be read is
//! left out and counted (M9).

mod edit;
#[cfg(test)]
mod tests;

use super::added;
use super::consent_text;
use super::document::Document;
use super::field::EditError;
use super::value::{self, FieldVersion};
use crate::cbor::cbor_map;
use crate::command::{
    PHOTO_BYTES_MAX, PHOTO_SIDE_PX_MAX, PHOTOS_MAX, SOUND_BYTES_MAX, SOUNDS_MAX, THUMBNAIL_BYTES_MAX,
};
use crate::crypto::{BlobKey, blob_digest, n_parts};
use crate::id::{BlobId, MemberId, PartHash, RowId};
use crate::time::Timestamp;
use crate::view::MediaField;
use automerge::AutomergeError;
pub use edit::{as_stored, read_marks};
pub(super) use edit::{choose, set};
use edit::{read_field, spot};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const PHOTOS: &str = "photos";
pub(super) const SOUNDS: &str = "sounds";
pub(super) const REMOVALS: &str = "removals";

/// The media type of every photo.
pub const JPEG: &str = "image/jpeg";

/// Most characters of a media type: two codecs fit.
const MEDIA_TYPE_CHARS_MAX: usize = 80;

/// What a document knows of a blob (M2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Its id.
    pub id: BlobId,
    /// The key of its parts.
    pub key: BlobKey,
    /// Its bytes.
    pub size: u32,
    /// Hash of each sealed part.
    pub hashes: PartHashes,
    /// What its bytes are.
    pub media_type: String,
}

/// Hashes of parts, in order. Stored one after the other as one byte string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHashes(pub Vec<PartHash>);

/// A photo, as it was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoRow {
    /// The whole photo.
    pub full: Blob,
    /// The small picture.
    pub thumbnail: Blob,
    /// Width of the whole photo, in pixels.
    pub width: u32,
    /// Height of the whole photo, in pixels.
    pub height: u32,
    /// When it was added. For display only (S13).
    pub at: Timestamp,
    /// Who added it; `None` before she was a member.
    pub by: Option<MemberId>,
}

/// One part of a recording, as it was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundRow {
    /// The recording.
    pub recording: RowId,
    /// Its number within the recording, from 1.
    pub part: u32,
    /// Its duration, in milliseconds.
    pub duration_ms: u32,
    /// The sound.
    pub sound: Blob,
    /// When it was closed. For display only.
    pub at: Timestamp,
    /// Who recorded it; `None` before she was a member.
    pub by: Option<MemberId>,
}

/// That a photo or a recording is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovalRow {
    /// The photo, the recording or the reading.
    pub media: RowId,
    /// When. For display only.
    pub at: Timestamp,
    /// Who; `None` before she was a member.
    pub by: Option<MemberId>,
    /// Only what is heard of a recording is gone: what was written stays (REQUIREMENTS §3).
    pub sound_only: Option<bool>,
}

/// A photo of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its id within the story.
    pub id: RowId,
    /// What was added.
    pub row: PhotoRow,
    /// What was written about it.
    pub fields: MediaFields,
}

/// A recording of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its id within the story.
    pub id: RowId,
    /// Its parts, by their number; there is at least one.
    pub sounds: Vec<SoundRow>,
    /// What is heard of it is gone for good.
    pub is_erased: bool,
    /// What was written about it.
    pub fields: MediaFields,
}

/// What was written about a photo or a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaFields {
    /// Value of each of its fields, as [`MediaField`] says; empty where there is none.
    pub values: BTreeMap<MediaField, String>,
    /// Fields whose stored value could not be read (M9).
    pub bad: Vec<MediaField>,
    /// Fields with two versions (M7).
    pub conflicts: Vec<(MediaField, Vec<FieldVersion>)>,
}

/// Photos and recordings of a story, without those that were removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Photos, in the order in which they were added.
    pub photos: Vec<Photo>,
    /// Recordings, in the order of their first parts.
    pub recordings: Vec<Recording>,
    /// Elements that cannot be read: written by a newer app, or damaged.
    pub n_unreadable: usize,
}

/// What stands in the lists of a story.
struct Elements {
    photos: Vec<(RowId, PhotoRow)>,
    sounds: Vec<SoundRow>,
    /// Recordings of which nothing is heard any more.
    erased: BTreeSet<RowId>,
    n_unreadable: usize,
}

/// Makes the lists of photos and recordings, in the document's first change.
pub(super) fn create(document: &mut Document) -> Result<(), AutomergeError> {
    added::create(document, PHOTOS)?;
    added::create(document, SOUNDS)?;
    added::create(document, REMOVALS)?;
    added::create(document, edit::MEDIA)
}

/// Reads photos and recordings. Closes the open transaction where a field has two versions.
#[must_use]
pub fn read(document: &mut Document) -> Media {
    let elements = elements(document);
    let photos = elements.photos.into_iter().map(|(id, row)| Photo {
        id,
        row,
        fields: read_fields(document, id, &edit::PHOTO_FIELDS),
    });
    let photos = photos.collect();
    let mut order: Vec<RowId> = Vec::new();
    let mut by_recording: BTreeMap<RowId, Vec<SoundRow>> = BTreeMap::new();
    for sound in elements.sounds {
        if !order.contains(&sound.recording) {
            order.push(sound.recording);
        }
        by_recording.entry(sound.recording).or_default().push(sound);
    }
    let recordings = order.into_iter().map(|id| {
        let mut sounds = by_recording.remove(&id).unwrap_or_default();
        // Of two parts with one number both stay, in the order of causes.
        sounds.sort_by_key(|sound| sound.part);
        Recording {
            id,
            sounds,
            is_erased: elements.erased.contains(&id),
            fields: read_fields(document, id, &edit::RECORDING_FIELDS),
        }
    });
    Media {
        recordings: recordings.collect(),
        photos,
        n_unreadable: elements.n_unreadable,
    }
}

/// How many photos and recordings a story has.
#[must_use]
pub fn count(document: &Document) -> (usize, usize) {
    let elements = elements(document);
    let recordings: BTreeSet<_> = elements.sounds.iter().map(|sound| sound.recording).collect();
    (elements.photos.len(), recordings.len())
}

/// The blobs of a document, with the photo, recording or reading of each: those that are worth keeping and sending.
pub fn blobs(document: &Document) -> Vec<(RowId, Part, Blob)> {
    let elements = elements(document);
    let photos = elements
        .photos
        .into_iter()
        .flat_map(|(id, row)| [(id, Part::Thumbnail, row.thumbnail), (id, Part::Full, row.full)]);
    let sounds = elements
        .sounds
        .into_iter()
        .filter(|row| !elements.erased.contains(&row.recording))
        .map(|row| (row.recording, Part::Sound(row.part), row.sound));
    let readings = consent_text::readings(document).into_iter();
    let readings = readings.map(|(id, row)| (id, Part::Reading, row.sound));
    photos.chain(sounds).chain(readings).collect()
}

/// What a blob is of its photo or recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The small picture of a photo.
    Thumbnail,
    /// The whole photo.
    Full,
    /// A part of a recording.
    Sound(u32),
    /// A consent text, read by somebody.
    Reading,
}

impl Part {
    /// Whether every device fetches it unasked: what is looked at in lists, and what has to be there without a
    /// connection.
    #[must_use]
    pub fn is_for_all(self) -> bool {
        match self {
            Self::Thumbnail | Self::Reading => true,
            Self::Full | Self::Sound(_) => false,
        }
    }
}

/// Adds a photo, if it is one and there is room for it.
pub(super) fn add_photo(document: &mut Document, id: RowId, row: &PhotoRow) -> Result<(), EditError> {
    if !row.is_sane() {
        return Err(EditError::NotMedia);
    }
    if elements(document).photos.len() >= PHOTOS_MAX {
        return Err(EditError::TooMany(PHOTOS_MAX));
    }
    added::add(document, PHOTOS, id, row)
}

/// Refuses another part of a recording where there are as many as a story may have.
pub(super) fn check_sound_room(document: &Document) -> Result<(), EditError> {
    if elements(document).sounds.len() >= SOUNDS_MAX {
        return Err(EditError::TooMany(SOUNDS_MAX));
    }
    Ok(())
}

/// Adds a part of a recording; with the first one the recording is there. None is left out for being one too many: two
/// devices that each had room for one make more together.
pub(super) fn add_sound(document: &mut Document, id: RowId, row: &SoundRow) -> Result<(), EditError> {
    if !row.is_sane() {
        return Err(EditError::NotMedia);
    }
    let sounds = elements(document).sounds;
    if sounds.iter().all(|sound| sound.recording != row.recording) {
        value::create_text(document, &spot(row.recording, MediaField::Text))?;
    }
    added::add(document, SOUNDS, id, row)
}

/// Removes a photo or a recording that is there, or what is heard of it.
pub(super) fn remove(document: &mut Document, id: RowId, row: &RemovalRow) -> Result<(), EditError> {
    if is_there(document, row.media) {
        return added::add(document, REMOVALS, id, row);
    }
    Err(EditError::Unknown)
}

/// Refuses bytes that are no photo of this size. They are not decoded: whoever shows them does (W5).
///
/// # Errors
/// [`EditError::TooLarge`] or [`EditError::NotMedia`].
pub fn check_photo(jpeg: &[u8], thumbnail: &[u8], width: u32, height: u32) -> Result<(), EditError> {
    for (bytes, limit) in [(jpeg, PHOTO_BYTES_MAX), (thumbnail, THUMBNAIL_BYTES_MAX)] {
        if bytes.len() > limit {
            return Err(EditError::TooLarge(limit));
        }
        // Start of image, then the first marker.
        if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            return Err(EditError::NotMedia);
        }
    }
    if is_size(width) && is_size(height) {
        Ok(())
    } else {
        Err(EditError::NotMedia)
    }
}

/// Refuses a media type that is none of a sound.
///
/// # Errors
/// [`EditError::NotMedia`].
pub fn check_sound_type(media_type: &str) -> Result<(), EditError> {
    let is_plain = media_type
        .chars()
        .all(|char| char.is_ascii_graphic() || char == ' ');
    if is_plain && media_type.starts_with("audio/") && media_type.len() <= MEDIA_TYPE_CHARS_MAX {
        Ok(())
    } else {
        Err(EditError::NotMedia)
    }
}

/// Fields of a photo or a recording; none if it is not there.
fn fields_of(document: &Document, media: RowId) -> &'static [MediaField] {
    let elements = elements(document);
    if elements.photos.iter().any(|(id, _)| *id == media) {
        &edit::PHOTO_FIELDS
    } else if elements.sounds.iter().any(|sound| sound.recording == media) {
        &edit::RECORDING_FIELDS
    } else {
        &[]
    }
}

/// Elements that were removed. A removal that cannot be read removes nothing: which one would be a guess, and nothing
/// comes back from it.
pub(super) fn removed(document: &Document) -> BTreeSet<RowId> {
    removals(document).0
}

/// Photos, recordings and readings of which nobody sees or hears anything any more.
#[must_use]
pub fn gone(document: &Document) -> BTreeSet<RowId> {
    let (mut removed, mut erased) = removals(document);
    removed.append(&mut erased);
    removed
}

/// Whether a photo or a recording is there to be written about.
#[must_use]
pub fn is_there(document: &Document, media: RowId) -> bool {
    !fields_of(document, media).is_empty()
}

/// Elements that were removed, and recordings of which only the sound was.
fn removals(document: &Document) -> (BTreeSet<RowId>, BTreeSet<RowId>) {
    let removals = added::read::<RemovalRow>(document, REMOVALS).into_iter();
    let removals = removals.filter_map(|row| row.value);
    let (erased, removed): (Vec<_>, Vec<_>) = removals.partition(|row| row.sound_only == Some(true));
    let media = |rows: Vec<RemovalRow>| rows.into_iter().map(|row| row.media).collect();
    (media(removed), media(erased))
}

fn elements(document: &Document) -> Elements {
    let (removed, erased) = removals(document);
    let (mut photos, mut sounds) = (Vec::new(), Vec::new());
    let mut n_unreadable = 0;
    let mut seen = BTreeSet::new();
    for photo in added::read::<PhotoRow>(document, PHOTOS) {
        match photo.value.filter(PhotoRow::is_sane) {
            // One id is one photo: the first that was added under it.
            Some(row) if !removed.contains(&photo.id) && seen.insert(photo.id) => {
                photos.push((photo.id, row));
            }
            Some(_) => {}
            None => n_unreadable += 1,
        }
    }
    for sound in added::read::<SoundRow>(document, SOUNDS) {
        match sound.value.filter(SoundRow::is_sane) {
            Some(row) if !removed.contains(&row.recording) && seen.insert(sound.id) => sounds.push(row),
            Some(_) => {}
            None => n_unreadable += 1,
        }
    }
    Elements {
        photos,
        sounds,
        erased,
        n_unreadable,
    }
}

fn read_fields(document: &mut Document, media: RowId, known: &[MediaField]) -> MediaFields {
    let mut read = MediaFields::default();
    for &field in known {
        match read_field(document, media, field) {
            Ok(value) => drop(read.values.insert(field, value)),
            Err(_) => {
                read.bad.push(field);
                read.values.insert(field, String::new());
            }
        }
        let versions = value::versions(document, &spot(media, field));
        if !versions.is_empty() {
            read.conflicts.push((field, versions));
        }
    }
    read
}

impl Recording {
    /// Whether it was made only to be written down, and can still be heard.
    #[must_use]
    pub fn is_to_write_down(&self) -> bool {
        !self.is_erased && self.fields.answer(MediaField::WriteDownOnly) == Some(true)
    }
}

impl Blob {
    /// Digest of all its parts: what they are checked against once they are all there.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        blob_digest(&self.hashes.0)
    }

    pub(super) fn is_sane(&self, bytes_max: usize) -> bool {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        (1..=bytes_max).contains(&size) && self.hashes.0.len() == n_parts(size)
    }
}

impl PhotoRow {
    fn is_sane(&self) -> bool {
        let are_jpeg = self.full.media_type == JPEG && self.thumbnail.media_type == JPEG;
        let fit = self.full.is_sane(PHOTO_BYTES_MAX) && self.thumbnail.is_sane(THUMBNAIL_BYTES_MAX);
        are_jpeg && fit && self.full.id != self.thumbnail.id && is_size(self.width) && is_size(self.height)
    }
}

impl SoundRow {
    fn is_sane(&self) -> bool {
        self.sound.is_sane(SOUND_BYTES_MAX)
            && check_sound_type(&self.sound.media_type).is_ok()
            && (1..=SOUNDS_MAX).contains(&usize::try_from(self.part).unwrap_or(usize::MAX))
    }
}

impl MediaFields {
    /// The value of a field, empty if there is none.
    #[must_use]
    pub fn value(&self, field: MediaField) -> &str {
        self.values.get(&field).map_or("", String::as_str)
    }

    /// Whether a field is yes, or one of its two versions is.
    #[must_use]
    pub fn may_be_yes(&self, field: MediaField) -> bool {
        let conflicts = self.conflicts.iter().filter(|(other, _)| *other == field);
        let mut versions = conflicts.flat_map(|(_, versions)| versions);
        let is_yes = |value: &str| edit::answer(value) == Some(true);
        is_yes(self.value(field)) || versions.any(|version| is_yes(&version.value))
    }

    /// The value of a field that is yes, no or not answered.
    #[must_use]
    pub fn answer(&self, field: MediaField) -> Option<bool> {
        edit::answer(self.value(field))
    }
}

fn is_size(side_px: u32) -> bool {
    (1..=PHOTO_SIDE_PX_MAX).contains(&side_px)
}

cbor_map!(Blob { 0 => id, 1 => key, 2 => size, 3 => hashes, 4 => media_type });
cbor_map!(PhotoRow { 0 => full, 1 => thumbnail, 2 => width, 3 => height, 4 => at, 5 => by });
cbor_map!(SoundRow { 0 => recording, 1 => part, 2 => duration_ms, 3 => sound, 4 => at, 5 => by });
cbor_map!(RemovalRow { 0 => media, 1 => at, 2 => by, 3 => sound_only });

impl<C> Encode<C> for PartHashes {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|hash| hash.0).collect();
        e.bytes(&bytes)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PartHashes {
    fn decode(d: &mut Decoder<'b>, _ctx: &mut C) -> Result<Self, decode::Error> {
        let (hashes, rest) = d.bytes()?.as_chunks();
        if rest.is_empty() {
            Ok(Self(hashes.iter().copied().map(PartHash).collect()))
        } else {
            Err(decode::Error::message("not whole hashes"))
        }
    }
}
