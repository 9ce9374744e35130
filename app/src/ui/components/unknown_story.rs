//! An address of a story that cannot be opened here.

use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::core_worker::Failure;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::command::CommandError;

/// Says so, and leads to one's own stories.
#[component]
pub fn UnknownStory(
    /// Why it cannot be opened.
    #[prop(into)]
    failure: Signal<Option<Failure>>,
) -> impl IntoView {
    let texts = use_texts();
    let why = move || match failure.get() {
        None | Some(Failure::Refused(CommandError::UnknownStory)) => texts.story_unknown_more().to_owned(),
        Some(failure) => words::failure(texts, &failure),
    };
    view! {
        <div class="narrow stack">
            <h1>{texts.story_unknown()}</h1>
            <Notice weight=Weight::Wait aloud=Aloud::AtOnce>
                <p>{why}</p>
            </Notice>
            <p>
                <a class="button" href="/app/verhalen">
                    {texts.story_to_list()}
                </a>
            </p>
        </div>
    }
}
