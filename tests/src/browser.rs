//! A real browser with a profile of its own, kept when the browser is stopped or killed.

mod chromium;
mod firefox;
mod webkit;

use crate::process::Process;
use crate::proxy::Proxy;
use crate::stage::Tools;
use crate::wait::wait_for;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use thirtyfour::prelude::*;

/// The language that every browser asks for: the app follows it, and the journeys know things by their Dutch names.
const LANGUAGE: &str = "nl";

/// What draws and runs the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium with chromedriver.
    Chromium,
    /// Firefox ESR with geckodriver.
    Firefox,
    /// WebKitGTK, the nearest to Safari that runs here, in a small browser of our own.
    Webkit,
}

impl Engine {
    /// All three.
    pub const ALL: &'static [Self] = &[Self::Chromium, Self::Firefox, Self::Webkit];
    /// The two that most people have.
    pub const MOST: &'static [Self] = &[Self::Chromium, Self::Firefox];
}

impl fmt::Display for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        })
    }
}

/// What its user set otherwise than most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Nothing.
    Usual,
    /// Scripts of pages do not run.
    NoScripts,
    /// No page gets the microphone.
    NoMicrophone,
}

/// A running browser, driven by WebDriver.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    driver: Option<WebDriver>,
    process: Process,
    proxy: Proxy,
    /// How much of what it said was looked at.
    heard: usize,
}

/// What a browser is started with.
struct Start<'a> {
    tools: &'a Tools,
    /// Folder of the profile; made if it is not there.
    profile: &'a Path,
    /// Address that the driver listens on.
    address: SocketAddr,
    /// All hosts but `127.0.0.1` go there.
    proxy: SocketAddr,
    setting: Setting,
}

impl Browser {
    /// Starts `engine` on the profile in `folder`.
    ///
    /// # Errors
    /// When driver or browser do not start.
    pub async fn start(
        engine: Engine,
        tools: &Tools,
        folder: &Path,
        setting: Setting,
    ) -> anyhow::Result<Self> {
        let profile = folder.join("profile");
        fs::create_dir_all(&profile)?;
        let proxy = Proxy::start().await?;
        let address = crate::relay::free_address()?;
        let start = Start {
            tools,
            profile: &profile,
            address,
            proxy: proxy.address(),
            setting,
        };
        let (mut command, capabilities) = match engine {
            Engine::Chromium => (chromium::driver(&start), chromium::capabilities(&start)?),
            Engine::Firefox => (firefox::driver(&start), firefox::capabilities(&start)?),
            Engine::Webkit => (webkit::driver(&start)?, webkit::capabilities(&start)?),
        };
        let log = folder.join("browser.log");
        let heard = fs::metadata(&log).map_or(Ok(0), |log| usize::try_from(log.len()))?;
        let mut process = Process::start(&mut command, &log)?;
        wait_for("the driver listens", async || {
            process.must_run()?;
            Ok(tokio::net::TcpStream::connect(address).await.ok().map(drop))
        })
        .await?;
        let session = WebDriver::new(format!("http://{address}"), capabilities);
        let driver = session
            .await
            .with_context(|| format!("start {engine}: {}", process.said().unwrap_or_default()))?;
        // A script that waits for a page waits as long as anybody.
        driver.set_script_timeout(crate::wait::PATIENCE).await?;
        Ok(Self {
            engine,
            driver: Some(driver),
            process,
            proxy,
            heard,
        })
    }

    /// The session.
    ///
    /// # Errors
    /// When the browser was killed.
    pub fn driver(&self) -> anyhow::Result<&WebDriver> {
        self.driver.as_ref().context("the browser does not run")
    }

    /// Closes it as a person does.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn quit(mut self) -> anyhow::Result<()> {
        if let Some(driver) = self.driver.take() {
            driver.quit().await.context("close the browser")?;
        }
        Ok(())
    }

    /// Its processes, without the driver.
    pub(crate) fn processes(&self) -> BTreeSet<u32> {
        let driver = self.process.id();
        self.process
            .family()
            .into_iter()
            .filter(|id| *id != driver)
            .collect()
    }

    /// What each of its processes has worked so far.
    pub(crate) fn work(&self) -> BTreeMap<u32, u64> {
        self.process.work()
    }

    /// Kills it with all its processes at once (SIGKILL).
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.process.kill();
        if let Some(driver) = self.driver.take() {
            // Nobody is there any more to be told that the session ends.
            driver.leak().ok();
        }
    }

    /// Whether it died of itself, in a way that is none of the page's doing.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn died_of_itself(&self) -> anyhow::Result<bool> {
        let said = self.process.said()?;
        let new = said.get(self.heard..).unwrap_or_default();
        Ok(match self.engine {
            Engine::Chromium | Engine::Firefox => false,
            Engine::Webkit => new.contains(webkit::TRAP),
        })
    }

    /// Hosts other than the relay that were asked for, but those that the browser asks for its own sake.
    pub fn foreign_hosts(&self) -> Vec<String> {
        let own = match self.engine {
            Engine::Chromium => chromium::OWN_HOSTS,
            Engine::Firefox => firefox::OWN_HOSTS,
            Engine::Webkit => &[],
        };
        self.proxy
            .asked()
            .into_iter()
            .filter(|host| !own.contains(&host.as_str()))
            .collect()
    }

    /// Errors on the console and violations of the policy since the last look.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn complaints(&mut self) -> anyhow::Result<Vec<String>> {
        let said = self.process.said()?;
        let new = said.get(self.heard..).unwrap_or_default().to_owned();
        self.heard = said.len();
        let driver = self.driver()?;
        match self.engine {
            Engine::Chromium => chromium::complaints(driver).await,
            Engine::Firefox => firefox::complaints(driver, &new).await,
            Engine::Webkit => Ok(webkit::complaints(&new)),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
    }
}
