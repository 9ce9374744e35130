//! The microphone: asked for, listened to, given back.

use crate::recording::{self, Interruption, NoMicrophone};
use js_sys::Reflect;
use leptos::prelude::*;
use std::fmt;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, DomException, MediaRecorder, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

/// How many samples are looked at for how loud it is: a fiftieth of a second.
const N_SAMPLES: usize = 1024;

/// What this browser records sound as; `None` where it cannot, as in WebKitGTK.
pub fn media_type() -> Option<&'static str> {
    let global = js_sys::global();
    let has = |object: &JsValue, name: &str| {
        Reflect::get(object, &name.into()).is_ok_and(|value| !value.is_undefined())
    };
    if !has(&global, "MediaRecorder") || !has(&window().navigator(), "mediaDevices") {
        return None;
    }
    recording::media_type(MediaRecorder::is_type_supported)
}

/// A microphone that listens until it is dropped.
pub struct Microphone {
    stream: MediaStream,
    track: MediaStreamTrack,
    meter: Option<Meter>,
    _heard: [Closure<dyn Fn()>; 2],
}

struct Meter {
    context: AudioContext,
    analyser: AnalyserNode,
}

impl Microphone {
    /// Asks for it. `on_gone` is called when something takes it away.
    ///
    /// # Errors
    /// [`NoMicrophone`].
    pub async fn open(on_gone: impl Fn(Interruption) + Clone + 'static) -> Result<Self, NoMicrophone> {
        let stream = ask().await.map_err(|error| {
            let name = error.dyn_ref::<DomException>().map(DomException::name);
            NoMicrophone::named(&name.unwrap_or_default())
        })?;
        let track: MediaStreamTrack = stream
            .get_audio_tracks()
            .get(0)
            .dyn_into()
            .map_err(|_| NoMicrophone::Absent)?;
        let on_muted = on_gone.clone();
        let heard = [
            Closure::<dyn Fn()>::new(move || on_gone(Interruption::MicrophoneGone)),
            Closure::<dyn Fn()>::new(move || on_muted(Interruption::Muted)),
        ];
        let [on_ended, on_mute] = &heard;
        track.set_onended(Some(on_ended.as_ref().unchecked_ref()));
        track.set_onmute(Some(on_mute.as_ref().unchecked_ref()));
        Ok(Self {
            // A browser without it records all the same.
            meter: Meter::on(&stream).ok(),
            stream,
            track,
            _heard: heard,
        })
    }

    /// What it hears.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// How loud it is now; `None` where the browser does not tell.
    pub fn level(&self) -> Option<u8> {
        self.meter.as_ref()?.level()
    }

    /// How much it has heard so far, in milliseconds; `None` where the browser does not tell.
    pub fn heard_ms(&self) -> Option<u64> {
        self.meter.as_ref()?.heard_ms()
    }
}

async fn ask() -> Result<MediaStream, JsValue> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_bool(true);
    let devices = window().navigator().media_devices()?;
    let asked = devices.get_user_media_with_constraints(&constraints)?;
    JsFuture::from(asked).await?.dyn_into()
}

impl Meter {
    fn on(stream: &MediaStream) -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let meter = Self {
            analyser: context.create_analyser()?,
            context,
        };
        let source = meter.context.create_media_stream_source(stream)?;
        source.connect_with_audio_node(&meter.analyser)?;
        Ok(meter)
    }

    fn level(&self) -> Option<u8> {
        if !self.is_running() {
            return None;
        }
        let mut samples = [0; N_SAMPLES];
        self.analyser.get_byte_time_domain_data(&mut samples);
        Some(recording::level(&samples))
    }

    /// One that sleeps hears nothing, whatever is said.
    fn is_running(&self) -> bool {
        self.context.state() == AudioContextState::Running
    }

    fn heard_ms(&self) -> Option<u64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length is not negative, and shorter than any that does not fit"
        )]
        let heard_ms = (self.context.current_time() * 1_000.0) as u64;
        self.is_running().then_some(heard_ms)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        drop(self.context.close());
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        self.track.set_onended(None);
        self.track.set_onmute(None);
        for track in self.stream.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

impl fmt::Debug for Microphone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Microphone").finish_non_exhaustive()
    }
}
