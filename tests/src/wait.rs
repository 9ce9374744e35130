//! Waiting for a condition, never for a time.

use anyhow::{Context, anyhow};
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine before it counts as never.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between one look and the next.
pub const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

/// Asks `condition` until it gives a value; returns the value and how long that took.
///
/// # Errors
/// When [`PATIENCE`] is over, with the last error of the condition.
pub async fn wait_for<T>(
    what: &str,
    mut condition: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<(T, Duration)> {
    let start = Instant::now();
    loop {
        let found = condition().await;
        match found {
            Ok(Some(value)) => return Ok((value, start.elapsed())),
            Ok(None) | Err(_) if start.elapsed() < PATIENCE => {}
            Ok(None) => return Err(anyhow!("not within {} s: {what}", PATIENCE.as_secs())),
            Err(error) => {
                return Err(error).with_context(|| format!("not within {} s: {what}", PATIENCE.as_secs()));
            }
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
