//! A dialog that is more than a question.

use crate::ui::focus;
use crate::ui::view::{CoreState, use_view};
use leptos::html::Dialog;
use leptos::prelude::*;

/// A dialog, open while `open` is true. What is in it is made anew each time it opens.
#[component]
pub fn Modal(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Id of its title, which is its name; unique on the page.
    title_id: &'static str,
    /// Its title.
    title: &'static str,
    /// Classes beside `dialog`.
    #[prop(optional)]
    class: &'static str,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let core = use_view().core;
    // While the core cannot be asked, the page beneath says what to do: a dialog would keep everybody from it.
    let is_ready = Memo::new(move |_| core.get() == CoreState::Ready);
    let closed = move |_| {
        if core.get_untracked() == CoreState::Ready {
            open.set(false);
        }
    };
    Effect::new(move || {
        let is_wanted = open.get() && is_ready.get();
        let Some(dialog) = dialog.get() else { return };
        if is_wanted && !dialog.open() {
            // Refused only where it is open already.
            drop(dialog.show_modal());
            // Read from its beginning, not from its first button.
            if let Some(title) = focus::below(&dialog, "h2") {
                focus::element(&title);
            }
        } else if !is_wanted && dialog.open() {
            dialog.close();
        }
    });
    let children = StoredValue::new(children);
    view! {
        <dialog class=["dialog ", class].concat() node_ref=dialog aria-labelledby=title_id on:close=closed>
            <h2 id=title_id>{title}</h2>
            <Show when=move || open.get()>{children.with_value(|children| children())}</Show>
        </dialog>
    }
}
