//! "Verwijderen": puts a draft into the trash.

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::confirm_button::ConfirmButton;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{use_go, use_texts};
use leptos::prelude::*;
use shared::command::Command;
use shared::view::StoryState;

/// A button with a question, on one's own story that was never handed in.
#[component]
pub fn DeletePart(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let go = use_go();
    let story = desk.with_value(Desk::story);
    let is_blank = desk.with_value(Desk::is_blank);
    let may_delete = memo(move || {
        story.with(|story| {
            story
                .as_ref()
                .is_some_and(|story| story.row.mine && story.editable && story.row.state == StoryState::Draft)
        })
    });
    let asking = Asking::new();
    let delete = Callback::new(move |()| {
        let Some(id) = desk.with_value(Desk::id).get_untracked() else {
            return;
        };
        let go = go.clone();
        asking.ask(Command::DeleteStory { id }, move |_| go("/app/verhalen"));
    });
    view! {
        <Show when=move || may_delete.get() && !is_blank.get()>
            <div>
                <ConfirmButton
                    asking=asking
                    label=texts.trash_delete()
                    class="button--plain"
                    question=texts.trash_delete_question()
                    verb=texts.trash_delete_verb()
                    danger=true
                    on_yes=delete
                >
                    <p>{texts.trash_delete_more()}</p>
                </ConfirmButton>
            </div>
        </Show>
    }
}
