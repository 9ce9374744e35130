//! A question to the core that is asked anew whenever its answer may be another.

use crate::ui::core_worker::Failure;
use crate::ui::view::{CoreState, use_core, use_view};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Reply};

/// Asks now, when what `track` reads changes, and when a new core starts; `take` takes note of each reply. Returns why
/// there was none to the last question.
pub fn ask_again(
    command: Command,
    track: impl Fn() + 'static,
    take: impl Fn(Reply) + Clone + 'static,
) -> Signal<Option<Failure>> {
    let view = use_view();
    let core = StoredValue::new_local(use_core());
    let failure = RwSignal::new(None);
    Effect::new(move || {
        track();
        view.n_starts.track();
        if view.core.get() != CoreState::Ready {
            return;
        }
        let (core, command, take) = (core.get_value(), command.clone(), take.clone());
        spawn_local(async move {
            let (reply, why) = match core.command(command).await {
                Ok(reply) => (Some(reply), None),
                Err(why) => (None, Some(why)),
            };
            let is_left = failure.try_set(why).is_some();
            if let Some(reply) = reply.filter(|_| !is_left) {
                take(reply);
            }
        });
    });
    failure.into()
}
