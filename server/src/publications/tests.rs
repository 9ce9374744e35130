use super::*;

/// A story with id `n`, published at moment `n`.
pub(crate) fn story(n: u8) -> PublicStory {
    PublicStory {
        id: DocumentId([n; 16]),
        title: format!("Een tuin zonder hek {n}"),
        sections: vec![(Field::Happened, "Twee straten haalden samen de draad weg.".into())],
        summary: "Nu eten er dertig gezinnen uit.".into(),
        language: "nl".into(),
        themes: vec!["together".into()],
        audience: String::new(),
        municipality: Nis(71_072),
        district: None,
        name: None,
        published_at: Timestamp(u64::from(n)),
        until: None,
    }
}

fn ids(listing: &Listing<'_>) -> Vec<u8> {
    listing.stories.iter().map(|story| story.id.0[0]).collect()
}

#[test]
fn p3_a_withdrawn_story_leaves_every_list_and_says_so() {
    let mut publications = Publications::default();
    publications.publish(story(1));
    publications.publish(story(2));
    publications.withdraw(story(1).id);
    let now = Timestamp(9);
    assert_eq!(publications.get(story(1).id, now), Found::Gone);
    assert_eq!(publications.get(story(2).id, now), Found::Online(&story(2)));
    assert_eq!(publications.get(story(3).id, now), Found::Unknown);
    assert_eq!(ids(&publications.list(&Filter::default(), now)), [2]);
    assert_eq!(
        publications.by_municipality(now),
        BTreeMap::from([(Nis(71_072), 1)])
    );
    publications.publish(story(1));
    assert_eq!(publications.newest(now).count(), 2);
}

#[test]
fn p2_a_story_is_shown_until_its_consent_ends() {
    let mut publications = Publications::default();
    publications.publish(PublicStory {
        until: Some(Timestamp(50)),
        ..story(1)
    });
    assert!(matches!(
        publications.get(story(1).id, Timestamp(50)),
        Found::Online(_)
    ));
    assert_eq!(publications.get(story(1).id, Timestamp(51)), Found::Gone);
    assert_eq!(publications.list(&Filter::default(), Timestamp(51)).total, 0);
    assert!(publications.by_municipality(Timestamp(51)).is_empty());
}

#[test]
fn a_new_version_takes_the_place_of_the_old_one() {
    let mut publications = Publications::default();
    publications.publish(story(1));
    let newer = PublicStory {
        title: "Anders".into(),
        published_at: Timestamp(7),
        ..story(1)
    };
    publications.publish(newer.clone());
    assert_eq!(publications.newest(Timestamp(9)).collect::<Vec<_>>(), [&newer]);
}

#[test]
fn a_list_is_filtered_by_place_theme_audience_language_and_words() {
    let mut publications = Publications::default();
    publications.publish(story(1));
    publications.publish(PublicStory {
        title: "Het repaircafé van Fatima".into(),
        municipality: Nis(46_013),
        language: "fr".into(),
        themes: vec!["work".into(), "newcomers".into()],
        audience: "scholen".into(),
        ..story(2)
    });
    let list = |filter: Filter| ids(&publications.list(&filter, Timestamp(9)));
    let default = Filter::default;
    let some = |text: &str| Some(text.to_owned());
    let search = |words: &str| {
        list(Filter {
            search: words.into(),
            ..default()
        })
    };
    assert_eq!(list(default()), [2, 1]);
    // The code of Kruibeke, which merged: the story is found under the municipality of today.
    assert_eq!(
        list(Filter {
            municipality: Some(Nis(46_030)),
            ..default()
        }),
        [2]
    );
    assert_eq!(
        list(Filter {
            province: Some(Province::Limburg),
            ..default()
        }),
        [1]
    );
    assert_eq!(
        list(Filter {
            theme: some("newcomers"),
            ..default()
        }),
        [2]
    );
    assert_eq!(
        list(Filter {
            audience: some("scholen"),
            ..default()
        }),
        [2]
    );
    assert_eq!(
        list(Filter {
            language: some("nl"),
            ..default()
        }),
        [1]
    );
    assert_eq!(search("REPAIRCAFE"), [2]);
    assert_eq!(search("hasselt tuin"), [1]);
    assert_eq!(search("repair hasselt"), [0; 0]);
    assert_eq!(search("uin"), [0; 0]);
    assert_eq!(search(" ! "), [2, 1]);
}

#[test]
fn a_list_comes_in_pages_and_a_page_too_far_is_the_last() {
    let mut publications = Publications::default();
    for n in 1..=25 {
        publications.publish(story(n));
    }
    let page = |page| {
        publications.list(
            &Filter {
                page,
                ..Filter::default()
            },
            Timestamp(99),
        )
    };
    assert_eq!((page(1).pages, page(1).total), (3, 25));
    assert_eq!(ids(&page(0)), (14..=25).rev().collect::<Vec<_>>());
    assert_eq!(ids(&page(3)), [1]);
    assert_eq!(page(99), page(3));
}

#[test]
fn a_story_without_summary_is_introduced_by_its_first_words() {
    let text = "**Zet** een stoel op straat. ".repeat(20);
    let gist = PublicStory {
        summary: " ".into(),
        sections: vec![(Field::Happened, text)],
        ..story(1)
    }
    .gist();
    assert!(gist.starts_with("Zet een stoel") && gist.ends_with('…'));
    assert!(gist.chars().count() <= 181);
}
