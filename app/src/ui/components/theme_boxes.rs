//! "Thema's".

use crate::choices::{self, Choice};
use crate::ui::components::bound::{Bound, FieldNotes, OpenStory};
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::Field;

/// A box for each theme.
#[component]
pub fn ThemeBoxes(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let bound = Bound::new(desk, Field::Themes.into());
    let boxes = choices::themes(use_texts())
        .into_iter()
        .map(|(theme, words): Choice| {
            let is_chosen = move || {
                bound
                    .shown
                    .with(|themes| themes.split_whitespace().any(|other| other == theme))
            };
            let choose = move |is_chosen| {
                bound.type_in(
                    bound
                        .shown
                        .with_untracked(|themes| choices::with_theme(themes, theme, is_chosen)),
                );
            };
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        autocomplete="off"
                        disabled=move || !bound.is_editable.get()
                        prop:checked=is_chosen
                        on:change:target=move |event| choose(event.target().checked())
                    />
                    <span>{words}</span>
                </label>
            }
        });
    view! {
        <fieldset
            class="choices choices--row"
            id=bound.id()
            aria-describedby=move || bound.described_by(false)
            on:focusin=move |_| bound.focus()
            on:focusout=move |_| bound.blur()
        >
            <legend class="field__label">{bound.label}</legend>
            {boxes.collect_view()}
            <FieldNotes bound=bound />
        </fieldset>
    }
}
