//! A coordinator asks, a volunteer answers.

use super::publishing::places;
use super::steps::ASKS;
use super::steps::network::{COORDINATOR, VOLUNTEER, found_network, member};
use super::steps::review::{
    ONLINE, QUEUE, approves_story, is_led_to_outcome, publishes, reads_again, teller_agrees,
};
use super::steps::story::{MINE, SOUP, opens_story, records_consent, submits, writes, writes_whole};
use crate::person::{Person, Role};
use crate::stage::Stage;
use anyhow::ensure;

const QUESTION: &str = "Wie kookte er mee?";
const WHO: &str = "Wie deed mee?";
/// About a field that is drawn only where it is chosen, or asked about.
const OTHER_QUESTION: &str = "Hoe wil Rosa heten?";
/// A question to take over.
const READY: &str = "Wie deed er allemaal mee?";

/// What lies under a dialog on a phone.
const MEMBERS: &str = "nav a[href='/app/leden']";

/// A question reaches the phone at its field, is answered there, and is nowhere on the public page.
pub(super) async fn a_story_is_asked_back(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let id = writes_whole(&bea, &SOUP).await?;
    records_consent(&bea, &["Op de website", "Met naam"]).await?;
    submits(&bea).await?;
    writes(&bea, "Een jonger verhaal", "Nog niet af.").await?;

    reads_again(&ana, SOUP.title).await?;
    ana.presses("Terugvragen").await?;
    // Nothing is given back without a question.
    ana.presses("Ja, terugvragen").await?;
    ana.is_told(Role::Alert, "Schrijf eerst je vraag").await?;
    ana.fills("Vraag aan de vrijwilliger", QUESTION).await?;
    // She looks for something first: what she typed is there when she comes back, and not lost with the page unasked.
    ana.presses("Nee").await?;
    ana.sees_no(Role::Button, "Ja, terugvragen").await?;
    ana.goes_to("Leden", "/app/leden").await?;
    ensure!(ana.runs(ASKS).await? == true, "her question goes unasked");
    reads_again(&ana, SOUP.title).await?;
    ana.presses("Terugvragen").await?;
    ana.finds_in("Vraag aan de vrijwilliger", QUESTION).await?;
    // A question to take over is about its field.
    ana.presses(READY).await?;
    ana.waits("is behind the question", async || {
        let before = ana
            .runs("const it = document.activeElement; return it.value?.slice(0, it.selectionStart) ?? '';")
            .await?;
        Ok(before
            .as_str()
            .is_some_and(|before| before.ends_with(READY))
            .then_some(()))
    })
    .await?;
    ana.waits("sees the field of the question", async || {
        let field = ana
            .runs("return document.querySelector('#vraag-veld').selectedOptions[0].textContent;")
            .await?;
        Ok((field.as_str().map(str::trim) == Some(WHO)).then_some(()))
    })
    .await?;
    ana.fills("Vraag aan de vrijwilliger", QUESTION).await?;
    ana.looks_over("terugvragen").await?;
    // The second of two presses stops at the dialog that closes: it leads nowhere else.
    ana.presses_through("Ja, terugvragen", MEMBERS).await?;
    is_led_to_outcome(&ana, "Teruggevraagd").await?;
    ensure!(ana.runs(ASKS).await? == false, "nothing waits any more");
    ana.presses("Nog iets vragen").await?;
    ana.fills("Vraag aan de vrijwilliger", OTHER_QUESTION).await?;
    ana.chooses("Waarover gaat de vraag?", "Andere naam").await?;
    ana.says_yes("terugvragen").await?;
    is_led_to_outcome(&ana, "Teruggevraagd").await?;
    // Back in the list she is at the story that she comes from.
    ana.follows("Alles wat wacht").await?;
    is_led_to_outcome(&ana, SOUP.title).await?;
    ana.finds_item("Teruggevraagd", &[SOUP.title]).await?;

    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &[SOUP.title, "Teruggevraagd"]).await?;
    let first = bea.items(MINE).await?.into_iter().next().unwrap_or_default();
    ensure!(
        first.contains(SOUP.title),
        "what was asked back is not first: {first}"
    );
    bea.looks_over("teruggevraagd-lijst").await?;
    opens_story(&bea, SOUP.title).await?;
    bea.reads(QUESTION).await?;
    bea.looks_over("teruggevraagd").await?;
    bea.presses("Naar “Andere naam”").await?;
    is_at_field(&bea, OTHER_QUESTION).await?;
    bea.presses("Naar “Wie deed mee?”").await?;
    is_at_field(&bea, QUESTION).await?;
    bea.fills(WHO, "De hele straat kookte mee.").await?;
    // The text changed since the teller allowed it: she is asked once more, and how is told.
    teller_agrees(&bea).await?;
    submits(&bea).await?;
    bea.reads_no(QUESTION).await?;

    reads_again(&ana, SOUP.title).await?;
    ana.reads("De hele straat kookte mee.").await?;
    ana.reads_no(QUESTION).await?;
    approves_story(&ana).await?;
    ana.reads("vastgelegd door Bea").await?;
    publishes(&ana).await?;
    ana.reads(ONLINE).await?;
    let page = (format!("/verhaal/{id}"), "De hele straat kookte mee.".to_owned());
    for (path, text) in places(&id).into_iter().chain([page]) {
        let public = relay.serves(&path, &text).await?.body;
        for question in [QUESTION, OTHER_QUESTION] {
            ensure!(!public.contains(question), "{path} holds “{question}”");
        }
    }
    for person in [&ana, &bea] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

/// Waits until somebody is at the field that a question is about, which says what is asked.
async fn is_at_field(person: &Person<'_>, question: &str) -> anyhow::Result<()> {
    person
        .waits("is at the field", async || {
            let described = person
                .runs(
                    "const ids = document.activeElement?.getAttribute('aria-describedby') ?? ''; \
                     const notes = ids.split(' ').map((id) => document.getElementById(id)?.textContent); \
                     return notes.join(' ');",
                )
                .await?;
            let described = described.as_str().unwrap_or_default();
            Ok(described.contains(question).then_some(()))
        })
        .await
}

/// A story that does not go online says why, and can be approved all the same later.
pub(super) async fn a_story_is_not_published(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", COORDINATOR).await?;
    for title in ["Het eerste", "Het tweede"] {
        writes(&bea, title, "Dit gebeurde er.").await?;
        submits(&bea).await?;
    }
    reads_again(&ana, "Het eerste").await?;
    ana.presses("Niet publiceren").await?;
    ana.presses("Ja, bij het netwerk houden").await?;
    ana.is_told(Role::Alert, "Kies een reden").await?;
    // Another reason than those says nothing without words.
    ana.picks("Reden", "Iets anders").await?;
    ana.presses("Ja, bij het netwerk houden").await?;
    ana.is_told(Role::Alert, "Schrijf waarom").await?;
    ana.picks("Reden", "Het verhaal staat er al").await?;
    ana.fills("Meer uitleg, alleen voor het netwerk", "Cor schreef het op.")
        .await?;
    ana.looks_over("niet-publiceren").await?;
    ana.says_yes("bij het netwerk houden").await?;
    is_led_to_outcome(&ana, "niet online komt").await?;
    // One press leads to what waits.
    ana.follows("Volgende verhaal").await?;
    ana.sees(Role::Heading, "Het tweede").await?;

    opens_story(&bea, "Het eerste").await?;
    bea.reads("Het verhaal staat er al").await?;
    bea.reads("Cor schreef het op.").await?;
    bea.looks_over("niet-gepubliceerd").await?;
    bea.goes_to("Nalezen", "/app/nalezen").await?;
    bea.finds_item(QUEUE, &["Het tweede"]).await?;
    bea.counts_items(QUEUE, "Het eerste", 0).await?;
    opens_story(&bea, "Het eerste").await?;
    submits(&bea).await?;
    reads_again(&ana, "Het eerste").await?;
    // Who told it may not want it.
    ana.presses("Niet publiceren").await?;
    ana.picks("Reden", "De verteller wil het niet").await?;
    ana.says_yes("bij het netwerk houden").await?;
    is_led_to_outcome(&ana, "De verteller wil het niet.").await?;
    for person in [&ana, &bea] {
        person.has_no_complaint().await?;
    }
    Ok(())
}
