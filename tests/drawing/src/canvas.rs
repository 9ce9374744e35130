//! A picture of flat shapes: polygons with smooth edges, one over the other.

use anyhow::Context;
use jpeg_encoder::{ColorType, Encoder};

/// Width of every drawing, in its own units.
pub(crate) const WIDTH: f32 = 120.0;
/// Height of every drawing, in its own units.
pub(crate) const HEIGHT: f32 = 80.0;

/// Lines that are looked at for each line of pixels: edges are as smooth as that.
const LINES_PER_PIXEL: u16 = 4;

/// JPEG quality: flat colour needs little.
const QUALITY: u8 = 82;

/// Red, green, blue.
pub(crate) type Colour = [u8; 3];

/// Where something is: to the right, and down.
pub(crate) type Point = (f32, f32);

/// What is painted on.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    scale: f32,
    width: u16,
    height: u16,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A ground of one colour, this many pixels wide.
    #[must_use]
    pub(crate) fn new(width: u16, ground: Colour) -> Self {
        let scale = f32::from(width) / WIDTH;
        let height = whole(HEIGHT * scale);
        Self {
            scale,
            width,
            height,
            pixels: vec![ground; usize::from(width) * usize::from(height)],
        }
    }

    /// Width and height, in pixels.
    #[must_use]
    pub(crate) fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Paints what lies within a closed line.
    pub(crate) fn polygon(&mut self, points: &[Point], colour: Colour) {
        let points: Vec<Point> = points
            .iter()
            .map(|(x, y)| (x * self.scale, y * self.scale))
            .collect();
        let top = points.iter().fold(f32::MAX, |top, (_, y)| top.min(*y));
        let bottom = points.iter().fold(f32::MIN, |bottom, (_, y)| bottom.max(*y));
        let rows = whole(top)..whole(bottom + 1.0).min(self.height);
        for row in rows {
            let cover = cover(&points, row, self.width);
            let start = usize::from(row) * usize::from(self.width);
            let pixels = self.pixels.iter_mut().skip(start);
            for (pixel, cover) in pixels.zip(cover) {
                for (old, new) in pixel.iter_mut().zip(colour) {
                    *old = blend(*old, new, cover);
                }
            }
        }
    }

    /// A box with round corners.
    pub(crate) fn slab(&mut self, (x, y): Point, (width, height): Point, radius: f32, colour: Colour) {
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let corners = [
            (x + width - radius, y + height - radius, 0.0),
            (x + radius, y + height - radius, 0.25),
            (x + radius, y + radius, 0.5),
            (x + width - radius, y + radius, 0.75),
        ];
        let points = corners.into_iter().flat_map(|(x, y, from)| {
            (0..=8u8).map(move |step| on_circle((x, y), (radius, radius), from + f32::from(step) / 32.0))
        });
        self.polygon(&points.collect::<Vec<_>>(), colour);
    }

    /// An ellipse around `centre`.
    pub(crate) fn ellipse(&mut self, centre: Point, radii: Point, colour: Colour) {
        let points = (0..64u8).map(|step| on_circle(centre, radii, f32::from(step) / 64.0));
        self.polygon(&points.collect::<Vec<_>>(), colour);
    }

    /// A circle around `centre`.
    pub(crate) fn circle(&mut self, centre: Point, radius: f32, colour: Colour) {
        self.ellipse(centre, (radius, radius), colour);
    }

    /// A circle that is open within.
    pub(crate) fn ring(&mut self, centre: Point, radius: f32, width: f32, colour: Colour) {
        let outer = (0..=48u8).map(|step| on_circle(centre, (radius, radius), f32::from(step) / 48.0));
        let within = radius - width;
        let inner = (0..=48u8)
            .rev()
            .map(|step| on_circle(centre, (within, within), f32::from(step) / 48.0));
        self.polygon(&outer.chain(inner).collect::<Vec<_>>(), colour);
    }

    /// A straight stroke with round ends.
    pub(crate) fn stroke(&mut self, from: Point, to: Point, width: f32, colour: Colour) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(f32::EPSILON);
        let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
        let around = [
            (from.0 + nx, from.1 + ny),
            (to.0 + nx, to.1 + ny),
            (to.0 - nx, to.1 - ny),
            (from.0 - nx, from.1 - ny),
        ];
        self.polygon(&around, colour);
        self.circle(from, width / 2.0, colour);
        self.circle(to, width / 2.0, colour);
    }

    /// Land below a soft line: its height at the left, in the middle and at the right.
    pub(crate) fn hill(&mut self, heights: [f32; 3], colour: Colour) {
        let [left, middle, right] = heights;
        let line = (0..=40u8).map(|step| {
            let at = f32::from(step) / 40.0;
            let height = left * (1.0 - at) * (1.0 - at) + 2.0 * middle * at * (1.0 - at) + right * at * at;
            (at * WIDTH, height)
        });
        let below = [(WIDTH, HEIGHT), (0.0, HEIGHT)];
        self.polygon(&line.chain(below).collect::<Vec<_>>(), colour);
    }

    /// The picture as a JPEG file.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub(crate) fn jpeg(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, QUALITY)
            .encode(
                self.pixels.as_flattened(),
                self.width,
                self.height,
                ColorType::Rgb,
            )
            .context("encode a drawing")?;
        Ok(bytes)
    }
}

/// How much of each pixel of a row lies within the line.
fn cover(points: &[Point], row: u16, width: u16) -> Vec<f32> {
    let mut cover = vec![0.0; usize::from(width)];
    for line in 0..LINES_PER_PIXEL {
        let y = f32::from(row) + (f32::from(line) + 0.5) / f32::from(LINES_PER_PIXEL);
        let mut crossings = crossings(points, y);
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let &[from, to] = pair else { continue };
            let first = whole(from);
            let last = whole(to.ceil()).min(width);
            let inside = cover.iter_mut().enumerate();
            let inside = inside.take(usize::from(last)).skip(usize::from(first));
            for ((_, part), left) in inside.zip(first..) {
                let left = f32::from(left);
                let within = (to.min(left + 1.0) - from.max(left)).max(0.0);
                *part += within / f32::from(LINES_PER_PIXEL);
            }
        }
    }
    cover
}

/// Where the line crosses a height.
fn crossings(points: &[Point], y: f32) -> Vec<f32> {
    let next = points.iter().cycle().skip(1);
    let edges = points.iter().zip(next);
    edges
        .filter(|((_, from), (_, to))| (*from <= y) != (*to <= y))
        .map(|((from_x, from_y), (to_x, to_y))| from_x + (y - from_y) / (to_y - from_y) * (to_x - from_x))
        .collect()
}

/// A point of an ellipse, at a part of the way around.
fn on_circle((x, y): Point, (rx, ry): Point, part: f32) -> Point {
    let (sin, cos) = (part * std::f32::consts::TAU).sin_cos();
    (x + rx * cos, y + ry * sin)
}

fn blend(old: u8, new: u8, cover: f32) -> u8 {
    let (old, new) = (f32::from(old), f32::from(new));
    u8::try_from(whole(old + (new - old) * cover.min(1.0) + 0.5)).unwrap_or(u8::MAX)
}

/// The whole part; nothing is painted left of the picture or above it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number too large or below nothing becomes the nearest that fits"
)]
fn whole(number: f32) -> u16 {
    number as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = [255; 3];
    const BLACK: Colour = [0; 3];

    fn at(canvas: &Canvas, x: usize, y: usize) -> u8 {
        canvas.pixels[y * usize::from(canvas.width) + x][0]
    }

    #[test]
    fn what_lies_within_is_painted_and_its_edge_is_smooth() {
        let mut canvas = Canvas::new(120, WHITE);
        canvas.polygon(&[(10.0, 10.0), (20.5, 10.0), (20.5, 20.0), (10.0, 20.0)], BLACK);
        assert_eq!(
            (at(&canvas, 15, 15), at(&canvas, 9, 15), at(&canvas, 15, 20)),
            (0, 255, 255)
        );
        assert!((120..136).contains(&at(&canvas, 20, 15)));
    }

    #[test]
    fn what_hangs_over_the_edge_is_cut_off() {
        let mut canvas = Canvas::new(120, WHITE);
        canvas.circle((0.0, 0.0), 10.0, BLACK);
        canvas.circle((WIDTH, HEIGHT), 10.0, BLACK);
        assert_eq!(
            (at(&canvas, 0, 0), at(&canvas, 119, 79), at(&canvas, 60, 40)),
            (0, 0, 255)
        );
    }

    #[test]
    fn a_ring_is_open_within() {
        let mut canvas = Canvas::new(120, WHITE);
        canvas.ring((60.0, 40.0), 20.0, 4.0, BLACK);
        assert_eq!((at(&canvas, 60, 40), at(&canvas, 42, 40)), (255, 0));
    }
}
