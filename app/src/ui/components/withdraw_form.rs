//! Taking a consent back, whole or in part.

use crate::permission;
use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::use_box::UseBox;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{ConsentView, Use};

/// Asks which uses are taken back; all of them to begin with.
#[component]
pub fn WithdrawForm(
    /// The story.
    desk: OpenStory,
    /// Whether it is asked now.
    open: RwSignal<bool>,
    /// The consent.
    consent: RwSignal<Option<ConsentView>>,
    /// Carries it out.
    asking: Asking,
    /// Called when it is recorded.
    on_done: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let chosen = RwSignal::new(Vec::<Use>::new());
    let left =
        memo(move || consent.with(|consent| consent.as_ref().map(permission::left).unwrap_or_default()));
    Effect::new(move || {
        if open.get() {
            chosen.set(left.get_untracked());
        }
    });
    let yes = Callback::new(move |()| {
        let id = desk.with_value(|desk| desk.id().get_untracked());
        let row = consent.with_untracked(|consent| consent.as_ref().map(|consent| consent.id.clone()));
        let uses = chosen.get_untracked();
        if let (Some(id), Some(row), false) = (id, row, uses.is_empty()) {
            asking.ask(
                Command::WithdrawConsent {
                    id,
                    consent: row,
                    uses,
                },
                move |_| on_done.run(()),
            );
        }
    });
    let boxes = move || {
        let left = left.get().into_iter();
        left.map(|used| view! { <UseBox used=used chosen=chosen prefix="niet" /> })
            .collect_view()
    };
    let note = move || {
        chosen.with(|chosen| {
            let shows = |used: &Use| matches!(used, Use::Photo | Use::Name | Use::Voice);
            if chosen.is_empty() {
                Some(texts.consent_withdraw_none())
            } else if chosen.contains(&Use::Website) {
                Some(texts.consent_withdraw_website())
            } else {
                chosen.iter().any(shows).then(|| texts.consent_withdraw_shown())
            }
        })
    };
    view! {
        <Confirm
            open=open
            question=texts.consent_withdraw_question()
            verb=texts.consent_withdraw_verb()
            danger=true
            on_yes=yes
        >
            <fieldset class="choices">
                <legend class="field__label">{texts.consent_withdraw_uses()}</legend>
                {boxes}
            </fieldset>
            <p role="status">{note}</p>
        </Confirm>
    }
}
