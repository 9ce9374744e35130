//! The app opens: first with a connection, then without.

use super::steps::story::{ON_DEVICE, writes};
use crate::person::{Person, Role};
use crate::stage::Stage;

/// The first visit, under the real headers.
pub(super) async fn app_opens(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    ana.sees(Role::Heading, "Aanzet").await?;
    ana.hears_the_core().await?;
    ana.finds_the_page_accessible().await?;
    ana.opens("/app/bestaat-niet").await?;
    ana.sees(Role::Heading, "Deze pagina bestaat niet").await?;
    ana.looks_over("bestaat-niet").await?;
    ana.has_no_complaint().await
}

/// W4: whoever opened the app once opens it in a village without signal, after a restart of her phone.
pub(super) async fn app_opens_offline_from_the_second_visit(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    ana.hears_the_core().await?;
    ana.has_the_app_on_her_device().await?;
    ana.closes_browser().await?;
    relay.stop().await?;

    ana.starts_browser().await?;
    ana.opens("/app/").await?;
    ana.sees(Role::Heading, "Aanzet").await?;
    ana.hears_the_core().await?;
    ana.opens("/app/verhalen").await?;
    ana.hears_the_core().await
}

/// The screens follow the browser until somebody chooses, the public pages their address.
pub(super) async fn the_app_speaks_three_languages(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/toestel").await?;
    ana.sees(Role::Heading, "Dit toestel").await?;
    is_in(&ana, "nl").await?;
    ana.clicks(Role::Radio, "Français").await?;
    ana.sees(Role::Heading, "Cet appareil").await?;
    ana.sees(Role::RadioGroup, "Langue de l'app").await?;
    is_in(&ana, "fr").await?;
    ana.waits("is still at her choice", async || {
        Ok((ana.focus().await?.name == "Français").then_some(()))
    })
    .await?;
    ana.looks_over("toestel-frans").await?;

    ana.opens("/app/toestel").await?;
    ana.sees(Role::Heading, "Cet appareil").await?;
    is_in(&ana, "fr").await?;
    ana.clicks(Role::Radio, "English").await?;
    ana.sees(Role::Heading, "This device").await?;
    ana.follows("My stories").await?;
    ana.sees(Role::Heading, "My stories").await?;
    is_in(&ana, "en").await?;

    // Who was invited chooses too, and what she typed stays.
    ana.opens("/app/uitnodiging").await?;
    ana.fills("Invitation code", "7").await?;
    ana.clicks(Role::Radio, "Français").await?;
    ana.finds_in("Code d'invitation", "7").await?;
    is_in(&ana, "fr").await?;
    ana.looks_over("uitnodiging-frans").await?;

    ana.opens("/fr/").await?;
    ana.sees(Role::Heading, "Récits de Flandre").await?;
    is_in(&ana, "fr").await?;
    ana.looks_over("publiek-frans").await?;
    ana.follows("English").await?;
    ana.comes_to("/en/").await?;
    ana.sees(Role::Heading, "Stories from Flanders").await?;
    is_in(&ana, "en").await?;
    ana.has_no_complaint().await
}

/// Waits until the page says that it is in this language.
async fn is_in(person: &Person<'_>, language: &str) -> anyhow::Result<()> {
    person
        .waits(&format!("has a page in {language}"), async || {
            let said = person.runs("return document.documentElement.lang").await?;
            Ok((said == language).then_some(()))
        })
        .await
}

/// Lets the core take the next photo, and die of what comes behind it.
const DIES_OF_A_PHOTO: &str = "const core = window.coreWorker;
    const post = core.postMessage.bind(core);
    core.postMessage = (message, transferred) => {
      const isPhoto = message[0].byteLength > 2000;
      post(message, transferred);
      if (isPhoto) post('no message');
    };";

/// C5: the core dies in each way that can be made from outside, and each time there is a new one. Of a photo that it was
/// given nobody says that it was not added.
pub(super) async fn a_dead_core_is_started_again(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    ana.hears_the_core().await?;
    ana.runs("window.firstCore = window.coreWorker").await?;
    // What is no message is a bug in the page: the core panics.
    ana.runs("window.coreWorker.postMessage('no message')").await?;
    ana.waits("has a new core", async || {
        let new = ana.runs("return window.coreWorker !== window.firstCore").await?;
        Ok(new.as_bool().filter(|new| *new).map(drop))
    })
    .await?;
    ana.hears_the_core().await?;
    writes(&ana, "De soepkar", "Het begon met een kapotte keuken.").await?;
    ana.is_told(Role::Status, ON_DEVICE).await?;
    ana.runs(DIES_OF_A_PHOTO).await?;
    ana.adds_a_photo_twice("Foto toevoegen").await?;
    ana.is_told(Role::Alert, "is foto 1 misschien niet toegevoegd.")
        .await?;
    ana.is_told(Role::Alert, "Misschien zijn niet alle foto's toegevoegd.")
        .await?;
    ana.reads_no("Deze foto's zijn niet toegevoegd").await?;
    ana.has_no_complaint_but(&["panicked at app/src/core.rs", "unreachable", "Unreachable"])
        .await
}
