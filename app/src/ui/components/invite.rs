//! The form that makes an invitation.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::role_choice::{GIVEN_ROLES, RoleChoice};
use crate::ui::components::show::Show;
use crate::ui::use_texts;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::command::{Command, Reply};
use shared::view::{NewInvitation, Role};

const HOUR_MINUTES: u32 = 60;
const DAY_MINUTES: u32 = 24 * HOUR_MINUTES;
const WEEK_MINUTES: u32 = 7 * DAY_MINUTES;

/// An invitation, and whether who uses it is let in by itself while it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The invitation.
    pub invitation: NewInvitation,
    /// Whether approval is automatic.
    pub automatic: bool,
}

/// Asks for whom the invitation is, and makes it.
#[component]
pub fn InviteForm(
    /// Own role: what may be given depends on it.
    role: Role,
    /// The role that is chosen at first.
    first: Role,
    /// The invitation that was made.
    #[prop(into)]
    on_made: Callback<Made>,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let given = RwSignal::new(first);
    let minutes = RwSignal::new(DAY_MINUTES);
    let automatic = RwSignal::new(false);
    let invite = move |event: SubmitEvent| {
        event.prevent_default();
        let role = given.get_untracked();
        let automatic = automatic.get_untracked() && role == Role::Volunteer;
        let command = Command::Invite {
            role,
            minutes: minutes.get_untracked(),
            automatic,
        };
        asking.ask(command, move |reply| {
            if let Reply::Invited(invitation) = reply {
                on_made.run(Made {
                    invitation,
                    automatic,
                });
            }
        });
    };
    let may_give = move |given: &Role| role == Role::Admin || *given == Role::Volunteer;
    let roles = GIVEN_ROLES.into_iter().filter(may_give).collect::<Vec<_>>();
    let terms = [
        (HOUR_MINUTES, texts.members_valid_hour()),
        (DAY_MINUTES, texts.members_valid_day()),
        (WEEK_MINUTES, texts.members_valid_week()),
    ];
    let terms = terms.map(|(term, words)| {
        view! {
            <option value=term.to_string() prop:selected=move || minutes.get() == term>
                {words}
            </option>
        }
    });
    let choose_term = move |value: String| {
        if let Ok(term) = value.parse() {
            minutes.set(term);
        }
    };
    view! {
        <form class="sheet stack" novalidate on:submit=invite>
            <RoleChoice chosen=given roles=roles label=texts.members_invite_role() id="rol".to_owned() />
            <div class="field field--short">
                <label class="field__label" for="geldig">
                    {texts.members_invite_valid()}
                </label>
                <select
                    class="field__input"
                    id="geldig"
                    autocomplete="off"
                    on:change:target=move |event| choose_term(event.target().value())
                >
                    {terms.into_iter().collect_view()}
                </select>
            </div>
            <Show when=move || given.get() == Role::Volunteer>
                <label class="choice">
                    <input
                        type="checkbox"
                        aria-labelledby="meteen"
                        aria-describedby="meteen-uitleg"
                        autocomplete="off"
                        prop:checked=automatic
                        on:change:target=move |event| automatic.set(event.target().checked())
                    />
                    <span>
                        <span id="meteen">{texts.members_automatic()}</span>
                        " "
                        <small id="meteen-uitleg">{texts.members_automatic_more()}</small>
                    </span>
                </label>
            </Show>
            <FailureNotice failure=asking.failure() />
            <div class="actions">
                <BusyButton busy=asking.busy()>{texts.members_make()}</BusyButton>
            </div>
        </form>
    }
}
