use super::Locale;
use super::generate::{Files, code};

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
