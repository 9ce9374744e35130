//! Pictures of the screens, for people to look at.

use super::Person;
use super::tree::Tree;
use crate::browser::Engine;
use anyhow::{Context, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use thirtyfour::common::command::{Command, ExtensionCommand};

/// What people look at the app with.
struct Screen {
    name: &'static str,
    width: u64,
    height: u64,
    is_mobile: bool,
}

const SCREENS: [Screen; 2] = [
    Screen {
        name: "phone",
        width: 360,
        height: 740,
        is_mobile: true,
    },
    Screen {
        name: "laptop",
        width: 1280,
        height: 800,
        is_mobile: false,
    },
];

/// A screen of 1280 by 1024 at 400 %. Its scrollbar takes no room, as on a phone: the page has all 320.
const ENLARGED: Screen = Screen {
    name: "enlarged",
    width: 320,
    height: 256,
    is_mobile: true,
};

/// A sheet of A4.
const SHEET: Screen = Screen {
    name: "sheet",
    width: 794,
    height: 1123,
    is_mobile: false,
};

/// How wide the page or a dialog is where it scrolls sideways, and what of it reaches beyond its edge.
const BESIDE: &str = "const views = [document.documentElement, ...document.querySelectorAll('dialog[open]')];
    const wide = views.find(it => it.scrollWidth > it.clientWidth);
    if (!wide) return null;
    const edge = wide.getBoundingClientRect().left + wide.clientLeft + wide.clientWidth;
    const beyond = [...wide.querySelectorAll('*')].filter(it => it.getBoundingClientRect().right > edge + 1);
    const names = beyond.slice(0, 8).map(it => `${it.localName}.${it.getAttribute('class') ?? ''}`);
    return `${wide.localName} is ${wide.scrollWidth} wide, of ${wide.clientWidth}: ${names.join(', ')}`;";

/// What of the page would still move for somebody who asked for less of it.
const MOVING: &str = "const takes = times => times.split(',').some(time => parseFloat(time) > 0.001);
    const moves = (it, part) => {
      const style = getComputedStyle(it, part);
      return takes(style.animationDuration) || takes(style.transitionDuration);
    };
    const all = [...document.querySelectorAll('*')];
    const moving = all.filter(it => [null, '::before', '::after'].some(part => moves(it, part)));
    return moving.slice(0, 8).map(it => `${it.localName}.${it.getAttribute('class') ?? ''}`);";

impl Person<'_> {
    /// Looks a page over, as everybody may meet it: axe finds nothing, it reads in order, nothing lies beside the screen,
    /// also where text is twice as large or all is four times, and nothing moves for whom it should not. In Chromium on
    /// a phone and a laptop, light and dark, with pictures if they were asked for, then also in forced colours and on
    /// paper; others cannot be told to show all these.
    ///
    /// # Errors
    /// When axe finds something, the page cannot be gone through in order, is too wide or moves.
    pub async fn looks_over(&self, name: &str) -> anyhow::Result<()> {
        if self.stage.engine != Engine::Chromium {
            return self.finds_the_page_accessible().await;
        }
        for screen in &SCREENS {
            for scheme in ["light", "dark"] {
                let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                self.chromium("Emulation.setEmulatedMedia", features).await?;
                self.sets_screen(screen, screen.height).await?;
                let name = format!("{name}-{}-{scheme}", screen.name);
                self.looks_once(screen, &name).await.with_context(|| name)?;
            }
            let name = format!("{name}-{}", screen.name);
            self.reads_in_order(&name).await.with_context(|| name)?;
        }
        let [phone, _] = &SCREENS;
        self.finds_nothing_moving()
            .await
            .with_context(|| name.to_owned())?;
        self.sets_screen(phone, phone.height).await?;
        self.has_text_of("200%").await?;
        let large = format!("{name}-{}-large", phone.name);
        self.takes_a_picture(phone, &large).await?;
        self.finds_nothing_beside_the_screen()
            .await
            .with_context(|| large)?;
        self.has_text_of("").await?;
        self.sets_screen(&ENLARGED, ENLARGED.height).await?;
        let enlarged = format!("{name}-{}", ENLARGED.name);
        // What is seen at once: that which always stays in sight may not take it all.
        self.keeps_a_picture(&format!("{enlarged}-top")).await?;
        self.takes_a_picture(&ENLARGED, &enlarged).await?;
        self.finds_nothing_beside_the_screen()
            .await
            .with_context(|| enlarged)?;
        self.looks_without_colours_and_on_paper(name).await?;
        self.chromium(
            "Emulation.setEmulatedMedia",
            json!({ "media": "", "features": [] }),
        )
        .await?;
        self.chromium("Emulation.clearDeviceMetricsOverride", json!({}))
            .await
            .map(drop)
    }

    async fn looks_once(&self, screen: &Screen, name: &str) -> anyhow::Result<()> {
        self.takes_a_picture(screen, name).await?;
        self.finds_the_page_accessible().await?;
        self.finds_nothing_beside_the_screen().await
    }

    /// Beside the pictures the tree is written down, for people to read it through.
    async fn reads_in_order(&self, name: &str) -> anyhow::Result<()> {
        let tree = self.chromium("Accessibility.getFullAXTree", json!({})).await?;
        let document = self.chromium("DOM.getDocument", json!({ "depth": -1 })).await?;
        let tree = Tree::read(&tree, &document)?;
        if let Some(folder) = &self.stage.tools.pictures {
            fs::create_dir_all(folder)?;
            fs::write(folder.join(format!("{name}.tree.txt")), tree.to_string())?;
        }
        let faults = tree.faults();
        ensure!(
            faults.is_empty(),
            "read aloud at {}: {faults:#?}",
            self.address().await?
        );
        Ok(())
    }

    /// The page stays that still: a dialog that comes in again would be on the next pictures.
    async fn finds_nothing_moving(&self) -> anyhow::Result<()> {
        self.chromium(
            "Emulation.setEmulatedMedia",
            json!({ "features": [less_motion()] }),
        )
        .await?;
        let moving = self.runs(MOVING).await?;
        ensure!(moving == json!([]), "it moves: {moving}");
        Ok(())
    }

    /// Only for pictures: what is wrong there, a person sees.
    async fn looks_without_colours_and_on_paper(&self, name: &str) -> anyhow::Result<()> {
        if self.stage.tools.pictures.is_none() {
            return Ok(());
        }
        let colours = json!({ "name": "forced-colors", "value": "active" });
        let forced = json!({ "features": [colours, less_motion()] });
        let print = json!({ "media": "print", "features": [less_motion()] });
        let [phone, _] = &SCREENS;
        for (look, screen, media) in [("forced", phone, forced), ("print", &SHEET, print)] {
            self.chromium("Emulation.setEmulatedMedia", media).await?;
            self.sets_screen(screen, screen.height).await?;
            let name = format!("{name}-{}-{look}", screen.name);
            self.takes_a_picture(screen, &name).await?;
        }
        Ok(())
    }

    async fn finds_nothing_beside_the_screen(&self) -> anyhow::Result<()> {
        let beside = self.runs(BESIDE).await?;
        ensure!(beside.is_null(), "{beside}");
        Ok(())
    }

    async fn has_text_of(&self, size: &str) -> anyhow::Result<()> {
        self.runs(&format!("document.documentElement.style.fontSize = '{size}'"))
            .await?;
        Ok(())
    }

    async fn takes_a_picture(&self, screen: &Screen, name: &str) -> anyhow::Result<()> {
        if self.stage.tools.pictures.is_none() {
            return Ok(());
        }
        let height = self.runs("return document.documentElement.scrollHeight").await?;
        let height = height.as_u64().unwrap_or_default().max(screen.height);
        self.sets_screen(screen, height).await?;
        self.keeps_a_picture(name).await
    }

    async fn keeps_a_picture(&self, name: &str) -> anyhow::Result<()> {
        let Some(folder) = &self.stage.tools.pictures else {
            return Ok(());
        };
        fs::create_dir_all(folder)?;
        let picture = self.driver().await?.screenshot_as_png().await?;
        Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
    }

    async fn sets_screen(&self, screen: &Screen, height: u64) -> anyhow::Result<()> {
        let (width, is_mobile) = (screen.width, screen.is_mobile);
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": is_mobile });
        self.chromium("Emulation.setDeviceMetricsOverride", metrics)
            .await
            .map(drop)
    }

    /// Leaves her device so many bytes for all that the app keeps, or as many as it has. Only in Chromium.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn has_room_for(&self, bytes: Option<u64>) -> anyhow::Result<()> {
        let quota = match bytes {
            Some(bytes) => json!({ "origin": self.url, "quotaSize": bytes }),
            None => json!({ "origin": self.url }),
        };
        self.chromium("Storage.overrideQuotaForOrigin", quota)
            .await
            .map(drop)
    }

    /// How many bytes of her device are in use by what the relay's pages keep.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn uses_room(&self) -> anyhow::Result<u64> {
        let ask = "const done = arguments[arguments.length - 1];
            navigator.storage.estimate().then(room => done(room.usage), error => done(String(error)));";
        self.runs_and_waits(ask)
            .await?
            .as_u64()
            .context("the browser does not tell")
    }

    /// Tells Chromium something that only it takes, and gives what it answers.
    pub(super) async fn chromium(&self, method: &'static str, parameters: Value) -> anyhow::Result<Value> {
        let command = DevTools { method, parameters };
        let answer = self
            .driver()
            .await?
            .cmd(Command::ExtensionCommand(Box::new(command)))
            .await?;
        Ok(answer.value_json()?)
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

fn less_motion() -> Value {
    json!({ "name": "prefers-reduced-motion", "value": "reduce" })
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
