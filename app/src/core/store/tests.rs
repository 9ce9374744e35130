//! The store keeps what `shared::storage` asks of a shell, in a real browser.

use super::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use std::collections::BTreeMap;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A database of its own for each test.
async fn store(name: &str) -> Store {
    let name = format!("test {name} {}", js_sys::Math::random());
    open(&name).await.unwrap()
}

async fn open(name: &str) -> Result<Store, Unusable> {
    Store::open(name, || ()).await
}

fn put_row(table: Table, key: &[u8], value: &[u8]) -> Operation {
    Operation::Put {
        table,
        key: key.to_vec(),
        value: value.to_vec(),
    }
}

fn expect_tag(key: &[u8], tag: Option<&[u8]>) -> Operation {
    Operation::Expect {
        table: Table::Heads,
        key: key.to_vec(),
        tag: tag.and_then(RowTag::of),
    }
}

fn all_of(table: Table) -> Query {
    Query::All { table }
}

fn range_of(from: &[u8], to: &[u8], limit: u32) -> Query {
    Query::Range {
        table: Table::Inbox,
        from: from.to_vec(),
        to: to.to_vec(),
        limit,
    }
}

async fn keys(store: &mut Store, query: Query) -> Vec<Vec<u8>> {
    let answers = store.answer(&[query]).await.unwrap();
    answers.into_iter().flatten().map(|row| row.key).collect()
}

#[wasm_bindgen_test]
async fn rows_come_back_as_they_went_in_and_in_the_order_of_their_keys() {
    let mut store = store("order").await;
    let in_order: [&[u8]; 7] = [&[], &[0], &[0, 0], &[0, 255], &[1], &[255], &[255, 0]];
    for position in [3, 0, 6, 2, 5, 1, 4] {
        let put = put_row(Table::Inbox, in_order[position], in_order[position]);
        store.carry_out(&[put]).await.unwrap();
    }
    let rows = store.answer(&[all_of(Table::Inbox), all_of(Table::Heads)]).await;
    let [inbox, heads] = rows.unwrap().try_into().unwrap();
    assert_eq!(inbox.iter().map(|row| &row.key[..]).collect::<Vec<_>>(), in_order);
    assert!(inbox.iter().all(|row| row.key == row.value));
    assert_eq!(heads, []);
}

#[wasm_bindgen_test]
async fn a_range_has_its_first_key_and_not_its_last() {
    let mut store = store("range").await;
    let puts: Vec<_> = (0..9).map(|byte| put_row(Table::Inbox, &[byte], b"v")).collect();
    store.carry_out(&puts).await.unwrap();
    assert_eq!(keys(&mut store, range_of(&[2], &[5], 99)).await, [[2], [3], [4]]);
    assert_eq!(keys(&mut store, range_of(&[2], &[5], 2)).await, [[2], [3]]);
    assert!(keys(&mut store, range_of(&[2], &[5], 0)).await.is_empty());
    assert!(keys(&mut store, range_of(&[5], &[5], 99)).await.is_empty());
    assert!(keys(&mut store, range_of(&[6], &[5], 99)).await.is_empty());
    assert_eq!(keys(&mut store, range_of(&[], &[1], 99)).await, [[0]]);
}

#[wasm_bindgen_test]
async fn a_transaction_whose_expectation_fails_changes_nothing() {
    let mut store = store("expect").await;
    let (first, second) = ([1; 40], [2; 40]);
    store
        .carry_out(&[expect_tag(b"k", None), put_row(Table::Heads, b"k", &first)])
        .await
        .unwrap();
    let late = [
        expect_tag(b"k", None),
        put_row(Table::Heads, b"k", &second),
        put_row(Table::Bodies, b"k", &second),
    ];
    assert_eq!(store.carry_out(&late).await, Err(StoreFailure::Outdated));
    let rows = store.answer(&[all_of(Table::Heads), all_of(Table::Bodies)]).await;
    let [heads, bodies] = rows.unwrap().try_into().unwrap();
    assert_eq!(heads[0].value, first);
    assert_eq!(bodies, []);
    let right = [
        expect_tag(b"k", Some(&first)),
        put_row(Table::Heads, b"k", &second),
    ];
    store.carry_out(&right).await.unwrap();
}

#[wasm_bindgen_test]
async fn what_is_deleted_is_gone_and_what_is_put_again_replaces() {
    let mut store = store("delete").await;
    store
        .carry_out(&[
            put_row(Table::Drafts, b"a", b"1"),
            put_row(Table::Drafts, b"b", b"1"),
        ])
        .await
        .unwrap();
    let delete = Operation::Delete {
        table: Table::Drafts,
        key: b"a".to_vec(),
    };
    store
        .carry_out(&[delete.clone(), put_row(Table::Drafts, b"b", b"2")])
        .await
        .unwrap();
    // There is nothing to delete any more.
    store.carry_out(&[delete]).await.unwrap();
    let rows = store.answer(&[all_of(Table::Drafts)]).await.unwrap();
    let row = StoredRow {
        key: b"b".to_vec(),
        value: b"2".to_vec(),
    };
    assert_eq!(rows, [[row]]);
}

#[wasm_bindgen_test]
async fn another_start_finds_a_megabyte_again() {
    let mut store = store("again").await;
    let value: Vec<u8> = (0..1 << 20)
        .map(|position: u32| position.to_be_bytes()[3])
        .collect();
    store
        .carry_out(&[put_row(Table::Bodies, b"k", &value)])
        .await
        .unwrap();
    let name = store.name.clone();
    drop(store);
    let mut store = open(&name).await.unwrap();
    let get = Query::Get {
        table: Table::Bodies,
        key: b"k".to_vec(),
    };
    let answers = store.answer(&[get]).await.unwrap();
    assert!(answers[0][0].value == value);
}

/// S14: the number that every write checks.
#[wasm_bindgen_test]
async fn whoever_opened_the_database_before_may_not_write_any_more() {
    let mut first = store("fence").await;
    let mut second = open(&first.name).await.unwrap();
    let late = first.carry_out(&[put_row(Table::Meta, b"k", b"late")]).await;
    assert_eq!(late, Err(StoreFailure::Outdated));
    second
        .carry_out(&[put_row(Table::Meta, b"k", b"right")])
        .await
        .unwrap();
    let rows = first.answer(&[all_of(Table::Meta)]).await.unwrap();
    assert_eq!(rows[0][0].value, b"right");
}

/// C1: iOS closes connections under memory pressure.
#[wasm_bindgen_test]
async fn a_dead_connection_is_opened_again() {
    let mut store = store("dead").await;
    store.connection.database.clone().close();
    store
        .carry_out(&[put_row(Table::Meta, b"k", b"v")])
        .await
        .unwrap();
    store.connection.database.clone().close();
    assert_eq!(keys(&mut store, all_of(Table::Meta)).await, [b"k"]);
}

/// W6: what an app before photos wrote is still there, and has room for them.
#[wasm_bindgen_test]
async fn an_older_database_gains_the_tables_that_it_lacks() {
    let name = format!("test older {}", js_sys::Math::random());
    let older = Database::open(&*name)
        .with_version(1_u8)
        .with_on_upgrade_needed(|_, database| {
            for table in ["meta", "heads", FENCE] {
                drop(database.create_object_store(table).build()?);
            }
            Ok(())
        })
        .await
        .unwrap();
    let transaction = older
        .transaction("heads")
        .with_mode(TransactionMode::Readwrite)
        .build()
        .unwrap();
    let done = transaction.on_done().unwrap();
    put(&transaction, "heads", b"k", b"kept").unwrap();
    done.await;
    older.clone().close();
    let mut store = open(&name).await.unwrap();
    store
        .carry_out(&[put_row(Table::Parts, b"p", b"part")])
        .await
        .unwrap();
    let rows = store.answer(&[all_of(Table::Heads), all_of(Table::Parts)]).await;
    let [heads, parts] = rows.unwrap().try_into().unwrap();
    assert_eq!((&*heads[0].value, &*parts[0].value), (&b"kept"[..], &b"part"[..]));
}

/// W6: a newer app changes the database, and this one lets it go, also after it had to open it again.
#[wasm_bindgen_test]
async fn a_newer_app_takes_the_database_over() {
    for is_reopened in [false, true] {
        let name = format!("test newer {}", js_sys::Math::random());
        let (closing, mut closed) = unbounded();
        let store = Store::open(&name, move || closing.unbounded_send(()).unwrap());
        let mut store = store.await.unwrap();
        if is_reopened {
            store.connection.database.clone().close();
            assert!(keys(&mut store, all_of(Table::Meta)).await.is_empty());
        }
        let newer = Database::open(&*name).with_version(VERSION + 1).into_future();
        let let_go = async {
            closed.next().await.unwrap();
            drop(store);
        };
        let (newer, ()) = futures_util::join!(newer, let_go);
        newer.unwrap().close();
        assert_eq!(open(&name).await.unwrap_err(), Unusable::Newer);
    }
}

/// Lots that are always the same.
struct Lots(u64);

impl Lots {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Rows by their keys.
type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

async fn rows_in(store: &mut Store, query: Query) -> Rows {
    let answers = store.answer(&[query]).await.unwrap();
    let rows = answers.into_iter().flatten().map(|row| (row.key, row.value));
    rows.collect()
}

async fn value_of(store: &mut Store, key: &[u8]) -> Option<Vec<u8>> {
    let get = Query::Get {
        table: Table::Heads,
        key: key.to_vec(),
    };
    rows_in(store, get).await.remove(key)
}

/// How many rows lie loose, and how many in packs.
async fn places_of(store: &Store) -> (usize, usize) {
    let transaction = store.begin().unwrap();
    let loose = all(&transaction, "heads").await.unwrap();
    let packs = all(&transaction, PACKS).await.unwrap();
    let in_packs = packs.iter().flat_map(|pack| crate::packs::unpack(&pack.value));
    (loose.len(), in_packs.count())
}

fn key(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// A store with so many heads, packed, and what they are.
async fn packed(name: &str, n_rows: u64) -> (Store, Rows) {
    let mut store = store(name).await;
    let rows: Rows = (0..n_rows).map(|number| (key(number), vec![1; 40])).collect();
    let puts: Vec<_> = rows
        .iter()
        .map(|(key, value)| put_row(Table::Heads, key, value))
        .collect();
    store.carry_out(&puts).await.unwrap();
    assert_eq!(rows_in(&mut store, all_of(Table::Heads)).await, rows);
    store.pack().await;
    assert_eq!(places_of(&store).await, (0, rows.len()));
    (store, rows)
}

/// M6: whatever was packed and changed since, the store answers as one without packs, and no row is in two places.
#[wasm_bindgen_test]
async fn rows_in_packs_are_as_loose_ones() {
    let (mut store, mut rows) = packed("packs", 600).await;
    let mut lots = Lots(7);
    let mut times_packed = 0;
    for round in 0_u8..40 {
        let mut operations = Vec::new();
        for _ in 0..lots.below(30) {
            let key = key(lots.below(900));
            if lots.below(3) == 0 {
                rows.remove(&key);
                operations.push(Operation::Delete {
                    table: Table::Heads,
                    key,
                });
            } else {
                let value = vec![round; usize::try_from(24 + lots.below(40)).unwrap()];
                operations.push(put_row(Table::Heads, &key, &value));
                rows.insert(key, value);
            }
        }
        store.carry_out(&operations).await.unwrap();
        if lots.below(4) == 0 {
            let name = store.name.clone();
            drop(store);
            store = open(&name).await.unwrap();
        }
        for _ in 0..5 {
            let key = key(lots.below(900));
            assert_eq!(
                value_of(&mut store, &key).await.as_ref(),
                rows.get(&key),
                "{round}"
            );
        }
        let (from, to) = (key(lots.below(900)), key(lots.below(900)));
        let range = Query::Range {
            table: Table::Heads,
            from: from.clone(),
            to: to.clone(),
            limit: 50,
        };
        let in_range = rows.iter().filter(|(key, _)| **key >= from && **key < to);
        let in_range: Rows = in_range
            .take(50)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(rows_in(&mut store, range).await, in_range, "{round}");
        let order = keys(&mut store, all_of(Table::Heads)).await;
        assert!(order.is_sorted());
        assert_eq!(rows_in(&mut store, all_of(Table::Heads)).await, rows, "{round}");
        let (n_loose, n_packed) = places_of(&store).await;
        assert_eq!(n_loose + n_packed, rows.len(), "{round}");
        store.pack().await;
        times_packed += usize::from(n_loose > 0 && places_of(&store).await.0 == 0);
    }
    assert!(times_packed > 0);
}

#[wasm_bindgen_test]
async fn a_few_rows_stay_loose() {
    let mut store = store("few").await;
    store
        .carry_out(&[put_row(Table::Heads, b"k", b"v")])
        .await
        .unwrap();
    assert_eq!(keys(&mut store, all_of(Table::Heads)).await, [b"k"]);
    store.pack().await;
    assert_eq!(places_of(&store).await, (1, 0));
}

#[wasm_bindgen_test]
async fn an_expectation_holds_for_a_row_in_a_pack() {
    let (mut store, _) = packed("expect packed", 300).await;
    let k = key(7);
    let late = [
        expect_tag(&k, Some(&[2; 40])),
        put_row(Table::Heads, &k, &[3; 40]),
    ];
    assert_eq!(store.carry_out(&late).await, Err(StoreFailure::Outdated));
    assert_eq!(value_of(&mut store, &k).await, Some(vec![1; 40]));
    let right = [
        expect_tag(&k, Some(&[1; 40])),
        put_row(Table::Heads, &k, &[3; 40]),
    ];
    store.carry_out(&right).await.unwrap();
    assert_eq!(value_of(&mut store, &k).await, Some(vec![3; 40]));
    assert_eq!(places_of(&store).await, (1, 299));
}

/// S14: what another tab did with the packs is seen, and only that tab may do so.
#[wasm_bindgen_test]
async fn packs_that_another_tab_changed_are_read_as_they_are() {
    let (mut first, mut rows) = packed("packs of two", 300).await;
    let mut second = open(&first.name).await.unwrap();
    let (gone, new) = (key(3), key(4));
    let delete = Operation::Delete {
        table: Table::Heads,
        key: gone.clone(),
    };
    second
        .carry_out(&[delete, put_row(Table::Heads, &new, &[4; 40])])
        .await
        .unwrap();
    rows.remove(&gone);
    rows.insert(new.clone(), vec![4; 40]);
    assert_eq!(value_of(&mut first, &gone).await, None);
    assert_eq!(value_of(&mut first, &new).await, Some(vec![4; 40]));
    assert_eq!(rows_in(&mut first, all_of(Table::Heads)).await, rows);
    let puts: Vec<_> = (1_000..1_300)
        .map(|number| put_row(Table::Heads, &key(number), &[5; 40]))
        .collect();
    second.carry_out(&puts).await.unwrap();
    assert_eq!(rows_in(&mut first, all_of(Table::Heads)).await.len(), 599);
    first.pack().await;
    assert_eq!(places_of(&first).await, (301, 298));
    assert_eq!(rows_in(&mut second, all_of(Table::Heads)).await.len(), 599);
    second.pack().await;
    assert_eq!(places_of(&second).await, (0, 599));
    assert_eq!(value_of(&mut first, &key(1_200)).await, Some(vec![5; 40]));
}

/// C4: the start refuses what it cannot read, and the rescue takes it away.
#[wasm_bindgen_test]
async fn what_is_damaged_in_a_pack_is_a_row_that_can_be_taken_away() {
    let (store, rows) = packed("damaged", 300).await;
    let transaction = store.begin().unwrap();
    let done = transaction.on_done().unwrap();
    let packs = all(&transaction, PACKS).await.unwrap();
    let first = &packs[0];
    put(
        &transaction,
        PACKS,
        &first.key,
        &first.value[..first.value.len() - 1],
    )
    .unwrap();
    done.await;
    drop(transaction);
    let name = store.name.clone();
    drop(store);
    let mut store = open(&name).await.unwrap();
    let found = rows_in(&mut store, all_of(Table::Heads)).await;
    assert_eq!(found.len(), rows.len());
    assert!(found.contains_key(&[][..]));
    let take_away = Operation::Delete {
        table: Table::Heads,
        key: Vec::new(),
    };
    store.carry_out(&[take_away]).await.unwrap();
    let found = rows_in(&mut store, all_of(Table::Heads)).await;
    assert_eq!(found.len(), rows.len() - 1);
    assert!(found.iter().all(|(key, value)| rows[key] == *value));
}
