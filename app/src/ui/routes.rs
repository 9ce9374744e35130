//! The screens, one a file.

pub mod consent_texts;
pub mod device;
pub mod found;
pub mod home;
pub mod invitation;
pub mod map;
pub mod members;
pub mod missing;
pub mod review;
pub mod review_story;
pub mod stories;
pub mod story;
pub mod trash;
