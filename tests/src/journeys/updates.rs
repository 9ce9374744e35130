//! A new version of the app comes while people use the old one.

use super::recording::keeps;
use super::steps::network::{finds_signal, found_network};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::story::{MINE, ON_DEVICE, PHOTOS, RECORDINGS, SAFE, sees_it_safe, writes};
use crate::browser::Engine;
use crate::build::{BUILD, first_script, next_build};
use crate::camera::jpeg;
use crate::person::{LOST_RELAY, Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use anyhow::ensure;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const HAPPENED: &str = "Wat gebeurde er?";

/// W4: a page is of one build, a damaged build is not taken, and what is being written survives them all.
pub(super) async fn a_new_build_comes_while_somebody_writes(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let first = next_build(&stage.tools.app, stage.folder(), 0)?;
    serves(&relay, &first).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.has_the_app_on_her_device().await?;
    let id = writes(&bea, "Onderweg", "Eerst").await?;
    let story = bea.tab().await?;
    let mut text = "Eerst".to_owned();

    let other = bea.opens_tab().await?;
    for n in [1, 2] {
        let build = next_build(&stage.tools.app, stage.folder(), n)?;
        let script = build.join(first_script(&build)?);
        let whole = fs::read(&script)?;
        // What comes down the line is not what the build names: nothing of it is taken.
        fs::write(&script, "broken")?;
        serves(&relay, &build).await?;
        bea.turns_to(&other).await?;
        bea.opens("/app/").await?;
        bea.hears_the_core().await?;
        refuses_the_new_build(&bea, n).await?;
        is_of_build(&bea, n - 1).await?;

        fs::write(&script, whole)?;
        serves(&relay, &build).await?;
        bea.opens("/app/").await?;
        has_taken(&bea, n).await?;
        bea.opens("/app/").await?;
        bea.hears_the_core().await?;
        is_of_build(&bea, n).await?;

        bea.goes_on_in(&story).await?;
        is_of_build(&bea, 0).await?;
        let words = format!(" en toen {n}");
        bea.types(HAPPENED, &words).await?;
        text.push_str(&words);
        bea.is_told(Role::Status, ON_DEVICE).await?;
    }
    // The first build is long gone from the server's program, and a late tab still gets its files.
    let name = first_script(&first)?;
    let answer = relay.get(&format!("/app/{name}")).await?;
    ensure!(answer.status == 200, "{name} answers {}", answer.status);

    bea.turns_to(&other).await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    bea.finds_in(HAPPENED, &text).await?;
    is_of_build(&bea, 2).await?;

    bea.turns_to(&story).await?;
    the_build_of_an_open_tab_stays(stage, &relay, &bea).await?;
    bea.turns_to(&other).await?;
    is_of_build(&bea, 2).await?;
    bea.turns_to(&story).await?;

    // The kill switch: the copies of the app go, what she wrote stays.
    relay.stop().await?;
    relay.start_again_stopping_the_app().await?;
    bea.opens("/app/verhalen").await?;
    bea.waits("has no copy of the app", async || {
        let left = bea
            .runs_and_waits(
                "const done = arguments[arguments.length - 1]; caches.keys().then(names => done(names.length));",
            )
            .await?;
        Ok((left == 0).then_some(()))
    })
    .await?;
    // Her other tab was loaded anew as well, and leaves the device to the one that she looks at.
    bea.finds_item(MINE, &["Onderweg"]).await?;
    bea.has_no_complaint_but(&[
        "not the file of this build",
        NO_ROOM,
        "ServiceWorker",
        "service worker",
    ])
    .await?;
    // Nothing of the old page is left that could show it.
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    bea.finds_in(HAPPENED, &text).await
}

/// W4: another tab is of build 2. Neither a build that does not fit, nor one that was cut off, nor a way back and forth
/// takes that tab's files. What she keeps is looked at, as browsers may still have files that are gone from there.
async fn the_build_of_an_open_tab_stays(
    stage: &Stage,
    relay: &Relay,
    bea: &Person<'_>,
) -> anyhow::Result<()> {
    let too_large = next_build(&stage.tools.app, stage.folder(), 3)?;
    does_not_fit(&too_large)?;
    serves(relay, &too_large).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    refuses_the_new_build(bea, 3).await?;
    // What an install leaves whose browser was ended.
    bea.runs_and_waits(
        "const done = arguments[arguments.length - 1]; caches.open('app-build-3').then(() => done(true));",
    )
    .await?;

    let second = stage.folder().join("build-2");
    let fourth = next_build(&stage.tools.app, stage.folder(), 4)?;
    let fifth = next_build(&stage.tools.app, stage.folder(), 5)?;
    for (build, n, kept) in [
        (&fourth, 4, "app-build-2 app-build-4"),
        (&second, 2, "app-build-2 app-build-4"),
        (&fifth, 5, "app-build-2 app-build-5"),
    ] {
        serves(relay, build).await?;
        bea.opens("/app/").await?;
        bea.hears_the_core().await?;
        has_taken(bea, n).await?;
        let found = bea
            .runs_and_waits(
                "const done = arguments[arguments.length - 1]; \
                 caches.keys().then(names => done(names.sort().join(' ')));",
            )
            .await?;
        ensure!(found == kept, "after build {n} she keeps {found}");
    }
    Ok(())
}

/// W4: files of the build in use get lost or spoiled on her device. The page is of one build all the same, shows what she
/// wrote, and what was damaged comes anew.
pub(super) async fn a_damaged_copy_of_the_app_comes_anew(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    // Build 1 stays for tabs that are open: its page must not take the place of a lost one.
    for n in [1, 2] {
        serves(&relay, &next_build(&stage.tools.app, stage.folder(), n)?).await?;
        bea.opens("/app/").await?;
        bea.hears_the_core().await?;
        has_taken(&bea, n).await?;
    }
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    let id = writes(&bea, "Onderweg", "Eerst").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    let story = format!("/app/verhalen/{id}");

    // Each time after a start: a browser that runs remembers more than the copy.
    for lost in ["/app/$", "/boot-", "/ui_bg-", "/worker.js$"] {
        damages(&bea, 2, lost, "cache.delete(key)").await?;
        bea.closes_browser().await?;
        bea.starts_browser().await?;
        opens_draft(&bea, &story, 2).await?;
    }

    // The server is a build ahead: what is lost is still asked for by the name that only one build has.
    for lost in ["/ui_bg-", "/worker.js$"] {
        damages(&bea, 2, lost, "cache.delete(key)").await?;
    }
    bea.closes_browser().await?;
    serves(&relay, &next_build(&stage.tools.app, stage.folder(), 3)?).await?;
    bea.starts_browser().await?;
    opens_draft(&bea, &story, 2).await?;
    has_taken(&bea, 3).await?;
    opens_draft(&bea, &story, 3).await?;

    for (spoiled, media_type) in [
        ("/boot-", "text/javascript"),
        ("/core_bg.wasm$", "application/wasm"),
    ] {
        let empty =
            format!("cache.put(key, new Response('', {{ headers: {{ 'content-type': '{media_type}' }} }}))");
        damages(&bea, 3, spoiled, &empty).await?;
    }
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    // She sees the name and no more, and tries again.
    bea.opens(&story).await?;
    let has_core = bea.runs("return window.coreWorker !== undefined").await?;
    ensure!(has_core == false, "an empty script runs");
    opens_draft(&bea, &story, 3).await?;
    let of_service_worker = ["ServiceWorker", "service worker", "/app/sw.js"];
    bea.has_no_complaint_but(&of_service_worker).await?;

    // It is all there again: nobody else can give it.
    bea.closes_browser().await?;
    relay.stop().await?;
    bea.starts_browser().await?;
    opens_draft(&bea, &story, 3).await?;
    bea.has_no_complaint_but(&[LOST_RELAY, &of_service_worker].concat())
        .await
}

/// Does this to the file whose address ends or goes on like that, in what her device keeps of a build.
async fn damages(person: &Person<'_>, n: u8, file: &str, how: &str) -> anyhow::Result<()> {
    let damaged = person
        .runs_and_waits(&format!(
            "const done = arguments[arguments.length - 1]; \
             caches.open('app-build-{n}').then(async cache => {{ \
               const keys = (await cache.keys()).filter(key => new RegExp('{file}').test(key.url)); \
               for (const key of keys) await {how}; \
               done(keys.length); \
             }}).catch(error => done(String(error)));"
        ))
        .await?;
    ensure!(damaged == 1, "of {file} in build {n}, {damaged} are damaged");
    Ok(())
}

/// Her draft opens on a page of this build.
async fn opens_draft(person: &Person<'_>, story: &str, n: u8) -> anyhow::Result<()> {
    person.opens(story).await?;
    person.hears_the_core().await?;
    is_of_build(person, n).await?;
    person.finds_in(HAPPENED, "Eerst").await
}

/// W4, C2: a build is taken while she records, with a photo that is not sent yet. The recording goes on as the one part
/// that it is, and all of it becomes safe.
pub(super) async fn a_new_build_comes_in_the_middle_of_a_recording(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    ana.has_the_app_on_her_device().await?;
    let id = writes(&ana, "Onderweg", "Eerst").await?;
    sees_it_safe(&ana).await?;
    relay.stop().await?;
    let photo = stage.folder().join("tuin.jpg");
    let shade = |column: u32, row: u32| u8::try_from((column + row) % 256).unwrap_or_default();
    fs::write(&photo, jpeg(2400, 1800, None, shade))?;
    ana.adds_files("Foto toevoegen", &[&photo]).await?;
    ana.finds_item(PHOTOS, &["Foto 1", ON_DEVICE]).await?;
    ana.types(HAPPENED, " en toen").await?;
    ana.is_told(Role::Status, ON_DEVICE).await?;
    // The browser around WebKitGTK cannot record sound.
    let records = stage.engine != Engine::Webkit;
    if records {
        starts_recording(&ana).await?;
    }
    let start = Instant::now();

    let next = next_build(&stage.tools.app, stage.folder(), 1)?;
    relay.start_again_with(&next).await?;
    finds_signal(&ana).await?;
    // Browsers do that when they see fit.
    let looks = "const done = arguments[arguments.length - 1]; \
         navigator.serviceWorker.getRegistration('/app/').then(it => it.update()) \
           .then(() => done(true), error => done(String(error)));";
    let looked = ana.runs_and_waits(looks).await?;
    ensure!(looked == true, "she cannot look for a build: {looked}");
    has_taken(&ana, 1).await?;
    if records {
        records_for(&ana, Duration::from_secs(2)).await?;
    }
    let recorded = start.elapsed();
    if records {
        stops_recording(&ana).await?;
    }

    ana.opens(&format!("/app/verhalen/{id}")).await?;
    ana.hears_the_core().await?;
    is_of_build(&ana, 1).await?;
    ana.finds_in(HAPPENED, "Eerst en toen").await?;
    ana.finds_item(PHOTOS, &["Foto 1", SAFE]).await?;
    if records {
        ana.finds_item(RECORDINGS, &["Opname 1", SAFE]).await?;
        ana.counts_items(RECORDINGS, "Deel 2", 0).await?;
        keeps(&ana, 1, 1, recorded).await?;
    }
    sees_it_safe(&ana).await?;
    ana.has_no_complaint_but(LOST_RELAY).await
}

const NO_ROOM: &str = "no room for this build";

/// Lets the device be full when a part of the build is on it.
fn does_not_fit(build: &Path) -> anyhow::Result<()> {
    let path = build.join("sw.js");
    let worker = fs::read_to_string(&path)?;
    let full = format!(
        "const put = Cache.prototype.put;\n\
         Cache.prototype.put = function (key, value) {{\n  \
           if (String(key).endsWith('.wasm')) return Promise.reject(new Error('{NO_ROOM}'));\n  \
           return put.call(this, key, value);\n\
         }};\n"
    );
    fs::write(path, format!("{full}{worker}"))?;
    Ok(())
}

async fn serves(relay: &Relay, build: &Path) -> anyhow::Result<()> {
    relay.stop().await?;
    relay.start_again_with(build).await
}

/// Waits until the browser has tried the build that the relay serves, and has no part of it.
async fn refuses_the_new_build(person: &Person<'_>, n: u8) -> anyhow::Result<()> {
    let tried = person
        .runs_and_waits(&format!(
            "const done = arguments[arguments.length - 1]; \
             const look = () => caches.has('app-build-{n}').then(has => done(has ? 'taken' : 'refused')); \
             navigator.serviceWorker.getRegistration('/app/') \
               .then(it => it.update()).then( \
                 it => {{ const worker = it.installing; \
                         if (!worker) return look(); \
                         worker.addEventListener('statechange', () => \
                           ['redundant', 'activated'].includes(worker.state) && look()); }}, \
                 look);"
        ))
        .await?;
    ensure!(tried == "refused", "a damaged build is {tried}");
    Ok(())
}

/// Waits until the browser has taken a build that the app asked for when it was opened. Nothing is opened meanwhile:
/// Chromium's driver hangs on a page that it opens while a service worker activates; without it the browser does not.
async fn has_taken(person: &Person<'_>, n: u8) -> anyhow::Result<()> {
    let ask = format!(
        "const done = arguments[arguments.length - 1]; \
         Promise.all([ \
           caches.match('/app/in-use', {{ cacheName: 'app-build-{n}' }}), \
           navigator.serviceWorker.getRegistration('/app/'), \
         ]).then( \
           ([found, it]) => done(!!found && !it.installing && !it.waiting && it.active?.state === 'activated'));"
    );
    person
        .waits(&format!("has taken build {n}"), async || {
            Ok((person.runs_and_waits(&ask).await? == true).then_some(()))
        })
        .await
}

/// Its first script, its program and the core that runs are all of this build.
async fn is_of_build(person: &Person<'_>, n: u8) -> anyhow::Result<()> {
    let builds = person.runs_and_waits(BUILD).await?;
    ensure!(
        builds == json!([n, n, n]),
        "the page is of the builds {builds}, not {n}"
    );
    Ok(())
}
