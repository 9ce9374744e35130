//! Choosing one of several versions: no screen brings back what was not kept, so it is asked once.

use crate::ui::components::asking::Asking;
use crate::ui::components::confirm::Confirm;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::Command;

/// Most characters of a version that the question shows.
const SHOWN_CHARS_MAX: usize = 200;

/// The version that was pressed, while it is asked. A copy is another handle on the same one.
#[derive(Clone, Copy, Debug)]
pub struct Choosing {
    choice: StoredValue<Option<Command>>,
    shown: RwSignal<(String, String)>,
    is_asked: RwSignal<bool>,
}

impl Default for Choosing {
    /// Nothing is chosen.
    fn default() -> Self {
        Self {
            choice: StoredValue::new(None),
            shown: RwSignal::new((String::new(), String::new())),
            is_asked: RwSignal::new(false),
        }
    }
}

impl Choosing {
    /// Asks whether this version is kept: what it says, and who wrote it when.
    pub fn choose(self, choice: Command, said: &str, who: String) {
        self.choice.set_value(Some(choice));
        self.shown.set((beginning(said), who));
        self.is_asked.set(true);
    }
}

/// The question.
#[component]
pub fn ChooseVersion(
    /// The version.
    choosing: Choosing,
    /// Carries the choice out.
    asking: Asking,
    /// Called when it is made.
    on_kept: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let keep = move || {
        if let Some(choice) = choosing.choice.get_value() {
            asking.ask(choice, move |_| on_kept.run(()));
        }
    };
    let said = move || choosing.shown.with(|(said, _)| said.clone());
    let who = move || choosing.shown.with(|(_, who)| who.clone());
    view! {
        <Confirm
            open=choosing.is_asked
            question=texts.review_versions_question()
            verb=texts.review_versions_verb()
            danger=true
            on_yes=keep
        >
            <blockquote class="version__text" dir="auto">
                {said}
            </blockquote>
            <p class="soft">{who}</p>
            <p>{texts.review_versions_lost()}</p>
        </Confirm>
    }
}

fn beginning(said: &str) -> String {
    match said.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => [said.get(..end).unwrap_or_default().trim_end(), "…"].concat(),
        None => said.to_owned(),
    }
}
