//! Two tabs of one device, of which any may die or freeze at any moment (S14).

use super::steps::network::asks_to_found;
use super::steps::story::{ON_DEVICE, SAFE, sees_it_safe, writes};
use crate::person::{Person, Role, Tab};
use crate::relay::{Place, Relay, free_address};
use crate::stage::Stage;
use anyhow::{Context, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::mem;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// What the page says in sight, and what stands in a field then: another tab that has the device hides the screens, and
/// the signs on them.
const SAYS: &str = "const [field] = arguments;
    const signs = [...document.querySelectorAll('[role=status]')].filter(it => it.getClientRects().length > 0);
    return [signs.map(it => it.innerText).join(' '), field.value]";
/// Words of the button by which a page takes the device over.
pub(super) const TAKES_OVER: &str = "Hier verder werken";

/// What was typed in a field, and how much of it a screen has called stored.
#[derive(Debug)]
struct Typed {
    field: &'static str,
    text: String,
    /// Keys that are being pressed: of these the beginning may have come.
    keys: String,
    n_stored: usize,
}

impl Typed {
    fn in_field(field: &'static str) -> Self {
        Self {
            field,
            text: String::new(),
            keys: String::new(),
            n_stored: 0,
        }
    }

    /// What is there after a death: all that was called stored, and nothing that nobody typed.
    async fn is_there_for(&mut self, ana: &Person<'_>) -> anyhow::Result<()> {
        let Self {
            field,
            text,
            keys,
            n_stored,
        } = self;
        text.push_str(&mem::take(keys));
        let found = ana
            .waits(&format!("finds {n_stored} bytes in “{field}”"), async || {
                let content = ana.content_of(field).await?;
                Ok((content.len() >= *n_stored).then_some(content))
            })
            .await
            .with_context(|| format!("typed “{text}”"))?;
        ensure!(text.starts_with(&found), "typed “{text}”, found “{found}”");
        *n_stored = found.len();
        *text = found;
        Ok(())
    }
}

/// S14, C2: somebody works in two tabs, and again and again the browser dies at a moment that nobody chose, or the
/// page in front freezes. What was called stored is there; the tab that can be seen works, and it alone.
pub(super) async fn tabs_that_die_or_freeze_lose_nothing(stage: &Stage) -> anyhow::Result<()> {
    let figures = Some(free_address()?);
    let relay = stage
        .relay_at(Place {
            figures,
            ..Place::default()
        })
        .await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    asks_to_found(&ana, &relay.founding_code()?).await?;
    ana.sees(Role::Link, "Leden").await?;
    let id = writes(&ana, "In twee tabbladen", "Begin.").await?;
    sees_it_safe(&ana).await?;
    ana.closes_browser().await?;

    let mut rng = ChaCha8Rng::seed_from_u64(stage.tools.seed);
    // Each tab has a field of its own, so that it is plain what must stand where.
    let mut fields = ["Wie deed mee?", "Tips voor anderen"].map(Typed::in_field);
    let mut n_frozen = 0;
    let mut n_own = 0;
    let mut n_early = 0;
    // How long a life lasts that nobody cuts off, on this machine.
    let mut whole = Duration::ZERO;
    let start = Instant::now();
    for death in 0..stage.tools.kills {
        ana.starts_browser().await?;
        let born = Instant::now();
        // The first life, and one of three, goes on to its end, which is just after something was typed, stored or
        // turned to. All others end wherever they are: while the app opens, a tab takes over, or a page is frozen.
        let is_whole = rng.next_u32().is_multiple_of(3) || whole.is_zero();
        let share = f64::from(rng.next_u32()) / f64::from(u32::MAX);
        let seed = rng.next_u32();
        let mut chance = ChaCha8Rng::seed_from_u64(seed.into());
        let life = lives(&ana, &relay, &id, &mut fields, &mut chance, &mut n_frozen);
        let life = if is_whole {
            let life = life.await;
            if life.is_ok() {
                whole = born.elapsed();
            }
            life
        } else {
            timeout(whole.mul_f64(share), life).await.unwrap_or_else(|_| {
                n_early += 1;
                Ok(())
            })
        };
        // A death like the others, only that the engine chose the moment.
        if life.is_err() && ana.lost_browser_of_itself().await? {
            n_own += 1;
        } else {
            life.with_context(|| format!("before death {death}"))?;
        }
        ana.loses_browser()?;
    }
    stage.note(
        &format!(
            "{} deaths ({n_early} in the middle of something, {n_own} by the browser itself), {n_frozen} frozen pages, \
             seed {}",
            stage.tools.kills, stage.tools.seed
        ),
        start.elapsed(),
    );
    ana.starts_browser().await?;
    sits_down(&ana, &id, &mut fields).await?;
    sees_it_safe(&ana).await
}

/// S14, C2: what is typed while another tab has the device goes nowhere, least of all into a field that is out of sight.
pub(super) async fn a_page_put_aside_takes_no_keys(stage: &Stage) -> anyhow::Result<()> {
    const FIELD: &str = "Wie deed mee?";
    const MORE: &str = ", vrienden, familie, de school, het koor en een paar mensen van het dorp ernaast.";
    let relay = stage.relay().await?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    asks_to_found(&ana, &relay.founding_code()?).await?;
    ana.sees(Role::Link, "Leden").await?;
    let id = writes(&ana, "In twee tabbladen", "Begin.").await?;
    ana.types(FIELD, "De buren").await?;
    sees_it_safe(&ana).await?;

    // As another window does beside this one, which stays in sight.
    ana.runs("navigator.locks.request('aanzet', { steal: true }, () => {})")
        .await?;
    ana.types_here(MORE).await?;
    ana.presses(TAKES_OVER).await?;
    let kept = ana.content_of(FIELD).await?;
    let typed = format!("De buren{MORE}");
    ensure!(
        kept.starts_with("De buren") && typed.starts_with(&kept),
        "“{kept}” was kept"
    );
    ana.types(FIELD, " En de bakker.").await?;
    let all = kept + " En de bakker.";
    ana.finds_in(FIELD, &all).await?;
    sees_it_safe(&ana).await?;
    ana.opens(&format!("/app/verhalen/{id}")).await?;
    ana.finds_in(FIELD, &all).await?;
    ana.has_no_complaint().await
}

/// What happens between two deaths.
async fn lives(
    ana: &Person<'_>,
    relay: &Relay,
    id: &str,
    fields: &mut [Typed; 2],
    rng: &mut ChaCha8Rng,
    n_frozen: &mut u32,
) -> anyhow::Result<()> {
    let mut desk = sits_down(ana, id, fields).await?;
    desk.writes(rng).await?;
    ana.waits("alone of her tabs talks to the relay", async || {
        // The tab that had the device may hang up only now: several looks in a row find one.
        for _ in 0..10 {
            let n_devices = relay.n_devices().await?;
            ensure!(n_devices == 1, "{n_devices} of her tabs do");
        }
        Ok(Some(()))
    })
    .await?;
    if rng.next_u32().is_multiple_of(3) {
        desk.freezes(rng, n_frozen).await?;
    }
    desk.writes(rng).await
}

/// Opens the story in two tabs, and finds there what must be there.
async fn sits_down<'a>(
    ana: &'a Person<'a>,
    id: &str,
    fields: &'a mut [Typed; 2],
) -> anyhow::Result<Desk<'a>> {
    let path = format!("/app/verhalen/{id}");
    let first = ana.tab().await?;
    ana.opens(&path).await?;
    ana.sees(Role::Heading, "In twee tabbladen").await?;
    let second = ana.opens_tab().await?;
    ana.opens(&path).await?;
    ana.sees(Role::Heading, "In twee tabbladen").await?;
    for typed in &mut *fields {
        typed.is_there_for(ana).await?;
    }
    let [typed_first, typed_second] = fields;
    Ok(Desk {
        ana,
        front: (second, typed_second),
        back: (first, typed_first),
        is_back_frozen: false,
        n_words: 0,
    })
}

/// Somebody at two tabs.
struct Desk<'a> {
    ana: &'a Person<'a>,
    front: (Tab, &'a mut Typed),
    back: (Tab, &'a mut Typed),
    is_back_frozen: bool,
    n_words: u32,
}

impl Desk<'_> {
    /// Types some words, looks now and then whether they are stored, or waits for that, or turns to the other tab.
    async fn writes(&mut self, rng: &mut ChaCha8Rng) -> anyhow::Result<()> {
        for _ in 0..=rng.next_u32() % 4 {
            self.types().await?;
            match rng.next_u32() % 6 {
                0 if !self.is_back_frozen => self.turns().await?,
                1 => self.waits_until_stored().await?,
                2 | 3 => drop(self.looks().await?),
                _ => {}
            }
        }
        Ok(())
    }

    async fn types(&mut self) -> anyhow::Result<()> {
        self.n_words += 1;
        let word = format!("-{}", self.n_words);
        // A page that thaws shows its field until it hears that the other one has the device: keys of a word may come
        // too late, and go nowhere.
        self.front.1.keys.clone_from(&word);
        let typed = &*self.front.1;
        let content = self
            .ana
            .waits(&format!("types in “{}”", typed.field), async || {
                self.takes_over().await?;
                let found = self.ana.all(Role::Textbox, Some(typed.field)).await?;
                let Some(element) = found.first() else {
                    return Ok(None);
                };
                let keys = element.send_keys(&word).await;
                let content = element.prop("value").await?.unwrap_or_default();
                if content == typed.text {
                    keys?;
                }
                Ok(Some(content))
            })
            .await?;
        let came = content.strip_prefix(typed.text.as_str());
        ensure!(
            came.is_some_and(|came| word.starts_with(came)),
            "typed “{word}” after “{}”: “{content}” stands there",
            typed.text
        );
        self.front.1.keys.clear();
        self.front.1.text = content;
        Ok(())
    }

    /// Presses the button of a page that another tab took the device from, if that is what it shows.
    async fn takes_over(&self) -> anyhow::Result<()> {
        let ana = self.ana;
        ana.waits("has the device in this tab", async || {
            if ana.is_there(Role::Button, TAKES_OVER).await? {
                ana.presses(TAKES_OVER).await?;
            }
            Ok(ana
                .is_there(Role::Textbox, self.front.1.field)
                .await?
                .then_some(()))
        })
        .await
    }

    /// What the page says about itself, and what stands in the field; nothing of a page that is put aside.
    async fn said(&self) -> anyhow::Result<(String, String)> {
        let found = self.ana.all(Role::Textbox, Some(self.front.1.field)).await?;
        let Some(element) = found.first() else {
            return Ok(<_>::default());
        };
        let driver = self.ana.driver().await?;
        Ok(driver.execute(SAYS, vec![element.to_json()?]).await?.convert()?)
    }

    /// Believes the sign.
    async fn looks(&mut self) -> anyhow::Result<bool> {
        let (said, content) = self.said().await?;
        let is_stored = [ON_DEVICE, SAFE, "Versturen…"]
            .iter()
            .any(|words| said.contains(words));
        if is_stored {
            let typed = &mut self.front.1;
            ensure!(
                content == typed.text,
                "“{content}” stands there, typed “{}”",
                typed.text
            );
            typed.n_stored = content.len();
        }
        Ok(is_stored)
    }

    async fn waits_until_stored(&mut self) -> anyhow::Result<()> {
        let ana = self.ana;
        ana.waits("sees that it is stored", async || {
            self.takes_over().await?;
            Ok(self.looks().await?.then_some(()))
        })
        .await
    }

    /// Brings the other tab to the front, where it takes the device over.
    async fn turns(&mut self) -> anyhow::Result<()> {
        mem::swap(&mut self.front, &mut self.back);
        self.ana.turns_to(&self.front.0).await?;
        self.takes_over().await
    }

    /// The page in front freezes; the other one works. It may thaw afterwards.
    async fn freezes(&mut self, rng: &mut ChaCha8Rng, n_frozen: &mut u32) -> anyhow::Result<()> {
        let frozen = loop {
            // Its own tab may take the device back meanwhile: then it is asked for again.
            let ana = self.ana;
            ana.waits("sees it safe in this tab", async || {
                self.takes_over().await?;
                Ok(self.said().await?.0.contains(SAFE).then_some(()))
            })
            .await?;
            let frozen = ana.freezes_the_page().await?;
            mem::swap(&mut self.front, &mut self.back);
            ana.turns_to(&self.front.0).await?;
            if ana.gets_to_the_disk().await? {
                break frozen;
            }
            ana.note("freezes it once more, as it held a transaction", Duration::ZERO);
            frozen.thaws();
            self.turns().await?;
        };
        self.is_back_frozen = true;
        *n_frozen += 1;
        self.takes_over().await?;
        self.types().await?;
        self.waits_until_stored().await?;
        // What stands still talks to nobody: the relay hears the other one.
        let ana = self.ana;
        ana.waits("sees it safe beside a frozen tab", async || {
            self.takes_over().await?;
            Ok(self.said().await?.0.contains(SAFE).then_some(()))
        })
        .await?;
        if rng.next_u32().is_multiple_of(2) {
            frozen.thaws();
            self.is_back_frozen = false;
            self.turns().await?;
        }
        Ok(())
    }
}
