//! What axe-core finds wrong with a page for people who do not see, hear or use a mouse.

use crate::person::Person;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::fs;

/// Runs every rule but those that axe itself calls experimental. What moves is at its end at once: a colour on its way
/// to another has no contrast yet, and a browser without a screen may draw no frame in which it would arrive. Keeps of
/// each violation what a developer needs. What axe calls incomplete it could not decide, such as a contrast upon a
/// picture: that is for people to look at.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    const ends = it => it.effect?.getComputedTiming().endTime !== Infinity;
    document.getAnimations().filter(ends).forEach(it => it.finish());
    axe.run(document, { resultTypes: ['violations'] }).then(
      result => done(result.violations.map(rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(' | ')}`)),
      error => done([`axe itself: ${error}`]),
    );";

impl Person<'_> {
    /// Asks axe-core about the page as it is now.
    ///
    /// # Errors
    /// When it finds a violation, or cannot run.
    pub async fn finds_the_page_accessible(&self) -> anyhow::Result<()> {
        let violations = self.axe().await?;
        ensure!(
            violations.is_empty(),
            "axe at {}: {violations:#?}",
            self.address().await?
        );
        Ok(())
    }

    /// Violations that axe-core finds on the page.
    ///
    /// # Errors
    /// When it cannot run.
    pub async fn axe(&self) -> anyhow::Result<Vec<String>> {
        let script = fs::read_to_string(self.axe_file()).context("read axe-core")?;
        self.runs(&format!("{script}; return typeof axe")).await?;
        let found = self.runs_and_waits(RUN).await?;
        let found = found.as_array().context("axe gave no list")?;
        Ok(found
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect())
    }
}
