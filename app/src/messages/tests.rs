use super::*;
use shared::view::Field;

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
            died_applying: true,
        },
    };
    assert_eq!(decode(&encode(&answered)), Some(answered));
}

#[test]
fn bytes_that_are_no_message_are_none() {
    assert_eq!(decode::<UiToCore>(&[]), None);
    assert_eq!(decode::<CoreToUi>(&[255; 9]), None);
}

/// C5: a core that dies right after it was greeted is not started for ever.
#[test]
fn c5_only_what_a_person_asks_for_shows_that_the_core_works() {
    let story = || "0".repeat(32);
    let open = Request::Command(Command::OpenStory { id: story() });
    for request in [Request::Hello, Request::Command(Command::Overview), open] {
        assert!(request.is_asked_at_start(), "{request:?}");
    }
    let edit = Command::Edit {
        id: story(),
        field: Field::Title,
        value: "Verhaal".into(),
        seen: String::new(),
    };
    for command in [edit, Command::Submit { id: story() }, Command::TryNow] {
        assert!(
            !Request::Command(command.clone()).is_asked_at_start(),
            "{command:?}"
        );
    }
}
