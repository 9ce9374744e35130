use super::{
    ASLEEP_MS_MIN, BITS_PER_SECOND, Ended, Guide, Interruption, Kept, LEVELS, NoMicrophone, PART_BYTES_DUE,
    SLICE_MS, Stage, Watch, clock, ended, level, media_type,
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
    assert_eq!(Stage::after(Ended::Slept), None);
    assert!(Stage::Recording.is_under_way() && Stage::Closing.is_under_way());
    assert!(!Stage::Interrupted(call).is_under_way());
}

#[test]
fn only_what_is_stored_is_called_so() {
    for why in [
        Interruption::MicrophoneGone,
        Interruption::Muted,
        Interruption::CoreDied,
        Interruption::OtherTab,
    ] {
        assert_eq!(Kept::after(why, 0), Kept::Nothing);
    }
    assert_eq!(Kept::after(Interruption::MicrophoneGone, 1), Kept::All);
    assert_eq!(Kept::after(Interruption::Muted, 2), Kept::All);
    assert_eq!(Kept::after(Interruption::CoreDied, 1), Kept::Most);
    assert_eq!(Kept::after(Interruption::OtherTab, 2), Kept::Most);
}

#[test]
fn a_part_that_could_not_be_closed_is_not_called_stored() {
    let (how, failure) = ended(Ended::Stopped, None, Some("full"));
    assert_eq!((how, failure), (Ended::NotStored, Some("full")));
    assert_eq!(ended(Ended::Full, None, Some("full")).0, Ended::NotStored);
    assert_eq!(ended::<()>(Ended::Stopped, None, None), (Ended::Stopped, None));
    let died = Interruption::CoreDied;
    let (how, failure) = ended(Ended::Stopped, Some(died), Some("died"));
    assert_eq!((how, failure), (Ended::Interrupted(died), None));
}

#[test]
fn a_recording_whose_screen_was_left_is_called_stored_only_if_all_of_it_is() {
    assert_eq!(Kept::of(Stage::Idle, false, 2), Kept::All);
    assert_eq!(Kept::of(Stage::Idle, true, 2), Kept::Most);
    assert_eq!(Kept::of(Stage::Idle, true, 0), Kept::Nothing);
    let lost = Stage::Interrupted(Interruption::OtherTab);
    assert_eq!(Kept::of(lost, false, 2), Kept::Most);
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
fn a_device_that_slept_is_one_that_heard_nothing() {
    let mut watch = Watch::default();
    assert!(!watch.looks(1_000, Some(0)), "nothing to compare with yet");
    assert!(!watch.looks(1_250, Some(250)));
    assert!(
        !watch.looks(61_250, Some(60_250)),
        "it is looked at seldom, and hears all"
    );
    assert!(watch.looks(61_250 + ASLEEP_MS_MIN, Some(60_300)));
    assert!(!watch.looks(64_500, Some(60_550)), "it is told once");
    assert!(
        !watch.looks(66_500, Some(60_550)),
        "the page was busy for a moment"
    );
    assert!(!watch.looks(99_000, None), "the browser does not tell");
    assert!(!watch.looks(109_000, Some(61_000)), "nothing to compare with");
    assert!(!watch.looks(50_000, Some(71_000)), "a clock was set back");
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
fn a_part_that_left_nothing_takes_its_marks_along() {
    let questions = ["Hoe is het begonnen?", "Wie deed mee?"].map(str::to_owned);
    let mut guide = Guide::new(questions.into());
    let mut marks = Vec::new();
    guide.begin_part(1, &mut marks);
    assert!(marks.is_empty(), "nothing is asked yet");
    marks.extend(guide.ask_next(1, 4_000));
    guide.begin_part(2, &mut marks);
    assert_eq!(marks.len(), 1, "the first part is stored");
    marks.extend(guide.ask_next(2, 9_000));
    let first = marks.first().cloned();
    guide.begin_part(2, &mut marks);
    let again = Mark {
        part: 2,
        at_ms: 0,
        question: "Wie deed mee?".to_owned(),
    };
    assert_eq!(marks, first.into_iter().chain([again]).collect::<Vec<_>>());
}

#[test]
fn the_browsers_errors_are_told_apart() {
    assert_eq!(NoMicrophone::named("NotAllowedError"), NoMicrophone::Refused);
    assert_eq!(NoMicrophone::named("NotFoundError"), NoMicrophone::Absent);
    assert_eq!(NoMicrophone::named("NotReadableError"), NoMicrophone::Busy);
}
