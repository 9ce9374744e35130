//! One question to the core at a time, and what became of it.

use crate::ui::components::bound::OpenStory;
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::view::use_core;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Reply};

/// What a button or form asks of the core: busy while it waits, with the reason when it was refused.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    core: StoredValue<CoreWorker, LocalStorage>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
}

impl Asking {
    /// Nothing asked yet. Lives as long as the component that makes it.
    pub fn new() -> Self {
        Self {
            core: StoredValue::new_local(use_core()),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    /// Whether an answer is awaited.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why the last question got no reply.
    pub fn failure(self) -> Signal<Option<Failure>> {
        self.failure.into()
    }

    /// Forgets the failure: what was wrong is being put right.
    pub fn forgive(self) {
        if self.failure.with_untracked(Option::is_some) {
            self.failure.set(None);
        }
    }

    /// Forgets the failure whenever `fact` changes: what was refused may be possible.
    pub fn forgive_when_changed<T: Send + Sync + 'static>(self, fact: Signal<T>) {
        Effect::new(move || {
            fact.track();
            self.forgive();
        });
    }

    /// Asks, unless an answer is awaited; `then` is called with the reply if the screen is still there.
    pub fn ask(self, command: Command, then: impl FnOnce(Reply) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(self.hear(self.core.get_value(), command, then));
    }

    /// Asks about an open story, by its id, once all that was typed in it is stored; `unsaved` is set where it could
    /// not be.
    pub fn ask_about(
        self,
        story: OpenStory,
        unsaved: RwSignal<bool>,
        command: impl FnOnce(String) -> Command + 'static,
        then: impl FnOnce(Reply) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let desk = story.get_value();
        spawn_local(async move {
            let is_settled = desk.settle().await;
            // `None` where the screen was left meanwhile.
            let Some(core) = self.core.try_get_value() else {
                return;
            };
            match desk.id().get_untracked() {
                Some(id) if is_settled => {
                    self.failure.set(None);
                    self.hear(core, command(id), then).await;
                }
                Some(_) | None => {
                    self.busy.set(false);
                    unsaved.set(true);
                }
            }
        });
    }

    async fn hear(self, core: CoreWorker, command: Command, then: impl FnOnce(Reply) + 'static) {
        let reply = core.command(command).await;
        if self.busy.try_set(false).is_some() {
            return;
        }
        match reply {
            Ok(reply) => then(reply),
            Err(failure) => self.failure.set(Some(failure)),
        }
    }
}

impl Default for Asking {
    fn default() -> Self {
        Self::new()
    }
}
