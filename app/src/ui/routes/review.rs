//! `/app/nalezen`: what waits for a coordinator.

use crate::lists::{Queue, ROWS_AT_ONCE, queue};
use crate::ui::components::catching_up::{CatchingUp, use_catching_up};
use crate::ui::components::coordinators_only::CoordinatorsOnly;
use crate::ui::components::queue_list::{QueueList, anchor};
use crate::ui::components::show::Show;
use crate::ui::memo::memo;
use crate::ui::view::use_view;
use crate::ui::{focus, use_texts};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::view::StoryRow;
use std::sync::Arc;

/// "Nalezen".
#[component]
pub fn Review() -> impl IntoView {
    view! {
        <CoordinatorsOnly>
            <Waiting />
        </CoordinatorsOnly>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    let texts = use_texts();
    let is_catching_up = use_catching_up();
    let queue = use_queue();
    let to_read = memo(move || queue.with(|queue| queue.to_read.clone()));
    let to_publish = memo(move || queue.with(|queue| queue.to_publish.clone()));
    let to_complete = memo(move || queue.with(|queue| queue.to_complete.clone()));
    let to_choose = memo(move || queue.with(|queue| queue.to_choose.clone()));
    let asked_back = memo(move || queue.with(|queue| queue.asked_back.clone()));
    let online = memo(move || queue.with(|queue| queue.online.clone()));
    let withdrawn = memo(move || queue.with(|queue| queue.withdrawn.clone()));
    let not_published = memo(move || queue.with(|queue| queue.not_published.clone()));
    back_to_card();
    view! {
        <h1>{texts.review_title()}</h1>
        <section class="stack" aria-labelledby="te-lezen">
            <h2 id="te-lezen">{texts.review_to_read()}</h2>
            <Show
                when=move || to_read.with(|rows| !rows.is_empty())
                fallback=move || {
                    view! {
                        <div class="empty">
                            <Show
                                when=move || is_catching_up.get()
                                fallback=move || {
                                    view! {
                                        <p>
                                            <strong>{texts.review_nothing()}</strong>
                                        </p>
                                        <p>{texts.review_nothing_more()}</p>
                                    }
                                }
                            >
                                <CatchingUp />
                            </Show>
                        </div>
                    }
                }
            >
                <Part label=texts.review_to_read() rows=to_read />
            </Show>
        </section>
        <Group id="te-publiceren" label=texts.review_to_publish() rows=to_publish />
        <Group id="aan-te-vullen" label=texts.review_to_complete() rows=to_complete />
        <Group id="te-kiezen" label=texts.review_to_choose() rows=to_choose />
        <Group id="teruggevraagd" label=texts.state_asked_back() rows=asked_back />
        <Group id="online" label=texts.state_online() rows=online />
        <Group id="ingetrokken" label=texts.state_withdrawn() rows=withdrawn />
        <Group id="niet-gepubliceerd" label=texts.state_not_published() rows=not_published />
    }
}

/// The card of the story from which somebody comes back, as the address names it.
fn card_in_address() -> Option<String> {
    let hash = use_location().hash.get_untracked();
    let card = hash.trim_start_matches('#');
    (!card.is_empty()).then(|| card.to_owned())
}

/// Leads keyboard and eye to that card: the list goes on where it was left.
fn back_to_card() {
    let Some(card) = card_in_address() else { return };
    request_animation_frame(move || {
        let Some(card) = document().get_element_by_id(&card) else {
            return;
        };
        if let Some(link) = focus::below(&card, "a") {
            focus::element(&link);
        }
        card.scroll_into_view();
    });
}

/// Stories that wait for the same thing; nothing while there are none.
#[component]
fn Group(
    id: &'static str,
    label: &'static str,
    #[prop(into)] rows: Signal<Vec<Arc<StoryRow>>>,
) -> impl IntoView {
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <section class="stack" aria-labelledby=id>
                <h2 id=id>{label}</h2>
                <Part label=label rows=rows />
            </section>
        </Show>
    }
}

/// The first part of a list, and a button for more.
#[component]
fn Part(label: &'static str, #[prop(into)] rows: Signal<Vec<Arc<StoryRow>>>) -> impl IntoView {
    let texts = use_texts();
    // As far as the card that is come back to.
    let card = card_in_address();
    let place = rows.with_untracked(|rows| rows.iter().position(|row| Some(anchor(&row.id)) == card));
    let n_shown = RwSignal::new(place.map_or(ROWS_AT_ONCE, |index| ROWS_AT_ONCE.max(index + 1)));
    let has_more = move || rows.with(Vec::len) > n_shown.get();
    view! {
        <QueueList label=label rows=rows limit=n_shown in_full=true />
        <Show when=has_more>
            <p>
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| n_shown.update(|shown| *shown += ROWS_AT_ONCE)
                >
                    {texts.stories_more()}
                </button>
            </p>
        </Show>
    }
}

/// What waits, as the core told it.
pub fn use_queue() -> Memo<Queue> {
    let rows = use_view().rows;
    memo(move || rows.with(|rows| queue(rows.values())))
}
