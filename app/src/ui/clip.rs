//! A short recording, whole in memory: sentences that somebody reads.

use crate::recording::{BITS_PER_SECOND, Ended, NoMicrophone, Stage};
use crate::ui::microphone::{self, Microphone};
use crate::ui::picture::bytes_of;
use crate::ui::recorder::{Heard, Recorder};
use crate::ui::wake_lock::WakeLock;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::READING_BYTES_MAX;

/// Longest recording, in milliseconds: it stops by itself well before it is larger than a reading may be.
pub const CLIP_MS_MAX: u32 = 120_000;

const _: () = assert!(
    (BITS_PER_SECOND / 8 * (CLIP_MS_MAX / 1_000)) as usize * 2 <= READING_BYTES_MAX,
    "with twice the bits that were asked for it still fits"
);

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// All of its bytes.
    pub bytes: Vec<u8>,
    /// What they are.
    pub media_type: String,
    /// How long it is, in milliseconds.
    pub duration_ms: u32,
}

/// Records one clip at a time. It ends with the component that makes it, and then nothing is kept.
#[derive(Clone, Copy, Debug)]
pub struct ClipRecorder {
    /// How it stands.
    pub stage: RwSignal<Stage>,
    /// Length so far, in milliseconds.
    pub length_ms: RwSignal<u32>,
    /// Why nothing is recorded.
    pub trouble: RwSignal<Option<NoMicrophone>>,
    recorder: StoredValue<Option<Recorder>, LocalStorage>,
}

impl ClipRecorder {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Idle),
            length_ms: RwSignal::new(0),
            trouble: RwSignal::new(None),
            recorder: StoredValue::new_local(None),
        }
    }

    /// Records until it is stopped; `then` gets what was heard.
    pub fn record(self, then: impl FnOnce(Clip) + 'static) {
        if self.stage.get_untracked() != Stage::Idle {
            return;
        }
        self.trouble.set(None);
        self.length_ms.set(0);
        self.stage.set(Stage::Asking);
        spawn_local(async move {
            let clip = self.hear().await;
            // The screen may be gone, and what was said with it.
            if self.stage.try_set(Stage::Idle).is_some() {
                return;
            }
            self.recorder.try_set_value(None);
            match clip {
                Ok(clip) => then(clip),
                Err(why) => drop(self.trouble.try_set(Some(why))),
            }
        });
    }

    /// Stops.
    pub fn stop(self) {
        self.end(Ended::Stopped);
    }

    fn end(self, why: Ended) {
        self.recorder.try_with_value(|recorder| {
            if let Some(recorder) = recorder {
                recorder.stop(why);
            }
        });
    }

    async fn hear(self) -> Result<Clip, NoMicrophone> {
        let microphone = Microphone::open(move |why| self.end(Ended::Interrupted(why))).await?;
        let media_type = microphone::media_type().ok_or(NoMicrophone::Busy)?;
        let _awake = WakeLock::take();
        let (heard, mut pieces) = unbounded();
        let recorder = Recorder::start(&microphone, media_type, heard).map_err(|_| NoMicrophone::Busy)?;
        let mut clip = Clip {
            bytes: Vec::new(),
            media_type: media_type.to_owned(),
            duration_ms: 0,
        };
        // The screen was left meanwhile: with its place goes the recorder.
        if self.recorder.try_set_value(Some(recorder)).is_some() {
            return Err(NoMicrophone::Busy);
        }
        self.stage.try_set(Stage::Recording);
        while let Some(heard) = pieces.next().await {
            match heard {
                Heard::Piece(piece, length_ms) => {
                    // A piece is in memory: it can be read.
                    clip.bytes.extend(bytes_of(&piece).await.unwrap_or_default());
                    clip.duration_ms = length_ms;
                    self.length_ms.try_set(length_ms);
                    if length_ms >= CLIP_MS_MAX {
                        self.end(Ended::Full);
                    }
                }
                Heard::Ended(Ended::Stopped | Ended::Full) if !clip.bytes.is_empty() => return Ok(clip),
                // Half of the sentences is no reading of them.
                Heard::Ended(_) => break,
            }
        }
        Err(NoMicrophone::Busy)
    }
}

impl Default for ClipRecorder {
    fn default() -> Self {
        Self::new()
    }
}
