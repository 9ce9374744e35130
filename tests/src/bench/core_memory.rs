//! Memory of the core worker in a browser: what the heap of its WebAssembly has grown to.

use super::crowd::Crowd;
use super::first_sync::STORIES;
use super::{Bench, Figure, float_of};
use crate::person::{Moment, Role};

const MB: f64 = 1_000_000.0;
const MEMORY_MB_MAX: f64 = 60.0;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let what = format!("core memory, {STORIES} stories listed, one open");
    if bench.app.is_none() {
        return Ok(vec![bench.without_app(&what)]);
    }
    let crowd = Crowd::of(bench, STORIES).await?;
    let bea = crowd.bea().await?;
    bea.notes_moments().await?;
    bea.opens("/app/verhalen").await?;
    bea.moment(Moment::List).await?;
    let listed = float_of(bea.core_memory().await?);
    bea.runs("document.querySelector('main li a[href^=\"/app/nalezen/\"]').click()")
        .await?;
    bea.sees(Role::Button, "Goedkeuren").await?;
    let opened = float_of(bea.core_memory().await?);
    bea.closes_browser().await?;
    Ok(vec![
        Figure::at_most(&what, opened / MB, MEMORY_MB_MAX, "MB"),
        Figure::told("  listed alone", listed / MB, "MB"),
        Figure::told("  at the end of its first sync", crowd.sync.memory / MB, "MB"),
    ])
}
