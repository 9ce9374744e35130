use super::*;

#[test]
fn a_message_comes_out_as_it_went_in() {
    let asked = UiToCore::Ask {
        id: RequestId(7),
        request: Request::Hello,
    };
    assert_eq!(decode(&encode(&asked)), Some(asked));
    let answered = CoreToUi::Answer {
        id: RequestId(7),
        answer: Answer::Hello {
            version: "0.1.0".into(),
        },
    };
    assert_eq!(decode(&encode(&answered)), Some(answered));
}

#[test]
fn bytes_that_are_no_message_are_none() {
    assert_eq!(decode::<UiToCore>(&[]), None);
    assert_eq!(decode::<CoreToUi>(&[255; 9]), None);
}
