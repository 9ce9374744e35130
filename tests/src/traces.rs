//! Looks for words in every file of a folder, also where programs compress what they keep.
//!
//! A search that finds nothing proves something only if it would have found: [`plant_control`] puts a word into a
//! folder in every form that the search must see through, and [`search`] with that word must name each.

mod inflate;

use anyhow::{Context, ensure};
use memchr::memmem;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A word that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// What was looked for.
    pub word: String,
    /// Where it stands.
    pub file: PathBuf,
    /// How it was written there: `plain`, `utf-16`, `lz4`, `gzip`, `zip`.
    pub form: &'static str,
}

/// Every word of `words` in every file below `folder`.
///
/// # Errors
/// When the folder cannot be listed.
pub fn search(folder: &Path, words: &[&str]) -> anyhow::Result<BTreeSet<Trace>> {
    let mut traces = BTreeSet::new();
    for file in files_below(folder)? {
        // Sockets, locks and what was deleted meanwhile hold nothing.
        let Ok(bytes) = fs::read(&file) else { continue };
        for (form, bytes) in inflate::forms(&bytes) {
            for word in words {
                let mut note = |form| {
                    traces.insert(Trace {
                        word: (*word).to_owned(),
                        file: file.clone(),
                        form,
                    });
                };
                if contains(&bytes, word.as_bytes()) {
                    note(form);
                }
                let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
                if contains(&bytes, &wide) {
                    note("utf-16");
                }
            }
        }
    }
    Ok(traces)
}

/// Every file below `folder` that holds these bytes as they are.
///
/// # Errors
/// When the folder cannot be listed.
pub fn search_bytes(folder: &Path, bytes: &[u8]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = files_below(folder)?;
    files.retain(|file| fs::read(file).is_ok_and(|kept| memmem::find(&kept, bytes).is_some()));
    Ok(files)
}

/// Fails if one of `words` stands anywhere below `folder`; first proves, with a word planted there, that the search
/// sees through everything.
///
/// # Errors
/// With what was found, or with the form that the search missed.
pub fn must_hold_none(folder: &Path, words: &[&str]) -> anyhow::Result<()> {
    let control = "controlewoord-7b1f";
    let planted = folder.join("aanzet-control");
    plant_control(&planted, control)?;
    let found: BTreeSet<&str> = search(&planted, &[control])?
        .into_iter()
        .map(|trace| trace.form)
        .collect();
    fs::remove_dir_all(&planted)?;
    ensure!(
        found == BTreeSet::from(FORMS),
        "the search saw through {found:?} only"
    );
    let traces = search(folder, words)?;
    ensure!(traces.is_empty(), "found: {traces:#?}");
    Ok(())
}

/// Every form that the search sees through.
pub const FORMS: [&str; 5] = ["gzip", "lz4", "plain", "utf-16", "zip"];

/// Writes `word` into `folder` in every form.
///
/// # Errors
/// When a file cannot be written.
pub fn plant_control(folder: &Path, word: &str) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let text = format!("{{\"typed\":\"{word}\"}} ").repeat(3);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [
        ("plain", text.clone().into_bytes()),
        ("wide", wide),
        ("recovery.jsonlz4", inflate::as_mozilla_lz4(text.as_bytes())),
        ("page.gz", inflate::as_gzip(text.as_bytes())?),
        ("store.zip", inflate::as_zip(text.as_bytes())?),
    ] {
        fs::write(folder.join(name), bytes).with_context(|| format!("plant {name}"))?;
    }
    Ok(())
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    memmem::find(bytes, word).is_some()
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            // A browser that still runs may remove its folders.
            files.extend(files_below(&entry.path()).unwrap_or_default());
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("aanzet-traces-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_planted_word_is_found_in_every_form() {
        let folder = folder("planted");
        plant_control(&folder.join("deep"), "Marguerite").unwrap();
        let found: BTreeSet<&str> = search(&folder, &["Marguerite", "Sidonie"])
            .unwrap()
            .into_iter()
            .map(|trace| trace.form)
            .collect();
        assert_eq!(found, BTreeSet::from(FORMS));
        assert!(must_hold_none(&folder, &["Marguerite"]).is_err());
        assert!(must_hold_none(&folder, &["Sidonie"]).is_ok());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn damaged_compression_is_no_reason_to_stop() {
        let folder = folder("damaged");
        let mut bytes = inflate::as_mozilla_lz4(b"Marguerite Marguerite Marguerite");
        bytes.truncate(20);
        fs::write(folder.join("half.jsonlz4"), &bytes).unwrap();
        fs::write(folder.join("half.gz"), [0x1f, 0x8b, 8, 0, 1]).unwrap();
        fs::write(folder.join("half.zip"), b"PK\x03\x04\x14").unwrap();
        assert_eq!(search(&folder, &["Sidonie"]).unwrap(), BTreeSet::new());
        fs::remove_dir_all(folder).unwrap();
    }
}
