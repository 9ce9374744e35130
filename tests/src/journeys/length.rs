//! A hundred thousand characters where a few are meant.

use super::steps::network::{
    POLISH, VOLUNTEER, WEBSITE_FIELD, follows_invitation, invites_and_leaves, turns_to_texts_in,
};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::review::{ONLINE, approves_story, publishes, reads_again};
use super::steps::story::{
    LINES, PHOTOS, PROSES, adds_photos, id_of_story, records_consent, sees_it_safe, starts_story, submits,
};
use crate::browser::Engine;
use crate::person::{Person, Role};
use crate::stage::Stage;
use anyhow::ensure;
use std::time::Duration;

const CHARACTERS: usize = 100_000;
/// How the screen says so; what may stand there follows.
const TOO_LONG: &str = "Dit is te lang.";
const UNSTORED: &str = "Niet alles is bewaard";

const TITLE: &str = "De lange straat";
const DESCRIPTION: &str = "Beschrijving van de foto";
const OTHER_NAME: &str = "Andere naam";

/// M9: who pastes too much reads how much may stand there. It stays on the screen, nothing calls it stored, and what was
/// there before is kept until something shorter takes its place.
pub(super) async fn too_many_characters_are_refused_in_words(stage: &Stage) -> anyhow::Result<()> {
    let long: String = "een lange straat ".chars().cycle().take(CHARACTERS).collect();
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/oprichten").await?;
    ana.fills("Stichtcode", &relay.founding_code()?).await?;
    ana.fills("Jouw naam", "Ana").await?;
    ana.pastes("Naam van het netwerk", &long).await?;
    is_refused(
        &ana,
        "Oprichten",
        "Naam van het netwerk",
        &long,
        "Buurten aan zet",
    )
    .await?;
    asks_too_much(&ana, &long).await?;
    let invitation = invites_and_leaves(&ana, VOLUNTEER).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    follows_invitation(&bea, &relay, &invitation).await?;
    bea.pastes("Jouw naam", &long).await?;
    is_refused(&bea, "Meedoen", "Jouw naam", &long, "Bea").await?;
    ana.goes_to("Leden", "/app/leden").await?;
    ana.presses("Goedkeuren").await?;
    ana.sees_no(Role::Button, "Goedkeuren").await?;

    starts_story(&bea).await?;
    bea.fills("Titel", TITLE).await?;
    let id = id_of_story(&bea).await?;
    adds_photos(&bea, stage.folder(), 1).await?;
    bea.ticks_in_item(PHOTOS, "Foto 1", Role::Radio, "Ja").await?;
    bea.picks("Naam online", OTHER_NAME).await?;
    // The browser around WebKitGTK cannot record sound.
    let records = stage.engine != Engine::Webkit;
    if records {
        starts_recording(&bea).await?;
        records_for(&bea, Duration::from_secs(1)).await?;
        stops_recording(&bea).await?;
    }
    let fields = || {
        LINES
            .into_iter()
            .chain(PROSES)
            .chain([
                "Naam van de verteller",
                OTHER_NAME,
                DESCRIPTION,
                "Wie staat erop?",
            ])
            .chain(records.then_some("Uitgeschreven tekst"))
    };
    for field in fields() {
        let short = if field == "Titel" {
            TITLE.to_owned()
        } else {
            format!("Kort bij {field}")
        };
        bea.pastes(field, &short).await?;
        bea.pastes(field, &long).await?;
        bea.is_told(Role::Alert, TOO_LONG).await?;
        bea.reads(UNSTORED).await?;
        stands_there(&bea, field, &long).await?;
        bea.pastes(field, &short).await?;
        bea.reads_no(TOO_LONG).await?;
    }
    bea.presses("Toestemming toevoegen").await?;
    bea.picks("Wie geeft de toestemming?", "Iemand op een foto")
        .await?;
    bea.ticks(Role::Checkbox, "Met foto").await?;
    bea.chooses("Hoe gegeven", "Voorgelezen").await?;
    bea.pastes("Voor wie", &long).await?;
    is_refused(&bea, "Toestemming vastleggen", "Voor wie", &long, "Jan").await?;
    bea.looks_up("Gemeente", "9000", "Gent").await?;
    records_consent(&bea, &["Op de website", "Met naam"]).await?;
    sees_it_safe(&bea).await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    for field in fields().filter(|field| *field != "Titel") {
        bea.finds_in(field, &format!("Kort bij {field}")).await?;
    }
    submits(&bea).await?;

    reads_again(&ana, TITLE).await?;
    let question = "Vraag aan de vrijwilliger";
    ana.presses("Terugvragen").await?;
    says_too_much(&ana, "terugvragen", question, &long).await?;
    ana.presses("Terugvragen").await?;
    says_less(&ana, "terugvragen", question, &long).await?;
    bea.reads("Kort gezegd").await?;
    submits(&bea).await?;

    reads_again(&ana, TITLE).await?;
    let reason = "Meer uitleg, alleen voor het netwerk";
    ana.presses("Niet publiceren").await?;
    ana.picks("Reden", "Het verhaal staat er al").await?;
    says_too_much(&ana, "bij het netwerk houden", reason, &long).await?;
    ana.presses("Niet publiceren").await?;
    says_less(&ana, "bij het netwerk houden", reason, &long).await?;
    ana.reads("Niet gepubliceerd").await?;
    bea.reads("Het verhaal staat er al").await?;
    submits(&bea).await?;

    reads_again(&ana, TITLE).await?;
    approves_story(&ana).await?;
    publishes(&ana).await?;
    ana.reads(ONLINE).await?;
    ana.presses("Intrekken").await?;
    says_too_much(&ana, "intrekken", "Reden", &long).await?;
    ana.presses("Intrekken").await?;
    says_less(&ana, "intrekken", "Reden", &long).await?;
    ana.reads("Ingetrokken").await?;
    for person in [&ana, &bea] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

/// What tellers are asked in another language.
async fn asks_too_much(ana: &Person<'_>, long: &str) -> anyhow::Result<()> {
    turns_to_texts_in(ana, POLISH).await?;
    ana.pastes(WEBSITE_FIELD, long).await?;
    ana.presses("Bewaren").await?;
    ana.is_told(Role::Alert, TOO_LONG).await?;
    stands_there(ana, WEBSITE_FIELD, long).await?;
    ana.pastes(WEBSITE_FIELD, "Kort gezegd").await?;
    ana.reads_no(TOO_LONG).await?;
    ana.presses("Bewaren").await?;
    ana.is_told(Role::Status, "De teksten zijn bewaard.").await
}

async fn says_too_much(person: &Person<'_>, verb: &str, field: &str, long: &str) -> anyhow::Result<()> {
    person.pastes(field, long).await?;
    person.says_yes(verb).await?;
    person.is_told(Role::Alert, TOO_LONG).await
}

/// What was too much is still there.
async fn says_less(person: &Person<'_>, verb: &str, field: &str, long: &str) -> anyhow::Result<()> {
    stands_there(person, field, long).await?;
    person.pastes(field, "Kort gezegd").await?;
    person.says_yes(verb).await
}

/// Presses a button which needs a field that holds too much; then once more, with something shorter there.
async fn is_refused(
    person: &Person<'_>,
    button: &str,
    field: &str,
    long: &str,
    short: &str,
) -> anyhow::Result<()> {
    person.presses(button).await?;
    person.is_told(Role::Alert, TOO_LONG).await?;
    stands_there(person, field, long).await?;
    person.pastes(field, short).await?;
    person.presses(button).await?;
    person.sees_no(Role::Button, button).await
}

async fn stands_there(person: &Person<'_>, field: &str, text: &str) -> anyhow::Result<()> {
    let content = person.content_of(field).await?;
    ensure!(
        content == text,
        "{} characters stand in “{field}”",
        content.chars().count()
    );
    Ok(())
}
