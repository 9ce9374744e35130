//! Languages that a teller can be asked in: the app's own and those that the network added.

use crate::permission::TEXT_VERSION;
use shared::fold::fold;
use shared::view::{ConsentTextView, ReadingView, Use};
use texts::Locale;

/// A language by its own name, with the code of ISO 639-1, or of ISO 639-3 where that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// The code: a BCP 47 tag.
    pub code: &'static str,
    /// What who speaks it calls it.
    pub name: &'static str,
    /// Written from right to left.
    pub is_rtl: bool,
}

const fn ltr(code: &'static str, name: &'static str) -> Language {
    Language {
        code,
        name,
        is_rtl: false,
    }
}

const fn rtl(code: &'static str, name: &'static str) -> Language {
    Language {
        code,
        name,
        is_rtl: true,
    }
}

/// Languages that are proposed: those that are spoken most in Flanders beside the app's own, by their codes.
pub const PROPOSED: [Language; 32] = [
    ltr("am", "አማርኛ"),
    rtl("ar", "العربية"),
    ltr("bg", "Български"),
    rtl("ckb", "کوردیی ناوەندی"),
    ltr("de", "Deutsch"),
    ltr("el", "Ελληνικά"),
    ltr("es", "Español"),
    rtl("fa", "فارسی"),
    rtl("he", "עברית"),
    ltr("hi", "हिन्दी"),
    ltr("hy", "Հայերեն"),
    ltr("it", "Italiano"),
    ltr("ka", "ქართული"),
    ltr("kmr", "Kurmancî"),
    ltr("ln", "Lingála"),
    ltr("ne", "नेपाली"),
    ltr("pa", "ਪੰਜਾਬੀ"),
    ltr("pl", "Polski"),
    rtl("ps", "پښتو"),
    ltr("pt", "Português"),
    ltr("ro", "Română"),
    ltr("ru", "Русский"),
    ltr("so", "Soomaali"),
    ltr("sq", "Shqip"),
    ltr("sw", "Kiswahili"),
    ltr("ti", "ትግርኛ"),
    ltr("tr", "Türkçe"),
    ltr("uk", "Українська"),
    rtl("ur", "اردو"),
    ltr("vi", "Tiếng Việt"),
    ltr("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"),
    ltr("zh", "中文"),
];

/// The language as the screen calls it, with the code of a variety; a code that nobody here knows as it is.
pub fn name(texts: Locale, tag: &str) -> String {
    let primary = primary(tag);
    let names = texts.asked_languages();
    match names.iter().find(|(code, _)| *code == primary) {
        Some((_, name)) if primary == tag => (*name).to_owned(),
        Some((_, name)) => format!("{name} ({tag})"),
        None => tag.to_owned(),
    }
}

/// What its speakers call it, where the screen calls it otherwise: who asks looks for the one, who is asked for the
/// other.
pub fn own_name(texts: Locale, tag: &str) -> Option<&'static str> {
    let own = own(primary(tag)).map(Locale::locale_name);
    let own = own.or_else(|| proposed(tag).map(|language| language.name));
    own.filter(|own| !name(texts, tag).starts_with(own))
}

/// Both names: "Arabisch · العربية".
pub fn names(texts: Locale, tag: &str) -> String {
    let own = own_name(texts, tag).map(str::to_owned);
    let names = [name(texts, tag)].into_iter().chain(own);
    names.collect::<Vec<_>>().join(" · ")
}

/// Languages that are proposed, in the order of their names on the screen.
pub fn proposed_by_name(texts: Locale) -> Vec<&'static str> {
    let mut codes = PROPOSED.map(|language| language.code).to_vec();
    codes.sort_by_cached_key(|code| fold(&name(texts, code)));
    codes
}

/// The direction of its words: said where it is known, else found by the browser from their letters.
pub fn direction(tag: &str) -> &'static str {
    match (own(tag), proposed(tag)) {
        (None, Some(language)) if language.is_rtl => "rtl",
        (Some(_), _) | (None, Some(_)) => "ltr",
        (None, None) => "auto",
    }
}

/// The app's own texts of a language.
pub fn own(tag: &str) -> Option<Locale> {
    Locale::ALL.into_iter().find(|texts| texts.tag() == tag)
}

fn proposed(tag: &str) -> Option<&'static Language> {
    let primary = primary(tag);
    PROPOSED.iter().find(|language| language.code == primary)
}

/// A language as its tag is written here: `nl-be` for what some phones call `nl_BE`.
pub fn tag(language: &str) -> String {
    language.trim().to_ascii_lowercase().replace('_', "-")
}

/// The first part of a tag: the language without its variety.
pub fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

/// A code as somebody typed it, if it can be one: `ar`, `pt-br`.
pub fn typed(code: &str) -> Option<String> {
    let tag = tag(code);
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_first = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_rest =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_first && tag.len() <= 16 && parts.all(is_rest)).then_some(tag)
}

/// What is asked in a language, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The language.
    pub language: String,
    /// The version that a consent names.
    pub version: u32,
    /// The sentences, by use. A use that has none cannot be asked about.
    sentences: Vec<(Use, String)>,
    readings: Vec<ReadingView>,
}

impl Asked {
    /// What is asked in `language`: in the app's own words (`of_app`) where it speaks that, else in those of the
    /// network; with how either sounds.
    pub fn of(
        texts: &[ConsentTextView],
        language: &str,
        of_app: impl Fn(Locale) -> Vec<(Use, String)>,
    ) -> Self {
        let known = texts.iter().find(|text| text.language == language);
        let (version, sentences) = match (own(language), known.and_then(|text| text.versions.first())) {
            (Some(own), _) => (TEXT_VERSION, of_app(own)),
            (None, Some(newest)) => (newest.number, newest.sentences.clone()),
            (None, None) => (0, Vec::new()),
        };
        Self {
            language: language.to_owned(),
            version,
            sentences,
            readings: known.map(|text| text.readings.clone()).unwrap_or_default(),
        }
    }

    /// The sentences of a use.
    pub fn text(&self, used: Use) -> Option<&str> {
        let mut sentences = self.sentences.iter();
        sentences
            .find(|(other, _)| *other == used)
            .map(|(_, text)| text.as_str())
    }

    /// How just these sentences sound when somebody reads them: a reading of others is of no use.
    pub fn reading(&self, used: Use) -> Option<&ReadingView> {
        let text = self.text(used)?;
        let mut readings = self.readings.iter();
        readings.find(|reading| reading.used == used && reading.text == text)
    }

    /// Readings of just these sentences that are on this device.
    pub fn readings_here(&self) -> impl Iterator<Item = &ReadingView> {
        let readings = self.readings.iter();
        readings.filter(|reading| reading.is_here && self.text(reading.used) == Some(reading.text.as_str()))
    }
}

/// Languages that a teller can be asked in: the app's own, then those that the network added.
pub fn choices(texts: &[ConsentTextView]) -> Vec<String> {
    let added = texts
        .iter()
        .filter(|text| own(&text.language).is_none() && has_sentences(text));
    let own = Locale::ALL.into_iter().map(|texts| texts.tag().to_owned());
    own.chain(added.map(|text| text.language.clone())).collect()
}

fn has_sentences(text: &ConsentTextView) -> bool {
    text.versions
        .first()
        .is_some_and(|version| !version.sentences.is_empty())
}

/// Languages of the network that somebody began, by the order of their codes.
pub fn begun(texts: &[ConsentTextView]) -> Vec<&ConsentTextView> {
    let begun = texts.iter().filter(|text| own(&text.language).is_none());
    begun.filter(|text| !text.versions.is_empty()).collect()
}

/// Takes note of what was told anew while a form is open: its sentences stay as they are, as somebody is asked just
/// these; only how they sound may come meanwhile.
pub fn take(known: &mut Vec<ConsentTextView>, told: Vec<ConsentTextView>) {
    for text in told {
        match known.iter_mut().find(|other| other.language == text.language) {
            Some(other) => other.readings = text.readings,
            None => known.push(text),
        }
    }
}

#[cfg(test)]
mod tests;
