//! A build of the app that differs from the one at hand, as the next version would.

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "index.html";
const SERVICE_WORKER: &str = "sw.js";

/// Makes the build number `n` out of `app` in `folder`: its scripts and programs have other names and other bytes, so
/// its page has too, and its service worker knows exactly these. A page tells its build by [`BUILD`].
///
/// # Errors
/// When `app` is not what a build of the app looks like.
pub fn next_build(app: &Path, folder: &Path, n: u8) -> anyhow::Result<PathBuf> {
    let next = folder.join(format!("build-{n}"));
    copy(app, &next)?;
    let mut page = fs::read_to_string(next.join(PAGE))?;
    let mut worker = fs::read_to_string(next.join(SERVICE_WORKER))?;
    let hash_of_n = format!("{n:016x}");
    for (prefix, suffix) in [
        ("boot-", ".js"),
        ("ui-", ".js"),
        ("ui_bg-", ".wasm"),
        ("core-", ""),
    ] {
        let old = named(&next, prefix, suffix)?;
        let new = format!("{prefix}{hash_of_n}{suffix}");
        ensure!(page.contains(&old), "the page does not name {old}");
        fs::rename(next.join(&old), next.join(&new))?;
        page = page.replace(&old, &new);
        worker = worker.replace(&old, &new);
    }
    fs::write(next.join(PAGE), page)?;

    // The core hears the page only: it answers at the port that comes with the question, and leaves the rest alone.
    let answers = format!(
        "self.addEventListener('message', event => {{\n  \
           if (event.data !== 'build') return;\n  \
           event.stopImmediatePropagation();\n  \
           event.ports[0].postMessage({n});\n\
         }});"
    );
    for (path, stamp) in [
        (
            format!("boot-{hash_of_n}.js"),
            format!("globalThis.bootBuild = {n};"),
        ),
        (format!("ui-{hash_of_n}.js"), format!("globalThis.uiBuild = {n};")),
        (format!("core-{hash_of_n}/worker.js"), answers),
    ] {
        let script = fs::read_to_string(next.join(&path))?;
        fs::write(next.join(path), format!("{stamp}\n{script}"))?;
    }
    for path in [
        format!("ui_bg-{hash_of_n}.wasm"),
        format!("core-{hash_of_n}/core_bg.wasm"),
    ] {
        let mut program = fs::read(next.join(&path))?;
        // A section of three bytes that no engine reads: a name of one letter, and the number.
        program.extend([0, 3, 1, b'n', n]);
        fs::write(next.join(path), program)?;
    }
    fs::write(next.join(SERVICE_WORKER), knows(&next, &worker, n)?)?;
    Ok(next)
}

/// The service worker of the build number `n` that lies in `folder`.
fn knows(folder: &Path, worker: &str, n: u8) -> anyhow::Result<String> {
    let mut changed = String::new();
    let mut n_files = 0;
    for line in worker.lines() {
        let file = line
            .strip_prefix("  '")
            .and_then(|entry| entry.split_once("': '"));
        if let Some((path, _)) = file {
            let on_disk = if path == "./" { PAGE } else { path };
            let found = hash(&fs::read(folder.join(on_disk))?);
            writeln!(changed, "  '{path}': '{found}',")?;
            n_files += 1;
        } else if line.starts_with("const VERSION = ") {
            writeln!(changed, "const VERSION = 'build-{n}';")?;
        } else {
            writeln!(changed, "{line}")?;
        }
    }
    ensure!(n_files > 0, "the service worker names no file");
    Ok(changed)
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

/// A script that tells of which builds a page's first script, its program and the core that runs are.
pub const BUILD: &str = "const done = arguments[arguments.length - 1]; \
     const { port1, port2 } = new MessageChannel(); \
     port1.onmessage = ({ data }) => done([window.bootBuild, window.uiBuild, data]); \
     window.coreWorker.postMessage('build', [port2]);";

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
        let name = entry.file_name();
        // What was compressed is not what it becomes.
        if Path::new(&name).extension().is_some_and(|ending| ending == "br") {
            continue;
        }
        let to = to.join(name);
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
