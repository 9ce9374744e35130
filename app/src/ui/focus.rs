//! Where the keyboard is.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Focuses an element, also one that is no control.
pub fn element(element: &HtmlElement) {
    if element.tab_index() < 0 {
        element.set_tab_index(-1);
    }
    // Refused only for what has left the page.
    drop(element.focus());
}

/// Focuses the first match below `root`, when the page is drawn next; returns nothing where there is none.
pub fn first(root: &'static str, selectors: &'static str) {
    request_animation_frame(move || {
        let root = document().query_selector(root).ok().flatten();
        if let Some(found) = root.and_then(|root| below(&root, selectors)) {
            element(&found);
        }
    });
}

/// Focuses the first field that is filled in wrong.
pub fn first_invalid() {
    first("#inhoud", "[aria-invalid=true]");
}

/// Whether something within `root` has the focus.
pub fn is_within(root: &Element) -> bool {
    let active = document().active_element();
    active.is_some_and(|active| &active != root && root.contains(Some(&active)))
}

/// Returns the first match below `root`.
pub fn below(root: &Element, selectors: &str) -> Option<HtmlElement> {
    root.query_selector(selectors).ok()??.dyn_into().ok()
}
