//! Why something did not work, in words.

use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::core_worker::Failure;
use crate::ui::{use_texts, words};
use leptos::prelude::*;

/// An alert while there is a failure, nothing without.
#[component]
pub fn FailureNotice(
    /// What went wrong, if anything did.
    #[prop(into)]
    failure: Signal<Option<Failure>>,
) -> impl IntoView {
    let texts = use_texts();
    move || {
        failure.get().map(|failure| {
            view! {
                <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                    <p>{words::failure(texts, &failure)}</p>
                </Notice>
            }
        })
    }
}
