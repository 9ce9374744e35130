//! What people were told: from the moment that a command is confirmed, what it did is promised.

use crate::command::Reply;
use crate::sync::client::CommandId;
use crate::testing::world::World;
use crate::view::{Field, Role, StoryState, Whereabouts, Which};
use std::collections::{BTreeMap, BTreeSet};

/// All promises of a run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) stories: Vec<String>,
    /// Commands that were given and not answered.
    asked: Vec<Asked>,
    /// Consents that were confirmed: story and marker, with the disk that said so.
    consents: BTreeMap<(String, String), usize>,
    /// What was typed in a field, in the order in which it was.
    typed: BTreeMap<(String, Field), Vec<Typed>>,
    /// Stories in the order of the last order about them: to publish or to withdraw.
    orders: BTreeMap<String, Order>,
    roles: BTreeMap<u32, Role>,
    /// Stories that somebody tried to put into the trash: nothing of them is promised any more.
    thrown: BTreeSet<String>,
    /// Stories that are to be erased, with the disk that said so.
    erased: BTreeMap<String, usize>,
    /// Photos and recordings that were confirmed, by story and id.
    media: BTreeMap<(String, String), Kept>,
    /// Photos that somebody tried to remove.
    removed: BTreeSet<(String, String)>,
    n_media: usize,
    n_markers: u32,
}

/// A photo or a recording.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    disk: usize,
    pub(super) which: Which,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug)]
struct Asked {
    tab: usize,
    life: u64,
    command: CommandId,
    story: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Consent(String),
    Typed(Field, String),
    Order { number: u64 },
    Photo(Vec<u8>),
    Sound(String, Vec<u8>),
    Erase,
}

#[derive(Clone, Debug)]
struct Typed {
    tab: usize,
    disk: usize,
    value: String,
    is_confirmed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    number: u64,
    is_to_publish: bool,
    is_confirmed: bool,
}

impl Ledger {
    /// A word that is nowhere else.
    pub(super) fn marker(&mut self) -> String {
        self.n_markers += 1;
        format!("m{}", self.n_markers)
    }

    pub(super) fn consented(
        &mut self,
        world: &World,
        tab: usize,
        command: CommandId,
        story: String,
        marker: String,
    ) {
        self.ask(world, tab, command, story, What::Consent(marker));
    }

    pub(super) fn typed(
        &mut self,
        world: &World,
        tab: usize,
        command: CommandId,
        story: String,
        field: Field,
        value: String,
    ) {
        self.typed.entry((story.clone(), field)).or_default().push(Typed {
            tab,
            disk: disk_of(world, tab),
            value: value.clone(),
            is_confirmed: false,
        });
        self.ask(world, tab, command, story, What::Typed(field, value));
    }

    pub(super) fn ordered(
        &mut self,
        world: &World,
        tab: usize,
        command: CommandId,
        story: String,
        is_to_publish: bool,
    ) {
        let row = world.tabs.get(tab).and_then(|tab| tab.rows.get(&story));
        let is_online = row.is_some_and(|row| row.state == StoryState::Online);
        if !is_to_publish && !is_online {
            // Nothing to take back, as far as she sees: what somebody else ordered before may still go online.
            self.orders.remove(&story);
            return;
        }
        let number = command.0 + world.now;
        self.orders.insert(
            story.clone(),
            Order {
                number,
                is_to_publish,
                is_confirmed: false,
            },
        );
        self.ask(world, tab, command, story, What::Order { number });
    }

    pub(super) fn photographed(
        &mut self,
        world: &World,
        tab: usize,
        command: CommandId,
        story: String,
        bytes: Vec<u8>,
    ) {
        self.n_media += 1;
        self.ask(world, tab, command, story, What::Photo(bytes));
    }

    pub(super) fn recorded(
        &mut self,
        world: &World,
        tab: usize,
        command: CommandId,
        story: String,
        (recording, bytes): (String, Vec<u8>),
    ) {
        self.n_media += 1;
        self.ask(world, tab, command, story, What::Sound(recording, bytes));
    }

    /// Whatever becomes of it: it is promised no more.
    pub(super) fn removed(&mut self, story: &str, media: &str) {
        self.removed.insert((story.to_owned(), media.to_owned()));
    }

    /// Whatever becomes of it: nothing of it is promised any more.
    pub(super) fn thrown(&mut self, story: &str) {
        self.thrown.insert(story.to_owned());
    }

    pub(super) fn is_thrown(&self, story: &str) -> bool {
        self.thrown.contains(story)
    }

    pub(super) fn erasing(&mut self, world: &World, tab: usize, command: CommandId, story: String) {
        self.ask(world, tab, command, story, What::Erase);
    }

    /// Stories of which somebody was told that they will be erased.
    pub(super) fn promised_erasures(&self) -> impl Iterator<Item = &String> {
        self.erased.keys()
    }

    /// How many photos and recordings people tried to make.
    pub(super) fn n_media(&self) -> usize {
        self.n_media
    }

    /// Photos that were confirmed: story and id.
    pub(super) fn photos(&self) -> impl Iterator<Item = (&String, &String)> {
        let photos = self.media.iter().filter(|(_, kept)| kept.which == Which::Full);
        photos.map(|((story, media), _)| (story, media))
    }

    /// Photos and recordings that are promised: story, id, and what they are.
    pub(super) fn promised_media(&self) -> impl Iterator<Item = (&String, &String, &Kept)> {
        let promised = self
            .media
            .iter()
            .filter(|(name, _)| !self.removed.contains(*name) && !self.thrown.contains(&name.0));
        promised.map(|((story, media), kept)| (story, media, kept))
    }

    fn ask(&mut self, world: &World, tab: usize, command: CommandId, story: String, what: What) {
        let life = world.tabs.get(tab).map_or(0, |tab| tab.life);
        self.asked.push(Asked {
            tab,
            life,
            command,
            story,
            what,
        });
    }

    pub(super) fn role(&mut self, member: u32, role: Role) {
        self.roles.insert(member, role);
    }

    /// Members whose role was changed, with the one that they have in the end.
    pub(super) fn roles(&self) -> Vec<(u32, Role)> {
        self.roles.iter().map(|(member, role)| (*member, *role)).collect()
    }

    /// Notes what was answered.
    pub(super) fn collect(&mut self, world: &mut World) {
        for asked in std::mem::take(&mut self.asked) {
            let Some(at) = world.tabs.get_mut(asked.tab).filter(|tab| tab.life == asked.life) else {
                continue;
            };
            match at.answers.remove(&asked.command) {
                None => self.asked.push(asked),
                Some(Ok(reply)) => self.confirmed(at.disk, asked, &reply),
                Some(Err(_)) => {}
            }
        }
    }

    fn confirmed(&mut self, disk: usize, asked: Asked, reply: &Reply) {
        match asked.what {
            What::Consent(marker) => drop(self.consents.insert((asked.story, marker), disk)),
            What::Typed(field, value) => {
                let typed = self.typed.get_mut(&(asked.story, field));
                let typed = typed.into_iter().flatten().rev();
                for typed in typed
                    .filter(|typed| typed.value == value && typed.disk == disk)
                    .take(1)
                {
                    typed.is_confirmed = true;
                }
            }
            What::Photo(bytes) => {
                if let Reply::Added(media) = reply {
                    let kept = Kept {
                        disk,
                        which: Which::Full,
                        bytes,
                    };
                    self.media.insert((asked.story, media.clone()), kept);
                }
            }
            What::Sound(recording, bytes) => {
                let kept = Kept {
                    disk,
                    which: Which::Sound(1),
                    bytes,
                };
                self.media.insert((asked.story, recording), kept);
            }
            What::Erase => drop(self.erased.insert(asked.story, disk)),
            What::Order { number } => {
                let is_taken = matches!(reply, Reply::Done | Reply::Queued);
                let order = self.orders.get_mut(&asked.story);
                for order in order.into_iter().filter(|order| order.number == number) {
                    order.is_confirmed = is_taken;
                }
            }
        }
    }

    /// A device is gone: of what it said, only that holds which was said to be safe.
    pub(super) fn lost(&mut self, world: &World, tab: usize, safe: &BTreeSet<(String, String)>) {
        let Some(at) = world.tabs.get(tab) else { return };
        let is_safe = |story: &str| {
            let row = at.rows.get(story);
            row.is_some_and(|row| row.whereabouts == Whereabouts::Safe)
        };
        self.media
            .retain(|name, kept| kept.disk != at.disk || safe.contains(name));
        self.consents
            .retain(|(story, _), disk| *disk != at.disk || is_safe(story));
        for ((story, _), typed) in &mut self.typed {
            for typed in typed.iter_mut().filter(|typed| typed.disk == at.disk) {
                typed.is_confirmed &= is_safe(story);
            }
        }
        for order in self.orders.values_mut() {
            // An order rests on the device that took it until it is carried out.
            order.is_confirmed = false;
        }
        self.erased.retain(|_, disk| *disk != at.disk);
        self.asked.retain(|asked| asked.tab != tab);
    }

    /// Stories with a consent that was confirmed.
    pub(super) fn promised_stories(&self) -> BTreeSet<&String> {
        self.promised_consents().map(|(story, _)| story).collect()
    }

    /// Consents that were confirmed.
    pub(super) fn promised_consents(&self) -> impl Iterator<Item = (&String, &String)> {
        let consents = self.consents.keys();
        let promised = consents.filter(|(story, _)| !self.thrown.contains(story));
        promised.map(|(story, marker)| (story, marker))
    }

    /// Whether a story must not be online: the last order was to withdraw it, and was taken.
    pub(super) fn is_withdrawn(&self, story: &str) -> bool {
        let order = self.orders.get(story);
        order.is_some_and(|order| order.is_confirmed && !order.is_to_publish)
    }

    /// Returns why a field may not have these values, if it may not.
    pub(super) fn breaks(&self, story: &str, field: Field, values: &[&str]) -> Option<String> {
        let typed = self.typed.get(&(story.to_owned(), field))?;
        let is_known = |value: &str| value.is_empty() || typed.iter().any(|typed| typed.value == value);
        if let Some(value) = values.iter().find(|value| !is_known(value)) {
            return Some(format!("{field:?} is {value:?}, which nobody typed"));
        }
        // With one writer the last word that was confirmed stands, or one that came after it. Two tabs are two.
        let tabs: BTreeSet<_> = typed.iter().map(|typed| typed.tab).collect();
        let last = typed.iter().rposition(|typed| typed.is_confirmed)?;
        let later: Vec<_> = typed.iter().skip(last).map(|typed| &*typed.value).collect();
        let holds = values.iter().any(|value| later.contains(value));
        (tabs.len() == 1 && !holds).then(|| format!("{field:?} is {values:?}, not one of {later:?}"))
    }
}

fn disk_of(world: &World, tab: usize) -> usize {
    world.tabs.get(tab).map_or(0, |tab| tab.disk)
}
