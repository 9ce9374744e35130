//! The second of two presses does nothing where something else came under the finger: a dialog closes and uncovers the
//! tabs, a button makes room for the next.

use crate::double_press::{Press, Presses};
use leptos::ev::{MouseEvent, PointerEvent};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

/// What can be pressed.
const CONTROLS: &str = "a, button, input, label, select, summary, textarea, [role=option]";

/// Listens for the life of the page, before anything else hears of a press.
pub fn listen() {
    let presses = Rc::new(RefCell::new(Presses::default()));
    let is_meant = Rc::new(Cell::new(true));
    let heard = Rc::clone(&is_meant);
    let cancelled = Rc::clone(&presses);
    before_all("pointerdown", move |event: PointerEvent| {
        if event.is_primary() {
            heard.set(presses.borrow_mut().is_meant(press(&event)));
        }
    });
    before_all("pointercancel", move |_: PointerEvent| {
        cancelled.borrow_mut().cancel()
    });
    // What a press does begins when the mouse goes down: the focus moves, a select opens.
    for name in ["mousedown", "click"] {
        let is_meant = Rc::clone(&is_meant);
        before_all(name, move |event: MouseEvent| {
            // The keyboard presses without a place: 0 clicks.
            if !is_meant.get() && event.detail() != 0 {
                event.prevent_default();
                event.stop_immediate_propagation();
            }
        });
    }
}

fn press(event: &PointerEvent) -> Press<JsValue> {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let control = target.and_then(|target| target.closest(CONTROLS).ok().flatten());
    Press {
        on: control.map(JsValue::from),
        at_ms: event.time_stamp(),
        place: (event.client_x().into(), event.client_y().into()),
    }
}

/// Calls `hear` for each event of this name, on its way down from the window.
fn before_all<E: FromWasmAbi + 'static>(name: &str, hear: impl Fn(E) + 'static) {
    let hear = Closure::<dyn Fn(E)>::new(hear);
    let function = hear.as_ref().unchecked_ref();
    // Refused for no window.
    drop(window().add_event_listener_with_callback_and_bool(name, function, true));
    hear.forget();
}
