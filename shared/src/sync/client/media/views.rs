//! Photos and recordings as the screen shows them, and where each is (C2).

use super::super::disk::BlobRow;
use crate::id::{ActorId, DocumentId, RowId};
use crate::model::media::{MediaFields, Part, Photo, Recording, read_marks};
use crate::model::story::Story;
use crate::publication::{Plains, Shape};
use crate::sync::client::Client;
use crate::time::Timestamp;
use crate::view::{
    LeftOut, MediaConflict, MediaField, PhotoNeed, PhotoView, PreviewPhoto, PreviewSound, RecordingView,
    SoundNeed, SoundView, Version, Whereabouts,
};
use std::collections::BTreeSet;

impl Client {
    pub(in crate::sync::client) fn photo_views(&self, doc: DocumentId, story: &Story) -> Vec<PhotoView> {
        let teller = self.teller_of(doc).map(|teller| teller.name);
        let now = self.now_of_consents();
        let without_room = story.without_room(teller.as_deref(), self.plains(), now);
        let photos = story.media.photos.iter();
        photos
            .map(|photo| PhotoView {
                needs: photo_needs(story, photo, teller.as_deref(), self.plains(), &without_room, now),
                ..self.photo_view(doc, photo)
            })
            .collect()
    }

    pub(in crate::sync::client) fn recording_views(
        &self,
        doc: DocumentId,
        story: &Story,
    ) -> Vec<RecordingView> {
        let teller = self.teller_of(doc).map(|teller| teller.name);
        let now = self.now_of_consents();
        let without_room = story.without_room(teller.as_deref(), self.plains(), now);
        let recordings = story.media.recordings.iter();
        let mut views: Vec<_> = recordings
            .map(|recording| RecordingView {
                needs: sound_needs(
                    story,
                    recording,
                    teller.as_deref(),
                    self.plains(),
                    &without_room,
                    now,
                ),
                ..self.recording_view(doc, recording)
            })
            .collect();
        let Some(open) = self.media.sounds.get(doc) else {
            return views;
        };
        let id = open.recording.to_string();
        match views.iter_mut().find(|view| view.id == id) {
            Some(view) => {
                view.is_open = true;
                view.whereabouts = Some(Whereabouts::Device);
            }
            None => views.push(RecordingView {
                id,
                parts: Vec::new(),
                is_open: true,
                is_erased: false,
                text: String::new(),
                marks: Vec::new(),
                write_down_only: false,
                bad_fields: Vec::new(),
                conflicts: Vec::new(),
                needs: Vec::new(),
                whereabouts: Some(Whereabouts::Device),
                at: open.at.0,
                by: open.by.and_then(|by| self.name_of(by)),
            }),
        }
        views
    }

    fn photo_view(&self, doc: DocumentId, photo: &Photo) -> PhotoView {
        let fields = &photo.fields;
        PhotoView {
            id: photo.id.to_string(),
            width: photo.row.width,
            height: photo.row.height,
            size: photo.row.full.size,
            description: fields.value(MediaField::Description).to_owned(),
            recognisable: fields.answer(MediaField::Recognisable),
            who: fields.value(MediaField::Who).to_owned(),
            bad_fields: fields.bad.clone(),
            conflicts: self.media_conflicts(doc, fields),
            needs: Vec::new(),
            whereabouts: self.media_whereabouts(doc, photo.id),
            has_thumbnail: self.is_part_here(doc, photo.id, Part::Thumbnail),
            has_full: self.is_part_here(doc, photo.id, Part::Full),
            at: photo.row.at.0,
            by: photo.row.by.and_then(|by| self.name_of(by)),
        }
    }

    fn recording_view(&self, doc: DocumentId, recording: &Recording) -> RecordingView {
        let fields = &recording.fields;
        let parts = recording.sounds.iter().map(|sound| SoundView {
            part: sound.part,
            media_type: sound.sound.media_type.clone(),
            duration_ms: sound.duration_ms,
            size: sound.sound.size,
            is_here: self.is_part_here(doc, recording.id, Part::Sound(sound.part)),
        });
        let first = recording.sounds.first();
        RecordingView {
            id: recording.id.to_string(),
            parts: parts.collect(),
            is_open: false,
            is_erased: recording.is_erased,
            text: fields.value(MediaField::Text).to_owned(),
            marks: read_marks(fields.value(MediaField::Marks)),
            write_down_only: fields.answer(MediaField::WriteDownOnly) == Some(true),
            bad_fields: fields.bad.clone(),
            conflicts: self.media_conflicts(doc, fields),
            needs: Vec::new(),
            whereabouts: self.media_whereabouts(doc, recording.id),
            at: first.map_or(0, |sound| sound.at.0),
            by: first.and_then(|sound| sound.by).and_then(|by| self.name_of(by)),
        }
    }

    fn media_conflicts(&self, doc: DocumentId, fields: &MediaFields) -> Vec<MediaConflict> {
        let shown = |actor: ActorId| self.author_of(doc, actor);
        let conflicts = fields.conflicts.iter().map(|(field, versions)| MediaConflict {
            field: *field,
            versions: versions
                .iter()
                .map(|version| {
                    let (by, at) = shown(version.actor);
                    Version {
                        id: version.id.clone(),
                        value: version.value.clone(),
                        by,
                        at,
                    }
                })
                .collect(),
        });
        conflicts.collect()
    }

    pub(in crate::sync::client) fn is_part_here(&self, doc: DocumentId, media: RowId, part: Part) -> bool {
        let mut rows = self.rows_of(doc, media);
        rows.any(|row| row.part == part && row.is_here)
    }

    /// C2: safe only when the relay has every part of it, and that is stored here.
    pub(in crate::sync::client) fn media_whereabouts(
        &self,
        doc: DocumentId,
        media: RowId,
    ) -> Option<Whereabouts> {
        let is_sending = |row: &BlobRow| self.media.upload.is_sending(row.blob);
        if self.rows_of(doc, media).any(BlobRow::is_unsent) {
            let is_sending = self.link.is_online() && self.rows_of(doc, media).any(is_sending);
            return Some(if is_sending {
                Whereabouts::Sending
            } else {
                Whereabouts::Device
            });
        }
        let mut rows = self.rows_of(doc, media).peekable();
        (rows.peek().is_some() && rows.all(|row| row.is_safe)).then_some(Whereabouts::Safe)
    }

    fn rows_of(&self, doc: DocumentId, media: RowId) -> impl Iterator<Item = &BlobRow> {
        self.media.of(doc).filter(move |row| row.media == media)
    }
}

/// What a photo lacks; its bytes only once somebody looked at them.
fn photo_needs(
    story: &Story,
    photo: &Photo,
    teller: Option<&str>,
    plains: &Plains,
    without_room: &BTreeSet<RowId>,
    now: Timestamp,
) -> Vec<PhotoNeed> {
    let mut needs = story.photo_needs(photo, teller, now);
    if plains.get(&photo.row.full.id) == Some(&None) {
        needs.push(PhotoNeed::Bytes);
    }
    if without_room.contains(&photo.id) {
        needs.push(PhotoNeed::TooMuch);
    }
    needs
}

/// What a recording lacks; its bytes only once somebody looked at them.
fn sound_needs(
    story: &Story,
    recording: &Recording,
    teller: Option<&str>,
    plains: &Plains,
    without_room: &BTreeSet<RowId>,
    now: Timestamp,
) -> Vec<SoundNeed> {
    let mut needs = story.sound_needs(recording, teller, now);
    let mut sounds = recording.sounds.iter();
    if sounds.any(|row| plains.get(&row.sound.id) == Some(&None)) {
        needs.push(SoundNeed::Bytes);
    }
    if without_room.contains(&recording.id) {
        needs.push(SoundNeed::TooMuch);
    }
    needs
}

/// What a preview shows of photos and recordings, and what it says of the others.
pub(in crate::sync::client) struct PreviewMedia {
    pub(in crate::sync::client) photos: Vec<PreviewPhoto>,
    pub(in crate::sync::client) sounds: Vec<PreviewSound>,
    pub(in crate::sync::client) left_out: Vec<LeftOut>,
}

impl PreviewMedia {
    pub(in crate::sync::client) fn new(
        story: &Story,
        teller: Option<&str>,
        plains: &Plains,
        now: Timestamp,
    ) -> Self {
        let mut media = Self {
            photos: Vec::new(),
            sounds: Vec::new(),
            left_out: Vec::new(),
        };
        let without_room = story.without_room(teller, plains, now);
        for (number, photo) in (1..).zip(&story.media.photos) {
            let needs = photo_needs(story, photo, teller, plains, &without_room, now);
            let shape = plains.get(&photo.row.full.id).copied().flatten();
            match shape.map(|plain| plain.shape) {
                Some(Shape::Photo { width, height }) if needs.is_empty() => {
                    media.photos.push(PreviewPhoto {
                        media: photo.id.to_string(),
                        alt: photo.fields.value(MediaField::Description).trim().to_owned(),
                        width,
                        height,
                    });
                }
                Some(_) | None => media.left_out.push(LeftOut::Photo(number, needs)),
            }
        }
        for (number, recording) in (1..).zip(&story.media.recordings) {
            let needs = sound_needs(story, recording, teller, plains, &without_room, now);
            if needs.is_empty() {
                media.sounds.push(PreviewSound {
                    media: recording.id.to_string(),
                    parts: recording.sounds.iter().map(|sound| sound.part).collect(),
                    text: recording.fields.value(MediaField::Text).trim().to_owned(),
                });
            } else {
                media.left_out.push(LeftOut::Recording(number, needs));
            }
        }
        media
    }
}
