//! "Terugvragen": gives a story back with a question.

use crate::ui::components::asking::Asking;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::select::Select;
use crate::ui::components::show::Show;
use crate::ui::unsent_words::{Purpose, use_unsent_words};
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{About, Field, StoryView};
use std::sync::Arc;

/// What a question can be about, in the order in which it is offered.
fn subjects() -> impl Iterator<Item = About> {
    let fields = Field::ALL.into_iter().map(About::Field);
    [About::Consent, About::Media].into_iter().chain(fields)
}

/// What each of the questions to take over is about.
const READY: [About; 4] = [
    About::Field(Field::Who),
    About::Field(Field::Changed),
    About::Field(Field::Municipality),
    About::Consent,
];

/// A button, and room for the question and what it is about.
#[component]
pub fn AskBack(
    /// The story.
    #[prop(into)]
    story: Signal<Option<Arc<StoryView>>>,
    /// Classes of the button, beside `button`.
    #[prop(into)]
    class: Signal<&'static str>,
    /// Called when it is given back.
    on_asked: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let id = move || {
        story.with_untracked(|story| {
            story
                .as_ref()
                .map(|story| story.row.id.clone())
                .unwrap_or_default()
        })
    };
    let question = use_unsent_words(&id(), Purpose::AskBack);
    let about = RwSignal::new(None::<About>);
    let is_empty = RwSignal::new(false);
    let asking = Asking::new();
    let may_ask = Callback::new(move |()| {
        let has_words = question.with_untracked(|question| !question.trim().is_empty());
        is_empty.set(!has_words);
        has_words
    });
    let ask = Callback::new(move |()| {
        let command = Command::AskBack {
            id: id(),
            question: question.get_untracked(),
            about: about.get_untracked(),
        };
        asking.ask(command, move |_| {
            question.set(String::new());
            about.set(None);
            on_asked.run(());
        });
    });
    let subjects = subjects().map(|subject| (subject, words::about(texts, subject)));
    let subjects = subjects.collect::<Vec<_>>();
    // Nobody is asked for what is there.
    let ready = move || {
        let ready = texts.ready_questions().into_iter().zip(READY);
        let is_open = |about| story.with(|story| story.as_ref().is_some_and(|story| is_open(story, about)));
        let ready = ready
            .filter(|(_, subject)| is_open(*subject))
            .map(|(words, subject)| {
                let add = move |_| {
                    about.set(Some(subject));
                    focus::end_of(".dialog[open]", "#vraag");
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
        let ready: Vec<_> = ready.collect();
        (!ready.is_empty()).then(|| {
            view! {
                <ul class="chips" role="list" aria-label=texts.ask_back_ready()>
                    {ready}
                </ul>
            }
        })
    };
    let label = move || {
        let is_asked = story.with(|story| story.as_ref().is_some_and(|story| !story.questions.is_empty()));
        if is_asked {
            texts.ask_back_more_button()
        } else {
            texts.ask_back_button()
        }
    };
    view! {
        <ConfirmButton
            asking=asking
            label=Signal::derive(label)
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
            {ready}
            <Select
                id="vraag-veld"
                label=texts.ask_back_field()
                none=texts.ask_back_whole()
                choices=subjects
                chosen=about
            />
        </ConfirmButton>
    }
}

/// Whether something about it is still to be told.
fn is_open(story: &StoryView, about: About) -> bool {
    match about {
        About::Field(field) => story.fields.get(&field).is_none_or(|text| text.trim().is_empty()),
        About::Consent => story.row.missing.iter().any(|missing| missing.needs_teller()),
        About::Media => true,
    }
}
