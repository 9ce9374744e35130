//! `/app/`: where you stand, and the next step.

use crate::next_step::NextStep;
use crate::ui::browser;
use crate::ui::components::catching_up::{CatchingUp, use_catching_up};
use crate::ui::components::code::Digits;
use crate::ui::components::home_screen::HomeScreen;
use crate::ui::components::notice::{Notice, Weight};
use crate::ui::components::second_admin::SecondAdmin;
use crate::ui::components::show::Show;
use crate::ui::memo::memo;
use crate::ui::view::use_view;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::{Role, Standing};

/// The first screen.
#[component]
pub fn Home() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let standing = memo(move || view.standing.get());
    let body = move || {
        standing.get().map(|standing| match standing {
            Standing::Alone => view! { <Alone /> }.into_any(),
            Standing::Waiting { network, digits } => {
                view! { <Waiting network=network digits=digits /> }.into_any()
            }
            Standing::Member {
                network,
                name,
                role,
                to_admit,
                ..
            } => view! { <Member network=network name=name role=role to_admit=to_admit /> }.into_any(),
            Standing::Removed {
                network,
                was_admitted: true,
            } => view! {
                <Stopped title=texts.home_removed(&network) more=texts.home_removed_more() />
            }
            .into_any(),
            Standing::Removed {
                network,
                was_admitted: false,
            } => view! {
                <Stopped title=texts.home_refused(&network) more=texts.home_refused_more() may_try_again=true />
            }
            .into_any(),
            Standing::Broken { network } => view! {
                <Stopped title=texts.home_broken(&network) more=texts.home_broken_more() />
            }
            .into_any(),
        })
    };
    view! {
        <h1>{texts.words_aanzet()}</h1>
        {body}
    }
}

/// No network yet.
#[component]
fn Alone() -> impl IntoView {
    let texts = use_texts();
    let home_screen = browser::is_tab_on_ios().then(|| view! { <HomeScreen /> });
    view! {
        <div class="narrow stack stack--wide">
            <p class="lead">{texts.home_lead()}</p>
            {home_screen}
            <div class="row">
                <a class="button" href="/app/uitnodiging">
                    {texts.home_have_invitation()}
                </a>
            </div>
            <section class="sheet stack">
                <WriteAlready />
            </section>
            <p class="soft">
                {texts.home_found_more()} " "
                <a href="/app/oprichten">{texts.home_found()}</a>
            </p>
        </div>
    }
}

/// Whoever is no member yet may write all the same.
#[component]
fn WriteAlready() -> impl IntoView {
    let texts = use_texts();
    view! {
        <h2>{texts.home_write_already()}</h2>
        <p>{texts.home_write_already_more()}</p>
        <p>
            <a class="button button--quiet" href="/app/verhalen/nieuw">
                {texts.home_new_story()}
            </a>
        </p>
    }
}

/// Joined, to be approved.
#[component]
fn Waiting(
    /// Name of the network.
    network: String,
    /// Digits to compare.
    digits: String,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="narrow stack stack--wide">
            <section class="sheet stack" role="status">
                <h2>{texts.home_waiting()}</h2>
                <p>{texts.home_waiting_more(&network)}</p>
                <div role="group" aria-label=texts.home_waiting_digits()>
                    <Digits digits=digits large=true />
                </div>
            </section>
            <section class="stack">
                <WriteAlready />
            </section>
        </div>
    }
}

/// An active member: one next step.
#[component]
fn Member(
    /// Name of the network.
    network: String,
    /// Her name.
    name: String,
    /// Her role.
    role: Role,
    /// How many wait to be let in by her.
    to_admit: u32,
) -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let is_catching_up = use_catching_up();
    let step = memo(move || {
        view.rows
            .with(|rows| NextStep::new(role, to_admit, rows.values().map(AsRef::as_ref)))
    });
    let next = move || {
        let (words, link, address) = match step.get() {
            NextStep::Admit(count) => (texts.home_next_admit(count), texts.home_members(), "/app/leden"),
            NextStep::Answer(count) => (
                texts.home_next_asked_back(count),
                texts.home_stories(),
                "/app/verhalen",
            ),
            NextStep::Review(count) => (texts.home_next_review(count), texts.home_review(), "/app/nalezen"),
            NextStep::Finish(count) => (
                texts.home_next_drafts(count),
                texts.home_stories(),
                "/app/verhalen",
            ),
            NextStep::Write => (
                texts.home_next_write().into(),
                texts.home_new_story(),
                "/app/verhalen/nieuw",
            ),
            NextStep::Look => (texts.home_next_map().into(), texts.home_map(), "/app/kaart"),
        };
        view! {
            <p class="lead">{words}</p>
            <p>
                <a class="button button--wide" href=address>
                    {link}
                </a>
            </p>
        }
    };
    view! {
        <div class="narrow stack stack--wide">
            <div class="stack stack--tight">
                <p class="lead">{texts.home_hello(&name)}</p>
                <p class="soft">{texts.home_member(&network, words::role(texts, role))}</p>
            </div>
            <SecondAdmin />
            <section class="sheet stack">
                <h2>{texts.home_next()}</h2>
                {next}
                <Show when=move || is_catching_up.get()>
                    <CatchingUp />
                </Show>
            </section>
        </div>
    }
}

/// Read-only from now on, or until another network lets her in.
#[component]
fn Stopped(
    /// What happened.
    title: String,
    /// What follows from it.
    more: &'static str,
    /// Whether another invitation would help.
    #[prop(optional)]
    may_try_again: bool,
) -> impl IntoView {
    let texts = use_texts();
    let class = if may_try_again {
        "button button--quiet"
    } else {
        "button"
    };
    let invitation = may_try_again.then(|| {
        view! {
            <a class="button" href="/app/uitnodiging">
                {texts.home_have_invitation()}
            </a>
        }
    });
    view! {
        <div class="narrow stack">
            <Notice weight=Weight::Risk>
                <p>
                    <strong>{title}</strong>
                </p>
                <p>{more}</p>
            </Notice>
            <div class="row">
                {invitation} <a class=class href="/app/verhalen">
                    {texts.home_stories()}
                </a>
            </div>
        </div>
    }
}
