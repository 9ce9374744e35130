//! "Intrekken": takes a story from the website.

use crate::ui::components::asking::Asking;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::unsent_words::{Purpose, use_unsent_words};
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::Command;

/// A button, and a question with room for a reason.
#[component]
pub fn WithdrawPart(
    /// Id of the story.
    #[prop(into)]
    story: Signal<String>,
    /// Called when it is done or on its way.
    on_withdrawn: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let reason = use_unsent_words(&story.get_untracked(), Purpose::Withdraw);
    let asking = Asking::new();
    let withdraw = Callback::new(move |()| {
        let command = Command::Withdraw {
            id: story.get_untracked(),
            reason: reason.get_untracked().trim().to_owned(),
        };
        asking.ask(command, move |_| {
            reason.set(String::new());
            on_withdrawn.run(());
        });
    });
    view! {
        <ConfirmButton
            asking=asking
            label=texts.review_do_withdraw()
            class="button--quiet"
            question=texts.review_withdraw_question()
            verb=texts.review_withdraw_verb()
            danger=true
            on_yes=withdraw
        >
            <p>{texts.review_withdraw_more()}</p>
            <div class="field">
                <label class="field__label" for="reden">
                    {texts.review_withdraw_reason()}
                </label>
                <p class="field__hint" id="reden-hint">
                    {texts.review_withdraw_reason_hint()}
                </p>
                <textarea
                    class="field__input"
                    id="reden"
                    rows="2"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="reden-hint"
                    prop:value=reason
                    on:input:target=move |event| reason.set(event.target().value())
                ></textarea>
            </div>
        </ConfirmButton>
    }
}
