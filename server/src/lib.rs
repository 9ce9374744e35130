//! The shell around the relay: one axum server for the app, the public site and, later, the members' sockets.
//!
//! It links no Automerge and holds no key of a network.

pub mod config;
mod headers;
pub mod publications;
mod site;
mod static_files;
pub mod store;

use crate::config::Config;
use crate::publications::SharedPublications;
use crate::site::Site;
use crate::static_files::StaticFiles;
use anyhow::Context;
use axum::Router;
use axum::routing::get;
use std::future::Future;
use tokio::net::TcpListener;

/// Serves until `shutdown` is ready; `say` gets the lines for the operator.
///
/// # Errors
/// When the folder of the app or the listener cannot be used.
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    say: impl Fn(&str),
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("read the own address")?;
    let files = StaticFiles::load(config.app_dir.as_deref()).context("read the folder of the app")?;
    let url = config.public_url.unwrap_or_else(|| format!("http://{address}"));
    let site = Site::new(SharedPublications::default(), &url);
    say(&format!("Aanzet luistert op {url}"));
    axum::serve(listener, router(files, site))
        .with_graceful_shutdown(shutdown)
        .await
        .context("serve")
}

/// Every route, under the headers of W1.
fn router(files: StaticFiles, site: Site) -> Router {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .merge(site::routes(site))
        .merge(static_files::routes(files));
    headers::on_every_answer(router)
}
