//! A list of which each item stays what it is while it stands there.

use leptos::control_flow;
use leptos::prelude::*;
use std::sync::Arc;

/// An item of any list.
struct Item {
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Shows an item for each value; one whose key was there before is not drawn anew.
///
/// As Leptos's own, which is compiled anew for each list: here all but the items themselves is compiled once.
#[component]
pub fn For<E, T, K, C, N>(
    /// The values.
    each: E,
    /// Tells values apart: another key is another item.
    key: K,
    /// Draws an item.
    children: C,
) -> impl IntoView
where
    E: Fn() -> Vec<T> + Send + 'static,
    T: Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(T) -> N + Send + Sync + 'static,
    N: IntoView + 'static,
{
    let children = Arc::new(children);
    let item = move |value| {
        let children = Arc::clone(&children);
        Item {
            key: key(&value),
            view: Box::new(move || children(value).into_any()),
        }
    };
    items(Box::new(move || each().into_iter().map(&item).collect()))
}

fn items(each: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    view! { <control_flow::For each=each key=|item| item.key.clone() children=|item: Item| (item.view)() /> }
        .into_any()
}
