//! Step (b): what a document's changes are to each other, and where each of its operations stands.
//!
//! A change may refer only to what it has seen: operations of changes that it depends on, however indirectly.
//! So every device comes to the same answer, whatever else it has, and Automerge meets no reference into the void.

use super::Bad;
use super::chunk::RawChange;
use super::operation::{Action, Key, Operation, OperationId, Shape};
use crate::id::{ActorId, ChangeHash};
use std::collections::BTreeMap;

/// The changes of one document and the places of their operations.
#[derive(Clone, Debug, Default)]
pub(in crate::model) struct History {
    changes: BTreeMap<ChangeHash, Change>,
    /// For each actor the last operation of each of its changes, in order.
    last_op: BTreeMap<u32, Vec<u64>>,
    operations: BTreeMap<Id, Place>,
    actors: BTreeMap<ActorId, u32>,
    names: BTreeMap<String, u32>,
}

#[derive(Clone, Debug)]
struct Change {
    max_op: u64,
    /// How many changes of each actor this one has seen, itself included.
    seen: Clock,
}

type Clock = BTreeMap<u32, usize>;

/// An operation's id with its actor as a number of this history: a text has an operation for each character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    counter: u64,
    actor: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    object: Option<Id>,
    slot: Slot,
    makes: Option<Shape>,
}

/// What an operation gives a value: a name of a map, or an element, which its insertion names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Name(u32),
    Element(Id),
}

impl History {
    /// Whether the change is known.
    pub(super) fn has(&self, hash: &ChangeHash) -> bool {
        self.changes.contains_key(hash)
    }

    /// Enters a change, all of whose dependencies are known.
    ///
    /// # Errors
    /// What is wrong with it; then the history is of no more use.
    pub(super) fn enter(&mut self, change: &RawChange) -> Result<(), Bad> {
        let author = number(&mut self.actors, change.actor);
        let (before, mut seen) = self.join(&change.deps)?;
        if change.start_op != before + 1 {
            return Err(Bad::Start);
        }
        // An honest change depends on its actor's last one; two changes with one number break a document for ever.
        let last_op = self.last_op.entry(author).or_default();
        let n_before = last_op.len();
        if change.seq != n_before as u64 + 1 || seen.get(&author).copied().unwrap_or(0) != n_before {
            return Err(Bad::Sequence);
        }
        last_op.push(change.max_op());
        seen.insert(author, n_before + 1);
        for (counter, operation) in (change.start_op..).zip(&change.operations) {
            let id = Id {
                counter,
                actor: author,
            };
            self.enter_operation(id, operation, &seen)?;
        }
        let max_op = change.max_op();
        self.changes.insert(change.hash, Change { max_op, seen });
        Ok(())
    }

    /// The last operation of the dependencies, and all that they have seen.
    fn join(&self, deps: &[ChangeHash]) -> Result<(u64, Clock), Bad> {
        let mut before = 0;
        let mut seen = Clock::new();
        for dep in deps {
            let dep = self.changes.get(dep).ok_or(Bad::Header)?;
            before = before.max(dep.max_op);
            for (actor, n_changes) in &dep.seen {
                let seen = seen.entry(*actor).or_default();
                *seen = (*seen).max(*n_changes);
            }
        }
        Ok((before, seen))
    }

    fn enter_operation(&mut self, id: Id, operation: &Operation, seen: &Clock) -> Result<(), Bad> {
        let object = operation
            .object
            .map(|object| self.seen_id(object, seen))
            .transpose()?;
        if let Some(object) = object
            && self.place(object)?.makes != Some(operation.key.shape())
        {
            return Err(Bad::Reference);
        }
        let key = match &operation.key {
            Key::Name(name) => Some(Slot::Name(number(&mut self.names, name.clone()))),
            Key::Head => None,
            Key::Element(element) => {
                let element = self.seen_id(*element, seen)?;
                let slot = Slot::Element(element);
                let place = self.place(element)?;
                if place.object != object || place.slot != slot {
                    return Err(Bad::Reference);
                }
                Some(slot)
            }
        };
        let slot = if operation.insert {
            Slot::Element(id)
        } else {
            key.ok_or(Bad::Operation)?
        };
        for predecessor in &operation.predecessors {
            let place = self.place(self.seen_id(*predecessor, seen)?)?;
            if place.object != object || place.slot != slot {
                return Err(Bad::Reference);
            }
        }
        let makes = match operation.action {
            Action::Make(shape) => Some(shape),
            Action::Set => None,
            // Nothing refers to a deletion.
            Action::Delete => return Ok(()),
        };
        self.operations.insert(id, Place { object, slot, makes });
        Ok(())
    }

    fn place(&self, id: Id) -> Result<&Place, Bad> {
        self.operations.get(&id).ok_or(Bad::Reference)
    }

    /// An id that a change with this clock may refer to.
    fn seen_id(&self, (counter, actor): OperationId, seen: &Clock) -> Result<Id, Bad> {
        let actor = *self.actors.get(&actor).ok_or(Bad::Reference)?;
        let last_op = self.last_op.get(&actor).ok_or(Bad::Reference)?;
        let change = last_op.partition_point(|last| *last < counter);
        if change < seen.get(&actor).copied().unwrap_or(0) {
            Ok(Id { counter, actor })
        } else {
            Err(Bad::Reference)
        }
    }
}

/// The number of a name or an actor, a new one if it has none.
fn number<T: Ord>(numbers: &mut BTreeMap<T, u32>, key: T) -> u32 {
    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    *numbers.entry(key).or_insert(next)
}
