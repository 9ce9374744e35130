//! A build of the app that differs from the one at hand, as the next version would.

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the build number `n` out of `app` in `folder`: its first script, its core and so its page have other names
/// and other bytes, and its service worker knows exactly these. A page tells its build by [`BUILD`].
///
/// # Errors
/// When `app` is not what a build of the app looks like.
pub fn next_build(app: &Path, folder: &Path, n: u64) -> anyhow::Result<PathBuf> {
    let next = folder.join(format!("build-{n}"));
    copy(app, &next)?;
    let (boot, core) = (first_script(&next)?, named(&next, "core-", "")?);
    let (new_boot, new_core) = (format!("boot-{n:016x}.js"), format!("core-{n:016x}"));

    let script = fs::read_to_string(next.join(&boot))?;
    let script = format!("globalThis.build = {n};\n{script}");
    fs::write(next.join(&new_boot), &script)?;
    fs::rename(next.join(&core), next.join(&new_core))?;
    let page = fs::read_to_string(next.join("index.html"))?;
    let page = page.replace(&boot, &new_boot).replace(&core, &new_core);
    fs::write(next.join("index.html"), &page)?;

    let worker = fs::read_to_string(next.join("sw.js"))?;
    let mut changed = String::new();
    for line in worker.lines() {
        let line = if line.starts_with("const VERSION = ") {
            format!("const VERSION = 'build-{n}';")
        } else if line.contains(&boot) {
            format!("  '{new_boot}': '{}',", hash(script.as_bytes()))
        } else if line.trim_start().starts_with("'./':") {
            format!("  './': '{}',", hash(page.as_bytes()))
        } else {
            line.replace(&core, &new_core)
        };
        writeln!(changed, "{line}")?;
    }
    ensure!(
        changed.contains(&hash(page.as_bytes())),
        "the service worker does not name the page"
    );
    fs::write(next.join("sw.js"), changed)?;
    for stale in [
        format!("{boot}.br"),
        boot,
        "index.html.br".into(),
        "sw.js.br".into(),
    ] {
        fs::remove_file(next.join(stale)).ok();
    }
    Ok(next)
}

/// Name of the first script of a build.
///
/// # Errors
/// When there is none.
pub fn first_script(app: &Path) -> anyhow::Result<String> {
    named(app, "boot-", ".js")
}

fn named(app: &Path, prefix: &str, suffix: &str) -> anyhow::Result<String> {
    let entries = fs::read_dir(app)?.flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let found = names.find(|name| name.starts_with(prefix) && name.ends_with(suffix));
    found.with_context(|| format!("no {prefix}…{suffix} in the app"))
}

/// A script that tells the number of a page's build, or -1 where its parts are of several.
pub const BUILD: &str = "const build = globalThis.build ?? 0; \
     const core = document.documentElement.dataset.core; \
     const named = core.includes('core-' + build.toString(16).padStart(16, '0')); \
     return build === 0 || named ? build : -1;";

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing into a string cannot fail.
            write!(text, "{byte:02x}").ok();
            text
        })
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
