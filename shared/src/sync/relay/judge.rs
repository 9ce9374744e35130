//! Who may append what: the one place where an entry is accepted or refused.
//!
//! Checked in the order have → gone → member → document → generation → key → quota: what is in the log already is said
//! so before anything else is looked at, so that sending again is always safe (K6).

use crate::crypto::Tag;
use crate::entry::{Cover, DocumentBody, Entry, EraseBody, GroupId, KeyWrap, KeysBody, Kind};
use crate::id::{
    Chain, DeviceId, DocumentId, EntryId, Epoch, Generation, KidShort, MediaHash, MemberId, NetworkId, Seq,
};
use crate::membership::{Authority, Body, Record, RecordRefusal, Role, State};
use crate::protocol::{DETACHED_BYTES_MAX, InvitationRefusal, RECORD_BYTES_MAX, RecordRefused, Refusal};
use crate::publication::{Plain, Publication, Withdraw};
use crate::storage::{
    DocumentRow, KeyRow, Known, LivingEntry, NewEntry, PublicationRow, RelayOperation, Usage,
};
use crate::sync::bug::{Bug, Bugs};
use crate::sync::relay::Event;
use crate::sync::relay::work::{Item, Job, Parsed, RecordJob, Verdict, Work};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Longest life of an invitation by the relay's clock, with an hour for clocks that differ.
const INVITATION_LIFE_MAX: Duration = Duration::from_secs(7 * 24 * 3600 + 3600);

/// What a batch comes to.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) operations: Vec<RelayOperation>,
    /// One for each piece of work, in its order.
    pub(super) verdicts: Vec<Verdict>,
    pub(super) head: Seq,
    pub(super) chain: Chain,
    /// What the batch changes of what is known.
    pub(super) changed: Changed,
    /// A record that takes effect once it is stored.
    pub(super) record: Option<(Seq, Entry)>,
    pub(super) events: Vec<Event>,
    /// Photos and sounds that documents still show; of each document all others are to go.
    pub(super) shown: BTreeMap<DocumentId, Vec<MediaHash>>,
    /// Documents that were erased: their parts are to go.
    pub(super) erased: Vec<DocumentId>,
}

/// What a batch changes of what is known: the next one may have been looked up before.
#[derive(Debug, Default)]
pub(super) struct Changed {
    known: Known,
    superseded: BTreeSet<Seq>,
}

/// A batch that is being judged.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    network: NetworkId,
    state: &'a State,
    head: Seq,
    chain: Chain,
    /// What was found, and what the entries before in this batch made of it.
    known: Known,
    added: BTreeSet<EntryId>,
    added_living: BTreeMap<DocumentId, Vec<LivingEntry>>,
    added_whole: BTreeMap<DocumentId, Vec<LivingEntry>>,
    erased: Vec<DocumentId>,
    superseded: BTreeSet<Seq>,
    touched_documents: BTreeSet<DocumentId>,
    touched_members: BTreeSet<MemberId>,
    appends: Vec<RelayOperation>,
    record: Option<(Seq, Entry)>,
    events: Vec<Event>,
    shown: BTreeMap<DocumentId, Vec<MediaHash>>,
    now: Timestamp,
    bugs: Bugs,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        state: &'a State,
        head: Seq,
        chain: Chain,
        known: Known,
        now: Timestamp,
        bugs: Bugs,
    ) -> Self {
        Self {
            network: state.network(),
            state,
            head,
            chain,
            known,
            added: BTreeSet::new(),
            added_living: BTreeMap::new(),
            added_whole: BTreeMap::new(),
            erased: Vec::new(),
            superseded: BTreeSet::new(),
            touched_documents: BTreeSet::new(),
            touched_members: BTreeSet::new(),
            appends: Vec::new(),
            record: None,
            events: Vec::new(),
            shown: BTreeMap::new(),
            now,
            bugs,
        }
    }

    /// Judges all works in their order. Takes the bytes of what is accepted out of them.
    pub(super) fn judge(mut self, works: &mut [Work]) -> Judged {
        let head = self.head;
        let verdicts = works
            .iter_mut()
            .map(|work| match &mut work.job {
                Job::Push(items) => self.push(items),
                Job::Record(record) => self.record(record),
            })
            .collect();
        Judged {
            operations: self.operations(head),
            verdicts,
            head: self.head,
            chain: self.chain,
            changed: self.changed(),
            record: self.record,
            events: self.events,
            shown: self.shown,
            erased: self.erased,
        }
    }

    fn push(&mut self, items: &mut [Item]) -> Verdict {
        let (mut stored, mut refused) = (Vec::new(), Vec::new());
        for item in items {
            match self.item(item) {
                Ok(()) => stored.push((item.id, self.head)),
                Err(refusal) => refused.push((item.id, refusal)),
            }
        }
        Verdict::Push {
            stored,
            chain: self.chain,
            refused,
        }
    }

    fn item(&mut self, item: &mut Item) -> Result<(), Refusal> {
        let parsed = match &item.parsed {
            Ok(parsed) => parsed,
            Err(refusal) => return Err(*refusal),
        };
        let is_gone = self.is_gone(parsed.header.doc);
        if self.bugs.has(Bug::KeyBeforeHave) && parsed.header.kind.is_content() && !is_gone {
            self.check_key(parsed)?;
        }
        if let Some(&(seq, _)) = self.known.have.get(&item.id) {
            return Err(Refusal::Have(seq));
        }
        if is_gone {
            return Err(Refusal::Gone);
        }
        let seq = Seq(self.head.0 + 1);
        let authority = self
            .state
            .authority(parsed.header.by, seq)
            .filter(|_| item.is_signed)
            .ok_or(Refusal::NotMember)?;
        if authority.role == Role::Observer {
            return Err(Refusal::NotEntitled);
        }
        let effect = self.effect(parsed, authority, item.id, seq)?;
        let len = u64::try_from(item.bytes.len()).unwrap_or(u64::MAX);
        let (kind, doc, by) = (parsed.header.kind, parsed.header.doc, parsed.header.by);
        let media = parsed.media();
        let covered = self.covered(parsed);
        let freed: u64 = covered
            .iter()
            .flat_map(|(_, entries)| entries)
            .map(|entry| entry.len)
            .sum();
        self.charge(authority.member, kind, len, freed)?;
        self.append(NewEntry {
            seq,
            id: item.id,
            chain: next_chain(self.chain, seq, item.id),
            kind,
            doc,
            by,
            bytes: std::mem::take(&mut item.bytes),
        });
        let entry = LivingEntry {
            seq,
            id: item.id,
            by,
            len,
        };
        if let (Some(doc), true) = (doc, kind.is_content()) {
            self.supersede(seq, covered);
            let entry = entry.clone();
            if let Some(living) = self.known.living.get_mut(&doc) {
                living.push(entry.clone());
            }
            self.added_living.entry(doc).or_default().push(entry);
        }
        if let (Some(doc), false) = (
            doc,
            matches!(kind, Kind::Publication | Kind::Withdraw | Kind::Erase),
        ) {
            if let Some(whole) = self.known.whole.get_mut(&doc) {
                whole.push(entry.clone());
            }
            self.added_whole.entry(doc).or_default().push(entry);
        }
        if let (Some(doc), Kind::Erase) = (doc, kind) {
            self.erase(doc, seq);
        }
        if let (Some(doc), Some(row)) = (doc, effect) {
            if matches!(kind, Kind::Publication | Kind::Withdraw) {
                self.shown.insert(doc, media);
            }
            self.publish(doc, &row, seq);
            self.known.documents.insert(doc, row);
            self.touched_documents.insert(doc);
        }
        Ok(())
    }

    /// E2: nothing of an erased document is taken ever again, whoever brings it.
    fn is_gone(&self, doc: Option<DocumentId>) -> bool {
        let row = doc.and_then(|doc| self.known.documents.get(&doc));
        row.is_some_and(|row| row.erased.is_some())
    }

    /// Lets go of all that the log has of a document, and gives the bytes back at once (S17).
    fn erase(&mut self, doc: DocumentId, by: Seq) {
        let network = self.network;
        let whole = self.known.whole.remove(&doc).unwrap_or_default();
        let living: Vec<_> = whole
            .into_iter()
            .filter(|entry| !self.superseded.contains(&entry.seq))
            .collect();
        if self.bugs.has(Bug::EraseSparesSuperseded) {
            let seqs = living.iter().map(|entry| entry.seq);
            let forget = seqs.map(|seq| RelayOperation::Forget { network, seq });
            self.appends.extend(forget);
        } else {
            self.appends.push(RelayOperation::Erase { network, doc, by });
        }
        for entry in living {
            self.give_back(entry.by, |usage| {
                usage.bytes = usage.bytes.saturating_sub(entry.len)
            });
        }
        if let Some(row) = self.known.documents.get(&doc) {
            let usage = self.known.usage.entry(row.author).or_default();
            usage.documents = usage.documents.saturating_sub(1);
            self.touched_members.insert(row.author);
        }
        self.erased.push(doc);
    }

    fn give_back(&mut self, to: DeviceId, give: impl FnOnce(&mut Usage)) {
        if let Some(member) = self.state.device(to).map(|device| device.member) {
            give(self.known.usage.entry(member).or_default());
            self.touched_members.insert(member);
        }
    }

    /// Returns how far a snapshot covers and what it stands for: all living content of its document up to there, if its
    /// author saw just that (S10).
    fn covered(&self, parsed: &Parsed) -> Option<(Seq, Vec<LivingEntry>)> {
        let cover = parsed.covers()?;
        let living = self.known.living.get(&parsed.header.doc?)?.iter();
        let living = living.filter(|entry| !self.superseded.contains(&entry.seq));
        let covered: Vec<_> = living.filter(|entry| entry.seq <= cover.upto).cloned().collect();
        let ids: Vec<_> = covered.iter().map(|entry| entry.id).collect();
        let agrees = !ids.is_empty() && cover.upto <= self.head && Cover::digest(&ids) == cover.digest;
        agrees.then_some((cover.upto, covered))
    }

    /// Lets a snapshot stand for what it covers, and gives the bytes back to who wrote it (S17).
    fn supersede(&mut self, by: Seq, covered: Option<(Seq, Vec<LivingEntry>)>) {
        let Some((upto, covered)) = covered else { return };
        let entries: Vec<_> = covered.iter().map(|entry| entry.seq).collect();
        self.superseded.extend(&entries);
        for entry in covered {
            self.give_back(entry.by, |usage| {
                usage.bytes = usage.bytes.saturating_sub(entry.len)
            });
        }
        self.appends.push(RelayOperation::Supersede {
            network: self.network,
            by,
            upto,
            entries,
            at: self.now,
        });
    }

    /// Returns what the entry makes of its document, if it is good.
    fn effect(
        &self,
        parsed: &Parsed,
        authority: Authority,
        id: EntryId,
        seq: Seq,
    ) -> Result<Option<DocumentRow>, Refusal> {
        let header = &parsed.header;
        match header.kind {
            Kind::Membership => Err(Refusal::Malformed),
            Kind::Document => self.new_document(parsed, authority, seq).map(Some),
            Kind::Keys => {
                let row = self.writable(parsed, authority)?;
                self.with_keys(row, parsed, seq).map(Some)
            }
            Kind::Incremental | Kind::Snapshot => {
                self.writable(parsed, authority)?;
                self.check_key(parsed)?;
                Ok(None)
            }
            Kind::Publication => {
                let row = self.writable(parsed, authority)?;
                self.with_publication(row, parsed, authority, id, seq).map(Some)
            }
            Kind::Withdraw => {
                let mut row = self.writable(parsed, authority)?;
                let withdraw = Withdraw::decode(&parsed.plain).map_err(|_| Refusal::Malformed)?;
                let current = row.publication.map(|publication| publication.entry);
                // What a person takes back never loses a race.
                if withdraw.only_prev == Some(true) && current != Some(withdraw.prev) {
                    return Err(stale(row.publication));
                }
                row.publication = Some(PublicationRow {
                    entry: id,
                    seq,
                    is_withdrawn: true,
                    is_forgotten: false,
                });
                Ok(Some(row))
            }
            Kind::Erase => self.with_erasure(parsed, authority, seq).map(Some),
            // A later version's: stored for those who know it.
            Kind::Unknown(_) if header.doc.is_some() => self.writable(parsed, authority).map(|_| None),
            Kind::Unknown(_) => Ok(None),
        }
    }

    fn new_document(&self, parsed: &Parsed, authority: Authority, seq: Seq) -> Result<DocumentRow, Refusal> {
        let body = DocumentBody::decode(&parsed.plain).map_err(|_| Refusal::Malformed)?;
        let may_write = body.coll.may_write(true, authority.role.coordinates());
        if body.author != authority.member || body.readers != body.coll.readers(body.author) || !may_write {
            return Err(Refusal::NotEntitled);
        }
        let doc = parsed.header.doc.ok_or(Refusal::Malformed)?;
        if let Some(row) = self.known.documents.get(&doc) {
            return Err(Refusal::StaleGeneration(row.generation));
        }
        if parsed.header.generation != Generation(0) {
            return Err(Refusal::StaleGeneration(Generation(0)));
        }
        let exists = |wrap: &KeyWrap| self.state.epoch(wrap.group, wrap.epoch).is_some();
        if !body.wraps.iter().all(exists) {
            return Err(Refusal::StaleKey);
        }
        Ok(DocumentRow {
            coll: body.coll,
            author: body.author,
            readers: body.readers,
            generation: Generation(0),
            first_seq: seq,
            keys: vec![KeyRow {
                kid: KidShort::from(body.kid),
                first_seq: seq,
                wraps: epochs_of(&body.wraps),
            }],
            publication: None,
            erased: None,
        })
    }

    /// Returns the entry's document if its author may write it (S11), in its living generation.
    fn writable(&self, parsed: &Parsed, authority: Authority) -> Result<DocumentRow, Refusal> {
        let doc = parsed.header.doc.ok_or(Refusal::Malformed)?;
        let row = self.known.documents.get(&doc).ok_or(Refusal::UnknownDocument)?;
        let is_author = row.author == authority.member;
        if !row.coll.may_write(is_author, authority.role.coordinates()) {
            return Err(Refusal::NotEntitled);
        }
        if row.generation != parsed.header.generation {
            return Err(Refusal::StaleGeneration(row.generation));
        }
        Ok(row.clone())
    }

    /// E5: who wrote a draft erases it, as long as nothing of it was ever public.
    fn with_erasure(&self, parsed: &Parsed, authority: Authority, seq: Seq) -> Result<DocumentRow, Refusal> {
        let row = self.writable(parsed, authority)?;
        EraseBody::decode(&parsed.plain).map_err(|_| Refusal::Malformed)?;
        if row.author != authority.member || row.publication.is_some() {
            return Err(Refusal::NotEntitled);
        }
        Ok(DocumentRow {
            keys: Vec::new(),
            erased: Some(seq),
            ..row
        })
    }

    /// K6: current is a key that is wrapped to the newest epoch of every living reader group and was made after
    /// each of these epochs began.
    fn check_key(&self, parsed: &Parsed) -> Result<(), Refusal> {
        let doc = parsed.header.doc.ok_or(Refusal::Malformed)?;
        let row = self.known.documents.get(&doc).ok_or(Refusal::UnknownDocument)?;
        let key = row.keys.iter().find(|key| Some(key.kid) == parsed.header.kid);
        let key = key.ok_or(Refusal::StaleKey)?;
        let is_current = self
            .state
            .reader_epochs(&row.readers)
            .iter()
            .all(|&(group, epoch, _)| {
                let since = self.state.epoch_since(group);
                key.wraps.contains(&(group, epoch)) && since.is_some_and(|since| key.first_seq > since)
            });
        if is_current {
            Ok(())
        } else {
            Err(Refusal::StaleKey)
        }
    }

    fn with_keys(&self, mut row: DocumentRow, parsed: &Parsed, seq: Seq) -> Result<DocumentRow, Refusal> {
        let body = KeysBody::decode(&parsed.plain).map_err(|_| Refusal::Malformed)?;
        for wrap in &body.wraps {
            if !row.readers.contains(&wrap.group) {
                return Err(Refusal::NotEntitled);
            }
            let newest = self.state.epoch_public(wrap.group).map(|(epoch, _)| epoch);
            if newest != Some(wrap.epoch) {
                return Err(Refusal::StaleKey);
            }
        }
        let kid = KidShort::from(body.kid);
        let wraps = epochs_of(&body.wraps);
        match row.keys.iter_mut().find(|key| key.kid == kid) {
            Some(key) => {
                key.wraps
                    .retain(|(group, _)| wraps.iter().all(|(new, _)| new != group));
                key.wraps.extend(wraps);
                key.wraps.sort_unstable();
            }
            None => row.keys.push(KeyRow {
                kid,
                first_seq: seq,
                wraps,
            }),
        }
        Ok(row)
    }

    /// P2, P3: by a coordinator, with the consents that it needs, after the newest one of its document.
    fn with_publication(
        &self,
        mut row: DocumentRow,
        parsed: &Parsed,
        authority: Authority,
        id: EntryId,
        seq: Seq,
    ) -> Result<DocumentRow, Refusal> {
        if !authority.role.coordinates() {
            return Err(Refusal::NotEntitled);
        }
        let publication = Publication::decode(&parsed.plain).map_err(|_| Refusal::Malformed)?;
        publication.check(self.now).map_err(|_| Refusal::NotEntitled)?;
        let current = row.publication.map(|publication| publication.entry);
        let is_stale = publication.prev != current;
        let is_excused = self.bugs.has(Bug::PublishAfterWithdraw)
            && row.publication.is_some_and(|newest| newest.is_withdrawn);
        if is_stale && !is_excused {
            return Err(stale(row.publication));
        }
        // What it shows is here, and is what it says.
        let doc = parsed.header.doc.ok_or(Refusal::Malformed)?;
        let is_here = |plain: Plain| self.known.media.get(&(doc, plain.hash)) == Some(&plain);
        if !publication.media().all(is_here) {
            return Err(Refusal::MissingMedia);
        }
        row.publication = Some(PublicationRow {
            entry: id,
            seq,
            is_withdrawn: false,
            is_forgotten: false,
        });
        Ok(row)
    }

    /// Tells the site, and forgets the plain bytes of what is no longer shown.
    fn publish(&mut self, doc: DocumentId, row: &DocumentRow, seq: Seq) {
        let network = self.network;
        let before = self.known.documents.get(&doc).and_then(|row| row.publication);
        if before == row.publication {
            return;
        }
        if let Some(old) = before.filter(|old| !old.is_withdrawn) {
            self.appends.push(RelayOperation::Forget {
                network,
                seq: old.seq,
            });
        }
        self.events.push(match row.publication {
            Some(new) if !new.is_withdrawn => Event::Published { network, doc, seq },
            Some(_) | None => Event::Withdrawn { network, doc },
        });
    }

    /// S17: live sealed bytes and documents count; what helps to take back or to re-key never fails for quota, nor what
    /// frees as much as it takes.
    fn charge(&mut self, member: MemberId, kind: Kind, len: u64, freed: u64) -> Result<(), Refusal> {
        let policy = self.state.policy();
        let mut usage = self.known.usage.get(&member).copied().unwrap_or_default();
        let is_free = match kind {
            Kind::Publication | Kind::Withdraw | Kind::Erase => return Ok(()),
            Kind::Keys => true,
            Kind::Document => {
                usage.documents = usage.documents.saturating_add(1);
                false
            }
            Kind::Snapshot => freed >= len,
            Kind::Membership | Kind::Incremental | Kind::Unknown(_) => false,
        };
        usage.bytes = usage.bytes.saturating_add(len);
        let part_bytes = self.known.part_bytes.get(&member).copied().unwrap_or_default();
        let is_over = usage.bytes.saturating_add(part_bytes) > policy.member_bytes_max
            || usage.documents > policy.member_documents_max;
        if is_over && !is_free {
            return Err(Refusal::OverQuota);
        }
        self.known.usage.insert(member, usage);
        self.touched_members.insert(member);
        Ok(())
    }

    fn record(&mut self, record: &mut RecordJob) -> Verdict {
        Verdict::Record {
            entry: record.id,
            stored: self.judge_record(record),
        }
    }

    /// L1, L5.
    fn judge_record(&mut self, record: &mut RecordJob) -> Result<(Seq, Chain), RecordRefused> {
        if let Some(&place) = self.known.have.get(&record.id) {
            return Ok(place);
        }
        if record.bytes.len() > RECORD_BYTES_MAX || record.detached.len() > DETACHED_BYTES_MAX {
            return Err(RecordRefused::TooLarge);
        }
        let entry = record.entry.take().ok_or(RecordRefused::Malformed)?;
        let body = Record::of(&entry).map_err(|_| RecordRefused::Malformed)?;
        self.state.check(&entry, &record.detached).map_err(refused)?;
        self.check_time(&body.body)?;
        let seq = Seq(self.head.0 + 1);
        let network = self.network;
        self.append(NewEntry {
            seq,
            id: record.id,
            chain: next_chain(self.chain, seq, record.id),
            kind: Kind::Membership,
            doc: None,
            by: entry.header.by,
            bytes: std::mem::take(&mut record.bytes),
        });
        if let Some(hash) = body.detached {
            self.appends.push(RelayOperation::PutDetached {
                network,
                hash,
                bytes: std::mem::take(&mut record.detached),
            });
        }
        if let Body::Invite(invite) = &body.body {
            self.appends.push(RelayOperation::PutInvitation {
                key: invite.key,
                network,
            });
        }
        self.record = Some((seq, entry));
        Ok((seq, self.chain))
    }

    /// The relay's clock decides about invitations, and about nothing else (L2).
    fn check_time(&self, body: &Body) -> Result<(), RecordRefused> {
        match body {
            Body::Invite(invite) if invite.until > self.now.after(INVITATION_LIFE_MAX) => {
                Err(RecordRefused::NotEntitled)
            }
            Body::Join(join) => {
                let until = self
                    .state
                    .invitation(join.invite)
                    .map(|invitation| invitation.until);
                if until.is_some_and(|until| until < self.now) {
                    Err(RecordRefused::Invitation(InvitationRefusal::Expired))
                } else {
                    Ok(())
                }
            }
            Body::Genesis(_)
            | Body::Invite(_)
            | Body::InviteRevoke(_)
            | Body::Approve(_)
            | Body::MemberRole(_)
            | Body::DeviceRemove(_)
            | Body::MemberRemove(_)
            | Body::Epoch(_) => Ok(()),
        }
    }

    fn append(&mut self, entry: NewEntry) {
        self.head = entry.seq;
        self.chain = entry.chain;
        self.known.have.insert(entry.id, (entry.seq, entry.chain));
        self.added.insert(entry.id);
        self.appends.push(RelayOperation::Append {
            network: self.network,
            entry,
        });
    }

    /// Returns the transaction: the counter row first, then entries, then what is known from now on.
    fn operations(&mut self, head: Seq) -> Vec<RelayOperation> {
        let network = self.network;
        if self.appends.is_empty() {
            return Vec::new();
        }
        let mut operations = vec![RelayOperation::ExpectHead { network, head }];
        operations.append(&mut self.appends);
        let documents = self.touched_documents.iter().filter_map(|&doc| {
            let row = self.known.documents.get(&doc)?.clone();
            Some(RelayOperation::PutDocument { network, doc, row })
        });
        operations.extend(documents);
        let usage = self.touched_members.iter().filter_map(|&member| {
            let usage = *self.known.usage.get(&member)?;
            Some(RelayOperation::PutUsage {
                network,
                member,
                usage,
            })
        });
        operations.extend(usage);
        operations
    }

    fn changed(&mut self) -> Changed {
        let mut known = std::mem::take(&mut self.known);
        // Parts are counted by the store: what was found now is not carried over to the next batch.
        known.part_bytes.clear();
        known.media.clear();
        known.have.retain(|id, _| self.added.contains(id));
        known
            .documents
            .retain(|doc, _| self.touched_documents.contains(doc));
        known
            .usage
            .retain(|member, _| self.touched_members.contains(member));
        known.living = std::mem::take(&mut self.added_living);
        known.whole = std::mem::take(&mut self.added_whole);
        Changed {
            known,
            superseded: std::mem::take(&mut self.superseded),
        }
    }
}

impl Changed {
    /// Lays what a batch changed over what was found before it was stored.
    pub(super) fn lay_over(&self, found: &mut Known) {
        let known = &self.known;
        found
            .have
            .extend(known.have.iter().map(|(id, place)| (*id, *place)));
        let documents = known.documents.iter().map(|(doc, row)| (*doc, row.clone()));
        found.documents.extend(documents);
        found
            .usage
            .extend(known.usage.iter().map(|(member, usage)| (*member, *usage)));
        for (found, known) in [
            (&mut found.living, &known.living),
            (&mut found.whole, &known.whole),
        ] {
            for (doc, living) in found {
                let added = known.get(doc).into_iter().flatten();
                let newest = living.last().map(|entry| entry.seq);
                living.extend(added.filter(|entry| Some(entry.seq) > newest).cloned());
                living.retain(|entry| !self.superseded.contains(&entry.seq));
            }
        }
    }
}

/// Returns the log's token at an entry (S2).
pub(super) fn next_chain(chain: Chain, seq: Seq, id: EntryId) -> Chain {
    let digest = Tag::CHAIN.digest(&[&chain.0, &seq.0.to_be_bytes(), &id.0]);
    let mut short = [0; Chain::LEN];
    short
        .iter_mut()
        .zip(digest)
        .for_each(|(byte, hashed)| *byte = hashed);
    Chain(short)
}

/// Refuses what does not follow the newest publication.
fn stale(newest: Option<PublicationRow>) -> Refusal {
    match newest {
        Some(newest) if newest.is_forgotten => Refusal::EndedPublication(newest.entry),
        Some(_) | None => Refusal::StalePublication(newest.map(|newest| newest.entry)),
    }
}

fn epochs_of(wraps: &[KeyWrap]) -> Vec<(GroupId, Epoch)> {
    wraps.iter().map(|wrap| (wrap.group, wrap.epoch)).collect()
}

fn refused(refusal: RecordRefusal) -> RecordRefused {
    match refusal {
        RecordRefusal::Malformed => RecordRefused::Malformed,
        RecordRefusal::StalePrev => RecordRefused::StalePrev,
        RecordRefusal::BadSignature => RecordRefused::BadSignature,
        RecordRefusal::NotEntitled => RecordRefused::NotEntitled,
        RecordRefusal::InvitationUnknown => RecordRefused::Invitation(InvitationRefusal::Unknown),
        RecordRefusal::InvitationUsed => RecordRefused::Invitation(InvitationRefusal::Used),
        RecordRefusal::InvitationRevoked => RecordRefused::Invitation(InvitationRefusal::Revoked),
        RecordRefusal::WrongKeys => RecordRefused::WrongKeys,
        RecordRefusal::LastAdmin => RecordRefused::LastAdmin,
        RecordRefusal::Unknown | RecordRefusal::Full => RecordRefused::Unknown,
    }
}
