//! "Niet publiceren": a story stays inside, for a reason.

use crate::ui::components::asking::Asking;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::show::Show;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::Unfit;

/// A button, and the reasons to choose from.
#[component]
pub fn NotPublish(
    /// Id of the story.
    #[prop(into)]
    story: Signal<String>,
    /// Called when it is decided.
    on_decided: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let chosen = RwSignal::new(None::<Unfit>);
    let reason = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let asking = Asking::new();
    let may_decide = Callback::new(move |()| {
        let is_chosen = chosen.get_untracked().is_some();
        is_missing.set(!is_chosen);
        is_chosen
    });
    let decide = Callback::new(move |()| {
        let Some(unfit) = chosen.get_untracked() else {
            return;
        };
        let command = Command::NotPublish {
            id: story.get_untracked(),
            unfit,
            reason: reason.get_untracked(),
        };
        asking.ask(command, move |_| {
            chosen.set(None);
            reason.set(String::new());
            on_decided.run(());
        });
    });
    let reasons = Unfit::ALL.into_iter().map(move |unfit| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="waarom-niet"
                    autocomplete="off"
                    prop:checked=move || chosen.get() == Some(unfit)
                    on:change=move |_| {
                        chosen.set(Some(unfit));
                        is_missing.set(false);
                    }
                />
                <span>{words::unfit(texts, unfit)}</span>
            </label>
        }
    });
    view! {
        <ConfirmButton
            asking=asking
            label=texts.not_publish_button()
            class="button--quiet"
            question=texts.not_publish_title()
            verb=texts.not_publish_verb()
            may_say_yes=may_decide
            on_yes=decide
        >
            <p>{texts.not_publish_more()}</p>
            <fieldset class="choices" role="radiogroup" aria-labelledby="waarom-niet">
                <legend class="field__label" id="waarom-niet">
                    {texts.not_publish_reason()}
                </legend>
                {reasons.collect_view()}
                <Show when=move || is_missing.get()>
                    <FieldError words=texts.not_publish_missing() />
                </Show>
            </fieldset>
            <div class="field">
                <label class="field__label" for="waarom-niet-meer">
                    {texts.not_publish_words()}
                </label>
                <textarea
                    class="field__input"
                    id="waarom-niet-meer"
                    rows="2"
                    autocomplete="off"
                    spellcheck="false"
                    dir="auto"
                    prop:value=reason
                    on:input:target=move |event| reason.set(event.target().value())
                ></textarea>
            </div>
        </ConfirmButton>
    }
}
