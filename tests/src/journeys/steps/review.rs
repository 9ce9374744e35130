//! Reading again, publishing, taking back.

use super::story::{Tale, records_consent, sees_it_safe, submits, writes_whole};
use crate::person::{Person, Role};

/// The queue of the coordinators.
pub(in crate::journeys) const QUEUE: &str = "Te lezen";
/// What a coordinator reads once a story is on the website.
pub(in crate::journeys) const ONLINE: &str = "Dit verhaal staat op de website.";

/// Opens what was handed in.
pub(in crate::journeys) async fn reads_again(person: &Person<'_>, title: &str) -> anyhow::Result<()> {
    person.goes_to("Nalezen", "/app/nalezen").await?;
    person.follows_item(QUEUE, title).await?;
    person.sees(Role::Heading, title).await
}

/// Approves the story on the screen.
pub(in crate::journeys) async fn approves_story(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Goedkeuren").await?;
    person.reads("Goedgekeurd").await
}

/// Records that the teller agrees to the text as it is: how is asked first.
pub(in crate::journeys) async fn teller_agrees(person: &Person<'_>) -> anyhow::Result<()> {
    let label = "Verteller is akkoord met deze versie";
    person.presses(label).await?;
    person.presses("Ja, vastleggen").await?;
    person
        .is_told(Role::Alert, "Kies hoe de verteller akkoord ging")
        .await?;
    person
        .chooses("Hoe ging de verteller akkoord?", "Voorgelezen")
        .await?;
    person.looks_over("verteller-akkoord").await?;
    person.says_yes("vastleggen").await?;
    person
        .reads("De verteller ging akkoord met deze tekst (voorgelezen)")
        .await?;
    person.sees_no(Role::Button, label).await
}

/// The keyboard, and with it the eye, is at what became of the story on the screen.
pub(in crate::journeys) async fn is_led_to_outcome(person: &Person<'_>, words: &str) -> anyhow::Result<()> {
    person
        .waits(&format!("is led to “{words}”"), async || {
            let outcome = person
                .runs(
                    "const it = document.activeElement, box = it.getBoundingClientRect(); \
                     return box.top >= 0 && box.bottom <= innerHeight ? it.textContent : ''",
                )
                .await?;
            let is_there = outcome.as_str().is_some_and(|outcome| outcome.contains(words));
            Ok(is_there.then_some(()))
        })
        .await
}

/// Looks at the preview of the story on the screen, then publishes it.
pub(in crate::journeys) async fn publishes(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Voorbeeld").await?;
    person.presses("Publiceren").await
}

/// Takes the story on the screen from the website.
pub(in crate::journeys) async fn withdraws(person: &Person<'_>, reason: &str) -> anyhow::Result<()> {
    person.presses("Intrekken").await?;
    person.fills("Reden", reason).await?;
    person.says_yes("intrekken").await
}

/// `volunteer` hands a whole story in, `coordinator` publishes it; gives its id.
pub(in crate::journeys) async fn brings_online(
    volunteer: &Person<'_>,
    coordinator: &Person<'_>,
    tale: &Tale<'_>,
) -> anyhow::Result<String> {
    let id = writes_whole(volunteer, tale).await?;
    records_consent(volunteer, &["Op de website", "Met naam"]).await?;
    submits(volunteer).await?;
    sees_it_safe(volunteer).await?;
    reads_again(coordinator, tale.title).await?;
    approves_story(coordinator).await?;
    publishes(coordinator).await?;
    coordinator.reads(ONLINE).await?;
    Ok(id)
}
