//! What a first visit downloads of the app.

use super::{Bench, Figure};
use anyhow::Context;
use std::fs;
use std::path::Path;

const KB: f64 = 1_000.0;

/// Both binaries with their scripts and the style, without fonts and pictures.
const DOWNLOAD_KB_MAX: f64 = 600.0;
/// What must be there before anything is seen.
const UI_KB_MAX: f64 = 250.0;

pub(super) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let what = ["app: ui and core, brotli", "app: ui alone, brotli"];
    let Some(app) = &bench.app else {
        return Ok(what.map(|what| bench.without_app(what)).into());
    };
    let (mut ui, mut core) = (0, 0);
    for entry in fs::read_dir(app).with_context(|| app.display().to_string())? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() && name.starts_with("core-") {
            for entry in fs::read_dir(&path)? {
                core += compressed(&entry?.path())?;
            }
        } else if name != "sw.js" {
            ui += compressed(&path)?;
        }
    }
    let [all, ui_alone] = what;
    Ok(vec![
        Figure::at_most(all, kb(ui + core), DOWNLOAD_KB_MAX, "KB"),
        Figure::at_most(ui_alone, kb(ui), UI_KB_MAX, "KB"),
    ])
}

/// Bytes of a page, script, style or binary as they are sent; nothing for any other file.
fn compressed(path: &Path) -> anyhow::Result<u64> {
    let counts = ["html", "js", "css", "wasm"];
    let ending = path.extension().and_then(|ending| ending.to_str());
    if !path.is_file() || !ending.is_some_and(|ending| counts.contains(&ending)) {
        return Ok(0);
    }
    let brotli = format!("{}.br", path.display());
    let file = fs::metadata(&brotli)
        .with_context(|| format!("{brotli}: the app must be built small, without --quick"))?;
    Ok(file.len())
}

#[expect(clippy::cast_precision_loss, reason = "no file has 2^53 bytes")]
fn kb(bytes: u64) -> f64 {
    bytes as f64 / KB
}
