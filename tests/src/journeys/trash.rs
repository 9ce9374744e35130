//! Throwing a draft away: thinking better of it, or erasing it.

use super::steps::network::{VOLUNTEER, finds_signal, found_network, member};
use super::steps::story::{
    MINE, ON_DEVICE, PHOTOS, SAFE, id_of_story, opens_story, sees_it_safe, submits, writes,
};
use crate::camera::jpeg;
use crate::person::{LOST_RELAY, Person, Role};
use crate::stage::Stage;
use std::fs;

const TITLE: &str = "De tuin die er niet kwam";
const KEPT: &str = "De tuin die er wel kwam";
const OTHERS: &str = "Verhalen van anderen";
const TRASH: &str = "Prullenbak";

/// A draft with a photo goes to the trash, and comes back whole.
pub(super) async fn a_draft_is_thrown_away_and_taken_out(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    writes(&bea, KEPT, "Wij begonnen met een spade.").await?;
    thinks_twice(&bea).await?;
    submits(&bea).await?;
    bea.sees_no(Role::Button, "Verwijderen").await?;
    writes(&bea, TITLE, "Er was geen grond.").await?;
    adds_a_photo(&bea, stage).await?;
    let story = bea.address().await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    ana.finds_item(OTHERS, &[TITLE]).await?;

    throws_away(&bea).await?;
    bea.finds_item(MINE, &[KEPT]).await?;
    bea.counts_items(MINE, TITLE, 0).await?;
    ana.finds_item(OTHERS, &[KEPT]).await?;
    ana.counts_items(OTHERS, TITLE, 0).await?;
    bea.looks_over("mijn-verhalen-en-prullenbak").await?;
    // The coordinator comes by an address from before.
    ana.opens(&story.replace("/verhalen/", "/nalezen/")).await?;
    ana.reads("Dit verhaal ligt in de prullenbak.").await?;
    ana.looks_over("nalezen-in-prullenbak").await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.opens(&story).await?;
    bea.reads("Dit verhaal ligt in de prullenbak.").await?;
    bea.follows("Naar de prullenbak").await?;
    bea.comes_to("/app/prullenbak").await?;
    bea.sees(Role::Heading, TRASH).await?;
    bea.finds_item(TRASH, &[TITLE, "1 foto", "Nog 30 dagen"]).await?;
    bea.looks_over("prullenbak").await?;

    bea.presses_in_item(TRASH, TITLE, "Terugzetten").await?;
    bea.is_told(Role::Status, "Het verhaal staat weer bij Mijn verhalen.")
        .await?;
    bea.reads("De prullenbak is leeg").await?;
    bea.looks_over("prullenbak-leeg").await?;
    ana.finds_item(OTHERS, &[TITLE]).await?;
    opens_story(&bea, TITLE).await?;
    bea.finds_in("Wat gebeurde er?", "Er was geen grond.").await?;
    bea.sees_picture_in(PHOTOS, "Foto 1").await?;
    sees_it_safe(&bea).await?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint().await
}

/// E1: what she erases is gone from her phone, from the coordinator's and from the server; without a connection it waits.
pub(super) async fn a_draft_is_erased(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    bea.has_the_app_on_her_device().await?;
    writes(&bea, KEPT, "Wij begonnen met een spade.").await?;
    let kept = id_of_story(&bea).await?;
    writes(&bea, TITLE, "Er was geen grond.").await?;
    bea.fills("Naam van de verteller", "Philomena Wolkenstaart")
        .await?;
    adds_a_photo(&bea, stage).await?;
    let story = bea.address().await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    ana.follows_item(OTHERS, TITLE).await?;
    ana.sees(Role::Heading, TITLE).await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;

    throws_away(&bea).await?;
    // The coordinator has it open when it goes.
    ana.opens(&story).await?;
    ana.reads("Dit verhaal ligt in de prullenbak.").await?;
    relay.stop().await?;
    bea.opens("/app/prullenbak").await?;
    bea.finds_item(TRASH, &[TITLE]).await?;
    bea.presses_in_item(TRASH, TITLE, "Nu wissen").await?;
    bea.looks_over("nu-wissen").await?;
    bea.says_yes("wissen").await?;
    bea.finds_item(TRASH, &[TITLE, "Wordt gewist zodra er verbinding is"])
        .await?;
    bea.looks_over("prullenbak-wacht").await?;
    relay.start_again().await?;
    finds_signal(&bea).await?;
    finds_signal(&ana).await?;
    bea.reads("De prullenbak is leeg").await?;
    bea.opens(&story).await?;
    bea.reads("Dit verhaal vind je hier niet").await?;
    ana.reads("Dit verhaal vind je hier niet").await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    ana.finds_item(OTHERS, &[KEPT]).await?;
    ana.counts_items(OTHERS, TITLE, 0).await?;
    // After a restart too.
    for person in [&ana, &bea] {
        person.closes_browser().await?;
        person.starts_browser().await?;
        person.opens(&story).await?;
        person.reads("Dit verhaal vind je hier niet").await?;
        person.opens(&format!("/app/verhalen/{kept}")).await?;
        person.sees(Role::Heading, KEPT).await?;
        person.has_no_complaint_but(LOST_RELAY).await?;
    }
    Ok(())
}

/// Who has no network yet throws a draft away, and takes it out.
pub(super) async fn a_draft_of_one_device_is_thrown_away_and_taken_out(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.opens("/app/verhalen").await?;
    bea.follows("Nieuw verhaal").await?;
    bea.fills("Titel", TITLE).await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    throws_away(&bea).await?;
    bea.follows("Prullenbak: 1 verhaal").await?;
    bea.comes_to("/app/prullenbak").await?;
    bea.presses_in_item(TRASH, TITLE, "Terugzetten").await?;
    bea.reads("De prullenbak is leeg").await?;
    bea.opens("/app/verhalen").await?;
    bea.finds_item(MINE, &[TITLE, ON_DEVICE]).await
}

/// Before it is handed in she is told what is missing, and that it can be thrown away no more; she goes to what is missing.
async fn thinks_twice(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Indienen").await?;
    person.sees(Role::Dialog, "Nog nodig voor de website").await?;
    person.reads("Er is nog geen gemeente gekozen.").await?;
    person.reads("Er is geen toestemming voor de website.").await?;
    person
        .reads("Wat ingediend is, kan je niet meer verwijderen.")
        .await?;
    person.looks_over("indienen-vraag").await?;
    person.presses("Eerst in orde brengen").await?;
    person
        .waits("is at what is missing", async || {
            Ok((person.focus().await?.name == "Dit is nog nodig om het online te zetten").then_some(()))
        })
        .await?;
    person.sees(Role::Button, "Verwijderen").await
}

/// Adds a photo to the story on the screen, and sees both safe.
async fn adds_a_photo(person: &Person<'_>, stage: &Stage) -> anyhow::Result<()> {
    let shade = |column: u32, _: u32| u8::try_from(column % 256).unwrap_or_default();
    let photo = stage.folder().join("tuin.jpg");
    fs::write(&photo, jpeg(64, 48, None, shade))?;
    person.adds_files("Foto toevoegen", &[&photo]).await?;
    person.finds_item(PHOTOS, &["Foto 1", SAFE]).await?;
    sees_it_safe(person).await
}

async fn throws_away(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Verwijderen").await?;
    person.says_yes("verwijderen").await?;
    person.comes_to("/app/verhalen").await
}
