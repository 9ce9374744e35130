//! Publish and withdraw: stored intents, made into entries on the newest state once there is a connection (P2, P3).
//!
//! Photos and sounds that a publication names go before its entry (see `media::online`).
//!
//! An intent outlives every restart. Its entry is made when the log was followed to its head, so that it names the
//! newest publication; when another came first, the relay refuses it and it is made again. A publication that was
//! ordered before somebody withdrew the story is never made again: it would bring back what a person took back.
//!
//! What would be published otherwise than it was previewed is not sent, nor sent again once it was refused for good. Its
//! intent stays, stopped, and says so until it is ordered anew, or something else is decided or online (P2).

use super::Client;
use super::disk::{Head, IntentRow, PublishIntent, Published, STATES};
use super::jobs::Transaction;
use super::media::online::Uploaded;
use super::outbox::{Accepted, Held};
use super::sealing::Author;
use super::takedown::withdrawals;
use crate::command::CommandError;
use crate::entry::{Entry, Header, Kind};
use crate::id::{DocumentId, EntryId, Seq};
use crate::publication::{Publication, Withdraw};
use crate::storage::{Operation, Table};
use crate::time::Timestamp;
use crate::view::{self, StoryState};
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// Intents by story.
#[derive(Debug, Default)]
pub(super) struct Intents {
    intents: BTreeMap<DocumentId, IntentRow>,
}

impl Intents {
    pub(super) fn set(&mut self, story: DocumentId, intent: Option<IntentRow>) {
        match intent {
            Some(intent) => drop(self.intents.insert(story, intent)),
            None => drop(self.intents.remove(&story)),
        }
    }

    #[cfg(feature = "testing")]
    pub(super) fn is_empty(&self) -> bool {
        self.stories().next().is_none()
    }

    pub(super) fn get(&self, story: DocumentId) -> Option<&IntentRow> {
        self.intents.get(&story)
    }

    /// Stories that have one which waits for a connection.
    pub(super) fn stories(&self) -> impl Iterator<Item = DocumentId> {
        let waiting = self.intents.iter().filter(|(_, intent)| !intent.is_stopped());
        waiting.map(|(story, _)| *story)
    }

    /// What the screen says of it.
    pub(super) fn view(&self, story: DocumentId) -> Option<view::Intent> {
        self.intents.get(&story).map(|intent| match intent {
            IntentRow::Publish(_) if intent.is_stopped() => view::Intent::PreviewAgain,
            IntentRow::Publish(_) => view::Intent::Publish,
            IntentRow::Withdraw | IntentRow::TakeDown(_) | IntentRow::LookAgain(_) => view::Intent::Withdraw,
            IntentRow::Erase => view::Intent::Erase,
        })
    }

    /// Whether the story is to be erased.
    pub(super) fn is_erasing(&self, story: DocumentId) -> bool {
        matches!(self.intents.get(&story), Some(IntentRow::Erase))
    }

    /// Whether the relay has what the intent asks for.
    pub(super) fn is_fulfilled_by(&self, accepted: &Accepted) -> bool {
        self.asks_for(accepted.doc, accepted.kind, &accepted.bytes)
    }

    /// Whether an entry is what the intent of its story asks for, and not what one before it did.
    pub(super) fn asks_for(&self, story: DocumentId, kind: Kind, entry: &[u8]) -> bool {
        match self.intents.get(&story) {
            Some(IntentRow::Publish(intent)) => kind == Kind::Publication && intent.previewed(entry),
            Some(IntentRow::Withdraw | IntentRow::TakeDown(_) | IntentRow::LookAgain(_)) => {
                kind == Kind::Withdraw
            }
            Some(IntentRow::Erase) => kind == Kind::Erase,
            None => false,
        }
    }
}

impl Client {
    /// A story whose intent can be made into an entry now.
    pub(super) fn sendable_intent(&self) -> Option<DocumentId> {
        let network = self.place.active()?;
        if !self.link.is_online() || !self.link.is_caught_up || !self.intake.is_idle() {
            return None;
        }
        let intents = self.intents.intents.iter();
        // What a person takes back waits for no photo.
        let may_go = |story, intent: &IntentRow| match intent {
            IntentRow::Publish(_) => !intent.is_stopped() && self.may_publish(story),
            IntentRow::Withdraw | IntentRow::TakeDown(_) => true,
            // It is looked at with all that the log has of it.
            IntentRow::LookAgain(_) => network.backfill.is_none() && !self.drafts.holds(story),
            IntentRow::Erase => self.may_erase(story),
        };
        let mut stories = intents.filter(|(story, intent)| may_go(**story, intent));
        let found = stories.find(|(story, _)| {
            let story = **story;
            let is_under_way = self
                .outbox
                .of(story)
                .any(|(_, item)| matches!(item.kind, Kind::Publication | Kind::Withdraw | Kind::Erase));
            let is_known = self
                .documents
                .head(story)
                .is_some_and(|head| !head.keys.is_empty());
            is_known && !is_under_way && !self.documents.is_dirty(story) && self.jobs.may_try(story)
        });
        found.map(|(story, _)| *story)
    }

    /// Stores an intent, in place of an earlier one.
    pub(super) fn put_intent(
        &self,
        tx: &mut Transaction,
        story: DocumentId,
        intent: IntentRow,
        rng: &mut impl CryptoRng,
    ) {
        tx.operations
            .push(self.vault.put(Table::Intents, story.0.to_vec(), &intent, rng));
        tx.intents.push((story, Some(intent)));
    }

    fn drop_intent(tx: &mut Transaction, story: DocumentId) {
        tx.operations.push(Operation::Delete {
            table: Table::Intents,
            key: story.0.to_vec(),
        });
        tx.intents.push((story, None));
        tx.changed.push(story);
    }

    /// Ends an intent that cannot be carried out. Where it was to publish, a person looks again, unless the lists say
    /// what was decided meanwhile.
    fn stop_intent(&self, tx: &mut Transaction, story: DocumentId, rng: &mut impl CryptoRng) {
        let head = self.documents.head(story);
        let seen = head.and_then(|head| head.published);
        let is_said =
            |intent: &PublishIntent| head.is_some_and(is_refused) || intent.was_withdrawn_since(seen);
        let may_look = self.place.active().is_some_and(|network| network.coordinates());
        match self.intents.get(story) {
            Some(IntentRow::Publish(intent)) if may_look && !is_said(intent) => {
                let stopped = PublishIntent {
                    seen,
                    stopped: Some(true),
                    ..intent.clone()
                };
                self.put_intent(tx, story, IntentRow::Publish(stopped), rng);
                tx.changed.push(story);
            }
            Some(_) | None => Self::drop_intent(tx, story),
        }
    }

    /// Forgets what stopped once something else was decided about its story, or something newer was online.
    pub(super) fn forget_stopped(&self, tx: &mut Transaction, story: DocumentId, head: &Head) {
        let Some(IntentRow::Publish(intent)) = self.intents.get(story) else {
            return;
        };
        let is_overtaken = head.published.is_some_and(|published| intent.precedes(published));
        if intent.stopped.is_some() && (is_overtaken || is_refused(head)) {
            Self::drop_intent(tx, story);
        }
    }

    /// Makes the entry of an intent.
    pub(super) fn send_intent(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let Some(intent) = self.intents.intents.get(&story).cloned() else {
            return Ok(());
        };
        let Some(author) = self.place.active().and_then(Author::of) else {
            return Ok(());
        };
        let shows_too_much = matches!(intent, IntentRow::LookAgain(_)) && self.still_shows_too_much(story);
        let head = self.documents.head(story).ok_or(CommandError::UnknownStory)?;
        let (generation, published) = (head.generation, head.published);
        let (kind, ct) = match intent {
            // It was published meanwhile, as somebody decided who had not heard of it: then it is no draft.
            IntentRow::Erase if published.is_some() => {
                Self::drop_intent(tx, story);
                return Ok(());
            }
            IntentRow::Erase => {
                self.send_erasure(tx, story, &author, rng);
                return Ok(());
            }
            IntentRow::Withdraw | IntentRow::TakeDown(_) | IntentRow::LookAgain(_) => {
                let takes_down = |entry| match &intent {
                    IntentRow::TakeDown(entries) => entries.contains(&entry),
                    IntentRow::LookAgain(seen) => shows_too_much && *seen == entry,
                    IntentRow::Publish(_) | IntentRow::Withdraw | IntentRow::Erase => true,
                };
                let online =
                    published.filter(|published| published.is_online() && takes_down(published.entry));
                let Some(online) = online else {
                    Self::drop_intent(tx, story);
                    return Ok(());
                };
                let withdraw = Withdraw {
                    version: online.version,
                    prev: online.entry,
                    only_prev: (!matches!(intent, IntentRow::Withdraw)).then_some(true),
                };
                (Kind::Withdraw, withdraw.encode())
            }
            IntentRow::Publish(intent) => {
                let was_withdrawn_since = intent.was_withdrawn_since(published);
                let publication = self.publication(story)?;
                let uploaded = match &publication {
                    Ok((publication, digest)) if *digest == intent.digest && !was_withdrawn_since => {
                        self.upload(story, publication)
                    }
                    // P2: asked again, the preview is another.
                    Ok(_) | Err(_) => Uploaded::Never,
                };
                match (uploaded, publication) {
                    (Uploaded::All, Ok((publication, _))) => (Kind::Publication, publication.encode()),
                    // Its photos and sounds go first: then this is done anew.
                    (Uploaded::NotYet, _) => return Ok(()),
                    (Uploaded::All | Uploaded::Never, _) => {
                        self.forget_upload(story);
                        self.stop_intent(tx, story, rng);
                        return Ok(());
                    }
                }
            }
        };
        let header = Header::plain(kind, Some(story), generation, author.device);
        let entry = Entry::sign(header, ct, author.network, &author.sign);
        if kind == Kind::Publication {
            self.note_what_is_known(tx, story, rng);
        } else {
            // S17: it waits for nothing that was refused before it.
            tx.released.push(story);
        }
        self.forget_upload(story);
        self.put_outbox(tx, &entry, author.network, self.clock.wall(), rng);
        Ok(())
    }

    /// Notes what was taken back, as far as the publication that is made now takes it into account.
    fn note_what_is_known(&mut self, tx: &mut Transaction, story: DocumentId, rng: &mut impl CryptoRng) {
        let known = self.read_story(story).map(|story| withdrawals(&story.consents));
        if let Some(mut head) = self.documents.head(story).cloned() {
            head.knew = Some(known.unwrap_or_default().into_iter().collect());
            self.put_document(tx, story, head, rng);
        }
    }

    /// Notes that the newest publication has ended, and that nothing is online: it is told to nobody any more.
    fn note_ended(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        newest: EntryId,
        rng: &mut impl CryptoRng,
    ) {
        let Some(mut head) = self.documents.head(story).cloned() else {
            return;
        };
        let before = head.published;
        head.published = Some(Published {
            entry: newest,
            // What else the log tells of it came before.
            seq: before.map_or(Seq(0), |before| before.seq),
            version: before.map_or(1, |before| before.version),
            withdrawn: false,
        });
        head.put_online(None);
        head.ends = Some(Timestamp(0));
        self.put_document(tx, story, head, rng);
        tx.changed.push(story);
    }

    /// Takes a refused entry out of the outbox: a snapshot, a publication, a withdrawal or an erasure. Overtaken, it is
    /// made again; refused for good, a person has to look.
    pub(super) fn take_out(&mut self, tx: &mut Transaction, story: DocumentId, rng: &mut impl CryptoRng) {
        let held = self.outbox.held().find_map(|(doc, held)| match held {
            Held::TakeOut { id, is_final, ended } if doc == story => Some((*id, *is_final, *ended)),
            Held::TakeOut { .. } | Held::Until(_) | Held::Rekey(_) | Held::Refused => None,
        });
        let Some((id, is_final, ended)) = held else { return };
        if let Some(newest) = ended {
            self.note_ended(tx, story, newest, rng);
        }
        let key = self
            .outbox
            .of(story)
            .find(|(_, item)| item.id == id)
            .map(|(key, _)| key.clone());
        if let Some(key) = key {
            tx.take_from_outbox(key);
        }
        if is_final {
            self.stop_intent(tx, story, rng);
        }
        tx.released.push(story);
    }
}

impl PublishIntent {
    /// An intent to publish what was previewed.
    pub(super) fn new(digest: &str, seen: Option<Published>, at: Timestamp) -> Self {
        Self {
            digest: digest.to_owned(),
            seen,
            at,
            stopped: None,
        }
    }

    /// Whether an entry publishes what was previewed.
    fn previewed(&self, entry: &[u8]) -> bool {
        let entry = Entry::decode(entry).ok();
        let publication = entry.and_then(|entry| Publication::decode(&entry.ct).ok());
        publication
            .is_some_and(|publication| EntryId(publication.preview_digest()).to_string() == self.digest)
    }

    /// Whether this came after the button was pressed, or after it stopped.
    fn precedes(&self, published: Published) -> bool {
        self.seen.is_none_or(|seen| seen.seq < published.seq)
    }

    fn was_withdrawn_since(&self, published: Option<Published>) -> bool {
        published.is_some_and(|published| published.withdrawn && self.precedes(published))
    }
}

/// Whether somebody decided that the story is asked back or stays inside.
fn is_refused(head: &Head) -> bool {
    let line = head.line.as_ref();
    let state = line.and_then(|line| STATES.get(usize::from(line.state)));
    matches!(state, Some(StoryState::AskedBack | StoryState::NotPublished))
}

impl IntentRow {
    /// Whether it waits for a person, and not for a connection.
    fn is_stopped(&self) -> bool {
        matches!(self, Self::Publish(intent) if intent.stopped.is_some())
    }
}
