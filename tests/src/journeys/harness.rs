//! The harness itself: what it says is not there, it would have found.

use crate::browser::Engine;
use crate::camera::exif_place;
use crate::person::Role;
use crate::stage::Stage;
use crate::traces::{self, Trace};
use anyhow::{Context, ensure};
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeSet;
use std::path::Path;

const PAGE: &str = "<!DOCTYPE html><html lang=nl><title>Klachten</title><h1>Klachten</h1>\
    <label for=name>Naam</label> <input id=name> <button>Verder</button><script src=/page.js></script>\
    <script>document.title = 'inline'</script>";
const SCRIPT: &str = "console.error('said by the page'); document.cookie = 'crumb=1';\
    fetch('http://elsewhere.example/').catch(() => {}); new Worker('/worker.js');\
    setTimeout(() => { throw new Error('thrown by the page') });\
    localStorage.setItem('note', 'bewaardwoord');";
const WORKER: &str = "console.error('said by the worker')";
/// Halves of a word that the page puts together: no copy of its script holds the whole.
const STORED: [&str; 2] = ["databank", "woord"];

const CHOICES: &str = "<!DOCTYPE html><html lang=nl><title>Keuzes</title><main aria-busy=false><h1>Keuzes</h1>\
    <fieldset><legend>Rol</legend><label><input type=radio name=rol checked> Vrijwilliger</label>\
    <label><input type=radio name=rol> Beheerder</label></fieldset>\
    <label for=geldig>Geldig</label> <select id=geldig><option>1 uur<option>1 dag<option>7 dagen</select>\
    <label><input type=checkbox> Op de website</label>\
    <label for=gemeente>Gemeente</label>\
    <input id=gemeente role=combobox autocomplete=off aria-expanded=false aria-controls=lijst>\
    <ul id=lijst role=listbox aria-label=Gemeenten hidden><li role=option>Gent</li><li role=option>Genk</li></ul>\
    <ul aria-label=Leden><li>Ana <a href=#ana>Ana</a></li><li>Bea <button>Goedkeuren</button></li></ul>\
    <dialog><p>Zeker?</p><button>Ja, goedkeuren</button> <button>Nee</button></dialog></main>\
    <script src=/choices.js></script>";
const CHOICES_SCRIPT: &str = "
    const [field, list, dialog] = ['input[role=combobox]', '[role=listbox]', 'dialog'].map(what => document.querySelector(what));
    const take = option => { field.value = option.textContent; list.hidden = true; };
    field.addEventListener('input', () => { list.hidden = false; });
    field.addEventListener('keydown', event => {
      const chosen = list.querySelector('[aria-selected=true]');
      if (event.key === 'Enter' && chosen) take(chosen);
      if (event.key !== 'ArrowDown') return;
      chosen?.setAttribute('aria-selected', 'false');
      (chosen?.nextElementSibling ?? list.firstElementChild).setAttribute('aria-selected', 'true');
    });
    for (const option of list.children) option.addEventListener('click', () => take(option));
    document.querySelector('li button').addEventListener('click', () => dialog.showModal());
    dialog.addEventListener('click', event => { if (event.target.matches('button')) dialog.close(event.target.textContent); });
    dialog.addEventListener('close', () => { document.querySelector('h1').textContent = dialog.returnValue; });";

/// Whatever a person does in other journeys: she does it, and it happened.
pub(super) async fn the_harness_does_what_people_do(stage: &Stage) -> anyhow::Result<()> {
    let script = [(header::CONTENT_TYPE, "text/javascript")];
    let router = Router::new().route("/", get(|| async { Html(CHOICES) })).route(
        "/choices.js",
        get(move || async move { (script, CHOICES_SCRIPT) }),
    );
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    let ana = stage.person("Ana", &url).await?;
    ana.opens("/").await?;
    ana.picks("Rol", "Beheerder").await?;
    ana.chooses("Geldig", "7 dagen").await?;
    ana.ticks(Role::Checkbox, "Op de website").await?;
    ana.looks_up("Gemeente", "Ge", "Genk").await?;
    ana.finds_in("Gemeente", "Genk").await?;
    ana.follows_item("Leden", "Ana").await?;
    ana.comes_to("/#ana").await?;
    ana.counts_items("Leden", "e", 1).await?;
    ana.presses_in_item("Leden", "Bea", "Goedkeuren").await?;
    ana.sees_no(Role::Link, "Ana").await?;
    ana.says_yes("goedkeuren").await?;
    ana.sees(Role::Heading, "Ja, goedkeuren").await?;

    ana.runs(
        "window.turns = []; document.addEventListener('visibilitychange', () => turns.push(document.visibilityState))",
    )
    .await?;
    let first = ana.tab().await?;
    let second = ana.opens_tab().await?;
    ana.opens("/").await?;
    ana.picks_by_key("Rol", "Beheerder").await?;
    ana.chooses_by_key("Geldig", "1 dag").await?;
    ana.ticks_by_key("Op de website").await?;
    ana.looks_up_by_key("Gemeente", "Ge", "Gent").await?;
    ana.finds_in("Gemeente", "Gent").await?;
    ana.enters(Role::Button, "Goedkeuren").await?;
    ana.enters(Role::Button, "Nee").await?;
    ana.sees(Role::Heading, "Nee").await?;
    ana.turns_to(&first).await?;
    ana.sees(Role::Heading, "Ja, goedkeuren").await?;
    let turns = ana.runs("return window.turns.join()").await?;
    // The small browser around WebKitGTK has windows beside each other, no tabs.
    let is_hidden = turns == "hidden,visible" || stage.engine == Engine::Webkit;
    ensure!(is_hidden, "the tab was {turns}");
    ana.glances_at(&second, async || ana.sees(Role::Heading, "Nee").await)
        .await?;
    ana.sees(Role::Heading, "Ja, goedkeuren").await?;

    let plain = stage.person_without_script("Bea", &url).await?;
    plain.opens("/").await?;
    plain.sees_plainly("h1", "Keuzes").await?;
    // Its script would open the list.
    plain.searches_plainly("gemeente", "Ge").await?;
    plain.goes_plainly("Ana").await?;
    ensure!(plain.shows_nothing_of("lijst").await?, "the script ran");
    Ok(())
}

/// Errors, violations, cookies, requests elsewhere, words in the profile: each is provoked and must be heard.
pub(super) async fn the_harness_hears_complaints(stage: &Stage) -> anyhow::Result<()> {
    let script =
        |text: String| get(move || async move { ([(header::CONTENT_TYPE, "text/javascript")], text) });
    // What journeys search for: the place of a photo, and bytes as of a photo.
    let mut chance = vec![0; 48];
    ChaCha8Rng::seed_from_u64(48).fill_bytes(&mut chance);
    let bytes = [exif_place(), chance];
    let policy = [(header::CONTENT_SECURITY_POLICY, "script-src 'self'")];
    let router = Router::new()
        .route("/", get(move || async move { (policy, Html(PAGE)) }))
        .route("/page.js", script([SCRIPT, &stores(&bytes)?].concat()))
        .route("/worker.js", script(WORKER.to_owned()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    let ana = stage.person("Ana", &url).await?;
    ana.opens("/").await?;
    ana.sees(Role::Button, "Verder").await?;
    ana.sees(Role::Heading, "Bewaard").await?;
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

    let search = || traces::search(&ana.profile(), &["bewaardwoord", "nergenswoord"]);
    let is_kept = |kept: &BTreeSet<Trace>| kept.iter().any(|trace| trace.word == "bewaardwoord");
    if stage.engine == Engine::Webkit {
        // It writes what a page stored some time later, and not at all if it is closed before.
        ana.waits("has a profile that keeps what a page stored", async || {
            Ok(is_kept(&search()?).then_some(()))
        })
        .await?;
    }
    ana.closes_browser().await?;
    let kept = search()?;
    ensure!(is_kept(&kept), "the profile keeps what a page stored");
    ensure!(!kept.iter().any(|trace| trace.word == "nergenswoord"), "{kept:?}");
    finds_what_was_stored(&ana.profile(), &bytes)?;

    // A browser that is killed leaves its databases otherwise.
    let bea = stage.person("Bea", &url).await?;
    bea.opens("/").await?;
    bea.sees(Role::Heading, "Bewaard").await?;
    bea.loses_browser()?;
    finds_what_was_stored(&bea.profile(), &bytes)
}

/// Puts a word and these bytes into a database of the page as the app stores, and says so once they are there.
fn stores(bytes: &[Vec<u8>; 2]) -> anyhow::Result<String> {
    let (halves, bytes) = (serde_json::to_string(&STORED)?, serde_json::to_string(bytes)?);
    Ok(format!(
        "const opening = indexedDB.open('things');
        opening.onupgradeneeded = () => opening.result.createObjectStore('things');
        opening.onsuccess = () => {{
          const storing = opening.result.transaction('things', 'readwrite', {{ durability: 'strict' }});
          const bytes = {bytes}.map(numbers => new Uint8Array(numbers));
          storing.objectStore('things').put({{ text: {halves}.join(''), bytes }}, 'thing');
          storing.oncomplete = () => {{ document.querySelector('h1').textContent = 'Bewaard'; }};
        }};"
    ))
}

/// What the page put into its database is found in a profile.
fn finds_what_was_stored(profile: &Path, bytes: &[Vec<u8>; 2]) -> anyhow::Result<()> {
    let word = STORED.concat();
    let traces = traces::search(profile, &[&word])?;
    ensure!(!traces.is_empty(), "a word in a database is not found");
    for bytes in bytes {
        // What stands at its ends may be kept together with what stands beside it.
        let bytes = bytes.get(4..44).context("too few bytes")?;
        let files = traces::search_bytes(profile, bytes)?;
        ensure!(
            !files.is_empty(),
            "bytes in a database are not found: {bytes:02x?}"
        );
    }
    Ok(())
}
