//! The story in the address.

use crate::ui::desk::{Desk, use_desks};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What stands in the address instead of the id of a story that is not written yet.
const NEW: &str = "nieuw";

/// Opens the story whose id is in the address, for as long as the screen is there.
pub fn use_open_desk() -> RwSignal<Option<Desk>, LocalStorage> {
    let desks = use_desks();
    let params = use_params_map();
    let desk = RwSignal::new_local(None::<Desk>);
    Effect::new(move || {
        let wanted = params.with(|params| params.get("id"));
        let wanted = wanted.filter(|id| id != NEW);
        let open = desk.get_untracked();
        if open
            .as_ref()
            .is_some_and(|open| open.id().get_untracked() == wanted)
        {
            return;
        }
        desk.set(Some(desks.take(wanted.as_deref())));
        if let Some(open) = open {
            desks.leave(&open);
        }
    });
    on_cleanup(move || {
        if let Some(Some(open)) = desk.try_get_untracked() {
            desks.leave(&open);
        }
    });
    desk
}
