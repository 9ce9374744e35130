//! Where the keyboard is.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

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

/// Focuses the first text field of more than one line below `root`, to write on at the end of what is in it.
pub fn end_of(root: &'static str, selectors: &'static str) {
    request_animation_frame(move || {
        let root = document().query_selector(root).ok().flatten();
        let found = root.and_then(|root| below(&root, selectors));
        if let Some(field) = found.and_then(|found| found.dyn_into::<HtmlTextAreaElement>().ok()) {
            element(&field);
            // Beyond the end counts as the end; refused for no text field.
            drop(field.set_selection_range(u32::MAX, u32::MAX));
        }
    });
}

/// Goes to a part of the screen: the keyboard and the eye, also where it was in sight already.
pub fn part(selectors: &'static str) {
    request_animation_frame(move || {
        if let Some(found) = in_screen(selectors) {
            element(&found);
            found.scroll_into_view();
        }
    });
}

/// Scrolls something into sight that nobody goes to; the keyboard stays where it is.
pub fn into_sight(selectors: &'static str) {
    request_animation_frame(move || {
        if let Some(found) = in_screen(selectors) {
            found.scroll_into_view_with_bool(false);
        }
    });
}

/// Goes to a field, or the first choice of one; what it is folded into opens.
pub fn field(selectors: &'static str) {
    request_animation_frame(move || {
        let Some(found) = in_screen(selectors) else { return };
        if let Some(fold) = found.closest("details").ok().flatten() {
            // Only what is no attribute's name is refused.
            drop(fold.set_attribute("open", ""));
        }
        let choice = below(&found, "input:checked").or_else(|| below(&found, "input"));
        element(choice.as_ref().unwrap_or(&found));
        show_whole(&found);
    });
}

/// Goes to the first field below `root` that is filled in wrong, with what is said about it.
pub fn first_invalid(root: &'static str) {
    request_animation_frame(move || {
        let root = document().query_selector(root).ok().flatten();
        if let Some(found) = root.and_then(|root| below(&root, "[aria-invalid=true]:not(:disabled)")) {
            element(&found);
            show_whole(&found);
        }
    });
}

/// Scrolls to a control with its label and what is said about it.
fn show_whole(control: &HtmlElement) {
    let whole = control.closest(".field, fieldset").ok().flatten();
    whole.as_ref().unwrap_or(control).scroll_into_view();
}

fn in_screen(selectors: &str) -> Option<HtmlElement> {
    below(&document().query_selector("#inhoud").ok()??, selectors)
}

/// What has the focus, if it is below a match.
pub fn within(selectors: &str) -> Option<HtmlElement> {
    let active = document().active_element()?;
    active.closest(selectors).ok()??;
    active.dyn_into().ok()
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
