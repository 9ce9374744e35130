//! When the app comes to the front, or the network comes back, the core is told.

use crate::ui::core_worker::CoreWorker;
use crate::ui::view::{CoreState, View, take_over, use_core, use_view};
use leptos::prelude::*;
use shared::command::Command;
use web_sys::VisibilityState;

/// Listens for the life of the page.
///
/// S15: `online` is a hint to try at once, never a proof. S14: the tab in front takes the device over.
pub fn listen() {
    let view = use_view();
    let core = StoredValue::new_local(use_core());
    for event in ["online", "focus", "pageshow"] {
        window_event_listener_untyped(event, move |_| wake(core.get_value(), view));
    }
    // It bubbles from the document to the window.
    window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Visible {
            wake(core.get_value(), view);
        }
    });
}

fn wake(core: CoreWorker, view: View) {
    match view.core.get_untracked() {
        CoreState::Ready => core.tell(Command::TryNow),
        CoreState::TakenOver => take_over(core, view),
        CoreState::Starting | CoreState::Unusable(_) | CoreState::GaveUp => {}
    }
}
