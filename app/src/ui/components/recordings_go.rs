//! That a recording goes with what somebody is about to say yes to: it was only to be written down.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;

/// A sentence, if the story has such a recording.
#[component]
pub fn RecordingsGo(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let go = memo(move || {
        story.with(|story| {
            let mut recordings = story.iter().flat_map(|story| &story.recordings);
            recordings.any(|known| known.write_down_only && !known.is_erased && !known.is_open)
        })
    });
    view! {
        <Show when=move || go.get()>
            <p>{texts.recording_goes()}</p>
        </Show>
    }
}
