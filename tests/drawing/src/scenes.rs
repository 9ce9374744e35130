//! One scene for each theme.

use super::Chance;
use super::canvas::{Canvas, HEIGHT, WIDTH};
use super::parts::{
    BLUE, BRICK, DEEP_GREEN, GREEN, INK, LAND, MARK, ORANGE, PAPER, PEACH, ROSE, SAND, TEAL, TEAL_MID,
    TEAL_SOFT, WOOD, YELLOW, bicycle, bust, house, person, room, sky, tree, window,
};

/// What is drawn, and the words for it.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) draw: fn(&mut Canvas, &mut Chance),
    pub(super) description: &'static str,
}

/// The scene of a theme, by its id.
pub(super) fn of(theme: &str) -> Scene {
    let (draw, description): (fn(&mut Canvas, &mut Chance), _) = match theme {
        "care" => (
            care,
            "Tekening: twee mensen zitten samen op een bank, bij het raam.",
        ),
        "poverty" => (
            poverty,
            "Tekening: planken vol potten en brood, met iemand ervoor.",
        ),
        "youth" => (youth, "Tekening: kinderen spelen met een bal op een grasveld."),
        "ageing" => (
            ageing,
            "Tekening: iemand zit in een leunstoel onder een lamp. Een poes ligt op het tapijt.",
        ),
        "housing" => (housing, "Tekening: een rij huizen, met een fiets ervoor."),
        "work" => (work, "Tekening: in een werkplaats wordt een fiets hersteld."),
        "nature" => (nature, "Tekening: heuvels met bomen, en een moestuin vooraan."),
        "culture" => (
            culture,
            "Tekening: iemand staat op een podium, mensen kijken toe.",
        ),
        "newcomers" => (
            newcomers,
            "Tekening: twee mensen met koffers komen bij een open deur.",
        ),
        _ => (
            together,
            "Tekening: buren zitten aan een lange tafel onder slingers.",
        ),
    };
    Scene { draw, description }
}

fn together(canvas: &mut Canvas, chance: &mut Chance) {
    sky(canvas, chance);
    canvas.hill([52.0, 40.0, 50.0], LAND);
    canvas.hill([62.0, 56.0, 64.0], GREEN);
    bunting(canvas);
    let n_people = 4 + chance.below(2);
    for place in 0..n_people {
        let step = 92.0 / f32::from(n_people);
        bust(
            canvas,
            (14.0 + step * (f32::from(place) + 0.5), 53.0),
            chance.between(3.0, 3.6),
            chance,
        );
    }
    let cloth = chance.one_of(PAPER, &[PEACH, TEAL_SOFT]);
    canvas.slab((10.0, 52.0), (100.0, 5.0), 1.5, WOOD);
    canvas.slab((12.0, 51.0), (96.0, 4.0), 1.5, cloth);
    for leg in [16.0, 60.0, 104.0] {
        canvas.stroke((leg, 57.0), (leg, 74.0), 2.2, WOOD);
    }
    for place in 0..7u8 {
        let x = 20.0 + f32::from(place) * 13.3;
        let colour = chance.one_of(ORANGE, &[TEAL_MID, ROSE, YELLOW]);
        canvas.ellipse((x, 51.0), (3.4, 1.5), colour);
    }
    canvas.slab((56.0, 44.5), (9.0, 7.0), 1.6, TEAL);
    canvas.slab((55.0, 43.6), (11.0, 1.8), 0.9, INK);
}

fn bunting(canvas: &mut Canvas) {
    for flag in 0..16u8 {
        let x = f32::from(flag) * 8.0 - 2.0;
        let sag = 6.0 - (x - 60.0) * (x - 60.0) / 800.0;
        let y = 20.0 + sag;
        let colour = [ORANGE, TEAL, YELLOW, ROSE]
            .get(usize::from(flag % 4))
            .copied()
            .unwrap_or(TEAL);
        canvas.polygon(&[(x, y), (x + 6.0, y), (x + 3.0, y + 6.5)], colour);
        canvas.stroke((x - 1.0, y), (x + 7.0, y), 0.5, INK);
    }
}

fn care(canvas: &mut Canvas, chance: &mut Chance) {
    room(canvas, chance);
    window(canvas, (chance.between(10.0, 22.0), 10.0), chance);
    lamp(canvas, 104.0);
    let sofa = chance.one_of(TEAL_MID, &[ROSE, DEEP_GREEN]);
    canvas.slab((30.0, 38.0), (60.0, 26.0), 6.0, sofa);
    for (x, unit) in [(49.0, 4.0), (70.0, 3.8)] {
        bust(canvas, (x, 59.0), unit, chance);
    }
    canvas.slab((32.0, 57.0), (56.0, 10.0), 4.0, sofa);
    canvas.slab((26.0, 48.0), (9.0, 20.0), 4.0, sofa);
    canvas.slab((85.0, 48.0), (9.0, 20.0), 4.0, sofa);
    canvas.ellipse((60.0, 72.0), (22.0, 3.5), SAND);
    canvas.slab((48.0, 66.0), (24.0, 2.0), 1.0, WOOD);
    canvas.stroke((52.0, 68.0), (50.0, 76.0), 1.2, WOOD);
    canvas.stroke((68.0, 68.0), (70.0, 76.0), 1.2, WOOD);
    for cup in [54.0, 64.0] {
        canvas.slab((cup, 62.8), (4.0, 3.4), 1.0, PAPER);
        canvas.ring((cup + 4.4, 64.2), 1.3, 0.5, PAPER);
    }
}

fn lamp(canvas: &mut Canvas, x: f32) {
    canvas.polygon(
        &[
            (x - 9.0, 24.0),
            (x + 9.0, 24.0),
            (x + 17.0, 62.0),
            (x - 17.0, 62.0),
        ],
        YELLOW,
    );
    canvas.stroke((x, 24.0), (x, 66.0), 1.2, INK);
    canvas.slab((x - 5.0, 65.0), (10.0, 2.0), 1.0, INK);
    canvas.polygon(
        &[(x - 4.0, 14.0), (x + 4.0, 14.0), (x + 9.0, 25.0), (x - 9.0, 25.0)],
        ORANGE,
    );
}

fn poverty(canvas: &mut Canvas, chance: &mut Chance) {
    room(canvas, chance);
    canvas.slab((14.0, 8.0), (78.0, 60.0), 1.5, WOOD);
    for shelf in 0..3u8 {
        let y = 11.0 + f32::from(shelf) * 18.5;
        canvas.slab((17.0, y), (72.0, 16.0), 0.5, PAPER);
        let mut x = 20.0;
        while x < 84.0 {
            x += good(canvas, (x, y + 16.0), chance) + 1.6;
        }
    }
    person(canvas, (101.0, 74.0), chance.between(44.0, 50.0), chance);
    canvas.slab((92.0, 62.0), (18.0, 12.0), 2.0, ORANGE);
    canvas.ring((101.0, 62.0), 5.0, 1.2, BRICK);
}

/// Something to eat on a shelf; returns how wide it is.
fn good(canvas: &mut Canvas, (x, y): (f32, f32), chance: &mut Chance) -> f32 {
    match chance.below(4) {
        0 => {
            canvas.ellipse((x + 5.0, y - 3.0), (5.0, 3.2), MARK);
            canvas.stroke((x + 3.0, y - 5.0), (x + 4.5, y - 3.4), 0.6, BRICK);
            canvas.stroke((x + 6.0, y - 5.2), (x + 7.5, y - 3.6), 0.6, BRICK);
            10.0
        }
        1 => {
            for (apple, up) in [(2.0, 2.0), (6.0, 2.0), (4.0, 5.2)] {
                canvas.circle((x + apple, y - up), 2.0, if up > 3.0 { GREEN } else { ORANGE });
            }
            8.0
        }
        _ => {
            let inside = chance.one_of(BRICK, &[GREEN, YELLOW, ROSE, TEAL_MID]);
            let height = chance.between(7.0, 11.0);
            canvas.slab((x, y - height), (6.0, height), 1.4, inside);
            canvas.slab((x + 0.4, y - height - 1.4), (5.2, 2.0), 0.6, INK);
            canvas.slab((x + 1.0, y - height * 0.62), (4.0, height * 0.3), 0.4, PAPER);
            6.0
        }
    }
}

fn youth(canvas: &mut Canvas, chance: &mut Chance) {
    sky(canvas, chance);
    canvas.hill([44.0, 38.0, 46.0], LAND);
    for x in [8.0, 24.0, 98.0, 113.0] {
        tree(canvas, (x, 54.0), chance.between(18.0, 26.0), chance);
    }
    canvas.hill([52.0, 50.0, 53.0], GREEN);
    for (from, to) in [
        ((74.0, 56.0), (74.0, 36.0)),
        ((74.0, 36.0), (104.0, 36.0)),
        ((104.0, 36.0), (104.0, 56.0)),
    ] {
        canvas.stroke(from, to, 1.4, PAPER);
    }
    for net in 0..7u8 {
        let x = 76.0 + f32::from(net) * 4.2;
        canvas.stroke((x, 36.5), (x, 55.0), 0.3, PAPER);
    }
    for x in [20.0, 42.0, 64.0, 90.0] {
        let ground = (x + chance.between(-4.0, 4.0), chance.between(64.0, 75.0));
        person(canvas, ground, chance.between(19.0, 25.0), chance);
    }
    let ball = (chance.between(48.0, 58.0), 73.0);
    canvas.circle(ball, 3.2, PAPER);
    canvas.circle(ball, 1.2, INK);
}

fn ageing(canvas: &mut Canvas, chance: &mut Chance) {
    room(canvas, chance);
    window(canvas, (12.0, 12.0), chance);
    lamp(canvas, chance.between(94.0, 104.0));
    canvas.ellipse((62.0, 72.0), (40.0, 6.0), chance.one_of(ROSE, &[BLUE, TEAL_MID]));
    let chair = chance.one_of(DEEP_GREEN, &[BRICK, TEAL]);
    canvas.slab((50.0, 30.0), (30.0, 36.0), 8.0, chair);
    bust(canvas, (65.0, 60.0), 4.6, chance);
    canvas.slab((50.0, 57.0), (30.0, 13.0), 4.0, chair);
    canvas.slab((45.0, 47.0), (9.0, 24.0), 4.0, chair);
    canvas.slab((76.0, 47.0), (9.0, 24.0), 4.0, chair);
    // The cat, asleep.
    let coat = chance.one_of(MARK, &[INK, PAPER]);
    canvas.ellipse((34.0, 71.0), (7.5, 3.6), coat);
    canvas.circle((27.5, 69.4), 2.7, coat);
    canvas.polygon(&[(25.2, 68.4), (25.8, 65.4), (27.4, 67.2)], coat);
    canvas.polygon(&[(27.8, 67.2), (29.4, 65.4), (29.9, 68.4)], coat);
    canvas.stroke((41.0, 71.0), (44.5, 68.0), 1.3, coat);
}

fn housing(canvas: &mut Canvas, chance: &mut Chance) {
    sky(canvas, chance);
    canvas.hill([50.0, 42.0, 48.0], LAND);
    let mut x = 3.0;
    while x < 112.0 {
        let width = chance.between(17.0, 23.0);
        house(canvas, (x, 66.0), (width, chance.between(26.0, 36.0)), chance);
        x += width + 0.6;
    }
    canvas.slab((0.0, 65.5), (WIDTH, HEIGHT), 0.0, SAND);
    canvas.slab((0.0, 65.5), (WIDTH, 1.2), 0.0, WOOD);
    let at = chance.between(22.0, 60.0);
    bicycle(canvas, (at, 75.0), 12.0, ORANGE);
    person(canvas, (at + 26.0, 75.0), 21.0, chance);
    tree(canvas, (chance.between(96.0, 110.0), 74.0), 26.0, chance);
}

fn work(canvas: &mut Canvas, chance: &mut Chance) {
    room(canvas, chance);
    canvas.slab((8.0, 8.0), (64.0, 22.0), 1.5, WOOD);
    for tool in 0..7u8 {
        let x = 13.0 + f32::from(tool) * 8.8;
        let length = chance.between(8.0, 15.0);
        canvas.stroke((x, 11.5), (x, 11.5 + length), 1.3, PAPER);
        let head = chance.one_of(ORANGE, &[INK, YELLOW]);
        canvas.slab((x - 2.0, 10.5 + length), (4.0, 3.4), 0.8, head);
    }
    window(canvas, (84.0, 10.0), chance);
    person(
        canvas,
        (chance.between(92.0, 100.0), 74.0),
        chance.between(42.0, 47.0),
        chance,
    );
    canvas.stroke((44.0, 75.0), (44.0, 58.0), 2.0, INK);
    canvas.stroke((36.0, 75.0), (52.0, 75.0), 2.0, INK);
    bicycle(
        canvas,
        (46.0, 70.0),
        27.0,
        chance.one_of(ORANGE, &[TEAL, BLUE, BRICK]),
    );
    canvas.slab((72.0, 69.0), (12.0, 6.0), 1.0, BRICK);
    canvas.ring((78.0, 69.0), 3.2, 0.9, INK);
}

fn nature(canvas: &mut Canvas, chance: &mut Chance) {
    sky(canvas, chance);
    canvas.hill([46.0, chance.between(24.0, 38.0), 42.0], LAND);
    canvas.hill([44.0, 60.0, 40.0], TEAL_MID);
    for _ in 0..5u8 {
        let foot = (chance.between(6.0, 114.0), chance.between(54.0, 60.0));
        tree(canvas, foot, chance.between(16.0, 28.0), chance);
    }
    canvas.hill([58.0, 55.0, 60.0], GREEN);
    for bed in 0..3u8 {
        let y = 63.0 + f32::from(bed) * 6.0;
        canvas.slab((14.0, y), (62.0, 4.0), 1.8, WOOD);
        let leaf = chance.one_of(DEEP_GREEN, &[ORANGE, TEAL]);
        for plant in 0..10u8 {
            let x = 18.0 + f32::from(plant) * 6.0;
            canvas.circle((x, y + 0.6), 1.7, leaf);
        }
    }
    person(canvas, (chance.between(88.0, 102.0), 75.0), 26.0, chance);
    for bird in 0..3u8 {
        let (x, y) = (46.0 + f32::from(bird) * 9.0, chance.between(10.0, 22.0));
        canvas.stroke((x, y), (x + 2.2, y + 1.6), 0.6, INK);
        canvas.stroke((x + 2.2, y + 1.6), (x + 4.4, y), 0.6, INK);
    }
}

fn culture(canvas: &mut Canvas, chance: &mut Chance) {
    let wall = chance.one_of(TEAL, &[[52, 62, 92], [92, 52, 60]]);
    canvas.slab((0.0, 0.0), (WIDTH, HEIGHT), 0.0, wall);
    canvas.polygon(&[(56.0, 0.0), (64.0, 0.0), (88.0, 60.0), (32.0, 60.0)], YELLOW);
    canvas.slab((0.0, 56.0), (WIDTH, 24.0), 0.0, WOOD);
    canvas.ellipse((60.0, 59.0), (28.0, 3.4), PEACH);
    person(canvas, (60.0, 60.0), chance.between(32.0, 37.0), chance);
    canvas.stroke((70.0, 60.0), (70.0, 36.0), 0.9, INK);
    canvas.circle((70.0, 35.0), 1.7, INK);
    let curtain = chance.one_of(ORANGE, &[BRICK, ROSE]);
    for fold in 0..4u8 {
        let x = f32::from(fold) * 6.0;
        canvas.slab((x - 2.0, -6.0), (7.0, 66.0), 3.0, curtain);
        canvas.slab((WIDTH - x - 5.0, -6.0), (7.0, 66.0), 3.0, curtain);
    }
    canvas.slab((0.0, -3.0), (WIDTH, 8.0), 3.0, curtain);
    for seat in 0..11u8 {
        let x = 6.0 + f32::from(seat) * 10.8 + chance.between(-1.5, 1.5);
        canvas.circle((x, 72.0), 3.4, INK);
        canvas.slab((x - 5.0, 74.5), (10.0, 9.0), 4.0, INK);
    }
}

fn newcomers(canvas: &mut Canvas, chance: &mut Chance) {
    sky(canvas, chance);
    canvas.hill([56.0, 48.0, 54.0], LAND);
    let wall = chance.one_of(BRICK, &[TEAL_MID, ROSE]);
    canvas.slab((60.0, 16.0), (60.0, 50.0), 0.0, wall);
    canvas.polygon(&[(54.0, 18.0), (90.0, 2.0), (126.0, 18.0)], INK);
    canvas.slab((0.0, 65.0), (WIDTH, 15.0), 0.0, SAND);
    canvas.polygon(&[(78.0, 66.0), (96.0, 66.0), (84.0, 80.0), (44.0, 80.0)], YELLOW);
    canvas.slab((77.0, 32.0), (20.0, 34.0), 1.0, PAPER);
    canvas.slab((78.5, 33.5), (17.0, 32.5), 0.5, YELLOW);
    canvas.polygon(&[(95.5, 33.5), (104.0, 37.0), (104.0, 70.0), (95.5, 66.0)], TEAL);
    for x in [64.0, 107.0] {
        canvas.slab((x, 26.0), (9.0, 13.0), 0.6, PEACH);
    }
    person(canvas, (87.0, 66.0), 25.0, chance);
    for (x, height) in [(22.0, 29.0), (42.0, chance.between(20.0, 28.0))] {
        person(canvas, (x, 75.0), height, chance);
        let case = chance.one_of(ORANGE, &[BLUE, DEEP_GREEN]);
        canvas.ring((x + 9.0, 66.0), 2.2, 0.8, INK);
        canvas.slab((x + 5.0, 66.0), (8.0, 9.5), 1.2, case);
    }
}
