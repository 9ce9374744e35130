use super::*;
use crate::testing;
use shared::view::Missing;

fn row(state: StoryState, mine: bool) -> StoryRow {
    StoryRow {
        mine,
        submitted_at: (state == StoryState::Submitted).then_some(0),
        ..testing::row(state)
    }
}

#[track_caller]
fn check(role: Role, rows: &[StoryRow], step: NextStep) {
    assert_eq!(NextStep::new(role, 0, rows.iter()), step);
}

#[test]
fn who_has_nothing_waiting_writes() {
    check(Role::Volunteer, &[], NextStep::Write);
    check(Role::Admin, &[row(StoryState::Online, true)], NextStep::Write);
}

#[test]
fn who_waits_at_the_door_comes_before_everything_else() {
    let rows = [row(StoryState::AskedBack, true)];
    let step = NextStep::new(Role::Coordinator, 2, rows.iter());
    assert_eq!(step, NextStep::Admit(2));
}

#[test]
fn a_question_comes_before_other_stories() {
    let rows = [
        row(StoryState::Submitted, false),
        row(StoryState::AskedBack, true),
        row(StoryState::Draft, true),
    ];
    check(Role::Coordinator, &rows, NextStep::Answer(1));
}

#[test]
fn a_question_is_answered_first_also_where_the_page_came_down_before() {
    let asked = StoryRow {
        is_asked: true,
        ..row(StoryState::Withdrawn, true)
    };
    check(
        Role::Volunteer,
        &[asked, row(StoryState::Draft, true)],
        NextStep::Answer(1),
    );
}

#[test]
fn a_coordinator_reads_and_a_volunteer_finishes() {
    let rows = [
        row(StoryState::Submitted, false),
        row(StoryState::Submitted, true),
        row(StoryState::Draft, true),
    ];
    check(Role::Coordinator, &rows, NextStep::Review(2));
    check(Role::Volunteer, &rows, NextStep::Finish(1));
}

#[test]
fn what_is_online_and_changed_waits_for_a_coordinator() {
    let changed = StoryRow {
        missing: vec![Missing::ChangedSinceApproval],
        ..row(StoryState::Online, true)
    };
    check(Role::Coordinator, &[changed], NextStep::Review(1));
}

#[test]
fn stories_of_others_are_not_mine_to_finish() {
    let rows = [row(StoryState::Draft, false), row(StoryState::AskedBack, false)];
    check(Role::Coordinator, &rows, NextStep::Write);
}

#[test]
fn the_steering_group_looks_at_the_map() {
    check(Role::Observer, &[row(StoryState::Draft, true)], NextStep::Look);
}
