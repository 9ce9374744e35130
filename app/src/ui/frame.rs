//! What stands around every screen: the bar with its sign, the tabs, and notices above the screen.

use crate::sign::Sign;
use crate::ui::adding::is_unsure;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::mark::Mark;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::core_screen::CoreScreen;
use crate::ui::desk::use_desks;
use crate::ui::memo::memo;
use crate::ui::tabs::Tabs;
use crate::ui::view::{CoreState, use_core, use_view};
use crate::ui::{clock, focus, page_title, use_texts, words};
use leptos::ev::MouseEvent;
use leptos::html::Main;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::command::Command;
use shared::view::{Standing, Trouble, Whereabouts};
use std::time::Duration;

/// Screens of somebody who belongs to no network yet.
const NEEDS_NO_CORE: [&str; 3] = ["/app", "/app/uitnodiging", "/app/oprichten"];

/// The frame around the screens.
///
/// They stay alive while another tab has the device, out of sight, so that nothing typed is lost.
#[component]
pub fn Frame(
    /// The screens.
    children: Children,
) -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let main = NodeRef::<Main>::new();
    focus_new_screens(main);
    page_title::follow_screens();
    let skip = move |event: MouseEvent| {
        // A jump within the page would become a new address.
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            focus::element(&main);
        }
    };
    let pathname = use_location().pathname;
    let is_home = move || pathname.with(|path| path.trim_end_matches('/') == "/app");
    // What needs nothing that is stored does not wait for the core.
    let needs_no_core = move || pathname.with(|path| NEEDS_NO_CORE.contains(&path.trim_end_matches('/')));
    let is_new = memo(move || view.standing.with(|standing| *standing == Some(Standing::Alone)));
    let is_starting = move || view.core.get() == CoreState::Starting;
    let is_ready = move || view.core.get() == CoreState::Ready;
    let is_shown = memo(move || is_ready() || is_starting() && is_new.get() && needs_no_core());
    no_focus_out_of_sight(is_shown);
    view! {
        <a class="skip-link" href="#inhoud" on:click=skip>
            {texts.app_skip_link()}
        </a>
        <header class="bar">
            <a class="brand" href="/app/" aria-current=move || is_home().then_some("page")>
                <Mark />
                <span>{texts.words_aanzet()}</span>
            </a>
            <SafetySign />
        </header>
        <Tabs />
        <main class="main" id="inhoud" tabindex="-1" node_ref=main aria-busy=move || is_starting().to_string()>
            <Show when=is_ready>
                <Notices />
            </Show>
            <Show when=move || !is_shown.get()>
                <CoreScreen />
            </Show>
            <div class="screen" hidden=move || !is_shown.get()>
                {children()}
            </div>
        </main>
    }
}

/// Where everything is, in a sign and words.
#[component]
fn SafetySign() -> impl IntoView {
    /// How often the words follow the clock.
    const TICK: Duration = Duration::from_secs(600);
    let texts = use_texts();
    let view = use_view();
    let is_unsaved = use_desks().is_unsaved();
    let now_ms = RwSignal::new(clock::now_ms());
    if let Ok(tick) = set_interval_with_handle(move || now_ms.set(clock::now_ms()), TICK) {
        on_cleanup(move || tick.clear());
    }
    let n_unsafe = memo(move || {
        view.rows.with(|rows| {
            let rows = rows.values().filter(|row| row.whereabouts != Whereabouts::Safe);
            u32::try_from(rows.count()).unwrap_or(u32::MAX)
        })
    });
    let sign = memo(move || {
        if view.core.get() != CoreState::Ready {
            return Sign::Nothing;
        }
        let link = view.link.get();
        let sign = view
            .standing
            .with(|standing| Sign::new(standing.as_ref(), &link, n_unsafe.get(), now_ms.get()));
        // C2: what was refused, as too long for instance, is on no disk and no row tells of it.
        if sign == Sign::Safe && is_unsaved.get() {
            Sign::Nothing
        } else {
            sign
        }
    });
    let class = move || match sign.get() {
        Sign::Safe => "sign sign--safe",
        Sign::Unsent { .. } => "sign sign--wait",
        Sign::Late { .. } => "sign sign--risk",
        Sign::Nothing | Sign::Offline | Sign::Backfill { .. } | Sign::ReadOnly => "sign",
    };
    let icon = move || match sign.get() {
        Sign::Nothing => None,
        Sign::Safe => Some(Icon::Shield),
        Sign::Unsent { .. } => Some(Icon::Clock),
        Sign::Late { .. } => Some(Icon::Warning),
        Sign::Offline => Some(Icon::Offline),
        Sign::Backfill { .. } => Some(Icon::Again),
        Sign::ReadOnly => Some(Icon::Lock),
    };
    // A number that moves on with every page of the first sync would disturb whoever listens.
    let live = move || match sign.get() {
        Sign::Backfill { .. } => "off",
        Sign::Nothing
        | Sign::Safe
        | Sign::Unsent { .. }
        | Sign::Late { .. }
        | Sign::Offline
        | Sign::ReadOnly => "polite",
    };
    view! {
        <p class=class role="status" aria-live=live>
            {move || icon().map(|icon| view! { <Drawn icon=icon /> })}
            <span>{move || words::sign(texts, sign.get())}</span>
        </p>
    }
}

/// What a person must know on any screen.
#[component]
fn Notices() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let too_old = memo(move || view.link.with(|link| link.app_too_old));
    let trouble = memo(move || view.link.with(|link| link.trouble));
    let n_lost = memo(move || view.link.with(|link| link.erased_unsent));
    let core = StoredValue::new_local(use_core());
    let lost_read = move |_| core.get_value().tell(Command::LostRead);
    view! {
        <Show when=move || view.died.get()>
            <Notice weight=Weight::Wait aloud=Aloud::AtOnce>
                <p>
                    <strong>{texts.core_died()}</strong>
                </p>
                <p>{texts.core_died_more()}</p>
                <button type="button" class="button button--quiet" on:click=move |_| view.died.set(false)>
                    {texts.app_close()}
                </button>
            </Notice>
        </Show>
        {move || {
            view.left_recording
                .get()
                .map(|left| {
                    let weight = match left.trouble {
                        Some(_) => Weight::Risk,
                        None => Weight::Wait,
                    };
                    let more = words::left_recording(texts, &left);
                    let address = format!("/app/verhalen/{}", left.story);
                    view! {
                        <Notice weight=weight aloud=Aloud::AtOnce>
                            <p>
                                <strong>{texts.recording_left()}</strong>
                            </p>
                            <p>{more}</p>
                            <div class="row">
                                <a
                                    class="button button--quiet"
                                    href=address
                                    on:click=move |_| view.left_recording.set(None)
                                >
                                    {texts.recording_left_back()}
                                </a>
                                <button
                                    type="button"
                                    class="button button--quiet"
                                    on:click=move |_| view.left_recording.set(None)
                                >
                                    {texts.app_close()}
                                </button>
                            </div>
                        </Notice>
                    }
                })
        }}
        <For
            each=move || view.left_photos.with(|left| left.keys().cloned().collect::<Vec<_>>())
            key=String::clone
            children=move |story| view! { <LeftPhotos story=story /> }
        />
        <Show when=move || n_lost.get() != 0>
            <Notice weight=Weight::Wait aloud=Aloud::Politely>
                <p>
                    <strong>{move || texts.trash_lost(n_lost.get().into())}</strong>
                </p>
                <p>{texts.trash_lost_more()}</p>
                <button type="button" class="button button--quiet" on:click=lost_read>
                    {texts.app_close()}
                </button>
            </Notice>
        </Show>
        <Show when=move || too_old.get()>
            <Notice weight=Weight::Wait aloud=Aloud::Politely>
                <p>
                    <strong>{texts.core_too_old()}</strong>
                </p>
                <p>{texts.core_too_old_more()}</p>
            </Notice>
        </Show>
        {move || {
            trouble
                .get()
                .map(|trouble| {
                    let weight = match trouble {
                        Trouble::DeviceFull | Trouble::DeviceFailed => Weight::Risk,
                        Trouble::RelayUnable
                        | Trouble::OverQuota
                        | Trouble::TooLarge
                        | Trouble::UnknownCheckpoint => Weight::Wait,
                    };
                    view! {
                        <Notice weight=weight aloud=Aloud::AtOnce>
                            <p>{words::trouble(texts, trouble)}</p>
                        </Notice>
                    }
                })
        }}
    }
}

/// Photos were not added after their screen was left. Which ones is told there: whoever comes there has read this.
#[component]
fn LeftPhotos(story: String) -> impl IntoView {
    let texts = use_texts();
    let left_photos = use_view().left_photos;
    let address = format!("/app/verhalen/{story}");
    let left = story.clone();
    let title = move || {
        if left_photos.with(|all| all.get(&left).is_some_and(|left| is_unsure(left))) {
            texts.photo_perhaps_left()
        } else {
            texts.photo_left()
        }
    };
    let read = move |_| left_photos.update(|left| drop(left.remove(&story)));
    view! {
        <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
            <p>
                <strong>{title}</strong>
            </p>
            <p>{texts.photo_left_more()}</p>
            <div class="row">
                <a class="button button--quiet" href=address>
                    {texts.recording_left_back()}
                </a>
                <button type="button" class="button button--quiet" on:click=read>
                    {texts.app_close()}
                </button>
            </div>
        </Notice>
    }
}

/// Takes the focus off a screen that goes out of sight.
///
/// WebKit goes on writing in a field that was hidden while it had the focus, and tells its value from before: what was
/// typed then would stand on the screen later, known to nobody and called stored (C2).
fn no_focus_out_of_sight(is_shown: Memo<bool>) {
    Effect::new(move || {
        if !is_shown.get()
            && let Some(element) = focus::within(".screen")
        {
            // Refused only for what has left the page.
            drop(element.blur());
        }
    });
}

/// Moves the focus to the heading of each screen but the first, so that it is read from its beginning.
fn focus_new_screens(main: NodeRef<Main>) {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = pathname.get();
        if before.is_some_and(|before| before != path) {
            request_animation_frame(move || {
                let Some(main) = main.get_untracked() else {
                    return;
                };
                // Who is within the new screen already stays there: a new story gets its address while its first
                // words are typed, and some are quick with Tab.
                if !focus::is_within(&main) {
                    let heading = focus::below(&main, ".screen h1");
                    focus::element(heading.as_ref().unwrap_or(&main));
                }
            });
        }
        path
    });
}
