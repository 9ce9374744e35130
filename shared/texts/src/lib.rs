//! Every text that a person reads, of app and public site, by language.
//!
//! The texts stand in `shared/locales/<language>/*.toml`. A build turns each key into a method of [`Locale`]:
//! `stories.title` becomes [`Locale::stories_title`], `{name}` in a text an argument `name: &str`,
//! and a pair `{ one = "…", other = "…" }` a method that takes a count. So a key that does not exist does not
//! compile; a key that one language lacks, that stands twice or that has other arguments fails the build.

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

impl Locale {
    /// Whether `count` takes the form `one` (Unicode CLDR, cardinal rules for whole numbers).
    fn is_one(self, count: u64) -> bool {
        match self {
            Self::Nl | Self::En => count == 1,
            // The form `many` of French is for millions: nobody has as many stories.
            Self::Fr => count <= 1,
        }
    }

    /// The language that a BCP 47 tag asks for, by its primary subtag: `fr-BE` is French.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next()?;
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// What stands between a name and what it names, where both are not one text: French does not break before it.
    pub fn colon(self) -> &'static str {
        match self {
            Self::Nl | Self::En => ": ",
            Self::Fr => "\u{a0}: ",
        }
    }

    /// The name of a language, of those that [`Locale::languages`] gives, as it stands within a sentence.
    pub fn within_sentence(self, name: &str) -> String {
        match self {
            Self::Nl | Self::En => name.to_owned(),
            Self::Fr => name.to_lowercase(),
        }
    }
}

mod dates;
mod lists;
mod sizes;

#[cfg(test)]
mod generate;
#[cfg(test)]
mod tests;
