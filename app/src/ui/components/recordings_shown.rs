//! The recordings of a story, as they are read again.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::for_each::For;
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::photo_card::use_language;
use crate::ui::components::player::Player;
use crate::ui::components::recording_card::{use_recording, use_recording_number};
use crate::ui::components::recordings::use_recordings;
use crate::ui::components::show::Show;
use crate::ui::components::written::Written;
use crate::ui::memo::memo;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::SoundNeed;

/// Recordings with their players and their text.
#[component]
pub fn RecordingsShown(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let ids = use_recordings(desk);
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <section class="sheet stack" aria-labelledby="opname">
                <h2 id="opname">{texts.recorder_title()}</h2>
                <ul class="recordings" role="list" aria-label=texts.recording_list()>
                    <For
                        each=move || ids.get()
                        key=String::clone
                        children=move |id| view! { <Recording desk=desk id=id /> }
                    />
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Recording(desk: OpenStory, id: String) -> impl IntoView {
    let texts = use_texts();
    let recording = use_recording(desk, id.clone());
    let number = use_recording_number(desk, id.clone());
    let lang = use_language(desk);
    let whereabouts = memo(move || recording.with(|known| known.as_ref().map(|known| known.whereabouts)));
    let text = memo(move || {
        recording.with(|known| known.as_ref().map(|known| known.text.clone()).unwrap_or_default())
    });
    let only =
        memo(move || recording.with(|known| known.as_ref().is_some_and(|known| known.write_down_only)));
    let is_erased = memo(move || recording.with(|known| known.as_ref().is_some_and(|known| known.is_erased)));
    // That it is not written down, or only to be, is said already.
    let needs = memo(move || {
        let mut needs = recording.with(|known| {
            known
                .as_ref()
                .map(|known| known.needs.clone())
                .unwrap_or_default()
        });
        needs.retain(|need| !matches!(need, SoundNeed::Text | SoundNeed::WriteDownOnly));
        needs
    });
    let need_items = move || {
        let needs = needs.get().into_iter();
        needs
            .map(|need| view! { <li>{words::sound_need(texts, need)}</li> })
            .collect_view()
    };
    let name_id = format!("opname-{id}");
    let labelled_by = name_id.clone();
    view! {
        <li>
            <article class="recording stack" aria-labelledby=labelled_by>
                <div class="row row--apart">
                    <h3 id=name_id>{move || texts.recording_number(&number.get().to_string())}</h3>
                    <Show when=move || !is_erased.get()>
                        <MediaSign whereabouts=whereabouts />
                    </Show>
                </div>
                <Show when=move || only.get() || is_erased.get()>
                    <p>
                        <strong>{texts.media_write_down_only()}</strong>
                    </p>
                    <p class="soft">
                        {move || {
                            if is_erased.get() {
                                texts.recording_erased()
                            } else {
                                texts.recording_goes_later()
                            }
                        }}
                    </p>
                </Show>
                <Show when=move || !is_erased.get()>
                    <Player desk=desk recording=recording number=number />
                </Show>
                <Show
                    when=move || text.with(|text| !text.trim().is_empty())
                    fallback=move || view! { <p class="soft">{texts.recording_no_text()}</p> }
                >
                    <div class="story__words" lang=move || lang.get() dir="auto">
                        {move || view! { <Written text=text.get() /> }}
                    </div>
                </Show>
                <ul class="missing">{need_items}</ul>
            </article>
        </li>
    }
}
