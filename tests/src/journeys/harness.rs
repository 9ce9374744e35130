//! The harness itself: what it says is not there, it would have found.

use crate::person::Role;
use crate::stage::Stage;
use crate::traces;
use anyhow::ensure;
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use std::collections::BTreeSet;

const PAGE: &str = "<!DOCTYPE html><html lang=nl><title>Klachten</title><h1>Klachten</h1>\
    <label for=name>Naam</label> <input id=name> <button>Verder</button><script src=/page.js></script>\
    <script>document.title = 'inline'</script>";
const SCRIPT: &str = "console.error('said by the page'); document.cookie = 'crumb=1';\
    fetch('http://elsewhere.example/').catch(() => {}); new Worker('/worker.js');\
    setTimeout(() => { throw new Error('thrown by the page') });\
    localStorage.setItem('note', 'bewaardwoord');";
const WORKER: &str = "console.error('said by the worker')";

/// Errors, violations, cookies, requests elsewhere, words in the profile: each is provoked and must be heard.
pub(super) async fn the_harness_hears_complaints(stage: &Stage) -> anyhow::Result<()> {
    let script =
        |text: &'static str| get(move || async move { ([(header::CONTENT_TYPE, "text/javascript")], text) });
    let policy = [(header::CONTENT_SECURITY_POLICY, "script-src 'self'")];
    let router = Router::new()
        .route("/", get(move || async move { (policy, Html(PAGE)) }))
        .route("/page.js", script(SCRIPT))
        .route("/worker.js", script(WORKER));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    let ana = stage.person("Ana", &url).await?;
    ana.opens("/").await?;
    ana.sees(Role::Button, "Verder").await?;
    ana.fills("Naam", "Sidonie").await?;
    ensure!(ana.content_of("Naam").await? == "Sidonie");
    ana.tabs_to(Role::Button, "Verder").await?;

    let mut heard = Vec::new();
    let provoked = [
        "said by the page",
        "thrown by the page",
        "said by the worker",
        "Content",
    ];
    ana.waits("hears every complaint", async || {
        heard.extend(ana.complaints().await?);
        let missing: Vec<_> = provoked
            .iter()
            .filter(|word| !heard.iter().any(|line| line.contains(**word)))
            .collect();
        ensure!(missing.is_empty(), "not heard: {missing:?} in {heard:#?}");
        Ok(Some(()))
    })
    .await?;
    ensure!(ana.cookies().await? == ["crumb"]);
    ana.waits("hears the request elsewhere", async || {
        Ok(ana
            .foreign_hosts()
            .await?
            .contains(&"elsewhere.example".to_owned())
            .then_some(()))
    })
    .await?;
    ensure!(
        ana.foreign_hosts().await? == ["elsewhere.example"],
        "{:?}",
        ana.foreign_hosts().await?
    );
    ensure!(!ana.axe().await?.is_empty(), "axe found nothing on a bad page");

    ana.closes_browser().await?;
    let kept: BTreeSet<_> = traces::search(&ana.profile(), &["bewaardwoord", "nergenswoord"])?;
    ensure!(
        kept.iter().any(|trace| trace.word == "bewaardwoord"),
        "the profile keeps what a page stored"
    );
    ensure!(!kept.iter().any(|trace| trace.word == "nergenswoord"), "{kept:?}");
    Ok(())
}
