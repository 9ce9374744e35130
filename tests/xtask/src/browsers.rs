//! The browsers of the journeys: the machine's, or Debian's packages.

use crate::debian::{exists, install};
use crate::folders::Folders;
use crate::step::works;
use crate::tools;
use std::fs;
use std::path::PathBuf;

/// Program -> Debian packages that bring it.
const NEEDED: [(&str, &[&str]); 5] = [
    CHROMIUM,
    CHROMEDRIVER,
    ("firefox-esr", &["firefox-esr"]),
    ("WebKitWebDriver", &["webkit2gtk-driver"]),
    ("Xvfb", &["xvfb", "xauth"]),
];
const CHROMIUM: (&str, &[&str]) = ("chromium", &["chromium"]);
const CHROMEDRIVER: (&str, &[&str]) = ("chromedriver", &["chromium-driver"]);
/// The small browser around WebKitGTK is a script: what it imports, and the packages that bring it.
const IMPORTED: (&str, &[&str]) = (
    "import gi; gi.require_version('WebKit2', '4.1')",
    &["python3-gi", "gir1.2-webkit2-4.1"],
);

/// A clock of its own for one relay, where a journey needs days to pass.
const CLOCK: (&str, &str) = ("faketime/libfaketime.so.1", "libfaketime");

/// What the journeys need beside the browsers themselves.
pub(crate) struct Browsers {
    pub(crate) geckodriver: PathBuf,
    pub(crate) axe: PathBuf,
}

/// The one browser of the benchmarks, with its driver.
pub(crate) fn chromium() -> anyhow::Result<()> {
    let mut missing = Vec::new();
    for (program, packages) in [CHROMIUM, CHROMEDRIVER] {
        if !exists(program) {
            missing.extend(packages);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

impl Browsers {
    pub(crate) fn find_or_install(folders: &Folders) -> anyhow::Result<Self> {
        let mut missing = Vec::new();
        for (program, packages) in NEEDED {
            if !exists(program) {
                missing.extend(packages);
            }
        }
        let (import, packages) = IMPORTED;
        if !works("/usr/bin/python3", &["-c", import]) {
            missing.extend(packages);
        }
        let (library, package) = CLOCK;
        if !is_library(library) {
            missing.push(package);
        }
        if !missing.is_empty() {
            install(&missing)?;
        }
        Ok(Self {
            geckodriver: tools::geckodriver(folders)?,
            axe: tools::axe(folders)?,
        })
    }
}

/// In one of the folders below `/usr/lib`, which Debian names after the machine's kind.
fn is_library(path: &str) -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders
        .map(|folder| folder.path().join(path))
        .any(|file| file.is_file())
}
