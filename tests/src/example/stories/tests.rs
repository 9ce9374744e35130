//! Goal: every story can be told, and is seen to be made up.

use super::*;
use shared::model::field::check_value;
use shared::places::{self, Municipality, Nis};
use shared::publication::SUMMARY_CHARS_MAX;
use std::collections::BTreeSet;
use texts::Locale;

fn place(story: &Story) -> &'static Municipality {
    let nis: Nis = story.field(Field::Municipality).parse().unwrap();
    let place = places::municipality(nis).unwrap();
    assert_eq!(place.nis, nis, "{}: a code of today", story.title());
    place
}

#[test]
fn every_field_holds_what_the_model_takes() {
    let themes = Locale::Nl.themes().map(|(id, _)| id);
    let languages = Locale::Nl.languages().map(|(id, _)| id);
    for story in stories().unwrap() {
        for (field, value) in story.fields() {
            assert_eq!(check_value(field, &value), Ok(()), "{}: {field:?}", story.title());
            assert_ne!(value, "", "{}: {field:?}", story.title());
        }
        if let Some(second) = &story.second {
            for value in [&second.author, &second.coordinator] {
                assert_eq!(check_value(second.field, value), Ok(()), "{}", story.title());
            }
        }
        assert!(story.field(Field::Summary).chars().count() <= SUMMARY_CHARS_MAX);
        for theme in story.field(Field::Themes).split_whitespace() {
            assert!(themes.contains(&theme), "{}: {theme}", story.title());
        }
        assert!(languages.contains(&story.language()), "{}", story.title());
    }
}

#[test]
fn every_title_and_every_text_is_there_once() {
    let all = stories().unwrap();
    let texts: BTreeSet<_> = all.iter().map(|story| story.field(Field::Happened)).collect();
    let titles: BTreeSet<_> = all.iter().map(Story::title).collect();
    assert_eq!((titles.len(), texts.len()), (60, 60));
}

#[test]
fn stories_are_from_everywhere_in_flanders() {
    for (province, file) in FILES {
        let file: File = toml::from_str(file).unwrap();
        assert!(file.story.len() >= 8, "{province}");
        for story in &file.story {
            let place = place(story);
            assert_eq!(place.province.name(), province, "{}", story.title());
            let district = story.field(Field::District);
            assert!(
                district.is_empty() || place.parts.contains(&district),
                "{district}"
            );
        }
        let online = file
            .story
            .iter()
            .filter(|story| story.state == StoryState::Online);
        assert!(online.count() >= 2, "{province}");
    }
    let places: BTreeSet<_> = stories().unwrap().iter().map(|story| place(story).nis).collect();
    assert!(places.len() >= 35, "{}", places.len());
}

#[test]
fn every_story_ends_by_saying_that_it_is_made_up() {
    for story in stories().unwrap() {
        let said = story.made_up().unwrap();
        let fields = story.fields();
        let (_, last) = fields.iter().rfind(|(field, _)| is_prose(*field)).unwrap();
        assert!(last.ends_with(said), "{last}");
        let second = story.second.as_ref().map(|second| second.field);
        assert!(
            second.is_none_or(|field| !is_prose(field) || fields.iter().any(|(other, _)| *other > field))
        );
    }
}

#[test]
fn nobody_can_be_reached() {
    for story in stories().unwrap() {
        if let Some(Teller { reach, .. }) = &story.teller {
            // No number begins so, and no name ends so (RFC 2606).
            assert!(
                reach.starts_with("000 ") || reach.ends_with(".example"),
                "{reach}"
            );
        }
    }
}

#[test]
fn what_happens_to_a_story_fits_its_state() {
    let mut namings = BTreeSet::new();
    for story in stories().unwrap() {
        let is_public = matches!(story.state, StoryState::Online | StoryState::Withdrawn);
        assert!(!is_public || story.consent.is_some(), "{}", story.title());
        assert!(
            !is_public || !story.field(Field::Summary).is_empty(),
            "{}",
            story.title()
        );
        assert_eq!(story.state == StoryState::AskedBack, !story.questions.is_empty());
        assert_eq!(story.state == StoryState::NotPublished, story.unfit.is_some());
        let has_reason = matches!(story.state, StoryState::NotPublished | StoryState::Withdrawn);
        assert_eq!(has_reason, !story.reason.is_empty());
        if is_public {
            namings.insert(story.field(Field::NameOnline).to_owned());
        }
    }
    assert_eq!(
        namings.into_iter().collect::<Vec<_>>(),
        ["first", "full", "none", "other"]
    );
}
