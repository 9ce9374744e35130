//! What the screens show, and telling the ui what changed.

use super::Client;
use super::clock::Moment;
use super::disk::Head;
use super::network::Network;
use super::stories;
use crate::command::{Event, Reply};
use crate::entry::Collection;
use crate::id::{DocumentId, MemberId};
use crate::time::Timestamp;
use crate::view::{DeviceView, Intent, Link, Standing, StoryRow, StoryState, Trouble, Whereabouts};
use std::collections::BTreeSet;
use std::time::Duration;

/// What the ui knows, and what may have changed since.
#[derive(Debug, Default)]
pub(super) struct Told {
    standing: Option<Standing>,
    link: Option<Link>,
    /// Documents whose line or whereabouts may have changed.
    touched: BTreeSet<DocumentId>,
    /// Documents that changed by themselves: a story on screen is told anew.
    changed: BTreeSet<DocumentId>,
    pub(super) gone: Vec<DocumentId>,
    pub(super) members_changed: bool,
    /// Names or roles changed: every line may read otherwise.
    pub(super) all_rows_changed: bool,
    /// Since its start it has had, for once, all that the relay has for it.
    has_caught_up: bool,
    /// The moment at which it was told last what is online.
    at: Timestamp,
}

impl Told {
    pub(super) fn touch(&mut self, doc: DocumentId) {
        self.touched.insert(doc);
    }

    pub(super) fn changed(&mut self, doc: DocumentId) {
        self.touched.insert(doc);
        self.changed.insert(doc);
    }
}

impl Client {
    /// Tells the ui what changed since it was told last.
    pub(super) fn tell(&mut self) {
        let standing = self.place.standing();
        if self.told.standing.as_ref() != Some(&standing) {
            self.told.standing = Some(standing.clone());
            self.out.event(Event::Standing(standing));
        }
        if std::mem::take(&mut self.told.members_changed) {
            self.out.event(Event::Members);
        }
        self.tell_rows();
        // Who waits to be let in has nothing to catch up with yet.
        let has_backfilled = |network: &Network| network.backfill.is_none();
        self.told.has_caught_up |= self.link.is_online()
            && self.link.is_caught_up
            && self.intake.is_idle()
            && !self.is_key_coming()
            && self.documents.dirty().next().is_none()
            && self.place.active().is_some_and(has_backfilled);
        let link = self.link_view();
        if self.told.link.as_ref() != Some(&link) {
            self.told.link = Some(link);
            self.out.event(Event::Link(link));
        }
    }

    fn tell_rows(&mut self) {
        let now = self.now_of_consents();
        let before = std::mem::replace(&mut self.told.at, now);
        for doc in self.documents.ending_between(before, now) {
            self.told.changed(doc);
        }
        let gone = std::mem::take(&mut self.told.gone);
        let touched = std::mem::take(&mut self.told.touched);
        let changed = std::mem::take(&mut self.told.changed);
        if touched.iter().any(|doc| self.is_text(*doc)) {
            self.out.event(Event::ConsentTexts);
        }
        let touched: BTreeSet<_> = if std::mem::take(&mut self.told.all_rows_changed) {
            self.documents.stories().map(|(doc, _)| doc).collect()
        } else {
            touched
                .into_iter()
                .map(|doc| self.documents.story_of(doc))
                .collect()
        };
        let rows = touched.iter().filter_map(|&story| self.row(story));
        let (rows, hidden): (Vec<_>, Vec<_>) = rows.partition(is_listed);
        let gone = gone.iter().map(DocumentId::to_string);
        let gone: Vec<_> = gone.chain(hidden.into_iter().map(|row| row.id)).collect();
        if !gone.is_empty() {
            self.out.event(Event::RowsGone(gone));
        }
        if !rows.is_empty() {
            self.out.event(Event::Rows(rows));
        }
        let open: Vec<_> = changed
            .iter()
            .map(|&doc| self.documents.story_of(doc))
            .chain(touched)
            .filter(|story| self.documents.open.contains(story) && !self.erased.has(*story))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        for story in open {
            if let Some(view) = self.story_view(story) {
                self.out.event(Event::Story(Box::new(view)));
            }
        }
    }

    /// When the next story is online no more.
    pub(super) fn end_deadline(&self) -> Option<Moment> {
        let now = self.now_of_consents();
        let left = self.documents.next_end(now)?.since(now);
        Some(self.clock.now().after(left + Duration::from_millis(1)))
    }

    pub(super) fn overview(&mut self) -> Reply {
        let stories = self.documents.stories();
        let stories = stories.filter_map(|(story, head)| self.row_of(story, head));
        let begun: BTreeSet<_> = self.drafts.stories().chain(self.media.unsent()).collect();
        let begun = begun.into_iter().filter(|story| self.is_only_begun(*story));
        let begun: Vec<_> = begun.map(|story| self.fresh_row(story)).collect();
        let mut rows: Vec<_> = stories.filter(is_listed).collect();
        if !begun.is_empty() {
            rows.extend(begun);
            rows.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Reply::Overview {
            standing: self.place.standing(),
            link: self.link_view(),
            rows,
        }
    }

    /// The line of a story, where this device lists it.
    pub(super) fn row(&self, story: DocumentId) -> Option<StoryRow> {
        let head = self.documents.head(story)?;
        self.row_of(story, head)
    }

    fn row_of(&self, story: DocumentId, head: &Head) -> Option<StoryRow> {
        if head.coll != Collection::Story || self.erased.has(story) {
            return None;
        }
        let network = self.place.network();
        let me = network.and_then(Network::me);
        let mine = head.is_own || (head.author.is_some() && head.author == me);
        let author = head.author.or_else(|| me.filter(|_| mine));
        let name = author.and_then(|author| network?.names.get(&author).cloned());
        let now = self.now_of_consents();
        let mut row = stories::line(head, now);
        row.id = story.to_string();
        row.author = name;
        row.mine = mine;
        row.whereabouts = self.whereabouts_with_media(story);
        row.changed_at = head.changed_at.0;
        // A consent that is taken back is ordered to come down also where nobody knows of a page: that says nothing then.
        let may_show = head.is_online(now) || self.publishes(story);
        let intent = self.intents.view(story);
        row.intent = intent.filter(|intent| may_show || *intent != Intent::Withdraw);
        if row.is_deleted {
            row.days_left = self.days_left(head);
        }
        row.state = match head.published {
            Some(_) if head.is_online(now) => StoryState::Online,
            Some(_) if head.line.is_none() => StoryState::Withdrawn,
            // The line knows what was decided, also since it was withdrawn.
            Some(_) | None => row.state,
        };
        Some(row)
    }

    /// C2: safe only when all text of the story and its teller has a stored receipt.
    pub(super) fn whereabouts(&self, story: DocumentId) -> Whereabouts {
        let family = || self.documents.family(story);
        // A teller whom this member may not read was written down by somebody else: nothing of her is unsent here.
        let is_unshared = |doc| self.documents.head(doc).is_some_and(Head::is_unshared);
        if self.drafts.is_unstored(story) {
            return Whereabouts::Unstored;
        }
        // What is being recorded is no part of the story yet, as little as what is being typed.
        let has_draft = self.drafts.holds(story) || self.media.sounds.has(story);
        let is_unsent = family().any(|doc| self.outbox.holds(doc));
        if family().any(is_unshared) || has_draft {
            Whereabouts::Device
        } else if !is_unsent {
            Whereabouts::Safe
        } else if self.link.is_online() && family().any(|doc| self.outbox.is_sending(doc)) {
            Whereabouts::Sending
        } else {
            Whereabouts::Device
        }
    }

    /// C2: the same of a story as one thing, in lists: safe only when its photos and recordings are, too.
    fn whereabouts_with_media(&self, story: DocumentId) -> Whereabouts {
        match self.whereabouts(story) {
            Whereabouts::Safe if self.media.is_unsent(story) => Whereabouts::Device,
            whereabouts @ (Whereabouts::Unstored
            | Whereabouts::Device
            | Whereabouts::Sending
            | Whereabouts::Safe) => whereabouts,
        }
    }

    fn link_view(&self) -> Link {
        // Before there is a network, nothing is in the outbox.
        let unshared_since = self.documents.unshared().map(|(_, head)| head.began_at);
        // With a photo its document changed: it is no newer than that.
        let changed_at = |doc| self.documents.head(doc).map(|head| head.changed_at);
        let media_since = self.media.unsent_since();
        let media_since = media_since.filter_map(|(doc, at)| at.or_else(|| changed_at(doc)));
        let unsent_since = unshared_since.chain(self.outbox.oldest()).chain(media_since);
        let unsent: BTreeSet<_> = self
            .documents
            .unshared()
            .map(|(doc, _)| doc)
            .chain(self.outbox.documents())
            .chain(self.drafts.stories())
            .chain(self.media.unsent())
            .chain(self.intents.stories())
            .collect();
        let too_large = self.drafts.has_too_large().then_some(Trouble::TooLarge);
        Link {
            online: self.link.is_online(),
            is_catching_up: self.link.is_online()
                && !self.told.has_caught_up
                && self.place.active().is_some(),
            unsent_documents: u32::try_from(unsent.len()).unwrap_or(u32::MAX),
            unsent_media: self.media.n_unsent(),
            unsent_since: unsent_since.min().map(|at| at.0),
            backfill_left: self
                .place
                .network()
                .and_then(|network| network.backfill.as_ref())
                .and_then(|backfill| backfill.documents_left),
            app_too_old: self.link.is_app_too_old,
            erased_unsent: self.erased.n_lost(),
            trouble: self.link.trouble.or(too_large),
        }
    }

    pub(super) fn device_view(&self) -> DeviceView {
        let mut view = DeviceView {
            unsent: self.link_view().unsent_documents,
            last_contact: self.relay_time().map(|at| at.0).or_else(|| {
                let progress = self.place.network()?.progress?;
                (progress.relay_at.0 > 0).then_some(progress.relay_at.0)
            }),
            ..DeviceView::default()
        };
        for (_, head) in self.documents.heads() {
            match head.coll {
                Collection::Story => view.stories += 1,
                Collection::Contact => view.contacts += 1,
                Collection::ConsentText => {}
            }
            view.quarantined += head.n_quarantined;
            view.waiting += head.n_locked + head.n_waiting;
        }
        view
    }

    /// The name of a member, if known.
    pub(super) fn name_of(&self, member: MemberId) -> Option<String> {
        self.place.network()?.names.get(&member).cloned()
    }
}

/// Whether lists know of a story: what somebody else put into the trash is hers.
fn is_listed(row: &StoryRow) -> bool {
    row.mine || !row.is_deleted
}
