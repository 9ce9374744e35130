//! The teller: a contact of her own, never inside the story (M1).

use crate::ui::components::bound::{OpenStory, is_editable};
use crate::ui::components::field_error::FieldError;
use crate::ui::desk::Desk;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Teller;

/// Name of the teller, and how to reach her.
#[component]
pub fn TellerFields(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let teller = desk.with_value(Desk::teller);
    let refusal = desk.with_value(Desk::teller_refusal);
    let name = Signal::derive(move || teller.with(|teller| teller.name.clone()));
    let reach = Signal::derive(move || teller.with(|teller| teller.reach.clone()));
    let rename = move |name| {
        let teller = teller.get_untracked();
        desk.with_value(|desk| desk.type_teller(Teller { name, ..teller }));
    };
    let reach_by = move |reach| {
        let teller = teller.get_untracked();
        desk.with_value(|desk| desk.type_teller(Teller { reach, ..teller }));
    };
    let error = move || refusal.get().map(|error| words::command_error(texts, &error));
    view! {
        <p class="field__hint" id="verteller-hint">
            {texts.teller_hint()}
        </p>
        <TellerLine desk=desk id="verteller" label=texts.teller_name() value=name on_type=Callback::new(rename) />
        <TellerLine desk=desk id="bereik" label=texts.teller_reach() value=reach on_type=Callback::new(reach_by) />
        <div class="aside" id="verteller-let-op">
            {move || error().map(|error| view! { <FieldError words=error /> })}
        </div>
    }
}

#[component]
fn TellerLine(
    desk: OpenStory,
    id: &'static str,
    label: &'static str,
    value: Signal<String>,
    on_type: Callback<String>,
) -> impl IntoView {
    let is_editable = is_editable(desk);
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            <input
                class="field__input"
                id=id
                type="text"
                autocomplete="off"
                autocapitalize=if id == "verteller" { "words" } else { "off" }
                spellcheck="false"
                readonly=move || !is_editable.get()
                aria-describedby="verteller-hint verteller-let-op"
                prop:value=value
                on:input:target=move |event| on_type.run(event.target().value())
                on:focus=move |_| desk.with_value(Desk::focus_teller)
                on:blur=move |_| desk.with_value(Desk::blur_teller)
            />
        </div>
    }
}
