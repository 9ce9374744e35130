use super::*;
use shared::publication::{Claim, Heading, Listed, SoundKind};

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
        photos: Vec::new(),
        people_until: None,
        sounds: Vec::new(),
        voice_until: None,
    }
}

/// A photo of `n`, on which people can be recognised or not.
pub(crate) fn photo(n: u8, shows_people: bool) -> Photo {
    Photo {
        hash: MediaHash([n; 32]),
        size: 9_000,
        width: 1600,
        height: 1200,
        alt: format!("Foto {n} van de tuin"),
        shows_people,
        media: None,
    }
}

/// A recording in one file of `n`.
pub(crate) fn sound(n: u8) -> Sound {
    Sound {
        text: "Wij haalden *samen* de draad weg.".into(),
        files: vec![SoundFile {
            hash: MediaHash([n; 32]),
            size: 150_000,
            kind: SoundKind::Webm,
            duration_ms: 61_000,
        }],
        media: None,
    }
}

/// The publication that this story was, with these claims.
pub(crate) fn publication(shown: &PublicStory, claims: Vec<Claim>) -> Publication {
    Publication {
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
        claims,
        consent: [7; 32],
        photos: Listed(shown.photos.clone()),
        sounds: Listed(shown.sounds.clone()),
    }
}

pub(crate) fn claim(allows: Use, until: Option<Timestamp>) -> Claim {
    Claim {
        allows,
        text_version: 1,
        until,
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
    let shown = PublicStory {
        name: Some("Jan".into()),
        district: Some("Kuringen".into()),
        until: Some(Timestamp(5)),
        photos: vec![photo(1, true)],
        people_until: Some(Timestamp(4)),
        sounds: vec![sound(2)],
        ..story(3)
    };
    let claims = vec![
        claim(Use::Website, None),
        claim(Use::Photo, Some(Timestamp(4))),
        claim(Use::Name, Some(Timestamp(5))),
        claim(Use::Voice, None),
    ];
    let publication = publication(&shown, claims);
    assert_eq!(publication.check(Timestamp(4)), Ok(()));
    assert_eq!(PublicStory::new(shown.id, shown.seq, publication), shown);
}

#[test]
fn p2_photos_of_people_and_voices_go_when_their_consent_ends_and_the_page_stays() {
    let mut publications = Publications::default();
    publications.set_network(NetworkId([9; 32]), "Buren".into());
    publications.publish(PublicStory {
        photos: vec![photo(1, true), photo(2, false)],
        people_until: Some(Timestamp(5)),
        sounds: vec![sound(3)],
        voice_until: Some(Timestamp(6)),
        ..story(1)
    });
    let shown = |at| {
        let media = (1..=3).filter(|n| {
            let hash = MediaHash([*n; 32]);
            publications.medium(hash, Timestamp(at)).is_some()
        });
        media.collect::<Vec<_>>()
    };
    assert_eq!(shown(5), [1, 2, 3]);
    assert_eq!(shown(6), [2, 3]);
    assert_eq!(shown(7), [2]);
}

#[test]
fn p3_what_ends_is_noticed_once_and_a_page_that_ended_is_forgotten() {
    let mut publications = Publications::default();
    publications.set_network(NetworkId([9; 32]), "Buren".into());
    let until = |until| PublicStory {
        until: Some(Timestamp(until)),
        photos: vec![photo(1, true)],
        people_until: Some(Timestamp(30)),
        sounds: vec![sound(3)],
        voice_until: Some(Timestamp(40)),
        ..story(1)
    };
    publications.publish(until(50));
    // Nobody is on its photo: nothing of it ends.
    publications.publish(PublicStory {
        photos: vec![photo(2, false)],
        people_until: Some(Timestamp(20)),
        voice_until: Some(Timestamp(20)),
        ..story(2)
    });
    let noticed = [(NetworkId([9; 32]), story(1).id)];
    assert_eq!(publications.next_end(), Some(Timestamp(30)));
    assert_eq!(publications.ended(Timestamp(30)), []);
    assert_eq!(publications.ended(Timestamp(31)), noticed);
    assert_eq!(publications.ended(Timestamp(40)), []);
    assert_eq!(publications.next_end(), Some(Timestamp(40)));
    let is_gone = |publications: &Publications| publications.get(story(1).id, Timestamp(45)) == Found::Gone;
    assert!(!is_gone(&publications), "the page stays");
    assert_eq!(publications.ended(Timestamp(60)), noticed, "both at once");
    assert!(is_gone(&publications), "by no clock is it there");
    publications.publish(until(70));
    publications.publish(PublicStory {
        until: None,
        ..until(80)
    });
    assert_eq!(publications.ended(Timestamp(65)), noticed);
    assert_eq!(publications.next_end(), None, "of the earlier version");
}

#[test]
fn p3_a_photo_is_found_as_long_as_one_story_shows_it() {
    let mut publications = Publications::default();
    publications.set_network(NetworkId([9; 32]), "Buren".into());
    let with_photo = |n| PublicStory {
        photos: vec![photo(1, false)],
        ..story(n)
    };
    publications.publish(with_photo(1));
    publications.publish(with_photo(2));
    publications.withdraw(story(1).id);
    let found = |publications: &Publications| {
        let found = publications.medium(MediaHash([1; 32]), Timestamp(1));
        found.map(|(_, doc, _)| doc)
    };
    assert_eq!(found(&publications), Some(story(2).id));
    publications.publish(story(2));
    assert_eq!(found(&publications), None, "the new version is without it");
}
