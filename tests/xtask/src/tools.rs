//! The tools that build the app, of exact versions, each in its own folder of the cache.

use crate::folders::Folders;
use crate::step::{cargo, run, say, step, works};
use anyhow::Context;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const TRUNK: Crate = Crate {
    name: "trunk",
    version: "0.21.14",
    // TLS in Rust: no OpenSSL needed.
    options: &["--locked", "--no-default-features", "--features", "rustls"],
};
/// Exactly the version of the library in `Cargo.lock`.
const WASM_BINDGEN: Crate = Crate {
    name: "wasm-bindgen-cli",
    version: "0.2.130",
    options: &[],
};
const GECKODRIVER: Crate = Crate {
    name: "geckodriver",
    version: "0.37.1",
    options: &["--locked"],
};
const BINARYEN: Package = Package {
    name: "binaryen",
    version: "132",
    file: "bin/wasm-opt",
};

const AXE: Package = Package {
    name: "axe-core",
    version: "4.14.1",
    file: "axe.min.js",
};

/// A tool from crates.io.
struct Crate {
    name: &'static str,
    version: &'static str,
    options: &'static [&'static str],
}

/// A tool from npm, and the file of it that we use.
struct Package {
    name: &'static str,
    version: &'static str,
    file: &'static str,
}

/// What builds the app.
pub(crate) struct BuildTools {
    /// Folder of `trunk`.
    pub(crate) trunk: PathBuf,
    /// Folder of `wasm-bindgen` and its test runner.
    pub(crate) wasm_bindgen: PathBuf,
}

/// Brings the tools that build the app.
pub(crate) fn for_the_app(folders: &Folders) -> anyhow::Result<BuildTools> {
    wasm_target()?;
    Ok(BuildTools {
        wasm_bindgen: install_crate(folders, &WASM_BINDGEN)?,
        trunk: install_crate(folders, &TRUNK)?,
    })
}

/// The driver of Firefox.
pub(crate) fn geckodriver(folders: &Folders) -> anyhow::Result<PathBuf> {
    Ok(install_crate(folders, &GECKODRIVER)?.join(GECKODRIVER.name))
}

/// The script that looks at a page for people who do not see, hear or use a mouse.
pub(crate) fn axe(folders: &Folders) -> anyhow::Result<PathBuf> {
    install_package(folders, &AXE)
}

/// The program that makes wasm small, with its version: from npm, else the machine's, else none.
pub(crate) fn wasm_opt(folders: &Folders) -> Option<(PathBuf, String)> {
    if let Ok(file) = install_package(folders, &BINARYEN)
        && works(&file, &["--version"])
    {
        return Some((file, BINARYEN.version.to_owned()));
    }
    let own = PathBuf::from("wasm-opt");
    let debian = || {
        is_root()
            && works(
                "apt-get",
                &["install", "-y", "--no-install-recommends", "binaryen"],
            )
    };
    if works(&own, &["--version"]) || (debian() && works(&own, &["--version"])) {
        let version = Command::new(&own).arg("--version").output().ok()?;
        return Some((own, String::from_utf8_lossy(&version.stdout).trim().to_owned()));
    }
    say(
        "there is no wasm-opt (npm package or Debian package binaryen): the app becomes a third larger than it need be",
    );
    None
}

pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

/// The standard library for wasm, from rustup where rustup is.
fn wasm_target() -> anyhow::Result<()> {
    let target = "wasm32-unknown-unknown";
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()?;
    let libraries = PathBuf::from(String::from_utf8(libraries.stdout)?.trim());
    if libraries.is_dir() {
        return Ok(());
    }
    step(&format!("rustup target add {target}"), || {
        run(Command::new("rustup").args(["target", "add", target]))
    })
    .context("Rust's standard library for wasm32-unknown-unknown is missing and rustup cannot add it")
}

fn install_crate(folders: &Folders, tool: &Crate) -> anyhow::Result<PathBuf> {
    let Crate {
        name,
        version,
        options,
    } = *tool;
    let root = folders.tools.join(format!("{name}-{version}"));
    // Written by cargo when the installation is whole.
    if !root.join(".crates.toml").exists() {
        let target = folders.tools.join("build");
        step(&format!("install {name} {version} (some minutes, once)"), || {
            run(cargo(folders)
                .current_dir(&folders.tools)
                .args(["install", name, "--version", version, "--root"])
                .arg(&root)
                .args(options)
                // They run for a second: how fast they are built counts, not how fast they are.
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_TARGET_DIR", &target))
        })?;
        fs::remove_dir_all(&target).ok();
    }
    Ok(root.join("bin"))
}

fn install_package(folders: &Folders, package: &Package) -> anyhow::Result<PathBuf> {
    let Package { name, version, file } = *package;
    let folder = folders.tools.join(format!("{name}-{version}"));
    let file = folder.join("node_modules").join(name).join(file);
    if !file.exists() {
        step(&format!("install {name} {version} (npm)"), || {
            run(Command::new("npm")
                .current_dir(env::temp_dir())
                .args(["install", "--no-fund", "--no-audit", "--prefix"])
                .arg(&folder)
                .arg(format!("{name}@{version}")))
        })?;
    }
    Ok(file)
}
