use super::*;
use crate::id::MemberId;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

#[test]
fn every_message_has_its_golden_bytes() {
    let mut lines = String::new();
    for message in from_client() {
        lines += &line(">", &format!("{message:?}"), &message.encode());
    }
    for message in from_relay() {
        lines += &line("<", &format!("{message:?}"), &message.encode());
    }
    let golden = include_str!("golden.txt");
    assert_eq!(lines, golden, "the bytes of a message changed:\n{lines}");
}

#[test]
fn every_message_reads_back_as_itself() {
    for message in from_client() {
        assert_eq!(ClientToRelay::decode(&message.encode()), Ok(message));
    }
    for message in from_relay() {
        assert_eq!(RelayToClient::decode(&message.encode()), Ok(message));
    }
}

#[test]
fn mutated_bytes_never_panic_and_never_have_a_second_encoding() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let originals: Vec<Vec<u8>> = from_client()
        .iter()
        .map(ClientToRelay::encode)
        .chain(from_relay().iter().map(RelayToClient::encode))
        .collect();
    for round in 0..400 {
        for original in &originals {
            let bytes = mutated(original, round, &mut rng);
            if let Ok(message) = ClientToRelay::decode(&bytes) {
                assert_eq!(message.encode(), bytes);
            }
            if let Ok(message) = RelayToClient::decode(&bytes) {
                assert_eq!(message.encode(), bytes);
            }
        }
    }
}

#[test]
fn a_message_beyond_the_limit_is_refused_before_it_is_read() {
    let entries = vec![EntryBytes(vec![0; MESSAGE_BYTES_MAX])];
    let bytes = ClientToRelay::Push(Push { entries }).encode();
    assert_eq!(
        ClientToRelay::decode(&bytes),
        Err(MessageError::TooLarge { len: bytes.len() })
    );
}

#[test]
fn the_largest_entry_fits_a_push_and_a_page() {
    let entry = EntryBytes(vec![0; crate::entry::ENTRY_BYTES_MAX]);
    let push = ClientToRelay::Push(Push {
        entries: vec![entry.clone()],
    });
    assert!(push.encode().len() <= MESSAGE_BYTES_MAX);
    let page = RelayToClient::Page(Page {
        prev: Seq(u64::MAX - 1),
        entries: vec![(Seq(u64::MAX), entry)],
        upto: Seq(u64::MAX),
        upto_chain: Chain([0; 16]),
        more: true,
    });
    assert!(page.encode().len() <= MESSAGE_BYTES_MAX);
}

#[test]
fn s12_a_set_of_parts_tells_which_are_missing() {
    let state = |stored: &[u32], n_parts| BlobState {
        blob: BlobId([1; 16]),
        n_parts,
        stored: stored.iter().copied().collect(),
    };
    assert!(state(&[0, 2, 1], Some(3)).is_complete());
    assert!(
        !state(&[0, 1], None).is_complete(),
        "nobody knows whether more follow"
    );
    let cut = state(&[0, 1, 9, PARTS_MAX], Some(10));
    assert!(!cut.is_complete());
    assert_eq!((0..).find(|index| !cut.stored.contains(*index)), Some(2));
    assert!(cut.stored.contains(9) && !cut.stored.contains(PARTS_MAX));
}

#[test]
fn the_largest_part_is_far_below_a_message() {
    let bytes = vec![0; crate::crypto::SEALED_PART_BYTES_MAX];
    let part = PutPart {
        doc: DocumentId([1; 16]),
        blob: BlobId([1; 16]),
        index: PARTS_MAX - 1,
        is_last: true,
        hash: PartHash([1; 32]),
        bytes: bytes.clone(),
    };
    let overhead = ClientToRelay::PutPart(part).encode().len() - bytes.len();
    assert!(overhead < 100, "{overhead}");
}

#[test]
fn a_claimed_length_allocates_nothing() {
    // [1, [array of 2^62 entries …
    let bytes = [0x82, 0x01, 0x81, 0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(ClientToRelay::decode(&bytes), Err(MessageError::Malformed));
}

#[test]
fn w2_a_signature_is_bound_to_relay_page_device_connection_protocol_and_checkpoint() {
    let hello = hello();
    let base = auth_message(&hello, "https://a.example", DeviceId(1), 1, Some(&checkpoint()));
    let other_nonce = Hello {
        nonce: [9; 32],
        ..hello
    };
    let other_key = Hello {
        relay_key: SignPublic([9; 32]),
        ..hello
    };
    let other_checkpoint = Checkpoint {
        seq: Seq(8),
        ..checkpoint()
    };
    for other in [
        auth_message(
            &other_nonce,
            "https://a.example",
            DeviceId(1),
            1,
            Some(&checkpoint()),
        ),
        auth_message(
            &other_key,
            "https://a.example",
            DeviceId(1),
            1,
            Some(&checkpoint()),
        ),
        auth_message(&hello, "https://b.example", DeviceId(1), 1, Some(&checkpoint())),
        auth_message(&hello, "https://a.example", DeviceId(2), 1, Some(&checkpoint())),
        auth_message(&hello, "https://a.example", DeviceId(1), 2, Some(&checkpoint())),
        auth_message(&hello, "https://a.example", DeviceId(1), 1, None),
        auth_message(
            &hello,
            "https://a.example",
            DeviceId(1),
            1,
            Some(&other_checkpoint),
        ),
    ] {
        assert_ne!(base, other);
    }
}

fn line(direction: &str, debug: &str, bytes: &[u8]) -> String {
    let name: String = debug
        .split(|c: char| !c.is_alphanumeric())
        .take(2)
        .collect::<Vec<_>>()
        .join(" ");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{direction} {} {hex}\n", name.trim())
}

/// One of: a changed byte, a cut, an inserted byte, a byte twice, two bytes swapped.
fn mutated(original: &[u8], round: usize, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let mut at = |len: usize| usize::try_from(rng.next_u32()).unwrap() % len;
    let (here, there) = (at(bytes.len()), at(bytes.len()));
    let byte = u8::try_from(at(256)).unwrap();
    match round % 5 {
        0 => bytes[here] = byte,
        1 => bytes.truncate(here),
        2 => bytes.insert(here, byte),
        3 => bytes.insert(here, bytes[there]),
        _ => bytes.swap(here, there),
    }
    bytes
}

fn hello() -> Hello {
    Hello {
        nonce: [1; 32],
        relay_key: SignPublic([2; 32]),
        protocol: 1,
    }
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        log_id: LogId([3; 16]),
        seq: Seq(7),
        chain: Chain([4; 16]),
    }
}

fn receipt() -> Receipt {
    Receipt {
        log_id: LogId([3; 16]),
        entries: vec![(EntryId([5; 32]), Seq(8)), (EntryId([6; 32]), Seq(9))],
        chain: Chain([4; 16]),
        at: Timestamp(1_700_000_000_000),
        signature: Signature([7; 64]),
    }
}

fn position() -> BackfillPosition {
    BackfillPosition {
        upto: Seq(900),
        document: Seq(300),
        entry: Seq(301),
    }
}

fn from_client() -> Vec<ClientToRelay> {
    let entry = || EntryBytes(vec![1, 2, 3]);
    vec![
        ClientToRelay::Auth(Auth {
            network: NetworkId([1; 32]),
            device: DeviceId(2),
            protocol: 1,
            checkpoint: Some(checkpoint()),
            signature: Signature([7; 64]),
        }),
        ClientToRelay::Auth(Auth {
            network: NetworkId([1; 32]),
            device: DeviceId(300),
            protocol: 1,
            checkpoint: None,
            signature: Signature([7; 64]),
        }),
        ClientToRelay::Push(Push {
            entries: vec![entry(), EntryBytes(vec![])],
        }),
        ClientToRelay::Record(Record {
            entry: entry(),
            detached: vec![4],
        }),
        ClientToRelay::Detached(DetachedRequest {
            hashes: vec![DetachedHash([8; 32])],
        }),
        ClientToRelay::Backfill(BackfillRequest {
            groups: vec![GroupId::Coord, GroupId::Area(44021), GroupId::Member(MemberId(3))],
            position: Some(position()),
        }),
        ClientToRelay::Backfill(BackfillRequest {
            groups: vec![],
            position: None,
        }),
        ClientToRelay::Pull(checkpoint()),
        ClientToRelay::Found(Found {
            genesis: entry(),
            detached: vec![4],
            code: "0123456789AB".to_owned(),
        }),
        ClientToRelay::Lookup(SignPublic([9; 32])),
        ClientToRelay::Join(Join {
            network: NetworkId([1; 32]),
            entry: entry(),
            detached: vec![],
        }),
        ClientToRelay::PutPart(PutPart {
            doc: DocumentId([10; 16]),
            blob: BlobId([11; 16]),
            index: 300,
            is_last: true,
            hash: PartHash([12; 32]),
            bytes: vec![1, 2],
        }),
        ClientToRelay::AskBlobs(AskBlobs {
            blobs: vec![BlobName {
                doc: DocumentId([10; 16]),
                blob: BlobId([11; 16]),
            }],
        }),
        ClientToRelay::GetPart(part_name()),
        ClientToRelay::DropBlobs(DropBlobs {
            doc: DocumentId([10; 16]),
            blobs: vec![BlobId([11; 16]), BlobId([13; 16])],
        }),
        ClientToRelay::AskMedia(AskMedia {
            doc: DocumentId([10; 16]),
            media: vec![MediaHash([14; 32])],
        }),
        ClientToRelay::PutMedium(PutMedium {
            doc: DocumentId([10; 16]),
            hash: MediaHash([14; 32]),
            size: 100_000,
            index: 1,
            bytes: vec![1, 2],
        }),
    ]
}

fn part_name() -> PartName {
    PartName {
        doc: DocumentId([10; 16]),
        blob: BlobId([11; 16]),
        index: 2,
    }
}

fn from_relay() -> Vec<RelayToClient> {
    let entry = || EntryBytes(vec![1, 2, 3]);
    let refused = |refusal| {
        RelayToClient::Record(RecordAnswer {
            entry: EntryId([5; 32]),
            outcome: RecordOutcome::Refused(refusal),
        })
    };
    let session = RelayToClient::Refused;
    let name = part_name();
    let put = |outcome| RelayToClient::PartAnswer(PartAnswer { name, outcome });
    let got = |given| RelayToClient::Part(Part { name, given });
    let dropped = |refusal| {
        RelayToClient::BlobsDropped(BlobsDropped {
            doc: DocumentId([10; 16]),
            blobs: vec![BlobId([11; 16])],
            refusal,
        })
    };
    let put_medium = |outcome| {
        RelayToClient::MediumAnswer(MediumAnswer {
            doc: DocumentId([10; 16]),
            hash: MediaHash([14; 32]),
            index: 2,
            outcome,
        })
    };
    vec![
        RelayToClient::Hello(hello()),
        RelayToClient::Welcome(Welcome {
            log_id: LogId([3; 16]),
            head: Seq(1_000),
            at: Timestamp(1_700_000_000_000),
        }),
        session(SessionRefusal::UnknownNetwork),
        session(SessionRefusal::UnknownDevice),
        session(SessionRefusal::Removed),
        session(SessionRefusal::ProtocolTooOld(2)),
        session(SessionRefusal::ProtocolTooNew(1)),
        session(SessionRefusal::UnknownCheckpoint),
        session(SessionRefusal::Malformed),
        session(SessionRefusal::TooLarge),
        session(SessionRefusal::TooMany(WaitMs(1_000))),
        session(SessionRefusal::TooSlow),
        session(SessionRefusal::Unavailable(WaitMs(5_000))),
        RelayToClient::FoundRefused(FoundRefusal::WrongCode),
        RelayToClient::FoundRefused(FoundRefusal::AlreadyFounded),
        RelayToClient::FoundRefused(FoundRefusal::BadGenesis),
        RelayToClient::FoundRefused(FoundRefusal::Retry(WaitMs(1_000))),
        RelayToClient::Invitation(Invitation {
            genesis: entry(),
            invite: entry(),
            head: EntryId([5; 32]),
            device: DeviceId(4),
        }),
        RelayToClient::InvitationRefused(InvitationRefusal::Unknown),
        RelayToClient::InvitationRefused(InvitationRefusal::Used),
        RelayToClient::InvitationRefused(InvitationRefusal::Expired),
        RelayToClient::InvitationRefused(InvitationRefusal::Revoked),
        RelayToClient::Record(RecordAnswer {
            entry: EntryId([5; 32]),
            outcome: RecordOutcome::Stored(receipt()),
        }),
        refused(RecordRefused::Malformed),
        refused(RecordRefused::StalePrev),
        refused(RecordRefused::BadSignature),
        refused(RecordRefused::NotEntitled),
        refused(RecordRefused::Invitation(InvitationRefusal::Used)),
        refused(RecordRefused::WrongKeys),
        refused(RecordRefused::LastAdmin),
        refused(RecordRefused::Unknown),
        refused(RecordRefused::TooLarge),
        refused(RecordRefused::Retry(WaitMs(70_000))),
        RelayToClient::Page(Page {
            prev: Seq(7),
            entries: vec![(Seq(8), entry()), (Seq(70_000), entry())],
            upto: Seq(70_001),
            upto_chain: Chain([4; 16]),
            more: false,
        }),
        RelayToClient::Backfill(BackfillPage {
            position: Some(position()),
            entries: vec![(Seq(300), entry())],
            documents_left: 12,
        }),
        RelayToClient::Backfill(BackfillPage {
            position: None,
            entries: vec![],
            documents_left: 0,
        }),
        RelayToClient::Receipt(receipt()),
        RelayToClient::Refusals(Refusals {
            refusals: [
                Refusal::Have(Seq(4)),
                Refusal::Gone,
                Refusal::NotMember,
                Refusal::UnknownDocument,
                Refusal::StaleGeneration(Generation(2)),
                Refusal::StaleKey,
                Refusal::OverQuota,
                Refusal::TooLarge,
                Refusal::NotEntitled,
                Refusal::StalePublication(None),
                Refusal::StalePublication(Some(EntryId([6; 32]))),
                Refusal::Malformed,
                Refusal::Retry(WaitMs(1_000)),
                Refusal::MissingMedia,
                Refusal::EndedPublication(EntryId([6; 32])),
            ]
            .into_iter()
            .map(|refusal| (EntryId([5; 32]), refusal))
            .collect(),
        }),
        RelayToClient::Detached(DetachedParts {
            parts: vec![
                DetachedPart {
                    hash: DetachedHash([8; 32]),
                    bytes: Some(PartBytes(vec![1, 2])),
                },
                DetachedPart {
                    hash: DetachedHash([9; 32]),
                    bytes: None,
                },
            ],
        }),
        put(PartOutcome::Stored),
        put(PartOutcome::Have),
        put(PartOutcome::Refused(PartRefusal::Gone)),
        put(PartOutcome::Refused(PartRefusal::NotMember)),
        put(PartOutcome::Refused(PartRefusal::UnknownDocument)),
        put(PartOutcome::Refused(PartRefusal::NotEntitled)),
        put(PartOutcome::Refused(PartRefusal::OverQuota)),
        put(PartOutcome::Refused(PartRefusal::TooLarge)),
        put(PartOutcome::Refused(PartRefusal::OtherBytes)),
        put(PartOutcome::Refused(PartRefusal::Malformed)),
        put(PartOutcome::Refused(PartRefusal::Retry(WaitMs(1_000)))),
        RelayToClient::Blobs(Blobs {
            blobs: vec![
                BlobState {
                    blob: BlobId([11; 16]),
                    n_parts: Some(12),
                    stored: (0..10).collect(),
                },
                BlobState {
                    blob: BlobId([13; 16]),
                    n_parts: None,
                    stored: PartSet::default(),
                },
            ],
        }),
        dropped(None),
        dropped(Some(PartRefusal::NotEntitled)),
        got(PartGiven::Bytes(PartBytes(vec![1, 2]))),
        got(PartGiven::NotHere),
        got(PartGiven::NotEntitled),
        got(PartGiven::Retry(WaitMs(1_000))),
        RelayToClient::Media(MediaStates {
            doc: DocumentId([10; 16]),
            media: vec![MediumState {
                hash: MediaHash([14; 32]),
                n_parts: 2,
                is_whole: false,
            }],
        }),
        put_medium(MediumOutcome::Stored),
        put_medium(MediumOutcome::Whole),
        put_medium(MediumOutcome::Refused(PartRefusal::OtherBytes)),
    ]
}
