//! "Taal van de app".

use crate::ui::language::use_language;
use crate::ui::{focus, use_texts};
use leptos::prelude::*;
use texts::Locale;

/// Chooses the language of the screens, at once; each language stands there as its speakers call it.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let texts = use_texts();
    let language = use_language();
    let buttons = Locale::ALL.into_iter().map(|choice| {
        let is_spoken = choice == texts;
        let choose = move |_| {
            language.choose(choice);
            // All screens are made anew: the keyboard stays where it was.
            focus::first("#inhoud", "input[name=taal]:checked");
        };
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="taal"
                    value=choice.tag()
                    autocomplete="off"
                    prop:checked=is_spoken
                    on:change=choose
                />
                <span lang=choice.tag()>{choice.locale_name()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="choices" role="radiogroup" aria-labelledby="taal-label">
            <legend class="field__label" id="taal-label">
                {texts.device_language()}
            </legend>
            <div class="choices choices--row">{buttons.collect_view()}</div>
        </fieldset>
    }
}
