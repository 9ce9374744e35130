//! Pieces that screens are made of.

pub mod asking;
pub mod busy_button;
pub mod chip;
pub mod confirm;
pub mod failure_notice;
pub mod icon;
pub mod mark;
pub mod notice;
pub mod text_field;
pub mod whereabouts;
