//! Exactly what would be published, drawn as its public page is.

use crate::choices;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::written::Written;
use crate::ui::loaded::use_loaded;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::places::{self, Municipality};
use shared::view::{self, PreviewPhoto, PreviewSound, Which};
use texts::Locale;

/// The public page of a story, with nothing beside it.
#[component]
pub fn Preview(
    /// The story.
    desk: OpenStory,
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
    let mut photos = preview.photos.clone();
    let others = photos.split_off(photos.len().min(1));
    let lang = language.clone();
    let picture = move |photo| view! { <Picture desk=desk photo=photo lang=lang.clone() /> };
    let lead = photos.into_iter().map(picture.clone());
    let lead = lead.map(|picture| view! { <div class="story__lead-photo">{picture}</div> });
    let others: Vec<_> = others
        .into_iter()
        .map(|photo| view! { <li>{picture(photo)}</li> })
        .collect();
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
            {lead.collect_view()}
            <div class="story__text">{sections.collect_view()}</div>
            <Sounds desk=desk sounds=preview.sounds.clone() lang=language.clone() />
            {(!others.is_empty())
                .then(|| {
                    view! {
                        <ul class="story__photos" role="list" aria-label=texts.site_media_photos()>
                            {others}
                        </ul>
                    }
                })}
            <Foot preview=preview.clone() />
        </article>
    }
}

/// A photo, as large as the page has room for.
#[component]
fn Picture(desk: OpenStory, photo: PreviewPhoto, lang: String) -> impl IntoView {
    let always = Signal::stored(true);
    let loading = use_loaded(desk, photo.media, Which::Full, always, always);
    view! {
        <img
            class="story__photo"
            src=move || loading.get().address()
            alt=photo.alt
            lang=lang
            width=photo.width.to_string()
            height=photo.height.to_string()
        />
    }
}

/// Recordings, each with its parts and what is said in them.
#[component]
fn Sounds(desk: OpenStory, sounds: Vec<PreviewSound>, lang: String) -> impl IntoView {
    let texts = use_texts();
    let is_empty = sounds.is_empty();
    let items = sounds.into_iter().map(move |sound| {
        let parts = sound.parts.into_iter().map({
            let media = sound.media;
            move |part| view! { <Sound desk=desk media=media.clone() part=part /> }
        });
        view! {
            <div class="story__sound">
                {parts.collect_view()}
                <div class="story__words" lang=lang.clone() dir="auto">
                    <Written text=sound.text />
                </div>
            </div>
        }
    });
    (!is_empty).then(|| {
        view! {
            <section class="story__sounds">
                <h4>{texts.site_media_listen()}</h4>
                {items.collect_view()}
            </section>
        }
    })
}

#[component]
fn Sound(desk: OpenStory, media: String, part: u32) -> impl IntoView {
    let texts = use_texts();
    let always = Signal::stored(true);
    let loading = use_loaded(desk, media, Which::Sound(part), always, always);
    view! {
        <audio
            controls
            preload="metadata"
            aria-label=texts.recorder_part(&part.to_string())
            src=move || loading.get().address()
        ></audio>
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
