//! S12: parts of blobs are stored once, by who may write their document, and given to who may read it.

use super::desk::*;
use super::*;
use crate::crypto::{SEALED_PART_BYTES_MAX, part_hash};
use crate::id::BlobId;

const BLOB: BlobId = BlobId([9; 16]);

fn part(doc: DocumentId, index: u32, is_last: bool, bytes: &[u8]) -> PutPart {
    PutPart {
        doc,
        blob: BLOB,
        index,
        is_last,
        hash: part_hash(bytes),
        bytes: bytes.to_vec(),
    }
}

fn name(doc: DocumentId, index: u32) -> PartName {
    PartName {
        doc,
        blob: BLOB,
        index,
    }
}

/// A relay with a story of its founder.
fn desk(bugs: Bugs) -> (Desk, Member, DocumentId) {
    let mut desk = Desk::new(bugs);
    let ana = desk.founder();
    let (doc, _, document) = ana.story(1, &mut desk.rng);
    assert_eq!(desk.push(&ana, &[&document]).1, vec![]);
    desk.all(ana.session);
    (desk, ana, doc)
}

fn put(desk: &mut Desk, by: &Member, part: PutPart) -> Option<PartOutcome> {
    desk.say(by.session, &ClientToRelay::PutPart(part));
    answer(desk, by)
}

fn answer(desk: &mut Desk, to: &Member) -> Option<PartOutcome> {
    desk.all(to.session)
        .into_iter()
        .find_map(|message| match message {
            RelayToClient::PartAnswer(answer) => Some(answer.outcome),
            _ => None,
        })
}

fn get(desk: &mut Desk, by: &Member, name: PartName) -> PartGiven {
    desk.say(by.session, &ClientToRelay::GetPart(name));
    let found = desk
        .all(by.session)
        .into_iter()
        .find_map(|message| match message {
            RelayToClient::Part(part) => Some(part.given),
            _ => None,
        });
    found.unwrap()
}

fn state(desk: &mut Desk, by: &Member, doc: DocumentId) -> BlobState {
    let blobs = vec![BlobName { doc, blob: BLOB }];
    desk.say(by.session, &ClientToRelay::AskBlobs(AskBlobs { blobs }));
    let found = desk
        .all(by.session)
        .into_iter()
        .find_map(|message| match message {
            RelayToClient::Blobs(blobs) => blobs.blobs.into_iter().next(),
            _ => None,
        });
    found.unwrap()
}

fn refused(refusal: PartRefusal) -> Option<PartOutcome> {
    Some(PartOutcome::Refused(refusal))
}

#[test]
fn s12_a_part_is_stored_once_and_other_bytes_in_its_place_are_refused() {
    let (mut desk, ana, doc) = desk(Bugs::default());
    assert_eq!(
        put(&mut desk, &ana, part(doc, 0, false, b"a")),
        Some(PartOutcome::Stored)
    );
    assert_eq!(
        put(&mut desk, &ana, part(doc, 0, false, b"a")),
        Some(PartOutcome::Have)
    );
    let others = [
        part(doc, 0, false, b"b"),
        PutPart {
            doc: DocumentId([7; 16]),
            ..part(doc, 1, false, b"b")
        },
    ];
    for other in others {
        assert_eq!(put(&mut desk, &ana, other), refused(PartRefusal::OtherBytes));
    }
    assert!(!state(&mut desk, &ana, doc).is_complete());
    assert_eq!(
        put(&mut desk, &ana, part(doc, 2, true, b"c")),
        Some(PartOutcome::Stored)
    );
    let cut_off = state(&mut desk, &ana, doc);
    assert_eq!((cut_off.n_parts, cut_off.is_complete()), (Some(3), false));
    assert_eq!(cut_off.stored, [0, 2].into_iter().collect());
    for unfitting in [part(doc, 3, false, b"d"), part(doc, 1, true, b"b")] {
        assert_eq!(put(&mut desk, &ana, unfitting), refused(PartRefusal::OtherBytes));
    }
    assert_eq!(
        put(&mut desk, &ana, part(doc, 1, false, b"b")),
        Some(PartOutcome::Stored)
    );
    assert!(state(&mut desk, &ana, doc).is_complete());
    assert_eq!(
        get(&mut desk, &ana, name(doc, 1)),
        PartGiven::Bytes(PartBytes(b"b".to_vec()))
    );
    assert_eq!(get(&mut desk, &ana, name(doc, 5)), PartGiven::NotHere);
}

#[test]
fn s5_a_part_is_answered_only_after_the_store_confirmed() {
    let (mut desk, ana, doc) = desk(Bugs::default());
    desk.held = Some(Vec::new());
    assert_eq!(put(&mut desk, &ana, part(doc, 0, true, b"a")), None);
    desk.release();
    assert_eq!(answer(&mut desk, &ana), Some(PartOutcome::Stored));
}

#[test]
fn bug_1_a_part_that_is_answered_before_the_commit_is_a_lie_after_a_crash() {
    let (mut desk, ana, doc) = desk(Bugs::default().with(Bug::PartBeforeCommit));
    desk.held = Some(Vec::new());
    let early = put(&mut desk, &ana, part(doc, 0, true, b"a"));
    assert_eq!(early, Some(PartOutcome::Stored), "the planted bug answers early");
    desk.store.crash(0);
    assert_eq!(desk.store.blob(ana.network, BLOB), (vec![], false));
}

#[test]
fn a_part_that_finds_no_room_is_to_come_again() {
    let (mut desk, ana, doc) = desk(Bugs::default());
    desk.store.is_full = true;
    let full = put(&mut desk, &ana, part(doc, 0, true, b"a"));
    assert!(matches!(full, Some(PartOutcome::Refused(PartRefusal::Retry(_)))));
    desk.store.is_full = false;
    assert_eq!(
        put(&mut desk, &ana, part(doc, 0, true, b"a")),
        Some(PartOutcome::Stored)
    );
    assert_eq!(desk.relay.queued_bytes, 0);
}

#[test]
fn s11_only_who_writes_a_document_sends_its_parts_and_only_who_reads_it_gets_them() {
    let (mut desk, mut ana, doc) = desk(Bugs::default());
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let cas = desk.newcomer(&mut ana, Role::Coordinator);
    let entitled = refused(PartRefusal::NotEntitled);
    assert_eq!(put(&mut desk, &bea, part(doc, 0, false, b"a")), entitled);
    assert_eq!(
        put(&mut desk, &cas, part(doc, 0, false, b"a")),
        Some(PartOutcome::Stored)
    );
    assert_eq!(get(&mut desk, &bea, name(doc, 0)), PartGiven::NotEntitled);
    assert_eq!(state(&mut desk, &bea, doc).stored, PartSet::default());
    assert_eq!(
        get(&mut desk, &cas, name(doc, 0)),
        PartGiven::Bytes(PartBytes(b"a".to_vec()))
    );
    // A name of another document does not open the way to its blob.
    let (other, _, document) = bea.story(2, &mut desk.rng);
    desk.push(&bea, &[&document]);
    assert_eq!(get(&mut desk, &bea, name(other, 0)), PartGiven::NotHere);
}

fn drop_blob(desk: &mut Desk, by: &Member, doc: DocumentId) -> Option<PartRefusal> {
    let request = DropBlobs {
        doc,
        blobs: vec![BLOB],
    };
    desk.say(by.session, &ClientToRelay::DropBlobs(request));
    let found = desk
        .all(by.session)
        .into_iter()
        .find_map(|message| match message {
            RelayToClient::BlobsDropped(dropped) => Some(dropped),
            _ => None,
        });
    let dropped = found.unwrap();
    assert_eq!((dropped.doc, dropped.blobs), (doc, vec![BLOB]));
    dropped.refusal
}

#[test]
fn s12_who_writes_a_document_has_its_removed_blobs_dropped_for_ever() {
    let (mut desk, mut ana, doc) = desk(Bugs::default());
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let cas = desk.newcomer(&mut ana, Role::Coordinator);
    put(&mut desk, &ana, part(doc, 0, true, b"a"));
    assert_eq!(drop_blob(&mut desk, &bea, doc), Some(PartRefusal::NotEntitled));
    assert_eq!(
        drop_blob(&mut desk, &ana, DocumentId([7; 16])),
        Some(PartRefusal::UnknownDocument)
    );
    assert_eq!(desk.store.blob(ana.network, BLOB).0, [b"a"]);
    desk.store.is_full = true;
    let full = drop_blob(&mut desk, &cas, doc);
    assert!(matches!(full, Some(PartRefusal::Retry(_))));
    desk.store.is_full = false;
    for _ in 0..2 {
        assert_eq!(drop_blob(&mut desk, &cas, doc), None);
        assert_eq!(desk.store.blob(ana.network, BLOB), (vec![], false));
    }
    // Who made it has not heard of it yet.
    assert_eq!(
        put(&mut desk, &ana, part(doc, 0, true, b"a")),
        refused(PartRefusal::Gone)
    );
    assert_eq!(get(&mut desk, &ana, name(doc, 0)), PartGiven::NotHere);
    assert_eq!(state(&mut desk, &ana, doc).n_parts, None);
}

/// Nothing that she writes is taken any more: neither is anything deleted that her story still names.
#[test]
fn s12_who_only_watches_has_nothing_dropped_not_even_of_her_own_story() {
    let (mut desk, mut ana, _) = desk(Bugs::default());
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let (doc, _, document) = bea.story(2, &mut desk.rng);
    desk.push(&bea, &[&document]);
    put(&mut desk, &bea, part(doc, 0, true, b"a"));
    let member = ana.state.device(bea.device).unwrap().member;
    let watches = membership::set_role(
        &ana.state,
        signer(&ana),
        member,
        Role::Observer,
        &ana.keys,
        &mut desk.rng,
    );
    desk.record_ok(&mut ana, &watches.unwrap());
    assert_eq!(drop_blob(&mut desk, &bea, doc), Some(PartRefusal::NotEntitled));
    assert_eq!(desk.store.blob(ana.network, BLOB).0, [b"a"]);
}

#[test]
fn a_part_beyond_a_limit_or_of_nothing_known_is_refused_in_words() {
    let (mut desk, ana, doc) = desk(Bugs::default());
    let large = part(doc, 0, true, &vec![1; SEALED_PART_BYTES_MAX + 1]);
    assert_eq!(put(&mut desk, &ana, large), refused(PartRefusal::TooLarge));
    let far = part(doc, PARTS_MAX, true, b"a");
    assert_eq!(put(&mut desk, &ana, far), refused(PartRefusal::TooLarge));
    let changed = PutPart {
        bytes: b"b".to_vec(),
        ..part(doc, 0, true, b"a")
    };
    assert_eq!(put(&mut desk, &ana, changed), refused(PartRefusal::Malformed));
    let nowhere = part(DocumentId([7; 16]), 0, true, b"a");
    assert_eq!(
        put(&mut desk, &ana, nowhere),
        refused(PartRefusal::UnknownDocument)
    );
    let (stranger, _) = desk.connect();
    desk.say(stranger, &ClientToRelay::GetPart(name(doc, 0)));
    let answers = desk.all(stranger);
    assert_eq!(answers, [RelayToClient::Refused(SessionRefusal::Malformed)]);
}
