//! Where things lie: the clone, and what is made from it, outside of it.

use anyhow::Context;
use sha2::{Digest, Sha256};
use std::env;
use std::path::{Path, PathBuf};

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
}

impl Folders {
    /// # Errors
    /// When there is no home to cache in.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
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
            root,
        };
        for folder in [&folders.tools, &folders.target, &folders.output] {
            std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        Ok(folders)
    }
}
