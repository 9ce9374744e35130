//! A button that asks before something happens, and says why it did not.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::failure_notice::FailureNotice;
use leptos::prelude::*;

/// The button with its question.
#[component]
pub fn ConfirmButton(
    /// What "Ja" asks of the core.
    asking: Asking,
    /// Words of the button.
    #[prop(into)]
    label: Signal<&'static str>,
    /// Classes beside `button`.
    #[prop(default = Signal::stored("button--quiet button--wide"), into)]
    class: Signal<&'static str>,
    /// Id of what it is about.
    #[prop(default = None, into)]
    described_by: Option<String>,
    /// The question.
    question: &'static str,
    /// The verb after "Ja, ".
    verb: &'static str,
    /// Whether it cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// Asked at "Ja": whether all is there that it needs. If not, the dialog stays.
    #[prop(optional)]
    may_say_yes: Option<Callback<(), bool>>,
    /// Called when the question is asked.
    #[prop(optional)]
    on_ask: Option<Callback<()>>,
    /// What happens after "Ja".
    on_yes: Callback<()>,
    /// What follows from it, and what is to be filled in.
    children: Children,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let ask = Callback::new(move |()| {
        if let Some(on_ask) = on_ask {
            on_ask.run(());
        }
        is_open.set(true);
    });
    view! {
        <FailureNotice failure=asking.failure() />
        <BusyButton
            busy=asking.busy()
            on_press=ask
            class=class
            described_by=described_by
        >
            {label}
        </BusyButton>
        <Confirm open=is_open question=question verb=verb danger=danger may_say_yes=may_say_yes on_yes=on_yes>
            {children()}
        </Confirm>
    }
}
