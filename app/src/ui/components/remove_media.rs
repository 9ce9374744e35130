//! Removing a photo or a recording, after a question.

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::Command;
use shared::view::StoryState;

/// A button that asks, then removes.
#[component]
pub fn RemoveMedia(
    /// The story.
    desk: OpenStory,
    /// Id of the photo or the recording.
    media: String,
    /// Words of the button.
    label: &'static str,
    /// The question.
    question: &'static str,
    /// Id of what names it.
    described_by: String,
    /// Called when it is gone.
    on_removed: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let is_asking = RwSignal::new(false);
    let asking = Asking::new();
    let remove = Callback::new(move |()| {
        let Some(id) = desk.with_value(Desk::id).get_untracked() else {
            return;
        };
        let media = media.clone();
        asking.ask(Command::RemoveMedia { id, media }, move |_| on_removed.run(()));
    });
    let story = desk.with_value(Desk::story);
    let is_online = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .is_some_and(|it| it.row.state == StoryState::Online)
        })
    });
    view! {
        <FailureNotice failure=asking.failure() />
        <div>
            <BusyButton
                busy=asking.busy()
                on_press=Callback::new(move |()| is_asking.set(true))
                class="button--plain"
                described_by=described_by
            >
                <Drawn icon=Icon::Bin />
                {label}
            </BusyButton>
        </div>
        <Confirm open=is_asking question=question verb=texts.media_remove_verb() danger=true on_yes=remove>
            <p>{texts.media_lasting()}</p>
            <Show when=move || is_online.get()>
                <p>{texts.media_lasting_online()}</p>
            </Show>
        </Confirm>
    }
}
