//! Photos and sounds as far as anybody looks: right segments around bytes that nothing decodes.

/// A JPEG of this size with so many bytes of coded pixels, no other `seed` has the same.
#[must_use]
pub fn jpeg(width: u16, height: u16, n_bytes: usize, seed: u8) -> Vec<u8> {
    jpeg_with(width, height, n_bytes, seed, &[])
}

/// A JPEG of these coded pixels; what would be a marker among them is not.
#[must_use]
pub fn jpeg_of(width: u16, height: u16, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg_with(width, height, 0, 0, &[]);
    bytes.truncate(bytes.len() - 2);
    bytes.extend(pixels.iter().map(|byte| byte & 0x7f));
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// The same with segments of a camera after its header, each with its marker.
#[must_use]
pub fn jpeg_with(width: u16, height: u16, n_bytes: usize, seed: u8, segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    segment(&mut bytes, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (marker, content) in segments {
        segment(&mut bytes, *marker, content);
    }
    segment(&mut bytes, 0xdb, &[&[0][..], &[1; 64]].concat());
    let mut frame = vec![8];
    frame.extend(height.to_be_bytes());
    frame.extend(width.to_be_bytes());
    frame.extend([1, 1, 0x11, 0]);
    segment(&mut bytes, 0xc0, &frame);
    segment(&mut bytes, 0xc4, &[&[0, 1][..], &[0; 15], &[5]].concat());
    segment(&mut bytes, 0xda, &[1, 1, 0, 0, 63, 0]);
    let pixels = (0..n_bytes).map(|at| u8::try_from((at * 7 + usize::from(seed)) % 251).unwrap_or_default());
    bytes.extend(pixels);
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// A sound as Chromium and Firefox record it, as far as its first bytes go.
#[must_use]
pub fn webm(n_bytes: usize, seed: u8) -> Vec<u8> {
    let head = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm";
    let rest = (0..n_bytes).map(|at| u8::try_from((at * 11 + usize::from(seed)) % 241).unwrap_or_default());
    head.iter().copied().chain(rest).collect()
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let len = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    bytes.extend([0xff, marker]);
    bytes.extend(len.to_be_bytes());
    bytes.extend(content);
}
