//! Documents: what a story or a contact is, how edits meet, what may come in from others.
//!
//! A [`Document`] is the sole owner of one Automerge document (M1).
//! What others wrote enters only through the [`gate`].
//!
//! Nothing here knows keys, entries, members' names or the log.

pub mod document;
pub mod gate;

#[cfg(test)]
mod random;

pub use document::Document;
