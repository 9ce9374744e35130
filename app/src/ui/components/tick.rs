//! A box to tick.

use crate::media_fields::YES;
use crate::ui::components::bound::{Bound, FieldHint, FieldNotes};
use leptos::prelude::*;

/// A checkbox with what it means.
#[component]
pub fn Tick(
    /// The field.
    bound: Bound,
    /// What it means.
    hint: &'static str,
) -> impl IntoView {
    let tick = move |is_ticked: bool| {
        let value = if is_ticked { YES } else { "" };
        bound.type_in(value.to_owned());
    };
    view! {
        <div class="field">
            <label class="choice">
                <input
                    type="checkbox"
                    autocomplete="off"
                    disabled=move || !bound.is_editable.get()
                    aria-describedby=move || bound.described_by(true)
                    prop:checked=move || bound.shown.with(|shown| shown == YES)
                    on:change:target=move |event| tick(event.target().checked())
                    on:focus=move |_| bound.focus()
                    on:blur=move |_| bound.blur()
                />
                <span>{bound.label}</span>
            </label>
            <FieldHint bound=bound hint=Some(hint) />
            <FieldNotes bound=bound />
        </div>
    }
}
