use super::*;

/// Longest side of a photo, and most bytes of a small one, as the app takes them (`shared::command`).
const SIDE_PX_MAX: u16 = 1600;
const THUMBNAIL_BYTES_MAX: usize = 20 * 1024;

const THEMES: [&str; 10] = [
    "together",
    "care",
    "poverty",
    "youth",
    "ageing",
    "housing",
    "work",
    "nature",
    "culture",
    "newcomers",
];

#[test]
fn every_theme_has_a_picture_of_its_own_that_the_app_takes() {
    let drawn: Vec<_> = THEMES
        .iter()
        .map(|theme| Drawing::new("De soepkar", theme, 0).unwrap())
        .collect();
    for drawing in &drawn {
        assert!(
            drawing.thumbnail.len() <= THUMBNAIL_BYTES_MAX,
            "{}",
            drawing.description
        );
        assert!(drawing.width.max(drawing.height) <= SIDE_PX_MAX);
        assert!(drawing.description.starts_with("Tekening: "));
        let same = drawn.iter().filter(|other| other.jpeg == drawing.jpeg);
        assert_eq!(same.count(), 1, "{}", drawing.description);
    }
}

#[test]
fn a_story_always_gets_the_same_picture_and_another_one_a_different_one() {
    let drawing = |title, number| Drawing::new(title, "care", number).unwrap().thumbnail;
    assert_eq!(drawing("De soepkar", 0), drawing("De soepkar", 0));
    assert_ne!(drawing("De soepkar", 0), drawing("De soepkar", 1));
    assert_ne!(drawing("De soepkar", 0), drawing("De bakfiets", 0));
}
