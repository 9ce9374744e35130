//! The device's machine: from a command to a frame, and from a frame to a line in a list.
//!
//! A shell drives it with a store, a socket, a clock and entropy:
//!
//! ```text
//!  command ─┐                       ┌─► Store, Load   ── the device's store (IndexedDB)
//!  frame   ─┼─► handle_input ──► poll_output ─► Connect, Send, Disconnect   ── the WebSocket
//!  stored  ─┘                       └─► Reply, Event  ── the ui
//! ```
//!
//! What depends on a transaction comes out only after [`Input::Stored`] for it, and never after
//! [`Input::StoreFailed`]: neither a frame before the device has what it says, nor a word on the screen (C2).

use crate::command::{Command, CommandError, Event, Reply};
use crate::storage::{Operation, Query, StoreFailure, StoredRow};

/// Number of a command, given by the shell; each is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandId(pub u64);

/// Number of a transaction, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreId(pub u64);

/// Number of a question to the store, given by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadId(pub u64);

/// Number of a connection, given by the machine: what an earlier one still delivers is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// What a shell knows and the core does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Origin of the page as the browser sends it to the relay: scheme, host and port.
    pub origin: String,
    /// Number of the build: quarantined entries are tried once more by each new one (M5).
    pub app_version: u32,
}

/// What happens to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The ui asks something.
    Command(CommandId, Command),
    /// The connection is open.
    Connected(ConnectionId),
    /// A binary message arrived.
    Frame(ConnectionId, Vec<u8>),
    /// The connection is gone, or could not be opened.
    Disconnected(ConnectionId),
    /// The transaction is on the disk.
    Stored(StoreId),
    /// Nothing of the transaction is on the disk.
    StoreFailed(StoreId, StoreFailure),
    /// Rows for each question, in the order of the questions.
    Loaded(LoadId, Vec<Vec<StoredRow>>),
    /// The questions could not be answered.
    LoadFailed(LoadId),
    /// The moment of `poll_timeout` has come.
    Timeout,
}

/// What the shell is to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Carry out one strict transaction; answered by [`Input::Stored`] or [`Input::StoreFailed`].
    Store(StoreId, Vec<Operation>),
    /// Ask the store; answered by [`Input::Loaded`] or [`Input::LoadFailed`].
    Load(LoadId, Vec<Query>),
    /// Open the connection to the relay; answered by [`Input::Connected`] or [`Input::Disconnected`].
    Connect(ConnectionId),
    /// Send a binary message.
    Send(ConnectionId, Vec<u8>),
    /// Close the connection; nothing more is expected of it.
    Disconnect(ConnectionId),
    /// Answer a command.
    Reply(CommandId, Result<Reply, CommandError>),
    /// Tell the ui.
    Event(Event),
    /// Another tab of this device wrote what this machine rests on (S14): drop the machine and open the store
    /// again, or leave the device to the other tab.
    Outdated,
}
