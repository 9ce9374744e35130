//! Values of fields in words, where they are stored as something else.

use crate::choices;
use crate::ui::words;
use shared::view::Field;
use texts::Locale;

/// A value as it is read by people.
pub fn value(texts: Locale, field: Field, value: &str) -> String {
    match field {
        Field::Language => choices::words(&choices::languages(texts), value),
        Field::Kind => choices::words(&choices::kinds(texts), value),
        Field::Part => choices::words(&choices::parts(texts), value),
        Field::NameOnline => choices::words(&choices::namings(texts), value),
        Field::Age => choices::words(&choices::ages(texts), value),
        Field::Themes => themes(texts, value),
        Field::Municipality => words::municipality(value).unwrap_or(value).to_owned(),
        Field::Title
        | Field::Happened
        | Field::Who
        | Field::Cause
        | Field::Changed
        | Field::Tips
        | Field::Summary
        | Field::Audience
        | Field::District
        | Field::ExactPlace
        | Field::OtherName => value.to_owned(),
    }
}

fn themes(texts: Locale, value: &str) -> String {
    let known = choices::themes(texts);
    let names = value
        .split_whitespace()
        .map(|theme| choices::words(&known, theme));
    names.collect::<Vec<_>>().join(", ")
}
