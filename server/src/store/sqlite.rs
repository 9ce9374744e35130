//! The store in two SQLite files, one for the logs and one for the parts of blobs (S12).
//!
//! ```text
//! store() ─► queue ─► writer: BEGIN · one savepoint per transaction · COMMIT (one fsync) ─► done, done, done
//! answer() ─► a reading connection, in a transaction of its own
//! ```
//!
//! Each file has a writer: a photo on its way never keeps a text waiting. No transaction spans both, and nothing of
//! one is said to be stored before that file is synced. While one commit waits for the disk, others queue up and
//! share the next: group commit.

mod answer;
mod blobs;
mod connection;
mod data_file;
mod media;
mod operation;
mod page;
mod row;
mod schema;
mod writer;

use super::{Done, Store, StoredNetwork, StoredPublication};
use data_file::DataFile;
use shared::crypto::FoundingHash;
use shared::id::{DocumentId, MediaHash, MemberId, NetworkId};
use shared::storage::{
    Answer, DocumentRow, KnownMedium, KnownPart, RelayFailure, RelayOperation, RelayQuery,
};
use std::path::PathBuf;
use thiserror::Error;

/// Name of the second file, in the folder of the first.
const BLOBS_FILE: &str = "blobs.sqlite";

/// Where and how large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteConfig {
    /// The file of the logs. Beside it lies `blobs.sqlite`; SQLite keeps two more beside each.
    pub file: PathBuf,
    /// Largest size of each file in bytes; beyond it, transactions fail with [`RelayFailure::Full`].
    pub bytes_max: Option<u64>,
}

/// Why a file was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// SQLite cannot use it.
    #[error("sqlite cannot use the file")]
    Sqlite(#[from] rusqlite::Error),
    /// A setting that durability or erasure rests on did not take.
    #[error("sqlite keeps {name} at {found:?}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it is.
        found: String,
    },
    /// It belongs to another program.
    #[error("the file is not a store of Aanzet")]
    NotOurs,
    /// A newer server wrote it.
    #[error("the file has version {found}, this server knows {known}")]
    Newer {
        /// Its version.
        found: i64,
        /// The newest version that we know.
        known: i64,
    },
    /// No thread for the writer.
    #[error("the writer's thread does not start")]
    Thread(#[source] std::io::Error),
}

/// The store.
#[derive(Debug)]
pub struct SqliteStore {
    log: DataFile,
    blobs: DataFile,
}

impl SqliteStore {
    /// Opens both files, or makes them, and brings them to the newest version.
    ///
    /// # Errors
    /// See [`OpenError`]; no table of a file that is not ours or newer was changed.
    pub fn open(config: SqliteConfig) -> Result<Self, OpenError> {
        let blobs = SqliteConfig {
            file: config.file.with_file_name(BLOBS_FILE),
            ..config
        };
        Ok(Self {
            log: DataFile::open(config, &schema::LOG, operation::carry_out)?,
            blobs: DataFile::open(blobs, &schema::BLOBS, blobs::carry_out)?,
        })
    }

    fn judge_part(&self, query: &RelayQuery) -> Result<Answer, RelayFailure> {
        let RelayQuery::JudgePart {
            network,
            part,
            is_last,
            member,
        } = query
        else {
            return Err(RelayFailure::Failed);
        };
        let (document, entry_bytes) = self.document_and_usage(*network, part.doc, *member)?;
        let (stored, part_bytes) = self.blobs.read(|file| {
            let stored = blobs::stored_part(file, *network, *part, *is_last)?;
            Ok((stored, blobs::bytes_of(file, *network, *member)?))
        })?;
        Ok(Answer::JudgePart(Box::new(KnownPart {
            document,
            bytes_used: entry_bytes.saturating_add(part_bytes),
            stored,
        })))
    }

    fn judge_medium(
        &self,
        network: NetworkId,
        doc: DocumentId,
        hash: MediaHash,
        member: MemberId,
    ) -> Result<Answer, RelayFailure> {
        let (document, entry_bytes) = self.document_and_usage(network, doc, member)?;
        let (stored, bytes) = self.blobs.read(|file| {
            let stored = media::stored(file, network, doc, hash)?;
            Ok((stored, blobs::bytes_of(file, network, member)?))
        })?;
        Ok(Answer::JudgeMedium(Box::new(KnownMedium {
            document,
            bytes_used: entry_bytes.saturating_add(bytes),
            stored,
        })))
    }

    /// A document, and the bytes of a member's entries.
    fn document_and_usage(
        &self,
        network: NetworkId,
        doc: DocumentId,
        member: MemberId,
    ) -> Result<(Option<DocumentRow>, u64), RelayFailure> {
        self.log.read(|log| {
            let document = answer::document(log, network, doc)?;
            let usage = answer::usage_of(log, network, member)?;
            Ok((document, usage.bytes))
        })
    }
}

impl Store for SqliteStore {
    fn store(&self, operations: Vec<RelayOperation>, done: Done) {
        if operations.first().is_some_and(RelayOperation::is_of_blobs) {
            self.blobs.store(operations, done);
        } else {
            self.log.store(operations, done);
        }
    }

    fn answer(&self, query: &RelayQuery) -> Result<Answer, RelayFailure> {
        match query {
            RelayQuery::JudgePart { .. } => self.judge_part(query),
            RelayQuery::Judge {
                network,
                members,
                media,
                ..
            } => {
                let known = self.log.read(|log| answer::answer(log, query))?;
                let Answer::Judge(mut known) = known else {
                    return Err(RelayFailure::Failed);
                };
                (known.part_bytes, known.media) = self.blobs.read(|file| {
                    let bytes = |member| Ok((member, blobs::bytes_of(file, *network, member)?));
                    let bytes = members.iter().map(|member| bytes(*member));
                    let bytes = bytes.filter(|found| !matches!(found, Ok((_, 0))));
                    Ok((
                        bytes.collect::<Result<_, rusqlite::Error>>()?,
                        media::confirmed(file, *network, media)?,
                    ))
                })?;
                Ok(Answer::Judge(known))
            }
            RelayQuery::Blobs {
                network,
                groups,
                blobs,
            } => {
                let readable = self.log.read(|log| {
                    let reads = |name: &shared::protocol::BlobName| {
                        answer::reads(log, *network, name.doc, groups).map(|reads| (*name, reads))
                    };
                    blobs.iter().map(reads).collect::<Result<Vec<_>, _>>()
                })?;
                let states = self.blobs.read(|file| {
                    let states = readable.iter();
                    states
                        .map(|(name, reads)| blobs::state(file, *network, *name, *reads))
                        .collect()
                })?;
                Ok(Answer::Blobs(states))
            }
            RelayQuery::Part {
                network,
                groups,
                part,
            } => {
                let reads = self
                    .log
                    .read(|log| answer::reads(log, *network, part.doc, groups))?;
                let found = self
                    .blobs
                    .read(|file| blobs::part(file, *network, *part, reads))?;
                Ok(Answer::Part(found))
            }
            RelayQuery::JudgeMedium {
                network,
                doc,
                hash,
                member,
            } => self.judge_medium(*network, *doc, *hash, *member),
            RelayQuery::Media { network, doc, media } => {
                let stored = self.blobs.read(|file| {
                    let stored = media.iter();
                    stored
                        .map(|hash| media::stored(file, *network, *doc, *hash))
                        .collect()
                })?;
                Ok(Answer::Media(stored))
            }
            RelayQuery::WholeMedium {
                network,
                doc,
                hash,
                bytes_max,
            } => {
                let whole = self
                    .blobs
                    .read(|file| media::whole(file, *network, *doc, *hash, *bytes_max))?;
                Ok(Answer::WholeMedium(whole))
            }
            RelayQuery::Network { .. }
            | RelayQuery::Invitation { .. }
            | RelayQuery::Entries { .. }
            | RelayQuery::Chain { .. }
            | RelayQuery::Page { .. }
            | RelayQuery::Backfill { .. }
            | RelayQuery::Detached { .. } => self.log.read(|log| answer::answer(log, query)),
        }
    }

    fn founding(&self) -> Result<Option<FoundingHash>, RelayFailure> {
        self.log.read(|log| answer::founding(log))
    }

    fn networks(&self) -> Result<Vec<StoredNetwork>, RelayFailure> {
        self.log.read(|log| answer::networks(log))
    }

    fn publications(
        &self,
        network: NetworkId,
        after: Option<DocumentId>,
        rows_max: u32,
    ) -> Result<Vec<StoredPublication>, RelayFailure> {
        self.log
            .read(|log| answer::publications(log, network, after, rows_max))
    }

    fn media_documents(&self, network: NetworkId) -> Result<Vec<DocumentId>, RelayFailure> {
        self.blobs.read(|file| media::documents(file, network))
    }

    fn medium_part(
        &self,
        network: NetworkId,
        doc: DocumentId,
        hash: MediaHash,
        index: u32,
    ) -> Result<Option<Vec<u8>>, RelayFailure> {
        self.blobs
            .read(|file| media::part(file, network, doc, hash, index))
    }

    fn bytes_used(&self) -> Result<u64, RelayFailure> {
        let used = |file: &DataFile| {
            file.read(|transaction| {
                let number = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
                let pages = number("page_count")? - number("freelist_count")?;
                Ok(u64::try_from(pages.saturating_mul(number("page_size")?)).unwrap_or_default())
            })
        };
        Ok(used(&self.log)?.saturating_add(used(&self.blobs)?))
    }

    fn stop(&self) {
        self.log.stop();
        self.blobs.stop();
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.stop();
    }
}
