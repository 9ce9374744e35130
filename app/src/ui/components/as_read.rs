//! Which text a teller was read before she agreed to it (P2).

use crate::ui::components::bound::OpenStory;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The text as it stood on the screen when a dialog about it was opened.
#[derive(Clone, Copy, Debug)]
pub struct AsRead {
    desk: OpenStory,
    wording: StoredValue<String>,
}

impl AsRead {
    /// Nothing yet.
    pub fn new(desk: OpenStory) -> Self {
        Self {
            desk,
            wording: StoredValue::new(String::new()),
        }
    }

    /// She is read what is on the screen now; the core may not have told yet what was typed in it last.
    pub fn take(self) {
        let desk = self.desk.get_value();
        self.wording.set_value(desk.wording());
        spawn_local(async move {
            desk.settle().await;
            // Nobody asks for it where the screen was left meanwhile.
            drop(self.wording.try_set_value(desk.wording()));
        });
    }

    /// What it was, for the core.
    pub fn wording(self) -> String {
        self.wording.get_value()
    }
}
