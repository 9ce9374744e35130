//! What people do in many journeys.

/// Whether the browser would ask before the page is left.
pub(super) const ASKS: &str = "return !dispatchEvent(new Event('beforeunload', { cancelable: true }))";

pub(super) mod network;
pub(super) mod recording;
pub(super) mod review;
pub(super) mod story;
