//! The picture of Flanders: a projection, province outlines and marks that do not cover each other.
//!
//! All measures are units of the picture (its SVG view box), which is [`PICTURE_WIDTH`] wide.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{LonLat, Nis, Province, lines, municipality};

/// Width of the picture.
pub const PICTURE_WIDTH: u32 = 1000;
/// Height of the picture.
pub const PICTURE_HEIGHT: u32 = 414;

/// A point of the picture, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Returns where a place lies in the picture.
///
/// An equirectangular projection true at 51.1° north: over 90 km of latitude it differs from a
/// conformal one by less than a mark's edge, and it needs no functions but a product.
#[must_use]
pub fn project(place: LonLat) -> Point {
    Point {
        x: (place.longitude_deg - WEST_DEG) * UNITS_PER_LONGITUDE_DEG,
        y: (NORTH_DEG - place.latitude_deg) * UNITS_PER_LATITUDE_DEG,
    }
}

/// Edges of the picture: the region with room for a mark around its outermost centres.
const WEST_DEG: f64 = 2.48;
const EAST_DEG: f64 = 5.96;
const NORTH_DEG: f64 = 51.55;
/// Cosine of 51.1°.
const SHRINK: f64 = 0.627_963;
const UNITS_PER_LONGITUDE_DEG: f64 = PICTURE_WIDTH as f64 / (EAST_DEG - WEST_DEG);
const UNITS_PER_LATITUDE_DEG: f64 = UNITS_PER_LONGITUDE_DEG / SHRINK;

/// The shape of a province or of Brussels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Which one.
    pub province: Province,
    /// SVG path data in units of the picture; to be filled by the even-odd rule, for the hole
    /// around Brussels.
    pub path: String,
}

/// Returns the outlines of the five provinces and Brussels.
#[must_use]
pub fn outlines() -> &'static [Outline] {
    static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
        let arcs: Vec<_> = lines(PROVINCES).filter_map(parse_arc).collect();
        let outlines = lines(PROVINCES).filter_map(|line| parse_outline(line, &arcs));
        outlines.collect()
    });
    &OUTLINES
}

/// Returns SVG path data of closed rings: whole units, each step relative to the last point.
///
/// Rounding happens to the points, not to the steps, so that no error adds up and two neighbours
/// keep one border.
#[must_use]
pub fn steps_path(rings: &[Vec<Point>]) -> String {
    let mut path = String::new();
    for ring in rings {
        let mut points = ring.iter().map(|point| (point.x.round(), point.y.round()));
        let Some(first) = points.next() else {
            continue;
        };
        push_pair(&mut path, 'M', first);
        let mut here = first;
        let mut command = 'l';
        for point in points {
            let step = (point.0 - here.0, point.1 - here.1);
            if step == (0.0, 0.0) {
                continue;
            }
            push_pair(&mut path, command, step);
            here = point;
            command = ' ';
        }
        path.push('z');
    }
    path
}

/// Writes two numbers with as few characters as the grammar of paths allows.
fn push_pair(path: &mut String, command: char, (x, y): (f64, f64)) {
    if command != ' ' || x >= 0.0 {
        path.push(command);
    }
    let gap = if y < 0.0 { "" } else { " " };
    path.push_str(&format!("{}{gap}{}", decimal(x), decimal(y)));
}

/// Writes a length of the picture, to a tenth.
///
/// With whole numbers: what writes every `f64` is larger than all that is written here.
#[must_use]
pub fn decimal(length: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a picture is a thousand units wide; what is no length becomes the nearest one"
    )]
    let tenths = (length * 10.0).round() as i32;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenth == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{tenth}")
    }
}

/// How many stories a municipality has, as a circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The municipality.
    pub nis: Nis,
    /// Middle of the circle: its centre, or a little beside it where marks would cover each other.
    pub at: Point,
    /// Radius; its area grows with the count.
    pub radius: f64,
    /// Number of stories.
    pub count: usize,
}

/// How many stories the municipalities of a province have together, as a circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProvinceMark {
    /// The province.
    pub province: Province,
    /// Middle of the circle.
    pub at: Point,
    /// Radius.
    pub radius: f64,
    /// Number of stories.
    pub count: usize,
}

/// Returns a mark for each municipality with stories, the largest first, so that a small one that
/// touches a large one is painted over it.
///
/// The smallest is 24 CSS pixels wide when the picture is drawn 670 pixels wide; on a narrower
/// screen [`province_marks`] are shown instead. Codes from before a merger count for the
/// municipality of today, unknown codes are left out.
#[must_use]
pub fn marks(counts: &BTreeMap<Nis, usize>) -> Vec<Mark> {
    let mut today: BTreeMap<Nis, Mark> = BTreeMap::new();
    for (nis, count) in counts.iter().filter(|(_, count)| **count > 0) {
        let Some(place) = municipality(*nis) else {
            continue;
        };
        let mark = today.entry(place.nis).or_insert(Mark {
            nis: place.nis,
            at: project(place.centre),
            radius: 0.0,
            count: 0,
        });
        mark.count += count;
        mark.radius = radius(mark.count, 18.0, 40.0);
    }
    let mut marks: Vec<_> = today.into_values().collect();
    marks.sort_by_key(|mark| (std::cmp::Reverse(mark.count), mark.nis));
    spread(&mut marks);
    marks
}

/// Returns a mark for each province with stories: what a phone shows, where the marks of
/// municipalities would be narrower than 24 CSS pixels. These are at 290 pixels.
#[must_use]
pub fn province_marks(counts: &BTreeMap<Nis, usize>) -> Vec<ProvinceMark> {
    let count = |province| {
        let inside = counts
            .iter()
            .filter(|(nis, _)| municipality(**nis).is_some_and(|place| place.province == province));
        inside.map(|(_, count)| count).sum()
    };
    let marks = Province::ALL.into_iter().map(|province| {
        let count = count(province);
        ProvinceMark {
            province,
            at: project(middle(province)),
            radius: radius(count, 42.0, 60.0),
            count,
        }
    });
    marks.filter(|mark| mark.count > 0).collect()
}

/// Height of the letters of a municipality's name beside its mark, as the stylesheet has it.
pub const NAME_SIZE: f64 = 26.0;
/// Height of those of a province.
pub const PROVINCE_NAME_SIZE: f64 = 48.0;
/// Widest part of its height that a letter takes on average.
const LETTER_WIDTH: f64 = 0.58;
/// Room between a mark, with its ring of focus, and its name.
const NAME_GAP: f64 = 13.0;

/// Returns the middle of the line that a mark's name stands on: above the mark, or below it where the picture ends, and
/// as far from its sides as the letters need.
#[must_use]
pub fn name_at(mark: Point, radius: f64, name: &str, size: f64) -> Point {
    let above = mark.y - radius - NAME_GAP;
    let below = mark.y + radius + NAME_GAP + size * 0.7;
    let letters = u16::try_from(name.chars().count()).unwrap_or(u16::MAX);
    let half = f64::from(letters) * size * LETTER_WIDTH / 2.0;
    Point {
        // Not `clamp`, see `keep_near`.
        x: mark.x.max(half).min(f64::from(PICTURE_WIDTH) - half),
        y: if above < size { below } else { above },
    }
}

/// Returns a radius whose square grows with the count.
fn radius(count: usize, min: f64, max: f64) -> f64 {
    // A count of stories is far below 2^32.
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let grown = min + (count.sqrt() - 1.0) * min / 7.0;
    (grown.min(max) * 10.0).round() / 10.0
}

/// Returns where the mark of a province stands: roughly its middle, for Flemish Brabant beside Brussels.
fn middle(province: Province) -> LonLat {
    let (longitude_deg, latitude_deg) = match province {
        Province::Antwerp => (4.72, 51.26),
        Province::Limburg => (5.45, 51.0),
        Province::EastFlanders => (3.79, 51.03),
        Province::FlemishBrabant => (4.81, 50.89),
        Province::WestFlanders => (3.02, 51.01),
        Province::Brussels => (4.37, 50.84),
    };
    LonLat {
        longitude_deg,
        latitude_deg,
    }
}

/// Moves marks that cover each other apart, at most [`SHIFT_MAX`] from where they belong.
fn spread(marks: &mut [Mark]) {
    let homes: Vec<_> = marks.iter().map(|mark| mark.at).collect();
    for _ in 0..SPREAD_ROUNDS {
        let mut touched = false;
        for idx in 1..marks.len() {
            let (before, from_here) = marks.split_at_mut(idx);
            let Some(here) = from_here.first_mut() else {
                continue;
            };
            for other in before {
                touched |= push_apart(other, here);
            }
        }
        for (mark, home) in marks.iter_mut().zip(&homes) {
            mark.at = keep_near(mark.at, *home, mark.radius);
        }
        if !touched {
            break;
        }
    }
    for mark in marks {
        mark.at.x = (mark.at.x * 10.0).round() / 10.0;
        mark.at.y = (mark.at.y * 10.0).round() / 10.0;
    }
}

/// Rounds after which what still overlaps stays so: with all 304 municipalities there is no room.
const SPREAD_ROUNDS: usize = 60;
/// Farthest that a mark may stand from its municipality: about 6 km.
const SHIFT_MAX: f64 = 26.0;
/// Room between two marks.
const GAP: f64 = 2.0;

fn push_apart(one: &mut Mark, other: &mut Mark) -> bool {
    let (dx, dy) = (other.at.x - one.at.x, other.at.y - one.at.y);
    let distance = (dx * dx + dy * dy).sqrt();
    let wanted = one.radius + other.radius + GAP;
    if distance >= wanted {
        return false;
    }
    // Two marks at one point part sideways.
    let (ux, uy) = if distance > 0.0 {
        (dx / distance, dy / distance)
    } else {
        (1.0, 0.0)
    };
    // The smaller one gives way more.
    let share = other.radius / (one.radius + other.radius);
    let missing = wanted - distance;
    one.at.x -= ux * missing * share;
    one.at.y -= uy * missing * share;
    other.at.x += ux * missing * (1.0 - share);
    other.at.y += uy * missing * (1.0 - share);
    true
}

fn keep_near(at: Point, home: Point, radius: f64) -> Point {
    let (dx, dy) = (at.x - home.x, at.y - home.y);
    let distance = (dx * dx + dy * dy).sqrt();
    let scale = if distance > SHIFT_MAX {
        SHIFT_MAX / distance
    } else {
        1.0
    };
    // Not `clamp`: it may panic, in words with two `f64` written out, and would bring their writer.
    Point {
        x: (home.x + dx * scale)
            .max(radius)
            .min(f64::from(PICTURE_WIDTH) - radius),
        y: (home.y + dy * scale)
            .max(radius)
            .min(f64::from(PICTURE_HEIGHT) - radius),
    }
}

const PROVINCES: &str = include_str!("provinces.txt");

/// Grid of the file, in degrees, and its origin.
const GRID_LONGITUDE_DEG: f64 = 0.0005;
const GRID_LATITUDE_DEG: f64 = 0.0003;
const GRID_WEST_DEG: f64 = 2.5;
const GRID_SOUTH_DEG: f64 = 50.6;

fn parse_arc(line: &str) -> Option<Vec<Point>> {
    let mut here = (0, 0);
    let points = line.strip_prefix("arc ")?.split(' ').map(|step| {
        let (dx, dy) = step.split_once(',')?;
        here.0 += dx.parse::<i32>().ok()?;
        here.1 += dy.parse::<i32>().ok()?;
        Some(project(LonLat {
            longitude_deg: GRID_WEST_DEG + f64::from(here.0) * GRID_LONGITUDE_DEG,
            latitude_deg: GRID_SOUTH_DEG + f64::from(here.1) * GRID_LATITUDE_DEG,
        }))
    });
    points.collect()
}

fn parse_outline(line: &str, arcs: &[Vec<Point>]) -> Option<Outline> {
    let (nis, rings) = line.strip_prefix("province ")?.split_once(' ')?;
    let rings = rings.split(';').map(|ring| parse_ring(ring, arcs));
    Some(Outline {
        province: Province::from_nis(nis.parse().ok()?)?,
        path: steps_path(&rings.collect::<Option<Vec<_>>>()?),
    })
}

fn parse_ring(ring: &str, arcs: &[Vec<Point>]) -> Option<Vec<Point>> {
    let mut points: Vec<Point> = Vec::new();
    for arc in ring.split(' ') {
        // The last point of an arc is the first of the next one.
        points.pop();
        match arc.strip_prefix('~') {
            Some(arc) => points.extend(arcs.get(arc.parse::<usize>().ok()?)?.iter().rev()),
            None => points.extend(arcs.get(arc.parse::<usize>().ok()?)?),
        }
    }
    points.pop();
    Some(points)
}
