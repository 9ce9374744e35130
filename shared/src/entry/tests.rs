use super::*;
use crate::cbor::mutation::{check_decoder, mutations};
use crate::crypto::{DocumentKey, EpochSecret, OpenError};
use crate::id::{Chain, Epoch, MemberId};
use crate::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

const NETWORK: NetworkId = NetworkId([7; 32]);
const OTHER_NETWORK: NetworkId = NetworkId([8; 32]);
const DOC: DocumentId = DocumentId([9; 16]);
const AUTHOR: MemberId = MemberId(5);

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2)
}

fn sign_key() -> SignKey {
    SignKey::from_bytes(&[1; 32])
}

fn document_key() -> DocumentKey {
    DocumentKey::from_bytes(&[2; 32])
}

fn coord() -> EpochSecret {
    EpochSecret::from_bytes(&[3; 32])
}

fn own() -> EpochSecret {
    EpochSecret::from_bytes(&[4; 32])
}

fn address() -> Address {
    Address {
        network: NETWORK,
        doc: DOC,
        generation: Generation(1),
        by: DeviceId(300),
    }
}

fn content() -> Content {
    Content {
        bytes: b"wijziging".to_vec(),
        at: Timestamp(1_790_000_000_000),
        last_seen: Some(LastSeen {
            seq: Seq(41),
            chain: Chain([6; 16]),
        }),
        authors: vec![AuthorSpan {
            actor: [8; 16],
            device: DeviceId(300),
            first_at: Timestamp(1),
            last_at: Timestamp(2),
        }],
        row_hint: Some(RowHint::from(b"rij".to_vec())),
    }
}

fn incremental() -> Entry {
    Entry::seal_content(
        address(),
        ContentKind::Incremental,
        &document_key(),
        &content(),
        &sign_key(),
        &mut rng(),
    )
    .unwrap()
}

fn snapshot() -> Entry {
    let covered = Covered {
        upto: Seq(40),
        digest: Cover::digest(&[EntryId([2; 32]), EntryId([1; 32])]),
        heads: &[[5; 32], [6; 32]],
    };
    let kind = ContentKind::Snapshot(covered);
    Entry::seal_content(
        address(),
        kind,
        &document_key(),
        &content(),
        &sign_key(),
        &mut rng(),
    )
    .unwrap()
}

fn wraps() -> Vec<KeyWrap> {
    let readers = [
        (GroupId::Coord, Epoch(2), coord().public()),
        (GroupId::Member(AUTHOR), Epoch(0), own().public()),
    ];
    wrap_document_key(NETWORK, DOC, Generation(0), &document_key(), &readers, &mut rng()).unwrap()
}

fn kid() -> crate::id::Kid {
    document_key().kid(NETWORK, DOC, Generation(0))
}

fn document_body() -> DocumentBody {
    DocumentBody {
        coll: Collection::Story,
        author: AUTHOR,
        readers: Collection::Story.readers(AUTHOR),
        purge_month: Some(800),
        teller_key: None,
        kid: kid(),
        wraps: wraps(),
    }
}

fn document() -> Entry {
    let header = Header::plain(Kind::Document, Some(DOC), Generation(0), DeviceId(5));
    Entry::sign(header, document_body().encode(), NETWORK, &sign_key())
}

fn samples() -> Vec<(&'static str, Entry)> {
    let keys = KeysBody {
        kid: kid(),
        wraps: wraps(),
    };
    let plain = |kind, doc, ct| {
        Entry::sign(
            Header::plain(kind, doc, Generation(0), DeviceId(5)),
            ct,
            NETWORK,
            &sign_key(),
        )
    };
    vec![
        ("membership", plain(Kind::Membership, None, vec![0x80])),
        ("document", document()),
        ("keys", plain(Kind::Keys, Some(DOC), keys.encode())),
        ("incremental", incremental()),
        ("snapshot", snapshot()),
        ("publication", plain(Kind::Publication, Some(DOC), vec![0xa0])),
        ("withdraw", plain(Kind::Withdraw, Some(DOC), vec![0xa0])),
        (
            "erase",
            plain(Kind::Erase, Some(DOC), EraseBody::default().encode()),
        ),
        ("unknown", plain(Kind::Unknown(200), None, vec![0xff])),
    ]
}

/// What a document's first snapshot stands for: no entry.
fn nothing(heads: &[[u8; 32]]) -> Covered<'_> {
    Covered {
        upto: Seq(0),
        digest: Cover::digest(&[]),
        heads,
    }
}

#[test]
fn an_entry_reads_back_and_verifies_under_its_network_and_key_only() {
    for (name, entry) in samples() {
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry.clone()), "{name}");
        assert_eq!(entry.verify(NETWORK, &sign_key().public()), Ok(()));
        assert_eq!(
            entry.verify(OTHER_NETWORK, &sign_key().public()),
            Err(BadSignature)
        );
        assert_eq!(
            entry.verify(NETWORK, &SignKey::from_bytes(&[9; 32]).public()),
            Err(BadSignature)
        );
        assert_ne!(entry.id(NETWORK), entry.id(OTHER_NETWORK));
    }
}

#[test]
fn an_entry_has_one_encoding_and_its_signature_covers_all_of_it() {
    for (name, entry) in samples() {
        let bytes = entry.encode();
        check_decoder(&bytes, Entry::decode, Entry::encode);
        mutations(11, &bytes, |mutated| {
            if let Ok(changed) = Entry::decode(mutated) {
                assert!(changed.verify(NETWORK, &sign_key().public()).is_err(), "{name}");
            }
        });
    }
}

#[test]
fn k5_the_id_is_over_sealed_bytes_and_not_over_the_signature() {
    let entry = incremental();
    let mut resigned = entry.clone();
    resigned.sig.0[0] ^= 1;
    assert_eq!(resigned.id(NETWORK), entry.id(NETWORK));

    let again = Entry::seal_content(
        address(),
        ContentKind::Incremental,
        &document_key(),
        &content(),
        &sign_key(),
        &mut ChaCha20Rng::seed_from_u64(3),
    )
    .unwrap();
    assert_ne!(again.id(NETWORK), entry.id(NETWORK));
}

#[test]
fn k1_another_version_or_suite_is_refused() {
    let bytes = incremental().encode();
    // [3 parts [8 elements, version, suite …
    assert_eq!(bytes[..4], [0x83, 0x88, 0x01, 0x01]);
    for idx in [2, 3] {
        for value in [0, 2, 23] {
            let mut other = bytes.clone();
            other[idx] = value;
            assert!(matches!(Entry::decode(&other), Err(CborError::Shape(_))));
        }
    }
}

#[test]
fn a_header_that_does_not_fit_its_kind_is_refused() {
    let sealed = incremental().header;
    let cover = snapshot().header.cover;
    let bad = [
        Header {
            doc: Some(DOC),
            ..Header::plain(Kind::Membership, None, Generation(0), DeviceId(0))
        },
        Header::plain(Kind::Membership, None, Generation(1), DeviceId(0)),
        Header::plain(Kind::Document, None, Generation(0), DeviceId(0)),
        Header {
            kid: sealed.kid,
            ..Header::plain(Kind::Publication, Some(DOC), Generation(0), DeviceId(0))
        },
        Header {
            nonce: sealed.nonce,
            ..Header::plain(Kind::Withdraw, Some(DOC), Generation(0), DeviceId(0))
        },
        Header {
            kid: None,
            ..sealed.clone()
        },
        Header {
            nonce: None,
            ..sealed.clone()
        },
        Header {
            cover: cover.clone(),
            ..sealed.clone()
        },
        Header {
            kind: Kind::Snapshot,
            ..sealed.clone()
        },
        Header {
            kind: Kind::Keys,
            cover,
            ..Header::plain(Kind::Keys, Some(DOC), Generation(0), DeviceId(0))
        },
    ];
    for header in bad {
        let entry = Entry::sign(header, vec![], NETWORK, &sign_key());
        assert!(Entry::decode(&entry.encode()).is_err(), "{entry:?}");
    }
}

#[test]
fn a_body_beyond_its_limit_is_refused() {
    for (_, entry) in samples() {
        let max = entry.header.kind.ct_bytes_max();
        let at_limit = Entry {
            ct: vec![0; max],
            ..entry.clone()
        };
        assert!(Entry::decode(&at_limit.encode()).is_ok());
        let beyond = Entry {
            ct: vec![0; max + 1],
            ..entry
        };
        assert!(Entry::decode(&beyond.encode()).is_err());
    }
    assert!(Entry::decode(&vec![0x40; ENTRY_BYTES_MAX + 1]).is_err());
}

#[test]
fn sealed_content_opens_in_its_place_only() {
    for entry in [incremental(), snapshot()] {
        assert_eq!(entry.open_content(NETWORK, &document_key()), Ok(content()));
        assert_eq!(entry.open_content(OTHER_NETWORK, &document_key()), Err(OpenError));
        assert_eq!(
            entry.open_content(NETWORK, &DocumentKey::from_bytes(&[0; 32])),
            Err(OpenError)
        );
        for header in [
            Header {
                doc: Some(DocumentId([1; 16])),
                ..entry.header.clone()
            },
            Header {
                generation: Generation(2),
                ..entry.header.clone()
            },
            Header {
                by: DeviceId(301),
                ..entry.header.clone()
            },
            Header {
                kind: Kind::Unknown(9),
                ..entry.header.clone()
            },
        ] {
            let moved = Entry {
                header,
                ..entry.clone()
            };
            assert_eq!(moved.open_content(NETWORK, &document_key()), Err(OpenError));
        }
        mutations(12, &entry.ct, |mutated| {
            let changed = Entry {
                ct: mutated.to_vec(),
                ..entry.clone()
            };
            assert_eq!(changed.open_content(NETWORK, &document_key()), Err(OpenError));
        });
    }
}

#[test]
fn a_plain_entry_holds_no_content() {
    assert_eq!(document().open_content(NETWORK, &document_key()), Err(OpenError));
    assert_eq!(document().open_heads(NETWORK, &document_key()), Err(OpenError));
}

#[test]
fn heads_open_without_the_body_and_only_with_what_they_cover() {
    let entry = snapshot();
    let bodiless = Entry {
        ct: vec![],
        ..entry.clone()
    };
    assert_eq!(
        bodiless.open_heads(NETWORK, &document_key()),
        Ok(vec![[5; 32], [6; 32]])
    );
    let mut cover = entry.header.cover.clone().unwrap();
    cover.upto = Seq(41);
    let header = Header {
        cover: Some(cover),
        ..entry.header
    };
    assert_eq!(
        Entry { header, ..bodiless }.open_heads(NETWORK, &document_key()),
        Err(OpenError)
    );
}

#[test]
fn a_cover_is_the_same_whatever_the_order_of_its_entries() {
    let (a, b) = (EntryId([1; 32]), EntryId([2; 32]));
    assert_eq!(Cover::digest(&[a, b]), Cover::digest(&[b, a, a]));
    assert_ne!(Cover::digest(&[a, b]), Cover::digest(&[a]));
    assert_ne!(Cover::digest(&[]), Cover::digest(&[a]));
}

#[test]
fn content_beyond_a_limit_is_not_sealed() {
    let mut noise = vec![0; INCREMENTAL_BYTES_MAX];
    rng().fill_bytes(&mut noise);
    let large = Content {
        bytes: noise,
        ..content()
    };
    let seal = |kind| Entry::seal_content(address(), kind, &document_key(), &large, &sign_key(), &mut rng());
    assert!(matches!(
        seal(ContentKind::Incremental),
        Err(SealError::TooLarge {
            max: INCREMENTAL_BYTES_MAX,
            ..
        })
    ));
    assert!(seal(ContentKind::Snapshot(nothing(&[]))).is_ok());
    let heads = vec![[0; 32]; HEADS_MAX + 1];
    assert_eq!(
        seal(ContentKind::Snapshot(nothing(&heads))),
        Err(SealError::TooManyHeads(HEADS_MAX + 1))
    );
}

#[test]
fn s10_a_withheld_snapshot_names_its_heads_and_who_signed_it() {
    let entry = snapshot();
    let withheld = Withheld::of(&entry, NETWORK).unwrap();
    let told = Told::Withheld(withheld);
    let bytes = told.encode();
    assert!(bytes.len() < 400, "{} bytes", bytes.len());
    check_decoder(&bytes, Told::decode, Told::encode);
    assert!(Entry::decode(&bytes).is_err());
    let Ok(Told::Withheld(read)) = Told::decode(&bytes) else {
        panic!("not withheld");
    };
    assert_eq!(read.id, entry.id(NETWORK));
    assert_eq!(read.verify(NETWORK, &sign_key().public()), Ok(()));
    let heads = read.header.open_heads(NETWORK, &document_key()).unwrap();
    assert_eq!(heads, [[5; 32], [6; 32]]);
    // Heads of another document, device or cover do not open: the relay cannot put them together.
    let mut other = read.clone();
    other.header.by = DeviceId(other.header.by.0 + 1);
    assert!(other.header.open_heads(NETWORK, &document_key()).is_err());
    let mut other = read;
    other.id = EntryId([3; 32]);
    assert!(other.verify(NETWORK, &sign_key().public()).is_err());
    assert_eq!(Withheld::of(&incremental(), NETWORK), None);
}

#[test]
fn s10_what_the_relay_tells_of_an_entry_says_whether_it_supersedes() {
    let plain = Told::Entry(incremental());
    assert_eq!(plain.encode(), incremental().encode());
    let superseding = Told::Superseding(snapshot());
    assert_eq!(superseding.encode().len(), snapshot().encode().len() + 1);
    for told in [plain, superseding] {
        check_decoder(&told.encode(), Told::decode, Told::encode);
    }
    // Nothing but a snapshot supersedes.
    assert!(Told::decode(&Told::Superseding(incremental()).encode()).is_err());
}

#[test]
fn the_largest_snapshot_is_within_the_limit_of_an_entry() {
    let heads = vec![[1; 32]; HEADS_MAX];
    let kind = ContentKind::Snapshot(nothing(&heads));
    let mut entry = Entry::seal_content(
        address(),
        kind,
        &document_key(),
        &content(),
        &sign_key(),
        &mut rng(),
    )
    .unwrap();
    entry.ct = vec![0; SNAPSHOT_BYTES_MAX];
    assert!(Entry::decode(&entry.encode()).is_ok());
}

#[test]
fn sealing_adds_about_145_bytes() {
    let bare = Content {
        bytes: vec![0; 1],
        ..Content::default()
    };
    let entry = Entry::seal_content(
        address(),
        ContentKind::Incremental,
        &document_key(),
        &bare,
        &sign_key(),
        &mut rng(),
    )
    .unwrap();
    let overhead = entry.encode().len() - (entry.ct.len() - crate::crypto::SEAL_OVERHEAD);
    assert!((135..=150).contains(&overhead), "{overhead} bytes");
}

#[test]
fn a_row_hint_beyond_its_limit_is_not_opened() {
    let hint = RowHint::from(vec![1; ROW_HINT_BYTES_MAX + 1]);
    let large = Content {
        row_hint: Some(hint),
        ..content()
    };
    let entry = Entry::seal_content(
        address(),
        ContentKind::Incremental,
        &document_key(),
        &large,
        &sign_key(),
        &mut rng(),
    )
    .unwrap();
    assert_eq!(entry.open_content(NETWORK, &document_key()), Err(OpenError));
}

#[test]
fn mutated_bodies_never_panic_and_never_give_a_second_encoding() {
    check_decoder(
        &document_body().encode(),
        DocumentBody::decode,
        DocumentBody::encode,
    );
    let keys = KeysBody {
        kid: kid(),
        wraps: wraps(),
    };
    check_decoder(&keys.encode(), KeysBody::decode, KeysBody::encode);
    check_decoder(&cbor::encode(&content()), cbor::decode::<Content>, cbor::encode);
}

#[test]
fn k3_wraps_that_do_not_fit_the_readers_are_refused() {
    let body = document_body();
    let bad = [
        DocumentBody {
            readers: vec![],
            wraps: vec![],
            ..body.clone()
        },
        DocumentBody {
            readers: vec![GroupId::Coord],
            ..body.clone()
        },
        DocumentBody {
            wraps: body.wraps[..1].to_vec(),
            ..body.clone()
        },
        DocumentBody {
            readers: body.readers.iter().rev().copied().collect(),
            wraps: body.wraps.iter().rev().cloned().collect(),
            ..body.clone()
        },
        DocumentBody {
            readers: vec![GroupId::Coord; 2],
            wraps: vec![body.wraps[0].clone(), body.wraps[0].clone()],
            ..body.clone()
        },
    ];
    for body in bad {
        assert!(DocumentBody::decode(&body.encode()).is_err());
    }
    let keys = |wraps| KeysBody { kid: kid(), wraps }.encode();
    assert!(KeysBody::decode(&keys(vec![])).is_err());
    assert!(KeysBody::decode(&keys(vec![body.wraps[1].clone(), body.wraps[0].clone()])).is_err());
}

#[test]
fn k2_a_wrapped_document_key_opens_for_its_group_and_place_only() {
    let wraps = wraps();
    let open = |network, doc, generation, kid, wrap: &KeyWrap, secret: &EpochSecret| {
        unwrap_document_key(network, doc, generation, kid, wrap, secret)
    };
    let generation = Generation(0);
    assert_eq!(
        open(NETWORK, DOC, generation, kid(), &wraps[0], &coord()),
        Ok(document_key())
    );
    assert_eq!(
        open(NETWORK, DOC, generation, kid(), &wraps[1], &own()),
        Ok(document_key())
    );

    let other_group = KeyWrap {
        group: GroupId::Team,
        ..wraps[0].clone()
    };
    let other_epoch = KeyWrap {
        epoch: Epoch(3),
        ..wraps[0].clone()
    };
    let other_kid = DocumentKey::from_bytes(&[0; 32]).kid(NETWORK, DOC, generation);
    for result in [
        open(NETWORK, DOC, generation, kid(), &wraps[0], &own()),
        open(OTHER_NETWORK, DOC, generation, kid(), &wraps[0], &coord()),
        open(
            NETWORK,
            DocumentId([0; 16]),
            generation,
            kid(),
            &wraps[0],
            &coord(),
        ),
        open(NETWORK, DOC, Generation(1), kid(), &wraps[0], &coord()),
        open(NETWORK, DOC, generation, other_kid, &wraps[0], &coord()),
        open(NETWORK, DOC, generation, kid(), &other_group, &coord()),
        open(NETWORK, DOC, generation, kid(), &other_epoch, &coord()),
    ] {
        assert_eq!(result, Err(OpenError));
    }
}

#[cfg(feature = "testing")]
#[test]
fn bug_12_a_wrap_with_the_wrong_group_or_without_its_key_id_opens_nowhere() {
    for bug in [WrapBug::WrongGroup, WrapBug::MissingKid] {
        let readers = [(GroupId::Coord, Epoch(0), coord().public())];
        let key = document_key();
        let wraps =
            wrap_document_key_with_bug(bug, NETWORK, DOC, Generation(0), &key, &readers, &mut rng()).unwrap();
        assert_eq!(
            unwrap_document_key(NETWORK, DOC, Generation(0), kid(), &wraps[0], &coord()),
            Err(OpenError)
        );
    }
}

/// Bytes that may change until the first release, in a commit that says so.
#[test]
fn golden_bytes() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines: String = samples()
        .into_iter()
        .map(|(name, entry)| format!("{name} {} {}\n", entry.id(NETWORK), hex(&entry.encode())))
        .collect();
    assert_eq!(lines, include_str!("golden.txt"), "\n{lines}");
}

#[test]
fn collections_have_their_codes() {
    for (coll, code) in [
        (Collection::Story, 1),
        (Collection::Contact, 2),
        (Collection::ConsentText, 3),
    ] {
        assert_eq!(crate::cbor::encode(&coll), [code]);
    }
}
