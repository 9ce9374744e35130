//! A hundred thousand characters where a few are meant.

use super::steps::network::{VOLUNTEER, follows_invitation, invites_and_leaves};
use super::steps::review::reads_again;
use super::steps::story::{LINES, PHOTOS, PROSES, SAFE, id_of_story, sees_it_safe, starts_story, submits};
use crate::camera::jpeg;
use crate::person::{Person, Role};
use crate::stage::Stage;
use anyhow::ensure;
use std::fs;

const CHARACTERS: usize = 100_000;
/// How the screen says so; what may stand there follows.
const TOO_LONG: &str = "Dit is te lang.";
const UNSTORED: &str = "Niet alles is bewaard";

const TITLE: &str = "De lange straat";
const DESCRIPTION: &str = "Beschrijving van de foto";
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
    let photo = stage.folder().join("straat.jpg");
    fs::write(
        &photo,
        jpeg(64, 48, None, |column, _| u8::try_from(column).unwrap_or_default()),
    )?;
    bea.adds_files("Foto toevoegen", &[&photo]).await?;
    bea.finds_item(PHOTOS, &["Foto 1", SAFE]).await?;
    let fields = || {
        LINES
            .into_iter()
            .chain(PROSES)
            .chain(["Naam van de verteller", DESCRIPTION])
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
    for person in [&ana, &bea] {
        person.has_no_complaint().await?;
    }
    Ok(())
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
