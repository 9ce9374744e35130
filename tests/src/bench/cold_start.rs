//! A start without a connection on a slow phone: a browser with thousands of stories on the device, and a sixth of one
//! processor for all its processes together.
//!
//! Times are from asking for the page: in a browser that has nothing else to do, and in one that was just started and
//! has its own beginnings to finish on the same share. The driver of the browser is no part of it.

use super::crowd::Crowd;
use super::{Bench, Figure, median};
use crate::cpu::CpuShare;
use crate::person::Moment;

const STORIES: usize = 5_000;
const RUNS: usize = 5;
const SHARE: u64 = 6;
/// A phone's processors are slow, and it has several: its programs work side by side, which a share of one does not let
/// them. No budget is held against this.
const EACH: &str = "  with a sixth of each processor";
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
    let name = |what: &str| format!("start offline, a sixth of a CPU, {STORIES} stories: {what}");
    let left_out = |why| {
        vec![
            Figure::left_out(&name("app"), why),
            Figure::left_out(&name("list"), why),
        ]
    };
    if bench.app.is_none() {
        return Ok(vec![
            bench.without_app(&name("app")),
            bench.without_app(&name("list")),
        ]);
    }
    if CpuShare::of_one(SHARE).is_err() {
        return Ok(left_out("a quota takes root and the controller cpu"));
    }
    let crowd = Crowd::of(bench, STORIES).await?;
    let mut figures = Vec::new();
    for (when, words) in [
        (When::AtRest, "in a browser at rest"),
        (When::JustStarted, "in a browser just started"),
    ] {
        let (mut starts, mut of_each, mut unlimited) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            unlimited.push(start(&crowd, when, &CpuShare::of_all()?).await?);
            of_each.push(start(&crowd, when, &CpuShare::of_each(SHARE)?).await?);
            starts.push(start(&crowd, when, &CpuShare::of_one(SHARE)?).await?);
        }
        let of = |moment: fn(&Start) -> f64| median(starts.iter().map(moment).collect());
        let of_each = |moment: fn(&Start) -> f64| median(of_each.iter().map(moment).collect());
        let of_unlimited = |moment: fn(&Start) -> f64| median(unlimited.iter().map(moment).collect());
        figures.extend([
            Figure::at_most(
                &name(&format!("app {words}")),
                of(|start| start.screen),
                APP_MS_MAX,
                "ms",
            ),
            Figure::told("  first paint", of(|start| start.paint), "ms"),
            Figure::told(EACH, of_each(|start| start.screen), "ms"),
            Figure::told("  first paint", of_each(|start| start.paint), "ms"),
            Figure::at_most(
                &name(&format!("list {words}")),
                of(|start| start.list),
                LIST_MS_MAX,
                "ms",
            ),
            Figure::told(EACH, of_each(|start| start.list), "ms"),
            Figure::told(
                "  with all of this machine",
                of_unlimited(|start| start.list),
                "ms",
            ),
            Figure::told(
                "  time of processors for that",
                of_unlimited(|start| start.used),
                "ms",
            ),
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
    let start = Start {
        paint: bea.first_paint().await?,
        screen: bea.moment(Moment::Screen).await?,
        list,
        used: used.as_secs_f64() * 1_000.0,
    };
    bea.closes_browser().await?;
    Ok(start)
}
