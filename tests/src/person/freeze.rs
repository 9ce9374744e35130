//! A page whose process gets no time any more, as phones do with what is not looked at.

use super::Person;
use crate::process::signal;
use anyhow::Context;
use rustix::process::Signal;
use std::collections::BTreeMap;

/// The process of a page that stands still.
#[derive(Debug)]
pub struct Frozen(u32);

/// Ends once no transaction was under way for a while: several looks in a row did not have to wait for one.
const DISK_IS_QUIET: &str = "const done = arguments[arguments.length - 1];
    indexedDB.open('aanzet').onsuccess = ({ target: { result: database } }) => {
      let quiet = 0;
      const look = () => {
        const start = performance.now();
        const all = database.transaction([...database.objectStoreNames], 'readwrite');
        all.oncomplete = () => {
          quiet = performance.now() - start < 20 ? quiet + 1 : 0;
          if (quiet < 8) return setTimeout(look, 40);
          database.close();
          done();
        };
      };
      look();
    };";

/// Whether a page gets to the database: a frozen one that holds a transaction keeps all others out.
const DISK_IS_FREE: &str = "const done = arguments[arguments.length - 1];
    setTimeout(() => done(false), 5000);
    indexedDB.open('aanzet').onsuccess = ({ target: { result: database } }) => {
      database.transaction([...database.objectStoreNames], 'readwrite').oncomplete = () => {
        database.close();
        done(true);
      };
    };";

impl Frozen {
    /// It goes on where it was.
    pub fn thaws(self) {
        signal(self.0, Signal::CONT);
    }
}

impl Person<'_> {
    /// Stops the process of the page in front while it writes nothing: as long as it holds a transaction, no other page
    /// gets to the database, and browsers let a page finish one before they freeze it.
    ///
    /// Which process that is, no browser tells: it is the one that works while the page does.
    ///
    /// # Errors
    /// When no process works.
    pub async fn freezes_the_page(&self) -> anyhow::Result<Frozen> {
        let before = self.work_of_browser().await?;
        self.runs("const until = performance.now() + 500; while (performance.now() < until) {}")
            .await?;
        let after = self.work_of_browser().await?;
        self.runs_and_waits(DISK_IS_QUIET).await?;
        let worked = after
            .into_iter()
            .max_by_key(|(id, work)| work.saturating_sub(before.get(id).copied().unwrap_or_default()));
        let (id, _) = worked.context("her browser has no process")?;
        signal(id, Signal::STOP);
        Ok(Frozen(id))
    }

    /// Whether the page in front gets to the database. If not, the frozen one began a transaction in the moment before it
    /// stood still, which no browser lets happen.
    ///
    /// # Errors
    /// When the page runs no script.
    pub async fn gets_to_the_disk(&self) -> anyhow::Result<bool> {
        Ok(self.runs_and_waits(DISK_IS_FREE).await? == true)
    }

    pub(super) async fn work_of_browser(&self) -> anyhow::Result<BTreeMap<u32, u64>> {
        let browser = self.browser.borrow().clone();
        let browser = browser.context("her browser does not run")?;
        Ok(browser.lock().await.work())
    }
}
