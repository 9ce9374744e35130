//! "Deel van de gemeente".

use crate::choices::Choice;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::questions::asked_about;
use crate::ui::components::show::Show;
use crate::ui::components::typed_select::TypedSelect;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::places::{self, Municipality};
use shared::view::{About, Field};

/// A part of the chosen municipality, where it has any or somebody asks about it.
#[component]
pub fn DistrictField(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let municipality = desk.with_value(|desk| desk.shown(Field::Municipality));
    let district = desk.with_value(|desk| desk.shown(Field::District));
    let parts = memo(move || {
        let place = municipality.with(|nis| place(nis));
        let parts = place.map(|place| place.parts.as_slice()).unwrap_or_default();
        parts.iter().map(|part| (*part, *part)).collect::<Vec<Choice>>()
    });
    let asked = asked_about(desk.with_value(Desk::story), About::Field(Field::District));
    let is_shown = move || {
        parts.with(|parts| parts.len() > 1)
            || district.with(|part| !part.is_empty())
            || asked.with(|asked| !asked.is_empty())
    };
    view! {
        <Show when=is_shown>
            <TypedSelect desk=desk field=Field::District choices=parts none=texts.story_place_whole() />
        </Show>
    }
}

fn place(nis: &str) -> Option<&'static Municipality> {
    places::municipality(nis.parse().ok()?)
}
