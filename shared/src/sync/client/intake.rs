//! What the relay sent, stored one thing after the other.
//!
//! Each arrival is one strict transaction; memory follows only once it is stored. A transaction that fails is
//! forgotten together with what came after it, and asked for again.

use super::disk::{BackfillState, InboxRow, Names, Progress, Verdict, Wanted, inbox_key, meta};
use super::network::Keyring;
use super::outbox::Accepted;
use super::{Client, StoreId};
use crate::entry::{Kind, Told};
use crate::id::{DocumentId, MemberId, Seq};
use crate::membership::{Detached, DetachedHash, EpochKeys, State, detached_hash};
use crate::protocol::{BackfillPage, DetachedParts, EntryBytes, Page};
use crate::storage::{Operation, RowTag, StoreFailure, Table};
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Wait before the relay is asked again for what could not be stored.
const FAILED_WAIT: Duration = Duration::from_secs(30);

/// Something that arrived.
#[derive(Debug)]
pub(super) enum Arrival {
    Page(Page),
    Backfill(BackfillPage),
    Parts(DetachedParts),
    Accepted(Vec<Accepted>),
}

/// What memory becomes once an arrival is stored.
#[derive(Debug)]
pub(super) enum Arrived {
    Page(Box<PageArrived>),
    Backfill {
        state: Option<BackfillState>,
        dirty: BTreeSet<DocumentId>,
    },
    Healing {
        healed: Seq,
    },
    Parts {
        keys: EpochKeys,
        names: BTreeMap<MemberId, String>,
        wanted: BTreeSet<DetachedHash>,
        learnt: bool,
    },
    Accepted {
        accepted: Vec<Accepted>,
        dirty: BTreeSet<DocumentId>,
    },
}

#[derive(Debug)]
pub(super) struct PageArrived {
    pub(super) progress: Progress,
    pub(super) tag: Option<RowTag>,
    pub(super) membership: Option<State>,
    pub(super) wanted: Option<BTreeSet<DetachedHash>>,
    pub(super) backfill: Option<BackfillState>,
    pub(super) dirty: BTreeSet<DocumentId>,
    pub(super) more: bool,
}

/// The lane of arrivals.
#[derive(Debug, Default)]
pub(super) struct Intake {
    queue: VecDeque<Arrival>,
    storing: Option<(StoreId, Arrived)>,
    /// The backfill request that the next backfill page answers.
    pub(super) backfill_asked: Option<BackfillState>,
    /// Parts that the relay no longer has.
    pub(super) parts_gone: BTreeSet<DetachedHash>,
}

impl Intake {
    pub(super) fn push(&mut self, arrival: Arrival) {
        self.queue.push_back(arrival);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.storing.is_none()
    }

    pub(super) fn is_storing(&self, id: StoreId) -> bool {
        self.storing.as_ref().is_some_and(|(storing, _)| *storing == id)
    }

    pub(super) fn is_storing_page(&self) -> bool {
        matches!(self.storing, Some((_, Arrived::Page(_))))
    }

    /// The `upto` of the newest page that is stored or about to be, given that of the newest stored one.
    pub(super) fn upto(&self, stored: Seq) -> Seq {
        let queued = self.queue.iter().rev().find_map(|arrival| match arrival {
            Arrival::Page(page) => Some(page.upto),
            Arrival::Backfill(_) | Arrival::Parts(_) | Arrival::Accepted(_) => None,
        });
        let storing = match &self.storing {
            Some((_, Arrived::Page(page))) => Some(page.progress.seq),
            _ => None,
        };
        queued.or(storing).unwrap_or(stored)
    }

    /// Drops what can be asked for again. Acceptances stay: the relay may not repeat them on this connection.
    pub(super) fn forget_unstored(&mut self) {
        self.queue
            .retain(|arrival| matches!(arrival, Arrival::Accepted(_)));
        self.backfill_asked = None;
    }
}

impl Client {
    /// Stores the next arrival.
    pub(super) fn advance_intake(&mut self, rng: &mut impl CryptoRng) {
        while self.intake.storing.is_none() {
            let Some(arrival) = self.intake.queue.pop_front() else {
                return;
            };
            match arrival {
                Arrival::Page(page) => self.take_page(&page, rng),
                Arrival::Backfill(page) => self.take_backfill(page, rng),
                Arrival::Parts(parts) => self.take_parts(parts, rng),
                Arrival::Accepted(accepted) => self.take_accepted(accepted, rng),
            }
        }
    }

    /// Whether a snapshot stands for something that never came: the relay no longer had it, or thought that it was here.
    pub(super) fn has_gap(&self) -> bool {
        let network = self.place.active().filter(|network| network.backfill.is_none());
        let gap = self.documents.gap();
        network.is_some_and(|network| gap > network.healed) && self.documents.dirty().next().is_none()
    }

    /// Asks for everything once more where something is missing, once for each such snapshot.
    pub(super) fn heal(&mut self, rng: &mut impl CryptoRng) {
        if !self.link.is_online() || !self.link.is_caught_up || !self.intake.is_idle() || !self.has_gap() {
            return;
        }
        let Some(network) = self.place.network() else {
            return;
        };
        let healed = network.followed();
        let operations = vec![
            expect_progress(network.progress_tag),
            self.vault
                .put_meta(meta::BACKFILL, &BackfillState::default(), rng),
            self.vault.put_meta(meta::HEALED, &healed, rng),
        ];
        self.store_arrival(operations, Arrived::Healing { healed });
    }

    pub(super) fn store_arrival(&mut self, operations: Vec<Operation>, arrived: Arrived) {
        let id = self.out.store(operations);
        self.intake.storing = Some((id, arrived));
    }

    pub(super) fn arrival_stored(&mut self) {
        let Some((_, arrived)) = self.intake.storing.take() else {
            return;
        };
        match arrived {
            Arrived::Page(page) => self.page_stored(*page),
            Arrived::Backfill { state, dirty } => {
                if let Some(network) = self.place.network_mut() {
                    network.backfill = state;
                }
                self.documents.add_dirty(dirty);
            }
            Arrived::Healing { healed } => {
                if let Some(network) = self.place.network_mut() {
                    network.healed = Some(healed);
                    network.backfill = Some(BackfillState::default());
                }
            }
            Arrived::Parts {
                keys,
                names,
                wanted,
                learnt,
            } => {
                if let Some(network) = self.place.network_mut() {
                    network.keys = keys;
                    network.n_learnt += u64::from(learnt);
                    network.names = names;
                    network.wanted = wanted;
                }
                if learnt {
                    self.documents.try_locked_again();
                }
                self.told.members_changed = true;
                self.told.all_rows_changed = true;
            }
            Arrived::Accepted { accepted, dirty } => {
                self.entries_accepted(&accepted);
                self.documents.add_dirty(dirty);
            }
        }
    }

    pub(super) fn arrival_failed(&mut self, failure: StoreFailure, rng: &mut impl CryptoRng) {
        self.intake.storing = None;
        self.store_failed(failure);
        self.drop_connection(rng);
        // The relay would send the same again: a full disk is not filled faster by asking every second.
        self.hold_off(FAILED_WAIT);
    }

    /// Marks documents dirty in the transaction that brings their entries (S6).
    pub(super) fn put_inbox(
        &mut self,
        operations: &mut Vec<Operation>,
        entries: impl Iterator<Item = (DocumentId, Seq, Vec<u8>)>,
        rng: &mut impl CryptoRng,
    ) -> BTreeSet<DocumentId> {
        let mut dirty = BTreeSet::new();
        for (doc, seq, entry) in entries {
            // Nothing brings back what was erased (E2).
            if self.erased.has(doc) {
                continue;
            }
            let row = InboxRow {
                verdict: Verdict::New,
                app_version: self.config.app_version,
                entry,
            };
            self.put_living(operations, doc, seq, &row.entry, rng);
            operations.push(self.vault.put(Table::Inbox, inbox_key(doc, seq), &row, rng));
            dirty.insert(doc);
        }
        self.mark_dirty(operations, &dirty, rng);
        dirty
    }

    fn mark_dirty(
        &mut self,
        operations: &mut Vec<Operation>,
        docs: &BTreeSet<DocumentId>,
        rng: &mut impl CryptoRng,
    ) {
        for &doc in docs {
            operations.push(self.vault.put(Table::Dirty, doc.0.to_vec(), &(), rng));
            self.documents.touch(doc);
        }
    }

    fn take_backfill(&mut self, page: BackfillPage, rng: &mut impl CryptoRng) {
        let Some(network) = self.place.network() else {
            return;
        };
        let mut operations = vec![expect_progress(network.progress_tag)];
        let asked = self.intake.backfill_asked.take();
        let is_asked = asked.is_some() && asked == network.backfill;
        let groups = network
            .backfill
            .as_ref()
            .map(|state| state.groups.clone())
            .unwrap_or_default();
        let state = if is_asked {
            page.position.map(|position| BackfillState {
                torn: network
                    .backfill
                    .as_ref()
                    .and_then(|backfill| backfill.torn.clone()),
                groups,
                position: Some(position),
                documents_left: Some(page.documents_left),
            })
        } else {
            // Another backfill was started meanwhile: what came is kept, and that one begins at its beginning.
            network.backfill.clone()
        };
        operations.push(match &state {
            Some(state) => self.vault.put_meta(meta::BACKFILL, state, rng),
            None => Operation::Delete {
                table: Table::Meta,
                key: meta::BACKFILL.to_vec(),
            },
        });
        let entries = page.entries.into_iter().filter_map(|(seq, EntryBytes(bytes))| {
            let told = Told::decode(&bytes).ok()?;
            let header = told.header();
            let doc = header.doc.filter(|_| header.kind != Kind::Membership)?;
            Some((doc, seq, bytes))
        });
        let dirty = self.put_inbox(&mut operations, entries, rng);
        self.store_arrival(operations, Arrived::Backfill { state, dirty });
    }

    /// Opens secrets and names (L3).
    fn take_parts(&mut self, parts: DetachedParts, rng: &mut impl CryptoRng) {
        let Some(network) = self.place.network() else {
            return;
        };
        let mut keys = network.keys.clone();
        let mut names = network.names.clone();
        let mut wanted = network.wanted.clone();
        let device = network.identity.device;
        let mut learnt = false;
        for part in parts.parts {
            let bytes = part.bytes.map(|bytes| bytes.0);
            let opened = bytes
                .filter(|bytes| detached_hash(bytes) == part.hash)
                .and_then(|bytes| Detached::decode(&bytes).ok());
            let Some(opened) = opened else {
                wanted.remove(&part.hash);
                self.intake.parts_gone.insert(part.hash);
                continue;
            };
            if wanted.remove(&part.hash) {
                learnt |= keys
                    .learn(&network.membership, &opened, device, &network.hpke)
                    .is_ok_and(|learnt| !learnt.is_empty());
            }
            let members = network
                .membership
                .members()
                .filter(|(_, member)| member.name == part.hash);
            for (id, member) in members {
                let name = opened.name.as_ref().and_then(|sealed| {
                    let team = keys.get(crate::entry::GroupId::Team, sealed.epoch)?;
                    sealed.open(&member.sign, team).ok()
                });
                match name {
                    Some(name) => drop(names.insert(id, name)),
                    None => drop(self.intake.parts_gone.insert(part.hash)),
                }
            }
        }
        let operations = vec![
            expect_progress(network.progress_tag),
            self.vault.put_meta(meta::KEYRING, &Keyring::of(&keys), rng),
            self.vault.put_meta(
                meta::WANTED,
                &Wanted {
                    hashes: wanted.iter().copied().collect(),
                },
                rng,
            ),
            self.vault.put_meta(
                meta::NAMES,
                &Names {
                    names: names.iter().map(|(&id, name)| (id, name.clone())).collect(),
                },
                rng,
            ),
        ];
        self.store_arrival(
            operations,
            Arrived::Parts {
                keys,
                names,
                wanted,
                learnt,
            },
        );
    }

    /// Receipts take entries out of the outbox (S4). A publication's receipt brings it back in as everybody's
    /// page does: the chain of publications is followed in one place.
    fn take_accepted(&mut self, accepted: Vec<Accepted>, rng: &mut impl CryptoRng) {
        let mut operations: Vec<_> = accepted
            .iter()
            .map(|accepted| Operation::Delete {
                table: Table::Outbox,
                key: accepted.key.clone(),
            })
            .collect();
        let fulfilled = accepted
            .iter()
            .filter(|accepted| self.intents.is_fulfilled_by(accepted));
        operations.extend(fulfilled.map(|accepted| Operation::Delete {
            table: Table::Intents,
            key: accepted.doc.0.to_vec(),
        }));
        self.note_erasures(&mut operations, &Self::accepted_erasures(&accepted), rng);
        for accepted in accepted.iter().filter(|accepted| !self.erased.has(accepted.doc)) {
            self.put_living(&mut operations, accepted.doc, accepted.seq, &accepted.bytes, rng);
        }
        let is_published = |accepted: &&Accepted| matches!(accepted.kind, Kind::Publication | Kind::Withdraw);
        let published = accepted.iter().filter(is_published);
        let published: Vec<_> = published
            .map(|accepted| (accepted.doc, accepted.seq, accepted.bytes.clone()))
            .collect();
        let dirty = self.put_inbox(&mut operations, published.into_iter(), rng);
        if operations.is_empty() {
            return;
        }
        self.store_arrival(operations, Arrived::Accepted { accepted, dirty });
    }

    /// Whether a secret that this device lacks is about to be fetched.
    pub(super) fn is_key_coming(&self) -> bool {
        self.place.network().is_some_and(|network| {
            let mut wanted = network.wanted.iter();
            !network.has_keys() && wanted.any(|hash| !self.intake.parts_gone.contains(hash))
        })
    }

    /// Detached parts that hold something for this device, as many as one request takes.
    pub(super) fn parts_wanted(&self) -> Vec<DetachedHash> {
        let Some(network) = self.place.network() else {
            return Vec::new();
        };
        let names = network.names_wanted().map(|(_, member)| member.name);
        let hashes: BTreeSet<_> = network
            .wanted
            .iter()
            .copied()
            .chain(names)
            .filter(|hash| !self.intake.parts_gone.contains(hash))
            .collect();
        // Secrets before names: they open the names.
        let (first, rest): (Vec<_>, Vec<_>) =
            hashes.into_iter().partition(|hash| network.wanted.contains(hash));
        first
            .into_iter()
            .chain(rest)
            .take(crate::protocol::DETACHED_HASHES_MAX)
            .collect()
    }
}

/// Refuses the transaction if another tab follows the log (S14).
pub(super) fn expect_progress(tag: Option<RowTag>) -> Operation {
    Operation::Expect {
        table: Table::Meta,
        key: meta::PROGRESS.to_vec(),
        tag,
    }
}
