use super::*;
use shared::view::Whereabouts;

fn row(state: StoryState, missing: &[Missing]) -> StoryRow {
    StoryRow {
        id: "0".repeat(32),
        title: String::new(),
        municipality: None,
        author: None,
        mine: true,
        state,
        whereabouts: Whereabouts::Device,
        changed_at: 0,
        submitted_at: None,
        conflict: false,
        missing: missing.to_vec(),
        unreadable: false,
        n_photos: 0,
        n_recordings: 0,
        is_deleted: false,
        days_left: 0,
        is_erasing: false,
    }
}

#[test]
fn what_stands_on_the_screen_is_not_missing() {
    let row = row(
        StoryState::Draft,
        &[
            Missing::Title,
            Missing::Municipality,
            Missing::WebsiteConsent,
            Missing::Approval,
        ],
    );
    assert_eq!(missing(&row, |_| false), [Missing::WebsiteConsent]);
    assert_eq!(
        missing(&row, |field| field == Field::Municipality),
        [Missing::Municipality, Missing::WebsiteConsent]
    );
}

#[test]
fn what_was_just_emptied_is_missing() {
    let row = row(StoryState::AskedBack, &[Missing::Approval]);
    assert_eq!(missing(&row, |field| field == Field::Happened), [Missing::Text]);
    assert_eq!(missing(&row, |_| false), []);
}

#[test]
fn the_first_words_have_no_consent_yet() {
    let row = row(StoryState::Draft, &[]);
    assert!(!is_looked_at(&row));
    assert_eq!(
        missing(&row, |field| field == Field::Municipality),
        [Missing::Municipality, Missing::WebsiteConsent]
    );
}
