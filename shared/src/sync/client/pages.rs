//! Following the log: pages, and the membership records in them.

use super::disk::{BackfillState, Progress, Wanted, meta};
use super::intake::{Arrival, Arrived, PageArrived, expect_progress};
use super::link::Awaited;
use super::network::Network;
use super::{Client, ProtocolError};
use crate::entry::{Entry, GroupId, Kind, Told};
use crate::id::{DeviceId, DocumentId, MemberId, Seq};
use crate::membership::{Applied, Body, DetachedHash, Record, ReplayError, State};
use crate::protocol::{EntryBytes, Page};
use crate::storage::Table;
use crate::sync::bug::Bug;
use crate::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeSet;

impl Client {
    /// Takes a page that follows what the device has; any other is dropped, and the log pulled (S7).
    pub(super) fn on_page(&mut self, page: Page) -> Result<(), ProtocolError> {
        let Some(network) = self.place.network() else {
            return Ok(());
        };
        if network.progress.is_none() && self.link.log_id.is_none() {
            // Before the welcome nobody knows which log it is of.
            return Err(ProtocolError::OutOfPlace);
        }
        let follows = page.prev == self.intake.upto(network.followed());
        if !follows && !self.bugs.has(Bug::AnyLivePage) {
            if !self.link.is_awaiting(Awaited::Page) {
                self.pull();
            }
            return Ok(());
        }
        if page.more {
            self.expect(Awaited::Page);
        } else {
            self.link.answered(Awaited::Page);
        }
        self.intake.push(Arrival::Page(page));
        Ok(())
    }

    /// Stores a page and the checkpoint in one transaction (S6), with what its membership records mean.
    pub(super) fn take_page(&mut self, page: &Page, rng: &mut impl CryptoRng) {
        let Some(network) = self.place.network() else {
            return;
        };
        if page.entries.is_empty() && page.upto == network.followed() && network.progress.is_some() {
            self.link.is_caught_up |= !page.more;
            return;
        }
        let Ok(read) = read_page(network, page) else {
            self.log_is_broken(rng);
            return;
        };
        let followed = network.progress.map(|progress| progress.log_id);
        let Some(log_id) = followed.or(self.link.log_id) else {
            return;
        };
        let last_received = page.entries.last().map(|(seq, _)| *seq);
        let seq = if self.bugs.has(Bug::CheckpointIsLastReceived) {
            last_received.unwrap_or(network.followed())
        } else {
            page.upto
        };
        let progress = Progress {
            log_id,
            seq,
            chain: page.upto_chain,
            relay_at: self.relay_time().unwrap_or(Timestamp(0)),
        };
        let backfill = backfill_of(network, read.gained);
        let wanted: Option<BTreeSet<_>> =
            (!read.wanted.is_empty()).then(|| network.wanted.iter().copied().chain(read.wanted).collect());
        let mut operations = vec![expect_progress(network.progress_tag)];
        let (put, tag) = self
            .vault
            .put_tagged(Table::Meta, meta::PROGRESS.to_vec(), &progress, rng);
        operations.push(put);
        if let Some(membership) = &read.membership {
            operations.push(self.vault.put_meta(meta::MEMBERSHIP, membership, rng));
        }
        if let Some(backfill) = &backfill {
            operations.push(self.vault.put_meta(meta::BACKFILL, backfill, rng));
        }
        if let Some(wanted) = &wanted {
            let hashes = wanted.iter().copied().collect();
            operations.push(self.vault.put_meta(meta::WANTED, &Wanted { hashes }, rng));
        }
        if self.bugs.has(Bug::CheckpointBeforePage) {
            self.out.store(std::mem::take(&mut operations));
        }
        let erased = self.erasures(
            read.membership.as_ref().unwrap_or(&network.membership),
            &read.erasures,
        );
        self.note_erasures(&mut operations, &erased, rng);
        let dirty = self.put_inbox(&mut operations, read.entries.into_iter(), rng);
        let arrived = PageArrived {
            progress,
            tag,
            membership: read.membership,
            wanted,
            backfill,
            dirty,
            more: page.more,
        };
        self.store_arrival(operations, Arrived::Page(Box::new(arrived)));
    }

    pub(super) fn page_stored(&mut self, page: PageArrived) {
        let Some(network) = self.place.network_mut() else {
            return;
        };
        network.progress = Some(page.progress);
        network.progress_tag = page.tag;
        if let Some(wanted) = page.wanted {
            network.wanted = wanted;
        }
        if let Some(backfill) = page.backfill {
            network.backfill = Some(backfill);
            // What is under way answers an earlier question, also where both begin at the beginning.
            self.intake.backfill_asked = None;
        }
        self.link.is_caught_up |= !page.more;
        self.documents.add_dirty(page.dirty);
        if let Some(membership) = page.membership {
            network.membership = membership;
            network.know_myself();
            self.membership_changed();
        }
    }

    /// L2: read-only from here on; the outbox stays.
    fn log_is_broken(&mut self, rng: &mut impl CryptoRng) {
        if let Some(network) = self.place.network_mut() {
            network.is_broken = true;
        }
        self.drop_connection(rng);
    }
}

/// A page, read.
struct Read {
    /// The state after its records, if it has any.
    membership: Option<State>,
    /// Detached parts of its records that hold secrets for this device.
    wanted: Vec<DetachedHash>,
    /// Groups that its records gave this device, also those that they took before or after.
    gained: BTreeSet<GroupId>,
    entries: Vec<(DocumentId, Seq, Vec<u8>)>,
    /// Those of them that erase.
    erasures: Vec<(DocumentId, Seq, Entry)>,
}

fn read_page(network: &Network, page: &Page) -> Result<Read, ReplayError> {
    let mut read = Read {
        membership: None,
        wanted: Vec::new(),
        gained: BTreeSet::new(),
        entries: Vec::new(),
        erasures: Vec::new(),
    };
    let device = network.identity.device;
    for (seq, EntryBytes(bytes)) in &page.entries {
        // What does not decode or belongs to a later version is stored by the relay and skipped here.
        let Ok(told) = Told::decode(bytes) else {
            continue;
        };
        match (told.header().kind, told.header().doc) {
            (Kind::Membership, _) => {
                let Told::Entry(entry) = told else { continue };
                let known = network.membership.head_seq();
                let state = read.membership.get_or_insert_with(|| network.membership.clone());
                if *seq <= known {
                    continue;
                }
                let before = groups(state, device);
                let applied = state.apply(*seq, &entry)?;
                if matches!(applied, Applied::Effect(_)) {
                    read.wanted.extend(part_for(&entry, device, state));
                    let after = groups(state, device);
                    let gained = after.into_iter().filter(|group| !before.contains(group));
                    read.gained.extend(gained);
                }
            }
            (kind, Some(doc)) => {
                read.entries.push((doc, *seq, bytes.clone()));
                if let (Kind::Erase, Told::Entry(entry)) = (kind, told) {
                    read.erasures.push((doc, *seq, entry));
                }
            }
            (_, None) => {}
        }
    }
    Ok(read)
}

/// Returns the detached part of a record if it may hold secrets for `device`.
fn part_for(entry: &Entry, device: DeviceId, state: &State) -> Option<DetachedHash> {
    let record = Record::of(entry).ok()?;
    let me: Option<MemberId> = state.device(device).map(|device| device.member);
    let concerns_me = match &record.body {
        Body::Approve(approve) => approve.device == device,
        Body::MemberRole(change) => Some(change.member) == me,
        Body::Genesis(_)
        | Body::Invite(_)
        | Body::InviteRevoke(_)
        | Body::Join(_)
        | Body::DeviceRemove(_)
        | Body::MemberRemove(_)
        | Body::Epoch(_) => false,
    };
    record
        .detached
        .filter(|_| concerns_me || !record.body.epochs().is_empty())
}

fn groups(state: &State, device: DeviceId) -> Vec<GroupId> {
    let authority = state.authority_now(device);
    authority
        .map(|authority| state.groups(authority.member))
        .unwrap_or_default()
}

/// Returns the backfill that gained groups start, or start anew (S9). A group that was lost and gained again in
/// one page counts: the relay left its entries out meanwhile.
fn backfill_of(network: &Network, gained: BTreeSet<GroupId>) -> Option<BackfillState> {
    if gained.is_empty() {
        return None;
    }
    // Everything, where everything is new or another backfill has not ended: one position is enough for both.
    let groups = if network.groups().is_empty() || network.backfill.is_some() {
        Vec::new()
    } else {
        gained.into_iter().collect()
    };
    Some(BackfillState {
        torn: network
            .backfill
            .as_ref()
            .and_then(|backfill| backfill.torn.clone()),
        groups,
        position: None,
        documents_left: None,
    })
}
