//! "Niet publiceren": a story stays inside, for a reason.

use crate::refusal::Refusal;
use crate::ui::components::asking::Asking;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::show::Show;
use crate::ui::unsent_words::{Purpose, use_unsent_words};
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::command::Command;

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
    let chosen = RwSignal::new(None::<Refusal>);
    let reason = use_unsent_words(&story.get_untracked(), Purpose::NotPublish);
    let is_missing = RwSignal::new(false);
    let lacks_words = RwSignal::new(false);
    let asking = Asking::new();
    let may_decide = Callback::new(move |()| {
        let refusal = chosen.get_untracked();
        is_missing.set(refusal.is_none());
        let has_words = reason.with_untracked(|reason| !reason.trim().is_empty());
        lacks_words.set(refusal.is_some_and(Refusal::needs_words) && !has_words);
        refusal.is_some() && !lacks_words.get_untracked()
    });
    let decide = Callback::new(move |()| {
        let Some(refusal) = chosen.get_untracked() else {
            return;
        };
        let teller = texts.not_publish_teller_recorded();
        let (unfit, reason_recorded) = reason.with_untracked(|reason| refusal.recorded(teller, reason));
        let command = Command::NotPublish {
            id: story.get_untracked(),
            unfit,
            reason: reason_recorded,
        };
        asking.ask(command, move |_| {
            chosen.set(None);
            reason.set(String::new());
            on_decided.run(());
        });
    });
    let reasons = Refusal::all().map(move |refusal| {
        let words = match refusal {
            Refusal::Teller => texts.not_publish_teller(),
            Refusal::Known(unfit) => words::unfit(texts, unfit),
            Refusal::Other => texts.not_publish_other(),
        };
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="waarom-niet"
                    autocomplete="off"
                    prop:checked=move || chosen.get() == Some(refusal)
                    on:change=move |_| {
                        chosen.set(Some(refusal));
                        is_missing.set(false);
                        lacks_words.set(false);
                    }
                />
                <span>{words}</span>
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
                    aria-describedby="waarom-niet-fout"
                    aria-invalid=move || lacks_words.get().then_some("true")
                    prop:value=reason
                    on:input:target=move |event| {
                        reason.set(event.target().value());
                        lacks_words.set(false);
                    }
                ></textarea>
                <Show when=move || lacks_words.get()>
                    <FieldError id="waarom-niet-fout" words=texts.not_publish_no_words() />
                </Show>
            </div>
        </ConfirmButton>
    }
}
