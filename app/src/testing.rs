//! What the tests of several modules make.

use shared::view::{StoryRow, StoryState, Whereabouts};

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
        conflict: false,
        missing: Vec::new(),
        unreadable: false,
        n_photos: 0,
        n_recordings: 0,
        is_deleted: false,
        days_left: 0,
        is_erasing: false,
    }
}
