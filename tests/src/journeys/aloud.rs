//! What tellers are asked, read aloud: in the voice of the device, and in languages that the network adds.

use super::steps::network::{
    VOLUNTEER, WEBSITE_FIELD, finds_signal, found_network, member, turns_to_texts_in,
};
use super::steps::recording::{START, records_for, stops_recording};
use super::steps::review::reads_again;
use super::steps::story::{SAFE, SOUP, sees_it_safe, submits, writes_whole};
use crate::browser::Engine;
use crate::person::{LOST_RELAY, Person, Role};
use crate::stage::Stage;
use anyhow::ensure;
use std::time::Duration;

const LANGUAGE: &str = "Taal van de tekst";
/// As it is chosen: by the name that Ana knows, and by that of who speaks it.
const ARABIC: &str = "Arabisch · العربية";
/// The list of what is asked in Arabic.
const TEXTS: &str = "Teksten in het Arabisch";
const WEBSITE: &str = "يمكن للجميع قراءة قصتك على الموقع. يمكنك سحبها دائماً.";
const NAME: &str = "يظهر اسمك مع القصة كما تختار. يمكنك أيضاً اختيار اسم آخر.";
/// How long somebody reads two sentences, at least.
const READ: Duration = Duration::from_secs(3);

/// The button is there exactly where a voice of the device speaks Dutch; none that is elsewhere is ever used.
pub(super) async fn consent_texts_are_read_aloud(stage: &Stage) -> anyhow::Result<()> {
    let (_relay, ana) = found_network(stage).await?;
    writes_whole(&ana, &SOUP).await?;
    ana.presses("Toestemming toevoegen").await?;
    ana.sees(Role::Combobox, "Hoe gegeven").await?;
    // The app's own languages are there before the network adds any.
    ana.chooses(LANGUAGE, "Frans · Français").await?;
    ana.reads("Tout le monde peut lire ton récit sur le site.")
        .await?;
    ana.chooses(LANGUAGE, "Nederlands").await?;
    let has_voice = ana
        .waits(
            "sees a button where there is a voice, and none elsewhere",
            async || {
                let has_voice = has_voice_of_the_device(&ana).await?;
                let has_button = ana.is_there(Role::Button, "Voorlezen").await?;
                Ok((has_voice == has_button).then_some(has_voice))
            },
        )
        .await?;
    if has_voice {
        ana.presses("Voorlezen").await?;
        ana.presses("Stoppen").await?;
        ana.sees(Role::Button, "Voorlezen").await?;
    }
    // Nothing was heard to its end.
    ensure!(way_given(&ana).await?.is_empty(), "it counts as read aloud");
    ana.looks_over("toestemming").await?;
    ana.ticks(Role::Checkbox, "Op de website").await?;
    ana.chooses("Hoe gegeven", "Voorgelezen").await?;
    ana.presses("Toestemming vastleggen").await?;
    ana.reads("De toestemming is vastgelegd.").await?;
    records_or_reads_that_she_cannot(&ana, stage.engine).await?;
    ana.has_no_complaint().await
}

/// Sentences are read aloud into the microphone alone: no file is chosen, which would tell more than how it sounds.
async fn records_or_reads_that_she_cannot(ana: &Person<'_>, engine: Engine) -> anyhow::Result<()> {
    turns_to_texts_in(ana, "Frans · Français").await?;
    ana.reads("Deze zinnen staan in de app.").await?;
    if engine == Engine::Webkit {
        ana.reads("Deze browser kan geen geluid opnemen.").await?;
        ana.sees_no(Role::Button, START).await?;
    } else {
        ana.sees(Role::Button, START).await?;
        ana.reads_no("Deze browser kan geen geluid opnemen.").await?;
    }
    let takes_files = ana
        .runs("return !!document.querySelector('main input[type=\"file\"]');")
        .await?;
    ensure!(takes_files == false, "a file can be chosen");
    Ok(())
}

/// A coordinator adds Arabic, with her own voice; a volunteer without a connection asks in it.
pub(super) async fn a_teller_is_asked_in_her_language(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    bea.has_the_app_on_her_device().await?;

    adds_arabic(&ana).await?;
    reads_it_herself(&ana).await?;

    // It comes by itself with the next connection, so that it sounds in a kitchen without signal.
    bea.opens("/app/").await?;
    writes_whole(&bea, &SOUP).await?;
    sees_it_safe(&bea).await?;
    has_the_reading(&bea).await?;
    relay.stop().await?;
    asks_in_arabic(&bea).await?;
    relay.start_again().await?;
    finds_signal(&bea).await?;
    finds_signal(&ana).await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;

    reads_again(&ana, SOUP.title).await?;
    ana.reads("ja, voorgelezen. Gevraagd in deze taal: Arabisch.")
        .await?;
    ana.looks_over("nalezen-taal").await?;
    takes_the_reading_out(&ana).await?;
    ana.has_no_complaint_but(LOST_RELAY).await?;
    bea.has_no_complaint_but(LOST_RELAY).await
}

/// Without a mouse.
async fn adds_arabic(ana: &Person<'_>) -> anyhow::Result<()> {
    ana.enters_menu("Leden").await?;
    ana.enters(Role::Link, "Toestemmingsteksten in andere talen")
        .await?;
    ana.sees(Role::Heading, "Toestemmingsteksten").await?;
    ana.looks_over("teksten-leeg").await?;
    ana.chooses_by_key("Taal", ARABIC).await?;
    ana.sees(Role::Heading, ARABIC).await?;
    // The Dutch sentences stand beside each field, in the order of the form.
    ana.reads("Iedereen kan je verhaal op de website lezen.").await?;
    ana.writes_in(WEBSITE_FIELD, WEBSITE).await?;
    ana.writes_in("Met naam In deze taal", NAME).await?;
    ana.enters(Role::Button, "Bewaren").await?;
    ana.is_told(Role::Status, "De teksten zijn bewaard.").await?;
    ana.reads("2 van 7 teksten vertaald. Versie 1.").await
}

async fn reads_it_herself(ana: &Person<'_>) -> anyhow::Result<()> {
    let part = "Op de website";
    ana.presses_in_item(TEXTS, part, START).await?;
    records_for(ana, READ).await?;
    // It is of what stood there when she began, whatever is typed meanwhile.
    ana.types(WEBSITE_FIELD, "!").await?;
    stops_recording(ana).await?;
    ana.fills(WEBSITE_FIELD, WEBSITE).await?;
    ana.finds_item(TEXTS, &[part, SAFE]).await?;
    // The browser can play what it recorded.
    ana.waits("hears what she read", async || {
        let is_whole = ana
            .runs(
                "const sound = document.querySelector('audio[aria-label=\"Opname van “Op de website”\"]'); \
                 return !!sound && sound.readyState >= 1 && !sound.error;",
            )
            .await?;
        Ok((is_whole == true).then_some(()))
    })
    .await?;
    ana.looks_over("teksten").await
}

/// What was pressed goes; the keyboard stays at the text that it was about.
async fn takes_the_reading_out(ana: &Person<'_>) -> anyhow::Result<()> {
    turns_to_texts_in(ana, ARABIC).await?;
    ana.presses_in_item(TEXTS, "Op de website", "Opname verwijderen")
        .await?;
    ana.says_yes("verwijderen").await?;
    ana.is_told(Role::Status, "De opname is verwijderd.").await?;
    ana.waits("is at the text that it was of", async || {
        let focus = ana.focus().await?;
        Ok((focus.role == "heading" && focus.name == "Op de website").then_some(()))
    })
    .await
}

/// The text and its reading are on her device: she sees the language, and the button where no voice could be.
async fn has_the_reading(bea: &Person<'_>) -> anyhow::Result<()> {
    bea.presses("Toestemming toevoegen").await?;
    bea.chooses(LANGUAGE, ARABIC).await?;
    bea.ticks(Role::Checkbox, "Op de website").await?;
    bea.sees(Role::Button, "Voorlezen").await?;
    bea.presses("Annuleren").await
}

async fn asks_in_arabic(bea: &Person<'_>) -> anyhow::Result<()> {
    bea.presses("Toestemming toevoegen").await?;
    bea.chooses(LANGUAGE, ARABIC).await?;
    bea.reads(WEBSITE).await?;
    let shown = "const text = document.getElementById('mag-website-tekst'); \
        return [text.lang, text.dir, getComputedStyle(text).direction].join(' ');";
    ensure!(bea.runs(shown).await? == "ar rtl rtl");
    // What is not translated cannot be asked, and says so.
    bea.reads("In deze taal (Arabisch) is er nog geen tekst voor alles.")
        .await?;
    bea.reads("Nog geen tekst in deze taal.").await?;
    let is_closed = "return document.querySelector('[aria-labelledby=mag-pers]').disabled;";
    ensure!(bea.runs(is_closed).await? == true, "the press can be asked about");
    bea.ticks(Role::Checkbox, "Op de website").await?;
    bea.looks_over("toestemming-arabisch").await?;
    bea.presses("Voorlezen").await?;
    bea.sees(Role::Button, "Stoppen").await?;
    // Heard to its end, it was read aloud.
    bea.waits("hears it to its end", async || {
        Ok((way_given(bea).await? == "Voorgelezen").then_some(()))
    })
    .await?;
    bea.sees(Role::Button, "Voorlezen").await?;
    bea.presses("Toestemming vastleggen").await?;
    bea.reads("Gevraagd in deze taal: Arabisch (tekst 1)").await
}

/// Whether a voice of the device itself speaks Dutch, as the browser tells.
async fn has_voice_of_the_device(person: &Person<'_>) -> anyhow::Result<bool> {
    let voices = person
        .runs(
            "const voices = window.speechSynthesis?.getVoices() ?? []; \
             return voices.some(voice => voice.localService && /^nl\\b/i.test(voice.lang.replace('_', '-')));",
        )
        .await?;
    Ok(voices == true)
}

/// What is chosen for "Hoe gegeven"; empty while nothing is.
async fn way_given(person: &Person<'_>) -> anyhow::Result<String> {
    let chosen = person
        .runs("const ways = document.getElementById('hoe-gegeven'); return ways.value && ways.selectedOptions[0].textContent;")
        .await?;
    Ok(chosen.as_str().unwrap_or_default().trim().to_owned())
}
