//! When the app comes to the front, or the network comes back, the core is told.

use crate::ui::core_worker::CoreWorker;
use crate::ui::view::{CoreState, View, take_over, use_core, use_view};
use leptos::prelude::*;
use shared::command::Command;
use web_sys::VisibilityState;

/// Listens for the life of the page.
///
/// S15: `online` is a hint to try at once, never a proof. S14: every tab hears of the network, and the one that works
/// keeps the device; only a tab that can be seen takes it over.
pub fn listen() {
    let view = use_view();
    let core = StoredValue::new_local(use_core());
    window_event_listener_untyped("online", move |_| try_now(&core.get_value(), view));
    // The last bubbles from the document to the window.
    for event in ["focus", "pageshow", "visibilitychange"] {
        window_event_listener_untyped(event, move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                try_now(&core.get_value(), view);
                take_over(core.get_value(), view);
            }
        });
    }
    // S14: a page that the browser keeps to come back to leaves the device to whoever can be seen.
    window_event_listener(leptos::ev::pagehide, move |event| {
        if event.persisted() {
            core.get_value().rest();
        }
    });
}

fn try_now(core: &CoreWorker, view: View) {
    if view.core.get_untracked() == CoreState::Ready {
        core.tell(Command::TryNow);
    }
}
