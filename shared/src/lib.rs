//! The pure core of Aanzet: what a story is, who may read it, how it is sealed,
//! how it travels, and what of it becomes public.
//!
//! Nothing here does IO, reads a clock, draws entropy by itself, spawns, blocks or uses `async`.
//! Time, entropy and input are arguments; effects are values that a shell carries out.
#![warn(missing_docs)]

pub mod id;
pub mod time;

pub mod cbor;
pub mod crypto;
pub mod entry;

pub mod protocol;
pub mod storage;

pub mod membership;

pub mod fold;
pub mod places;
pub mod prose;

pub mod command;
pub mod view;

#[cfg(feature = "model")]
pub mod model;
pub mod publication;

pub mod sync;

#[cfg(any(test, feature = "memory-store"))]
pub mod testing;
