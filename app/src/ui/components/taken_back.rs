//! That a story was taken from the website: by whom, when and why.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::notice::Notice;
use crate::ui::desk::Desk;
use crate::ui::{clock, use_texts};
use leptos::prelude::*;

/// Who took it back, and the reason; nothing if nobody did.
#[component]
pub fn TakenBack(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let taken_back = Memo::new(move |_| story.with(|story| story.as_ref()?.taken_back.clone()));
    move || {
        taken_back.get().map(|taken_back| {
            let moment = clock::moment(texts, taken_back.at);
            let who = taken_back.by.as_deref().map_or_else(
                || texts.taken_back_by_unknown(&moment),
                |name| texts.taken_back_by(name, &moment),
            );
            let has_reason = !taken_back.reason.trim().is_empty();
            view! {
                <Notice>
                    <p>{who}</p>
                    {has_reason.then(|| view! { <p dir="auto">{taken_back.reason}</p> })}
                </Notice>
            }
        })
    }
}
