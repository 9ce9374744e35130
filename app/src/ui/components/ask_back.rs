//! "Terugvragen": gives a story back with a question.

use crate::ui::components::asking::Asking;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::show::Show;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::Field;

/// What each of the questions to take over is about: the last one about the whole story.
const READY_FIELDS: [Option<Field>; 4] = [
    Some(Field::Who),
    Some(Field::Changed),
    Some(Field::Municipality),
    None,
];

/// A button, and room for the question and the field that it is about.
#[component]
pub fn AskBack(
    /// Id of the story.
    #[prop(into)]
    story: Signal<String>,
    /// Classes of the button, beside `button`.
    #[prop(into)]
    class: Signal<&'static str>,
    /// Called when it is given back.
    on_asked: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let question = RwSignal::new(String::new());
    let field = RwSignal::new(None::<Field>);
    let is_empty = RwSignal::new(false);
    let asking = Asking::new();
    let may_ask = Callback::new(move |()| {
        let has_words = question.with_untracked(|question| !question.trim().is_empty());
        is_empty.set(!has_words);
        has_words
    });
    let ask = Callback::new(move |()| {
        let command = Command::AskBack {
            id: story.get_untracked(),
            question: question.get_untracked(),
            field: field.get_untracked(),
        };
        asking.ask(command, move |_| {
            question.set(String::new());
            field.set(None);
            on_asked.run(());
        });
    });
    let fields = Field::ALL.into_iter().map(move |choice| {
        view! {
            <option value=format!("{choice:?}") prop:selected=move || field.get() == Some(choice)>
                {words::field(texts, choice)}
            </option>
        }
    });
    let choose = move |value: String| {
        field.set(
            Field::ALL
                .into_iter()
                .find(|choice| format!("{choice:?}") == value),
        );
    };
    let ready = texts
        .ready_questions()
        .into_iter()
        .zip(READY_FIELDS)
        .map(move |(words, about)| {
            let add = move |_| {
                if about.is_some() {
                    field.set(about);
                }
                focus::first(".dialog[open]", "#vraag");
                question.update(|question| {
                    if !question.is_empty() && !question.ends_with(char::is_whitespace) {
                        question.push(' ');
                    }
                    question.push_str(words);
                });
                is_empty.set(false);
            };
            view! {
                <li>
                    <button type="button" class="chip chip--button" on:click=add>
                        {words}
                    </button>
                </li>
            }
        });
    view! {
        <ConfirmButton
            asking=asking
            label=texts.ask_back_button()
            class=class
            question=texts.ask_back_title()
            verb=texts.ask_back_verb()
            may_say_yes=may_ask
            on_yes=ask
        >
            <p>{texts.ask_back_more()}</p>
            <div class="field">
                <label class="field__label" for="vraag">
                    {texts.ask_back_question()}
                </label>
                <textarea
                    class="field__input"
                    id="vraag"
                    rows="3"
                    autocomplete="off"
                    spellcheck="false"
                    dir="auto"
                    aria-describedby="vraag-fout"
                    aria-invalid=move || is_empty.get().then_some("true")
                    prop:value=question
                    on:input:target=move |event| {
                        question.set(event.target().value());
                        is_empty.set(false);
                    }
                ></textarea>
                <Show when=move || is_empty.get()>
                    <FieldError id="vraag-fout" words=texts.ask_back_empty() />
                </Show>
            </div>
            <ul class="chips" role="list" aria-label=texts.ask_back_ready()>
                {ready.collect_view()}
            </ul>
            <div class="field">
                <label class="field__label" for="vraag-veld">
                    {texts.ask_back_field()}
                </label>
                <select
                    class="field__input"
                    id="vraag-veld"
                    autocomplete="off"
                    on:change:target=move |event| choose(event.target().value())
                >
                    <option value="" prop:selected=move || field.get().is_none()>
                        {texts.ask_back_whole()}
                    </option>
                    {fields.collect_view()}
                </select>
            </div>
        </ConfirmButton>
    }
}
