//! What shows in the end.

use super::{Cast, Failure};
use crate::command::{Command, Reply};
use crate::entry::Entry;
use crate::id::{DocumentId, MediaHash};
use crate::publication::Publication;
use crate::storage::Table;
use crate::testing::people;
use crate::view::{Field, Missing, Role, Standing, StoryState, StoryView, Whereabouts};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What of a story must be the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    fields: BTreeMap<Field, String>,
    consents: Vec<String>,
    versions: Vec<(Field, Vec<String>)>,
    teller: String,
    online: Option<u32>,
    /// Photos and recordings with what was written about them.
    media: Vec<(String, String)>,
    /// How many blobs they are.
    n_blobs: usize,
    /// The consent to the website was taken back, and nobody gave another.
    is_taken_back: bool,
    /// Somebody decided that it stays inside, and nobody who knew approved it since.
    is_refused: bool,
}

/// Stories as the first device showed them that showed them.
type Known = BTreeMap<String, (usize, Shown)>;

impl Shown {
    fn of(view: &StoryView) -> Self {
        let mut consents: Vec<_> = view
            .consents
            .iter()
            .map(|consent| consent.consent.whom.clone())
            .collect();
        consents.sort();
        let versions = view.conflicts.iter().map(|conflict| {
            let values = conflict.versions.iter().map(|version| version.value.clone());
            (conflict.field, values.collect())
        });
        let photos = view
            .photos
            .iter()
            .map(|photo| (photo.id.clone(), photo.description.clone()));
        let recordings = view
            .recordings
            .iter()
            .map(|recording| (recording.id.clone(), recording.parts.len().to_string()));
        let n_parts: usize = view
            .recordings
            .iter()
            .filter(|recording| !recording.is_erased)
            .map(|recording| recording.parts.len())
            .sum();
        Self {
            n_blobs: 2 * view.photos.len() + n_parts,
            fields: view.fields.clone(),
            consents,
            versions: versions.collect(),
            teller: view.teller.name.clone(),
            online: view.online_version,
            media: photos.chain(recordings).collect(),
            is_taken_back: view.row.missing.contains(&Missing::WebsiteWithdrawn),
            is_refused: view
                .decision
                .as_ref()
                .is_some_and(|decision| decision.state == StoryState::NotPublished),
        }
    }

    /// The values of a field: one, or all that it was given at once.
    fn values(&self, field: Field) -> Vec<&str> {
        let versions = self.versions.iter().find(|(other, _)| *other == field);
        match versions {
            Some((_, values)) => values.iter().map(String::as_str).collect(),
            None => self.fields.get(&field).map(String::as_str).into_iter().collect(),
        }
    }
}

impl Cast {
    pub(super) fn judge(&mut self) -> Result<(), Failure> {
        let tabs: Vec<_> = self.members.iter().map(|member| member.tab).collect();
        let mut known = Known::new();
        for tab in tabs {
            self.judge_device(tab, &mut known)?;
        }
        for (story, marker) in self.ledger.promised_consents() {
            let consents = known.get(story).map(|(_, shown)| &shown.consents);
            let same = consents
                .into_iter()
                .flatten()
                .filter(|other| *other == marker)
                .count();
            if same != 1 {
                return Err(self.fail(format!("consent {marker} of story {story} is there {same} times")));
            }
        }
        self.judge_erasures()?;
        self.judge_media(&known)?;
        self.judge_removed_media(&known)?;
        self.judge_public_media()?;
        for (story, (_, shown)) in &known {
            for field in Field::ALL {
                if self.ledger.is_thrown(story) {
                    break;
                }
                if let Some(broken) = self.ledger.breaks(story, field, &shown.values(field)) {
                    return Err(self.fail(format!("story {story}: {broken}")));
                }
            }
            if shown.online.is_some() && self.ledger.is_withdrawn(story) {
                return Err(self.fail(format!("story {story} is online after it was withdrawn")));
            }
            if shown.online.is_some() && shown.is_taken_back {
                return Err(self.fail(format!("story {story} is online without consent")));
            }
            // What a lost phone had said of a story may never have come.
            if self.has_lost_a_phone {
                continue;
            }
            if shown.online.is_some() && shown.is_refused {
                return Err(self.fail(format!("story {story} is online and was refused")));
            }
            let is_gone = |media: &String| shown.media.iter().all(|(other, _)| other != media);
            if let Some(media) = self.public_media(story).into_iter().find(is_gone) {
                return Err(self.fail(format!("story {story} shows {media}, which was removed")));
            }
        }
        Ok(())
    }

    /// Photos and recordings that a story shows online, as its publication names them.
    fn public_media(&self, story: &str) -> Vec<String> {
        let networks = self.world.store.networks().map(|(network, ..)| network);
        let publications = networks.flat_map(|network| self.world.store.publications(network));
        let of_story = publications.filter(|(doc, row, _)| !row.is_withdrawn && doc.to_string() == story);
        let read = of_story.filter_map(|(.., bytes)| {
            let entry = Entry::decode(bytes?).ok()?;
            Publication::decode(&entry.ct).ok()
        });
        let media = read.flat_map(|publication| {
            let photos = publication.photos.0.into_iter().map(|photo| photo.media);
            let sounds = publication.sounds.0.into_iter().map(|sound| sound.media);
            photos.chain(sounds).flatten().collect::<Vec<_>>()
        });
        media.map(|media| media.to_string()).collect()
    }

    /// E1: of what was erased nothing is left at the relay or on a disk, and what was promised to be erased is.
    fn judge_erasures(&self) -> Result<(), Failure> {
        let Some((network, ..)) = self.world.store.networks().next() else {
            return Ok(());
        };
        let erased = self.world.store.erased(network);
        for story in self.ledger.promised_erasures() {
            let doc = DocumentId::from_hex(story);
            let mut documents = self.world.store.publications(network);
            // Somebody who did not know handed it in and published it meanwhile.
            let was_published = documents.any(|(other, ..)| Some(other) == doc);
            // What never left its device was forgotten there.
            let is_known = doc.is_some_and(|doc| self.world.store.knows(network, doc));
            if is_known && !was_published && doc.is_none_or(|doc| !erased.contains(&doc)) {
                return Err(self.fail(format!("story {story} was to be erased and is not")));
            }
        }
        for doc in erased {
            let remains = self.world.store.remains(network, doc);
            if !remains.is_empty() {
                return Err(self.fail(format!("E1: the relay keeps of {doc}: {}", remains.join(", "))));
            }
            for (idx, disk) in self.world.disks.iter().enumerate() {
                if let Some((table, _)) = disk.rows_of(doc).next() {
                    return Err(self.fail(format!("E1: disk {idx} keeps a row of {doc} in {table:?}")));
                }
            }
        }
        for (idx, disk) in self.world.disks.iter().enumerate() {
            if disk.n_rows(Table::Outbox) > 0 {
                return Err(self.fail(format!(
                    "disk {idx} has something to send, and its device does not know"
                )));
            }
        }
        Ok(())
    }

    /// What was confirmed of photos and sounds is listed, and the coordinator who came last has its very bytes.
    fn judge_media(&mut self, known: &Known) -> Result<(), Failure> {
        let reader = self.last_coordinator()?;
        let promised = self.ledger.promised_media();
        let promised: Vec<_> = promised
            .map(|(story, media, kept)| (story.clone(), media.clone(), kept.clone()))
            .collect();
        for (id, media, kept) in promised {
            let shown = known.get(&id).map(|(_, shown)| &shown.media);
            if !shown.into_iter().flatten().any(|(other, _)| *other == media) {
                return Err(self.fail(format!("{media} of story {id} is not listed")));
            }
            let which = kept.which;
            let load = Command::LoadMedia { id, media, which };
            let mut loaded = self.world.ask(reader, load.clone());
            for _ in 0..5 {
                if loaded != Ok(Reply::MediaComing) {
                    break;
                }
                self.world.run_until(self.world.now + 150_000);
                loaded = self.world.ask(reader, load.clone());
            }
            if !matches!(&loaded, Ok(Reply::Media { bytes, .. }) if *bytes == kept.bytes) {
                let len = kept.bytes.len();
                return Err(self.fail(format!("tab {reader} does not get the {len} bytes of {load:?}")));
            }
        }
        self.check()
    }

    /// S12: the relay keeps parts of what a story has, and of nothing that was removed.
    fn judge_removed_media(&self, known: &Known) -> Result<(), Failure> {
        // She who removed it may not have told the relay.
        if self.has_lost_a_phone {
            return Ok(());
        }
        let networks = self.world.store.networks().map(|(network, ..)| network);
        for network in networks {
            for (story, (_, shown)) in known {
                let Some(doc) = DocumentId::from_hex(story) else {
                    continue;
                };
                let n_kept = self.world.store.n_blobs(network, doc);
                if n_kept > shown.n_blobs {
                    let n_blobs = shown.n_blobs;
                    return Err(self.fail(format!("{n_kept} blobs of story {story}, which has {n_blobs}")));
                }
            }
        }
        Ok(())
    }

    /// Every photo and sound that a living publication names is at the relay, whole and as it is named.
    fn judge_public_media(&self) -> Result<(), Failure> {
        let networks = self.world.store.networks().map(|(network, ..)| network);
        for network in networks {
            for (doc, row, bytes) in self.world.store.publications(network) {
                let entry = bytes.filter(|_| !row.is_withdrawn).map(Entry::decode);
                let publication = entry.and_then(|entry| Publication::decode(&entry.ok()?.ct).ok());
                for plain in publication.iter().flat_map(Publication::media) {
                    let parts = (0..plain.n_parts())
                        .map_while(|index| self.world.store.medium_part(network, doc, plain.hash, index));
                    let bytes: Vec<u8> = parts.flatten().collect();
                    let hash: [u8; 32] = Sha256::digest(&bytes).into();
                    if MediaHash(hash) != plain.hash {
                        return Err(self.fail(format!("{doc:?} shows {plain:?}, which is not there")));
                    }
                }
            }
        }
        Ok(())
    }

    /// The device of a coordinator who was the last to come.
    fn last_coordinator(&mut self) -> Result<usize, Failure> {
        for idx in (0..self.members.len()).rev() {
            let tab = self.members.get(idx).map_or(0, |member| member.tab);
            let standing = people::standing(&mut self.world, tab);
            if let Standing::Member { role, .. } = self.expect("standing", standing)?
                && matches!(role, Role::Coordinator | Role::Admin)
            {
                return Ok(tab);
            }
        }
        Err(self.fail("there is no coordinator"))
    }

    /// Opens every story of a device and compares it with what others show.
    fn judge_device(&mut self, tab: usize, known: &mut Known) -> Result<(), Failure> {
        let device = self.world.ask(tab, Command::Device);
        // A frame that this network lost may have held what the next one rests on: who could send it again is gone.
        if let Reply::Device(device) = self.expect("device", device)?
            && device.waiting > 0
            && !self.has_lost_a_phone
        {
            return Err(self.fail(format!("tab {tab}: {} waiting", device.waiting)));
        }
        let overview = self.world.ask(tab, Command::Overview);
        let Reply::Overview { standing, rows, .. } = self.expect("overview", overview)? else {
            return Err(self.fail("overview: another answer"));
        };
        let Standing::Member { role, .. } = standing else {
            return Err(self.fail(format!("tab {tab} stands as {standing:?}")));
        };
        let coordinates = matches!(role, Role::Coordinator | Role::Admin);
        let listed: BTreeSet<_> = rows.iter().map(|row| row.id.clone()).collect();
        let promised = self.ledger.promised_stories();
        if let Some(missing) = promised.into_iter().find(|story| !listed.contains(*story))
            && coordinates
        {
            return Err(self.fail(format!("tab {tab} does not list story {missing}")));
        }
        for row in rows {
            if !coordinates && !row.mine {
                return Err(self.fail(format!("tab {tab} lists a story of somebody else")));
            }
            if !self.ledger.stories.contains(&row.id) {
                return Err(self.fail(format!("tab {tab} lists story {}, which nobody began", row.id)));
            }
            if row.whereabouts != Whereabouts::Safe {
                return Err(self.fail(format!("tab {tab}: story {} is {:?}", row.id, row.whereabouts)));
            }
            if row.unreadable && self.has_lost_a_phone {
                continue;
            }
            let opened = self.world.ask(tab, Command::OpenStory { id: row.id.clone() });
            let Reply::Story(view) = self.expect("open", opened)? else {
                return Err(self.fail("open: another answer"));
            };
            self.compare(tab, coordinates, &row.id, &view, known)?;
        }
        Ok(())
    }

    fn compare(
        &self,
        tab: usize,
        coordinates: bool,
        story: &str,
        view: &StoryView,
        known: &mut Known,
    ) -> Result<(), Failure> {
        let mut mine = Shown::of(view);
        let Some((other, theirs)) = known.get(story) else {
            known.insert(story.to_owned(), (tab, mine));
            return Ok(());
        };
        // A volunteer does not read a teller whom a coordinator wrote down.
        if !coordinates && mine.teller.is_empty() {
            mine.teller.clone_from(&theirs.teller);
        }
        if *theirs == mine {
            return Ok(());
        }
        let what = format!("story {story} differs between tab {other} and tab {tab}");
        Err(self.fail(format!("{what}: {theirs:?} {mine:?}")))
    }
}
