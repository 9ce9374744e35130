//! How it stands with a story that is read again: what was decided, and what waits.

use crate::lists;
use crate::main_step::Site;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::decision_notice::DecisionNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::intent_sign;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::view::{Intent, StoryState, StoryView};

/// Goes to what became of it: what was pressed may be gone, or stand where the eye is not.
pub fn show() {
    focus::first("#inhoud", ".outcome");
}

/// What a line says of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    TakenBack,
    AskedBack,
    Online,
    /// It is on the website, and not as it could be.
    OnlineOlder,
    /// It is on the website as it was before somebody changed it.
    OnlineBefore,
    Approved,
}

impl Line {
    fn of(story: &StoryView, site: Site) -> Option<Self> {
        if lists::is_taken_back(&story.row) {
            return Some(Self::TakenBack);
        }
        match story.row.state {
            StoryState::AskedBack => Some(Self::AskedBack),
            StoryState::Online if story.row.needs_approval() => Some(Self::OnlineBefore),
            StoryState::Online if site == Site::Older => Some(Self::OnlineOlder),
            StoryState::Online => Some(Self::Online),
            // A page that a consent took down stays withdrawn, whatever is decided afterwards.
            StoryState::Withdrawn if !story.questions.is_empty() => Some(Self::AskedBack),
            StoryState::NotPublished => None,
            StoryState::Draft | StoryState::Submitted | StoryState::Approved | StoryState::Withdrawn => {
                (!story.row.needs_approval()).then_some(Self::Approved)
            }
        }
    }
}

/// What was decided and what waits; empty while nothing was.
#[component]
pub fn Outcome(
    /// The story.
    desk: OpenStory,
    /// What the website has of it.
    #[prop(into)]
    site: Signal<Site>,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let line = memo(move || story.with(|story| Line::of(story.as_deref()?, site.get())));
    let waits = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            Some((story.row.intent?, story.sending))
        })
    });
    let line = move || {
        line.get().map(|line| {
            let (class, icon, words) = match line {
                Line::TakenBack => (
                    "sign sign--risk",
                    Icon::Warning,
                    texts.missing_website_withdrawn(),
                ),
                Line::AskedBack => ("sign sign--wait", Icon::Clock, texts.outcome_asked_back()),
                Line::Online => ("sign sign--safe", Icon::Globe, texts.outcome_online()),
                Line::OnlineBefore => ("sign sign--wait", Icon::Globe, texts.outcome_online_before()),
                Line::OnlineOlder => ("sign sign--wait", Icon::Globe, texts.outcome_online_older()),
                Line::Approved => ("sign sign--safe", Icon::Check, texts.review_do_approved()),
            };
            view! {
                <p class=class>
                    <Drawn icon=icon />
                    {words}
                </p>
            }
        })
    };
    let waits = move || {
        waits.get().map(|(intent, sending)| {
            let words = match (intent, sending) {
                (Intent::Publish, Some(sending)) => words::sending(texts, sending),
                (Intent::Publish | Intent::Withdraw | Intent::Erase | Intent::PreviewAgain, _) => {
                    words::intent(texts, intent).to_owned()
                }
            };
            view! {
                <p class="sign sign--wait">
                    <Drawn icon=intent_sign::icon(intent) />
                    {words}
                </p>
            }
        })
    };
    view! {
        <div class="outcome stack stack--tight" role="status">
            <DecisionNotice desk=desk />
            {line}
            {waits}
        </div>
    }
}
