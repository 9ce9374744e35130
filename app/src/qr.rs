//! A QR code as a path to draw.

use qrcodegen::{QrCode, QrCodeEcc};

/// White around the code, in modules: as much as the standard asks for.
const QUIET: i32 = 4;

/// A drawn code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPath {
    /// SVG view box in modules, with the quiet zone.
    pub view_box: String,
    /// SVG path data of the dark modules, to be filled.
    pub path: String,
}

/// Draws `text`, or returns `None` where it is longer than any code holds.
pub fn draw(text: &str) -> Option<QrPath> {
    // Medium: a fingerprint on the screen may cover a seventh of it.
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let width = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let width = i32::try_from(width).ok()?;
            if width > 0 {
                path.push_str(&format!("M{x} {y}h{width}v1h-{width}z"));
            }
            x += width + 1;
        }
    }
    let size = code.size() + 2 * QUIET;
    Some(QrPath {
        view_box: format!("-{QUIET} -{QUIET} {size} {size}"),
        path,
    })
}

#[cfg(test)]
mod tests;
