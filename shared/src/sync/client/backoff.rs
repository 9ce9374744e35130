//! When to try the relay again (S15).

use rand_core::Rng;
use std::time::Duration;

/// First wait after a connection failed.
const DELAY_MIN: Duration = Duration::from_secs(1);

/// Longest wait: a relay that comes back is found within minutes, without anybody touching the phone.
const DELAY_MAX: Duration = Duration::from_mins(2);

/// Waits that double from try to try, each drawn between half of it and all of it: phones that lost the relay
/// together do not come back together.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    n_failures: u32,
}

impl Backoff {
    /// Counts a failure and draws the time until the next try.
    pub(super) fn fail(&mut self, rng: &mut impl Rng) -> Duration {
        let doubled = DELAY_MIN.saturating_mul(1_u32.checked_shl(self.n_failures).unwrap_or(u32::MAX));
        self.n_failures = self.n_failures.saturating_add(1);
        let half = doubled.min(DELAY_MAX) / 2;
        half + half.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX))
    }

    /// The relay answered as it should: the next failure waits least again.
    pub(super) fn succeed(&mut self) {
        self.n_failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    #[test]
    fn s15_waits_double_up_to_minutes_and_never_agree() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..100).map(|_| backoff.fail(&mut rng)).collect();
        assert!(waits[0] >= DELAY_MIN / 2 && waits[0] <= DELAY_MIN);
        assert!(
            waits[20..]
                .iter()
                .all(|wait| (DELAY_MAX / 2..=DELAY_MAX).contains(wait))
        );
        assert!(waits[20..].windows(2).any(|pair| pair[0] != pair[1]));
        backoff.succeed();
        assert!(backoff.fail(&mut rng) <= DELAY_MIN);
    }
}
