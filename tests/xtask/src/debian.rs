//! Programs of the machine, or else Debian's packages.

use crate::step::{run, step};
use crate::tools;
use anyhow::ensure;
use std::env;
use std::process::Command;

/// Brings what some tests watch other programs with.
pub(crate) fn strace() -> anyhow::Result<()> {
    if exists("strace") {
        return Ok(());
    }
    install(&["strace"])
}

/// On the path.
pub(crate) fn exists(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
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
