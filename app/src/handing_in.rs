//! What a story lacks when its author hands it in. None of it is required.

use shared::view::{Field, LeftOut, Missing, StoryRow, StoryState, StoryView};

/// Fields of which what stands on the screen decides: the core has not looked at what was typed just now.
pub const LOOKED_AT: [(Field, Missing); 3] = [
    (Field::Title, Missing::Title),
    (Field::Happened, Missing::Text),
    (Field::Municipality, Missing::Municipality),
];

/// What is missing to put it online and can be brought by who wrote it.
pub fn missing(row: &StoryRow, is_blank: impl Fn(Field) -> bool) -> Vec<Missing> {
    let open = LOOKED_AT.into_iter().filter(|(field, _)| is_blank(*field));
    let open = open.map(|(_, missing)| missing);
    // Before the first words are part of the story there can be no consent.
    let first = (!is_looked_at(row)).then_some(Missing::WebsiteConsent);
    let others = row.missing.iter().copied().filter(|missing| {
        let is_on_screen = LOOKED_AT.iter().any(|(_, shown)| shown == missing);
        !is_on_screen && is_hers(*missing)
    });
    open.chain(first).chain(others).collect()
}

/// Photos and recordings that would not go online with the story, and why.
pub fn stays_inside(story: &StoryView) -> Vec<LeftOut> {
    let photos = (1..).zip(&story.photos);
    let photos = photos
        .filter(|(_, photo)| !photo.needs.is_empty())
        .map(|(number, photo)| LeftOut::Photo(number, photo.needs.clone()));
    let recordings = (1..).zip(&story.recordings);
    let recordings = recordings
        .filter(|(_, recording)| !recording.needs.is_empty())
        .map(|(number, recording)| LeftOut::Recording(number, recording.needs.clone()));
    photos.chain(recordings).collect()
}

/// Whether the core has looked what is missing: a draft lacks approval at least.
pub fn is_looked_at(row: &StoryRow) -> bool {
    row.state != StoryState::Draft || !row.missing.is_empty()
}

/// Approving is for coordinators.
fn is_hers(missing: Missing) -> bool {
    missing.needs_author() || missing.needs_teller() || missing == Missing::Conflict
}

#[cfg(test)]
mod tests;
