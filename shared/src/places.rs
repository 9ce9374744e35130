//! Flanders: its municipalities through time, how they are found, and how they are drawn.
//!
//! The register is the state of 1 January 2025: 285 municipalities in five provinces, and the 19 of
//! Brussels, kept apart from them. It is compiled in, so that a place is found without a connection.
//! Names and codes from before the mergers of 2019 and 2025 stay known: people keep using them.
//!
//! Nothing here knows stories: the map takes counts by municipality and gives shapes.

use std::{fmt, str::FromStr, sync::LazyLock};

mod map;
mod search;

pub use map::{
    Mark, NAME_SIZE, Outline, PICTURE_HEIGHT, PICTURE_WIDTH, PROVINCE_NAME_SIZE, Point, ProvinceMark,
    decimal, marks, name_at, outlines, project, province_marks, steps_path,
};
pub use search::{Hit, Why, search};

/// A code of the National Institute of Statistics: five digits, of a municipality or a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nis(pub u32);

impl fmt::Display for Nis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05}", self.0)
    }
}

impl FromStr for Nis {
    type Err = NotNis;

    /// Reads exactly five digits.
    fn from_str(text: &str) -> Result<Self, NotNis> {
        if text.len() != 5 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotNis);
        }
        text.parse().map(Self).map_err(|_| NotNis)
    }
}

/// The text is not a NIS code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a NIS code is five digits")]
pub struct NotNis;

/// One of the five provinces, or Brussels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Province {
    /// Antwerpen, 10000.
    Antwerp,
    /// Limburg, 70000.
    Limburg,
    /// Oost-Vlaanderen, 40000.
    EastFlanders,
    /// Vlaams-Brabant, 20001.
    FlemishBrabant,
    /// West-Vlaanderen, 30000.
    WestFlanders,
    /// The region of Brussels, 04000: no province, and in no figure about Flanders.
    Brussels,
}

impl Province {
    /// The five provinces and then Brussels.
    pub const ALL: [Self; 6] = [
        Self::Antwerp,
        Self::Limburg,
        Self::EastFlanders,
        Self::FlemishBrabant,
        Self::WestFlanders,
        Self::Brussels,
    ];

    /// Returns the name in Dutch.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Antwerp => "Antwerpen",
            Self::Limburg => "Limburg",
            Self::EastFlanders => "Oost-Vlaanderen",
            Self::FlemishBrabant => "Vlaams-Brabant",
            Self::WestFlanders => "West-Vlaanderen",
            Self::Brussels => "Brussel",
        }
    }

    /// Returns the code.
    #[must_use]
    pub fn nis(self) -> Nis {
        Nis(match self {
            Self::Antwerp => 10_000,
            Self::Limburg => 70_000,
            Self::EastFlanders => 40_000,
            Self::FlemishBrabant => 20_001,
            Self::WestFlanders => 30_000,
            Self::Brussels => 4_000,
        })
    }

    /// Returns the province with this code.
    #[must_use]
    pub fn from_nis(nis: Nis) -> Option<Self> {
        Self::ALL.into_iter().find(|province| province.nis() == nis)
    }
}

/// A place on earth, WGS 84 degrees, longitude first (RFC 7946 §3.1.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    /// Degrees east.
    pub longitude_deg: f64,
    /// Degrees north.
    pub latitude_deg: f64,
}

/// A municipality of today.
#[derive(Clone, Debug, PartialEq)]
pub struct Municipality {
    /// Its code since its last merger.
    pub nis: Nis,
    /// Its name.
    pub name: &'static str,
    /// Where it lies.
    pub province: Province,
    /// Its postcodes, ascending; one may belong to several municipalities.
    pub postcodes: Vec<u16>,
    /// Its centre by address density.
    pub centre: LonLat,
    /// The municipalities that merged into it in 2019 or 2025, itself among them.
    pub former: Vec<Former>,
    /// Names of its parts ("deelgemeenten"), the name of the whole often among them.
    pub parts: Vec<&'static str>,
}

/// A municipality that merged into another or into a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// The merger holds from 1 January of this year.
    pub year: u16,
    /// Its code until then.
    pub nis: Nis,
    /// Its name until then.
    pub name: &'static str,
}

/// Returns all 304 municipalities, by code.
#[must_use]
pub fn municipalities() -> &'static [Municipality] {
    static REGISTER: LazyLock<Vec<Municipality>> =
        LazyLock::new(|| lines(MUNICIPALITIES).filter_map(parse).collect());
    &REGISTER
}

/// Returns the municipality with this code, also by the code of one that merged into it.
#[must_use]
pub fn municipality(nis: Nis) -> Option<&'static Municipality> {
    let all = municipalities();
    let today = all.iter().find(|place| place.nis == nis);
    today.or_else(|| {
        all.iter()
            .find(|place| place.former.iter().any(|former| former.nis == nis))
    })
}

const MUNICIPALITIES: &str = include_str!("places/municipalities.tsv");

/// Returns the lines of a data file without its heading.
fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#'))
}

/// Reads a line of the register; a test counts that none is lost.
fn parse(line: &'static str) -> Option<Municipality> {
    let mut columns = line.split('\t');
    let mut column = || columns.next();
    Some(Municipality {
        nis: column()?.parse().ok()?,
        name: column()?,
        province: Province::from_nis(column()?.parse().ok()?)?,
        postcodes: column()?
            .split(' ')
            .map(|code| code.parse().ok())
            .collect::<Option<_>>()?,
        centre: LonLat {
            longitude_deg: degrees(column()?)?,
            latitude_deg: degrees(column()?)?,
        },
        former: list(column()?).map(parse_former).collect::<Option<_>>()?,
        parts: list(column()?).collect(),
    })
}

/// Reads degrees without a sign, such as `5.4339`, as `f64` itself would.
///
/// That brings tables of 12 KB that no compression makes smaller, into both programs of the app.
fn degrees(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: u32 = [whole, fraction].concat().parse().ok()?;
    // Both are exact as `f64`, so the quotient is rounded once.
    Some(f64::from(digits) / 10_f64.powi(i32::try_from(fraction.len()).ok()?))
}

fn parse_former(text: &'static str) -> Option<Former> {
    let (year, rest) = text.split_once(' ')?;
    let (nis, name) = rest.split_once(' ')?;
    Some(Former {
        year: year.parse().ok()?,
        nis: nis.parse().ok()?,
        name,
    })
}

/// Returns the elements of a list written with bars, none for an empty text.
fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('|').filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests;
