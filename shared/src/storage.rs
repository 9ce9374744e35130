//! What a shell must be able to store: transactions and questions as plain values.
//!
//! The machines of [`crate::sync`] hand these out and never wait for them; a shell carries them out
//! (IndexedDB, SQLite, the simulation's disk) and says how it went.

mod device;
mod page;
mod relay;

pub use device::*;
pub use page::{PageBuilder, PageRow};
pub use relay::*;
