//! Which stories a list shows, and in which order.

use shared::fold::fold;
use shared::view::{Intent, Missing, StoryRow, StoryState};
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use crate::finding::name_of;

/// How many rows a list draws at first, and how many more each time: thousands would make a phone wait.
pub const ROWS_AT_ONCE: usize = 40;

/// Whose stories are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The member's own.
    Mine,
    /// Those of all others.
    Others,
}

/// Lists the stories with all these words, in this state if one is given: asked back first, as somebody waits for an
/// answer; then newest first.
pub fn listed<'a>(
    rows: impl Iterator<Item = &'a Arc<StoryRow>>,
    whose: Whose,
    words: &str,
    state: Option<StoryState>,
) -> Vec<Arc<StoryRow>> {
    fn key(row: &StoryRow) -> (bool, Reverse<u64>, &str) {
        (!row.is_asked, Reverse(row.changed_at), &row.id)
    }
    let words = fold(words);
    let mut listed: Vec<_> = rows
        .filter(|row| row.mine == (whose == Whose::Mine))
        .filter(|row| state.is_none_or(|state| is_in(row, state)) && has(row, &words))
        .cloned()
        .collect();
    sort(&mut listed, &|a, b| key(a).cmp(&key(b)));
    listed
}

/// Whether it is in a state. Where something is asked, it is asked back, whatever else it is.
fn is_in(row: &StoryRow, state: StoryState) -> bool {
    row.state == state || (row.is_asked && state == StoryState::AskedBack)
}

/// Whether title, place or author hold all the words.
fn has(row: &StoryRow, folded: &str) -> bool {
    if folded.is_empty() {
        return true;
    }
    let place = row.municipality.as_deref().and_then(name_of);
    let text = [
        row.title.as_str(),
        place.unwrap_or_default(),
        row.author.as_deref().unwrap_or_default(),
    ];
    let text = fold(&text.join(" "));
    folded.split(' ').all(|word| text.contains(word))
}

/// What waits for a coordinator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// All that [`is_to_read`], the longest waiting first: "Te lezen".
    pub to_read: Vec<Arc<StoryRow>>,
    /// Approved, not online (any more) or ordered and not sent, and nothing is missing: the longest waiting first.
    pub to_publish: Vec<Arc<StoryRow>>,
    /// Approved and not online, or ordered and not sent, and something is missing: the longest waiting first.
    pub to_complete: Vec<Arc<StoryRow>>,
    /// Not handed in or decided already, but a field has two versions, newest first.
    pub to_choose: Vec<Arc<StoryRow>>,
    /// With a question that waits for an answer, the longest waiting first.
    pub asked_back: Vec<Arc<StoryRow>>,
    /// On the website, whatever else they wait for; newest first.
    pub online: Vec<Arc<StoryRow>>,
    /// Taken from the website by somebody, or no longer allowed there; newest first.
    pub withdrawn: Vec<Arc<StoryRow>>,
    /// Decided to stay inside, newest first.
    pub not_published: Vec<Arc<StoryRow>>,
}

/// Sorts what waits for a coordinator.
pub fn queue<'a>(rows: impl Iterator<Item = &'a Arc<StoryRow>>) -> Queue {
    let mut queue = Queue::default();
    for row in rows {
        if row.state == StoryState::Online {
            queue.online.push(Arc::clone(row));
        }
        if is_to_read(row) {
            queue.to_read.push(Arc::clone(row));
        } else if row.conflict {
            queue.to_choose.push(Arc::clone(row));
        } else if is_approved(row) && row.lacks(Missing::WebsiteWithdrawn) {
            // Who says no leaves nothing to complete.
            queue.withdrawn.push(Arc::clone(row));
        } else if is_to_go(row) && row.missing.is_empty() {
            queue.to_publish.push(Arc::clone(row));
        } else if is_to_go(row) {
            queue.to_complete.push(Arc::clone(row));
        } else if row.is_asked {
            queue.asked_back.push(Arc::clone(row));
        } else {
            match row.state {
                StoryState::Withdrawn => queue.withdrawn.push(Arc::clone(row)),
                StoryState::NotPublished => queue.not_published.push(Arc::clone(row)),
                StoryState::Draft
                | StoryState::Submitted
                | StoryState::AskedBack
                | StoryState::Approved
                | StoryState::Online => {}
            }
        }
    }
    let waits_since = |row: &StoryRow| row.submitted_at.unwrap_or(row.changed_at);
    sort(&mut queue.to_read, &|a, b| waits_since(a).cmp(&waits_since(b)));
    sort(&mut queue.to_publish, &|a, b| a.changed_at.cmp(&b.changed_at));
    sort(&mut queue.to_complete, &|a, b| a.changed_at.cmp(&b.changed_at));
    sort(&mut queue.to_choose, &newest_first);
    sort(&mut queue.asked_back, &|a, b| a.changed_at.cmp(&b.changed_at));
    sort(&mut queue.online, &newest_first);
    sort(&mut queue.withdrawn, &newest_first);
    sort(&mut queue.not_published, &newest_first);
    queue
}

/// Whether it was handed in, or changed since it went online, also where that took it down.
pub fn is_to_read(row: &StoryRow) -> bool {
    let is_online = row.state == StoryState::Online;
    let came_down = is_down(row) && !row.lacks(Missing::WebsiteWithdrawn);
    let is_changed = (is_online || came_down) && row.lacks(Missing::ChangedSinceApproval);
    row.submitted_at.is_some() || is_changed
}

/// Whether it was approved and is not online: also where it showed what it may not any more, and came down.
fn is_approved(row: &StoryRow) -> bool {
    is_down(row) || row.state == StoryState::Approved
}

/// Whether it waits to go online: for the first time, or once more, where it was ordered and something changed.
fn is_to_go(row: &StoryRow) -> bool {
    let is_again = row.state == StoryState::Online && row.intent == Some(Intent::PreviewAgain);
    is_approved(row) || is_again
}

/// Whether it is approved and came down all the same: no member decided so.
fn is_down(row: &StoryRow) -> bool {
    row.state == StoryState::Withdrawn && !row.lacks(Missing::Approval)
}

/// Whether the consent for the website was taken back and no other decision says so already.
pub fn is_taken_back(row: &StoryRow) -> bool {
    let says_so = matches!(row.state, StoryState::NotPublished | StoryState::Withdrawn);
    !says_so && row.lacks(Missing::WebsiteWithdrawn)
}

/// What changed last comes first.
pub fn newest_first(a: &StoryRow, b: &StoryRow) -> Ordering {
    b.changed_at.cmp(&a.changed_at)
}

/// Sorts stories; compiled once for every order.
pub fn sort(rows: &mut [Arc<StoryRow>], order: &dyn Fn(&StoryRow, &StoryRow) -> Ordering) {
    rows.sort_by(|a, b| order(a, b));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn row(id: &str, mine: bool, state: StoryState, changed_at: u64) -> Arc<StoryRow> {
        Arc::new(StoryRow {
            id: id.into(),
            title: format!("Verhaal {id}"),
            municipality: Some("44021".into()),
            author: Some("Bea".into()),
            mine,
            changed_at,
            submitted_at: (state == StoryState::Submitted).then_some(1_000 - changed_at),
            ..testing::row(state)
        })
    }

    fn lacking(id: &str, state: StoryState, missing: Missing) -> Arc<StoryRow> {
        let mut row = row(id, false, state, 6);
        Arc::make_mut(&mut row).missing = vec![missing];
        row
    }

    /// One's own, with a question that this state does not tell of.
    fn asked(id: &str, state: StoryState, changed_at: u64) -> Arc<StoryRow> {
        let mut row = row(id, true, state, changed_at);
        let changed = Arc::make_mut(&mut row);
        changed.is_asked = true;
        changed.missing = vec![Missing::Approval];
        row
    }

    fn ids(rows: &[Arc<StoryRow>]) -> String {
        rows.iter()
            .map(|row| row.id.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_was_asked_back_comes_first_then_the_newest() {
        let rows = [
            row("a", true, StoryState::Online, 5),
            row("b", true, StoryState::AskedBack, 1),
            row("c", true, StoryState::Draft, 9),
            row("d", false, StoryState::AskedBack, 7),
            row("e", false, StoryState::Draft, 8),
        ];
        assert_eq!(ids(&listed(rows.iter(), Whose::Mine, "", None)), "b c a");
        assert_eq!(ids(&listed(rows.iter(), Whose::Others, "", None)), "d e");
    }

    #[test]
    fn a_question_calls_whatever_else_the_state_says() {
        for state in [
            StoryState::Online,
            StoryState::NotPublished,
            StoryState::Withdrawn,
        ] {
            let rows = [row("a", true, state, 5), asked("b", state, 1)];
            assert_eq!(
                ids(&listed(rows.iter(), Whose::Mine, "", None)),
                "b a",
                "{state:?}"
            );
            let asked_back = listed(rows.iter(), Whose::Mine, "", Some(StoryState::AskedBack));
            assert_eq!(ids(&asked_back), "b", "{state:?}");
            assert_eq!(ids(&queue(rows.iter()).asked_back), "b", "{state:?}");
        }
    }

    #[test]
    fn words_are_looked_for_in_title_place_and_author() {
        let rows = [
            row("a", true, StoryState::Draft, 1),
            row("b", true, StoryState::Draft, 2),
        ];
        for (words, found) in [
            ("GENT verhaal", "b a"),
            ("bea", "b a"),
            ("verhaal a", "b a"),
            ("  ", "b a"),
            ("lommel", ""),
        ] {
            assert_eq!(
                ids(&listed(rows.iter(), Whose::Mine, words, None)),
                found,
                "{words}"
            );
        }
    }

    #[test]
    fn the_longest_waiting_is_read_first() {
        let mut both = row("e", false, StoryState::Draft, 3);
        Arc::make_mut(&mut both).conflict = true;
        let rows = [
            row("a", false, StoryState::Submitted, 5),
            row("b", true, StoryState::Submitted, 90),
            row("c", false, StoryState::Approved, 8),
            row("d", false, StoryState::Approved, 7),
            both,
            row("f", false, StoryState::Online, 1),
            row("g", false, StoryState::Online, 4),
            lacking("h", StoryState::Approved, Missing::WebsiteConsent),
            // A consent took these down; somebody the last.
            row("i", false, StoryState::Withdrawn, 9),
            lacking("j", StoryState::Withdrawn, Missing::WebsiteWithdrawn),
            lacking("k", StoryState::Withdrawn, Missing::Approval),
            row("l", false, StoryState::AskedBack, 6),
            row("m", true, StoryState::AskedBack, 3),
            row("n", false, StoryState::NotPublished, 3),
            row("o", false, StoryState::Draft, 3),
        ];
        let queue = queue(rows.iter());
        assert_eq!(ids(&queue.to_read), "b a");
        assert_eq!(ids(&queue.to_publish), "d c i");
        assert_eq!(ids(&queue.to_complete), "h");
        assert_eq!(ids(&queue.to_choose), "e");
        assert_eq!(ids(&queue.asked_back), "m l");
        assert_eq!(ids(&queue.online), "g f");
        assert_eq!(ids(&queue.withdrawn), "j k");
        assert_eq!(ids(&queue.not_published), "n");
    }

    #[test]
    fn one_state_is_looked_for() {
        let rows = [
            row("a", true, StoryState::Draft, 1),
            row("b", true, StoryState::Online, 2),
        ];
        for (words, state, found) in [
            ("", StoryState::Draft, "a"),
            ("verhaal", StoryState::Online, "b"),
            ("lommel", StoryState::Online, ""),
            ("", StoryState::Withdrawn, ""),
        ] {
            let listed = listed(rows.iter(), Whose::Mine, words, Some(state));
            assert_eq!(ids(&listed), found, "{words} {state:?}");
        }
    }

    #[test]
    fn an_online_story_that_waits_for_something_is_in_both_lists() {
        let mut again = row("a", true, StoryState::Online, 1);
        Arc::make_mut(&mut again).submitted_at = Some(3);
        let changed = lacking("b", StoryState::Online, Missing::ChangedSinceApproval);
        let queue = queue([again, changed].iter());
        assert_eq!(
            (ids(&queue.to_read), ids(&queue.online)),
            ("a b".into(), "b a".into())
        );
    }

    #[test]
    fn what_is_online_and_did_not_go_again_is_to_be_published() {
        let mut rows = [
            row("a", false, StoryState::Online, 1),
            lacking("b", StoryState::Online, Missing::NameConsent),
            row("c", false, StoryState::Online, 3),
        ];
        for row in &mut rows[..2] {
            Arc::make_mut(row).intent = Some(Intent::PreviewAgain);
        }
        Arc::make_mut(&mut rows[2]).intent = Some(Intent::Publish);
        let queue = queue(rows.iter());
        assert_eq!(
            (
                ids(&queue.to_publish),
                ids(&queue.to_complete),
                ids(&queue.online)
            ),
            ("a".into(), "b".into(), "b c a".into())
        );
    }

    #[test]
    fn what_came_down_because_it_changed_is_read_again() {
        let down = lacking("a", StoryState::Withdrawn, Missing::ChangedSinceApproval);
        let mut refused = lacking("b", StoryState::Withdrawn, Missing::ChangedSinceApproval);
        Arc::make_mut(&mut refused)
            .missing
            .push(Missing::WebsiteWithdrawn);
        let queue = queue([down, refused].iter());
        assert_eq!(
            (ids(&queue.to_read), ids(&queue.withdrawn)),
            ("a".into(), "b".into())
        );
    }

    #[test]
    fn a_consent_that_was_taken_back_shows_until_a_decision_says_so() {
        for (state, shows) in [
            (StoryState::Draft, true),
            (StoryState::Approved, true),
            (StoryState::Online, true),
            (StoryState::Withdrawn, false),
            (StoryState::NotPublished, false),
        ] {
            let row = lacking("a", state, Missing::WebsiteWithdrawn);
            assert_eq!(is_taken_back(&row), shows, "{state:?}");
        }
        assert!(!is_taken_back(&lacking(
            "a",
            StoryState::Approved,
            Missing::WebsiteConsent
        )));
    }
}
