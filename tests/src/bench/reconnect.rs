//! What goes over the socket when a device comes, and when it comes back.
//!
//! ```text
//! Ana  writes N stories ······································ changes a title in 100 of them ·········
//! Bea           joins, a coordinator: first sync ··· offline: changes 20 others ··· comes back: counted
//! ```
//!
//! The bytes are those of the protocol's messages, both ways, until nothing more comes.

use super::{Bench, Figure, float, float_of, median};
use crate::member::{Member, Seen, Traffic};
use anyhow::Context;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::id::ActorId;
use shared::model::{Document, story};
use shared::view::{Field, Role, Whereabouts};
use std::time::Duration;

const FEW: usize = 1_000;
const MANY: usize = 10_000;
const CHANGED: usize = 100;
const PENDING: usize = 20;
/// Each with other stories, so that all are as new.
const ROUNDS: usize = 3;

/// Of the bytes that Automerge itself makes of the changes.
const RAW_TIMES_MAX: f64 = 2.5;
const BYTES_BESIDE_MAX: f64 = 2_000.0;
const SPREAD_PERCENT_MAX: f64 = 5.0;
const TURNS_MAX: f64 = 1.0;
/// First sync: of the bytes of the saved documents, and beside them for each.
const SAVED_TIMES_MAX: f64 = 1.03;
const DOCUMENT_BYTES_BESIDE_MAX: f64 = 460.0;

/// Longer than the relay and the device ever wait before they say something by themselves about what just
/// happened.
const QUIET: Duration = Duration::from_secs(2);

/// Letters about as often as Dutch has them, and in no order that compression could find: real text takes less.
const LETTERS: &[u8] = b"eeeeeeennnnaaatttiiirrroooddddsslllgggvvhhkkmmubbpwjzcf       ";
const TEXT_BYTES: usize = 1_800;

/// What was counted with so many documents.
struct Counted {
    first_sync: f64,
    bytes: f64,
    turns: f64,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let raw = raw_bytes()?;
    let saved = saved_bytes()?;
    let mut figures = Vec::new();
    let mut counted = Vec::new();
    for n_documents in [FEW, MANY] {
        let found = count(bench, n_documents).await?;
        figures.push(Figure::at_most(
            &format!("coming back, {n_documents} documents: bytes"),
            found.bytes,
            RAW_TIMES_MAX * raw + BYTES_BESIDE_MAX,
            "B",
        ));
        figures.push(Figure::at_most(
            &format!("coming back, {n_documents} documents: round trips"),
            found.turns,
            TURNS_MAX,
            "",
        ));
        let n = float(n_documents);
        figures.push(Figure::at_most(
            &format!("first sync, {n_documents} documents: bytes a document"),
            found.first_sync / n,
            SAVED_TIMES_MAX * saved + DOCUMENT_BYTES_BESIDE_MAX,
            "B",
        ));
        counted.push(found.bytes);
    }
    if let [few, many] = counted[..] {
        figures.push(Figure::at_most(
            &format!("coming back, {FEW} and {MANY} documents: difference"),
            (many - few).abs() / few * 100.0,
            SPREAD_PERCENT_MAX,
            "%",
        ));
    }
    let what = format!("  Automerge's own bytes of {CHANGED} + {PENDING} changes");
    figures.push(Figure::told(&what, raw, "B"));
    figures.push(Figure::told("  Automerge's own bytes of a story", saved, "B"));
    Ok(figures)
}

async fn count(bench: &Bench, n_documents: usize) -> anyhow::Result<Counted> {
    let relay = bench.relay(&format!("reconnect-{n_documents}")).await?;
    let url = relay.url();
    let ana = Member::found(&url, &relay.founding_code()?, "BurgersAanZet", "Ana").await?;
    let mut rng = ChaCha20Rng::seed_from_u64(u64::try_from(n_documents)?);
    let mut stories = Vec::with_capacity(n_documents);
    for number in 0..n_documents {
        let (title, text) = (title(number), text(&mut rng));
        stories.push(ana.write_story(&fields(&title, &text)).await?);
    }
    has_sent_all(&ana).await?;

    let invitation = ana.invite(Role::Coordinator).await?;
    let bea = Member::join(&url, &invitation.code, "Bea").await?;
    ana.approve("Bea", &bea.digits().await?).await?;
    has_all(&bea, n_documents).await?;
    let first_sync = quiet(&bea).await;

    let (mut bytes, mut turns) = (Vec::new(), Vec::new());
    for batch in stories.chunks(CHANGED + PENDING).take(ROUNDS) {
        let (changed, pending) = batch.split_at(CHANGED);
        bea.goes_offline().await?;
        for story in changed {
            ana.edit(story, &[(Field::Title, NEW_TITLE)]).await?;
        }
        has_sent_all(&ana).await?;
        for story in pending {
            bea.edit(story, &[(Field::Title, NEW_TITLE)]).await?;
        }
        let before = bea.sees().traffic;
        bea.comes_back().await?;
        bea.until("all changes are there, and safe", |seen| {
            batch.iter().all(|story| {
                seen.rows
                    .get(story)
                    .is_some_and(|row| row.title == NEW_TITLE && row.whereabouts == Whereabouts::Safe)
            })
        })
        .await?;
        let after = quiet(&bea).await;
        bytes.push(float_of(after.bytes() - before.bytes()));
        turns.push(float_of(after.n_turns - before.n_turns));
    }
    bea.stop().await?;
    ana.stop().await?;
    relay.stop().await?;
    Ok(Counted {
        first_sync: float_of(first_sync.bytes()),
        bytes: median(bytes),
        turns: median(turns),
    })
}

/// Waits as long as it goes on.
pub(super) async fn has_sent_all(member: &Member) -> anyhow::Result<()> {
    loop {
        let left = member.sees().link.unsent_documents;
        if left == 0 {
            return Ok(());
        }
        member
            .until("it sends more", |seen| seen.link.unsent_documents < left)
            .await?;
    }
}

/// Waits as long as it goes on.
async fn has_all(member: &Member, n_documents: usize) -> anyhow::Result<()> {
    let progress = |seen: &Seen| {
        let n_readable = seen.rows.values().filter(|row| !row.unreadable).count();
        (n_readable, seen.traffic.bytes_received, seen.link.backfill_left)
    };
    loop {
        let seen = member.sees();
        let known = progress(&seen);
        if known.0 == n_documents && seen.link.backfill_left.is_none() {
            return Ok(());
        }
        member.until("more comes", |seen| progress(seen) != known).await?;
    }
}

/// What went over the socket, once nothing more does.
async fn quiet(member: &Member) -> Traffic {
    let mut traffic = member.sees().traffic;
    loop {
        tokio::time::sleep(QUIET).await;
        let now = member.sees().traffic;
        if now == traffic {
            return now;
        }
        traffic = now;
    }
}

const NEW_TITLE: &str = "De soepkar rijdt weer";

pub(super) fn title(number: usize) -> String {
    format!("De soepkar van straat {number:05}")
}

pub(super) fn text(rng: &mut impl Rng) -> String {
    let mut letters = [0; TEXT_BYTES];
    rng.fill_bytes(&mut letters);
    let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).copied();
    letters.into_iter().filter_map(letter).map(char::from).collect()
}

pub(super) fn fields<'a>(title: &'a str, text: &'a str) -> [(Field, &'a str); 4] {
    [
        (Field::Title, title),
        (Field::Happened, text),
        (Field::Summary, "Buren koken samen, en wie alleen is, eet mee."),
        (Field::Municipality, "44021"),
    ]
}

/// A story as the members write it.
fn written(actor: ActorId) -> anyhow::Result<Document> {
    let mut document = story::create(actor);
    let text = text(&mut ChaCha20Rng::seed_from_u64(0));
    for (field, value) in fields(&title(0), &text) {
        story::set(&mut document, field, value).context("write a field")?;
    }
    Ok(document)
}

fn saved_bytes() -> anyhow::Result<f64> {
    Ok(float(written(ActorId([1; 16]))?.save().len()))
}

/// Bytes of the changes as Automerge writes them: by the author, and by another.
fn raw_bytes() -> anyhow::Result<f64> {
    let mut document = written(ActorId([1; 16]))?;
    let saved = document.save();
    drop(document.take_changes());
    let mut by_other = Document::load(&saved, ActorId([2; 16])).context("load what was saved")?;
    let len = |document: &mut Document| -> anyhow::Result<f64> {
        story::set(document, Field::Title, NEW_TITLE).context("write a title")?;
        Ok(float(document.take_changes().concat().len()))
    };
    Ok(float(CHANGED) * len(&mut document)? + float(PENDING) * len(&mut by_other)?)
}
