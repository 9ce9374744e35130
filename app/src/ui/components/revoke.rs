//! Takes an invitation back.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::Command;

/// A button with its question.
#[component]
pub fn Revoke(
    /// Handle of the invitation.
    invitation: String,
    /// Called at "Ja": goes to what stays where this button leaves.
    #[prop(into)]
    on_yes: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let open = RwSignal::new(false);
    let revoke = move || {
        let command = Command::Revoke {
            invitation: invitation.clone(),
        };
        asking.ask(command, |_| {});
        on_yes.run(());
    };
    view! {
        <div class="stack stack--tight">
            <div>
                <BusyButton busy=asking.busy() on_press=move || open.set(true) class="button--quiet">
                    {texts.members_revoke()}
                </BusyButton>
            </div>
            <FailureNotice failure=asking.failure() />
            <Confirm
                open=open
                question=texts.members_revoke_question()
                verb=texts.members_revoke_verb()
                danger=true
                on_yes=revoke
            >
                <p>{texts.members_revoke_more()}</p>
            </Confirm>
        </div>
    }
}
