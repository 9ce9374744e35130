//! Builds the app: Trunk, then small, then named by content, then compressed.
//!
//! Every stage is remembered by what went in, so that a start without a change is quick.

use crate::bundle::{Files, bundle, stylesheet};
use crate::folders::Folders;
use crate::step::{cargo, path_with, run, say, step};
use crate::tools::{self, BuildTools};
use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// How small the app is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As it ships: a first visitor on a village's connection waits least. Minutes to build, once.
    Small,
    /// For who changes it all the time: seconds to build, some megabytes to load.
    Quick,
}

/// What `wasm-opt` does, and may use: all that current browsers and Rust's compiler have in common.
///
/// What is alike stands together when functions are sorted by name, and compresses better; so does what `-O2` makes,
/// which is longer than what `-Oz` makes before it is compressed.
const WASM_OPT_OPTIONS: [&str; 10] = [
    "-O2",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Whatever the app is made of, and what makes it.
const SOURCES: [&str; 9] = [
    ".cargo/config.toml",
    "app",
    "shared",
    "style",
    "tests/xtask/src",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
];

/// Builds the app if a source changed since the last time; returns its folder.
pub(crate) fn build(folders: &Folders, weight: Weight) -> anyhow::Result<PathBuf> {
    let tools = tools::for_the_app(folders)?;
    let wasm_opt = match weight {
        Weight::Small => tools::wasm_opt(folders),
        Weight::Quick => None,
    };
    let kind = format!("{weight:?}").to_lowercase();
    let dist = folders.output.join(format!("app-{kind}"));
    let mark = folders.output.join(format!("app-{kind}.sources"));
    let sources = digest_of_sources(folders, wasm_opt.as_ref().map(|(_, version)| version.as_str()))?;
    if fs::read_to_string(&mark).is_ok_and(|made| made == sources) {
        say("the app is as it was");
        return Ok(dist);
    }
    fs::remove_file(&mark).ok();

    // Only `wasm-opt` needs the names of functions, and takes them out.
    let names = if wasm_opt.is_some() {
        Names::Kept
    } else {
        Names::Stripped
    };
    let mut files = step("build the app: ui and core", || {
        trunk(folders, &tools, weight, names)
    })?;
    if let Some((program, version)) = wasm_opt {
        let way = format!("{version} {}", WASM_OPT_OPTIONS.join(" "));
        step(&format!("make it small (wasm-opt {version})"), || {
            for (_, wasm) in files.iter_mut().filter(|(path, _)| path.ends_with(".wasm")) {
                *wasm = remembered(folders, "optimised", &way, wasm, |wasm| {
                    optimised(folders, &program, wasm)
                })?;
            }
            Ok(())
        })?;
    }
    add_style(folders, &mut files)?;
    let files = bundle(files)?;
    step("compress it", || write(folders, &dist, &files, weight))?;
    fs::write(&mark, sources)?;
    Ok(dist)
}

/// Tests of the app's own code that run in a browser, and what serves them there.
pub(crate) struct WebTests {
    pub(crate) tests: PathBuf,
    pub(crate) runner: PathBuf,
}

/// Builds the tests of the app that run in a browser.
pub(crate) fn web_tests(folders: &Folders) -> anyhow::Result<WebTests> {
    let tools = tools::for_the_app(folders)?;
    let mut build = cargo(folders);
    build.args(["test", "--package", "app", "--lib", "--no-run"]);
    build.args(["--target", "wasm32-unknown-unknown", "--message-format", "json"]);
    let output = step("build the tests of the app", || {
        let output = build.stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "they do not build");
        Ok(output.stdout)
    })?;
    Ok(WebTests {
        tests: executable(&output).context("cargo named no test program")?,
        runner: tools.wasm_bindgen.join("wasm-bindgen-test-runner"),
    })
}

/// The program that cargo names among its messages, one a line.
fn executable(messages: &[u8]) -> Option<PathBuf> {
    messages.split(|byte| *byte == b'\n').find_map(|line| {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    })
}

/// Whether functions keep their names in what is built small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Kept,
    Stripped,
}

fn trunk(folders: &Folders, tools: &BuildTools, weight: Weight, names: Names) -> anyhow::Result<Files> {
    let dist = folders.output.join("trunk");
    let mut trunk = Command::new(tools.trunk.join("trunk"));
    trunk
        .current_dir(&folders.root)
        .args(["build", "--log", "warn", "--skip-version-check", "--dist"])
        .arg(&dist)
        .env("CARGO_TARGET_DIR", &folders.target)
        .env("PATH", path_with(&[&tools.trunk, &tools.wasm_bindgen])?)
        // Trunk takes a colour setting of other tools for one of its own and refuses it.
        .env_remove("NO_COLOR");
    if weight == Weight::Small {
        trunk.args(["--cargo-profile", "wasm"]);
        if names == Names::Kept {
            trunk.env("CARGO_PROFILE_WASM_STRIP", "debuginfo");
        }
    }
    run(&mut trunk)?;
    let mut files = Files::new();
    read_below(&dist, "", &mut files)?;
    Ok(files)
}

fn optimised(folders: &Folders, program: &Path, wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (before, after) = (
        folders.output.join("before.wasm"),
        folders.output.join("after.wasm"),
    );
    fs::write(&before, wasm)?;
    run(Command::new(program)
        .args(WASM_OPT_OPTIONS)
        .arg(&before)
        .arg("-o")
        .arg(&after))?;
    Ok(fs::read(&after)?)
}

fn add_style(folders: &Folders, files: &mut Files) -> anyhow::Result<()> {
    let mut style = Files::new();
    read_below(&folders.root.join("style"), "", &mut style)?;
    let mut sheets = BTreeMap::new();
    for (path, bytes) in style {
        // What only the public site shows.
        if path.starts_with("site/") {
            continue;
        }
        if path.ends_with(".css") {
            sheets.insert(path, String::from_utf8(bytes)?);
        } else if path.ends_with(".woff2") || path.ends_with(".svg") {
            files.insert(path, bytes);
        }
    }
    files.insert("style.css".to_owned(), stylesheet(&sheets).into_bytes());
    Ok(())
}

/// Writes the folder anew, and beside each file that gains by it the same file compressed.
fn write(folders: &Folders, dist: &Path, files: &Files, weight: Weight) -> anyhow::Result<()> {
    fs::remove_dir_all(dist).ok();
    for (path, bytes) in files {
        let file = dist.join(path);
        fs::create_dir_all(file.parent().context("a file has a folder")?)?;
        fs::write(&file, bytes)?;
        let gains = [".html", ".js", ".css", ".wasm", ".svg", ".webmanifest"];
        if weight == Weight::Small && gains.iter().any(|end| path.ends_with(end)) {
            let brotli = remembered(folders, "brotli", "11", bytes, brotli)?;
            fs::write(dist.join(format!("{path}.br")), brotli)?;
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// What `make` made of the same bytes before, or makes now.
fn remembered(
    folders: &Folders,
    what: &str,
    version: &str,
    bytes: &[u8],
    make: impl FnOnce(&[u8]) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Vec<u8>> {
    let folder = folders.output.join(what);
    let name = hex::encode(
        Sha256::new()
            .chain_update(version)
            .chain_update([0])
            .chain_update(bytes)
            .finalize(),
    );
    let file = folder.join(&name);
    if let Ok(made) = fs::read(&file) {
        touch(&file);
        return Ok(made);
    }
    forget_unused(&folder);
    let made = make(bytes)?;
    fs::create_dir_all(&folder)?;
    let half = folder.join(format!("{name}.half"));
    fs::write(&half, &made)?;
    fs::rename(half, file)?;
    Ok(made)
}

/// What no build asked for in this time is not kept.
const REMEMBERED: Duration = Duration::from_hours(14 * 24);

/// Says that it was of use; one that cannot be touched is made again later.
fn touch(file: &Path) {
    let file = fs::File::options().append(true).open(file);
    file.and_then(|file| file.set_modified(SystemTime::now())).ok();
}

fn forget_unused(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let used = entry.metadata().and_then(|about| about.modified());
        let is_unused = used.is_ok_and(|used| used.elapsed().is_ok_and(|age| age > REMEMBERED));
        if is_unused {
            fs::remove_file(entry.path()).ok();
        }
    }
}

fn digest_of_sources(folders: &Folders, wasm_opt: Option<&str>) -> anyhow::Result<String> {
    let mut files = Files::new();
    for source in SOURCES {
        let path = folders.root.join(source);
        if path.is_dir() {
            read_below(&path, &format!("{source}/"), &mut files)?;
        } else {
            files.insert(
                source.to_owned(),
                fs::read(&path).with_context(|| source.to_owned())?,
            );
        }
    }
    let mut digest = Sha256::new().chain_update(wasm_opt.unwrap_or("no wasm-opt"));
    for (path, bytes) in files {
        digest.update(path);
        digest.update(Sha256::digest(bytes));
    }
    Ok(hex::encode(digest.finalize()))
}

fn read_below(folder: &Path, prefix: &str, files: &mut Files) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = format!(
            "{prefix}{}",
            entry.file_name().to_str().context("a name that is not UTF-8")?
        );
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}
