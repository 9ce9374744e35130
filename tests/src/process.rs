//! Other programs, with all that they start, so that none outlives a journey.

use crate::wait::wait_for;
use anyhow::{Context, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Lines};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// Inherited by whatever a program starts; it finds those that left the family.
const MARK: &str = "AANZET_TEST_FAMILY";

/// A running program. Dropped, it and all that it started are killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
    mark: String,
    log: PathBuf,
}

impl Process {
    /// Starts `command`; what it says is added to the file `log`.
    ///
    /// # Errors
    /// When the program or its log cannot be opened.
    pub fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let output = open_log(log)?;
        Self::spawn(command, output.try_clone()?.into(), output, log)
    }

    /// Starts `command`, whose output is heard as it comes; what it complains of is added to the file `log`.
    ///
    /// # Errors
    /// When the program or its log cannot be opened.
    pub fn start_heard(
        command: &mut Command,
        log: &Path,
    ) -> anyhow::Result<(Self, Lines<BufReader<ChildStdout>>)> {
        let mut process = Self::spawn(command, Stdio::piped(), open_log(log)?, log)?;
        let output = process.child.stdout.take().context("its output")?;
        Ok((process, BufReader::new(output).lines()))
    }

    fn spawn(command: &mut Command, output: Stdio, complaints: File, log: &Path) -> anyhow::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let child = command
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(complaints)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        Ok(Self {
            child,
            mark,
            log: log.to_owned(),
        })
    }

    /// All that it said so far.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn said(&self) -> anyhow::Result<String> {
        let bytes = fs::read(&self.log).with_context(|| self.log.display().to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Fails if the program has ended.
    ///
    /// # Errors
    /// With the last that it said.
    pub fn must_run(&mut self) -> anyhow::Result<()> {
        let ended = self.child.try_wait()?;
        ensure!(ended.is_none(), "it ended: {}", self.said().unwrap_or_default());
        Ok(())
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end (SIGTERM) and waits.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        signal(self.child.id(), Signal::TERM);
        let (status, _) = wait_for("a program ends", async || Ok(self.child.try_wait()?)).await?;
        Ok(status)
    }

    /// Itself and all that it started.
    pub fn family(&self) -> BTreeSet<u32> {
        family(self.child.id(), &self.mark)
    }

    /// What each process of its family has worked so far, in ticks of the system's clock.
    pub fn work(&self) -> BTreeMap<u32, u64> {
        let family = self.family().into_iter();
        family.filter_map(|id| Some((id, work(id)?))).collect()
    }

    /// Ends it and all that it started at once, without a chance to store anything (SIGKILL).
    pub fn kill(&mut self) {
        // What is stopped starts no more; the second look finds what was started during the first.
        for _ in 0..2 {
            for id in self.family() {
                signal(id, Signal::KILL);
            }
        }
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn open_log(log: &Path) -> anyhow::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| log.display().to_string())
}

/// Sends a signal to one process.
pub(crate) fn signal(id: u32, signal: Signal) {
    if let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may be gone by now.
        kill_process(id, signal).ok();
    }
}

/// The process, its descendants, and what carries its mark.
fn family(root: u32, mark: &str) -> BTreeSet<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut family = BTreeSet::new();
    let mark = format!("{MARK}={mark}");
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some(parent) = parent(&process.path()) {
            children.entry(parent).or_default().push(id);
        }
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        if environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes())
        {
            family.insert(id);
        }
    }
    let mut to_visit = vec![root];
    while let Some(id) = to_visit.pop() {
        family.insert(id);
        to_visit.extend(children.remove(&id).unwrap_or_default());
    }
    family
}

/// Fourth field of `stat`.
fn parent(process: &Path) -> Option<u32> {
    stat(process, 4)?.parse().ok()
}

/// Fourteenth and fifteenth field of `stat`: in programs, and in the system on their behalf.
fn work(id: u32) -> Option<u64> {
    let process = Path::new("/proc").join(id.to_string());
    let ticks = |field| stat(&process, field)?.parse::<u64>().ok();
    Some(ticks(14)? + ticks(15)?)
}

/// A field of `stat`, counted from 1, from the third on: the second is a name that may hold anything.
fn stat(process: &Path, field: usize) -> Option<String> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name
        .split_whitespace()
        .nth(field.checked_sub(3)?)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_program_takes_its_children_with_it() {
        let log = std::env::temp_dir().join(format!("aanzet-process-{}", std::process::id()));
        let script = "setsid sleep 1000 & sleep 1000 & echo started; wait";
        let (mut process, mut heard) =
            Process::start_heard(Command::new("sh").args(["-c", script]), &log).unwrap();
        assert_eq!(heard.next().unwrap().unwrap(), "started");
        let ids = family(process.id(), &process.mark);
        assert_eq!(ids.len(), 3);
        process.kill();
        let alive = |id: &&u32| {
            fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
        };
        while ids.iter().any(|id| alive(&id)) {
            std::thread::yield_now();
        }
        fs::remove_file(log).unwrap();
    }
}
