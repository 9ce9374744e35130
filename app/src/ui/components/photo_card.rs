//! A photo of the story that somebody writes on.

use crate::media_fields::YES;
use crate::steps::Step;
use crate::ui::components::bound::{Bound, OpenStory, is_editable};
use crate::ui::components::media_sign::MediaSign;
use crate::ui::components::photo_picture::PhotoPicture;
use crate::ui::components::remove_media::RemoveMedia;
use crate::ui::components::show::Show;
use crate::ui::components::typed_line::TypedLine;
use crate::ui::components::yes_or_no::YesOrNo;
use crate::ui::desk::{Desk, Spot};
use crate::ui::memo::memo;
use crate::ui::{focus, use_texts, words};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use shared::fold::fold;
use shared::view::{Field, MediaField, PhotoNeed, PhotoView, TellerField};
use texts::Locale;

/// The photo with what is told about it.
#[component]
pub fn PhotoCard(
    /// The story.
    desk: OpenStory,
    /// Id of the photo.
    id: String,
    /// Called when it was removed.
    on_removed: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let photo = use_photo(desk, id.clone());
    let number = use_number(desk, id.clone());
    let lang = use_language(desk);
    let is_editable = is_editable(desk);
    let spot = |field| Spot::Media(id.clone(), field);
    let recognisable = Bound::new(desk, spot(MediaField::Recognisable));
    let who = spot(MediaField::Who);
    let named = Bound::new(desk, who.clone());
    let teller = desk.with_value(|desk| desk.teller(TellerField::Name));
    // Her consent counts for a photo where her name stands just as it is written there.
    let teller_is_on_it = move || {
        let name = teller.with(|name| name.trim().to_owned());
        let shown = named.shown.get();
        let is_offered = !name.is_empty() && !fold(&shown).contains(&fold(&name)) && is_editable.get();
        is_offered.then(|| {
            let words = texts.photo_teller_is_on_it(&name);
            let add = move |_| {
                let shown = shown.trim().trim_end_matches(',');
                named.type_in(if shown.is_empty() {
                    name.clone()
                } else {
                    [shown, ", ", &name].concat()
                });
            };
            view! {
                <p>
                    <button type="button" class="chip chip--button" on:click=add>
                        {words}
                    </button>
                </p>
            }
        })
    };
    // Who is on it and what is to be seen are asked by their fields.
    let warnings = memo(move || {
        let mut needs = photo.with(|photo| {
            photo
                .as_ref()
                .map(|photo| photo.needs.clone())
                .unwrap_or_default()
        });
        needs.retain(|need| {
            matches!(
                need,
                PhotoNeed::Consent(..) | PhotoNeed::Guardian | PhotoNeed::TakenBack | PhotoNeed::TooMuch
            )
        });
        needs_of(texts, &needs)
    });
    let whereabouts = memo(move || photo.with(|photo| photo.as_ref().map(|photo| photo.whereabouts)));
    let go = move |event: MouseEvent| {
        // A jump within the page would become a new address.
        event.prevent_default();
        focus::first("#inhoud", Step::Consent.heading());
    };
    let name_id = format!("foto-{id}");
    let (labelled_by, described_by) = (name_id.clone(), name_id.clone());
    let media = StoredValue::new(id.clone());
    view! {
        <li>
            <article class="photo" aria-labelledby=labelled_by>
            <PhotoPicture desk=desk photo=photo id=id.clone() number=number lang=lang />
            <div class="photo__about stack">
                <div class="row row--apart">
                    <h4 id=name_id>{move || texts.photo_number(&number.get().to_string())}</h4>
                    <MediaSign whereabouts=whereabouts />
                </div>
                <TypedLine
                    desk=desk
                    field=spot(MediaField::Description)
                    hint=Some(texts.photo_hint_description())
                    lang=Some(lang)
                />
                <YesOrNo bound=recognisable />
                <Show when=move || recognisable.shown.with(|shown| shown == YES)>
                    <TypedLine desk=desk field=who.clone() hint=Some(texts.photo_hint_who()) />
                    {teller_is_on_it}
                </Show>
                <ul class="missing">
                    {move || {
                        warnings.get().into_iter().map(|need| view! { <li>{need}</li> }).collect_view()
                    }}
                </ul>
                <Show when=move || recognisable.shown.with(|shown| shown == YES)>
                    <p>
                        <a href=Step::Consent.heading() on:click=go>
                            {texts.photo_to_consent()}
                        </a>
                    </p>
                </Show>
                <Show when=move || is_editable.get()>
                    <RemoveMedia
                        desk=desk
                        media=media.get_value()
                        label=texts.photo_remove()
                        question=texts.photo_remove_question()
                        described_by=described_by.clone()
                        on_removed=on_removed
                    />
                </Show>
            </div>
            </article>
        </li>
    }
}

/// Ids of the photos of a story.
pub fn use_photos(desk: OpenStory) -> Signal<Vec<String>> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let photos = story.iter().flat_map(|story| &story.photos);
            photos.map(|photo| photo.id.clone()).collect::<Vec<_>>()
        })
    })
    .into()
}

/// The photo of an id as the core told it last; `None` once it is gone.
pub fn use_photo(desk: OpenStory, id: String) -> Signal<Option<PhotoView>> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let mut photos = story.iter().flat_map(|story| &story.photos);
            photos.find(|photo| photo.id == id).cloned()
        })
    })
    .into()
}

/// Its number among the photos of the story.
pub fn use_number(desk: OpenStory, id: String) -> Signal<usize> {
    let story = desk.with_value(Desk::story);
    memo(move || {
        story.with(|story| {
            let mut photos = story.iter().flat_map(|story| &story.photos);
            photos
                .position(|photo| photo.id == id)
                .map_or(0, |index| index + 1)
        })
    })
    .into()
}

/// Language that the story is told in.
pub fn use_language(desk: OpenStory) -> Signal<String> {
    let language = desk.with_value(|desk| desk.shown(Field::Language));
    Signal::derive(move || language.get())
}

/// What a photo needs, in words.
pub fn needs_of(texts: Locale, needs: &[PhotoNeed]) -> Vec<String> {
    needs.iter().map(|need| words::photo_need(texts, need)).collect()
}
