//! The installable app in two programs that speak by [`messages`].
//!
//! [`ui`] draws the screens on the page. [`core`] runs in a worker: it alone holds keys, documents and the database.
//! Neither is built for anything but `wasm32`; only the messages are, and what a screen works out from them.

pub mod messages;
pub mod next_step;
#[cfg(target_arch = "wasm32")]
pub mod port;
pub mod qr;
pub mod sign;
pub mod steps;

pub mod build;
pub mod choices;
pub mod coming_in;
pub mod double_press;
pub mod finding;
pub mod handing_in;
pub mod language;
pub mod lists;
pub mod main_step;
pub mod media_fields;
pub mod permission;
pub mod pictures;
pub mod reading_aloud;
pub mod recording;
pub mod refusal;
pub mod rescued;
pub mod stands;
pub mod text_draft;
pub mod text_languages;
pub mod typing;

#[cfg(test)]
mod testing;

/// Name of the database: the core opens it, the page only looks whether it is there.
pub const DATABASE: &str = "aanzet";

#[cfg(target_arch = "wasm32")]
pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod ui;
