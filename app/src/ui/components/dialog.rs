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
    // While the core cannot be asked, the page beneath says what to do: a dialog would keep everybody from it.
    stand_while_core(|core| core == CoreState::Ready, open, dialog, on_shown)
}

/// The same, for a dialog that belongs to what is shown in these states of the core.
pub fn stand_while_core(
    is_its_state: impl Fn(CoreState) -> bool + Copy + Send + Sync + 'static,
    open: RwSignal<bool>,
    dialog: NodeRef<Dialog>,
    on_shown: impl Fn(&HtmlDialogElement) + 'static,
) -> impl Fn() + Copy + 'static {
    let core = use_view().core;
    let is_ready = memo(move || is_its_state(core.get()));
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
        if is_its_state(core.get_untracked()) {
            open.set(false);
        }
    }
}
