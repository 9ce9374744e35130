//! What people do in many journeys.

pub(super) mod network;
pub(super) mod recording;
pub(super) mod review;
pub(super) mod story;
