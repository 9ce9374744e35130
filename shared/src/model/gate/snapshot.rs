//! Step (a) for snapshots: a strict walk over a document chunk, before Automerge sees it.
//!
//! ```text
//! magic · checksum · 0 · length · actors · heads · specifications of change columns · of operation columns
//!       · change columns · operation columns · index of each head
//! ```
//!
//! Amounts first, then every row: that each operation belongs to a change and each change to an actor.
//! Whether the rows are what the authors wrote is proved by loading, which computes the hash of every change;
//! each change is then walked like one that came alone.

use super::chunk::{Chunk, Reader};
use super::column::{Booleans, Columns, Delta, Rle, Values, count, sum};
use super::{Bad, CHANGE_OPERATIONS_MAX, DOCUMENT_OPERATIONS_MAX};
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: u8 = 0;

/// Most changes of a document: of ten operations each, on average.
const CHANGES_MAX: u64 = DOCUMENT_OPERATIONS_MAX / 10;

/// Most dependencies of all changes together.
const DEPENDENCIES_MAX: u64 = CHANGES_MAX * 4;

/// Most successors of all operations together: each deletion or overwriting is one.
const SUCCESSORS_MAX: u64 = DOCUMENT_OPERATIONS_MAX;

/// Columns of changes.
mod change {
    pub(super) const ACTOR: u64 = 0x01;
    pub(super) const SEQUENCE: u64 = 0x03;
    pub(super) const MAX_OP: u64 = 0x13;
    pub(super) const TIME: u64 = 0x23;
    pub(super) const MESSAGE: u64 = 0x35;
    pub(super) const DEPENDENCY_COUNT: u64 = 0x40;
    pub(super) const DEPENDENCY: u64 = 0x43;
    pub(super) const EXTRA_META: u64 = 0x56;
    pub(super) const ALL: [u64; 8] = [
        ACTOR,
        SEQUENCE,
        MAX_OP,
        TIME,
        MESSAGE,
        DEPENDENCY_COUNT,
        DEPENDENCY,
        EXTRA_META,
    ];
}

/// Columns of operations.
mod operation {
    pub(super) const OBJECT_ACTOR: u64 = 0x01;
    pub(super) const OBJECT_COUNTER: u64 = 0x02;
    pub(super) const KEY_ACTOR: u64 = 0x11;
    pub(super) const KEY_COUNTER: u64 = 0x13;
    pub(super) const KEY_STRING: u64 = 0x15;
    pub(super) const ID_ACTOR: u64 = 0x21;
    pub(super) const ID_COUNTER: u64 = 0x23;
    pub(super) const INSERT: u64 = 0x34;
    pub(super) const ACTION: u64 = 0x42;
    pub(super) const VALUE_META: u64 = 0x56;
    pub(super) const VALUE: u64 = 0x57;
    pub(super) const SUCCESSOR_COUNT: u64 = 0x80;
    pub(super) const SUCCESSOR_ACTOR: u64 = 0x81;
    pub(super) const SUCCESSOR_COUNTER: u64 = 0x83;
    pub(super) const ALL: [u64; 14] = [
        OBJECT_ACTOR,
        OBJECT_COUNTER,
        KEY_ACTOR,
        KEY_COUNTER,
        KEY_STRING,
        ID_ACTOR,
        ID_COUNTER,
        INSERT,
        ACTION,
        VALUE_META,
        VALUE,
        SUCCESSOR_COUNT,
        SUCCESSOR_ACTOR,
        SUCCESSOR_COUNTER,
    ];
}

/// Refuses what is not one uncompressed document chunk of a bounded size whose rows fit each other.
pub(super) fn check(bytes: &[u8]) -> Result<(), Bad> {
    let mut reader = Reader::new(bytes);
    let chunk = Chunk::read(&mut reader, DOCUMENT)?;
    if !reader.is_empty() {
        return Err(Bad::Chunk);
    }
    let mut body = Reader::new(chunk.body);
    let n_actors = body.actors()?.len();
    let heads = body.hashes()?;
    let changes = Columns::specification(&mut body)?;
    let operations = Columns::specification(&mut body)?;
    let changes = changes.data(&mut body)?;
    let operations = operations.data(&mut body)?;
    let mut rows = Rows::new(n_actors);
    rows.read_changes(&changes)?;
    for _ in heads {
        let index = usize::try_from(body.unsigned()?).map_err(|_| Bad::Chunk)?;
        if index >= rows.last_op.len() {
            return Err(Bad::Chunk);
        }
    }
    if !body.is_empty() {
        return Err(Bad::Chunk);
    }
    rows.read_operations(&operations)
}

/// An operation's id: its number, and the place of its actor in the list.
type Id = (u64, u64);

struct Rows {
    n_actors: u64,
    /// Last operation of each change.
    last_op: Vec<u64>,
    /// For each actor, first and last operation of each of its changes.
    spans: BTreeMap<u64, Vec<(u64, u64)>>,
}

impl Rows {
    fn new(n_actors: usize) -> Self {
        Self {
            n_actors: n_actors as u64,
            last_op: Vec::new(),
            spans: BTreeMap::new(),
        }
    }

    fn read_changes(&mut self, columns: &Columns<'_>) -> Result<(), Bad> {
        columns.only(&change::ALL)?;
        let n_changes = count::<u64>(columns.get(change::ACTOR), CHANGES_MAX)?;
        sum(columns.get(change::DEPENDENCY_COUNT), DEPENDENCIES_MAX)?;
        let mut actor = Rle::<u64>::new(columns.get(change::ACTOR));
        let mut sequence = Delta::new(columns.get(change::SEQUENCE));
        let mut max_op = Delta::new(columns.get(change::MAX_OP));
        let mut time = Delta::new(columns.get(change::TIME));
        let mut message = Rle::<&str>::new(columns.get(change::MESSAGE));
        let mut extra = Rle::<u64>::new(columns.get(change::EXTRA_META));
        let mut n_dependencies = Rle::<u64>::new(columns.get(change::DEPENDENCY_COUNT));
        let mut dependency = Delta::new(columns.get(change::DEPENDENCY));
        for _ in 0..n_changes {
            let actor = self.actor(actor.next()?)?;
            let mut before = 0;
            for _ in 0..n_dependencies.next()?.ok_or(Bad::Column)? {
                let dependency = dependency.next()?.ok_or(Bad::Column)?;
                let last_op = usize::try_from(dependency)
                    .ok()
                    .and_then(|index| self.last_op.get(index));
                before = before.max(*last_op.ok_or(Bad::Header)?);
            }
            let last = max_op.next()?.ok_or(Bad::Column)?;
            let spans = self.spans.entry(actor).or_default();
            spans.push((before + 1, last));
            let n_operations = last.checked_sub(before).ok_or(Bad::Start)?;
            if n_operations > CHANGE_OPERATIONS_MAX {
                return Err(Bad::TooMany);
            }
            if sequence.next()? != Some(spans.len() as u64) {
                return Err(Bad::Sequence);
            }
            let is_silent = time.next()?.unwrap_or(0) == 0 && message.next()?.is_none();
            // A length of 0 of the type for bytes: no extra bytes.
            if !is_silent || extra.next()?.unwrap_or(7) != 7 {
                return Err(Bad::Header);
            }
            self.last_op.push(last);
        }
        actor.finish()?;
        sequence.finish()?;
        max_op.finish()?;
        time.finish()?;
        message.finish()?;
        extra.finish()?;
        n_dependencies.finish()?;
        dependency.finish()
    }

    fn read_operations(&self, columns: &Columns<'_>) -> Result<(), Bad> {
        use operation as column;
        columns.only(&column::ALL)?;
        let n_operations = count::<u64>(columns.get(column::ACTION), DOCUMENT_OPERATIONS_MAX)?;
        sum(columns.get(column::SUCCESSOR_COUNT), SUCCESSORS_MAX)?;
        let mut id = IdColumn::new(columns, column::ID_ACTOR, column::ID_COUNTER);
        let mut successor = IdColumn::new(columns, column::SUCCESSOR_ACTOR, column::SUCCESSOR_COUNTER);
        let mut key = IdColumn::new(columns, column::KEY_ACTOR, column::KEY_COUNTER);
        let mut key_string = Rle::<&str>::new(columns.get(column::KEY_STRING));
        let mut object_actor = Rle::<u64>::new(columns.get(column::OBJECT_ACTOR));
        let mut object_counter = Rle::<u64>::new(columns.get(column::OBJECT_COUNTER));
        let mut n_successors = Rle::<u64>::new(columns.get(column::SUCCESSOR_COUNT));
        let mut insert = Booleans::new(columns.get(column::INSERT));
        let mut action = Rle::<u64>::new(columns.get(column::ACTION));
        let mut values = Values::new(columns.get(column::VALUE_META), columns.get(column::VALUE));
        let mut rows = BTreeSet::new();
        let mut successors = BTreeSet::new();
        for _ in 0..n_operations {
            let id = self.known(id.next()?.ok_or(Bad::Column)?)?;
            if !rows.insert(id) {
                return Err(Bad::Operation);
            }
            for _ in 0..n_successors.next()?.ok_or(Bad::Column)? {
                let successor = self.known(successor.next()?.ok_or(Bad::Column)?)?;
                if successor.0 <= id.0 {
                    return Err(Bad::Operation);
                }
                successors.insert(successor);
            }
            match (object_actor.next()?, object_counter.next()?) {
                (None, None) => {}
                (Some(actor), Some(counter)) => drop(self.known((counter, actor))?),
                (None, Some(_)) | (Some(_), None) => return Err(Bad::Operation),
            }
            match (key_string.next()?, key.next_optional()?) {
                (Some(_), (None, None)) | (None, (None, Some(0))) => {}
                (None, (Some(actor), Some(counter))) => drop(self.known((counter, actor))?),
                _ => return Err(Bad::Operation),
            }
            insert.next()?;
            // Make a map, set, make a list, make a text; a deletion is only a successor.
            if !matches!(action.next()?, Some(0..=2 | 4)) {
                return Err(Bad::Operation);
            }
            values.next()?;
        }
        id.finish()?;
        successor.finish()?;
        key.finish()?;
        key_string.finish()?;
        object_actor.finish()?;
        object_counter.finish()?;
        n_successors.finish()?;
        insert.finish()?;
        action.finish()?;
        values.finish()?;
        self.check_complete(&rows, &successors)
    }

    /// Every operation of every change is there, as a row or as a deletion.
    fn check_complete(&self, rows: &BTreeSet<Id>, successors: &BTreeSet<Id>) -> Result<(), Bad> {
        for (actor, spans) in &self.spans {
            for (first, last) in spans {
                for counter in *first..=*last {
                    if !rows.contains(&(counter, *actor)) && !successors.contains(&(counter, *actor)) {
                        return Err(Bad::Operation);
                    }
                }
            }
        }
        Ok(())
    }

    fn actor(&self, actor: Option<u64>) -> Result<u64, Bad> {
        actor.filter(|actor| *actor < self.n_actors).ok_or(Bad::Header)
    }

    /// An id that belongs to a change.
    fn known(&self, (counter, actor): Id) -> Result<Id, Bad> {
        let spans = self.spans.get(&actor).ok_or(Bad::Operation)?;
        let span = spans.partition_point(|(_, last)| *last < counter);
        match spans.get(span) {
            Some((first, _)) if counter >= *first => Ok((counter, actor)),
            Some(_) | None => Err(Bad::Operation),
        }
    }
}

/// Two columns that hold ids: actors, and numbers as differences.
struct IdColumn<'a> {
    actor: Rle<'a, u64>,
    counter: Delta<'a>,
}

impl<'a> IdColumn<'a> {
    fn new(columns: &Columns<'a>, actor: u64, counter: u64) -> Self {
        Self {
            actor: Rle::new(columns.get(actor)),
            counter: Delta::new(columns.get(counter)),
        }
    }

    fn next(&mut self) -> Result<Option<Id>, Bad> {
        match self.next_optional()? {
            (Some(actor), Some(counter)) => Ok(Some((counter, actor))),
            (None, None) => Ok(None),
            _ => Err(Bad::Column),
        }
    }

    fn next_optional(&mut self) -> Result<(Option<u64>, Option<u64>), Bad> {
        Ok((self.actor.next()?, self.counter.next()?))
    }

    fn finish(self) -> Result<(), Bad> {
        self.actor.finish()?;
        self.counter.finish()
    }
}
