//! "Taal van de tekst": the language in which somebody is asked.

use crate::text_languages::{self, names};
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::ConsentTextView;

/// One of the app's own languages, or of those that the network added.
#[component]
pub fn TextLanguage(
    /// What the network added.
    known: RwSignal<Vec<ConsentTextView>>,
    /// The language that is chosen.
    language: RwSignal<String>,
) -> impl IntoView {
    let texts = use_texts();
    let choices = memo(move || known.with(|known| text_languages::choices(known)));
    let options = move || {
        let choices = choices.get().into_iter();
        let options = choices.map(|tag| {
            let value = tag.clone();
            let words = names(texts, &tag);
            view! {
                <option value=value prop:selected=move || language.with(|chosen| *chosen == tag)>
                    {words}
                </option>
            }
        });
        options.collect_view()
    };
    view! {
        <div class="field">
            <label class="field__label" for="taal-van-de-tekst">
                {texts.consent_language()}
            </label>
            <select
                class="field__input"
                id="taal-van-de-tekst"
                autocomplete="off"
                on:change:target=move |event| language.set(event.target().value())
            >
                {options}
            </select>
        </div>
    }
}
