//! Elements that are only ever added (M7): each is one value under an id of its own.
//!
//! One value can be there or not, but never half, and never a mixture of two. An element that somebody overwrote
//! all the same counts with every value that it ever got side by side: the strictest wins by presence.

use super::document::Document;
use super::field::EditError;
use crate::cbor;
use crate::id::{ActorId, RowId};
use automerge::transaction::Transactable;
use automerge::{AutomergeError, ObjId, ObjType, ROOT, ReadDoc, Value};
use minicbor::{Decode, Encode};

/// Most bytes of one element: the longest sound names 512 parts with 32 bytes each.
const ELEMENT_BYTES_MAX: usize = 20 * 1024;

/// An element as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Added<T> {
    pub(super) id: RowId,
    /// `None` where it cannot be read: written by a newer app, or damaged.
    pub(super) value: Option<T>,
    /// Its place in the order of causes: what was written knowing an element comes after it (S13: no clock).
    pub(super) order: (u64, ActorId),
}

/// Makes the map that elements stand in, in the document's first change.
pub(super) fn create(document: &mut Document, list: &'static str) -> Result<(), AutomergeError> {
    document.inner.put_object(ROOT, list, ObjType::Map).map(drop)
}

/// Adds an element under a new id.
pub(super) fn add<T: Encode<()>>(
    document: &mut Document,
    list: &'static str,
    id: RowId,
    value: &T,
) -> Result<(), EditError> {
    let object = match object(document, list) {
        Some(object) => object,
        None => document.inner.put_object(ROOT, list, ObjType::Map)?,
    };
    let bytes = cbor::encode(value);
    if bytes.len() > ELEMENT_BYTES_MAX {
        return Err(EditError::TooLong(ELEMENT_BYTES_MAX));
    }
    document.inner.put(object, id.to_string(), bytes)?;
    document.commit_large();
    Ok(())
}

/// Reads all elements, in the order of causes.
pub(super) fn read<T: for<'b> Decode<'b, ()>>(document: &Document, list: &'static str) -> Vec<Added<T>> {
    let Some(object) = object(document, list) else {
        return Vec::new();
    };
    let mut elements = Vec::new();
    for key in document.inner.keys(&object) {
        // A name that is no id can hold nothing of ours: it counts as an element that cannot be read.
        let id = RowId::from_hex(&key).unwrap_or(RowId([0; 16]));
        for (value, operation) in document.inner.get_all(&object, key).unwrap_or_default() {
            elements.push(Added {
                id,
                value: decode(&value),
                order: order(&operation),
            });
        }
    }
    elements.sort_by_key(|element| (element.order, element.id));
    elements
}

fn object(document: &Document, list: &'static str) -> Option<ObjId> {
    match document.inner.get(ROOT, list) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        Ok(_) | Err(_) => None,
    }
}

fn decode<T: for<'b> Decode<'b, ()>>(value: &Value<'_>) -> Option<T> {
    match value {
        Value::Scalar(scalar) => {
            let bytes = scalar.as_bytes()?;
            cbor::decode(bytes)
                .ok()
                .filter(|_| bytes.len() <= ELEMENT_BYTES_MAX)
        }
        Value::Object(_) => None,
    }
}

fn order(operation: &ObjId) -> (u64, ActorId) {
    match operation {
        ObjId::Id(counter, actor, _) => {
            let actor = ActorId::from_slice(actor.to_bytes());
            (*counter, actor.unwrap_or(ActorId([0; 16])))
        }
        ObjId::Root => (0, ActorId([0; 16])),
    }
}
