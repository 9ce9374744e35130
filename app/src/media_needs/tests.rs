use super::is_written_down;
use shared::view::{RecordingView, Whereabouts};

#[test]
fn a_recording_to_write_down_goes_once_it_is_written() {
    let recording = |text: &str, write_down_only| RecordingView {
        id: "3".into(),
        parts: Vec::new(),
        is_open: false,
        text: text.into(),
        marks: Vec::new(),
        write_down_only,
        bad_fields: Vec::new(),
        conflicts: Vec::new(),
        needs: Vec::new(),
        whereabouts: Some(Whereabouts::Safe),
        at: 0,
        by: None,
    };
    assert!(is_written_down(&recording("Het begon.", true)));
    assert!(!is_written_down(&recording(" ", true)));
    assert!(!is_written_down(&recording("Het begon.", false)));
}
