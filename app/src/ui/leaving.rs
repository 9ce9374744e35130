//! Leaving the page while something would be lost: the browser asks first.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::BeforeUnloadEvent;

/// Lets the browser ask, while `is_risky`, whether the page is really to be left. The words are its own.
pub fn ask_while(is_risky: Signal<bool>) {
    let listening = window_event_listener_untyped("beforeunload", move |event| {
        if is_risky.try_get_untracked() == Some(true) {
            event.prevent_default();
            // Older browsers want a value instead.
            if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                event.set_return_value("-");
            }
        }
    });
    on_cleanup(move || listening.remove());
}
