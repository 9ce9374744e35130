use super::*;

#[derive(Debug, PartialEq, Eq)]
struct Sample {
    data: Vec<u8>,
    number: u32,
    word: Option<String>,
}
cbor_map!(Sample { 0 => data as bytes, 1 => number, 2 => word });

#[derive(Debug, PartialEq, Eq)]
enum Message {
    Empty,
    Full(Seq),
}
cbor_enum!(Message { 0 => Empty, 1 => Full(Seq) });

#[derive(Debug, PartialEq, Eq)]
struct Pair {
    first: bool,
    second: [u8; 2],
}
cbor_array!(Pair { first, second as bytes });

/// Bytes that a lenient reader would take, and what is wrong with them.
#[test]
fn every_second_encoding_is_refused() {
    let cases: &[(&[u8], CborError)] = &[
        (&[], CborError::Truncated),
        (&[0x18, 0x17], CborError::NotShortest),
        (&[0x19, 0x00, 0xff], CborError::NotShortest),
        (&[0x1a, 0x00, 0x00, 0xff, 0xff], CborError::NotShortest),
        (
            &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            CborError::NotShortest,
        ),
        (&[0x58, 0x01, 0x00], CborError::NotShortest),
        (&[0x1c], CborError::Indefinite),
        (&[0x5f, 0x41, 0x00, 0xff], CborError::Indefinite),
        (&[0x9f, 0xff], CborError::Indefinite),
        (&[0xbf, 0xff], CborError::Indefinite),
        (&[0x00, 0x00], CborError::Trailing),
        (&[0x42, 0x00], CborError::Truncated),
        (
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            CborError::Truncated,
        ),
        (
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            CborError::Truncated,
        ),
        (&[0x61, 0xff], CborError::Utf8),
        (&[0xa2, 0x01, 0x00, 0x00, 0x00], CborError::Keys),
        (&[0xa2, 0x01, 0x00, 0x01, 0x00], CborError::Keys),
        (&[0xa1, 0x20, 0x00], CborError::Keys),
        (&[0xa1, 0x61, 0x61, 0x00], CborError::Keys),
        (&[0xc0, 0x00], CborError::Unsupported),
        (&[0xf7], CborError::Unsupported),
        (&[0xf8, 0x14], CborError::Unsupported),
        (&[0xf9, 0x00, 0x00], CborError::Unsupported),
        (&[0xfb, 0, 0, 0, 0, 0, 0, 0, 0], CborError::Unsupported),
    ];
    for (bytes, error) in cases {
        assert_eq!(check(bytes), Err(error.clone()), "{bytes:02x?}");
    }
}

#[test]
fn what_we_write_passes_the_walk() {
    for bytes in [
        &[0x00][..],
        &[0x18, 0x18],
        &[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x83, 0xf4, 0xf5, 0xf6],
        &[0xa2, 0x00, 0x61, 0x61, 0x18, 0x40, 0x40],
    ] {
        assert_eq!(check(bytes), Ok(()), "{bytes:02x?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| [vec![0x81; depth], vec![0x00]].concat();
    assert_eq!(check(&nested(DEPTH_MAX)), Ok(()));
    assert_eq!(check(&nested(DEPTH_MAX + 1)), Err(CborError::TooDeep));
    assert_eq!(check(&nested(1 << 20)), Err(CborError::TooDeep));
}

#[test]
fn a_map_keeps_its_bytes_and_leaves_absent_fields_out() {
    let sample = Sample {
        data: vec![7, 8],
        number: 500,
        word: None,
    };
    let bytes = encode(&sample);
    assert_eq!(bytes, [0xa2, 0x00, 0x42, 7, 8, 0x01, 0x19, 0x01, 0xf4]);
    assert_eq!(decode::<Sample>(&bytes), Ok(sample));

    let sample = Sample {
        data: vec![],
        number: 0,
        word: Some("ja".to_owned()),
    };
    assert_eq!(decode::<Sample>(&encode(&sample)), Ok(sample));
}

#[test]
fn unknown_keys_below_64_are_critical_and_others_are_skipped() {
    let with_key = |key: &[u8]| [&[0xa3, 0x00, 0x40, 0x01, 0x00][..], key, &[0x81, 0x00]].concat();
    assert!(matches!(
        decode::<Sample>(&with_key(&[0x03])),
        Err(CborError::Shape(_))
    ));
    assert!(matches!(
        decode::<Sample>(&with_key(&[0x18, 0x3f])),
        Err(CborError::Shape(_))
    ));
    assert_eq!(
        decode::<Sample>(&with_key(&[0x18, 0x40])),
        Ok(Sample {
            data: vec![],
            number: 0,
            word: None
        })
    );
}

#[test]
fn a_missing_field_and_an_explicit_null_are_refused() {
    assert!(matches!(
        decode::<Sample>(&[0xa1, 0x00, 0x40]),
        Err(CborError::Shape(_))
    ));
    assert!(matches!(
        decode::<Sample>(&[0xa3, 0x00, 0x40, 0x01, 0x00, 0x02, 0xf6]),
        Err(CborError::Shape(_))
    ));
}

#[test]
fn arrays_and_variants_have_exactly_their_length() {
    let pair = Pair {
        first: true,
        second: [1, 2],
    };
    assert_eq!(encode(&pair), [0x82, 0xf5, 0x42, 1, 2]);
    assert_eq!(decode::<Pair>(&encode(&pair)), Ok(pair));
    for bytes in [
        &[0x83, 0xf5, 0x42, 1, 2, 0][..],
        &[0x81, 0xf5],
        &[0x82, 0xf5, 0x43, 1, 2, 3],
    ] {
        assert!(matches!(decode::<Pair>(bytes), Err(CborError::Shape(_))));
    }

    assert_eq!(encode(&Message::Empty), [0x81, 0x00]);
    assert_eq!(encode(&Message::Full(Seq(9))), [0x82, 0x01, 0x09]);
    for message in [Message::Empty, Message::Full(Seq(u64::MAX))] {
        assert_eq!(decode::<Message>(&encode(&message)), Ok(message));
    }
    for bytes in [&[0x82, 0x00, 0x00][..], &[0x81, 0x01], &[0x81, 0x02], &[0x80]] {
        assert!(matches!(decode::<Message>(bytes), Err(CborError::Shape(_))));
    }
}

#[test]
fn mutated_bytes_never_panic_and_never_give_a_second_encoding() {
    let sample = Sample {
        data: vec![1; 30],
        number: 70_000,
        word: Some("woord".to_owned()),
    };
    // Its keys from 64 on may be ignored, so that not all that it accepts is written back.
    mutation::mutations(1, &encode(&sample), |mutated| drop(decode::<Sample>(mutated)));
    let pair = Pair {
        first: true,
        second: [1, 2],
    };
    mutation::check_decoder(&encode(&pair), decode::<Pair>, encode);
    mutation::check_decoder(&encode(&Message::Full(Seq(500))), decode::<Message>, encode);
}
