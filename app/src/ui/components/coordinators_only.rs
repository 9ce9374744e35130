//! Screens of coordinators and administrators.

use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::memo::memo;
use crate::ui::tabs::leads;
use crate::ui::use_texts;
use crate::ui::view::use_view;
use leptos::prelude::*;

/// Shows its children, with their heading, to who may review, and to all others why not.
///
/// Not a lock: the core decides what a member may read and do.
#[component]
pub fn CoordinatorsOnly(
    /// Its heading, where it is not that of reading again.
    #[prop(optional)]
    title: Option<&'static str>,
    /// The screen.
    children: ChildrenFn,
) -> impl IntoView {
    let texts = use_texts();
    let title = title.unwrap_or_else(|| texts.review_title());
    let standing = use_view().standing;
    let may = memo(move || standing.with(|standing| standing.as_ref().map(leads)));
    let children = StoredValue::new(children);
    move || {
        may.get().map(|may| {
            if may {
                return children.with_value(|children| children()).into_any();
            }
            view! {
                <h1>{title}</h1>
                <Notice weight=Weight::Wait aloud=Aloud::AtOnce>
                    <p>
                        <strong>{texts.review_only_coordinators()}</strong>
                    </p>
                    <p>{texts.review_only_coordinators_more()}</p>
                    <a class="button button--quiet" href="/app/verhalen">
                        {texts.story_to_list()}
                    </a>
                </Notice>
            }
            .into_any()
        })
    }
}
