//! The device's store in IndexedDB: one object store a table, keys and values as bytes.
//!
//! Every transaction spans all tables, so that the browser carries them out in the order in which they were begun.
//! A transaction ends by completing, never by `commit()`, which locks the database in WebKit when the worker is cut
//! off (C6).

use crate::messages::Unusable;
use futures_util::future::{AbortHandle, FutureExt, abortable};
use indexed_db_futures::KeyRange;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::{Error, OpenDbError};
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionFinishKind, TransactionMode, TransactionOptions,
};
use indexed_db_futures::typed_array::{TypedArray, TypedArraySlice};
use js_sys::Uint8Array;
use shared::storage::{DEVICE_VERSION, Operation, Query, RowTag, StoreFailure, StoredRow, Table};
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Who may write: the number of the worker that opened the database last, under the empty key.
const FENCE: &str = "fence";
const FENCE_KEY: &[u8] = &[];

/// An open database, which this worker alone may write until another opens it.
pub struct Store {
    name: String,
    connection: Connection,
    fence: u64,
    /// The fence is on the disk: on a full one it comes with the first transaction that fits.
    is_claimed: bool,
    on_closing: Rc<dyn Fn()>,
}

/// A connection, watched for a newer app that wants to change the database. Dropping it closes it.
struct Connection {
    database: Database,
    watch: Option<AbortHandle>,
}

/// Why an attempt failed.
enum Failure {
    Store(StoreFailure),
    /// Whatever the browser says: perhaps the connection is dead, which another one is not (C1).
    Browser,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if is_quota(&error) {
            Self::Store(StoreFailure::Full)
        } else {
            Self::Browser
        }
    }
}

impl Store {
    /// Opens the database `name`, makes it if it is not there, and becomes the one who may write.
    ///
    /// `on_closing` is called when a newer app wants to change the database: it waits until the store is dropped
    /// (W6). A connection that the browser closed is none of that: the next transaction opens another (C1).
    ///
    /// # Errors
    /// [`Unusable`] when the browser gives no database, the device is full or a newer app has changed it.
    pub async fn open(name: &str, on_closing: impl Fn() + 'static) -> Result<Self, Unusable> {
        let on_closing: Rc<dyn Fn()> = Rc::new(on_closing);
        let mut store = Self {
            name: name.to_owned(),
            connection: Connection::open(name, &on_closing).await?,
            fence: 0,
            is_claimed: false,
            on_closing,
        };
        match store.claim().await {
            // What a full device keeps can still be read.
            Ok(()) | Err(Failure::Store(StoreFailure::Full)) => Ok(store),
            Err(Failure::Store(StoreFailure::Outdated | StoreFailure::Failed) | Failure::Browser) => {
                Err(Unusable::Refused)
            }
        }
    }

    /// Carries one strict transaction out, or nothing of it.
    ///
    /// # Errors
    /// [`StoreFailure`].
    pub async fn carry_out(&mut self, operations: &[Operation]) -> Result<(), StoreFailure> {
        match self.try_to_carry_out(operations).await {
            Ok(()) => Ok(()),
            Err(Failure::Store(failure)) => Err(failure),
            Err(Failure::Browser) => {
                self.reconnect().await.map_err(|_| StoreFailure::Failed)?;
                self.try_to_carry_out(operations)
                    .await
                    .map_err(|failure| match failure {
                        Failure::Store(failure) => failure,
                        Failure::Browser => StoreFailure::Failed,
                    })
            }
        }
    }

    /// Answers questions, all from one moment.
    ///
    /// # Errors
    /// [`StoreFailure::Failed`], after the connection was opened once more (C1).
    pub async fn answer(&mut self, queries: &[Query]) -> Result<Vec<Vec<StoredRow>>, StoreFailure> {
        if let Ok(answers) = self.try_to_answer(queries).await {
            return Ok(answers);
        }
        self.reconnect().await.map_err(|_| StoreFailure::Failed)?;
        self.try_to_answer(queries)
            .await
            .map_err(|_| StoreFailure::Failed)
    }

    async fn reconnect(&mut self) -> Result<(), Unusable> {
        self.connection = Connection::open(&self.name, &self.on_closing).await?;
        Ok(())
    }

    async fn claim(&mut self) -> Result<(), Failure> {
        loop {
            let transaction = self.connection.database.transaction(FENCE).build()?;
            self.fence = read_fence(&transaction).await?;
            drop(transaction);
            match self.try_to_carry_out(&[]).await {
                // Another tab came between.
                Err(Failure::Store(StoreFailure::Outdated)) => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_to_carry_out(&mut self, operations: &[Operation]) -> Result<(), Failure> {
        let transaction = self.begin()?;
        let done = transaction.on_done()?;
        // S14: whoever opened the database later decides what is in it. Dropping the transaction aborts it.
        if read_fence(&transaction).await? != self.fence {
            return Err(Failure::Store(StoreFailure::Outdated));
        }
        let fence = if self.is_claimed {
            self.fence
        } else {
            self.fence.wrapping_add(1)
        };
        if !self.is_claimed {
            put(&transaction, FENCE, FENCE_KEY, &fence.to_be_bytes())?;
        }
        for operation in operations {
            match operation {
                Operation::Expect { table, key, tag } => {
                    let value = get(&transaction, table.name(), key).await?;
                    if value.and_then(|value| RowTag::of(&value)) != *tag {
                        return Err(Failure::Store(StoreFailure::Outdated));
                    }
                }
                Operation::Put { table, key, value } => put(&transaction, table.name(), key, value)?,
                Operation::Delete { table, key } => {
                    let store = transaction.object_store(table.name())?;
                    drop(store.delete(TypedArraySlice::new(key.as_slice())).primitive()?);
                }
            }
        }
        finish(done.await, &transaction)?;
        drop(transaction);
        self.fence = fence;
        self.is_claimed = true;
        Ok(())
    }

    async fn try_to_answer(&self, queries: &[Query]) -> Result<Vec<Vec<StoredRow>>, Error> {
        let transaction = self
            .connection
            .database
            .transaction(tables())
            .with_mode(TransactionMode::Readonly)
            .build()?;
        let mut answers = Vec::with_capacity(queries.len());
        for query in queries {
            answers.push(match query {
                Query::Get { table, key } => {
                    let value = get(&transaction, table.name(), key).await?;
                    let row = value.map(|value| StoredRow {
                        key: key.clone(),
                        value,
                    });
                    row.into_iter().collect()
                }
                // IndexedDB refuses an empty range, and takes a limit of 0 for none.
                Query::Range { from, to, limit, .. } if from >= to || *limit == 0 => Vec::new(),
                Query::Range {
                    table,
                    from,
                    to,
                    limit,
                } => range(&transaction, *table, from, to, *limit).await?,
                Query::All { table } => all(&transaction, *table).await?,
            });
        }
        Ok(answers)
    }

    fn begin(&self) -> Result<Transaction<'_>, Error> {
        self.connection
            .database
            .transaction(tables())
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(TransactionDurability::Strict))
            .build()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Store")
            .field("name", &self.name)
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}

impl Connection {
    async fn open(name: &str, on_closing: &Rc<dyn Fn()>) -> Result<Self, Unusable> {
        let database = connect(name).await?;
        let on_closing = Rc::clone(on_closing);
        let watch = database.version_changes().ok().map(|mut changes| {
            let (watch, handle) = abortable(async move {
                if changes.recv().await.is_some() {
                    on_closing();
                }
            });
            spawn_local(watch.map(|_| ()));
            handle
        });
        Ok(Self { database, watch })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.abort();
        }
        self.database.clone().close();
    }
}

fn tables() -> Vec<&'static str> {
    let tables = Table::ALL.iter().map(|table| table.name());
    tables.chain([FENCE]).collect()
}

async fn connect(name: &str) -> Result<Database, Unusable> {
    let opened = Database::open(name)
        .with_version(DEVICE_VERSION)
        .with_on_upgrade_needed(|_, database| {
            let present: Vec<String> = database.object_store_names().collect();
            // An older database gains what it lacks, and keeps what it has.
            let missing = tables()
                .into_iter()
                .filter(|table| !present.iter().any(|name| name == table));
            for table in missing {
                drop(database.create_object_store(table).build()?);
            }
            Ok(())
        })
        .await;
    opened.map_err(|error| match error {
        OpenDbError::Base(error) if is_quota(&error) => Unusable::Full,
        OpenDbError::Base(error) if dom_name(&error).is_some_and(|name| name == "VersionError") => {
            Unusable::Newer
        }
        OpenDbError::Base(_)
        | OpenDbError::VersionZero
        | OpenDbError::UnsupportedEnvironment
        | OpenDbError::NullFactory => Unusable::Refused,
    })
}

fn put(transaction: &Transaction<'_>, table: &str, key: &[u8], value: &[u8]) -> Result<(), Error> {
    let store = transaction.object_store(table)?;
    let put = store
        .put(TypedArraySlice::new(value))
        .with_key(TypedArraySlice::new(key))
        .without_key_type();
    // A request that fails aborts its transaction: that is what is waited for.
    drop(put.primitive()?);
    Ok(())
}

async fn get(transaction: &Transaction<'_>, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let store = transaction.object_store(table)?;
    let value: Option<TypedArray<u8>> = store.get(TypedArraySlice::new(key)).primitive()?.await?;
    Ok(value.map(Into::into))
}

async fn read_fence(transaction: &Transaction<'_>) -> Result<u64, Error> {
    let value = get(transaction, FENCE, FENCE_KEY).await?;
    let bytes = value.and_then(|value| value.try_into().ok());
    Ok(bytes.map(u64::from_be_bytes).unwrap_or_default())
}

async fn range(
    transaction: &Transaction<'_>,
    table: Table,
    from: &[u8],
    to: &[u8],
    limit: u32,
) -> Result<Vec<StoredRow>, Error> {
    let store = transaction.object_store(table.name())?;
    let range = KeyRange::from(TypedArraySlice::new(from)..TypedArraySlice::new(to));
    // Both requests are in the queue before the first is awaited.
    let keys = store
        .get_all_keys::<JsValue>()
        .with_query::<TypedArraySlice<'_, u8>, _>(range.clone())
        .with_limit(limit)
        .primitive()?;
    let values = store
        .get_all::<TypedArray<u8>>()
        .with_query::<TypedArraySlice<'_, u8>, _>(range)
        .with_limit(limit)
        .primitive()?;
    rows(keys.await?, values.await?)
}

async fn all(transaction: &Transaction<'_>, table: Table) -> Result<Vec<StoredRow>, Error> {
    let store = transaction.object_store(table.name())?;
    let keys = store.get_all_keys::<JsValue>().primitive()?;
    let values = store.get_all::<TypedArray<u8>>().primitive()?;
    rows(keys.await?, values.await?)
}

/// Both come in the order of the keys.
fn rows<K, V>(keys: K, values: V) -> Result<Vec<StoredRow>, Error>
where
    K: Iterator<Item = indexed_db_futures::Result<JsValue>>,
    V: Iterator<Item = indexed_db_futures::Result<TypedArray<u8>>>,
{
    keys.zip(values)
        .map(|(key, value)| {
            Ok(StoredRow {
                key: Uint8Array::new(&key?).to_vec(),
                value: value?.into(),
            })
        })
        .collect()
}

fn finish(kind: TransactionFinishKind, transaction: &Transaction<'_>) -> Result<(), Error> {
    match kind {
        TransactionFinishKind::Ok => Ok(()),
        TransactionFinishKind::Err | TransactionFinishKind::Abort => {
            let aborted = || js_sys::Error::new("the transaction was aborted").into();
            Err(transaction.error().unwrap_or_else(aborted))
        }
    }
}

fn is_quota(error: &Error) -> bool {
    dom_name(error).is_some_and(|name| name == "QuotaExceededError")
}

/// The browser's name of an error.
fn dom_name(error: &Error) -> Option<String> {
    match error {
        Error::DomException(exception) => Some(web_sys::DomException::from(exception.clone()).name()),
        Error::Serialisation(_) | Error::MissingData(_) | Error::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests;
