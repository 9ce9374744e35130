use super::*;
use shared::view::TextVersion;

fn version(number: u32, sentences: &[(Use, &str)]) -> TextVersion {
    TextVersion {
        id: number.to_string(),
        number,
        sentences: sentences
            .iter()
            .map(|(used, text)| (*used, (*text).to_owned()))
            .collect(),
        at: 1,
        by: None,
    }
}

fn text(language: &str, versions: Vec<TextVersion>) -> ConsentTextView {
    ConsentTextView {
        language: language.into(),
        versions,
        readings: Vec::new(),
        too_new: false,
    }
}

fn reading(used: Use, text: &str, is_here: bool) -> ReadingView {
    ReadingView {
        document: "d".into(),
        id: "r".into(),
        used,
        text: text.into(),
        duration_ms: 1,
        is_here,
        whereabouts: None,
    }
}

fn of_app(texts: Locale) -> Vec<(Use, String)> {
    vec![(Use::Website, format!("website in {}", texts.tag()))]
}

#[test]
fn languages_have_the_names_of_the_screen_and_of_their_speakers_and_directions() {
    for (tag, expected, words) in [
        ("am", "Amhaars · አማርኛ", "ltr"),
        ("ar", "Arabisch · العربية", "rtl"),
        ("ar-ma", "Arabisch (ar-ma) · العربية", "rtl"),
        ("tr", "Turks · Türkçe", "ltr"),
        ("nl", "Nederlands", "ltr"),
        ("fr", "Frans · Français", "ltr"),
        ("xyz", "xyz", "auto"),
    ] {
        let dutch = names(Locale::Nl, tag);
        assert_eq!((dutch.as_str(), direction(tag)), (expected, words), "{tag}");
    }
    assert_eq!(names(Locale::Fr, "ar"), "Arabe · العربية");
    assert_eq!(names(Locale::En, "en"), "English");
    let found = proposed_by_name(Locale::Nl);
    assert_eq!(found.get(..3), Some(["sq", "am", "ar"].as_slice()));
    for texts in Locale::ALL {
        let has_name = |language: &Language| name(texts, language.code) != language.code;
        assert!(PROPOSED.iter().all(has_name), "{texts:?}");
    }
    let codes: Vec<_> = PROPOSED.iter().map(|language| language.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b));
    assert!(
        codes
            .iter()
            .all(|code| typed(code).as_deref() == Some(*code) && own(code).is_none())
    );
}

#[test]
fn a_code_is_typed_in_any_way() {
    assert_eq!(typed(" PT_br "), Some("pt-br".into()));
    for wrong in ["", "a", "Arabisch", "ar-", "ar ma", "1a", "العربية", "ar-x"] {
        assert_eq!(typed(wrong), None, "{wrong}");
    }
}

#[test]
fn a_teller_can_be_asked_in_the_languages_of_the_app_and_in_those_that_have_words() {
    assert_eq!(choices(&[]), ["nl", "fr", "en"]);
    let sounds = text("nl", Vec::new());
    let empty = text("tr", vec![version(2, &[])]);
    assert_eq!(choices(&[sounds.clone(), empty.clone()]), ["nl", "fr", "en"]);
    let arabic = text("ar", vec![version(1, &[(Use::Website, "موقع")])]);
    assert_eq!(choices(&[arabic, sounds, empty]), ["nl", "fr", "en", "ar"]);
}

#[test]
fn what_is_asked_is_the_apps_in_its_languages_and_the_networks_in_others() {
    let texts = [
        text(
            "ar",
            vec![
                version(3, &[(Use::Website, "موقع")]),
                version(3, &[(Use::Name, "اسم")]),
            ],
        ),
        text("fr", vec![version(9, &[(Use::Website, "à nous")])]),
    ];
    let arabic = Asked::of(&texts, "ar", of_app);
    assert_eq!((arabic.version, arabic.text(Use::Website)), (3, Some("موقع")));
    assert_eq!(arabic.text(Use::Name), None);
    let french = Asked::of(&texts, "fr", of_app);
    assert_eq!(french.text(Use::Website), Some("website in fr"));
    assert_eq!(french.version, TEXT_VERSION);
    assert_eq!(Asked::of(&texts, "tr", of_app).text(Use::Website), None);
}

#[test]
fn a_reading_is_heard_only_for_the_very_sentences_that_it_is_of() {
    let mut dutch = text("nl", Vec::new());
    dutch.readings = vec![
        reading(Use::Website, "een ouder tekst", true),
        reading(Use::Name, "website in nl", true),
    ];
    let asked = Asked::of(std::slice::from_ref(&dutch), "nl", of_app);
    assert_eq!(asked.reading(Use::Website), None);
    assert_eq!(asked.readings_here().count(), 0);
    dutch.readings.push(reading(Use::Website, "website in nl", false));
    let asked = Asked::of(std::slice::from_ref(&dutch), "nl", of_app);
    assert!(asked.reading(Use::Website).is_some());
    // It has not come yet.
    assert_eq!(asked.readings_here().count(), 0);
}

#[test]
fn sentences_do_not_change_while_somebody_is_asked() {
    let mut known = vec![text("ar", vec![version(1, &[(Use::Website, "موقع")])])];
    let mut told = text("ar", vec![version(2, &[(Use::Website, "آخر")])]);
    told.readings = vec![reading(Use::Website, "موقع", true)];
    take(
        &mut known,
        vec![told, text("tr", vec![version(1, &[(Use::Name, "ad")])])],
    );
    let asked = Asked::of(&known, "ar", of_app);
    assert_eq!((asked.version, asked.text(Use::Website)), (1, Some("موقع")));
    assert_eq!(asked.readings_here().count(), 1);
    assert_eq!(choices(&known).len(), 5);
}
