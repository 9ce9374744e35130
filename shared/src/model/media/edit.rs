//! What is written about a photo or a recording: one value a field, as of a story's own fields.

use super::super::document::Document;
use super::super::field::{EditError, clean_line, clean_text};
use super::super::value::{self, BadField, Spot};
use super::fields_of;
use crate::id::{ChangeHash, RowId};
use crate::publication::is_text;
use crate::view::{Mark, MediaEdit, MediaField};

pub(super) const MEDIA: &str = "media";

pub(super) const PHOTO_FIELDS: [MediaField; 3] =
    [MediaField::Description, MediaField::Recognisable, MediaField::Who];
pub(super) const RECORDING_FIELDS: [MediaField; 3] =
    [MediaField::Text, MediaField::Marks, MediaField::WriteDownOnly];

/// Most characters of a description, and of who is on a photo: a long sentence or two.
const LINE_CHARS_MAX: usize = 500;

/// Most characters of a written text: what is said in three quarters of an hour.
const TEXT_CHARS_MAX: usize = 40_000;

/// Most marks of a recording.
const MARKS_MAX: usize = 100;

/// Most characters of the question at a mark.
const QUESTION_CHARS_MAX: usize = 200;

const YES: &str = "yes";
const NO: &str = "no";

/// Returns the field that an edit is about, and the value as it is stored.
///
/// # Errors
/// [`EditError::TooLong`] or [`EditError::TooMany`].
pub fn as_stored(edit: &MediaEdit) -> Result<(MediaField, String), EditError> {
    let answer = |is_yes: bool| if is_yes { YES } else { NO };
    let (field, value) = match edit {
        MediaEdit::Description(line) => (MediaField::Description, clean_line(line)),
        MediaEdit::Recognisable(None) => (MediaField::Recognisable, String::new()),
        MediaEdit::Recognisable(Some(is_yes)) => (MediaField::Recognisable, answer(*is_yes).to_owned()),
        MediaEdit::Who(line) => (MediaField::Who, clean_line(line)),
        MediaEdit::Text(text) => (MediaField::Text, clean_text(text)),
        MediaEdit::Marks(marks) => (MediaField::Marks, write_marks(marks)?),
        MediaEdit::WriteDownOnly(is_so) => {
            let value = if *is_so { YES } else { "" };
            (MediaField::WriteDownOnly, value.to_owned())
        }
    };
    check(field, &value)?;
    Ok((field, value))
}

/// Sets a field of a photo or a recording that is there.
pub(in crate::model) fn set(
    document: &mut Document,
    media: RowId,
    field: MediaField,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    check(field, value)?;
    check_has(document, media, field)?;
    value::write(document, &spot(media, field), value, seen)
}

/// Keeps one of two versions.
pub(in crate::model) fn choose(
    document: &mut Document,
    media: RowId,
    field: MediaField,
    version: &str,
) -> Result<(), EditError> {
    check_has(document, media, field)?;
    value::choose(document, &spot(media, field), version)
}

/// Reads the stored form of marks, in the order of the recording; what is none is left out.
#[must_use]
pub fn read_marks(value: &str) -> Vec<Mark> {
    value.lines().filter_map(read_mark).collect()
}

pub(super) fn read_field(
    document: &mut Document,
    media: RowId,
    field: MediaField,
) -> Result<String, BadField> {
    let value = value::read(document, &spot(media, field))?;
    // A text of two authors may be longer than either could write.
    if check(field, &value).is_ok() || (field == MediaField::Text && is_text(&value)) {
        Ok(value)
    } else {
        Err(BadField)
    }
}

pub(super) fn spot(media: RowId, field: MediaField) -> Spot {
    Spot {
        map: Some(MEDIA),
        key: format!("{media}.{}", key(field)),
        is_prose: field == MediaField::Text,
    }
}

pub(super) fn answer(value: &str) -> Option<bool> {
    match value {
        YES => Some(true),
        NO => Some(false),
        _ => None,
    }
}

fn check_has(document: &Document, media: RowId, field: MediaField) -> Result<(), EditError> {
    if fields_of(document, media).contains(&field) {
        Ok(())
    } else {
        Err(EditError::Unknown)
    }
}

/// The name of the field in the document: part of the format.
fn key(field: MediaField) -> &'static str {
    match field {
        MediaField::Description => "description",
        MediaField::Recognisable => "recognisable",
        MediaField::Who => "who",
        MediaField::Text => "text",
        MediaField::Marks => "marks",
        MediaField::WriteDownOnly => "write_down",
    }
}

/// Whether the field takes the value; an empty one always.
fn check(field: MediaField, value: &str) -> Result<(), EditError> {
    let limit = match field {
        MediaField::Description | MediaField::Who => LINE_CHARS_MAX,
        MediaField::Text => TEXT_CHARS_MAX,
        MediaField::Recognisable | MediaField::WriteDownOnly => YES.len(),
        MediaField::Marks => MARKS_MAX * (QUESTION_CHARS_MAX + 24),
    };
    if value.chars().count() > limit {
        return Err(EditError::TooLong(limit));
    }
    let fits = match field {
        MediaField::Description | MediaField::Who => !value.chars().any(char::is_control),
        MediaField::Text => is_text(value),
        MediaField::Recognisable => ["", YES, NO].contains(&value),
        MediaField::WriteDownOnly => ["", YES].contains(&value),
        MediaField::Marks => write_marks(&read_marks(value)).as_deref() == Ok(value),
    };
    if fits { Ok(()) } else { Err(EditError::NotMedia) }
}

fn write_marks(marks: &[Mark]) -> Result<String, EditError> {
    if marks.len() > MARKS_MAX {
        return Err(EditError::TooMany(MARKS_MAX));
    }
    let mut marks: Vec<Mark> = marks
        .iter()
        .map(|mark| Mark {
            question: clean_line(&mark.question).trim().to_owned(),
            ..mark.clone()
        })
        .collect();
    marks.sort();
    if marks
        .iter()
        .any(|mark| mark.question.chars().count() > QUESTION_CHARS_MAX)
    {
        return Err(EditError::TooLong(QUESTION_CHARS_MAX));
    }
    let lines = marks
        .iter()
        .map(|mark| format!("{} {} {}\n", mark.part, mark.at_ms, mark.question));
    Ok(lines.collect())
}

fn read_mark(line: &str) -> Option<Mark> {
    let mut words = line.splitn(3, ' ');
    Some(Mark {
        part: words.next()?.parse().ok()?,
        at_ms: words.next()?.parse().ok()?,
        question: words.next()?.to_owned(),
    })
}
