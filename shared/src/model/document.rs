//! The sole owner of an Automerge document.

use super::gate::{self, Bad, GateError, History};
use crate::id::{ActorId, ChangeHash};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, AutomergeError, ROOT, ReadDoc, ScalarValue, TextEncoding, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// Most operations in an open transaction before it becomes a change of its own.
///
/// A character of prose is an operation: half of what the gate takes in one change
/// ([`super::gate::CHANGE_OPERATIONS_MAX`]) leaves room for the edit that crosses the line.
const TRANSACTION_OPERATIONS_MAX: usize = 10_000;

/// Positions in texts count code points, on every platform: Automerge's default depends on crate features.
const ENCODING: TextEncoding = TextEncoding::UnicodeCodePoint;

const SCHEMA: &str = "schema";

/// One Automerge document: the unit of reading, sharing and erasure (M1).
///
/// Edits collect in an open transaction and become a change when they are asked for
/// ([`Self::take_changes`], [`Self::save`], [`Self::heads`]). Every change has time 0 and no message (M3).
#[derive(Clone)]
pub struct Document {
    pub(super) inner: AutoCommit,
    /// Actors of this start: the first, and one for each branch.
    own: BTreeSet<ActorId>,
    /// Actors that this device wrote with before the document was loaded, as far as sync told them.
    earlier: BTreeSet<ActorId>,
    actor: ActorId,
    /// Changes made here and not taken yet, oldest first.
    untaken: Vec<ChangeHash>,
    /// Kept by the gate, from its first use on.
    history: Option<History>,
    /// Prose that has its mark in the open transaction already.
    marked: BTreeSet<String>,
    /// Changes made here that the history lacks, oldest first.
    unentered: Vec<ChangeHash>,
}

impl Document {
    /// Makes an empty document of `schema` (M8), written by `actor`.
    ///
    /// `actor` is 16 fresh random bytes: an actor that is used by two starts breaks the document for ever (M3).
    #[must_use]
    pub fn new(schema: u32, actor: ActorId) -> Self {
        let mut document = Self::adopt(AutoCommit::new_with_encoding(ENCODING), actor);
        let put = document
            .inner
            .put(ROOT, SCHEMA, ScalarValue::Uint(u64::from(schema)));
        debug_assert!(put.is_ok(), "the root is a map");
        document
    }

    /// Takes ownership of what Automerge loaded, to be written by `actor`.
    pub(super) fn adopt(mut inner: AutoCommit, actor: ActorId) -> Self {
        inner.set_actor(automerge_actor(actor));
        Self {
            inner,
            own: BTreeSet::from([actor]),
            earlier: BTreeSet::new(),
            actor,
            untaken: Vec::new(),
            history: None,
            unentered: Vec::new(),
            marked: BTreeSet::new(),
        }
    }

    /// Loads what [`Self::save`] wrote, to be written by `actor`.
    ///
    /// # Errors
    /// What [`gate::snapshot`] refuses.
    pub fn load(snapshot: &[u8], actor: ActorId) -> Result<Self, GateError> {
        gate::snapshot(snapshot, None, actor)
    }

    /// Returns the whole document, uncompressed: the bytes of a snapshot.
    #[must_use]
    pub fn save(&mut self) -> Vec<u8> {
        self.commit();
        save(&mut self.inner)
    }

    /// Takes the changes made here since they were last taken, each as an uncompressed change chunk.
    ///
    /// One after the other they are the bytes of an incremental.
    #[must_use]
    pub fn take_changes(&mut self) -> Vec<Vec<u8>> {
        self.commit();
        std::mem::take(&mut self.untaken)
            .iter()
            .filter_map(|hash| self.inner.get_change_by_hash(&automerge_hash(*hash)))
            .map(|change| change.raw_bytes().to_vec())
            .collect()
    }

    /// Whether something was written here that was not taken yet.
    #[must_use]
    pub fn has_untaken(&self) -> bool {
        !self.untaken.is_empty() || self.inner.pending_ops() > 0
    }

    /// Returns the newest changes, ascending: those that no other change depends on.
    #[must_use]
    pub fn heads(&mut self) -> Vec<ChangeHash> {
        self.commit();
        heads(&mut self.inner)
    }

    /// Whether the document has all these changes.
    #[must_use]
    pub fn has_changes(&mut self, changes: &[ChangeHash]) -> bool {
        self.commit();
        let inner = &mut self.inner;
        let mut hashes = changes.iter().map(|change| automerge_hash(*change));
        hashes.all(|hash| inner.get_change_meta_by_hash(&hash).is_some())
    }

    /// Returns the changes that are neither among these heads nor before them; `None` if it lacks one of them.
    #[must_use]
    pub fn changes_since(&mut self, heads: &[ChangeHash]) -> Option<Vec<ChangeHash>> {
        if !self.has_changes(heads) {
            return None;
        }
        let heads: Vec<_> = heads.iter().map(|head| automerge_hash(*head)).collect();
        let changes = self.inner.get_changes(&heads);
        Some(changes.iter().map(|change| ChangeHash(change.hash().0)).collect())
    }

    /// The schema that the document follows (M8), `None` if it names none that can be read.
    #[must_use]
    pub fn schema(&self) -> Option<u32> {
        match self.inner.get(ROOT, SCHEMA) {
            Ok(Some((Value::Scalar(value), _))) => {
                value.as_u64().and_then(|schema| u32::try_from(schema).ok())
            }
            Ok(_) | Err(_) => None,
        }
    }

    /// The actor that writes now.
    #[must_use]
    pub fn actor(&self) -> ActorId {
        self.actor
    }

    /// Whether `actor` wrote during this start.
    #[must_use]
    pub fn is_own(&self, actor: ActorId) -> bool {
        self.own.contains(&actor)
    }

    /// Tells which actors this device wrote with before the document was loaded.
    pub fn know_earlier(&mut self, actors: impl IntoIterator<Item = ActorId>) {
        self.earlier.extend(actors);
    }

    /// How many operations the document holds, tombstones too.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.inner.stats().num_ops
    }

    /// Closes the open transaction: its edits become a change.
    pub(super) fn commit(&mut self) {
        self.marked.clear();
        if self.inner.pending_ops() > 0
            && let Some(hash) = self.inner.commit()
        {
            self.untaken.push(ChangeHash(hash.0));
            self.unentered.push(ChangeHash(hash.0));
        }
    }

    /// Closes the open transaction if it has become large.
    pub(super) fn commit_large(&mut self) {
        if self.inner.pending_ops() >= TRANSACTION_OPERATIONS_MAX {
            self.commit();
        }
    }

    /// Whether `key` is to get its mark: once in each change is enough.
    pub(super) fn mark(&mut self, key: &str) -> bool {
        self.marked.insert(key.to_owned())
    }

    /// Makes `edit` as if only these changes and what came before them were known, and merges it.
    ///
    /// So it stands beside what others wrote at the same time, and replaces only what its author saw (M7).
    pub(super) fn edit_at<E: From<AutomergeError>>(
        &mut self,
        heads: &[ChangeHash],
        edit: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut branch = self.branch_at(heads)?;
        edit(&mut branch)?;
        branch.commit();
        self.inner.merge(&mut branch.inner)?;
        self.own.append(&mut branch.own);
        self.unentered.extend(&branch.untaken);
        self.untaken.append(&mut branch.untaken);
        Ok(())
    }

    /// The document as it was with these changes and what came before them.
    ///
    /// The branch has an actor of its own, derived from this start's: one actor's changes are a sequence.
    pub(super) fn branch_at(&mut self, heads: &[ChangeHash]) -> Result<Self, AutomergeError> {
        self.commit();
        let heads: Vec<_> = heads.iter().map(|head| automerge_hash(*head)).collect();
        let inner = self.inner.fork_at(&heads)?;
        let mut branch = Self::adopt(inner, self.branch_actor());
        branch.own.extend(&self.own);
        branch.earlier.clone_from(&self.earlier);
        Ok(branch)
    }

    /// An actor that nobody wrote with: also not this start, before the document was loaded once more.
    fn branch_actor(&self) -> ActorId {
        let mut branch = self.own.len() as u64;
        loop {
            let digest = Sha256::new()
                .chain_update(b"aanzet/v1/branch\0")
                .chain_update(self.actor.0)
                .chain_update(branch.to_be_bytes())
                .finalize();
            let mut actor = ActorId([0; 16]);
            actor.0.iter_mut().zip(digest).for_each(|(to, byte)| *to = byte);
            if !self.is_own(actor) && !self.earlier.contains(&actor) {
                return actor;
            }
            branch += 1;
        }
    }

    /// What the gate knows of the changes so far. Closes the open transaction.
    ///
    /// # Errors
    /// If the document holds what the gate would not have let in.
    pub(super) fn history(&mut self) -> Result<&History, Bad> {
        self.commit();
        let history = match self.history.take() {
            Some(mut history) => {
                let changes: Vec<_> = std::mem::take(&mut self.unentered)
                    .iter()
                    .filter_map(|hash| self.inner.get_change_by_hash(&automerge_hash(*hash)))
                    .collect();
                gate::enter_own(&mut history, &changes)?;
                history
            }
            None => {
                let mut history = History::default();
                gate::enter_own(&mut history, &self.inner.get_changes(&[]))?;
                self.unentered.clear();
                history
            }
        };
        Ok(self.history.insert(history))
    }

    pub(super) fn set_history(&mut self, history: History) {
        self.history = Some(history);
        self.unentered.clear();
    }
}

impl fmt::Debug for Document {
    /// Names no content: a document may end up in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("actor", &self.actor)
            .field("operations", &self.operations())
            .finish_non_exhaustive()
    }
}

/// The whole document, without changes that wait and without Automerge's compression (M4).
pub(super) fn save(inner: &mut AutoCommit) -> Vec<u8> {
    inner.save_with_options(automerge::SaveOptions {
        deflate: false,
        retain_orphans: false,
    })
}

pub(super) fn heads(inner: &mut AutoCommit) -> Vec<ChangeHash> {
    let mut heads: Vec<_> = inner.get_heads().iter().map(|hash| ChangeHash(hash.0)).collect();
    heads.sort_unstable();
    heads
}

pub(super) fn load(bytes: &[u8]) -> Result<AutoCommit, AutomergeError> {
    AutoCommit::load_with_options(bytes, automerge::LoadOptions::new().text_encoding(ENCODING))
}

pub(super) fn automerge_actor(actor: ActorId) -> automerge::ActorId {
    automerge::ActorId::from(actor.0)
}

pub(super) fn automerge_hash(hash: ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}
