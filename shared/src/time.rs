//! Time as the core sees it: a number that the shell hands in.

use std::time::Duration;

/// A moment, in milliseconds since 1970-01-01 UTC, as some clock tells it.
///
/// No order and no validity is ever decided by it (S13): device clocks are years off in the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Returns the moment `duration` later, or the last moment there is.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)),
        )
    }

    /// Returns the time that passed since `earlier`, zero if a clock went backwards.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
