//! Exactly what would be published, drawn as its public page is.

use crate::choices;
use crate::ui::components::written::Written;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::places::{self, Municipality};
use shared::view;
use texts::Locale;

/// The public page of a story, with nothing beside it.
#[component]
pub fn Preview(
    /// What would be sent.
    preview: view::Preview,
) -> impl IntoView {
    let texts = use_texts();
    let language = preview.language.clone();
    let sections = preview.sections.iter().map(|(field, text)| {
        view! {
            <section class="story__move">
                <h4>{words::field(texts, *field)}</h4>
                <div class="story__words" lang=language.clone() dir="auto">
                    <Written text=text.clone() />
                </div>
            </section>
        }
    });
    let has_summary = !preview.summary.trim().is_empty();
    view! {
        <article class="story preview">
            <header class="story__head">
                <p class="story__place">{place_words(texts, &preview)}</p>
                <h3 lang=language.clone() dir="auto">
                    {preview.title.clone()}
                </h3>
                {has_summary
                    .then(|| {
                        view! {
                            <p class="story__lead" lang=language.clone() dir="auto">
                                {preview.summary.clone()}
                            </p>
                        }
                    })}
                {preview
                    .name
                    .as_deref()
                    .map(|name| view! { <p class="story__by">{texts.site_story_by(name)}</p> })}
            </header>
            <div class="story__text">{sections.collect_view()}</div>
            <Foot preview=preview.clone() />
        </article>
    }
}

#[component]
fn Foot(preview: view::Preview) -> impl IntoView {
    let texts = use_texts();
    let known = choices::languages(texts);
    let language = known
        .iter()
        .find(|(tag, _)| *tag == preview.language && *tag != texts.tag());
    let language = language.map(|(_, name)| texts.site_story_language(&texts.within_sentence(name)));
    let audience = (!preview.audience.is_empty()).then(|| texts.site_story_audience(&preview.audience));
    let themes = choices::themes(texts);
    let themes: Vec<_> = preview
        .themes
        .iter()
        .filter_map(|id| themes.iter().find(|(known, _)| known == id))
        .map(|(_, name)| view! { <li class="chip">{*name}</li> })
        .collect();
    let is_empty = language.is_none() && audience.is_none() && themes.is_empty();
    (!is_empty).then(|| {
        view! {
            <footer class="story__foot">
                {language.map(|language| view! { <p>{language}</p> })}
                {audience.map(|audience| view! { <p>{audience}</p> })}
                {(!themes.is_empty())
                    .then(|| {
                        view! {
                            <ul class="chips" role="list" aria-label=texts.site_story_themes()>
                                {themes}
                            </ul>
                        }
                    })}
            </footer>
        }
    })
}

/// "Kuringen, Hasselt, Limburg", as the public page writes it.
fn place_words(texts: Locale, preview: &view::Preview) -> String {
    let name = preview.municipality.as_str();
    let place = match &preview.district {
        Some(district) if district != name => texts.words_within(district, name),
        Some(_) | None => name.to_owned(),
    };
    match municipality_named(name) {
        Some(known) if known.province.name() != name => {
            format!("{place}, {}", words::province(texts, known.province))
        }
        Some(_) | None => place,
    }
}

fn municipality_named(name: &str) -> Option<&'static Municipality> {
    places::municipalities().iter().find(|place| place.name == name)
}
