//! What the tests of several modules make.

use shared::view::{PhotoNeed, PhotoView, StoryRow, StoryState, StoryView, Teller, Whereabouts};
use std::collections::BTreeMap;

/// A story of somebody else in this state, of which nothing is known and nothing is missing.
pub(crate) fn row(state: StoryState) -> StoryRow {
    StoryRow {
        id: "00".into(),
        title: "De soepkar".into(),
        municipality: None,
        author: None,
        mine: false,
        state,
        whereabouts: Whereabouts::Safe,
        changed_at: 0,
        submitted_at: None,
        is_asked: state == StoryState::AskedBack,
        conflict: false,
        missing: Vec::new(),
        unreadable: false,
        n_photos: 0,
        n_recordings: 0,
        is_deleted: false,
        days_left: 0,
        intent: None,
    }
}

/// A story with photos that lack this.
pub(crate) fn story(photos: &[&[PhotoNeed]]) -> StoryView {
    let photo = |needs: &&[PhotoNeed]| PhotoView {
        id: "01".into(),
        width: 0,
        height: 0,
        size: 0,
        description: String::new(),
        recognisable: None,
        who: String::new(),
        bad_fields: Vec::new(),
        conflicts: Vec::new(),
        needs: needs.to_vec(),
        whereabouts: None,
        has_thumbnail: false,
        has_full: false,
        at: 0,
        by: None,
    };
    StoryView {
        row: row(StoryState::Draft),
        fields: BTreeMap::new(),
        bad_fields: Vec::new(),
        teller: Teller::default(),
        consents: Vec::new(),
        conflicts: Vec::new(),
        photos: photos.iter().map(photo).collect(),
        recordings: Vec::new(),
        editable: true,
        too_new: false,
        reviewable: false,
        sending: None,
        online_version: None,
        outdated: None,
        decision: None,
        agreed: None,
        wording: String::new(),
        questions: Vec::new(),
        seen: String::new(),
    }
}
