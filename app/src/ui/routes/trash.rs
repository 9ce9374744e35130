//! `/app/prullenbak`: one's own drafts that were thrown away.

use crate::lists::{newest_first, sort};
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::for_each::For;
use crate::ui::components::show::Show;
use crate::ui::components::story_item;
use crate::ui::memo::memo;
use crate::ui::view::use_view;
use crate::ui::{clock, focus, use_texts};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Intent, StoryRow};

/// "Prullenbak".
#[component]
pub fn Trash() -> impl IntoView {
    let texts = use_texts();
    let trash = use_view().trash;
    let ids = memo(move || {
        let mut rows: Vec<_> = trash.with(|rows| rows.values().cloned().collect());
        sort(&mut rows, &newest_first);
        rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>()
    });
    let is_restored = RwSignal::new(false);
    view! {
        <h1>{texts.trash_title()}</h1>
        <div class="stack stack--wide">
            <p role="status">{move || is_restored.get().then(|| texts.trash_restored())}</p>
            <Show when=move || ids.with(|ids| !ids.is_empty()) fallback=Empty>
                <p>{texts.trash_intro()}</p>
                <ul class="grid story-list" role="list" aria-label=texts.trash_title()>
                    <For
                        each=move || ids.get()
                        key=Clone::clone
                        children=move |id| view! { <Item id=id is_restored=is_restored /> }
                    />
                </ul>
            </Show>
        </div>
    }
}

/// A story, and the way out of the trash.
#[component]
fn Item(id: String, is_restored: RwSignal<bool>) -> impl IntoView {
    let texts = use_texts();
    let trash = use_view().trash;
    let asking = Asking::new();
    let title_id = format!("weg-{id}");
    let described_by = title_id.clone();
    let row = {
        let id = id.clone();
        memo(move || trash.with(|rows| rows.get(&id).cloned()))
    };
    let erased_id = id.clone();
    let restore = Callback::new(move |()| {
        is_restored.set(false);
        asking.ask(Command::RestoreStory { id: id.clone() }, move |_| {
            is_restored.set(true);
            focus::first("#inhoud", ".screen h1");
        });
    });
    let left = move || {
        row.with(|row| {
            let row = row.as_ref()?;
            Some(if is_erasing(row) {
                texts.trash_erasing().to_owned()
            } else {
                texts.trash_days_left(row.days_left.into())
            })
        })
    };
    let is_erasing = memo(move || row.with(|row| row.as_ref().is_some_and(|row| is_erasing(row))));
    let erase = Callback::new(move |()| {
        is_restored.set(false);
        asking.ask(
            Command::EraseStory {
                id: erased_id.clone(),
            },
            |_| {
                focus::first("#inhoud", ".screen h1");
            },
        );
    });
    let title = move || row.with(|row| row.as_ref().map(|row| story_item::title(texts, row)));
    let about = move || {
        let row = row.get()?;
        let place_and_day =
            texts.stories_place_and_day(story_item::place(texts, &row), &clock::day(texts, row.changed_at));
        let media = story_item::media(texts, &row).map(|media| view! { " · " {media} });
        Some(view! {
            {place_and_day}
            {media}
        })
    };
    view! {
        <li>
            <article class="story-card">
                <h2 class="story-card__title" id=title_id dir="auto">
                    {title}
                </h2>
                <p class="story-card__place">{about}</p>
                <p role="status">{left}</p>
                <Show when=move || !is_erasing.get()>
                    <div class="row">
                        <BusyButton
                            busy=asking.busy()
                            on_press=restore
                            class="button--quiet"
                            described_by=described_by.clone()
                        >
                            {texts.trash_restore()}
                        </BusyButton>
                        <ConfirmButton
                            asking=asking
                            label=texts.trash_erase()
                            described_by=described_by.clone()
                            class="button--plain"
                            question=texts.trash_erase_question()
                            verb=texts.trash_erase_verb()
                            danger=true
                            on_yes=erase
                        >
                            <p>{texts.trash_erase_more()}</p>
                            <p>{texts.trash_erase_backups()}</p>
                        </ConfirmButton>
                    </div>
                </Show>
            </article>
        </li>
    }
}

fn is_erasing(row: &StoryRow) -> bool {
    row.intent == Some(Intent::Erase)
}

/// Nothing in it, and the way back.
#[component]
fn Empty() -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="empty">
            <p>
                <strong>{texts.trash_empty()}</strong>
            </p>
            <p>{texts.trash_empty_more()}</p>
            <a class="button" href="/app/verhalen">
                {texts.story_to_list()}
            </a>
        </div>
    }
}
