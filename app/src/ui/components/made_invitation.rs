//! An invitation on the screen: to scan, to send, to type over.

use crate::ui::browser;
use crate::ui::clock;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::code::Code;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::invite::Made;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::qr_code::QrCode;
use crate::ui::components::revoke::Revoke;
use crate::ui::core_worker::CoreWorker;
use crate::ui::view::use_view;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::Command;
use shared::view::InvitationState;
use web_sys::VisibilityState;

/// Shows the invitation that was just made. Approval by itself ends when it leaves the screen, also by another tab.
#[component]
pub fn MadeInvitation(
    /// The invitation.
    made: Made,
    /// What became of it.
    #[prop(into)]
    state: Signal<InvitationState>,
    /// It is put away.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let automatic = approval_while_shown(made.automatic);
    let row = made.invitation.row;
    let code = made.invitation.code;
    let link = format!("{}/app/uitnodiging#{code}", origin());
    // What was used or revoked is valid no more, whatever its time.
    let about = move || match state.get() {
        InvitationState::Open => {
            texts.members_made_until(words::role(texts, row.role), &clock::moment(texts, row.until))
        }
        InvitationState::Used | InvitationState::Revoked => words::role(texts, row.role).to_owned(),
    };
    let id = StoredValue::new(row.id);
    let shown = StoredValue::new((link, code));
    let to_title = || focus::first("#inhoud", "#uitnodiging");
    let body = move || match state.get() {
        InvitationState::Open => {
            let (link, code) = shown.get_value();
            let approval = made.automatic.then(|| view! { <Approval automatic=automatic /> });
            let revoke = row
                .may_revoke
                .then(|| view! { <Revoke invitation=id.get_value() on_yes=to_title /> });
            view! {
                <p>{texts.members_made_more()}</p>
                {approval}
                <div class="invitation">
                    <QrCode text=link.clone() label=texts.members_qr() />
                    <div class="stack">
                        <TakeAlong id="link" label=texts.members_link() text=link.clone()>
                            <input
                                class="field__input"
                                id="link"
                                type="text"
                                readonly
                                autocomplete="off"
                                prop:value=link
                                on:focus:target=move |event| event.target().select()
                            />
                        </TakeAlong>
                        <TakeAlong id="code" label=texts.members_code() text=code.clone()>
                            // A field of one line would cut it off.
                            <Code id="code" code=code />
                        </TakeAlong>
                    </div>
                </div>
                {revoke}
            }
            .into_any()
        }
        InvitationState::Used => over(texts.members_made_used(), Weight::Safe),
        InvitationState::Revoked => over(texts.members_made_revoked(), Weight::Info),
    };
    view! {
        <section class="sheet stack" aria-labelledby="uitnodiging">
            <div class="stack stack--tight">
                <h2 id="uitnodiging">{texts.members_made()}</h2>
                <p class="soft">{about}</p>
            </div>
            {body}
            <div class="actions">
                <button type="button" class="button" on:click=move |_| on_done.run(())>
                    {texts.members_done()}
                </button>
            </div>
        </section>
    }
}

/// Whether approval is still automatic; ends it when nobody can see the invitation any more.
fn approval_while_shown(automatic: bool) -> RwSignal<bool> {
    // The app's own handle: it outlives this screen.
    let core = expect_context::<StoredValue<CoreWorker, LocalStorage>>();
    let is_on = RwSignal::new(automatic);
    let hidden = window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Hidden && is_on.get_untracked() {
            is_on.set(false);
            core.get_value().tell(Command::InvitationClosed);
        }
    });
    let n_starts = use_view().n_starts;
    Effect::new(move |before: Option<u32>| {
        let now = n_starts.get();
        if before.is_some_and(|before| before != now) {
            // The next core knows of no invitation on the screen.
            is_on.set(false);
        }
        now
    });
    on_cleanup(move || {
        hidden.remove();
        core.get_value().tell(Command::InvitationClosed);
    });
    is_on
}

#[component]
fn Approval(
    /// Whether it is automatic now.
    automatic: RwSignal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <p role="status">
            {move || {
                if automatic.get() {
                    texts.members_made_automatic()
                } else {
                    texts.members_made_automatic_over()
                }
            }}
        </p>
    }
}

fn over(words: &'static str, weight: Weight) -> AnyView {
    view! {
        <Notice weight=weight aloud=Aloud::Politely>
            <p>{words}</p>
        </Notice>
    }
    .into_any()
}

/// A text to take along, with its name and a button that copies it.
#[component]
fn TakeAlong(
    /// Id of what shows the text.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// The text.
    text: String,
    /// What shows it.
    children: Children,
) -> impl IntoView {
    let texts = use_texts();
    let busy = RwSignal::new(false);
    let copied = RwSignal::new(false);
    let text = StoredValue::new(text);
    let copy = move || {
        busy.set(true);
        spawn_local(async move {
            let text = text.try_get_value().unwrap_or_default();
            let done = browser::copy(&text).await;
            copied.set(done);
            busy.set(false);
        });
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            {children()}
            <div class="row">
                <BusyButton busy=busy on_press=copy class="button--quiet">
                    <Drawn icon=Icon::Copies />
                    {texts.app_copy()}
                    <span class="visually-hidden">{texts.colon()} {label}</span>
                </BusyButton>
                <span role="status">{move || copied.get().then(|| texts.app_copied())}</span>
            </div>
        </div>
    }
}

fn origin() -> String {
    window().location().origin().unwrap_or_default()
}
