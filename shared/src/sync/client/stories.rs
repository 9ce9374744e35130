//! Stories and their tellers: what commands do to documents, and what the screen shows of them.

use super::disk::{Head, IntentRow, Line, PublishIntent, REASONS, STATES};
use super::documents::Loaded;
use super::jobs::{Answer, Change, Transaction};
use super::media::views::PreviewMedia;
use super::network::Network;
use super::{Client, CommandId};
use crate::command::{CommandError, Reply};
use crate::entry::Collection;
use crate::id::{ActorId, BlobId, ChangeHash, DocumentId, EntryId, MemberId, RowId};
use crate::model::consent::Wording;
use crate::model::contact;
use crate::model::field::{EditError, check_value};
use crate::model::review::{self, Public, ReviewKind};
use crate::model::story::{self, Recorded, Story};
use crate::publication::{NotYet, Predecessor, Publication};
use crate::time::Timestamp;
use crate::view::{
    Agreement, Conflict, ConsentView, Decision, Field, Intent, MediaField, Missing, NewConsent, Preview,
    Question, StoryRow, StoryState, StoryView, Teller, TellerField, Use, Version, Whereabouts,
    WithdrawalView,
};
use rand_core::CryptoRng;
use std::time::Duration;

impl Client {
    /// Starts a story: in memory only, until something is typed.
    pub(super) fn new_story(&mut self, rng: &mut impl CryptoRng) -> Result<Reply, CommandError> {
        let mut id = DocumentId([0; 16]);
        rng.fill_bytes(&mut id.0);
        self.documents.load(id, Loaded::new(story::create(self.actor)));
        self.documents.open.insert(id);
        self.story_view(id)
            .map(|view| Reply::Story(Box::new(view)))
            .ok_or(CommandError::UnknownStory)
    }

    pub(super) fn open_story(
        &mut self,
        tx: &mut Transaction,
        command: CommandId,
        story: DocumentId,
    ) -> Result<(), CommandError> {
        if self.is_only_begun(story) {
            self.story_or_new(story);
        }
        if self.documents.loaded(story).is_none() || self.erased.has(story) {
            return Err(CommandError::UnknownStory);
        }
        self.documents.open.insert(story);
        tx.replies.push((command, Answer::Story(story)));
        Ok(())
    }

    /// Whether this member may change the story now.
    pub(super) fn check_editable(&self, story: DocumentId) -> Result<(), CommandError> {
        if self.erased.has(story) {
            return Err(CommandError::UnknownStory);
        }
        match (self.documents.head(story), self.place.network()) {
            (None, _) if self.documents.loaded(story).is_some() || self.drafts.holds(story) => Ok(()),
            (None, _) => Err(CommandError::UnknownStory),
            (Some(_), Some(network)) if network.is_broken || network.is_refused => {
                Err(CommandError::NotAllowed)
            }
            (Some(head), _) if head.is_unshared() => Ok(()),
            (Some(head), Some(network)) => {
                let mine = head.author.is_some() && head.author == network.me();
                let may = (mine && network.is_active()) || network.coordinates();
                (may && head.line.is_some() && head.coll == Collection::Story)
                    .then_some(())
                    .ok_or(CommandError::NotAllowed)
            }
            (Some(_), None) => Err(CommandError::NotAllowed),
        }
    }

    pub(super) fn write_field(
        &mut self,
        story: DocumentId,
        field: Field,
        value: &str,
        seen: &[ChangeHash],
    ) -> Result<(), CommandError> {
        let loaded = self.story_or_new(story);
        story::set_as_seen(&mut loaded.document, field, value, seen).map_err(CommandError::from)
    }

    pub(super) fn write_media(
        &mut self,
        story: DocumentId,
        media: RowId,
        field: MediaField,
        value: &str,
        seen: &[ChangeHash],
    ) -> Result<(), CommandError> {
        let loaded = self.story_or_new(story);
        match story::set_media(&mut loaded.document, media, field, value, seen) {
            // Somebody removed it meanwhile: what was written about it goes with it.
            Err(EditError::Unknown) => Ok(()),
            written => written.map_err(CommandError::from),
        }
    }

    /// Whether all there is of a story is what was typed or recorded in it: it was begun here, and nothing of it was
    /// sealed yet.
    pub(super) fn is_only_begun(&self, story: DocumentId) -> bool {
        let is_begun = self.drafts.holds(story) || self.media.sounds.has(story);
        let is_to_come = self.documents.is_dirty(story) || self.is_torn(story);
        is_begun && self.documents.head(story).is_none() && !is_to_come && !self.erased.has(story)
    }

    /// A draft of a story that was never sealed brings its story with it.
    pub(super) fn story_or_new(&mut self, story: DocumentId) -> &mut Loaded {
        let actor = self.actor;
        self.documents
            .loaded_or_insert(story, || Loaded::new(story::create(actor)))
    }

    /// Writes fields of the teller into her contact, which is made when it is first needed (M1).
    pub(super) fn write_teller(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        typed: &[(TellerField, String)],
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let loaded = self.story_or_new(story);
        let known = story::read(&mut loaded.document).teller;
        let contact = match known {
            Some(contact) => contact,
            None => {
                let mut id = DocumentId([0; 16]);
                rng.fill_bytes(&mut id.0);
                story::set_teller(&mut loaded.document, id)?;
                id
            }
        };
        let actor = self.actor;
        if known.is_some() && self.documents.loaded(contact).is_none() {
            // Her contact has not arrived: another would stand beside it.
            return Err(CommandError::NotAllowed);
        }
        let loaded = self
            .documents
            .loaded_or_insert(contact, || Loaded::new(contact::create(actor)));
        for (field, value) in typed {
            contact::set(&mut loaded.document, *field, value)?;
        }
        self.seal(tx, contact, Collection::Contact, rng)
    }

    /// Carries a command on a story out.
    pub(super) fn change(
        &mut self,
        tx: &mut Transaction,
        command: CommandId,
        story: DocumentId,
        change: &Change,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        let by = self.place.active().and_then(Network::me);
        let coordinates = self.place.active().is_some_and(Network::coordinates);
        let mut id = RowId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let at = self.clock.wall();
        let wording = self.wording(story);
        let name = wording.and_then(|wording| wording.name);
        let recorded = Recorded { id, at, by, name };
        let published = self.documents.head(story).and_then(|head| head.published);
        let decides = matches!(
            change,
            Change::Approve | Change::AskBack { .. } | Change::NotPublish { .. } | Change::Publish { .. }
        );
        if decides && !coordinates {
            return Err(CommandError::NotAllowed);
        }
        self.check_trash(story, change)?;
        // Nobody decides about a text that is not all that the screen shows.
        let is_about_text = matches!(change, Change::Submit | Change::Approve | Change::Publish { .. });
        if (is_about_text || change.was_read().is_some()) && self.drafts.is_too_large(story) {
            return Err(CommandError::StoryFull);
        }
        let wording = wording.map(Wording::handle);
        if change
            .was_read()
            .is_some_and(|read| wording.as_deref() != Some(read))
        {
            return Err(CommandError::TextChanged);
        }
        // What is online is taken back first: else its page would stay while the lists say something else.
        let now = self.now_of_consents();
        let is_online = self.documents.head(story).is_some_and(|head| head.is_online(now));
        if is_online && matches!(change, Change::AskBack { .. } | Change::NotPublish { .. }) {
            return Err(CommandError::Refused);
        }
        // What a person takes back comes down first, whatever becomes of what is published next.
        let comes_down = self.intents.view(story) == Some(Intent::Withdraw);
        if comes_down && matches!(change, Change::Publish { .. }) {
            return Err(CommandError::NotAllowed);
        }
        let mut reply = Reply::Done;
        if let Change::Publish { digest } = change
            && *digest != self.publication(story)?.map_err(not_yet)?.1
        {
            return Err(CommandError::PreviewChanged);
        }
        if let Change::AddPhoto(photo) = change {
            self.add_photo(tx, story, photo, recorded, rng)?;
            reply = Reply::Added(id.to_string());
        }
        let taken_along = self.taken_along(story, change);
        let brings_down =
            matches!(change, Change::WithdrawConsent { uses, .. } if self.brings_down(story, uses));
        let loaded = self
            .documents
            .loaded_mut(story)
            .ok_or(CommandError::UnknownStory)?;
        let document = &mut loaded.document;
        let mut intent = None;
        match change {
            Change::AddConsent { consent, .. } => story::add_consent(document, consent, recorded)?,
            Change::WithdrawConsent { consent, uses } => {
                let row = RowId::from_hex(consent).ok_or(CommandError::Unknown)?;
                story::withdraw_consent(document, row, uses, recorded)?;
                for (row, uses) in &taken_along {
                    let mut id = RowId([0; 16]);
                    rng.fill_bytes(&mut id.0);
                    story::withdraw_consent(document, *row, uses, Recorded { id, ..recorded })?;
                }
                intent = brings_down.then_some(IntentRow::Withdraw);
            }
            Change::TellerAgrees { given, .. } => {
                let decision = review::Decision {
                    given: Some(*given),
                    ..ReviewKind::TellerAgrees.into()
                };
                story::decide(document, decision, recorded)?;
            }
            Change::Submit => story::decide(document, ReviewKind::Submitted, recorded)?,
            Change::Approve => story::decide(document, ReviewKind::Approved, recorded)?,
            Change::Delete => story::decide(document, ReviewKind::Deleted, recorded)?,
            Change::Restore => story::decide(document, ReviewKind::Restored, recorded)?,
            Change::Erase => {}
            Change::Choose { field, version } => story::choose(document, *field, version)?,
            Change::AddPhoto(_) => {}
            Change::ChooseMedia {
                media,
                field,
                version,
            } => {
                story::choose_media(document, *media, *field, version)?;
                tx.note_answer(*media, *field);
            }
            Change::RemoveMedia(media) => {
                story::remove_media(document, *media, recorded)?;
                tx.media.removed.insert(*media);
            }
            Change::Publish { digest } => {
                intent = Some(IntentRow::Publish(PublishIntent::new(digest, published, at)));
            }
            Change::AskBack { question, about } => {
                let decision = review::Decision {
                    note: note(question),
                    about: *about,
                    ..ReviewKind::AskedBack.into()
                };
                story::decide(document, decision, recorded)?;
            }
            Change::NotPublish { unfit, reason } => {
                let decision = review::Decision {
                    note: note(reason),
                    unfit: *unfit,
                    ..ReviewKind::NotPublished.into()
                };
                story::decide(document, decision, recorded)?;
            }
            Change::Withdraw { reason } => {
                let decision = review::Decision {
                    note: note(reason),
                    ..ReviewKind::Withdrawn.into()
                };
                story::decide(document, decision, recorded)?;
                intent = Some(IntentRow::Withdraw);
            }
        }
        if matches!(change, Change::TellerAgrees { .. } | Change::Publish { .. }) {
            self.erase_written_down(tx, story, recorded, rng)?;
        }
        self.seal(tx, story, Collection::Story, rng)?;
        if let Change::Erase = change {
            self.erase_story(tx, story, rng)?;
            if tx.erased.is_empty() && !self.link.is_online() {
                reply = Reply::Queued;
            }
        }
        if let Some(intent) = intent {
            self.put_intent(tx, story, intent, rng);
            if !self.link.is_online() {
                reply = Reply::Queued;
            }
        }
        tx.changed.push(story);
        tx.replies.push((command, Answer::Reply(Ok(reply))));
        Ok(())
    }

    /// What else is taken back with a consent (see [`Consents::taken_along`]).
    ///
    /// [`Consents::taken_along`]: crate::model::consent::Consents::taken_along
    fn taken_along(&mut self, story: DocumentId, change: &Change) -> Vec<(RowId, Vec<Use>)> {
        let Change::WithdrawConsent { consent, uses } = change else {
            return Vec::new();
        };
        let (Some(row), Some(read)) = (RowId::from_hex(consent), self.read_story(story)) else {
            return Vec::new();
        };
        let name = self.contact_of(&read).map(|teller| teller.name);
        read.consents
            .taken_along(row, uses, read.who_tells(name.as_deref()))
    }

    /// REQUIREMENTS §3: the text is agreed, so what was recorded only to write it down goes.
    fn erase_written_down(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        recorded: Recorded,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let Some(read) = self.read_story(story) else {
            return Ok(());
        };
        let recordings = read.media.recordings.iter();
        let is_open = |recording| self.media.sounds.is_open(story, recording);
        let done = recordings.filter(|recording| recording.is_to_write_down() && !is_open(recording.id));
        for recording in done {
            let Some(loaded) = self.documents.loaded_mut(story) else {
                return Ok(());
            };
            let mut id = RowId([0; 16]);
            rng.fill_bytes(&mut id.0);
            story::erase_sound(&mut loaded.document, recording.id, Recorded { id, ..recorded })?;
            tx.media.removed.insert(recording.id);
        }
        Ok(())
    }

    /// Only who wrote a story puts it into the trash, as long as it was never handed in, and takes it out again. In
    /// there nothing is decided about it.
    fn check_trash(&self, story: DocumentId, change: &Change) -> Result<(), CommandError> {
        let row = self.row(story);
        let is_deleted = row.as_ref().is_some_and(|row| row.is_deleted);
        let is_mine = row.as_ref().is_none_or(|row| row.mine);
        let is_draft = row.is_none_or(|row| row.state == StoryState::Draft);
        let may = match change {
            Change::Delete => is_mine && is_draft && !is_deleted,
            // What is on its way out does not come back.
            Change::Restore | Change::Erase => is_mine && is_deleted && !self.intents.is_erasing(story),
            Change::Submit
            | Change::Approve
            | Change::AskBack { .. }
            | Change::NotPublish { .. }
            | Change::Publish { .. }
            | Change::Withdraw { .. } => !is_deleted,
            Change::AddConsent { .. }
            | Change::WithdrawConsent { .. }
            | Change::TellerAgrees { .. }
            | Change::Choose { .. }
            | Change::AddPhoto(_)
            | Change::ChooseMedia { .. }
            | Change::RemoveMedia(_) => true,
        };
        may.then_some(()).ok_or(CommandError::NotAllowed)
    }

    pub(super) fn preview(
        &mut self,
        tx: &mut Transaction,
        command: CommandId,
        story: DocumentId,
    ) -> Result<(), CommandError> {
        let (publication, digest) = self.publication(story)?.map_err(not_yet)?;
        let preview = self.preview_of(story, &publication, digest)?;
        tx.replies
            .push((command, Answer::Reply(Ok(Reply::Preview(Box::new(preview))))));
        Ok(())
    }

    /// What would be published of a loaded story, and its digest; the inner error says why there is nothing yet.
    pub(super) fn publication(
        &mut self,
        story: DocumentId,
    ) -> Result<Result<(Publication, String), NotYet>, CommandError> {
        let read = self.read_story(story).ok_or(CommandError::UnknownStory)?;
        let made = self.publication_of(story, &read);
        Ok(made.map(|publication| {
            let digest = EntryId(publication.preview_digest()).to_string();
            (publication, digest)
        }))
    }

    /// The same of a story that was read.
    fn publication_of(&self, story: DocumentId, read: &Story) -> Result<Publication, NotYet> {
        let published = self.documents.head(story).and_then(|head| head.published);
        let teller = self.teller_of(story).map(|teller| teller.name);
        let predecessor = Predecessor {
            entry: published.map(|published| published.entry),
            version: published.map_or(0, |published| published.version),
        };
        let now = self.now_of_consents();
        Publication::from_story(read, teller.as_deref(), predecessor, self.plains(), now)
    }

    /// Blobs that are to be looked at before a story can be published.
    pub(super) fn unseen_blobs(&mut self, story: DocumentId) -> Vec<BlobId> {
        match self.publication(story) {
            Ok(Err(NotYet::Bytes(blobs))) => blobs,
            Ok(Ok(_) | Err(NotYet::Missing(_))) | Err(_) => Vec::new(),
        }
    }

    /// The moment at which consents must hold: the relay's, as far as it is known.
    pub(super) fn now_of_consents(&self) -> Timestamp {
        self.relay_time().unwrap_or(self.clock.wall())
    }

    pub(super) fn read_story(&mut self, story: DocumentId) -> Option<Story> {
        Some(story::read(&mut self.documents.loaded_mut(story)?.document))
    }

    pub(super) fn teller_of(&self, story: DocumentId) -> Option<Teller> {
        self.contact(self.documents.head(story)?.teller?)
    }

    /// Who tells a story that was read, as far as her contact is here.
    pub(super) fn contact_of(&self, story: &Story) -> Option<Teller> {
        self.contact(story.teller?)
    }

    fn contact(&self, contact: DocumentId) -> Option<Teller> {
        let loaded = self.documents.loaded(contact)?;
        Some(contact::read(&loaded.document).teller())
    }

    /// What the teller of a loaded story agrees to now.
    fn wording(&mut self, story: DocumentId) -> Option<Wording> {
        let read = self.read_story(story)?;
        let name = self.contact_of(&read).map(|teller| teller.name);
        Some(read.wording(name.as_deref()))
    }

    /// Writes into the head of a loaded document what lists show of it. Returns the story, if it is one.
    pub(super) fn describe(&mut self, head: &mut Head, doc: DocumentId, now: Timestamp) -> Option<Story> {
        if head.coll != Collection::Story {
            return None;
        }
        let story = self.read_story(doc)?;
        let name = self.contact_of(&story).map(|teller| teller.name);
        describe(head, &story, name.as_deref(), now);
        Some(story)
    }

    /// Describes a story anew whose teller's contact changed: whether it is approved and agreed to, and may be online as
    /// it is, can depend on her name.
    pub(super) fn describe_again(&mut self, tx: &mut Transaction, doc: DocumentId, rng: &mut impl CryptoRng) {
        let Some(known) = self.head_in(tx, doc) else {
            return;
        };
        let mut head = known.clone();
        let Some(story) = self.describe(&mut head, doc, self.clock.wall()) else {
            return;
        };
        self.look_again(tx, doc, &head, &story, rng);
        if head != known {
            self.put_document(tx, doc, head, rng);
        }
    }

    fn preview_of(
        &mut self,
        story: DocumentId,
        publication: &Publication,
        digest: String,
    ) -> Result<Preview, CommandError> {
        let teller = self.teller_of(story).map(|teller| teller.name);
        let now = self.now_of_consents();
        let read = self.read_story(story).ok_or(CommandError::UnknownStory)?;
        let media = PreviewMedia::new(&read, teller.as_deref(), self.plains(), now);
        let sections = publication.sections.iter();
        Ok(Preview {
            digest,
            title: publication.title.clone(),
            name: publication.name.clone(),
            municipality: publication
                .place()
                .map(|place| place.name.to_owned())
                .unwrap_or_default(),
            district: publication.district.clone(),
            summary: publication.summary.clone(),
            language: publication.language.clone(),
            sections: sections
                .map(|section| (section.heading.field(), section.text.clone()))
                .collect(),
            themes: publication.themes.clone(),
            audience: publication.audience.clone(),
            photos: media.photos,
            sounds: media.sounds,
            left_out: media.left_out,
        })
    }

    /// A story as the screen shows it; it is loaded.
    pub(super) fn story_view(&mut self, id: DocumentId) -> Option<StoryView> {
        let mut row = match self.row(id) {
            // Each photo and recording says for itself where it is.
            Some(row) => StoryRow {
                whereabouts: self.whereabouts(id),
                ..row
            },
            None => self.fresh_row(id),
        };
        let document = &mut self.documents.loaded_mut(id)?.document;
        let mut story = story::read(document);
        let heads = document.heads();
        let seen = heads
            .iter()
            .map(ChangeHash::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        let now = self.now_of_consents();
        let online = self.documents.head(id).filter(|head| head.is_online(now));
        let published = online.and_then(|head| head.published);
        let shown = online.and_then(|head| head.shown);
        let outdated = shown.and_then(|shown| {
            let publication = self.publication_of(id, &story).ok()?;
            Some(EntryId(publication.preview_digest()) != shown)
        });
        let conflicts = story
            .conflicts
            .iter()
            .map(|conflict| Conflict {
                field: conflict.field,
                versions: conflict
                    .versions
                    .iter()
                    .map(|version| {
                        let (by, at) = self.author_of(id, version.actor);
                        Version {
                            id: version.id.clone(),
                            value: version.value.clone(),
                            by,
                            at,
                        }
                    })
                    .collect(),
            })
            .collect();
        let contact = self.contact_of(&story);
        let name = contact.as_ref().map(|teller| teller.name.as_str());
        // Whoever opened it may know more of her than a list.
        if self.documents.head(id).is_some() {
            row.missing = story.missing(name, now);
        }
        let agreed = story.review.agreed(story.wording(name)).map(|event| Agreement {
            given: event.given,
            by: event.by.and_then(|by| self.name_of(by)),
            at: event.at.0,
        });
        let knows_teller = contact.is_some() || story.teller.is_none();
        let mut teller = contact.unwrap_or_default();
        let consents: Vec<_> = story
            .consents
            .shown(story.who_tells(Some(&teller.name)))
            .map(|(row, consent, withdrawn)| ConsentView {
                id: row.to_string(),
                consent: NewConsent {
                    party: consent.party,
                    whom: consent.whom.clone(),
                    uses: consent.uses.clone(),
                    given: consent.given,
                    text_version: consent.text_version,
                    language: consent.language.clone(),
                    until: consent.until.map(|until| until.0),
                },
                at: consent.at.0,
                by: consent.by.and_then(|by| self.name_of(by)),
                withdrawn,
                withdrawals: story
                    .consents
                    .withdrawals_of(row)
                    .map(|withdrawal| WithdrawalView {
                        uses: withdrawal.uses.clone(),
                        at: withdrawal.at.0,
                        by: withdrawal.by.and_then(|by| self.name_of(by)),
                    })
                    .collect(),
            })
            .collect();
        let decision = story.review.refusal().map(|event| Decision {
            state: if event.kind == ReviewKind::NotPublished {
                StoryState::NotPublished
            } else {
                StoryState::Withdrawn
            },
            unfit: event.unfit,
            by: event.by.and_then(|by| self.name_of(by)),
            at: event.at.0,
            reason: event.note.clone().unwrap_or_default(),
        });
        let questions = story.review.questions().into_iter().map(|event| Question {
            about: event.about,
            text: event.note.clone().unwrap_or_default(),
            by: event.by.and_then(|by| self.name_of(by)),
            at: event.at.0,
        });
        let questions = questions.collect();
        self.drafts.lay_over(id, &mut story, &mut teller);
        let wording = story.wording(knows_teller.then_some(teller.name.as_str()));
        Some(StoryView {
            row,
            decision,
            agreed,
            wording: wording.handle(),
            questions,
            seen,
            teller,
            consents,
            conflicts,
            photos: self.photo_views(id, &story),
            recordings: self.recording_views(id, &story),
            editable: !story.too_new && !story.review.is_deleted() && self.check_editable(id).is_ok(),
            too_new: story.too_new,
            reviewable: self.place.active().is_some_and(Network::coordinates),
            sending: self.sending(id),
            online_version: published.map(|published| published.version),
            outdated,
            fields: story.fields,
            bad_fields: story.bad_fields,
        })
    }

    /// Who wrote with an actor, and when she last did.
    pub(super) fn author_of(&self, doc: DocumentId, actor: ActorId) -> (Option<String>, Option<u64>) {
        let span = self
            .documents
            .loaded(doc)
            .and_then(|loaded| loaded.authors.get(&actor));
        let member: Option<MemberId> = span.and_then(|span| {
            let network = self.place.network()?;
            network.membership.device(span.device).map(|device| device.member)
        });
        (
            member.and_then(|member| self.name_of(member)),
            span.map(|span| span.last_at.0),
        )
    }

    /// The line of a story that was begun here and never sealed.
    pub(super) fn fresh_row(&self, id: DocumentId) -> StoryRow {
        let mut row = line(&Head::new(Collection::Story, true), self.clock.wall());
        row.id = id.to_string();
        row.mine = true;
        row.unreadable = false;
        row.changed_at = self.clock.wall().0;
        let mut typed = Story::default();
        self.drafts.lay_over(id, &mut typed, &mut Teller::default());
        row.title = typed.heading();
        if self.drafts.is_unstored(id) {
            row.whereabouts = Whereabouts::Unstored;
        }
        row
    }
}

/// Writes into a head what lists show of its story (M6). `teller` is her name: it stands in her contact, which is another
/// document, and counts as unknown as long as that is not loaded.
fn describe(head: &mut Head, story: &Story, teller: Option<&str>, now: Timestamp) {
    head.teller = story.teller;
    let public = match head.published {
        Some(published) if published.withdrawn => Public::Withdrawn,
        // Whether it is online changes by itself: the line says how it stands where it is not.
        Some(_) | None => Public::Never,
    };
    let place = |found: Option<usize>| found.and_then(|place| u8::try_from(place).ok());
    let places = |missing: &[Missing]| {
        let places = missing.iter();
        let places = places.filter_map(|reason| place(REASONS.iter().position(|other| other == reason)));
        places.collect::<Vec<_>>()
    };
    let state = story.state(public);
    let missing = story.missing(teller, now);
    let ends: Vec<_> = story.consents.ends(now).collect();
    let mut later = ends.into_iter().map(|until| {
        (
            until,
            story.missing(teller, until.after(Duration::from_millis(1))),
        )
    });
    let later = later.find(|(_, later)| *later != missing);
    let municipality = story.field(Field::Municipality);
    head.line = Some(Line {
        title: story.heading(),
        municipality: (!municipality.is_empty()).then(|| municipality.to_owned()),
        state: place(STATES.iter().position(|other| *other == state)).unwrap_or_default(),
        submitted_at: story.review.submitted_at(),
        conflict: !story.conflicts.is_empty(),
        missing: places(&missing),
        later: later.map(|(until, later)| (until, places(&later))),
        n_photos: u32::try_from(story.media.photos.len()).ok(),
        n_recordings: u32::try_from(story.media.recordings.len()).ok(),
        is_deleted: story.review.is_deleted().then_some(true),
        is_asked: (!story.review.questions().is_empty()).then_some(true),
    });
    if !head.is_deleted() {
        head.deleted_since = None;
    }
}

/// The line of a story at `now`, without what only the client knows of it.
pub(super) fn line(head: &Head, now: Timestamp) -> StoryRow {
    let line = head.line.as_ref();
    let missing = line.map(|line| match &line.later {
        Some((until, later)) if *until < now => later,
        Some(_) | None => &line.missing,
    });
    let state = line.and_then(|line| STATES.get(usize::from(line.state)));
    let state = state.copied().unwrap_or(StoryState::Draft);
    let is_asked = line.and_then(|line| line.is_asked);
    StoryRow {
        id: String::new(),
        title: line.map(|line| line.title.clone()).unwrap_or_default(),
        municipality: line.and_then(|line| line.municipality.clone()),
        author: None,
        mine: false,
        state,
        whereabouts: Whereabouts::Device,
        changed_at: head.changed_at.0,
        submitted_at: line.and_then(|line| line.submitted_at).map(|at| at.0),
        is_asked: is_asked.unwrap_or(state == StoryState::AskedBack),
        conflict: line.is_some_and(|line| line.conflict),
        missing: missing
            .into_iter()
            .flatten()
            .filter_map(|reason| REASONS.get(usize::from(*reason)).copied())
            .collect(),
        unreadable: line.is_none(),
        n_photos: line.and_then(|line| line.n_photos).unwrap_or_default(),
        n_recordings: line.and_then(|line| line.n_recordings).unwrap_or_default(),
        is_deleted: head.is_deleted(),
        days_left: 0,
        intent: None,
    }
}

fn note(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Refuses a value that the field cannot take, before it is stored as a draft: none could be made of it later.
pub(super) fn check_field(field: Field, value: &str) -> Result<(), CommandError> {
    check_value(field, value).map_err(CommandError::from)
}

fn not_yet(why: NotYet) -> CommandError {
    match why {
        NotYet::Missing(missing) => CommandError::Missing(missing),
        NotYet::Bytes(_) => CommandError::Refused,
    }
}

impl From<EditError> for CommandError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::TooNew => Self::TooNew,
            EditError::TooLong(limit) => Self::TooLong {
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
            },
            EditError::Unknown => Self::Unknown,
            EditError::TooLarge(limit) => Self::MediaTooLarge {
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
            },
            EditError::TooMany(limit) => Self::TooMany {
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
            },
            EditError::NotMedia => Self::NotMedia,
            EditError::Full => Self::StoryFull,
            EditError::Invalid(_) | EditError::Automerge(_) => Self::Refused,
        }
    }
}
