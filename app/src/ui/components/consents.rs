//! "Toestemming": what was allowed and taken back, and recording more.

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::{OpenStory, is_editable};
use crate::ui::components::consent_form::ConsentForm;
use crate::ui::components::consent_item::ConsentItem;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::modal::Modal;
use crate::ui::components::questions::Asked;
use crate::ui::components::show::Show;
use crate::ui::components::withdraw_form::WithdrawForm;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::{About, ConsentView, Intent, StoryState};

/// What was done last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Recorded,
    TakenBack,
}

/// The consents of a story.
#[component]
pub fn Consents(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let consents = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .map(|story| story.consents.clone())
                .unwrap_or_default()
        })
    });
    let is_adding = RwSignal::new(false);
    let is_withdrawing = RwSignal::new(false);
    let chosen = RwSignal::new(None::<ConsentView>);
    // What was done, read aloud.
    let done = RwSignal::new(None::<Done>);
    let asking = Asking::new();
    let is_editable = is_editable(desk);
    let withdraw = Callback::new(move |consent| {
        done.set(None);
        asking.forgive();
        chosen.set(Some(consent));
        is_withdrawing.set(true);
    });
    let add = move |_| {
        done.set(None);
        asking.forgive();
        is_adding.set(true);
    };
    let recorded = Callback::new(move |()| {
        is_adding.set(false);
        done.set(Some(Done::Recorded));
    });
    let taken_back = Callback::new(move |()| done.set(Some(Done::TakenBack)));
    let page = memo(move || {
        story.with(|story| {
            let row = &story.as_ref()?.row;
            match (row.intent, row.state) {
                (Some(Intent::Withdraw), StoryState::Online) => Some(texts.consent_withdraw_goes()),
                (_, StoryState::Withdrawn) => Some(texts.consent_withdraw_offline()),
                _ => None,
            }
        })
    });
    let said = move || match done.get()? {
        Done::Recorded => Some(texts.consent_recorded_now().to_owned()),
        Done::TakenBack => {
            let words = [Some(texts.consent_withdraw_done()), page.get()];
            Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
    };
    view! {
        <Asked desk=desk about=About::Consent />
        <p>{texts.consent_intro()}</p>
        <Show
            when=move || consents.with(|consents| !consents.is_empty())
            fallback=move || view! { <p class="soft">{texts.consent_none()}</p> }
        >
            <ul class="consents" role="list" aria-label=texts.consent_list()>
                <For
                    each=move || consents.get()
                    key=|consent| format!("{} {}", consent.id, consent.withdrawn.len())
                    children=move |consent| {
                        view! {
                            <ConsentItem
                                consent=consent
                                is_editable=is_editable
                                busy=asking.busy()
                                on_withdraw=withdraw
                            />
                        }
                    }
                />
            </ul>
        </Show>
        <p role="status">{said}</p>
        <FailureNotice failure=asking.failure() />
        <Show when=move || is_editable.get()>
            <p>
                <button type="button" class="button button--quiet" id="toestemming-toevoegen" on:click=add>
                    <Drawn icon=Icon::Plus />
                    {texts.consent_add()}
                </button>
            </p>
        </Show>
        <Modal open=is_adding title_id="toestemming-titel" title=texts.consent_add()>
            <ConsentForm desk=desk on_done=recorded on_cancel=Callback::new(move |()| is_adding.set(false)) />
        </Modal>
        <WithdrawForm desk=desk open=is_withdrawing consent=chosen asking=asking on_done=taken_back />
    }
}
