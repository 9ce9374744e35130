//! The teller's contact: a document of its own, never inside a story's (M1).

use super::document::Document;
use super::field::EditError;
use crate::id::ActorId;
use crate::places::Nis;
use crate::view::{Teller, TellerField};
use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, Value};

/// The schema that this app writes (M8).
pub const SCHEMA: u32 = 1;

/// Most characters of a name, a telephone number or an address.
pub const CONTACT_CHARS_MAX: usize = 200;

const NAME: &str = "name";
const REACH: &str = "reach";
const MUNICIPALITY: &str = "municipality";
const BASIS: &str = "basis";

/// Why the contact may be kept (REQUIREMENTS §4): nothing is saved without a basis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// She agreed.
    #[default]
    Consent,
    /// A legitimate interest.
    Interest,
    /// A contract.
    Contract,
    /// A legal duty.
    Duty,
}

impl Basis {
    const ALL: [Self; 4] = [Self::Consent, Self::Interest, Self::Contract, Self::Duty];

    fn key(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Interest => "interest",
            Self::Contract => "contract",
            Self::Duty => "duty",
        }
    }
}

/// A person, as far as a story needs her.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// "Naam van de verteller".
    pub name: String,
    /// "Telefoon of e-mail". Leaves no member's device but sealed.
    pub reach: String,
    /// Where she lives, if it is known.
    pub municipality: Option<Nis>,
    /// Why it may be kept.
    pub basis: Basis,
    /// The document follows a newer schema than this app knows: readable, not editable (M8).
    pub too_new: bool,
}

impl Contact {
    /// What a screen shows.
    #[must_use]
    pub fn teller(&self) -> Teller {
        Teller {
            name: self.name.clone(),
            reach: self.reach.clone(),
        }
    }
}

/// Makes an empty contact, kept because the teller agreed.
#[must_use]
pub fn create(actor: ActorId) -> Document {
    let mut document = Document::new(SCHEMA, actor);
    let made = document.inner.put(ROOT, BASIS, Basis::Consent.key());
    debug_assert!(made.is_ok(), "the root is a map");
    document
}

/// Sets one of her fields, and leaves the other as it is.
///
/// # Errors
/// If the document is too new or the value is too long; then nothing was set.
pub fn set(document: &mut Document, field: TellerField, value: &str) -> Result<(), EditError> {
    super::story::check_schema(document, SCHEMA)?;
    let value = line(value);
    check_value(&value)?;
    let key = match field {
        TellerField::Name => NAME,
        TellerField::Reach => REACH,
    };
    put(document, key, &value)
}

/// Tells whether her fields take the value.
///
/// # Errors
/// [`EditError::TooLong`].
pub fn check_value(value: &str) -> Result<(), EditError> {
    if value.chars().count() > CONTACT_CHARS_MAX {
        return Err(EditError::TooLong(CONTACT_CHARS_MAX));
    }
    Ok(())
}

/// Whether this app knows the schema that a contact follows (M8).
#[must_use]
pub fn knows(document: &Document) -> bool {
    super::story::check_schema(document, SCHEMA).is_ok()
}

/// Reads a contact; a bad field is empty (M9).
#[must_use]
pub fn read(document: &Document) -> Contact {
    let basis = text(document, BASIS);
    let known = Basis::ALL.into_iter().find(|known| known.key() == basis);
    Contact {
        name: text(document, NAME),
        reach: text(document, REACH),
        municipality: text(document, MUNICIPALITY).parse().ok(),
        basis: known.unwrap_or_default(),
        too_new: document.schema().is_none_or(|schema| schema > SCHEMA),
    }
}

fn line(value: &str) -> String {
    let printable = |char: char| if char.is_control() { ' ' } else { char };
    value.trim().chars().map(printable).collect()
}

fn put(document: &mut Document, key: &str, value: &str) -> Result<(), EditError> {
    if text(document, key) != value {
        document.inner.put(ROOT, key, value)?;
    }
    Ok(())
}

fn text(document: &Document, key: &str) -> String {
    let Ok(Some((Value::Scalar(scalar), _))) = document.inner.get(ROOT, key) else {
        return String::new();
    };
    let value = scalar.as_str().unwrap_or_default();
    if value.chars().count() > CONTACT_CHARS_MAX || value.chars().any(char::is_control) {
        String::new()
    } else {
        value.to_owned()
    }
}
