//! Stores: rules for every one, and what is said of SQLite alone.

mod crash;
pub(crate) mod make;
mod memory;
mod rules;
mod sqlite;

use make::Folder;
use server::store::{SqliteConfig, SqliteStore};

rules::every_store_must! {
    || {
        let folder = Folder::new();
        let store = open(&folder);
        (folder, store)
    }
}

/// Opens the store of a folder, as large as it likes.
fn open(folder: &Folder) -> SqliteStore {
    SqliteStore::open(config(folder)).unwrap()
}

fn config(folder: &Folder) -> SqliteConfig {
    SqliteConfig {
        file: folder.file(),
        bytes_max: None,
    }
}
