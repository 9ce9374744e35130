//! C3: at the first story the browser is asked to keep what is stored.

use crate::ui::browser;
use crate::ui::memo::memo;
use crate::ui::view::{CoreState, use_view};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks once, when the first own story appears; later only "Dit toestel" asks, at a press of its button.
pub fn ask_at_the_first_story() {
    let view = use_view();
    let has_story = memo(move || {
        let is_ready = view.core.get() == CoreState::Ready;
        is_ready.then(|| view.rows.with(|rows| rows.values().any(|row| row.mine)))
    });
    Effect::new(move |before: Option<Option<bool>>| {
        let has_story = has_story.get();
        if before == Some(Some(false)) && has_story == Some(true) {
            spawn_local(async {
                browser::ask_to_keep().await;
            });
        }
        has_story
    });
}
