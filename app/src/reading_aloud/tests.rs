use super::*;

fn local(language: &str) -> Voice {
    Voice {
        language: language.into(),
        is_local: true,
        is_default: false,
    }
}

fn remote(language: &str) -> Voice {
    Voice {
        is_local: false,
        is_default: true,
        ..local(language)
    }
}

#[test]
fn a_text_is_never_sent_elsewhere_to_be_spoken() {
    assert_eq!(voice(&[remote("nl-NL"), remote("nl")], "nl"), None);
    assert_eq!(voice(&[remote("nl"), local("nl-NL")], "nl"), Some(1));
}

#[test]
fn only_a_voice_of_the_language_reads_it() {
    let voices = [local("en-GB"), local("nl_BE"), local("nld"), local("fr-BE")];
    assert_eq!(voice(&voices, "nl"), Some(1));
    assert_eq!(voice(&voices, "FR"), Some(3));
    assert_eq!(voice(&voices, "ar"), None);
    assert_eq!(voice(&voices, ""), None);
    assert_eq!(voice(&[], "nl"), None);
    assert_eq!(voice(&[local("")], "nl"), None);
}

#[test]
fn the_nearest_voice_reads_then_the_one_that_was_chosen_then_the_first() {
    let chosen = Voice {
        is_default: true,
        ..local("nl-NL")
    };
    let voices = [local("nl-AW"), chosen, local("nl-BE"), local("nl-BE")];
    assert_eq!(voice(&voices, "nl"), Some(1));
    assert_eq!(voice(&voices, "nl-BE"), Some(2));
    assert_eq!(voice(&[local("nl-AW"), local("nl-NL")], "nl"), Some(0));
}

fn whole(read: &[Use]) -> Plan {
    Plan {
        read: read.to_vec(),
        is_whole: true,
    }
}

#[test]
fn the_ticked_texts_are_read_in_the_order_of_the_form() {
    let all = |_| true;
    assert_eq!(plan(&[], all, all), whole(&USES));
    let ticked = [Use::Press, Use::Website];
    assert_eq!(plan(&ticked, all, all), whole(&[Use::Website, Use::Press]));
    // A use without a text is not asked about: nothing of it is missing.
    let translated = |used| used != Use::Press && used != Use::Print;
    assert_eq!(plan(&ticked, translated, all), whole(&[Use::Website]));
    assert_eq!(plan(&[], translated, all).read.len(), 5);
}

#[test]
fn what_does_not_sound_is_left_to_somebody_to_read() {
    let recorded = |used| used == Use::Name;
    let part = plan(&[Use::Name, Use::Voice], |_| true, recorded);
    assert_eq!((part.read.as_slice(), part.is_whole), (&[Use::Name][..], false));
    assert_eq!(plan(&[Use::Name], |_| true, recorded), whole(&[Use::Name]));
    assert!(plan(&[], |_| true, |_| false).read.is_empty());
    let (mut reading, first) = Reading::begin(part);
    assert_eq!(
        (first, reading.go_on(true)),
        (Next::Read(Use::Name), Next::Partly)
    );
}

#[test]
fn it_was_read_only_when_every_text_was_heard_to_its_end() {
    let (mut reading, first) = Reading::begin(whole(&[Use::Website, Use::Name]));
    assert_eq!(first, Next::Read(Use::Website));
    assert_eq!(reading.go_on(true), Next::Read(Use::Name));
    assert_eq!(reading.go_on(true), Next::Whole);

    let (mut reading, _) = Reading::begin(whole(&[Use::Website, Use::Name]));
    assert_eq!(reading.go_on(false), Next::Failed);
    let (mut reading, _) = Reading::begin(whole(&[Use::Website]));
    assert_eq!(reading.go_on(false), Next::Failed);
    assert_eq!(Reading::begin(whole(&[])).1, Next::Failed);
}
