//! The stories as data: one file a province in `tests/example`.
//!
//! A file is a list of [`Story`]; the keys of its `fields` are those of [`Field`], so what the form has can be told.

use anyhow::Context;
use serde::Deserialize;
use shared::model::field::is_prose;
use shared::view::{Field, Given, StoryState, Teller, Unfit};
use std::collections::BTreeMap;

/// The files, by the province that their stories are from.
const FILES: [(&str, &str); 5] = [
    ("Antwerpen", include_str!("../../example/antwerpen.toml")),
    ("Limburg", include_str!("../../example/limburg.toml")),
    (
        "Oost-Vlaanderen",
        include_str!("../../example/oost-vlaanderen.toml"),
    ),
    (
        "Vlaams-Brabant",
        include_str!("../../example/vlaams-brabant.toml"),
    ),
    (
        "West-Vlaanderen",
        include_str!("../../example/west-vlaanderen.toml"),
    ),
];

/// That a story is made up, in the language that it is told in.
const MADE_UP: [(&str, &str); 5] = [
    ("nl", "Dit verhaal is verzonnen, als voorbeeld."),
    ("fr", "Ce récit est inventé, comme exemple."),
    ("en", "This story is made up, as an example."),
    ("ar", "هذه القصة خيالية، كُتبت كمثال."),
    ("tr", "Bu hikâye hayal ürünüdür, örnek olarak yazıldı."),
];

/// A made-up story, and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// First name of the volunteer who writes it down.
    pub by: String,
    /// The state that it is brought to.
    pub state: StoryState,
    /// How the teller consented to the network, the website and her name as chosen; `None` if she was not asked yet.
    pub consent: Option<Given>,
    /// Who tells it.
    pub teller: Option<Teller>,
    /// What a coordinator asks back.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Why it is not published.
    pub unfit: Option<Unfit>,
    /// Why it is not published, or was taken back, in the coordinator's words.
    #[serde(default)]
    pub reason: String,
    /// What its author and the coordinator make of one field while neither has a connection.
    pub second: Option<Second>,
    fields: BTreeMap<Field, String>,
}

/// A question of the coordinator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The field that it is about, if it is about one.
    pub field: Option<Field>,
    /// The question.
    pub text: String,
}

/// Two versions of a field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Second {
    /// The field.
    pub field: Field,
    /// What its author writes.
    pub author: String,
    /// What the coordinator writes.
    pub coordinator: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    story: Vec<Story>,
}

/// All stories, province by province.
///
/// # Errors
/// When a file is not as it should be.
pub fn stories() -> anyhow::Result<Vec<Story>> {
    let mut all = Vec::new();
    for (province, file) in FILES {
        let file: File = toml::from_str(file).with_context(|| province.to_owned())?;
        all.extend(file.story);
    }
    Ok(all)
}

impl Story {
    /// The value of a field as it is in the file, empty if there is none.
    #[must_use]
    pub fn field(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", |value| value.trim())
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.field(Field::Title)
    }

    /// The language that it is told in.
    #[must_use]
    pub fn language(&self) -> &str {
        match self.field(Field::Language) {
            "" => "nl",
            language => language,
        }
    }

    /// How many pictures are drawn for it: a draft has none yet, one story in three has two.
    #[must_use]
    pub fn n_drawings(&self) -> u8 {
        match self.state {
            StoryState::Draft => 0,
            _ if self.title().len().is_multiple_of(3) => 2,
            StoryState::Submitted
            | StoryState::AskedBack
            | StoryState::Approved
            | StoryState::Online
            | StoryState::NotPublished
            | StoryState::Withdrawn => 1,
        }
    }

    /// The theme of a picture: each shows another one, while there are any.
    #[must_use]
    pub fn theme(&self, number: u8) -> &str {
        let mut themes = self.field(Field::Themes).split_whitespace().cycle();
        themes.nth(number.into()).unwrap_or_default()
    }

    /// The sentence that says that it is made up, in its own language.
    #[must_use]
    pub fn made_up(&self) -> Option<&'static str> {
        let known = MADE_UP.iter().find(|(tag, _)| *tag == self.language());
        known.map(|(_, sentence)| *sentence)
    }

    /// The fields as they are typed: the last text ends by saying that the story is made up.
    #[must_use]
    pub fn fields(&self) -> Vec<(Field, String)> {
        let last = self.fields.keys().copied().filter(|field| is_prose(*field)).max();
        let typed = self.fields.keys().map(|field| {
            let value = self.field(*field);
            let value = match self.made_up() {
                Some(sentence) if Some(*field) == last => format!("{value}\n\n{sentence}"),
                Some(_) | None => value.to_owned(),
            };
            (*field, value)
        });
        typed.collect()
    }
}

#[cfg(test)]
mod tests;
