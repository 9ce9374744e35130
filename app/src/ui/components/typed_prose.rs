//! A long text of a story.

use crate::ui::components::bound::{Bound, FieldHint, FieldNotes, OpenStory};
use crate::ui::desk::Spot;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::Field;

/// A text of any length, stored while somebody types.
#[component]
pub fn TypedProse(
    /// The story.
    desk: OpenStory,
    /// The field.
    #[prop(into)]
    field: Spot,
    /// What helps to fill it in.
    #[prop(optional_no_strip)]
    hint: Option<&'static str>,
    /// Most characters that a publication takes, if they are counted.
    #[prop(optional_no_strip)]
    limit: Option<usize>,
    /// Language of the text.
    lang: Signal<String>,
) -> impl IntoView {
    let is_large = field == Spot::Story(Field::Happened);
    let bound = Bound::new(desk, field);
    let class = if is_large {
        "field__input field__input--prose"
    } else {
        "field__input field__input--grows"
    };
    view! {
        <div class="field">
            <label class="field__label" for=bound.id()>
                {bound.label}
            </label>
            <FieldHint bound=bound hint=hint />
            <textarea
                class=class
                id=bound.id()
                rows="3"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                lang=move || lang.get()
                readonly=move || !bound.is_editable.get()
                aria-describedby=move || bound.described_by(hint.is_some())
                aria-invalid=move || bound.invalid()
                prop:value=bound.shown
                on:input:target=move |event| bound.type_in(event.target().value())
                on:focus=move |_| bound.focus()
                on:blur=move |_| bound.blur()
            ></textarea>
            {limit.map(|limit| view! { <Count shown=bound.shown limit=limit /> })}
            <FieldNotes bound=bound />
        </div>
    }
}

/// How much of a short text is used.
#[component]
fn Count(
    /// The text.
    shown: RwSignal<String>,
    /// Most characters.
    limit: usize,
) -> impl IntoView {
    let texts = use_texts();
    let used = memo(move || shown.with(|text| text.trim().chars().count()));
    let over = memo(move || used.get().saturating_sub(limit));
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    view! {
        <p class="field__count">{move || texts.story_count_used(number(used.get()), &limit.to_string())}</p>
        // Read aloud only when it matters.
        <p class="field__error" role="status">
            {move || (over.get() > 0).then(|| texts.story_count_over(number(over.get())))}
        </p>
    }
}
