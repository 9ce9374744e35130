//! A network of a few people, and what tests ask them.

use shared::command::{Command, CommandError, Reply};
use shared::sync::client::CommandId;
use shared::testing::people;
use shared::testing::world::World;
use shared::view::{Field, Role, StoryRow};

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
        let mut world = World::new(seed);
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
        };
        self.world.ask(tab, edit).unwrap();
        id
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
