//! A thousand random histories of a story that three people write in, each long enough to be settled more than once
//! (S10).
//!
//! | invariant | how it is seen |
//! |---|---|
//! | no change is lost | every consent that was confirmed is on every device once, also on one that comes in the end |
//! | the relay's storage is bounded | a handful of living entries; after a quiet week one, and a month later nothing else |
//! | a device's storage is bounded | as many rows as that, and nothing set aside or unsent |

use crate::snapshots::{days_pass, living, n_rows, n_stored};
use crate::town::{REST_MS, Town, consent, joined};
use shared::command::Command;
use shared::id::DocumentId;
use shared::storage::Table;
use shared::testing::people;
use shared::view::{Role, Use};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const HISTORIES: u64 = 1_000;

/// Consents that people record in one history.
const DEEDS: u32 = 16;

/// Three people who each add eight increments without having seen those of the others, and two snapshots that met.
const LIVING_MAX: usize = 3 * 8 + 2;

#[test]
fn s10_a_thousand_histories_lose_nothing_and_stay_small() {
    let next = AtomicU64::new(0);
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<u64> = thread::scope(|scope| {
        let work = || -> Vec<u64> {
            let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let seeds = seeds.take_while(|seed| *seed < HISTORIES);
            seeds
                .filter(|seed| std::panic::catch_unwind(|| history(*seed)).is_err())
                .collect()
        };
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(failures.is_empty(), "histories {failures:?}");
}

fn history(seed: u64) {
    let mut town = Town::new(seed);
    let mut ahead_ms = 0;
    let story = town.story(town.volunteer);
    let doc = DocumentId::from_hex(&story).unwrap();
    let writers = [town.coordinator, town.admin, town.volunteer];
    let mut promised = Vec::new();
    town.settle();
    for n in 0..DEEDS {
        let tab = writers[usize::try_from(town.world.below(3)).unwrap()];
        let whom = format!("{n}");
        let add = Command::AddConsent {
            id: story.clone(),
            consent: consent(&whom, Use::Network),
            wording: String::new(),
        };
        if town.world.ask(tab, add).is_ok() {
            promised.push(whom);
        }
        misfortune(&mut town, &mut ahead_ms);
    }
    let now = town.world.now;
    town.world
        .tabs
        .iter_mut()
        .for_each(|tab| tab.partitioned_until = now);
    town.pass(60_000);
    town.settle();
    let n_living = living(&town.world, doc).len();
    assert!(n_living <= LIVING_MAX, "seed {seed}: {n_living} living entries");
    days_pass(&mut town, &mut ahead_ms, 9);
    assert_eq!(living(&town.world, doc).len(), 1, "seed {seed}");
    days_pass(&mut town, &mut ahead_ms, 31);
    assert_eq!(n_stored(&town.world), 1, "seed {seed}");
    let late = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.settle();
    for tab in writers.into_iter().chain([late]) {
        judge(&mut town, tab, &story, &promised, seed);
    }
}

fn judge(town: &mut Town, tab: usize, story: &str, promised: &[String], seed: u64) {
    let view = town.open(tab, story);
    for whom in promised {
        let shown = view.consents.iter().filter(|shown| shown.consent.whom == *whom);
        assert_eq!(shown.count(), 1, "seed {seed}: consent {whom} on device {tab}");
    }
    let device = town.device(tab);
    assert_eq!(
        (device.waiting, device.quarantined, device.unsent),
        (0, 0, 0),
        "seed {seed}"
    );
    assert_eq!(n_rows(&town.world, tab, Table::Inbox), 0, "seed {seed}");
    let n_living = n_rows(&town.world, tab, Table::Living);
    assert!(n_living <= LIVING_MAX, "seed {seed}: {n_living} rows");
}

/// Something happens between two deeds: often nothing but time.
fn misfortune(town: &mut Town, ahead_ms: &mut i64) {
    let pause_ms = 200 + town.world.below(3_000);
    let n_tabs = town.world.tabs.len() as u64;
    let tab = usize::try_from(town.world.below(n_tabs)).unwrap();
    match town.world.below(16) {
        0 => town.world.cut_tab(tab),
        1 => town.world.open(tab),
        2 => {
            let ms = town.world.below(REST_MS / 8);
            town.cut_off(tab, ms);
        }
        3 => town.world.crash_relay(1_000),
        4 => {
            *ahead_ms += i64::try_from(town.world.below(20 * 24 * 3_600_000)).unwrap();
            town.world.set_relay_clock(*ahead_ms);
        }
        _ => {}
    }
    town.pass(pause_ms);
}
