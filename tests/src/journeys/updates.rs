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
    .await
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

async fn is_of_build(person: &Person<'_>, n: u64) -> anyhow::Result<()> {
    let build = person.runs(BUILD).await?;
    ensure!(build == n, "the page is of build {build}, not {n}");
    Ok(())
}
