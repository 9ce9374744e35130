//! The screens, one a file.

pub mod home;
pub mod missing;
