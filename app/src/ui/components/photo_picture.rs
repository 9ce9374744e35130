//! The picture of a photo.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::loaded::{Loading, use_loaded};
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::{PhotoView, Which};

/// The small picture, or the whole one while `is_large`; a frame of its shape until it is here.
#[component]
pub fn PhotoPicture(
    /// The story.
    desk: OpenStory,
    /// The photo.
    photo: Signal<Option<PhotoView>>,
    /// Id of the photo.
    id: String,
    /// Its number among the photos of the story.
    number: Signal<usize>,
    /// Language of its description.
    lang: Signal<String>,
    /// Whether the whole photo is shown.
    #[prop(optional, into)]
    is_large: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    let has =
        move |has: fn(&PhotoView) -> bool| memo(move || photo.with(|photo| photo.as_ref().is_some_and(has)));
    let has_thumbnail = has(|photo| photo.has_thumbnail);
    let has_full = has(|photo| photo.has_full);
    let always = Signal::derive(|| true);
    let small = use_loaded(desk, id.clone(), Which::Thumbnail, always, has_thumbnail.into());
    let full = use_loaded(desk, id, Which::Full, is_large, has_full.into());
    let address = memo(move || {
        let full = full.get().address().filter(|_| is_large.get());
        full.or_else(|| small.get().address())
    });
    let description =
        move || photo.with(|photo| photo.as_ref().map(|photo| photo.description.trim().to_owned()));
    let description = memo(move || description().filter(|description| !description.is_empty()));
    let alt = move || {
        let number = number.get().to_string();
        description
            .get()
            .unwrap_or_else(|| texts.photo_undescribed(&number))
    };
    let size = memo(move || photo.with(|photo| photo.as_ref().map(|photo| (photo.width, photo.height))));
    let is_coming = move || {
        let wanted = if is_large.get() { full } else { small };
        wanted.with(|loading| *loading == Loading::Coming)
    };
    view! {
        <div class="photo__frame">
            {move || match address.get() {
                Some(address) => {
                    view! {
                        <img
                            class="photo__picture"
                            src=address
                            alt=alt
                            lang=move || description.with(Option::is_some).then(|| lang.get())
                            width=move || size.get().map(|(width, _)| width.to_string())
                            height=move || size.get().map(|(_, height)| height.to_string())
                        />
                    }
                        .into_any()
                }
                None => view! { <Drawn icon=Icon::Camera /> }.into_any(),
            }}
        </div>
        <p class="soft" role="status">
            {move || is_coming().then(|| texts.media_coming())}
        </p>
    }
}
