//! One value of a document: read, written, found in two versions, and chosen.
//!
//! ```text
//! root ─ title, summary, …             a scalar each
//!      ├ happened, who, …              a text each
//!      ├ media ─ <id>.description, …   a scalar or a text each (see `media`)
//!      └ marks ─ happened, <id>.text   a number for each text, set anew with every edit of it
//! ```
//!
//! A scalar that was set on two devices at once has two values (M7). A text would silently become a mixture of both:
//! its mark has two values then, and each names the change at which its author's text can be read.

use super::document::{Document, automerge_hash};
use super::field::{EditError, PROSE_CHARS_MAX};
use crate::id::{ActorId, ChangeHash};
use automerge::transaction::Transactable;
use automerge::{AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

/// Operations of one splice, so that a transaction can be closed in between.
const SPLICE_OPERATIONS_MAX: usize = 5_000;

/// Differences are looked for character by character only where both sides are short enough to be quick.
const DIFFERENCE_CHARS_MAX: usize = 1_000;

const MARKS: &str = "marks";

/// Where a value stands.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// The map of the root that it stands in; `None` for the root itself.
    pub(super) map: Option<&'static str>,
    /// Its key there.
    pub(super) key: String,
    /// Whether it is long text.
    pub(super) is_prose: bool,
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

/// The stored value is of another type or form than the field has (M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadField;

/// Makes the map of marks, in the document's first change.
pub(super) fn create(document: &mut Document) -> Result<(), AutomergeError> {
    document.inner.put_object(ROOT, MARKS, ObjType::Map).map(drop)
}

/// Makes the text of a spot: once, by who makes what it belongs to. Two devices that each make one would hide the
/// other's.
pub(super) fn create_text(document: &mut Document, spot: &Spot) -> Result<(), AutomergeError> {
    let map = match (spot.object(document), spot.map) {
        (Some(map), _) => map,
        (None, Some(name)) => document.inner.put_object(ROOT, name, ObjType::Map)?,
        (None, None) => ROOT,
    };
    document.inner.put_object(map, &spot.key, ObjType::Text).map(drop)
}

/// Reads a value, empty if it was never set; of two versions the one that this start wrote, else the newer one.
pub(super) fn read(document: &mut Document, spot: &Spot) -> Result<String, BadField> {
    // Also where all are the same: of a text each would stand there.
    let versions = all_versions(document, spot);
    match shown(document, &versions) {
        Some(version) => Ok(version.value.clone()),
        None => stored(document, spot),
    }
}

/// Sets a value, unless it is that, for somebody who saw the document with the changes `seen`. Replaces only what she
/// saw: what came since from others stays beside it (M7).
///
/// What the last start left typed does not say what she saw: of two versions it was the one that it resembles most.
pub(super) fn write(
    document: &mut Document,
    spot: &Spot,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    // Both wrote the same: on a branch it would stand there twice.
    if !seen.is_empty() && read(document, spot).as_deref() == Ok(value) {
        return Ok(());
    }
    if is_behind(document, spot, seen)? {
        return document.edit_at(seen, |branch| write_here(branch, spot, value, seen));
    }
    write_here(document, spot, value, seen)
}

/// Whether others changed the value since it was seen so. What this start wrote last was typed here, after it was seen.
fn is_behind(document: &mut Document, spot: &Spot, seen: &[ChangeHash]) -> Result<bool, EditError> {
    if seen.is_empty() || document.heads() == seen || !document.has_changes(seen) {
        return Ok(false);
    }
    let versions = versions(document, spot);
    let writer = match shown(document, &versions) {
        Some(version) => Some(version.actor),
        None => last_writer(document, spot),
    };
    if writer.is_some_and(|writer| document.is_own(writer)) {
        return Ok(false);
    }
    let ids = |values: Vec<(Value<'_>, ObjId)>| values.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    if let Some(object) = versioned(document, spot) {
        let heads: Vec<_> = seen.iter().map(|change| automerge_hash(*change)).collect();
        let before = document.inner.get_all_at(&object, &spot.key, &heads)?;
        if ids(before) == ids(document.inner.get_all(&object, &spot.key)?) {
            return Ok(false);
        }
    }
    let mut before = document.branch_at(seen)?;
    Ok(read(&mut before, spot) != read(document, spot))
}

/// Replaces only the version that it was typed over.
fn write_here(
    document: &mut Document,
    spot: &Spot,
    value: &str,
    seen: &[ChangeHash],
) -> Result<(), EditError> {
    let versions = versions(document, spot);
    let similar = versions
        .iter()
        .max_by_key(|version| likeness(&version.value, value));
    let similar = similar.filter(|_| seen.is_empty());
    match own(document, &versions).or(similar).or(versions.last()) {
        Some(version) if version.value == value => Ok(()),
        Some(version) => document.edit_at(&[version.change], |branch| put(branch, spot, value)),
        None if stored(document, spot).as_deref() == Ok(value) => Ok(()),
        None => put(document, spot, value),
    }
}

/// Returns the versions of a value, none if there is one or all are the same. Closes the open transaction where
/// there are two.
pub(super) fn versions(document: &mut Document, spot: &Spot) -> Vec<FieldVersion> {
    let versions = all_versions(document, spot);
    let all_same = versions
        .iter()
        .zip(versions.iter().skip(1))
        .all(|(version, next)| version.value == next.value);
    if all_same { Vec::new() } else { versions }
}

fn all_versions(document: &mut Document, spot: &Spot) -> Vec<FieldVersion> {
    let Some(Ok(values)) = versioned(document, spot).map(|object| document.inner.get_all(object, &spot.key))
    else {
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
        .filter_map(|(value, id)| version(document, spot, value, &id))
        .collect();
    versions.sort_by(|a, b| a.id.cmp(&b.id));
    versions
}

/// Keeps one of two versions: a normal change, after which there is one (M7).
pub(super) fn choose(document: &mut Document, spot: &Spot, id: &str) -> Result<(), EditError> {
    let versions = versions(document, spot);
    let chosen = versions.iter().find(|version| version.id == id);
    let value = &chosen.ok_or(EditError::Unknown)?.value;
    put(document, spot, value)
}

impl Spot {
    fn object(&self, document: &Document) -> Option<ObjId> {
        let Some(map) = self.map else {
            return Some(ROOT);
        };
        match document.inner.get(ROOT, map) {
            Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
            Ok(_) | Err(_) => None,
        }
    }

    fn text_object(&self, document: &Document) -> Option<ObjId> {
        match document.inner.get(self.object(document)?, &self.key) {
            Ok(Some((Value::Object(ObjType::Text), id))) => Some(id),
            Ok(_) | Err(_) => None,
        }
    }
}

fn shown<'a>(document: &Document, versions: &'a [FieldVersion]) -> Option<&'a FieldVersion> {
    own(document, versions).or(versions.last())
}

fn own<'a>(document: &Document, versions: &'a [FieldVersion]) -> Option<&'a FieldVersion> {
    versions.iter().find(|version| document.is_own(version.actor))
}

/// Letters that two texts share at their beginning and at their end.
fn likeness(one: &str, other: &str) -> usize {
    let equal = |(a, b): &(char, char)| a == b;
    let start = one.chars().zip(other.chars()).take_while(equal).count();
    let end = one
        .chars()
        .rev()
        .zip(other.chars().rev())
        .take_while(equal)
        .count();
    start + end
}

/// The map in which a value, or the mark of a text, has its versions.
fn versioned(document: &Document, spot: &Spot) -> Option<ObjId> {
    if spot.is_prose {
        mark_object(document)
    } else {
        spot.object(document)
    }
}

fn last_writer(document: &Document, spot: &Spot) -> Option<ActorId> {
    let object = versioned(document, spot)?;
    match document.inner.get(object, &spot.key) {
        Ok(Some((_, ObjId::Id(_, actor, _)))) => ActorId::from_slice(actor.to_bytes()),
        Ok(_) | Err(_) => None,
    }
}

fn stored(document: &Document, spot: &Spot) -> Result<String, BadField> {
    let Some(object) = spot.object(document) else {
        return Ok(String::new());
    };
    match document.inner.get(object, &spot.key) {
        Ok(None) => Ok(String::new()),
        Ok(Some((Value::Object(ObjType::Text), id))) if spot.is_prose => {
            document.inner.text(&id).map_err(|_| BadField)
        }
        Ok(Some((value, _))) if !spot.is_prose => text_of(&value).ok_or(BadField),
        Ok(Some(_)) | Err(_) => Err(BadField),
    }
}

fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Scalar(scalar) => scalar.as_str().map(str::to_owned),
        Value::Object(_) => None,
    }
}

fn version(document: &Document, spot: &Spot, value: String, id: &ObjId) -> Option<FieldVersion> {
    let ObjId::Id(counter, actor, _) = id else {
        return None;
    };
    let change = document.inner.hash_for_opid(id)?;
    let value = if spot.is_prose {
        let text = spot.text_object(document)?;
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

fn mark_object(document: &Document) -> Option<ObjId> {
    match document.inner.get(ROOT, MARKS) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        Ok(_) | Err(_) => None,
    }
}

fn put(document: &mut Document, spot: &Spot, value: &str) -> Result<(), EditError> {
    if spot.is_prose {
        return put_prose(document, spot, value);
    }
    let object = match (spot.object(document), spot.map) {
        (Some(object), _) => object,
        (None, Some(map)) => document.inner.put_object(ROOT, map, ObjType::Map)?,
        (None, None) => ROOT,
    };
    document.inner.put(object, &spot.key, value)?;
    document.commit_large();
    Ok(())
}

fn put_prose(document: &mut Document, spot: &Spot, value: &str) -> Result<(), EditError> {
    let text = match spot.text_object(document) {
        Some(text) => text,
        None => {
            create_text(document, spot)?;
            spot.text_object(document).ok_or(EditError::Unknown)?
        }
    };
    let marks = match mark_object(document) {
        Some(marks) => marks,
        None => document.inner.put_object(ROOT, MARKS, ObjType::Map)?,
    };
    splice(document, &text, value)?;
    if document.mark(&spot.key) {
        let mark = match document.inner.get(&marks, &spot.key)? {
            Some((Value::Scalar(mark), _)) => mark.as_u64().unwrap_or(0).wrapping_add(1),
            Some((Value::Object(_), _)) | None => 1,
        };
        document.inner.put(&marks, &spot.key, ScalarValue::Uint(mark))?;
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
