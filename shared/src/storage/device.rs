//! The store of one device: a handful of tables from bytes to sealed bytes.
//!
//! A shell knows neither what a key means nor what is in a value. What it must hold to:
//!
//! - a list of [`Operation`]s is one strict transaction: all of it is on the disk, or nothing;
//! - transactions take effect in the order in which they were handed out, and a question asked after one sees it;
//! - rows come back in ascending order of their keys, compared as bytes;
//! - it says [`DEVICE_VERSION`] with what it stores, and opens nothing that has a higher one.

/// Version of what is stored: tables, keys and rows. It only moves forward, whenever an older build would refuse or
/// lose some of it: then that build lets go, and says that there is a newer one (W6).
///
/// From 2 on there are photos and recordings, from 3 on what snapshots cover, from 4 on what the relay is to drop, pages
/// to look at again and the fields of a teller each by itself.
pub const DEVICE_VERSION: u8 = 4;

/// A table. Its name never changes once a device has stored something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row a subject: keys, membership, checkpoint, backfill.
    Meta,
    /// A row a document: who may read it, its keys, its line in lists. All of it is in memory (M6).
    Heads,
    /// A row a document: the document itself, loaded when it is opened.
    Bodies,
    /// What was typed and is not sealed into an entry yet (M10).
    Drafts,
    /// Entries without a receipt (S4).
    Outbox,
    /// Entries that arrived and are not part of their document: new, waiting, locked, quarantined (M5).
    Inbox,
    /// Documents with new entries in [`Table::Inbox`] (S6).
    Dirty,
    /// A row an entry of content that the log has of a document: what a snapshot covers (S10).
    Living,
    /// Entries that are being applied now: found at start, they were the end of the last one (M5).
    Journal,
    /// Actions that wait for a connection.
    Intents,
    /// A row a document: the blobs of its photos and recordings, which of them are here, and which are safe (S12).
    Media,
    /// A row a part of a blob, as it was sealed with the blob's key: nothing is sealed twice.
    Parts,
    /// A row a part of a recording that is being recorded: what is no sealed part yet.
    Sounds,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 13] = [
        Self::Meta,
        Self::Heads,
        Self::Bodies,
        Self::Drafts,
        Self::Outbox,
        Self::Inbox,
        Self::Dirty,
        Self::Living,
        Self::Journal,
        Self::Intents,
        Self::Media,
        Self::Parts,
        Self::Sounds,
    ];

    /// Returns the name that a shell stores it under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Heads => "heads",
            Self::Bodies => "bodies",
            Self::Drafts => "drafts",
            Self::Outbox => "outbox",
            Self::Inbox => "inbox",
            Self::Dirty => "dirty",
            Self::Living => "living",
            Self::Journal => "journal",
            Self::Intents => "intents",
            Self::Media => "media",
            Self::Parts => "parts",
            Self::Sounds => "sounds",
        }
    }
}

/// First bytes of a stored value: the nonce it was sealed with. No two writes share one, so equal tags mean
/// that nobody wrote in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowTag(pub [u8; Self::LEN]);

impl RowTag {
    /// Length in bytes.
    pub const LEN: usize = 24;

    /// Returns the tag of a stored value; `None` for one that is too short to have been sealed.
    #[must_use]
    pub fn of(value: &[u8]) -> Option<Self> {
        value.first_chunk().copied().map(Self)
    }
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Refuses the whole transaction with [`StoreFailure::Outdated`] unless the value stored under `key` has
    /// this tag, or there is none where `tag` is `None` (S14). Always before the operations that change anything.
    Expect {
        /// The table.
        table: Table,
        /// The key.
        key: Vec<u8>,
        /// Tag of the value that the transaction was computed from.
        tag: Option<RowTag>,
    },
    /// Stores a value, in place of an earlier one.
    Put {
        /// The table.
        table: Table,
        /// The key.
        key: Vec<u8>,
        /// The sealed value.
        value: Vec<u8>,
    },
    /// Removes a value, if there is one.
    Delete {
        /// The table.
        table: Table,
        /// The key.
        key: Vec<u8>,
    },
}

/// Why a transaction was not stored. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFailure {
    /// An [`Operation::Expect`] did not hold: another tab wrote in between.
    Outdated,
    /// No room: the browser's quota or the disk is full.
    Full,
    /// Anything else, after the connection to the store was reopened once (C1).
    Failed,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The value under a key: one row or none.
    Get {
        /// The table.
        table: Table,
        /// The key.
        key: Vec<u8>,
    },
    /// Rows from `from` on and before `to`, at most `limit`.
    Range {
        /// The table.
        table: Table,
        /// First key.
        from: Vec<u8>,
        /// First key that is not wanted.
        to: Vec<u8>,
        /// Most rows.
        limit: u32,
    },
    /// All rows of a table.
    All {
        /// The table.
        table: Table,
    },
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// Its key.
    pub key: Vec<u8>,
    /// Its sealed value.
    pub value: Vec<u8>,
}
