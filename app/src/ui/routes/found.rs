//! `/app/oprichten`: the first member of a network founds it.

use crate::ui::browser;
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::home_screen::HomeScreen;
use crate::ui::components::needed::Needed;
use crate::ui::components::notice::Notice;
use crate::ui::components::text_field::TextField;
use crate::ui::network::{Network, go_home_when_joined, use_network};
use crate::ui::use_texts;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::command::Command;

/// Asks for the names and the founding code.
#[component]
pub fn Found() -> impl IntoView {
    let texts = use_texts();
    let network = use_network();
    go_home_when_joined(network);
    let form = move || match network.get() {
        Network::Unknown => ().into_any(),
        Network::Of(network) => view! {
            <Notice>
                <p>{texts.found_already(&network)}</p>
            </Notice>
        }
        .into_any(),
        Network::None if browser::is_tab_on_ios() => view! { <HomeScreen /> }.into_any(),
        Network::None => view! { <FoundForm /> }.into_any(),
    };
    view! {
        <h1>{texts.found_title()}</h1>
        <div class="narrow stack">{form}</div>
    }
}

#[component]
fn FoundForm() -> impl IntoView {
    let texts = use_texts();
    let asking = Asking::new();
    let needed = Needed::new();
    let network = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let found = move |event: SubmitEvent| {
        event.prevent_default();
        if !needed.check(&[network, name, code]) {
            return;
        }
        let command = Command::Found {
            network: network.get_untracked(),
            name: name.get_untracked(),
            code: code.get_untracked(),
        };
        // The new standing leads on.
        asking.ask(command, |_| {});
    };
    view! {
        <form class="stack" novalidate on:submit=found>
            <p class="lead">{texts.found_lead()}</p>
            <TextField
                id="netwerk"
                label=texts.found_network()
                hint=texts.found_network_hint()
                value=network
                error=needed.error(network)
            />
            <TextField
                id="naam"
                label=texts.form_your_name()
                hint=texts.form_your_name_hint()
                value=name
                capitals="words"
                error=needed.error(name)
            />
            <TextField
                id="stichtcode"
                label=texts.found_code()
                hint=texts.found_code_hint()
                value=code
                class="code-input"
                capitals="characters"
                error=needed.error(code)
            />
            <FailureNotice failure=asking.failure() />
            <div class="actions">
                <BusyButton busy=asking.busy()>{texts.found_submit()}</BusyButton>
            </div>
        </form>
    }
}
