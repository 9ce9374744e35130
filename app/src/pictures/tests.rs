use super::{CANVAS_PIXELS_MAX, Head, PictureError, Size, THUMBNAIL_TRIES, look_at, n_welcome, stored_size};
use shared::command::PHOTOS_MAX;

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

/// A JPEG up to its size, with `before` bytes of EXIF data in front.
fn jpeg(width: u16, height: u16, before: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    let mut left = before;
    while left > 0 {
        let len = left.min(60_000);
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(len + 2).unwrap().to_be_bytes());
        bytes.extend(vec![0; len]);
        left -= len;
    }
    bytes.extend([0xff, 0xc2, 0, 17, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes
}

#[test]
fn a_photo_is_known_by_its_bytes_with_its_size() {
    assert_eq!(look_at(&jpeg(4032, 3024, 0)), Head::Photo(size(4032, 3024)));
    assert_eq!(look_at(&jpeg(4032, 3024, 30_000)), Head::Photo(size(4032, 3024)));
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08";
    assert_eq!(look_at(png), Head::Photo(size(640, 480)));
    let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
    assert_eq!(look_at(webp), Head::Photo(size(640, 480)));
    let heic = [
        b"\0\0\0\x18ftypheic\0\0\0\0".as_slice(),
        b"\0\0\0\x14ispe\0\0\0\0\0\0\x02\0\0\0\x02\0",
        b"\0\0\0\x14ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0",
    ];
    assert_eq!(look_at(&heic.concat()), Head::Photo(size(4032, 3024)));
}

#[test]
fn what_is_no_photo_is_none_whatever_its_name() {
    assert_eq!(look_at(b""), Head::Empty);
    assert_eq!(
        look_at(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        Head::Other
    );
    assert_eq!(look_at(b"boodschappen: melk, brood"), Head::Other);
    assert_eq!(look_at(b"GIF89a\x10\0\x10\0"), Head::Other);
    assert_eq!(look_at(b"\0\0\0\x18ftypisom"), Head::Other);
}

#[test]
fn a_photo_that_is_cut_off_asks_for_more_at_every_length() {
    let whole = jpeg(4032, 3024, 100);
    for len in 3..whole.len() {
        assert_eq!(look_at(&whole[..len]), Head::More, "{len} bytes");
    }
    assert_eq!(look_at(b"\x89PNG\r\n\x1a\n"), Head::More);
    assert_eq!(look_at(b"RIFF\0\0\0\0WEBPVP8 "), Head::More);
    assert_eq!(look_at(b"\0\0\0\x18ftypheic"), Head::More);
    // Nonsense after the first bytes: never found, so never decoded.
    assert_eq!(
        look_at(&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 7, 7, 7, 7]),
        Head::More
    );
}

#[test]
fn a_picture_bomb_is_not_decoded() {
    assert_eq!(size(12_000, 8_000).check(), Ok(()));
    assert_eq!(size(60_000, 60_000).check(), Err(PictureError::TooLarge));
    assert_eq!(size(u32::MAX, u32::MAX).check(), Err(PictureError::TooLarge));
    assert_eq!(size(0, 300).check(), Err(PictureError::Unreadable));
}

#[test]
fn a_photo_is_stored_with_its_shape_and_never_enlarged() {
    assert_eq!(stored_size(size(4032, 3024)), size(1600, 1200));
    assert_eq!(stored_size(size(3024, 4032)), size(1200, 1600));
    assert_eq!(stored_size(size(640, 480)), size(640, 480));
    assert_eq!(stored_size(size(1600, 1)), size(1600, 1));
    assert_eq!(stored_size(size(90_000, 1)), size(1600, 1));
}

#[test]
fn it_is_scaled_in_halves_on_canvases_that_every_browser_has() {
    let from = size(12_000, 8_000);
    let steps = from.steps_to(stored_size(from));
    assert_eq!(steps, [size(3200, 2134), size(1600, 1067)]);
    assert!(steps.iter().all(|step| step.pixels() <= CANVAS_PIXELS_MAX));
    let from = size(4032, 3024);
    assert_eq!(
        from.steps_to(stored_size(from)),
        [size(3200, 2400), size(1600, 1200)]
    );
    let from = size(1600, 1200);
    assert_eq!(
        from.steps_to(from.within(320)),
        [size(1280, 960), size(640, 480), size(320, 240)]
    );
    let from = size(300, 200);
    assert_eq!(from.steps_to(from), [from]);
}

#[test]
fn tries_for_the_small_picture_get_smaller() {
    for (one, next) in THUMBNAIL_TRIES.iter().zip(&THUMBNAIL_TRIES[1..]) {
        assert!(next.0 <= one.0 && next.1 <= one.1);
    }
}

#[test]
fn a_story_takes_photos_until_it_is_full() {
    assert_eq!(n_welcome(0, 3), 3);
    assert_eq!(n_welcome(0, 300), PHOTOS_MAX);
    assert_eq!(n_welcome(PHOTOS_MAX - 1, 3), 1);
    assert_eq!(n_welcome(PHOTOS_MAX + 1, 3), 0);
}
