//! What the teller allows, use by use.

use crate::permission::{self, Allowed, USES};
use crate::text_languages::name;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::view::StoryView;
use std::sync::Arc;
use texts::Locale;

/// Yes or no for each use, with the reason.
#[component]
pub fn UseChecks(
    /// The story.
    #[prop(into)]
    story: Signal<Option<Arc<StoryView>>>,
) -> impl IntoView {
    let texts = use_texts();
    let items = move || {
        let story = story.get()?;
        let now_ms = clock::now_ms();
        let items = USES.into_iter().map(|used| {
            let allowed = permission::allowed(
                &story.consents,
                used,
                &story.teller.name,
                story.is_minor(),
                now_ms,
            );
            let asked_in = permission::language(&story.consents, used, &story.teller.name, now_ms);
            let asked_in = asked_in
                .filter(|tag| matches!(allowed, Allowed::Yes(_)) && *tag != texts.tag())
                .map(|tag| texts.review_consent_language(&texts.within_sentence(&name(texts, tag))));
            let (class, icon) = match allowed {
                Allowed::Yes(_) => ("sign sign--safe", Icon::Check),
                Allowed::Never => ("sign", Icon::Cross),
                Allowed::Expired(_) | Allowed::Withdrawn | Allowed::NoGuardian => {
                    ("sign sign--risk", Icon::Cross)
                }
            };
            view! {
                <li>
                    <span>{words::use_of(texts, used)}</span>
                    <span class=class>
                        <Drawn icon=icon />
                        {reason(texts, allowed)}
                        {asked_in.map(|asked_in| [". ", &asked_in].concat())}
                    </span>
                </li>
            }
        });
        Some(items.collect_view())
    };
    view! {
        <ul class="checks" role="list">
            {items}
        </ul>
    }
}

fn reason(texts: Locale, allowed: Allowed) -> String {
    match allowed {
        Allowed::Yes(given) => texts.review_consent_yes(words::given_how(texts, given)),
        Allowed::Never => texts.review_consent_never().to_owned(),
        Allowed::Expired(until) => texts.review_consent_expired(&clock::day(texts, until)),
        Allowed::Withdrawn => texts.review_consent_withdrawn().to_owned(),
        Allowed::NoGuardian => texts.review_consent_no_guardian().to_owned(),
    }
}
