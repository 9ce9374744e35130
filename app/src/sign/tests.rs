use super::*;
use shared::view::Role;

const NOW_MS: u64 = 1_800_000_000_000;

fn member() -> Standing {
    Standing::Member {
        network: "BurgersAanZet".into(),
        name: "An".into(),
        member: 0,
        role: Role::Volunteer,
        second_admin_missing: false,
        to_admit: 0,
    }
}

fn online() -> Link {
    Link {
        online: true,
        ..Link::default()
    }
}

#[test]
fn a_member_without_unsent_work_is_safe_only_while_the_relay_answers() {
    assert_eq!(Sign::new(Some(&member()), &online(), 0, NOW_MS), Sign::Safe);
    let offline = Link::default();
    assert_eq!(Sign::new(Some(&member()), &offline, 0, NOW_MS), Sign::Offline);
}

#[test]
fn c2_nothing_is_called_safe_while_a_contact_has_no_receipt() {
    let link = Link {
        unsent_documents: 1,
        ..online()
    };
    assert_eq!(
        Sign::new(Some(&member()), &link, 0, NOW_MS),
        Sign::Unsent { stories: 1 }
    );
}

#[test]
fn a_story_and_its_contact_count_as_one_story() {
    let link = Link {
        unsent_documents: 2,
        ..online()
    };
    assert_eq!(
        Sign::new(Some(&member()), &link, 1, NOW_MS),
        Sign::Unsent { stories: 1 }
    );
}

#[test]
fn five_days_without_sending_are_a_risk_and_less_is_not() {
    let since = |days: u64| Link {
        unsent_documents: 3,
        unsent_since: Some(NOW_MS - days * DAY_MS),
        ..Link::default()
    };
    assert_eq!(
        Sign::new(Some(&member()), &since(4), 3, NOW_MS),
        Sign::Unsent { stories: 3 }
    );
    assert_eq!(
        Sign::new(Some(&member()), &since(5), 3, NOW_MS),
        Sign::Late { days: 5, stories: 3 }
    );
}

#[test]
fn a_clock_that_went_back_is_no_risk() {
    let link = Link {
        unsent_documents: 1,
        unsent_since: Some(NOW_MS + 9 * DAY_MS),
        ..Link::default()
    };
    assert_eq!(
        Sign::new(Some(&member()), &link, 1, NOW_MS),
        Sign::Unsent { stories: 1 }
    );
}

#[test]
fn who_is_alone_hears_of_her_stories_and_otherwise_nothing() {
    let link = Link::default();
    assert_eq!(Sign::new(Some(&Standing::Alone), &link, 0, NOW_MS), Sign::Nothing);
    assert_eq!(
        Sign::new(Some(&Standing::Alone), &link, 2, NOW_MS),
        Sign::Unsent { stories: 2 }
    );
}

#[test]
fn who_is_alone_hears_of_the_risk_too() {
    let link = Link {
        unsent_documents: 2,
        unsent_since: Some(NOW_MS - 6 * DAY_MS),
        ..Link::default()
    };
    assert_eq!(
        Sign::new(Some(&Standing::Alone), &link, 2, NOW_MS),
        Sign::Late { days: 6, stories: 2 }
    );
}

#[test]
fn stories_on_their_way_are_counted_until_none_is_left() {
    let left = |stories| Link {
        backfill_left: Some(stories),
        ..online()
    };
    assert_eq!(
        Sign::new(Some(&member()), &left(120), 0, NOW_MS),
        Sign::Backfill { stories: 120 }
    );
    assert_eq!(Sign::new(Some(&member()), &left(0), 0, NOW_MS), Sign::Safe);
}
