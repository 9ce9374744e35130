//! That a story is not on the website: who decided so, when and why, or that a consent was taken back.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::notice::Notice;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::StoryState;

/// The decision and its reason; nothing while there is none.
#[component]
pub fn DecisionNotice(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let decision = memo(move || story.with(|story| story.as_ref()?.decision.clone()));
    // Nobody decided so: a consent that was taken back did. And whether something is left that may be shown.
    let taken_back = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            let is_down = story.row.state == StoryState::Withdrawn && story.decision.is_none();
            is_down.then(|| story.row.missing.is_empty())
        })
    });
    let taken_back = move || {
        taken_back.get().map(|is_left| {
            view! {
                <Notice>
                    <p>{texts.decision_taken_back()}</p>
                    {is_left.then(|| view! { <p>{texts.decision_taken_back_next()}</p> })}
                </Notice>
            }
        })
    };
    let decided = move || {
        decision.get().map(|decision| {
            let moment = clock::moment(texts, decision.at);
            let name = decision.by.as_deref().unwrap_or_else(|| texts.app_unknown_name());
            let who = if decision.state == StoryState::NotPublished {
                texts.decision_not_published(name, &moment)
            } else {
                texts.decision_withdrawn(name, &moment)
            };
            let unfit = decision
                .unfit
                .map(|unfit| view! { <p>{words::unfit(texts, unfit)}</p> });
            let has_reason = !decision.reason.is_empty();
            view! {
                <Notice>
                    <p>{who}</p>
                    {unfit}
                    {has_reason.then(|| view! { <p dir="auto">{decision.reason}</p> })}
                </Notice>
            }
        })
    };
    view! {
        {taken_back}
        {decided}
    }
}
