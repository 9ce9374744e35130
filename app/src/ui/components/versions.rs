//! "Twee versies": the same field, written on two devices (M7).

use crate::media_fields::YES;
use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::choose_version::{ChooseVersion, Choosing};
use crate::ui::desk::Spot;
use crate::ui::{choices_words, clock, use_texts, words};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::{MediaConflict, MediaField, StoryView, Version};
use texts::Locale;

/// A field with several versions, in the words of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    spot: Spot,
    label: String,
    versions: Vec<Version>,
}

impl Disputed {
    /// Tells it apart from others, and from itself with other versions.
    pub fn key(&self) -> String {
        let versions = self.versions.iter().map(|version| version.id.as_str());
        format!("{:?} {}", self.spot, versions.collect::<Vec<_>>().join(" "))
    }

    fn keep(&self, id: String, version: String) -> Command {
        match &self.spot {
            Spot::Story(field) => Command::Choose {
                id,
                field: *field,
                version,
            },
            Spot::Media(media, field) => Command::ChooseMedia {
                id,
                media: media.clone(),
                field: *field,
                version,
            },
        }
    }
}

/// All fields of a story, its photos and its recordings that have several versions.
pub fn disputed(texts: Locale, story: &StoryView) -> Vec<Disputed> {
    let mut disputed = Vec::new();
    for conflict in &story.conflicts {
        let mut versions = conflict.versions.clone();
        for version in &mut versions {
            version.value = choices_words::value(texts, conflict.field, &version.value);
        }
        disputed.push(Disputed {
            spot: conflict.field.into(),
            label: words::field(texts, conflict.field).to_owned(),
            versions,
        });
    }
    let mut add = |id: &str, name: &str, conflicts: &[MediaConflict]| {
        disputed.extend(
            conflicts
                .iter()
                .map(|conflict| of_media(texts, id, name, conflict)),
        );
    };
    for (index, photo) in story.photos.iter().enumerate() {
        let name = texts.photo_number(&(index + 1).to_string());
        add(&photo.id, &name, &photo.conflicts);
    }
    for (index, recording) in story.recordings.iter().enumerate() {
        let name = texts.recording_number(&(index + 1).to_string());
        add(&recording.id, &name, &recording.conflicts);
    }
    disputed
}

fn of_media(texts: Locale, id: &str, name: &str, conflict: &MediaConflict) -> Disputed {
    let mut versions = conflict.versions.clone();
    for version in &mut versions {
        match conflict.field {
            MediaField::Recognisable | MediaField::WriteDownOnly => {
                let is_yes = version.value == YES;
                let words = if is_yes {
                    texts.media_yes()
                } else {
                    texts.media_no()
                };
                words.clone_into(&mut version.value);
            }
            MediaField::Description | MediaField::Who | MediaField::Text | MediaField::Marks => {}
        }
    }
    let field = words::media_field(texts, conflict.field);
    Disputed {
        spot: Spot::Media(id.to_owned(), conflict.field),
        label: texts.media_of(name, field),
        versions,
    }
}

/// All values, who wrote them and when, and a choice.
#[component]
pub fn Versions(
    /// Id of the story.
    story: String,
    /// The field with its versions.
    disputed: Disputed,
    /// Language of the story.
    lang: Signal<String>,
    /// Carries the choice out.
    asking: Asking,
    /// Called when it is made.
    on_kept: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let title_id = match &disputed.spot {
        Spot::Story(field) => format!("versies-{field:?}"),
        Spot::Media(media, field) => format!("versies-{field:?}-{media}"),
    };
    let labelled_by = title_id.clone();
    let label = disputed.label.clone();
    let choosing = Choosing::default();
    let items = disputed.versions.clone().into_iter().map(|version| {
        let Version { id, value, by, at } = version;
        let name = by.unwrap_or_else(|| texts.review_versions_unknown().to_owned());
        let who = match at {
            Some(at) => texts.review_versions_who_and_when(&name, &clock::moment(texts, at)),
            None => name,
        };
        let choice = disputed.keep(story.clone(), id);
        let shown = if value.is_empty() {
            texts.review_versions_empty().to_owned()
        } else {
            value
        };
        let keep = {
            let (shown, who) = (shown.clone(), who.clone());
            Callback::new(move |()| choosing.choose(choice.clone(), &shown, who.clone()))
        };
        view! {
            <li class="version">
                <blockquote class="version__text" lang=move || lang.get() dir="auto">
                    {shown}
                </blockquote>
                <p class="soft">{who}</p>
                <BusyButton busy=asking.busy() on_press=keep class="button--quiet">
                    {texts.review_versions_keep()}
                </BusyButton>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <section class="versions" aria-labelledby=labelled_by>
            <h2 id=title_id>{texts.review_versions_title()}</h2>
            <p>
                <strong>{label}</strong>
            </p>
            <p>{texts.review_versions_more()}</p>
            <ul class="versions__list" role="list">
                {items}
            </ul>
            <ChooseVersion choosing=choosing asking=asking on_kept=on_kept />
        </section>
    }
}
