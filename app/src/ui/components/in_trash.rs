//! A story that lies in the trash, at its own address.

use crate::ui::components::notice::Notice;
use crate::ui::use_texts;
use leptos::prelude::*;

/// Says so; who put it there is led to where she can take it out.
#[component]
pub fn InTrash(
    /// Whether it is this member's.
    #[prop(into)]
    mine: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    let link = move || {
        mine.get().then(|| {
            view! {
                <p>
                    <a class="button" href="/app/prullenbak">
                        {texts.trash_to()}
                    </a>
                </p>
            }
        })
    };
    view! {
        <Notice>
            <p>{texts.trash_lies_here()}</p>
        </Notice>
        {link}
    }
}
