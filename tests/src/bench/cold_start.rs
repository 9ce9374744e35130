//! A start without a connection on a slow phone: a browser that was just started, with thousands of stories on the
//! device, and a sixth of one processor for all its processes together.
//!
//! Times are from asking for the page, once the browser is there. The driver of the browser is no part of it.

use super::crowd::Crowd;
use super::{Bench, Figure, median};
use crate::cpu::CpuShare;
use crate::person::Moment;

const STORIES: usize = 5_000;
const RUNS: usize = 5;
const SHARE: u64 = 6;
const APP_MS_MAX: f64 = 1_000.0;
const LIST_MS_MAX: f64 = 3_000.0;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let app = format!("start offline, a sixth of a CPU, {STORIES} stories: app");
    let list = format!("start offline, a sixth of a CPU, {STORIES} stories: list");
    if bench.app.is_none() {
        return Ok(vec![bench.without_app(&app), bench.without_app(&list)]);
    }
    if CpuShare::of_one(SHARE).is_err() {
        let why = "a quota takes root and the controller cpu";
        return Ok(vec![Figure::left_out(&app, why), Figure::left_out(&list, why)]);
    }
    let crowd = Crowd::of(bench, STORIES).await?;
    let (mut paints, mut screens, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    let mut unlimited = Vec::new();
    for run in 0..=RUNS {
        let bea = crowd.bea().await?;
        bea.notes_moments().await?;
        // Once as fast as this machine is, to tell what the rest is a share of.
        let share = (run > 0).then(|| CpuShare::of_one(SHARE)).transpose()?;
        if let Some(share) = &share {
            bea.has_a_share(share).await?;
        }
        bea.opens("/app/verhalen").await?;
        let list = bea.moment(Moment::List).await?;
        if share.is_some() {
            lists.push(list);
            screens.push(bea.moment(Moment::Screen).await?);
            paints.push(bea.first_paint().await?);
        } else {
            unlimited.push(list);
        }
        drop(share);
        bea.closes_browser().await?;
    }
    Ok(vec![
        Figure::at_most(&app, median(screens), APP_MS_MAX, "ms"),
        Figure::told("  first paint", median(paints), "ms"),
        Figure::at_most(&list, median(lists), LIST_MS_MAX, "ms"),
        Figure::told("  the same with all of this machine", median(unlimited), "ms"),
        bench.load()?,
    ])
}
