//! What is online comes down when somebody takes back what it rests on or shows (P2, P3).
//!
//! The device that records it orders the withdrawal. That is not enough: a publication that was under way then, or was
//! made by somebody who had not heard of it, may come after. So whoever may withdraw looks again at all that arrives:
//!
//! - what shows now what it may not, comes down: a photo or a recording that was removed, or is not for others any more;
//!   a name; a minor whose guardian does not allow it; a use that everybody who allowed it took back; a story of which
//!   somebody decided that it stays inside. No device that knew it could have published this. It is looked at once more
//!   when the device has all that the log has: what was put right meanwhile, and published anew, stays.
//! - so does what rests on a consent that is taken back *after* the publication, or that this device did not know of when
//!   it made it.
//!
//! A publication of an older build does not say which photos and recordings it shows. Who removes one then, or says that
//! it is not for others, takes the page down, as it may show just that.

use super::Client;
use super::disk::{Head, IntentRow, OnlineMedia};
use super::jobs::Transaction;
use crate::entry::Kind;
use crate::id::{DocumentId, EntryId, RowId};
use crate::model::consent::Consents;
use crate::model::media::Part;
use crate::model::story::Story;
use crate::publication::Publication;
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
    /// Takes note of what is online now.
    pub(super) fn put_online(&mut self, publication: Option<&Publication>) {
        let uses = |publication: &Publication| publication.claims.iter().map(|claim| claim.allows).collect();
        self.claimed = publication.map(uses);
        self.shown = publication.map(|publication| EntryId(publication.preview_digest()));
        self.ends = publication.and_then(Publication::until);
        self.media = publication.and_then(media_of);
        self.named = publication.and_then(|publication| publication.name.clone());
    }

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

    /// Whether what is online shows what may not be shown, as the story is now. That its text could be better is no
    /// reason.
    fn shows_too_much(&self, story: &Story, teller: Option<&str>, now: Timestamp) -> bool {
        let is_whole = self.n_locked + self.n_waiting == 0;
        let is_removed = |shown: &OnlineMedia| story.removed.contains(&shown.media);
        // What was removed stays so, whatever else is to come.
        if self.media_online().any(is_removed) || (is_whole && self.lacks_consent(story, now)) {
            return true;
        }
        // While an entry is missing a consent may be in it, and what a newer app wrote may mean something else.
        if !is_whole || story.too_new {
            return false;
        }
        let claims = |used| {
            self.claimed
                .as_ref()
                .is_some_and(|claimed| claimed.contains(&used))
        };
        let is_unguarded = |used| claims(used) && story.is_unguarded(used, teller, now);
        let is_barred = |shown: &OnlineMedia| story.bars(shown.media, shown.as_people, teller, now);
        story.review.is_refused()
            || [Use::Website, Use::Name, Use::Voice]
                .into_iter()
                .any(is_unguarded)
            || (claims(Use::Name) && story.bars_name(self.named.as_deref(), teller))
            || self.media_online().any(is_barred)
    }

    fn media_online(&self) -> impl Iterator<Item = &OnlineMedia> {
        self.media.iter().flatten()
    }

    /// Whether any photo of the story may be online, or any recording, as nothing tells which are.
    fn may_show_any(&self, is_recording: bool) -> bool {
        self.media.is_none() && (!is_recording || self.rests_on(Use::Voice))
    }
}

/// The photos and recordings that a publication shows; `None` if it does not say so of each.
fn media_of(publication: &Publication) -> Option<Vec<OnlineMedia>> {
    let photos = publication.photos.0.iter();
    let photos = photos.map(|photo| (photo.media, photo.shows_people));
    let sounds = publication.sounds.0.iter().map(|sound| (sound.media, false));
    let media = photos.chain(sounds).map(|(media, as_people)| {
        let media = media?;
        Some(OnlineMedia { media, as_people })
    });
    media.collect()
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
        if !self.may_withdraw(head) {
            return Vec::new();
        }
        let unknown = story.zip(head.knew.as_ref()).map(|(story, knew)| {
            let knew = knew.iter().copied().collect();
            taken_back_since(&story.consents, &knew)
        });
        let taken_back = || taken_back.iter().chain(unknown.iter().flatten());
        let is_stripped = taken_back().any(|used| is_public(*used) && head.rests_on(*used));
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
            Some(IntentRow::Publish(_) | IntentRow::Erase | IntentRow::LookAgain(_)) | None => {}
        }
        if !entries.is_empty() {
            self.put_intent(tx, doc, IntentRow::TakeDown(entries), rng);
        }
    }

    /// Orders that what is online comes down, where it shows too much as the story is now, by what came or was written
    /// here.
    pub(super) fn look_again(
        &self,
        tx: &mut Transaction,
        doc: DocumentId,
        head: &Head,
        story: &Story,
        rng: &mut impl CryptoRng,
    ) {
        let now = self.relay_time_seen();
        let online = head.published.filter(|_| head.is_online(now));
        let Some(online) = online.filter(|_| self.may_withdraw(head)) else {
            return;
        };
        let contact = story.teller.and_then(|teller| self.head_in(tx, teller));
        let teller = self.name_for_page(contact.as_ref(), story);
        if self.may_show_what_went(tx, doc, head, story, teller.as_deref()) {
            return self.take_down(tx, doc, vec![online.entry], rng);
        }
        let ordered = tx.intents.iter().rev().find(|(other, _)| *other == doc);
        let ordered = ordered.map_or_else(|| self.intents.get(doc), |(_, intent)| intent.as_ref());
        let is_ordered = match ordered {
            Some(IntentRow::Withdraw) => true,
            Some(IntentRow::TakeDown(entries)) => entries.contains(&online.entry),
            Some(IntentRow::LookAgain(entry)) => *entry == online.entry,
            Some(IntentRow::Publish(_) | IntentRow::Erase) | None => false,
        };
        if !is_ordered && head.shows_too_much(story, teller.as_deref(), now) {
            self.put_intent(tx, doc, IntentRow::LookAgain(online.entry), rng);
        }
    }

    /// Whether what is online still shows too much.
    pub(super) fn still_shows_too_much(&mut self, doc: DocumentId) -> bool {
        let Some(story) = self.read_story(doc) else {
            return false;
        };
        let contact = story.teller.and_then(|teller| self.documents.head(teller));
        let teller = self.name_for_page(contact, &story);
        let now = self.relay_time_seen();
        let head = self.documents.head(doc);
        head.is_some_and(|head| head.shows_too_much(&story, teller.as_deref(), now))
    }

    /// Her name as a page is measured by it: not known while something of her contact is missing here.
    fn name_for_page(&self, contact: Option<&Head>, story: &Story) -> Option<String> {
        let is_whole = contact.is_some_and(Head::is_whole);
        let teller = self.contact_of(story).filter(|_| is_whole);
        teller.map(|teller| teller.name)
    }

    /// Whether a photo or a recording that is removed here, or said not to be for others, may be online, as nothing tells
    /// what is.
    fn may_show_what_went(
        &self,
        tx: &Transaction,
        doc: DocumentId,
        head: &Head,
        story: &Story,
        teller: Option<&str>,
    ) -> bool {
        let now = self.relay_time_seen();
        let removed = tx
            .media
            .removed
            .iter()
            .filter(|media| story.removed.contains(*media));
        let answered = tx.answered.iter();
        let barred = answered.filter(|media| story.bars(**media, false, teller, now));
        let is_recording = |media: RowId| {
            let mut rows = self.media.of(doc).filter(|row| row.media == media);
            rows.any(|row| matches!(row.part, Part::Sound(_)))
        };
        let mut went = removed.chain(barred);
        went.any(|media| head.may_show_any(is_recording(*media)))
    }

    /// Whether this member may take a story from the website.
    fn may_withdraw(&self, head: &Head) -> bool {
        let network = self.place.active();
        network.is_some_and(|network| {
            network.coordinates() || (head.author.is_some() && head.author == network.me())
        })
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

#[cfg(test)]
mod tests {
    //! Goal: what an older build stored of a page, and a story of which something is missing, take down what they must
    //! and nothing else. The rest is seen in whole networks.

    use super::*;
    use crate::entry::Collection;
    use crate::id::Seq;
    use crate::sync::client::disk::Published;
    use crate::view::Field;

    const NOW: Timestamp = Timestamp(1_000);
    const PHOTO: RowId = RowId([1; 16]);

    /// What is online rests on these uses; that and what it shows is not told by rows of older builds.
    fn head(claimed: Option<&[Use]>, media: Option<&[RowId]>) -> Head {
        let as_people = true;
        let online = |media: &[RowId]| {
            media
                .iter()
                .map(|media| OnlineMedia {
                    media: *media,
                    as_people,
                })
                .collect()
        };
        Head {
            published: Some(Published {
                entry: EntryId([2; 32]),
                seq: Seq(3),
                version: 1,
                withdrawn: false,
            }),
            claimed: claimed.map(<[_]>::to_vec),
            media: media.map(online),
            ..Head::new(Collection::Story, false)
        }
    }

    fn story(field: Field, value: &str) -> Story {
        Story {
            fields: [(field, value.to_owned())].into(),
            ..Story::default()
        }
    }

    #[test]
    fn a_row_of_an_older_build_tells_by_its_claims() {
        let shows_too_much =
            |claimed, field, value| head(claimed, None).shows_too_much(&story(field, value), None, NOW);
        let named = Some(&[Use::Website, Use::Name][..]);
        let nameless = Some(&[Use::Website][..]);
        assert!(shows_too_much(named, Field::NameOnline, "none"));
        assert!(!shows_too_much(named, Field::NameOnline, "other"));
        assert!(!shows_too_much(nameless, Field::NameOnline, "none"));
        assert!(
            !shows_too_much(None, Field::NameOnline, "none"),
            "no name may be there"
        );
        assert!(
            shows_too_much(nameless, Field::Age, "child"),
            "nobody answers for her"
        );
        assert!(!shows_too_much(nameless, Field::Age, "adult"));
    }

    #[test]
    fn a_row_that_does_not_tell_what_is_shown_may_mean_any_photo() {
        let voiceless = head(Some(&[Use::Website]), None);
        assert!(voiceless.may_show_any(false));
        assert!(!voiceless.may_show_any(true), "no voice is claimed");
        assert!(head(None, None).may_show_any(true));
        assert!(!head(None, Some(&[])).may_show_any(false), "it shows none");
    }

    #[test]
    fn while_an_entry_is_missing_only_what_was_removed_counts() {
        let mut head = head(Some(&[Use::Website]), Some(&[PHOTO]));
        let minor = story(Field::Age, "child");
        let removed = Story {
            removed: [PHOTO].into(),
            ..Story::default()
        };
        let newer = Story {
            too_new: true,
            ..minor.clone()
        };
        assert!(head.shows_too_much(&minor, None, NOW));
        assert!(!head.shows_too_much(&newer, None, NOW));
        head.n_waiting = 1;
        assert!(!head.shows_too_much(&minor, None, NOW), "a guardian may allow it");
        assert!(head.shows_too_much(&removed, None, NOW));
        assert!(!head.shows_too_much(&Story::default(), None, NOW));
    }
}
