//! Choosing a role, with what each may do.

use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::view::Role;

/// Roles that can be given, in the order of the choice.
pub const GIVEN_ROLES: [Role; 3] = [Role::Volunteer, Role::Coordinator, Role::Admin];

/// A radio group; the name of each choice is the role alone, and a sentence describes it.
#[component]
pub fn RoleChoice(
    /// What is chosen.
    chosen: RwSignal<Role>,
    /// What may be chosen.
    roles: Vec<Role>,
    /// The question.
    label: &'static str,
    /// Id of the group: several may be on the page.
    id: String,
) -> impl IntoView {
    let texts = use_texts();
    let choices = roles.into_iter().map(|choice| {
        let name_id = format!("{id}-{choice:?}");
        let about_id = format!("{name_id}-uitleg");
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=id.clone()
                    autocomplete="off"
                    aria-labelledby=name_id.clone()
                    aria-describedby=about_id.clone()
                    prop:checked=move || chosen.get() == choice
                    on:change=move |_| chosen.set(choice)
                />
                <span>
                    <span id=name_id>{words::role(texts, choice)}</span>
                    <small id=about_id>{words::role_more(texts, choice)}</small>
                </span>
            </label>
        }
    });
    let choices = choices.collect_view();
    let labelled_by = id.clone();
    view! {
        <fieldset class="choices" role="radiogroup" aria-labelledby=labelled_by>
            <legend class="field__label" id=id>
                {label}
            </legend>
            {choices}
        </fieldset>
    }
}
