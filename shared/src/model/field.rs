//! Fields of a story: what each takes, how it is read and written, and which have two versions (see `value`).

use super::document::Document;
use super::value::{self, BadField, FieldVersion, Spot};
use crate::cbor::cbor_code;
use crate::id::ChangeHash;
use crate::places::{self, Nis};
use crate::publication::{
    AUDIENCE_CHARS_MAX, NAME_CHARS_MAX, THEMES_MAX, TITLE_CHARS_MAX, is_language, is_text, is_theme,
};
use crate::view::Field;
use automerge::AutomergeError;

/// Most characters of one prose field: some ten printed pages.
pub const PROSE_CHARS_MAX: usize = 20_000;

/// Most characters of a summary while it is being written: too long for a publication, but not lost.
const SUMMARY_DRAFT_CHARS_MAX: usize = 4_000;

/// Most characters of any other field of one line.
const LINE_CHARS_MAX: usize = 500;

/// Kinds of story, as stored in [`Field::Kind`].
pub const KINDS: [&str; 3] = ["inspiring", "practice", "learning"];
/// Parts of BurgersAanZet, as stored in [`Field::Part`].
pub const PARTS: [&str; 5] = ["none", "heard", "workshop", "pilot", "coaching"];
/// Ways to be named, as stored in [`Field::NameOnline`].
pub const NAMINGS: [&str; 4] = ["full", "first", "other", "none"];
/// Ages of a teller, as stored in [`Field::Age`]; the last two are those of minors.
pub const AGES: [&str; 3] = ["adult", "teen", "child"];

/// Why an edit was not made. The document is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The document follows a newer schema: the app must be updated (M8).
    #[error("document follows a newer schema")]
    TooNew,
    /// The value is longer than the field may be, in characters.
    #[error("value is longer than {0} characters")]
    TooLong(usize),
    /// The field does not take this value.
    #[error("not a value of {0:?}")]
    Invalid(Field),
    /// There is no such version, consent, photo, recording or row.
    #[error("no such version or row")]
    Unknown,
    /// A photo or a sound is larger than it may be, in bytes.
    #[error("media are larger than {0} bytes")]
    TooLarge(usize),
    /// The story has as many as it may have.
    #[error("a story has at most {0}")]
    TooMany(usize),
    /// The bytes are no photo, or the media type is none of a sound.
    #[error("not a photo or a sound")]
    NotMedia,
    /// The document holds as much as a document can: a new generation is due.
    #[error("document is full")]
    Full,
    /// Automerge refused it.
    #[error("automerge: {0}")]
    Automerge(String),
}

impl From<AutomergeError> for EditError {
    fn from(error: AutomergeError) -> Self {
        Self::Automerge(error.to_string())
    }
}

/// A field with more than one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field.
    pub field: Field,
    /// Two versions or more, in the same order on every device.
    pub versions: Vec<FieldVersion>,
}

/// Makes the objects that fields stand in, in the document's first change.
pub(super) fn create(document: &mut Document) -> Result<(), AutomergeError> {
    for field in Field::ALL {
        if is_prose(field) {
            value::create_text(document, &spot(field))?;
        }
    }
    value::create(document)
}

/// Reads a field, empty if it was never set; of two versions the one that this start wrote, else the newer one.
pub(super) fn read(document: &mut Document, field: Field) -> Result<String, BadField> {
    let value = value::read(document, &spot(field))?;
    if check(field, &value).is_ok() || (is_prose(field) && is_text(&value)) {
        Ok(value)
    } else {
        Err(BadField)
    }
}

/// Sets a field, unless it has that value, for somebody who saw the document with the changes `seen`. Replaces only what
/// she saw: what came since from others stays beside it (M7).
pub(super) fn write(
    document: &mut Document,
    field: Field,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    let value = clean(field, value);
    check(field, &value)?;
    value::write(document, &spot(field), &value, seen)
}

/// Returns the versions of a field, none if it has one value or all are the same.
pub(super) fn versions(document: &mut Document, field: Field) -> Vec<FieldVersion> {
    value::versions(document, &spot(field))
}

/// Keeps one of two versions: a normal change, after which there is one (M7).
pub(super) fn choose(document: &mut Document, field: Field, id: &str) -> Result<(), EditError> {
    value::choose(document, &spot(field), id)
}

/// Whether the field is long text.
#[must_use]
pub fn is_prose(field: Field) -> bool {
    match field {
        Field::Happened | Field::Who | Field::Cause | Field::Changed | Field::Tips => true,
        Field::Title
        | Field::Summary
        | Field::Language
        | Field::Kind
        | Field::Themes
        | Field::Audience
        | Field::Part
        | Field::Municipality
        | Field::District
        | Field::ExactPlace
        | Field::NameOnline
        | Field::Age
        | Field::OtherName => false,
    }
}

/// Most characters that the field takes.
#[must_use]
pub fn chars_max(field: Field) -> usize {
    match field {
        Field::Happened | Field::Who | Field::Cause | Field::Changed | Field::Tips => PROSE_CHARS_MAX,
        Field::Summary => SUMMARY_DRAFT_CHARS_MAX,
        Field::Title => TITLE_CHARS_MAX,
        Field::Audience => AUDIENCE_CHARS_MAX,
        Field::OtherName => NAME_CHARS_MAX,
        Field::Language
        | Field::Kind
        | Field::Themes
        | Field::Part
        | Field::Municipality
        | Field::District
        | Field::ExactPlace
        | Field::NameOnline
        | Field::Age => LINE_CHARS_MAX,
    }
}

fn spot(field: Field) -> Spot {
    Spot {
        map: None,
        key: key(field).to_owned(),
        is_prose: is_prose(field),
    }
}

/// The name of the field in the document: part of the format.
fn key(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Happened => "happened",
        Field::Who => "who",
        Field::Cause => "cause",
        Field::Changed => "changed",
        Field::Tips => "tips",
        Field::Summary => "summary",
        Field::Language => "language",
        Field::Kind => "kind",
        Field::Themes => "themes",
        Field::Audience => "audience",
        Field::Part => "part",
        Field::Municipality => "municipality",
        Field::District => "district",
        Field::ExactPlace => "exact_place",
        Field::NameOnline => "name_online",
        Field::OtherName => "other_name",
        Field::Age => "age",
    }
}

cbor_code!(Field {
    0 => Title,
    1 => Happened,
    2 => Who,
    3 => Cause,
    4 => Changed,
    5 => Tips,
    6 => Summary,
    7 => Language,
    8 => Kind,
    9 => Themes,
    10 => Audience,
    11 => Part,
    12 => Municipality,
    13 => District,
    14 => ExactPlace,
    15 => NameOnline,
    16 => OtherName,
    17 => Age,
});

/// What is typed or pasted, without what a field cannot hold.
pub(super) fn clean(field: Field, value: &str) -> String {
    if is_prose(field) || field == Field::Summary {
        clean_text(value)
    } else {
        clean_line(value)
    }
}

/// What is typed or pasted as text of several lines, without control characters.
pub(super) fn clean_text(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .chars()
        .filter(|char| !char.is_control() || matches!(char, '\n' | '\t'))
        .collect()
}

/// What is typed or pasted as one line, with a space for each control character.
pub(super) fn clean_line(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect()
}

/// Tells whether the field takes the value, as it would be written.
///
/// # Errors
/// [`EditError::TooLong`] or [`EditError::Invalid`].
pub fn check_value(field: Field, value: &str) -> Result<(), EditError> {
    check(field, &clean(field, value))
}

/// Whether the field takes the value; an empty one always.
fn check(field: Field, value: &str) -> Result<(), EditError> {
    let limit = chars_max(field);
    if value.chars().count() > limit {
        return Err(EditError::TooLong(limit));
    }
    let fits = value.is_empty()
        || match field {
            Field::Language => is_language(value),
            Field::Kind => KINDS.contains(&value),
            Field::Part => PARTS.contains(&value),
            Field::NameOnline => NAMINGS.contains(&value),
            Field::Age => AGES.contains(&value),
            Field::Municipality => value
                .parse()
                .is_ok_and(|nis: Nis| places::municipality(nis).is_some()),
            Field::Themes => value.split(' ').count() <= THEMES_MAX && value.split(' ').all(is_theme),
            Field::Happened | Field::Who | Field::Cause | Field::Changed | Field::Tips | Field::Summary => {
                is_text(value)
            }
            Field::Title | Field::Audience | Field::District | Field::ExactPlace | Field::OtherName => {
                !value.chars().any(char::is_control)
            }
        };
    if fits {
        Ok(())
    } else {
        Err(EditError::Invalid(field))
    }
}
