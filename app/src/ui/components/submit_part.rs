//! "Indienen".

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::missing_list::MissingList;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::components::teller_agrees::TellerAgrees;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, use_texts};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Field, Missing, StoryState};

/// What is missing, and handing the story in.
#[component]
pub fn SubmitPart(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let state = memo(move || story.with(|story| story.as_ref().map(|story| story.row.state)));
    let submitted_at = memo(move || story.with(|story| story.as_ref()?.row.submitted_at));
    let missing = memo(move || {
        let missing = story.with(|story| story.as_ref().map(|story| story.row.missing.clone()));
        missing
            .unwrap_or_default()
            .into_iter()
            .filter(|missing| is_hers(*missing))
            .collect::<Vec<_>>()
    });
    // Before the first words are part of the story, the core has not looked what is missing.
    let is_looked_at = memo(move || {
        story.with(|story| {
            let row = story.as_ref().map(|story| &story.row);
            row.is_some_and(|row| row.state != StoryState::Draft || !row.missing.is_empty())
        })
    });
    let is_complete = move || missing.with(Vec::is_empty);
    let can_submit = move || match state.get() {
        Some(
            StoryState::Draft | StoryState::AskedBack | StoryState::Withdrawn | StoryState::NotPublished,
        ) => true,
        Some(StoryState::Submitted | StoryState::Approved | StoryState::Online) | None => false,
    };
    let needs_words = RwSignal::new(false);
    let is_unsaved = RwSignal::new(false);
    let asking = Asking::new();
    let submit = Callback::new(move |()| {
        let words = [
            Field::Title,
            Field::Happened,
            Field::Who,
            Field::Cause,
            Field::Changed,
            Field::Tips,
        ];
        let has_words = words.into_iter().any(|field| {
            let shown = desk.with_value(|desk| desk.shown(field));
            shown.with_untracked(|text| !text.trim().is_empty())
        });
        needs_words.set(!has_words);
        is_unsaved.set(false);
        if !has_words {
            return;
        }
        asking.ask_about(desk, is_unsaved, |id| Command::Submit { id }, |_| {});
    });
    view! {
        <Show when=move || is_looked_at.get() && !is_complete()>
            <p>
                <strong>{texts.submit_missing()}</strong>
            </p>
            <MissingList missing=missing with_fields=true />
        </Show>
        <Show when=move || is_looked_at.get() && is_complete()>
            <p>{texts.submit_complete()}</p>
        </Show>
        <TellerAgrees desk=desk class="button--quiet" />
        <p role="status">
            {move || {
                submitted_at.get().map(|at| texts.submit_waiting(&clock::moment(texts, at)))
            }}
        </p>
        <Show when=can_submit>
            <p>{texts.submit_intro()}</p>
            <Show when=move || is_looked_at.get() && !is_complete()>
                <p>{texts.submit_missing_more()}</p>
            </Show>
        </Show>
        <Show when=move || needs_words.get() || is_unsaved.get()>
            <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                <p>
                    {move || {
                        if needs_words.get() { texts.submit_needs_words() } else { texts.submit_not_saved() }
                    }}
                </p>
            </Notice>
        </Show>
        <FailureNotice failure=asking.failure() />
        <Show when=can_submit>
            <div class="actions">
                <BusyButton busy=asking.busy() on_press=submit>
                    {texts.submit_button()}
                </BusyButton>
            </div>
        </Show>
    }
}

/// Whether the volunteer can do something about it: approving is for coordinators.
fn is_hers(missing: Missing) -> bool {
    match missing {
        Missing::Approval | Missing::ChangedSinceApproval => false,
        Missing::Title
        | Missing::Text
        | Missing::Municipality
        | Missing::WebsiteConsent
        | Missing::WebsiteExpired
        | Missing::WebsiteWithdrawn
        | Missing::GuardianConsent
        | Missing::NameConsent
        | Missing::Conflict
        | Missing::ChangedSinceConsent
        | Missing::SummaryTooLong
        | Missing::TextTooLong => true,
    }
}
