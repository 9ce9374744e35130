//! A code to read out or type over.

use leptos::prelude::*;

/// Shows a code large, in groups that stay whole.
#[component]
pub fn Code(
    /// The code, its groups divided by hyphens.
    code: String,
    /// Id that a label names it by.
    #[prop(optional)]
    id: Option<&'static str>,
) -> impl IntoView {
    let groups: Vec<_> = code.split('-').map(str::to_owned).collect();
    let n_groups = groups.len();
    // The hyphen is read and copied along; only the line may break after it.
    let groups = groups.into_iter().enumerate().map(|(idx, group)| {
        let hyphen = if idx + 1 < n_groups { "-" } else { "" };
        view! { <span>{group}{hyphen}</span> }
    });
    view! { <output class="code" id=id>{groups.collect_view()}</output> }
}

/// Shows six digits to compare, in two groups.
#[component]
pub fn Digits(
    /// The digits.
    digits: String,
    /// As large as fits, for the one thing on the screen.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let middle = digits.len() / 2;
    let (first, second) = digits.split_at_checked(middle).unwrap_or((&digits, ""));
    let (first, second) = (first.to_owned(), second.to_owned());
    let class = if large { "digits digits--large" } else { "digits" };
    view! {
        <p class=class>
            <span>{first}</span>
            <span>{second}</span>
        </p>
    }
}
