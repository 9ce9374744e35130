//! When things are there to be seen, as the page itself notes it: looking from outside would keep a slow machine
//! busy. Chromium alone.

use super::Person;
use crate::cpu::CpuShare;
use crate::wait::wait_for;
use anyhow::Context;
use serde_json::json;
use std::time::{Duration, Instant};

const MOMENTS: &str = include_str!("moments.js");
/// A browser that worked hardly at all for so long has nothing to do.
const REST: Duration = Duration::from_secs(1);
/// Hundredths of a second.
const REST_TICKS_MAX: u64 = 3;

/// What is waited for, as `moments.js` knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The app has drawn a screen.
    Screen,
    /// It offers the next step to who was invited.
    Invited,
    /// The core has answered.
    Data,
    /// A coordinator sees a story in the list.
    List,
    /// A field shows what was typed.
    Typed,
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Invited => "invited",
            Self::Data => "data",
            Self::List => "list",
            Self::Typed => "typed",
        }
    }
}

impl Person<'_> {
    /// Every page that she opens from now on notes its moments.
    ///
    /// # Errors
    /// When the browser is not Chromium.
    pub async fn notes_moments(&self) -> anyhow::Result<()> {
        self.chromium(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": MOMENTS }),
        )
        .await
        .map(drop)
        .context("note moments")
    }

    /// Milliseconds from asking for the page to the moment; waits for it as long as a script may.
    ///
    /// # Errors
    /// When it never comes.
    pub async fn moment(&self, moment: Moment) -> anyhow::Result<f64> {
        let name = moment.name();
        let script = format!(
            "const done = arguments[arguments.length - 1];
            moments.once('{name}').then(() => done(moments.at['{name}']));"
        );
        let at = self.runs_and_waits(&script).await?;
        at.as_f64().with_context(|| format!("the moment {name} is {at}"))
    }

    /// Whether the moment has come, without waiting for it.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn has_come(&self, moment: Moment) -> anyhow::Result<bool> {
        let name = moment.name();
        let has_come = self.runs(&format!("return '{name}' in moments.at")).await?;
        Ok(has_come == true)
    }

    /// Her browser has only this share of a processor from now on; its driver is left out.
    ///
    /// # Errors
    /// When it does not run, or the system refuses.
    pub async fn has_a_share(&self, share: &CpuShare) -> anyhow::Result<()> {
        let browser = self.browser.borrow().clone();
        let browser = browser.context("her browser does not run")?;
        let browser = browser.lock().await;
        share.takes_in(|| browser.processes()).await
    }

    /// Waits until her browser has nothing to do: for a while after its start it is busy with itself.
    ///
    /// # Errors
    /// When it goes on for too long.
    pub async fn lets_the_browser_rest(&self) -> anyhow::Result<()> {
        let mut since = (Instant::now(), self.work_so_far().await?);
        wait_for("the browser rests", async || {
            let work = self.work_so_far().await?;
            if work > since.1 + REST_TICKS_MAX {
                since = (Instant::now(), work);
            }
            Ok((since.0.elapsed() >= REST).then_some(()))
        })
        .await?;
        Ok(())
    }

    async fn work_so_far(&self) -> anyhow::Result<u64> {
        Ok(self.work_of_browser().await?.values().sum())
    }

    /// Milliseconds to the first thing that was painted.
    ///
    /// # Errors
    /// When nothing was.
    pub async fn first_paint(&self) -> anyhow::Result<f64> {
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        let at = self.runs(script).await?;
        at.as_f64().context("nothing was painted")
    }
}
