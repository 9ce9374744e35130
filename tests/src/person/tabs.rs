//! Several tabs of one browser, of which one is in front.

use super::Person;
use crate::browser::Engine;
use anyhow::ensure;
use serde_json::json;
use thirtyfour::WindowHandle;

/// A tab of her browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(WindowHandle);

impl Person<'_> {
    /// The tab that she looks at.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn tab(&self) -> anyhow::Result<Tab> {
        Ok(Tab(self.driver().await?.window().await?))
    }

    /// Opens an empty tab and looks at it.
    ///
    /// # Errors
    /// When the browser opens none.
    pub async fn opens_tab(&self) -> anyhow::Result<Tab> {
        let tab = Tab(self.driver().await?.new_tab().await?);
        self.turns_to(&tab).await?;
        Ok(tab)
    }

    /// Looks at a tab that stays behind the one in front, and back.
    ///
    /// Only in Chromium: elsewhere what is looked at is in front. And only at a tab that was looked at before: its driver
    /// tells a page once, and for ever, that it can be seen.
    ///
    /// # Errors
    /// When the tab does not show it.
    pub async fn glances_at(
        &self,
        tab: &Tab,
        look: impl AsyncFnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if self.stage.engine != Engine::Chromium {
            return Ok(());
        }
        let front = self.tab().await?;
        let driver = self.driver().await?;
        driver.switch_to_window(tab.0.clone()).await?;
        look().await?;
        Ok(driver.switch_to_window(front.0).await?)
    }

    /// Brings a tab to the front.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn turns_to(&self, tab: &Tab) -> anyhow::Result<()> {
        self.driver().await?.switch_to_window(tab.0.clone()).await?;
        if self.stage.engine == Engine::Chromium {
            // Its driver only talks to the tab.
            self.chromium("Page.bringToFront", json!({})).await?;
        }
        self.waits("sees the tab in front", async || {
            let state = self.runs("return document.visibilityState").await?;
            ensure!(state == "visible", "it is {state}");
            Ok(Some(()))
        })
        .await
    }

    /// Brings a tab to the front that another one took the device from, and works on there. The browser around WebKitGTK
    /// does not tell a page that it comes to the front: there a button does what coming does elsewhere.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn goes_on_in(&self, tab: &Tab) -> anyhow::Result<()> {
        self.turns_to(tab).await?;
        if self.stage.engine == Engine::Webkit {
            self.presses("Hier verder werken").await?;
        }
        self.hears_the_core().await
    }
}
