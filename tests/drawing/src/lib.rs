//! Pictures for the example stories: drawn by rule, so that nobody is on them and nobody has to be asked.
//!
//! ```text
//! story ──title──► Chance ──┐
//!       ──theme──► scene  ──┴► shapes on a Canvas ──► JPEG, large and small
//! ```
//!
//! The same story always gets the same pictures. A crate of its own, as pixels are slow without optimisation.

mod canvas;
mod parts;
mod scenes;

use canvas::Canvas;

/// Width of the whole picture, in pixels.
const WIDTH_PX: u16 = 1200;
/// Width of the small one: on most screens it is shown as wide as that.
const SMALL_PX: u16 = 360;

/// A picture as the app would add it, with the words that are read instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The whole picture, a JPEG file.
    pub jpeg: Vec<u8>,
    /// The small one.
    pub thumbnail: Vec<u8>,
    /// Width of the whole picture, in pixels.
    pub width: u16,
    /// Its height.
    pub height: u16,
    /// What is to be seen on it.
    pub description: &'static str,
}

impl Drawing {
    /// Draws the picture of a story with this title about this theme; each `number` gives another one.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn new(title: &str, theme: &str, number: u8) -> anyhow::Result<Self> {
        let scene = scenes::of(theme);
        let draw = |width| {
            let mut chance = Chance::of(title, number);
            let mut canvas = Canvas::new(width, parts::SAND);
            (scene.draw)(&mut canvas, &mut chance);
            canvas
        };
        let whole = draw(WIDTH_PX);
        let (width, height) = whole.size();
        Ok(Self {
            jpeg: whole.jpeg()?,
            thumbnail: draw(SMALL_PX).jpeg()?,
            width,
            height,
            description: scene.description,
        })
    }
}

/// What differs between two pictures of the same scene, always the same for the same story.
#[derive(Clone, Debug)]
struct Chance(u64);

impl Chance {
    fn of(title: &str, number: u8) -> Self {
        let mixed = title
            .bytes()
            .chain([number])
            .fold(0xcbf2_9ce4_8422_2325, |mixed: u64, byte| {
                (mixed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
        Self(mixed)
    }

    /// A number below `end`.
    fn below(&mut self, end: u8) -> u8 {
        // The steps of SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u8::try_from((mixed >> 33) % u64::from(end.max(1))).unwrap_or_default()
    }

    /// A length between these.
    fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * f32::from(self.below(101)) / 100.0
    }

    /// One of these.
    fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let n_others = u8::try_from(others.len()).unwrap_or(u8::MAX);
        let chosen = usize::from(self.below(n_others.saturating_add(1)));
        let other = chosen.checked_sub(1).and_then(|idx| others.get(idx));
        other.copied().unwrap_or(first)
    }
}

#[cfg(test)]
mod tests;
