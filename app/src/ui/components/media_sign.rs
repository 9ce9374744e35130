//! Where a photo or a recording is (C2).

use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::whereabouts::WhereaboutsSign;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::view::Whereabouts;

/// Its sign, or that another device has not sent it yet; nothing for what is gone.
#[component]
pub fn MediaSign(
    /// What the core tells.
    #[prop(into)]
    whereabouts: Signal<Option<Option<Whereabouts>>>,
) -> impl IntoView {
    let texts = use_texts();
    move || match whereabouts.get() {
        Some(Some(whereabouts)) => {
            view! { <WhereaboutsSign whereabouts=Signal::stored(whereabouts) /> }.into_any()
        }
        Some(None) => view! {
            <p class="sign sign--wait">
                <Drawn icon=Icon::Clock />
                {texts.media_elsewhere()}
            </p>
        }
        .into_any(),
        None => ().into_any(),
    }
}
