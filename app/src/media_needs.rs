//! When a recording has served. What keeps photos and recordings inside is told by the core.

use shared::view::RecordingView;

/// Whether a recording was made only to write it down, and that is done: it is to be removed once the teller agrees.
pub fn is_written_down(recording: &RecordingView) -> bool {
    recording.write_down_only && !recording.text.trim().is_empty()
}

#[cfg(test)]
mod tests;
