//! Wrong codes: after a few from one address, the next ones are answered slowly.

use crate::sync::relay::Peer;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Wrong invitation codes that are answered at once: people mistype.
const INVITATION_TRIES: u32 = 5;

/// Wrong founding codes that are answered at once: it is copied from a screen, once in the relay's life.
const FOUNDING_TRIES: u32 = 1;

/// Longest wait for an answer: with it an address tries 120 codes an hour, of more than 2^59.
const DELAY_MAX: Duration = Duration::from_secs(30);

/// After this time without a wrong code, an address begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Most addresses that are remembered; then the one that was quiet longest is forgotten.
const PEERS_MAX: usize = 10_000;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Founding,
    Invitation,
}

#[derive(Debug, Default)]
pub(super) struct Tries(BTreeMap<Peer, Wrong>);

#[derive(Debug)]
struct Wrong {
    count: u32,
    last_at: Timestamp,
}

impl Tries {
    /// Returns how long a request with a code waits before it is looked at, right or wrong.
    pub(super) fn delay(&self, peer: Peer, code: Code, now: Timestamp) -> Duration {
        let free = match code {
            Code::Founding => FOUNDING_TRIES,
            Code::Invitation => INVITATION_TRIES,
        };
        let count = self
            .0
            .get(&peer)
            .filter(|wrong| now.since(wrong.last_at) < FORGOTTEN_AFTER)
            .map_or(0, |wrong| wrong.count);
        match count.checked_sub(free) {
            Some(beyond) => Duration::from_secs(1 << beyond.min(5)).min(DELAY_MAX),
            None => Duration::ZERO,
        }
    }

    pub(super) fn wrong(&mut self, peer: Peer, now: Timestamp) {
        let wrong = self.0.entry(peer).or_insert(Wrong {
            count: 0,
            last_at: now,
        });
        if now.since(wrong.last_at) >= FORGOTTEN_AFTER {
            wrong.count = 0;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last_at = now;
        if self.0.len() > PEERS_MAX {
            let quietest = self
                .0
                .iter()
                .min_by_key(|(_, wrong)| wrong.last_at)
                .map(|(peer, _)| *peer);
            quietest.and_then(|peer| self.0.remove(&peer));
        }
    }

    pub(super) fn clock_went_back(&mut self, by_ms: u64) {
        for wrong in self.0.values_mut() {
            wrong.last_at = Timestamp(wrong.last_at.0.saturating_sub(by_ms));
        }
    }
}
