//! What scenes are made of: sky, people, trees, houses.

use super::Chance;
use super::canvas::{Canvas, Colour, HEIGHT, Point, WIDTH};

// The colours of the site (`style/tokens.css`), and some beside them.
pub(super) const PAPER: Colour = [253, 249, 240];
pub(super) const SAND: Colour = [246, 239, 224];
pub(super) const TEAL: Colour = [14, 84, 86];
pub(super) const TEAL_MID: Colour = [72, 140, 140];
pub(super) const TEAL_SOFT: Colour = [217, 242, 239];
pub(super) const LAND: Colour = [196, 226, 218];
pub(super) const ORANGE: Colour = [222, 108, 38];
pub(super) const MARK: Colour = [240, 156, 76];
pub(super) const PEACH: Colour = [255, 230, 208];
pub(super) const INK: Colour = [38, 52, 60];
pub(super) const BRICK: Colour = [184, 98, 72];
pub(super) const ROSE: Colour = [228, 150, 132];
pub(super) const BLUE: Colour = [92, 132, 168];
pub(super) const YELLOW: Colour = [247, 210, 122];
pub(super) const GREEN: Colour = [116, 160, 116];
pub(super) const DEEP_GREEN: Colour = [62, 112, 92];
pub(super) const WOOD: Colour = [158, 112, 76];

const CLOTHES: [Colour; 6] = [TEAL, ORANGE, BLUE, BRICK, DEEP_GREEN, YELLOW];
const SKINS: [Colour; 4] = [[240, 202, 170], [206, 152, 112], [150, 100, 70], [100, 66, 48]];
const HAIRS: [Colour; 5] = [
    [60, 44, 36],
    [120, 84, 52],
    [206, 202, 196],
    [176, 120, 60],
    [36, 32, 34],
];

/// Sky over the whole picture, with a sun or a moon.
pub(super) fn sky(canvas: &mut Canvas, chance: &mut Chance) {
    let (air, light) = chance.one_of((TEAL_SOFT, YELLOW), &[(PEACH, ORANGE), (SAND, MARK)]);
    canvas.slab((0.0, 0.0), (WIDTH, HEIGHT), 0.0, air);
    let at = (chance.between(14.0, 106.0), chance.between(11.0, 20.0));
    let radius = chance.between(5.0, 8.5);
    canvas.circle(at, radius, light);
    for _ in 0..=chance.below(3) {
        cloud(canvas, (chance.between(6.0, 108.0), chance.between(8.0, 24.0)));
    }
}

fn cloud(canvas: &mut Canvas, (x, y): Point) {
    canvas.slab((x - 8.0, y), (16.0, 3.6), 1.8, PAPER);
    canvas.circle((x - 2.0, y), 3.2, PAPER);
    canvas.circle((x + 3.0, y + 0.6), 2.4, PAPER);
}

/// A wall and a floor.
pub(super) fn room(canvas: &mut Canvas, chance: &mut Chance) {
    let (wall, floor) = chance.one_of((PEACH, WOOD), &[(TEAL_SOFT, WOOD), (SAND, TEAL_MID)]);
    canvas.slab((0.0, 0.0), (WIDTH, HEIGHT), 0.0, wall);
    canvas.slab((0.0, 62.0), (WIDTH, HEIGHT - 62.0), 0.0, floor);
    canvas.slab((0.0, 61.0), (WIDTH, 1.4), 0.0, PAPER);
}

/// A window with a view.
pub(super) fn window(canvas: &mut Canvas, (x, y): Point, chance: &mut Chance) {
    canvas.slab((x, y), (26.0, 28.0), 1.0, PAPER);
    let air = chance.one_of([188, 222, 230], &[[255, 206, 160], [160, 190, 214]]);
    canvas.slab((x + 1.5, y + 1.5), (23.0, 25.0), 0.5, air);
    canvas.ellipse((x + 8.0, y + 25.0), (6.0, 7.0), DEEP_GREEN);
    canvas.ellipse((x + 17.0, y + 25.5), (7.0, 5.0), GREEN);
    canvas.slab((x + 1.5, y + 26.0), (23.0, 6.0), 0.0, PAPER);
    canvas.slab((x + 12.2, y), (1.6, 28.0), 0.0, PAPER);
    canvas.slab((x - 1.5, y + 27.0), (29.0, 2.2), 0.6, PAPER);
}

/// Somebody whose feet are at `ground`, this tall.
pub(super) fn person(canvas: &mut Canvas, ground: Point, height: f32, chance: &mut Chance) {
    let (x, y) = ground;
    let clothes = chance.one_of(TEAL, &CLOTHES);
    let legs = chance.one_of(INK, &[WOOD, BLUE]);
    let unit = height / 10.0;
    for side in [-1.0, 1.0] {
        let foot = (x + side * unit * 0.75, y);
        canvas.stroke((x + side * unit * 0.6, y - unit * 4.0), foot, unit * 1.1, legs);
    }
    torso(canvas, (x, y - unit * 3.2), unit, clothes, chance);
}

/// Somebody down to the waist, which is at `waist`: behind a table, or in a chair.
pub(super) fn bust(canvas: &mut Canvas, waist: Point, unit: f32, chance: &mut Chance) {
    let clothes = chance.one_of(TEAL, &CLOTHES);
    torso(canvas, waist, unit, clothes, chance);
}

fn torso(canvas: &mut Canvas, (x, y): Point, unit: f32, clothes: Colour, chance: &mut Chance) {
    let skin = chance.one_of([226, 178, 140], &SKINS);
    let hair = chance.one_of(INK, &HAIRS);
    let reach = chance.between(-0.6, 1.6);
    // Long hair falls behind the shoulders.
    if chance.below(2) == 0 {
        canvas.slab(
            (x - unit * 1.5, y - unit * 6.8),
            (unit * 3.0, unit * 3.6),
            unit * 1.3,
            hair,
        );
    }
    for side in [-1.0, 1.0] {
        let hand = (
            x + side * unit * 2.6,
            y - unit * (0.6 + reach.max(0.0) * (side + 1.0) / 2.0),
        );
        canvas.stroke(
            (x + side * unit * 1.3, y - unit * 3.3),
            hand,
            unit * 0.95,
            clothes,
        );
        canvas.circle(hand, unit * 0.5, skin);
    }
    canvas.slab(
        (x - unit * 1.7, y - unit * 4.2),
        (unit * 3.4, unit * 4.4),
        unit * 1.3,
        clothes,
    );
    canvas.slab(
        (x - unit * 0.5, y - unit * 4.9),
        (unit, unit * 1.2),
        unit * 0.4,
        skin,
    );
    let head = (x, y - unit * 5.7);
    canvas.circle(head, unit * 1.25, skin);
    let cap = [
        (x - unit * 1.32, y - unit * 5.9),
        (x - unit * 1.15, y - unit * 6.9),
        (x - unit * 0.4, y - unit * 7.25),
        (x + unit * 0.5, y - unit * 7.2),
        (x + unit * 1.2, y - unit * 6.8),
        (x + unit * 1.32, y - unit * 5.9),
        (x + unit * 0.7, y - unit * 6.4),
        (x - unit * 0.5, y - unit * 6.3),
    ];
    canvas.polygon(&cap, hair);
}

/// A tree whose foot is at `foot`.
pub(super) fn tree(canvas: &mut Canvas, foot: Point, height: f32, chance: &mut Chance) {
    let (x, y) = foot;
    let leaves = chance.one_of(GREEN, &[DEEP_GREEN, TEAL_MID, MARK]);
    canvas.stroke((x, y), (x, y - height * 0.6), height * 0.08, WOOD);
    if chance.below(3) == 0 {
        let crown = [
            (x, y - height),
            (x + height * 0.26, y - height * 0.3),
            (x - height * 0.26, y - height * 0.3),
        ];
        canvas.polygon(&crown, leaves);
    } else {
        canvas.ellipse((x, y - height * 0.68), (height * 0.27, height * 0.33), leaves);
        canvas.ellipse(
            (x + height * 0.14, y - height * 0.52),
            (height * 0.18, height * 0.18),
            leaves,
        );
    }
}

/// A house with its foot at `foot`, as wide and as high as `size`, with one of the gables of Flanders.
pub(super) fn house(canvas: &mut Canvas, foot: Point, size: Point, chance: &mut Chance) {
    let ((x, y), (width, height)) = (foot, size);
    let wall = chance.one_of(BRICK, &[PAPER, ROSE, YELLOW, TEAL_MID]);
    let roof = chance.one_of(INK, &[TEAL, WOOD, ORANGE]);
    let top = y - height;
    canvas.slab((x, top), size, 0.0, wall);
    let rise = width * 0.45;
    if chance.below(2) == 0 {
        canvas.polygon(
            &[
                (x - 1.0, top),
                (x + width / 2.0, top - rise),
                (x + width + 1.0, top),
            ],
            roof,
        );
    } else {
        // Crow steps.
        for step in 0..4u8 {
            let step = f32::from(step);
            let inset = width * 0.12 * step;
            canvas.slab(
                (x + inset, top - rise * (step + 1.0) / 4.0),
                (width - 2.0 * inset, rise),
                0.0,
                wall,
            );
        }
    }
    let glass = chance.one_of(YELLOW, &[TEAL_SOFT, PEACH]);
    for (column, row) in [(0.18, 0.12), (0.58, 0.12), (0.18, 0.48)] {
        canvas.slab(
            (x + width * column, top + height * row),
            (width * 0.24, height * 0.22),
            0.4,
            glass,
        );
    }
    let door = chance.one_of(TEAL, &[ORANGE, DEEP_GREEN, INK]);
    canvas.slab(
        (x + width * 0.57, y - height * 0.42),
        (width * 0.28, height * 0.42),
        0.8,
        door,
    );
}

/// A bicycle whose wheels stand on `ground`.
pub(super) fn bicycle(canvas: &mut Canvas, ground: Point, size: f32, colour: Colour) {
    let (x, y) = ground;
    let (back, front) = (
        (x - size * 0.62, y - size * 0.42),
        (x + size * 0.62, y - size * 0.42),
    );
    for wheel in [back, front] {
        canvas.ring(wheel, size * 0.42, size * 0.06, INK);
        canvas.circle(wheel, size * 0.05, INK);
    }
    let (pedals, saddle, bar) = (
        (x - size * 0.06, y - size * 0.4),
        (x - size * 0.26, y - size * 0.98),
        (x + size * 0.42, y - size * 1.04),
    );
    let width = size * 0.075;
    for (from, to) in [
        (back, pedals),
        (back, saddle),
        (pedals, saddle),
        (pedals, bar),
        (saddle, bar),
        (bar, front),
    ] {
        canvas.stroke(from, to, width, colour);
    }
    canvas.stroke(
        (saddle.0 - size * 0.12, saddle.1),
        (saddle.0 + size * 0.12, saddle.1),
        size * 0.1,
        INK,
    );
    canvas.stroke(bar, (bar.0 - size * 0.16, bar.1 - size * 0.06), size * 0.07, INK);
}
