//! The browsers of the journeys: the machine's, or Debian's packages.

use crate::folders::Folders;
use crate::step::{run, step, works};
use crate::tools;
use anyhow::ensure;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Program -> Debian packages that bring it.
const NEEDED: [(&str, &[&str]); 5] = [
    ("chromium", &["chromium"]),
    ("chromedriver", &["chromium-driver"]),
    ("firefox-esr", &["firefox-esr"]),
    ("WebKitWebDriver", &["webkit2gtk-driver"]),
    ("Xvfb", &["xvfb", "xauth"]),
];
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

/// On the path.
fn exists(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// In one of the folders below `/usr/lib`, which Debian names after the machine's kind.
fn is_library(path: &str) -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders
        .map(|folder| folder.path().join(path))
        .any(|file| file.is_file())
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    ensure!(
        exists("apt-get"),
        "these Debian packages, or what they bring, are missing: {}",
        packages.join(" ")
    );
    step(
        &format!("install {} (some minutes, once)", packages.join(" ")),
        || {
            run(apt_get().arg("update"))?;
            run(apt_get()
                .args(["install", "--yes", "--no-install-recommends"])
                .args(packages))
        },
    )
}

fn apt_get() -> Command {
    let mut command = Command::new(if tools::is_root() { "env" } else { "sudo" });
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}
