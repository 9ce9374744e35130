//! A share of the processors for other programs, as slow phones have: a quota of the system (cgroups). What they used of it
//! is told, too: unlike the time of the clock, that does not depend on what else the machine does.

use crate::wait::wait_for;
use anyhow::Context;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// Short, so that whoever has used its share up stands still for milliseconds, as on a slow processor.
const PERIOD_MICROS: u64 = 20_000;

/// A group of processes that share a part of the processors. Dropped, they have the whole machine again.
#[derive(Debug)]
pub struct CpuShare {
    folder: PathBuf,
    /// Where the system counts what they used.
    account: PathBuf,
    version: Version,
}

/// The two ways in which the system takes a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl CpuShare {
    /// A group whose processes have together `1 / divisor` of one processor.
    ///
    /// # Errors
    /// When the system gives no such group: it takes root, and the controller `cpu`.
    pub fn of_one(divisor: u64) -> anyhow::Result<Self> {
        Self::with_quota(Some(PERIOD_MICROS / divisor.max(1)))
    }

    /// A group whose processes have together `1 / divisor` of all processors: each is as slow, and they work side by side.
    ///
    /// # Errors
    /// As [`CpuShare::of_one`].
    pub fn of_each(divisor: u64) -> anyhow::Result<Self> {
        let n_processors = u64::try_from(thread::available_parallelism()?.get())?;
        Self::with_quota(Some(PERIOD_MICROS * n_processors / divisor.max(1)))
    }

    /// A group whose processes have the whole machine.
    ///
    /// # Errors
    /// As [`CpuShare::of_one`].
    pub fn of_all() -> anyhow::Result<Self> {
        Self::with_quota(None)
    }

    fn with_quota(quota: Option<u64>) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("aanzet-{}-{count}", std::process::id());
        let one = Path::new("/sys/fs/cgroup/cpu");
        let two = Path::new("/sys/fs/cgroup");
        let (folder, account, version) = if one.join("cpu.cfs_quota_us").exists() {
            let account = Path::new("/sys/fs/cgroup/cpuacct").join(&name);
            (one.join(name), account, Version::One)
        } else {
            // Who has it on already is asked for nothing.
            fs::write(two.join("cgroup.subtree_control"), "+cpu").ok();
            (two.join(&name), two.join(name), Version::Two)
        };
        for folder in BTreeSet::from([&folder, &account]) {
            // One may be the other by another name.
            if !folder.exists() {
                fs::create_dir(folder)
                    .with_context(|| format!("a group of processes at {}", folder.display()))?;
            }
        }
        let share = Self {
            folder,
            account,
            version,
        };
        match (version, quota) {
            (Version::One, Some(quota)) => {
                share.write("cpu.cfs_period_us", &PERIOD_MICROS.to_string())?;
                share.write("cpu.cfs_quota_us", &quota.to_string())?;
            }
            (Version::Two, Some(quota)) => share.write("cpu.max", &format!("{quota} {PERIOD_MICROS}"))?,
            (Version::One | Version::Two, None) => {}
        }
        Ok(share)
    }

    /// Time of processors that its processes used together, those that have ended too.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn used(&self) -> anyhow::Result<Duration> {
        match self.version {
            Version::One => {
                let nanoseconds = fs::read_to_string(self.account.join("cpuacct.usage"))?;
                Ok(Duration::from_nanos(nanoseconds.trim().parse()?))
            }
            Version::Two => {
                let lines = fs::read_to_string(self.account.join("cpu.stat"))?;
                let used = lines.lines().find_map(|line| line.strip_prefix("usage_usec "));
                Ok(Duration::from_micros(used.context("no usage")?.trim().parse()?))
            }
        }
    }

    /// Takes processes in, and what they start from then on; `processes` is asked until all are.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn takes_in(&self, processes: impl Fn() -> BTreeSet<u32>) -> anyhow::Result<()> {
        wait_for("all processes have their share", async || {
            let inside = self.inside()?;
            let outside: Vec<_> = processes().difference(&inside).copied().collect();
            for id in &outside {
                // It may be gone by now.
                self.write("cgroup.procs", &id.to_string()).ok();
                fs::write(self.account.join("cgroup.procs"), id.to_string()).ok();
            }
            Ok(outside.is_empty().then_some(()))
        })
        .await?;
        Ok(())
    }

    fn inside(&self) -> anyhow::Result<BTreeSet<u32>> {
        let list = fs::read_to_string(self.folder.join("cgroup.procs"))?;
        Ok(list.lines().filter_map(|line| line.parse().ok()).collect())
    }

    fn write(&self, file: &str, value: &str) -> anyhow::Result<()> {
        let file = self.folder.join(file);
        fs::write(&file, value).with_context(|| format!("write {}", file.display()))
    }

    fn lets_go(&self) -> anyhow::Result<()> {
        let parent = self.folder.parent().context("a group has a parent")?;
        let parents = [Some(parent), self.account.parent()];
        for id in self.inside()? {
            for parent in parents.into_iter().flatten() {
                // It may be gone by now.
                fs::write(parent.join("cgroup.procs"), id.to_string()).ok();
            }
        }
        match self.version {
            Version::One => self.write("cpu.cfs_quota_us", "-1")?,
            Version::Two => self.write("cpu.max", "max")?,
        }
        if self.account.exists() && self.account != self.folder {
            fs::remove_dir(&self.account).ok();
        }
        Ok(fs::remove_dir(&self.folder)?)
    }
}

impl Drop for CpuShare {
    fn drop(&mut self) {
        // What stays is an empty folder of the system's own.
        self.lets_go().ok();
    }
}
