//! One of several, or none yet.

use crate::ui::components::field_error::FieldError;
use crate::ui::components::show::Show;
use leptos::prelude::*;

/// A select with its name, and what is said beneath it while the choice is wrong.
#[component]
pub fn Select<T>(
    /// Id of the control; unique on the page.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// Words for nothing chosen.
    none: &'static str,
    /// What can be chosen, in order.
    choices: Vec<(T, &'static str)>,
    /// What is chosen.
    chosen: RwSignal<Option<T>>,
    /// Whether the choice is wrong.
    #[prop(optional, into)]
    is_wrong: Signal<bool>,
    /// What is said then.
    #[prop(optional)]
    wrong: &'static str,
    /// Called when somebody chooses.
    #[prop(optional, into)]
    on_choose: Option<Callback<()>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let error_id = StoredValue::new([id, "-fout"].concat());
    let options = choices.iter().enumerate().map(|(idx, (choice, words))| {
        let choice = *choice;
        view! {
            <option value=idx prop:selected=move || chosen.get() == Some(choice)>
                {*words}
            </option>
        }
    });
    let options = options.collect_view();
    let choose = move |value: String| {
        let choice = value.parse().ok().and_then(|idx: usize| choices.get(idx));
        chosen.set(choice.map(|(choice, _)| *choice));
        if let Some(on_choose) = on_choose {
            on_choose.run(());
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            <select
                class="field__input"
                id=id
                autocomplete="off"
                aria-describedby=move || is_wrong.get().then(|| error_id.get_value())
                aria-invalid=move || is_wrong.get().then_some("true")
                on:change:target=move |event| choose(event.target().value())
            >
                <option value="" prop:selected=move || chosen.with(Option::is_none)>
                    {none}
                </option>
                {options}
            </select>
            <Show when=move || is_wrong.get()>
                <FieldError id=error_id.get_value() words=wrong />
            </Show>
        </div>
    }
}
