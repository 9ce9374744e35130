//! The lane of documents: one job at a time, each ends in one strict transaction.
//!
//! ```text
//!  choose ──► load ──► [journal] ──► perform ──► store ──► commit
//!               ▲                                  │
//!               └────────── outdated: read again ──┘
//! ```
//!
//! Jobs that nobody asked for are read off the state: drafts that are due, documents that are marked, keys that are
//! stale. A job computes from what is stored and compares that in its transaction (S14); memory follows when the
//! transaction is stored. A transaction that fails leaves no trace but the words on the screen.

use super::boot::draw_actor;
use super::clock::Moment;
use super::disk::{IntentRow, meta};
use super::documents::{Loaded, Slot};
use super::erasing::TrashStep;
use super::link::Awaited;
use super::media::sound::SoundStep;
use super::media::{MediaChanges, NewPhoto};
use super::outbox::{Held, Item};
use super::texts::TextChange;
use super::{Client, CommandId, LoadId, Output, StoreId};
use crate::command::{CommandError, Reply};
use crate::id::{DocumentId, RowId};
use crate::model::story;
use crate::protocol::PartName;
use crate::storage::{Operation, Query, RowTag, StoreFailure, StoredRow, Table};
use crate::view::{self, About, Field, Given, MediaField, NewConsent, Trouble, Unfit, Use};
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Wait after a transaction failed before jobs that nobody asked for are tried again.
const FAILED_WAIT: Duration = Duration::from_secs(10);

/// How often a job is computed anew when another tab wrote in between, before this one gives way.
const OUTDATED_MAX: u32 = 5;

/// Work on documents.
#[derive(Clone, Debug)]
pub(super) enum Job {
    /// Loads a story for the screen.
    Open { command: CommandId, story: DocumentId },
    /// Shows what would be published.
    Preview { command: CommandId, story: DocumentId },
    /// Carries a command out.
    Change {
        command: CommandId,
        story: DocumentId,
        change: Change,
    },
    /// Shows consent texts in other languages.
    Texts { command: CommandId },
    /// Changes one of them.
    ChangeTexts {
        command: CommandId,
        language: String,
        change: TextChange,
    },
    /// Seals what was typed (M10).
    Seal(DocumentId),
    /// Turns what was written before approval into entries.
    Share(DocumentId),
    /// Applies what arrived.
    Apply(Vec<DocumentId>),
    /// Seals what the relay refused under a new key (K6).
    Rekey(DocumentId),
    /// Makes the entry of an intent.
    Send(DocumentId),
    /// Takes a refused entry out.
    TakeOut(DocumentId),
    /// Makes a snapshot that stands for what came before (S10).
    Snapshot(DocumentId),
    /// Forgets documents that the member no longer reads.
    Forget(DocumentId),
    /// Deletes all that is here of an erased document (E1).
    Purge(DocumentId),
    /// Takes a step of the trash.
    Trash(DocumentId, TrashStep),
    /// Notes that somebody read what was lost with an erased story.
    ReadLost { command: CommandId },
    /// Takes a step of a recording.
    Record {
        command: CommandId,
        story: DocumentId,
        step: SoundStep,
    },
    /// Closes a part of a recording that was left open.
    CloseSound(DocumentId),
    /// Stores that blobs of a document are safe.
    Settle(DocumentId),
    /// Stores a part of a blob that was fetched.
    Keep { name: PartName, bytes: Vec<u8> },
}

/// A change that a command makes.
#[derive(Clone, Debug)]
pub(super) enum Change {
    AddConsent {
        consent: NewConsent,
        wording: String,
    },
    WithdrawConsent {
        consent: String,
        uses: Vec<Use>,
    },
    TellerAgrees {
        given: Given,
        wording: String,
    },
    Submit,
    Delete,
    Restore,
    Erase,
    Approve,
    AskBack {
        question: String,
        about: Option<About>,
    },
    NotPublish {
        unfit: Option<Unfit>,
        reason: String,
    },
    Choose {
        field: Field,
        version: String,
    },
    Publish {
        digest: String,
    },
    Withdraw {
        reason: String,
    },
    AddPhoto(NewPhoto),
    ChooseMedia {
        media: RowId,
        field: MediaField,
        version: String,
    },
    RemoveMedia(RowId),
}

impl Change {
    /// What the teller was read, where she agrees to just that.
    pub(super) fn was_read(&self) -> Option<&str> {
        match self {
            Self::TellerAgrees { wording, .. } => Some(wording),
            Self::AddConsent { consent, wording } => {
                consent.uses.contains(&Use::Website).then_some(wording.as_str())
            }
            Self::WithdrawConsent { .. }
            | Self::Submit
            | Self::Delete
            | Self::Restore
            | Self::Erase
            | Self::Approve
            | Self::AskBack { .. }
            | Self::NotPublish { .. }
            | Self::Choose { .. }
            | Self::Publish { .. }
            | Self::Withdraw { .. }
            | Self::AddPhoto(_)
            | Self::ChooseMedia { .. }
            | Self::RemoveMedia(_) => None,
        }
    }
}

/// The lane.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    queue: VecDeque<Job>,
    running: Option<Running>,
    /// Jobs that nobody asked for wait until then.
    not_before: Option<Moment>,
    /// Documents whose job could not be done as things stand: it must not keep all others waiting.
    stuck: BTreeSet<DocumentId>,
}

#[derive(Debug)]
struct Running {
    job: Job,
    n_outdated: u32,
    /// Touches of each document when its rows were asked for.
    touches: BTreeMap<DocumentId, u64>,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Loading(LoadId, Vec<Asked>),
    Journaling(StoreId, Box<Rows>),
    Storing(StoreId, Box<Transaction>),
}

/// What a query was for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Head(DocumentId),
    Body(DocumentId),
    Inbox(DocumentId),
    Outbox(DocumentId),
    Media(DocumentId),
    Living(DocumentId),
    Drafts(DocumentId),
    Erased,
}

/// What a job gives: operations, and what memory becomes once they are stored.
#[derive(Debug, Default)]
pub(super) struct Transaction {
    pub(super) expects: Vec<Operation>,
    pub(super) operations: Vec<Operation>,
    pub(super) slots: BTreeMap<DocumentId, Slot>,
    pub(super) forgotten: Vec<DocumentId>,
    pub(super) outbox_added: Vec<(Vec<u8>, Item)>,
    pub(super) outbox_removed: Vec<Vec<u8>>,
    pub(super) released: Vec<DocumentId>,
    pub(super) cleaned: Vec<DocumentId>,
    /// How often the keys had grown when entries were judged.
    pub(super) n_learnt: Option<u64>,
    pub(super) sealed: Vec<DocumentId>,
    pub(super) intents: Vec<(DocumentId, Option<IntentRow>)>,
    pub(super) changed: Vec<DocumentId>,
    pub(super) media: MediaChanges,
    /// Photos and recordings of which somebody said here whether people can be recognised, or whether anybody may hear
    /// them.
    pub(super) answered: BTreeSet<RowId>,
    /// Documents that are erased from now on.
    pub(super) erased: Vec<DocumentId>,
    /// Erased documents of which nothing is here any more, and whether something unsent went with them.
    pub(super) purged: Vec<(DocumentId, bool)>,
    pub(super) lost_read: bool,
    pub(super) replies: Vec<(CommandId, Answer)>,
}

impl Transaction {
    /// Takes an entry out of the outbox.
    pub(super) fn take_from_outbox(&mut self, key: Vec<u8>) {
        self.operations.push(Operation::Delete {
            table: Table::Outbox,
            key: key.clone(),
        });
        self.outbox_removed.push(key);
    }

    /// Takes note of a field of a photo or a recording that is written, if it says who may see or hear it.
    pub(super) fn note_answer(&mut self, media: RowId, field: MediaField) {
        if matches!(field, MediaField::Recognisable | MediaField::WriteDownOnly) {
            self.answered.insert(media);
        }
    }

    /// Answers a command once all is stored.
    pub(super) fn reply_done(&mut self, command: CommandId) {
        self.replies.push((command, Answer::Reply(Ok(Reply::Done))));
    }
}

/// An answer that goes out when the transaction is stored.
#[derive(Debug)]
pub(super) enum Answer {
    Reply(Result<Reply, CommandError>),
    /// The story as it then is.
    Story(DocumentId),
    /// Consent texts as they then are.
    Texts,
}

/// Rows that a job asked for.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) inbox: BTreeMap<DocumentId, Vec<StoredRow>>,
    pub(super) outbox: BTreeMap<DocumentId, Vec<StoredRow>>,
    pub(super) living: BTreeMap<DocumentId, Vec<StoredRow>>,
    pub(super) drafts: BTreeMap<DocumentId, Vec<StoredRow>>,
}

impl Job {
    fn command(&self) -> Option<CommandId> {
        match self {
            Self::Open { command, .. }
            | Self::Preview { command, .. }
            | Self::Change { command, .. }
            | Self::Texts { command }
            | Self::ChangeTexts { command, .. }
            | Self::Record { command, .. }
            | Self::ReadLost { command } => Some(*command),
            Self::Seal(_)
            | Self::Share(_)
            | Self::Apply(_)
            | Self::Rekey(_)
            | Self::Send(_)
            | Self::TakeOut(_)
            | Self::Snapshot(_)
            | Self::Forget(_)
            | Self::Purge(_)
            | Self::Trash(..)
            | Self::CloseSound(_)
            | Self::Settle(_)
            | Self::Keep { .. } => None,
        }
    }

    /// The document that a job which nobody asked for is about.
    fn subject(&self) -> Option<DocumentId> {
        match self {
            Self::Seal(doc)
            | Self::Share(doc)
            | Self::Rekey(doc)
            | Self::Send(doc)
            | Self::TakeOut(doc)
            | Self::Snapshot(doc)
            | Self::Forget(doc)
            | Self::Purge(doc)
            | Self::Trash(doc, _)
            | Self::CloseSound(doc)
            | Self::Settle(doc) => Some(*doc),
            Self::Open { .. }
            | Self::Preview { .. }
            | Self::Change { .. }
            | Self::Texts { .. }
            | Self::ChangeTexts { .. }
            | Self::Record { .. }
            | Self::Keep { .. }
            | Self::ReadLost { .. }
            | Self::Apply(_) => None,
        }
    }

    fn story(&self) -> Option<DocumentId> {
        match self {
            Self::Open { story, .. } | Self::Preview { story, .. } | Self::Change { story, .. } => {
                Some(*story)
            }
            Self::Texts { .. }
            | Self::ChangeTexts { .. }
            | Self::Seal(_)
            | Self::Share(_)
            | Self::Apply(_)
            | Self::Rekey(_)
            | Self::Send(_)
            | Self::TakeOut(_)
            | Self::Snapshot(_)
            | Self::Forget(_)
            | Self::Purge(_)
            | Self::Trash(..)
            | Self::ReadLost { .. }
            | Self::Record { .. }
            | Self::CloseSound(_)
            | Self::Settle(_)
            | Self::Keep { .. } => None,
        }
    }
}

impl Job {
    /// Whether the job goes on without a document that cannot be read: it is of who tells a story, and no more.
    fn can_spare(&self, doc: DocumentId) -> bool {
        matches!(self, Self::Apply(docs) if !docs.contains(&doc))
    }

    /// Whether the job reads documents, and not only what is known of their blobs.
    fn needs_body(&self) -> bool {
        !matches!(
            self,
            Self::Settle(_) | Self::Keep { .. } | Self::Purge(_) | Self::ReadLost { .. }
        )
    }
}

impl Jobs {
    pub(super) fn push(&mut self, job: Job) {
        self.queue.push_back(job);
    }

    pub(super) fn is_storing(&self, id: StoreId) -> bool {
        self.running.as_ref().is_some_and(|running| match running.phase {
            Phase::Storing(storing, _) | Phase::Journaling(storing, _) => storing == id,
            Phase::Loading(..) => false,
        })
    }

    pub(super) fn is_loading(&self, id: LoadId) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| matches!(running.phase, Phase::Loading(loading, _) if loading == id))
    }

    /// Jobs that nobody asked for do not start before this moment.
    pub(super) fn not_before(&self) -> Option<Moment> {
        self.not_before
    }

    /// Whether a job of the document that nobody asked for is worth a try.
    pub(super) fn may_try(&self, doc: DocumentId) -> bool {
        !self.stuck.contains(&doc)
    }

    /// Things stand otherwise.
    pub(super) fn try_stuck_again(&mut self) {
        self.stuck.clear();
    }

    /// Whether nothing that a person asked for is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.running.is_none()
    }
}

impl Client {
    pub(super) fn jobs_deadline(&self) -> Option<Moment> {
        self.jobs
            .not_before
            .filter(|_| self.jobs.running.is_none() && self.derived_job().is_some())
    }

    /// Runs jobs until one has to wait for the store.
    pub(super) fn advance_jobs(&mut self, rng: &mut impl CryptoRng) {
        while self.jobs.running.is_none() {
            let Some(job) = self.next_job() else { return };
            self.start_job(job, 0, rng);
        }
    }

    fn next_job(&mut self) -> Option<Job> {
        let now = self.clock.now();
        let is_waiting = self.jobs.not_before.is_some_and(|at| at > now);
        // What was typed is part of the story that a command is about.
        let typed = self.jobs.queue.front().and_then(Job::story);
        let may_seal = |story: DocumentId| self.drafts.is_sealable(story) && self.may_write(story);
        if let Some(story) = typed.filter(|&story| !is_waiting && may_seal(story)) {
            return Some(Job::Seal(story));
        }
        if let Some(job) = self.jobs.queue.pop_front() {
            return Some(job);
        }
        if is_waiting {
            return None;
        }
        self.jobs.not_before = None;
        self.derived_job()
    }

    /// Whether what was typed or recorded can become part of its document now: not while that has yet to come back.
    pub(super) fn may_write(&self, doc: DocumentId) -> bool {
        self.jobs.may_try(doc) && self.is_here(doc)
    }

    /// Whether nothing of a document has yet to come back before it is written.
    pub(super) fn is_here(&self, doc: DocumentId) -> bool {
        let is_read = self.documents.head(doc).is_some() || !self.documents.is_dirty(doc);
        is_read && !self.erased.has(doc) && !self.is_torn(doc)
    }

    /// Whether what was damaged of a document has yet to come back.
    pub(super) fn is_torn(&self, doc: DocumentId) -> bool {
        let backfill = self.place.network().and_then(|network| network.backfill.as_ref());
        let torn = backfill.and_then(|backfill| backfill.torn.as_ref());
        torn.is_some_and(|torn| torn.contains(&doc))
    }

    /// The next job that nobody asked for.
    fn derived_job(&self) -> Option<Job> {
        let may_try = |doc: &DocumentId| self.jobs.may_try(*doc);
        // Before anything is shown or sent of it.
        if let Some(doc) = self.owed_erasure() {
            return Some(Job::Purge(doc));
        }
        if let Some(story) = self.drafts.due(self.clock.now()).find(|doc| self.may_write(*doc)) {
            return Some(Job::Seal(story));
        }
        if let Some(doc) = self.unshared().find(may_try) {
            return Some(Job::Share(doc));
        }
        if let Some(job) = self.held_job() {
            return Some(job);
        }
        if let Some(doc) = self.unreadable_document() {
            return Some(Job::Forget(doc));
        }
        let batch = self.dirty_batch();
        // What was typed rests on the story as it was on the screen: it is sealed before others' changes come in.
        if let Some(story) = batch
            .iter()
            .map(|&doc| self.documents.story_of(doc))
            .find(|&story| self.drafts.is_sealable(story) && self.may_write(story))
        {
            return Some(Job::Seal(story));
        }
        if !batch.is_empty() {
            return Some(Job::Apply(batch));
        }
        if let Some(doc) = self.media.to_settle().find(may_try) {
            return Some(Job::Settle(doc));
        }
        if let Some(story) = self.sendable_intent() {
            return Some(Job::Send(story));
        }
        // On a full device it comes back for as long as it lasts: what is smaller has its turn before it.
        if let Some(story) = self.media.sounds.left().find(|doc| self.may_write(*doc)) {
            return Some(Job::CloseSound(story));
        }
        if let Some((story, step)) = self.trash_job() {
            return Some(Job::Trash(story, step));
        }
        self.unsettled_document().map(Job::Snapshot)
    }

    fn held_job(&self) -> Option<Job> {
        let is_caught_up = self.link.is_online()
            && self.link.is_caught_up
            && !self.link.is_awaiting(Awaited::Page)
            && self.intake.is_idle();
        self.outbox.held().find_map(|(doc, held)| match held {
            Held::Rekey(_) if is_caught_up && !self.outbox.is_sending(doc) && self.jobs.may_try(doc) => {
                Some(Job::Rekey(doc))
            }
            Held::TakeOut { .. } => Some(Job::TakeOut(doc)),
            Held::Rekey(_) | Held::Until(_) | Held::Refused => None,
        })
    }

    fn start_job(&mut self, job: Job, n_outdated: u32, rng: &mut impl CryptoRng) {
        let docs = self.documents_of(&job);
        let mut asked = Vec::new();
        if n_outdated > 0 {
            asked.push(Asked::Erased);
        }
        for &doc in &docs {
            if n_outdated > 0 {
                asked.push(Asked::Media(doc));
            }
            if !job.needs_body() {
                continue;
            }
            // A head and its body are read together: one without the other would be written over what is newer.
            if n_outdated > 0 {
                asked.push(Asked::Head(doc));
            }
            let is_unloaded = self.documents.loaded(doc).is_none() && self.documents.slot(doc).is_some();
            if n_outdated > 0 || is_unloaded {
                asked.push(Asked::Body(doc));
            }
        }
        match &job {
            Job::Apply(docs) => {
                asked.extend(
                    docs.iter()
                        .flat_map(|&doc| [Asked::Inbox(doc), Asked::Living(doc)]),
                );
            }
            Job::Rekey(doc) => asked.push(Asked::Outbox(*doc)),
            Job::Forget(doc) => asked.extend([Asked::Inbox(*doc), Asked::Living(*doc)]),
            Job::Purge(doc) => {
                asked.extend([Asked::Inbox(*doc), Asked::Living(*doc), Asked::Drafts(*doc)]);
            }
            Job::Snapshot(doc) => asked.push(Asked::Living(*doc)),
            Job::Open { .. }
            | Job::Preview { .. }
            | Job::Change { .. }
            | Job::Texts { .. }
            | Job::ChangeTexts { .. }
            | Job::Seal(_)
            | Job::Share(_)
            | Job::Send(_)
            | Job::TakeOut(_)
            | Job::Record { .. }
            | Job::CloseSound(_)
            | Job::Settle(_)
            | Job::Trash(..)
            | Job::ReadLost { .. }
            | Job::Keep { .. } => {}
        }
        let touches = docs
            .iter()
            .map(|&doc| (doc, self.documents.n_touches(doc)))
            .collect();
        if asked.is_empty() {
            return self.perform(job, n_outdated, touches, Rows::default(), rng);
        }
        let mut queries = Vec::new();
        let mut purposes = Vec::new();
        for asked in asked {
            for query in self.queries(asked) {
                queries.push(query);
                purposes.push(asked);
            }
        }
        let id = self.out.load(queries);
        self.jobs.running = Some(Running {
            job,
            n_outdated,
            touches,
            phase: Phase::Loading(id, purposes),
        });
    }

    fn queries(&self, asked: Asked) -> Vec<Query> {
        match asked {
            Asked::Head(doc) => vec![Query::Get {
                table: Table::Heads,
                key: doc.0.to_vec(),
            }],
            Asked::Body(doc) => vec![Query::Get {
                table: Table::Bodies,
                key: doc.0.to_vec(),
            }],
            Asked::Media(doc) => vec![Query::Get {
                table: Table::Media,
                key: doc.0.to_vec(),
            }],
            Asked::Inbox(doc) => vec![rows_of(Table::Inbox, doc)],
            Asked::Living(doc) => vec![rows_of(Table::Living, doc)],
            Asked::Drafts(doc) => vec![rows_of(Table::Drafts, doc)],
            Asked::Erased => vec![Query::Get {
                table: Table::Meta,
                key: meta::ERASED.to_vec(),
            }],
            Asked::Outbox(doc) => self
                .outbox
                .of(doc)
                .map(|(key, _)| Query::Get {
                    table: Table::Outbox,
                    key: key.clone(),
                })
                .collect(),
        }
    }

    /// Documents that a job reads.
    fn documents_of(&self, job: &Job) -> Vec<DocumentId> {
        match job {
            Job::Open { story, .. }
            | Job::Preview { story, .. }
            | Job::Change { story, .. }
            | Job::Record {
                story,
                step: SoundStep::Start { .. } | SoundStep::Finish { .. },
                ..
            } => self.documents.family(*story).collect(),
            // What is heard meets the story only when the part is closed.
            Job::Record {
                step: SoundStep::Append { .. } | SoundStep::Mark { .. },
                ..
            } => Vec::new(),
            Job::Texts { .. } | Job::ChangeTexts { .. } => self.text_documents(),
            Job::ReadLost { .. } => Vec::new(),
            Job::Settle(doc) => vec![*doc],
            Job::Keep { name, .. } => vec![name.doc],
            Job::Seal(story) | Job::Share(story) | Job::Send(story) | Job::CloseSound(story) => {
                self.documents.family(*story).collect()
            }
            Job::Rekey(doc)
            | Job::TakeOut(doc)
            | Job::Snapshot(doc)
            | Job::Forget(doc)
            | Job::Purge(doc)
            | Job::Trash(doc, _) => vec![*doc],
            // Whether a page stays, and what a list says, can depend on who tells the story.
            Job::Apply(docs) => {
                let stories = docs.iter().map(|doc| self.documents.story_of(*doc));
                let docs = stories.flat_map(|story| self.documents.family(story));
                docs.collect::<BTreeSet<_>>().into_iter().collect()
            }
        }
    }

    pub(super) fn job_loaded(&mut self, answers: Option<Vec<Vec<StoredRow>>>, rng: &mut impl CryptoRng) {
        let Some(running) = self.jobs.running.take() else {
            return;
        };
        let Phase::Loading(_, purposes) = running.phase else {
            return;
        };
        let Some(answers) = answers else {
            return self.give_up(&running.job, StoreFailure::Failed);
        };
        let mut rows = Rows::default();
        let mut is_readable = true;
        for (asked, answer) in purposes.into_iter().zip(answers) {
            match asked {
                Asked::Head(doc) => {
                    let slot = answer.first().and_then(|row| self.read_slot(row));
                    self.documents.set_slot(doc, slot);
                }
                Asked::Body(doc) => {
                    let is_loaded = answer.first().is_none_or(|row| self.load_body(doc, row).is_ok());
                    is_readable &= is_loaded || running.job.can_spare(doc);
                }
                Asked::Media(doc) => {
                    is_readable &= self.read_media_slot(doc, answer.first()).is_ok();
                }
                Asked::Inbox(doc) => drop(rows.inbox.insert(doc, answer)),
                Asked::Living(doc) => drop(rows.living.insert(doc, answer)),
                Asked::Drafts(doc) => drop(rows.drafts.insert(doc, answer)),
                Asked::Erased => self.learn_erased(answer.first()),
                Asked::Outbox(doc) => rows.outbox.entry(doc).or_default().extend(answer),
            }
        }
        if !is_readable {
            return self.give_up(&running.job, StoreFailure::Failed);
        }
        self.perform(running.job, running.n_outdated, running.touches, rows, rng);
    }

    fn read_slot(&self, row: &StoredRow) -> Option<Slot> {
        Some(Slot {
            head: self.vault.open(Table::Heads, row).ok()?,
            tag: RowTag::of(&row.value),
        })
    }

    fn perform(
        &mut self,
        job: Job,
        n_outdated: u32,
        touches: BTreeMap<DocumentId, u64>,
        rows: Rows,
        rng: &mut impl CryptoRng,
    ) {
        if let Job::Apply(_) = &job
            && let Some(operations) = self.journal(&rows, rng)
        {
            let id = self.out.store(operations);
            self.jobs.running = Some(Running {
                job,
                n_outdated,
                touches,
                phase: Phase::Journaling(id, Box::new(rows)),
            });
            return;
        }
        self.perform_journaled(job, n_outdated, touches, &rows, rng);
    }

    fn perform_journaled(
        &mut self,
        job: Job,
        n_outdated: u32,
        touches: BTreeMap<DocumentId, u64>,
        rows: &Rows,
        rng: &mut impl CryptoRng,
    ) {
        let Some(job) = self.once_media_is_seen(job) else {
            return;
        };
        let mut tx = Transaction::default();
        let outcome = match &job {
            Job::Open { command, story } => self.open_story(&mut tx, *command, *story),
            Job::Preview { command, story } => self.preview(&mut tx, *command, *story),
            Job::Change {
                command,
                story,
                change,
            } => self.change(&mut tx, *command, *story, change, rng),
            Job::Texts { command } => {
                tx.replies.push((*command, Answer::Texts));
                Ok(())
            }
            Job::ChangeTexts {
                command,
                language,
                change,
            } => self.change_texts(&mut tx, *command, language, change, rng),
            Job::Seal(story) => self.seal_drafts(&mut tx, *story, rng),
            Job::Share(doc) => self.share(&mut tx, *doc, rng),
            Job::Apply(docs) => {
                self.apply(&mut tx, docs, rows, &touches, rng);
                Ok(())
            }
            Job::Rekey(doc) => self.rekey(&mut tx, *doc, rows.outbox.get(doc), rng),
            Job::Send(story) => self.send_intent(&mut tx, *story, rng),
            Job::TakeOut(doc) => {
                self.take_out(&mut tx, *doc, rng);
                Ok(())
            }
            Job::Snapshot(doc) => {
                let living = rows.living.get(doc).map(Vec::as_slice).unwrap_or_default();
                self.settle_document(&mut tx, *doc, living, rng)
            }
            Job::Forget(doc) => {
                // It may come back, with what was written here: going on with its actor would write that anew.
                self.actor = draw_actor(&self.bugs, &self.place, rng);
                forget(&mut tx, *doc, rows);
                self.forget_media(&mut tx, *doc);
                Ok(())
            }
            Job::Purge(doc) => {
                self.purge(&mut tx, *doc, rows, rng);
                Ok(())
            }
            Job::Trash(story, step) => self.step_trash(&mut tx, *story, *step, rng),
            Job::ReadLost { command } => {
                self.forget_lost(&mut tx, rng);
                tx.reply_done(*command);
                Ok(())
            }
            Job::Record { command, story, step } => self.record(&mut tx, *command, *story, step, rng),
            Job::CloseSound(story) => self.close_left(&mut tx, *story, rng),
            Job::Settle(doc) => {
                self.settle_media(&mut tx, *doc, rng);
                Ok(())
            }
            Job::Keep { name, bytes } => self.keep_part(&mut tx, *name, bytes, rng),
        };
        if let Err(error) = outcome {
            // What the job changed in memory and did not store is read again from the store.
            self.drafts.unsealed();
            if let Job::Seal(story) = &job {
                self.drafts.not_sealed(*story, &error);
            }
            self.unload_after_failure(&job);
            self.part_not_kept(&job);
            match job.command() {
                Some(command) => self.out.reply(command, Err(error)),
                None => self.jobs.stuck.extend(job.subject()),
            }
            return;
        }
        if tx.operations.is_empty() {
            return self.commit(tx);
        }
        self.jobs.try_stuck_again();
        let mut operations = std::mem::take(&mut tx.expects);
        operations.append(&mut tx.operations);
        let id = self.out.store(operations);
        self.jobs.running = Some(Running {
            job,
            n_outdated,
            touches,
            phase: Phase::Storing(id, Box::new(tx)),
        });
    }

    /// Returns the job if it can go on: what is published is looked at before.
    fn once_media_is_seen(&mut self, job: Job) -> Option<Job> {
        let story = match &job {
            Job::Preview { story, .. }
            | Job::Send(story)
            | Job::Change {
                story,
                change: Change::Publish { .. },
                ..
            } => *story,
            Job::Open { .. }
            | Job::Change { .. }
            | Job::Texts { .. }
            | Job::ChangeTexts { .. }
            | Job::Seal(_)
            | Job::Share(_)
            | Job::Apply(_)
            | Job::Rekey(_)
            | Job::TakeOut(_)
            | Job::Snapshot(_)
            | Job::Forget(_)
            | Job::Purge(_)
            | Job::Trash(..)
            | Job::ReadLost { .. }
            | Job::Record { .. }
            | Job::CloseSound(_)
            | Job::Settle(_)
            | Job::Keep { .. } => return Some(job),
        };
        let needs_none = |intent| matches!(intent, view::Intent::Withdraw | view::Intent::Erase);
        if matches!(job, Job::Send(_)) && self.intents.view(story).is_some_and(needs_none) {
            return Some(job);
        }
        let unseen = self.unseen_blobs(story);
        if unseen.is_empty() {
            return Some(job);
        }
        let command = job.command();
        let waiting = command.is_some().then_some(job);
        if !self.look_at(&unseen, waiting)
            && let Some(command) = command
        {
            self.out.reply(command, Ok(Reply::MediaComing));
        }
        None
    }

    pub(super) fn job_stored(&mut self, rng: &mut impl CryptoRng) {
        let Some(running) = self.jobs.running.take() else {
            return;
        };
        match running.phase {
            Phase::Loading(..) => {}
            Phase::Journaling(_, rows) => {
                self.perform_journaled(running.job, running.n_outdated, running.touches, &rows, rng);
            }
            Phase::Storing(_, tx) => self.commit(*tx),
        }
    }

    /// Lets memory follow what is stored, and answers.
    fn commit(&mut self, tx: Transaction) {
        for (doc, slot) in tx.slots {
            self.documents.set_slot(doc, Some(slot));
            self.told.touch(doc);
        }
        self.erased.add(&tx.erased);
        self.erased.order(tx.erased.into_iter());
        for (doc, is_lost) in tx.purged {
            self.purged(doc, is_lost);
        }
        if tx.lost_read {
            self.lost_read();
        }
        for doc in tx.forgotten {
            self.documents.set_slot(doc, None);
            self.media.set_slot(doc, None);
            self.documents.unload(doc);
            self.documents.open.remove(&doc);
            self.documents.clean(doc);
            self.told.gone.push(doc);
        }
        for key in tx.outbox_removed {
            self.outbox.remove(&key);
        }
        for (key, item) in tx.outbox_added {
            self.outbox.insert(key, item);
        }
        for doc in tx.released {
            self.outbox.release(doc);
        }
        for doc in tx.cleaned {
            self.documents.clean(doc);
        }
        let n_learnt = self.place.network().map(|network| network.n_learnt);
        if tx.n_learnt.is_some() && tx.n_learnt != n_learnt {
            // A key came while this was being stored.
            self.documents.try_locked_again();
        }
        for story in tx.sealed {
            self.drafts.sealed(story);
            self.told.touch(story);
        }
        for (doc, intent) in tx.intents {
            self.intents.set(doc, intent);
            self.told.touch(doc);
        }
        self.media_stored(tx.media);
        for doc in tx.changed {
            self.told.changed(doc);
        }
        for (command, answer) in tx.replies {
            let reply = match answer {
                Answer::Reply(reply) => reply,
                Answer::Story(story) => self
                    .story_view(story)
                    .map(|view| Reply::Story(Box::new(view)))
                    .ok_or(CommandError::UnknownStory),
                Answer::Texts => Ok(Reply::ConsentTexts(self.consent_texts())),
            };
            self.out.reply(command, reply);
        }
        self.documents.unload_closed();
    }

    pub(super) fn job_failed(&mut self, failure: StoreFailure, rng: &mut impl CryptoRng) {
        let Some(running) = self.jobs.running.take() else {
            return;
        };
        self.drafts.unsealed();
        if failure != StoreFailure::Outdated {
            return self.give_up(&running.job, failure);
        }
        self.unload_after_failure(&running.job);
        if running.n_outdated < OUTDATED_MAX {
            self.start_job(running.job, running.n_outdated + 1, rng);
        } else {
            self.give_up(&running.job, failure);
        }
    }

    /// The store failed: what is in memory of the job's documents may be ahead of it.
    fn give_up(&mut self, job: &Job, failure: StoreFailure) {
        self.drafts.unsealed();
        self.unload_after_failure(job);
        self.part_not_kept(job);
        self.store_failed(failure);
        if let Some(command) = job.command() {
            self.out.reply(command, Err(failure.into()));
        } else {
            self.jobs.not_before = Some(self.clock.now().after(FAILED_WAIT));
        }
    }

    fn unload_after_failure(&mut self, job: &Job) {
        for doc in self.documents_of(job) {
            self.documents.unload(doc);
            // Nothing is stored of a new story on the screen: what was typed in it is in its drafts.
            if self.documents.slot(doc).is_none() && self.documents.open.contains(&doc) {
                let blank = Loaded::new(story::create(self.actor));
                self.documents.load(doc, blank);
            }
        }
    }

    /// The store took something: what was said of it before is over, once nothing typed is left that it refused.
    pub(super) fn store_works(&mut self) {
        self.jobs.not_before = None;
        if self.link.is_device_in_trouble() && !self.drafts.has_unstored() {
            self.link.trouble = None;
        }
    }

    /// Says that the store failed, before any command is answered: where another tab has the device, the shell ends this
    /// machine and says that instead.
    pub(super) fn store_failed(&mut self, failure: StoreFailure) {
        match failure {
            StoreFailure::Outdated => self.out.queue.push_back(Output::Outdated),
            StoreFailure::Full => self.link.trouble = Some(Trouble::DeviceFull),
            StoreFailure::Failed => self.link.trouble = Some(Trouble::DeviceFailed),
        }
    }
}

/// Rows of a document that have a seq in their key.
fn rows_of(table: Table, doc: DocumentId) -> Query {
    Query::Range {
        table,
        from: doc.0.to_vec(),
        to: [&doc.0[..], &[0xff; 9]].concat(),
        limit: u32::MAX,
    }
}

/// Removes everything of a document from the device.
pub(super) fn forget(tx: &mut Transaction, doc: DocumentId, rows: &Rows) {
    for table in [Table::Heads, Table::Bodies, Table::Dirty, Table::Intents] {
        tx.operations.push(Operation::Delete {
            table,
            key: doc.0.to_vec(),
        });
    }
    for (table, rows) in [(Table::Inbox, &rows.inbox), (Table::Living, &rows.living)] {
        for row in rows.get(&doc).into_iter().flatten() {
            tx.operations.push(Operation::Delete {
                table,
                key: row.key.clone(),
            });
        }
    }
    tx.intents.push((doc, None));
    tx.forgotten.push(doc);
}
