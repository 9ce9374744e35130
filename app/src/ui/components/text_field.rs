//! A line to fill in.

use crate::ui::components::field_error::FieldError;
use leptos::prelude::*;

/// A label, what helps, the control, what is wrong.
#[component]
pub fn TextField(
    /// Id of the control, unique on the page.
    id: &'static str,
    /// Its accessible name.
    label: &'static str,
    /// What is filled in.
    value: RwSignal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<&'static str>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Classes beside `field__input`.
    #[prop(optional)]
    class: &'static str,
    /// How a phone capitalises: codes in capitals, names by word.
    #[prop(default = "sentences")]
    capitals: &'static str,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described_by = {
        let (hint_id, error_id) = (hint.map(|_| hint_id.clone()), error_id.clone());
        move || {
            let error_id = error.with(Option::is_some).then(|| error_id.clone());
            let ids: Vec<_> = hint_id.clone().into_iter().chain(error_id).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            {hint
                .map(|hint| {
                    view! {
                        <p class="field__hint" id=hint_id>
                            {hint}
                        </p>
                    }
                })}
            <input
                class=["field__input ", class].concat()
                id=id
                type="text"
                autocomplete="off"
                autocapitalize=capitals
                spellcheck="false"
                aria-describedby=described_by
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                // What fills a field without typing may tell only this.
                on:change:target=move |event| value.set(event.target().value())
            />
            {move || {
                let error_id = error_id.clone();
                error.get().map(|error| view! { <FieldError id=error_id words=error /> })
            }}
        </div>
    }
}
