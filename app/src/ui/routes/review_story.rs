//! `/app/nalezen/<id>`: a story beside what decides about it.

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::coordinators_only::CoordinatorsOnly;
use crate::ui::components::decide::Decide;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::in_trash::InTrash;
use crate::ui::components::photos_shown::PhotosShown;
use crate::ui::components::queue_list::{QueueList, anchor};
use crate::ui::components::recordings_shown::RecordingsShown;
use crate::ui::components::show::Show;
use crate::ui::components::story_text::StoryText;
use crate::ui::components::unknown_story::UnknownStory;
use crate::ui::components::versions::{Disputed, Versions, disputed};
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::open_desk::use_open_desk;
use crate::ui::routes::review::use_queue;
use crate::ui::{focus, use_texts};
use leptos::prelude::*;
use shared::view::Field;

/// The queue, a story, and what decides.
#[component]
pub fn ReviewStory() -> impl IntoView {
    view! {
        <CoordinatorsOnly>
            <Open />
        </CoordinatorsOnly>
    }
}

#[component]
fn Open() -> impl IntoView {
    let texts = use_texts();
    let desk = use_open_desk();
    move || {
        desk.get().map(|desk| {
            let failure = desk.failure();
            let is_there = {
                let story = desk.story();
                memo(move || story.with(Option::is_some))
            };
            let is_deleted = desk.is_deleted();
            let desk = StoredValue::new_local(desk);
            view! {
                <Show when=move || failure.with(Option::is_none) fallback=move || view! { <UnknownStory failure=failure /> }>
                    <Show when=move || is_there.get()>
                        <Show
                            when=move || !is_deleted.get()
                            fallback=move || {
                                view! {
                                    <h1>{texts.story_page_title()}</h1>
                                    <InTrash mine=Signal::stored(false) />
                                }
                            }
                        >
                            <Beside desk=desk />
                        </Show>
                    </Show>
                </Show>
            }
        })
    }
}

/// How many stories stand beside the open one: as many as are in sight, and as the keyboard passes.
const ROWS_BESIDE: usize = 5;

#[component]
fn Beside(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let queue = use_queue();
    let to_read = memo(move || queue.with(|queue| queue.to_read.clone()));
    let id = desk.with_value(Desk::id);
    let list = move || match id.get() {
        Some(id) => ["/app/nalezen#", &anchor(&id)].concat(),
        None => "/app/nalezen".to_owned(),
    };
    view! {
        <div class="review review--open">
            <nav class="review__queue" aria-labelledby="te-lezen">
                <h2 id="te-lezen">{texts.review_to_read()}</h2>
                <Show
                    when=move || to_read.with(|rows| !rows.is_empty())
                    fallback=move || view! { <p class="soft">{texts.review_nothing()}</p> }
                >
                    <QueueList label=texts.review_to_read() rows=to_read limit=ROWS_BESIDE open=id />
                </Show>
                <p>
                    <a class="button button--quiet" href=list>
                        {texts.review_all()}
                    </a>
                </p>
            </nav>
            <div class="review__story">
                <p class="review__back">
                    <a class="button button--quiet" href=list>
                        <Drawn icon=Icon::Back />
                        {texts.review_back()}
                    </a>
                </p>
                <StoryText desk=desk />
                <PhotosShown desk=desk />
                <RecordingsShown desk=desk />
                <Conflicts desk=desk />
            </div>
            <Decide desk=desk />
        </div>
    }
}

/// Fields with two versions.
#[component]
fn Conflicts(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let language = desk.with_value(|desk| desk.shown(Field::Language));
    let lang = Signal::derive(move || language.get());
    let conflicts = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .map(|story| disputed(texts, story))
                .unwrap_or_default()
        })
    });
    let id = desk.with_value(Desk::id);
    let asking = Asking::new();
    let is_kept = RwSignal::new(false);
    let kept = Callback::new(move |()| {
        is_kept.set(true);
        // Where it is said: the versions and their buttons are gone.
        focus::part(".versions-kept");
    });
    view! {
        <p class="versions-kept" role="status">
            {move || is_kept.get().then(|| texts.review_versions_kept())}
        </p>
        <FailureNotice failure=asking.failure() />
        <For
            each=move || conflicts.get()
            key=Disputed::key
            children=move |disputed| {
                let story = id.get_untracked().unwrap_or_default();
                view! { <Versions story=story disputed=disputed lang=lang asking=asking on_kept=kept /> }
            }
        />
    }
}
