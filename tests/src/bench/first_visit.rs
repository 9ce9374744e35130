//! The first visit of somebody who was invited, on a village's connection: 1.6 Mbit/s and 150 ms ([`crate::line`]).
//!
//! Each visit has a browser of its own that knows nothing. What counts as usable: the first screen is there, its
//! next step *Ik heb een uitnodiging* answers a click, and the field that it leads to shows the code that is typed.
//! That needs no data of this device. Whatever does (stories, members) waits for the core, which is told beside it.
//! The hands are those of the browser's driver, which looks for the link, clicks, looks for the field and types.

use super::{Bench, Figure, median};
use crate::line::{Line, Speed};
use crate::person::Moment;
use crate::relay::{Place, free_address};
use std::time::Duration;

const SPEED: Speed = Speed {
    bits_per_second: 1_600_000,
    round_trip: Duration::from_millis(150),
};
const VISITS: usize = 5;
const PAINT_MS_MAX: f64 = 1_500.0;
const USABLE_MS_MAX: f64 = 4_000.0;

/// Of no invitation.
const CODE: &str = "7K3M-9QXT-2WDP-4RNH-5";

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let what = ["first visit: paint", "first visit: usable"];
    if bench.app.is_none() {
        return Ok(what.map(|what| bench.without_app(what)).into());
    }
    let stage = bench.stage("first-visit")?;
    let address = free_address()?;
    let line = Line::start(address, Some(SPEED)).await?;
    let place = Place {
        behind: Some((address, line.url())),
        ..Place::default()
    };
    let relay = stage.relay_at(place).await?;
    let (mut paints, mut screens, mut usable, mut data, mut bytes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for visit in 0..VISITS {
        let name = format!("visitor-{visit}");
        let visitor = stage.person(&name, &line.url()).await?;
        visitor.notes_moments().await?;
        let before = line.bytes_down();
        visitor.opens("/app/").await?;
        visitor.moment(Moment::Invited).await?;
        bytes.push(super::float_of(line.bytes_down() - before));
        visitor.follows("Ik heb een uitnodiging").await?;
        visitor.fills("Uitnodigingscode", CODE).await?;
        visitor.finds_in("Uitnodigingscode", CODE).await?;
        usable.push(visitor.moment(Moment::Typed).await?);
        paints.push(visitor.first_paint().await?);
        screens.push(visitor.moment(Moment::Invited).await?);
        data.push(visitor.moment(Moment::Data).await?);
        visitor.closes_browser().await?;
    }
    relay.stop().await?;
    let [paint, is_usable] = what;
    Ok(vec![
        Figure::at_most(paint, median(paints), PAINT_MS_MAX, "ms"),
        Figure::told("  first screen with its next step", median(screens), "ms"),
        Figure::told("  bytes until then", median(bytes), "B"),
        Figure::at_most(is_usable, median(usable), USABLE_MS_MAX, "ms"),
        Figure::told("  the core has answered", median(data), "ms"),
        bench.load()?,
    ])
}
