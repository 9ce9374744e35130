//! Writing, whatever happens meanwhile: no connection, a dead phone, a second tab.

use super::steps::ASKS;
use super::steps::network::{VOLUNTEER, finds_signal, found_network, member};
use super::steps::story::{
    MINE, ON_DEVICE, SAFE, id_of_story, opens_story, sees_it_safe, starts_story, writes,
};
use crate::person::{LOST_RELAY, Person, Role};
use crate::stage::Stage;
use anyhow::ensure;
use std::time::{Duration, Instant};

/// W4, C2: a village without signal, after a restart of her phone; then the relay is back and nobody touches anything.
pub(super) async fn a_story_is_written_offline(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    writes(&bea, "Nog met signaal", "Geschreven met verbinding.").await?;
    sees_it_safe(&bea).await?;
    bea.has_the_app_on_her_device().await?;
    bea.closes_browser().await?;
    relay.stop().await?;

    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.finds_item(MINE, &["Nog met signaal", SAFE]).await?;
    starts_story(&bea).await?;
    bea.watches_for(SAFE).await?;
    bea.fills("Titel", "Zonder signaal").await?;
    bea.fills("Wat gebeurde er?", "Geschreven in de keuken.").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    knows_what_is_not_stored(&bea).await?;
    finds_municipalities(&bea).await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.was_never_shown_it().await?;
    let story = bea.address().await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &["Zonder signaal", ON_DEVICE]).await?;
    bea.looks_over("mijn-verhalen").await?;

    // Her phone restarts once more: what was written is there.
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    bea.opens(&story).await?;
    bea.finds_in("Wat gebeurde er?", "Geschreven in de keuken.")
        .await?;
    bea.finds_part_in("Gemeente", "Gent").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    relay.start_again().await?;
    finds_signal(&bea).await?;
    sees_it_safe(&bea).await?;
    bea.has_no_complaint_but(LOST_RELAY).await
}

/// C2: what stands in a field and was not chosen from its list is not called stored, nor lost with the page unasked.
async fn knows_what_is_not_stored(person: &Person<'_>) -> anyhow::Result<()> {
    person.fills("Gemeente", "Gentt").await?;
    person.reads_no(ON_DEVICE).await?;
    person.clicks(Role::Textbox, "Titel").await?;
    person.is_told(Role::Alert, "Dit is nog niet bewaard.").await?;
    person.reads_no(ON_DEVICE).await?;
    ensure!(person.runs(ASKS).await? == true, "what she typed goes unasked");
    Ok(())
}

/// By the name of a municipality that merged, by a part, by a postcode; the register is on the device.
async fn finds_municipalities(person: &Person<'_>) -> anyhow::Result<()> {
    for (typed, found) in [
        ("Kruibeke", "Beveren-Kruibeke-Zwijndrecht"),
        ("Kessel-Lo", "Leuven"),
        ("9000", "Gent"),
    ] {
        person.looks_up("Gemeente", typed, found).await?;
        person.finds_part_in("Gemeente", found).await?;
    }
    Ok(())
}

/// The same where less can be controlled: write without a relay, come back.
pub(super) async fn a_story_written_offline_comes_back(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.has_the_app_on_her_device().await?;
    bea.closes_browser().await?;
    relay.stop().await?;
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.follows("Nieuw verhaal").await?;
    bea.fills("Titel", "Zonder signaal").await?;
    bea.fills("Wat gebeurde er?", "Geschreven in de keuken.").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.closes_browser().await?;
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.finds_item(MINE, &["Zonder signaal", ON_DEVICE]).await?;
    bea.follows_item(MINE, "Zonder signaal").await?;
    bea.finds_in("Wat gebeurde er?", "Geschreven in de keuken.").await
}

/// What may be missing after a phone died in the middle of a word.
const LOST_MAX: Duration = Duration::from_secs(2);
/// How long she types: much longer than what may be lost.
const TYPING: Duration = Duration::from_secs(6);

/// M10: her phone goes dark while she types.
pub(super) async fn a_killed_browser_keeps_what_was_typed(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.opens("/app/verhalen").await?;
    bea.follows("Nieuw verhaal").await?;
    bea.fills("Titel", "Midden in een woord").await?;
    bea.clicks(Role::Textbox, "Wat gebeurde er?").await?;

    let start = Instant::now();
    let mut typed = String::new();
    // When each word was typed, and how much there was then.
    let mut moments = Vec::new();
    for number in 0.. {
        let word = format!("woord{number} ");
        bea.types_here(&word).await?;
        typed.push_str(&word);
        moments.push((Instant::now(), typed.len()));
        if start.elapsed() > TYPING {
            break;
        }
    }
    let died = Instant::now();
    bea.loses_browser()?;

    let kept_at_least = moments
        .iter()
        .filter(|(at, _)| died.duration_since(*at) >= LOST_MAX)
        .map(|(_, len)| *len)
        .max()
        .unwrap_or_default();
    ensure!(kept_at_least > 0, "she typed {} words only", moments.len());
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.follows_item(MINE, "Midden in een woord").await?;
    let kept = bea.finds_part_in("Wat gebeurde er?", "woord0").await?;
    ensure!(typed.starts_with(kept.trim_end()), "typed {typed}, kept {kept}");
    // The white space after the last word is no loss.
    ensure!(
        kept.trim_end().len() + 1 >= kept_at_least,
        "of {} characters {} are kept, {kept_at_least} had to be",
        typed.len(),
        kept.len()
    );
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.has_no_complaint().await
}

/// S14: the tab in front works; the other says so, and takes over when it comes to the front.
pub(super) async fn two_tabs_lose_nothing(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    writes(&bea, "In twee tabbladen", "Eerst hier.").await?;
    let id = id_of_story(&bea).await?;
    let first = bea.tab().await?;

    let second = bea.opens_tab().await?;
    bea.opens("/app/verhalen").await?;
    opens_story(&bea, "In twee tabbladen").await?;
    bea.finds_in("Wat gebeurde er?", "Eerst hier.").await?;
    bea.types("Wat gebeurde er?", " Dan daar.").await?;
    bea.fills("Wie deed mee?", "De buren.").await?;
    sees_it_safe(&bea).await?;

    // Noted by the page itself: a driver that looks at a tab may bring it to the front, where it takes over again.
    // The network comes back while it lies behind: that brings no tab to the front.
    bea.runs(
        "const saysSo = () => document.body.innerText.includes('open in een ander'); \
         const channel = new MessageChannel(); \
         channel.port1.onmessage = () => { window.staysBehind = saysSo() }; \
         const observer = new MutationObserver(() => { \
             if (!saysSo()) return; \
             observer.disconnect(); \
             dispatchEvent(new Event('online')); \
             channel.port2.postMessage(null); \
         }); \
         observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })",
    )
    .await?;
    bea.goes_on_in(&first).await?;
    bea.finds_in("Wat gebeurde er?", "Eerst hier. Dan daar.").await?;
    bea.finds_in("Wie deed mee?", "De buren.").await?;
    bea.types("Wie deed mee?", " En de bakker.").await?;
    sees_it_safe(&bea).await?;
    bea.glances_at(&second, async || {
        bea.waits("was told that the other tab has it", async || {
            let stays_behind = bea.runs("return window.staysBehind").await?;
            ensure!(stays_behind != false, "the tab behind took over");
            Ok(stays_behind.as_bool().map(drop))
        })
        .await
    })
    .await?;

    bea.opens_tab().await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    bea.finds_in("Wie deed mee?", "De buren. En de bakker.").await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.counts_items(MINE, "In twee tabbladen", 1).await?;
    bea.has_no_complaint().await
}
