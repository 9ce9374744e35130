//! A device on which something is damaged (C4).

use super::steps::network::{VOLUNTEER, finds_signal, found_network, member};
use super::steps::story::{MINE, ON_DEVICE, SAFE, opens_story, sees_it_safe, writes};
use crate::person::{LOST_RELAY, Person, Role};
use crate::stage::Stage;
use anyhow::ensure;

const SENT: &str = "Lang geleden verstuurd";
const UNSENT: &str = "Nog alleen hier";

/// C4: a value in the browser's database is damaged. She saves what can be read, builds the device up again, and both
/// what the relay had and what it had not are there.
pub(super) async fn a_damaged_device_is_rebuilt(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    let id = writes(&bea, SENT, "De hele straat hielp mee.").await?;
    sees_it_safe(&bea).await?;
    bea.has_the_app_on_her_device().await?;
    relay.stop().await?;
    writes(&bea, UNSENT, "Dit weet nog niemand.").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &[UNSENT, ON_DEVICE]).await?;
    damages(&bea, &id).await?;
    bea.closes_browser().await?;

    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.sees(Role::Heading, "Dit toestel krijgt zijn verhalen niet open")
        .await?;
    bea.reads("2 verhalen van dit toestel zijn leesbaar").await?;
    bea.looks_over("redding").await?;
    lets_a_newer_app_have_it(&bea).await?;
    bea.sees(Role::Heading, "Aanzet staat open in een ander tabblad")
        .await?;
    bea.presses("Hier verder werken").await?;
    bea.reads("2 verhalen van dit toestel zijn leesbaar").await?;
    bea.runs(
        "const make = URL.createObjectURL; \
         URL.createObjectURL = blob => { blob.text().then(text => { window.saved = text }); return make.call(URL, blob) }",
    )
    .await?;
    bea.presses("Leesbare verhalen bewaren").await?;
    bea.reads("aanzet-verhalen.html").await?;
    bea.waits("has a file with both stories", async || {
        let file = bea.runs("return window.saved ?? ''").await?;
        let file = file.as_str().unwrap_or_default();
        let parts = [SENT, "De hele straat hielp mee.", UNSENT, "Dit weet nog niemand."];
        Ok(parts.iter().all(|part| file.contains(part)).then_some(()))
    })
    .await?;
    bea.presses("Opnieuw opbouwen").await?;
    bea.presses("Ja, opbouwen").await?;
    bea.finds_item(MINE, &[UNSENT, ON_DEVICE]).await?;

    relay.start_again().await?;
    finds_signal(&bea).await?;
    bea.finds_item(MINE, &[UNSENT, SAFE]).await?;
    bea.finds_item(MINE, &[SENT, SAFE]).await?;
    opens_story(&bea, SENT).await?;
    bea.finds_in("Wat gebeurde er?", "De hele straat hielp mee.")
        .await?;
    opens_story(&bea, UNSENT).await?;
    bea.finds_in("Wat gebeurde er?", "Dit weet nog niemand.").await?;
    sees_it_safe(&bea).await?;
    bea.has_no_complaint_but(LOST_RELAY).await
}

/// W6: a newer app that waits to change the database gets it. This one thinks better of it, and changes nothing.
async fn lets_a_newer_app_have_it(person: &Person<'_>) -> anyhow::Result<()> {
    let done = person
        .runs_and_waits(
            "const done = arguments[arguments.length - 1]; \
             const opening = indexedDB.open('aanzet', 99); \
             opening.onupgradeneeded = () => opening.transaction.abort(); \
             opening.onerror = event => { event.preventDefault(); done(opening.error.name); };",
        )
        .await?;
    ensure!(done == "AbortError", "a newer app gets {done}");
    Ok(())
}

/// Puts something else where what the device knows of a story is. Firefox keeps what scripts of a driver make apart from
/// what the page makes, and its database takes only the latter.
async fn damages(person: &Person<'_>, id: &str) -> anyhow::Result<()> {
    let done = person
        .runs_and_waits(&format!(
            "const done = arguments[arguments.length - 1]; \
             const {{ Uint8Array: Bytes }} = window.wrappedJSObject ?? window; \
             const key = new Bytes(16); \
             '{id}'.match(/../g).forEach((byte, at) => {{ key[at] = parseInt(byte, 16); }}); \
             indexedDB.open('aanzet').onsuccess = ({{ target: {{ result: database }} }}) => {{ \
               const damage = database.transaction(['heads'], 'readwrite', {{ durability: 'strict' }}); \
               damage.objectStore('heads').put(new Bytes(60), key); \
               damage.oncomplete = () => {{ database.close(); done('damaged'); }}; \
             }};"
        ))
        .await?;
    ensure!(done == "damaged", "nothing was damaged: {done}");
    Ok(())
}
