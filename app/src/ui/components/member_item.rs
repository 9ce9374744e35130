//! A member in the list.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::code::Digits;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::role_choice::{GIVEN_ROLES, RoleChoice};
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{MemberRow, Role};

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
    let refuse = member
        .invitation
        .clone()
        .filter(|_| member.may_approve)
        .map(|invitation| view! { <Refuse invitation=invitation /> });
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
            {refuse}
            {not_you}
            <FailureNotice failure=asking.failure() />
        </li>
    }
}

/// Turns away who came with an invitation that somebody else may have got hold of.
#[component]
fn Refuse(
    /// Handle of the invitation.
    invitation: String,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let refuse = Callback::new(move |()| {
        let command = Command::Revoke {
            invitation: invitation.clone(),
        };
        asking.ask(command, |_| focus::first("#inhoud", ".screen h1"));
    });
    view! {
        <ConfirmButton
            asking=asking
            label=texts.members_refuse()
            class="button--quiet"
            question=texts.members_refuse_question()
            verb=texts.members_refuse_verb()
            danger=true
            on_yes=refuse
        >
            <p>{texts.members_refuse_more()}</p>
            <p>{texts.members_refuse_then()}</p>
        </ConfirmButton>
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
    let question = texts.members_change_role_question(&name);
    view! {
        <BusyButton busy=asking.busy() on_press=ask class="button--quiet">
            {texts.members_change_role()}
            <span class="visually-hidden">{texts.colon()} {name}</span>
        </BusyButton>
        <FailureNotice failure=asking.failure() />
        <Confirm open=open question=question verb=texts.members_change_role_verb() on_yes=change>
            <RoleChoice
                chosen=chosen
                roles=GIVEN_ROLES.to_vec()
                label=texts.members_change_role_legend()
                id=format!("rol-{member}")
            />
        </Confirm>
    }
}

fn name_of(member: &MemberRow, unknown: &'static str) -> String {
    member.name.clone().unwrap_or_else(|| unknown.to_owned())
}
