//! What all dialogs have in common: when they stand on the page, and what closes them.

use crate::ui::memo::memo;
use crate::ui::view::{CoreState, use_view};
use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

/// Lets a dialog stand on the page while `open` is true; `on_shown` is called each time it comes to stand there.
///
/// Returns what its `close` event is to call.
pub fn stand_while(
    open: RwSignal<bool>,
    dialog: NodeRef<Dialog>,
    on_shown: impl Fn(&HtmlDialogElement) + 'static,
) -> impl Fn() + Copy + 'static {
    let core = use_view().core;
    // While the core cannot be asked, the page beneath says what to do: a dialog would keep everybody from it.
    let is_ready = memo(move || core.get() == CoreState::Ready);
    Effect::new(move || {
        let is_wanted = open.get() && is_ready.get();
        let Some(dialog) = dialog.get() else { return };
        if is_wanted && !dialog.open() {
            // Refused only where it is open already.
            drop(dialog.show_modal());
            on_shown(&dialog);
        } else if !is_wanted && dialog.open() {
            dialog.close();
        }
    });
    move || {
        if core.get_untracked() == CoreState::Ready {
            open.set(false);
        }
    }
}
