//! Snapshots that stand for what came before them (S10).

use super::*;
use crate::entry::{Address, Content, ContentKind, Cover, Covered, Told, Withheld};
use crate::id::EntryId;
use crate::storage::Usage;
use std::collections::BTreeMap;

const DAY_MS: u64 = 24 * 3_600_000;

/// A story at the desk: its birth, and content that is in the log.
struct Story {
    doc: DocumentId,
    key: DocumentKey,
    /// Content that lives, with its seqs.
    living: Vec<(EntryId, Seq)>,
}

impl Story {
    /// A story with two changes.
    fn new(desk: &mut Desk, ana: &Member) -> Self {
        let (doc, key, document) = ana.story(1, &mut desk.rng);
        let changes = [
            ana.change(doc, &key, &mut desk.rng),
            ana.change(doc, &key, &mut desk.rng),
        ];
        let (stored, _) = desk.push(ana, &[&document, &changes[0], &changes[1]]);
        let living = stored[1..].to_vec();
        Self { doc, key, living }
    }

    fn upto(&self) -> Seq {
        self.living.last().unwrap().1
    }

    /// A snapshot of the story that says to cover these entries.
    fn snapshot(&self, by: &Member, ids: &[EntryId], len: usize, rng: &mut ChaCha8Rng) -> Entry {
        let address = Address {
            network: by.network,
            doc: self.doc,
            generation: Generation(0),
            by: by.device,
        };
        let mut bytes = vec![0; len];
        rand_core::Rng::fill_bytes(rng, &mut bytes);
        let content = Content {
            bytes,
            ..Content::default()
        };
        let covered = Covered {
            upto: self.upto(),
            digest: Cover::digest(ids),
            heads: &[[4; 32]],
        };
        let kind = ContentKind::Snapshot(covered);
        Entry::seal_content(address, kind, &self.key, &content, &by.sign, rng).unwrap()
    }

    /// Sends a snapshot that covers all that lives.
    fn settle(&self, desk: &mut Desk, by: &Member, len: usize) -> Entry {
        let ids: Vec<_> = self.living.iter().map(|(id, _)| *id).collect();
        let snapshot = self.snapshot(by, &ids, len, &mut desk.rng);
        let (stored, refused) = desk.push(by, &[&snapshot]);
        assert_eq!((stored.len(), refused), (1, vec![]));
        snapshot
    }
}

/// Bytes of entries in the pages that came, by seq.
fn came(desk: &mut Desk, member: &Member) -> BTreeMap<Seq, Vec<u8>> {
    desk.pass(LIVE_PAGE_INTERVAL_MS);
    let pages = desk
        .all(member.session)
        .into_iter()
        .filter_map(|message| match message {
            RelayToClient::Page(page) => Some(page.entries),
            RelayToClient::Backfill(page) => Some(page.entries),
            _ => None,
        });
    pages
        .flatten()
        .map(|(seq, EntryBytes(bytes))| (seq, bytes))
        .collect()
}

/// Everything that a backfill gives to this member.
fn backfilled(desk: &mut Desk, member: &Member) -> BTreeMap<Seq, Vec<u8>> {
    desk.all(member.session);
    let request = BackfillRequest {
        groups: Vec::new(),
        position: None,
    };
    desk.say(member.session, &ClientToRelay::Backfill(request));
    came(desk, member)
}

fn withheld(bytes: &[u8]) -> Option<Withheld> {
    match Told::decode(bytes).unwrap() {
        Told::Withheld(withheld) => Some(withheld),
        Told::Entry(_) | Told::Superseding(_) => None,
    }
}

/// A snapshot that supersedes others, as who lacks them is told of it.
fn whole(snapshot: &Entry) -> Vec<u8> {
    Told::Superseding(snapshot.clone()).encode()
}

fn n_with_bytes(desk: &Desk, network: NetworkId) -> usize {
    let entries = desk.store.entries(network);
    entries.filter(|(_, _, bytes)| bytes.is_some()).count()
}

#[test]
fn s10_a_snapshot_supersedes_only_what_the_relay_itself_finds() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let story = Story::new(&mut desk, &ana);
    let [(first, _), (second, seq)] = story.living[..] else {
        panic!("two changes");
    };
    // Not all of it, more than all, and what is not there yet.
    let partly = story.snapshot(&ana, &[second], 10, &mut desk.rng);
    let more = story.snapshot(&ana, &[first, second, EntryId([1; 32])], 10, &mut desk.rng);
    let mut early = story.snapshot(&ana, &[first, second], 10, &mut desk.rng);
    early.header.cover.as_mut().unwrap().upto = Seq(1_000);
    let early = Entry::sign(early.header, early.ct, ana.network, &ana.sign);
    let (stored, _) = desk.push(&ana, &[&partly, &more, &early]);
    assert_eq!(stored.len(), 3);
    assert_eq!(backfilled(&mut desk, &ana).len(), 6);
    // All of it, as it was when the author looked: what came since goes on living.
    let snapshot = story.settle(&mut desk, &ana, 10);
    let seen = backfilled(&mut desk, &ana);
    assert_eq!((seen.len(), seen.contains_key(&seq)), (5, false));
    assert_eq!(seen.values().last(), Some(&whole(&snapshot)));
    // The same once more is no lie, and changes nothing.
    story.settle(&mut desk, &ana, 10);
    assert_eq!(backfilled(&mut desk, &ana).len(), 6);
}

#[test]
fn s10_a_device_that_has_what_a_snapshot_covers_gets_its_heads() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Coordinator);
    let mut away = bea.clone();
    let story = Story::new(&mut desk, &ana);
    desk.follow(&mut bea);
    let snapshot = story.settle(&mut desk, &ana, 2_000);
    let seen = came(&mut desk, &bea);
    assert_eq!(seen.len(), 1);
    let withheld = withheld(seen.values().next().unwrap()).unwrap();
    assert_eq!(withheld.id, snapshot.id(bea.network));
    let heads = withheld.header.open_heads(bea.network, &story.key);
    assert_eq!(heads.unwrap(), [[4; 32]]);
    // A device that was away gets the snapshot and not what it stands for; so does who comes later.
    let (session, hello) = desk.connect();
    away.session = session;
    desk.say(session, &auth(&hello, &away));
    let seen = came(&mut desk, &away);
    assert_eq!(seen.values().last(), Some(&whole(&snapshot)));
    assert!(story.living.iter().all(|(_, seq)| !seen.contains_key(seq)));
    assert_eq!(
        backfilled(&mut desk, &away).values().last(),
        Some(&whole(&snapshot))
    );
    // A story's first snapshot stands for nothing and always comes whole.
    let (doc, key, document) = ana.story(2, &mut desk.rng);
    let first = Story {
        doc,
        key,
        living: vec![(EntryId([0; 32]), Seq(0))],
    };
    let first = first.snapshot(&ana, &[], 10, &mut desk.rng);
    desk.push(&ana, &[&document, &first]);
    let seen = came(&mut desk, &away);
    assert_eq!(seen.values().last(), Some(&first.encode()));
}

#[test]
fn bug_7_a_snapshot_withheld_in_a_backfill() {
    let mut desk = Desk::new(Bugs::default().with(Bug::WithheldInBackfill));
    let ana = desk.founder();
    let story = Story::new(&mut desk, &ana);
    story.settle(&mut desk, &ana, 10);
    let seen = backfilled(&mut desk, &ana);
    assert!(withheld(seen.values().last().unwrap()).is_some());
}

#[test]
fn s10_what_was_superseded_is_kept_for_thirty_days_of_the_relay() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let story = Story::new(&mut desk, &ana);
    story.settle(&mut desk, &ana, 10);
    let n_before = n_with_bytes(&desk, ana.network);
    for (days, n_gone) in [(29, 0), (2, 2)] {
        desk.pass(days * DAY_MS);
        // Whoever comes by lets the relay look.
        desk.sign_in(&mut ana);
        assert_eq!(n_with_bytes(&desk, ana.network), n_before - n_gone);
    }
    assert_eq!(backfilled(&mut desk, &ana).len(), 2);
}

/// A page ends between an entry that is gone and the snapshot that stands for it.
#[test]
fn s10_a_device_that_was_away_too_long_gets_snapshots_whole() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Coordinator);
    let story = Story::new(&mut desk, &ana);
    for number in 2..4 {
        let (doc, key, document) = ana.story(number, &mut desk.rng);
        let large = Story {
            doc,
            key,
            living: vec![(EntryId([0; 32]), Seq(0))],
        };
        let large = large.snapshot(&ana, &[], 200_000, &mut desk.rng);
        desk.push(&ana, &[&document, &large]);
    }
    let snapshot = story.settle(&mut desk, &ana, 10);
    desk.pass(31 * DAY_MS);
    desk.sign_in(&mut ana);
    let (session, hello) = desk.connect();
    bea.session = session;
    desk.say(session, &auth(&hello, &bea));
    desk.pass(LIVE_PAGE_INTERVAL_MS);
    let messages = desk.all(bea.session);
    let is_page = |message: &&RelayToClient| matches!(message, RelayToClient::Page(_));
    assert_eq!(messages.iter().filter(is_page).count(), 2);
    desk.sent.insert(bea.session, messages.into());
    assert_eq!(came(&mut desk, &bea).values().last(), Some(&whole(&snapshot)));
}

#[test]
fn s17_superseding_gives_the_bytes_back() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let bea = desk.newcomer(&mut ana, Role::Coordinator);
    let story = Story::new(&mut desk, &ana);
    let before = usage(&desk, &ana);
    let change = bea.change(story.doc, &story.key, &mut desk.rng);
    let (stored, _) = desk.push(&bea, &[&change]);
    let story = Story {
        living: [story.living, stored].concat(),
        ..story
    };
    let snapshot = story.settle(&mut desk, &bea, 10);
    let change_len = change.encode().len() as u64;
    assert_eq!(usage(&desk, &ana).bytes, before.bytes - 2 * change_len);
    assert_eq!(usage(&desk, &bea).bytes, snapshot.encode().len() as u64);
}

fn usage(desk: &Desk, member: &Member) -> Usage {
    let query = RelayQuery::Judge {
        network: member.network,
        ids: Vec::new(),
        docs: Vec::new(),
        covered: Vec::new(),
        whole: Vec::new(),
        members: vec![member.member],
        media: Vec::new(),
    };
    let Answer::Judge(known) = desk.store.answer(&query) else {
        panic!("not a judgement");
    };
    known.usage[&member.member]
}
