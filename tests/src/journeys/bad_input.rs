//! What nobody wishes for: a full phone, a full relay, a line that breaks anywhere.

use super::steps::network::{
    MEMBERS, NETWORK, VOLUNTEER, approves, finds_signal, found_network, found_network_behind_a_line, founds,
    invites_and_leaves, member, six_digits,
};
use super::steps::review::{QUEUE, reads_again};
use super::steps::story::{MINE, ON_DEVICE, SAFE, opens_story, sees_it_safe, starts_story, submits, writes};
use crate::person::{LOST_RELAY, Person, Role};
use crate::relay::Place;
use crate::stage::Stage;
use anyhow::Context;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::time::Duration;

/// C1, C2: her phone is full. Nothing is called stored that is not, nothing typed goes, and all is well once there is room.
pub(super) async fn a_full_device_says_so(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    writes(&bea, "Voor het vol was", "Dit staat er al.").await?;
    sees_it_safe(&bea).await?;

    // The browser looks at its room now and then only: it is to know little of it from the start.
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    bea.opens("/").await?;
    let used = bea.uses_room().await?;
    bea.has_room_for(Some(used + 256 * 1024)).await?;
    bea.opens("/app/verhalen").await?;
    opens_story(&bea, "Voor het vol was").await?;
    bea.has_room_for(Some(1)).await?;
    let (mut text, mut n_tries) = (String::new(), 0);
    bea.waits("writes until her device is full", async || {
        n_tries += 1;
        text = format!("{n_tries}{}", "€".repeat(19_000));
        bea.pastes("Wat gebeurde er?", &text).await?;
        let alerts = bea.all(Role::Alert, None).await?;
        Ok((!alerts.is_empty()).then_some(()))
    })
    .await?;
    bea.is_told(Role::Alert, "Dit toestel is vol").await?;
    bea.is_told(Role::Alert, "Niet alles is bewaard").await?;
    bea.reads_no("Bewaard op dit toestel").await?;
    bea.looks_over("toestel-vol").await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &["Voor het vol was"]).await?;
    bea.is_told(Role::Alert, "Dit toestel is vol").await?;
    bea.finds_item(MINE, &["Voor het vol was", "Nog niet bewaard"])
        .await?;
    bea.reads_no("Bewaard op dit toestel").await?;
    bea.follows_item(MINE, "Voor het vol was").await?;
    bea.finds_in("Wat gebeurde er?", &text).await?;

    // There is room again: what was refused goes in by itself.
    bea.has_room_for(None).await?;
    sees_it_safe(&bea).await?;
    bea.reads_no("toestel is vol").await?;
    bea.reads_no("Niet alles is bewaard").await?;
    bea.closes_browser().await?;

    // On a full device the app opens, and shows what it keeps.
    bea.starts_browser().await?;
    bea.opens("/").await?;
    bea.has_room_for(Some(1)).await?;
    bea.opens("/app/verhalen").await?;
    bea.finds_item(MINE, &["Voor het vol was", SAFE]).await?;
    opens_story(&bea, "Voor het vol was").await?;
    bea.finds_in("Wat gebeurde er?", &text).await?;
    bea.types("Wat gebeurde er?", " En meer.").await?;
    bea.is_told(Role::Alert, "Dit toestel is vol").await?;
    bea.reads_no("Bewaard op dit toestel").await?;
    bea.has_room_for(None).await?;
    bea.types("Wat gebeurde er?", " Nu wel.").await?;
    sees_it_safe(&bea).await?;
    bea.reads_no("toestel is vol").await?;
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    opens_story(&bea, "Voor het vol was").await?;
    bea.finds_in("Wat gebeurde er?", &format!("{text} En meer. Nu wel."))
        .await?;
    bea.has_no_complaint().await
}

/// Room for a network and a few stories.
const DISK_BYTES: u64 = 4 * 1024 * 1024;

/// S5: the relay's disk is full. What is not stored is not called safe, stays on the phone, and goes by itself when there is room.
pub(super) async fn a_full_relay_says_so(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage
        .relay_at(Place {
            disk_bytes: Some(DISK_BYTES),
            ..Place::default()
        })
        .await?;
    let ana = founds(stage, &relay).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    writes(&bea, "Nog plaats", "Dit paste nog.").await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;

    relay.fills_disk()?;
    starts_story(&bea).await?;
    bea.watches_for(SAFE).await?;
    bea.fills("Titel", "Geen plaats").await?;
    bea.fills("Wat gebeurde er?", "Dit past er niet bij.").await?;
    bea.is_told(Role::Alert, "De server kan nu niets opslaan").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.looks_over("server-vol").await?;
    submits(&bea).await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.was_never_shown_it().await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &["Geen plaats", ON_DEVICE]).await?;
    bea.finds_item(MINE, &["Nog plaats", SAFE]).await?;
    // What is stored is served all the same.
    reads_again(&ana, "Nog plaats").await?;

    relay.empties_disk()?;
    bea.finds_item(MINE, &["Geen plaats", SAFE]).await?;
    bea.reads_no("kan nu niets opslaan").await?;
    reads_again(&ana, "Geen plaats").await?;
    ana.reads("Dit past er niet bij.").await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.counts_items(QUEUE, "Geen plaats", 1).await?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint().await
}

/// How many times the line breaks, and after how many bytes at most: a greeting, a proof and some pushes.
const CUTS: usize = 24;
const CUT_BYTES_MAX: u32 = 6_000;

/// S4, S5, S15: wherever the line breaks while she joins, writes and sends, she becomes a member once and her story is there once.
pub(super) async fn a_connection_cut_at_any_byte_loses_nothing(stage: &Stage) -> anyhow::Result<()> {
    let (relay, line, ana) = found_network_behind_a_line(stage).await?;
    let invitation = invites_and_leaves(&ana, VOLUNTEER).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    for person in [&ana, &bea] {
        person.opens("/app/").await?;
        person.has_the_app_on_her_device().await?;
    }

    let mut rng = ChaCha8Rng::seed_from_u64(20_261_126);
    let mut cuts = || {
        (0..CUTS)
            .map(|_| u64::from(1 + rng.next_u32() % CUT_BYTES_MAX))
            .collect::<Vec<_>>()
    };
    bea.opens(invitation.path(&relay)?).await?;
    bea.finds_in("Uitnodigingscode", &invitation.code).await?;
    line.cuts(cuts());
    tries_until(&bea, "Verder", async || {
        Ok(bea.page_text().await?.contains(NETWORK))
    })
    .await?;
    bea.fills("Jouw naam", "Bea").await?;
    let mut digits = None;
    tries_until(&bea, "Meedoen", async || {
        digits = six_digits(&bea.page_text().await?);
        Ok(digits.is_some())
    })
    .await?;
    ana.goes_to("Leden", "/app/leden").await?;
    ana.waits("hears of Bea", async || {
        finds_signal(&ana).await?;
        Ok(ana.page_text().await?.contains("Bea").then_some(()))
    })
    .await?;
    approves(&ana, bea.name, &digits.context("no digits")?).await?;
    writes(&bea, "Draadje", "Woord 0").await?;
    line.cuts(cuts());
    let mut text = "Woord 0".to_owned();
    for number in 1.. {
        let word = format!(" en {number}");
        bea.types("Wat gebeurde er?", &word).await?;
        text.push_str(&word);
        // As soon as one word is through, or its line broke, the next one follows.
        let n_left = line.n_left();
        bea.waits("goes on writing", async || {
            finds_signal(&bea).await?;
            let is_through = bea.page_text().await?.contains(SAFE);
            Ok((is_through || line.n_left() < n_left).then_some(()))
        })
        .await?;
        if line.n_left() == 0 {
            break;
        }
        finds_signal(&ana).await?;
    }
    submits(&bea).await?;
    bea.waits("sees that all is safe", async || {
        finds_signal(&bea).await?;
        Ok(bea.page_text().await?.contains(SAFE).then_some(()))
    })
    .await?;
    bea.finds_in("Wat gebeurde er?", &text).await?;
    finds_signal(&ana).await?;
    reads_again(&ana, "Draadje").await?;
    ana.reads(&text).await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.counts_items(QUEUE, "Draadje", 1).await?;
    ana.goes_to("Leden", "/app/leden").await?;
    ana.counts_items(MEMBERS, "Bea", 1).await?;
    stage.note(&format!("the line broke {} times", line.n_cut()), Duration::ZERO);
    for person in [&ana, &bea] {
        person.has_no_complaint_but(LOST_RELAY).await?;
    }
    Ok(())
}

/// Presses a button, and again each time that she is told that it did not work.
async fn tries_until(
    person: &Person<'_>,
    button: &str,
    mut is_done: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    person.presses(button).await?;
    person
        .waits(&format!("gets through with “{button}”"), async || {
            if is_done().await? {
                return Ok(Some(()));
            }
            finds_signal(person).await?;
            let is_refused = !person.all(Role::Alert, None).await?.is_empty();
            if let Some(again) = person.all(Role::Button, Some(button)).await?.first()
                && is_refused
            {
                person.press(again).await?;
            }
            Ok(None)
        })
        .await
}
