//! A new version of the app comes while people use the old one.

use super::steps::story::{MINE, ON_DEVICE, writes};
use crate::build::{BUILD, first_script, next_build};
use crate::person::{Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use anyhow::ensure;
use std::fs;
use std::path::Path;

/// W4: a page is of one build, a damaged build is not taken, and what is being written survives them all.
pub(super) async fn a_new_build_comes_while_somebody_writes(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
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

        bea.turns_to(&story).await?;
        is_of_build(&bea, 0).await?;
        let words = format!(" en toen {n}");
        bea.types("Wat gebeurde er?", &words).await?;
        text.push_str(&words);
        bea.is_told(Role::Status, ON_DEVICE).await?;
    }
    // The first build is long gone from the server's program, and a late tab still gets its files.
    let name = first_script(&stage.tools.app)?;
    let answer = relay.get(&format!("/app/{name}")).await?;
    ensure!(answer.status == 200, "{name} answers {}", answer.status);

    bea.turns_to(&other).await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    bea.finds_in("Wat gebeurde er?", &text).await?;
    is_of_build(&bea, 2).await?;

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
    bea.has_no_complaint_but(&["not the file of this build", "ServiceWorker", "service worker"])
        .await
}

async fn serves(relay: &Relay, build: &Path) -> anyhow::Result<()> {
    relay.stop().await?;
    relay.start_again_with(build).await
}

/// Waits until the browser has tried the build that the relay serves, and has no part of it.
async fn refuses_the_new_build(person: &Person<'_>, n: u64) -> anyhow::Result<()> {
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
async fn has_taken(person: &Person<'_>, n: u64) -> anyhow::Result<()> {
    let ask = format!(
        "const done = arguments[arguments.length - 1]; \
         Promise.all([caches.has('app-build-{n}'), navigator.serviceWorker.getRegistration('/app/')]).then( \
           ([has, it]) => done(has && !it.installing && !it.waiting && it.active?.state === 'activated'));"
    );
    person
        .waits(&format!("has taken build {n}"), async || {
            Ok((person.runs_and_waits(&ask).await? == true).then_some(()))
        })
        .await
}

async fn is_of_build(person: &Person<'_>, n: u64) -> anyhow::Result<()> {
    let build = person.runs(BUILD).await?;
    ensure!(build == n, "the page is of build {build}, not {n}");
    Ok(())
}
