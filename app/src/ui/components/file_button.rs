//! A button that opens the device's own choice of files.

use crate::ui::components::icon::{Drawn, Icon};
use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// A file input that looks like a button. On a phone it offers the camera too.
#[component]
pub fn FileButton(
    /// Id of the input, unique on the page.
    #[prop(into)]
    id: String,
    /// What is drawn on it.
    icon: Icon,
    /// Its accessible name.
    label: &'static str,
    /// Media types that are offered, with commas between.
    accept: &'static str,
    /// Whether what was chosen last is being worked on.
    busy: Signal<bool>,
    /// Called with what was chosen.
    on_choose: Callback<Vec<File>>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        // Disabled, it would lose the focus.
        if busy.get_untracked() {
            event.prevent_default();
        }
    };
    let label_for = id.clone();
    let change = move |event: Event| {
        let Some(input) = event
            .target()
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let chosen = input.files();
        let n_chosen = chosen.as_ref().map_or(0, web_sys::FileList::length);
        let files = (0..n_chosen)
            .filter_map(|index| chosen.as_ref()?.get(index))
            .collect();
        // The same file can be chosen once more; its name does not stay on the page.
        input.set_value("");
        on_choose.run(files);
    };
    view! {
        <label class="button button--quiet file-button" for=label_for>
            <Drawn icon=icon />
            {label}
            <input
                class="file-button__input"
                id=id
                type="file"
                multiple
                accept=accept
                autocomplete="off"
                aria-label=label
                aria-busy=move || busy.get().then_some("true")
                on:click=press
                on:change=change
            />
        </label>
    }
}
