//! Figures beside their budgets: bytes, ratios within one run, memory. No clock judges anything alone, as no two
//! machines are as fast; but for the home page, whose budgets leave room for the slowest, and for the app on a slow
//! line or a share of a processor, beside which stands how busy the machine was.

mod cold_start;
mod core_memory;
mod crowd;
mod download;
mod figure;
mod first_sync;
mod first_visit;
mod home;
mod loader;
mod memory;
mod page;
mod receipts;
mod reconnect;

pub use figure::{Figure, summary};

use crate::browser::Engine;
use crate::relay::{Place, Relay};
use crate::stage::{Stage, Tools};
use anyhow::Context;
use crowd::Crowd;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What the benchmarks measure.
#[derive(Debug)]
pub struct Bench {
    /// `aanzet-server`, as it ships.
    server: PathBuf,
    /// Folder of the built app; what concerns it is left out without.
    app: Option<PathBuf>,
    /// An empty folder, on the disk that the relay is to write to.
    folder: PathBuf,
    /// Browsers full of stories that were made so far, by the number of stories.
    crowds: RefCell<BTreeMap<usize, Rc<Crowd>>>,
}

/// Names of the benchmarks, in the order in which they are made.
pub const ALL: [&str; 10] = [
    "download",
    "first-visit",
    "cold-start",
    "first-sync",
    "core-memory",
    "page",
    "home",
    "memory",
    "receipts",
    "reconnect",
];

impl Bench {
    /// The benchmarks of this server and, if there is one, this app.
    pub fn new(server: PathBuf, app: Option<PathBuf>, folder: PathBuf) -> Self {
        Self {
            server,
            app,
            folder,
            crowds: RefCell::default(),
        }
    }

    /// Makes the benchmark called `name`.
    ///
    /// # Errors
    /// When the relay or a member does not do what it should.
    pub async fn measure(&self, name: &str) -> anyhow::Result<Vec<Figure>> {
        match name {
            "download" => download::measure(self),
            "first-visit" => first_visit::measure(self).await,
            "cold-start" => cold_start::measure(self).await,
            "first-sync" => first_sync::measure(self).await,
            "core-memory" => core_memory::measure(self).await,
            "page" => page::measure(self).await,
            "home" => home::measure(self).await,
            "memory" => memory::measure(self).await,
            "receipts" => receipts::measure(self).await,
            "reconnect" => reconnect::measure(self).await,
            other => anyhow::bail!("{other} is no benchmark; known are {}", ALL.join(", ")),
        }
        .with_context(|| format!("benchmark {name}"))
    }

    async fn relay(&self, name: &str) -> anyhow::Result<Relay> {
        let app = self.app.as_deref().map(Path::to_owned);
        Relay::start(
            self.server.clone(),
            app,
            &self.folder.join(name),
            Place::default(),
        )
        .await
    }

    /// A stage for people at Chromium, with the app.
    fn stage(&self, name: &str) -> anyhow::Result<Stage> {
        let tools = Tools {
            server: self.server.clone(),
            app: self.app.clone().context("the app is missing")?,
            web_tests: PathBuf::new(),
            web_runner: PathBuf::new(),
            geckodriver: PathBuf::new(),
            axe: PathBuf::new(),
            display: String::new(),
            pictures: None,
            kills: 0,
            seed: 0,
        };
        let folder = self.folder.join(name);
        fs::create_dir(&folder)?;
        Ok(Stage::new(Engine::Chromium, tools, folder))
    }

    fn without_app(&self, what: &str) -> Figure {
        Figure::left_out(what, "give the built app with --app DIR")
    }

    /// How many processes wanted to run in the last minute, on average: times are upper bounds where that is more
    /// than what was measured.
    fn load(&self) -> anyhow::Result<Figure> {
        let load = fs::read_to_string("/proc/loadavg").context("the load of the machine")?;
        let load = load.split(' ').next().context("a load")?.parse()?;
        Ok(Figure::told("  load of the machine, beside it", load, ""))
    }
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "nothing here is counted to 2^53")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "nothing here has 2^53 bytes")]
fn float_of(count: u64) -> f64 {
    count as f64
}
