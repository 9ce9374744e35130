//! A thousand random histories of a story that three people write in, each long enough to be settled more than once
//! (S10).
//!
//! | invariant | how it is seen |
//! |---|---|
//! | no change is lost | every consent is confirmed, and on every device once, also on one that comes in the end |
//! | no author's words are dropped | each that two people typed at once is in its field, or in one of its versions |
//! | the relay's storage is bounded | a handful of living entries; after a quiet week one, and a month later nothing else |
//! | a device's storage is bounded | a row for each of those, nothing set aside, unsent or unsealed, and few bytes in all |

use crate::snapshots::{days_pass, living, n_rows, n_stored, network};
use crate::town::{REST_MS, Town, consent, joined};
use shared::command::Command;
use shared::id::DocumentId;
use shared::storage::{Query, Table};
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{Field, Role, StoryView, Use};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const HISTORIES: u64 = 1_000;

/// What people do in one history: each is an increment or more, far more than may live in the end.
const DEEDS: u32 = 24;

/// One deed of so many is that two people write at once.
const APART_EVERY: u32 = 6;

/// One line and long text: they keep two versions in different ways.
const TYPED: [Field; 2] = [Field::Title, Field::Happened];

/// A snapshot and eight increments: who sees as many and adds another sends a snapshot.
const LIVING_MAX: usize = 9;

/// Most bytes that the relay's log has in the end, and most that a device's disk has.
const BYTES_MAX: usize = 64 * 1024;

/// What people were told to be stored.
#[derive(Debug, Default)]
struct Promised {
    n_consents: u32,
    words: Vec<(Field, String)>,
}

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
    let mut promised = Promised::default();
    town.settle();
    for n in 1..=DEEDS {
        deed(&mut town, n, writers, &story, &mut promised);
        misfortune(&mut town, &mut ahead_ms);
    }
    let now = town.world.now;
    town.world
        .tabs
        .iter_mut()
        .for_each(|tab| tab.partitioned_until = now);
    town.pass(60_000);
    town.settle();
    // The first may have miscounted what went out while others' came in; the second counts anew when hers comes.
    for tab in [town.coordinator, town.volunteer] {
        record(&mut town, tab, &story, &mut promised);
        town.settle();
    }
    let n_living = living(&town.world, doc).len();
    assert!(n_living <= LIVING_MAX, "seed {seed}: {n_living} living entries");
    days_pass(&mut town, &mut ahead_ms, 9);
    assert_eq!(living(&town.world, doc).len(), 1, "seed {seed}");
    days_pass(&mut town, &mut ahead_ms, 31);
    assert_eq!(n_stored(&town.world), 1, "seed {seed}");
    let entries = town.world.store.entries(network(&town.world));
    let n_bytes: usize = entries.map(|(_, _, bytes)| bytes.map_or(0, <[u8]>::len)).sum();
    assert!(n_bytes <= BYTES_MAX, "seed {seed}: {n_bytes} bytes at the relay");
    let late = joined(&mut town.world, town.admin, Role::Coordinator);
    town.pass(3_000);
    people::let_in(&mut town.world, town.admin).unwrap();
    town.settle();
    // Whoever sent the last snapshot forgets what it stands for when something else comes.
    record(&mut town, late, &story, &mut promised);
    town.settle();
    let n_living = living(&town.world, doc).len();
    assert_eq!(n_living, 2, "seed {seed}");
    for tab in writers.into_iter().chain([late]) {
        judge(&mut town, tab, &story, &promised, seed);
        let n_rows = n_rows(&town.world, tab, Table::Living);
        assert_eq!(n_rows, n_living, "seed {seed}: rows of device {tab}");
    }
}

/// One of three people records a consent, or two of them without a connection write in the same field.
fn deed(town: &mut Town, n: u32, writers: [usize; 3], story: &str, promised: &mut Promised) {
    let turn = usize::try_from(town.world.below(3)).unwrap();
    if !n.is_multiple_of(APART_EVERY) {
        return record(town, writers[turn], story, promised);
    }
    let field = TYPED[usize::try_from(town.world.below(2)).unwrap()];
    let both = [writers[(turn + 1) % 3], writers[(turn + 2) % 3]];
    for tab in both {
        town.cut_off(tab, 10_000);
    }
    // What had come is part of the story before they look at it, and nothing comes while they type.
    town.pass(2_000);
    for tab in both {
        write(town, tab, story, field, promised);
        // What was typed is sealed with it, at once.
        record(town, tab, story, promised);
    }
}

/// Records a consent, and is told that it is stored.
fn record(town: &mut Town, tab: usize, story: &str, promised: &mut Promised) {
    let add = Command::AddConsent {
        id: story.to_owned(),
        consent: consent(&promised.n_consents.to_string(), Use::Network),
        wording: String::new(),
    };
    town.world.ask(tab, add).unwrap();
    promised.n_consents += 1;
}

/// Adds a word to what a field says on this device. Of several versions one goes on, or one is kept and what the others
/// say is written into it.
fn write(town: &mut Town, tab: usize, story: &str, field: Field, promised: &mut Promised) {
    let view = town.open(tab, story);
    let word = format!("w{}", promised.words.len());
    let mut words: Vec<&str> = view.fields[&field].split_whitespace().collect();
    let conflict = view.conflicts.iter().find(|conflict| conflict.field == field);
    if let Some(conflict) = conflict
        && town.world.chance(500)
    {
        let choose = Command::Choose {
            id: story.to_owned(),
            field,
            version: conflict.versions[0].id.clone(),
        };
        town.world.ask(tab, choose).unwrap();
        words = words_of(&view, field).into_iter().collect();
    }
    let value = words
        .into_iter()
        .chain([word.as_str()])
        .collect::<Vec<_>>()
        .join(" ");
    let edit = Command::Edit {
        id: story.to_owned(),
        field,
        value,
        seen: view.seen.clone(),
    };
    town.world.ask(tab, edit).unwrap();
    promised.words.push((field, word));
}

/// Every word that a screen shows in a field, in all its versions.
fn words_of(view: &StoryView, field: Field) -> BTreeSet<&str> {
    let conflicts = view.conflicts.iter().filter(|conflict| conflict.field == field);
    let versions = conflicts.flat_map(|conflict| &conflict.versions);
    let values = versions.map(|version| version.value.as_str());
    let values = values.chain([view.fields[&field].as_str()]);
    values.flat_map(str::split_whitespace).collect()
}

fn judge(town: &mut Town, tab: usize, story: &str, promised: &Promised, seed: u64) {
    let view = town.open(tab, story);
    let shown = view.consents.iter().map(|shown| shown.consent.whom.clone());
    let mut shown: Vec<_> = shown.collect();
    let mut recorded: Vec<_> = (0..promised.n_consents).map(|n| n.to_string()).collect();
    shown.sort();
    recorded.sort();
    assert_eq!(shown, recorded, "seed {seed}: consents on device {tab}");
    for (field, word) in &promised.words {
        let words = words_of(&view, *field);
        assert!(
            words.contains(word.as_str()),
            "seed {seed}: no {word} in {field:?} on device {tab}: {words:?}"
        );
    }
    let device = town.device(tab);
    assert_eq!(
        (device.waiting, device.quarantined, device.unsent),
        (0, 0, 0),
        "seed {seed}"
    );
    for table in [Table::Inbox, Table::Outbox, Table::Drafts] {
        assert_eq!(n_rows(&town.world, tab, table), 0, "seed {seed}: {table:?}");
    }
    let n_bytes = n_bytes(&town.world, tab);
    assert!(
        n_bytes <= BYTES_MAX,
        "seed {seed}: {n_bytes} bytes on device {tab}"
    );
}

/// Bytes of all rows of a device.
fn n_bytes(world: &World, tab: usize) -> usize {
    let queries = Table::ALL.map(|table| Query::All { table });
    let answers = world.disks[world.tabs[tab].disk].answer(&queries);
    let rows = answers.iter().flatten();
    rows.map(|row| row.key.len() + row.value.len()).sum()
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
