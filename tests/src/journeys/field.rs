//! From a kitchen without signal to every coordinator, over lines that break or are slow.

use super::steps::network::{
    COORDINATOR, VOLUNTEER, approves, finds_signal, found_network_behind_a_line, invites_and_leaves, member,
};
use super::steps::recording::{records_for, starts_recording, stops_recording};
use super::steps::review::{QUEUE, approves_story, reads_again};
use super::steps::story::{MINE, ON_DEVICE, PHOTOS, RECORDINGS, SAFE, opens_story, submits, writes};
use crate::browser::Engine;
use crate::camera::{EXIF_WORDS, exif_place, exif_with_place, jpeg};
use crate::cutter::{Cutter, Passed};
use crate::member::{Member, Seen};
use crate::person::{LOST_RELAY, Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use crate::traces;
use anyhow::{Context, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::command::Command;
use shared::view::{Field, Role as MemberRole, Standing, StoryState, Whereabouts};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ELSEWHERE: &str = "Nog onderweg van een ander toestel";

// Words that nobody else uses.
const TITLE: &str = "Zilverdistelfeest";
const HAPPENED: &str = "Toen kwam de kwartelvlinderdas voorbij.";
const DESCRIPTION: &str = "Rosa houdt een trommelnevelhaak vast.";
const WHO: &str = "Philomena Wolkenstaart";
const WRITTEN: &str = "En dan zei ze: dwarrelgootpad.";
/// What the files of her photos are called, and their folder.
const FILE: &str = "hazelmuizenkeuken";
const FOLDER: &str = "aanzet-camera-5150";
const WORDS: [&str; 9] = [
    TITLE,
    "kwartelvlinderdas",
    "trommelnevelhaak",
    "Philomena",
    "Wolkenstaart",
    "dwarrelgootpad",
    FILE,
    EXIF_WORDS,
    FOLDER,
];

const N_PHOTOS: usize = 5;
/// A minute of a conversation, and more: without a sound card a busy browser hears less than passes.
const CONVERSATION: Duration = Duration::from_secs(70);
const CONVERSATION_MIN_SECONDS: f64 = 60.0;
/// How long she records before her phone goes dark: much longer than what may be lost.
const CUT_SHORT: Duration = Duration::from_secs(14);
/// What may be missing of a recording after a phone died.
const LOST_MAX: Duration = Duration::from_secs(5);

/// Enough for all text, and too little for any photo.
const TEXT_BYTES: u64 = 96 * 1024;
/// Where each connection breaks, in bytes of both directions.
const BREAK_BYTES: u64 = 256 * 1024;
/// More breaks than there can be.
const BREAKS: usize = 100;

/// W4, C2, S4, S12, W5: a kitchen without signal, from a cold start of the browser; a phone that goes dark in the middle of a
/// recording; a line that breaks all the time. Text comes first, then each photo and recording becomes safe by itself,
/// and a coordinator's new device has every byte of them. None of it can be read where it is not meant to be.
pub(super) async fn a_day_in_the_field_comes_home(stage: &Stage) -> anyhow::Result<()> {
    let (relay, line, ana) = found_network_behind_a_line(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    bea.has_the_app_on_her_device().await?;
    ana.closes_browser().await?;
    bea.closes_browser().await?;
    relay.stop().await?;
    // The browser around WebKitGTK cannot record sound.
    let records = stage.engine != Engine::Webkit;

    let mut day = is_in_the_field(stage, &bea, records).await?;
    finds_it_again(&bea, &mut day).await?;
    let first = text_comes_first(&relay, &line, &bea).await?;
    reads_the_text(&ana).await?;
    let rest = media_follow(&line, &bea, records).await?;
    let up = first.up + rest.up;
    let both = up + first.down + rest.down;

    ana.starts_browser().await?;
    ana.opens("/app/").await?;
    let cor = member(stage, &relay, &ana, "Cor", COORDINATOR).await?;
    let (photos, sounds) = sees_and_hears_all(&cor, records).await?;
    ensure!(photos.len() == N_PHOTOS, "{} photos", photos.len());
    let different: BTreeSet<_> = photos.iter().collect();
    ensure!(different.len() == N_PHOTOS, "two photos are the same");
    for photo in &photos {
        ensure!(day.photos.contains(photo), "a photo is another than was taken");
    }
    ensure!(sounds == day.sounds, "a recording is another than was recorded");
    let media = photos.iter().chain(&sounds).map(Vec::len).sum::<usize>();
    stage.note(
        &format!(
            "{media} bytes of photos and sound: {up} went to the relay, {both} both ways, over {} broken lines",
            line.n_cut()
        ),
        Duration::ZERO,
    );
    // Both directions, with the text, the small pictures and all that a start of the app asks.
    ensure!(both * 2 <= u64::try_from(media)? * 3, "{both} bytes for {media}");
    learns_no_file_name(&relay, &ana).await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    bea.counts_items(MINE, TITLE, 1).await?;
    cor.goes_to("Nalezen", "/app/nalezen").await?;
    cor.counts_items(QUEUE, TITLE, 1).await?;
    for person in [&ana, &bea, &cor] {
        person.has_no_complaint_but(LOST_RELAY).await?;
    }

    // Two browsers are closed, one dies: each leaves something else on the disk.
    ana.closes_browser().await?;
    cor.closes_browser().await?;
    bea.loses_browser()?;
    relay.stop().await?;
    let place = exif_place();
    // What stands at its ends may be kept together with what stands beside it.
    let mut secrets = vec![place.get(4..44).context("too few bytes")?];
    for bytes in photos.iter().chain(&sounds) {
        secrets.push(middle(bytes)?);
    }
    for folder in [relay.folder(), &bea.profile(), &cor.profile()] {
        traces::must_hold_none(folder, &WORDS)?;
        for bytes in &secrets {
            let files = traces::search_bytes(folder, bytes)?;
            ensure!(
                files.is_empty(),
                "bytes of a photo or a recording lie in {files:?}"
            );
        }
    }
    Ok(())
}

/// What the files of the photos are called stands in nothing that a coordinator is shown.
async fn learns_no_file_name(relay: &Relay, ana: &Person<'_>) -> anyhow::Result<()> {
    let dora = native_member(relay, ana, "Dora", COORDINATOR, MemberRole::Coordinator).await?;
    // Handing it in was the last that was done to it.
    let is_there = |seen: &Seen| {
        let mut rows = seen.rows.values();
        rows.any(|row| row.title == TITLE && row.state == StoryState::Submitted)
    };
    let seen = dora.until("the story is there", is_there).await?;
    for id in seen.rows.keys() {
        let view = dora.reads(id).await?;
        ensure!(view.photos.len() == N_PHOTOS, "{view:?}");
        let told = format!("{view:?}");
        for word in [DESCRIPTION, WHO] {
            ensure!(told.contains(word), "“{word}” is not in {told}");
        }
        for word in [FILE, FOLDER] {
            ensure!(!told.contains(word), "“{word}” is in {told}");
        }
    }
    Ok(())
}

/// Some bytes of a photo or a recording that are in no other.
fn middle(bytes: &[u8]) -> anyhow::Result<&[u8]> {
    let rest = bytes.get(bytes.len() / 2..).unwrap_or_default();
    rest.get(..48).context("too short to search for")
}

/// What her camera and her microphone gave.
struct Day {
    /// Every photo, large and small.
    photos: Vec<Vec<u8>>,
    /// Its first recording, and later both: of the second what her device kept.
    sounds: Vec<Vec<u8>>,
    /// How long the second one was when her phone went dark.
    cut_short: Duration,
}

async fn is_in_the_field(stage: &Stage, bea: &Person<'_>, records: bool) -> anyhow::Result<Day> {
    let files = photos(&stage.folder().join(FOLDER))?;
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    writes(bea, TITLE, HAPPENED).await?;
    bea.keeps_what_is_taken().await?;
    if records {
        starts_recording(bea).await?;
    }
    let start = Instant::now();
    // The conversation goes on while she takes photos.
    let files: Vec<_> = files.iter().map(PathBuf::as_path).collect();
    bea.adds_files("Foto toevoegen", &files).await?;
    bea.is_told(Role::Status, "5 foto's zijn toegevoegd.").await?;
    bea.fills_in_item(PHOTOS, "Foto 1", "Beschrijving van de foto", DESCRIPTION)
        .await?;
    bea.ticks_in_item(PHOTOS, "Foto 1", Role::Radio, "Ja").await?;
    bea.fills_in_item(PHOTOS, "Foto 1", "Wie staat erop?", WHO)
        .await?;
    bea.finds_item(PHOTOS, &["Foto 5", ON_DEVICE]).await?;
    let photos = bea.photos_that_were_taken().await?;
    let mut day = Day {
        photos,
        sounds: Vec::new(),
        cut_short: Duration::ZERO,
    };
    if records {
        records_for(bea, CONVERSATION.saturating_sub(start.elapsed())).await?;
        stops_recording(bea).await?;
        bea.fills_in_item(RECORDINGS, "Opname 1", "Uitgeschreven tekst", WRITTEN)
            .await?;
        bea.finds_item(RECORDINGS, &["Opname 1", ON_DEVICE]).await?;
        day.sounds = bea.sounds_that_were_recorded().await?;
        starts_recording(bea).await?;
        day.cut_short = records_for(bea, CUT_SHORT).await?;
    }
    bea.loses_browser()?;
    Ok(day)
}

/// Plays both recordings; gives their bytes.
async fn hears_all(person: &Person<'_>) -> anyhow::Result<Vec<Vec<u8>>> {
    person.keeps_what_is_shown().await?;
    for recording in ["Opname 1", "Opname 2"] {
        person
            .presses_a_button_of(RECORDINGS, recording, "Deel 1 beluisteren")
            .await?;
        person.hears_length_of(&format!("{recording}, deel 1")).await?;
    }
    let mut shown = person.bytes_that_were_shown().await?;
    shown.retain(|bytes| !is_jpeg(bytes));
    Ok(shown)
}

/// On another cold start all is there, and nothing of it is called sent.
async fn finds_it_again(bea: &Person<'_>, day: &mut Day) -> anyhow::Result<()> {
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    bea.finds_item(MINE, &[TITLE, ON_DEVICE]).await?;
    opens_story(bea, TITLE).await?;
    bea.finds_in("Wat gebeurde er?", HAPPENED).await?;
    bea.counts_items(PHOTOS, "Foto", N_PHOTOS).await?;
    for number in 1..=N_PHOTOS {
        bea.finds_item(PHOTOS, &[&format!("Foto {number}"), ON_DEVICE])
            .await?;
    }
    let description = bea
        .reads_in_item(PHOTOS, "Foto 1", "Beschrijving van de foto")
        .await?;
    ensure!(description == DESCRIPTION, "{description}");
    if !day.sounds.is_empty() {
        bea.counts_items(RECORDINGS, "Opname", 2).await?;
        let sounds = hears_all(bea).await?;
        ensure!(
            sounds.first() == day.sounds.first(),
            "the first recording changed"
        );
        day.sounds = sounds;
        let first = bea.hears_length_of("Opname 1, deel 1").await?;
        ensure!(first >= CONVERSATION_MIN_SECONDS, "{first} seconds are kept");
        let second = bea.hears_length_of("Opname 2, deel 1").await?;
        ensure!(
            second + LOST_MAX.as_secs_f64() >= day.cut_short.as_secs_f64(),
            "of {:?} {second} seconds are kept",
            day.cut_short
        );
        bea.finds_item(RECORDINGS, &["Opname 2", ON_DEVICE]).await?;
    }
    submits(bea).await?;
    bea.is_told(Role::Status, ON_DEVICE).await
}

/// There is a little signal, then her phone goes dark.
async fn text_comes_first(relay: &Relay, line: &Cutter, bea: &Person<'_>) -> anyhow::Result<Passed> {
    let before = line.passed();
    line.goes_down_after(TEXT_BYTES);
    relay.start_again().await?;
    bea.waits("has signal for a moment", async || {
        finds_signal(bea).await?;
        Ok(line.is_down().then_some(()))
    })
    .await?;
    let mut photos = bea.items(PHOTOS).await?;
    // What is missing of a photo is a list in its item.
    photos.retain(|item| item.starts_with("Foto"));
    ensure!(photos.len() == N_PHOTOS, "there are {photos:?}");
    for photo in photos {
        ensure!(!photo.contains(SAFE), "it cannot be there: {photo}");
    }
    bea.loses_browser()?;
    line.comes_up();
    Ok(line.passed().since(before))
}

async fn reads_the_text(ana: &Person<'_>) -> anyhow::Result<()> {
    ana.starts_browser().await?;
    ana.opens("/app/").await?;
    reads_again(ana, TITLE).await?;
    ana.reads(HAPPENED).await?;
    ana.reads(DESCRIPTION).await?;
    for number in 1..=N_PHOTOS {
        ana.finds_item(PHOTOS, &[&format!("Foto {number}"), ELSEWHERE])
            .await?;
    }
    ana.looks_over("nalezen-onderweg").await?;
    ana.closes_browser().await
}

/// Nobody touches anything: all becomes safe, however often the line breaks.
async fn media_follow(line: &Cutter, bea: &Person<'_>, records: bool) -> anyhow::Result<Passed> {
    let before = line.passed();
    line.cuts([BREAK_BYTES; BREAKS]);
    bea.starts_browser().await?;
    bea.opens("/app/verhalen").await?;
    opens_story(bea, TITLE).await?;
    let photos = (1..=N_PHOTOS).map(|number| (PHOTOS, format!("Foto {number}")));
    let recordings = (1..=2).map(|number| (RECORDINGS, format!("Opname {number}")));
    let recordings = recordings.filter(|_| records);
    for (list, name) in photos.chain(recordings) {
        bea.waits(&format!("sees {name} safe"), async || {
            finds_signal(bea).await?;
            let items = bea.items(list).await?;
            let is_safe = |item: &String| item.contains(&name) && item.contains(SAFE);
            Ok(items.iter().any(is_safe).then_some(()))
        })
        .await?;
    }
    bea.is_told(Role::Status, SAFE).await?;
    let passed = line.passed().since(before);
    ensure!(line.n_cut() >= 3, "the line broke {} times", line.n_cut());
    line.holds();
    Ok(passed)
}

/// A device that has nothing yet: every photo in full, every recording from beginning to end.
async fn sees_and_hears_all(cor: &Person<'_>, records: bool) -> anyhow::Result<(Vec<Vec<u8>>, Vec<Vec<u8>>)> {
    reads_again(cor, TITLE).await?;
    cor.reads(HAPPENED).await?;
    cor.finds_item(PHOTOS, &["Foto 1", DESCRIPTION, WHO]).await?;
    cor.keeps_what_is_shown().await?;
    for number in 1..=N_PHOTOS {
        let photo = format!("Foto {number}");
        cor.shows_large(PHOTOS, &photo, 1600).await?;
        cor.puts_large_away().await?;
    }
    let mut photos = cor.bytes_that_were_shown().await?;
    photos.retain(|bytes| is_jpeg(bytes) && bytes.len() > SMALL_BYTES_MAX);
    let sounds = if records {
        hears_all(cor).await?
    } else {
        Vec::new()
    };
    Ok((photos, sounds))
}

/// Most bytes of a small picture.
const SMALL_BYTES_MAX: usize = 20 * 1024;

fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff])
}

/// Photos of leaves in the wind, which take many bytes; with all that a camera writes, in a folder and under names that
/// tell much.
fn photos(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let exif = exif_with_place();
    let mut paths = Vec::new();
    for number in 0..N_PHOTOS {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::try_from(number)?);
        let mut leaves = vec![0; 300 * 225];
        rng.fill_bytes(&mut leaves);
        let photo = jpeg(2400, 1800, Some(&exif), |column, row| {
            let index = usize::try_from(row * 300 + column).unwrap_or_default();
            leaves.get(index).copied().unwrap_or_default()
        });
        let path = folder.join(format!("{FILE}-{number}.jpg"));
        fs::write(&path, photo)?;
        paths.push(path);
    }
    ensure!(traces::search_bytes(folder, &exif_place())?.len() == N_PHOTOS);
    Ok(paths)
}

const N_STORIES: usize = 6;
const PHOTOS_OF_A_STORY: usize = 50;
/// Bytes of each small picture, and of each photo.
const SMALL_BYTES: usize = 12 * 1024;
const FULL_BYTES: usize = 24 * 1024;
/// How often the volunteer's line breaks.
const VOLUNTEERS_BREAKS: usize = 12;
/// A line as villages have it.
const SLOW_BITS_PER_SECOND: u64 = 1_600_000;
/// What the text of the stories may take, and a start of the app.
const TEXT_OF_ALL_BYTES: usize = 256 * 1024;

/// S12: a volunteer's three hundred photos go over a line that breaks, text first; a coordinator on a slow line reads and
/// works at once, sees them small, and no whole photo uses her data.
pub(super) async fn three_hundred_photos_come_over_a_slow_line(stage: &Stage) -> anyhow::Result<()> {
    let (relay, line, ana) = found_network_behind_a_line(stage).await?;
    let cor = member(stage, &relay, &ana, "Cor", COORDINATOR).await?;
    cor.has_the_app_on_her_device().await?;
    cor.closes_browser().await?;
    let bea = native_member(&relay, &ana, "Bea", VOLUNTEER, MemberRole::Volunteer).await?;
    ana.closes_browser().await?;

    bea.goes_offline().await?;
    let stories = takes_three_hundred_photos(&bea).await?;
    let n_photos = u32::try_from(N_STORIES * PHOTOS_OF_A_STORY)?;
    let link = bea.sees().link;
    ensure!(
        link.unsent_media == n_photos && link.unsent_since.is_some(),
        "{link:?}"
    );
    // Of a story on the screen she is told where its text is, apart from its photos.
    for id in &stories {
        bea.does(Command::OpenStory { id: id.clone() }).await?;
    }
    line.cuts([BREAK_BYTES; VOLUNTEERS_BREAKS]);
    let before = line.passed();
    bea.comes_back().await?;
    let is_a_photo_through = |seen: &Seen| seen.link.unsent_media < n_photos;
    let seen = bea
        .until("the first photo is through", is_a_photo_through)
        .await?;
    let is_through = |id: &String| {
        let view = seen.stories.get(id);
        view.is_some_and(|view| view.row.whereabouts == Whereabouts::Safe)
    };
    ensure!(stories.iter().all(is_through), "it came before all text");
    let mut n_left = seen.link.unsent_media;
    ensure!(n_left + 10 > n_photos, "{n_left} are left");
    while n_left > 0 {
        let seen = bea
            .until("more is through", |seen| seen.link.unsent_media < n_left)
            .await?;
        n_left = seen.link.unsent_media;
    }
    for story in &stories {
        bea.sees_safe(story).await?;
    }
    ensure!(line.n_cut() == VOLUNTEERS_BREAKS, "{} breaks", line.n_cut());
    let up = line.passed().since(before).up;
    let media = u64::try_from(N_STORIES * PHOTOS_OF_A_STORY * (SMALL_BYTES + FULL_BYTES))?;
    ensure!(up * 2 <= media * 3, "{up} bytes for {media}");

    line.is_slow(SLOW_BITS_PER_SECOND);
    let before = line.passed();
    cor.starts_browser().await?;
    cor.opens("/app/").await?;
    let start = Instant::now();
    reads_again(&cor, "Verhaal 1").await?;
    cor.reads("Er gebeurde veel in straat 1.").await?;
    let first_text = start.elapsed();
    approves_story(&cor).await?;
    let id = stories.first().context("no story")?;
    let is_approved = |seen: &Seen| {
        let row = seen.rows.get(id);
        row.is_some_and(|row| row.state == StoryState::Approved)
    };
    bea.until("it is approved", is_approved).await?;
    let approved = start.elapsed();
    let early = line.passed().since(before).down;
    ensure!(
        early < u64::try_from(N_STORIES * PHOTOS_OF_A_STORY * SMALL_BYTES)?,
        "all pictures came before she could work"
    );
    for number in 1..=N_STORIES {
        if number > 1 {
            reads_again(&cor, &format!("Verhaal {number}")).await?;
        }
        cor.waits("sees all pictures", async || {
            let n_drawn = cor.runs(DRAWN).await?.as_u64();
            ensure!(
                n_drawn == Some(u64::try_from(PHOTOS_OF_A_STORY)?),
                "{n_drawn:?} are drawn"
            );
            Ok(Some(()))
        })
        .await?;
    }
    let down = line.passed().since(before).down;
    stage.note(
        &format!(
            "text after {first_text:?}, approved after {approved:?}, {down} bytes for {n_photos} pictures"
        ),
        start.elapsed(),
    );
    let small = u64::try_from(N_STORIES * PHOTOS_OF_A_STORY * SMALL_BYTES_MAX + TEXT_OF_ALL_BYTES)?;
    ensure!(down <= small, "{down} bytes");
    cor.looks_over("nalezen-vijftig-fotos").await?;
    cor.has_no_complaint_but(LOST_RELAY).await
}

/// How many pictures of the story on the screen are drawn.
const DRAWN: &str = "return [...document.querySelectorAll('main .photos img')]
    .filter(picture => picture.complete && picture.naturalWidth > 0).length";

async fn native_member(
    relay: &Relay,
    ana: &Person<'_>,
    name: &str,
    invited_as: &str,
    role: MemberRole,
) -> anyhow::Result<Member> {
    let invitation = invites_and_leaves(ana, invited_as).await?;
    let member = Member::join(&relay.url(), &invitation.code, name).await?;
    let digits = member.digits().await?;
    approves(ana, name, &digits).await?;
    let is_member =
        |seen: &Seen| matches!(&seen.standing, Some(Standing::Member { role: given, .. }) if *given == role);
    member.until("she is a member", is_member).await?;
    Ok(member)
}

async fn takes_three_hundred_photos(bea: &Member) -> anyhow::Result<Vec<String>> {
    let mut stories = Vec::new();
    for story in 1..=N_STORIES {
        let (title, happened) = (
            format!("Verhaal {story}"),
            format!("Er gebeurde veel in straat {story}."),
        );
        let fields = [
            (Field::Title, title.as_str()),
            (Field::Happened, happened.as_str()),
            (Field::Municipality, "44021"),
        ];
        let id = bea.write_story(&fields).await?;
        for number in 0..PHOTOS_OF_A_STORY {
            let shade = u64::try_from(story * PHOTOS_OF_A_STORY + number)?;
            let photo = of_size(picture(shade, 800, 600), FULL_BYTES, shade);
            let small = of_size(picture(shade, 320, 240), SMALL_BYTES, shade);
            bea.photographs(&id, &photo, &small).await?;
        }
        bea.submit(&id).await?;
        stories.push(id);
    }
    let rows = bea.sees().rows;
    for id in &stories {
        let row = rows.get(id).context("no such story")?;
        ensure!(
            row.whereabouts == Whereabouts::Device && row.n_photos == u32::try_from(PHOTOS_OF_A_STORY)?,
            "{row:?}"
        );
    }
    Ok(stories)
}

fn picture(shade: u64, width: u16, height: u16) -> Vec<u8> {
    let shade = u32::try_from(shade).unwrap_or_default();
    jpeg(width, height, None, |column, row| {
        u8::try_from((column * 5 + row * 3 + shade * 7) % 256).unwrap_or_default()
    })
}

/// Makes a photo as long as a camera's: what follows its end is not looked at.
fn of_size(mut photo: Vec<u8>, len: usize, seed: u64) -> Vec<u8> {
    let mut rest = vec![0; len.saturating_sub(photo.len())];
    ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut rest);
    photo.extend(rest);
    photo
}
