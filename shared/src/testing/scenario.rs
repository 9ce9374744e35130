//! One run: a network is founded, people work while everything goes wrong, then it heals and is judged.
//!
//! [`super::world::watch`] judges all the while; what shows only in the end is here:
//!
//! | invariant | how it is seen |
//! |---|---|
//! | convergence | every device that reads a story shows the same fields, consents, versions, and whether it is online |
//! | nothing said to be stored is lost | a consent or a text that was confirmed is there, on every device, once |
//! | nothing said to be safe is lost | the same, where the device that said so lies at the bottom of the canal |
//! | no stall | within a quarter of an hour after healing nothing is left to send, to apply or to fetch |
//! | nobody sees too much | a volunteer's device lists her own stories only |
//! | what is erased is gone (E1) | no row, entry, part or unsent entry of its document is left at the relay or on a disk |
//! | what is taken back stays back | a story whose last order was to withdraw it, or that was refused, is not online |
//! | what is removed is gone | no photo or recording is online that its story does not have any more |
//! | no photo is lost (S12) | one that was confirmed is listed on every device, and a coordinator's has its very bytes |
//! | history is for who comes later | a coordinator who joins in the end shows what the others show |

mod deeds;
mod judge;
mod ledger;

use super::people;
use super::world::{Faults, World};
use crate::command::{Command, CommandError};
use crate::sync::bug::{Bug, Bugs};
use crate::view::{Role, Standing};
use ledger::Ledger;
use std::fmt;

/// How long the world may take to come to rest after it healed, in simulated milliseconds.
const REST_MS_MAX: u64 = 15 * 60_000;

/// Length of the time in which things go wrong, in simulated milliseconds.
const CHAOS_MS: u64 = 4 * 60_000;

/// Photos are long to seal and to carry: one run of so many has them, and those are as many as the time allows.
const MEDIA_EVERY: u64 = 3;

/// What a run gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Hash of all that happened.
    pub trace: [u8; 32],
    /// How many things happened.
    pub n_steps: u64,
    /// Publications that the log got.
    pub n_published: u32,
    /// Withdrawals that the log got.
    pub n_withdrawn: u32,
    /// Documents that were erased.
    pub n_erased: u32,
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
        let Self { seed, what } = self;
        write!(
            f,
            "SEED={seed} cargo run -p shared --features testing --example sim: {what}"
        )
    }
}

/// People, and what they did.
#[derive(Debug)]
struct Cast {
    world: World,
    seed: u64,
    /// The founder first, then a coordinator, then volunteers.
    members: Vec<Member>,
    ledger: Ledger,
    has_lost_a_phone: bool,
    /// People take photos and record: in one run of [`MEDIA_EVERY`].
    has_media: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    tab: usize,
    /// `None` until she has joined.
    ordinal: Option<u32>,
}

/// Runs one seed, with a bug in every machine if one is given.
///
/// # Errors
/// [`Failure`] with the first invariant that did not hold.
pub fn run(seed: u64, bug: Option<Bug>) -> Result<Report, Failure> {
    let bugs = bug.map_or_else(Bugs::default, |bug| Bugs::default().with(bug));
    let mut cast = Cast {
        world: World::with(seed, bugs),
        seed,
        members: Vec::new(),
        ledger: Ledger::default(),
        has_lost_a_phone: false,
        has_media: seed % MEDIA_EVERY == 1,
    };
    // A machine with a bug may break anything, also what the run itself rests on: what was seen first counts.
    let outcome = cast.play(bug);
    cast.check()?;
    outcome?;
    Ok(Report {
        trace: cast.world.trace(),
        n_steps: cast.world.n_steps(),
        n_published: cast.world.watch.n_published,
        n_withdrawn: cast.world.watch.n_withdrawn,
        n_erased: cast.world.watch.n_erased,
    })
}

impl Cast {
    fn play(&mut self, bug: Option<Bug>) -> Result<(), Failure> {
        self.assemble()?;
        self.chaos(bug)?;
        self.heal()?;
        self.judge()
    }

    fn fail(&self, what: impl Into<String>) -> Failure {
        Failure {
            seed: self.seed,
            what: what.into(),
        }
    }

    fn expect<T>(&self, what: &str, answer: Result<T, CommandError>) -> Result<T, Failure> {
        answer.map_err(|error| self.fail(format!("{what}: {error:?}")))
    }

    /// What must never be, and was seen.
    fn check(&self) -> Result<(), Failure> {
        match self.world.watch.violations.first() {
            Some(violation) => Err(self.fail(violation.clone())),
            None => Ok(()),
        }
    }

    /// An administrator, a coordinator and a volunteer or two; some write before they join.
    fn assemble(&mut self) -> Result<(), Failure> {
        let founded = people::found(&mut self.world);
        let tab = self.expect("found", founded)?;
        self.members.push(Member {
            tab,
            ordinal: Some(0),
        });
        let n_more = 2 + self.world.below(2);
        for n in 0..n_more {
            let role = if n == 0 {
                Role::Coordinator
            } else {
                Role::Volunteer
            };
            let tab = self.world.device();
            if self.world.chance(500) {
                self.write_new(tab);
            }
            self.admit(tab, role)?;
            self.check()?;
        }
        // One more has the app and no invitation yet.
        if self.world.chance(400) {
            let tab = self.world.device();
            self.write_new(tab);
            self.members.push(Member { tab, ordinal: None });
        }
        Ok(())
    }

    /// Brings a device into the network.
    fn admit(&mut self, tab: usize, role: Role) -> Result<(), Failure> {
        let admin = self.admin();
        let invited = people::invite(&mut self.world, admin, role);
        let invitation = self.expect("invite", invited)?;
        let joined = people::join(&mut self.world, tab, &invitation);
        self.expect("join", joined)?;
        if role != Role::Volunteer {
            self.world.run_until(self.world.now + 3_000);
            let let_in = people::let_in(&mut self.world, admin);
            self.expect("approve", let_in)?;
        }
        let ordinal = self.members.iter().filter_map(|member| member.ordinal).max();
        self.members.push(Member {
            tab,
            ordinal: ordinal.map(|ordinal| ordinal + 1),
        });
        Ok(())
    }

    fn admin(&self) -> usize {
        self.members.first().map_or(0, |member| member.tab)
    }

    /// People work while everything goes wrong.
    fn chaos(&mut self, bug: Option<Bug>) -> Result<(), Failure> {
        self.world.faults = Faults {
            frame_lost: 15,
            frame_twice: 10,
            frame_early: 10,
            cut: 15,
            delay_ms_max: 400,
            up_bytes_max: None,
        };
        if bug == Some(Bug::OutdatedWrite) || self.world.chance(150) {
            let admin = self.admin();
            self.world.second_tab(admin);
        }
        let until = self.world.now + CHAOS_MS;
        while self.world.now < until {
            let pause_ms = 1 + self.world.below(12_000);
            self.world.run_until(self.world.now + pause_ms);
            self.ledger.collect(&mut self.world);
            self.check()?;
            if self.world.chance(700) {
                self.work();
            } else {
                self.misfortune();
            }
        }
        Ok(())
    }

    /// Everything works again, and the world comes to rest.
    fn heal(&mut self) -> Result<(), Failure> {
        if self.world.chance(200) {
            self.lose_a_phone();
        }
        self.world.faults = Faults {
            delay_ms_max: 50,
            ..Faults::default()
        };
        self.world.store.is_full = false;
        for disk in 0..self.world.disks.len() {
            self.world.fill_disk(disk, false);
        }
        self.world.run_until(self.world.now + 15_000);
        self.ledger.collect(&mut self.world);
        self.check()?;
        for tab in 0..self.world.tabs.len() {
            // A second tab is closed; the first takes up what it left.
            if let Some(at) = self.world.tabs.get_mut(tab) {
                at.partitioned_until = 0;
                if at.is_leader {
                    self.world.open(tab);
                } else {
                    self.world.close(tab);
                }
            }
        }
        self.reinstate()?;
        self.rest()?;
        // Whoever comes now gets all of it by a backfill.
        if self.world.chance(300) {
            let tab = self.world.device();
            self.admit(tab, Role::Coordinator)?;
            self.world.run_until(self.world.now + 3_000);
            self.rest()?;
        }
        Ok(())
    }

    fn rest(&mut self) -> Result<(), Failure> {
        let is_at_rest = self.world.run_until_quiescent(REST_MS_MAX);
        self.check()?;
        if is_at_rest {
            return Ok(());
        }
        Err(self.fail(format!("stall: {}", self.world.unsettled().join("; "))))
    }

    /// A phone falls into the canal. What it said to be safe is to be found elsewhere.
    fn lose_a_phone(&mut self) {
        let n_members = self.members.len() as u64;
        // Without an administrator nobody could be let in again.
        let lost = 1 + usize::try_from(self.world.below(n_members - 1)).unwrap_or_default();
        if lost < self.members.len() {
            let member = self.members.remove(lost);
            self.ledger.collect(&mut self.world);
            let safe = self.safe_media(member.tab);
            self.ledger.lost(&self.world, member.tab, &safe);
            self.has_lost_a_phone = true;
            self.world.lose(member.tab);
            if let Some(tab) = self.world.tabs.get_mut(member.tab) {
                tab.is_leader = false;
            }
        }
    }

    /// Who waits is let in, and who lost a role gets it back: until then the relay refuses what she wrote in it.
    fn reinstate(&mut self) -> Result<(), Failure> {
        for _ in 0..10 {
            self.world.run_until(self.world.now + 60_000);
            self.check()?;
            if self.put_right().is_ok() {
                return Ok(());
            }
        }
        Err(self.fail("stall: not everybody is in the network in her role"))
    }

    fn put_right(&mut self) -> Result<(), CommandError> {
        let admin = self.admin();
        for idx in 0..self.members.len() {
            let Some(member) = self.members.get(idx).copied() else {
                continue;
            };
            if people::standing(&mut self.world, member.tab)? == Standing::Alone {
                let invitation = people::invite(&mut self.world, admin, Role::Volunteer)?;
                people::join(&mut self.world, member.tab, &invitation)?;
            }
        }
        self.world.run_until(self.world.now + 3_000);
        people::let_in(&mut self.world, admin)?;
        for (member, role) in self.ledger.roles() {
            self.world.ask(admin, Command::SetRole { member, role })?;
        }
        Ok(())
    }
}
