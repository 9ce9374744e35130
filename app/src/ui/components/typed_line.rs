//! A line of a story.

use crate::ui::components::bound::{Bound, FieldHint, FieldNotes, OpenStory};
use crate::ui::desk::Spot;
use leptos::prelude::*;

/// A field of one line, stored while somebody types.
#[component]
pub fn TypedLine(
    /// The story.
    desk: OpenStory,
    /// The field.
    #[prop(into)]
    field: Spot,
    /// What helps to fill it in.
    #[prop(optional_no_strip)]
    hint: Option<&'static str>,
    /// Classes beside `field__input`.
    #[prop(optional)]
    class: &'static str,
    /// Language of what stands there; none for what is not part of the text.
    #[prop(optional_no_strip)]
    lang: Option<Signal<String>>,
) -> impl IntoView {
    let bound = Bound::new(desk, field);
    view! {
        <div class="field">
            <label class="field__label" for=bound.id()>
                {bound.label}
            </label>
            <FieldHint bound=bound hint=hint />
            <input
                class=["field__input ", class].concat()
                id=bound.id()
                type="text"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                lang=move || lang.map(|lang| lang.get())
                readonly=move || !bound.is_editable.get()
                aria-describedby=move || bound.described_by(hint.is_some())
                aria-invalid=move || bound.invalid()
                prop:value=bound.shown
                on:input:target=move |event| bound.type_in(event.target().value())
                on:focus=move |_| bound.focus()
                on:blur=move |_| bound.blur()
            />
            <FieldNotes bound=bound />
        </div>
    }
}
