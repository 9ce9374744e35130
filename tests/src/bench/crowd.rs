//! A coordinator's browser with thousands of stories in it, which came over the real protocol.
//!
//! ```text
//! Ana, a native member, writes N stories ── approves Bea ── stops
//! Bea, in a browser, joins by code ── sees the list of stories ─────── first sync ─────► has all of them
//! ```

use super::reconnect::{fields, has_sent_all, text, title};
use super::{Bench, float, float_of};
use crate::line::Line;
use crate::member::Member;
use crate::person::{Moment, Person, Role};
use crate::relay::{Place, Relay, free_address};
use crate::stage::Stage;
use crate::wait::BETWEEN_LOOKS;
use anyhow::{Context, bail};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;
use shared::view::Role as MemberRole;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A first sync in a browser on a busy machine: beyond that it counts as never.
const SYNC_TIME_MAX: Duration = Duration::from_secs(3_600);

/// Heads of documents that are stored, and documents that are still to be applied.
const COUNTS: &str = "const done = arguments[arguments.length - 1];
    indexedDB.open('aanzet').onsuccess = ({ target: { result: database } }) => {
      const look = database.transaction(['heads', 'dirty']);
      const requests = ['heads', 'dirty'].map(table => look.objectStore(table).count());
      look.oncomplete = () => { database.close(); done(requests.map(request => request.result)); };
    };";

/// A browser with so many stories, closed, and its relay, stopped.
#[derive(Debug)]
pub(super) struct Crowd {
    stage: Stage,
    pub(super) url: String,
    /// What its first sync took.
    pub(super) sync: FirstSync,
}

/// What a first sync took: bytes from the relay, of all that goes over the line, and seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstSync {
    pub(super) bytes_to_list: f64,
    pub(super) bytes: f64,
    pub(super) seconds_to_list: f64,
    pub(super) seconds: f64,
    /// Of the core, right after it.
    pub(super) memory: f64,
}

impl Crowd {
    /// Makes it, or takes the one that an earlier benchmark of this run made.
    pub(super) async fn of(bench: &Bench, n_stories: usize) -> anyhow::Result<Rc<Self>> {
        if let Some(known) = bench.crowds.borrow().get(&n_stories) {
            return Ok(Rc::clone(known));
        }
        let crowd = Rc::new(Self::gather(bench, n_stories).await?);
        bench.crowds.borrow_mut().insert(n_stories, Rc::clone(&crowd));
        Ok(crowd)
    }

    /// Bea, at her browser.
    pub(super) async fn bea(&self) -> anyhow::Result<Person<'_>> {
        self.stage.person("Bea", &self.url).await
    }

    async fn gather(bench: &Bench, n_stories: usize) -> anyhow::Result<Self> {
        let stage = bench.stage(&format!("crowd-{n_stories}"))?;
        let address = free_address()?;
        let line = Line::start(address, None).await?;
        let url = line.url();
        let place = Place {
            behind: Some((address, url.clone())),
            ..Place::default()
        };
        let relay = stage.relay_at(place).await?;
        let ana = author(&relay, &url, n_stories).await?;
        let sync = {
            let bea = stage.person("Bea", &url).await?;
            waits_for_approval(&bea, &ana).await?;
            let sync = first_sync(&bea, ana, &line, n_stories).await?;
            bea.closes_browser().await?;
            sync
        };
        relay.stop().await?;
        Ok(Self { stage, url, sync })
    }
}

/// Founds the network and writes all stories.
async fn author(relay: &Relay, url: &str, n_stories: usize) -> anyhow::Result<Member> {
    let ana = Member::found(url, &relay.founding_code()?, "BurgersAanZet", "Ana").await?;
    let mut rng = ChaCha20Rng::seed_from_u64(u64::try_from(n_stories)?);
    for number in 0..n_stories {
        let (title, text) = (title(number), text(&mut rng));
        ana.write_story(&fields(&title, &text)).await?;
    }
    has_sent_all(&ana).await?;
    Ok(ana)
}

/// Joins by code, with the app on the device, and rests at the list.
async fn waits_for_approval(bea: &Person<'_>, ana: &Member) -> anyhow::Result<()> {
    let invitation = ana.invite(MemberRole::Coordinator).await?;
    bea.notes_moments().await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.has_the_app_on_her_device().await?;
    bea.follows("Ik heb een uitnodiging").await?;
    bea.fills("Uitnodigingscode", &invitation.code).await?;
    bea.presses("Verder").await?;
    bea.fills("Jouw naam", "Bea").await?;
    bea.presses("Meedoen").await?;
    ana.finds_member("Bea waits", |row| row.waiting_device.is_some())
        .await?;
    bea.opens("/app/verhalen").await?;
    bea.sees(Role::Heading, "Mijn verhalen").await?;
    Ok(())
}

async fn first_sync(
    bea: &Person<'_>,
    ana: Member,
    line: &Line,
    n_stories: usize,
) -> anyhow::Result<FirstSync> {
    let row = ana
        .finds_member("Bea waits", |row| row.waiting_device.is_some())
        .await?;
    let (bytes_before, start) = (line.bytes_down(), Instant::now());
    ana.approve("Bea", &row.digits.context("she has digits")?).await?;
    ana.stop().await?;
    let so_far = || {
        let bytes = line.bytes_down() - bytes_before;
        (float_of(bytes), start.elapsed().as_secs_f64())
    };
    until("the list is there", async || bea.has_come(Moment::List).await).await?;
    let (bytes_to_list, seconds_to_list) = so_far();
    until("all stories are there", async || {
        let counts = bea.runs_and_waits(COUNTS).await?;
        Ok(counts == json!([n_stories, 0]))
    })
    .await?;
    let (bytes, seconds) = so_far();
    Ok(FirstSync {
        bytes_to_list,
        bytes,
        seconds_to_list,
        seconds,
        memory: float_of(bea.core_memory().await?),
    })
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let start = Instant::now();
    while !condition().await? {
        if start.elapsed() > SYNC_TIME_MAX {
            bail!("not within {} s: {what}", SYNC_TIME_MAX.as_secs());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(())
}

/// Bytes of a document.
pub(super) fn a_document(bytes: f64, n_stories: usize) -> f64 {
    bytes / float(n_stories)
}
