//! What is left of a device of which no machine can be made, or whose machine dies at every start (C4).
//!
//! Reading changes nothing. A rebuild keeps what is nowhere but here and lets the rest come again from the relay; a
//! shell carries it out only when a person says so.

use super::disk::{BackfillState, BlobRow, Body, Head, IntentRow, MediaRow, SoundRow, meta};
use super::documents::Loaded;
use super::drafts::Drafts;
use super::media::{MediaStore, parts_of};
use super::network::{Network, Place};
use super::outbox::Outbox;
use super::vault::Vault;
use crate::crypto::{BlobKey, PartPlace, open_blob};
use crate::entry::Collection;
use crate::id::{ActorId, BlobId, DocumentId, NetworkId};
use crate::model::media::Part;
use crate::model::story::Story;
use crate::model::{contact, story};
use crate::storage::{Operation, Query, StoredRow, Table};
use crate::view::{Field, Rescued, RescuedMedia, RescuedStory, Teller};
use minicbor::Decode;
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is read, in this order; the first holds the key of the others.
const TABLES: [Table; 12] = [
    Table::Meta,
    Table::Heads,
    Table::Bodies,
    Table::Drafts,
    Table::Outbox,
    Table::Inbox,
    Table::Dirty,
    Table::Living,
    Table::Journal,
    Table::Intents,
    Table::Media,
    Table::Sounds,
];

/// What was found on the device, as far as [`Rescue::step`] has read it.
#[derive(Debug, Default)]
pub struct Rescue {
    /// Rows that were not looked at yet.
    unsorted: VecDeque<(Table, StoredRow)>,
    /// Opens them; then it is part of what they say.
    vault: Option<Vault>,
    rows: Rows,
    found: Option<Found>,
    /// Documents that were not read yet.
    unread: VecDeque<DocumentId>,
    /// A story whose teller was not read yet.
    begun: Option<(DocumentId, Story)>,
    /// Documents that a rebuild keeps.
    kept: BTreeSet<DocumentId>,
    media: Vec<Source>,
    stories: Vec<RescuedStory>,
}

/// The rows that open, and the keys of those that do not.
#[derive(Debug, Default)]
struct Rows {
    good: BTreeMap<Table, Vec<StoredRow>>,
    bad: Vec<(Table, Vec<u8>)>,
}

/// What the readable rows say.
#[derive(Debug)]
struct Found {
    vault: Vault,
    /// Where the device stands, unless that cannot be told.
    place: Option<Place>,
    heads: BTreeMap<DocumentId, Head>,
    bodies: BTreeMap<DocumentId, StoredRow>,
    drafts: Drafts,
    outbox: Outbox,
    media: MediaStore,
    /// Documents of which something is nowhere but here, and the tellers of those stories.
    unsent: BTreeSet<DocumentId>,
}

/// The bytes of a photo, or of a part of a recording.
#[derive(Debug)]
struct Source {
    doc: DocumentId,
    blob: BlobId,
    key: BlobKey,
    /// Bytes of all parts; a part that is being recorded has no last one, and a rest behind it.
    size: Result<usize, Vec<u8>>,
}

impl Rescue {
    /// Returns the questions whose answers [`Rescue::new`] takes.
    #[must_use]
    pub fn queries() -> Vec<Query> {
        TABLES.iter().map(|&table| Query::All { table }).collect()
    }

    /// Takes the answers to [`Rescue::queries`]; [`Rescue::step`] reads them.
    #[must_use]
    pub fn new(answers: Vec<Vec<StoredRow>>) -> Self {
        let meta = answers.first().map_or(&[][..], Vec::as_slice);
        let vault = Vault::find(meta).ok().flatten();
        let answers = TABLES.into_iter().zip(answers);
        let unsorted = answers.flat_map(|(table, rows)| rows.into_iter().map(move |row| (table, row)));
        Self {
            unsorted: unsorted.collect(),
            vault,
            ..Self::default()
        }
    }

    /// Reads on: one row, one document, or what each start of a machine reads in one go, too. False once all is read.
    ///
    /// Between two steps a shell can show that it lives (C5): all of a full device on a slow phone takes longer than
    /// anybody waits for that.
    pub fn step(&mut self) -> bool {
        if let Some((table, row)) = self.unsorted.pop_front() {
            self.rows.sort(self.vault.as_ref(), table, row);
        } else if let Some(vault) = self.vault.take() {
            self.found = Found::new(vault, &mut self.rows);
            self.unread = self.found.iter().flat_map(Found::to_read).collect();
        } else if let Some((doc, story)) = self.begun.take() {
            self.end_story(doc, story);
        } else if let Some(doc) = self.unread.pop_front() {
            self.read_document(doc);
        } else {
            return false;
        }
        true
    }

    fn read_document(&mut self, doc: DocumentId) {
        let Some(found) = &self.found else {
            return;
        };
        let loaded = found.load(doc);
        // What opens may still be no document: of what is kept that is looked at.
        if loaded.is_some() && found.is_only_here(doc) {
            self.kept.insert(doc);
        }
        if found.is_story_of_here(doc) {
            let story = loaded.map(|mut loaded| story::read(&mut loaded.document));
            self.begun = Some((doc, story.unwrap_or_default()));
        }
    }

    /// Reads the teller of a story, and where the bytes of its photos and sounds are.
    fn end_story(&mut self, doc: DocumentId, mut story: Story) {
        let Some(found) = &self.found else {
            return;
        };
        let contact = story.teller.and_then(|teller| found.load(teller));
        let mut teller =
            contact.map_or_else(Teller::default, |loaded| contact::read(&loaded.document).teller());
        found.drafts.lay_over(doc, &mut story, &mut teller);
        let mut fields = story.fields;
        let fields: Vec<_> = Field::ALL
            .into_iter()
            .filter_map(|field| Some((field, fields.remove(&field).filter(|text| !text.is_empty())?)))
            .collect();
        let media = media_of(doc, &self.rows, found, &mut self.media);
        if !fields.is_empty() || !media.is_empty() {
            self.stories.push(RescuedStory {
                fields,
                teller,
                media,
            });
        }
    }

    /// What a screen shows of it.
    #[must_use]
    pub fn view(&self) -> Rescued {
        Rescued {
            stories: self.stories.clone(),
            n_unreadable: u32::try_from(self.rows.bad.len()).unwrap_or(u32::MAX),
            can_rebuild: self.found.as_ref().is_some_and(|found| found.place.is_some()),
        }
    }

    /// Returns the question whose answer [`Rescue::open_media`] takes; `None` for a number that
    /// [`RescuedMedia`] does not have.
    #[must_use]
    pub fn media_query(&self, number: u32) -> Option<Query> {
        self.source(number).map(|source| parts_of(source.blob))
    }

    /// Opens a photo or a part of a recording; `None` if its bytes are not all there.
    #[must_use]
    pub fn open_media(&self, number: u32, parts: &[StoredRow]) -> Option<Vec<u8>> {
        self.source(number)?.open(parts)
    }

    /// Documents that were one, or are in the outbox: not what was only typed so far.
    fn known(&self, found: &Found) -> BTreeSet<DocumentId> {
        let tables = [Table::Heads, Table::Bodies];
        let bad = self.rows.bad.iter().filter(|(table, _)| tables.contains(table));
        bad.filter_map(|(_, key)| DocumentId::from_slice(key))
            .chain(found.heads.keys().copied())
            .chain(found.bodies.keys().copied())
            .chain(found.outbox.documents())
            .collect()
    }

    fn source(&self, number: u32) -> Option<&Source> {
        self.media.get(usize::try_from(number).ok()?)
    }

    /// Returns what makes a store of which a machine can be made again: what does not open goes, and of what the
    /// relay has everything that is not part of something unsent. `None` if what that takes is damaged, and until all
    /// is read.
    pub fn rebuild(&self, rng: &mut impl CryptoRng) -> Option<Vec<Operation>> {
        let is_read = self.unread.is_empty() && self.begun.is_none();
        let found = self.found.as_ref().filter(|_| is_read)?;
        let place = found.place.as_ref()?;
        let mut operations: Vec<_> = self
            .rows
            .bad
            .iter()
            .map(|(table, key)| delete(*table, key))
            .collect();
        for table in [Table::Inbox, Table::Dirty, Table::Living, Table::Journal] {
            operations.extend(self.rows.of(table).iter().map(|row| delete(table, &row.key)));
        }
        let heads = found.heads.keys().map(|&doc| (Table::Heads, doc));
        let bodies = found.bodies.keys().map(|&doc| (Table::Bodies, doc));
        let gone = heads.chain(bodies).filter(|(_, doc)| !self.kept.contains(doc));
        operations.extend(gone.map(|(table, doc)| delete(table, &doc.0)));
        if place.network().is_some() {
            let torn: Vec<_> = self
                .known(found)
                .into_iter()
                .filter(|doc| found.unsent.contains(doc) && !self.kept.contains(doc))
                .collect();
            let backfill = BackfillState {
                torn: (!torn.is_empty()).then_some(torn),
                ..BackfillState::default()
            };
            operations.push(found.vault.put_meta(meta::BACKFILL, &backfill, rng));
        }
        Some(operations)
    }
}

fn media_of(doc: DocumentId, rows: &Rows, found: &Found, sources: &mut Vec<Source>) -> Vec<RescuedMedia> {
    let here = found.media.of(doc);
    let whole = here.filter(|row| row.is_here && row.part != Part::Thumbnail);
    let whole = whole.map(|row| (row.media_type.clone(), Source::whole(doc, row)));
    let sounds = rows.of(Table::Sounds).iter().filter(|row| row.key == doc.0);
    let open = sounds.filter_map(|row| {
        let sound: SoundRow = found.vault.open(Table::Sounds, row).ok()?;
        Some((sound.media_type.clone(), Source::open_sound(doc, sound)))
    });
    whole
        .chain(open)
        .map(|(media_type, source)| {
            let number = u32::try_from(sources.len()).unwrap_or(u32::MAX);
            sources.push(source);
            RescuedMedia { number, media_type }
        })
        .collect()
}

/// Who reads writes nothing.
const NOBODY: ActorId = ActorId([0; 16]);

impl Rows {
    fn of(&self, table: Table) -> &[StoredRow] {
        self.good.get(&table).map_or(&[], Vec::as_slice)
    }

    /// Without a vault nothing opens.
    fn sort(&mut self, vault: Option<&Vault>, table: Table, row: StoredRow) {
        if vault.is_some_and(|vault| opens(vault, table, &row)) {
            self.good.entry(table).or_default().push(row);
        } else {
            self.bad.push((table, row.key));
        }
    }
}

/// Whether a row can be read. What a rebuild throws away anyway always can.
fn opens(vault: &Vault, table: Table, row: &StoredRow) -> bool {
    fn is<T: for<'b> Decode<'b, ()>>(vault: &Vault, table: Table, row: &StoredRow) -> bool {
        vault.open::<T>(table, row).is_ok()
    }
    let is_of_document = DocumentId::from_slice(&row.key).is_some();
    match table {
        Table::Meta => super::network::opens(vault, row),
        Table::Heads => is_of_document && is::<Head>(vault, table, row),
        Table::Bodies => is_of_document && is::<Body>(vault, table, row),
        Table::Drafts => Drafts::open(vault, std::slice::from_ref(row)).is_ok(),
        // Of which network it is makes no difference to that.
        Table::Outbox => Outbox::open(vault, Some(NetworkId([0; 32])), std::slice::from_ref(row)).is_ok(),
        Table::Intents => is_of_document && is::<IntentRow>(vault, table, row),
        Table::Media => is_of_document && is::<MediaRow>(vault, table, row),
        Table::Sounds => is_of_document && is::<SoundRow>(vault, table, row),
        Table::Inbox | Table::Dirty | Table::Living | Table::Journal | Table::Parts => true,
    }
}

impl Found {
    fn new(vault: Vault, rows: &mut Rows) -> Option<Self> {
        let place = Place::open(&vault, rows.of(Table::Meta)).ok();
        // Who the device is, to whom it belongs and what it may read: of that there is no other copy. And of which
        // document an entry of the outbox was, or what went with it, nobody can tell: to call the rest safe would be a lie.
        let names = [meta::IDENTITY, meta::MEMBERSHIP, meta::KEYRING];
        let is_needed = |(table, key): &(Table, Vec<u8>)| {
            *table == Table::Outbox || (*table == Table::Meta && names.contains(&key.as_slice()))
        };
        let is_whole = !rows.bad.iter().any(is_needed);
        let place = place.filter(|_| is_whole);
        let network = place.as_ref().and_then(Place::network).map(Network::id);
        let heads = rows.of(Table::Heads).iter().filter_map(|row| {
            let head = vault.open::<Head>(Table::Heads, row).ok()?;
            Some((DocumentId::from_slice(&row.key)?, head))
        });
        let heads: BTreeMap<_, _> = heads.collect();
        let drafts = Drafts::open(&vault, rows.of(Table::Drafts)).ok()?;
        let outbox = Outbox::open(&vault, network, rows.of(Table::Outbox)).ok()?;
        let media = MediaStore::open(&vault, rows.of(Table::Media), rows.of(Table::Sounds)).ok()?;
        let mut unsent: BTreeSet<_> = outbox
            .documents()
            .chain(drafts.stories())
            .chain(media.unsent())
            .collect();
        let tellers: Vec<_> = unsent.iter().filter_map(|doc| heads.get(doc)?.teller).collect();
        unsent.extend(tellers);
        let bodies = rows.good.remove(&Table::Bodies).unwrap_or_default().into_iter();
        let bodies = bodies.filter_map(|row| Some((DocumentId::from_slice(&row.key)?, row)));
        Some(Self {
            heads,
            bodies: bodies.collect(),
            drafts,
            outbox,
            media,
            unsent,
            place,
            vault,
        })
    }

    fn load(&self, doc: DocumentId) -> Option<Loaded> {
        let row = self.bodies.get(&doc)?;
        let body = self.vault.open::<Body>(Table::Bodies, row).ok()?;
        Loaded::open(body, NOBODY).ok()
    }

    /// Documents that are shown, or that a rebuild may keep.
    fn to_read(&self) -> BTreeSet<DocumentId> {
        let all = self.bodies.keys().copied().chain(self.drafts.stories());
        all.filter(|&doc| self.is_story_of_here(doc) || self.is_only_here(doc))
            .collect()
    }

    /// Whether a rebuild must not throw it away: outside a network, all there is is here.
    fn is_only_here(&self, doc: DocumentId) -> bool {
        self.heads.contains_key(&doc)
            && self
                .place
                .as_ref()
                .is_some_and(|place| place.network().is_none() || self.unsent.contains(&doc))
    }

    /// Whether it is a story that was written here; what nobody can tell of counts as such.
    fn is_story_of_here(&self, doc: DocumentId) -> bool {
        self.heads
            .get(&doc)
            .is_none_or(|head| head.coll == Collection::Story && (head.is_own || self.unsent.contains(&doc)))
    }
}

impl Source {
    fn whole(doc: DocumentId, row: &BlobRow) -> Self {
        Self {
            doc,
            blob: row.blob,
            key: row.key.clone(),
            size: Ok(usize::try_from(row.size).unwrap_or(usize::MAX)),
        }
    }

    fn open_sound(doc: DocumentId, sound: SoundRow) -> Self {
        Self {
            doc,
            blob: sound.blob,
            key: sound.key,
            size: Err(sound.tail),
        }
    }

    fn open(&self, parts: &[StoredRow]) -> Option<Vec<u8>> {
        let sealed = parts.iter().map(|part| part.value.as_slice());
        let tail = match &self.size {
            Ok(size) => {
                let bytes = open_blob(&self.key, self.doc, self.blob, *size, sealed).ok()?;
                return Some(bytes.to_vec());
            }
            Err(tail) => tail,
        };
        let mut bytes = Vec::new();
        for (index, part) in (0..).zip(sealed) {
            let place = PartPlace {
                doc: self.doc,
                blob: self.blob,
                index,
                is_last: false,
            };
            bytes.extend_from_slice(&self.key.open_part(place, part).ok()?);
        }
        bytes.extend_from_slice(tail);
        Some(bytes)
    }
}

fn delete(table: Table, key: &[u8]) -> Operation {
    Operation::Delete {
        table,
        key: key.to_vec(),
    }
}
