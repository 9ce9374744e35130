//! Where a story is (C2).

use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Whereabouts;

/// The sign, with its words.
#[component]
pub fn WhereaboutsSign(
    /// Where it is.
    #[prop(into)]
    whereabouts: Signal<Whereabouts>,
) -> impl IntoView {
    let texts = use_texts();
    let class = move || match whereabouts.get() {
        Whereabouts::Unstored | Whereabouts::Device | Whereabouts::Sending => "sign sign--wait",
        Whereabouts::Safe => "sign sign--safe",
    };
    let icon = Signal::derive(move || match whereabouts.get() {
        Whereabouts::Unstored => Icon::Pencil,
        Whereabouts::Device => Icon::Device,
        Whereabouts::Sending => Icon::Send,
        Whereabouts::Safe => Icon::Shield,
    });
    view! {
        <p class=class>
            <Drawn icon=icon />
            <span>{move || words::whereabouts(texts, whereabouts.get())}</span>
        </p>
    }
}
