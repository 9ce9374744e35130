//! What the public may read, in memory: a read model of the publications that the store keeps.
//!
//! Filled from the store at start, then changed after each commit, so that a withdrawn story is gone with the
//! next answer. About 6 kB a story: small for the thousands that a network of volunteers collects.

use shared::fold::fold;
use shared::id::{DocumentId, MediaHash, NetworkId, Seq};
use shared::places::{self, Municipality, Nis, Province};
use shared::prose;
use shared::publication::{Photo, Plain, Publication, Section, Sound, SoundFile};
use shared::time::Timestamp;
use shared::view::Use;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// A story as everybody may see it: nothing else of it is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicStory {
    /// Its document; the address of its page.
    pub id: DocumentId,
    /// Where its publication stands in the log: lists are ordered by it, not by a clock (S13).
    pub seq: Seq,
    /// Title.
    pub title: String,
    /// Text by heading, in the order of the page.
    pub sections: Vec<Section>,
    /// Plain summary, empty if none.
    pub summary: String,
    /// Language of the telling, a BCP 47 tag.
    pub language: String,
    /// Ids of themes.
    pub themes: Vec<String>,
    /// For whom, in free words, empty if not said.
    pub audience: String,
    /// Where.
    pub municipality: Nis,
    /// Part of the municipality, if that was consented.
    pub district: Option<String>,
    /// Name of the teller as consented.
    pub name: Option<String>,
    /// Day of publishing, for display.
    pub date: Timestamp,
    /// Last moment at which its consent holds, if it ends.
    pub until: Option<Timestamp>,
    /// Photos, in the order of the page.
    pub photos: Vec<Photo>,
    /// Last moment at which photos of people may be shown, if it ends.
    pub people_until: Option<Timestamp>,
    /// Recordings, in the order of the page.
    pub sounds: Vec<Sound>,
    /// Last moment at which they may be heard, if it ends.
    pub voice_until: Option<Timestamp>,
}

impl PublicStory {
    /// Takes from a publication, checked by the relay, what readers see of it.
    #[must_use]
    pub fn new(id: DocumentId, seq: Seq, publication: Publication) -> Self {
        let until = publication.until();
        let people_until = publication.until_of(Use::Photo);
        let voice_until = publication.until_of(Use::Voice);
        // By name, each: a new field is not shown before somebody decides it.
        let Publication {
            version: _,
            prev: _,
            title,
            sections,
            summary,
            language,
            themes,
            audience,
            municipality,
            district,
            name,
            date,
            claims: _,
            consent: _,
            photos,
            sounds,
        } = publication;
        Self {
            id,
            seq,
            title,
            sections,
            summary,
            language,
            themes,
            audience,
            municipality,
            district,
            name,
            date,
            until,
            photos: photos.0,
            people_until,
            sounds: sounds.0,
            voice_until,
        }
    }

    /// Returns the photos that are shown: those of people only while their consents hold.
    pub(crate) fn photos(&self, now: Timestamp) -> impl Iterator<Item = &Photo> {
        let may_show_people = self.people_until.is_none_or(|until| now <= until);
        let photos = self.photos.iter();
        photos.filter(move |photo| may_show_people || !photo.shows_people)
    }

    /// Returns the recordings that can be heard: only while the consent holds.
    pub(crate) fn sounds(&self, now: Timestamp) -> impl Iterator<Item = &Sound> {
        let may_be_heard = self.voice_until.is_none_or(|until| now <= until);
        self.sounds.iter().filter(move |_| may_be_heard)
    }

    /// Returns the photo or the sound of these bytes, if it is shown.
    fn medium(&self, hash: MediaHash, now: Timestamp) -> Option<Plain> {
        let files = self.sounds(now).flat_map(|sound| &sound.files);
        let mut media = self
            .photos(now)
            .map(Photo::plain)
            .chain(files.map(SoundFile::plain));
        media.find(|plain| plain.hash == hash)
    }

    /// Returns the bytes of all its photos and sounds, shown or not.
    pub(crate) fn hashes(&self) -> Vec<MediaHash> {
        let files = self.sounds.iter().flat_map(|sound| &sound.files);
        let photos = self.photos.iter().map(|photo| photo.hash);
        photos.chain(files.map(|file| file.hash)).collect()
    }

    /// Returns the last moments of what it shows: of all of it, of people on its photos, of a voice.
    fn ends(&self) -> impl Iterator<Item = Timestamp> {
        let people = self.photos.iter().any(|photo| photo.shows_people);
        let people_until = self.people_until.filter(|_| people);
        let voice_until = self.voice_until.filter(|_| !self.sounds.is_empty());
        [self.until, people_until, voice_until].into_iter().flatten()
    }

    /// Returns the municipality of today.
    pub(crate) fn place(&self) -> Option<&'static Municipality> {
        places::municipality(self.municipality)
    }

    /// Returns the summary, or the beginning of the text where there is none.
    pub(crate) fn gist(&self) -> String {
        if !self.summary.trim().is_empty() {
            return self.summary.trim().to_owned();
        }
        let text = self.sections.first().map(|section| prose::plain(&section.text));
        shorten(text.unwrap_or_default())
    }

    fn is_shown(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now <= until)
    }

    /// All that a search looks through, folded, with a space around each word.
    fn haystack(&self) -> String {
        let place = self.place().map_or("", |place| place.name);
        let district = self.district.as_deref().unwrap_or_default();
        let texts = self.sections.iter().map(|section| section.text.as_str());
        let all = [
            self.title.as_str(),
            &self.summary,
            &self.audience,
            place,
            district,
        ];
        let words: Vec<_> = all.into_iter().chain(texts).map(fold).collect();
        format!(" {} ", words.join(" "))
    }
}

/// Cuts a long text after a word.
fn shorten(text: String) -> String {
    const LETTERS_MAX: usize = 180;
    let Some((end, _)) = text.char_indices().nth(LETTERS_MAX) else {
        return text;
    };
    let beginning = text.get(..end).unwrap_or_default();
    let words = beginning.rsplit_once(' ').map_or(beginning, |(words, _)| words);
    format!("{words}…")
}

/// What there is under an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A story to show.
    Online(&'a PublicStory),
    /// A story that was taken back, or whose consent ended.
    Gone,
    /// Never heard of.
    Unknown,
}

/// Which stories somebody wants to see; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all occur, as typed.
    pub search: String,
    /// Only from here.
    pub municipality: Option<Nis>,
    /// Only from here.
    pub province: Option<Province>,
    /// Only with this theme.
    pub theme: Option<String>,
    /// Only for this audience.
    pub audience: Option<String>,
    /// Only told in this language.
    pub language: Option<String>,
    /// Page, from 1.
    pub page: usize,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<'a> {
    /// The stories of this page, newest first.
    pub stories: Vec<&'a PublicStory>,
    /// How many there are on all pages.
    pub total: usize,
    /// This page, from 1, at most `pages`.
    pub page: usize,
    /// Number of pages, at least 1.
    pub pages: usize,
}

/// Stories on a page of a list.
pub const PAGE_STORIES: usize = 12;
/// Words of a search that count: more make it slow, not better.
const SEARCH_WORDS_MAX: usize = 8;

/// All publications of a network.
#[derive(Debug, Default)]
pub struct Publications {
    network: Option<(NetworkId, String)>,
    stories: BTreeMap<DocumentId, State>,
    newest: BTreeSet<(Reverse<Seq>, DocumentId)>,
    /// Stories with a photo or a sound of these bytes.
    media: BTreeSet<(MediaHash, DocumentId)>,
    /// Last moments of what stories show, until that has been noticed.
    ends: BTreeSet<(Timestamp, DocumentId)>,
}

#[derive(Debug)]
enum State {
    Online {
        story: Box<PublicStory>,
        haystack: String,
    },
    Gone,
}

impl Publications {
    /// Says which network it is, and what it is called.
    pub fn set_network(&mut self, id: NetworkId, name: String) {
        self.network = Some((id, name));
    }

    /// Returns the name of the network, if one was founded.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        self.network.as_ref().map(|(_, name)| name.as_str())
    }

    /// Returns where the store keeps the bytes of a photo or a sound that is shown now, and what they are.
    #[must_use]
    pub fn medium(&self, hash: MediaHash, now: Timestamp) -> Option<(NetworkId, DocumentId, Plain)> {
        let (network, _) = self.network.as_ref()?;
        let from = (hash, DocumentId([0; DocumentId::LEN]));
        let with = self.media.range(from..).take_while(|(of, _)| *of == hash);
        let mut shown = with.filter_map(|(_, doc)| match self.get(*doc, now) {
            Found::Online(story) => Some((*network, *doc, story.medium(hash, now)?)),
            Found::Gone | Found::Unknown => None,
        });
        shown.next()
    }

    /// Shows a story, in place of an earlier version or after a withdrawal.
    pub fn publish(&mut self, story: PublicStory) {
        self.withdraw(story.id);
        self.newest.insert((Reverse(story.seq), story.id));
        self.media
            .extend(story.hashes().into_iter().map(|hash| (hash, story.id)));
        self.ends.extend(story.ends().map(|end| (end, story.id)));
        let haystack = story.haystack();
        let story = Box::new(story);
        self.stories.insert(story.id, State::Online { story, haystack });
    }

    /// Forgets a story, but for its id: its address says from now on that it was taken back.
    pub fn withdraw(&mut self, id: DocumentId) {
        if let Some(State::Online { story, .. }) = self.stories.insert(id, State::Gone) {
            self.newest.remove(&(Reverse(story.seq), id));
            for hash in story.hashes() {
                self.media.remove(&(hash, id));
            }
            for end in story.ends() {
                self.ends.remove(&(end, id));
            }
        }
    }

    /// Returns the last moment of what ends next, or has ended and was not noticed.
    #[must_use]
    pub fn next_end(&self) -> Option<Timestamp> {
        self.ends.first().map(|(end, _)| *end)
    }

    /// Returns where something has ended that was not noticed before. A story that is not shown any more is forgotten as
    /// one that was taken back.
    pub fn ended(&mut self, now: Timestamp) -> Vec<(NetworkId, DocumentId)> {
        let lasting = self.ends.split_off(&(now, DocumentId([0; DocumentId::LEN])));
        let ended = std::mem::replace(&mut self.ends, lasting);
        let ended: BTreeSet<_> = ended.into_iter().map(|(_, doc)| doc).collect();
        for doc in &ended {
            if self.get(*doc, now) == Found::Gone {
                self.withdraw(*doc);
            }
        }
        let network = self.network.as_ref().map(|(id, _)| *id);
        let ended = ended.into_iter();
        ended.filter_map(|doc| Some((network?, doc))).collect()
    }

    /// Returns what there is under an id.
    #[must_use]
    pub fn get(&self, id: DocumentId, now: Timestamp) -> Found<'_> {
        match self.stories.get(&id) {
            Some(State::Online { story, .. }) if story.is_shown(now) => Found::Online(story),
            Some(State::Online { .. } | State::Gone) => Found::Gone,
            None => Found::Unknown,
        }
    }

    /// Returns all stories that are shown, newest first.
    pub fn newest(&self, now: Timestamp) -> impl Iterator<Item = &PublicStory> {
        self.searchable(now).map(|(story, _)| story)
    }

    /// Returns the page of the stories that fit.
    #[must_use]
    pub fn list(&self, filter: &Filter, now: Timestamp) -> Listing<'_> {
        let search = fold(&filter.search);
        let words: Vec<_> = search
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(SEARCH_WORDS_MAX)
            .map(|word| format!(" {word}"))
            .collect();
        let fitting: Vec<_> = self
            .searchable(now)
            .filter(|(story, _)| filter.fits(story))
            .filter(|(_, haystack)| words.iter().all(|word| haystack.contains(word)))
            .map(|(story, _)| story)
            .collect();
        let total = fitting.len();
        let pages = total.div_ceil(PAGE_STORIES).max(1);
        let page = filter.page.clamp(1, pages);
        let stories = fitting.into_iter().skip((page - 1) * PAGE_STORIES);
        Listing {
            stories: stories.take(PAGE_STORIES).collect(),
            total,
            page,
            pages,
        }
    }

    /// Returns how many stories each municipality of today has, those without left out.
    #[must_use]
    pub fn by_municipality(&self, now: Timestamp) -> BTreeMap<Nis, usize> {
        let mut counts = BTreeMap::new();
        for place in self.newest(now).filter_map(PublicStory::place) {
            *counts.entry(place.nis).or_default() += 1;
        }
        counts
    }

    /// Returns how many stories each theme has, those without left out.
    #[must_use]
    pub fn by_theme(&self, now: Timestamp) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for theme in self.newest(now).flat_map(|story| &story.themes) {
            *counts.entry(theme.as_str()).or_default() += 1;
        }
        counts
    }

    /// Returns at most `count` other stories: from the same municipality first, then from those whose centres lie
    /// nearest, the newest first of those that are equally far.
    #[must_use]
    pub fn nearby(&self, story: &PublicStory, count: usize, now: Timestamp) -> Vec<&PublicStory> {
        let Some(here) = story.place().map(|place| places::project(place.centre)) else {
            return Vec::new();
        };
        let mut others: Vec<_> = self
            .newest(now)
            .filter(|other| other.id != story.id)
            .filter_map(|other| {
                let there = places::project(other.place()?.centre);
                Some(((there.x - here.x).hypot(there.y - here.y), other))
            })
            .collect();
        others.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        others.into_iter().take(count).map(|(_, other)| other).collect()
    }

    /// Returns the languages that stories are told in, and the audiences that they name.
    #[must_use]
    pub fn choices(&self, now: Timestamp) -> Choices<'_> {
        let mut choices = Choices::default();
        for story in self.newest(now) {
            choices.languages.insert(&story.language);
            if !story.audience.is_empty() {
                choices.audiences.insert(&story.audience);
            }
        }
        choices
    }

    fn searchable(&self, now: Timestamp) -> impl Iterator<Item = (&PublicStory, &str)> {
        let states = self.newest.iter().filter_map(|(_, id)| self.stories.get(id));
        states.filter_map(move |state| match state {
            State::Online { story, haystack } if story.is_shown(now) => Some((&**story, haystack.as_str())),
            State::Online { .. } | State::Gone => None,
        })
    }
}

/// What a reader can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices<'a> {
    /// BCP 47 tags.
    pub languages: BTreeSet<&'a str>,
    /// Free words.
    pub audiences: BTreeSet<&'a str>,
}

impl Filter {
    /// Whether a story fits all but the searched words.
    fn fits(&self, story: &PublicStory) -> bool {
        let place = story.place();
        let fits =
            |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        self.municipality
            .is_none_or(|nis| place.is_some_and(|place| place.nis == nis))
            && self
                .province
                .is_none_or(|province| place.is_some_and(|place| place.province == province))
            && self
                .theme
                .as_ref()
                .is_none_or(|theme| story.themes.contains(theme))
            && fits(&self.audience, &story.audience)
            && fits(&self.language, &story.language)
    }
}

/// The publications as the shell shares them between the relay's task and the pages.
#[derive(Clone, Debug, Default)]
pub struct SharedPublications(Arc<RwLock<Publications>>);

impl SharedPublications {
    /// Lets a page read.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Publications> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes them, after the commit that stores the change.
    pub fn change<T>(&self, change: impl FnOnce(&mut Publications) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
pub(crate) mod tests;
