//! Runs journeys: each in each of its engines, some at a time, and counts.

use crate::browser::Engine;
use crate::journeys::Journey;
use crate::process::Process;
use crate::stage::{Stage, Tools};
use anyhow::{Context, anyhow, bail};
use std::collections::VecDeque;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A journey that takes longer hangs.
const JOURNEY_TIME_MAX: Duration = Duration::from_secs(600);
/// How often the browser with two tabs is killed, unless somebody wants to know it better.
pub const KILLS: u32 = 20;
/// What chance follows where nobody says otherwise.
pub const SEED: u64 = 14;
/// What each death of a browser beyond the usual may add to that.
const KILL_TIME_MAX: Duration = Duration::from_secs(30);

/// One journey in one engine.
type Run = (&'static Journey, Engine);

/// Runs `journeys`, `at_once` at a time, below `folder`; returns how many passed and how many failed.
///
/// # Errors
/// When a runner thread cannot be joined.
pub fn run(
    journeys: Vec<Run>,
    tools: &Tools,
    folder: &Path,
    at_once: usize,
) -> anyhow::Result<(usize, usize)> {
    let waiting = Mutex::new(VecDeque::from(journeys));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    std::thread::scope(|scope| {
        let runners: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let mut count = (0, 0);
                    while let Some((journey, engine)) = next() {
                        if passes(journey, engine, tools, folder) {
                            count.0 += 1
                        } else {
                            count.1 += 1
                        }
                    }
                    count
                })
            })
            .collect();
        let mut sum = (0, 0);
        for runner in runners {
            let (passed, failed) = runner.join().map_err(|_| anyhow!("a runner broke down"))?;
            sum = (sum.0 + passed, sum.1 + failed);
        }
        Ok(sum)
    })
}

#[expect(clippy::print_stdout, reason = "who runs journeys reads here how they end")]
fn passes(journey: &Journey, engine: Engine, tools: &Tools, folder: &Path) -> bool {
    let name = format!("{}::{engine}", journey.name);
    let folder = folder.join(name.replace("::", "-"));
    let start = Instant::now();
    let time_max = JOURNEY_TIME_MAX + KILL_TIME_MAX * tools.kills.saturating_sub(KILLS);
    let stage = Stage::new(engine, tools.clone(), folder.clone());
    let result = catch_unwind(AssertUnwindSafe(|| {
        fs::create_dir_all(&folder)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let run = tokio::time::timeout(time_max, (journey.run)(&stage));
            run.await.context("the journey took too long")?
        })
    }));
    let result = result.unwrap_or_else(|_| Err(anyhow!("panicked (see above)")));
    let mut lines = vec![format!(
        "test {name} ... {} ({:.1} s)",
        if result.is_ok() { "ok" } else { "FAILED" },
        start.elapsed().as_secs_f32()
    )];
    lines.extend(stage.notes());
    if let Err(error) = &result {
        lines.extend(error.chain().map(|cause| format!("  {cause}")));
        lines.push(format!("  what it left: {}", folder.display()));
    } else {
        // Only what failed is worth keeping.
        fs::remove_dir_all(&folder).ok();
    }
    println!("{}", lines.join("\n"));
    result.is_ok()
}

/// A screen that nobody sees, for browsers that want one.
///
/// # Errors
/// When Xvfb does not start.
pub fn screen(folder: &Path) -> anyhow::Result<(Process, String)> {
    let log = folder.join("xvfb.log");
    let mut command = Command::new("Xvfb");
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1600x1200x24",
        "-nolisten",
        "tcp",
    ]);
    let (screen, mut heard) = Process::start_heard(&mut command, &log)?;
    // It says the number of the screen when that can be used.
    let Some(number) = heard.next().transpose()? else {
        bail!("it ended: {}", screen.said()?)
    };
    let number: u32 = number
        .parse()
        .with_context(|| format!("“{number}” is no screen"))?;
    Ok((screen, format!(":{number}")))
}

/// An empty folder for everything that the journeys leave.
///
/// # Errors
/// When it cannot be made.
pub fn empty_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("aanzet-journeys-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
