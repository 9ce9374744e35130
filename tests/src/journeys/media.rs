//! Photos and sound, without a connection and with a browser that dies.

use super::steps::ASKS;
use super::steps::network::{VOLUNTEER, finds_signal, found_network, member};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::review::reads_again;
use super::steps::story::{
    MINE, ON_DEVICE, PHOTOS, RECORDINGS, SAFE, opens_story, sees_it_safe, submits, writes,
};
use crate::camera::{EXIF_WORDS, exif_with_place, jpeg};
use crate::person::{LOST_RELAY, Person, Role};
use crate::stage::Stage;
use anyhow::{Context, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const DESCRIPTION: &str = "Beschrijving van de foto";
const TITLE: &str = "De soepkar in beeld";

/// Most bytes of a small picture.
const THUMBNAIL_BYTES_MAX: usize = 20 * 1024;

/// Lets no photo be looked at before it is let go.
const HOLDS_PHOTOS: &str = "const real = window.createImageBitmap.bind(window);
    const held = new Promise(go => { window.letsPhotosGo = go });
    window.createImageBitmap = async (...all) => { await held; return real(...all) };";

/// C2: what was chosen is added although its screen was left, is not called safe before, and what was not added is told
/// wherever she is.
pub(super) async fn chosen_photos_outlive_their_screen(stage: &Stage) -> anyhow::Result<()> {
    let (_relay, ana) = found_network(stage).await?;
    writes(&ana, TITLE, "Het begon met een kapotte keuken.").await?;
    sees_it_safe(&ana).await?;
    let files = Files::make(&stage.folder().join("camera"))?;
    let chosen: Vec<_> = files.all.iter().map(PathBuf::as_path).collect();
    ana.runs(HOLDS_PHOTOS).await?;
    ana.adds_files("Foto toevoegen", &chosen).await?;
    ana.is_told(Role::Status, "Foto 1 van 7 wordt bewaard…").await?;

    ana.goes_to(MINE, "/app/verhalen").await?;
    ana.reads_no("Alles veilig bewaard").await?;
    ensure!(ana.runs(ASKS).await? == true, "the page may be closed unasked");
    opens_story(&ana, TITLE).await?;
    ana.is_told(Role::Status, "Foto 1 van 7 wordt bewaard…").await?;
    ana.goes_to(MINE, "/app/verhalen").await?;
    ana.runs("letsPhotosGo()").await?;
    ana.is_told(Role::Alert, "Niet alle foto's zijn toegevoegd.")
        .await?;
    ana.looks_over("foto-niet-toegevoegd").await?;
    ana.is_told(Role::Status, "Alles veilig bewaard").await?;
    ensure!(ana.runs(ASKS).await? == false, "nothing waits any more");

    ana.follows("Terug naar het verhaal").await?;
    ana.is_told(Role::Alert, "Foto 2 is leeg").await?;
    ana.counts_items(PHOTOS, "Foto", 2).await?;
    ana.reads_no("Niet alle foto's zijn toegevoegd.").await?;
    ana.has_no_complaint().await
}

/// W5, C2, S12: photos of a kitchen without signal, then back home; the coordinator sees them, and not where they were
/// taken.
pub(super) async fn photos_are_added_and_described(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    bea.has_the_app_on_her_device().await?;
    relay.stop().await?;
    writes(&bea, TITLE, "Het begon met een kapotte keuken.").await?;
    let files = Files::make(&stage.folder().join("camera"))?;

    let chosen: Vec<_> = files.all.iter().map(PathBuf::as_path).collect();
    bea.adds_files("Foto toevoegen", &chosen).await?;
    bea.is_told(Role::Status, "2 foto's zijn toegevoegd.").await?;
    for words in [
        "Foto 2 is leeg",
        "Foto 3 is geen foto",
        "Foto 4 is geen foto",
        "Foto 5 gaat hier niet open",
        "Foto 6 is te groot",
    ] {
        bea.is_told(Role::Alert, words).await?;
    }
    bea.counts_items(PHOTOS, "Foto", 2).await?;
    bea.finds_item(PHOTOS, &["Foto 1", ON_DEVICE]).await?;
    // It was taken with the camera on its side.
    ensure!(bea.sees_picture_in(PHOTOS, "Foto 1").await? == (213, 320));
    bea.sees_picture_in(PHOTOS, "Foto 2").await?;
    bea.fills_in_item(PHOTOS, "Foto 1", DESCRIPTION, "Rosa roert in de soep.")
        .await?;
    bea.ticks_in_item(PHOTOS, "Foto 1", Role::Radio, "Ja").await?;
    bea.fills_in_item(PHOTOS, "Foto 1", "Wie staat erop?", "Rosa")
        .await?;
    bea.finds_item(PHOTOS, &["Foto 1", "nog geen toestemming “Met foto” van Rosa"])
        .await?;
    bea.ticks_in_item(PHOTOS, "Foto 2", Role::Radio, "Nee").await?;
    bea.is_told(Role::Status, ON_DEVICE).await?;
    bea.looks_over("fotos").await?;

    // Her phone goes dark; nothing of it is lost.
    let story = bea.address().await?;
    bea.loses_browser()?;
    bea.starts_browser().await?;
    bea.opens(&story).await?;
    bea.finds_item(PHOTOS, &["Foto 1", ON_DEVICE]).await?;
    bea.finds_item(PHOTOS, &["Foto 2", ON_DEVICE]).await?;
    ensure!(bea.sees_picture_in(PHOTOS, "Foto 1").await? == (213, 320));
    let description = bea.reads_in_item(PHOTOS, "Foto 1", DESCRIPTION).await?;
    ensure!(description == "Rosa roert in de soep.", "{description}");

    // One too many goes again.
    bea.adds_files("Foto toevoegen", &[&files.second]).await?;
    bea.counts_items(PHOTOS, "Foto", 3).await?;
    bea.is_told(
        Role::Status,
        "1 foto is toegevoegd. Dit verhaal heeft nu 3 foto's.",
    )
    .await?;
    bea.presses_in_item(PHOTOS, "Foto 3", "Foto verwijderen").await?;
    bea.says_yes("verwijderen").await?;
    bea.is_told(Role::Status, "De foto is verwijderd.").await?;
    bea.counts_items(PHOTOS, "Foto", 2).await?;
    // Where the keyboard goes, the page goes: what is pressed before that is not where it was seen.
    bea.waits("is at “Foto toevoegen” again", async || {
        let focused = bea.runs("return document.activeElement.id").await?;
        Ok((focused == "foto-toevoegen").then_some(()))
    })
    .await?;

    submits(&bea).await?;
    bea.reads("Het is nog niet verstuurd.").await?;
    bea.reads("Foto 1: Er is nog geen toestemming “Met foto” van Rosa.")
        .await?;
    relay.start_again().await?;
    finds_signal(&bea).await?;
    bea.finds_item(PHOTOS, &["Foto 1", SAFE]).await?;
    bea.finds_item(PHOTOS, &["Foto 2", SAFE]).await?;
    bea.reads_no("Het is nog niet verstuurd.").await?;
    bea.has_no_complaint_but(LOST_RELAY).await?;
    is_seen_by_the_coordinator(&ana).await
}

async fn is_seen_by_the_coordinator(ana: &Person<'_>) -> anyhow::Result<()> {
    ana.keeps_what_is_shown().await?;
    reads_again(ana, TITLE).await?;
    ana.finds_item(PHOTOS, &["Foto 1", "Rosa roert in de soep.", "Herkenbaar: Rosa"])
        .await?;
    ensure!(ana.sees_picture_in(PHOTOS, "Foto 1").await? == (213, 320));
    ana.sees_picture_in(PHOTOS, "Foto 2").await?;
    let small = ana.bytes_that_were_shown().await?;
    ensure!(!small.is_empty());
    for bytes in &small {
        ensure!(bytes.len() <= THUMBNAIL_BYTES_MAX, "{} bytes", bytes.len());
    }
    ana.looks_over("nalezen-fotos").await?;
    ana.shows_large(PHOTOS, "Foto 1", 1600).await?;
    ana.looks_over("foto-groot").await?;
    ana.puts_large_away().await?;
    for bytes in ana.bytes_that_were_shown().await? {
        ensure!(bytes.starts_with(&[0xff, 0xd8, 0xff]), "it is no JPEG");
        for trace in ["Exif", "GPS", EXIF_WORDS] {
            let is_there = memchr::memmem::find(&bytes, trace.as_bytes()).is_some();
            ensure!(!is_there, "“{trace}” is left in {} bytes", bytes.len());
        }
    }
    ana.has_no_complaint_but(LOST_RELAY).await
}

/// What lies on her phone.
struct Files {
    all: Vec<PathBuf>,
    second: PathBuf,
}

impl Files {
    fn make(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let exif = exif_with_place();
        // More pixels than older iPhones draw on a canvas.
        let kitchen = jpeg(6000, 4000, Some(&exif), |column, row| {
            u8::try_from((column + row) % 256).unwrap_or_default()
        });
        ensure!(memchr::memmem::find(&kitchen, EXIF_WORDS.as_bytes()).is_some());
        // As fine as leaves in the wind: what takes most bytes.
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut leaves = vec![0; 800 * 600 / 64];
        rng.fill_bytes(&mut leaves);
        let tree = jpeg(800, 600, None, |column, row| {
            let index = usize::try_from(row * 100 + column).unwrap_or_default();
            leaves.get(index).copied().unwrap_or_default()
        });
        let files: [(&str, Vec<u8>); 7] = [
            ("keuken.jpg", kitchen),
            ("leeg.jpg", Vec::new()),
            (
                "tekening.jpg",
                b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            ),
            ("boodschappen.jpg", b"melk, brood, prei".to_vec()),
            (
                "kapot.png",
                png_of(64, 64)?.get(..40).unwrap_or_default().to_vec(),
            ),
            ("bom.png", png_of(20_000, 20_000)?),
            ("boom.jpg", tree),
        ];
        let mut all = Vec::new();
        for (name, bytes) in files {
            let path = folder.join(name);
            fs::write(&path, bytes)?;
            all.push(path);
        }
        let second = all.last().context("no file")?.clone();
        Ok(Self { all, second })
    }
}

/// A white picture of few bytes, however large.
fn png_of(width: u32, height: u32) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let row = usize::try_from(width.div_ceil(8))?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&vec![0xff; row * usize::try_from(height)?])?;
    writer.finish()?;
    Ok(bytes)
}

/// What may be missing of a recording after a phone died.
const LOST_MAX: Duration = Duration::from_secs(5);
/// How long she records: much longer than what may be lost.
const RECORDED: Duration = Duration::from_secs(14);

/// C2, S12: her phone goes dark in the middle of a conversation; then she records once more.
pub(super) async fn a_recording_survives_a_killed_browser(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    ana.closes_browser().await?;
    writes(&bea, TITLE, "Rosa vertelt.").await?;
    starts_recording(&bea).await?;
    let start = Instant::now();
    bea.looks_over("opname").await?;
    records_for(&bea, RECORDED).await?;
    let recorded = start.elapsed();
    bea.loses_browser()?;

    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    opens_story(&bea, TITLE).await?;
    bea.finds_item(RECORDINGS, &["Opname 1", "Deel 1 beluisteren"])
        .await?;
    keeps_the_first(&bea, recorded).await?;

    // Another one is another one.
    starts_recording(&bea).await?;
    bea.presses("Eerste vraag tonen").await?;
    bea.reads("Hoe is het begonnen?").await?;
    records_for(&bea, Duration::from_secs(3)).await?;
    stops_recording(&bea).await?;
    bea.counts_items(RECORDINGS, "Deel 1", 2).await?;
    bea.finds_item(RECORDINGS, &["Opname 2", "Hoe is het begonnen?"])
        .await?;
    bea.fills_in_item(
        RECORDINGS,
        "Opname 2",
        "Uitgeschreven tekst",
        "Het begon in de keuken.",
    )
    .await?;
    bea.ticks_in_item(
        RECORDINGS,
        "Opname 2",
        Role::Checkbox,
        "Alleen om uit te schrijven",
    )
    .await?;
    bea.finds_item(RECORDINGS, &["Opname 1", SAFE]).await?;
    bea.finds_item(RECORDINGS, &["Opname 2", SAFE]).await?;
    bea.looks_over("opnames").await?;
    // As it was, also where it is read from her phone anew.
    opens_story(&bea, TITLE).await?;
    keeps_the_first(&bea, recorded).await?;
    bea.has_no_complaint().await
}

/// What was recorded until her phone went dark can be heard, and lacks little.
async fn keeps_the_first(bea: &Person<'_>, recorded: Duration) -> anyhow::Result<()> {
    bea.presses_a_button_of(RECORDINGS, "Opname 1", "Deel 1 beluisteren")
        .await?;
    let kept = bea.hears_length_of("Opname 1, deel 1").await?;
    ensure!(
        kept + LOST_MAX.as_secs_f64() >= recorded.as_secs_f64(),
        "of {recorded:?} {kept} seconds are kept"
    );
    Ok(())
}
