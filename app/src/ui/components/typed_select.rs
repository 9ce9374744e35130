//! One of several, in a story.

use crate::choices::Choice;
use crate::ui::components::bound::{Bound, FieldHint, FieldNotes, OpenStory};
use crate::ui::components::for_each::For;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::Field;

/// A select, stored as soon as somebody chooses. A stored value that is not among the choices stays one.
#[component]
pub fn TypedSelect(
    /// The story.
    desk: OpenStory,
    /// The field.
    field: Field,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// Words for nothing chosen.
    #[prop(optional)]
    none: Option<&'static str>,
    /// What helps to choose.
    #[prop(optional_no_strip)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let texts = use_texts();
    let bound = Bound::new(desk, field.into());
    let none = none.unwrap_or_else(|| texts.story_choice_none());
    let options = memo(move || {
        let mut options = vec![(String::new(), none.to_owned())];
        let known = choices.get();
        options.extend(
            known
                .iter()
                .map(|(id, words)| ((*id).to_owned(), (*words).to_owned())),
        );
        let shown = bound.shown.get();
        if !options.iter().any(|(id, _)| *id == shown) {
            options.push((shown.clone(), shown));
        }
        options
    });
    let option = move |(id, words): (String, String)| {
        let value = id.clone();
        let is_chosen = move || bound.shown.with(|shown| *shown == id);
        view! {
            <option value=value prop:selected=is_chosen>
                {words}
            </option>
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=bound.id()>
                {bound.label}
            </label>
            <FieldHint bound=bound hint=hint />
            <select
                class="field__input"
                id=bound.id()
                autocomplete="off"
                disabled=move || !bound.is_editable.get()
                aria-describedby=move || bound.described_by(hint.is_some())
                aria-invalid=move || bound.invalid()
                on:change:target=move |event| bound.type_in(event.target().value())
                on:focus=move |_| bound.focus()
                on:blur=move |_| bound.blur()
            >
                <For each=move || options.get() key=|(id, words)| [id.as_str(), words].join("\n") children=option />
            </select>
            <FieldNotes bound=bound />
        </div>
    }
}
