//! `/app/teksten`: what tellers are asked, in languages that the network adds, and how it sounds.

use crate::permission::USES;
use crate::text_languages::{self, Asked, PROPOSED, direction, name, names, own, own_name};
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::coordinators_only::CoordinatorsOnly;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::notice::Notice;
use crate::ui::components::show::Show;
use crate::ui::components::text_field::TextField;
use crate::ui::components::text_part::{Editing, TextPart};
use crate::ui::components::text_versions::TextVersions;
use crate::ui::consent_texts;
use crate::ui::memo::memo;
use crate::ui::text_drafts::use_text_drafts;
use crate::ui::{focus, microphone, use_texts};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::command::Command;
use shared::view::ConsentTextView;
use texts::Locale;

/// Stands in the list for a language that is not in it.
const OTHER: &str = "-";

/// Languages, and the sentences of the one that is chosen.
#[component]
pub fn ConsentTexts() -> impl IntoView {
    let texts = use_texts();
    view! {
        <CoordinatorsOnly title=texts.asked_title()>
            <Screen />
        </CoordinatorsOnly>
    }
}

#[component]
fn Screen() -> impl IntoView {
    let texts = use_texts();
    let known = RwSignal::new(Vec::<ConsentTextView>::new());
    let failure = consent_texts::listen(move |told| known.set(told));
    let chosen = RwSignal::new(None::<String>);
    let can_record = microphone::media_type().is_some();
    view! {
        <p>
            <a class="button button--quiet" href="/app/leden">
                <Drawn icon=Icon::Back />
                {texts.home_members()}
            </a>
        </p>
        <h1>{texts.asked_title()}</h1>
        <div class="narrow stack stack--wide">
            <p class="lead">{texts.asked_intro()}</p>
            <Show when=move || !can_record>
                <p>{texts.asked_no_recorder()}</p>
            </Show>
            <FailureNotice failure=failure />
            <LanguageField known=known chosen=chosen />
            <For
                each=move || Vec::from_iter(chosen.get())
                key=|language| language.clone()
                children=move |language| view! { <LanguageTexts language=language known=known /> }
            />
        </div>
    }
}

/// A language of the network, of the app, or a new one.
#[component]
fn LanguageField(known: RwSignal<Vec<ConsentTextView>>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let texts = use_texts();
    let wants_other = RwSignal::new(false);
    let code = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let begun = memo(move || {
        known.with(|known| {
            let begun = text_languages::begun(known).into_iter();
            begun.map(|text| text.language.clone()).collect::<Vec<_>>()
        })
    });
    // A code stays in sight until its language stands in the list.
    let is_other = memo(move || {
        let is_listed = |tag: &String| {
            let is_proposed = PROPOSED.iter().any(|language| language.code == tag);
            own(tag).is_some() || is_proposed || begun.with(|begun| begun.contains(tag))
        };
        wants_other.get() && !chosen.with(|chosen| chosen.as_ref().is_some_and(is_listed))
    });
    let choose = move |value: String| {
        wrong.set(None);
        wants_other.set(value == OTHER);
        chosen.set((value != OTHER && !value.is_empty()).then_some(value));
    };
    let option = move |tag: String| {
        let (value, words) = (tag.clone(), names(texts, &tag));
        let is_chosen = move || chosen.with(|chosen| chosen.as_ref() == Some(&tag));
        view! {
            <option value=value prop:selected=is_chosen>
                {words}
            </option>
        }
    };
    let of_network = move || {
        let begun = begun.get();
        (!begun.is_empty()).then(|| {
            view! {
                <optgroup label=texts.asked_of_network()>
                    {begun.into_iter().map(option).collect_view()}
                </optgroup>
            }
        })
    };
    let of_app = Locale::ALL.into_iter().map(|own| option(own.tag().to_owned()));
    let of_app = of_app.collect_view();
    let new = move || {
        let begun = begun.get();
        let new = text_languages::proposed_by_name(texts)
            .into_iter()
            .map(str::to_owned);
        let new = new.filter(|code| !begun.contains(code)).map(option);
        new.collect_view()
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match text_languages::typed(&code.get_untracked()) {
            Some(tag) => {
                wrong.set(None);
                chosen.set(Some(tag));
                focus::first("#inhoud", "#teksten h2");
            }
            None => {
                wrong.set(Some(texts.asked_code_wrong().to_owned()));
                focus::first_invalid("#inhoud");
            }
        }
    };
    view! {
        <div class="stack">
            <div class="field">
                <label class="field__label" for="taal-van-de-teksten">
                    {texts.asked_language()}
                </label>
                <select
                    class="field__input"
                    id="taal-van-de-teksten"
                    autocomplete="off"
                    on:change:target=move |event| choose(event.target().value())
                >
                    <option value="">{texts.asked_choose()}</option>
                    {of_network}
                    <optgroup label=texts.asked_of_app()>{of_app}</optgroup>
                    <optgroup label=texts.asked_add()>
                        {new} <option value=OTHER prop:selected=move || is_other.get()>
                            {texts.asked_other()}
                        </option>
                    </optgroup>
                </select>
            </div>
            <Show when=move || is_other.get()>
                <form class="stack" on:submit=submit novalidate>
                    <TextField
                        id="taalcode"
                        label=texts.asked_code()
                        hint=texts.asked_code_hint()
                        value=code
                        error=wrong
                        capitals="none"
                    />
                    <div>
                        <button type="submit" class="button">
                            {texts.asked_code_go()}
                        </button>
                    </div>
                </form>
            </Show>
        </div>
    }
}

/// The sentences of a language.
#[component]
fn LanguageTexts(language: String, known: RwSignal<Vec<ConsentTextView>>) -> impl IntoView {
    let texts = use_texts();
    let is_own = own(&language).is_some();
    let tag = StoredValue::new(language.clone());
    let text = memo(move || {
        known.with(|known| {
            let mut known = known.iter();
            known
                .find(|text| tag.with_value(|tag| text.language == *tag))
                .cloned()
        })
    });
    let asked: Signal<Asked> =
        memo(move || known.with(|known| tag.with_value(|tag| consent_texts::asked(known, tag)))).into();
    let drafts = use_text_drafts();
    Effect::new(move || {
        let versions = text.with(|text| text.as_ref().map(|text| text.versions.clone()));
        if let Some(versions) = versions {
            tag.with_value(|tag| drafts.update(tag, |draft| draft.told(&versions)));
        }
    });
    let saving = Asking::new();
    let editing = Editing::new(tag, asked);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        editing.done.set(None);
        saving.forgive();
        let (is_too_long, (sentences, follows)) = tag
            .with_value(|tag| untrack(|| drafts.with(tag, |draft| (draft.is_too_long(), draft.to_save()))));
        if is_too_long {
            focus::first_invalid("#teksten");
            return;
        }
        let command = Command::SaveConsentText {
            language: tag.get_value(),
            sentences,
            follows,
        };
        saving.ask(command, move |_| {
            editing.done.set(Some(texts.asked_saved()));
            // What can be read aloud now has grown the form meanwhile.
            focus::into_sight("#teksten-gezegd");
        });
    };
    let parts = USES.into_iter().map(move |used| {
        let typed = memo(move || tag.with_value(|tag| drafts.with(tag, |draft| draft.text(used).to_owned())));
        let saved = memo(move || {
            if is_own {
                asked.with(|asked| asked.text(used).map(str::to_owned))
            } else {
                tag.with_value(|tag| drafts.with(tag, |draft| draft.saved(used)))
            }
        });
        let on_type = Callback::new(move |words| {
            editing.done.set(None);
            tag.with_value(|tag| drafts.update(tag, |draft| draft.type_in(used, words)));
        });
        view! {
            <TextPart
                used=used
                typed=(!is_own).then(|| typed.into())
                saved=saved.into()
                on_type=on_type
                editing=editing
            />
        }
    });
    let list = {
        let label = texts.asked_list(&texts.within_sentence(&name(texts, &language)));
        view! {
            <ul class="text-parts" role="list" aria-label=label>
                {parts.collect_view()}
            </ul>
        }
    };
    let standing = move || {
        asked.with(|asked| {
            let n_asked = USES.into_iter().filter(|used| asked.text(*used).is_some());
            let (n_asked, total) = (n_asked.count().to_string(), USES.len().to_string());
            let words = texts.asked_standing(&n_asked, &total, &asked.version.to_string());
            (asked.version != 0).then(|| view! { <p>{words}</p> })
        })
    };
    let two = move || {
        let text = text.get().filter(|text| text.versions.len() > 1 && !is_own);
        text.map(|text| view! { <TextVersions text=text asking=saving /> })
    };
    let is_too_new = memo(move || text.with(|text| text.as_ref().is_some_and(|text| text.too_new)));
    let heading = name(texts, &language);
    let dir = direction(&language);
    let own_name = own_name(texts, &language).map(|own_name| {
        view! {
            " · "
            <span lang=language dir=dir>
                {own_name}
            </span>
        }
    });
    let content = if is_own {
        view! {
            <p>{texts.asked_of_app_more()}</p>
            {list}
        }
        .into_any()
    } else {
        view! {
            {standing}
            {two}
            <form class="stack stack--wide" on:submit=submit novalidate>
                {list}
                <p class="soft">{texts.asked_missing_more()}</p>
                <FailureNotice failure=saving.failure() />
                <div class="actions">
                    <BusyButton busy=saving.busy()>{texts.asked_save()}</BusyButton>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="stack" id="teksten">
            <h2>{heading} {own_name}</h2>
            <Show when=move || is_too_new.get()>
                <Notice>
                    <p>{texts.failure_too_new()}</p>
                </Notice>
            </Show>
            {content}
            <p id="teksten-gezegd" role="status">
                {move || editing.done.get()}
            </p>
        </section>
    }
}
