//! Photos before they are stored: what a chosen file is, how large it becomes, and how it is made to fit (W5).
//!
//! ```text
//!  file ──► its first bytes: which kind, how many pixels ──► decoded ──► scaled in steps ──► JPEG, and a small one
//!             └─ said in words: empty, no photo, too many pixels ┘
//! ```
//!
//! What comes out was drawn anew from pixels: nothing of the file itself, its name and its EXIF data is in it.

use shared::command::{PHOTO_SIDE_PX_MAX, PHOTOS_MAX};

/// Most pixels that are decoded: four bytes of memory each, and what a telephone's camera takes at most.
pub const PIXELS_MAX: u64 = 100_000_000;

/// Most pixels of a canvas: older iPhones draw nothing on a larger one.
const CANVAS_PIXELS_MAX: u64 = 16_000_000;

/// How many first bytes of a file are looked at, one after the other, until its size is found. Before it some cameras
/// write a picture of depths.
pub const HEADS_BYTES: [u32; 3] = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024];

/// How a photo is encoded: the first quality at which it is small enough counts.
pub const PHOTO_QUALITIES: [f64; 3] = [0.8, 0.6, 0.4];

/// How the small picture is encoded: longest side and quality. The first that fits counts; the last always does.
pub const THUMBNAIL_TRIES: [(u32, f64); 5] = [(320, 0.75), (320, 0.55), (320, 0.4), (240, 0.4), (120, 0.3)];

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What the first bytes of a file tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// A photo of this size, before it is turned upright.
    Photo(Size),
    /// A photo whose size stands further on.
    More,
    /// Nothing in it.
    Empty,
    /// Something else: a drawing, a text, a film.
    Other,
}

/// Why a chosen file is not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// There is nothing in it.
    Empty,
    /// It is no photo of a kind that is taken.
    NotAPhoto,
    /// It has more pixels than are decoded.
    TooLarge,
    /// The browser cannot decode it: damaged, or a kind that it does not know.
    Unreadable,
}

impl Size {
    /// Number of pixels.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it is decoded at all.
    ///
    /// # Errors
    /// [`PictureError::TooLarge`], or [`PictureError::Unreadable`] for one without pixels.
    pub fn check(self) -> Result<(), PictureError> {
        match self.pixels() {
            0 => Err(PictureError::Unreadable),
            1..=PIXELS_MAX => Ok(()),
            _ => Err(PictureError::TooLarge),
        }
    }

    /// Scales it down until its longest side is at most `side_px_max`; a smaller one stays as it is.
    #[must_use]
    pub fn within(self, side_px_max: u32) -> Self {
        let longest = self.width.max(self.height);
        if longest <= side_px_max {
            return self;
        }
        let scaled = |side: u32| {
            let rounded =
                (u64::from(side) * u64::from(side_px_max) + u64::from(longest) / 2) / u64::from(longest);
            u32::try_from(rounded).unwrap_or(side_px_max).max(1)
        };
        Self {
            width: scaled(self.width),
            height: scaled(self.height),
        }
    }

    /// The sizes over which it is scaled down to `target`, each at least half of the one before: scaled at once, fine
    /// lines would break.
    pub fn steps_to(self, target: Self) -> Vec<Self> {
        let mut steps = vec![target];
        let mut next = target;
        loop {
            next = Self {
                width: next.width.saturating_mul(2),
                height: next.height.saturating_mul(2),
            };
            if next.width >= self.width || next.height >= self.height || next.pixels() > CANVAS_PIXELS_MAX {
                break;
            }
            steps.push(next);
        }
        steps.reverse();
        steps
    }
}

/// Size of the photo that is stored.
pub fn stored_size(size: Size) -> Size {
    size.within(PHOTO_SIDE_PX_MAX)
}

/// How many of the chosen photos a story has room for.
pub fn n_welcome(n_there: usize, n_chosen: usize) -> usize {
    PHOTOS_MAX.saturating_sub(n_there).min(n_chosen)
}

/// Looks at the first bytes of a file. What is called is nothing to go by: only bytes are.
pub fn look_at(head: &[u8]) -> Head {
    if head.is_empty() {
        return Head::Empty;
    }
    let size = if head.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg(head)
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(head)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        webp(head)
    } else if is_heif(head) {
        heif(head)
    } else {
        return Head::Other;
    };
    size.map_or(Head::More, Head::Photo)
}

/// Segments until the one that tells the size (SOF): marker, length, contents.
fn jpeg(head: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        let marker = *head.get(at + 1)?;
        if *head.get(at)? != 0xff {
            return None;
        }
        match marker {
            // Filling.
            0xff => at += 1,
            // All but the tables that share its numbers.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = big_endian(head.get(at + 5..at + 7)?);
                let width = big_endian(head.get(at + 7..at + 9)?);
                return Some(Size { width, height });
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let len = big_endian(head.get(at + 2..at + 4)?);
                at += 2 + usize::try_from(len).ok()?;
            }
        }
    }
}

fn png(head: &[u8]) -> Option<Size> {
    Some(Size {
        width: big_endian(head.get(16..20)?),
        height: big_endian(head.get(20..24)?),
    })
}

fn webp(head: &[u8]) -> Option<Size> {
    let little_endian = |at: usize, len: usize| {
        let bytes = head.get(at..at + len)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)),
        )
    };
    match head.get(12..16)? {
        b"VP8 " => Some(Size {
            width: little_endian(26, 2)? & 0x3fff,
            height: little_endian(28, 2)? & 0x3fff,
        }),
        b"VP8L" => {
            let bits = little_endian(21, 4)?;
            Some(Size {
                width: (bits & 0x3fff) + 1,
                height: ((bits >> 14) & 0x3fff) + 1,
            })
        }
        b"VP8X" => Some(Size {
            width: little_endian(24, 3)? + 1,
            height: little_endian(27, 3)? + 1,
        }),
        _ => None,
    }
}

fn is_heif(head: &[u8]) -> bool {
    let brands: [&[u8]; 7] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif"];
    head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

/// The largest of the sizes of its tiles and pictures.
fn heif(head: &[u8]) -> Option<Size> {
    let mut sizes = Vec::new();
    for (at, name) in head.windows(4).enumerate() {
        if name == b"ispe"
            && let (Some(width), Some(height)) = (head.get(at + 8..at + 12), head.get(at + 12..at + 16))
        {
            sizes.push(Size {
                width: big_endian(width),
                height: big_endian(height),
            });
        }
    }
    sizes.into_iter().max_by_key(|size| size.pixels())
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

#[cfg(test)]
mod tests;
