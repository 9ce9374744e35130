//! What was typed is on the disk within a moment, and in an entry soon after (M10).
//!
//! A draft is stored as it comes, beside the document and without touching it. It is sealed into an entry after
//! two seconds, or at once when the story leaves the screen. What a start finds was typed in the last one: it is
//! sealed before anything of others is applied, because it rests on the story as it was on the screen.

use super::clock::Moment;
use super::disk::{Draft, TellerDraft};
use super::jobs::Transaction;
use super::vault::{Unreadable, Vault};
use super::{Client, CommandId, StoreId, stories};
use crate::command::{CommandError, Reply};
use crate::id::{DocumentId, RowId};
use crate::model::media;
use crate::storage::{Operation, StoreFailure, StoredRow, Table};
use crate::view::{Field, MediaEdit, MediaField, Teller};
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time that typed text stays a draft.
const SEAL_AFTER: Duration = Duration::from_secs(2);

/// Key of the teller among a story's drafts.
const TELLER: u8 = 0xff;

/// First byte of the keys of photos' and recordings' fields.
const MEDIA: u8 = 0xfe;

/// What a draft is of, as it stands in its key behind the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A field by its number, or the teller.
    Story(u8),
    /// A field of a photo or a recording, by its number.
    Media(RowId, u8),
}

/// All drafts.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    stories: BTreeMap<DocumentId, Typed>,
    /// Commands that wait for their draft to be stored, and whose it is.
    storing: BTreeMap<StoreId, (CommandId, DocumentId, Place)>,
}

/// What was typed in one story.
#[derive(Debug, Default)]
struct Typed {
    drafts: BTreeMap<Place, Draft>,
    /// Drafts whose sealing is being stored.
    sealing: BTreeMap<Place, Draft>,
    /// Fields that are on no disk as they were typed last, and what was to store them.
    unstored: BTreeMap<Place, StoreId>,
    seal_at: Moment,
}

impl Drafts {
    /// Takes up what the last start left: it is due at once.
    pub(super) fn open(vault: &Vault, rows: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut drafts = Self::default();
        for row in rows {
            let place = row.key.split_first_chunk::<16>();
            let place = place.and_then(|(doc, place)| Some((doc, Place::read(place)?)));
            let (doc, place) = place.ok_or(Unreadable(Table::Drafts))?;
            let typed = drafts.stories.entry(DocumentId(*doc)).or_default();
            typed.drafts.insert(place, vault.open(Table::Drafts, row)?);
        }
        Ok(drafts)
    }

    pub(super) fn has(&self, story: DocumentId) -> bool {
        self.stories
            .get(&story)
            .is_some_and(|typed| !typed.drafts.is_empty())
    }

    /// What was typed in a story, by its field; none for what is not of the story itself.
    pub(super) fn of(&self, story: DocumentId) -> impl Iterator<Item = (Option<Field>, &Draft)> {
        let drafts = self
            .stories
            .get(&story)
            .into_iter()
            .flat_map(|typed| &typed.drafts);
        drafts.map(|(place, draft)| (place.story_field(), draft))
    }

    /// Whether something typed is in no stored entry.
    pub(super) fn holds(&self, story: DocumentId) -> bool {
        self.stories.contains_key(&story)
    }

    /// Whether something typed is on no disk (C2): it is being stored, or the store failed.
    pub(super) fn is_unstored(&self, story: DocumentId) -> bool {
        self.stories
            .get(&story)
            .is_some_and(|typed| !typed.unstored.is_empty())
    }

    /// The same of any story.
    pub(super) fn has_unstored(&self) -> bool {
        self.stories.values().any(|typed| !typed.unstored.is_empty())
    }

    /// Stories with something typed that is in no stored entry.
    pub(super) fn stories(&self) -> impl Iterator<Item = DocumentId> {
        self.stories.keys().copied()
    }

    /// Stories whose drafts are due.
    pub(super) fn due(&self, now: Moment) -> impl Iterator<Item = DocumentId> {
        self.stories
            .iter()
            .filter(move |(_, typed)| !typed.drafts.is_empty() && typed.seal_at <= now)
            .map(|(story, _)| *story)
    }

    /// Takes the drafts of a story to seal them.
    fn take(&mut self, story: DocumentId) -> BTreeMap<Place, Draft> {
        let Some(typed) = self.stories.get_mut(&story) else {
            return BTreeMap::new();
        };
        typed.sealing = std::mem::take(&mut typed.drafts);
        typed.sealing.clone()
    }

    /// The entry that holds the taken drafts is stored.
    pub(super) fn sealed(&mut self, story: DocumentId) {
        if let Some(typed) = self.stories.get_mut(&story) {
            let sealing = std::mem::take(&mut typed.sealing);
            // What was typed over since is a draft of its own.
            let is_sealed = |field: &Place| sealing.contains_key(field) && !typed.drafts.contains_key(field);
            typed.unstored.retain(|field, _| !is_sealed(field));
            if typed.drafts.is_empty() {
                self.stories.remove(&story);
            }
        }
    }

    /// The story is erased.
    pub(super) fn forget(&mut self, story: DocumentId) {
        self.stories.remove(&story);
    }

    /// It is not: what was not typed over since is a draft again.
    pub(super) fn unsealed(&mut self) {
        for typed in self.stories.values_mut() {
            for (field, draft) in std::mem::take(&mut typed.sealing) {
                typed.drafts.entry(field).or_insert(draft);
            }
        }
    }
}

impl Client {
    pub(super) fn drafts_deadline(&self) -> Option<Moment> {
        let typed = self.drafts.stories.iter();
        typed
            .filter(|(story, typed)| !typed.drafts.is_empty() && self.may_write(**story))
            .map(|(_, typed)| typed.seal_at)
            .min()
            .filter(|_| self.jobs.is_idle())
            .map(|due| {
                self.jobs
                    .not_before()
                    .map_or(due, |not_before| due.max(not_before))
            })
    }

    pub(super) fn edit(
        &mut self,
        command: CommandId,
        story: DocumentId,
        field: Field,
        value: String,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        stories::check_field(field, &value)?;
        self.put_draft(
            command,
            story,
            Place::Story(code(field)),
            Draft::Field(value),
            rng,
        );
        Ok(())
    }

    pub(super) fn edit_teller(
        &mut self,
        command: CommandId,
        story: DocumentId,
        teller: Teller,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        let kept = self.documents.head(story).and_then(|head| head.teller);
        if kept.is_some_and(|contact| self.documents.head(contact).is_none()) {
            // Somebody else wrote her down, and this member does not read it: another contact would stand beside it.
            return Err(CommandError::NotAllowed);
        }
        stories::check_teller(&teller)?;
        let draft = Draft::Teller(TellerDraft {
            name: teller.name,
            reach: teller.reach,
        });
        self.put_draft(command, story, Place::Story(TELLER), draft, rng);
        Ok(())
    }

    pub(super) fn edit_media(
        &mut self,
        command: CommandId,
        story: DocumentId,
        media: RowId,
        edit: &MediaEdit,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        let (field, value) = media::as_stored(edit)?;
        if !self.media.has(story, media) {
            return Err(CommandError::Unknown);
        }
        let place = Place::Media(media, media_code(field));
        self.put_draft(command, story, place, Draft::Media(value), rng);
        Ok(())
    }

    fn put_draft(
        &mut self,
        command: CommandId,
        story: DocumentId,
        field: Place,
        draft: Draft,
        rng: &mut impl CryptoRng,
    ) {
        let put = self
            .vault
            .put(Table::Drafts, draft_key(story, field), &draft, rng);
        let id = self.out.store(vec![put]);
        self.drafts.storing.insert(id, (command, story, field));
        let seal_at = self.clock.now().after(SEAL_AFTER);
        let typed = self.drafts.stories.entry(story).or_default();
        if typed.drafts.is_empty() {
            typed.seal_at = seal_at;
        }
        typed.drafts.insert(field, draft);
        typed.unstored.insert(field, id);
        self.jobs.try_stuck_again();
        self.told.touch(story);
    }

    pub(super) fn draft_stored(&mut self, id: StoreId) {
        let Some((command, story, field)) = self.drafts.storing.remove(&id) else {
            return;
        };
        if let Some(typed) = self.drafts.stories.get_mut(&story) {
            typed
                .unstored
                .retain(|&other, last| (other, *last) != (field, id));
        }
        self.told.touch(story);
        self.out.reply(command, Ok(Reply::Done));
    }

    /// What was typed stays in memory: the next key stores it again, and so does sealing.
    pub(super) fn draft_failed(&mut self, id: StoreId, failure: StoreFailure) {
        if let Some((command, ..)) = self.drafts.storing.remove(&id) {
            self.out.reply(command, Err(failure.into()));
            self.store_failed(failure);
        }
    }

    /// What was typed in the story is due now.
    pub(super) fn flush(&mut self, story: DocumentId) {
        let now = self.clock.now();
        if let Some(typed) = self.drafts.stories.get_mut(&story) {
            typed.seal_at = typed.seal_at.min(now);
        }
    }

    /// Seals what was typed in a story and about its teller.
    pub(super) fn seal_drafts(
        &mut self,
        tx: &mut Transaction,
        story: DocumentId,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let drafts = self.drafts.take(story);
        for field in drafts.keys() {
            tx.operations.push(Operation::Delete {
                table: Table::Drafts,
                key: draft_key(story, *field),
            });
        }
        tx.sealed.push(story);
        for (field, draft) in drafts {
            match draft {
                Draft::Field(value) => {
                    if let Some(field) = field.story_field() {
                        self.write_field(story, field, &value)?;
                    }
                }
                Draft::Media(value) => {
                    if let Some((media, field)) = field.media_field() {
                        self.write_media(story, media, field, &value)?;
                    }
                }
                Draft::Teller(teller) => self.write_teller(tx, story, &teller, rng)?,
            }
        }
        self.seal(tx, story, crate::entry::Collection::Story, rng)
    }
}

impl Place {
    /// Reads what [`draft_key`] wrote behind the story.
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [field] => Some(Self::Story(*field)),
            [MEDIA, media @ .., field] => Some(Self::Media(RowId::from_slice(media)?, *field)),
            _ => None,
        }
    }

    fn story_field(self) -> Option<Field> {
        match self {
            Self::Story(code) => Field::ALL.get(usize::from(code)).copied(),
            Self::Media(..) => None,
        }
    }

    fn media_field(self) -> Option<(RowId, MediaField)> {
        match self {
            Self::Story(_) => None,
            Self::Media(media, code) => Some((media, *MEDIA_FIELDS.get(usize::from(code))?)),
        }
    }
}

/// Fields of photos and recordings by their number on the disk, which never changes.
const MEDIA_FIELDS: [MediaField; 6] = [
    MediaField::Description,
    MediaField::Recognisable,
    MediaField::Who,
    MediaField::Text,
    MediaField::Marks,
    MediaField::WriteDownOnly,
];

fn draft_key(story: DocumentId, place: Place) -> Vec<u8> {
    match place {
        Place::Story(field) => [&story.0[..], &[field]].concat(),
        Place::Media(media, field) => [&story.0[..], &[MEDIA], &media.0, &[field]].concat(),
    }
}

fn media_code(field: MediaField) -> u8 {
    let place = MEDIA_FIELDS.iter().position(|&other| other == field);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX)
}

/// Number of a field on the disk: its place in the form, which never changes.
fn code(field: Field) -> u8 {
    let place = Field::ALL.iter().position(|&other| other == field);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(TELLER)
}
