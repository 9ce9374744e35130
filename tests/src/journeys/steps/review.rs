//! Reading again, publishing, taking back.

use super::story::{Tale, records_consent, sees_it_safe, submits, writes_whole};
use crate::person::{Person, Role};

/// The queue of the coordinators.
pub(in crate::journeys) const QUEUE: &str = "Te lezen";

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
    coordinator.reads("Online").await?;
    Ok(id)
}
