//! "Twee versies": the same field, written on two devices (M7).

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::{choices_words, clock, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Conflict, Version};

/// Both values, who wrote them and when, and a choice.
#[component]
pub fn Versions(
    /// Id of the story.
    story: String,
    /// The field with its versions.
    conflict: Conflict,
    /// Language of the story.
    lang: Signal<String>,
    /// Carries the choice out.
    asking: Asking,
    /// Called when it is made.
    on_kept: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let field = conflict.field;
    let title_id = format!("versies-{field:?}");
    let labelled_by = title_id.clone();
    let items = conflict.versions.into_iter().map(|version| {
        let Version { id, value, by, at } = version;
        let name = by.unwrap_or_else(|| texts.review_versions_unknown().to_owned());
        let who = match at {
            Some(at) => texts.review_versions_who_and_when(&name, &clock::moment(texts, at)),
            None => name,
        };
        let story = story.clone();
        let keep = Callback::new(move |()| {
            let choose = Command::Choose {
                id: story.clone(),
                field,
                version: id.clone(),
            };
            asking.ask(choose, move |_| on_kept.run(()));
        });
        let value = choices_words::value(texts, field, &value);
        let shown = if value.is_empty() {
            texts.review_versions_empty().to_owned()
        } else {
            value
        };
        view! {
            <li class="version">
                <blockquote class="version__text" lang=move || lang.get() dir="auto">
                    {shown}
                </blockquote>
                <p class="soft">{who}</p>
                <BusyButton busy=asking.busy() on_press=keep class="button--quiet">
                    {texts.review_versions_keep()}
                </BusyButton>
            </li>
        }
    });
    view! {
        <section class="versions" aria-labelledby=labelled_by>
            <h2 id=title_id>{texts.review_versions_title()}</h2>
            <p>
                <strong>{words::field(texts, field)}</strong>
            </p>
            <p>{texts.review_versions_more()}</p>
            <ul class="versions__list" role="list">
                {items.collect_view()}
            </ul>
        </section>
    }
}
