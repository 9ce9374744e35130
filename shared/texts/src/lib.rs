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
            Self::Nl => count == 1,
        }
    }
}

mod lists;

#[cfg(test)]
mod generate;
#[cfg(test)]
mod tests;
