//! A question before something happens.

use crate::ui::components::dialog;
use crate::ui::view::CoreState;
use crate::ui::{focus, use_texts};
use leptos::html::Dialog;
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A dialog with "Nee" and "Ja, …", open while `open` is true.
///
/// "Ja" closes it and calls `on_yes`; what becomes of that is shown by the page beneath.
#[component]
pub fn Confirm(
    /// Whether the question is asked now.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    question: Signal<String>,
    /// The verb after "Ja, ".
    #[prop(into)]
    verb: Signal<String>,
    /// Whether it cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// Whether it is asked where the core cannot work.
    #[prop(optional)]
    without_core: bool,
    /// Asked at "Ja": whether all is there that it needs. If not, the dialog stays.
    #[prop(optional_no_strip)]
    may_say_yes: Option<Callback<(), bool>>,
    /// What happens after "Ja".
    #[prop(into)]
    on_yes: Callback<()>,
    /// What follows from it, in paragraphs.
    children: Children,
) -> impl IntoView {
    let texts = use_texts();
    let dialog = NodeRef::<Dialog>::new();
    let is_its_state = move |core| (core == CoreState::Ready) != without_core;
    let closed = dialog::stand_while_core(is_its_state, open, dialog, |dialog| {
        // Read from its beginning; its first button has the focus, which may lie below the screen.
        dialog.set_scroll_top(0);
    });
    let title_id = title_id();
    let labelled_by = title_id.clone();
    let yes = move |_| {
        if may_say_yes.is_some_and(|may_say_yes| !may_say_yes.run(())) {
            focus::first(
                "dialog[open]",
                "[aria-invalid=true], fieldset:has(.field__error) input",
            );
            return;
        }
        open.set(false);
        on_yes.run(());
    };
    let yes_class = if danger { "button button--danger" } else { "button" };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=labelled_by on:close=move |_| closed()>
            <h2 id=title_id>{question}</h2>
            {children()}
            <div class="dialog__actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {texts.app_no()}
                </button>
                <button type="button" class=yes_class on:click=yes>
                    {move || texts.app_yes(&verb.get())}
                </button>
            </div>
        </dialog>
    }
}

/// An id that no other dialog of the page has.
fn title_id() -> String {
    static N_DIALOGS: AtomicU32 = AtomicU32::new(0);
    format!("dialog-{}", N_DIALOGS.fetch_add(1, Ordering::Relaxed))
}
