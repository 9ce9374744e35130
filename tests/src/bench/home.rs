//! How long readers wait for the first page when a thousand stories are online, also after a start.

use super::loader::{Network, push};
use super::receipts::hand_in;
use super::{Bench, Figure, float, median};
use anyhow::{Context, ensure};
use reqwest::Client;
use shared::places::municipalities;
use shared::protocol::PUSH_ENTRIES_MAX;
use shared::publication::{Claim, Heading, Listed, Publication, Section};
use shared::time::Timestamp;
use shared::view::Use;
use std::time::Instant;

const STORIES: usize = 1_000;
const VISITS: usize = 200;
/// Median answer at the relay. It is spent on the page, not on the way to the reader.
const ANSWER_MS_MAX: f64 = 10.0;

/// From the start of the program to a page of what it kept: an update is hardly noticed.
const START_MS_MAX: f64 = 2_000.0;

const THEMES: [&str; 5] = ["together", "care", "youth", "nature", "housing"];
const PARAGRAPH: &str = "Het begon met een kapotte keuken en een buurvrouw die bleef zitten. Iedereen bracht iets mee, \
    en wie niets had, sneed de groenten. Na drie weken stond er een kar, na drie maanden een ploeg.\n\n";

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let relay = bench.relay("home").await?;
    let mut network = Network::found(&relay.url(), &relay.founding_code()?).await?;
    let mut socket = network.founder.connect(1).await?;
    let founder = network.founder.clone();
    let (mut births, mut publications) = (Vec::new(), Vec::new());
    for n in 0..STORIES {
        let (story, birth) = network.story(&founder)?;
        births.push(birth);
        publications.push(founder.publication(&story, &shown(n)?));
    }
    for entries in [births, publications] {
        let pushes: Vec<_> = entries.chunks(PUSH_ENTRIES_MAX / 10).map(push).collect();
        hand_in(&founder, &mut socket, &pushes).await?;
    }
    let words = format!("{STORIES} verhalen van");
    relay.serves("/", &words).await?;

    let client = Client::builder().no_proxy().build()?;
    let mut figures = Vec::new();
    for (what, path, is_judged) in [
        ("home", "/", true),
        ("list", "/verhalen", false),
        (
            "list by words and theme",
            "/verhalen?zoek=soepkar&thema=care",
            false,
        ),
    ] {
        let address = format!("{}{path}", relay.url());
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..VISITS {
            let start = Instant::now();
            let answer = client.get(&address).send().await?;
            ensure!(answer.status().is_success(), "{path}: {}", answer.status());
            bytes = answer.text().await?.len();
            times.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        let what = format!("{what} of {STORIES} stories: median answer");
        let time = median(times);
        figures.push(if is_judged {
            Figure::at_most(&what, time, ANSWER_MS_MAX, "ms")
        } else {
            Figure::told(&format!("  {what}"), time, "ms")
        });
        figures.push(Figure::told("  its HTML", float(bytes), "B"));
    }
    relay.stop().await?;
    let start = Instant::now();
    relay.start_again().await?;
    relay.serves("/", &words).await?;
    let time = start.elapsed().as_secs_f64() * 1_000.0;
    figures.push(Figure::at_most(
        &format!("start with {STORIES} stories, to the first page"),
        time,
        START_MS_MAX,
        "ms",
    ));
    relay.stop().await?;
    Ok(figures)
}

/// What is shown of story `n`: a municipality of its own for as long as there are.
fn shown(n: usize) -> anyhow::Result<Publication> {
    let places = municipalities();
    let place = places.get(n % places.len()).context("a municipality")?;
    let theme = THEMES.get(n % THEMES.len()).context("a theme")?;
    Ok(Publication {
        version: 1,
        prev: None,
        title: format!("De soepkar van {}", place.name),
        sections: vec![Section {
            heading: Heading::Happened,
            text: PARAGRAPH.repeat(8),
        }],
        summary: "Buren koken samen, en wie alleen is, eet mee.".to_owned(),
        language: "nl".to_owned(),
        themes: vec![(*theme).to_owned()],
        audience: "buren".to_owned(),
        municipality: place.nis,
        district: None,
        name: None,
        date: Timestamp(1_700_006_400_000),
        claims: vec![Claim {
            allows: Use::Website,
            text_version: 1,
            until: None,
        }],
        consent: [0; 32],
        photos: Listed::default(),
        sounds: Listed::default(),
    })
}
