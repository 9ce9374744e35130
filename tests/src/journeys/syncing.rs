//! The relay dies in the middle, again and again.

use super::steps::network::{VOLUNTEER, finds_signal, found_network, member};
use super::steps::review::{QUEUE, reads_again};
use super::steps::story::{sees_it_safe, submits, writes};
use crate::person::{LOST_RELAY, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use crate::wait::wait_for;

const TITLE: &str = "Onderbroken";

/// When the relay is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// It listens, and nobody may have noticed yet.
    Listening,
    /// Somebody is connected.
    Connected,
    /// It wrote something down.
    Writing,
}

/// S4, S5: nothing is lost and nothing is there twice, wherever the relay was cut off.
pub(super) async fn an_interrupted_sync_loses_nothing(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    relay.kill()?;
    writes(&bea, TITLE, "Zin 0.").await?;
    submits(&bea).await?;
    let mut text = "Zin 0.".to_owned();
    let moments = [
        Moment::Writing,
        Moment::Connected,
        Moment::Listening,
        Moment::Writing,
        Moment::Connected,
    ];
    for (idx, moment) in moments.into_iter().enumerate() {
        let sentence = format!(" Zin {}.", idx + 1);
        bea.types("Wat gebeurde er?", &sentence).await?;
        text.push_str(&sentence);
        start_and_kill(&relay, moment).await?;
    }
    relay.start_again().await?;
    finds_signal(&bea).await?;
    sees_it_safe(&bea).await?;
    bea.finds_in("Wat gebeurde er?", &text).await?;

    ana.starts_browser().await?;
    ana.opens("/app/").await?;
    reads_again(&ana, TITLE).await?;
    ana.reads(&text).await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.counts_items(QUEUE, TITLE, 1).await?;
    ana.sees(Role::Heading, "Nalezen").await?;
    ana.looks_over("nalezen").await?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint_but(LOST_RELAY).await
}

async fn start_and_kill(relay: &Relay, moment: Moment) -> anyhow::Result<()> {
    relay.start_again().await?;
    let before = relay.kept_bytes()?;
    wait_for(&format!("the relay comes to {moment:?}"), async || {
        let is_now = match moment {
            Moment::Listening => true,
            Moment::Connected => relay.n_connections()? > 0,
            Moment::Writing => relay.kept_bytes()? != before,
        };
        Ok(is_now.then_some(()))
    })
    .await?;
    relay.kill()
}
