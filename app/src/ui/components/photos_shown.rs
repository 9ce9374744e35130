//! The photos of a story, as they are read again.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::modal::Modal;
use crate::ui::components::photo_card::{needs_of, use_language, use_number, use_photo, use_photos};
use crate::ui::components::photo_picture::PhotoPicture;
use crate::ui::components::show::Show;
use crate::ui::memo::memo;
use crate::ui::{clock, use_texts};
use leptos::prelude::*;
use shared::view::PhotoView;
use texts::Locale;

/// Photos with what is told about them, and what they still need.
#[component]
pub fn PhotosShown(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let ids = use_photos(desk);
    // The one that is shown as large as the screen allows.
    let large = RwSignal::new(None::<String>);
    let is_open = RwSignal::new(false);
    let show_large = Callback::new(move |id| {
        large.set(Some(id));
        is_open.set(true);
    });
    let title = move || {
        let number = ids.with(|ids| {
            let is_large = |id: &String| large.with(|large| large.as_ref() == Some(id));
            ids.iter().position(is_large)
        });
        number.map(|index| texts.photo_number(&(index + 1).to_string()))
    };
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <section class="sheet stack" aria-labelledby="fotos">
                <h2 id="fotos">{texts.photo_title()}</h2>
                <ul class="photos" role="list" aria-label=texts.photo_list()>
                    <For
                        each=move || ids.get()
                        key=String::clone
                        children=move |id| view! { <Photo desk=desk id=id show_large=show_large /> }
                    />
                </ul>
            </section>
        </Show>
        <Modal
            open=is_open
            title_id="foto-groot"
            title=Signal::derive(move || title().unwrap_or_default())
            class="dialog--photo"
        >
            {move || large.get().map(|id| view! { <Large desk=desk id=id /> })}
            <div class="dialog__actions">
                <button type="button" class="button button--quiet" on:click=move |_| is_open.set(false)>
                    {texts.app_close()}
                </button>
            </div>
        </Modal>
    }
}

/// The whole photo, and what it shows in words.
#[component]
fn Large(desk: OpenStory, id: String) -> impl IntoView {
    let photo = use_photo(desk, id.clone());
    let number = use_number(desk, id.clone());
    let lang = use_language(desk);
    let description = memo(move || photo.with(|photo| photo.as_ref().map(|photo| photo.description.clone())));
    view! {
        <PhotoPicture desk=desk photo=photo id=id number=number lang=lang is_large=Signal::stored(true) />
        <p lang=move || lang.get() dir="auto">
            {description}
        </p>
    }
}

#[component]
fn Photo(desk: OpenStory, id: String, show_large: Callback<String>) -> impl IntoView {
    let texts = use_texts();
    let photo = use_photo(desk, id.clone());
    let number = use_number(desk, id.clone());
    let lang = use_language(desk);
    let whereabouts = memo(move || photo.with(|photo| photo.as_ref().map(|photo| photo.whereabouts)));
    let needs = memo(move || {
        let needs = photo.with(|photo| photo.as_ref().map(|photo| photo.needs.clone()));
        needs_of(texts, &needs.unwrap_or_default())
    });
    let description = memo(move || photo.with(|photo| photo.as_ref().map(|photo| photo.description.clone())));
    let faces = move || photo.with(|photo| photo.as_ref().and_then(|photo| faces(texts, photo)));
    let by = move || photo.with(|photo| photo.as_ref().and_then(|photo| added(texts, photo)));
    let name_id = format!("foto-{id}");
    let labelled_by = name_id.clone();
    let shown = id.clone();
    view! {
        <li>
            <article class="photo" aria-labelledby=labelled_by>
                <PhotoPicture desk=desk photo=photo id=id number=number lang=lang />
                <div class="photo__about stack stack--tight">
                    <div class="row row--apart">
                        <h3 id=name_id>{move || texts.photo_number(&number.get().to_string())}</h3>
                        <MediaSign whereabouts=whereabouts />
                    </div>
                    <p lang=move || lang.get() dir="auto">
                        {description}
                    </p>
                    <p>{faces}</p>
                    <p class="soft">{by}</p>
                    <ul class="missing">{move || items(needs.get())}</ul>
                    <div>
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| show_large.run(shown.clone())
                        >
                            <Drawn icon=Icon::Eye />
                            {texts.photo_large()}
                        </button>
                    </div>
                </div>
            </article>
        </li>
    }
}

fn items(words: Vec<String>) -> impl IntoView {
    let items = words.into_iter().map(|words| view! { <li>{words}</li> });
    items.collect_view()
}

fn faces(texts: Locale, photo: &PhotoView) -> Option<String> {
    let who = photo.who.trim();
    Some(match photo.recognisable? {
        true if who.is_empty() => texts.photo_faces_yes().to_owned(),
        true => texts.photo_faces_who(who),
        false => texts.photo_faces_no().to_owned(),
    })
}

fn added(texts: Locale, photo: &PhotoView) -> Option<String> {
    let name = photo.by.as_deref()?;
    Some(texts.media_by(&clock::moment(texts, photo.at), name))
}
