//! "Naam online".

use crate::choices::{self, Choice};
use crate::ui::components::bound::{Bound, FieldHint, FieldNotes, OpenStory};
use crate::ui::components::questions::asked_about;
use crate::ui::components::show::Show;
use crate::ui::components::typed_line::TypedLine;
use crate::ui::desk::Desk;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::{About, Field};
use texts::Locale;

/// How the teller is named in public, and by which other name.
#[component]
pub fn NamingChoice(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let bound = Bound::new(desk, Field::NameOnline.into());
    let other_name = desk.with_value(|desk| desk.shown(Field::OtherName));
    let asked = asked_about(desk.with_value(Desk::story), About::Field(Field::OtherName));
    let label_id = format!("{}-label", bound.id());
    let labelled_by = label_id.clone();
    let buttons = choices::namings(texts)
        .into_iter()
        .map(|(naming, words): Choice| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=bound.id()
                        value=naming
                        autocomplete="off"
                        disabled=move || !bound.is_editable.get()
                        prop:checked=move || bound.shown.with(|shown| shown == naming)
                        on:change=move |_| bound.type_in(naming.to_owned())
                    />
                    <span>{words}</span>
                </label>
            }
        });
    let is_other = move || {
        bound.shown.with(|shown| shown == "other")
            || other_name.with(|name| !name.is_empty())
            || asked.with(|asked| !asked.is_empty())
    };
    view! {
        <fieldset
            class="choices"
            id=bound.id()
            role="radiogroup"
            aria-labelledby=labelled_by
            aria-describedby=move || bound.described_by(true)
            on:focusin=move |_| bound.focus()
            on:focusout=move |_| bound.blur()
        >
            <legend class="field__label" id=label_id>
                {bound.label}
            </legend>
            <FieldHint bound=bound hint=Some(texts.teller_name_online_hint()) />
            <div class="choices choices--row">{buttons.collect_view()}</div>
            <p class="field__hint" role="status">
                {move || bound.shown.with(|shown| naming_words(texts, shown))}
            </p>
            <FieldNotes bound=bound />
        </fieldset>
        <Show when=is_other>
            <TypedLine desk=desk field=Field::OtherName hint=Some(texts.teller_other_name_hint()) />
        </Show>
    }
}

/// What follows from the choice: above all that no name is a choice too.
fn naming_words(texts: Locale, naming: &str) -> &'static str {
    match naming {
        "full" => texts.naming_full(),
        "first" => texts.naming_first(),
        "other" => texts.naming_other(),
        "none" => texts.naming_none(),
        _ => texts.naming_unchosen(),
    }
}
