//! A box to tick for a use that a consent allows.

use crate::text_languages::{Asked, direction};
use crate::ui::memo::memo;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Use;

/// Its name is the use alone; the sentences that are read to the teller describe it.
#[component]
pub fn UseBox(
    /// The use.
    used: Use,
    /// Uses that are ticked.
    chosen: RwSignal<Vec<Use>>,
    /// Before the id: several lists may be on the page.
    prefix: &'static str,
    /// What is asked, where its sentences are shown: a use without any cannot be ticked.
    #[prop(optional)]
    asked: Option<Signal<Asked>>,
    /// The use whose sentences are read aloud now.
    #[prop(optional)]
    now: Option<RwSignal<Option<Use>>>,
    /// Whether the choice among the boxes is wrong.
    #[prop(optional, into)]
    invalid: Signal<bool>,
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
    let described_by = asked.is_some().then(|| text_id.clone());
    view! {
        <label class="choice">
            <input
                type="checkbox"
                autocomplete="off"
                disabled=move || asked.is_some_and(|asked| asked.with(|asked| asked.text(used).is_none()))
                aria-labelledby=name_id.clone()
                aria-describedby=described_by
                aria-invalid=move || invalid.get().then_some("true")
                prop:checked=move || chosen.with(|chosen| chosen.contains(&used))
                on:change:target=move |event| choose(event.target().checked())
            />
            <span>
                <span id=name_id>{words::use_of(texts, used)}</span>
                {asked.map(|asked| view! { <Sentences used=used asked=asked now=now id=text_id /> })}
            </span>
        </label>
    }
}

/// What is asked about a use, in its language; or that nothing is.
#[component]
fn Sentences(
    used: Use,
    asked: Signal<Asked>,
    now: Option<RwSignal<Option<Use>>>,
    id: String,
) -> impl IntoView {
    let texts = use_texts();
    let text = memo(move || asked.with(|asked| asked.text(used).map(str::to_owned)));
    let language = memo(move || asked.with(|asked| asked.language.clone()));
    let is_read = move || now.is_some_and(|now| now.get() == Some(used)).then_some("");
    let lang = move || text.with(Option::is_some).then(|| language.get());
    let dir = move || text.with(Option::is_some).then(|| direction(&language.get()));
    let words = move || {
        text.get()
            .unwrap_or_else(|| texts.consent_untranslated_use().to_owned())
    };
    view! {
        <small id=id lang=lang dir=dir>
            <span data-now=is_read>{words}</span>
        </small>
    }
}

/// What tells the use in an id.
pub fn id(used: Use) -> &'static str {
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
