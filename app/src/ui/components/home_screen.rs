//! On an iPhone the app must be on the home screen first (C3).

use crate::ui::components::code::Code;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::use_texts;
use leptos::prelude::*;

/// Says how to put the app on the home screen, and which code to type there.
#[component]
pub fn HomeScreen(
    /// Code of an invitation that was opened in this tab.
    #[prop(optional, into)]
    code: Signal<Option<String>>,
) -> impl IntoView {
    let texts = use_texts();
    let step_code = move || {
        let step = || view! { <li>{texts.home_screen_step_code()}</li> };
        code.with(Option::is_some).then(step)
    };
    let shown_code = move || {
        code.get().map(|code| {
            view! {
                <h3>{texts.home_screen_code()}</h3>
                <Code code=code />
            }
        })
    };
    view! {
        <section class="sheet stack">
            <h2>{texts.home_screen_title()}</h2>
            <p>{texts.home_screen_why()}</p>
            <ol class="steps">
                <li>
                    {texts.home_screen_step_share()} " " <Drawn icon=Icon::Share />
                </li>
                <li>{texts.home_screen_step_add()}</li>
                <li>{texts.home_screen_step_open()}</li>
                {step_code}
            </ol>
            {shown_code}
        </section>
    }
}
