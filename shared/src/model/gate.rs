//! The gate (M4): what others wrote is adopted only after it has proved harmless.
//!
//! ```text
//! bytes ─► (a) walk: uncompressed chunks, bounded, every column read to its end     before Automerge sees a byte
//!       ─► (b) history: sequence, start, and what each operation refers to          against what the document has
//!       ─► (c) trial: apply to a copy, save, load, same heads                       then the copy is adopted
//! ```
//!
//! Automerge can panic on bytes that are not its own, and a claim of 10^11 operations fits in 69 bytes.
//! Step (a) is ours alone, bounded and without panics. Step (c) may still panic:
//! where unwinding exists the panic is caught and the bytes are refused; in the browser, where a panic ends
//! the worker, the crash journal (M5) finds the entry at the next start and quarantines it.

mod chunk;
mod column;
mod history;
mod operation;
mod snapshot;
mod trial;

#[cfg(test)]
mod tests;

use super::document::Document;
use crate::id::{ActorId, ChangeHash};
use chunk::RawChange;
pub(super) use history::History;

/// Most operations of one change: a character of prose is one, and a device cuts its own changes far below.
pub const CHANGE_OPERATIONS_MAX: u64 = 20_000;

/// Most operations of a whole document, tombstones too: some 80 MB of working memory in Automerge while loading.
/// Beyond it a document is read-only and a new generation is due (E4).
pub const DOCUMENT_OPERATIONS_MAX: u64 = 200_000;

/// Highest operation number that a change may reach: Automerge panics beyond `u32::MAX`.
pub const OPERATION_MAX: u64 = 1 << 31;

/// Why bytes were not adopted. The document is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// Changes that these depend on are not here yet: try again at each arrival (M5).
    #[error("{} changes are missing", .0.len())]
    Waiting(Vec<ChangeHash>),
    /// Proved bad: quarantine (M5).
    #[error("bad change: {0}")]
    Bad(Bad),
}

/// What is wrong with bytes that the gate refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// They end too early, go on too long, or are no chunk at all.
    #[error("not a chunk")]
    Chunk,
    /// A chunk of another type than the one that belongs here; compressed chunks are never accepted.
    #[error("chunk type {0}")]
    ChunkType(u8),
    /// The checksum differs.
    #[error("checksum")]
    Checksum,
    /// A number is not written in its shortest form, or is too large.
    #[error("number")]
    Number,
    /// A header breaks a rule: time, message, extra bytes, actors or dependencies out of order.
    #[error("header")]
    Header,
    /// A column is unknown, out of order, compressed, or its length does not fit.
    #[error("column")]
    Column,
    /// More operations than are allowed, or more predecessors.
    #[error("too many operations")]
    TooMany,
    /// An operation that no document of ours holds, or that refers to the future.
    #[error("operation")]
    Operation,
    /// An operation refers to something that is not in the document.
    #[error("reference")]
    Reference,
    /// The sequence number is not the next of its actor, or the actor is one of this start.
    #[error("sequence")]
    Sequence,
    /// The first operation does not follow from the dependencies.
    #[error("start")]
    Start,
    /// Automerge refused it.
    #[error("refused by automerge")]
    Refused,
    /// Automerge panicked in the trial.
    #[error("automerge panicked")]
    Panicked,
    /// What the trial saved does not load, or loads with other heads.
    #[error("does not survive saving")]
    Unstable,
}

impl From<Bad> for GateError {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

/// What was adopted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Changes that are new to the document and who wrote them, in their order; empty if all were known.
    pub changes: Vec<(ChangeHash, ActorId)>,
}

/// Returns the changes of an incremental and who wrote them, after step (a), without adopting anything.
///
/// For the rule that an actor belongs to one device: check it before [`incremental`].
///
/// # Errors
/// What the walk refuses.
pub fn authors(bytes: &[u8]) -> Result<Vec<(ChangeHash, ActorId)>, Bad> {
    let changes = chunk::changes(bytes)?;
    Ok(changes.iter().map(|change| (change.hash, change.actor)).collect())
}

/// Adopts an incremental: change chunks, one after the other.
///
/// # Errors
/// [`GateError::Waiting`] if a dependency is missing, [`GateError::Bad`] if it must never be adopted.
/// Either way `document` is as it was, but that its open transaction is closed.
pub fn incremental(document: &mut Document, bytes: &[u8]) -> Result<Applied, GateError> {
    let changes = chunk::changes(bytes)?;
    adopt(document, changes)
}

/// Loads a snapshot, merges it with what this device has of the document, and returns both together.
///
/// The result is written by `actor` where nothing is `known`, else it goes on as `known`.
///
/// # Errors
/// [`GateError::Bad`] if it must never be adopted.
pub fn snapshot(bytes: &[u8], known: Option<&Document>, actor: ActorId) -> Result<Document, GateError> {
    snapshot::check(bytes)?;
    let (inner, changes) = trial::load(bytes)?;
    let mut history = History::default();
    for change in &changes {
        history.enter(change)?;
    }
    let Some(known) = known else {
        let mut document = Document::adopt(inner, actor);
        document.set_history(history);
        return Ok(document);
    };
    let mut document = known.clone();
    adopt(&mut document, changes)?;
    Ok(document)
}

/// Steps (b) and (c).
fn adopt(document: &mut Document, changes: Vec<RawChange>) -> Result<Applied, GateError> {
    let mut history = document.history()?.clone();
    let new: Vec<_> = changes
        .into_iter()
        .filter(|change| !history.has(&change.hash))
        .collect();
    let mut missing: Vec<_> = new
        .iter()
        .flat_map(|change| &change.deps)
        .filter(|dep| !history.has(dep) && !new.iter().any(|change| change.hash == **dep))
        .copied()
        .collect();
    if !missing.is_empty() {
        missing.sort_unstable();
        missing.dedup();
        return Err(GateError::Waiting(missing));
    }
    for change in &new {
        if document.is_own(change.actor) {
            return Err(Bad::Sequence.into());
        }
        // In their order: one that comes before its dependency is no history of ours.
        history.enter(change)?;
    }
    if !new.is_empty() {
        document.inner = trial::apply(&document.inner, &new)?;
        document.set_history(history);
    }
    Ok(Applied {
        changes: new.iter().map(|change| (change.hash, change.actor)).collect(),
    })
}

/// Enters changes that are in `document` already into its history, in the order in which it has them.
pub(super) fn enter_own(history: &mut History, changes: &[automerge::Change]) -> Result<(), Bad> {
    for change in changes {
        for change in chunk::changes(change.raw_bytes())? {
            history.enter(&change)?;
        }
    }
    Ok(())
}
