//! What keeps a story from the website, in words.

use super::publishing::INCOMPLETE;
use super::steps::network::{finds_signal, found_network};
use super::steps::review::{QUEUE, approves_story, is_led_to_outcome, publishes, teller_agrees};
use super::steps::story::{ON_DEVICE, records, records_consent, sees_it_safe, submits, writes};
use crate::person::{LOST_RELAY, Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use anyhow::ensure;
use std::time::Duration;

const TITLE: &str = "De tuin achter de school";
const MORE: &str = " Nu spit de hele straat mee.";

const NO_CONSENT: &str = "Er is geen toestemming voor de website.";
const EXPIRED: &str = "De toestemming voor de website is voorbij.";
const WITHDRAWN: &str = "De toestemming voor de website is ingetrokken.";
const NO_GUARDIAN: &str = "Er is nog geen toestemming van een ouder of voogd van de verteller.";
const NOT_APPROVED: &str = "Het verhaal is nog niet goedgekeurd.";
const CHANGED_SINCE_APPROVAL: &str = "De tekst is veranderd nadat het verhaal goedgekeurd was.";
const CHANGED_SINCE_CONSENT: &str = "De tekst is veranderd nadat de verteller akkoord ging.";

/// The use that a page needs.
const WEBSITE: &[&str] = &["Op de website"];
const PREVIEW: &str = "Voorbeeld";

/// Tomorrow, as the calendar of the field gives it: each engine draws its own.
const UNTIL_TOMORROW: &str = "const field = document.querySelector('#geldig-tot'); \
     field.value = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10); \
     field.dispatchEvent(new Event('input', { bubbles: true }))";
/// After that day, wherever she is.
const DAYS: Duration = Duration::from_hours(72);

/// P2: without a consent that holds, for a minor without that of a guardian, or for another text than the teller agreed
/// to, the way to publishing is closed and says why; each time it opens as soon as that is there.
pub(super) async fn publishing_says_why_not(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let id = writes(&ana, TITLE, "Wij begonnen met een spade.").await?;
    ana.looks_up("Gemeente", "9000", "Gent").await?;
    submits(&ana).await?;
    is_refused(&ana, QUEUE, NO_CONSENT).await?;
    ana.reads(NOT_APPROVED).await?;
    approves_story(&ana).await?;
    ana.reads_no(NOT_APPROVED).await?;
    ana.reads(NO_CONSENT).await?;
    ana.sees_no(Role::Button, PREVIEW).await?;

    edits(&ana).await?;
    records_consent_until_tomorrow(&ana).await?;
    is_ready(&ana).await?;
    edits(&ana).await?;
    days_pass(&ana, &relay).await?;
    is_refused(&ana, INCOMPLETE, EXPIRED).await?;
    edits(&ana).await?;
    records_consent(&ana, WEBSITE).await?;
    is_ready(&ana).await?;

    edits(&ana).await?;
    ana.presses_in_item("Toestemmingen", "De verteller", "Toestemming intrekken")
        .await?;
    ana.says_yes("intrekken").await?;
    is_refused(&ana, "Ingetrokken", WITHDRAWN).await?;
    edits(&ana).await?;
    records_consent(&ana, WEBSITE).await?;
    is_ready(&ana).await?;

    edits(&ana).await?;
    ana.chooses("Leeftijd van de verteller", "Jonger dan 13").await?;
    is_refused(&ana, INCOMPLETE, NO_GUARDIAN).await?;
    edits(&ana).await?;
    records_consent_of_guardian(&ana).await?;
    is_ready(&ana).await?;

    edits(&ana).await?;
    ana.types("Wat gebeurde er?", MORE).await?;
    is_refused(&ana, INCOMPLETE, CHANGED_SINCE_CONSENT).await?;
    ana.reads(CHANGED_SINCE_APPROVAL).await?;
    approves_story(&ana).await?;
    ana.reads_no(CHANGED_SINCE_APPROVAL).await?;
    ana.reads(CHANGED_SINCE_CONSENT).await?;
    ana.sees_no(Role::Button, PREVIEW).await?;
    let page = format!("/verhaal/{id}");
    ensure!(relay.get(&page).await?.status == 404);
    teller_agrees(&ana).await?;
    publishes(&ana).await?;
    is_led_to_outcome(&ana, "Dit verhaal staat op de website").await?;
    relay.serves(&page, MORE.trim()).await?;
    ana.has_no_complaint_but(LOST_RELAY).await
}

/// On its form she reads why it cannot go online, finds it in that list, and reads it again where it is decided:
/// nothing there leads on.
async fn is_refused(person: &Person<'_>, list: &str, why: &str) -> anyhow::Result<()> {
    person.reads(why).await?;
    person.goes_to("Nalezen", "/app/nalezen").await?;
    person.follows_item(list, TITLE).await?;
    person.sees(Role::Heading, "Wat nog nodig is").await?;
    person.reads(why).await?;
    person.sees_no(Role::Button, PREVIEW).await
}

/// Nothing is missing: where it is decided, the preview is offered.
async fn is_ready(person: &Person<'_>) -> anyhow::Result<()> {
    person.goes_to("Nalezen", "/app/nalezen").await?;
    person.follows_item("Klaar om te publiceren", TITLE).await?;
    person.sees(Role::Button, PREVIEW).await
}

/// From where it is decided to its form.
async fn edits(person: &Person<'_>) -> anyhow::Result<()> {
    person.follows("Verhaal bewerken").await?;
    person.sees(Role::Button, "Toestemming toevoegen").await
}

async fn records_consent_until_tomorrow(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Toestemming toevoegen").await?;
    person.sees(Role::Combobox, "Hoe gegeven").await?;
    person.runs(UNTIL_TOMORROW).await?;
    records(person, WEBSITE).await?;
    person
        .finds_item("Toestemmingen", &["De verteller", "Geldig tot en met"])
        .await
}

async fn records_consent_of_guardian(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Toestemming toevoegen").await?;
    person
        .picks("Wie geeft de toestemming?", "Ouder of voogd")
        .await?;
    records(person, WEBSITE).await
}

/// The last day of the consent is over, by the clock of the relay: that one counts as soon as it is told. What is typed
/// meanwhile comes on no page; that it is safe shows that the relay was heard.
async fn days_pass(person: &Person<'_>, relay: &Relay) -> anyhow::Result<()> {
    relay.stop().await?;
    person
        .fills("Precieze plaats (alleen intern)", "Achter het hek")
        .await?;
    person.is_told(Role::Status, ON_DEVICE).await?;
    relay.start_again_later(DAYS).await?;
    finds_signal(person).await?;
    sees_it_safe(person).await
}
