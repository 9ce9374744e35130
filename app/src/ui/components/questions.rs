//! What a coordinator asks about a story.

use crate::ui::components::bound::{CONSENT, MEDIA, OpenStory, control_id};
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, focus, use_texts, words};
use leptos::prelude::*;
use shared::view::{About, Question, StoryView};
use std::sync::Arc;

/// What is asked about one thing.
pub fn asked_about(story: RwSignal<Option<Arc<StoryView>>>, about: About) -> Memo<Vec<String>> {
    memo(move || {
        story.with(|story| {
            let questions = story.iter().flat_map(|story| &story.questions);
            let here = questions.filter(|question| question.about == Some(about));
            here.map(|question| question.text.clone()).collect()
        })
    })
}

/// What is asked about something that is no field, where it stands.
#[component]
pub fn Asked(
    /// The story.
    desk: OpenStory,
    /// That.
    about: About,
) -> impl IntoView {
    let asked = asked_about(desk.with_value(Desk::story), about);
    let question = |question: String| {
        view! {
            <p class="field__asked" dir="auto">
                {question}
            </p>
        }
    };
    move || asked.get().into_iter().map(question).collect_view()
}

/// The questions that wait for an answer, with a way to the field of each; nothing while there are none.
#[component]
pub fn Questions(
    /// The story.
    desk: OpenStory,
    /// Whether the fields stand on the same screen.
    #[prop(optional)]
    with_fields: bool,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let questions = memo(move || {
        let questions = story.with(|story| story.as_ref().map(|story| story.questions.clone()));
        questions.unwrap_or_default()
    });
    let item = move |question: &Question| {
        let name = question.by.as_deref().unwrap_or_else(|| texts.app_unknown_name());
        let who = texts.question_who(name, &clock::moment(texts, question.at));
        let about = question.about.map(|about| {
            let label = words::about(texts, about);
            let way = match about {
                About::Field(field) => control_id(field),
                About::Consent => CONSENT,
                About::Media => MEDIA,
            };
            if with_fields {
                view! {
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| focus::field(way)
                    >
                        {texts.question_to(label)}
                    </button>
                }
                .into_any()
            } else {
                view! { <p class="soft">{texts.question_about(label)}</p> }.into_any()
            }
        });
        view! {
            <li class="stack stack--tight">
                <p dir="auto">
                    <strong>{question.text.clone()}</strong>
                </p>
                <p class="soft">{who}</p>
                {about}
            </li>
        }
    };
    view! {
        <Show when=move || questions.with(|questions| !questions.is_empty())>
            <Notice weight=Weight::Wait aloud=Aloud::Politely>
                <ul class="stack" role="list" aria-label=texts.question_list()>
                    {move || questions.with(|questions| questions.iter().map(item).collect_view())}
                </ul>
            </Notice>
        </Show>
    }
}
