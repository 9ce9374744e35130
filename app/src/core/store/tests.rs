//! The store keeps what `shared::storage` asks of a shell, in a real browser.

use super::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
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
    for (version, present) in [(1, vec!["meta", "heads", FENCE]), (DEVICE_VERSION - 1, tables())] {
        let name = format!("test older {}", js_sys::Math::random());
        let older = Database::open(&*name)
            .with_version(version)
            .with_on_upgrade_needed(move |_, database| {
                for table in present {
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
        let newer = Database::open(&*name)
            .with_version(DEVICE_VERSION + 1)
            .into_future();
        let let_go = async {
            closed.next().await.unwrap();
            drop(store);
        };
        let (newer, ()) = futures_util::join!(newer, let_go);
        newer.unwrap().close();
        assert_eq!(open(&name).await.unwrap_err(), Unusable::Newer);
    }
}
