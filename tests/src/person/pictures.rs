//! Pictures of the screens, for people to look at.

use super::Person;
use crate::browser::Engine;
use axum::http::Method;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use thirtyfour::common::command::{Command, ExtensionCommand};

const PHONE: (u64, u64) = (360, 740);
const LAPTOP: (u64, u64) = (1280, 800);

impl Person<'_> {
    /// Takes the screen as a phone and a laptop show it, light and dark, if pictures were asked for.
    /// Only Chromium can be told to.
    ///
    /// # Errors
    /// When one cannot be taken.
    pub async fn takes_pictures(&self, name: &str) -> anyhow::Result<()> {
        let Some(folder) = self.stage.tools.pictures.clone() else {
            return Ok(());
        };
        if self.stage.engine != Engine::Chromium {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        for (device, (width, height)) in [("phone", PHONE), ("laptop", LAPTOP)] {
            for scheme in ["light", "dark"] {
                let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                self.chromium("Emulation.setEmulatedMedia", features).await?;
                self.sets_screen(device, width, height).await?;
                let page = self.runs("return document.documentElement.scrollHeight").await?;
                self.sets_screen(device, width, page.as_u64().unwrap_or_default().max(height))
                    .await?;
                let picture = self.driver().await?.screenshot_as_png().await?;
                fs::write(folder.join(format!("{name}-{device}-{scheme}.png")), picture)?;
            }
        }
        self.chromium("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        self.chromium("Emulation.setEmulatedMedia", json!({ "features": [] }))
            .await
    }

    async fn sets_screen(&self, device: &str, width: u64, height: u64) -> anyhow::Result<()> {
        let phone = device == "phone";
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": phone });
        self.chromium("Emulation.setDeviceMetricsOverride", screen).await
    }

    async fn chromium(&self, method: &'static str, parameters: Value) -> anyhow::Result<()> {
        let command = DevTools { method, parameters };
        self.driver()
            .await?
            .cmd(Command::ExtensionCommand(Box::new(command)))
            .await?;
        Ok(())
    }

    /// Leaves the screen as it is beside her profile.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub async fn leaves_a_picture(&self, name: &str) -> anyhow::Result<()> {
        let picture = self.driver().await?.screenshot_as_png().await?;
        Ok(fs::write(self.folder.join(format!("{name}.png")), picture)?)
    }
}

#[derive(Debug)]
struct DevTools {
    method: &'static str,
    parameters: Value,
}

impl ExtensionCommand for DevTools {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "cmd": self.method, "params": self.parameters }))
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}
