//! Where the open story is (C2).

use crate::ui::components::bound::OpenStory;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Whereabouts;

/// What is said, and what was said before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    now: Option<Whereabouts>,
    before: Option<Whereabouts>,
}

/// One of the three signs with its words. While something typed is on no disk yet, nothing is there.
#[component]
pub fn StorySign(
    /// The story.
    desk: OpenStory,
    /// Whether signs of other things stand around it: it says then that it is the story's.
    #[prop(optional)]
    among_others: bool,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let is_unsaved = desk.with_value(Desk::is_unsaved);
    let is_blank = desk.with_value(Desk::is_blank);
    let said = Memo::new(move |last: Option<&Said>| {
        let is_known = !is_unsaved.get() && !is_blank.get();
        let whereabouts = story.with(|story| story.as_ref().map(|story| story.row.whereabouts));
        Said {
            now: whereabouts.filter(|whereabouts| is_known && *whereabouts != Whereabouts::Unstored),
            before: last.and_then(|last| last.now.or(last.before)),
        }
    });
    let class = move || match said.get().now {
        Some(Whereabouts::Device | Whereabouts::Sending) => "sign sign--wait",
        Some(Whereabouts::Safe) => "sign sign--safe",
        Some(Whereabouts::Unstored) | None => "sign",
    };
    let icon = memo(move || match said.get().now {
        Some(Whereabouts::Device) => Some(Icon::Device),
        Some(Whereabouts::Sending) => Some(Icon::Send),
        Some(Whereabouts::Safe) => Some(Icon::Shield),
        Some(Whereabouts::Unstored) | None => None,
    });
    // The same words after each pause in typing would disturb.
    let live = move || {
        let said = said.get();
        if said.now.is_none() || said.now == said.before {
            "off"
        } else {
            "polite"
        }
    };
    let words = move || {
        let words = words::whereabouts(texts, said.get().now?);
        Some(if among_others {
            texts.review_this_story(words)
        } else {
            words.to_owned()
        })
    };
    view! {
        <p class=class role="status" aria-live=live>
            {move || icon.get().map(|icon| view! { <Drawn icon=icon /> })}
            <span>{words}</span>
        </p>
    }
}
