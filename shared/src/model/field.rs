//! Fields: how one is read, written, found in two versions, and chosen.
//!
//! ```text
//! root ─ title, summary, language, …          a scalar each
//!      ├ happened, who, cause, changed, tips  a text each
//!      └ marks ─ happened, who, …             a number each, set anew with every edit of the text
//! ```
//!
//! A scalar that was set on two devices at once has two values (M7). A text would silently become a mixture of both:
//! its mark has two values then, and each names the change at which its author's text can be read.

use super::document::Document;
use crate::cbor::cbor_code;
use crate::id::{ActorId, ChangeHash};
use crate::places::{self, Nis};
use crate::publication::{
    AUDIENCE_CHARS_MAX, NAME_CHARS_MAX, THEMES_MAX, TITLE_CHARS_MAX, is_language, is_text, is_theme,
};
use crate::view::Field;
use automerge::transaction::Transactable;
use automerge::{AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

/// Most characters of one prose field: some ten printed pages.
pub const PROSE_CHARS_MAX: usize = 20_000;

/// Most characters of a summary while it is being written: too long for a publication, but not lost.
const SUMMARY_DRAFT_CHARS_MAX: usize = 4_000;

/// Most characters of any other field of one line.
const LINE_CHARS_MAX: usize = 500;

/// Operations of one splice, so that a transaction can be closed in between.
const SPLICE_OPERATIONS_MAX: usize = 5_000;

/// Differences are looked for character by character only where both sides are short enough to be quick.
const DIFFERENCE_CHARS_MAX: usize = 1_000;

const MARKS: &str = "marks";

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
    /// There is no such version, consent or row.
    #[error("no such version or row")]
    Unknown,
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

/// One of the values that a field got at the same time on two devices (M7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldVersion {
    /// Handle to choose it with, the same on every device.
    pub id: String,
    /// The value, whole.
    pub value: String,
    /// Who wrote it: sync knows whose device that was, and when.
    pub actor: ActorId,
    /// The change in which it was written.
    pub change: ChangeHash,
}

/// A field with more than one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field.
    pub field: Field,
    /// Two versions or more, in the same order on every device.
    pub versions: Vec<FieldVersion>,
}

/// The stored value is of another type or form than the field has (M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadField;

/// Makes the objects that fields stand in, in the document's first change.
pub(super) fn create(document: &mut Document) -> Result<(), AutomergeError> {
    for field in Field::ALL {
        if is_prose(field) {
            document.inner.put_object(ROOT, key(field), ObjType::Text)?;
        }
    }
    document.inner.put_object(ROOT, MARKS, ObjType::Map)?;
    Ok(())
}

/// Reads a field, empty if it was never set; of two versions the one that this start wrote, else the newer one.
pub(super) fn read(document: &mut Document, field: Field) -> Result<String, BadField> {
    let versions = versions(document, field);
    let value = match shown(document, &versions) {
        Some(version) => version.value.clone(),
        None => stored(document, field)?,
    };
    if check(field, &value).is_ok() || (is_prose(field) && is_text(&value)) {
        Ok(value)
    } else {
        Err(BadField)
    }
}

/// Sets a field, unless it has that value. Replaces only the version that [`read`] shows: the other stays (M7).
pub(super) fn write(document: &mut Document, field: Field, value: &str) -> Result<(), EditError> {
    let value = clean(field, value);
    check(field, &value)?;
    let versions = versions(document, field);
    match shown(document, &versions) {
        Some(version) if version.value == value => Ok(()),
        Some(version) => document.edit_at(version.change, |branch| put(branch, field, &value)),
        None if stored(document, field).as_deref() == Ok(&value) => Ok(()),
        None => put(document, field, &value),
    }
}

/// Returns the versions of a field, none if it has one value or all are the same.
pub(super) fn versions(document: &mut Document, field: Field) -> Vec<FieldVersion> {
    let values = if is_prose(field) {
        mark_object(document).map(|marks| document.inner.get_all(marks, key(field)))
    } else {
        Some(document.inner.get_all(ROOT, key(field)))
    };
    let Some(Ok(values)) = values else {
        return Vec::new();
    };
    if values.len() < 2 {
        return Vec::new();
    }
    let values: Vec<_> = values
        .into_iter()
        .map(|(value, id)| (text_of(&value).unwrap_or_default(), id))
        .collect();
    // Which change an operation belongs to is known once its transaction is closed.
    document.commit();
    let mut versions: Vec<_> = values
        .into_iter()
        .filter_map(|(value, id)| version(document, field, value, &id))
        .collect();
    versions.sort_by(|a, b| a.id.cmp(&b.id));
    let all_same = versions
        .iter()
        .zip(versions.iter().skip(1))
        .all(|(version, next)| version.value == next.value);
    if all_same { Vec::new() } else { versions }
}

/// Keeps one of two versions: a normal change, after which there is one (M7).
pub(super) fn choose(document: &mut Document, field: Field, id: &str) -> Result<(), EditError> {
    let versions = versions(document, field);
    let chosen = versions.iter().find(|version| version.id == id);
    let value = &chosen.ok_or(EditError::Unknown)?.value;
    put(document, field, value)
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
fn clean(field: Field, value: &str) -> String {
    let value = value.replace("\r\n", "\n");
    if is_prose(field) || field == Field::Summary {
        return value
            .chars()
            .filter(|char| !char.is_control() || matches!(char, '\n' | '\t'))
            .collect();
    }
    value
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

fn shown<'a>(document: &Document, versions: &'a [FieldVersion]) -> Option<&'a FieldVersion> {
    let own = versions.iter().find(|version| document.is_own(version.actor));
    own.or_else(|| versions.last())
}

fn stored(document: &Document, field: Field) -> Result<String, BadField> {
    match document.inner.get(ROOT, key(field)) {
        Ok(None) => Ok(String::new()),
        Ok(Some((Value::Object(ObjType::Text), id))) if is_prose(field) => {
            document.inner.text(&id).map_err(|_| BadField)
        }
        Ok(Some((value, _))) if !is_prose(field) => text_of(&value).ok_or(BadField),
        Ok(Some(_)) | Err(_) => Err(BadField),
    }
}

fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Scalar(scalar) => scalar.as_str().map(str::to_owned),
        Value::Object(_) => None,
    }
}

fn version(document: &Document, field: Field, value: String, id: &ObjId) -> Option<FieldVersion> {
    let ObjId::Id(counter, actor, _) = id else {
        return None;
    };
    let change = document.inner.hash_for_opid(id)?;
    let value = if is_prose(field) {
        let text = text_object(document, field)?;
        document.inner.text_at(text, &[change]).ok()?
    } else {
        value
    };
    Some(FieldVersion {
        // Numbers of equal width: the order of the handles is the order of the operations.
        id: format!("{counter:010}@{actor}"),
        value,
        actor: ActorId::from_slice(actor.to_bytes())?,
        change: ChangeHash(change.0),
    })
}

fn text_object(document: &Document, field: Field) -> Option<ObjId> {
    match document.inner.get(ROOT, key(field)) {
        Ok(Some((Value::Object(ObjType::Text), id))) => Some(id),
        Ok(_) | Err(_) => None,
    }
}

fn mark_object(document: &Document) -> Option<ObjId> {
    match document.inner.get(ROOT, MARKS) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        Ok(_) | Err(_) => None,
    }
}

fn put(document: &mut Document, field: Field, value: &str) -> Result<(), EditError> {
    if is_prose(field) {
        return put_prose(document, field, value);
    }
    document.inner.put(ROOT, key(field), value)?;
    document.commit_large();
    Ok(())
}

fn put_prose(document: &mut Document, field: Field, value: &str) -> Result<(), EditError> {
    let text = match text_object(document, field) {
        Some(text) => text,
        None => document.inner.put_object(ROOT, key(field), ObjType::Text)?,
    };
    let marks = match mark_object(document) {
        Some(marks) => marks,
        None => document.inner.put_object(ROOT, MARKS, ObjType::Map)?,
    };
    splice(document, &text, value)?;
    if document.mark(key(field)) {
        let mark = match document.inner.get(&marks, key(field))? {
            Some((Value::Scalar(mark), _)) => mark.as_u64().unwrap_or(0).wrapping_add(1),
            Some((Value::Object(_), _)) | None => 1,
        };
        document.inner.put(&marks, key(field), ScalarValue::Uint(mark))?;
    }
    document.commit_large();
    Ok(())
}

/// Makes a text into `value` by changing as little as is quickly found.
fn splice(document: &mut Document, text: &ObjId, value: &str) -> Result<(), EditError> {
    let old: Vec<char> = document.inner.text(text)?.chars().collect();
    let new: Vec<char> = value.chars().collect();
    let equal = |(a, b): &(&char, &char)| a == b;
    let start = old.iter().zip(&new).take_while(equal).count();
    let left = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(left);
    let end = end.take_while(equal).count();
    let mut cut = old.len() - start - end;
    let inserted = new.get(start..new.len() - end).unwrap_or_default();
    if cut > 0 && !inserted.is_empty() && cut.max(inserted.len()) <= DIFFERENCE_CHARS_MAX {
        return Ok(document.inner.update_text(text, value)?);
    }
    while cut > 0 {
        let piece = cut.min(SPLICE_OPERATIONS_MAX);
        let delete = isize::try_from(piece).map_err(|_| EditError::TooLong(PROSE_CHARS_MAX))?;
        document.inner.splice_text(text, start, delete, "")?;
        document.commit_large();
        cut -= piece;
    }
    let mut at = start;
    for piece in inserted.chunks(SPLICE_OPERATIONS_MAX) {
        document
            .inner
            .splice_text(text, at, 0, &piece.iter().collect::<String>())?;
        document.commit_large();
        at += piece.len();
    }
    Ok(())
}
