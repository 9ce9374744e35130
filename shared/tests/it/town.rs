//! A network of a few people, and what tests ask them.

use shared::command::{CommandError, Reply};
use shared::sync::client::CommandId;
use shared::testing::world::World;

/// The answer to a command, once it is there.
pub(crate) fn answer(world: &World, tab: usize, id: CommandId) -> Option<Result<Reply, CommandError>> {
    world.tabs[tab].answers.get(&id).cloned()
}
