//! The relay's store in memory, on a disk that loses what was not synced.
//!
//! [`RelayStore::commit`] carries a transaction out on top of those before it; only [`RelayStore::sync`] makes it
//! survive a [`RelayStore::crash`], and only then do questions see it. A shell that is right answers `Stored` after
//! the sync.

use crate::crypto::{FoundingHash, SignPublic};
use crate::entry::{GroupId, Kind};
use crate::id::{
    BlobId, Chain, DeviceId, DocumentId, EntryId, LogId, MediaHash, MemberId, NetworkId, PartHash, Seq,
};
use crate::membership::DetachedHash;
use crate::protocol::{BackfillPosition, BlobName, BlobState, PartName, PartSet};
use crate::publication::{Plain, Shape};
use crate::storage::{
    Answer, BackfillSlice, DocumentRow, FoundPart, GONE_BLOBS_MAX, Known, KnownMedium, KnownPart,
    LivingEntry, LogPage, NetworkRow, NewMediumPart, NewPart, PageBuilder, PageRow, PublicationRow, Reader,
    RelayFailure, RelayOperation, RelayQuery, StoredMedium, StoredPart, Usage, WholeMedium,
};
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The store.
#[derive(Clone, Debug, Default)]
pub struct RelayStore {
    /// What is on the disk.
    durable: Tables,
    /// What will be on the disk after the next sync.
    newest: Tables,
    unsynced: Vec<Vec<RelayOperation>>,
    /// Transactions fail with [`RelayFailure::Full`] while this is set.
    pub is_full: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tables {
    founding: Option<FoundingHash>,
    networks: BTreeMap<NetworkId, Log>,
    invitations: BTreeMap<SignPublic, NetworkId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Log {
    log_id: LogId,
    name: String,
    slug: String,
    /// Shared: each transaction begins with a copy of what was there.
    rows: Vec<Arc<Row>>,
    detached: BTreeMap<DetachedHash, Arc<Vec<u8>>>,
    documents: BTreeMap<DocumentId, DocumentRow>,
    usage: BTreeMap<MemberId, Usage>,
    blobs: BTreeMap<BlobId, StoredBlob>,
    part_bytes: BTreeMap<MemberId, u64>,
    media: BTreeMap<(DocumentId, MediaHash), Medium>,
    erasing: BTreeSet<DocumentId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Medium {
    size: u32,
    parts: Vec<Arc<Vec<u8>>>,
    member: MemberId,
    shape: Option<Shape>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct StoredBlob {
    doc: DocumentId,
    /// 0 once it was dropped.
    n_parts: Option<u32>,
    parts: BTreeMap<u32, (PartHash, Arc<Vec<u8>>, MemberId)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: EntryId,
    chain: Chain,
    kind: Kind,
    doc: Option<DocumentId>,
    by: DeviceId,
    bytes: Option<Vec<u8>>,
    superseded: Option<(Seq, Timestamp)>,
    covers: Option<Seq>,
}

impl RelayStore {
    /// Carries one transaction out, or nothing of it. It is there for later transactions at once, and durable after [`Self::sync`].
    ///
    /// # Errors
    /// [`RelayFailure::Outdated`] if something compared was not as expected, [`RelayFailure::Full`] if so told.
    pub fn commit(&mut self, operations: &[RelayOperation]) -> Result<(), RelayFailure> {
        if self.is_full {
            return Err(RelayFailure::Full);
        }
        let is_of_blobs = RelayOperation::is_of_blobs;
        if operations.iter().any(is_of_blobs) && !operations.iter().all(is_of_blobs) {
            return Err(RelayFailure::Failed);
        }
        let mut after = self.newest.clone();
        for operation in operations {
            after.carry_out(operation)?;
        }
        self.newest = after;
        self.unsynced.push(operations.to_vec());
        Ok(())
    }

    /// Makes all that was committed durable.
    pub fn sync(&mut self) {
        self.durable = self.newest.clone();
        self.unsynced.clear();
    }

    /// Returns how many transactions a crash may lose.
    #[must_use]
    pub fn n_unsynced(&self) -> usize {
        self.unsynced.len()
    }

    /// Loses power: of the transactions that were not synced the first `n_kept` happen to be on the disk.
    pub fn crash(&mut self, n_kept: usize) {
        let kept: Vec<_> = self.unsynced.drain(..).take(n_kept).collect();
        for operations in kept {
            for operation in operations {
                // It was carried out once on the same tables.
                let repeated = self.durable.carry_out(&operation);
                debug_assert!(repeated.is_ok());
            }
        }
        self.newest = self.durable.clone();
    }

    /// Returns the hash of the founding code, while there is one.
    #[must_use]
    pub fn founding(&self) -> Option<FoundingHash> {
        self.durable.founding
    }

    /// Returns the networks, by id, with the life of the log, name and slug of each.
    pub fn networks(&self) -> impl Iterator<Item = (NetworkId, LogId, &str, &str)> {
        let networks = self.durable.networks.iter();
        networks.map(|(network, log)| (*network, log.log_id, &*log.name, &*log.slug))
    }

    /// Returns the newest publication or withdrawal of each document, with the bytes of its entry.
    pub fn publications(
        &self,
        network: NetworkId,
    ) -> impl Iterator<Item = (DocumentId, PublicationRow, Option<&[u8]>)> {
        let log = self.durable.networks.get(&network);
        let documents = log
            .into_iter()
            .flat_map(|log| log.documents.iter().zip(std::iter::repeat(log)));
        documents.filter_map(|((doc, row), log)| {
            let publication = row.publication?;
            let bytes = log.at(publication.seq).and_then(|row| row.bytes.as_deref());
            Some((*doc, publication, bytes))
        })
    }

    /// Returns the newest seq of a log.
    #[must_use]
    pub fn head(&self, network: NetworkId) -> Seq {
        self.durable.networks.get(&network).map_or(Seq(0), Log::head)
    }

    /// Returns the id of the entry at a seq.
    #[must_use]
    pub fn id_at(&self, network: NetworkId, seq: Seq) -> Option<EntryId> {
        let log = self.durable.networks.get(&network)?;
        log.at(seq).map(|row| row.id)
    }

    /// Returns the parts of a blob that are on the disk, ascending, and whether they are all: for a simulation's
    /// judgement.
    #[must_use]
    pub fn blob(&self, network: NetworkId, blob: BlobId) -> (Vec<&[u8]>, bool) {
        let log = self.durable.networks.get(&network);
        let Some(blob) = log.and_then(|log| log.blobs.get(&blob)) else {
            return (Vec::new(), false);
        };
        let parts: Vec<_> = blob
            .parts
            .values()
            .map(|(_, bytes, _)| bytes.as_slice())
            .collect();
        let is_whole = blob
            .n_parts
            .is_some_and(|n_parts| n_parts > 0 && usize::try_from(n_parts) == Ok(parts.len()));
        (parts, is_whole)
    }

    /// Returns the documents that were erased, ascending.
    #[must_use]
    pub fn erased(&self, network: NetworkId) -> Vec<DocumentId> {
        let documents = self.durable.networks.get(&network).map(|log| &log.documents);
        let documents = documents.into_iter().flatten();
        let erased = documents.filter(|(_, row)| row.erased.is_some());
        erased.map(|(doc, _)| *doc).collect()
    }

    /// Tells whether the log ever had a document.
    #[must_use]
    pub fn knows(&self, network: NetworkId, doc: DocumentId) -> bool {
        let log = self.durable.networks.get(&network);
        log.is_some_and(|log| log.documents.contains_key(&doc))
    }

    /// Returns what is kept of an erased document beside its erasure: for a simulation's judgement.
    #[must_use]
    pub fn remains(&self, network: NetworkId, doc: DocumentId) -> Vec<String> {
        let log = self.durable.networks.get(&network);
        let rows = log.into_iter().flat_map(Log::numbered);
        let kept = rows
            .filter(|(_, row)| row.doc == Some(doc) && row.kind != Kind::Erase && row.bytes.is_some())
            .map(|(seq, row)| format!("{:?} at {seq}", row.kind));
        let blobs = log.into_iter().flat_map(|log| &log.blobs);
        let blobs = blobs
            .filter(|(_, blob)| blob.doc == doc)
            .map(|(blob, _)| format!("{blob:?}"));
        let media = log.into_iter().flat_map(|log| log.media.keys());
        let media = media
            .filter(|(of, _)| *of == doc)
            .map(|(_, hash)| format!("{hash:?}"));
        kept.chain(blobs).chain(media).collect()
    }

    /// Returns how many blobs of a document have parts: for a simulation's judgement.
    #[must_use]
    pub fn n_blobs(&self, network: NetworkId, doc: DocumentId) -> usize {
        let log = self.durable.networks.get(&network);
        let blobs = log.into_iter().flat_map(|log| log.blobs.values());
        blobs
            .filter(|blob| blob.doc == doc && !blob.parts.is_empty())
            .count()
    }

    /// Tells whether a blob was dropped.
    #[must_use]
    pub fn is_dropped(&self, network: NetworkId, blob: BlobId) -> bool {
        let log = self.durable.networks.get(&network);
        let blob = log.and_then(|log| log.blobs.get(&blob));
        blob.is_some_and(|blob| blob.n_parts == Some(0))
    }

    /// Tells whether a part is on the disk.
    #[must_use]
    pub fn has_part(&self, network: NetworkId, part: PartName) -> bool {
        let log = self.durable.networks.get(&network);
        let blob = log.and_then(|log| log.blobs.get(&part.blob));
        blob.is_some_and(|blob| blob.doc == part.doc && blob.parts.contains_key(&part.index))
    }

    /// Returns the documents that photos or sounds are kept of, ascending.
    #[must_use]
    pub fn media_documents(&self, network: NetworkId) -> Vec<DocumentId> {
        let log = self.durable.networks.get(&network);
        let media = log.into_iter().flat_map(|log| log.media.keys());
        let documents: BTreeSet<_> = media.map(|(doc, _)| *doc).collect();
        documents.into_iter().collect()
    }

    /// Returns a part of a photo or a sound.
    #[must_use]
    pub fn medium_part(
        &self,
        network: NetworkId,
        doc: DocumentId,
        hash: MediaHash,
        index: u32,
    ) -> Option<Vec<u8>> {
        let medium = self.durable.networks.get(&network)?.media.get(&(doc, hash))?;
        let part = medium.parts.get(usize::try_from(index).ok()?)?;
        Some(part.to_vec())
    }

    /// Returns ids and bytes of a log's entries, by seq: for a simulation's judgement.
    pub fn entries(&self, network: NetworkId) -> impl Iterator<Item = (Seq, EntryId, Option<&[u8]>)> {
        let rows = self.durable.networks.get(&network).map(|log| &log.rows[..]);
        (1..)
            .map(Seq)
            .zip(rows.unwrap_or_default())
            .map(|(seq, row)| (seq, row.id, row.bytes.as_deref()))
    }

    /// Answers a question.
    #[must_use]
    pub fn answer(&self, query: &RelayQuery) -> Answer {
        let log = |network: &NetworkId| self.durable.networks.get(network);
        match query {
            RelayQuery::Network { network } => Answer::Network(log(network).map(Log::row)),
            RelayQuery::Invitation { key } => Answer::Invitation(self.durable.invitations.get(key).copied()),
            RelayQuery::Entries { network, seqs } => {
                let seqs: BTreeSet<_> = seqs.iter().collect();
                let bytes = |seq: &Seq| Some((*seq, log(network)?.at(*seq)?.bytes.clone()?));
                Answer::Entries(seqs.into_iter().filter_map(bytes).collect())
            }
            RelayQuery::Judge {
                network,
                ids,
                docs,
                covered,
                whole,
                members,
                media,
            } => {
                let known = log(network).map(|log| Known {
                    media: log.confirmed(media),
                    whole: whole.iter().map(|doc| (*doc, log.whole(*doc))).collect(),
                    ..log.known(ids, docs, covered, members)
                });
                Answer::Judge(Box::new(known.unwrap_or_default()))
            }
            RelayQuery::Chain { network, seq } => Answer::Chain(log(network).and_then(|log| log.chain(*seq))),
            RelayQuery::Page {
                network,
                reader,
                after,
                upto,
                rows_max,
                bytes_max,
            } => {
                let bound = Seq(upto.0.min(after.0.saturating_add(u64::from(*rows_max))));
                let page = log(network).map(|log| log.page(reader, *after, bound, *bytes_max));
                let empty = || PageBuilder::new(*after, Chain([0; 16]), bound, *bytes_max).finish();
                Answer::Page(page.unwrap_or_else(empty))
            }
            RelayQuery::Backfill {
                network,
                groups,
                position,
                bytes_max,
            } => {
                let slice = log(network).map(|log| log.backfill(groups, *position, *bytes_max));
                Answer::Backfill(slice.unwrap_or(BackfillSlice {
                    entries: Vec::new(),
                    superseding: BTreeSet::new(),
                    position: None,
                    documents_left: 0,
                }))
            }
            RelayQuery::Detached {
                network,
                hashes,
                bytes_max,
            } => {
                let mut len = 0;
                let mut parts = Vec::new();
                for hash in hashes {
                    let bytes = log(network).and_then(|log| log.detached.get(hash));
                    let bytes = bytes.map(|bytes| bytes.to_vec());
                    len += bytes.as_ref().map_or(0, Vec::len);
                    if len > *bytes_max && !parts.is_empty() {
                        break;
                    }
                    parts.push((*hash, bytes));
                }
                Answer::Detached(parts)
            }
            RelayQuery::JudgePart {
                network,
                part,
                is_last,
                member,
            } => {
                let known = log(network).map(|log| log.known_part(*part, *is_last, *member));
                Answer::JudgePart(Box::new(known.unwrap_or(KnownPart {
                    document: None,
                    bytes_used: 0,
                    stored: StoredPart::Free,
                })))
            }
            RelayQuery::Blobs {
                network,
                groups,
                blobs,
            } => {
                let state = |name: &BlobName| {
                    let nothing = BlobState {
                        blob: name.blob,
                        n_parts: None,
                        stored: PartSet::default(),
                    };
                    log(network)
                        .and_then(|log| log.blob_state(groups, *name))
                        .unwrap_or(nothing)
                };
                Answer::Blobs(blobs.iter().map(state).collect())
            }
            RelayQuery::Part {
                network,
                groups,
                part,
            } => Answer::Part(log(network).map_or(FoundPart::NotReadable, |log| log.part(groups, *part))),
            RelayQuery::JudgeMedium {
                network,
                doc,
                hash,
                member,
            } => {
                let known = log(network).map(|log| KnownMedium {
                    document: log.documents.get(doc).cloned(),
                    bytes_used: log.bytes_used(*member),
                    stored: log.media.get(&(*doc, *hash)).map(Medium::stored),
                });
                Answer::JudgeMedium(Box::new(known.unwrap_or(KnownMedium {
                    document: None,
                    bytes_used: 0,
                    stored: None,
                })))
            }
            RelayQuery::Media { network, doc, media } => {
                let stored = |hash: &MediaHash| Some(log(network)?.media.get(&(*doc, *hash))?.stored());
                Answer::Media(media.iter().map(stored).collect())
            }
            RelayQuery::WholeMedium {
                network,
                doc,
                hash,
                bytes_max,
            } => {
                let medium = log(network).and_then(|log| log.media.get(&(*doc, *hash)));
                Answer::WholeMedium(medium.map(|medium| medium.whole(*bytes_max)))
            }
        }
    }
}

impl Medium {
    fn stored(&self) -> StoredMedium {
        StoredMedium {
            size: self.size,
            n_parts: u32::try_from(self.parts.len()).unwrap_or(u32::MAX),
            shape: self.shape,
        }
    }

    fn whole(&self, bytes_max: usize) -> WholeMedium {
        let mut head: Vec<u8> = self.parts.iter().flat_map(|part| part.iter().copied()).collect();
        let hash = MediaHash(Sha256::digest(&head).into());
        head.truncate(bytes_max);
        WholeMedium { hash, head }
    }
}

impl Tables {
    fn carry_out(&mut self, operation: &RelayOperation) -> Result<(), RelayFailure> {
        match operation {
            RelayOperation::SetFounding(hash) => self.founding = Some(*hash),
            RelayOperation::BurnFounding(hash) => {
                if self.founding != Some(*hash) {
                    return Err(RelayFailure::Outdated);
                }
                self.founding = None;
            }
            RelayOperation::CreateNetwork(new) => {
                let is_taken = |log: &Log| log.slug == new.slug;
                if self.networks.contains_key(&new.network) || self.networks.values().any(is_taken) {
                    return Err(RelayFailure::Outdated);
                }
                let log = Log {
                    log_id: new.log_id,
                    name: new.name.clone(),
                    slug: new.slug.clone(),
                    rows: Vec::new(),
                    detached: BTreeMap::new(),
                    documents: BTreeMap::new(),
                    usage: BTreeMap::new(),
                    blobs: BTreeMap::new(),
                    part_bytes: BTreeMap::new(),
                    media: BTreeMap::new(),
                    erasing: BTreeSet::new(),
                };
                self.networks.insert(new.network, log);
            }
            RelayOperation::PutInvitation { key, network } => {
                self.log(network)?;
                self.invitations.insert(*key, *network);
            }
            RelayOperation::ExpectHead { network, head } => {
                if self.log(network)?.head() != *head {
                    return Err(RelayFailure::Outdated);
                }
            }
            RelayOperation::Append { network, entry } => {
                let log = self.log(network)?;
                let is_new = log.rows.iter().all(|row| row.id != entry.id);
                if entry.seq.0 != log.head().0 + 1 || !is_new {
                    return Err(RelayFailure::Failed);
                }
                log.rows.push(Arc::new(Row {
                    id: entry.id,
                    chain: entry.chain,
                    kind: entry.kind,
                    doc: entry.doc,
                    by: entry.by,
                    bytes: Some(entry.bytes.clone()),
                    superseded: None,
                    covers: None,
                }));
            }
            RelayOperation::Forget { network, seq } => {
                if let Some(row) = self.log(network)?.row_mut(*seq) {
                    row.bytes = None;
                }
            }
            RelayOperation::Erase { network, doc, by } => {
                let log = self.log(network)?;
                let rows = (1..).map(Seq).zip(&mut log.rows);
                for (_, row) in rows.filter(|(seq, row)| *seq < *by && row.doc == Some(*doc)) {
                    if row.bytes.is_some() {
                        Arc::make_mut(row).bytes = None;
                    }
                }
                log.erasing.insert(*doc);
            }
            RelayOperation::NoteErased { network, doc } => drop(self.log(network)?.erasing.remove(doc)),
            RelayOperation::Supersede {
                network,
                by,
                upto,
                entries,
                at,
            } => {
                let log = self.log(network)?;
                log.row_mut(*by).ok_or(RelayFailure::Failed)?.covers = Some(*upto);
                for seq in entries {
                    let row = log.row_mut(*seq).ok_or(RelayFailure::Failed)?;
                    row.superseded.get_or_insert((*by, *at));
                }
            }
            RelayOperation::Expire { network, before } => {
                for row in &mut self.log(network)?.rows {
                    let is_due = row.superseded.is_some_and(|(_, at)| at < *before);
                    if is_due && row.bytes.is_some() {
                        Arc::make_mut(row).bytes = None;
                    }
                }
            }
            RelayOperation::PutDetached { network, hash, bytes } => {
                let bytes = Arc::new(bytes.clone());
                self.log(network)?.detached.insert(*hash, bytes);
            }
            RelayOperation::PutDocument { network, doc, row } => {
                self.log(network)?.documents.insert(*doc, row.clone());
            }
            RelayOperation::PutUsage {
                network,
                member,
                usage,
            } => {
                self.log(network)?.usage.insert(*member, *usage);
            }
            RelayOperation::PutPart { network, part } => self.log(network)?.put_part(part)?,
            RelayOperation::PutMedium { network, part } => self.log(network)?.put_medium(part)?,
            RelayOperation::ConfirmMedium { network, doc, plain } => {
                let medium = self.log(network)?.media.get_mut(&(*doc, plain.hash));
                medium.ok_or(RelayFailure::Outdated)?.shape = Some(plain.shape);
            }
            RelayOperation::DropMedia { network, doc, but } => self.log(network)?.drop_media(*doc, but),
            RelayOperation::DropBlobs { network, doc } => self.log(network)?.drop_blobs(*doc),
            RelayOperation::DropParts { network, doc, blobs } => self.log(network)?.drop_parts(*doc, blobs),
        }
        Ok(())
    }

    fn log(&mut self, network: &NetworkId) -> Result<&mut Log, RelayFailure> {
        self.networks.get_mut(network).ok_or(RelayFailure::Failed)
    }
}

impl Log {
    fn head(&self) -> Seq {
        Seq(u64::try_from(self.rows.len()).unwrap_or(u64::MAX))
    }

    fn at(&self, seq: Seq) -> Option<&Row> {
        let idx = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        self.rows.get(idx).map(AsRef::as_ref)
    }

    fn row_mut(&mut self, seq: Seq) -> Option<&mut Row> {
        let idx = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        self.rows.get_mut(idx).map(Arc::make_mut)
    }

    fn chain(&self, seq: Seq) -> Option<Chain> {
        if seq == Seq(0) {
            return Some(Chain([0; 16]));
        }
        self.at(seq).map(|row| row.chain)
    }

    fn numbered(&self) -> impl Iterator<Item = (Seq, &Row)> {
        (1..).map(Seq).zip(self.rows.iter().map(AsRef::as_ref))
    }

    fn row(&self) -> NetworkRow {
        let records = self
            .numbered()
            .filter(|(_, row)| row.kind == Kind::Membership)
            .filter_map(|(seq, row)| Some((seq, row.bytes.clone()?)));
        NetworkRow {
            log_id: self.log_id,
            head: self.head(),
            chain: self.chain(self.head()).unwrap_or(Chain([0; 16])),
            records: records.collect(),
            erasing: self.erasing.iter().copied().collect(),
        }
    }

    fn known(
        &self,
        ids: &[EntryId],
        docs: &[DocumentId],
        covered: &[DocumentId],
        members: &[MemberId],
    ) -> Known {
        let wanted: BTreeSet<_> = ids.iter().collect();
        let have = self
            .numbered()
            .filter(|(_, row)| wanted.contains(&row.id))
            .map(|(seq, row)| (row.id, (seq, row.chain)));
        let documents = docs.iter().filter_map(|doc| Some((*doc, self.document(*doc)?)));
        let usage = members
            .iter()
            .filter_map(|member| Some((*member, *self.usage.get(member)?)));
        Known {
            have: have.collect(),
            documents: documents.collect(),
            living: covered.iter().map(|doc| (*doc, self.living(*doc))).collect(),
            usage: usage.collect(),
            part_bytes: members
                .iter()
                .filter_map(|member| Some((*member, *self.part_bytes.get(member)?)))
                .collect(),
            media: BTreeMap::new(),
            whole: BTreeMap::new(),
        }
    }

    fn document(&self, doc: DocumentId) -> Option<DocumentRow> {
        let mut row = self.documents.get(&doc)?.clone();
        if let Some(publication) = &mut row.publication {
            let entry = self.at(publication.seq);
            publication.is_forgotten = entry.is_some_and(|entry| entry.bytes.is_none());
        }
        Some(row)
    }

    fn confirmed(&self, media: &[(DocumentId, MediaHash)]) -> BTreeMap<(DocumentId, MediaHash), Plain> {
        let confirmed = media.iter().filter_map(|&(doc, hash)| {
            let medium = self.media.get(&(doc, hash))?;
            let plain = Plain {
                hash,
                size: medium.size,
                shape: medium.shape?,
            };
            Some(((doc, hash), plain))
        });
        confirmed.collect()
    }

    fn put_medium(&mut self, part: &NewMediumPart) -> Result<(), RelayFailure> {
        let medium = self.media.entry((part.doc, part.hash)).or_insert(Medium {
            size: part.size,
            parts: Vec::new(),
            member: part.member,
            shape: None,
        });
        let n_parts = u32::try_from(medium.parts.len()).unwrap_or(u32::MAX);
        if medium.size != part.size || part.index > n_parts {
            return Err(RelayFailure::Outdated);
        }
        if part.index == n_parts {
            medium.parts.push(Arc::new(part.bytes.clone()));
            *self.part_bytes.entry(medium.member).or_default() += part.bytes.len() as u64;
        }
        Ok(())
    }

    fn drop_media(&mut self, doc: DocumentId, but: &[MediaHash]) {
        let dropped = self
            .media
            .extract_if(.., |(of, hash), _| *of == doc && !but.contains(hash));
        for (_, medium) in dropped {
            let len: usize = medium.parts.iter().map(|part| part.len()).sum();
            if let Some(bytes) = self.part_bytes.get_mut(&medium.member) {
                *bytes = bytes.saturating_sub(len as u64);
            }
        }
    }

    fn drop_blobs(&mut self, doc: DocumentId) {
        let dropped = self.blobs.extract_if(.., |_, blob| blob.doc == doc);
        for (_, bytes, member) in dropped.flat_map(|(_, blob)| blob.parts.into_values()) {
            if let Some(used) = self.part_bytes.get_mut(&member) {
                *used = used.saturating_sub(bytes.len() as u64);
            }
        }
    }

    fn drop_parts(&mut self, doc: DocumentId, blobs: &[BlobId]) {
        for blob in blobs {
            let stored = self.blobs.get_mut(blob);
            if stored.as_ref().is_some_and(|stored| stored.doc != doc) {
                continue;
            }
            let parts = stored.map(|stored| std::mem::take(&mut stored.parts));
            for (_, bytes, member) in parts.into_iter().flat_map(BTreeMap::into_values) {
                if let Some(used) = self.part_bytes.get_mut(&member) {
                    *used = used.saturating_sub(bytes.len() as u64);
                }
            }
            self.blobs.remove(blob);
            let gone = self.blobs.values();
            let gone = gone.filter(|blob| blob.doc == doc && blob.n_parts == Some(0));
            if gone.count() < GONE_BLOBS_MAX {
                let nothing = StoredBlob {
                    doc,
                    n_parts: Some(0),
                    parts: BTreeMap::new(),
                };
                self.blobs.insert(*blob, nothing);
            }
        }
    }

    fn bytes_used(&self, member: MemberId) -> u64 {
        let entries = self.usage.get(&member).map_or(0, |usage| usage.bytes);
        let parts = self.part_bytes.get(&member).copied().unwrap_or_default();
        entries.saturating_add(parts)
    }

    fn living(&self, doc: DocumentId) -> Vec<LivingEntry> {
        self.unsuperseded(doc, |row| row.kind.is_content())
    }

    fn whole(&self, doc: DocumentId) -> Vec<LivingEntry> {
        self.unsuperseded(doc, |row| row.bytes.is_some())
    }

    fn unsuperseded(&self, doc: DocumentId, is_asked: impl Fn(&Row) -> bool) -> Vec<LivingEntry> {
        let asked = self
            .numbered()
            .filter(|(_, row)| row.doc == Some(doc) && is_asked(row));
        let living = asked.filter(|(_, row)| row.superseded.is_none());
        let entries = living.map(|(seq, row)| LivingEntry {
            seq,
            id: row.id,
            by: row.by,
            len: row.bytes.as_ref().map_or(0, Vec::len) as u64,
        });
        entries.collect()
    }

    fn put_part(&mut self, part: &NewPart) -> Result<(), RelayFailure> {
        match self.stored_part(part.name, part.is_last) {
            StoredPart::Here(hash) if hash == part.hash => return Ok(()),
            StoredPart::Here(_) | StoredPart::Unfitting | StoredPart::Gone => {
                return Err(RelayFailure::Outdated);
            }
            StoredPart::Free => {}
        }
        let blob = self.blobs.entry(part.name.blob).or_insert_with(|| StoredBlob {
            doc: part.name.doc,
            n_parts: None,
            parts: BTreeMap::new(),
        });
        let bytes = Arc::new(part.bytes.clone());
        blob.parts
            .insert(part.name.index, (part.hash, bytes, part.member));
        if part.is_last {
            blob.n_parts = Some(part.name.index + 1);
        }
        *self.part_bytes.entry(part.member).or_default() += part.bytes.len() as u64;
        Ok(())
    }

    fn stored_part(&self, name: PartName, is_last: bool) -> StoredPart {
        let Some(blob) = self.blobs.get(&name.blob) else {
            return StoredPart::Free;
        };
        if blob.doc != name.doc {
            return StoredPart::Unfitting;
        }
        if blob.n_parts == Some(0) {
            return StoredPart::Gone;
        }
        if let Some((hash, ..)) = blob.parts.get(&name.index) {
            return StoredPart::Here(*hash);
        }
        let ends_before = blob
            .n_parts
            .is_some_and(|n_parts| is_last || name.index >= n_parts);
        let goes_on = is_last
            && blob
                .parts
                .keys()
                .next_back()
                .is_some_and(|last| *last > name.index);
        if ends_before || goes_on {
            StoredPart::Unfitting
        } else {
            StoredPart::Free
        }
    }

    fn known_part(&self, name: PartName, is_last: bool, member: MemberId) -> KnownPart {
        KnownPart {
            document: self.documents.get(&name.doc).cloned(),
            bytes_used: self.bytes_used(member),
            stored: self.stored_part(name, is_last),
        }
    }

    fn blob_state(&self, groups: &[GroupId], name: BlobName) -> Option<BlobState> {
        let blob = self.blobs.get(&name.blob);
        let blob = blob.filter(|blob| blob.doc == name.doc && self.reads(name.doc, groups))?;
        Some(BlobState {
            blob: name.blob,
            n_parts: blob.n_parts.filter(|n_parts| *n_parts > 0),
            stored: blob.parts.keys().copied().collect(),
        })
    }

    fn part(&self, groups: &[GroupId], name: PartName) -> FoundPart {
        if !self.reads(name.doc, groups) {
            return FoundPart::NotReadable;
        }
        let blob = self.blobs.get(&name.blob).filter(|blob| blob.doc == name.doc);
        let part = blob.and_then(|blob| blob.parts.get(&name.index));
        part.map_or(FoundPart::NotHere, |(_, bytes, _)| {
            FoundPart::Bytes(bytes.to_vec())
        })
    }

    fn is_seen(&self, seq: Seq, row: &Row, reader: &Reader) -> bool {
        if row.kind == Kind::Membership {
            return true;
        }
        if seq <= reader.membership_only_upto {
            return false;
        }
        match row.doc {
            Some(doc) if row.kind != Kind::Erase => self.reads(doc, &reader.groups),
            Some(_) | None => true,
        }
    }

    fn reads(&self, doc: DocumentId, groups: &[GroupId]) -> bool {
        let readers = self.documents.get(&doc).map(|document| &document.readers);
        readers.is_some_and(|readers| readers.iter().any(|group| groups.contains(group)))
    }

    fn page(&self, reader: &Reader, after: Seq, bound: Seq, bytes_max: usize) -> LogPage {
        let chain = self.chain(after).unwrap_or(Chain([0; 16]));
        let mut page = PageBuilder::new(after, chain, bound, bytes_max);
        for (seq, row) in self.numbered() {
            if seq <= after || seq > bound {
                continue;
            }
            if !page.has_room() {
                break;
            }
            let is_seen = self.is_seen(seq, row, reader);
            page.push(PageRow {
                seq,
                chain: row.chain,
                is_seen,
                bytes: row.bytes.clone().filter(|_| is_seen),
                superseded_by: row.superseded.map(|(by, _)| by),
                covers: row.covers,
            });
        }
        page.finish()
    }

    fn backfill(&self, groups: &[GroupId], from: BackfillPosition, bytes_max: usize) -> BackfillSlice {
        let mut documents: Vec<(Seq, DocumentId)> = self
            .documents
            .iter()
            .filter(|(_, row)| row.first_seq <= from.document && row.erased.is_none())
            .filter(|(_, row)| row.readers.iter().any(|group| groups.contains(group)))
            .map(|(doc, row)| (row.first_seq, *doc))
            .collect();
        documents.sort_unstable_by(|a, b| b.cmp(a));
        let (mut entries, mut superseding, mut len) = (Vec::new(), BTreeSet::new(), 0);
        for (idx, (first_seq, doc)) in documents.iter().enumerate() {
            let after = if *first_seq == from.document {
                from.entry
            } else {
                Seq(0)
            };
            for (seq, row) in self.numbered() {
                let lived = row.superseded.is_none_or(|(by, _)| by > from.upto);
                if row.doc != Some(*doc) || seq <= after || seq > from.upto || !lived {
                    continue;
                }
                let Some(bytes) = &row.bytes else {
                    continue;
                };
                len += bytes.len();
                superseding.extend(row.covers.map(|_| seq));
                entries.push((seq, bytes.clone()));
                if len >= bytes_max {
                    let left = documents.len() - idx - 1;
                    return BackfillSlice {
                        entries,
                        superseding,
                        position: Some(BackfillPosition {
                            upto: from.upto,
                            document: *first_seq,
                            entry: seq,
                        }),
                        documents_left: u32::try_from(left).unwrap_or(u32::MAX),
                    };
                }
            }
        }
        BackfillSlice {
            entries,
            superseding,
            position: None,
            documents_left: 0,
        }
    }
}
