//! "Gemeente": found in the register on the device, also offline.

use crate::finding::{Did, Finding, Key};
use crate::ui::components::bound::{Bound, FieldHint, FieldNotes, OpenStory};
use crate::ui::components::field_error::FieldError;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::places::{Hit, Why};
use shared::view::Field;

const LIST: &str = "gemeenten";

/// A combobox with a listbox under it, which also works by keys alone.
#[component]
pub fn MunicipalityField(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let bound = Bound::new(desk, Field::Municipality.into());
    let finding = RwSignal::new(bound.shown.with_untracked(|chosen| Finding::of(chosen)));
    let is_unclear = RwSignal::new(false);
    let is_focused = StoredValue::new(false);
    // What another device chose; what is typed here stays until the field is left.
    Effect::new(move || {
        let chosen = Finding::of(&bound.shown.get());
        if !is_focused.get_value() && !is_unclear.get_untracked() {
            finding.set(chosen);
        }
    });
    // What was not chosen is stored nowhere, and not called so.
    let is_unchosen =
        memo(move || finding.with(|finding| bound.shown.with(|chosen| finding.is_unchosen(chosen))));
    Effect::new(move || {
        let is_unchosen = is_unchosen.get();
        desk.with_value(|desk| desk.set_unchosen(is_unchosen));
    });
    // It goes with the field.
    on_cleanup(move || {
        desk.try_with_value(|desk| desk.set_unchosen(false));
    });
    let follow = move |did: Did| {
        is_unclear.set(did == Did::Unclear);
        match did {
            Did::Chose { nis, part } => {
                let nis = nis.to_string();
                let is_other = bound.shown.with_untracked(|chosen| *chosen != nis);
                bound.type_in(nis);
                if is_other || part.is_some() {
                    let part = part.unwrap_or_default().to_owned();
                    desk.with_value(|desk| desk.type_in(&Field::District.into(), part));
                }
            }
            Did::Emptied => {
                bound.type_in(String::new());
                desk.with_value(|desk| desk.type_in(&Field::District.into(), String::new()));
            }
            Did::Nothing | Did::Moved | Did::Unclear => {}
        }
    };
    // The signal is free again before anything follows from it.
    let act = move |act: &dyn Fn(&mut Finding) -> Did| {
        let did = finding.try_update(act);
        follow(did.unwrap_or(Did::Nothing));
    };
    let press = move |event: KeyboardEvent| {
        let key = match event.key().as_str() {
            "ArrowDown" => Key::Down,
            "ArrowUp" => Key::Up,
            "Enter" => Key::Enter,
            "Escape" => Key::Escape,
            _ => return,
        };
        if event.is_composing() || !bound.is_editable.get_untracked() {
            return;
        }
        let did = finding
            .try_update(|finding| finding.press(key))
            .unwrap_or(Did::Nothing);
        if did != Did::Nothing {
            event.prevent_default();
            follow(did);
        }
    };
    let leave = move |_| {
        is_focused.set_value(false);
        let chosen = bound.shown.get_untracked();
        act(&|finding| finding.leave(&chosen));
        bound.blur();
    };
    let hits = memo(move || finding.with(|finding| finding.hits().to_vec()));
    let active = memo(move || finding.with(Finding::active));
    let is_open = move || hits.with(|hits| !hits.is_empty());
    let unclear_id = format!("{}-onduidelijk", bound.id());
    let described_by = {
        let unclear_id = unclear_id.clone();
        move || {
            let known = bound.described_by(true);
            let unclear = is_unclear.get().then(|| unclear_id.clone());
            known.into_iter().chain(unclear).collect::<Vec<_>>().join(" ")
        }
    };
    let invalid = move || is_unclear.get().then_some("true").or(bound.invalid());
    let option = move |(at, hit): (usize, Hit)| {
        view! {
            <li
                class="combobox__option"
                role="option"
                id=option_id(at)
                aria-selected=move || (active.get() == Some(at)).to_string()
                // The field keeps the focus.
                on:mousedown=move |event| event.prevent_default()
                on:click=move |_| act(&|finding| finding.choose(at))
            >
                <FoundBy hit=hit />
            </li>
        }
    };
    Effect::new(move || scroll_to(active.get()));
    view! {
        <div class="field">
            <label class="field__label" for=bound.id()>
                {bound.label}
            </label>
            <FieldHint bound=bound hint=Some(texts.story_place_hint()) />
            <div class="combobox">
                <input
                    class="field__input"
                    id=bound.id()
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    autocapitalize="words"
                    spellcheck="false"
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls=LIST
                    aria-expanded=move || is_open().to_string()
                    aria-activedescendant=move || active.get().map(option_id)
                    aria-describedby=described_by
                    aria-invalid=invalid
                    readonly=move || !bound.is_editable.get()
                    prop:value=move || finding.with(|finding| finding.text().to_owned())
                    on:input:target=move |event| {
                        let text = event.target().value();
                        act(&|finding| finding.type_in(text.clone()));
                    }
                    on:keydown=press
                    on:focus=move |_| {
                        is_focused.set_value(true);
                        bound.focus();
                    }
                    on:blur=leave
                />
                <ul class="combobox__list" role="listbox" id=LIST aria-label=texts.story_place_list()>
                    {move || hits.get().into_iter().enumerate().map(option).collect_view()}
                </ul>
            </div>
            <p class="combobox__none" role="status">
                {move || finding.with(Finding::found_nothing).then(|| texts.story_place_none())}
            </p>
            <p class="visually-hidden" role="status">
                {move || {
                    let n_hits = hits.with(Vec::len);
                    (n_hits > 0).then(|| texts.story_place_found(u64::try_from(n_hits).unwrap_or_default()))
                }}
            </p>
            {move || {
                let unclear_id = unclear_id.clone();
                is_unclear
                    .get()
                    .then(|| view! { <FieldError id=unclear_id words=texts.story_place_unclear() /> })
            }}
            <FieldNotes bound=bound />
        </div>
    }
}

/// What was found, and by which name.
#[component]
fn FoundBy(
    /// The hit.
    hit: Hit,
) -> impl IntoView {
    let texts = use_texts();
    let name = hit.municipality.name;
    let (found, why) = match hit.why {
        Why::Former(former) if former.name != name => (
            former.name,
            Some(format!("→ {name} · {}", texts.story_place_former())),
        ),
        Why::Part(part) if part != name => (part, Some(format!("→ {name} · {}", texts.story_place_part()))),
        Why::Postcode(code) => (name, Some(texts.story_place_postcode(&code.to_string()))),
        Why::Name | Why::Former(_) | Why::Part(_) => (name, None),
    };
    view! {
        <span>{found}</span>
        " "
        {why.map(|why| view! { <span class="combobox__why">{why}</span> })}
    }
}

fn option_id(at: usize) -> String {
    format!("{LIST}-{at}")
}

/// Keeps the active option in sight.
fn scroll_to(active: Option<usize>) {
    let option = active.and_then(|at| document().get_element_by_id(&option_id(at)));
    if let Some(option) = option {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
