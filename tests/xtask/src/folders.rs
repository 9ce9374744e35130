//! Where things lie: the clone, and what is made from it, outside of it.

use crate::step::say;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders of what cargo builds, below the clone.
const SOURCES: [&str; 5] = ["app", "server", "shared", "style", "tests"];

/// The folders that the commands use.
#[derive(Debug)]
pub(crate) struct Folders {
    /// The clone.
    pub(crate) root: PathBuf,
    /// Tools of exact versions, for every clone.
    pub(crate) tools: PathBuf,
    /// Cargo's output, for every clone: the dependencies are compiled once.
    pub(crate) target: PathBuf,
    /// What belongs to this clone alone: the built app, the server that is started.
    pub(crate) output: PathBuf,
    /// The same of every clone.
    clones: PathBuf,
}

/// In the output of a clone: where the clone is.
const CLONE_MARK: &str = "clone";

impl Folders {
    /// # Errors
    /// When there is no home to cache in.
    pub(crate) fn find() -> anyhow::Result<Self> {
        // Not where it was compiled: clones that share build output share this program, too.
        let own = env::var_os("CARGO_MANIFEST_DIR").context("it is run as cargo xtask")?;
        let root = Path::new(&own)
            .join("../..")
            .canonicalize()
            .context("find the clone")?;
        let cache = match env::var_os("AANZET_CACHE") {
            Some(cache) => PathBuf::from(cache),
            None => env::home_dir()
                .context("no home folder; set AANZET_CACHE")?
                .join(".cache/aanzet"),
        };
        let clone = hex::encode(Sha256::digest(root.as_os_str().as_encoded_bytes()));
        let clone = clone.get(..12).context("name the clone")?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), PathBuf::from);
        let folders = Self {
            tools: cache.join("tools"),
            target,
            output: cache.join("clones").join(clone),
            clones: cache.join("clones"),
            root,
        };
        for folder in [&folders.tools, &folders.target, &folders.output] {
            fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        folders.take_target().context("take cargo's output over")?;
        fs::write(
            folders.output.join(CLONE_MARK),
            folders.root.as_os_str().as_encoded_bytes(),
        )?;
        folders.forget_clones_that_are_gone();
        Ok(folders)
    }

    /// Takes away what was made for clones that are no longer there.
    fn forget_clones_that_are_gone(&self) {
        let outputs = fs::read_dir(&self.clones).into_iter().flatten().flatten();
        for output in outputs {
            let is_gone = fs::read_to_string(output.path().join(CLONE_MARK))
                .is_ok_and(|clone| !Path::new(&clone).exists());
            if is_gone {
                say(&format!("{} is of a clone that is gone", output.path().display()));
                // Another command may be at it; what stays goes the next time.
                fs::remove_dir_all(output.path()).ok();
            }
        }
    }

    /// Takes away all that was built, of every clone; tools stay.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) fn clean(&self) -> anyhow::Result<()> {
        for folder in [&self.target, &self.clones] {
            say(&format!("take {} away", folder.display()));
            fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
        }
        Ok(())
    }

    /// Lets cargo build this clone's own crates anew if another clone built there last.
    ///
    /// Two clones' crates have the same names in cargo's output, and cargo compares times only: what is older here
    /// than what the other built would count as built.
    fn take_target(&self) -> anyhow::Result<()> {
        let mark = self.target.join("clone");
        let own = self.root.as_os_str().as_encoded_bytes();
        if fs::read(&mark).is_ok_and(|last| last == own) {
            return Ok(());
        }
        let now = SystemTime::now();
        for sources in SOURCES {
            touch_below(&self.root.join(sources), now)?;
        }
        Ok(fs::write(&mark, own)?)
    }
}

fn touch_below(folder: &Path, now: SystemTime) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            touch_below(&entry.path(), now)?;
        } else {
            fs::File::options()
                .append(true)
                .open(entry.path())?
                .set_modified(now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clone_that_takes_the_target_over_has_newer_sources_than_the_last() {
        let base = env::temp_dir().join(format!("aanzet-folders-{}", std::process::id()));
        let clone = |name: &str| {
            let root = base.join(name);
            for sources in SOURCES {
                fs::create_dir_all(root.join(sources).join("src")).unwrap();
                fs::write(root.join(sources).join("src/lib.rs"), name).unwrap();
            }
            Folders {
                tools: base.join("tools"),
                target: base.clone(),
                output: base.join("output").join(name),
                clones: base.join("output"),
                root,
            }
        };
        let (first, second) = (clone("first"), clone("second"));
        let source = |folders: &Folders| folders.root.join("shared/src/lib.rs");
        let time = |folders: &Folders| fs::metadata(source(folders)).unwrap().modified().unwrap();
        let long_ago = SystemTime::now() - Duration::from_hours(1);
        let age = |folders: &Folders| {
            let file = fs::File::options().append(true).open(source(folders)).unwrap();
            file.set_modified(long_ago).unwrap();
        };
        age(&first);
        age(&second);
        first.take_target().unwrap();
        assert!(time(&first) > long_ago);
        second.take_target().unwrap();
        assert!(time(&second) > long_ago);
        // It is its own already: nothing is built again.
        age(&second);
        second.take_target().unwrap();
        assert_eq!(time(&second), long_ago);
        first.take_target().unwrap();
        assert_eq!(fs::read_to_string(source(&first)).unwrap(), "first");
        fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn what_was_made_for_a_clone_that_is_gone_goes_too() {
        let base = env::temp_dir().join(format!("aanzet-clones-{}", std::process::id()));
        let (clones, here) = (base.join("clones"), base.join("here"));
        let output = |name: &str, clone: Option<&Path>| {
            fs::create_dir_all(clones.join(name)).unwrap();
            if let Some(clone) = clone {
                let mark = clones.join(name).join(CLONE_MARK);
                fs::write(mark, clone.as_os_str().as_encoded_bytes()).unwrap();
            }
        };
        fs::create_dir_all(&here).unwrap();
        output("kept", Some(&here));
        output("gone", Some(&base.join("nowhere")));
        output("unknown", None);
        let folders = Folders {
            root: here.clone(),
            tools: base.join("tools"),
            target: base.join("target"),
            output: clones.join("kept"),
            clones: clones.clone(),
        };
        fs::create_dir_all(&folders.target).unwrap();
        folders.forget_clones_that_are_gone();
        let is_there = |name: &str| clones.join(name).exists();
        assert!(is_there("kept") && is_there("unknown") && !is_there("gone"));
        folders.clean().unwrap();
        assert!(!clones.exists() && !folders.target.exists());
        fs::remove_dir_all(base).unwrap();
    }
}
