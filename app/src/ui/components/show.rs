//! A part of a screen that comes and goes.

use leptos::children::ViewFn;
use leptos::either::Either;
use leptos::prelude::*;
use std::fmt;

/// What decides whether something is shown.
pub struct Condition(Box<dyn Fn() -> bool + Send + Sync>);

impl<F> From<F> for Condition
where
    F: Fn() -> bool + Send + Sync + 'static,
{
    fn from(holds: F) -> Self {
        Self(Box::new(holds))
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").finish_non_exhaustive()
    }
}

/// Shows its children while a condition holds.
///
/// As Leptos's own, which is compiled anew for each condition with each content: this one is compiled once.
#[component]
pub fn Show(
    /// The condition.
    #[prop(into)]
    when: Condition,
    /// What is shown while it holds.
    children: ChildrenFn,
    /// What is shown while it does not: nothing, if there is none.
    #[prop(into, optional)]
    fallback: ViewFn,
) -> impl IntoView {
    let holds = ArcMemo::new(move |_| when.0());
    move || {
        if holds.get() {
            Either::Left(children())
        } else {
            Either::Right(fallback.run())
        }
    }
}
