//! `/app/toestel`: what is where, and whether it is safe.

use crate::ui::ask_again::ask_again;
use crate::ui::browser::{self, Kept};
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::home_screen::HomeScreen;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::language_choice::LanguageChoice;
use crate::ui::components::ready_list::ReadyList;
use crate::ui::components::show::Show;
use crate::ui::core_worker::Failure;
use crate::ui::desk::use_desks;
use crate::ui::memo::memo;
use crate::ui::network::{Network, use_network};
use crate::ui::view::use_view;
use crate::ui::{clock, use_texts};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Reply};
use shared::view::{DeviceView, Link};

/// This device.
#[component]
pub fn Device() -> impl IntoView {
    let texts = use_texts();
    let (device, failure) = device();
    let home_screen = browser::is_tab_on_ios().then(|| view! { <HomeScreen /> });
    // No page can do it, nor lead there.
    let ways = [
        (texts.device_lock_apple(), texts.device_lock_apple_way()),
        (texts.device_lock_android(), texts.device_lock_android_way()),
        (texts.device_lock_computer(), texts.device_lock_computer_way()),
    ];
    let ways = ways.map(|(kind, way)| {
        view! {
            <div>
                <dt>{kind}</dt>
                <dd>{way}</dd>
            </div>
        }
    });
    let ways = ways.into_iter();
    view! {
        <h1>{texts.device_title()}</h1>
        <div class="narrow stack stack--wide">
            <Standing />
            {home_screen}
            <FailureNotice failure=failure />
            {move || device.get().map(|device| view! { <Numbers device=device /> })}
            <ReadyList />
            <Keeping />
            <LanguageChoice />
            <section class="stack stack--tight">
                <h2>{texts.device_lock()}</h2>
                <p>{texts.device_lock_more()}</p>
                <p>{texts.device_lock_where()}</p>
                <dl class="facts">{ways.collect_view()}</dl>
            </section>
        </div>
    }
}

fn device() -> (RwSignal<Option<DeviceView>>, Signal<Option<Failure>>) {
    let view = use_view();
    let device = RwSignal::new(None);
    let track = move || {
        view.link.track();
        view.rows.track();
    };
    let take = move |reply| {
        if let Reply::Device(told) = reply {
            device.set(Some(told));
        }
    };
    (device, ask_again(Command::Device, track, take))
}

/// How it stands with the relay, in sentences.
#[component]
fn Standing() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let network = use_network();
    let is_unsaved = use_desks().is_unsaved();
    let link = memo(move || view.link.get());
    let connection = move || {
        let is_online = link.with(|link| link.online);
        match network.get() {
            Network::Unknown => ().into_any(),
            Network::None => view! { <p>{texts.device_alone()}</p> }.into_any(),
            Network::Of(_) if is_online => view! {
                <p class="sign sign--safe">
                    <Drawn icon=Icon::Check />
                    {texts.device_online()}
                </p>
            }
            .into_any(),
            Network::Of(_) => view! {
                <p class="sign">
                    <Drawn icon=Icon::Offline />
                    {texts.device_offline()}
                </p>
            }
            .into_any(),
        }
    };
    let sent = move || {
        let Network::Of(_) = network.get() else {
            return ().into_any();
        };
        let Link {
            unsent_documents,
            unsent_since,
            backfill_left,
            ..
        } = link.get();
        let backfill = backfill_left.filter(|left| *left > 0);
        let backfill = backfill.map(|left| view! { <p>{texts.device_backfill(left.into())}</p> });
        if unsent_documents == 0 && is_unsaved.get() {
            return backfill.into_any();
        }
        if unsent_documents == 0 {
            return view! {
                <p class="sign sign--safe">
                    <Drawn icon=Icon::Shield />
                    {texts.device_all_sent()}
                </p>
                {backfill}
            }
            .into_any();
        }
        let since = unsent_since.map(|since| texts.device_unsent_since(&clock::moment(texts, since)));
        view! {
            <p class="sign sign--wait">
                <Drawn icon=Icon::Clock />
                {texts.device_unsent(unsent_documents.into())}
                " "
                {since}
            </p>
            {backfill}
        }
        .into_any()
    };
    view! {
        <section class="stack stack--tight">
            <p class="lead">{texts.device_lead()}</p>
            {connection}
            {sent}
        </section>
    }
}

/// What is here, in plain numbers.
#[component]
fn Numbers(
    /// What the core counted.
    device: DeviceView,
) -> impl IntoView {
    let texts = use_texts();
    let last_contact = device
        .last_contact
        .map_or_else(|| texts.device_never().to_owned(), |at| clock::moment(texts, at));
    let facts = [
        Some((texts.device_stories(), device.stories.to_string())),
        Some((texts.device_contacts(), device.contacts.to_string())),
        Some((texts.device_unsent_count(), device.unsent.to_string())),
        (device.waiting > 0).then(|| (texts.device_waiting(), device.waiting.to_string())),
        (device.quarantined > 0).then(|| (texts.device_quarantined(), device.quarantined.to_string())),
        Some((texts.device_last_contact(), last_contact)),
        Some((texts.device_version(), env!("CARGO_PKG_VERSION").to_owned())),
    ];
    let facts = facts.into_iter().flatten().map(|(what, value)| {
        view! {
            <div>
                <dt>{what}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <section class="sheet stack">
            <h2>{texts.device_here()}</h2>
            <dl class="facts">{facts.collect_view()}</dl>
        </section>
    }
}

/// Whether the browser keeps it (C3).
#[component]
fn Keeping() -> impl IntoView {
    let texts = use_texts();
    let kept = RwSignal::new(None::<Kept>);
    let asked = RwSignal::new(false);
    let busy = RwSignal::new(false);
    spawn_local(async move { kept.set(Some(browser::is_kept().await)) });
    let ask = move || {
        busy.set(true);
        spawn_local(async move {
            kept.set(Some(browser::ask_to_keep().await));
            asked.set(true);
            busy.set(false);
        });
    };
    let words = move || match kept.get() {
        None => "",
        Some(Kept::Yes) => texts.device_kept(),
        Some(Kept::No) if asked.get() => texts.device_keep_refused(),
        Some(Kept::No) => texts.device_not_kept(),
        Some(Kept::Unknown) => texts.device_kept_unknown(),
    };
    view! {
        <section class="stack stack--tight">
            <h2>{texts.device_keep()}</h2>
            <p role="status">{words}</p>
            <Show when=move || kept.get() == Some(Kept::No)>
                <div>
                    <BusyButton busy=busy on_press=ask class="button--quiet">
                        {texts.device_keep_ask()}
                    </BusyButton>
                </div>
            </Show>
        </section>
    }
}
