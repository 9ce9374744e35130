//! A member in the list.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::code::Digits;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{MemberRow, Role};

/// Roles that can be given, in the order of the choice.
pub const GIVEN_ROLES: [Role; 3] = [Role::Volunteer, Role::Coordinator, Role::Admin];

/// A member whose device waits for approval.
#[component]
pub fn WaitingMember(
    /// The member.
    member: MemberRow,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let who_id = format!("lid-{}", member.member);
    let described_by = who_id.clone();
    let approve = member
        .waiting_device
        .filter(|_| member.may_approve)
        .map(|device| {
            let approve = move || {
                asking.ask(Command::Approve { device }, |_| {
                    focus::first("#inhoud", ".screen h1")
                })
            };
            view! {
                <BusyButton busy=asking.busy() on_press=approve described_by=described_by>
                    {texts.members_approve()}
                </BusyButton>
            }
        });
    let not_you = approve.is_none().then(|| {
        view! { <p class="soft">{texts.members_approve_not_you()}</p> }
    });
    view! {
        <li class="member member--waits">
            <div class="member__who" id=who_id>
                <p class="member__name">{name_of(&member, texts.app_unknown_name())}</p>
                <p class="soft">{words::role(texts, member.role)}</p>
            </div>
            {member.digits.clone().map(|digits| view! { <Digits digits=digits /> })}
            {approve}
            {not_you}
            <FailureNotice failure=asking.failure() />
        </li>
    }
}

/// Anybody else.
#[component]
pub fn MemberItem(
    /// The member.
    member: MemberRow,
    /// Whether her role may be changed here.
    #[prop(into)]
    may_change: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    let name = name_of(&member, texts.app_unknown_name());
    let about = if member.removed {
        Some(texts.members_removed())
    } else {
        member.me.then(|| texts.members_me())
    };
    let about = match about {
        Some(about) => [words::role(texts, member.role), about].join(" · "),
        None => words::role(texts, member.role).to_owned(),
    };
    let (ordinal, role, changed_name) = (member.member, member.role, name.clone());
    let change = move || {
        let name = changed_name.clone();
        may_change
            .get()
            .then(|| view! { <ChangeRole member=ordinal role=role name=name /> })
    };
    view! {
        <li class="member">
            <div class="member__who">
                <p class="member__name">{name}</p>
                <p class="soft">{about}</p>
            </div>
            {change}
        </li>
    }
}

/// Gives another role, after a question.
#[component]
fn ChangeRole(
    /// Whose role.
    member: u32,
    /// Her role now.
    role: Role,
    /// Her name.
    name: String,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(role);
    let group = format!("rol-{member}");
    let legend_id = format!("{group}-kop");
    let labelled_by = legend_id.clone();
    let ask = move || {
        chosen.set(role);
        open.set(true);
    };
    let change = move || {
        let role_now = chosen.get_untracked();
        if role_now != role {
            let command = Command::SetRole {
                member,
                role: role_now,
            };
            asking.ask(command, |_| {});
        }
    };
    let choices = GIVEN_ROLES.map(|choice| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=group.clone()
                    autocomplete="off"
                    prop:checked=move || chosen.get() == choice
                    on:change=move |_| chosen.set(choice)
                />
                <span>{words::role(texts, choice)}</span>
            </label>
        }
    });
    let question = texts.members_change_role_question(&name);
    view! {
        <BusyButton busy=asking.busy() on_press=ask class="button--quiet">
            {texts.members_change_role()}
            <span class="visually-hidden">": " {name}</span>
        </BusyButton>
        <FailureNotice failure=asking.failure() />
        <Confirm open=open question=question verb=texts.members_change_role_verb() on_yes=change>
            <p class="soft">{texts.members_change_role_more()}</p>
            <fieldset class="choices" role="radiogroup" aria-labelledby=labelled_by>
                <legend class="field__label" id=legend_id>{texts.members_change_role_legend()}</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
        </Confirm>
    }
}

fn name_of(member: &MemberRow, unknown: &'static str) -> String {
    member.name.clone().unwrap_or_else(|| unknown.to_owned())
}
