//! Why a story stays inside, as it is chosen on the screen.

use shared::view::Unfit;

/// A reason to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// "De verteller wil het niet".
    Teller,
    /// One that the network has a code for.
    Known(Unfit),
    /// "Iets anders".
    Other,
}

impl Refusal {
    /// All reasons, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        let known = Unfit::ALL.into_iter().map(Self::Known);
        [Self::Teller].into_iter().chain(known).chain([Self::Other])
    }

    /// Whether it says nothing without words of her own.
    pub fn needs_words(self) -> bool {
        match self {
            Self::Other => true,
            Self::Teller | Self::Known(_) => false,
        }
    }

    /// What is recorded of it, with her own words.
    ///
    /// Only [`Unfit`] has codes: a code that an app of yesterday does not know would hide the whole decision from it, so
    /// that it offers the story for publishing. All others are words, which `teller` are for the first.
    pub fn recorded(self, teller: &str, words: &str) -> (Option<Unfit>, String) {
        let words = words.trim();
        match self {
            Self::Teller if words.is_empty() => (None, teller.to_owned()),
            Self::Teller => (None, [teller, words].join(" ")),
            Self::Known(unfit) => (Some(unfit), words.to_owned()),
            Self::Other => (None, words.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_recorded_in_a_code_or_in_words() {
        for refusal in Refusal::all() {
            let words = if refusal.needs_words() { "Te kort." } else { "" };
            let (unfit, reason) = refusal.recorded("Zij wil niet.", words);
            assert_eq!(unfit.is_some(), reason.is_empty(), "{refusal:?}");
        }
    }

    #[test]
    fn what_the_teller_wants_stands_before_what_is_said_of_it() {
        let (unfit, reason) = Refusal::Teller.recorded("Zij wil niet.", " Haar zus ook niet. ");
        assert_eq!(
            (unfit, reason.as_str()),
            (None, "Zij wil niet. Haar zus ook niet.")
        );
    }
}
