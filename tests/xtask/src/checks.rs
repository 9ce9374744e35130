//! All that must hold, one after the other, with one count at the end.

use crate::app::{self, Weight};
use crate::browsers::Browsers;
use crate::folders::Folders;
use crate::step::{cargo, say};
use crate::{debian, server, tools};
use anyhow::Context;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// How many tests held and how many did not. A step that is one check counts as one test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs everything, or what is called `name`: journeys, else other tests.
pub(crate) fn test(
    folders: &Folders,
    weight: Weight,
    name: Option<&str>,
    options: &[OsString],
) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let mut count = Count::default();
    match name {
        None => everything(folders, weight, &mut count),
        Some(name) if is_journey(folders, name)? => {
            let mut arguments = vec![OsString::from(name)];
            arguments.extend_from_slice(options);
            journeys(folders, weight, &mut count, &arguments);
        }
        Some(name) => {
            count.holds("strace is there", debian::strace);
            let mut tests = cargo(folders);
            tests
                .args(["test", "--workspace", "--all-features", name])
                .args(options);
            count.tests("tests", &mut tests);
        }
    }
    println!("\n{:.0} s", start.elapsed().as_secs_f32());
    println!("{} passed, {} failed", count.passed, count.failed);
    let well = count.failed == 0;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Journeys at once in a run of everything: two browsers or three are busy in each, and who waits too long has failed.
const JOURNEYS_AT_ONCE: &str = "2";

fn everything(folders: &Folders, weight: Weight, count: &mut Count) {
    let strict = ["--", "-D", "warnings"];
    count.check("formatting", cargo(folders).args(["fmt", "--all", "--check"]));
    let native = ["clippy", "--workspace", "--all-targets", "--all-features"];
    count.check("lints", cargo(folders).args(native).args(strict));
    count.holds("tools", || tools::for_the_app(folders));
    let wasm = ["clippy", "--package", "app", "--target", "wasm32-unknown-unknown"];
    count.check("lints of the app", cargo(folders).args(wasm).args(strict));
    count.holds("strace is there", debian::strace);
    let tests = ["test", "--workspace", "--all-features", "--no-fail-fast"];
    count.tests("tests", cargo(folders).args(tests));
    journeys(
        folders,
        weight,
        count,
        &["--jobs".into(), JOURNEYS_AT_ONCE.into()],
    );
}

/// Whether a journey is called so, in whole or in part.
fn is_journey(folders: &Folders, name: &str) -> anyhow::Result<bool> {
    let list = journeys_command(folders)
        .args(["--list", name])
        .output()
        .context("list the journeys")?;
    Ok(list.status.success() && !list.stdout.is_empty())
}

/// Builds what the journeys need, then makes them.
fn journeys(folders: &Folders, weight: Weight, count: &mut Count, arguments: &[OsString]) {
    let app = count.holds("the app is built", || app::build(folders, weight));
    let server = count.holds("the server is built", || server::build(folders));
    let web = count.holds("the tests of the app are built", || app::web_tests(folders));
    let browsers = count.holds("the browsers are there", || Browsers::find_or_install(folders));
    let (Some(app), Some(server), Some(web), Some(browsers)) = (app, server, web, browsers) else {
        return;
    };
    let mut journeys = journeys_command(folders);
    journeys.arg("--app").arg(app).arg("--server").arg(server);
    journeys
        .arg("--web-tests")
        .arg(web.tests)
        .arg("--web-runner")
        .arg(web.runner);
    journeys
        .arg("--geckodriver")
        .arg(browsers.geckodriver)
        .arg("--axe")
        .arg(browsers.axe);
    journeys.args(arguments);
    count.tests("journeys", &mut journeys);
}

fn journeys_command(folders: &Folders) -> Command {
    let mut command = cargo(folders);
    command.args(["run", "--quiet", "--package", "tests", "--bin", "journeys", "--"]);
    command
}

impl Count {
    /// One check: it holds or not.
    fn check(&mut self, what: &str, command: &mut Command) {
        say(what);
        let start = Instant::now();
        let holds = command
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        self.note(what, holds, start);
    }

    /// One thing that must succeed for what follows.
    fn holds<T>(&mut self, what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
        let start = Instant::now();
        let result = work();
        self.note(what, result.is_ok(), start);
        result.inspect_err(|error| println!("{error:#}")).ok()
    }

    fn note(&mut self, what: &str, holds: bool, start: Instant) {
        let (word, counted) = if holds {
            ("ok", &mut self.passed)
        } else {
            ("FAILED", &mut self.failed)
        };
        *counted += 1;
        println!("test {what} ... {word} ({:.1} s)", start.elapsed().as_secs_f32());
    }

    /// Many tests, counted by what the runner says.
    fn tests(&mut self, what: &str, command: &mut Command) {
        say(what);
        match counted(command) {
            Ok((count, true)) => self.add(count),
            // It ended badly without a test to blame: it did not build, or was killed.
            Ok((count, false)) => self.add(Self {
                failed: count.failed.max(1),
                ..count
            }),
            Err(error) => {
                println!("test {what} ... FAILED: {error:#}");
                self.failed += 1;
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Shows what `command` says and sums its results; the second is whether it ended well.
fn counted(command: &mut Command) -> anyhow::Result<(Count, bool)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("start")?;
    let mut count = Count::default();
    for line in BufReader::new(child.stdout.take().context("its output")?).lines() {
        let line = line?;
        println!("{line}");
        count.add(result(&line).unwrap_or_default());
    }
    Ok((count, child.wait()?.success()))
}

/// Reads `test result: ok. 2 passed; 0 failed; …`.
fn result(line: &str) -> Option<Count> {
    let line = line.strip_prefix("test result: ")?;
    let number = |word: &str| {
        line.split(['.', ';'])
            .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(
            result(line),
            Some(Count {
                passed: 12,
                failed: 3
            })
        );
        assert_eq!(result("test a ... ok"), None);
    }

    #[test]
    fn a_run_that_ends_badly_counts_as_a_failure() {
        let mut count = Count::default();
        count.tests("none", &mut Command::new("false"));
        count.tests("none", &mut Command::new("no such program"));
        assert_eq!(count, Count { passed: 0, failed: 2 });
    }
}
