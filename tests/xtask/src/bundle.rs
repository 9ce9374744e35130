//! From the files that Trunk wrote to the files that are served: a pure function.
//!
//! Whatever a build may change gets a name by its content, so that browsers keep it for ever; the page, the service
//! worker, the manifest, pictures and fonts keep theirs. Then the service worker learns which files the app is.

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Path below the folder of the app -> bytes.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Address of the folder of the app.
const BASE: &str = "/app/";
const PAGE: &str = "index.html";
const SERVICE_WORKER: &str = "sw.js";
/// The worker's files refer to each other by their names: their folder takes the hash, which is the build's number
/// for the core.
const CORE: &str = "core/";

/// Returns the files as they are served.
///
/// # Errors
/// When the page does not name what it needs, or the service worker has no place for its list.
pub(crate) fn bundle(mut files: Files) -> anyhow::Result<Files> {
    ensure!(
        !files.keys().any(|path| path.starts_with("snippets/")),
        "a script snippet: its address cannot be hashed"
    );
    let mut page = take_text(&mut files, PAGE)?;
    let service_worker = take_text(&mut files, SERVICE_WORKER)?;

    let core: Files = files
        .extract_if(CORE.to_owned().., |path, _| path.starts_with(CORE))
        .collect();
    let core_hash = short_hash(
        core.iter()
            .flat_map(|(path, bytes)| [path.as_bytes(), bytes.as_slice()]),
    );
    let named_core = format!("core-{core_hash}/");
    rename(&mut page, CORE, &named_core)?;
    let mut named: Files = core
        .into_iter()
        .map(|(path, bytes)| (path.replacen(CORE, &named_core, 1), bytes))
        .collect();

    for (path, bytes) in files {
        let name = match path.rsplit_once('.') {
            Some((stem, "js" | "css" | "wasm")) if !path.contains('/') => {
                let name = path.replacen(stem, &format!("{stem}-{}", short_hash([bytes.as_slice()])), 1);
                rename(&mut page, &path, &name)?;
                name
            }
            Some(_) | None => path,
        };
        named.insert(name, bytes);
    }
    named.insert(PAGE.to_owned(), page.into_bytes());

    let service_worker = fill_in(&service_worker, &named)?;
    named.insert(SERVICE_WORKER.to_owned(), service_worker.into_bytes());
    Ok(named)
}

/// All stylesheets as one: the order of the layers first, then what the public site has too, then what only the app
/// has, which may change it; without comments, which are for who writes them.
pub(crate) fn stylesheet(files: &BTreeMap<String, String>) -> String {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|(name, _)| (*name != "layers.css", name.starts_with("app/")));
    files.into_iter().map(|(_, css)| without_comments(css)).collect()
}

/// No string of ours holds the beginning of a comment; a comment without an end goes to the end, as in browsers.
fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// Writes the version and the exact list `{path -> SHA-256}` into the service worker (W4).
fn fill_in(service_worker: &str, files: &Files) -> anyhow::Result<String> {
    let mut list = String::from("{\n");
    for (path, bytes) in files {
        let path = if path == PAGE { "./" } else { path };
        writeln!(list, "  '{path}': '{}',", hex::encode(Sha256::digest(bytes)))?;
    }
    list.push('}');
    let version = short_hash([list.as_bytes()]);
    let filled = replace_once(service_worker, "VERSION = ''", &format!("VERSION = '{version}'"))?;
    replace_once(&filled, "FILES = {}", &format!("FILES = {list}"))
}

/// Lets the page call the file, or all in the folder, `path` by its new name.
fn rename(page: &mut String, path: &str, name: &str) -> anyhow::Result<()> {
    let end = if path.ends_with('/') { "" } else { "\"" };
    let address = format!("\"{BASE}{path}{end}");
    ensure!(page.contains(&address), "the page does not name {path}");
    *page = page.replace(&address, &format!("\"{BASE}{name}{end}"));
    Ok(())
}

fn replace_once(text: &str, from: &str, to: &str) -> anyhow::Result<String> {
    ensure!(
        text.matches(from).count() == 1,
        "{SERVICE_WORKER} must say {from} once"
    );
    Ok(text.replacen(from, to, 1))
}

fn take_text(files: &mut Files, path: &str) -> anyhow::Result<String> {
    let bytes = files.remove(path).with_context(|| format!("{path} is missing"))?;
    String::from_utf8(bytes).with_context(|| format!("{path} is not text"))
}

fn short_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut hex = hex::encode(hash.finalize());
    hex.truncate(16);
    hex
}

#[cfg(test)]
mod tests;
