//! Pieces that screens are made of.

pub mod asking;
pub mod busy_button;
pub mod chip;
pub mod code;
pub mod confirm;
pub mod failure_notice;
pub mod home_screen;
pub mod icon;
pub mod invite;
pub mod made_invitation;
pub mod mark;
pub mod member_item;
pub mod needed;
pub mod notice;
pub mod qr_code;
pub mod revoke;
pub mod second_admin;
pub mod story_map;
pub mod text_field;
pub mod whereabouts;
