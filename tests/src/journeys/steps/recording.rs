//! Recording what somebody tells.

use crate::person::{Person, Role};
use crate::wait::PATIENCE;
use std::time::{Duration, Instant};

/// The buttons of a recorder.
pub(in crate::journeys) const START: &str = "Opname starten";
pub(in crate::journeys) const STOP: &str = "Opname stoppen";

/// Starts a recording of the story on the screen, and sees that it runs.
pub(in crate::journeys) async fn starts_recording(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses(START).await?;
    person.sees(Role::Button, STOP).await
}

/// Sees that it runs, and lets it for so long; gives how long it did.
pub(in crate::journeys) async fn records_for(
    person: &Person<'_>,
    time: Duration,
) -> anyhow::Result<Duration> {
    person.sees(Role::Button, STOP).await?;
    let start = Instant::now();
    // One wait may take as long as patience lasts.
    while start.elapsed() < time {
        let next = (start.elapsed() + PATIENCE / 2).min(time);
        person
            .waits("records for a while", async || {
                Ok((start.elapsed() >= next).then_some(()))
            })
            .await?;
    }
    Ok(start.elapsed())
}

/// Stops it, and is told that it is kept.
pub(in crate::journeys) async fn stops_recording(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses(STOP).await?;
    person.is_told(Role::Status, "De opname is bewaard.").await
}
