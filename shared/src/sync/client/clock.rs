//! Deadlines that survive a clock which jumps.
//!
//! A phone's clock is set forward and back by years. Deadlines are therefore kept on a line of their own that
//! only ever moves forward, by what the shell's clock advanced; a jump back stands still, a jump forward lets
//! everything that waits come due once. No order and no validity depends on either (S13).

use crate::time::Timestamp;
use std::time::Duration;

/// A moment on the machine's own line, in milliseconds since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

impl Moment {
    /// Returns the moment `duration` later.
    pub(super) fn after(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// Returns the time from `earlier` to here.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Turns what the shell's clock tells into a line that never goes back.
#[derive(Debug)]
pub(super) struct Clock {
    wall: Timestamp,
    now: Moment,
}

impl Clock {
    pub(super) fn new(wall: Timestamp) -> Self {
        Self {
            wall,
            now: Moment::default(),
        }
    }

    /// Takes note of what the shell's clock tells.
    pub(super) fn tick(&mut self, wall: Timestamp) {
        self.now = self.now.after(wall.since(self.wall));
        self.wall = wall;
    }

    pub(super) fn now(&self) -> Moment {
        self.now
    }

    /// What the shell's clock told last: for display only.
    pub(super) fn wall(&self) -> Timestamp {
        self.wall
    }

    /// Returns what the shell's clock will tell at `moment`, unless it jumps before.
    pub(super) fn wall_at(&self, moment: Moment) -> Timestamp {
        self.wall.after(moment.since(self.now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn s13_a_clock_that_jumps_back_delays_no_deadline() {
        let mut clock = Clock::new(Timestamp(1_000_000_000_000));
        let deadline = clock.now().after(Duration::from_secs(60));
        clock.tick(Timestamp(5_000));
        assert_eq!(clock.wall_at(deadline), Timestamp(65_000));
        clock.tick(Timestamp(64_999));
        assert!(clock.now() < deadline);
        clock.tick(Timestamp(65_000));
        assert_eq!(clock.now(), deadline);
    }

    #[test]
    fn a_clock_that_jumps_forward_lets_deadlines_come_due() {
        let mut clock = Clock::new(Timestamp(0));
        let deadline = clock.now().after(HOUR);
        clock.tick(Timestamp(u64::MAX));
        assert!(clock.now() > deadline);
        assert_eq!(clock.wall_at(deadline), Timestamp(u64::MAX));
    }
}
