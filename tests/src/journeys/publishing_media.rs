//! Photos and sound, from the volunteer's phone to the public page, and gone again.

use super::steps::network::{VOLUNTEER, found_network, member};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::review::{ONLINE, approves_story, publishes, reads_again, withdraws};
use super::steps::story::{
    PHOTOS, RECORDINGS, SAFE, SOUP, opens_story, records_consent, records_consent_of_pictured, sees_it_safe,
    submits, writes_whole,
};
use crate::browser::Engine;
use crate::camera::{EXIF_WORDS, exif_with_place, jpeg};
use crate::person::{Person, Role};
use crate::public::Answer;
use crate::relay::Relay;
use crate::stage::Stage;
use crate::traces;
use crate::wait::wait_for;
use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DESCRIPTION: &str = "Beschrijving van de foto";
const ALT: &str = "Rosa roert in een grote ketel.";
const SPOKEN: &str = "Het begon met een kapotte keuken, zei ze.";

/// The name of a file on her phone.
const FILE: &str = "keuken-MERKTEKEN.jpg";

/// P1, P2, P3, W5: what everybody concerned allows is shown, the rest says why it stays inside, and what is taken back
/// is gone.
pub(super) async fn a_story_with_photos_and_sound_is_published(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let id = writes_whole(&bea, &SOUP).await?;
    takes_photos(&bea, &stage.folder().join("camera")).await?;
    // The browser around WebKitGTK cannot record sound.
    let has_sound = stage.engine != Engine::Webkit;
    if has_sound {
        records(&bea).await?;
    }
    records_consent(&bea, &["Op de website", "Met naam", "Met stem"]).await?;
    records_consent_of_pictured(&bea, "Rosa Claes").await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;
    for photo in ["Foto 1", "Foto 2", "Foto 3"] {
        bea.finds_item(PHOTOS, &[photo, SAFE]).await?;
    }

    reads_again(&ana, SOUP.title).await?;
    ana.finds_item(PHOTOS, &["Foto 3", "nog geen toestemming “Met foto” van Bert"])
        .await?;
    approves_story(&ana).await?;
    ana.presses("Voorbeeld").await?;
    for stays in [
        "Foto 2: Er is nog geen beschrijving.",
        "Foto 3: Er is nog geen toestemming “Met foto” van Bert.",
    ] {
        ana.reads(stays).await?;
    }
    let of_sound = [
        "Opname 2: Zonder uitgeschreven tekst komt een opname niet online.",
        "Opname 3: Deze opname is alleen om uit te schrijven.",
        "Wat alleen opgenomen is om uit te schrijven, wordt nu gewist.",
        SPOKEN,
    ];
    for words in of_sound.into_iter().filter(|_| has_sound) {
        ana.reads(words).await?;
    }
    shows_pictures(&ana, "dialog[open] img", 1).await?;
    ana.looks_over("voorbeeld-met-fotos").await?;
    ana.presses("Publiceren").await?;
    ana.reads(ONLINE).await?;
    for person in [&ana, &bea].into_iter().filter(|_| has_sound) {
        person
            .finds_item(RECORDINGS, &["Opname 3", "De opname is gewist"])
            .await?;
    }
    bea.looks_over("opname-gewist").await?;

    let page = format!("/verhaal/{id}");
    let (photo, sound) = is_public(&relay, &page, has_sound).await?;
    let reader = stage.person("Lezer", &relay.url()).await?;
    reader.opens(&page).await?;
    shows_pictures(&reader, "main img", 1).await?;
    if has_sound {
        reader
            .waits("finds the sound", async || {
                let ask = "const sound = document.querySelector('audio'); if (!sound) return null;
                    if (sound.preload !== 'metadata') { sound.preload = 'metadata'; sound.load(); }
                    return sound.readyState;";
                let state = reader.runs(ask).await?.as_u64().unwrap_or_default();
                Ok((state >= 1).then_some(()))
            })
            .await?;
        reader.unfolds("Lees wat er gezegd wordt").await?;
        reader.reads(SPOKEN).await?;
    }
    reader.looks_over("publiek-verhaal-met-fotos").await?;
    reader.opens(&format!("{page}/afdruk")).await?;
    shows_pictures(&reader, "main img", 1).await?;
    reader.looks_over("publiek-afdruk-met-fotos").await?;
    // P1: neither where it was taken nor what it was called is anywhere at the relay.
    traces::must_hold_none(relay.folder(), &[EXIF_WORDS, "MERKTEKEN"])?;

    let kept = |medium: &Medium| {
        let middle = medium.bytes.get(300..364).context("a short file")?;
        traces::search_bytes(&relay.data(), middle)
    };
    ensure!(!kept(&photo)?.is_empty(), "the search finds what is there");
    takes_a_photo_back(&bea, &ana, &relay, &page, has_sound).await?;
    ensure!(relay.get(&photo.path).await?.status == 404);
    is_gone("the photo", async || Ok(kept(&photo)?.is_empty())).await?;

    if let Some(sound) = &sound {
        ensure!(relay.get(&sound.path).await?.status == 200);
        ensure!(!kept(sound)?.is_empty(), "the search finds what is there");
        removes_what_is_heard(&bea, &ana, &relay, &page).await?;
        is_gone("the sound", async || Ok(kept(sound)?.is_empty())).await?;
        ensure!(relay.get(&sound.path).await?.status == 404);
    }
    withdraws(&ana, "De verteller vroeg het.").await?;
    is_gone("the page", async || Ok(relay.get(&page).await?.status == 410)).await?;
    for person in [&ana, &bea, &reader] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

/// Three photos: one that may be shown, one without a description, one of somebody who was not asked.
async fn takes_photos(bea: &Person<'_>, folder: &Path) -> anyhow::Result<()> {
    let files = files(folder)?;
    let files: Vec<_> = files.iter().map(PathBuf::as_path).collect();
    bea.adds_files("Foto toevoegen", &files).await?;
    bea.is_told(Role::Status, "3 foto's zijn toegevoegd.").await?;
    for (photo, description, faces, who) in [
        ("Foto 1", ALT, "Ja", "Rosa Claes"),
        ("Foto 2", "", "Nee", ""),
        ("Foto 3", "Bert wast af.", "Ja", "Bert"),
    ] {
        if !description.is_empty() {
            bea.fills_in_item(PHOTOS, photo, DESCRIPTION, description).await?;
        }
        bea.ticks_in_item(PHOTOS, photo, Role::Radio, faces).await?;
        if !who.is_empty() {
            bea.fills_in_item(PHOTOS, photo, "Wie staat erop?", who).await?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let exif = exif_with_place();
    let shades: [fn(u32, u32) -> u32; 3] = [
        |column, row| column + row,
        |column, row| column * 2 + row,
        |column, row| column * row / 16,
    ];
    let names = [FILE, "kar.jpg", "afwas.jpg"];
    let mut paths = Vec::new();
    for (name, shade) in names.into_iter().zip(shades) {
        let photo = jpeg(2016, 1512, Some(&exif), |column, row| {
            u8::try_from(shade(column, row) % 256).unwrap_or_default()
        });
        let path = folder.join(name);
        fs::write(&path, photo)?;
        paths.push(path);
    }
    Ok(paths)
}

/// Three recordings: the first is written down, the third is there for nothing else.
async fn records(bea: &Person<'_>) -> anyhow::Result<()> {
    for recording in ["Opname 1", "Opname 2", "Opname 3"] {
        starts_recording(bea).await?;
        records_for(bea, Duration::from_secs(3)).await?;
        stops_recording(bea).await?;
        bea.finds_item(RECORDINGS, &[recording, "Deel 1 beluisteren"])
            .await?;
    }
    bea.fills_in_item(RECORDINGS, "Opname 1", "Uitgeschreven tekst", SPOKEN)
        .await?;
    bea.ticks_in_item(
        RECORDINGS,
        "Opname 3",
        Role::Checkbox,
        "Alleen om uit te schrijven",
    )
    .await
}

/// A photo or a sound as the public gets it.
struct Medium {
    path: String,
    bytes: Vec<u8>,
}

/// The page shows one photo, and one sound if there is one, and the relay sends them as it should.
async fn is_public(relay: &Relay, page: &str, has_sound: bool) -> anyhow::Result<(Medium, Option<Medium>)> {
    let html = relay.serves(page, ALT).await?.body;
    for inside in ["Bert", "Rosa Claes", EXIF_WORDS, "MERKTEKEN"] {
        ensure!(!html.contains(inside), "the page holds “{inside}”");
    }
    let photos = addresses(&html, "<img", "src=\"");
    let sounds = addresses(&html, "<audio", "src=\"");
    let [photo] = &photos[..] else {
        anyhow::bail!("it shows {photos:?}");
    };
    ensure!(sounds.len() == usize::from(has_sound), "it plays {sounds:?}");
    ensure!(html.contains("property=\"og:image\""));
    let picture = relay.get(photo).await?;
    ensure!(picture.status == 200 && header(&picture, "content-type") == "image/jpeg");
    ensure!(header(&picture, "cache-control") == "public, no-cache");
    ensure!(picture.bytes.starts_with(&[0xff, 0xd8, 0xff]), "it is no JPEG");
    for trace in ["Exif", "GPS", "http://ns.adobe.com", EXIF_WORDS, "MERKTEKEN"] {
        let is_there = memchr::memmem::find(&picture.bytes, trace.as_bytes()).is_some();
        ensure!(!is_there, "“{trace}” is left in the photo");
    }
    let etag = header(&picture, "etag").to_owned();
    let again = relay.get_with(photo, &[("if-none-match", &etag)]).await?;
    ensure!(again.status == 304, "asked again it answers {}", again.status);
    let photo = Medium {
        path: photo.clone(),
        bytes: picture.bytes,
    };
    let Some(sound) = sounds.first() else {
        return Ok((photo, None));
    };
    ensure!(html.contains(&format!("<a href=\"{sound}\" download>")));
    let whole = relay.get(sound).await?;
    ensure!(header(&whole, "content-type").starts_with("audio/"));
    let part = relay.get_with(sound, &[("range", "bytes=100-199")]).await?;
    ensure!(part.status == 206, "a range answers {}", part.status);
    ensure!(Some(&part.bytes[..]) == whole.bytes.get(100..200));
    let beyond = relay.get_with(sound, &[("range", "bytes=99999999-")]).await?;
    ensure!(
        beyond.status == 416,
        "beyond the end it answers {}",
        beyond.status
    );
    let sound = Medium {
        path: sound.clone(),
        bytes: whole.bytes,
    };
    Ok((photo, Some(sound)))
}

/// Rosa takes her consent back: the page goes at once, and comes back without her when a coordinator says so.
async fn takes_a_photo_back(
    bea: &Person<'_>,
    ana: &Person<'_>,
    relay: &Relay,
    page: &str,
    has_sound: bool,
) -> anyhow::Result<()> {
    opens_story(bea, SOUP.title).await?;
    bea.presses_in_item("Toestemmingen", "Rosa Claes", "Toestemming intrekken")
        .await?;
    bea.says_yes("intrekken").await?;
    bea.is_told(Role::Status, "De toestemming is ingetrokken.")
        .await?;
    sees_it_safe(bea).await?;
    is_gone("the page", async || Ok(relay.get(page).await?.status == 410)).await?;
    bea.is_told(Role::Status, "Het verhaal staat niet meer op de website.")
        .await?;
    ana.finds_item(
        PHOTOS,
        &[
            "Foto 1",
            "De toestemming “Met foto” van Rosa Claes is ingetrokken.",
        ],
    )
    .await?;
    ana.reads("Een toestemming is ingetrokken, of iets van dit verhaal mag niet meer getoond worden.")
        .await?;
    ana.reads("Rosa Claes (Iemand op een foto) · Ingetrokken: Met foto")
        .await?;
    ana.looks_over("nalezen-foto-teruggenomen").await?;
    ana.presses("Voorbeeld").await?;
    ana.reads("Foto 1: De toestemming “Met foto” van Rosa Claes is ingetrokken.")
        .await?;
    ana.presses("Publiceren").await?;
    ana.reads(ONLINE).await?;
    let left = if has_sound { SPOKEN } else { SOUP.title };
    let html = relay.serves(page, left).await?.body;
    ensure!(!html.contains(ALT) && addresses(&html, "<img", "src=\"").is_empty());
    Ok(())
}

/// Bea removes the recording that the page plays, and is told what that means: the page goes at once. A coordinator finds
/// the story among those that she can publish.
async fn removes_what_is_heard(
    bea: &Person<'_>,
    ana: &Person<'_>,
    relay: &Relay,
    page: &str,
) -> anyhow::Result<()> {
    bea.presses_in_item(RECORDINGS, "Opname 1", "Opname verwijderen")
        .await?;
    bea.reads("Toont het verhaal dit online, dan verdwijnt het van de website.")
        .await?;
    bea.says_yes("verwijderen").await?;
    bea.is_told(Role::Status, "De opname is verwijderd.").await?;
    sees_it_safe(bea).await?;
    is_gone("the page", async || Ok(relay.get(page).await?.status == 410)).await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.follows_item("Klaar om te publiceren", SOUP.title).await?;
    ana.reads("iets van dit verhaal mag niet meer getoond worden")
        .await?;
    publishes(ana).await?;
    ana.reads(ONLINE).await?;
    let html = relay.serves(page, SOUP.title).await?.body;
    ensure!(!html.contains(SPOKEN));
    Ok(())
}

/// Waits until so many pictures are there, each drawn.
async fn shows_pictures(person: &Person<'_>, which: &str, count: u64) -> anyhow::Result<()> {
    let ask = format!(
        "const all = [...document.querySelectorAll({})];
         return all.every(one => one.complete && one.naturalWidth > 0) ? all.length : -1;",
        serde_json::to_string(which)?
    );
    person
        .waits(&format!("sees {count} pictures"), async || {
            Ok((person.runs(&ask).await?.as_u64() == Some(count)).then_some(()))
        })
        .await
}

async fn is_gone(what: &str, is_so: impl AsyncFn() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    wait_for(&format!("{what} is gone"), async || {
        Ok(is_so().await?.then_some(()))
    })
    .await
    .map(drop)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", String::as_str)
}

/// Values of an attribute of all such tags.
fn addresses(html: &str, tag: &str, attribute: &str) -> Vec<String> {
    let tags = html.split(tag).skip(1);
    let values = tags.filter_map(|rest| {
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once(attribute)?;
        Some(value.split_once('"')?.0.to_owned())
    });
    values.collect()
}
