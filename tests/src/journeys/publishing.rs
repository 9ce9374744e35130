//! From the volunteer's phone to the public page, and back.

use super::steps::network::{COORDINATOR, VOLUNTEER, finds_signal, found_network, member};
use super::steps::review::{
    ONLINE, approves_story, brings_online, is_led_to_outcome, publishes, reads_again, teller_agrees,
};
use super::steps::story::{SOUP, opens_story, records_consent, sees_it_safe, submits, writes_whole};
use crate::person::{LOST_RELAY, Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use crate::wait::wait_for;
use anyhow::ensure;

/// The list of what was approved too early.
pub(super) const INCOMPLETE: &str = "Goedgekeurd, maar er ontbreekt iets";

/// The municipality of the story.
const GENT: u32 = 44021;

/// What may never be public of it: how to reach the teller, where she lives, the part of her name that she did not choose.
const PRIVATE: [&str; 5] = ["0478", "11 22 33", "Kerkstraat 12", "bus 3", "Vandermeersch"];

/// P1, P2: nothing without consent; then exactly what the preview shows, everywhere at once.
pub(super) async fn a_story_is_published(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let id = writes_whole(&bea, &SOUP).await?;
    bea.reads("Alleen de voornaam staat bij het verhaal").await?;
    leads_to_the_next_step(&bea).await?;
    bea.looks_over("verhaal").await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;

    reads_again(&ana, SOUP.title).await?;
    // What is not complete cannot be published, and nothing offers it.
    ana.sees_no(Role::Button, "Voorbeeld").await?;
    approves_story(&ana).await?;
    ana.looks_over("nalezen-zonder-toestemming").await?;
    ana.sees_no(Role::Button, "Voorbeeld").await?;
    ensure!(relay.get(&format!("/verhaal/{id}")).await?.status == 404);
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.finds_item(INCOMPLETE, &[SOUP.title, "toestemming voor de website"])
        .await?;
    ana.looks_over("nalezen-onvolledig").await?;
    ana.follows_item(INCOMPLETE, SOUP.title).await?;
    ana.sees_no(Role::Button, "Voorbeeld").await?;

    opens_story(&bea, SOUP.title).await?;
    records_consent(&bea, &["Op de website", "Met naam"]).await?;
    bea.looks_over("toestemming").await?;
    sees_it_safe(&bea).await?;
    ana.presses("Voorbeeld").await?;
    let preview = ana
        .waits("reads the preview", async || {
            let lines = ana.lines_of(Role::Region, "Voorbeeld").await?;
            let is_filled = lines.iter().any(|line| line.contains(SOUP.happened));
            Ok(is_filled.then_some(lines))
        })
        .await?;
    ana.looks_over("voorbeeld").await?;
    ana.clicks_twice(Role::Button, "Publiceren").await?;
    is_led_to_outcome(&ana, "Dit verhaal staat op de website").await?;
    bea.reads("Online").await?;
    for person in [&ana, &bea] {
        person.sees(Role::Link, "Bekijk op de website").await?;
    }
    bea.looks_over("verhaal-online").await?;
    ana.looks_over("nalezen-verhaal-online").await?;

    is_everywhere(&relay, &id).await?;
    let feed = relay.get("/feed.atom").await?.body;
    ensure!(feed.matches("<entry").count() == 1, "listed twice: {feed}");
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.finds_item("Online", &[SOUP.title]).await?;
    ana.looks_over("nalezen-online").await?;
    let page = relay.get(&format!("/verhaal/{id}")).await?;
    for private in PRIVATE {
        ensure!(!page.body.contains(private), "the page holds “{private}”");
    }
    let reader = stage.person("Lezer", &relay.url()).await?;
    reader.opens(&format!("/verhaal/{id}")).await?;
    let public = reader.page_text().await?;
    for line in &preview {
        ensure!(public.contains(line.as_str()), "previewed but not public: {line}");
    }
    for part in [SOUP.title, SOUP.happened, SOUP.summary, "Rosalie", "Gent"] {
        ensure!(
            preview.join(" ").contains(part),
            "public but not previewed: {part}"
        );
    }
    for person in [&ana, &bea, &reader] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

/// The heading comes to the top, where it was in sight already too.
async fn leads_to_the_next_step(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Volgende: foto's en geluid").await?;
    person
        .waits("sees the next step at the top", async || {
            let top = person
                .runs("return document.querySelector('#deel-media').getBoundingClientRect().top;")
                .await?;
            let top = top.as_f64().unwrap_or(f64::MAX);
            Ok((0.0..120.0).contains(&top).then_some(()))
        })
        .await
}

/// Every public place that lists stories, and what stands there of [`SOUP`].
pub(super) fn places(id: &str) -> [(String, String); 7] {
    let municipality = format!("/gemeente/{GENT}");
    [
        ("/".to_owned(), SOUP.title.to_owned()),
        ("/".to_owned(), "Gent, 1 verhaal".to_owned()),
        ("/verhalen?zoek=soepkar".to_owned(), SOUP.title.to_owned()),
        (municipality, SOUP.title.to_owned()),
        ("/feed.atom".to_owned(), format!("/verhaal/{id}")),
        ("/verhalen.geojson".to_owned(), id.to_owned()),
        ("/sitemap.xml".to_owned(), format!("/verhaal/{id}")),
    ]
}

async fn is_everywhere(relay: &Relay, id: &str) -> anyhow::Result<()> {
    for (path, text) in places(id) {
        relay.serves(&path, &text).await?;
    }
    Ok(())
}

/// P3: gone at once and everywhere; what an offline coordinator still wanted to publish does not bring it back.
pub(super) async fn a_withdrawn_story_stays_gone(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let cor = member(stage, &relay, &ana, "Cor", COORDINATOR).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let id = brings_online(&bea, &ana, &SOUP).await?;
    is_everywhere(&relay, &id).await?;

    // Cor has it in the newest state, loses the connection, and publishes a better version.
    cor.opens(&format!("/app/nalezen/{id}")).await?;
    cor.reads(ONLINE).await?;
    relay.stop().await?;
    publishes_a_better_version(&cor, &id).await?;
    cor.closes_browser().await?;
    relay.start_again().await?;
    finds_signal(&ana).await?;
    finds_signal(&bea).await?;

    ana.presses("Intrekken").await?;
    ana.fills("Reden", "De verteller vroeg het.").await?;
    ana.clicks_twice(Role::Button, "Ja, intrekken").await?;
    ana.sees_no(Role::Button, "Ja, intrekken").await?;
    let address = format!("/verhaal/{id}");
    wait_for("the story is gone", async || {
        Ok((relay.get(&address).await?.status == 410).then_some(()))
    })
    .await?;
    for (path, text) in places(&id) {
        relay.no_longer_serves(&path, &text).await?;
    }
    ana.reads("Ingetrokken").await?;
    bea.reads("Ingetrokken").await?;
    bea.reads("De verteller vroeg het.").await?;
    is_led_to_outcome(&ana, "De verteller vroeg het.").await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.finds_item("Ingetrokken", &[SOUP.title]).await?;

    cor.starts_browser().await?;
    cor.opens(&format!("/app/nalezen/{id}")).await?;
    cor.reads("Ingetrokken").await?;
    sees_it_safe(&cor).await?;
    let reader = stage.person("Lezer", &relay.url()).await?;
    reader.opens(&address).await?;
    reader
        .sees(Role::Heading, "Dit verhaal staat niet meer online")
        .await?;
    reader.looks_over("teruggenomen").await?;
    ensure!(relay.get(&address).await?.status == 410);
    relay.stop().await?;
    relay.start_again().await?;
    ensure!(relay.get(&address).await?.status == 410);
    for person in [&ana, &bea, &cor] {
        person.has_no_complaint_but(LOST_RELAY).await?;
    }
    Ok(())
}

async fn publishes_a_better_version(person: &Person<'_>, id: &str) -> anyhow::Result<()> {
    person.opens(&format!("/app/verhalen/{id}")).await?;
    person.fills("Tips voor anderen", "Begin klein.").await?;
    person.follows("Terug naar nalezen").await?;
    teller_agrees(person).await?;
    approves_story(person).await?;
    publishes(person).await
}

/// P4: who reads needs no script; and whatever a page does not have cannot fail.
pub(super) async fn public_pages_need_no_script(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let reader = stage.person_without_script("Lezer", &relay.url()).await?;
    reader.opens("/").await?;
    reader.sees_plainly("h1", "Verhalen uit Vlaanderen").await?;
    reader.closes_browser().await?;

    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let id = brings_online(&bea, &ana, &SOUP).await?;
    is_everywhere(&relay, &id).await?;
    for path in [
        "/",
        "/verhalen",
        "/privacy",
        "/wie",
        "/aanbod",
        "/contact",
        "/toegankelijkheid",
        &format!("/verhaal/{id}"),
        &format!("/verhaal/{id}/afdruk"),
        &format!("/gemeente/{GENT}"),
    ] {
        let page = relay.get(path).await?;
        ensure!(page.status == 200, "{path} answers {}", page.status);
        let mut scripts = page.body.split("<script").skip(1);
        let is_file = |script: &str| script.contains(" src=\"/") && script.contains("\"></script>");
        ensure!(scripts.all(is_file), "{path} has a script of its own");
        ensure!(!page.body.contains(" style="), "{path} has a style of its own");
        let policy = page.headers.get("content-security-policy");
        ensure!(
            policy.is_some_and(|policy| policy.starts_with("default-src 'none'")),
            "{policy:?}"
        );
        ensure!(!page.headers.contains_key("set-cookie"), "{path} sets a cookie");
    }

    reader.starts_browser().await?;
    reader.opens("/").await?;
    reader.goes_plainly("Lees de verhalen").await?;
    reader.sees_plainly("h1", "Verhalen").await?;
    reader.searches_plainly("zoek", "bakfiets").await?;
    reader.goes_plainly(SOUP.title).await?;
    reader.sees_plainly("h1", SOUP.title).await?;
    reader.goes_plainly("Gent").await?;
    reader.sees_plainly("h1", "Gent").await?;
    reader.goes_plainly("Privacy").await?;
    reader.sees_plainly("h1", "Privacy").await?;
    reader.has_no_complaint().await?;

    let viewer = stage.person("Kijker", &relay.url()).await?;
    for (path, name) in [
        ("/", "publiek-start"),
        ("/verhalen", "publiek-verhalen"),
        ("/verhalen?zoek=nergens", "publiek-niets-gevonden"),
        (&format!("/verhaal/{id}"), "publiek-verhaal"),
        (&format!("/gemeente/{GENT}"), "publiek-gemeente"),
        (&format!("/verhaal/{id}/afdruk"), "publiek-afdruk"),
        (&format!("/insluiten/verhaal/{id}"), "publiek-insluiten"),
        ("/insluiten/verhalen", "publiek-insluiten-lijst"),
        ("/wie", "publiek-wie"),
        ("/aanbod", "publiek-aanbod"),
        ("/contact", "publiek-contact"),
        ("/toegankelijkheid", "publiek-toegankelijkheid"),
        ("/privacy", "publiek-privacy"),
        ("/bestaat-niet", "publiek-bestaat-niet"),
    ] {
        viewer.opens(path).await?;
        viewer.looks_over(name).await?;
    }
    // What a picture shows by its place, the keyboard shows by name.
    viewer.opens("/").await?;
    viewer.tabs_to(Role::Link, "Gent, 1 verhaal").await?;
    let name = "const name = document.activeElement.querySelector('.map__name'); \
        return getComputedStyle(name).display === 'none' ? '' : name.textContent;";
    ensure!(viewer.runs(name).await? == "Gent", "the mark has no name to see");
    viewer.opens(&format!("/verhaal/{id}")).await?;
    viewer.unfolds("Dit verhaal op jouw website").await?;
    viewer.presses("Kopieer de code").await?;
    viewer.is_told(Role::Status, "De code is gekopieerd.").await?;
    for person in [&ana, &bea] {
        person.has_no_complaint().await?;
    }
    // That the last page of the tour is not there is written to the console by itself.
    viewer.has_no_complaint_but(&["404"]).await
}
