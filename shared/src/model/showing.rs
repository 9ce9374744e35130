//! Which photos and recordings of a story may be shown outside, and what the others lack (REQUIREMENTS §2, §3).
//!
//! What lacks something stays inside and holds nothing else back; so does what the page has no room for beside the text
//! of the story, the last ones first, and recordings before photos. Who wrote at a photo that people can be recognised
//! names them, and each of them allows it: the teller, or somebody else by exactly that name.
//!
//! What a page shows already has to go for less than what a new one lacks: only where somebody took something back, or
//! said that it shows somebody who never allowed it. That something is not written down well is no reason, nor that a
//! consent ended: the page itself says until when.

#[cfg(test)]
mod tests;

use super::consent::{Allowed, Teller};
use super::media::{Blob, MediaFields, Photo, Recording};
use super::story::Story;
use crate::command::{PHOTOS_MAX, SOUNDS_MAX};
use crate::fold::fold;
use crate::id::RowId;
use crate::publication::{ALT_CHARS_MAX, Claim, Plains, TEXT_BYTES_MAX, is_line, text_bytes};
use crate::time::Timestamp;
use crate::view::{Field, MediaField, Party, PhotoNeed, SoundNeed, Use, WhyHidden};
use std::collections::BTreeSet;

/// Words that stand between two names.
const BETWEEN_NAMES: [&str; 3] = ["en", "et", "and"];

impl Story {
    /// What a photo lacks at `now`; `teller` is her name if it is known.
    #[must_use]
    pub fn photo_needs(&self, photo: &Photo, teller: Option<&str>, now: Timestamp) -> Vec<PhotoNeed> {
        let fields = &photo.fields;
        let answer = fields.answer(MediaField::Recognisable);
        let people = pictured(photo);
        let shows_people = answer == Some(true);
        let lacks = [
            (
                !is_line(fields.value(MediaField::Description), ALT_CHARS_MAX),
                PhotoNeed::Description,
            ),
            (answer.is_none(), PhotoNeed::Answer),
            (shows_people && people.is_empty(), PhotoNeed::Who),
            (!fields.conflicts.is_empty(), PhotoNeed::Conflict),
            (
                shows_people && self.lacks_guardian(teller, now),
                PhotoNeed::Guardian,
            ),
        ];
        let who = self.who_tells(teller);
        let is_taken_back = self.photos_taken_back(&people, who, now);
        let refusing = people.into_iter().filter_map(|name| {
            let why = match self.consents.of_pictured(&name, who, now) {
                Allowed::Yes(_) => return None,
                Allowed::Never => WhyHidden::Never,
                Allowed::Expired => WhyHidden::Expired,
                Allowed::Withdrawn => WhyHidden::Withdrawn,
                Allowed::NoGuardian => WhyHidden::NoGuardian,
            };
            Some(PhotoNeed::Consent(name, why))
        });
        let mut needs: Vec<_> = lacks
            .into_iter()
            .filter(|(lacks, _)| *lacks)
            .map(|(_, need)| need)
            .chain(refusing)
            .chain(is_taken_back.then_some(PhotoNeed::TakenBack))
            .collect();
        needs.sort();
        needs
    }

    /// What a recording lacks at `now`; `teller` is her name if it is known.
    #[must_use]
    pub fn sound_needs(&self, recording: &Recording, teller: Option<&str>, now: Timestamp) -> Vec<SoundNeed> {
        let fields = &recording.fields;
        let voice = self.consents.allows(Use::Voice, self.who_tells(teller), now);
        let lacks = [
            (
                recording.is_erased || recording.is_to_write_down(),
                SoundNeed::WriteDownOnly,
            ),
            (fields.value(MediaField::Text).trim().is_empty(), SoundNeed::Text),
            (
                !matches!(voice, Allowed::Yes(_) | Allowed::NoGuardian),
                SoundNeed::Voice,
            ),
            (voice == Allowed::NoGuardian, SoundNeed::Guardian),
            (!fields.conflicts.is_empty(), SoundNeed::Conflict),
        ];
        let lacks = lacks.into_iter().filter(|(lacks, _)| *lacks);
        lacks.map(|(_, need)| need).collect()
    }

    /// Photos that lack nothing.
    pub fn showable_photos(&self, teller: Option<&str>, now: Timestamp) -> impl Iterator<Item = &Photo> {
        let photos = self.media.photos.iter();
        photos.filter(move |photo| self.photo_needs(photo, teller, now).is_empty())
    }

    /// Recordings that lack nothing.
    pub fn showable_recordings(
        &self,
        teller: Option<&str>,
        now: Timestamp,
    ) -> impl Iterator<Item = &Recording> {
        let recordings = self.media.recordings.iter();
        recordings.filter(move |recording| self.sound_needs(recording, teller, now).is_empty())
    }

    /// Blobs of what lacks nothing.
    pub fn showable_blobs(&self, teller: Option<&str>, now: Timestamp) -> impl Iterator<Item = &Blob> {
        let photos = self.showable_photos(teller, now).map(|photo| &photo.row.full);
        let recordings = self.showable_recordings(teller, now);
        let sounds = recordings.flat_map(|recording| &recording.sounds);
        photos.chain(sounds.map(|sound| &sound.sound))
    }

    /// Photos and recordings that lack nothing, and that the page has no room left for. Bytes that no website shows take
    /// none.
    #[must_use]
    pub fn without_room(&self, teller: Option<&str>, plains: &Plains, now: Timestamp) -> BTreeSet<RowId> {
        let is_bad = |blob: &Blob| plains.get(&blob.id) == Some(&None);
        let text = |fields: &MediaFields, field: MediaField| fields.value(field).trim().len();
        let photos = self
            .showable_photos(teller, now)
            .filter(|photo| !is_bad(&photo.row.full))
            .map(|photo| (photo.id, [text(&photo.fields, MediaField::Description), 1, 0]));
        let recordings = self
            .showable_recordings(teller, now)
            .filter(|recording| !recording.sounds.iter().any(|row| is_bad(&row.sound)))
            .map(|recording| {
                let bytes = text(&recording.fields, MediaField::Text);
                (recording.id, [bytes, 0, recording.sounds.len()])
            });
        let bytes = TEXT_BYTES_MAX.saturating_sub(text_bytes(&self.sections()));
        let mut left = [bytes, PHOTOS_MAX, SOUNDS_MAX];
        let media = photos.chain(recordings);
        let without = media.filter(|(_, wanted)| !take(&mut left, *wanted));
        without.map(|(id, _)| id).collect()
    }

    /// Whether a page may not go on showing a photo or a recording of this id; `as_people` says of a photo whether it
    /// was published as one on which people can be recognised.
    #[must_use]
    pub fn bars(&self, media: RowId, as_people: bool, teller: Option<&str>, now: Timestamp) -> bool {
        let photo = self.media.photos.iter().find(|photo| photo.id == media);
        let mut recordings = self.media.recordings.iter();
        let recording = recordings.find(|recording| recording.id == media);
        self.removed.contains(&media)
            || photo.is_some_and(|photo| self.bars_photo(photo, as_people, teller, now))
            || recording.is_some_and(|recording| self.bars_recording(recording, teller, now))
    }

    fn bars_photo(&self, photo: &Photo, as_people: bool, teller: Option<&str>, now: Timestamp) -> bool {
        let fields = &photo.fields;
        let is_said = fields.answer(MediaField::Recognisable) == Some(true);
        if !as_people && !is_said && fields.may_be_yes(MediaField::Recognisable) {
            // Of two versions one says so, and which stays is not chosen.
            return true;
        }
        let knows_teller = self.knows_teller(teller);
        // As long as her name is not known, whoever is named may be her, and allow it as the teller.
        let is_no_word_of_hers = || knows_teller || !self.consents.was_given(Use::Photo, Party::Teller);
        let needs = self.photo_needs(photo, teller, now);
        needs.iter().any(|need| match need {
            PhotoNeed::Consent(_, WhyHidden::Withdrawn) => is_no_word_of_hers(),
            PhotoNeed::TakenBack | PhotoNeed::Consent(_, WhyHidden::NoGuardian) => knows_teller,
            PhotoNeed::Guardian => self.is_unguarded(Use::Photo, teller, now),
            // A name that is being written at a photo of people is no reason: they were asked when it was published.
            PhotoNeed::Who => !as_people,
            PhotoNeed::Consent(_, WhyHidden::Never | WhyHidden::Expired) => {
                !as_people && is_no_word_of_hers()
            }
            PhotoNeed::Description
            | PhotoNeed::Answer
            | PhotoNeed::Conflict
            | PhotoNeed::Bytes
            | PhotoNeed::TooMuch => false,
        })
    }

    fn bars_recording(&self, recording: &Recording, teller: Option<&str>, now: Timestamp) -> bool {
        recording.is_erased
            || recording.fields.may_be_yes(MediaField::WriteDownOnly)
            || self.is_unguarded(Use::Voice, teller, now)
    }

    /// Whether a page may not go on showing a name of the teller: she wants none there, or no longer all of it, or is not
    /// called that any more. Which name that is may be unknown.
    #[must_use]
    pub fn bars_name(&self, shown: Option<&str>, teller: Option<&str>) -> bool {
        let is_one = |naming: &str| matches!(naming, "full" | "first" | "other");
        if self.bad_fields.contains(&Field::NameOnline) {
            return false;
        }
        if !self.said(Field::NameOnline).all(is_one) {
            return true;
        }
        let words = |name: Option<&str>| {
            let name = fold(name.unwrap_or_default());
            name.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let (own, wanted) = (words(teller), words(self.shown_name(teller).as_deref()));
        let is_own = teller.is_some() && matches!(self.field(Field::NameOnline), "full" | "first");
        let other = words(Some(self.field(Field::OtherName)));
        // What she is not called may be the other name, which she wanted before.
        let is_no_name = |word: &String| is_own && !other.contains(word);
        let is_kept_back = |word: &String| !wanted.contains(word) && (own.contains(word) || is_no_name(word));
        words(shown).iter().any(is_kept_back)
    }

    /// Whether a minor tells it and no guardian of hers allows a use, or took it back.
    #[must_use]
    pub fn is_unguarded(&self, wanted: Use, teller: Option<&str>, now: Timestamp) -> bool {
        let who = self.who_tells(teller);
        let by_guardian = self.consents.of_guardian(wanted, who, now);
        let is_sure = || self.knows_teller(teller) || !self.consents.was_given(wanted, Party::Guardian);
        who.is_minor && matches!(by_guardian, Allowed::Never | Allowed::Withdrawn) && is_sure()
    }

    /// Whether it is known who tells it, as far as somebody wrote that down. Else a consent in any name may be hers.
    pub(super) fn knows_teller(&self, teller: Option<&str>) -> bool {
        teller.is_some() || self.teller.is_none()
    }

    /// Whether the teller or, for a minor, her guardian took photos back, where no name on the photo and no other need
    /// says so already. Who is on none of them may still not want any beside her story.
    fn photos_taken_back(&self, people: &[String], who: Teller<'_>, now: Timestamp) -> bool {
        let is_on_it = |name: &String| who.name.is_some_and(|known| fold(known) == fold(name));
        let own = || self.consents.allows(Use::Photo, who, now);
        let guardian = || self.consents.of_guardian(Use::Photo, who, now);
        let by_her = !people.iter().any(is_on_it) && own() == Allowed::Withdrawn;
        let by_guardian = who.is_minor && people.is_empty() && guardian() == Allowed::Withdrawn;
        by_her || by_guardian
    }

    /// What everybody allows together on whose word some photos rest: who can be recognised on them, and the teller, if
    /// she was asked. It ends when the first of them ends.
    pub(crate) fn photo_claim(
        &self,
        people: &[String],
        teller: Option<&str>,
        now: Timestamp,
    ) -> Option<Claim> {
        let who = self.who_tells(teller);
        let guardian = who
            .is_minor
            .then(|| self.consents.of_guardian(Use::Photo, who, now));
        let people = people
            .iter()
            .map(|name| self.consents.of_pictured(name, who, now));
        let own = self.consents.allows(Use::Photo, who, now);
        let claims = people
            .chain(guardian)
            .chain([own])
            .filter_map(|allowed| match allowed {
                Allowed::Yes(claim) => Some(claim),
                Allowed::Never | Allowed::Expired | Allowed::Withdrawn | Allowed::NoGuardian => None,
            });
        claims.min_by_key(|claim| claim.until.unwrap_or(Timestamp(u64::MAX)))
    }

    /// A minor is not shown because of what she or her friends say: whoever is on a photo of her story, a guardian
    /// allows it too.
    fn lacks_guardian(&self, teller: Option<&str>, now: Timestamp) -> bool {
        let who = self.who_tells(teller);
        let is_allowed = || matches!(self.consents.of_guardian(Use::Photo, who, now), Allowed::Yes(_));
        who.is_minor && !is_allowed()
    }
}

/// Takes bytes of text, photos and sounds from what is left, if that is enough.
fn take(left: &mut [usize; 3], wanted: [usize; 3]) -> bool {
    let is_enough = left.iter().zip(wanted).all(|(left, wanted)| wanted <= *left);
    if is_enough {
        for (left, wanted) in left.iter_mut().zip(wanted) {
            *left -= wanted;
        }
    }
    is_enough
}

/// Names of who can be recognised on a photo, each once.
pub(crate) fn pictured(photo: &Photo) -> Vec<String> {
    if photo.fields.answer(MediaField::Recognisable) != Some(true) {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    let pieces = photo
        .fields
        .value(MediaField::Who)
        .split([',', ';', '/', '&', '+']);
    for words in pieces.map(|piece| piece.split_whitespace().collect::<Vec<_>>()) {
        for name in words.split(|word| BETWEEN_NAMES.contains(&fold(word).as_str())) {
            let name = name.join(" ");
            let is_known = names.iter().any(|known| fold(known) == fold(&name));
            if !fold(&name).is_empty() && !is_known {
                names.push(name);
            }
        }
    }
    names
}
