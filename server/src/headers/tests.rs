use super::*;
use crate::publications::SharedPublications;
use crate::site::Site;
use crate::static_files::{self, StaticFiles};
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt;

#[tokio::test]
async fn w1_every_route_has_the_headers() {
    let router = crate::router(
        StaticFiles::load(None).unwrap(),
        Site::new(SharedPublications::default(), "https://a.example"),
        axum::Router::new(),
    );
    let stylesheet = static_files::stylesheet_path();
    for path in [
        "/",
        "/healthz",
        "/app",
        "/app/",
        "/app/verhalen",
        "/app/none.js",
        "/none",
        stylesheet,
        "/fonts/none",
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        for (name, value) in HEADERS {
            assert_eq!(answer.headers().get(&name).unwrap(), value, "{name} at {path}");
        }
        assert_eq!(answer.headers().get(header::SET_COOKIE), None, "{path}");
    }
}

#[tokio::test]
async fn w1_a_refused_method_has_the_headers_too() {
    let router = crate::router(
        StaticFiles::load(None).unwrap(),
        Site::new(SharedPublications::default(), "https://a.example"),
        axum::Router::new(),
    );
    let answer = router
        .oneshot(Request::post("/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 405);
    assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY));
}

#[test]
fn w1_the_policy_lets_no_inline_code_or_style_in() {
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; "));
    for word in ["unsafe-inline", "'unsafe-eval'", "data:", "http:", "https:", "*"] {
        assert!(!CONTENT_SECURITY_POLICY.contains(word), "{word}");
    }
}
