//! A button that waits for an answer.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A button that keeps the focus while it waits, and is not pressed twice.
///
/// Without `on_press` it submits the form around it.
#[component]
pub fn BusyButton(
    /// Whether an answer is awaited.
    #[prop(into)]
    busy: Signal<bool>,
    /// What happens.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// Classes beside `button`.
    #[prop(optional, into)]
    class: Signal<&'static str>,
    /// Id of what it is about.
    #[prop(default = None, into)]
    described_by: Option<String>,
    /// Icon and words.
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            type=if on_press.is_some() { "button" } else { "submit" }
            class=move || ["button ", class.get()].concat()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            aria-describedby=described_by
            on:click=press
        >
            {children()}
        </button>
    }
}
