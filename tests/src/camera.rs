//! Photos as a camera makes them: large, and telling where they were taken.

/// What stands in the EXIF data of a photo, and must be found nowhere else.
pub const EXIF_WORDS: &str = "KERKSTRAAT-TWAALF";

/// A JPEG of grey squares, each of 8 by 8 pixels as bright as `shade` says of its column and row.
///
/// Baseline, one component, and of each square only its mean: a file of a few bytes for each thousand pixels.
pub fn jpeg(width: u16, height: u16, exif: Option<&[u8]>, shade: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    if let Some(exif) = exif {
        segment(&mut bytes, 0xe1, exif);
    }
    // Table 0 divides each mean by 8, and all else by 1.
    let mut divisors = vec![0, 8];
    divisors.resize(65, 1);
    segment(&mut bytes, 0xdb, &divisors);
    let [height_high, height_low] = height.to_be_bytes();
    let [width_high, width_low] = width.to_be_bytes();
    let frame = [8, height_high, height_low, width_high, width_low, 1, 1, 0x11, 0];
    segment(&mut bytes, 0xc0, &frame);
    // Nine lengths of a difference, each by a code of four bits; and one code of one bit for "no more".
    segment(
        &mut bytes,
        0xc4,
        &codes(0x00, [0, 0, 0, 9], &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
    );
    segment(&mut bytes, 0xc4, &codes(0x10, [1, 0, 0, 0], &[0]));
    segment(&mut bytes, 0xda, &[1, 1, 0, 0, 63, 0]);
    let mut bits = Bits::default();
    let mut before = 0;
    for row in 0..u32::from(height).div_ceil(8) {
        for column in 0..u32::from(width).div_ceil(8) {
            let mean = i32::from(shade(column, row)) - 128;
            let difference = mean - before;
            before = mean;
            let len = 32 - difference.unsigned_abs().leading_zeros();
            bits.push(len, 4);
            let value = if difference < 0 {
                difference + (1 << len) - 1
            } else {
                difference
            };
            bits.push(value.unsigned_abs(), len);
            bits.push(0, 1);
        }
    }
    bytes.extend(bits.end());
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// EXIF data that turns the photo a quarter, and tells where it was taken, in numbers and in words.
pub fn exif_with_place() -> Vec<u8> {
    let words_len = u32::try_from(EXIF_WORDS.len()).unwrap_or_default();
    let (gps, rationals, words) = (8 + 2 + 3 * 12 + 4, 8 + 2 + 3 * 12 + 4 + 2 + 4 * 12 + 4, 152);
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(3_u16.to_le_bytes());
    field(&mut tiff, 0x010e, 2, words_len, words);
    field(&mut tiff, 0x0112, 3, 1, 6);
    field(&mut tiff, 0x8825, 4, 1, gps);
    tiff.extend([0; 4]);
    tiff.extend(4_u16.to_le_bytes());
    field(&mut tiff, 1, 2, 2, u32::from(b'N'));
    field(&mut tiff, 2, 5, 3, rationals);
    field(&mut tiff, 3, 2, 2, u32::from(b'E'));
    field(&mut tiff, 4, 5, 3, rationals + 24);
    tiff.extend([0; 4]);
    tiff.extend(exif_place());
    tiff.extend(EXIF_WORDS.as_bytes());
    [b"Exif\0\0".as_slice(), &tiff].concat()
}

/// The bytes of the place where the photo was taken: 51° 3' 15" and 3° 43' 30". Each number is a fraction of large ones
/// in which nothing repeats: whoever stores them compressed leaves such bytes as they are.
pub fn exif_place() -> Vec<u8> {
    let numbers = [
        (51_u32, 60_495_719_u32),
        (3, 71_638_543),
        (15, 83_947_261),
        (3, 79_164_857),
        (43, 68_273_951),
        (30, 57_318_629),
    ];
    let rational =
        |(number, below): (u32, u32)| [(number * below).to_le_bytes(), below.to_le_bytes()].concat();
    numbers.into_iter().flat_map(rational).collect()
}

fn field(tiff: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32) {
    tiff.extend(tag.to_le_bytes());
    tiff.extend(kind.to_le_bytes());
    tiff.extend(count.to_le_bytes());
    tiff.extend(value.to_le_bytes());
}

fn segment(bytes: &mut Vec<u8>, marker: u8, contents: &[u8]) {
    bytes.extend([0xff, marker]);
    let len = u16::try_from(contents.len() + 2).unwrap_or(u16::MAX);
    bytes.extend(len.to_be_bytes());
    bytes.extend(contents);
}

/// A table of codes: how many of each length up to four bits, and what they stand for.
fn codes(table: u8, counts: [u8; 4], symbols: &[u8]) -> Vec<u8> {
    let mut contents = vec![table];
    contents.extend(counts);
    contents.extend([0; 12]);
    contents.extend(symbols);
    contents
}

/// Bits, the first one highest, with a zero after each byte that could be taken for a marker.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    byte: u8,
    n_bits: u32,
}

impl Bits {
    fn push(&mut self, value: u32, n_bits: u32) {
        for bit in (0..n_bits).rev() {
            self.byte = (self.byte << 1) | u8::from((value >> bit) & 1 == 1);
            self.n_bits += 1;
            if self.n_bits == 8 {
                self.bytes.push(self.byte);
                if self.byte == 0xff {
                    self.bytes.push(0);
                }
                (self.byte, self.n_bits) = (0, 0);
            }
        }
    }

    fn end(mut self) -> Vec<u8> {
        while self.n_bits > 0 {
            self.push(1, 1);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{EXIF_WORDS, exif_place, exif_with_place, jpeg};
    use std::collections::BTreeSet;

    #[test]
    fn the_words_of_the_exif_data_stand_where_it_says() {
        let exif = exif_with_place();
        let at = 6 + 152;
        assert_eq!(&exif[at..], EXIF_WORDS.as_bytes());
    }

    #[test]
    fn nothing_in_the_place_can_be_compressed_away() {
        let place = exif_place();
        assert_eq!(place.len(), 48);
        let pieces: BTreeSet<_> = place.windows(3).collect();
        assert_eq!(pieces.len(), 46);
    }

    #[test]
    fn a_large_photo_is_a_small_file() {
        let photo = jpeg(6000, 4000, Some(&exif_with_place()), |column, _| {
            u8::try_from(column % 256).unwrap()
        });
        assert!(photo.starts_with(&[0xff, 0xd8, 0xff, 0xe1]));
        assert!(photo.ends_with(&[0xff, 0xd9]));
        assert!(photo.len() < 1_000_000, "{} bytes", photo.len());
    }
}
