//! What a host may watch: counts, in the text format of Prometheus, and a warning when the store is nearly full.
//!
//! They are read at an address of their own (`--metrics-listen`) and never at that of the site: behind a proxy every
//! visitor comes from the loopback address, so the peer's address tells nothing about who asks. No figure names a
//! member, a story or a word of either.

use crate::publications::SharedPublications;
use crate::store::Store;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::time::Timestamp;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tracing::{info, warn};

/// Share of the quota, in hundredths, from which the log warns: there is time left to make room.
const WARN_PERCENT: u64 = 80;

/// How often the store is looked at: filling it takes days.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What happened since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Connections that are open.
    pub(crate) connections: AtomicU64,
    /// Devices that proved themselves.
    pub(crate) welcomed: AtomicU64,
    /// Connections that the relay ended.
    pub(crate) refused: AtomicU64,
    /// Entries that were stored.
    pub(crate) entries: AtomicU64,
    /// Transactions that were not.
    pub(crate) store_failures: AtomicU64,
}

/// All that is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    pub(crate) counts: Arc<Counts>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) quota_bytes: Option<u64>,
    pub(crate) publications: SharedPublications,
}

/// Returns the one route.
pub(crate) fn routes(metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(metrics_page))
        .with_state(metrics)
}

async fn metrics_page(State(metrics): State<Metrics>) -> Response {
    let used = metrics.bytes_used().await;
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, metrics.text(used)).into_response()
}

impl Metrics {
    async fn bytes_used(&self) -> Option<u64> {
        let store = self.store.clone();
        let asked = tokio::task::spawn_blocking(move || store.bytes_used()).await;
        asked.ok()?.ok()
    }

    fn text(&self, used: Option<u64>) -> String {
        let mut text = String::new();
        let mut add = |name, kind, help, value: &dyn Display| {
            text.push_str(&format!(
                "# HELP aanzet_{name} {help}\n# TYPE aanzet_{name} {kind}\naanzet_{name} {value}\n"
            ));
        };
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counts {
            connections,
            welcomed,
            refused,
            entries,
            store_failures,
        } = &*self.counts;
        add("connections", "gauge", "Open connections.", &count(connections));
        add(
            "welcomed_total",
            "counter",
            "Devices that proved themselves.",
            &count(welcomed),
        );
        add(
            "refused_total",
            "counter",
            "Connections that the relay ended.",
            &count(refused),
        );
        add("entries_total", "counter", "Entries stored.", &count(entries));
        add(
            "store_failures_total",
            "counter",
            "Transactions that were not stored.",
            &count(store_failures),
        );
        let stories = self.publications.read().newest(now()).count();
        add("stories_online", "gauge", "Stories on the public site.", &stories);
        if let Some(used) = used {
            add("store_bytes", "gauge", "Bytes in use by the store.", &used);
            if let Some(quota) = self.quota_bytes {
                add(
                    "store_quota_bytes",
                    "gauge",
                    "Bytes that the store may use.",
                    &quota,
                );
                let nearly_full = u8::from(is_nearly_full(used, quota));
                add(
                    "store_nearly_full",
                    "gauge",
                    "Whether 80 % of the quota is in use.",
                    &nearly_full,
                );
            }
        }
        text
    }

    /// Warns once each time that the store comes near its quota. It never ends by itself.
    pub(crate) async fn watch_quota(self) {
        let Some(quota) = self.quota_bytes else {
            return std::future::pending().await;
        };
        let mut has_warned = false;
        loop {
            if let Some(used) = self.bytes_used().await {
                let is_near = is_nearly_full(used, quota);
                if is_near && !has_warned {
                    warn!(
                        used,
                        quota, "the store is nearly full: make its quota larger (--quota-mb)"
                    );
                } else if !is_near && has_warned {
                    info!(used, quota, "the store has room again");
                }
                has_warned = is_near;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn is_nearly_full(used: u64, quota: u64) -> bool {
    used.saturating_mul(100) >= quota.saturating_mul(WARN_PERCENT)
}

fn now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::default().after(since_1970)
}

#[cfg(test)]
mod tests;
