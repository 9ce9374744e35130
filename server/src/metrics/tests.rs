use super::*;
use crate::publications::tests::story;
use crate::store::{SqliteConfig, SqliteStore};

fn metrics(quota_bytes: Option<u64>) -> (Metrics, std::path::PathBuf) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("aanzet-metrics-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = SqliteStore::open(SqliteConfig {
        file: folder.join("relay.sqlite"),
        bytes_max: None,
    });
    let publications = SharedPublications::default();
    publications.change(|publications| publications.publish(story(1)));
    let metrics = Metrics {
        counts: Arc::default(),
        store: Arc::new(store.unwrap()),
        quota_bytes,
        publications,
    };
    (metrics, folder)
}

#[tokio::test]
async fn figures_are_counts_and_name_nobody() {
    let (metrics, folder) = metrics(Some(1_000_000_000));
    metrics.counts.entries.fetch_add(3, Ordering::Relaxed);
    let used = metrics.bytes_used().await.unwrap();
    let text = metrics.text(Some(used));
    for line in [
        "# TYPE aanzet_entries_total counter".to_owned(),
        "aanzet_entries_total 3".to_owned(),
        "aanzet_stories_online 1".to_owned(),
        "aanzet_store_quota_bytes 1000000000".to_owned(),
        "aanzet_store_nearly_full 0".to_owned(),
        format!("aanzet_store_bytes {used}"),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    assert!(used > 0 && !text.contains("hek") && !text.contains('{'));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_site_itself_has_no_figures() {
    use tower::ServiceExt;
    let (metrics, folder) = metrics(None);
    let site = crate::site::Site::new(metrics.publications.clone(), "https://a.example");
    let request = || {
        axum::http::Request::get("/metrics")
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let answer = crate::site::routes(site).oneshot(request()).await.unwrap();
    assert_eq!(answer.status(), 404);
    let answer = routes(metrics).oneshot(request()).await.unwrap();
    assert_eq!(answer.status(), 200);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_is_nearly_full_from_four_fifths() {
    assert!(!is_nearly_full(79, 100));
    assert!(is_nearly_full(80, 100));
    assert!(is_nearly_full(u64::MAX, u64::MAX));
    assert!(!is_nearly_full(0, 1));
}
