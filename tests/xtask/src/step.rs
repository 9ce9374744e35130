//! Running other programs, with words about it.

use crate::folders::Folders;
use anyhow::{Context, ensure};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Says what is done next.
pub(crate) fn say(what: &str) {
    println!("── {what}");
}

/// Does `work` between its name and the time that it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    say(what);
    let start = Instant::now();
    let result = work()?;
    println!("   {:.1} s", start.elapsed().as_secs_f32());
    Ok(result)
}

/// Cargo in the clone, its output in the shared folder, without the variables of the cargo that started us.
pub(crate) fn cargo(folders: &Folders) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(&folders.root)
        .env("CARGO_TARGET_DIR", &folders.target);
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Waits until `command` ends well.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let words = words(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("start {words}"))?;
    ensure!(status.success(), "{words}: {status}");
    Ok(())
}

/// Whether `program` can be started and ends well.
pub(crate) fn works(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `PATH` with `folders` before it.
pub(crate) fn path_with(folders: &[&Path]) -> anyhow::Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders
        .iter()
        .map(|folder| folder.to_path_buf())
        .chain(std::env::split_paths(&path));
    std::env::join_paths(all).context("put the tools on the path")
}

fn words(command: &Command) -> String {
    let mut words = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        words.push(' ');
        words.push_str(&argument.to_string_lossy());
    }
    words
}
