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
    /// Opens the form to invite one, where that is on the same screen.
    #[prop(optional, into)]
    on_invite: Option<Callback<()>>,
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
                {match on_invite {
                    Some(on_invite) => {
                        view! {
                            <button type="button" class="button button--quiet" on:click=move |_| on_invite.run(())>
                                {texts.app_second_admin_link()}
                            </button>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <a class="button button--quiet" href="/app/leden?rol=beheerder">
                                {texts.app_second_admin_link()}
                            </a>
                        }
                            .into_any()
                    }
                }}
            </Notice>
        </Show>
    }
}
