//! "Verteller is akkoord met deze versie": the text changed after she allowed it, and she heard it again (P2).

use crate::ui::components::as_read::AsRead;
use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::recordings_go::RecordingsGo;
use crate::ui::components::select::Select;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Given, Missing};

const HOWS: [Given; 4] = [Given::ReadAloud, Given::Read, Given::Spoken, Given::Paper];

/// While it is needed: a button that asks how she agreed, and records it. Afterwards: who recorded it, when and how.
#[component]
pub fn TellerAgrees(
    /// The story.
    desk: OpenStory,
    /// Classes of the button, beside `button`.
    #[prop(into)]
    class: Signal<&'static str>,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    // Of two versions nobody knows which one she heard.
    let is_needed = memo(move || {
        story.with(|story| {
            let missing = story.as_ref().map(|story| &story.row.missing);
            missing.is_some_and(|missing| {
                missing.contains(&Missing::ChangedSinceConsent) && !missing.contains(&Missing::Conflict)
            })
        })
    });
    let agreed = memo(move || story.with(|story| story.as_ref()?.agreed.clone()));
    let how = RwSignal::new(None::<Given>);
    let is_tried = RwSignal::new(false);
    let done = RwSignal::new(false);
    let is_unsaved = RwSignal::new(false);
    let asking = Asking::new();
    let read = AsRead::new(desk);
    let may_agree = Callback::new(move |()| {
        is_tried.set(true);
        how.with_untracked(Option::is_some)
    });
    let agree = Callback::new(move |()| {
        let Some(given) = how.get_untracked() else {
            return;
        };
        is_unsaved.set(false);
        let wording = read.wording();
        let command = move |id| Command::TellerAgrees { id, given, wording };
        asking.ask_about(desk, is_unsaved, command, move |_| {
            done.set(true);
            is_tried.set(false);
            how.set(None);
            focus::first("#inhoud", ".teller-agrees");
        });
    });
    let hows = HOWS.map(|how| (how, words::given(texts, how)));
    let is_missing = memo(move || is_tried.get() && how.with(Option::is_none));
    let recorded = move || {
        agreed.get().map(|agreed| {
            let moment = clock::moment(texts, agreed.at);
            let name = agreed.by.unwrap_or_else(|| texts.app_unknown_name().to_owned());
            let words = match agreed.given {
                Some(given) => texts.agrees_recorded_how(words::given_how(texts, given), &moment, &name),
                None => texts.agrees_recorded(&moment, &name),
            };
            view! { <p class="soft">{words}</p> }
        })
    };
    view! {
        <div class="stack stack--tight teller-agrees">
            <p role="status">{move || done.get().then(|| texts.review_do_agrees_done())}</p>
            {recorded}
            <Show when=move || is_unsaved.get()>
                <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                    <p>{texts.consent_not_saved()}</p>
                </Notice>
            </Show>
            <Show when=move || is_needed.get()>
                <ConfirmButton
                    asking=asking
                    label=texts.review_do_agrees()
                    class=class
                    question=texts.agrees_question()
                    verb=texts.agrees_verb()
                    may_say_yes=may_agree
                    on_ask=Callback::new(move |()| read.take())
                    on_yes=agree
                >
                    <p>{texts.agrees_more()}</p>
                    <RecordingsGo desk=desk />
                    <Select
                        id="akkoord-hoe"
                        label=texts.agrees_how()
                        none=texts.story_choice_none()
                        choices=hows.to_vec()
                        chosen=how
                        is_wrong=is_missing
                        wrong=texts.agrees_how_missing()
                    />
                </ConfirmButton>
            </Show>
        </div>
    }
}
