//! Which parts of a blob the relay has: asked on each connection of what is to be sent, to be fetched, or on screen.

use super::super::clock::Moment;
use super::super::link::Awaited;
use super::fetch::ASK_AGAIN;
use crate::protocol::{AskBlobs, BLOBS_ASKED_MAX, BlobName, BlobState, ClientToRelay};
use crate::sync::client::Client;
use std::collections::BTreeSet;

/// Most blobs that are known to be fetchable before the relay is asked about more.
const FETCHABLE_MAX: usize = 128;

/// What the relay told of a blob.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) stored: BTreeSet<u32>,
    pub(super) is_complete: bool,
    /// It was made here: nobody else sends it.
    is_own: bool,
    at: Moment,
}

impl Client {
    /// Asks the relay which parts it has: of what is to be sent, of what is to be fetched, and of what is on screen.
    pub(super) fn ask_about_blobs(&mut self) {
        let now = self.clock.now();
        self.media.told.retain(|_, told| !told.is_over(now));
        if self.link.is_awaiting(Awaited::Blobs) {
            return;
        }
        let wanted: Vec<_> = self.worth_asking().take(BLOBS_ASKED_MAX).collect();
        if wanted.is_empty() {
            return;
        }
        self.media.asked = wanted.iter().map(|name| name.blob).collect();
        self.expect(Awaited::Blobs);
        self.send(&ClientToRelay::AskBlobs(AskBlobs { blobs: wanted }));
    }

    /// Blobs of which the relay has told nothing yet that is to be known here, each once.
    fn worth_asking(&self) -> impl Iterator<Item = BlobName> {
        let unsent = self.media.unsent_blobs();
        let unsent = unsent.filter(|(doc, _)| self.may_send_blobs_of(*doc));
        let wanted = self.media.fetches.wanted();
        let wanted = wanted.filter_map(|blob| self.media.blob(blob));
        let on_screen = self.documents.open.iter();
        let on_screen = on_screen.flat_map(|doc| self.media.of(*doc).map(|row| (*doc, row)));
        let on_screen = on_screen.filter(|(_, row)| !row.is_own && !row.is_safe);
        // Those that can be fetched now are fetched first: a new phone lacks thousands.
        let told = self.media.told.iter();
        let fetchable = told.filter(|(blob, told)| told.is_complete && self.media.unfetched.contains(blob));
        let n_fetchable = fetchable.count();
        let unfetched = self.media.unfetched.iter();
        let unfetched = unfetched
            .filter(move |_| n_fetchable < FETCHABLE_MAX)
            .filter_map(|blob| self.media.blob(*blob));
        let mut seen = BTreeSet::new();
        unsent
            .chain(wanted)
            .chain(on_screen)
            .chain(unfetched)
            .map(|(doc, row)| BlobName { doc, blob: row.blob })
            .filter(|name| !self.media.told.contains_key(&name.blob))
            .filter(|name| !self.media.complete.contains_key(&name.blob))
            .filter(move |name| seen.insert(name.blob))
    }

    /// When something that the relay did not have is asked for again.
    pub(super) fn ask_again_at(&self) -> Option<Moment> {
        let told = self.media.told.values().filter(|told| told.is_asked_again());
        told.map(|told| told.at.after(ASK_AGAIN)).min()
    }

    pub(in crate::sync::client) fn on_blobs(&mut self, states: &[BlobState]) {
        let asked = std::mem::take(&mut self.media.asked);
        if asked.is_empty() || !states.iter().map(|state| state.blob).eq(asked.iter().copied()) {
            // The answer to an earlier question.
            self.media.asked = asked;
            return;
        }
        self.link.answered(Awaited::Blobs);
        let at = self.clock.now();
        for state in states {
            let Some((doc, row)) = self.media.blob(state.blob) else {
                continue;
            };
            let n_parts = row.n_parts();
            let is_complete = state.is_complete() && state.n_parts == Some(n_parts);
            let told = Told {
                stored: (0..n_parts)
                    .filter(|index| state.stored.contains(*index))
                    .collect(),
                is_complete,
                is_own: row.is_own,
                at,
            };
            // Of what is about to be fetched it is stored with the last part.
            let is_shown = row.is_own || self.documents.open.contains(&doc);
            if is_complete && !row.is_safe && is_shown {
                self.media.complete.insert(state.blob, doc);
            }
            self.media.told.insert(state.blob, told);
        }
    }
}

impl Told {
    /// Whether somebody else's device may have sent more since.
    fn is_asked_again(&self) -> bool {
        !self.is_own && !self.is_complete
    }

    /// Whether that is to be asked now.
    fn is_over(&self, now: Moment) -> bool {
        self.is_asked_again() && self.at.after(ASK_AGAIN) <= now
    }
}
