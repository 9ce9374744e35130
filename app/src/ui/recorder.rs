//! The browser's recorder: what it hears, in pieces.

use crate::recording::{BITS_PER_SECOND, Ended, Interruption, SLICE_MS};
use crate::ui::microphone::Microphone;
use futures_channel::mpsc::UnboundedSender;
use leptos::prelude::*;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobEvent, MediaRecorder, MediaRecorderOptions, RecordingState};

/// What a recorder tells.
#[derive(Debug)]
pub enum Heard {
    /// The next piece, and the length of the part so far.
    Piece(Blob, u32),
    /// There is no more.
    Ended(Ended),
}

/// A recorder that runs. It stops when it is dropped, and then tells nothing more.
pub struct Recorder {
    recorder: MediaRecorder,
    started_at_ms: f64,
    why: Rc<Cell<Ended>>,
    _on_data: Closure<dyn Fn(BlobEvent)>,
    _on_stop: Closure<dyn Fn()>,
    _on_error: Closure<dyn Fn()>,
}

impl Recorder {
    /// Starts to record.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn start(
        microphone: &Microphone,
        media_type: &str,
        heard: UnboundedSender<Heard>,
    ) -> Result<Self, JsValue> {
        let options = MediaRecorderOptions::new();
        options.set_mime_type(media_type);
        options.set_audio_bits_per_second(BITS_PER_SECOND);
        let recorder =
            MediaRecorder::new_with_media_stream_and_media_recorder_options(microphone.stream(), &options)?;
        let started_at_ms = now_ms();
        // Unless somebody stops it, it stops because the microphone is gone.
        let why = Rc::new(Cell::new(Ended::Interrupted(Interruption::MicrophoneGone)));
        let pieces = heard.clone();
        let on_data = Closure::<dyn Fn(BlobEvent)>::new(move |event: BlobEvent| {
            if let Some(piece) = event.data().filter(|piece| piece.size() > 0.0) {
                // Who listens may have left.
                drop(pieces.unbounded_send(Heard::Piece(piece, ms_since(started_at_ms))));
            }
        });
        let ended = Rc::clone(&why);
        let on_stop = Closure::<dyn Fn()>::new(move || {
            drop(heard.unbounded_send(Heard::Ended(ended.get())));
        });
        let broken = recorder.clone();
        let on_error = Closure::<dyn Fn()>::new(move || stop(&broken));
        recorder.set_ondataavailable(Some(on_data.as_ref().unchecked_ref()));
        recorder.set_onstop(Some(on_stop.as_ref().unchecked_ref()));
        recorder.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        recorder.start_with_time_slice(i32::try_from(SLICE_MS).unwrap_or(i32::MAX))?;
        Ok(Self {
            recorder,
            started_at_ms,
            why,
            _on_data: on_data,
            _on_stop: on_stop,
            _on_error: on_error,
        })
    }

    /// Stops it: its last piece and then [`Heard::Ended`] follow.
    pub fn stop(&self, why: Ended) {
        if self.recorder.state() != RecordingState::Inactive {
            self.why.set(why);
            stop(&self.recorder);
        }
    }

    /// Length of the part so far, in milliseconds.
    pub fn length_ms(&self) -> u32 {
        ms_since(self.started_at_ms)
    }
}

fn stop(recorder: &MediaRecorder) {
    // Refused only where it has stopped.
    drop(recorder.stop());
}

fn ms_since(start_ms: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a recording is shorter than fifty days"
    )]
    let ms = (now_ms() - start_ms) as u32;
    ms
}

/// Milliseconds on a clock that nobody sets.
fn now_ms() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.recorder.set_ondataavailable(None);
        self.recorder.set_onstop(None);
        self.recorder.set_onerror(None);
        if self.recorder.state() != RecordingState::Inactive {
            stop(&self.recorder);
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Recorder").finish_non_exhaustive()
    }
}
