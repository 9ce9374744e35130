//! The teller: a contact of her own, never inside the story (M1).

use crate::ui::components::bound::{OpenStory, is_editable};
use crate::ui::components::field_error::FieldError;
use crate::ui::components::notice::Notice;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::{Intent, StoryState, TellerField};

/// Name of the teller, and how to reach her.
#[component]
pub fn TellerFields(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let is_online = memo(move || {
        story.with(|story| {
            let story = story.as_ref().filter(|story| story.editable);
            story.is_some_and(|story| {
                let comes_down = story.row.intent == Some(Intent::Withdraw);
                story.row.state == StoryState::Online && !comes_down
            })
        })
    });
    view! {
        <p class="field__hint" id=HINT>
            {texts.teller_hint()}
        </p>
        <Show when=move || is_online.get()>
            <Notice>
                <p>{texts.teller_online()}</p>
            </Notice>
        </Show>
        <TellerLine desk=desk field=TellerField::Name id="verteller" label=texts.teller_name() />
        <TellerLine desk=desk field=TellerField::Reach id="bereik" label=texts.teller_reach() />
    }
}

const HINT: &str = "verteller-hint";

#[component]
fn TellerLine(desk: OpenStory, field: TellerField, id: &'static str, label: &'static str) -> impl IntoView {
    let texts = use_texts();
    let is_editable = is_editable(desk);
    let (shown, refusal) = desk.with_value(|desk| (desk.teller(field), desk.teller_refusal(field)));
    let error = move || refusal.get().map(|error| words::command_error(texts, &error));
    let notes_id = format!("{id}-let-op");
    let described_by = [HINT, &notes_id].join(" ");
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            <input
                class="field__input"
                id=id
                type="text"
                autocomplete="off"
                autocapitalize=if field == TellerField::Name { "words" } else { "off" }
                spellcheck="false"
                readonly=move || !is_editable.get()
                aria-describedby=described_by
                prop:value=shown
                on:input:target=move |event| {
                    desk.with_value(|desk| desk.type_teller(field, event.target().value()));
                }
                on:focus=move |_| desk.with_value(|desk| desk.focus_teller(field))
                on:blur=move |_| desk.with_value(|desk| desk.blur_teller(field))
            />
            <div class="aside" id=notes_id>
                {move || error().map(|error| view! { <FieldError words=error /> })}
            </div>
        </div>
    }
}
