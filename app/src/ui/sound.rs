//! A sound that the page plays without controls of the browser.

use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

/// One sound at a time. It falls silent when it is dropped.
///
/// Always by the same element: some browsers let only one sound on that a press began.
pub struct Sound {
    audio: HtmlAudioElement,
    /// Counts what was played: what an earlier sound still tells is ignored.
    n_played: Rc<Cell<u32>>,
    heard: RefCell<Option<Heard>>,
}

/// Who hears the end, and who hears that there is no sound.
type Heard = [Closure<dyn Fn()>; 2];

impl Sound {
    /// Nothing is played yet; `None` where the browser has no sound.
    pub fn find() -> Option<Self> {
        Some(Self {
            audio: HtmlAudioElement::new().ok()?,
            n_played: Rc::default(),
            heard: RefCell::new(None),
        })
    }

    /// Plays what is at this address; `on_end` is told whether it was heard to its end, unless [`Sound::stop`] came
    /// first.
    pub fn play(&self, address: &str, on_end: impl Fn(bool) + Clone + 'static) {
        self.stop();
        let number = self.n_played.get();
        let n_played = Rc::clone(&self.n_played);
        let tell = move |was_heard| {
            if n_played.get() == number {
                n_played.set(number.wrapping_add(1));
                on_end(was_heard);
            }
        };
        let (at_end, at_error) = (tell.clone(), tell.clone());
        let heard = [
            Closure::<dyn Fn()>::new(move || at_end(true)),
            Closure::<dyn Fn()>::new(move || at_error(false)),
        ];
        let [on_ended, on_error] = &heard;
        self.audio.set_onended(Some(on_ended.as_ref().unchecked_ref()));
        self.audio.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.heard.replace(Some(heard));
        self.audio.set_src(address);
        match self.audio.play() {
            Ok(playing) => spawn_local(async move {
                if JsFuture::from(playing).await.is_err() {
                    tell(false);
                }
            }),
            Err(_) => tell(false),
        }
    }

    /// Falls silent; what was played ends without telling.
    pub fn stop(&self) {
        self.n_played.set(self.n_played.get().wrapping_add(1));
        self.audio.set_onended(None);
        self.audio.set_onerror(None);
        // Refused only where nothing plays.
        drop(self.audio.pause());
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Sound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sound").finish_non_exhaustive()
    }
}
