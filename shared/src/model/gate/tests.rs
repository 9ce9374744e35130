//! Goal: nothing that others send breaks a document or ends the process, and nothing honest is refused.
//! Method: chunks built by hand, seeded mutations whose checksum is set right again, seeded honest histories.

use super::*;
use crate::model::random::Random;
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ChangeHash as AutomergeHash, ExpandedChange, ObjType, ROOT, ReadDoc};
use sha2::{Digest, Sha256};
use std::num::NonZeroU64;

/// How many mutations one test run meets; `GATE_MUTATIONS=1000000 cargo test gate` for the long run.
fn mutations() -> u64 {
    let wanted = std::env::var("GATE_MUTATIONS").ok();
    wanted.and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

#[test]
fn m4_honest_histories_are_never_refused_and_converge() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let mut first = Document::new(1, random.actor());
        edit(&mut first, &mut random);
        let snapshot = first.save();
        let _created = first.take_changes();
        let mut devices = vec![first];
        for _ in 0..3 {
            devices.push(Document::load(&snapshot, random.actor()).unwrap());
        }
        let mut sent = Vec::new();
        for _ in 0..40 {
            let device = random.below(devices.len());
            match random.below(4) {
                0..2 => edit(&mut devices[device], &mut random),
                2 => sent.push(devices[device].take_changes().concat()),
                _ => {
                    if let Some(bytes) = sent.get(random.below(sent.len().max(1))) {
                        receive(&mut devices[device], bytes);
                    }
                }
            }
        }
        sent.extend(devices.iter_mut().map(|device| device.take_changes().concat()));
        for device in &mut devices {
            for _ in 0..sent.len() {
                sent.iter().for_each(|bytes| receive(device, bytes));
            }
        }
        let heads = devices[0].heads();
        for device in &mut devices {
            assert_eq!(device.heads(), heads, "seed {seed}");
            let saved = device.save();
            let mut loaded = Document::load(&saved, random.actor()).unwrap();
            assert_eq!(loaded.heads(), heads);
            assert!(loaded.save() == saved, "what is loaded saves as it was");
        }
    }
}

#[test]
fn m4_mutated_changes_with_a_right_checksum_break_nothing() {
    let history = history();
    let mut before = vec![empty()];
    for change in &history {
        let mut document = before.last().unwrap().clone();
        incremental(&mut document, change).unwrap();
        before.push(document);
    }
    let mut random = Random::new(1);
    let mut adopted = 0;
    for _ in 0..mutations() {
        let index = random.below(history.len());
        let mutated = frame(1, &mutate(body(&history[index]), &mut random));
        let mut document = before[index].clone();
        match incremental(&mut document, &mutated) {
            Ok(applied) => {
                adopted += applied.changes.len();
                prove_usable(document);
            }
            // In the browser that would be the death of the worker: the walk and the history keep it out.
            Err(error) => assert_ne!(error, GateError::Bad(Bad::Panicked)),
        }
    }
    assert!(adopted > 0, "some mutations are another honest change");
}

#[test]
fn m4_mutated_snapshots_with_a_right_checksum_break_nothing() {
    let snapshot = whole().save();
    let mut random = Random::new(2);
    for _ in 0..mutations() / 2 {
        let mutated = frame(0, &mutate(body(&snapshot), &mut random));
        match super::snapshot(&mutated, None, ActorId([7; 16])) {
            Ok(document) => prove_usable(document),
            Err(error) => assert_ne!(error, GateError::Bad(Bad::Panicked)),
        }
    }
}

#[test]
fn m4_arbitrary_bytes_are_refused() {
    let mut random = Random::new(3);
    let mut document = whole();
    for _ in 0..2_000 {
        let len = random.below(200);
        let mut bytes: Vec<u8> = (0..len).map(|_| random.byte()).collect();
        assert!(incremental(&mut document, &bytes).is_err());
        let kind = bytes.pop().unwrap_or(0) % 5;
        let framed = frame(kind, &bytes);
        assert!(incremental(&mut document, &framed).is_err());
        assert!(super::snapshot(&framed, None, ActorId([7; 16])).is_err());
    }
    assert_eq!(document.heads(), whole().heads());
}

#[test]
fn m4_a_change_cut_off_at_any_byte_is_refused() {
    let history = history();
    let mut document = empty();
    for len in 0..history[0].len() {
        assert!(matches!(
            incremental(&mut document, &history[0][..len]),
            Err(GateError::Bad(_))
        ));
    }
    let mut longer = history[0].clone();
    longer.push(0);
    assert_eq!(refusal(&mut document, &longer), Bad::Chunk);
}

#[test]
fn m4_only_uncompressed_change_chunks_are_read() {
    let mut document = empty();
    let body = body(&history()[0]);
    for kind in [0, 2, 3, 4, 255] {
        assert_eq!(refusal(&mut document, &frame(kind, &body)), Bad::ChunkType(kind));
    }
    let mut wrong = frame(1, &body);
    wrong[5] ^= 1;
    assert_eq!(refusal(&mut document, &wrong), Bad::Checksum);

    let mut long = AutoCommit::new();
    long.put(ROOT, "text", "tekst ".repeat(200)).unwrap();
    let compressed = long.get_last_local_change().unwrap().bytes().into_owned();
    assert_eq!(compressed[8], 2);
    assert_eq!(refusal(&mut document, &compressed), Bad::ChunkType(2));
    let deflated = long.save();
    assert_eq!(
        super::snapshot(&deflated, None, ActorId([7; 16])).unwrap_err(),
        GateError::Bad(Bad::Column)
    );
}

#[test]
fn m4_a_small_change_that_claims_a_hundred_billion_operations_is_refused_unread() {
    let mut document = empty();
    let n = 100_000_000_000;
    let columns = |operations, predecessors: u64| {
        vec![
            (0x15, [signed(operations), vec![1, b'k']].concat()),
            (0x34, unsigned(operations.unsigned_abs())),
            (0x42, [signed(operations), vec![1]].concat()),
            (0x56, [signed(operations), vec![0]].concat()),
            (0x70, [signed(operations), unsigned(predecessors)].concat()),
        ]
    };
    let bomb = frame(1, &change_body(&columns(n, 0)));
    assert!(bomb.len() <= 80, "{} bytes", bomb.len());
    assert_eq!(refusal(&mut document, &bomb), Bad::TooMany);
    let bomb = frame(1, &change_body(&columns(1, n.unsigned_abs())));
    assert_eq!(refusal(&mut document, &bomb), Bad::TooMany);
    let limit = i64::try_from(CHANGE_OPERATIONS_MAX).unwrap();
    let bomb = frame(1, &change_body(&columns(limit + 1, 0)));
    assert_eq!(refusal(&mut document, &bomb), Bad::TooMany);
}

#[test]
fn m4_a_snapshot_that_claims_a_hundred_billion_operations_is_refused_unread() {
    let n = signed(100_000_000_000);
    let once = |bytes: &[u8]| [signed(1), bytes.to_vec()].concat();
    let many = |value: u8| [n.clone(), vec![value]].concat();
    let bomb = |changes: Vec<(u64, Vec<u8>)>, operations: Vec<(u64, Vec<u8>)>| {
        let mut body = vec![1, 16];
        body.extend([9; 16]);
        body.push(0);
        for columns in [&changes, &operations] {
            body.extend(specification(columns));
        }
        for (_, data) in changes.iter().chain(&operations) {
            body.extend(data);
        }
        frame(0, &body)
    };
    let one_change = || vec![(0x01, once(&[0])), (0x03, once(&[1])), (0x13, once(&[1]))];
    for (changes, operations) in [
        (one_change(), vec![(0x42, many(1))]),
        (one_change(), vec![(0x42, once(&[1])), (0x80, many(1))]),
        (one_change(), vec![(0x42, once(&[1])), (0x80, once(&n))]),
        (vec![(0x01, many(0))], vec![]),
        (vec![(0x01, once(&[0])), (0x40, once(&n))], vec![]),
    ] {
        let refused = super::snapshot(&bomb(changes, operations), None, ActorId([7; 16]));
        assert!(matches!(refused, Err(GateError::Bad(_))));
    }
}

#[test]
fn m4_a_change_near_the_last_operation_number_is_refused() {
    let mut document = whole();
    for start_op in [
        u64::from(u32::MAX) - 2,
        u64::from(u32::MAX) + 1,
        OPERATION_MAX + 1,
    ] {
        let change = forged(&mut document, |change| change.start_op = number(start_op));
        assert_eq!(refusal(&mut document, &change), Bad::Start, "{start_op}");
    }
}

#[test]
fn m4_a_change_starts_right_after_its_dependencies() {
    let mut document = whole();
    let next = forged(&mut document, |_| {});
    assert_eq!(
        incremental(&mut document.clone(), &next).unwrap().changes.len(),
        1
    );
    for off in [-1, 1, 1_000] {
        let change = forged(&mut document, |change| {
            change.start_op = number(change.start_op.get().saturating_add_signed(off));
        });
        assert_eq!(refusal(&mut document, &change), Bad::Start);
    }
}

#[test]
fn m3_a_change_with_a_time_a_message_or_more_is_refused() {
    let mut document = whole();
    let changes = [
        forged(&mut document, |change| change.time = 1),
        forged(&mut document, |change| change.message = Some("van Ana".into())),
        forged(&mut document, |change| change.extra_bytes = vec![1]),
        forged(&mut document, |change| {
            change.actor_id = automerge::ActorId::from([3_u8; 15]);
        }),
    ];
    for change in changes {
        assert_eq!(refusal(&mut document, &change), Bad::Header);
    }
}

#[test]
fn m4_a_second_change_with_the_same_actor_and_number_is_refused() {
    let mut document = whole();
    let one = forged(&mut document, |_| {});
    let other = forged(&mut document, |change| {
        change.operations[0].key = automerge::legacy::Key::Map("other".into());
    });
    incremental(&mut document, &one).unwrap();
    assert_eq!(refusal(&mut document, &other), Bad::Sequence);
    let again = incremental(&mut document, &one).unwrap();
    assert_eq!(again, Applied::default(), "the same change twice is nothing new");
    for seq in [0, 2, 7] {
        let change = forged(&mut document, |change| {
            change.seq = seq;
            change.actor_id = automerge::ActorId::from([4_u8; 16]);
        });
        assert!(matches!(
            refusal(&mut document, &change),
            Bad::Sequence | Bad::Header
        ));
    }
}

#[test]
fn m3_nobody_else_writes_as_an_actor_of_this_start() {
    let mut document = whole();
    let actor = document.actor();
    document.inner.put(ROOT, "mine", 1).unwrap();
    let mine = document.take_changes().concat();
    assert_eq!(
        incremental(&mut document, &mine).unwrap(),
        Applied::default(),
        "what came back is known"
    );
    let change = forged(&mut document, |change| {
        change.actor_id = automerge::ActorId::from(actor.0);
        change.seq = 2;
    });
    assert_eq!(refusal(&mut document, &change), Bad::Sequence);
}

#[test]
fn m5_a_change_whose_dependency_is_missing_waits_and_is_adopted_later() {
    let history = history();
    let mut document = empty();
    incremental(&mut document, &history[0]).unwrap();
    let missing = authors(&history[2]).unwrap()[0].0;
    assert_eq!(
        incremental(&mut document, &history[3]),
        Err(GateError::Waiting(vec![authors(&history[1]).unwrap()[0].0, missing]).sorted())
    );
    incremental(&mut document, &history[2]).unwrap();
    incremental(&mut document, &history[1]).unwrap();
    incremental(&mut document, &history[3]).unwrap();
    assert_eq!(document.heads(), whole().heads());
}

#[test]
fn m4_an_operation_refers_only_to_what_its_change_has_seen() {
    let mut document = whole();
    let before = document.heads();
    // Another device made an object; the forger's change names it without depending on it.
    let mut other = Document::load(&document.save(), ActorId([5; 16])).unwrap();
    let object = other.inner.put_object(ROOT, "list", ObjType::List).unwrap();
    let made = other.take_changes().concat();
    incremental(&mut document, &made).unwrap();
    let change = forged(&mut document, |change| {
        change.deps = before.iter().map(|hash| AutomergeHash(hash.0)).collect();
        change.start_op = number(change.start_op.get() - 1);
        let automerge::ObjId::Id(counter, actor, _) = &object else {
            panic!("an object has an id");
        };
        change.operations[0].obj =
            automerge::legacy::ObjectId::Id(automerge::legacy::OpId::new(*counter, actor));
    });
    assert!(matches!(
        refusal(&mut document, &change),
        Bad::Reference | Bad::Operation
    ));
}

#[test]
fn a_snapshot_merges_with_what_the_device_has() {
    let mut here = whole();
    let mut there = Document::load(&here.save(), ActorId([5; 16])).unwrap();
    there.inner.put(ROOT, "there", "een").unwrap();
    here.inner.put(ROOT, "here", "twee").unwrap();
    let mut both = super::snapshot(&there.save(), Some(&here), ActorId([8; 16])).unwrap();
    assert_eq!(both.actor(), here.actor(), "it goes on as before");
    assert!(both.has_untaken());
    for key in ["here", "there"] {
        assert!(both.inner.get(ROOT, key).unwrap().is_some());
    }
    incremental(&mut there, &both.take_changes().concat()).unwrap();
    assert_eq!(both.heads(), there.heads());
}

impl GateError {
    fn sorted(self) -> Self {
        match self {
            Self::Waiting(mut missing) => {
                missing.sort_unstable();
                Self::Waiting(missing)
            }
            Self::Bad(bad) => Self::Bad(bad),
        }
    }
}

/// What a device does with bytes: adopt them, or try again later.
fn receive(document: &mut Document, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    match incremental(document, bytes) {
        Ok(_) | Err(GateError::Waiting(_)) => {}
        Err(GateError::Bad(bad)) => panic!("an honest change was refused: {bad}"),
    }
}

fn refusal(document: &mut Document, bytes: &[u8]) -> Bad {
    let heads = document.heads();
    let Err(GateError::Bad(bad)) = incremental(document, bytes) else {
        panic!("it was not refused");
    };
    assert_eq!(document.heads(), heads, "a refusal changes nothing");
    bad
}

/// Edits, saves, loads and merges: what an adopted document must stand.
fn prove_usable(mut document: Document) {
    let mut random = Random::new(4);
    edit(&mut document, &mut random);
    let mut other = Document::load(&document.save(), ActorId([8; 16])).unwrap();
    edit(&mut other, &mut random);
    edit(&mut document, &mut random);
    incremental(&mut document, &other.take_changes().concat()).unwrap();
    Document::load(&document.save(), ActorId([10; 16])).unwrap();
}

/// One honest edit of the kinds that documents see.
fn edit(document: &mut Document, random: &mut Random) {
    let objects: Vec<_> = document
        .inner
        .map_range(ROOT, ..)
        .filter(|item| matches!(item.value, automerge::ValueRef::Object(_)))
        .map(|item| (item.id(), item.key.to_string()))
        .collect();
    let inner = &mut document.inner;
    let name = format!("k{}", random.below(6));
    let Some((object, _)) = objects.get(random.below(objects.len() + 2)) else {
        match random.below(6) {
            0 => drop(inner.put_object(ROOT, name, ObjType::Text).unwrap()),
            1 => drop(inner.put_object(ROOT, name, ObjType::Map).unwrap()),
            2 => drop(inner.put_object(ROOT, name, ObjType::List).unwrap()),
            3 => inner.delete(ROOT, name).unwrap_or_default(),
            _ => inner.put(ROOT, name, random.word()).unwrap(),
        }
        return;
    };
    let len = inner.length(object);
    match inner.object_type(object).unwrap() {
        ObjType::Text => {
            let at = random.below(len + 1);
            let cut = isize::try_from(random.below(len - at + 1)).unwrap();
            inner.splice_text(object, at, cut, &random.word()).unwrap();
        }
        ObjType::List if len > 0 && random.below(3) == 0 => {
            inner.delete(object, random.below(len)).unwrap();
        }
        ObjType::List if len > 0 && random.below(3) == 0 => {
            inner.put(object, random.below(len), 7).unwrap();
        }
        ObjType::List => inner
            .insert(object, random.below(len + 1), random.word())
            .unwrap(),
        ObjType::Map | ObjType::Table => match random.below(3) {
            0 => inner.delete(object, name).unwrap_or_default(),
            1 => inner.put(object, name, vec![random.byte(); 40]).unwrap(),
            _ => inner.put(object, name, -5).unwrap(),
        },
    }
    if random.below(2) == 0 {
        document.commit();
    }
}

fn empty() -> Document {
    Document::adopt(
        AutoCommit::new_with_encoding(automerge::TextEncoding::UnicodeCodePoint),
        ActorId([9; 16]),
    )
}

fn whole() -> Document {
    let mut document = empty();
    incremental(&mut document, &history().concat()).unwrap();
    document
}

/// Four changes of two actors: the second and third at the same time, the fourth after both.
fn history() -> Vec<Vec<u8>> {
    let mut document = Document::new(1, ActorId([1; 16]));
    let inner = &mut document.inner;
    inner.put(ROOT, "title", "De soepkar").unwrap();
    let text = inner.put_object(ROOT, "happened", ObjType::Text).unwrap();
    inner
        .splice_text(&text, 0, 0, "Het begon met een kapotte keuken")
        .unwrap();
    let rows = inner.put_object(ROOT, "consents", ObjType::Map).unwrap();
    inner.put(&rows, "a", vec![1, 2, 3]).unwrap();
    document.commit();
    let mut other = Document::adopt(document.inner.clone(), ActorId([2; 16]));
    other.inner.put(ROOT, "title", "Andere").unwrap();
    other.inner.splice_text(&text, 3, 5, "x").unwrap();
    other.inner.put(&rows, "b", 5).unwrap();
    other.inner.delete(&rows, "a").unwrap();
    other.commit();
    document.inner.put(ROOT, "title", "Derde").unwrap();
    document.commit();
    document.inner.merge(&mut other.inner).unwrap();
    document.inner.put(ROOT, "title", "Vierde").unwrap();
    document.inner.splice_text(&text, 5, 2, "yz").unwrap();
    document.commit();
    let changes = document.inner.get_changes(&[]);
    changes.iter().map(|change| change.raw_bytes().to_vec()).collect()
}

/// The next change of a stranger, changed by `forge`.
fn forged(document: &mut Document, forge: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut stranger = Document::adopt(document.inner.clone(), ActorId([3; 16]));
    let fresh = document.operations();
    stranger.inner.put(ROOT, "forged", fresh).unwrap();
    let bytes = stranger.take_changes().concat();
    let mut change = automerge::Change::from_bytes(bytes).unwrap().decode();
    forge(&mut change);
    automerge::Change::from(change).raw_bytes().to_vec()
}

fn number(value: u64) -> NonZeroU64 {
    NonZeroU64::new(value).unwrap()
}

/// One to three bytes or numbers are overwritten.
fn mutate(mut body: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(3) {
        let at = random.below(body.len());
        match random.below(5) {
            0 => body[at] ^= 1 << random.below(8),
            1 => body[at] = random.byte(),
            2 => body[at] = 0xff,
            3 => body[at] = body[at].wrapping_add(1),
            _ => {
                let number = unsigned(random.next() >> random.below(64));
                body[at..]
                    .iter_mut()
                    .zip(number)
                    .for_each(|(to, byte)| *to = byte);
            }
        }
    }
    body
}

/// The body of a first change by actor 9, with these columns.
fn change_body(columns: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut body = vec![0, 16];
    body.extend([9; 16]);
    body.extend([1, 1, 0, 0, 0]);
    body.extend(specification(columns));
    columns.iter().for_each(|(_, data)| body.extend(data));
    body
}

fn specification(columns: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = unsigned(columns.len() as u64);
    for (specification, data) in columns {
        bytes.extend(unsigned(*specification));
        bytes.extend(unsigned(data.len() as u64));
    }
    bytes
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let hashed = [vec![kind], unsigned(body.len() as u64), body.to_vec()].concat();
    let checksum = &Sha256::digest(&hashed)[..4];
    [&[0x85, 0x6f, 0x4a, 0x83], checksum, &hashed].concat()
}

fn body(chunk: &[u8]) -> Vec<u8> {
    let mut reader = chunk::Reader::new(&chunk[9..]);
    reader.prefixed().unwrap().to_vec()
}

fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn signed(mut value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
