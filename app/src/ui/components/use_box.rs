//! A box to tick for a use that a consent allows.

use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Use;
use texts::Locale;

/// Its name is the use alone; the sentences that are read to the teller describe it.
#[component]
pub fn UseBox(
    /// The use.
    used: Use,
    /// Uses that are ticked.
    chosen: RwSignal<Vec<Use>>,
    /// Before the id: several lists may be on the page.
    prefix: &'static str,
    /// Whether the sentences are shown.
    #[prop(optional)]
    with_text: bool,
) -> impl IntoView {
    let texts = use_texts();
    let name_id = format!("{prefix}-{}", id(used));
    let text_id = format!("{name_id}-tekst");
    let choose = move |is_chosen: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| *other != used);
            if is_chosen {
                chosen.push(used);
            }
        });
    };
    let described_by = with_text.then(|| text_id.clone());
    view! {
        <label class="choice">
            <input
                type="checkbox"
                autocomplete="off"
                aria-labelledby=name_id.clone()
                aria-describedby=described_by
                prop:checked=move || chosen.with(|chosen| chosen.contains(&used))
                on:change:target=move |event| choose(event.target().checked())
            />
            <span>
                <span id=name_id>{words::use_of(texts, used)}</span>
                {with_text.then(|| view! { <small id=text_id>{sentences(texts, used)}</small> })}
            </span>
        </label>
    }
}

/// What is read to the teller (`permission::TEXT_VERSION`).
fn sentences(texts: Locale, used: Use) -> &'static str {
    match used {
        Use::Network => texts.consent_text_network(),
        Use::Website => texts.consent_text_website(),
        Use::Photo => texts.consent_text_photo(),
        Use::Name => texts.consent_text_name(),
        Use::Voice => texts.consent_text_voice(),
        Use::Print => texts.consent_text_print(),
        Use::Press => texts.consent_text_press(),
    }
}

fn id(used: Use) -> &'static str {
    match used {
        Use::Network => "netwerk",
        Use::Website => "website",
        Use::Photo => "foto",
        Use::Name => "naam",
        Use::Voice => "stem",
        Use::Print => "druk",
        Use::Press => "pers",
    }
}
