//! From stored rows to a machine.

use super::clock::Clock;
use super::disk::{IntentRow, Journal};
use super::documents::Documents;
use super::drafts::Drafts;
use super::erasing::Erased;
use super::errand::Errands;
use super::intake::Intake;
use super::intents::Intents;
use super::jobs::Jobs;
use super::link::Link;
use super::media::MediaStore;
use super::network::{Network, Place};
use super::outbox::Outbox;
use super::records::Records;
use super::vault::{Unreadable, Vault};
use super::views::Told;
use super::{Client, Config, Out};
use crate::id::{ActorId, DocumentId};
use crate::storage::{Query, StoredRow, Table};
use crate::sync::bug::{Bug, Bugs};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use thiserror::Error;

/// Why no machine can be made of what is stored: the rescue screen (C4). Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// A value does not open.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Not the answers to [`Client::boot_queries`].
    #[error("the answers do not fit the questions")]
    Answers,
}

/// How many starts in a row end while an entry is tried alone before it is set aside: people close tabs and phones end
/// them at any moment, which proves nothing the first times.
const DEATHS_ALONE_MAX: u32 = 3;

/// What is read at a start, in this order.
const TABLES: [Table; 9] = [
    Table::Meta,
    Table::Heads,
    Table::Dirty,
    Table::Drafts,
    Table::Outbox,
    Table::Journal,
    Table::Intents,
    Table::Media,
    Table::Sounds,
];

impl Client {
    /// Returns the questions whose answers [`Client::open`] takes.
    #[must_use]
    pub fn boot_queries() -> Vec<Query> {
        TABLES.iter().map(|&table| Query::All { table }).collect()
    }

    /// Makes the machine from the answers to [`Client::boot_queries`]; empty answers are a first start.
    ///
    /// # Errors
    /// [`OpenError`] if something stored cannot be read.
    pub fn open(
        config: Config,
        answers: &[Vec<StoredRow>],
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, OpenError> {
        Self::open_with_bugs(config, answers, now, rng, Bugs::default())
    }

    /// [`Client::open`] with planted bugs.
    ///
    /// # Errors
    /// [`OpenError`] if something stored cannot be read.
    pub fn open_with_bugs(
        config: Config,
        answers: &[Vec<StoredRow>],
        now: Timestamp,
        rng: &mut impl CryptoRng,
        bugs: Bugs,
    ) -> Result<Self, OpenError> {
        let [
            meta,
            heads,
            dirty,
            drafts,
            outbox,
            journal,
            intents,
            media,
            sounds,
        ] = answers
        else {
            return Err(OpenError::Answers);
        };
        let mut out = Out::default();
        let vault = match Vault::find(meta)? {
            Some(vault) => vault,
            None => {
                let (vault, put) = Vault::create(rng);
                out.first = Some(put);
                out.store(Vec::new());
                vault
            }
        };
        let place = Place::open(&vault, meta)?;
        let actor = draw_actor(&bugs, &place, rng);
        let mut documents = Documents::open(&vault, heads, dirty)?;
        let mut died_applying = false;
        for row in journal {
            let journal: Journal = vault.open(Table::Journal, row)?;
            died_applying |= !journal.entries.is_empty();
            let n_alone = journal.n_alone.unwrap_or(u32::from(journal.is_retry));
            match journal.entries.as_slice() {
                [condemned] if n_alone >= DEATHS_ALONE_MAX => drop(documents.condemned.insert(*condemned)),
                suspects => {
                    let suspects = suspects.iter().map(|entry| (*entry, n_alone));
                    documents.suspects.extend(suspects);
                }
            }
        }
        let mut open_intents = Intents::default();
        for row in intents {
            let doc = DocumentId::from_slice(&row.key).ok_or(Unreadable(Table::Intents))?;
            let intent: IntentRow = vault.open(Table::Intents, row)?;
            open_intents.set(doc, Some(intent));
        }
        let erased = Erased::open(&vault, meta)?;
        let mut client = Self {
            outbox: Outbox::open(&vault, place.network().map(Network::id), outbox)?,
            drafts: Drafts::open(&vault, drafts)?,
            media: MediaStore::open(&vault, media, sounds)?,
            clock: Clock::new(now),
            config,
            bugs,
            out,
            actor,
            place,
            link: Link::default(),
            intake: Intake::default(),
            documents,
            jobs: Jobs::default(),
            intents: open_intents,
            errands: Errands::default(),
            records: Records::default(),
            told: Told::default(),
            died_applying,
            erased,
            vault,
        };
        client.owe_erasures();
        // S15: the relay is tried at every start, and what the last one left is gone on with.
        client.advance(rng);
        Ok(client)
    }
}

/// Draws an actor that nothing was ever written with (M3).
pub(super) fn draw_actor(bugs: &Bugs, place: &Place, rng: &mut impl CryptoRng) -> ActorId {
    let mut actor = ActorId([0; 16]);
    rng.fill_bytes(&mut actor.0);
    if bugs.has(Bug::ActorReused) {
        let device = place.network().map_or(0, |network| network.identity.device.0);
        actor = ActorId([0x0a; 16]);
        actor
            .0
            .iter_mut()
            .zip(device.to_be_bytes())
            .for_each(|(to, byte)| *to = byte);
    }
    actor
}
