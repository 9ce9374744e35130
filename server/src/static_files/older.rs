//! Files of earlier builds: a tab that stayed open, or a service worker half way, may still ask for them (W4).
//!
//! ```text
//! DATA/assets/<path>      named by its content, as the app has it; changed when its build was started last
//! DATA/assets/<path>.br   the same, compressed
//! ```

use super::{BROTLI, File, is_named_by_content};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long the files of a build are kept after it was started last.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// What is kept of earlier builds: their names; the bytes stay on the disk, as few ask for them.
#[derive(Debug, Default)]
pub(super) struct Older {
    folder: PathBuf,
    paths: BTreeSet<String>,
}

impl Older {
    /// Keeps the files of this build for later ones, forgets what is past its time, and knows what is left.
    pub(super) fn keep(
        folder: &Path,
        current: &BTreeMap<String, File>,
        now: SystemTime,
    ) -> anyhow::Result<Self> {
        let mut written = Vec::new();
        put_all(folder, current, now, &mut written).inspect_err(|_| {
            // Half a build is of no use, and the relay needs the room for stories.
            for file in &written {
                fs::remove_file(file).ok();
            }
        })?;
        let mut paths = BTreeSet::new();
        look_below(folder, "", now, &mut paths)?;
        paths.retain(|path| !current.contains_key(path));
        Ok(Self {
            folder: folder.to_owned(),
            paths,
        })
    }

    /// A file that the current build does not have.
    pub(super) async fn file(&self, path: &str) -> Option<File> {
        // Only what was found at start: an address never chooses a file.
        let path = self.paths.get(path)?;
        let bytes = tokio::fs::read(self.folder.join(path)).await.ok()?;
        let brotli = tokio::fs::read(self.folder.join(format!("{path}{BROTLI}"))).await;
        File::new(path, bytes.into(), brotli.ok().map(Into::into)).ok()
    }
}

fn put_all(
    folder: &Path,
    current: &BTreeMap<String, File>,
    now: SystemTime,
    written: &mut Vec<PathBuf>,
) -> anyhow::Result<()> {
    let named = current.iter().filter(|(path, _)| is_named_by_content(path));
    for (path, file) in named {
        put(&folder.join(path), &file.bytes, now, written)?;
        if let Some(brotli) = &file.brotli {
            put(&folder.join(format!("{path}{BROTLI}")), brotli, now, written)?;
        }
    }
    Ok(())
}

/// Writes a file that is not there yet, whole or not at all, and notes that it is in use.
fn put(file: &Path, bytes: &[u8], now: SystemTime, written: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let is_there = fs::metadata(file).is_ok_and(|found| found.len() == bytes.len() as u64);
    if !is_there {
        let folder = file.parent().context("a file outside every folder")?;
        fs::create_dir_all(folder)?;
        let new = file.with_extension("new");
        written.extend([new.clone(), file.to_owned()]);
        let mut open = fs::File::create(&new)?;
        open.write_all(bytes)?;
        open.sync_all()?;
        fs::rename(&new, file)?;
    }
    fs::File::options().append(true).open(file)?.set_modified(now)?;
    Ok(())
}

fn look_below(
    folder: &Path,
    prefix: &str,
    now: SystemTime,
    paths: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = format!("{prefix}{name}");
        let found = entry.metadata()?;
        if found.is_dir() {
            look_below(&entry.path(), &format!("{path}/"), now, paths)?;
            // Refused while something is in it.
            fs::remove_dir(entry.path()).ok();
        } else if found.modified()?.checked_add(KEPT).is_none_or(|end| end < now) {
            fs::remove_file(entry.path())?;
        } else if is_named_by_content(&path) && !path.ends_with(BROTLI) {
            paths.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;

    fn build(files: &[(&str, &'static str)]) -> BTreeMap<String, File> {
        let files = files.iter().map(|(path, text)| {
            let brotli = Some(Bytes::from_static(b"small"));
            let file = File::new(path, Bytes::from_static(text.as_bytes()), brotli).unwrap();
            ((*path).to_owned(), file)
        });
        files.collect()
    }

    #[test]
    fn a_build_that_does_not_fit_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("aanzet-no-room-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        // A file where a folder is to be stands for a disk that takes no more.
        fs::write(folder.join("core-0123456789abcdef"), "").unwrap();
        let files = build(&[
            ("boot-0123456789abcdef.js", "one"),
            ("core-0123456789abcdef/core.js", "two"),
        ]);
        assert!(Older::keep(&folder, &files, SystemTime::now()).is_err());
        let left = fs::read_dir(&folder).unwrap().count();
        assert_eq!(left, 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn w4_files_of_earlier_builds_are_served_for_90_days() {
        let folder = std::env::temp_dir().join(format!("aanzet-older-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let day = |n: u64| SystemTime::UNIX_EPOCH + Duration::from_hours(24 * (20_000 + n));
        let old = "core-0123456789abcdef/core.js";
        let first = build(&[(old, "one"), ("index.html", "page")]);
        let second = build(&[("core-fedcba9876543210/core.js", "two")]);

        let older = Older::keep(&folder, &first, day(0)).unwrap();
        assert!(older.file(old).await.is_none(), "the build has it itself");
        let older = Older::keep(&folder, &second, day(89)).unwrap();
        let file = older.file(old).await.unwrap();
        assert_eq!(&file.bytes[..], b"one");
        assert_eq!(file.brotli.as_deref(), Some(&b"small"[..]));
        assert!(older.file("index.html").await.is_none());
        assert!(older.file("../relay.sqlite").await.is_none());

        let older = Older::keep(&folder, &second, day(91)).unwrap();
        assert!(older.file(old).await.is_none());
        assert!(!folder.join("core-0123456789abcdef").exists());
        // A build that is started again is kept from then on.
        Older::keep(&folder, &first, day(91)).unwrap();
        let older = Older::keep(&folder, &second, day(180)).unwrap();
        assert!(older.file(old).await.is_some());
        fs::remove_dir_all(&folder).unwrap();
    }
}
