use super::Locale;
use super::generate::{Files, code};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use toml::{Table, Value};

fn locale(tag: &str, file: &str) -> Files {
    (tag.into(), vec![("a.toml".into(), file.into())])
}

#[test]
fn a_count_chooses_its_form() {
    assert_eq!(Locale::Nl.words_stories(0), "0 verhalen");
    assert_eq!(Locale::Nl.words_stories(1), "1 verhaal");
    assert_eq!(Locale::Nl.words_stories(12), "12 verhalen");
}

#[test]
fn none_is_one_in_french_and_many_elsewhere() {
    let said = |texts: Locale| [0, 1, 2].map(|count| texts.words_stories(count));
    assert_eq!(said(Locale::Fr), ["0 récit", "1 récit", "2 récits"]);
    assert_eq!(said(Locale::En), ["0 stories", "1 story", "2 stories"]);
}

#[test]
fn a_language_is_found_by_its_primary_subtag() {
    assert_eq!(Locale::ALL, [Locale::Nl, Locale::Fr, Locale::En]);
    assert_eq!(Locale::default(), Locale::Nl);
    for (tag, locale) in [
        ("nl", Some(Locale::Nl)),
        ("nl-BE", Some(Locale::Nl)),
        ("fr-BE", Some(Locale::Fr)),
        ("FR", Some(Locale::Fr)),
        ("en-GB-oxendict", Some(Locale::En)),
        ("frr", None),
        ("de", None),
        ("-fr", None),
        ("", None),
    ] {
        assert_eq!(Locale::from_tag(tag), locale, "{tag}");
    }
    for locale in Locale::ALL {
        assert_eq!(Locale::from_tag(locale.tag()), Some(locale));
    }
}

#[test]
fn each_language_has_its_own_name_and_dates() {
    let names = Locale::ALL.map(Locale::locale_name);
    assert_eq!(names, ["Nederlands", "Français", "English"]);
    let first_of_may = |texts: Locale| texts.day_this_year(&texts.day_of_month(1), texts.month(5));
    assert_eq!(Locale::ALL.map(first_of_may), ["1 mei", "1er mai", "1 May"]);
    assert_eq!(Locale::Fr.day_of_month(21), "21");
    for texts in Locale::ALL {
        let months: BTreeSet<_> = (1..=12).map(|month| texts.month(month)).collect();
        assert_eq!(months.len(), 12, "{texts:?}");
        let lists = texts.themes().into_iter().chain(texts.languages());
        let words: BTreeSet<_> = lists.map(|(_, words)| words).collect();
        assert_eq!(words.len(), 16, "{texts:?}");
    }
}

#[test]
fn a_size_is_in_gigabytes_from_the_first_on() {
    let said = |texts: Locale| {
        [0, 999_999_999, 1_000_000_000, 10_737_418_240].map(|bytes| texts.size(bytes).replace('\u{a0}', "~"))
    };
    assert_eq!(said(Locale::Nl), ["0~MB", "999~MB", "1,0~GB", "10,7~GB"]);
    assert_eq!(said(Locale::Fr), ["0~Mo", "999~Mo", "1,0~Go", "10,7~Go"]);
    assert_eq!(said(Locale::En), ["0~MB", "999~MB", "1.0~GB", "10.7~GB"]);
}

#[test]
fn a_language_within_a_sentence_is_written_as_there() {
    let told = |texts: Locale| texts.site_story_language(&texts.within_sentence(texts.language_fr()));
    assert_eq!(
        Locale::ALL.map(told),
        [
            "Dit verhaal is geschreven in het Frans.",
            "Ce récit est écrit en français.",
            "This story is written in French.",
        ]
    );
}

/// Every text of a language with its key; both forms of a counted one.
fn all(tag: &str) -> Vec<(String, String)> {
    fn collect(texts: &mut Vec<(String, String)>, prefix: &str, table: &Table) {
        for (key, value) in table {
            if let Value::Table(table) = value {
                collect(texts, &format!("{prefix}{key}."), table);
            } else {
                texts.push((format!("{prefix}{key}"), value.as_str().unwrap().to_owned()));
            }
        }
    }
    let mut texts = Vec::new();
    for file in fs::read_dir(Path::new("../locales").join(tag)).unwrap() {
        let content = fs::read_to_string(file.unwrap().path()).unwrap();
        collect(&mut texts, "", &content.parse().unwrap());
    }
    texts
}

#[test]
fn no_text_is_empty_and_quotes_are_those_of_the_language() {
    for texts in Locale::ALL {
        for (key, text) in all(texts.tag()) {
            assert!(!text.trim().is_empty(), "{texts:?}: {key}");
            assert!(!text.contains('"'), "{texts:?}: {key}");
            let foreign = if texts == Locale::Fr {
                ['“', '”']
            } else {
                ['«', '»']
            };
            assert!(!text.contains(foreign), "{texts:?}: {key}");
        }
    }
}

#[test]
fn french_says_one_for_none_and_does_not_break_before_its_signs() {
    for (key, text) in all("fr") {
        // What is said of one story is also said of none.
        assert!(!key.ends_with(".one") || !text.contains('1'), "{key}: {text}");
        for broken in [" :", " ;", " ?", " !", " »", "« "] {
            assert!(!text.contains(broken), "{key}: {text}");
        }
        for close in [":", ";", "?", "!", "»"] {
            let mut before = text.match_indices(close).filter_map(|(at, _)| text.get(..at));
            assert!(before.all(|before| before.ends_with('\u{a0}')), "{key}: {text}");
        }
    }
}

#[test]
fn a_key_that_a_language_lacks_fails_the_build() {
    let error = code(&[locale("nl", "a = 'x'\nb = 'y'"), locale("fr", "a = 'x'")]).unwrap_err();
    assert_eq!(error, "fr: b is missing (nl has it)");
    let error = code(&[locale("nl", "a = 'x'"), locale("fr", "a = 'x'\nb = 'y'")]).unwrap_err();
    assert_eq!(error, "nl: b is missing (fr has it)");
}

#[test]
fn a_key_that_stands_twice_fails_the_build() {
    let twice = (
        "nl".into(),
        vec![
            ("a.toml".into(), "[s]\nk = 'x'".into()),
            ("b.toml".into(), "s_k = 'x'".into()),
        ],
    );
    assert_eq!(code(&[twice]).unwrap_err(), "nl/b.toml: s_k: stands twice");
}

#[test]
fn other_arguments_in_another_language_fail_the_build() {
    let error = code(&[locale("nl", "a = 'x {name}'"), locale("fr", "a = 'x {nom}'")]).unwrap_err();
    assert_eq!(error, "a: arguments differ between nl and fr");
}

#[test]
fn a_broken_argument_fails_the_build() {
    for broken in ["a = 'x {name'", "a = 'x }'", "a = '{}'", "a = '{A b}'"] {
        assert!(code(&[locale("nl", broken)]).is_err(), "{broken}");
    }
}
