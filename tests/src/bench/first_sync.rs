//! The first sync of a coordinator's browser: how soon it can be worked with, and what it takes.

use super::crowd::{Crowd, a_document};
use super::{Bench, Figure};

pub(super) const STORIES: usize = 10_000;
/// Of the bytes, before the list shows stories.
const LIST_PERCENT_MAX: f64 = 10.0;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let list = format!("first sync in a browser, {STORIES} stories: bytes to the list");
    if bench.app.is_none() {
        return Ok(vec![bench.without_app(&list)]);
    }
    let sync = Crowd::of(bench, STORIES).await?.sync;
    let percent = sync.bytes_to_list / sync.bytes * 100.0;
    Ok(vec![
        Figure::at_most(&list, percent, LIST_PERCENT_MAX, "%"),
        Figure::told("  to the list", sync.seconds_to_list, "s"),
        Figure::told("  to the last story", sync.seconds, "s"),
        Figure::told(
            "  bytes a document, with all that goes over the line",
            a_document(sync.bytes, STORIES),
            "B",
        ),
        bench.load()?,
    ])
}
