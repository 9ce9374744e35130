//! Figures beside their budgets: bytes, ratios within one run, memory. No clock judges anything alone, as no two
//! machines are as fast; but for the home page, whose budgets leave room for the slowest.

mod download;
mod figure;
mod home;
mod loader;
mod memory;
mod page;
mod receipts;
mod reconnect;

pub use figure::{Figure, summary};

use crate::relay::Relay;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// What the benchmarks measure.
#[derive(Clone, Debug)]
pub struct Bench {
    /// `aanzet-server`, as it ships.
    pub server: PathBuf,
    /// Folder of the built app; what concerns it is left out without.
    pub app: Option<PathBuf>,
    /// An empty folder, on the disk that the relay is to write to.
    pub folder: PathBuf,
}

/// Names of the benchmarks, in the order in which they are made.
pub const ALL: [&str; 6] = ["download", "page", "home", "memory", "receipts", "reconnect"];

impl Bench {
    /// Makes the benchmark called `name`.
    ///
    /// # Errors
    /// When the relay or a member does not do what it should.
    pub async fn measure(&self, name: &str) -> anyhow::Result<Vec<Figure>> {
        match name {
            "download" => download::measure(self),
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
        Relay::start_program(self.server.clone(), app, &self.folder.join(name)).await
    }
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
