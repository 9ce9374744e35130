//! Markup in every field, wherever what people write is shown.

use super::steps::network::{
    MEMBERS, POLISH, VOLUNTEER, WEBSITE_FIELD, follows_invitation, invites_and_leaves, turns_to_texts_in,
};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::review::{ONLINE, QUEUE, approves_story};
use super::steps::story::{
    LINES, MINE, PHOTOS, PROSES, SAFE, adds_photos, id_of_story, records_consent, sees_it_safe, starts_story,
    submits,
};
use crate::browser::Engine;
use crate::person::{Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use anyhow::{Context, ensure};
use std::time::Duration;

/// Runs if anything of it is taken for more than letters; short enough for a name.
const NAME: &str = "<img src=x onerror=kraak=1>&amp;\u{200f}🦊";
/// The same in all the ways that are known, as long as a title may be.
const LINE: &str = "<script>kraak=1</script><img src=x onerror=\"kraak=1\"><svg onload='kraak=1'>&lt;b&gt; \
    </textarea></title>\u{202e}\u{200f}🦊👩‍👧";
/// And with links.
const PROSE: &str = "[klik](javascript:kraak=1) <a href=\"javascript:kraak=1\" onclick=\"kraak=1\">hier</a> \
    <iframe srcdoc=\"<script>parent.kraak=1</script>\"></iframe><form action=javascript:kraak=1>{{kraak}}${kraak}]]>";

/// What is told of a photo, and of a recording.
const DESCRIPTION: &str = "Beschrijving van de foto";
const WHO: &str = "Wie staat erop?";
const WRITTEN: &str = "Uitgeschreven tekst";

/// How the title begins, before all marks.
const TITLE_START: &str = "Titel <script>kraak=1</script><img src=x";

/// P6, W1: whatever people write is letters, wherever it is shown.
pub(super) async fn markup_stays_text(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    let network = format!("Netwerk {NAME}");
    let (founder, volunteer) = (format!("Ana {NAME}"), format!("Bea {NAME}"));
    ana.opens("/app/oprichten").await?;
    ana.pastes("Naam van het netwerk", &network).await?;
    ana.pastes("Jouw naam", &founder).await?;
    ana.fills("Stichtcode", &relay.founding_code()?).await?;
    ana.presses("Oprichten").await?;
    turns_to_texts_in(&ana, POLISH).await?;
    ana.pastes(WEBSITE_FIELD, &asked()).await?;
    ana.presses("Bewaren").await?;
    ana.is_told(Role::Status, "De teksten zijn bewaard.").await?;
    let invitation = invites_and_leaves(&ana, VOLUNTEER).await?;

    let bea = stage.person("Bea", &relay.url()).await?;
    follows_invitation(&bea, &relay, &invitation).await?;
    shows(&bea, &[&network]).await?;
    bea.pastes("Jouw naam", &volunteer).await?;
    bea.presses("Meedoen").await?;
    ana.goes_to("Leden", "/app/leden").await?;
    ana.sees(Role::Button, "Goedkeuren").await?;
    shows(&ana, &[&founder, &volunteer]).await?;
    ana.presses("Goedkeuren").await?;
    ana.sees_no(Role::Button, "Goedkeuren").await?;
    ana.finds_item(MEMBERS, &["Bea <img"]).await?;
    shows(&ana, &[&founder, &volunteer]).await?;
    bea.opens("/app/").await?;
    shows(&bea, &[&network, &volunteer]).await?;

    let id = writes_it(&bea, stage).await?;
    let title = format!("Titel {LINE}");
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.finds_item(MINE, &[TITLE_START, SAFE]).await?;
    shows(&bea, &[&title]).await?;

    ana.goes_to("Nalezen", "/app/nalezen").await?;
    shows(&ana, &[&title, &volunteer]).await?;
    ana.follows_item(QUEUE, TITLE_START).await?;
    let lines = LINES.map(|field| format!("{field} {LINE}"));
    let proses = PROSES.map(|field| format!("{field} {PROSE}"));
    let (teller, other_name) = (format!("Naam {NAME}"), format!("Anders {NAME}"));
    let written = || lines.iter().chain(&proses).map(String::as_str);
    let told = told_of_media(stage);
    let told = told.iter().map(|(_, text)| text.as_str());
    let whole = written()
        .chain([teller.as_str(), other_name.as_str()])
        .chain(told);
    shows(&ana, &whole.collect::<Vec<_>>()).await?;
    comes_back_twice(&ana, &bea, &id).await?;
    approves_story(&ana).await?;
    ana.presses("Voorbeeld").await?;
    let is_public = |text: &&str| !text.starts_with("Precieze") && !text.starts_with("Telefoon");
    let public: Vec<_> = written().filter(is_public).chain([other_name.as_str()]).collect();
    ana.waits("is shown all that is public", async || {
        let preview = as_told(&ana.text_of(Role::Region, "Voorbeeld").await?);
        for text in &public {
            ensure!(
                preview.contains(&as_told(text)),
                "the preview lacks {text}: {preview}"
            );
        }
        Ok(Some(()))
    })
    .await?;
    shows(&ana, &public).await?;
    ana.presses("Publiceren").await?;
    ana.reads(ONLINE).await?;
    ana.goes_to("Kaart", "/app/kaart").await?;
    let order = "const [map, list] = ['.map', '.places'].map(part => document.querySelector(part)); \
        return map.compareDocumentPosition(list) === Node.DOCUMENT_POSITION_FOLLOWING";
    ana.follows("Gent 1").await?;
    ensure!(ana.runs(order).await? == true, "the map is not before the list");
    shows(&ana, &[&title]).await?;

    let reader = stage.person("Lezer", &relay.url()).await?;
    relay.serves("/verhalen", &id).await?;
    let story = format!("/verhaal/{id}");
    for (path, texts) in [
        ("/", &[network.as_str(), &title][..]),
        ("/verhalen", &[&title]),
        ("/verhalen?zoek=%3Cscript%3Ekraak%3D1%3C%2Fscript%3E", &[&title]),
        (
            "/verhalen?zoek=%22%3E%3Cimg%20src%3Dx%20onerror%3Dkraak%3D1%3E",
            &[],
        ),
        ("/gemeente/44021", &[&title]),
        (&story, &public),
    ] {
        reader.opens(path).await?;
        shows(&reader, texts).await?;
    }
    let alt = reader
        .runs("return document.querySelector('main img').alt")
        .await?;
    ensure!(alt == format!("{DESCRIPTION} {LINE}"), "the photo says {alt}");
    feeds_hold_it(&relay, &reader, &network, &title).await?;

    let reason = format!("Reden {PROSE}");
    ana.opens(&format!("/app/nalezen/{id}")).await?;
    ana.presses("Intrekken").await?;
    ana.pastes("Reden", &reason).await?;
    ana.finds_the_page_accessible().await?;
    ana.says_yes("intrekken").await?;
    ana.reads("Ingetrokken").await?;
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    bea.reads("Ingetrokken").await?;
    shows(&bea, &[&title, &reason]).await?;
    for person in [&ana, &bea, &reader] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

/// A text as drivers tell it: some leave out the marks for the direction of writing.
fn as_told(text: &str) -> String {
    text.replace(['\u{200f}', '\u{202e}'], "")
}

/// What a teller is asked in Polish.
fn asked() -> String {
    format!("Op de website {PROSE}")
}

/// What is told of two photos and, where the browser can record, of a recording: each with its field.
fn told_of_media(stage: &Stage) -> Vec<(&'static str, String)> {
    let mut told = vec![
        (DESCRIPTION, format!("{DESCRIPTION} {LINE}")),
        (WHO, format!("{WHO} {NAME}")),
    ];
    if can_record(stage) {
        told.push((WRITTEN, format!("{WRITTEN} {PROSE}")));
    }
    told
}

/// The browser around WebKitGTK cannot.
fn can_record(stage: &Stage) -> bool {
    stage.engine != Engine::Webkit
}

/// Adds what can be told of, and tells it. The first photo may go online: nobody is on it.
async fn adds_media(person: &Person<'_>, stage: &Stage) -> anyhow::Result<()> {
    adds_photos(person, stage.folder(), 2).await?;
    for (photo, answer) in [("Foto 1", "Nee"), ("Foto 2", "Ja")] {
        person.ticks_in_item(PHOTOS, photo, Role::Radio, answer).await?;
    }
    if can_record(stage) {
        starts_recording(person).await?;
        records_for(person, Duration::from_secs(1)).await?;
        stops_recording(person).await?;
    }
    for (field, text) in told_of_media(stage) {
        person.pastes(field, &text).await?;
    }
    Ok(())
}

/// A coordinator asks something, then says why it stays inside: both are told as letters.
async fn comes_back_twice(ana: &Person<'_>, bea: &Person<'_>, id: &str) -> anyhow::Result<()> {
    let question = format!("Vraag {PROSE}");
    ana.presses("Terugvragen").await?;
    ana.pastes("Vraag aan de vrijwilliger", &question).await?;
    ana.says_yes("terugvragen").await?;
    shows(ana, &[&question]).await?;
    hands_it_in_again(bea, ana, id, &question).await?;

    let explanation = format!("Uitleg {PROSE}");
    ana.presses("Niet publiceren").await?;
    ana.picks("Reden", "Het verhaal staat er al").await?;
    ana.pastes("Meer uitleg, alleen voor het netwerk", &explanation)
        .await?;
    ana.says_yes("bij het netwerk houden").await?;
    shows(ana, &[&explanation]).await?;
    hands_it_in_again(bea, ana, id, &explanation).await
}

async fn hands_it_in_again(bea: &Person<'_>, ana: &Person<'_>, id: &str, told: &str) -> anyhow::Result<()> {
    bea.opens(&format!("/app/verhalen/{id}")).await?;
    shows(bea, &[told]).await?;
    submits(bea).await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.follows_item(QUEUE, TITLE_START).await
}

/// Writes markup in every field of a story, with two consents, and hands it in.
async fn writes_it(person: &Person<'_>, stage: &Stage) -> anyhow::Result<String> {
    starts_story(person).await?;
    for field in LINES {
        person.pastes(field, &format!("{field} {LINE}")).await?;
    }
    for field in PROSES {
        person.pastes(field, &format!("{field} {PROSE}")).await?;
    }
    person.pastes("Gemeente", LINE).await?;
    person.reads("Geen gemeente gevonden").await?;
    shows(person, &[]).await?;
    person.looks_up("Gemeente", "9000", "Gent").await?;
    person
        .pastes("Naam van de verteller", &format!("Naam {NAME}"))
        .await?;
    person.picks("Naam online", "Andere naam").await?;
    person.pastes("Andere naam", &format!("Anders {NAME}")).await?;
    adds_media(person, stage).await?;
    let whom = format!("Wie {NAME}");
    person.presses("Toestemming toevoegen").await?;
    person.chooses("Taal van de tekst", POLISH).await?;
    shows(person, &[&asked()]).await?;
    person.pastes("Voor wie", &whom).await?;
    person.ticks(Role::Checkbox, "Op de website").await?;
    person.chooses("Hoe gegeven", "Voorgelezen").await?;
    person.presses("Toestemming vastleggen").await?;
    person.sees_no(Role::Button, "Toestemming vastleggen").await?;
    records_consent(person, &["Op de website", "Met naam"]).await?;
    submits(person).await?;
    sees_it_safe(person).await?;
    shows(person, &[&whom, &format!("Titel {LINE}")]).await?;
    for field in LINES {
        person.finds_in(field, &format!("{field} {LINE}")).await?;
    }
    for field in PROSES {
        person.finds_in(field, &format!("{field} {PROSE}")).await?;
    }
    for (field, text) in told_of_media(stage) {
        person.finds_in(field, &text).await?;
    }
    id_of_story(person).await
}

/// The page shows these texts letter by letter; nothing of any became an element, nothing ran, and axe finds nothing.
async fn shows(person: &Person<'_>, texts: &[&str]) -> anyhow::Result<()> {
    const LOOK: &str = "return [
        ...document.querySelectorAll('iframe, [onerror], [onload], [onclick], [src=x], [href^=javascript], main b, main form[action^=javascript]'),
        ...Array.from(document.scripts).filter(script => script.textContent.includes('kraak')),
      ].map(element => element.outerHTML).concat(window.kraak ?? [])";
    for text in texts {
        person
            .waits(&format!("is shown {text}"), async || {
                let is_seen = as_told(&person.page_text().await?).contains(&as_told(text));
                let whole = person.runs("return document.body.textContent").await?;
                let is_whole = whole.as_str().is_some_and(|whole| whole.contains(text));
                Ok((is_seen && is_whole).then_some(()))
            })
            .await?;
    }
    let harm = person.runs(LOOK).await?;
    ensure!(
        harm.as_array().is_some_and(Vec::is_empty),
        "{} has {harm}",
        person.address().await?
    );
    person.finds_the_page_accessible().await
}

/// What machines read is well-formed, and says the same.
async fn feeds_hold_it(relay: &Relay, reader: &Person<'_>, network: &str, title: &str) -> anyhow::Result<()> {
    for (path, texts) in [("/feed.atom", &[network, title][..]), ("/sitemap.xml", &[])] {
        let feed = serde_json::to_string(&relay.get(path).await?.body)?;
        let parse = format!(
            "const feed = new DOMParser().parseFromString({feed}, 'application/xml');
            return [feed.getElementsByTagName('parsererror').length,
              ...Array.from(feed.getElementsByTagName('title'), title => title.textContent.replace(/\\s+/g, ' '))]"
        );
        let parsed = reader.runs(&parse).await?;
        let parsed = parsed.as_array().context("no list")?;
        ensure!(
            parsed.first().is_some_and(|errors| *errors == 0),
            "{path} is no XML"
        );
        ensure!(parsed.iter().skip(1).eq(texts), "{path} says {parsed:?}");
    }
    let points: serde_json::Value = serde_json::from_str(&relay.get("/verhalen.geojson").await?.body)?;
    let name = points.pointer("/features/0/properties/title");
    ensure!(
        name.is_some_and(|name| *name == title),
        "the map's data say {points}"
    );
    Ok(())
}
