//! Fields of photos and recordings as text: what stands in a control, and what goes to the core.

use shared::view::{MediaEdit, MediaField, PhotoView, RecordingView, StoryView};

/// "Ja" as it stands in a field.
pub const YES: &str = "yes";
/// "Nee" as it stands in a field.
pub const NO: &str = "no";

/// The fields of a photo with what stands in them.
pub fn photo_fields(photo: &PhotoView) -> [(MediaField, String); 3] {
    let recognisable = match photo.recognisable {
        Some(true) => YES,
        Some(false) => NO,
        None => "",
    };
    [
        (MediaField::Description, photo.description.clone()),
        (MediaField::Recognisable, recognisable.to_owned()),
        (MediaField::Who, photo.who.clone()),
    ]
}

/// The fields of a recording that somebody types or ticks, with what stands in them.
pub fn recording_fields(recording: &RecordingView) -> [(MediaField, String); 2] {
    let write_down_only = if recording.write_down_only { YES } else { "" };
    [
        (MediaField::Text, recording.text.clone()),
        (MediaField::WriteDownOnly, write_down_only.to_owned()),
    ]
}

/// What is typed or chosen in a field, for the core; [`MediaField::Marks`] are not typed.
pub fn edit(field: MediaField, value: String) -> MediaEdit {
    match field {
        MediaField::Description => MediaEdit::Description(value),
        MediaField::Recognisable => MediaEdit::Recognisable(match value.as_str() {
            YES => Some(true),
            NO => Some(false),
            _ => None,
        }),
        MediaField::Who => MediaEdit::Who(value),
        MediaField::Text => MediaEdit::Text(value),
        MediaField::Marks => MediaEdit::Marks(Vec::new()),
        MediaField::WriteDownOnly => MediaEdit::WriteDownOnly(value == YES),
    }
}

/// Whether a field of the story, of a photo or of a recording has several versions (M7).
pub fn is_disputed(story: &StoryView) -> bool {
    let mut photos = story.photos.iter().map(|photo| &photo.conflicts);
    let mut recordings = story.recordings.iter().map(|recording| &recording.conflicts);
    !story.conflicts.is_empty()
        || photos.any(|conflicts| !conflicts.is_empty())
        || recordings.any(|conflicts| !conflicts.is_empty())
}

#[cfg(test)]
mod tests;
