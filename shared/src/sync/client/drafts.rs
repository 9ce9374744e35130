//! What was typed is on the disk within a moment, and in an entry soon after (M10).
//!
//! A draft is stored as it comes, beside the document and without touching it. It is sealed into an entry after
//! two seconds, or at once when the story leaves the screen. What a start finds was typed in the last one: it is
//! sealed before anything of others is applied, because it rests on the story as it was on the screen.
//!
//! What others wrote may come in between all the same: while a key is on its way from the screen, or for as long as a
//! cursor holds it back there. So what is typed tells what the screen showed, and replaces nothing else (M7). That is
//! not kept with the draft: whoever dies within those two seconds has typed over what she held back. And a teller has no
//! versions: of her the last word counts.
//!
//! Until then, and for as long as it cannot be sealed, a screen shows it in the place of what the document has: what
//! is typed next begins there.

use super::clock::Moment;
use super::disk::{Draft, TellerDraft};
use super::documents::Loaded;
use super::jobs::{Job, Transaction};
use super::media::sound::SoundStep;
use super::vault::{Unreadable, Vault};
use super::{Client, CommandId, StoreId, stories};
use crate::command::{CommandError, Reply};
use crate::id::{ChangeHash, DocumentId, RowId};
use crate::model::story::Story;
use crate::model::{contact, media};
use crate::storage::{Operation, StoreFailure, StoredRow, Table};
use crate::view::{Field, MediaEdit, MediaField, Teller, TellerField};
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time that typed text stays a draft.
const SEAL_AFTER: Duration = Duration::from_secs(2);

/// After the last key of the teller's name while a page may show it. Whoever leaves the field does not wait for it.
const SEAL_NAME_AFTER: Duration = Duration::from_secs(30);

/// Key of both fields of the teller among a story's drafts, of an earlier build.
const TELLER: u8 = 0xff;

/// First byte of the keys of photos' and recordings' fields.
const MEDIA: u8 = 0xfe;

/// Keys of the fields of the teller.
const TELLER_NAME: u8 = 0xfd;
const TELLER_REACH: u8 = 0xfc;

/// What a draft is of, as it stands in its key behind the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A field by its number.
    Story(u8),
    /// A field of a photo or a recording, by its number.
    Media(RowId, u8),
    /// A field of the teller.
    Teller(TellerField),
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
    drafts: BTreeMap<Place, String>,
    /// Drafts whose sealing is being stored.
    sealing: BTreeMap<Place, String>,
    /// The changes that the screen showed when a field was typed in first; none where that is not known.
    seen: BTreeMap<Place, Vec<ChangeHash>>,
    /// Fields that are on no disk as they were typed last, and what was to store them.
    unstored: BTreeMap<Place, StoreId>,
    seal_at: Moment,
    /// The story had no room for it when it was sealed last.
    is_too_large: bool,
}

impl Typed {
    fn is_sealable(&self) -> bool {
        !self.drafts.is_empty() && !self.is_too_large
    }
}

impl Drafts {
    /// Takes up what the last start left: it is due at once.
    pub(super) fn open(vault: &Vault, rows: &[StoredRow]) -> Result<Self, Unreadable> {
        let mut drafts = Self::default();
        for row in rows {
            let place = row.key.split_first_chunk::<16>();
            let place = place.and_then(|(doc, place)| Some((doc, Place::read(place)?)));
            let (doc, place) = place.ok_or(Unreadable(Table::Drafts))?;
            let typed = &mut drafts.stories.entry(DocumentId(*doc)).or_default().drafts;
            match vault.open::<Draft>(Table::Drafts, row)? {
                Draft::Field(value) | Draft::Media(value) => drop(typed.insert(place, value)),
                // What was typed in one of them since is a draft of its own, and newer.
                Draft::Teller(TellerDraft { name, reach }) => {
                    typed.entry(Place::Teller(TellerField::Name)).or_insert(name);
                    typed.entry(Place::Teller(TellerField::Reach)).or_insert(reach);
                }
            }
        }
        Ok(drafts)
    }

    /// Puts what was typed in the place of what a story and its teller hold.
    pub(super) fn lay_over(&self, doc: DocumentId, story: &mut Story, teller: &mut Teller) {
        let typed = self.stories.get(&doc).into_iter();
        for (place, value) in typed.flat_map(|typed| typed.sealing.iter().chain(&typed.drafts)) {
            if let Some(field) = place.story_field() {
                story.fields.insert(field, value.clone());
            } else if let Some((media, field)) = place.media_field() {
                let photos = story.media.photos.iter_mut();
                let photos = photos.map(|photo| (photo.id, &mut photo.fields));
                let recordings = story.media.recordings.iter_mut();
                let recordings = recordings.map(|recording| (recording.id, &mut recording.fields));
                if let Some((_, fields)) = photos.chain(recordings).find(|(id, _)| *id == media) {
                    fields.values.insert(field, value.clone());
                }
            } else if let Place::Teller(field) = *place {
                teller.field_mut(field).clone_from(value);
            }
        }
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

    /// Whether a story has no room for what was typed in it: that stays on this device.
    pub(super) fn has_too_large(&self) -> bool {
        self.stories.values().any(|typed| typed.is_too_large)
    }

    /// What was typed in a story could not be made part of it.
    pub(super) fn not_sealed(&mut self, story: DocumentId, why: &CommandError) {
        if let Some(typed) = self.stories.get_mut(&story) {
            typed.is_too_large = matches!(why, CommandError::StoryFull | CommandError::TooLong { .. });
        }
    }

    /// Stories with something typed that is in no stored entry.
    pub(super) fn stories(&self) -> impl Iterator<Item = DocumentId> {
        self.stories.keys().copied()
    }

    /// Whether a story had no room for what was typed last.
    pub(super) fn is_too_large(&self, story: DocumentId) -> bool {
        self.stories.get(&story).is_some_and(|typed| typed.is_too_large)
    }

    /// Whether something of a story is to be sealed. What found no room waits until something else is typed.
    pub(super) fn is_sealable(&self, story: DocumentId) -> bool {
        self.stories.get(&story).is_some_and(Typed::is_sealable)
    }

    /// Stories whose drafts are due.
    pub(super) fn due(&self, now: Moment) -> impl Iterator<Item = DocumentId> {
        self.stories
            .iter()
            .filter(move |(_, typed)| typed.is_sealable() && typed.seal_at <= now)
            .map(|(story, _)| *story)
    }

    /// Takes the drafts of a story to seal them.
    fn take(&mut self, story: DocumentId) -> Vec<(Place, String, Vec<ChangeHash>)> {
        let Some(typed) = self.stories.get_mut(&story) else {
            return Vec::new();
        };
        typed.sealing = std::mem::take(&mut typed.drafts);
        let drafts = typed.sealing.iter();
        let drafts = drafts.map(|(place, value)| {
            let seen = typed.seen.get(place).cloned().unwrap_or_default();
            (*place, value.clone(), seen)
        });
        drafts.collect()
    }

    /// The entry that holds the taken drafts is stored.
    pub(super) fn sealed(&mut self, story: DocumentId) {
        if let Some(typed) = self.stories.get_mut(&story) {
            let sealing = std::mem::take(&mut typed.sealing);
            // What was typed over since is a draft of its own.
            let is_sealed = |field: &Place| sealing.contains_key(field) && !typed.drafts.contains_key(field);
            typed.unstored.retain(|field, _| !is_sealed(field));
            // The next key rests on what is part of the story now.
            typed.seen.retain(|field, _| !sealing.contains_key(field));
            typed.is_too_large = false;
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
            .filter(|(story, typed)| typed.is_sealable() && self.may_write(**story))
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
        seen: Vec<ChangeHash>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        stories::check_field(field, &value)?;
        self.put_draft(command, story, Place::Story(code(field)), value, seen, rng);
        Ok(())
    }

    pub(super) fn edit_teller(
        &mut self,
        command: CommandId,
        story: DocumentId,
        field: TellerField,
        value: String,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        let kept = self.documents.head(story).and_then(|head| head.teller);
        if kept.is_some_and(|contact| self.documents.head(contact).is_none()) {
            // Somebody else wrote her down, and this member does not read it: another contact would stand beside it.
            return Err(CommandError::NotAllowed);
        }
        contact::check_value(&value)?;
        self.put_draft(command, story, Place::Teller(field), value, Vec::new(), rng);
        Ok(())
    }

    pub(super) fn edit_media(
        &mut self,
        command: CommandId,
        story: DocumentId,
        media: RowId,
        edit: &MediaEdit,
        seen: Vec<ChangeHash>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        self.check_editable(story)?;
        let (field, value) = media::as_stored(edit)?;
        // An erased recording has no blob, and its text can be put right.
        let is_there = |loaded: &Loaded| media::is_there(&loaded.document, media);
        if !self.media.has(story, media) && !self.documents.loaded(story).is_some_and(is_there) {
            // The story knows nothing yet of a recording whose first part is open.
            if field != MediaField::Marks || !self.media.sounds.is_open(story, media) {
                return Err(CommandError::Unknown);
            }
            let step = SoundStep::Mark {
                recording: media,
                marks: value,
            };
            self.jobs.push(Job::Record { command, story, step });
            return Ok(());
        }
        let place = Place::Media(media, media_code(field));
        self.put_draft(command, story, place, value, seen, rng);
        Ok(())
    }

    fn put_draft(
        &mut self,
        command: CommandId,
        story: DocumentId,
        field: Place,
        value: String,
        seen: Vec<ChangeHash>,
        rng: &mut impl CryptoRng,
    ) {
        let draft = match field {
            Place::Story(_) | Place::Teller(_) => Draft::Field(value.clone()),
            Place::Media(..) => Draft::Media(value.clone()),
        };
        let put = self
            .vault
            .put(Table::Drafts, draft_key(story, field), &draft, rng);
        let id = self.out.store(vec![put]);
        self.drafts.storing.insert(id, (command, story, field));
        let head = self.documents.head(story);
        let is_online = head.is_some_and(|head| head.is_online(self.relay_time_seen()));
        // Half of a name takes a page down that shows the whole one.
        let is_shown = is_online && field == Place::Teller(TellerField::Name);
        let after = if is_shown { SEAL_NAME_AFTER } else { SEAL_AFTER };
        let seal_at = self.clock.now().after(after);
        let typed = self.drafts.stories.entry(story).or_default();
        if typed.drafts.is_empty() || is_shown {
            typed.seal_at = seal_at;
        }
        // What is typed next rests on the draft.
        if !typed.drafts.contains_key(&field) && !typed.sealing.contains_key(&field) {
            typed.seen.insert(field, seen);
        }
        typed.drafts.insert(field, value);
        typed.unstored.insert(field, id);
        typed.is_too_large = false;
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
            self.store_failed(failure);
            self.out.reply(command, Err(failure.into()));
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
        let places = || drafts.iter().map(|(place, ..)| *place);
        let is_of_teller = |place: Place| matches!(place, Place::Teller(_));
        let both = places().any(is_of_teller).then_some(Place::Story(TELLER));
        for place in places().chain(both) {
            tx.operations.push(Operation::Delete {
                table: Table::Drafts,
                key: draft_key(story, place),
            });
        }
        tx.sealed.push(story);
        let mut teller = Vec::new();
        for (place, value, seen) in drafts {
            match place {
                Place::Story(_) => {
                    if let Some(field) = place.story_field() {
                        self.write_field(story, field, &value, &seen)?;
                    }
                }
                Place::Media(..) => {
                    if let Some((media, field)) = place.media_field() {
                        self.write_media(story, media, field, &value, &seen)?;
                        tx.note_answer(media, field);
                    }
                }
                Place::Teller(field) => teller.push((field, value)),
            }
        }
        if !teller.is_empty() {
            self.write_teller(tx, story, &teller, rng)?;
        }
        self.seal(tx, story, crate::entry::Collection::Story, rng)
    }
}

impl Place {
    /// Reads what [`draft_key`] wrote behind the story.
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [TELLER_NAME] => Some(Self::Teller(TellerField::Name)),
            [TELLER_REACH] => Some(Self::Teller(TellerField::Reach)),
            [field] => Some(Self::Story(*field)),
            [MEDIA, media @ .., field] => Some(Self::Media(RowId::from_slice(media)?, *field)),
            _ => None,
        }
    }

    fn story_field(self) -> Option<Field> {
        match self {
            Self::Story(code) => Field::ALL.get(usize::from(code)).copied(),
            Self::Media(..) | Self::Teller(_) => None,
        }
    }

    fn media_field(self) -> Option<(RowId, MediaField)> {
        match self {
            Self::Story(_) | Self::Teller(_) => None,
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
        Place::Teller(TellerField::Name) => [&story.0[..], &[TELLER_NAME]].concat(),
        Place::Teller(TellerField::Reach) => [&story.0[..], &[TELLER_REACH]].concat(),
    }
}

/// Every key that a draft of a story can have, and what the draft is then of.
#[cfg(test)]
pub(super) fn keys(story: DocumentId) -> Vec<(String, Vec<u8>)> {
    let media = RowId([2; 16]);
    let fields = Field::ALL.map(|field| (format!("{field:?}"), Place::Story(code(field))));
    let of_media = |field: MediaField| {
        (
            format!("{field:?} of media"),
            Place::Media(media, media_code(field)),
        )
    };
    let of_teller = |field: TellerField| (format!("{field:?} of the teller"), Place::Teller(field));
    let both = ("the teller".to_owned(), Place::Story(TELLER));
    let places = fields.into_iter().chain(MEDIA_FIELDS.map(of_media));
    let places = places.chain(TellerField::ALL.map(of_teller)).chain([both]);
    places
        .map(|(name, place)| (name, draft_key(story, place)))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;
    use crate::storage::Query;
    use crate::sync::client::{Config, Output};
    use crate::time::Timestamp;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    const STORY: DocumentId = DocumentId([7; 16]);

    fn stored(put: Operation) -> StoredRow {
        let Operation::Put { key, value, .. } = put else {
            panic!("not stored: {put:?}")
        };
        StoredRow { key, value }
    }

    fn teller(drafts: &Drafts) -> Teller {
        let mut teller = Teller::default();
        drafts.lay_over(STORY, &mut Story::default(), &mut teller);
        teller
    }

    /// It opens, gives way to what was typed since in one of the fields, and is gone once that is sealed: else each start
    /// would bring it back over what was written later.
    #[test]
    fn both_fields_of_the_teller_as_an_earlier_build_stored_them() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (vault, storage_key) = Vault::create(&mut rng);
        let both = Draft::Teller(TellerDraft {
            name: "Mia".to_owned(),
            reach: "0470".to_owned(),
        });
        assert_eq!(cbor::encode(&both), b"\x82\x01\x82\x63Mia\x640470");
        let key = draft_key(STORY, Place::Story(TELLER));
        let earlier = stored(vault.put(Table::Drafts, key.clone(), &both, &mut rng));
        let name = Draft::Field("Mia Peeters".to_owned());
        let name_key = draft_key(STORY, Place::Teller(TellerField::Name));
        let since = stored(vault.put(Table::Drafts, name_key, &name, &mut rng));
        for rows in [[earlier.clone(), since.clone()], [since, earlier.clone()]] {
            let teller = teller(&Drafts::open(&vault, &rows).unwrap());
            assert_eq!([teller.name, teller.reach], ["Mia Peeters", "0470"]);
        }

        let storage_key = stored(storage_key);
        let answers = Client::boot_queries().into_iter().map(|query| match query {
            Query::All { table: Table::Meta } => vec![storage_key.clone()],
            Query::All { table: Table::Drafts } => vec![earlier.clone()],
            Query::All { .. } | Query::Get { .. } | Query::Range { .. } => Vec::new(),
        });
        let answers: Vec<_> = answers.collect();
        let config = Config {
            origin: "https://verhalen.example".to_owned(),
            app_version: 1,
        };
        let mut client = Client::open(config, &answers, Timestamp(1), &mut rng).unwrap();
        let mut operations = Vec::new();
        while let Some(output) = client.poll_output() {
            if let Output::Store(_, stored) = output {
                operations.extend(stored);
            }
        }
        let table = Table::Drafts;
        assert!(operations.contains(&Operation::Delete { table, key }));
    }
}
