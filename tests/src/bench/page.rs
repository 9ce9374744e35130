//! What a reader downloads of a story.

use super::{Bench, Figure};
use crate::member::Member;
use anyhow::{Context, ensure};
use shared::view::{Field, StoryState, Use};

/// HTML and style, without pictures and fonts, as they are before any compression.
const PAGE_BYTES_MAX: f64 = 30_000.0;

const PARAGRAPH: &str = "Het begon met een kapotte keuken en een buurvrouw die bleef zitten. \
    Iedereen bracht iets mee, en wie niets had, sneed de groenten. Na drie weken stond er een kar, \
    na drie maanden een ploeg, en niemand weet nog wie het idee eerst had.\n\n";

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let relay = bench.relay("page").await?;
    let ana = Member::found(&relay.url(), &relay.founding_code()?, "BurgersAanZet", "Ana").await?;
    let text = PARAGRAPH.repeat(3);
    let fields = [
        (Field::Title, "De soepkar van Ledeberg"),
        (Field::Happened, &text),
        (Field::Who, &text),
        (Field::Tips, &text),
        (Field::Summary, "Buren koken samen, en wie alleen is, eet mee."),
        (Field::Municipality, "44021"),
    ];
    let story = ana.write_story(&fields).await?;
    ana.consent(&story, &[Use::Website]).await?;
    ana.approve_story(&story).await?;
    let preview = ana.preview(&story).await?;
    ana.publish(&story, &preview.digest).await?;
    ana.until("it is online", |seen| {
        seen.rows
            .get(&story)
            .is_some_and(|row| row.state == StoryState::Online)
    })
    .await?;

    let html = get(&format!("{}/verhaal/{story}", relay.url())).await?;
    let (_, after) = html.split_once("rel=\"stylesheet\" href=\"").context("a style")?;
    let (style, _) = after.split_once('"').context("its address")?;
    let css = get(&format!("{}{style}", relay.url())).await?;
    relay.stop().await?;
    Ok(vec![
        Figure::at_most(
            "page of a story of 2 kB: HTML and style",
            bytes(html.len() + css.len()),
            PAGE_BYTES_MAX,
            "B",
        ),
        Figure::told(
            "  of it style, which is kept for every other page",
            bytes(css.len()),
            "B",
        ),
    ])
}

async fn get(url: &str) -> anyhow::Result<String> {
    let answer = reqwest::get(url).await?;
    ensure!(answer.status().is_success(), "{url}: {}", answer.status());
    Ok(answer.text().await?)
}

#[expect(clippy::cast_precision_loss, reason = "no page has 2^53 bytes")]
fn bytes(len: usize) -> f64 {
    len as f64
}
