use super::{PhotoNeed, is_written_down, of_photo};
use shared::view::{
    ConsentView, Field, Given, NewConsent, Party, PhotoView, RecordingView, StoryRow, StoryState, StoryView,
    Teller, Use, Whereabouts,
};
use std::collections::BTreeMap;

const NOW_MS: u64 = 1_000;

fn story() -> StoryView {
    StoryView {
        row: StoryRow {
            id: "00".into(),
            title: "De soepkar".into(),
            municipality: None,
            author: None,
            mine: true,
            state: StoryState::Draft,
            whereabouts: Whereabouts::Safe,
            changed_at: 0,
            submitted_at: None,
            conflict: false,
            missing: Vec::new(),
            unreadable: false,
            n_photos: 1,
            n_recordings: 0,
        },
        fields: BTreeMap::new(),
        bad_fields: Vec::new(),
        teller: Teller::default(),
        consents: Vec::new(),
        conflicts: Vec::new(),
        photos: Vec::new(),
        recordings: Vec::new(),
        editable: true,
        too_new: false,
        reviewable: false,
        intent: None,
        online_version: None,
        decision: None,
        agreed: None,
        questions: Vec::new(),
    }
}

fn consent(used: Use, until: Option<u64>, withdrawn: Vec<Use>) -> ConsentView {
    ConsentView {
        id: "1".into(),
        consent: NewConsent {
            party: Party::Pictured,
            whom: "Els".into(),
            uses: vec![used],
            given: Given::Read,
            text_version: 1,
            language: "nl".into(),
            until,
        },
        at: 0,
        by: None,
        withdrawn,
    }
}

fn photo(description: &str, recognisable: Option<bool>, who: &str) -> PhotoView {
    PhotoView {
        id: "2".into(),
        width: 1600,
        height: 1200,
        size: 9,
        description: description.into(),
        recognisable,
        who: who.into(),
        bad_fields: Vec::new(),
        conflicts: Vec::new(),
        whereabouts: Some(Whereabouts::Safe),
        has_thumbnail: true,
        has_full: true,
        at: 0,
        by: None,
    }
}

#[test]
fn a_new_photo_needs_words_and_an_answer() {
    let needs = of_photo(&story(), &photo(" ", None, ""), NOW_MS);
    assert_eq!(needs, [PhotoNeed::Description, PhotoNeed::Answer]);
    let needs = of_photo(&story(), &photo("Een soepkar", Some(false), ""), NOW_MS);
    assert_eq!(needs, []);
}

#[test]
fn people_who_can_be_recognised_are_named_and_asked() {
    let faces = photo("Els lacht", Some(true), "");
    assert_eq!(
        of_photo(&story(), &faces, NOW_MS),
        [PhotoNeed::Who, PhotoNeed::Consent]
    );
    let named = photo("Els lacht", Some(true), "Els");
    let with = |row: ConsentView| StoryView {
        consents: vec![row],
        ..story()
    };
    let needs = |row| of_photo(&with(row), &named, NOW_MS);
    assert_eq!(needs(consent(Use::Photo, None, Vec::new())), []);
    assert_eq!(
        needs(consent(Use::Website, None, Vec::new())),
        [PhotoNeed::Consent]
    );
    assert_eq!(
        needs(consent(Use::Photo, None, vec![Use::Photo])),
        [PhotoNeed::Consent]
    );
    assert_eq!(
        needs(consent(Use::Photo, Some(NOW_MS - 1), Vec::new())),
        [PhotoNeed::Consent]
    );
    assert_eq!(needs(consent(Use::Photo, Some(NOW_MS), Vec::new())), []);
}

#[test]
fn a_minor_is_not_recognisable_by_default() {
    for (age, is_minor) in [("teen", true), ("child", true), ("adult", false), ("", false)] {
        let mut story = story();
        story.fields.insert(Field::Age, age.to_owned());
        story.consents.push(consent(Use::Photo, None, Vec::new()));
        let needs = of_photo(&story, &photo("Els lacht", Some(true), "Els"), NOW_MS);
        assert_eq!(needs.contains(&PhotoNeed::Minor), is_minor, "{age}");
    }
}

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
        whereabouts: Some(Whereabouts::Safe),
        at: 0,
        by: None,
    };
    assert!(is_written_down(&recording("Het begon.", true)));
    assert!(!is_written_down(&recording(" ", true)));
    assert!(!is_written_down(&recording("Het begon.", false)));
}
