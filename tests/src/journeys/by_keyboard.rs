//! The whole way from an empty relay to a published story, without a mouse.

use super::steps::network::{NETWORK, VOLUNTEER, compares_digits, sees_code, sees_six_digits};
use super::steps::review::{ONLINE, QUEUE};
use super::steps::story::{SAFE, SOUP, id_of_story, is_at_what_became_of_it};
use crate::person::{Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use anyhow::{bail, ensure};
use thirtyfour::Key;

/// Tab, arrows, space, Enter, and typing.
pub(super) async fn the_keyboard_is_enough(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    founds(&ana, &relay).await?;
    joins(&bea, &ana).await?;
    let id = hands_in(&bea).await?;
    publishes(&ana).await?;
    relay.serves(&format!("/verhaal/{id}"), SOUP.title).await?;
    reaches_the_first_story(&bea).await?;

    ana.enters(Role::Button, "Intrekken").await?;
    ana.writes_in("Reden", "De verteller vroeg het.").await?;
    ana.enters(Role::Button, "Ja, intrekken").await?;
    ana.reads("Ingetrokken").await?;
    reads_with_the_keyboard(&bea).await?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint().await
}

async fn founds(person: &Person<'_>, relay: &Relay) -> anyhow::Result<()> {
    person.opens("/app/").await?;
    person.enters(Role::Link, "Netwerk oprichten").await?;
    person.writes_in("Naam van het netwerk", NETWORK).await?;
    person.writes_in("Jouw naam", person.name).await?;
    person.writes_in("Stichtcode", &relay.founding_code()?).await?;
    person.enters(Role::Button, "Oprichten").await?;
    person.sees(Role::Link, "Leden").await
}

async fn joins(person: &Person<'_>, by: &Person<'_>) -> anyhow::Result<()> {
    by.enters_menu("Leden").await?;
    by.enters(Role::Button, "Uitnodigen").await?;
    by.picks_by_key("Rol", VOLUNTEER).await?;
    by.chooses_by_key("Geldig", "1 uur").await?;
    by.enters(Role::Button, "Uitnodiging maken").await?;
    let code = sees_code(by).await?;
    by.enters_menu("Mijn verhalen").await?;

    person.opens("/app/").await?;
    person.enters(Role::Link, "Ik heb een uitnodiging").await?;
    person.writes_in("Uitnodigingscode", &code).await?;
    person.enters(Role::Button, "Verder").await?;
    person.writes_in("Jouw naam", person.name).await?;
    person.enters(Role::Button, "Meedoen").await?;
    let digits = sees_six_digits(person).await?;
    by.enters_menu("Leden").await?;
    compares_digits(by, &digits).await?;
    by.enters(Role::Button, "Goedkeuren").await?;
    person.reads_no(&digits).await
}

async fn hands_in(person: &Person<'_>) -> anyhow::Result<String> {
    person.enters_menu("Mijn verhalen").await?;
    person.enters(Role::Link, "Nieuw verhaal").await?;
    person.writes_in("Titel", SOUP.title).await?;
    person.writes_in("Wat gebeurde er?", SOUP.happened).await?;
    person.writes_in("Korte samenvatting", SOUP.summary).await?;
    // It is begun, and she is still in it.
    is_in_step(person, "Het verhaal").await?;
    let (typed, proposal) = SOUP.municipality;
    person.looks_up_by_key("Gemeente", typed, proposal).await?;
    is_in_step(person, "Waar").await?;
    person.writes_in("Naam van de verteller", SOUP.teller).await?;
    person.writes_in("Telefoon of e-mail", SOUP.reach).await?;
    person.picks_by_key("Naam online", "Geen naam").await?;
    person.enters(Role::Button, "Toestemming toevoegen").await?;
    person.enters(Role::Button, "Toestemming vastleggen").await?;
    is_at_the_first_box(person).await?;
    person.ticks_by_key("Op de website").await?;
    person.chooses_by_key("Hoe gegeven", "Voorgelezen").await?;
    person.enters(Role::Button, "Toestemming vastleggen").await?;
    let id = id_of_story(person).await?;
    // Nothing is missing, so nothing is asked.
    person.enters(Role::Button, "Indienen").await?;
    person.reads("Ingediend").await?;
    is_at_what_became_of_it(person).await?;
    person.is_told(Role::Status, SAFE).await?;
    Ok(id)
}

/// Waits until the steps say that she is in this one.
async fn is_in_step(person: &Person<'_>, step: &str) -> anyhow::Result<()> {
    const LOOK: &str = "return document.querySelector('[aria-current=step] .telling__name').textContent";
    person
        .waits(&format!("is in the step “{step}”"), async || {
            Ok((person.runs(LOOK).await? == step).then_some(()))
        })
        .await
}

/// She sent a consent off with nothing filled in: all of it says so, and she is where the first thing is missing, which she
/// sees.
async fn is_at_the_first_box(person: &Person<'_>) -> anyhow::Result<()> {
    const LOOK: &str = "
        const it = document.activeElement;
        const error = document.getElementById(it.closest('fieldset')?.getAttribute('aria-describedby') ?? '');
        if (!it.matches('dialog [type=checkbox][aria-invalid=true]') || !error) return '';
        const [top, bottom] = [error.getBoundingClientRect().top, it.getBoundingClientRect().bottom];
        return top >= 0 && bottom <= window.innerHeight ? error.textContent : 'out of sight';";
    person
        .waits("is at the first box", async || {
            let error = person.runs(LOOK).await?;
            Ok((error == "Kies minstens één ding dat mag.").then_some(()))
        })
        .await?;
    person
        .is_told(Role::Alert, "Kies hoe de toestemming gegeven is.")
        .await
}

async fn publishes(person: &Person<'_>) -> anyhow::Result<()> {
    person.enters_menu("Nalezen").await?;
    person.enters_item(QUEUE, SOUP.title).await?;
    person.enters(Role::Button, "Goedkeuren").await?;
    person.reads("Goedgekeurd").await?;
    person.enters(Role::Button, "Voorbeeld").await?;
    person.enters(Role::Button, "Publiceren").await?;
    person.reads(ONLINE).await
}

/// The public pages too: past the navigation by the skip link, from the list to the municipality.
/// From the home page, past the links that every page begins with.
async fn reaches_the_first_story(person: &Person<'_>) -> anyhow::Result<()> {
    const TABS_MAX: usize = 6;
    person.opens("/").await?;
    // The first thing that Tab reaches.
    person.hits(Key::Tab).await?;
    let first = person.focus().await?.name;
    ensure!(first == "Naar de inhoud", "“{first}” comes first");
    person.hits(Key::Enter).await?;
    let mut passed = Vec::new();
    for _ in 1..TABS_MAX {
        person.hits(Key::Tab).await?;
        let name = person.focus().await?.name;
        if name.contains(SOUP.title) {
            return Ok(());
        }
        passed.push(name);
    }
    bail!("not within {TABS_MAX} tabs, past {passed:?}")
}

async fn reads_with_the_keyboard(person: &Person<'_>) -> anyhow::Result<()> {
    person.opens("/verhalen").await?;
    person.enters(Role::Link, "Naar de inhoud").await?;
    person.opens("/").await?;
    person.enters(Role::Link, "Naar de app").await?;
    person.sees(Role::Link, "Mijn verhalen").await
}
