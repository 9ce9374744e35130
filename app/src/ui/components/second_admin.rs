//! A network with one administrator can lose itself.

use crate::ui::components::notice::{Notice, Weight};
use crate::ui::components::show::Show;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use leptos::prelude::*;
use shared::view::{Role, Standing};

/// Tells an administrator that she is the only one, and nobody else anything.
#[component]
pub fn SecondAdmin(
    /// Whether to lead to where one is invited.
    #[prop(default = true)]
    link: bool,
) -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let is_missing = memo(move || {
        view.standing.with(|standing| {
            matches!(
                standing,
                Some(Standing::Member {
                    role: Role::Admin,
                    second_admin_missing: true,
                    ..
                })
            )
        })
    });
    view! {
        <Show when=move || is_missing.get()>
            <Notice weight=Weight::Wait>
                <p>
                    <strong>{texts.app_second_admin()}</strong>
                </p>
                <p>{texts.app_second_admin_more()}</p>
                <Show when=move || link>
                    <a class="button button--quiet" href="/app/leden">
                        {texts.app_second_admin_link()}
                    </a>
                </Show>
            </Notice>
        </Show>
    }
}
