//! The benchmarks, on programs as they ship.

use crate::folders::Folders;
use crate::step::{cargo, run, step};
use crate::{browsers, server};
use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitCode};

/// Builds what is measured and what measures, in this order: they share no features, so neither changes the other.
pub(crate) fn bench(folders: &Folders, arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let server = server::build_released(folders)?;
    let program = step("build the benchmarks, optimised", || {
        run(cargo(folders).args(["build", "--release", "--package", "tests", "--bin", "bench"]))?;
        Ok(folders.target.join("release/bench"))
    })?;
    if arguments.iter().any(|argument| argument == "--app") {
        browsers::chromium()?;
    }
    // The disk of the cache, which is a real one.
    let folder = folders.output.join("bench");
    fs::remove_dir_all(&folder).ok();
    let mut bench = Command::new(program);
    bench.arg("--server").arg(server).arg("--folder").arg(folder);
    run(bench.args(arguments))?;
    Ok(ExitCode::SUCCESS)
}
