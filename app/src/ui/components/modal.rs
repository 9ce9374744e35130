//! A dialog that is more than a question.

use crate::ui::components::dialog;
use crate::ui::components::show::Show;
use crate::ui::focus;
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
    #[prop(into)]
    title: Signal<String>,
    /// Classes beside `dialog`.
    #[prop(optional)]
    class: &'static str,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let closed = dialog::stand_while(open, dialog, |dialog| {
        // Read from its beginning, not from its first button.
        if let Some(title) = focus::below(dialog, "h2") {
            focus::element(&title);
        }
    });
    let children = StoredValue::new(children);
    view! {
        <dialog class=["dialog ", class].concat() node_ref=dialog aria-labelledby=title_id on:close=move |_| closed()>
            <h2 id=title_id>{title}</h2>
            <Show when=move || open.get()>{children.with_value(|children| children())}</Show>
        </dialog>
    }
}
