//! What a story still lacks, in words.

use crate::ui::components::bound::{CONSENT, control_id};
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::view::{Field, Missing};

/// A sentence for each thing that is missing.
#[component]
pub fn MissingList(
    /// What is missing.
    #[prop(into)]
    missing: Signal<Vec<Missing>>,
    /// Whether what fills it in stands on the same screen: each sentence then leads there.
    #[prop(optional)]
    with_fields: bool,
) -> impl IntoView {
    let texts = use_texts();
    // Which text she agreed to is asked once there is one.
    let is_barred = move |one: Missing| {
        one == Missing::ChangedSinceConsent && missing.with(|missing| missing.contains(&Missing::Conflict))
    };
    let item = move |missing: Missing| {
        let words = words::missing(texts, missing);
        let way = way_to(missing).filter(|_| with_fields && !is_barred(missing));
        view! {
            <li>
                {match way {
                    Some(way) => {
                        view! {
                            <button type="button" class="button button--plain" on:click=move |_| focus::field(way)>
                                {words}
                            </button>
                        }
                            .into_any()
                    }
                    None => words.into_any(),
                }}
            </li>
        }
    };
    view! { <ul class="missing">{move || missing.get().into_iter().map(item).collect_view()}</ul> }
}

/// Selects what mends it on the form of the story; nothing where that is for somebody else, or in more than one place.
fn way_to(missing: Missing) -> Option<&'static str> {
    match missing {
        Missing::Title => Some(control_id(Field::Title)),
        Missing::Text => Some(control_id(Field::Happened)),
        Missing::Municipality => Some(control_id(Field::Municipality)),
        Missing::SummaryTooLong => Some(control_id(Field::Summary)),
        Missing::NameTooLong => Some(control_id(Field::NameOnline)),
        Missing::WebsiteConsent
        | Missing::WebsiteExpired
        | Missing::WebsiteWithdrawn
        | Missing::GuardianConsent
        | Missing::NameConsent => Some(CONSENT),
        Missing::ChangedSinceConsent => Some(".teller-agrees .button"),
        Missing::Conflict | Missing::Approval | Missing::ChangedSinceApproval | Missing::TextTooLong => None,
    }
}
