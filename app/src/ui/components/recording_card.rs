//! A recording of the story that somebody writes on.

use crate::ui::components::bound::{Bound, OpenStory, is_editable};
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::photo_card::use_language;
use crate::ui::components::player::Player;
use crate::ui::components::remove_media::RemoveMedia;
use crate::ui::components::show::Show;
use crate::ui::components::tick::Tick;
use crate::ui::components::typed_prose::TypedProse;
use crate::ui::desk::{Desk, Spot};
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::{MediaField, RecordingView};

/// The recording with its text.
#[component]
pub fn RecordingCard(
    /// The story.
    desk: OpenStory,
    /// Id of the recording.
    id: String,
    /// Called when it was removed.
    on_removed: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let recording = use_recording(desk, id.clone());
    let number = use_recording_number(desk, id.clone());
    let lang = use_language(desk);
    let is_editable = is_editable(desk);
    let whereabouts = memo(move || recording.with(|known| known.as_ref().map(|known| known.whereabouts)));
    let is_open = memo(move || recording.with(|known| known.as_ref().is_some_and(|known| known.is_open)));
    let is_erased = memo(move || recording.with(|known| known.as_ref().is_some_and(|known| known.is_erased)));
    let only = Bound::new(desk, Spot::Media(id.clone(), MediaField::WriteDownOnly));
    let name_id = format!("opname-{id}");
    let (labelled_by, described_by) = (name_id.clone(), name_id.clone());
    let media = StoredValue::new(id.clone());
    view! {
        <li>
            <article class="recording stack" aria-labelledby=labelled_by>
                <div class="row row--apart">
                    <h4 id=name_id>{move || texts.recording_number(&number.get().to_string())}</h4>
                    <Show when=move || !is_erased.get()>
                        <MediaSign whereabouts=whereabouts />
                    </Show>
                </div>
                <Show when=move || is_open.get()>
                    <p class="soft">{texts.recording_open()}</p>
                </Show>
                <Show
                    when=move || !is_erased.get()
                    fallback=move || view! { <p class="soft">{texts.recording_erased()}</p> }
                >
                    <Player desk=desk recording=recording number=number />
                </Show>
                <TypedProse
                    desk=desk
                    field=Spot::Media(id.clone(), MediaField::Text)
                    hint=(!is_erased.get_untracked()).then(|| texts.recording_hint_text())
                    lang=lang
                />
                <Show when=move || !is_erased.get()>
                    <Tick bound=only hint=texts.recording_hint_write_down() />
                </Show>
                <Show when=move || is_editable.get() && !is_open.get()>
                    <RemoveMedia
                        desk=desk
                        media=media.get_value()
                        label=texts.recording_remove()
                        question=texts.recording_remove_question()
                        described_by=described_by.clone()
                        on_removed=on_removed
                    />
                </Show>
            </article>
        </li>
    }
}

/// The recording of an id as the core told it last; `None` once it is gone.
pub fn use_recording(desk: OpenStory, id: String) -> Signal<Option<RecordingView>> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let mut recordings = story.iter().flat_map(|story| &story.recordings);
            recordings.find(|recording| recording.id == id).cloned()
        })
    })
    .into()
}

/// Its number among the recordings of the story.
pub fn use_recording_number(desk: OpenStory, id: String) -> Signal<usize> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let mut recordings = story.iter().flat_map(|story| &story.recordings);
            recordings
                .position(|recording| recording.id == id)
                .map_or(0, |index| index + 1)
        })
    })
    .into()
}
