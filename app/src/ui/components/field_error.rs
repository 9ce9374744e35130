//! What is wrong with a field.

use crate::ui::components::icon::{Drawn, Icon};
use leptos::prelude::*;

/// Says what is wrong, at once and beneath the control.
#[component]
pub fn FieldError(
    /// Id that the control is described by.
    #[prop(optional, into)]
    id: Option<String>,
    /// What is wrong.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! {
        <p class="field__error" id=id role="alert">
            <Drawn icon=Icon::Warning />
            {words}
        </p>
    }
}
