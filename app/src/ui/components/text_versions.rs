//! Sentences that two coordinators saved at once: both, who and when, and a choice.

use crate::text_languages::direction;
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::choose_version::{ChooseVersion, Choosing};
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{ConsentTextView, TextVersion};

/// All versions that stand side by side.
#[component]
pub fn TextVersions(
    /// The language.
    text: ConsentTextView,
    /// Carries the choice out.
    asking: Asking,
) -> impl IntoView {
    let texts = use_texts();
    let ConsentTextView {
        language, versions, ..
    } = text;
    let choosing = Choosing::default();
    let follows: Vec<_> = versions.iter().map(|version| version.id.clone()).collect();
    let dir = direction(&language);
    let items = versions.into_iter().map(|version| {
        let TextVersion {
            sentences, at, by, ..
        } = version;
        let name = by.unwrap_or_else(|| texts.review_versions_unknown().to_owned());
        let who = texts.review_versions_who_and_when(&name, &clock::moment(texts, at));
        let choice = Command::SaveConsentText {
            language: language.clone(),
            sentences: sentences.clone(),
            follows: follows.clone(),
        };
        let said = sentences.iter().map(|(_, text)| text.as_str());
        let said = said.collect::<Vec<_>>().join(" ");
        let keep = {
            let who = who.clone();
            Callback::new(move |()| choosing.choose(choice.clone(), &said, who.clone()))
        };
        let lang = language.clone();
        let sentences = sentences.into_iter().map(|(used, text)| {
            view! {
                <p>
                    <strong>{words::use_of(texts, used)}</strong>
                </p>
                <blockquote class="version__text" lang=lang.clone() dir=dir>
                    {text}
                </blockquote>
            }
        });
        let sentences = sentences.collect_view();
        view! {
            <li class="version">
                <div class="stack stack--tight">{sentences}</div>
                <p class="soft">{who}</p>
                <BusyButton busy=asking.busy() on_press=keep class="button--quiet">
                    {texts.review_versions_keep()}
                </BusyButton>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <section class="versions" aria-labelledby="twee-versies">
            <h3 id="twee-versies">{texts.review_versions_title()}</h3>
            <p>{texts.asked_versions_more()}</p>
            <ul class="versions__list" role="list">
                {items}
            </ul>
            <ChooseVersion choosing=choosing asking=asking on_kept=Callback::new(|()| ()) />
        </section>
    }
}
