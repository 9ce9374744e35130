//! What is online comes down when somebody takes back what it rests on (P2, P3).
//!
//! The device that records it orders the withdrawal. That is not enough: a publication that was under way then, or was
//! made by somebody who had not heard of it, may come after. So whoever may withdraw looks again at all that arrives:
//!
//! - is the website, a name or a voice claimed that everybody who allowed it took back, the page comes down. No device
//!   that knew it could have published this.
//! - of photos only a consent counts that is taken back *after* the publication, or that this device did not know of when
//!   it made it: a later publication may have left out just the photo that it was about, and no record says which that
//!   was.

use super::Client;
use super::disk::{Head, IntentRow};
use super::jobs::Transaction;
use crate::entry::Kind;
use crate::id::{DocumentId, EntryId, RowId};
use crate::model::consent::Consents;
use crate::model::story::Story;
use crate::time::Timestamp;
use crate::view::{Party, Use};
use rand_core::CryptoRng;
use std::collections::BTreeSet;

/// Uses that a publication may rest on.
const PUBLIC: [Use; 4] = [Use::Website, Use::Photo, Use::Name, Use::Voice];

/// Whether taking this back can bring a page down.
pub(super) fn is_public(used: Use) -> bool {
    PUBLIC.contains(&used)
}

impl Head {
    /// Whether what is online rests on consent for a use. Stored by an older build, it does not say so: then it may.
    pub(super) fn rests_on(&self, used: Use) -> bool {
        let is_online = self.published.is_some_and(|published| published.is_online());
        is_online
            && self
                .claimed
                .as_ref()
                .is_none_or(|claimed| claimed.contains(&used))
    }

    /// Whether what is online claims something that was taken back by everybody who allowed it.
    fn lacks_consent(&self, story: &Story, now: Timestamp) -> bool {
        let is_taken_back = |used| {
            let by = |party| story.consents.is_taken_back(used, party, now);
            by(Party::Teller) || (story.who_tells(None).is_minor && by(Party::Guardian))
        };
        // Photos are allowed by whoever is on them.
        let uses = PUBLIC.into_iter().filter(|used| *used != Use::Photo);
        uses.filter(|used| self.rests_on(*used)).any(is_taken_back)
    }
}

impl Client {
    /// Whether taking uses back brings down what is online, or what this device is about to put there.
    pub(super) fn brings_down(&self, doc: DocumentId, uses: &[Use]) -> bool {
        let rests_on = |used: &Use| self.documents.head(doc).is_some_and(|head| head.rests_on(*used));
        let is_public = uses.iter().copied().any(is_public);
        uses.contains(&Use::Website) || uses.iter().any(rests_on) || (is_public && self.publishes(doc))
    }

    /// Whether a publication of this device is on its way.
    pub(super) fn publishes(&self, doc: DocumentId) -> bool {
        self.own_publications(doc).next().is_some()
    }

    fn own_publications(&self, doc: DocumentId) -> impl Iterator<Item = EntryId> {
        let entries = self.outbox.of(doc);
        entries
            .filter(|(_, item)| item.kind == Kind::Publication)
            .map(|(_, item)| item.id)
    }

    /// The publications that this device takes down, online or under way, now that something of the document arrived:
    /// `taken_back` are uses that were taken back after what is online was published.
    pub(super) fn to_take_down(
        &self,
        doc: DocumentId,
        head: &Head,
        story: Option<&Story>,
        taken_back: &[Use],
    ) -> Vec<EntryId> {
        let Some(network) = self.place.active() else {
            return Vec::new();
        };
        let may_withdraw = network.coordinates() || (head.author.is_some() && head.author == network.me());
        if !may_withdraw {
            return Vec::new();
        }
        // While an entry is missing a consent may be in it.
        let is_whole = head.n_locked + head.n_waiting + head.n_quarantined == 0;
        let now = self.relay_time_seen();
        let lacks_consent = story.is_some_and(|story| is_whole && head.lacks_consent(story, now));
        let unknown = story.zip(head.knew.as_ref()).map(|(story, knew)| {
            let knew = knew.iter().copied().collect();
            taken_back_since(&story.consents, &knew)
        });
        let taken_back = || taken_back.iter().chain(unknown.iter().flatten());
        let is_stripped = lacks_consent || taken_back().any(|used| is_public(*used) && head.rests_on(*used));
        let online = head
            .published
            .filter(|published| is_stripped && published.is_online());
        let under_way = self
            .own_publications(doc)
            .filter(|_| taken_back().any(|used| is_public(*used)));
        let online = online.map(|published| published.entry);
        online.into_iter().chain(under_way).collect()
    }

    /// Orders that, beside what is ordered already. What a person ordered says more.
    pub(super) fn take_down(
        &self,
        tx: &mut Transaction,
        doc: DocumentId,
        mut entries: Vec<EntryId>,
        rng: &mut impl CryptoRng,
    ) {
        match self.intents.get(doc) {
            Some(IntentRow::Withdraw) => return,
            Some(IntentRow::TakeDown(earlier)) => {
                entries.retain(|entry| !earlier.contains(entry));
                if !entries.is_empty() {
                    entries.extend(earlier);
                }
            }
            Some(IntentRow::Publish(_) | IntentRow::Erase) | None => {}
        }
        if !entries.is_empty() {
            self.put_intent(tx, doc, IntentRow::TakeDown(entries), rng);
        }
    }
}

/// Ids of what was taken back.
pub(super) fn withdrawals(consents: &Consents) -> BTreeSet<RowId> {
    consents.withdrawals().map(|(id, _)| id).collect()
}

/// Uses that were taken back since.
pub(super) fn taken_back_since(consents: &Consents, before: &BTreeSet<RowId>) -> Vec<Use> {
    let new = consents.withdrawals().filter(|(id, _)| !before.contains(id));
    new.flat_map(|(_, uses)| uses.to_vec()).collect()
}
