//! A start without a connection on a slow phone: a browser with thousands of stories on the device, and a sixth of the
//! processors.
//!
//! That is read in two ways, and the budgets are held against both. With a sixth of *each* processor all is six times as
//! slow, and what works side by side still does: so would the browser's own throttle make it, if it reached workers. With a
//! sixth of *one* for all processes of the browser together they also wait for each other, which no phone does; what an
//! empty page takes then is told beside it.
//!
//! Times are from asking for the page: in a browser that has nothing else to do, and in one that was just started and
//! has its own beginnings to finish on the same share. The driver of the browser is no part of it.

use super::crowd::Crowd;
use super::{Bench, Figure, median};
use crate::cpu::CpuShare;
use crate::person::Moment;
use crate::wait::wait_for;

const STORIES: usize = 5_000;
const RUNS: usize = 5;
const SHARE: u64 = 6;
const APP_MS_MAX: f64 = 1_000.0;
const LIST_MS_MAX: f64 = 3_000.0;

/// When the page is asked for.
#[derive(Clone, Copy, Debug)]
enum When {
    /// The browser has nothing else to do.
    AtRest,
    /// The browser was started the moment before, and is busy with itself.
    JustStarted,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let name = |what: &str, of: &str| format!("start offline, a sixth of {of}, {STORIES} stories: {what}");
    let names = || ["app", "list"].map(|what| name(what, "the processors"));
    if bench.app.is_none() {
        return Ok(names().iter().map(|name| bench.without_app(name)).collect());
    }
    if CpuShare::of_one(SHARE).is_err() {
        let why = "a quota takes root and the controller cpu";
        return Ok(names().iter().map(|name| Figure::left_out(name, why)).collect());
    }
    let crowd = Crowd::of(bench, STORIES).await?;
    let mut figures = Vec::new();
    for (when, words) in [
        (When::AtRest, "in a browser at rest"),
        (When::JustStarted, "in a browser just started"),
    ] {
        let (mut of_one, mut of_each, mut unlimited) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            unlimited.push(start(&crowd, when, &CpuShare::of_all()?).await?);
            of_each.push(start(&crowd, when, &CpuShare::of_each(SHARE)?).await?);
            of_one.push(start(&crowd, when, &CpuShare::of_one(SHARE)?).await?);
        }
        for (starts, of) in [(&of_each, "each processor"), (&of_one, "one processor")] {
            let took = |moment: fn(&Start) -> f64| median(starts.iter().map(moment).collect());
            figures.extend([
                Figure::at_most(
                    &name(&format!("app {words}"), of),
                    took(|start| start.screen),
                    APP_MS_MAX,
                    "ms",
                ),
                Figure::told("  first paint", took(|start| start.paint), "ms"),
                Figure::told("  first paint of an empty page", took(|start| start.empty), "ms"),
                Figure::at_most(
                    &name(&format!("list {words}"), of),
                    took(|start| start.list),
                    LIST_MS_MAX,
                    "ms",
                ),
            ]);
        }
        let took = |moment: fn(&Start) -> f64| median(unlimited.iter().map(moment).collect());
        figures.extend([
            Figure::told("  with all of this machine", took(|start| start.list), "ms"),
            Figure::told("  time of processors for that", took(|start| start.used), "ms"),
        ]);
    }
    figures.push(bench.load()?);
    Ok(figures)
}

/// Milliseconds since the page was asked for.
#[derive(Debug)]
struct Start {
    paint: f64,
    screen: f64,
    list: f64,
    /// What all processes of the browser used until the list was there.
    used: f64,
    /// The first paint of a page with one word and nothing else, which comes from nowhere.
    empty: f64,
}

/// A start by Bea, whose browser has this share of the machine.
async fn start(crowd: &Crowd, when: When, share: &CpuShare) -> anyhow::Result<Start> {
    let bea = crowd.bea().await?;
    bea.notes_moments().await?;
    match when {
        When::AtRest => bea.lets_the_browser_rest().await?,
        When::JustStarted => {}
    }
    bea.has_a_share(share).await?;
    let used_before = share.used()?;
    bea.opens("/app/verhalen").await?;
    let list = bea.moment(Moment::List).await?;
    let used = share.used()?.saturating_sub(used_before);
    let (paint, screen) = (bea.first_paint().await?, bea.moment(Moment::Screen).await?);
    bea.closes_browser().await?;
    Ok(Start {
        paint,
        screen,
        list,
        used: used.as_secs_f64() * 1_000.0,
        empty: empty_page(crowd, when, share).await?,
    })
}

/// What a start of the browser costs that no page can do anything about.
async fn empty_page(crowd: &Crowd, when: When, share: &CpuShare) -> anyhow::Result<f64> {
    let bea = crowd.bea().await?;
    if let When::AtRest = when {
        bea.lets_the_browser_rest().await?;
    }
    bea.has_a_share(share).await?;
    bea.driver().await?.goto("data:text/html,Aanzet").await?;
    let (paint, _) = wait_for("an empty page is painted", async || {
        Ok(bea.first_paint().await.ok())
    })
    .await?;
    bea.closes_browser().await?;
    Ok(paint)
}
