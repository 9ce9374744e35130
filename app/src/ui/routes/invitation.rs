//! `/app/uitnodiging`: who was invited joins.

use crate::ui::browser;
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::home_screen::HomeScreen;
use crate::ui::components::language_choice::LanguageChoice;
use crate::ui::components::needed::Needed;
use crate::ui::components::notice::Notice;
use crate::ui::components::text_field::TextField;
use crate::ui::core_worker::Failure;
use crate::ui::network::{Network, go_home_when_joined, use_network};
use crate::ui::{focus, use_texts, words};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::command::{Command, CommandError, Reply};
use shared::view::Role;

/// The code of an invitation whose link was opened, until it is used: in memory alone (W7).
#[derive(Clone, Copy, Debug)]
pub struct InvitationCode(RwSignal<String>);

/// Takes the code that came with the address; also when a link is opened while the app is.
pub fn provide_invitation_code() {
    let code = RwSignal::new(browser::take_invitation().unwrap_or_default());
    provide_context(InvitationCode(code));
    window_event_listener_untyped("hashchange", move |_| {
        if let Some(late) = browser::take_late_invitation() {
            code.set(late);
        }
    });
}

/// What the code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    network: String,
    role: Role,
    stories: u32,
}

/// First the code, then the name.
#[component]
pub fn Invitation() -> impl IntoView {
    let texts = use_texts();
    let network = use_network();
    go_home_when_joined(network);
    let InvitationCode(code) = expect_context();
    let found = RwSignal::new(None::<Found>);
    let step = move || match (network.get(), found.get()) {
        (Network::Unknown, _) => ().into_any(),
        (Network::Of(network), _) => view! {
            <Notice>
                <p>{texts.invitation_already(&network)}</p>
            </Notice>
        }
        .into_any(),
        (Network::None, _) if browser::is_tab_on_ios() => {
            let known = Signal::derive(move || Some(code.get()).filter(|code| !code.is_empty()));
            view! {
                <HomeScreen code=known />
                <LanguageChoice />
            }
            .into_any()
        }
        // Whoever comes here first may not speak the language of the browser. All is made anew in another one: here
        // nothing is lost by that.
        (Network::None, None) => view! {
            <Lookup code=code found=found />
            <LanguageChoice />
        }
        .into_any(),
        (Network::None, Some(invitation)) => {
            let back = move || found.set(None);
            view! { <Join invitation=invitation back=back /> }.into_any()
        }
    };
    view! {
        <h1>{texts.invitation_title()}</h1>
        <div class="narrow stack">{step}</div>
    }
}

/// Asks which network the code is of.
#[component]
fn Lookup(
    /// The code, as typed or from a link.
    code: RwSignal<String>,
    /// What it stands for.
    found: RwSignal<Option<Found>>,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let needed = Needed::new();
    let look_up = move |event: SubmitEvent| {
        event.prevent_default();
        if !needed.check(&[code]) {
            return;
        }
        let command = Command::Lookup {
            code: code.get_untracked(),
        };
        asking.ask(command, move |reply| {
            if let Reply::Invitation {
                network,
                role,
                stories,
            } = reply
            {
                found.set(Some(Found {
                    network,
                    role,
                    stories,
                }));
                focus::first("#inhoud", "#naam");
            }
        });
    };
    let blank = needed.error(code);
    let error = Signal::derive(move || {
        let about_code = asking.failure().get().filter(is_about_the_code);
        blank
            .get()
            .or_else(|| about_code.map(|failure| words::failure(texts, &failure)))
    });
    let elsewhere = Signal::derive(move || {
        asking
            .failure()
            .get()
            .filter(|failure| !is_about_the_code(failure))
    });
    view! {
        <form class="stack" novalidate on:submit=look_up>
            <TextField
                id="code"
                label=texts.invitation_code()
                hint=texts.invitation_code_hint()
                value=code
                class="code-input"
                capitals="characters"
                error=error
            />
            <FailureNotice failure=elsewhere />
            <div class="actions">
                <BusyButton busy=asking.busy()>{texts.invitation_submit()}</BusyButton>
            </div>
        </form>
    }
}

/// Whether another code would help.
fn is_about_the_code(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Refused(
            CommandError::InvitationGarbled
                | CommandError::InvitationUnknown
                | CommandError::InvitationUsed
                | CommandError::InvitationRevoked
                | CommandError::InvitationExpired
                | CommandError::InvitationForged
        )
    )
}

/// Asks for the name, and joins.
#[component]
fn Join(
    /// What was found.
    invitation: Found,
    /// Back to the code.
    #[prop(into)]
    back: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let needed = Needed::new();
    let name = RwSignal::new(String::new());
    let join = move |event: SubmitEvent| {
        event.prevent_default();
        if !needed.check(&[name]) {
            return;
        }
        let command = Command::Join {
            name: name.get_untracked(),
        };
        // The new standing leads on.
        asking.ask(command, |_| {});
    };
    let come_along = (invitation.stories > 0).then(|| {
        view! {
            <Notice>
                <p>{texts.invitation_stories(invitation.stories.into())}</p>
            </Notice>
        }
    });
    view! {
        <form class="stack" novalidate on:submit=join>
            <dl class="facts">
                <div>
                    <dt>{texts.invitation_network()}</dt>
                    <dd>{invitation.network}</dd>
                </div>
                <div>
                    <dt>{texts.invitation_role()}</dt>
                    <dd>
                        {words::role(texts, invitation.role)}
                        <p class="soft">{words::role_more(texts, invitation.role)}</p>
                    </dd>
                </div>
            </dl>
            {come_along}
            <TextField
                id="naam"
                label=texts.form_your_name()
                hint=texts.form_your_name_hint()
                value=name
                capitals="words"
                error=needed.error(name)
            />
            <FailureNotice failure=asking.failure() />
            <div class="actions">
                <button type="button" class="button button--quiet" on:click=move |_| back.run(())>
                    {texts.invitation_back()}
                </button>
                <BusyButton busy=asking.busy()>{texts.invitation_join()}</BusyButton>
            </div>
        </form>
    }
}
