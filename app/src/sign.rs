//! What the sign at the top of the app tells: where everything is, as one thing.

use shared::view::{Link, Standing};

/// Days without sending after which it is a risk.
const LATE_DAYS_MIN: u64 = 5;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// One of these at a time, the weightiest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// There is nothing that could be lost, and nobody to send it to.
    Nothing,
    /// The relay has everything.
    Safe,
    /// Some stories are on this device alone.
    Unsent {
        /// How many.
        stories: u32,
    },
    /// The same for so long that it is a real risk.
    Late {
        /// Since when.
        days: u64,
        /// How many.
        stories: u32,
    },
    /// The relay has everything, and cannot be reached now.
    Offline,
    /// Stories of others are on their way to this device.
    Backfill {
        /// How many.
        stories: u32,
    },
    /// Nothing can be changed or sent.
    ReadOnly,
}

impl Sign {
    /// Weighs what the core told; `n_unsafe` counts the stories that the relay does not have whole.
    pub fn new(standing: Option<&Standing>, link: &Link, n_unsafe: u32, now_ms: u64) -> Self {
        // A contact without a receipt is no row: never say that all is safe then (C2).
        let stories = if n_unsafe == 0 {
            link.unsent_documents
        } else {
            n_unsafe
        };
        if stories > 0 {
            let since = link.unsent_since.unwrap_or(now_ms);
            let days = now_ms.saturating_sub(since) / DAY_MS;
            return if days >= LATE_DAYS_MIN {
                Self::Late { days, stories }
            } else {
                Self::Unsent { stories }
            };
        }
        match standing {
            None | Some(Standing::Alone | Standing::Waiting { .. }) => Self::Nothing,
            Some(Standing::Removed { .. } | Standing::Broken { .. }) => Self::ReadOnly,
            Some(Standing::Member { .. }) => match link.backfill_left {
                _ if !link.online => Self::Offline,
                Some(stories) if stories > 0 => Self::Backfill { stories },
                Some(_) | None => Self::Safe,
            },
        }
    }
}

#[cfg(test)]
mod tests;
