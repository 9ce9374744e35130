//! What can be chosen in a story: the value that is stored, and its words.

use texts::Locale;

/// A stored value and its words.
pub type Choice = (&'static str, &'static str);

/// "Soort verhaal".
pub fn kinds(texts: Locale) -> Vec<Choice> {
    vec![
        ("inspiring", texts.kind_inspiring()),
        ("practice", texts.kind_practice()),
        ("learning", texts.kind_learning()),
    ]
}

/// "Rol van BurgersAanZet".
pub fn parts(texts: Locale) -> Vec<Choice> {
    vec![
        ("none", texts.part_none()),
        ("heard", texts.part_heard()),
        ("workshop", texts.part_workshop()),
        ("pilot", texts.part_pilot()),
        ("coaching", texts.part_coaching()),
    ]
}

/// "Naam online".
pub fn namings(texts: Locale) -> Vec<Choice> {
    vec![
        ("full", texts.name_online_full()),
        ("first", texts.name_online_first()),
        ("other", texts.name_online_other()),
        ("none", texts.name_online_none()),
    ]
}

/// "Leeftijd van de verteller".
pub fn ages(texts: Locale) -> Vec<Choice> {
    vec![
        ("adult", texts.age_adult()),
        ("teen", texts.age_teen()),
        ("child", texts.age_child()),
    ]
}

/// "Taal van het verhaal".
pub fn languages(texts: Locale) -> Vec<Choice> {
    texts.languages().to_vec()
}

/// "Thema's".
pub fn themes(texts: Locale) -> Vec<Choice> {
    texts.themes().to_vec()
}

/// The words of a stored value; one that is not among the choices is shown as it stands.
pub fn words(choices: &[Choice], value: &str) -> String {
    let known = choices.iter().find(|(id, _)| *id == value);
    known.map_or(value, |(_, words)| words).to_owned()
}

/// Themes with one more or one less, in the order in which they were chosen; unknown ones stay.
pub fn with_theme(themes: &str, theme: &str, is_chosen: bool) -> String {
    let mut chosen: Vec<_> = themes
        .split_whitespace()
        .filter(|other| *other != theme)
        .collect();
    if is_chosen {
        chosen.push(theme);
    }
    chosen.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::model::field::{AGES, KINDS, NAMINGS, PARTS};
    use shared::publication::THEMES_MAX;

    fn ids(choices: &[Choice]) -> Vec<&'static str> {
        choices.iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn what_can_be_chosen_is_what_a_story_takes() {
        let texts = Locale::default();
        assert_eq!(ids(&kinds(texts)), KINDS);
        assert_eq!(ids(&parts(texts)), PARTS);
        assert_eq!(ids(&namings(texts)), NAMINGS);
        assert_eq!(ids(&ages(texts)), AGES);
        assert!(themes(texts).len() <= THEMES_MAX);
    }

    #[test]
    fn themes_are_chosen_one_by_one() {
        let chosen = with_theme(&with_theme("eigen-thema", "care", true), "work", true);
        assert_eq!(chosen, "eigen-thema care work");
        assert_eq!(with_theme(&chosen, "care", true), "eigen-thema work care");
        assert_eq!(with_theme(&chosen, "care", false), "eigen-thema work");
        assert_eq!(words(&languages(Locale::default()), "fr"), "Frans");
        assert_eq!(words(&languages(Locale::default()), "pl"), "pl");
    }
}
