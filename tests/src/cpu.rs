//! A share of one processor for other programs, as slow phones have: a quota of the system (cgroups).

use crate::wait::wait_for;
use anyhow::Context;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Short, so that whoever has used its share up stands still for milliseconds, as on a slow processor.
const PERIOD_MICROS: u64 = 20_000;

/// A group of processes that share a part of one processor. Dropped, they have the whole machine again.
#[derive(Debug)]
pub struct CpuShare {
    folder: PathBuf,
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
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("aanzet-{}-{count}", std::process::id());
        let quota = PERIOD_MICROS / divisor.max(1);
        let one = Path::new("/sys/fs/cgroup/cpu");
        let two = Path::new("/sys/fs/cgroup");
        let (folder, version) = if one.join("cpu.cfs_quota_us").exists() {
            (one.join(name), Version::One)
        } else {
            // Who has it on already is asked for nothing.
            fs::write(two.join("cgroup.subtree_control"), "+cpu").ok();
            (two.join(name), Version::Two)
        };
        fs::create_dir(&folder).with_context(|| format!("a group of processes at {}", folder.display()))?;
        let share = Self { folder, version };
        match version {
            Version::One => {
                share.write("cpu.cfs_period_us", &PERIOD_MICROS.to_string())?;
                share.write("cpu.cfs_quota_us", &quota.to_string())?;
            }
            Version::Two => share.write("cpu.max", &format!("{quota} {PERIOD_MICROS}"))?,
        }
        Ok(share)
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
        for id in self.inside()? {
            // It may be gone by now.
            fs::write(parent.join("cgroup.procs"), id.to_string()).ok();
        }
        match self.version {
            Version::One => self.write("cpu.cfs_quota_us", "-1")?,
            Version::Two => self.write("cpu.max", "max")?,
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
