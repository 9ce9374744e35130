use super::*;
use crate::testing;
use shared::view::PhotoNeed;

fn row(state: StoryState, missing: &[Missing]) -> StoryRow {
    StoryRow {
        mine: true,
        missing: missing.to_vec(),
        ..testing::row(state)
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

#[test]
fn a_photo_that_lacks_something_is_told_by_its_number() {
    let story = testing::story(&[&[], &[PhotoNeed::Answer, PhotoNeed::Description]]);
    let inside = [LeftOut::Photo(2, vec![PhotoNeed::Answer, PhotoNeed::Description])];
    assert_eq!(stays_inside(&story), inside);
    assert!(stays_inside(&testing::story(&[&[]])).is_empty());
}
