use super::*;
use crate::cbor::mutation::mutations;
use crate::id::{BlobId, DocumentId, Generation, NetworkId, PartHash};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

const NETWORK: NetworkId = NetworkId([7; 32]);

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_signature_holds_for_its_tag_network_and_message_only() {
    let key = SignKey::generate(&mut rng());
    let public = key.public();
    let signature = key.sign(Tag::ENTRY, NETWORK, b"bericht");
    assert_eq!(public.verify(Tag::ENTRY, NETWORK, b"bericht", &signature), Ok(()));
    for result in [
        public.verify(Tag::AUTH, NETWORK, b"bericht", &signature),
        public.verify(Tag::ENTRY, NetworkId([8; 32]), b"bericht", &signature),
        public.verify(Tag::ENTRY, NETWORK, b"bericht!", &signature),
        SignKey::from_bytes(&[9; 32])
            .public()
            .verify(Tag::ENTRY, NETWORK, b"bericht", &signature),
    ] {
        assert_eq!(result, Err(BadSignature));
    }
}

#[test]
fn k1_verification_is_strict() {
    // The neutral element as key and as R, with s = 0, satisfies the plain equation for every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    assert_eq!(
        SignPublic(neutral).verify(Tag::ENTRY, NETWORK, b"", &Signature(signature)),
        Err(BadSignature)
    );
    // s + L is a second form of the same signature.
    let key = SignKey::from_bytes(&[3; 32]);
    let mut second = key.sign(Tag::ENTRY, NETWORK, b"x");
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_u16,
    ];
    let mut carry = 0;
    for (byte, add) in second.0[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + add + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert_eq!(
        key.public().verify(Tag::ENTRY, NETWORK, b"x", &second),
        Err(BadSignature)
    );
}

#[test]
fn every_changed_byte_of_a_signature_or_key_is_noticed() {
    let key = SignKey::from_bytes(&[4; 32]);
    let signature = key.sign(Tag::ENTRY, NETWORK, b"x");
    for idx in 0..64 {
        let mut changed = signature;
        changed.0[idx] ^= 1;
        assert_eq!(
            key.public().verify(Tag::ENTRY, NETWORK, b"x", &changed),
            Err(BadSignature)
        );
    }
    for idx in 0..32 {
        let mut changed = key.public();
        changed.0[idx] ^= 1;
        assert_eq!(
            changed.verify(Tag::ENTRY, NETWORK, b"x", &signature),
            Err(BadSignature)
        );
    }
}

#[test]
fn k4_a_wrap_opens_for_its_key_use_and_place_only() {
    let rng = &mut rng();
    let (key, other) = (WrapKey::generate(rng), WrapKey::generate(rng));
    let sealed = wrap(&key.public(), Tag::DOCUMENT_KEY, b"here", &[5; 32], rng).unwrap();
    assert_eq!(
        *unwrap(&key, Tag::DOCUMENT_KEY, b"here", &sealed).unwrap(),
        [5; 32]
    );
    assert_eq!(
        unwrap(&other, Tag::DOCUMENT_KEY, b"here", &sealed),
        Err(OpenError)
    );
    assert_eq!(unwrap(&key, Tag::EPOCH_KEY, b"here", &sealed), Err(OpenError));
    assert_eq!(unwrap(&key, Tag::DOCUMENT_KEY, b"there", &sealed), Err(OpenError));
    for idx in 0..WRAP_LEN {
        let mut changed = sealed;
        changed.0[idx] ^= 1;
        assert_eq!(unwrap(&key, Tag::DOCUMENT_KEY, b"here", &changed), Err(OpenError));
    }
}

#[test]
fn nothing_is_wrapped_to_a_point_of_small_order() {
    let small_orders = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for point in small_orders {
        let public = WrapPublic(crate::id::NetworkId::from_hex(point).unwrap().0);
        assert!(!public.is_usable());
        assert_eq!(
            wrap(&public, Tag::EPOCH_KEY, b"", &[1; 32], &mut rng()),
            Err(WeakKey)
        );
    }
    assert!(WrapKey::generate(&mut rng()).public().is_usable());
}

#[test]
fn sealed_bytes_open_for_their_key_nonce_and_place_only() {
    let nonce = Nonce::generate(&mut rng());
    let sealed = seal(&[1; 32], &nonce, b"aad", b"tekst");
    assert_eq!(sealed.len(), 5 + SEAL_OVERHEAD);
    assert_eq!(
        open(&[1; 32], &nonce, b"aad", &sealed).unwrap().as_slice(),
        b"tekst"
    );
    assert_eq!(open(&[2; 32], &nonce, b"aad", &sealed), Err(OpenError));
    assert_eq!(open(&[1; 32], &Nonce([0; 24]), b"aad", &sealed), Err(OpenError));
    assert_eq!(open(&[1; 32], &nonce, b"other", &sealed), Err(OpenError));
    mutations(2, &sealed, |mutated| {
        assert_eq!(open(&[1; 32], &nonce, b"aad", mutated), Err(OpenError))
    });
}

#[test]
fn k4_a_key_id_depends_on_network_document_generation_and_key() {
    let key = DocumentKey::from_bytes(&[1; 32]);
    let doc = DocumentId([2; 16]);
    let kid = key.kid(NETWORK, doc, Generation(0));
    assert_ne!(kid, key.kid(NetworkId([8; 32]), doc, Generation(0)));
    assert_ne!(kid, key.kid(NETWORK, DocumentId([3; 16]), Generation(0)));
    assert_ne!(kid, key.kid(NETWORK, doc, Generation(1)));
    assert_ne!(
        kid,
        DocumentKey::from_bytes(&[2; 32]).kid(NETWORK, doc, Generation(0))
    );
}

#[test]
fn a_stored_value_opens_in_its_place_only() {
    let key = StorageKey::generate(&mut rng());
    let stored = key.seal("rows", b"id", b"waarde", &mut rng());
    assert_eq!(key.open("rows", b"id", &stored).unwrap().as_slice(), b"waarde");
    assert_eq!(key.open("drafts", b"id", &stored), Err(OpenError));
    assert_eq!(key.open("rows", b"id2", &stored), Err(OpenError));
    assert_eq!(
        StorageKey::from_bytes(&[0; 32]).open("rows", b"id", &stored),
        Err(OpenError)
    );
    mutations(3, &stored, |mutated| {
        assert_eq!(key.open("rows", b"id", mutated), Err(OpenError))
    });
}

#[test]
fn k5_padme_lengths_are_those_of_the_paper() {
    for (len, padded) in [
        (0, 0),
        (1, 1),
        (2, 2),
        (7, 7),
        (8, 8),
        (9, 10),
        (10, 10),
        (11, 12),
        (17, 18),
        (100, 104),
        (1_000, 1_024),
        (1_025, 1_088),
        (1_000_000, 1_015_808),
    ] {
        assert_eq!(padded_len(len), padded, "{len}");
    }
    for len in 1..20_000 {
        let padded = padded_len(len);
        assert!(
            padded >= len && padded * 100 <= len * 112 + 100,
            "{len} becomes {padded}"
        );
        assert_eq!(padded_len(padded), padded);
    }
    assert_eq!(padded_len(usize::MAX), usize::MAX);
}

#[test]
fn k5_padding_round_trips_and_compresses_what_gets_smaller() {
    let mut noise = vec![0; 3_000];
    rng().fill_bytes(&mut noise);
    for payload in [&[][..], b"a", &[0; 5_000], &noise, &vec![1; INFLATED_BYTES_MAX]] {
        let padded = pad(payload);
        assert_eq!(unpad(&padded).unwrap().as_slice(), payload);
        assert_eq!(padded_len(padded.len()), padded.len());
    }
    assert!(pad(&[0; 5_000]).len() < 100);
}

#[test]
fn k5_another_padding_of_the_same_payload_is_refused() {
    let padded = pad(b"verhaal");
    let longer = [&padded[..], &[0]].concat();
    assert_eq!(unpad(&longer), Err(OpenError));
    assert_eq!(unpad(&padded[..padded.len() - 1]), Err(OpenError));
    // 5 + 8 bytes are padded with one more byte, which must be zero.
    let mut marked = pad(b"verhalen").to_vec();
    assert_eq!(marked.len(), 14);
    marked[13] = 1;
    assert_eq!(unpad(&marked), Err(OpenError));
}

#[test]
fn m4_a_payload_that_inflates_beyond_the_limit_is_refused() {
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0; INFLATED_BYTES_MAX + 1], 6);
    let mut padded = vec![1];
    padded.extend(u32::try_from(bomb.len()).unwrap().to_be_bytes());
    padded.extend(&bomb);
    padded.resize(padded_len(padded.len()), 0);
    assert_eq!(unpad(&padded), Err(OpenError));
}

#[test]
fn mutated_padding_never_panics() {
    for payload in [&b"kort"[..], &[7; 900]] {
        mutations(4, &pad(payload), |mutated| drop(unpad(mutated)));
    }
}

#[test]
fn an_invitation_code_reads_back_however_it_is_typed() {
    let seed = InviteSeed([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]);
    let code = seed.to_code();
    assert_eq!(code, "0123-4567-89AB-CDEF-P");
    for typed in [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " – "),
        code.replace('0', "o").replace('1', "l"),
        code.replace('0', "O").replace('1', "i"),
        format!("  https://aanzet.example/app/uitnodiging#{code}\n"),
    ] {
        assert_eq!(InviteSeed::parse(&typed), Ok(seed.clone()), "{typed}");
    }
}

#[test]
fn every_invitation_code_round_trips() {
    let rng = &mut rng();
    for _ in 0..1_000 {
        let seed = InviteSeed::generate(rng);
        assert_eq!(InviteSeed::parse(&seed.to_code()), Ok(seed));
    }
}

#[test]
fn a_garbled_invitation_code_says_how() {
    for (typed, error) in [
        ("", CodeError::Length),
        ("0123-4567-89AB-CDEF", CodeError::Length),
        ("0123-4567-89AB-CDEF-P0", CodeError::Length),
        ("U123-4567-89AB-CDEF-P", CodeError::Character),
        ("0123-4567-89AB-CDÉF-P", CodeError::Character),
        ("0123-4567-89AB-CDEF-1", CodeError::Check),
        ("0123-4567-89AB-CDEG-P", CodeError::Check),
        ("1023-4567-89AB-CDEF-P", CodeError::Check),
    ] {
        assert_eq!(InviteSeed::parse(typed), Err(error), "{typed}");
    }
}

#[test]
fn the_check_character_finds_every_single_slip_and_every_swap() {
    const SYMBOLS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let rng = &mut rng();
    for _ in 0..20 {
        let code: Vec<char> = InviteSeed::generate(rng)
            .to_code()
            .replace('-', "")
            .chars()
            .collect();
        let is_garbled =
            |typed: &[char]| InviteSeed::parse(&typed.iter().collect::<String>()) == Err(CodeError::Check);
        for idx in 0..code.len() {
            for symbol in SYMBOLS.chars().filter(|symbol| *symbol != code[idx]) {
                let mut slip = code.clone();
                slip[idx] = symbol;
                assert!(is_garbled(&slip));
            }
            for other in (idx + 1..code.len()).filter(|&other| code[other] != code[idx]) {
                let mut swap = code.clone();
                swap.swap(idx, other);
                assert!(is_garbled(&swap));
            }
        }
    }
}

#[test]
fn an_invitation_proves_its_network_and_its_claims() {
    let seed = InviteSeed([1; 10]);
    let mac = seed.mac(NETWORK, b"claims");
    assert_ne!(mac, seed.mac(NetworkId([8; 32]), b"claims"));
    assert_ne!(mac, seed.mac(NETWORK, b"other"));
    assert_ne!(mac, InviteSeed([2; 10]).mac(NETWORK, b"claims"));
    assert_ne!(seed.sign_key().public(), InviteSeed([2; 10]).sign_key().public());
}

#[test]
fn a_founding_code_reads_back_and_only_its_hash_is_kept() {
    let rng = &mut rng();
    for _ in 0..1_000 {
        let code = FoundingCode::generate(rng);
        let text = code.to_code();
        assert_eq!(text.len(), "XXXX-XXXX-XXXX".len());
        assert_eq!(
            FoundingCode::parse(&text.to_lowercase().replace('-', " "))
                .unwrap()
                .hash(),
            code.hash()
        );
    }
    for typed in ["", "0123-4567-89A", "0123-4567-89AB-C", "0123-4567-89AU"] {
        assert_eq!(FoundingCode::parse(typed), None);
    }
    let code = FoundingCode::parse("0123-4567-89AB").unwrap();
    assert_ne!(code.hash(), FoundingCode::parse("0123-4567-89AC").unwrap().hash());
}

#[test]
fn six_digits_are_always_six() {
    let digits: Vec<String> = (0..2_000_u32)
        .map(|number| six_digits(&number.to_be_bytes()))
        .collect();
    assert!(
        digits
            .iter()
            .all(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()))
    );
    assert!(digits.iter().any(|digits| digits.starts_with('0')));
}

#[test]
fn debug_shows_no_secret() {
    let secret = [0xab; 32];
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        SignKey::from_bytes(&secret),
        WrapKey::from_bytes(&secret),
        EpochSecret::from_bytes(&secret),
        DocumentKey::from_bytes(&secret),
        StorageKey::from_bytes(&secret),
        NameKey::from_bytes(&secret),
        InviteSeed([0xab; 10]),
        FoundingCode::parse("ABAB-ABAB-ABAB").unwrap(),
    );
    assert!(
        !shown.contains("abab") && !shown.contains("ABAB") && !shown.contains("171, 171"),
        "{shown}"
    );
}

/// Bytes that may change until the first release, in a commit that says so.
const PLACE: PartPlace = PartPlace {
    doc: DocumentId([3; 16]),
    blob: BlobId([4; 16]),
    index: 0,
    is_last: true,
};

#[test]
fn s12_a_blob_opens_from_its_parts_whatever_its_size() {
    let key = BlobKey::generate(&mut rng());
    for size in [
        1,
        500,
        PART_BYTES_MAX - 1,
        PART_BYTES_MAX,
        PART_BYTES_MAX + 1,
        150_000,
    ] {
        let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let parts = seal_blob(&key, PLACE.doc, PLACE.blob, &bytes, &mut rng());
        assert_eq!(parts.len(), n_parts(size), "{size}");
        assert!(parts.iter().all(|part| part.len() <= SEALED_PART_BYTES_MAX));
        let open = |size, parts: &[Vec<u8>]| {
            open_blob(&key, PLACE.doc, PLACE.blob, size, parts.iter().map(Vec::as_slice))
        };
        assert_eq!(*open(size, &parts).unwrap(), bytes, "{size}");
        assert!(open(size, &parts[..parts.len() - 1]).is_err(), "cut off");
        assert!(open(size, &[&parts[..], &parts[..1]].concat()).is_err(), "longer");
        if let [first, second, ..] = &parts[..] {
            let swapped = [second.clone(), first.clone()];
            assert!(
                open(size, &[&swapped[..], &parts[2..]].concat()).is_err(),
                "swapped"
            );
            assert!(
                open(PART_BYTES_MAX, &parts[..1]).is_err(),
                "the first passes for all"
            );
        }
    }
}

#[test]
fn s12_a_part_opens_only_in_its_place_and_unchanged() {
    let key = BlobKey::generate(&mut rng());
    let part = key.seal_part(PLACE, b"soep", &mut rng());
    assert_eq!(&key.open_part(PLACE, &part).unwrap()[..4], b"soep");
    let places = [
        PartPlace {
            doc: DocumentId([9; 16]),
            ..PLACE
        },
        PartPlace {
            blob: BlobId([9; 16]),
            ..PLACE
        },
        PartPlace { index: 1, ..PLACE },
        PartPlace {
            is_last: false,
            ..PLACE
        },
    ];
    for place in places {
        assert_eq!(key.open_part(place, &part), Err(OpenError), "{place:?}");
    }
    assert_eq!(
        BlobKey::from_bytes(&[2; 32]).open_part(PLACE, &part),
        Err(OpenError)
    );
    mutations(1, &part, |mutated| {
        assert_eq!(key.open_part(PLACE, mutated), Err(OpenError));
    });
}

#[test]
fn k5_the_last_part_of_a_blob_does_not_tell_its_size() {
    let key = BlobKey::generate(&mut rng());
    let len = |size: usize| key.seal_part(PLACE, &vec![7; size], &mut rng()).len();
    assert_eq!(len(50_000), len(50_900));
    assert_eq!(len(PART_BYTES_MAX), SEALED_PART_BYTES_MAX);
}

#[test]
fn golden_bytes() {
    let key = SignKey::from_bytes(&[1; 32]);
    let wrap_key = WrapKey::from_bytes(&[2; 32]);
    let seed = InviteSeed([3; 10]);
    let wrapped = wrap(
        &wrap_key.public(),
        Tag::DOCUMENT_KEY,
        b"aad",
        &[4; 32],
        &mut rng(),
    )
    .unwrap();
    let stored = StorageKey::from_bytes(&[5; 32]).seal("rows", b"key", b"value", &mut rng());
    let golden = [
        ("sign", hex(&key.sign(Tag::ENTRY, NETWORK, b"m").0)),
        ("wrap", hex(&wrapped.0)),
        ("seal", hex(&seal(&[1; 32], &Nonce([2; 24]), b"aad", b"text"))),
        ("pad", hex(&pad(b"verhalen"))),
        ("stored", hex(&stored)),
        (
            "kid",
            DocumentKey::from_bytes(&[6; 32])
                .kid(NETWORK, DocumentId([7; 16]), Generation(1))
                .to_string(),
        ),
        ("invite code", seed.to_code()),
        ("invite public", hex(&seed.sign_key().public().0)),
        ("invite mac", hex(&seed.mac(NETWORK, b"claims"))),
        (
            "founding",
            hex(&FoundingCode::parse("0123-4567-89AB").unwrap().hash().0),
        ),
        ("six digits", six_digits(b"join")),
        (
            "part",
            hex(&BlobKey::from_bytes(&[8; 32]).seal_part(PLACE, b"soep", &mut rng())),
        ),
        ("part hash", hex(&part_hash(b"part").0)),
        ("blob", hex(&blob_digest(&[PartHash([1; 32]), PartHash([2; 32])]))),
    ];
    let lines: String = golden
        .iter()
        .map(|(name, value)| format!("{name} {value}\n"))
        .collect();
    assert_eq!(lines, include_str!("golden.txt"), "\n{lines}");
}
