//! Operations of a change, read from its columns and checked by themselves.
//!
//! Accepted is what a document of ours can hold: maps, lists and texts, set and delete.
//! Counters, tables and marks on text are refused: nothing here writes them, and each is a way into Automerge
//! that need not be open.

use super::Bad;
use super::column::{Booleans, Columns, Delta, Rle, Values, count, sum};
use crate::id::ActorId;

/// An operation's id: its number and who made it.
pub(super) type OperationId = (u64, ActorId);

const OBJECT_ACTOR: u64 = 0x01;
const OBJECT_COUNTER: u64 = 0x02;
const KEY_ACTOR: u64 = 0x11;
const KEY_COUNTER: u64 = 0x13;
const KEY_STRING: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PREDECESSOR_COUNT: u64 = 0x70;
const PREDECESSOR_ACTOR: u64 = 0x71;
const PREDECESSOR_COUNTER: u64 = 0x73;

const KNOWN: [u64; 12] = [
    OBJECT_ACTOR,
    OBJECT_COUNTER,
    KEY_ACTOR,
    KEY_COUNTER,
    KEY_STRING,
    INSERT,
    ACTION,
    VALUE_META,
    VALUE,
    PREDECESSOR_COUNT,
    PREDECESSOR_ACTOR,
    PREDECESSOR_COUNTER,
];

/// Most predecessors of a change for each of its operations, on average and rounded up by
/// [`PREDECESSORS_MIN`]: more than one only where a conflict is overwritten.
const PREDECESSORS_PER_OPERATION_MAX: u64 = 4;

/// Predecessors that any change may have: one operation may overwrite a conflict of that many values.
const PREDECESSORS_MIN: u64 = 1_000;

const MAKE_MAP: u64 = 0;
const SET: u64 = 1;
const MAKE_LIST: u64 = 2;
const DELETE: u64 = 3;
const MAKE_TEXT: u64 = 4;

/// What an object is to an operation: its keys are names, or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Map,
    Sequence,
}

/// Where in its object an operation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(String),
    Head,
    Element(OperationId),
}

impl Key {
    /// The shape of an object that has such a key.
    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Name(_) => Shape::Map,
            Self::Head | Self::Element(_) => Shape::Sequence,
        }
    }
}

/// What an operation does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Make(Shape),
    Set,
    Delete,
}

/// An operation, as far as the gate looks at it: its value is not kept.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// `None` is the root, a map.
    pub(super) object: Option<OperationId>,
    pub(super) key: Key,
    pub(super) insert: bool,
    pub(super) action: Action,
    pub(super) predecessors: Vec<OperationId>,
}

/// Reads all operations of a change whose first has the number `start_op`; `actors` begins with its author.
///
/// # Errors
/// [`Bad::TooMany`] for more than `max`, before any is read; else what is wrong with the first wrong one.
pub(super) fn read(
    columns: &Columns<'_>,
    actors: &[ActorId],
    start_op: u64,
    max: u64,
) -> Result<Vec<Operation>, Bad> {
    columns.only(&KNOWN)?;
    let count = count::<u64>(columns.get(ACTION), max)?;
    let predecessors_max = (count * PREDECESSORS_PER_OPERATION_MAX).max(PREDECESSORS_MIN);
    sum(columns.get(PREDECESSOR_COUNT), predecessors_max)?;
    let mut reader = Operations::new(columns, actors);
    let operations = (start_op..start_op + count)
        .map(|number| reader.next(number))
        .collect::<Result<Vec<_>, _>>()?;
    reader.finish()?;
    Ok(operations)
}

struct Operations<'a> {
    actors: &'a [ActorId],
    object_actor: Rle<'a, u64>,
    object_counter: Rle<'a, u64>,
    key_actor: Rle<'a, u64>,
    key_counter: Delta<'a>,
    key_string: Rle<'a, &'static str>,
    insert: Booleans<'a>,
    action: Rle<'a, u64>,
    values: Values<'a>,
    predecessor_count: Rle<'a, u64>,
    predecessor_actor: Rle<'a, u64>,
    predecessor_counter: Delta<'a>,
}

impl<'a> Operations<'a> {
    fn new(columns: &Columns<'a>, actors: &'a [ActorId]) -> Self {
        Self {
            actors,
            object_actor: Rle::new(columns.get(OBJECT_ACTOR)),
            object_counter: Rle::new(columns.get(OBJECT_COUNTER)),
            key_actor: Rle::new(columns.get(KEY_ACTOR)),
            key_counter: Delta::new(columns.get(KEY_COUNTER)),
            key_string: Rle::new(columns.get(KEY_STRING)),
            insert: Booleans::new(columns.get(INSERT)),
            action: Rle::new(columns.get(ACTION)),
            values: Values::new(columns.get(VALUE_META), columns.get(VALUE)),
            predecessor_count: Rle::new(columns.get(PREDECESSOR_COUNT)),
            predecessor_actor: Rle::new(columns.get(PREDECESSOR_ACTOR)),
            predecessor_counter: Delta::new(columns.get(PREDECESSOR_COUNTER)),
        }
    }

    /// The operation with this number; whether it fits the document is for [`super::history`] to say.
    fn next(&mut self, number: u64) -> Result<Operation, Bad> {
        let object = match (self.object_actor.next()?, self.object_counter.next()?) {
            (None, None) => None,
            (Some(actor), Some(counter)) => Some(self.id(actor, counter, number)?),
            (None, Some(_)) | (Some(_), None) => return Err(Bad::Operation),
        };
        let operation = Operation {
            object,
            key: self.key(number)?,
            insert: self.insert.next()?,
            action: self.action()?,
            predecessors: self.predecessors(number)?,
        };
        let is_sequence = operation.key.shape() == Shape::Sequence;
        let fits = if operation.insert {
            is_sequence && operation.predecessors.is_empty() && operation.action != Action::Delete
        } else {
            // Only an insertion may stand at the head, where no element is; only a value can be deleted.
            operation.key != Key::Head
                && (operation.action != Action::Delete || !operation.predecessors.is_empty())
        };
        if fits && (operation.object.is_some() || !is_sequence) {
            Ok(operation)
        } else {
            Err(Bad::Operation)
        }
    }

    fn key(&mut self, number: u64) -> Result<Key, Bad> {
        let string = self.key_string.next()?;
        let actor = self.key_actor.next()?;
        let counter = self.key_counter.next()?;
        match (string, actor, counter) {
            (Some(name), None, None) if !name.is_empty() => Ok(Key::Name(name.to_owned())),
            (None, None, Some(0)) => Ok(Key::Head),
            (None, Some(actor), Some(counter)) => Ok(Key::Element(self.id(actor, counter, number)?)),
            _ => Err(Bad::Operation),
        }
    }

    fn action(&mut self) -> Result<Action, Bad> {
        let has_value = self.values.next()?.kind != 0;
        let action = match self.action.next()? {
            Some(MAKE_MAP) => Action::Make(Shape::Map),
            Some(MAKE_LIST | MAKE_TEXT) => Action::Make(Shape::Sequence),
            Some(SET) => Action::Set,
            Some(DELETE) => Action::Delete,
            Some(_) | None => return Err(Bad::Operation),
        };
        if has_value && action != Action::Set {
            return Err(Bad::Operation);
        }
        Ok(action)
    }

    fn predecessors(&mut self, number: u64) -> Result<Vec<OperationId>, Bad> {
        let count = self.predecessor_count.next()?.ok_or(Bad::Operation)?;
        let mut predecessors = Vec::new();
        for _ in 0..count {
            let (Some(actor), Some(counter)) =
                (self.predecessor_actor.next()?, self.predecessor_counter.next()?)
            else {
                return Err(Bad::Operation);
            };
            let predecessor = self.id(actor, counter, number)?;
            if predecessors.last().is_some_and(|last| *last >= predecessor) {
                return Err(Bad::Operation);
            }
            predecessors.push(predecessor);
        }
        Ok(predecessors)
    }

    /// An id in the operation `number`: of an actor that the change names, and earlier than the operation.
    fn id(&self, actor: u64, counter: u64, number: u64) -> Result<OperationId, Bad> {
        let actor = usize::try_from(actor)
            .ok()
            .and_then(|index| self.actors.get(index))
            .ok_or(Bad::Operation)?;
        if counter == 0 || counter >= number {
            return Err(Bad::Operation);
        }
        Ok((counter, *actor))
    }

    fn finish(self) -> Result<(), Bad> {
        self.object_actor.finish()?;
        self.object_counter.finish()?;
        self.key_actor.finish()?;
        self.key_counter.finish()?;
        self.key_string.finish()?;
        self.insert.finish()?;
        self.action.finish()?;
        self.values.finish()?;
        self.predecessor_count.finish()?;
        self.predecessor_actor.finish()?;
        self.predecessor_counter.finish()
    }
}
