//! A field of an open story, bound to its control.

use crate::ui::components::field_error::FieldError;
use crate::ui::components::questions::asked_about;
use crate::ui::components::show::Show;
use crate::ui::desk::{Desk, Spot};
use crate::ui::memo::memo;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::command::CommandError;
use shared::view::{About, Field, MediaField, StoryView};

/// A handle on an open story that components pass on.
pub type OpenStory = StoredValue<Desk, LocalStorage>;

/// A field with all that its control shows. A copy is another handle on the same field.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    desk: OpenStory,
    spot: StoredValue<Spot>,
    id: StoredValue<String>,
    /// Its accessible name.
    pub label: &'static str,
    /// What stands in it.
    pub shown: RwSignal<String>,
    /// Whether it may be changed.
    pub is_editable: Signal<bool>,
    is_held: RwSignal<bool>,
    is_bad: Signal<bool>,
    /// What a coordinator asks about it.
    asked: Signal<Vec<String>>,
    refusal: RwSignal<Option<CommandError>>,
}

impl Bound {
    /// Binds a field.
    pub fn new(desk: OpenStory, spot: Spot) -> Self {
        let story = desk.with_value(Desk::story);
        let (shown, is_held, refusal) =
            desk.with_value(|desk| (desk.shown_at(&spot), desk.is_held(&spot), desk.refusal(&spot)));
        let texts = use_texts();
        let (id, label) = match &spot {
            Spot::Story(field) => (id(*field).to_owned(), words::field(texts, *field)),
            Spot::Media(media, field) => (
                format!("{}-{media}", media_id(*field)),
                words::media_field(texts, *field),
            ),
        };
        let asked = match &spot {
            Spot::Story(field) => asked_about(story, About::Field(*field)).into(),
            Spot::Media(..) => Signal::stored(Vec::new()),
        };
        let spot = StoredValue::new(spot);
        let is_bad = memo(move || {
            story.with(|story| {
                story
                    .as_ref()
                    .is_some_and(|story| spot.with_value(|spot| is_bad(story, spot)))
            })
        });
        Self {
            desk,
            spot,
            asked,
            id: StoredValue::new(id),
            label,
            shown,
            is_editable: is_editable(desk),
            is_held,
            is_bad: is_bad.into(),
            refusal,
        }
    }

    /// Id of its control, unique on the page.
    pub fn id(self) -> String {
        self.id.get_value()
    }

    /// Somebody typed or chose.
    pub fn type_in(self, value: String) {
        let spot = self.spot.get_value();
        self.desk.with_value(|desk| desk.type_in(&spot, value));
    }

    /// The cursor is in it.
    pub fn focus(self) {
        let spot = self.spot.get_value();
        self.desk.with_value(|desk| desk.focus(&spot));
    }

    /// The cursor left it.
    pub fn blur(self) {
        let spot = self.spot.get_value();
        self.desk.with_value(|desk| desk.blur(&spot));
    }

    /// Ids of what describes the control, for `aria-describedby`.
    pub fn described_by(self, has_hint: bool) -> Option<String> {
        let ids = [
            has_hint.then(|| self.hint_id()),
            self.is_noted().then(|| self.notes_id()),
        ];
        let ids: Vec<_> = ids.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// For `aria-invalid`.
    pub fn invalid(self) -> Option<&'static str> {
        self.refusal.with(Option::is_some).then_some("true")
    }

    /// Id of what helps to fill it in.
    pub fn hint_id(self) -> String {
        format!("{}-hint", self.id())
    }

    fn notes_id(self) -> String {
        format!("{}-let-op", self.id())
    }

    fn is_noted(self) -> bool {
        self.is_held.get()
            || self.is_bad.get()
            || self.asked.with(|asked| !asked.is_empty())
            || self.refusal.with(Option::is_some)
    }
}

/// Whether an open story may be changed.
pub fn is_editable(desk: OpenStory) -> Signal<bool> {
    let story = desk.with_value(Desk::story);
    memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.editable))).into()
}

/// What helps to fill a field in.
#[component]
pub fn FieldHint(
    /// The field.
    bound: Bound,
    /// The words, if there are any.
    hint: Option<&'static str>,
) -> impl IntoView {
    hint.map(|hint| {
        view! {
            <p class="field__hint" id=bound.hint_id()>
                {hint}
            </p>
        }
    })
}

/// What there is to know about a field: what is asked about it, what is wrong with it, and what another device wrote.
#[component]
pub fn FieldNotes(
    /// The field.
    bound: Bound,
) -> impl IntoView {
    let texts = use_texts();
    let error = move || {
        bound
            .refusal
            .get()
            .map(|error| words::command_error(texts, &error))
    };
    let asked = move || {
        let asked = bound.asked.get().into_iter().map(|question| {
            view! {
                <p class="field__asked" dir="auto">
                    {question}
                </p>
            }
        });
        asked.collect_view()
    };
    let note = move || {
        if bound.is_held.get() {
            Some(texts.story_held())
        } else {
            bound.is_bad.get().then(|| texts.story_bad_field())
        }
    };
    view! {
        <Show when=move || bound.is_noted()>
            <div id=bound.notes_id()>
                {move || asked()}
                {move || error().map(|error| view! { <FieldError words=error /> })}
                {move || {
                    note()
                        .map(|note| {
                            view! {
                                <p class="field__hint" role="status">
                                    {note}
                                </p>
                            }
                        })
                }}
            </div>
        </Show>
    }
}

/// Whether what is stored in a field could not be read.
fn is_bad(story: &StoryView, spot: &Spot) -> bool {
    match spot {
        Spot::Story(field) => story.bad_fields.contains(field),
        Spot::Media(id, field) => {
            let photos = story.photos.iter().map(|photo| (&photo.id, &photo.bad_fields));
            let recordings = story
                .recordings
                .iter()
                .map(|recording| (&recording.id, &recording.bad_fields));
            let mut media = photos.chain(recordings);
            media.any(|(known, bad_fields)| known == id && bad_fields.contains(field))
        }
    }
}

fn media_id(field: MediaField) -> &'static str {
    match field {
        MediaField::Description => "beschrijving",
        MediaField::Recognisable => "herkenbaar",
        MediaField::Who => "wie-op-foto",
        MediaField::Text => "uitgeschreven",
        MediaField::Marks => "vragen",
        MediaField::WriteDownOnly => "alleen-uitschrijven",
    }
}

fn id(field: Field) -> &'static str {
    control_id(field).trim_start_matches('#')
}

/// Selects the button that records a consent.
pub const CONSENT: &str = "#toestemming-toevoegen";

/// Selects the heading of photos and recordings.
pub const MEDIA: &str = "#fotos";

/// Selects the control of a field.
pub fn control_id(field: Field) -> &'static str {
    match field {
        Field::Title => "#titel",
        Field::Happened => "#gebeurd",
        Field::Who => "#wie",
        Field::Cause => "#aanleiding",
        Field::Changed => "#veranderd",
        Field::Tips => "#tips",
        Field::Summary => "#samenvatting",
        Field::Language => "#taal",
        Field::Kind => "#soort",
        Field::Themes => "#themas",
        Field::Audience => "#doelgroep",
        Field::Part => "#rol",
        Field::Municipality => "#gemeente",
        Field::District => "#deel",
        Field::ExactPlace => "#plaats",
        Field::NameOnline => "#naam-online",
        Field::OtherName => "#andere-naam",
        Field::Age => "#leeftijd",
    }
}
