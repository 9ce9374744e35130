//! The conversation guide: which questions are asked.

use crate::ui::use_texts;
use leptos::prelude::*;
use texts::Locale;

/// The open questions of the guide, in their order.
pub fn questions(texts: Locale) -> [&'static str; 8] {
    [
        texts.guide_question_start(),
        texts.guide_question_who(),
        texts.guide_question_first(),
        texts.guide_question_hard(),
        texts.guide_question_change(),
        texts.guide_question_proud(),
        texts.guide_question_other(),
        texts.guide_question_more(),
    ]
}

/// A box for each question, folded away until somebody wants it.
#[component]
pub fn GuideQuestions(
    /// Whether each is asked.
    picked: RwSignal<[bool; 8]>,
) -> impl IntoView {
    let texts = use_texts();
    let boxes = questions(texts).into_iter().enumerate().map(|(index, question)| {
        let is_picked = move || picked.with(|picked| picked.get(index).copied().unwrap_or_default());
        let pick = move |is_picked| {
            picked.update(|picked| {
                if let Some(picked) = picked.get_mut(index) {
                    *picked = is_picked;
                }
            });
        };
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    autocomplete="off"
                    prop:checked=is_picked
                    on:change:target=move |event| pick(event.target().checked())
                />
                <span>{question}</span>
            </label>
        }
    });
    view! {
        <details class="recorder__guide">
            <summary class="fold__head">{texts.guide_title()}</summary>
            <fieldset class="choices">
                <legend class="visually-hidden">{texts.guide_list()}</legend>
                <p class="field__hint">{texts.guide_intro()}</p>
                {boxes.collect_view()}
            </fieldset>
        </details>
    }
}
