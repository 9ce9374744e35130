//! `/app/leden`: who belongs, who wants to, and invitations.

use crate::ui::ask_again::ask_again;
use crate::ui::clock;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::invite::{InviteForm, Made};
use crate::ui::components::made_invitation::MadeInvitation;
use crate::ui::components::member_item::{MemberItem, WaitingMember};
use crate::ui::components::notice::Notice;
use crate::ui::components::revoke::Revoke;
use crate::ui::components::second_admin::SecondAdmin;
use crate::ui::components::show::Show;
use crate::ui::core_worker::Failure;
use crate::ui::memo::memo;
use crate::ui::tabs::leads;
use crate::ui::view::use_view;
use crate::ui::{focus, use_texts, words};
use leptos::html::Li;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::command::{Command, Reply};
use shared::view::{InvitationRow, InvitationState, MemberRow, Role, Standing};

/// The role that an invitation is asked for, in the address: `/app/leden?rol=beheerder`.
const ROLE: &str = "rol";
const ROLE_ADMIN: &str = "beheerder";

/// What the core told about members.
#[derive(Clone, Copy, Debug)]
struct Lists {
    members: RwSignal<Vec<MemberRow>>,
    invitations: RwSignal<Vec<InvitationRow>>,
    failure: Signal<Option<Failure>>,
}

/// Members and invitations.
#[component]
pub fn Members() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let role = memo(move || view.standing.with(|standing| standing.as_ref().map(role_of)));
    let leads_now = memo(move || {
        view.standing
            .with(|standing| standing.as_ref().is_some_and(leads))
    });
    let lists = lists();
    let made = RwSignal::new(None::<Made>);
    // Where she is asked for a second administrator, the form says so already.
    let asked_for = use_query_map().with_untracked(|query| query.get(ROLE));
    let form = RwSignal::new((asked_for.as_deref() == Some(ROLE_ADMIN)).then_some(Role::Admin));
    let invite_admin = move || {
        form.set(Some(Role::Admin));
        focus::first("#inhoud", "#uitnodigen");
    };
    let waiting = move || members_that(lists, |member| member.waiting_device.is_some());
    let others = move || members_that(lists, |member| member.waiting_device.is_none());
    let anybody_waits = memo(move || !waiting().is_empty());
    // The only administrator stays one.
    let may_change = move |member: &MemberRow| {
        let (me, removed) = (member.me, member.removed);
        Signal::derive(move || {
            !removed
                && view
                    .standing
                    .with(|standing| may_change_role(standing.as_ref(), me))
        })
    };
    view! {
        <h1>{texts.members_title()}</h1>
        <SecondAdmin on_invite=invite_admin />
        <FailureNotice failure=lists.failure />
        <Show when=move || role.get() == Some(None)>
            <Notice>
                <p>{texts.members_not_yet()}</p>
            </Notice>
        </Show>
        <section class="stack" aria-live="polite">
            <Show when=move || anybody_waits.get()>
                <h2>{texts.members_waiting()}</h2>
                <p>{texts.members_waiting_more()}</p>
                <ul class="members" role="list" aria-label=texts.members_waiting()>
                    <For each=waiting key=|member| format!("{member:?}") let(member)>
                        <WaitingMember member=member />
                    </For>
                </ul>
            </Show>
        </section>
        {move || {
            let role = role.get().flatten().filter(|role| invites(*role));
            role.map(|role| view! { <Inviting role=role form=form anybody_waits=anybody_waits made=made lists=lists /> })
        }}
        <Show when=move || !lists.members.with(Vec::is_empty)>
            <section class="stack">
                <h2>{texts.members_list()}</h2>
                <ul class="members" role="list" aria-label=texts.members_list()>
                    <For each=others key=|member| format!("{member:?}") let(member)>
                        {
                            let may_change = may_change(&member);
                            view! { <MemberItem member=member may_change=may_change /> }
                        }
                    </For>
                </ul>
            </section>
        </Show>
        <Invitations lists=lists made=made />
        <Show when=move || leads_now.get()>
            <p>
                <a href="/app/teksten">{texts.asked_link()}</a>
            </p>
        </Show>
    }
}

fn lists() -> Lists {
    let changed = use_view().members;
    let members = RwSignal::new(Vec::new());
    let invitations = RwSignal::new(Vec::new());
    let take = move |reply| {
        if let Reply::Members {
            members: told,
            invitations: told_too,
        } = reply
        {
            members.set(told);
            invitations.set(told_too);
        }
    };
    Lists {
        members,
        invitations,
        failure: ask_again(Command::Members, move || changed.track(), take),
    }
}

fn members_that(lists: Lists, which: impl Fn(&MemberRow) -> bool) -> Vec<MemberRow> {
    let members = lists.members.get();
    members.into_iter().filter(|member| which(member)).collect()
}

fn role_of(standing: &Standing) -> Option<Role> {
    match standing {
        Standing::Member { role, .. } => Some(*role),
        Standing::Alone | Standing::Waiting { .. } | Standing::Removed { .. } | Standing::Broken { .. } => {
            None
        }
    }
}

fn may_change_role(standing: Option<&Standing>, of_me: bool) -> bool {
    matches!(
        standing,
        Some(Standing::Member { role: Role::Admin, second_admin_missing, .. })
            if !(of_me && *second_admin_missing)
    )
}

fn invites(role: Role) -> bool {
    match role {
        Role::Coordinator | Role::Admin => true,
        Role::Volunteer | Role::Observer => false,
    }
}

/// The button that opens the form, the form, and what it made.
#[component]
fn Inviting(
    /// Own role.
    role: Role,
    /// The role that the form begins with, while it is open.
    form: RwSignal<Option<Role>>,
    /// Whether somebody is to be let in first.
    #[prop(into)]
    anybody_waits: Signal<bool>,
    /// The invitation on the screen.
    made: RwSignal<Option<Made>>,
    /// What became of it is told here.
    lists: Lists,
) -> impl IntoView {
    let texts = use_texts();
    let on_made = move |invitation| {
        form.set(None);
        made.set(Some(invitation));
        focus::first("#inhoud", "#uitnodiging");
    };
    let on_done = move || {
        made.set(None);
        focus::first("#inhoud", "#uitnodigen");
    };
    let shown = move || {
        made.get().map(|shown| {
            let row = shown.invitation.row.clone();
            let state = Signal::derive(move || state_of(lists, &row));
            view! { <MadeInvitation made=shown state=state on_done=on_done /> }
        })
    };
    // Who waits comes first, and the form has a button of its own.
    let class = move || {
        if form.with(Option::is_some) || anybody_waits.get() {
            "button button--quiet"
        } else {
            "button"
        }
    };
    view! {
        <section class="stack">
            <div>
                <button
                    type="button"
                    class=class
                    id="uitnodigen"
                    aria-expanded=move || form.with(Option::is_some).to_string()
                    on:click=move |_| {
                        form.update(|form| *form = form.is_none().then_some(Role::Volunteer));
                    }
                >
                    <Drawn icon=Icon::Plus />
                    {texts.members_invite()}
                </button>
            </div>
            {move || form.get().map(|first| view! { <InviteForm role=role first=first on_made=on_made /> })}
            {shown}
        </section>
    }
}

/// What the list says of an invitation, or before it says anything what its maker was told.
fn state_of(lists: Lists, row: &InvitationRow) -> InvitationState {
    let listed = |rows: &Vec<InvitationRow>| {
        let found = rows.iter().find(|other| other.id == row.id);
        found.map_or(row.state, |found| found.state)
    };
    lists.invitations.with(listed)
}

/// The invitations but the one on the screen.
#[component]
fn Invitations(
    /// Invitations, newest first.
    lists: Lists,
    /// The one that is on the screen.
    made: RwSignal<Option<Made>>,
) -> impl IntoView {
    let texts = use_texts();
    let rows = memo(move || {
        let shown = made.with(|made| made.as_ref().map(|made| made.invitation.row.id.clone()));
        let rows = lists.invitations.get();
        let rows = rows.into_iter().filter(|row| Some(&row.id) != shown.as_ref());
        rows.collect::<Vec<_>>()
    });
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    view! {
        <Show when=move || !rows.with(Vec::is_empty)>
            <section class="stack">
                <h2>{texts.members_invitations()}</h2>
                <Show when=move || rows.with(|rows| rows.iter().any(is_open))>
                    <p>{texts.members_invitations_more()}</p>
                </Show>
                <ul class="members" role="list" aria-label=texts.members_invitations()>
                    // An item stays what it is when its state changes: the keyboard may be there.
                    <For each=ids key=String::clone let(id)>
                        <InvitationItem row=row_of(rows, id) />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

fn is_open(row: &InvitationRow) -> bool {
    row.state == InvitationState::Open
}

/// The row of this id, while there is one.
fn row_of(rows: Memo<Vec<InvitationRow>>, id: String) -> Memo<Option<InvitationRow>> {
    memo(move || rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()))
}

#[component]
fn InvitationItem(
    /// The invitation.
    row: Memo<Option<InvitationRow>>,
) -> impl IntoView {
    let texts = use_texts();
    let item = NodeRef::<Li>::new();
    let to_item = move || {
        request_animation_frame(move || {
            if let Some(item) = item.get_untracked() {
                focus::element(&item);
            }
        });
    };
    let who = move || {
        let row = row.get()?;
        let state = match row.state {
            InvitationState::Open => {
                let until = clock::moment(texts, row.until);
                if row.until < clock::now_ms() {
                    texts.members_invitation_over(&until)
                } else {
                    texts.members_invitation_open(&until)
                }
            }
            InvitationState::Used => texts.members_invitation_used().into(),
            InvitationState::Revoked => texts.members_invitation_revoked().into(),
        };
        let by = row.by.as_deref().map(|name| texts.members_invitation_by(name));
        let about = by.into_iter().chain([state]).collect::<Vec<_>>().join(" · ");
        Some(view! {
            <p class="member__name">{words::role(texts, row.role)}</p>
            <p class="soft">{about}</p>
        })
    };
    let to_revoke = memo(move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let may_revoke = row.may_revoke && row.state != InvitationState::Revoked;
            may_revoke.then(|| row.id.clone())
        })
    });
    let revoke = move || {
        to_revoke
            .get()
            .map(|id| view! { <Revoke invitation=id on_yes=to_item /> })
    };
    view! {
        <li class="member" node_ref=item>
            <div class="member__who">{who}</div>
            {revoke}
        </li>
    }
}
