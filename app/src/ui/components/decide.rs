//! What decides about a story: consent, place, teller, what is missing, and the decisions.

use crate::main_step::{MainStep, Site};
use crate::ui::choices_words;
use crate::ui::components::ask_back::AskBack;
use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::missing_list::MissingList;
use crate::ui::components::not_publish::NotPublish;
use crate::ui::components::outcome::{self, Outcome};
use crate::ui::components::publish_part::PublishPart;
use crate::ui::components::questions::Questions;
use crate::ui::components::show::Show;
use crate::ui::components::story_sign::StorySign;
use crate::ui::components::teller_agrees::TellerAgrees;
use crate::ui::components::use_checks::UseChecks;
use crate::ui::components::withdraw_part::WithdrawPart;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::routes::review::use_queue;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{Field, Intent, Missing, StoryRow, StoryState, StoryView, Teller};
use std::sync::Arc;
use texts::Locale;

/// What decides, beside the story.
#[component]
pub fn Decide(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let missing = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .map(|story| story.row.missing.clone())
                .unwrap_or_default()
        })
    });
    let has_address = memo(move || {
        story.with(|story| {
            let address = story
                .as_ref()
                .and_then(|story| story.fields.get(&Field::ExactPlace));
            address.is_some_and(|address| !address.trim().is_empty())
        })
    });
    view! {
        <aside class="review__side" aria-label=texts.review_side()>
            <StorySign desk=desk among_others=true />
            <Questions desk=desk />
            <section class="sheet stack stack--tight" aria-labelledby="toestemming">
                <h2 id="toestemming">{texts.review_consent_title()}</h2>
                <UseChecks story=story />
            </section>
            <section class="sheet stack stack--tight" aria-labelledby="op-de-kaart">
                <h2 id="op-de-kaart">{texts.review_place_title()}</h2>
                <p>{move || story.get().map(|story| place_words(texts, &story))}</p>
                <Show when=move || has_address.get()>
                    <p class="soft">{texts.review_place_inside()}</p>
                </Show>
            </section>
            <section class="sheet stack stack--tight" aria-labelledby="de-verteller">
                <h2 id="de-verteller">{texts.review_teller_title()}</h2>
                {move || story.get().map(|story| teller_words(texts, &story))}
            </section>
            <Decisions desk=desk story=story missing=missing />
        </aside>
    }
}

/// How it stands, what is missing, and the buttons.
#[component]
fn Decisions(
    desk: OpenStory,
    #[prop(into)] story: Signal<Option<Arc<StoryView>>>,
    #[prop(into)] missing: Signal<Vec<Missing>>,
) -> impl IntoView {
    let texts = use_texts();
    let id = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .map(|story| story.row.id.clone())
                .unwrap_or_default()
        })
    });
    let is_reviewable =
        memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.reviewable)));
    let intent = memo(move || story.with(|story| story.as_ref()?.row.intent));
    let comes_down = memo(move || intent.get() == Some(Intent::Withdraw));
    let is_online =
        memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.online_version.is_some())));
    let has_row = move |holds: fn(&StoryRow) -> bool| {
        memo(move || story.with(|story| story.as_ref().is_some_and(|story| holds(&story.row))))
    };
    let to_choose = has_row(|row| row.lacks(Missing::Conflict));
    let to_approve = has_row(|row| row.needs_approval() && !row.lacks(Missing::Conflict));
    let state = memo(move || story.with(|story| story.as_ref().map(|story| story.row.state)));
    let is_under_way = move || intent.get().is_some_and(|intent| intent != Intent::PreviewAgain);
    let to_refuse = move || !is_online.get() && !is_under_way();
    let can_publish = move || is_reviewable.get() && !is_under_way();
    let queue = use_queue();
    // The longest waiting of all others.
    let next = memo(move || {
        let is_open = state.get() == Some(StoryState::Submitted);
        let next = queue.with(|queue| {
            let mut others = queue.to_read.iter().filter(|row| row.id != id.get());
            others.next().map(|row| row.id.clone())
        });
        next.filter(|_| !is_open)
    });
    // Where the core cannot tell, what was approved on this screen is newer.
    let was_approved = RwSignal::new(false);
    let site = memo(move || {
        story.with(|story| {
            let Some(story) = story else { return Site::Same };
            match (story.row.intent, story.outdated) {
                (Some(Intent::Publish | Intent::Withdraw | Intent::Erase), _) => Site::OnItsWay,
                // What was to go online did not.
                (_, Some(true)) | (Some(Intent::PreviewAgain), None) => Site::Older,
                (None, None) if was_approved.get() => Site::Older,
                (Some(Intent::PreviewAgain) | None, Some(false)) | (None, None) => Site::Same,
            }
        })
    });
    // It is where it should be.
    let is_done = move || is_online.get() && site.get() == Site::Same && missing.with(Vec::is_empty);
    let main = memo(move || {
        let main = story.with(|story| {
            let story = story.as_ref()?;
            Some(MainStep::new(&story.row, site.get()))
        });
        let main = main.filter(|_| is_reviewable.get());
        main.unwrap_or(MainStep::Next)
    });
    let class = move |step: MainStep| {
        Signal::derive(move || {
            if main.get() == step {
                "button--wide"
            } else {
                "button--quiet"
            }
        })
    };
    let to_withdraw = move || is_online.get() || intent.get() == Some(Intent::Publish);
    let asking = Asking::new();
    asking.forgive_when_changed(missing);
    let approve = Callback::new(move |()| {
        asking.ask(
            Command::ApproveStory {
                id: id.get_untracked(),
            },
            move |_| {
                was_approved.set(true);
                outcome::show();
            },
        );
    });
    let decided = Callback::new(move |()| {
        was_approved.set(false);
        outcome::show();
    });
    view! {
        <div class="stack stack--tight decisions" role="group" aria-label=texts.review_side()>
            <Outcome desk=desk site=site />
            <Show when=move || !is_done() && (missing.with(|missing| !missing.is_empty()) || can_publish())>
                <section class="stack stack--tight" aria-labelledby="nog-nodig">
                    <h2 id="nog-nodig">{texts.review_missing_title()}</h2>
                    <Show
                        when=move || missing.with(|missing| !missing.is_empty())
                        fallback=move || view! { <p>{texts.review_missing_none()}</p> }
                    >
                        <MissingList missing=missing />
                    </Show>
                </section>
            </Show>
            <FailureNotice failure=asking.failure() />
            <div class="decisions__buttons">
                <Show when=move || is_reviewable.get()>
                    <Show when=move || to_choose.get()>
                        <button
                            type="button"
                            class=move || ["button ", class(MainStep::Choose).get()].concat()
                            on:click=move |_| focus::part(".versions")
                        >
                            {texts.review_do_choose()}
                        </button>
                    </Show>
                    <Show when=move || to_approve.get()>
                        <BusyButton busy=asking.busy() on_press=approve class=class(MainStep::Approve)>
                            <Drawn icon=Icon::Check />
                            {texts.review_do_approve()}
                        </BusyButton>
                    </Show>
                    <TellerAgrees desk=desk class=class(MainStep::Agree) />
                    <PublishPart
                        desk=desk
                        story=id
                        missing=missing
                        comes_down=comes_down
                        class=class(MainStep::Publish)
                        on_published=decided
                    />
                    <Show when=to_withdraw>
                        <WithdrawPart story=id on_withdrawn=decided />
                    </Show>
                    <Show when=to_refuse>
                        <AskBack story=story class=class(MainStep::AskBack) on_asked=decided />
                        <NotPublish story=id on_decided=decided />
                    </Show>
                </Show>
                {move || {
                    next.get()
                        .map(|next| {
                            view! {
                                <a
                                    class=move || ["button ", class(MainStep::Next).get()].concat()
                                    href=format!("/app/nalezen/{next}")
                                >
                                    {texts.review_next()}
                                </a>
                            }
                        })
                }}
            </div>
        </div>
    }
}

/// The place as precisely as it will be shown.
fn place_words(texts: Locale, story: &StoryView) -> String {
    let value = |field| story.fields.get(&field).map_or("", String::as_str);
    let Some(municipality) = words::municipality(value(Field::Municipality)) else {
        return texts.review_place_none().to_owned();
    };
    match value(Field::District).trim() {
        "" => texts.review_place_only_municipality(municipality),
        district => texts.words_within(district, municipality),
    }
}

fn teller_words(texts: Locale, story: &StoryView) -> impl IntoView + use<> {
    let Teller { name, reach } = story.teller.clone();
    let is_known = !name.is_empty() || !reach.is_empty();
    let naming = story.fields.get(&Field::NameOnline).map_or("", String::as_str);
    let shown = match naming {
        "" => texts.review_teller_unchosen().to_owned(),
        "none" => texts.review_teller_shown_not().to_owned(),
        "other" => {
            let other = story.fields.get(&Field::OtherName).map_or("", String::as_str);
            texts.review_teller_shown_as(other)
        }
        naming => texts.review_teller_shown_as(&choices_words::value(texts, Field::NameOnline, naming)),
    };
    let age = story.fields.get(&Field::Age).filter(|age| !age.is_empty());
    let age = age.map(|age| {
        let words = choices_words::value(texts, Field::Age, age);
        let is_minor = matches!(age.as_str(), "teen" | "child");
        view! {
            <p>{words}</p>
            {is_minor.then(|| view! { <p class="soft">{texts.review_teller_minor()}</p> })}
        }
    });
    view! {
        {if is_known {
            view! {
                <p>
                    <strong>{name}</strong>
                </p>
                <p>{reach}</p>
            }
                .into_any()
        } else {
            view! { <p>{texts.review_teller_unknown()}</p> }.into_any()
        }}
        {age}
        <p class="soft">{shown}</p>
    }
}
