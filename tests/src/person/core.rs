//! What she notices of the app's machinery.

use super::{Person, Role, STANDSTILL};
use crate::browser::Engine;
use anyhow::Context;
use std::path::PathBuf;
use tokio::time::timeout;

impl Person<'_> {
    /// Waits until the core worker has answered the page.
    ///
    /// # Errors
    /// When it never does.
    pub async fn hears_the_core(&self) -> anyhow::Result<()> {
        self.waits("hears the core", async || {
            let Some(main) = self.all(Role::Main, None).await?.into_iter().next() else {
                return Ok(None);
            };
            Ok((main.attr("aria-busy").await?.as_deref() == Some("false")).then_some(()))
        })
        .await
    }

    /// Waits until the service worker keeps the app (W4). WebKitGTK was seen never to finish with it, once in some dozens:
    /// the next start of the app takes it up again.
    ///
    /// # Errors
    /// When it never does.
    pub async fn has_the_app_on_her_device(&self) -> anyhow::Result<()> {
        let first = timeout(STANDSTILL, self.waits_for_the_app()).await;
        match first {
            Ok(kept) => kept,
            Err(_) if self.stage.engine == Engine::Webkit => {
                self.note("WebKit did not take the service worker", STANDSTILL);
                self.opens(&self.address().await?).await?;
                self.waits_for_the_app().await
            }
            Err(_) => self.waits_for_the_app().await,
        }
    }

    async fn waits_for_the_app(&self) -> anyhow::Result<()> {
        let ask = "const done = arguments[arguments.length - 1];
            navigator.serviceWorker.getRegistration('/app/').then(
              registration => done(registration?.active?.state ?? 'none'), error => done(String(error)));";
        self.waits("has the app on her device", async || {
            Ok((self.runs_and_waits(ask).await? == "activated").then_some(()))
        })
        .await
    }

    /// Runs a script in the page that calls its last argument when it is done.
    ///
    /// # Errors
    /// When it throws or never calls.
    pub async fn runs_and_waits(&self, script: &str) -> anyhow::Result<serde_json::Value> {
        let result = self.driver().await?.execute_async(script, Vec::new()).await;
        Ok(result.context("a script in the page")?.json().clone())
    }

    pub(crate) fn axe_file(&self) -> PathBuf {
        self.stage.tools.axe.clone()
    }
}
