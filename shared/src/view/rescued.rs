//! What can still be read on a device whose store does not open as a whole (C4).

use super::{Field, Teller};
use serde::{Deserialize, Serialize};

/// What is left, and what can be done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescued {
    /// Stories that were written here, or of which nobody can tell any more who wrote them.
    pub stories: Vec<RescuedStory>,
    /// Stored values that do not open.
    pub n_unreadable: u32,
    /// Whether the device can keep what is only here and let the rest come again; else what that takes is damaged.
    pub can_rebuild: bool,
}

/// A story, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescuedStory {
    /// Its fields in the order of the form, none empty; what was typed last counts.
    pub fields: Vec<(Field, String)>,
    /// Who told it.
    pub teller: Teller,
    /// Its photos and sounds that are on this device.
    pub media: Vec<RescuedMedia>,
}

/// A photo, or a part of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescuedMedia {
    /// By which its bytes are asked for.
    pub number: u32,
    /// What its bytes are, such as `image/jpeg`.
    pub media_type: String,
}
