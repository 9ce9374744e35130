//! That a story is not on the website: who decided so, when and why, or that a consent was taken back.

use crate::permission;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::consent_item::{taken_back, whom};
use crate::ui::components::notice::Notice;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::{ConsentView, StoryState, Use};
use texts::Locale;

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
    let came_down = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            let is_down = story.row.state == StoryState::Withdrawn && story.decision.is_none();
            is_down.then(|| {
                (
                    story.row.missing.is_empty(),
                    what_was_taken_back(texts, &story.consents),
                )
            })
        })
    });
    let came_down = move || {
        came_down.get().map(|(is_left, what)| {
            let what = (!what.is_empty()).then(|| {
                let items = what.into_iter().map(|words| view! { <li>{words}</li> });
                view! { <ul class="missing">{items.collect_view()}</ul> }
            });
            view! {
                <Notice>
                    <p>{texts.decision_taken_back()}</p>
                    {what}
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
        {came_down}
        {decided}
    }
}

/// What of it was taken back that a page needs, and was not given again: who allowed it, and what.
fn what_was_taken_back(texts: Locale, consents: &[ConsentView]) -> Vec<String> {
    let on_page = |used: &Use| matches!(used, Use::Website | Use::Photo | Use::Name | Use::Voice);
    let rows = consents.iter().filter_map(|row| {
        let is_same = |other: &&ConsentView| {
            (other.consent.party, &other.consent.whom) == (row.consent.party, &row.consent.whom)
        };
        let is_given = |used: &Use| {
            let mut same = consents.iter().filter(is_same);
            same.any(|other| permission::left(other).contains(used))
        };
        let uses = row.withdrawn.iter().copied();
        let uses: Vec<_> = uses.filter(|used| on_page(used) && !is_given(used)).collect();
        (!uses.is_empty()).then(|| [whom(texts, &row.consent), taken_back(texts, &uses)].join(" · "))
    });
    rows.collect()
}
