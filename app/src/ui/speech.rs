//! The voice of the device: what the browser can say without sending the text elsewhere.

use crate::reading_aloud::{self, Voice};
use js_sys::Reflect;
use leptos::prelude::*;
use std::cell::RefCell;
use std::fmt;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{SpeechSynthesis, SpeechSynthesisUtterance, SpeechSynthesisVoice};

/// The browser's speech. It falls silent when it is dropped.
pub struct Speech {
    synthesis: SpeechSynthesis,
    /// What is said now: some browsers forget it, and with it its end, if nobody holds it.
    said: RefCell<Option<Said>>,
    _changed: Closure<dyn Fn()>,
}

struct Said {
    utterance: SpeechSynthesisUtterance,
    _ended: Closure<dyn Fn()>,
    _failed: Closure<dyn Fn()>,
}

impl Speech {
    /// Finds it; `None` where the browser has none, as in WebKitGTK. `on_change` is called when voices come or go:
    /// most browsers look for them only when somebody asks.
    pub fn find(on_change: impl Fn() + 'static) -> Option<Self> {
        let synthesis = Reflect::get(&window(), &"speechSynthesis".into()).ok()?;
        if !synthesis.is_object() {
            return None;
        }
        let synthesis: SpeechSynthesis = synthesis.unchecked_into();
        let changed = Closure::<dyn Fn()>::new(on_change);
        // A property, as older browsers add no listener here.
        synthesis.set_onvoiceschanged(Some(changed.as_ref().unchecked_ref()));
        Some(Self {
            synthesis,
            said: RefCell::new(None),
            _changed: changed,
        })
    }

    /// Whether a voice of this device speaks the language.
    pub fn speaks(&self, language: &str) -> bool {
        self.voice(language).is_some()
    }

    /// Says a text; `on_end` is told whether it was said to its end, unless [`Speech::stop`] came first.
    ///
    /// Returns whether there is a voice for it.
    pub fn say(&self, text: &str, language: &str, on_end: impl Fn(bool) + Clone + 'static) -> bool {
        self.stop();
        let Some(voice) = self.voice(language) else {
            return false;
        };
        let Ok(utterance) = SpeechSynthesisUtterance::new_with_text(text) else {
            return false;
        };
        utterance.set_lang(language);
        utterance.set_voice(Some(&voice));
        let on_failure = on_end.clone();
        let ended = Closure::<dyn Fn()>::new(move || on_end(true));
        let failed = Closure::<dyn Fn()>::new(move || on_failure(false));
        utterance.set_onend(Some(ended.as_ref().unchecked_ref()));
        utterance.set_onerror(Some(failed.as_ref().unchecked_ref()));
        self.synthesis.speak(&utterance);
        self.said.replace(Some(Said {
            utterance,
            _ended: ended,
            _failed: failed,
        }));
        true
    }

    /// Falls silent; what was being said ends without telling.
    pub fn stop(&self) {
        if let Some(said) = self.said.take() {
            said.utterance.set_onend(None);
            said.utterance.set_onerror(None);
            self.synthesis.cancel();
        }
    }

    fn voice(&self, language: &str) -> Option<SpeechSynthesisVoice> {
        let mut voices: Vec<SpeechSynthesisVoice> = self
            .synthesis
            .get_voices()
            .iter()
            .map(JsCast::unchecked_into)
            .collect();
        let known: Vec<_> = voices
            .iter()
            .map(|voice| Voice {
                language: voice.lang(),
                is_local: voice.local_service(),
                is_default: voice.default(),
            })
            .collect();
        reading_aloud::voice(&known, language).map(|idx| voices.swap_remove(idx))
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.synthesis.set_onvoiceschanged(None);
        self.stop();
    }
}

impl fmt::Debug for Speech {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Speech").finish_non_exhaustive()
    }
}
