//! The shell around the relay: one axum server for the app, the public site and the members' sockets.
//!
//! It links no Automerge and holds no key of a network.

mod headers;
mod metrics;
pub mod publications;
mod relay;
mod site;
mod static_files;
pub mod store;

use crate::metrics::Metrics;
use crate::publications::SharedPublications;
use crate::relay::Door;
use crate::site::Site;
use crate::static_files::StaticFiles;
use crate::store::{SqliteConfig, SqliteStore, Store};
use anyhow::Context;
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
pub use server_options::Config;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::warn;

/// What is being answered when the program is to stop has this long: somebody who reads no further must not hold it up.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

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
    let mut files = StaticFiles::load(config.app_dir.as_deref()).context("read the folder of the app")?;
    if config.stops_app {
        files = files.stopped()?;
    }
    let url = config.public_url.unwrap_or_else(|| format!("http://{address}"));
    let store = open_store(&config.data, config.quota_bytes).context("open the store")?;
    let publications = SharedPublications::default();
    let site = Site::new(publications.clone(), &url)
        .with_texts_in(&config.data.join("paginas"))
        .with_media_of(store.clone());
    let metrics = Metrics {
        counts: Arc::default(),
        store: store.clone(),
        quota_bytes: config.quota_bytes,
        publications: publications.clone(),
    };
    let watching = watch(metrics.clone(), config.metrics_listen).await?;
    let running = relay::start(&config.data, store, publications, metrics.counts, &say).await?;
    // The relay has what it needs by then.
    let files = files.with_older(&config.data.join("assets"));
    let door = Door::new(&url, config.trusted_proxy, running.from_sessions.clone());
    let router = router(files, site, relay::routes(door));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    say(&format!("Aanzet luistert op {url}"));
    // A welcome and the page after it are two small writes: the second would wait for the first to be acknowledged.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "a connection stays slow");
        }
    });
    let (stopping, stopped) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        stopping.send(()).ok();
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown);
    let served = tokio::select! {
        served = serving => served.context("serve"),
        () = async {
            stopped.await.ok();
            tokio::time::sleep(LAST_ANSWERS).await;
        } => Ok(()),
    };
    watching.abort();
    running.stop().await;
    served
}

/// Looks at the store now and then, and shows figures to whoever may reach their address.
async fn watch(metrics: Metrics, listen: Option<SocketAddr>) -> anyhow::Result<JoinHandle<()>> {
    let listener = match listen {
        Some(address) => {
            let listening = TcpListener::bind(address).await;
            Some(listening.with_context(|| format!("listen on {address}"))?)
        }
        None => None,
    };
    Ok(tokio::spawn(async move {
        let figures = metrics::routes(metrics.clone());
        let served = async {
            match listener {
                Some(listener) => axum::serve(listener, figures).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Err(error) = served => warn!(%error, "no figures are shown any more"),
            () = metrics.watch_quota() => {}
        }
    }))
}

fn open_store(data: &Path, bytes_max: Option<u64>) -> anyhow::Result<Arc<dyn Store>> {
    std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    let store = SqliteStore::open(SqliteConfig {
        file: data.join("relay.sqlite"),
        bytes_max,
    })?;
    Ok(Arc::new(store))
}

/// Every route, under the headers of W1.
fn router(files: StaticFiles, site: Site, relay: Router) -> Router {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .merge(relay)
        .merge(site::routes(site))
        .merge(static_files::routes(files));
    headers::on_every_answer(router)
}
