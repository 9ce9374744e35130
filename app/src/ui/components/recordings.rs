//! "Opname": recording, and what was recorded.

use crate::ui::components::bound::{OpenStory, is_editable};
use crate::ui::components::for_each::For;
use crate::ui::components::recorder_panel::RecorderPanel;
use crate::ui::components::recording_card::RecordingCard;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{focus, microphone, use_texts};
use leptos::prelude::*;

/// The recordings of a story; nothing where there are none and none can be made.
#[component]
pub fn Recordings(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let ids = use_recordings(desk);
    let is_editable = is_editable(desk);
    let can_record = microphone::media_type().is_some();
    let can_record = move || can_record && is_editable.get();
    let is_removed = RwSignal::new(false);
    let removed = Callback::new(move |()| {
        is_removed.set(true);
        focus::first("#inhoud", "#opname");
    });
    view! {
        <Show when=move || can_record() || ids.with(|ids| !ids.is_empty())>
            <section class="stack" aria-labelledby="opname">
                <h3 id="opname">{texts.recorder_title()}</h3>
                <Show when=can_record>
                    <RecorderPanel desk=desk />
                </Show>
                <p role="status">{move || is_removed.get().then(|| texts.recording_removed())}</p>
                <Show when=move || ids.with(|ids| !ids.is_empty())>
                    <ul class="recordings" role="list" aria-label=texts.recording_list()>
                        <For
                            each=move || ids.get()
                            key=String::clone
                            children=move |id| view! { <RecordingCard desk=desk id=id on_removed=removed /> }
                        />
                    </ul>
                </Show>
            </section>
        </Show>
    }
}

/// Ids of the recordings of a story that have a part that is closed.
pub fn use_recordings(desk: OpenStory) -> Signal<Vec<String>> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let recordings = story.iter().flat_map(|story| &story.recordings);
            let closed = recordings.filter(|recording| !recording.parts.is_empty());
            closed.map(|recording| recording.id.clone()).collect::<Vec<_>>()
        })
    })
    .into()
}
