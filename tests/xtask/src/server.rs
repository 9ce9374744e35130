//! Builds the server, and starts it.

use crate::app::{self, Weight};
use crate::folders::Folders;
use crate::step::{cargo, run, step};
use anyhow::Context;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const PROGRAM: &str = "aanzet-server";

/// Builds app and server if need be and becomes the server.
pub(crate) fn serve(folders: &Folders, weight: Weight, arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let app = app::build(folders, weight)?;
    let program = build(folders)?;
    let mut server = Command::new(program);
    server.current_dir(&folders.root).arg("--app-dir").arg(app);
    server.args(arguments.iter().filter(|argument| *argument != "--"));
    if !arguments.iter().any(|argument| argument == "--data") {
        // Stories are no build output: not in the cache.
        server.arg("--data").arg(folders.root.join("data"));
    }
    become_program(server)
}

/// Builds the server for this machine's tests and trials. The app is given to it as a folder, so that a change of
/// one does not build the other.
pub(crate) fn build(folders: &Folders) -> anyhow::Result<PathBuf> {
    step("build the server", || {
        run(cargo(folders).args(["build", "--package", "server", "--bin", PROGRAM]))?;
        // Another clone may build into the same folder: this one keeps its own.
        let program = folders.output.join(PROGRAM);
        replace(&folders.target.join("debug").join(PROGRAM), &program)?;
        Ok(program)
    })
}

/// Builds the server as it ships, without the app.
pub(crate) fn build_released(folders: &Folders) -> anyhow::Result<PathBuf> {
    step("build the server, optimised", || {
        run(cargo(folders).args(["build", "--release", "--package", "server", "--bin", PROGRAM]))?;
        Ok(folders.target.join("release").join(PROGRAM))
    })
}

/// The one program of production: optimised, the app inside.
pub(crate) fn build_for_production(folders: &Folders) -> anyhow::Result<ExitCode> {
    let app = app::build(folders, Weight::Small)?;
    let program = step("build the server with the app inside", || {
        run(cargo(folders)
            .args(["build", "--release", "--package", "server", "--bin", PROGRAM])
            .env("AANZET_APP_DIST", app))?;
        Ok(folders.target.join("release").join(PROGRAM))
    })?;
    println!("{}", program.display());
    Ok(ExitCode::SUCCESS)
}

/// A program that runs cannot be written, but its name can be given to another.
fn replace(from: &Path, to: &Path) -> anyhow::Result<()> {
    let new = to.with_extension("new");
    fs::copy(from, &new).with_context(|| format!("copy {}", from.display()))?;
    fs::rename(new, to).with_context(|| format!("replace {}", to.display()))
}

/// Signals then reach the server itself.
#[cfg(unix)]
fn become_program(mut program: Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(program.exec()).context("start the server")
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> anyhow::Result<ExitCode> {
    let status = program.status().context("start the server")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
