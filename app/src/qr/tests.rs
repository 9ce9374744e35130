use super::*;

/// Pixels of a module, as a camera would see it.
const SCALE: usize = 4;

/// Fills the path by its own grammar: rows of `Mx yhWv1h-Wz`.
fn scanned(drawn: &QrPath) -> String {
    let numbers: Vec<usize> = drawn
        .view_box
        .split(' ')
        .filter_map(|number| number.trim_start_matches('-').parse().ok())
        .collect();
    let (quiet, size) = (numbers[0], numbers[2]);
    let mut dark = vec![vec![false; size]; size];
    for run in drawn.path.split_terminator('z') {
        let run = run.strip_prefix('M').unwrap();
        let (at, rest) = run.split_once('h').unwrap();
        let (x, y) = at.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let (width, rest) = rest.split_once('v').unwrap();
        assert_eq!(rest, format!("1h-{width}"));
        let width: usize = width.parse().unwrap();
        dark[y + quiet][x + quiet..x + quiet + width].fill(true);
    }
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(size * SCALE, size * SCALE, |x, y| {
        if dark[y / SCALE][x / SCALE] { 0 } else { 255 }
    });
    let found = picture.detect_grids();
    assert_eq!(found.len(), 1);
    found[0].decode().unwrap().1
}

#[test]
fn a_scanner_reads_the_link_that_was_drawn() {
    for link in [
        "http://localhost:8080/app/uitnodiging#ABCD-EFGH-JKMN-PQRS-T",
        "https://verhalen.burgersaanzet.example/app/uitnodiging#0123-4567-89AB-CDEF-*",
    ] {
        assert_eq!(scanned(&draw(link).unwrap()), link);
    }
}

#[test]
fn what_no_code_holds_is_not_drawn() {
    assert_eq!(draw(&"a".repeat(3_000)), None);
}
