//! Recording a consent.

use crate::permission::{self, USES, WAYS};
use crate::text_languages;
use crate::ui::components::as_read::AsRead;
use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::field_error::FieldError;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::read_aloud::ReadAloud;
use crate::ui::components::select::Select;
use crate::ui::components::show::Show;
use crate::ui::components::story_text;
use crate::ui::components::text_language::TextLanguage;
use crate::ui::components::use_box::UseBox;
use crate::ui::consent_texts;
use crate::ui::core_worker::Failure;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, focus, use_texts, words};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::command::{Command, CommandError};
use shared::view::{ConsentTextView, Given, NewConsent, Party, PhotoNeed, StoryView, TellerField, Use};
use std::collections::BTreeSet;

/// What is wrong with the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Whom,
    Uses,
    How,
    Until,
}

impl Wrong {
    const ALL: [Self; 4] = [Self::Whom, Self::Uses, Self::How, Self::Until];
}

/// For whom, which uses, how it was given and until when.
#[component]
pub fn ConsentForm(
    /// The story.
    desk: OpenStory,
    /// Called when it is recorded.
    on_done: Callback<()>,
    /// Called to leave it.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let teller = desk.with_value(|desk| desk.teller(TellerField::Name));
    let party = RwSignal::new(Party::Teller);
    let whom = RwSignal::new(String::new());
    let uses = RwSignal::new(Vec::<Use>::new());
    let given = RwSignal::new(None::<Given>);
    let until = RwSignal::new(String::new());
    let is_half_written = RwSignal::new(false);
    let is_tried = RwSignal::new(false);
    let last_moment = move || until.with(|day| clock::end_of_day(day));
    // Once it was sent off, each part that is wrong says so until it is right.
    let is_wrong = move |which: Wrong| {
        is_tried.get()
            && match which {
                // Only the teller needs no name.
                Wrong::Whom => party.get() == Party::Pictured && whom.with(|whom| whom.trim().is_empty()),
                Wrong::Uses => uses.with(Vec::is_empty),
                Wrong::How => given.with(Option::is_none),
                Wrong::Until => {
                    let (end, is_half_written) = (last_moment(), is_half_written.get());
                    let now = clock::now_ms();
                    until.with(|day| permission::is_no_last_day(day, is_half_written, end, now))
                }
            }
    };
    let is_unsaved = RwSignal::new(false);
    let asking = Asking::new();
    let read = AsRead::new(desk);
    read.take();
    // What was filled in stays, and counts for the text as it is read to her again.
    let failure = asking.failure();
    let has_changed = memo(move || failure.get() == Some(Failure::Refused(CommandError::TextChanged)));
    Effect::new(move || {
        if has_changed.get() {
            read.take();
        }
    });
    let known = RwSignal::new(Vec::<ConsentTextView>::new());
    let unread = consent_texts::listen(move |told| known.update(|known| text_languages::take(known, told)));
    let language = RwSignal::new(texts.tag().to_owned());
    let asked =
        memo(move || known.with(|known| language.with(|language| consent_texts::asked(known, language))));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if asking.busy().get_untracked() {
            return;
        }
        is_tried.set(true);
        is_unsaved.set(false);
        // A day without its year is no value, and no wish for no end either.
        let half_written = document().query_selector("#geldig-tot:invalid");
        is_half_written.set(half_written.is_ok_and(|found| found.is_some()));
        let is_any_wrong = untrack(|| Wrong::ALL.into_iter().any(is_wrong));
        let (false, Some(given)) = (is_any_wrong, given.get_untracked()) else {
            focus::first_invalid("dialog[open]");
            return;
        };
        let consent = NewConsent {
            party: party.get_untracked(),
            whom: match party.get_untracked() {
                Party::Teller | Party::Guardian => {
                    permission::whom(&whom.get_untracked(), &teller.get_untracked())
                }
                Party::Pictured => whom.get_untracked().trim().to_owned(),
            },
            uses: uses.get_untracked(),
            given,
            text_version: asked.with_untracked(|asked| asked.version),
            language: language.get_untracked(),
            until: untrack(last_moment),
        };
        let wording = read.wording();
        // She agreed to what stands on the screen.
        asking.ask_about(
            desk,
            is_unsaved,
            move |id| Command::AddConsent { id, consent, wording },
            move |_| on_done.run(()),
        );
    };
    let fault = move |which: Wrong, id: &'static str, words: &'static str| {
        view! {
            <Show when=move || is_wrong(which)>
                <FieldError id=id words=words />
            </Show>
        }
    };
    let invalid = move |which: Wrong| move || is_wrong(which).then_some("true");
    let described = move |which: Wrong, id: &'static str| move || is_wrong(which).then_some(id);
    let now_read = RwSignal::new(None::<Use>);
    // What cannot be asked in a language is not allowed in it.
    Effect::new(move || {
        asked.with(|asked| uses.update(|uses| uses.retain(|used| asked.text(*used).is_some())));
    });
    let is_preset = StoredValue::new(false);
    let was_heard = Callback::new(move |()| {
        // What somebody chose stays.
        if given.get_untracked().is_none() {
            given.set(Some(Given::ReadAloud));
            is_preset.set_value(true);
        }
    });
    // In another language nothing was heard yet.
    Effect::new(move || {
        language.track();
        if is_preset.try_update_value(std::mem::take) == Some(true) {
            given.set(None);
        }
    });
    let untranslated = move || {
        let is_whole = asked.with(|asked| USES.into_iter().all(|used| asked.text(used).is_some()));
        let name = || text_languages::name(texts, &language.get());
        let words = || texts.consent_untranslated(&texts.within_sentence(&name()));
        (!is_whole).then(|| view! { <p class="field__hint">{words()}</p> })
    };
    // Who is on a photo and has not allowed it.
    let story = desk.with_value(Desk::story);
    let on_photos = memo(move || story.with(|story| story.as_deref().map(unasked).unwrap_or_default()));
    let text_now = move || {
        let words = || story.with(|story| Some(story_text::words_of(texts, &story.as_ref()?.fields)));
        has_changed.get().then(words).flatten()
    };
    let names = move || {
        let is_asked = party.get() != Party::Teller;
        let names: Vec<_> = on_photos.get().into_iter().filter(|_| is_asked).collect();
        (!names.is_empty()).then(|| {
            let names = names.into_iter().map(|name| {
                let words = name.clone();
                view! {
                    <button
                        type="button"
                        class="chip chip--button"
                        on:click=move |_| whom.set(name.clone())
                    >
                        {words}
                    </button>
                }
            });
            view! {
                <div class="row" role="group" aria-label=texts.consent_whom_names()>
                    {names.collect_view()}
                </div>
            }
        })
    };
    let whom_hint = move || match party.get() {
        Party::Teller => texts.consent_whom_hint(),
        Party::Pictured => texts.consent_whom_hint_pictured(),
        Party::Guardian => texts.consent_whom_hint_guardian(),
    };
    let is_use_missing = memo(move || is_wrong(Wrong::Uses));
    let boxes = USES
        .into_iter()
        .map(|used| {
            view! {
                <UseBox
                    used=used
                    chosen=uses
                    prefix="mag"
                    asked=asked.into()
                    now=now_read
                    invalid=is_use_missing
                />
            }
        })
        .collect_view();
    let parties = [
        (Party::Teller, texts.consent_teller()),
        (Party::Pictured, texts.consent_pictured()),
        (Party::Guardian, texts.consent_guardian()),
    ];
    let parties = parties
        .into_iter()
        .map(|(choice, words)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="als-wie"
                        autocomplete="off"
                        prop:checked=move || party.get() == choice
                        on:change=move |_| party.set(choice)
                    />
                    <span>{words}</span>
                </label>
            }
        })
        .collect_view();
    let ways = WAYS.map(|way| (way, words::given(texts, way)));
    let is_way_missing = memo(move || is_wrong(Wrong::How));
    let choose_way = Callback::new(move |()| is_preset.set_value(false));
    view! {
        <form class="stack" on:submit=submit novalidate>
            <fieldset class="choices" role="radiogroup" aria-labelledby="als-wie">
                <legend class="field__label" id="als-wie">
                    {texts.consent_party()}
                </legend>
                <div class="choices choices--row">{parties}</div>
            </fieldset>
            <div class="field">
                <label class="field__label" for="voor-wie">
                    {texts.consent_whom()}
                </label>
                <p class="field__hint" id="voor-wie-hint">
                    {whom_hint}
                </p>
                <input
                    class="field__input"
                    id="voor-wie"
                    type="text"
                    autocomplete="off"
                    autocapitalize="words"
                    spellcheck="false"
                    aria-invalid=invalid(Wrong::Whom)
                    aria-describedby="voor-wie-hint voor-wie-fout"
                    prop:value=whom
                    on:input:target=move |event| whom.set(event.target().value())
                />
                {names}
                {fault(Wrong::Whom, "voor-wie-fout", texts.consent_whom_missing())}
            </div>
            <FailureNotice failure=unread />
            <TextLanguage known=known language=language />
            <fieldset class="choices" aria-describedby=described(Wrong::Uses, "mag-fout")>
                <legend class="field__label">{texts.consent_uses()}</legend>
                // Before the boxes: after them it would lie below the screen of a phone.
                {fault(Wrong::Uses, "mag-fout", texts.consent_uses_missing())}
                <ReadAloud ticked=uses now=now_read asked=asked.into() on_heard=was_heard />
                {untranslated}
                {boxes}
            </fieldset>
            <Select
                id="hoe-gegeven"
                label=texts.consent_how()
                none=texts.consent_how_choose()
                choices=ways.to_vec()
                chosen=given
                is_wrong=is_way_missing
                wrong=texts.consent_how_missing()
                on_choose=choose_way
            />
            <div class="field field--short">
                <label class="field__label" for="geldig-tot">
                    {texts.consent_until()}
                </label>
                <p class="field__hint" id="geldig-tot-hint">
                    {texts.consent_until_hint()}
                </p>
                <input
                    class="field__input"
                    id="geldig-tot"
                    type="date"
                    autocomplete="off"
                    aria-invalid=invalid(Wrong::Until)
                    aria-describedby="geldig-tot-hint geldig-tot-fout"
                    prop:value=until
                    on:input:target=move |event| {
                        is_half_written.set(false);
                        until.set(event.target().value());
                    }
                />
                {fault(Wrong::Until, "geldig-tot-fout", texts.consent_until_past())}
            </div>
            <Show when=move || is_unsaved.get()>
                <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                    <p>{texts.consent_not_saved()}</p>
                </Notice>
            </Show>
            <FailureNotice failure=failure />
            {text_now}
            <div class="dialog__actions">
                <button type="button" class="button button--quiet" on:click=move |_| on_cancel.run(())>
                    {texts.consent_cancel()}
                </button>
                <BusyButton busy=asking.busy()>{texts.consent_record()}</BusyButton>
            </div>
        </form>
    }
}

/// People on photos whose consent is looked for in vain, each once.
fn unasked(story: &StoryView) -> Vec<String> {
    let needs = story.photos.iter().flat_map(|photo| &photo.needs);
    let names = needs.filter_map(|need| match need {
        PhotoNeed::Consent(name, _) => Some(name.clone()),
        PhotoNeed::Description
        | PhotoNeed::Answer
        | PhotoNeed::Who
        | PhotoNeed::Guardian
        | PhotoNeed::TakenBack
        | PhotoNeed::Conflict
        | PhotoNeed::Bytes
        | PhotoNeed::TooMuch => None,
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
