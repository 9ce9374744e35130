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

    pub(super) async fn work_of_browser(&self) -> anyhow::Result<BTreeMap<u32, u64>> {
        let browser = self.browser.borrow().clone();
        let browser = browser.context("her browser does not run")?;
        Ok(browser.lock().await.work())
    }
}
