//! Which photos and recordings of a story may be shown outside, and what the others lack (REQUIREMENTS §2, §3).
//!
//! What lacks something stays inside and holds nothing else back. Who wrote at a photo that people can be recognised
//! names them, and each of them allows it: the teller, or somebody else by exactly that name.

#[cfg(test)]
mod tests;

use super::consent::{Allowed, Teller};
use super::media::{Blob, Photo, Recording};
use super::story::Story;
use crate::fold::fold;
use crate::publication::{ALT_CHARS_MAX, Claim, is_line};
use crate::time::Timestamp;
use crate::view::{MediaField, PhotoNeed, SoundNeed, Use, WhyHidden};

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
                fields.answer(MediaField::WriteDownOnly) == Some(true),
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
