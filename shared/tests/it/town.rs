//! A network of a few people, and what tests ask them.

use shared::command::{Command, CommandError, Reply};
use shared::storage::{Query, Table};
use shared::sync::bug::Bugs;
use shared::sync::client::CommandId;
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{DeviceView, Field, Given, NewConsent, Party, Role, StoryRow, StoryView, Use};

/// Within this time, in milliseconds, everybody has followed the log, also who reads none of it: twice the time
/// between two pulls.
pub(crate) const REST_MS: u64 = 4 * 60_000;

/// An administrator, a coordinator and a volunteer, at rest.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) admin: usize,
    pub(crate) coordinator: usize,
    pub(crate) volunteer: usize,
}

impl Town {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(seed, Bugs::default())
    }

    /// The same, with bugs in every machine.
    pub(crate) fn with(seed: u64, bugs: Bugs) -> Self {
        let mut world = World::with(seed, bugs);
        let admin = people::found(&mut world).unwrap();
        let coordinator = joined(&mut world, admin, Role::Coordinator);
        let volunteer = joined(&mut world, admin, Role::Volunteer);
        world.run_until(world.now + 2_000);
        people::let_in(&mut world, admin).unwrap();
        assert!(
            world.run_until_quiescent(REST_MS),
            "the network does not come to rest"
        );
        Self {
            world,
            admin,
            coordinator,
            volunteer,
        }
    }

    /// Lets time pass, in milliseconds.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.world.run_until(self.world.now + ms);
    }

    /// Takes a device's connection away for so many milliseconds.
    pub(crate) fn cut_off(&mut self, tab: usize, ms: u64) {
        self.world.tabs[tab].partitioned_until = self.world.now + ms;
        self.world.cut_tab(tab);
    }

    /// Lets the world come to rest.
    pub(crate) fn settle(&mut self) {
        self.pass(3_000);
        let is_at_rest = self.world.run_until_quiescent(REST_MS);
        assert!(is_at_rest, "not at rest: {:?}", self.world.unsettled());
        assert_eq!(self.world.watch.violations, Vec::<String>::new());
    }

    /// Ends a tab so many times while it applies what others wrote, and opens it again: the first time while it applies
    /// all of it, then while it tries one entry alone.
    pub(crate) fn end_while_applying(&mut self, tab: usize, times: usize) {
        let disk = self.world.tabs[tab].disk;
        let table = Table::Journal;
        let mut before = Vec::new();
        for _ in 0..times {
            let until = self.world.now + 60_000;
            let mut now = before.clone();
            while now.is_empty() || now == before {
                assert!(self.world.now < until, "nothing is applied");
                self.pass(1);
                now = self.world.disks[disk].answer(&[Query::All { table }]).remove(0);
            }
            before = now;
            self.world.open(tab);
        }
    }

    /// Starts a story with a title. Returns its id.
    pub(crate) fn story(&mut self, tab: usize) -> String {
        let Ok(Reply::Story(view)) = self.world.ask(tab, Command::NewStory) else {
            panic!("no story");
        };
        let id = view.row.id.clone();
        let edit = Command::Edit {
            id: id.clone(),
            field: Field::Title,
            value: "Verhaal".to_owned(),
            seen: String::new(),
        };
        self.world.ask(tab, edit).unwrap();
        id
    }

    /// Types into a field, and has the answer.
    pub(crate) fn edit(&mut self, tab: usize, story: &str, field: Field, value: &str) {
        let edit = Command::Edit {
            id: story.to_owned(),
            field,
            value: value.to_owned(),
            seen: String::new(),
        };
        // A member without the right to it is told so: that is part of some tests.
        drop(self.world.ask(tab, edit));
    }

    /// Adds a consent that is known by the name in it, without waiting for the answer.
    pub(crate) fn consent(&mut self, tab: usize, story: &str, whom: &str) {
        let consent = consent(whom, Use::Network);
        let add = Command::AddConsent {
            id: story.to_owned(),
            consent,
            wording: String::new(),
        };
        self.world.command(tab, add);
    }

    /// Does all that a story needs, and publishes it as it is previewed then.
    pub(crate) fn publish(&mut self, tab: usize, story: &str) {
        let id = story.to_owned();
        self.edit(tab, story, Field::Municipality, "44021");
        let text = format!("Tekst op {}", self.world.now);
        self.edit(tab, story, Field::Happened, &text);
        let add = Command::AddConsent {
            id: id.clone(),
            consent: consent("", Use::Website),
            wording: self.open(tab, story).wording,
        };
        self.world.ask(tab, add).unwrap();
        self.world
            .ask(tab, Command::ApproveStory { id: id.clone() })
            .unwrap();
        let preview = self.world.ask(tab, Command::Preview { id: id.clone() });
        let Ok(Reply::Preview(preview)) = preview else {
            panic!("no preview: {preview:?}");
        };
        let digest = preview.digest;
        self.world.ask(tab, Command::Publish { id, digest }).unwrap();
    }

    /// Gives the member of a device a role, without waiting for the answer.
    pub(crate) fn set_role(&mut self, of: usize, role: Role) {
        let member = u32::try_from(of).unwrap();
        self.world.command(self.admin, Command::SetRole { member, role });
    }

    /// Opens a story.
    pub(crate) fn open(&mut self, tab: usize, story: &str) -> StoryView {
        let id = story.to_owned();
        let Ok(Reply::Story(view)) = self.world.ask(tab, Command::OpenStory { id }) else {
            panic!("the story does not open");
        };
        *view
    }

    /// What a device says of itself.
    pub(crate) fn device(&mut self, tab: usize) -> DeviceView {
        let Ok(Reply::Device(device)) = self.world.ask(tab, Command::Device) else {
            panic!("no device");
        };
        device
    }

    /// The line of a story in the list of a device.
    pub(crate) fn row(&mut self, tab: usize, story: &str) -> Option<StoryRow> {
        let Ok(Reply::Overview { rows, .. }) = self.world.ask(tab, Command::Overview) else {
            panic!("no overview");
        };
        rows.into_iter().find(|row| row.id == story)
    }
}

/// Adds a device and joins with it.
pub(crate) fn joined(world: &mut World, admin: usize, role: Role) -> usize {
    let invitation = people::invite(world, admin, role).unwrap();
    let tab = world.device();
    people::join(world, tab, &invitation).unwrap();
    tab
}

/// The answer to a command, once it is there.
pub(crate) fn answer(world: &World, tab: usize, id: CommandId) -> Option<Result<Reply, CommandError>> {
    world.tabs[tab].answers.get(&id).cloned()
}

pub(crate) fn consent(whom: &str, allows: Use) -> NewConsent {
    NewConsent {
        party: Party::Teller,
        whom: whom.to_owned(),
        uses: vec![allows],
        given: Given::Read,
        text_version: 1,
        language: "nl".to_owned(),
        until: None,
    }
}
