//! A photo as it may be published: a JPEG with its pixels and nothing else (W5).
//!
//! ```text
//! FF D8 │ APP0 JFIF │ DQT · SOF0 or SOF2 · DHT · DRI │ SOS, coded pixels │ … │ FF D9
//! ```
//!
//! Nothing is decoded: segments are walked, and what says where, when or by whom a photo was taken is left out. The
//! device strips, the relay takes only what is stripped already, and both by this one walk: they cannot disagree
//! about where a segment ends.

use crate::command::PHOTO_SIDE_PX_MAX;

const START: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];

/// A JFIF header without a small picture: its length field, and what it holds up to the size of the picture.
const JFIF_BYTES: usize = 16;
const JFIF_NAME: &[u8] = b"JFIF\0";

/// Width and height, in pixels.
pub(super) type Size = (u32, u32);

/// Returns the photo without what is not its pixels, and its size; `None` if it is none that may be published.
#[must_use]
pub(super) fn strip(bytes: &[u8]) -> Option<(Vec<u8>, Size)> {
    let mut rest = bytes.strip_prefix(&START)?;
    let mut kept = START.to_vec();
    let mut size = None;
    let mut has_pixels = false;
    loop {
        let (marker, after) = marker(rest)?;
        if marker == END[1] {
            kept.extend(END);
            return Some((kept, size.filter(|_| has_pixels)?));
        }
        let (segment, after) = segment(after)?;
        rest = after;
        match marker {
            0xe0 if !is_jfif(segment) => continue,
            // Names, places, thumbnails, comments.
            0xe1..=0xef | 0xfe => continue,
            // Baseline or progressive, once, before any pixels.
            0xc0 | 0xc2 if size.is_none() && !has_pixels => size = Some(frame(segment)?),
            0xe0 => {}
            0xdb if is_quantization(segment) => {}
            0xc4 if is_huffman(segment) => {}
            0xdd if segment.len() == 4 => {}
            0xda if size.is_some() && is_scan(segment) => has_pixels = true,
            _ => return None,
        }
        kept.extend([0xff, marker]);
        kept.extend(segment);
        if marker == 0xda {
            let coded = coded(rest)?;
            let (pixels, after) = rest.split_at_checked(coded)?;
            kept.extend(pixels);
            rest = after;
        }
    }
}

/// Reads a marker; it may be preceded by filling.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.strip_prefix(&[0xff])?;
    while let Some(after) = rest.strip_prefix(&[0xff]) {
        rest = after;
    }
    let (&marker, rest) = rest.split_first()?;
    Some((marker, rest))
}

/// Reads a segment, its length included.
fn segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = usize::from(u16::from_be_bytes(*bytes.first_chunk()?));
    if len < 2 {
        return None;
    }
    bytes.split_at_checked(len)
}

/// How many bytes of coded pixels follow: up to a marker that is neither a zero of their own nor a restart.
fn coded(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            _ => return Some(at),
        }
    }
}

/// Whether a segment is a JFIF header, without a small picture: that could show what was cut off.
fn is_jfif(segment: &[u8]) -> bool {
    segment.len() == JFIF_BYTES && segment.get(2..7) == Some(JFIF_NAME) && segment.get(14..) == Some(&[0, 0])
}

/// Whether a segment is tables of 64 numbers each and nothing else: no room for words.
fn is_quantization(segment: &[u8]) -> bool {
    let mut rest = segment.get(2..).unwrap_or_default();
    while let Some((&kind, after)) = rest.split_first() {
        let number_bytes = if kind >> 4 == 0 { 1 } else { 2 };
        match after.split_at_checked(64 * number_bytes) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Whether a segment is tables of codes and nothing else: how many there are of each length, then a byte for each.
fn is_huffman(segment: &[u8]) -> bool {
    let mut rest = segment.get(2..).unwrap_or_default();
    while let Some((_, after)) = rest.split_first() {
        let Some((counts, after)) = after.split_at_checked(16) else {
            return false;
        };
        let n_codes = counts.iter().map(|count| usize::from(*count)).sum();
        match after.split_at_checked(n_codes) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Whether a segment says which colours follow and how, and nothing else.
fn is_scan(segment: &[u8]) -> bool {
    segment.get(2).is_some_and(|n_colours| {
        matches!(n_colours, 1..=4) && segment.len() == 6 + 2 * usize::from(*n_colours)
    })
}

/// Reads the size of a frame of eight bits, grey or in three colours.
fn frame(segment: &[u8]) -> Option<Size> {
    let side = |at: usize| {
        let side = u16::from_be_bytes(*segment.get(at..)?.first_chunk()?);
        let side = u32::from(side);
        (1..=PHOTO_SIDE_PX_MAX).contains(&side).then_some(side)
    };
    let (bits, n_colours) = (*segment.get(2)?, *segment.get(7)?);
    let is_plain = bits == 8 && matches!(n_colours, 1 | 3);
    let is_whole = segment.len() == 8 + 3 * usize::from(n_colours);
    let (height, width) = (side(3)?, side(5)?);
    (is_plain && is_whole).then_some((width, height))
}
