use super::{
    BITS_PER_SECOND, Ended, Guide, Interruption, LEVELS, NoMicrophone, PART_BYTES_DUE, SLICE_MS, Stage,
    clock, level, media_type,
};
use shared::command::SOUND_BYTES_MAX;
use shared::view::Mark;

#[test]
fn a_part_is_closed_before_the_core_refuses_more() {
    // Pieces that wait while the disk is slow go out together.
    let bytes_a_minute = usize::try_from(BITS_PER_SECOND / 8 * 60).unwrap();
    assert!(PART_BYTES_DUE + bytes_a_minute < SOUND_BYTES_MAX);
    assert!(PART_BYTES_DUE / bytes_a_minute > 60, "an hour fits in a part");
    const { assert!(SLICE_MS <= 2_000) }
}

#[test]
fn what_stops_a_recording_says_how_it_goes_on() {
    assert_eq!(Stage::after(Ended::Stopped), Some(Stage::Idle));
    assert_eq!(Stage::after(Ended::NotStored), Some(Stage::Idle));
    let call = Interruption::Muted;
    assert_eq!(
        Stage::after(Ended::Interrupted(call)),
        Some(Stage::Interrupted(call))
    );
    assert_eq!(Stage::after(Ended::Full), None);
    assert!(Stage::Recording.is_under_way() && Stage::Closing.is_under_way());
    assert!(!Stage::Interrupted(call).is_under_way());
}

#[test]
fn the_media_type_is_the_best_that_the_browser_has() {
    assert_eq!(media_type(|_| true), Some("audio/mp4"));
    assert_eq!(
        media_type(|media_type| media_type.starts_with("audio/webm")),
        Some("audio/webm;codecs=opus")
    );
    assert_eq!(media_type(|_| false), None);
}

#[test]
fn silence_shows_nothing_and_a_voice_does() {
    assert_eq!(level(&[]), 0);
    assert_eq!(level(&[128, 127, 129]), 0);
    assert_eq!(level(&[128, 100, 150]), 4);
    assert_eq!(level(&[0, 255]), LEVELS);
}

#[test]
fn a_duration_reads_like_a_clock() {
    assert_eq!(clock(0), "0:00");
    assert_eq!(clock(7_900), "0:07");
    assert_eq!(clock(760_000), "12:40");
    assert_eq!(clock(3_723_000), "1:02:03");
}

#[test]
fn each_question_leaves_a_mark() {
    let mut guide = Guide::new(vec![
        "Hoe is het begonnen?".to_owned(),
        "Wie deed mee?".to_owned(),
    ]);
    assert_eq!(guide.question(), None);
    assert_eq!(guide.position(), (0, 2));
    let mark = guide.ask_next(1, 4_000);
    assert_eq!(
        mark,
        Some(Mark {
            part: 1,
            at_ms: 4_000,
            question: "Hoe is het begonnen?".to_owned(),
        })
    );
    assert!(guide.has_next());
    assert!(guide.ask_next(2, 0).is_some());
    assert_eq!(guide.question(), Some("Wie deed mee?"));
    assert!(!guide.has_next());
    assert_eq!(guide.ask_next(2, 9), None);
    assert_eq!(guide.question(), Some("Wie deed mee?"));
}

#[test]
fn the_browsers_errors_are_told_apart() {
    assert_eq!(NoMicrophone::named("NotAllowedError"), NoMicrophone::Refused);
    assert_eq!(NoMicrophone::named("NotFoundError"), NoMicrophone::Absent);
    assert_eq!(NoMicrophone::named("NotReadableError"), NoMicrophone::Busy);
}
