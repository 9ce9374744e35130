//! Documents: what a story or a contact is, how edits meet, what may come in from others.
//!
//! A [`Document`] is the sole owner of one Automerge document (M1).
//! What others wrote enters only through the [`gate`].
//! [`story`] reads and writes fields, consents and review events, [`media`] photos and recordings, [`contact`] the
//! teller, [`consent_text`] what tellers are asked in a language of the network; `showing` decides which photos and recordings may be seen outside.
//! A list shows [`row::Row`]s and loads no document.
//!
//! Nothing here knows keys, entries, members' names or the log.

mod added;
pub mod consent;
pub mod consent_text;
pub mod contact;
pub mod document;
pub mod field;
pub mod gate;
pub mod media;
pub mod review;
pub mod row;
pub(crate) mod showing;
pub mod story;
mod value;

#[cfg(test)]
mod random;

pub use document::Document;
