//! One run: a network is founded, people write while everything goes wrong, then it heals and is judged.
//!
//! | invariant | how it is seen |
//! |---|---|
//! | convergence | every device that reads a story shows the same fields, consents and versions |
//! | no acknowledged loss | every consent that was answered is there once, on every device; every receipt's entry is in the log |
//! | no stall | within ten simulated minutes after healing nothing is left to send, to apply or to fetch |
//! | nobody is quarantined | all members are honest, so nothing may be set aside, or wait for ever |
//! | nobody sees too much | a volunteer's device lists her own stories only |

use super::people;
use super::world::{Faults, World};
use crate::command::{Command, CommandError, Reply};
use crate::sync::bug::{Bug, Bugs};
use crate::sync::client::CommandId;
use crate::view::{Field, Given, NewConsent, Role, StoryView, Use, Whereabouts};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How long the world may take to come to rest after it healed, in simulated milliseconds.
const REST_MS_MAX: u64 = 15 * 60_000;

/// Length of the time in which things go wrong, in simulated milliseconds.
const CHAOS_MS: u64 = 4 * 60_000;

/// What a run gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Hash of all that happened.
    pub trace: [u8; 32],
    /// How many things happened.
    pub n_steps: u64,
}

/// What a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The invariant, and what was seen.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEED={} cargo xtask sim: {}", self.seed, self.what)
    }
}

/// People and what they did.
#[derive(Debug)]
struct Cast {
    world: World,
    seed: u64,
    members: Vec<Member>,
    stories: Vec<String>,
    /// Consents under way: the story, and the marker that it is known by.
    asked: Vec<(usize, CommandId, u64, String, String)>,
    /// Consents that were answered.
    kept: BTreeSet<(String, String)>,
    n_markers: u32,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    tab: usize,
    ordinal: u32,
}

/// Runs one seed.
///
/// # Errors
/// [`Failure`] with the first invariant that did not hold.
pub fn run(seed: u64, bug: Option<Bug>) -> Result<Report, Failure> {
    let mut cast = Cast {
        world: World::new(seed),
        seed,
        members: Vec::new(),
        stories: Vec::new(),
        asked: Vec::new(),
        kept: BTreeSet::new(),
        n_markers: 0,
    };
    if let Some(bug) = bug {
        cast.world.bugs = Bugs::default().with(bug);
    }
    cast.assemble()?;
    cast.chaos(bug);
    cast.heal()?;
    cast.judge()?;
    Ok(Report {
        trace: cast.world.trace(),
        n_steps: cast.world.n_steps(),
    })
}

impl Cast {
    fn fail(&self, what: impl Into<String>) -> Failure {
        Failure {
            seed: self.seed,
            what: what.into(),
        }
    }

    /// An administrator, a coordinator and a volunteer or two; somebody writes before she joins.
    fn assemble(&mut self) -> Result<(), Failure> {
        let tab = self.world.device();
        let code = self.world.code();
        let found = Command::Found {
            network: "Netwerk".to_owned(),
            name: "Ana".to_owned(),
            code,
        };
        let founded = self.world.ask(tab, found);
        self.expect("found", founded)?;
        self.members.push(Member { tab, ordinal: 0 });
        let n_more = 2 + self.world.below(2);
        for ordinal in 1..=n_more {
            let role = if ordinal == 1 {
                Role::Coordinator
            } else {
                Role::Volunteer
            };
            self.join(u32::try_from(ordinal).unwrap_or_default(), role)?;
        }
        Ok(())
    }

    fn join(&mut self, ordinal: u32, role: Role) -> Result<(), Failure> {
        let tab = self.world.device();
        if self.world.chance(500) {
            self.write_new(tab);
        }
        let Some(admin) = self.members.first().map(|admin| admin.tab) else {
            return Ok(());
        };
        let invite = Command::Invite {
            role,
            minutes: 60,
            automatic: role == Role::Volunteer,
        };
        let invited = self.world.ask(admin, invite);
        let Reply::Invited(invitation) = self.expect("invite", invited)? else {
            return Err(self.fail("invite: another answer"));
        };
        let looked_up = self.world.ask(
            tab,
            Command::Lookup {
                code: invitation.code,
            },
        );
        self.expect("lookup", looked_up)?;
        let joined = self.world.ask(
            tab,
            Command::Join {
                name: format!("Lid {ordinal}"),
            },
        );
        self.expect("join", joined)?;
        if role != Role::Volunteer {
            self.world.run_until(self.world.now + 3_000);
            let approved = self.world.ask(admin, Command::Approve { device: ordinal });
            self.expect("approve", approved)?;
        }
        self.members.push(Member { tab, ordinal });
        Ok(())
    }

    fn expect(&self, what: &str, answer: Result<Reply, CommandError>) -> Result<Reply, Failure> {
        answer.map_err(|error| self.fail(format!("{what}: {error:?}")))
    }

    /// Starts a story and types its title.
    fn write_new(&mut self, tab: usize) {
        if let Ok(Reply::Story(view)) = self.world.ask(tab, Command::NewStory) {
            let id = view.row.id.clone();
            let edit = Command::Edit {
                id: id.clone(),
                field: Field::Title,
                value: format!("Verhaal {}", self.stories.len()),
            };
            if self.world.ask(tab, edit).is_ok() {
                self.stories.push(id);
            }
        }
    }

    /// People work while everything goes wrong.
    fn chaos(&mut self, bug: Option<Bug>) {
        self.world.faults = Faults {
            frame_lost: 15,
            frame_twice: 10,
            frame_early: 10,
            cut: 15,
            delay_ms_max: 400,
        };
        if bug == Some(Bug::OutdatedWrite) || self.world.chance(150) {
            let tab = self.members.first().map(|member| member.tab);
            if let Some(tab) = tab {
                self.world.second_tab(tab);
            }
        }
        let until = self.world.now + CHAOS_MS;
        while self.world.now < until {
            let pause_ms = 1 + self.world.below(12_000);
            self.world.run_until(self.world.now + pause_ms);
            self.collect();
            if self.world.chance(700) {
                self.work();
            } else {
                self.misfortune();
            }
        }
    }

    /// Somebody does something.
    fn work(&mut self) {
        let n_tabs = self.world.tabs.len() as u64;
        let tab = usize::try_from(self.world.below(n_tabs)).unwrap_or_default();
        if self.stories.is_empty() || self.world.chance(150) {
            return self.write_new(tab);
        }
        let n_stories = self.stories.len() as u64;
        let story = usize::try_from(self.world.below(n_stories)).unwrap_or_default();
        let Some(id) = self.stories.get(story).cloned() else {
            return;
        };
        self.n_markers += 1;
        let marker = format!("m{}", self.n_markers);
        match self.world.below(10) {
            0..4 => {
                let fields = [Field::Title, Field::Happened, Field::Who, Field::Summary];
                let field = usize::try_from(self.world.below(4)).unwrap_or_default();
                let field = fields.get(field).copied().unwrap_or(Field::Title);
                self.world.command(
                    tab,
                    Command::Edit {
                        id: id.clone(),
                        field,
                        value: marker,
                    },
                );
                if self.world.chance(500) {
                    self.world.command(tab, Command::CloseStory { id });
                }
            }
            4..7 => {
                let command = Command::AddConsent {
                    id: id.clone(),
                    consent: consent(&marker),
                };
                if let Some(command) = self.world.command(tab, command) {
                    let life = self.world.tabs.get(tab).map_or(0, |tab| tab.life);
                    self.asked.push((tab, command, life, id, marker));
                }
            }
            7 => {
                let teller = crate::view::Teller {
                    name: marker,
                    reach: String::new(),
                };
                self.world.command(tab, Command::EditTeller { id, teller });
            }
            8 => {
                self.world.command(tab, Command::OpenStory { id });
            }
            _ => self.change_role(),
        }
    }

    /// The coordinator loses her role, and gets it back another time.
    fn change_role(&mut self) {
        let Some(admin) = self.members.first().map(|admin| admin.tab) else {
            return;
        };
        let Some(member) = self.members.get(1).copied() else {
            return;
        };
        let role = if self.world.chance(500) {
            Role::Volunteer
        } else {
            Role::Coordinator
        };
        let set = Command::SetRole {
            member: member.ordinal,
            role,
        };
        // The answer may be lost: what the role is shows in the end.
        self.world.command(admin, set);
    }

    /// Something goes wrong.
    fn misfortune(&mut self) {
        let n_tabs = self.world.tabs.len() as u64;
        let tab = usize::try_from(self.world.below(n_tabs)).unwrap_or_default();
        match self.world.below(8) {
            0 | 1 => self.world.open(tab),
            2 | 3 => {
                let down_ms = self.world.below(10_000);
                self.world.crash_relay(down_ms);
            }
            4 => {
                let until = self.world.now + self.world.below(60_000);
                if let Some(tab) = self.world.tabs.get_mut(tab) {
                    tab.partitioned_until = until;
                }
            }
            5 => self.world.cut_tab(tab),
            6 => {
                let ahead_ms = self.world.below(4 * 365 * 24 * 3_600_000);
                let ahead_ms = i64::try_from(ahead_ms).unwrap_or_default() - 2 * 365 * 24 * 3_600_000;
                if let Some(tab) = self.world.tabs.get_mut(tab) {
                    tab.clock_ahead_ms = ahead_ms;
                }
            }
            _ => {
                let disk = self.world.tabs.get(tab).map_or(0, |tab| tab.disk);
                let is_full = self.world.disks.get(disk).is_some_and(|disk| disk.is_full);
                self.world.fill_disk(disk, !is_full);
            }
        }
    }

    /// Notes which consents were answered: from then on they are promised.
    fn collect(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        for (tab, command, life, story, marker) in asked {
            let Some(at) = self.world.tabs.get_mut(tab).filter(|tab| tab.life == life) else {
                continue;
            };
            match at.answers.remove(&command) {
                None => self.asked.push((tab, command, life, story, marker)),
                Some(Ok(_)) => drop(self.kept.insert((story, marker))),
                Some(Err(_)) => {}
            }
        }
    }

    /// Everything works again, and the world comes to rest.
    fn heal(&mut self) -> Result<(), Failure> {
        self.world.faults = Faults {
            delay_ms_max: 50,
            ..Faults::default()
        };
        for disk in 0..self.world.disks.len() {
            self.world.fill_disk(disk, false);
        }
        self.world.run_until(self.world.now + 15_000);
        self.collect();
        // A second tab is closed; the first takes up what it left.
        for tab in 0..self.world.tabs.len() {
            let is_leader = self.world.tabs.get(tab).is_some_and(|tab| tab.is_leader);
            if !is_leader {
                self.world.close(tab);
            }
        }
        for tab in 0..self.world.tabs.len() {
            if let Some(at) = self.world.tabs.get_mut(tab) {
                at.partitioned_until = 0;
                if at.is_leader {
                    self.world.open(tab);
                }
            }
        }
        self.reinstate()?;
        if self.world.run_until_quiescent(REST_MS_MAX) {
            Ok(())
        } else {
            let unsettled = self.world.unsettled();
            Err(self.fail(format!("stall: {}", unsettled.join("; "))))
        }
    }

    /// What the coordinator wrote before she lost her role is refused until she has it again.
    fn reinstate(&mut self) -> Result<(), Failure> {
        let admin = self.members.first().map_or(0, |admin| admin.tab);
        for _ in 0..10 {
            self.world.run_until(self.world.now + 60_000);
            let set = Command::SetRole {
                member: 1,
                role: Role::Coordinator,
            };
            if self.world.ask(admin, set).is_ok() && people::let_in(&mut self.world, admin).is_ok() {
                return Ok(());
            }
        }
        Err(self.fail("the coordinator does not get her role back"))
    }

    fn judge(&mut self) -> Result<(), Failure> {
        if let Some(violation) = self.world.violations.first() {
            return Err(self.fail(violation.clone()));
        }
        self.judge_receipts()?;
        let tabs: Vec<_> = self.members.iter().map(|member| member.tab).collect();
        let mut shown: BTreeMap<String, (usize, Shown)> = BTreeMap::new();
        for &tab in &tabs {
            self.judge_device(tab, &mut shown)?;
        }
        for (story, marker) in &self.kept {
            let consents = shown.get(story).map(|(_, shown)| &shown.consents);
            let n = consents.map_or(0, |consents| {
                consents.iter().filter(|other| *other == marker).count()
            });
            if n != 1 {
                return Err(self.fail(format!("consent {marker} of story {story} is there {n} times")));
            }
        }
        Ok(())
    }

    fn judge_receipts(&self) -> Result<(), Failure> {
        let Some(network) = self
            .members
            .first()
            .and_then(|member| self.world.tabs.get(member.tab)?.client.as_ref()?.network_id())
        else {
            return Err(self.fail("the founder has no network"));
        };
        let stored: BTreeSet<_> = self.world.store.entries(network).map(|(_, id, _)| id).collect();
        match self.world.receipted.iter().find(|id| !stored.contains(id)) {
            Some(id) => Err(self.fail(format!("entry {id} has a receipt and is not in the log"))),
            None => Ok(()),
        }
    }

    /// Opens every story of a device and compares it with what others show.
    fn judge_device(
        &mut self,
        tab: usize,
        shown: &mut BTreeMap<String, (usize, Shown)>,
    ) -> Result<(), Failure> {
        let device = self.world.ask(tab, Command::Device);
        if let Reply::Device(device) = self.expect("device", device)?
            && device.quarantined + device.waiting > 0
        {
            let (quarantined, waiting) = (device.quarantined, device.waiting);
            return Err(self.fail(format!("tab {tab}: {quarantined} quarantined, {waiting} waiting")));
        }
        let overview = self.world.ask(tab, Command::Overview);
        let Reply::Overview { standing, rows, .. } = self.expect("overview", overview)? else {
            return Err(self.fail("overview: another answer"));
        };
        let crate::view::Standing::Member { role, .. } = standing else {
            return Err(self.fail(format!("tab {tab} stands as {standing:?}")));
        };
        let coordinates = matches!(role, Role::Coordinator | Role::Admin);
        let listed: BTreeSet<_> = rows.iter().map(|row| row.id.clone()).collect();
        if coordinates
            && let Some(missing) = self.stories.iter().find(|story| {
                let is_kept = self.kept.iter().any(|(kept, _)| kept == *story);
                is_kept && !listed.contains(*story)
            })
        {
            return Err(self.fail(format!("tab {tab} does not list story {missing}")));
        }
        for row in rows {
            if !coordinates && !row.mine {
                return Err(self.fail(format!("tab {tab} lists a story of somebody else")));
            }
            if row.whereabouts != Whereabouts::Safe {
                return Err(self.fail(format!("tab {tab}: story {} is {:?}", row.id, row.whereabouts)));
            }
            let opened = self.world.ask(tab, Command::OpenStory { id: row.id.clone() });
            let Reply::Story(view) = self.expect("open", opened)? else {
                return Err(self.fail("open: another answer"));
            };
            let mut mine = Shown::of(&view);
            if let Some((_, theirs)) = shown
                .get(&row.id)
                .filter(|_| !coordinates && mine.teller.is_empty())
            {
                mine.teller.clone_from(&theirs.teller);
            }
            match shown.get(&row.id) {
                Some((other, theirs)) if *theirs != mine => {
                    let what = format!("story {} differs between tab {other} and tab {tab}", row.id);
                    return Err(self.fail(format!("{what}: {theirs:?} {mine:?}")));
                }
                Some(_) => {}
                None => drop(shown.insert(row.id.clone(), (tab, mine))),
            }
        }
        Ok(())
    }
}

/// What of a story must be the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    fields: BTreeMap<Field, String>,
    consents: Vec<String>,
    versions: Vec<(Field, Vec<String>)>,
    teller: String,
}

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
        Self {
            fields: view.fields.clone(),
            consents,
            versions: versions.collect(),
            teller: view.teller.name.clone(),
        }
    }
}

fn consent(marker: &str) -> NewConsent {
    NewConsent {
        whom: marker.to_owned(),
        uses: vec![Use::Network],
        given: Given::Read,
        text_version: 1,
        language: "nl".to_owned(),
        until: None,
    }
}
