//! C4: what a device whose store does not open as a whole still gives, and how it comes back.

use crate::town::Town;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::command::Command;
use shared::storage::{Operation, Query, StoredRow, Table};
use shared::sync::client::{Client, Config, Rescue};
use shared::time::Timestamp;
use shared::view::Field;

const ALL: [Table; 13] = Table::ALL;

/// The volunteer's device with a story that the relay has, and another that was typed without a connection.
struct Shelf {
    town: Town,
    disk: usize,
    sent: String,
    unsent: String,
}

impl Shelf {
    fn new(seed: u64) -> Self {
        let mut town = Town::new(seed);
        let sent = town.story(town.volunteer);
        town.edit(town.volunteer, &sent, Field::Happened, "Lang verstuurd");
        town.settle();
        town.cut_off(town.volunteer, 60_000);
        let unsent = town.story(town.volunteer);
        town.edit(town.volunteer, &unsent, Field::Happened, "Nog alleen hier");
        // What was typed is sealed into an entry; what is typed then is a draft.
        town.pass(4_000);
        town.edit(town.volunteer, &unsent, Field::Who, "De laatste woorden");
        town.pass(100);
        town.world.close(town.volunteer);
        let disk = town.world.tabs[town.volunteer].disk;
        Self {
            town,
            disk,
            sent,
            unsent,
        }
    }

    fn rows(&self, table: Table) -> Vec<StoredRow> {
        self.town.world.disks[self.disk]
            .answer(&[Query::All { table }])
            .remove(0)
    }

    fn damage(&mut self, table: Table, row: StoredRow) {
        let mut value = row.value;
        if let Some(last) = value.last_mut() {
            *last ^= 1;
        }
        let put = Operation::Put {
            table,
            key: row.key,
            value,
        };
        self.town.world.disks[self.disk].commit(&[put]).unwrap();
    }

    fn opens(&self) -> bool {
        let answers = self.town.world.disks[self.disk].answer(&Client::boot_queries());
        let config = Config {
            origin: String::new(),
            app_version: 1,
        };
        Client::open(config, &answers, Timestamp(0), &mut rng()).is_ok()
    }

    fn rescue(&self) -> Rescue {
        read(self.town.world.disks[self.disk].answer(&Rescue::queries()))
    }

    fn rebuild(&mut self) {
        let operations = self.rescue().rebuild(&mut rng()).unwrap();
        self.town.world.disks[self.disk].commit(&operations).unwrap();
    }

    /// The device starts again and everybody comes to rest.
    fn starts_again(&mut self) {
        self.town.world.open(self.town.volunteer);
        self.town.pass(60_000);
        self.town.settle();
    }

    fn text(&mut self, tab: usize, story: &str, field: Field) -> Option<String> {
        self.town.row(tab, story)?;
        let view = self.town.open(tab, story);
        let id = story.to_owned();
        self.town.world.command(tab, Command::CloseStory { id });
        view.fields.get(&field).cloned()
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(4)
}

fn read(answers: Vec<Vec<StoredRow>>) -> Rescue {
    let mut rescue = Rescue::new(answers);
    while rescue.step() {}
    rescue
}

/// Whichever row is damaged, it is the only one that is lost: the rest can be read, and a rebuild brings back what the
/// relay has and keeps what it has not.
#[test]
fn c4_one_damaged_row_costs_no_more_than_itself() {
    let mut n_refused = 0;
    for table in ALL {
        let n_rows = Shelf::new(1).rows(table).len();
        for row in 0..n_rows {
            let mut shelf = Shelf::new(1);
            let damaged = shelf.rows(table).remove(row);
            let is_of_unsent = damaged.key.starts_with(&hex(&shelf.unsent));
            let damaged_key = damaged.key.clone();
            shelf.damage(table, damaged);
            n_refused += u32::from(!shelf.opens());
            let what = format!("row {row} of {}", table.name());
            let found = shelf.rescue().view();
            if !found.can_rebuild {
                // Of that there is no other copy.
                let names: [&[u8]; 4] = [b"storage-key", b"identity", b"membership", b"keyring"];
                let is_needed = table == Table::Meta && names.contains(&&damaged_key[..]);
                assert!(is_needed || table == Table::Outbox, "{what}");
                assert!(shelf.rescue().rebuild(&mut rng()).is_none(), "{what}");
                continue;
            }
            let texts: Vec<_> = found.stories.iter().flat_map(|story| &story.fields).collect();
            let reads = |field, text: &str| texts.contains(&&(field, text.to_owned()));
            let is_kept = !is_of_unsent;
            if is_kept {
                assert!(reads(Field::Happened, "Nog alleen hier"), "{what}: {texts:?}");
                assert!(reads(Field::Who, "De laatste woorden"), "{what}: {texts:?}");
            }
            shelf.rebuild();
            assert!(shelf.opens(), "{what}");
            if damaged_key == b"progress" {
                // It follows the log from the beginning, which the world takes for a mistake.
                let volunteer = shelf.town.volunteer;
                shelf.town.world.tabs[volunteer].partitioned_until = 0;
                shelf.town.world.open(volunteer);
                shelf.town.pass(60_000);
                shelf.town.world.watch.violations.clear();
            }
            shelf.starts_again();
            let volunteer = shelf.town.volunteer;
            let coordinator = shelf.town.coordinator;
            let (sent, unsent) = (shelf.sent.clone(), shelf.unsent.clone());
            for tab in [volunteer, coordinator] {
                let text = shelf.text(tab, &sent, Field::Happened);
                assert_eq!(text.as_deref(), Some("Lang verstuurd"), "{what}");
                if is_kept {
                    let text = shelf.text(tab, &unsent, Field::Happened);
                    assert_eq!(text.as_deref(), Some("Nog alleen hier"), "{what}");
                    let text = shelf.text(tab, &unsent, Field::Who);
                    assert_eq!(text.as_deref(), Some("De laatste woorden"), "{what}");
                }
            }
        }
    }
    assert!(n_refused > 5, "the machine opens on damaged rows");
}

/// C5: between two steps a core can say that it lives, so a step is small; and what was not read yet is not thrown away.
#[test]
fn c4_a_store_is_read_step_by_step() {
    let shelf = Shelf::new(5);
    let answers = shelf.town.world.disks[shelf.disk].answer(&Rescue::queries());
    let n_rows: usize = answers.iter().map(Vec::len).sum();
    let mut rescue = Rescue::new(answers);
    let (mut n_steps, mut n_stories) = (0, 0);
    while rescue.step() {
        let n_read = rescue.view().stories.len();
        assert!(n_read <= n_stories + 1, "{n_read} after {n_stories}");
        n_stories = n_read;
        n_steps += 1;
        assert!(n_stories == 2 || rescue.rebuild(&mut rng()).is_none());
    }
    assert_eq!(n_stories, 2);
    assert!(rescue.rebuild(&mut rng()).is_some());
    // Each row, what they say together, and each of the two stories before its teller.
    assert!(n_steps >= n_rows + 5, "{n_steps} for {n_rows} rows");
}

/// A rebuild of a whole store loses nothing, and what comes again comes from the relay.
#[test]
fn c4_a_rebuild_keeps_what_is_only_here() {
    let mut shelf = Shelf::new(2);
    let n_bodies = shelf.rows(Table::Bodies).len();
    shelf.rebuild();
    assert!(shelf.rows(Table::Bodies).len() < n_bodies);
    shelf.starts_again();
    let (sent, unsent) = (shelf.sent.clone(), shelf.unsent.clone());
    for tab in [shelf.town.volunteer, shelf.town.coordinator] {
        assert_eq!(
            shelf.text(tab, &sent, Field::Happened).as_deref(),
            Some("Lang verstuurd")
        );
        assert_eq!(
            shelf.text(tab, &unsent, Field::Happened).as_deref(),
            Some("Nog alleen hier")
        );
        assert_eq!(
            shelf.text(tab, &unsent, Field::Who).as_deref(),
            Some("De laatste woorden")
        );
    }
}

/// A document of which only its entries in the outbox are left comes back once the relay has those.
#[test]
fn c4_a_torn_document_is_whole_again_after_it_was_sent() {
    for table in [Table::Heads, Table::Bodies] {
        let mut shelf = Shelf::new(3);
        let unsent = shelf.unsent.clone();
        let row = shelf.rows(table).into_iter().find(|row| row.key == hex(&unsent));
        shelf.damage(table, row.unwrap());
        shelf.rebuild();
        shelf.starts_again();
        for tab in [shelf.town.volunteer, shelf.town.coordinator] {
            let text = shelf.text(tab, &unsent, Field::Happened);
            assert_eq!(text.as_deref(), Some("Nog alleen hier"), "{}", table.name());
            let text = shelf.text(tab, &unsent, Field::Who);
            assert_eq!(text.as_deref(), Some("De laatste woorden"), "{}", table.name());
        }
    }
}

/// Whatever stands in the store, reading it ends.
#[test]
fn c4_a_store_of_noise_gives_nothing_and_does_no_harm() {
    let noise = |n: u8| StoredRow {
        key: vec![n; 16],
        value: vec![n; usize::from(n)],
    };
    let rows: Vec<_> = (0..40).map(noise).collect();
    let n_tables = Rescue::queries().len();
    let found = read(vec![rows; n_tables]);
    assert_eq!(found.view().stories, Vec::new());
    assert!(!found.view().can_rebuild);
    assert!(found.rebuild(&mut rng()).is_none());
    assert_eq!(found.view().n_unreadable, 40 * u32::try_from(n_tables).unwrap());
}

fn hex(id: &str) -> Vec<u8> {
    (0..id.len() / 2)
        .map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}
