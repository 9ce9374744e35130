//! What a photo or a recording still needs before anybody outside may see or hear it.

use crate::permission;
use shared::view::{PhotoView, RecordingView, StoryView, Use};

/// Something that a photo lacks, or that speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoNeed {
    /// Nothing says what is to be seen: who cannot see it has nothing.
    Description,
    /// Nobody said whether people can be recognised.
    Answer,
    /// People can be recognised, and nobody said who they are.
    Who,
    /// People can be recognised, and nobody allowed it.
    Consent,
    /// People can be recognised, and the teller is a minor.
    Minor,
}

/// What a photo of the story needs.
pub fn of_photo(story: &StoryView, photo: &PhotoView, now_ms: u64) -> Vec<PhotoNeed> {
    let is_recognisable = photo.recognisable == Some(true);
    let lacks = [
        (PhotoNeed::Description, photo.description.trim().is_empty()),
        (PhotoNeed::Answer, photo.recognisable.is_none()),
        (PhotoNeed::Who, is_recognisable && photo.who.trim().is_empty()),
        (
            PhotoNeed::Consent,
            is_recognisable && !allows(story, Use::Photo, now_ms),
        ),
        (PhotoNeed::Minor, is_recognisable && story.is_minor()),
    ];
    let mut needs = Vec::new();
    needs.extend(
        lacks
            .into_iter()
            .filter(|(_, lacks)| *lacks)
            .map(|(need, _)| need),
    );
    needs
}

/// Whether a recording was made only to write it down, and that is done: it is to be removed once the teller agrees.
pub fn is_written_down(recording: &RecordingView) -> bool {
    recording.write_down_only && !recording.text.trim().is_empty()
}

/// Whether anybody allowed it, and that still holds.
fn allows(story: &StoryView, used: Use, now_ms: u64) -> bool {
    let mut consents = story.consents.iter();
    consents.any(|consent| {
        let holds = consent.consent.until.is_none_or(|until| now_ms <= until);
        holds && permission::left(consent).contains(&used)
    })
}

#[cfg(test)]
mod tests;
