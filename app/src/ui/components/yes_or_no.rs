//! A question that is answered by yes or no.

use crate::media_fields::{NO, YES};
use crate::ui::components::bound::{Bound, FieldNotes};
use crate::ui::use_texts;
use leptos::prelude::*;

/// Two radio buttons; none is chosen until somebody answers.
#[component]
pub fn YesOrNo(
    /// The field.
    bound: Bound,
) -> impl IntoView {
    let texts = use_texts();
    let label_id = format!("{}-label", bound.id());
    let labelled_by = label_id.clone();
    let answers = [(YES, texts.media_yes()), (NO, texts.media_no())];
    let buttons = answers.map(|(answer, words)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=bound.id()
                    value=answer
                    autocomplete="off"
                    disabled=move || !bound.is_editable.get()
                    prop:checked=move || bound.shown.with(|shown| shown == answer)
                    on:change=move |_| bound.type_in(answer.to_owned())
                />
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset
            class="choices"
            role="radiogroup"
            aria-labelledby=labelled_by
            aria-describedby=move || bound.described_by(false)
            on:focusin=move |_| bound.focus()
            on:focusout=move |_| bound.blur()
        >
            <legend class="field__label" id=label_id>
                {bound.label}
            </legend>
            <div class="choices choices--row">{buttons.into_iter().collect_view()}</div>
            <FieldNotes bound=bound />
        </fieldset>
    }
}
