//! A story as it is read, with all that is known about it.

use crate::stands::Stands;
use crate::ui::choices_words;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::chip::StateChip;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::public_link::PublicLink;
use crate::ui::components::story_item::{place, title};
use crate::ui::components::written::Written;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{clock, use_texts, words};
use leptos::prelude::*;
use shared::publication::Heading;
use shared::view::{Field, StoryRow};
use std::collections::BTreeMap;
use texts::Locale;

type Fields = BTreeMap<Field, String>;

/// What is told about a story beside its text.
const FACTS: [Field; 6] = [
    Field::Kind,
    Field::Language,
    Field::Themes,
    Field::Audience,
    Field::Part,
    Field::ExactPlace,
];

/// Title, text and facts.
#[component]
pub fn StoryText(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    // Each part is drawn anew only when it changes: the heading may have the focus.
    let row = memo(move || story.with(|story| story.as_ref().map(|story| story.row.clone())));
    let fields = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .map(|story| story.fields.clone())
                .unwrap_or_default()
        })
    });
    let stands = memo(move || row.with(|row| row.as_ref().map_or(Stands::NEW, Stands::of)));
    let heading = memo(move || row.with(|row| row.as_ref().map(|row| title(texts, row))));
    let line = memo(move || row.with(|row| row.as_ref().map(|row| who_where_when(texts, row))));
    let lang = memo(move || {
        let language = fields.with(|fields| text(fields, Field::Language).to_owned());
        (!language.is_empty()).then_some(language)
    });
    let edit = memo(move || {
        story.with(|story| {
            let story = story.as_ref().filter(|story| story.editable)?;
            Some(format!("/app/verhalen/{}", story.row.id))
        })
    });
    let summary = move || {
        let summary = fields.with(|fields| text(fields, Field::Summary).trim().to_owned());
        (!summary.is_empty()).then(|| {
            view! {
                <p class="lead" lang=lang.get() dir="auto">
                    {summary}
                </p>
            }
        })
    };
    let link = move || {
        edit.get().map(|address| {
            view! {
                <p>
                    <a class="button button--quiet" href=address>
                        <Drawn icon=Icon::Pencil />
                        {texts.review_edit()}
                    </a>
                </p>
            }
        })
    };
    view! {
        <article class="sheet stack">
            <header class="stack stack--tight">
                <div class="row">
                    <StateChip stands=stands />
                    <p class="soft">{line}</p>
                </div>
                <h1 lang=move || lang.get() dir="auto">
                    {heading}
                </h1>
                {summary}
                <PublicLink desk=desk />
            </header>
            {move || fields.with(|fields| sections(texts, fields, lang.get()))}
            {move || fields.with(|fields| facts(texts, fields))}
            {link}
        </article>
    }
}

fn who_where_when(texts: Locale, row: &StoryRow) -> String {
    let author = row.author.as_deref().unwrap_or_else(|| texts.app_unknown_name());
    let when = clock::day(texts, row.submitted_at.unwrap_or(row.changed_at));
    texts.review_three(author, place(texts, row), &when)
}

/// Title, summary and text alone: what is read to the teller.
pub fn words_of(texts: Locale, fields: &Fields) -> impl IntoView + use<> {
    let language = text(fields, Field::Language).to_owned();
    let lang = (!language.is_empty()).then_some(language);
    let lines = [Field::Title, Field::Summary].map(|field| text(fields, field).trim().to_owned());
    let lines: Vec<_> = lines
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(|line| {
            view! {
                <p class="lead" lang=lang.clone() dir="auto">
                    {line}
                </p>
            }
        })
        .collect();
    view! { <div class="sheet stack">{lines} {sections(texts, fields, lang)}</div> }
}

fn sections(texts: Locale, fields: &Fields, lang: Option<String>) -> AnyView {
    let headings = Heading::ALL.into_iter().map(Heading::field);
    let sections: Vec<_> = headings
        .filter(|field| !text(fields, *field).trim().is_empty())
        .map(|field| {
            view! {
                <section class="stack stack--tight">
                    <h2>{words::field(texts, field)}</h2>
                    <div class="story__words" lang=lang.clone() dir="auto">
                        <Written text=text(fields, field).to_owned() />
                    </div>
                </section>
            }
        })
        .collect();
    if sections.is_empty() {
        view! { <p>{texts.review_empty_text()}</p> }.into_any()
    } else {
        sections.into_any()
    }
}

fn facts(texts: Locale, fields: &Fields) -> Option<impl IntoView + use<>> {
    let facts: Vec<_> = FACTS
        .into_iter()
        .filter(|field| !text(fields, *field).trim().is_empty())
        .map(|field| {
            view! {
                <div>
                    <dt>{words::field(texts, field)}</dt>
                    <dd>{choices_words::value(texts, field, text(fields, field))}</dd>
                </div>
            }
        })
        .collect();
    (!facts.is_empty()).then(|| {
        view! {
            <section class="stack stack--tight" aria-labelledby="over-dit-verhaal">
                <h2 id="over-dit-verhaal">{texts.review_facts()}</h2>
                <dl class="facts">{facts}</dl>
            </section>
        }
    })
}

fn text(fields: &Fields, field: Field) -> &str {
    fields.get(&field).map_or("", String::as_str)
}
