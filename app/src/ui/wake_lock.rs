//! The screen stays on, so that a phone does not fall asleep over a recording.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::VisibilityState;

/// Keeps the screen on until it is dropped, where the browser can and allows it.
///
/// A browser takes it back when the page is hidden: it is asked again when the page is seen.
pub struct WakeLock {
    /// What the browser gave last.
    sentinel: Rc<RefCell<Option<JsValue>>>,
    listening: Option<WindowListenerHandle>,
}

impl WakeLock {
    /// Asks for it; nothing waits for the answer.
    pub fn take() -> Self {
        let sentinel = Rc::new(RefCell::new(None));
        ask(Rc::downgrade(&sentinel));
        let again = Rc::downgrade(&sentinel);
        // It bubbles from the document to the window.
        let listening = window_event_listener_untyped("visibilitychange", move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                ask(again.clone());
            }
        });
        Self {
            sentinel,
            listening: Some(listening),
        }
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.remove();
        }
        release(self.sentinel.take());
    }
}

fn ask(held: Weak<RefCell<Option<JsValue>>>) {
    spawn_local(async move {
        let Some(sentinel) = request().await else {
            return;
        };
        // It may be over already.
        match held.upgrade() {
            Some(held) => release(held.replace(Some(sentinel))),
            None => release(Some(sentinel)),
        }
    });
}

/// `navigator.wakeLock.request('screen')`: refused while the battery is low or the page is hidden.
async fn request() -> Option<JsValue> {
    let lock = Reflect::get(&window().navigator(), &"wakeLock".into()).ok()?;
    let request: Function = Reflect::get(&lock, &"request".into()).ok()?.dyn_into().ok()?;
    let asked: Promise = request.call1(&lock, &"screen".into()).ok()?.dyn_into().ok()?;
    JsFuture::from(asked).await.ok()
}

fn release(sentinel: Option<JsValue>) {
    let release = sentinel.and_then(|sentinel| {
        let release: Function = Reflect::get(&sentinel, &"release".into()).ok()?.dyn_into().ok()?;
        release.call0(&sentinel).ok()
    });
    drop(release);
}

impl fmt::Debug for WakeLock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WakeLock").finish_non_exhaustive()
    }
}
