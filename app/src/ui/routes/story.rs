//! `/app/verhalen/<id>`: writing a story down. There is no button to save: it is stored while somebody types.

use crate::choices;
use crate::media_fields;
use crate::stands::Stands;
use crate::steps::Step;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::chip::StateChip;
use crate::ui::components::consents::Consents;
use crate::ui::components::decision_notice::DecisionNotice;
use crate::ui::components::delete_part::DeletePart;
use crate::ui::components::district_field::DistrictField;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::in_trash::InTrash;
use crate::ui::components::municipality_field::MunicipalityField;
use crate::ui::components::naming_choice::NamingChoice;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::photos::Photos;
use crate::ui::components::public_link::PublicLink;
use crate::ui::components::questions::Questions;
use crate::ui::components::recordings::Recordings;
use crate::ui::components::show::Show;
use crate::ui::components::story_sign::StorySign;
use crate::ui::components::submit_part::SubmitPart;
use crate::ui::components::teller_fields::TellerFields;
use crate::ui::components::telling_steps::{NextStep, TellingSteps};
use crate::ui::components::theme_boxes::ThemeBoxes;
use crate::ui::components::typed_line::TypedLine;
use crate::ui::components::typed_prose::TypedProse;
use crate::ui::components::typed_select::TypedSelect;
use crate::ui::components::unknown_story::UnknownStory;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::open_desk::use_open_desk;
use crate::ui::{browser, use_texts};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::publication::SUMMARY_CHARS_MAX;
use shared::view::{Field, Intent, StoryState};

/// The form of a story.
#[component]
pub fn Story() -> impl IntoView {
    let desk = use_open_desk();
    let navigate = use_navigate();
    // A new story gets its address as soon as it has an id; nothing is stored before the first words.
    Effect::new(move || {
        let Some(open) = desk.get() else { return };
        if let Some(id) = open.id().get()
            && open.is_blank().get_untracked()
        {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            // Below the base of the router.
            navigate(&format!("/verhalen/{id}"), options);
        }
    });
    move || {
        desk.get().map(|desk| {
            let (failure, story) = (desk.failure(), desk.story());
            // What is on the screen stays there.
            let is_nowhere = memo(move || failure.with(Option::is_some) && story.with(Option::is_none));
            let desk = StoredValue::new_local(desk);
            view! {
                <Show when=move || !is_nowhere.get() fallback=move || view! { <UnknownStory failure=failure /> }>
                    <StoryForm desk=desk />
                </Show>
            }
        })
    }
}

#[component]
fn StoryForm(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let title = desk.with_value(|desk| desk.shown(Field::Title));
    let language = desk.with_value(|desk| desk.shown(Field::Language));
    let lang = Signal::derive(move || {
        let language = language.get();
        if language.is_empty() {
            NEW_LANGUAGE.to_owned()
        } else {
            language
        }
    });
    let is_there = memo(move || story.with(Option::is_some));
    let is_deleted = desk.with_value(Desk::is_deleted);
    let mine = memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.row.mine)));
    let heading = move || {
        let title = title.get();
        if title.trim().is_empty() {
            texts.stories_new().to_owned()
        } else {
            title
        }
    };
    let heading_lang = move || title.with(|title| !title.trim().is_empty()).then(|| lang.get());
    view! {
        <div class="narrow stack stack--wide story-form">
            <BackToReview desk=desk />
            <header class="stack stack--tight">
                <h1 lang=heading_lang dir="auto">
                    {heading}
                </h1>
                <State desk=desk />
                <TellingSteps desk=desk />
            </header>
            <Status desk=desk />
            // What is typed before the story is there would have nowhere to go.
            <Show when=move || is_there.get()>
                <Show
                    when=move || !is_deleted.get()
                    fallback=move || view! { <InTrash mine=mine /> }
                >
                    <DecisionNotice desk=desk />
                    <Questions desk=desk with_fields=true />
                    <Known desk=desk />
                    <Form desk=desk lang=lang />
                </Show>
            </Show>
        </div>
    }
}

/// Whoever changes what is somebody else's came from reading it again.
#[component]
fn BackToReview(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let address = memo(move || {
        story.with(|story| {
            let story = story
                .as_ref()
                .filter(|story| story.reviewable && !story.row.mine)?;
            Some(format!("/app/nalezen/{}", story.row.id))
        })
    });
    move || {
        address.get().map(|address| {
            view! {
                <p>
                    <a class="button button--quiet" href=address>
                        <Drawn icon=Icon::Back />
                        {texts.story_back_to_review()}
                    </a>
                </p>
            }
        })
    }
}

/// Language of a story that names none.
const NEW_LANGUAGE: &str = "nl";

#[component]
fn State(desk: OpenStory) -> impl IntoView {
    let story = desk.with_value(Desk::story);
    let stands =
        memo(move || story.with(|story| story.as_ref().map_or(Stands::NEW, |story| Stands::of(&story.row))));
    view! {
        <div class="row">
            <StateChip stands=stands />
            <PublicLink desk=desk />
        </div>
    }
}

#[component]
fn Status(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let is_blank = desk.with_value(Desk::is_blank);
    let is_refused = desk.with_value(Desk::is_refused);
    let failure = desk.with_value(Desk::failure);
    view! {
        <div class="story-form__status">
            <StorySign desk=desk />
        </div>
        <Show when=move || is_blank.get()>
            <p class="soft">{texts.story_saved_alone()}</p>
        </Show>
        <FailureNotice failure=failure />
        <Show when=move || is_refused.get()>
            <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                <p>
                    <strong>{texts.story_unsaved()}</strong>
                </p>
                <p>{texts.story_unsaved_more()}</p>
                <button type="button" class="button button--quiet" on:click=move |_| desk.with_value(Desk::retry)>
                    {texts.app_retry()}
                </button>
            </Notice>
        </Show>
    }
}

/// What there is to know before changing it.
#[component]
fn Known(desk: OpenStory) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let about = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            Some((
                story.editable,
                story.too_new,
                story.row.mine,
                story.row.author.clone(),
            ))
        })
    });
    let conflict = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            media_fields::is_disputed(story).then(|| (story.reviewable, story.row.id.clone()))
        })
    });
    let note = move || {
        let (is_editable, is_too_new, is_mine, author) = about.get()?;
        let words = match (is_editable, is_too_new, is_mine, author) {
            (false, true, _, _) => texts.failure_too_new().to_owned(),
            (false, false, _, _) => texts.story_read_only().to_owned(),
            (true, _, true, _) => return None,
            (true, _, false, Some(name)) => texts.story_of_other(&name),
            (true, _, false, None) => texts.story_of_unknown().to_owned(),
        };
        Some(view! {
            <Notice>
                <p>{words}</p>
            </Notice>
        })
    };
    // Its state, and whether it changed since it was approved.
    let approved = memo(move || {
        story.with(|story| {
            let story = story.as_ref().filter(|story| story.editable)?;
            let row = &story.row;
            let has_page = row.state == StoryState::Online && row.intent != Some(Intent::Withdraw);
            let is_approved = has_page || row.state == StoryState::Approved;
            is_approved.then(|| (story.row.state, story.row.needs_approval()))
        })
    });
    let lapses = move || {
        let (words, more) = match approved.get()? {
            (StoryState::Online, true) => (texts.outcome_online_before(), Some(texts.story_online_at_once())),
            (StoryState::Online, false) => (texts.story_online(), Some(texts.story_online_at_once())),
            (_, true) => return None,
            (_, false) => (texts.story_approval_lapses(), None),
        };
        Some(view! {
            <Notice>
                <p>{words}</p>
                {more.map(|more| view! { <p>{more}</p> })}
            </Notice>
        })
    };
    let versions = move || {
        let (is_reviewable, id) = conflict.get()?;
        let words = if is_reviewable {
            texts.story_conflict_choose()
        } else {
            texts.story_conflict()
        };
        let link = is_reviewable.then(|| {
            view! {
                <a class="button button--quiet" href=format!("/app/nalezen/{id}")>
                    {texts.story_to_review()}
                </a>
            }
        });
        Some(view! {
            <Notice weight=Weight::Wait aloud=Aloud::Politely>
                <p>{words}</p>
                {link}
            </Notice>
        })
    };
    view! {
        {note}
        {lapses}
        {versions}
    }
}

#[component]
fn Form(desk: OpenStory, lang: Signal<String>) -> impl IntoView {
    let texts = use_texts();
    let prose = move |field| view! { <TypedProse desk=desk field=field lang=lang /> };
    view! {
        <section class="stack" aria-labelledby=Step::Words.heading_id()>
            <h2 id=Step::Words.heading_id()>{texts.story_part_words()}</h2>
            <TypedLine
                desk=desk
                field=Field::Title
                class="field__input--large"
                hint=Some(texts.story_hint_title())
                lang=Some(lang)
            />
            <TypedProse desk=desk field=Field::Happened hint=Some(texts.story_hint_happened()) lang=lang />
            {prose(Field::Who)}
            {prose(Field::Cause)}
            {prose(Field::Changed)}
            {prose(Field::Tips)}
            <TypedProse
                desk=desk
                field=Field::Summary
                hint=Some(texts.story_hint_summary())
                limit=Some(SUMMARY_CHARS_MAX)
                lang=lang
            />
            <NextStep step=Step::Media />
        </section>
        <section class="stack" aria-labelledby=Step::Media.heading_id()>
            <h2 id=Step::Media.heading_id()>{texts.story_part_media()}</h2>
            <Photos desk=desk />
            <Recordings desk=desk />
            <NextStep step=Step::Place />
        </section>
        <section class="stack" aria-labelledby=Step::Place.heading_id()>
            <h2 id=Step::Place.heading_id()>{texts.story_part_place()}</h2>
            <MunicipalityField desk=desk />
            <DistrictField desk=desk />
            <TypedLine desk=desk field=Field::ExactPlace hint=Some(texts.story_hint_exact_place()) />
        </section>
        <details class="fold" prop:open=browser::has_room()>
            <summary class="fold__head">
                <h2>{texts.story_part_sorting()}</h2>
            </summary>
            <div class="stack">
                <TypedSelect
                    desk=desk
                    field=Field::Language
                    choices=choices::languages(texts)
                    hint=Some(texts.story_hint_language())
                />
                <TypedSelect desk=desk field=Field::Kind choices=choices::kinds(texts) />
                <ThemeBoxes desk=desk />
                <TypedLine desk=desk field=Field::Audience hint=Some(texts.story_hint_audience()) lang=Some(lang) />
                <TypedSelect
                    desk=desk
                    field=Field::Part
                    choices=choices::parts(texts)
                    hint=Some(texts.story_hint_part())
                />
            </div>
        </details>
        <NextStep step=Step::Teller />
        <section class="stack" aria-labelledby=Step::Teller.heading_id()>
            <h2 id=Step::Teller.heading_id()>{texts.story_part_teller()}</h2>
            <TellerFields desk=desk />
            <TypedSelect
                desk=desk
                field=Field::Age
                choices=choices::ages(texts)
                hint=Some(texts.story_hint_age())
            />
            <NamingChoice desk=desk />
            <NextStep step=Step::Consent />
        </section>
        <section class="stack" aria-labelledby=Step::Consent.heading_id()>
            <h2 id=Step::Consent.heading_id()>{texts.story_part_consent()}</h2>
            <Consents desk=desk />
            <NextStep step=Step::Ready />
        </section>
        <section class="stack" aria-labelledby=Step::Ready.heading_id()>
            <h2 id=Step::Ready.heading_id()>{texts.story_part_submit()}</h2>
            <SubmitPart desk=desk />
            <DeletePart desk=desk />
        </section>
    }
}
