//! Something to know, in words.

use crate::ui::components::icon::{Drawn, Icon};
use leptos::prelude::*;

/// How much it weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    #[default]
    Info,
    /// All is well.
    Safe,
    /// Not done yet.
    Wait,
    /// Real risk, or it did not work.
    Risk,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice",
            Self::Safe => "notice notice--safe",
            Self::Wait => "notice notice--wait",
            Self::Risk => "notice notice--risk",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Safe => Icon::Shield,
            Self::Wait => Icon::Clock,
            Self::Risk => Icon::Warning,
        }
    }
}

/// Whether it is read aloud when it appears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aloud {
    /// It stands there from the start.
    #[default]
    No,
    /// When there is a pause: `role=status`.
    Politely,
    /// At once: `role=alert`, for what went wrong.
    AtOnce,
}

/// A notice.
#[component]
pub fn Notice(
    /// How much it weighs.
    #[prop(optional)]
    weight: Weight,
    /// Whether it is read aloud when it appears.
    #[prop(optional)]
    aloud: Aloud,
    /// The words, in paragraphs.
    children: Children,
) -> impl IntoView {
    let role = match aloud {
        Aloud::No => None,
        Aloud::Politely => Some("status"),
        Aloud::AtOnce => Some("alert"),
    };
    view! {
        <div class=weight.class() role=role>
            <Drawn icon=weight.icon() />
            <div>{children()}</div>
        </div>
    }
}
