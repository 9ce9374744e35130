//! Finding a municipality by what people call it.

use std::{fmt, sync::LazyLock};

use super::{Former, Municipality, municipalities};
use crate::fold::fold;

/// A municipality that was found, and by what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The municipality of today.
    pub municipality: &'static Municipality,
    /// What matched.
    pub why: Why,
}

/// What about a municipality matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its name.
    Name,
    /// The name of a municipality that merged into it.
    Former(Former),
    /// The name of one of its parts.
    Part(&'static str),
    /// One of its postcodes.
    Postcode(u16),
}

impl Hit {
    /// Returns the part of the municipality that was meant, if the match names one.
    #[must_use]
    pub fn part(&self) -> Option<&'static str> {
        let name = match self.why {
            Why::Name | Why::Postcode(_) => return None,
            Why::Former(former) => former.name,
            Why::Part(part) => part,
        };
        let mut parts = self.municipality.parts.iter();
        parts.find(|part| **part == name).copied()
    }
}

/// Writes what was found and why: "Gent", "Kruibeke → Beveren-Kruibeke-Zwijndrecht", "1040 Etterbeek".
impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.municipality.name;
        match self.why {
            Why::Name => f.write_str(name),
            Why::Former(Former { name: other, .. }) | Why::Part(other) if other == name => f.write_str(name),
            Why::Former(Former { name: other, .. }) | Why::Part(other) => {
                write!(f, "{other} → {name}")
            }
            Why::Postcode(postcode) => write!(f, "{postcode} {name}"),
        }
    }
}

/// Returns at most `limit` municipalities that `query` may mean, likeliest first, each once.
///
/// Looks at names, names before a merger, names of parts and postcodes; does not care about case,
/// diacritics, hyphens, apostrophes and spaces, takes "st" for "sint", and "9120 kruib" for both at once.
/// A whole name comes before a beginning, that before the beginning of a later word, that before
/// anything inside. An empty query finds nothing.
#[must_use]
pub fn search(query: &str, limit: usize) -> Vec<Hit> {
    let query = Query::read(query);
    if query.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<_> = INDEX
        .iter()
        .filter_map(|entry| entry.matching(&query).map(|(rank, why)| (rank, entry, why)))
        .collect();
    found.sort_by(|(rank, entry, _), (other_rank, other, _)| {
        rank.cmp(other_rank)
            .then_with(|| entry.own_name().cmp(&other.own_name()))
    });
    let hit = |(_, entry, why): (Rank, &Entry, Why)| Hit {
        municipality: entry.municipality,
        why,
    };
    found.into_iter().take(limit).map(hit).collect()
}

/// How well something matched; less is better. The second number orders kinds of names.
type Rank = (u8, u8);

/// What somebody typed.
struct Query {
    /// Folded words without the numbers, separated by a space.
    words: String,
    /// The same without spaces.
    letters: String,
    /// Words that are numbers.
    numbers: Vec<String>,
}

impl Query {
    fn read(text: &str) -> Self {
        let folded = fold_name(text);
        let (numbers, words): (Vec<_>, Vec<_>) = folded
            .split(' ')
            .filter(|word| !word.is_empty())
            .partition(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        Self {
            words: words.join(" "),
            letters: words.concat(),
            numbers: numbers.into_iter().map(str::to_owned).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.letters.is_empty() && self.numbers.is_empty()
    }
}

/// A municipality with its names folded once.
struct Entry {
    municipality: &'static Municipality,
    names: Vec<Name>,
}

struct Name {
    words: String,
    letters: String,
    kind: u8,
    why: Why,
}

static INDEX: LazyLock<Vec<Entry>> = LazyLock::new(|| municipalities().iter().map(Entry::new).collect());

impl Entry {
    fn new(municipality: &'static Municipality) -> Self {
        let former = municipality.former.iter();
        let parts = municipality.parts.iter();
        let names = std::iter::once(Name::new(municipality.name, 0, Why::Name))
            .chain(former.map(|former| Name::new(former.name, 1, Why::Former(*former))))
            .chain(parts.map(|part| Name::new(part, 2, Why::Part(part))))
            .collect();
        Self { municipality, names }
    }

    fn own_name(&self) -> Option<&str> {
        self.names.first().map(|name| name.words.as_str())
    }

    /// Returns how and by what this municipality matches best, if it does.
    fn matching(&self, query: &Query) -> Option<(Rank, Why)> {
        let mut by_postcode = None;
        for number in &query.numbers {
            by_postcode = Some(self.postcode(number)?);
        }
        if query.letters.is_empty() {
            return by_postcode;
        }
        let ranked = self.names.iter().filter_map(|name| {
            let rank = name.rank(query)?;
            Some(((rank, name.kind), name.why))
        });
        ranked.min_by_key(|(rank, _)| *rank)
    }

    fn postcode(&self, digits: &str) -> Option<(Rank, Why)> {
        let mut postcodes = self.municipality.postcodes.iter();
        let postcode = postcodes.find(|postcode| postcode.to_string().starts_with(digits))?;
        let whole = digits.len() == 4;
        Some(((u8::from(!whole), 3), Why::Postcode(*postcode)))
    }
}

impl Name {
    fn new(name: &str, kind: u8, why: Why) -> Self {
        let words = fold_name(name);
        let letters = words.replace(' ', "");
        Self {
            words,
            letters,
            kind,
            why,
        }
    }

    fn rank(&self, query: &Query) -> Option<u8> {
        if self.letters == query.letters {
            return Some(0);
        }
        if self.letters.starts_with(&query.letters) {
            return Some(1);
        }
        let mut later_words = self.words.match_indices(' ');
        if later_words.any(|(at, _)| {
            let rest = self.words.get(at + 1..).unwrap_or_default();
            rest.starts_with(&query.words)
        }) {
            return Some(2);
        }
        self.letters.contains(&query.letters).then_some(3)
    }
}

/// Folds a name, and writes "sint" for its abbreviation.
fn fold_name(text: &str) -> String {
    let folded = fold(text);
    let words = folded
        .split(' ')
        .map(|word| if word == "st" { "sint" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
