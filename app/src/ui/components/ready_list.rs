//! "Klaar voor onderweg": whether the app works where there is no signal.

use crate::ui::browser::{self, Kept, Room};
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::use_texts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is left must hold some stories with sound: below this there is little room.
const ROOM_BYTES_MIN: u64 = 200_000_000;

/// Yes or no for each thing that a volunteer needs before she leaves home, with what to do.
#[component]
pub fn ReadyList() -> impl IntoView {
    let texts = use_texts();
    let has_app = RwSignal::new(None::<bool>);
    let is_kept = RwSignal::new(None::<bool>);
    let room = RwSignal::new(None::<Room>);
    spawn_local(async move {
        has_app.set(Some(browser::has_app().await));
        is_kept.set(Some(browser::is_kept().await == Kept::Yes));
        room.set(browser::room().await);
    });
    let has_room = move || room.get().map(|room| room.left >= ROOM_BYTES_MIN);
    let size = move || {
        room.get()
            .map(|room| texts.ready_room(&texts.size(room.used), &texts.size(room.left)))
    };
    view! {
        <section class="sheet stack stack--tight" aria-labelledby="onderweg">
            <h2 id="onderweg">{texts.ready_title()}</h2>
            <ul class="checks" role="list">
                <Check what=texts.ready_app() holds=has_app no=texts.ready_no() todo=texts.ready_app_todo() />
                // What is stored may well stay: "no" would say that it is not stored.
                <Check what=texts.ready_kept() holds=is_kept no=texts.ready_unsure() todo=texts.ready_kept_todo() />
                <Check
                    what=texts.ready_has_room()
                    holds=Signal::derive(has_room)
                    no=texts.ready_no()
                    todo=texts.ready_room_todo()
                />
            </ul>
            <p class="soft">{size}</p>
        </section>
    }
}

/// One thing; nothing while it is not known.
#[component]
fn Check(
    what: &'static str,
    #[prop(into)] holds: Signal<Option<bool>>,
    no: &'static str,
    todo: &'static str,
) -> impl IntoView {
    let texts = use_texts();
    move || {
        holds.get().map(|holds| {
            let (class, icon, answer) = if holds {
                ("sign sign--safe", Icon::Check, texts.ready_yes())
            } else {
                ("sign sign--wait", Icon::Cross, no)
            };
            view! {
                <li>
                    <span>{what}</span>
                    <span class=class>
                        <Drawn icon=icon />
                        {answer}
                    </span>
                    {(!holds).then(|| view! { <p class="soft">{todo}</p> })}
                </li>
            }
        })
    }
}
