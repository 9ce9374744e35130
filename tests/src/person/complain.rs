//! What the browser complains about, and what a page may not leave or ask.

use super::Person;
use anyhow::{Context, ensure};

/// What each browser writes when the relay that a page speaks to is not there: nothing that a page can prevent.
pub const LOST_RELAY: &[&str] = &[
    "WebSocket connection to",
    "the connection to ws://",
    "connection to the server at ws://",
    "The connection to ws://",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
];

impl Person<'_> {
    /// Errors on the console and violations of the policy since the last look.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let browser = self
            .browser
            .borrow()
            .clone()
            .context("her browser does not run")?;
        browser.lock().await.complaints().await
    }

    /// Cookies of the page, those included that scripts cannot see.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn cookies(&self) -> anyhow::Result<Vec<String>> {
        let cookies = self.driver().await?.get_all_cookies().await?;
        Ok(cookies.into_iter().map(|cookie| cookie.name).collect())
    }

    /// Hosts other than the relay that her pages asked for since the browser started.
    ///
    /// # Errors
    /// When her browser does not run.
    pub async fn foreign_hosts(&self) -> anyhow::Result<Vec<String>> {
        let browser = self
            .browser
            .borrow()
            .clone()
            .context("her browser does not run")?;
        Ok(browser.lock().await.foreign_hosts())
    }

    /// No cookie, no request elsewhere, no violation, no error on the console but those that hold one of `expected`.
    ///
    /// # Errors
    /// When there is one.
    pub async fn has_no_complaint_but(&self, expected: &[&str]) -> anyhow::Result<()> {
        let mut complaints = self.complaints().await?;
        complaints.retain(|complaint| !expected.iter().any(|known| complaint.contains(known)));
        ensure!(
            complaints.is_empty(),
            "{}'s browser complains: {complaints:#?}",
            self.name
        );
        let cookies = self.cookies().await?;
        ensure!(cookies.is_empty(), "{} has cookies: {cookies:?}", self.name);
        let hosts = self.foreign_hosts().await?;
        ensure!(
            hosts.is_empty(),
            "{}'s pages asked for other hosts: {hosts:?}",
            self.name
        );
        Ok(())
    }

    /// No cookie, no request elsewhere, no violation, no error on the console.
    ///
    /// # Errors
    /// When there is one.
    pub async fn has_no_complaint(&self) -> anyhow::Result<()> {
        self.has_no_complaint_but(&[]).await
    }
}
