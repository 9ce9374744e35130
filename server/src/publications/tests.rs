use super::*;
use shared::publication::{Claim, Heading};
use shared::view::Use;

/// A story with id `n`, published as entry `n` of the log.
pub(crate) fn story(n: u8) -> PublicStory {
    PublicStory {
        id: DocumentId([n; 16]),
        seq: Seq(u64::from(n)),
        title: format!("Een tuin zonder hek {n}"),
        sections: vec![section(
            Heading::Happened,
            "Twee straten haalden samen de draad weg.",
        )],
        summary: "Nu eten er dertig gezinnen uit.".into(),
        language: "nl".into(),
        themes: vec!["together".into()],
        audience: String::new(),
        municipality: Nis(71_072),
        district: None,
        name: None,
        date: Timestamp(0),
        until: None,
    }
}

/// A heading and its text.
pub(crate) fn section(heading: Heading, text: &str) -> Section {
    Section {
        heading,
        text: text.to_owned(),
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
        seq: Seq(7),
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
        sections: vec![section(Heading::Happened, &text)],
        ..story(1)
    }
    .gist();
    assert!(gist.starts_with("Zet een stoel") && gist.ends_with('…'));
    assert!(gist.chars().count() <= 181);
}

#[test]
fn p1_what_is_shown_of_a_publication_is_what_it_says() {
    let claim = |allows, until| Claim {
        allows,
        text_version: 1,
        until,
    };
    let shown = PublicStory {
        name: Some("Jan".into()),
        district: Some("Kuringen".into()),
        until: Some(Timestamp(5)),
        ..story(3)
    };
    let publication = Publication {
        version: 1,
        prev: None,
        title: shown.title.clone(),
        sections: shown.sections.clone(),
        summary: shown.summary.clone(),
        language: shown.language.clone(),
        themes: shown.themes.clone(),
        audience: shown.audience.clone(),
        municipality: shown.municipality,
        district: shown.district.clone(),
        name: shown.name.clone(),
        date: shown.date,
        claims: vec![claim(Use::Website, None), claim(Use::Name, Some(Timestamp(5)))],
        consent: [7; 32],
    };
    assert_eq!(publication.check(Timestamp(5)), Ok(()));
    assert_eq!(PublicStory::new(shown.id, shown.seq, publication), shown);
}
