use super::*;
use crate::publications::SharedPublications;
use crate::publications::tests::story;
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
    let stylesheet = static_files::STYLE;
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
async fn w1_only_pages_made_for_frames_may_be_framed() {
    let publications = SharedPublications::default();
    publications.change(|publications| publications.publish(story(1)));
    let router = crate::router(
        StaticFiles::load(None).unwrap(),
        Site::new(publications, "https://a.example"),
        axum::Router::new(),
    );
    let id = story(1).id;
    for (path, may) in [
        (format!("/insluiten/verhaal/{id}"), true),
        ("/insluiten/verhaal/none".to_owned(), true),
        ("/fr/insluiten/verhalen?gemeente=44021".to_owned(), true),
        (format!("/verhaal/{id}"), false),
        (format!("/verhaal/{id}/afdruk"), false),
        ("/insluiten/".to_owned(), false),
        ("/insluiten/app".to_owned(), false),
        ("/app/".to_owned(), false),
    ] {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let header = |name: &str| answer.headers().get_all(name).iter().collect::<Vec<_>>();
        let (policy, resource) = if may {
            (FRAMED_POLICY, "cross-origin")
        } else {
            (CONTENT_SECURITY_POLICY, "same-origin")
        };
        assert_eq!(header("content-security-policy"), [policy], "{path}");
        assert_eq!(header("cross-origin-resource-policy"), [resource], "{path}");
        assert_eq!(header("x-content-type-options"), ["nosniff"], "{path}");
    }
    assert!(FRAMED_POLICY.starts_with("default-src 'none'; ") && !FRAMED_POLICY.contains("script-src"));
    assert!(FRAMED_POLICY.ends_with("frame-ancestors *"));
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
