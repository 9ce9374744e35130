//! "Indienen".

use crate::handing_in;
use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::missing_list::MissingList;
use crate::ui::components::modal::Modal;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::components::teller_agrees::TellerAgrees;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Field, Intent, StoryState, Whereabouts};

/// Fields of which the first words are enough.
const WORDS: [Field; 6] = [
    Field::Title,
    Field::Happened,
    Field::Who,
    Field::Cause,
    Field::Changed,
    Field::Tips,
];

/// What is missing, and handing the story in.
#[component]
pub fn SubmitPart(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let state = memo(move || story.with(|story| story.as_ref().map(|story| story.row.state)));
    // Online, and to stay there.
    let has_page = memo(move || {
        story.with(|story| {
            let row = story.as_ref().map(|story| &story.row);
            row.is_some_and(|row| row.state == StoryState::Online && row.intent != Some(Intent::Withdraw))
        })
    });
    let submitted_at = memo(move || story.with(|story| story.as_ref()?.row.submitted_at));
    let is_safe = memo(move || {
        story.with(|story| {
            let Some(story) = story else { return false };
            let photos = story.photos.iter().map(|photo| photo.whereabouts);
            let recordings = story.recordings.iter().map(|recording| recording.whereabouts);
            // What is on its way from another device is safe already.
            let media = photos.chain(recordings).flatten();
            media
                .chain([story.row.whereabouts])
                .all(|whereabouts| whereabouts == Whereabouts::Safe)
        })
    });
    let stays_inside =
        memo(move || story.with(|story| story.as_deref().map(handing_in::stays_inside).unwrap_or_default()));
    let is_whole = move || stays_inside.with(Vec::is_empty);
    let shown = |field| desk.with_value(|desk| desk.shown(field));
    let looked_at = handing_in::LOOKED_AT.map(|(field, _)| (field, shown(field)));
    let missing = memo(move || {
        let is_blank = |field| {
            let mut shown = looked_at.iter();
            let shown = shown.find(|(other, _)| *other == field);
            shown.is_none_or(|(_, shown)| shown.with(|text| text.trim().is_empty()))
        };
        story.with(|story| {
            let story = story.as_ref();
            story
                .map(|story| handing_in::missing(&story.row, is_blank))
                .unwrap_or_default()
        })
    });
    let first_words = WORDS.map(shown);
    let has_words = memo(move || {
        let mut words = first_words.iter();
        words.any(|shown| shown.with(|text| !text.trim().is_empty()))
    });
    // Of a story that is not begun nothing is missing.
    let is_looked_at = memo(move || {
        has_words.get()
            || story.with(|story| {
                let row = story.as_ref().map(|story| &story.row);
                row.is_some_and(handing_in::is_looked_at)
            })
    });
    let is_complete = move || missing.with(Vec::is_empty);
    let has_question =
        memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.row.is_asked)));
    let can_submit = move || match state.get() {
        Some(
            StoryState::Draft | StoryState::AskedBack | StoryState::Withdrawn | StoryState::NotPublished,
        ) => true,
        // Somebody asked while another published it: handing in answers.
        Some(StoryState::Online) => has_question.get(),
        Some(StoryState::Submitted | StoryState::Approved) | None => false,
    };
    let is_read = move || {
        let is_decided = matches!(state.get(), Some(StoryState::Approved | StoryState::Online));
        is_decided && submitted_at.get().is_none()
    };
    let needs_words = RwSignal::new(false);
    let is_unsaved = RwSignal::new(false);
    let asking = Asking::new();
    let is_asked = RwSignal::new(false);
    let is_handed_in = RwSignal::new(false);
    let hand_in = move || {
        is_unsaved.set(false);
        is_asked.set(false);
        asking.ask_about(
            desk,
            is_unsaved,
            |id| Command::Submit { id },
            move |_| is_handed_in.set(true),
        );
    };
    let submit = Callback::new(move |()| {
        let has_words = has_words.get_untracked();
        needs_words.set(!has_words);
        if !has_words {
            return;
        }
        if missing.with_untracked(Vec::is_empty) {
            hand_in();
        } else {
            is_asked.set(true);
        }
    });
    // The button goes with that: the keyboard goes on to what became of it.
    Effect::new(move || {
        if is_handed_in.get() && submitted_at.with(Option::is_some) {
            is_handed_in.set(false);
            focus::first("#inhoud", "#ingediend");
        }
    });
    let fill_in_first = move |_| {
        is_asked.set(false);
        focus::part("#nog-nodig");
    };
    let becomes = move || match (is_safe.get(), is_complete() && is_whole()) {
        (false, _) => texts.submit_waiting_unsent(),
        (true, false) => texts.submit_waiting_gaps(),
        (true, true) => texts.submit_waiting_done(),
    };
    let is_draft = move || state.get() == Some(StoryState::Draft);
    let handed_in = move || {
        submitted_at.get().map(|at| {
            view! {
                <div id="ingediend">
                    <Notice aloud=Aloud::Politely>
                        <p>
                            <strong>{texts.submit_waiting(&clock::moment(texts, at))}</strong>
                        </p>
                        <p>{becomes}</p>
                        <p>{texts.submit_waiting_next()}</p>
                    </Notice>
                </div>
            }
        })
    };
    view! {
        <Show when=move || is_looked_at.get() && !is_complete()>
            <div class="stack stack--tight" id="nog-nodig" role="group" aria-labelledby="nog-nodig-titel">
                <p id="nog-nodig-titel">
                    <strong>
                        {move || {
                            if has_page.get() {
                                texts.submit_missing_again()
                            } else {
                                texts.submit_missing()
                            }
                        }}
                    </strong>
                </p>
                <MissingList missing=missing with_fields=true />
            </div>
        </Show>
        <Show when=move || can_submit() && is_looked_at.get() && is_complete()>
            <p>{move || if is_whole() { texts.submit_complete() } else { texts.submit_complete_text() }}</p>
        </Show>
        <Show when=move || !is_whole()>
            <div class="stack stack--tight" role="group" aria-labelledby="blijft-binnen">
                <p id="blijft-binnen">
                    <strong>{texts.submit_stays_inside()}</strong>
                </p>
                <ul class="missing">
                    {move || {
                        stays_inside
                            .get()
                            .iter()
                            .map(|item| view! { <li>{words::left_out(texts, item)}</li> })
                            .collect_view()
                    }}
                </ul>
            </div>
        </Show>
        <TellerAgrees desk=desk class="button--quiet" />
        {handed_in}
        <Show when=is_read>
            <p>{texts.submit_read()}</p>
        </Show>
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
        <Modal open=is_asked title_id="indienen-titel" title=texts.submit_question()>
            <MissingList missing=missing />
            <p>{texts.submit_question_later()}</p>
            <Show when=is_draft>
                <p>{texts.submit_question_lasting()}</p>
            </Show>
            <div class="dialog__actions">
                <button type="button" class="button button--quiet" on:click=fill_in_first>
                    {texts.submit_question_fill_in()}
                </button>
                <button type="button" class="button" on:click=move |_| hand_in()>
                    {texts.submit_question_anyway()}
                </button>
            </div>
        </Modal>
    }
}
