//! What is written stays between its readers.

use super::steps::network::{VOLUNTEER, found_network, member};
use super::steps::review::reads_again;
use super::steps::story::{Tale, sees_it_safe, submits, writes_whole};
use crate::person::Role;
use crate::stage::Stage;
use crate::traces;
use anyhow::ensure;
use std::path::Path;

/// Words that nobody else uses.
const MARKED: Tale<'_> = Tale {
    title: "Zwenkwielmarmot",
    happened: "Toen kwam de kwartelvlinderdas voorbij.",
    summary: "Over een trommelnevelhaak.",
    municipality: ("Herstappe", "Herstappe"),
    exact_place: "Dwarrelgootpad 7",
    teller: "Philomena Wolkenstaart",
    reach: "0499 73 51 62",
};
const WORDS: [&str; 8] = [
    "Zwenkwielmarmot",
    "kwartelvlinderdas",
    "trommelnevelhaak",
    "Dwarrelgootpad",
    "Philomena",
    "Wolkenstaart",
    "0499 73 51 62",
    "0499735162",
];

/// Before publication the relay holds no word of it, in files or log, and neither does the browser's profile.
pub(super) async fn nothing_readable_is_left_behind(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    writes_whole(&bea, &MARKED).await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;
    reads_again(&ana, MARKED.title).await?;
    // She can read all of it: the words did travel.
    ana.reads("kwartelvlinderdas").await?;
    ana.sees(Role::Heading, MARKED.title).await?;
    bea.has_no_complaint().await?;
    ana.has_no_complaint().await?;

    // One browser is closed, the other dies: each leaves something else on the disk.
    bea.closes_browser().await?;
    ana.loses_browser()?;
    relay.stop().await?;
    for folder in [relay.folder(), &bea.profile(), &ana.profile()] {
        traces::must_hold_none(folder, &WORDS)?;
        holds_no_place(folder)?;
    }
    Ok(())
}

/// The name of a municipality is in the register that every copy of the app brings along; nowhere else.
fn holds_no_place(folder: &Path) -> anyhow::Result<()> {
    let is_the_app = |file: &Path| {
        let mut parts = file.components();
        parts.any(|part| {
            let part = part.as_os_str().to_string_lossy().to_lowercase();
            part.contains("cache") || part == "assets"
        })
    };
    let (place, _) = MARKED.municipality;
    let mut traces = traces::search(folder, &[place])?;
    traces.retain(|trace| !is_the_app(trace.file.strip_prefix(folder).unwrap_or(&trace.file)));
    ensure!(traces.is_empty(), "found: {traces:#?}");
    Ok(())
}
