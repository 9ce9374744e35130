//! The forms in which browsers and archives keep bytes.

use flate2::Compression;
use flate2::read::{DeflateDecoder, GzDecoder};
use flate2::write::{DeflateEncoder, GzEncoder};
use memchr::memmem;
use std::io::{Read, Write};

const MOZILLA_LZ4: &[u8] = b"mozLz40\0";
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
const ZIP_ENTRY: &[u8] = b"PK\x03\x04";
/// Length of a zip entry's head before its name.
const ZIP_HEAD: usize = 30;
/// More than any file of a test profile inflates to.
const INFLATED_MAX: u64 = 256 << 20;

/// The bytes as they are, and whatever is found compressed in them, at any place.
pub(super) fn forms(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![("plain", bytes.to_vec())];
    forms.extend(
        memmem::find_iter(bytes, MOZILLA_LZ4).filter_map(|at| Some(("lz4", mozilla_lz4(bytes.get(at..)?)?))),
    );
    forms.extend(
        memmem::find_iter(bytes, GZIP)
            .map(|at| ("gzip", read(GzDecoder::new(bytes.get(at..).unwrap_or_default())))),
    );
    forms.extend(
        memmem::find_iter(bytes, ZIP_ENTRY).filter_map(|at| Some(("zip", zip_entry(bytes.get(at..)?)?))),
    );
    forms
}

/// Magic, length as four bytes, one block.
fn mozilla_lz4(bytes: &[u8]) -> Option<Vec<u8>> {
    let (length, block) = bytes.get(MOZILLA_LZ4.len()..)?.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    (u64::from(length) <= INFLATED_MAX).then_some(())?;
    lz4_flex::block::decompress(block, usize::try_from(length).ok()?).ok()
}

/// A head of 30 bytes, name, extra field, data: deflated or stored.
fn zip_entry(bytes: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| Some(usize::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)));
    let data = bytes.get(ZIP_HEAD + number(26)? + number(28)?..)?;
    // Stored entries are found as they are.
    (number(8)? == 8).then(|| read(DeflateDecoder::new(data)))
}

/// As much as can be inflated.
fn read(decoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A damaged end leaves what came before it.
    decoder.take(INFLATED_MAX).read_to_end(&mut bytes).ok();
    bytes
}

pub(super) fn as_mozilla_lz4(bytes: &[u8]) -> Vec<u8> {
    [MOZILLA_LZ4, &lz4_flex::block::compress_prepend_size(bytes)].concat()
}

pub(super) fn as_gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

pub(super) fn as_zip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    let mut head = [0; ZIP_HEAD];
    for (place, value) in head.iter_mut().zip(b"PK\x03\x04\x14\0\0\0\x08\0") {
        *place = *value;
    }
    Ok([head.as_slice(), &encoder.finish()?].concat())
}
