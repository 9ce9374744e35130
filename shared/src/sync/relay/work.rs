//! Something to append to a log: a push or a record, read as far as the relay may, and what became of it.

use crate::crypto::{Signature, Tag};
use crate::entry::{Cover, Entry, Header, Kind, PLAIN_BYTES_MAX};
use crate::id::{Chain, EntryId, MediaHash, NetworkId, Seq};
use crate::membership::State;
use crate::protocol::{EntryBytes, RecordRefused, Refusal, malformed_id};
use crate::publication::Publication;
use crate::storage::RelayQuery;
use crate::sync::relay::{SessionId, SignatureCheck};
use std::collections::{BTreeSet, VecDeque};

/// Most entries of one batch: enough that the disk's latency no longer counts, few enough that the first receipt
/// of a burst does not wait for its last entry.
pub(super) const BATCH_ENTRIES_MAX: usize = 2_000;

/// Most bytes of one batch, for the same reason.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Number of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkId(pub(super) u64);

/// Something to append, with who waits for the answer.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) id: WorkId,
    pub(super) session: SessionId,
    pub(super) job: Job,
    pub(super) is_verified: bool,
    pub(super) len: usize,
}

#[derive(Debug)]
pub(super) enum Job {
    /// Entries of one push.
    Push(Vec<Item>),
    /// A record or a join.
    Record(Box<RecordJob>),
}

/// One entry of a push.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: EntryId,
    pub(super) bytes: Vec<u8>,
    /// What the relay may read of it, or why it is none.
    pub(super) parsed: Result<Parsed, Refusal>,
    /// Its device exists, and its signature is among those that are checked.
    pub(super) is_checked: bool,
    pub(super) is_signed: bool,
}

#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) header: Header,
    /// The body, where it is plain.
    pub(super) plain: Vec<u8>,
    signature: Signature,
}

impl Parsed {
    /// What the entry says to stand for, if it is a snapshot that covers others.
    pub(super) fn covers(&self) -> Option<&Cover> {
        self.header.cover.as_ref().filter(|cover| cover.upto > Seq(0))
    }
}

/// A record or a join, read.
#[derive(Debug)]
pub(super) struct RecordJob {
    pub(super) id: EntryId,
    pub(super) bytes: Vec<u8>,
    pub(super) entry: Option<Entry>,
    pub(super) detached: Vec<u8>,
}

/// What became of a piece of work, in its order.
#[derive(Debug)]
pub(super) enum Verdict {
    Push {
        /// Ids and seqs of what is appended.
        stored: Vec<(EntryId, Seq)>,
        /// The token at the last of them.
        chain: Chain,
        refused: Vec<(EntryId, Refusal)>,
    },
    Record {
        entry: EntryId,
        stored: Result<(Seq, Chain), RecordRefused>,
    },
}

impl Work {
    pub(super) fn n_entries(&self) -> usize {
        match &self.job {
            Job::Push(items) => items.len(),
            Job::Record(_) => 1,
        }
    }
}

/// Takes what the next batch holds: pushes up to its limits, or one record alone, which changes who may what.
pub(super) fn take_batch(queue: &mut VecDeque<Work>) -> Vec<Work> {
    let mut works: Vec<Work> = Vec::new();
    let (mut n_entries, mut len) = (0, 0);
    while let Some(next) = queue.front() {
        let is_record = matches!(next.job, Job::Record(_));
        let is_full = n_entries + next.n_entries() > BATCH_ENTRIES_MAX || len + next.len > BATCH_BYTES_MAX;
        if !next.is_verified || (!works.is_empty() && (is_full || is_record)) {
            break;
        }
        n_entries += next.n_entries();
        len += next.len;
        works.extend(queue.pop_front());
        if is_record {
            break;
        }
    }
    works
}

pub(super) fn lookup(network: NetworkId, works: &[Work], state: &State) -> RelayQuery {
    let (mut ids, mut docs, mut members) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut media = Vec::new();
    let (mut covered, mut whole) = (BTreeSet::new(), BTreeSet::new());
    for work in works {
        match &work.job {
            Job::Push(items) => {
                for item in items {
                    ids.push(item.id);
                    if let Ok(parsed) = &item.parsed {
                        docs.extend(parsed.header.doc);
                        covered.extend(parsed.covers().and(parsed.header.doc));
                        whole.extend(parsed.header.doc.filter(|_| parsed.header.kind == Kind::Erase));
                        members.extend(state.device(parsed.header.by).map(|device| device.member));
                        let named = parsed.header.doc.map(|doc| (doc, parsed.media()));
                        media.extend(
                            named
                                .into_iter()
                                .flat_map(|(doc, media)| media.into_iter().map(move |hash| (doc, hash))),
                        );
                    }
                }
            }
            Job::Record(record) => ids.push(record.id),
        }
    }
    if !(covered.is_empty() && whole.is_empty()) {
        // What is superseded or erased is given back to whoever wrote it (S17).
        members.extend(state.members().map(|(member, _)| member));
    }
    RelayQuery::Judge {
        network,
        ids,
        docs: docs.into_iter().collect(),
        covered: covered.into_iter().collect(),
        whole: whole.into_iter().collect(),
        members: members.into_iter().collect(),
        media,
    }
}

impl Parsed {
    /// The photos and sounds that it names, if it is a publication.
    pub(super) fn media(&self) -> Vec<MediaHash> {
        let publication = match self.header.kind {
            Kind::Publication => Publication::decode(&self.plain).ok(),
            Kind::Membership
            | Kind::Document
            | Kind::Keys
            | Kind::Incremental
            | Kind::Snapshot
            | Kind::Withdraw
            | Kind::Erase
            | Kind::Unknown(_) => None,
        };
        let media = publication.iter().flat_map(Publication::media);
        media.map(|plain| plain.hash).collect()
    }
}

pub(super) fn read_item(network: NetworkId, EntryBytes(bytes): EntryBytes) -> Item {
    match Entry::decode(&bytes) {
        Ok(entry) => {
            let id = entry.id(network);
            let is_sealed = entry.header.kind.is_content() || matches!(entry.header.kind, Kind::Unknown(_));
            let plain = if is_sealed { Vec::new() } else { entry.ct };
            Item {
                id,
                bytes,
                parsed: Ok(Parsed {
                    header: entry.header,
                    plain,
                    signature: entry.sig,
                }),
                is_checked: false,
                is_signed: false,
            }
        }
        Err(_) => Item {
            id: malformed_id(&bytes),
            parsed: Err(if bytes.len() > PLAIN_BYTES_MAX {
                Refusal::TooLarge
            } else {
                Refusal::Malformed
            }),
            bytes,
            is_checked: false,
            is_signed: false,
        },
    }
}

/// Returns the check of an entry's signature, if its device exists.
pub(super) fn check_of(network: NetworkId, item: &Item, state: &State) -> Option<SignatureCheck> {
    let parsed = item.parsed.as_ref().ok()?;
    let device = state.device(parsed.header.by)?;
    Some(SignatureCheck {
        key: device.sign,
        tag: Tag::ENTRY_SIGNATURE,
        network,
        message: item.id.0.to_vec(),
        signature: parsed.signature,
    })
}
