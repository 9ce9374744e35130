//! "Voorbeeld" and "Publiceren": nothing is published that was not looked at.

use crate::ui::components::asking::Asking;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::modal::Modal;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::preview::Preview;
use crate::ui::components::show::Show;
use crate::ui::core_worker::Failure;
use crate::ui::use_texts;
use leptos::prelude::*;
use shared::command::{Command, CommandError, Reply};
use shared::view::{self, Missing};

/// A button that shows what would be published, in a dialog from which it is.
#[component]
pub fn PublishPart(
    /// Id of the story.
    #[prop(into)]
    story: Signal<String>,
    /// What is missing: a refusal stands only until that changes.
    #[prop(into)]
    missing: Signal<Vec<Missing>>,
    /// Classes of the button, beside `button`.
    #[prop(into)]
    class: Signal<&'static str>,
    /// Called when it is on its way.
    on_published: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let is_open = RwSignal::new(false);
    let preview = RwSignal::new(None::<view::Preview>);
    let has_changed = RwSignal::new(false);
    let looking = Asking::new();
    let publishing = Asking::new();
    let look = move || {
        looking.ask(
            Command::Preview {
                id: story.get_untracked(),
            },
            move |reply| {
                if let Reply::Preview(seen) = reply {
                    preview.set(Some(*seen));
                    is_open.set(true);
                }
            },
        );
    };
    let show = Callback::new(move |()| {
        has_changed.set(false);
        publishing.forgive();
        look();
    });
    let publish = Callback::new(move |()| {
        let Some(digest) = preview.with_untracked(|preview| preview.as_ref().map(|seen| seen.digest.clone()))
        else {
            return;
        };
        has_changed.set(false);
        publishing.ask(
            Command::Publish {
                id: story.get_untracked(),
                digest,
            },
            move |_| {
                is_open.set(false);
                on_published.run(());
            },
        );
    });
    looking.forgive_when_changed(missing);
    // P2: what changed meanwhile is looked at again.
    Effect::new(move || {
        if publishing.failure().get() == Some(Failure::Refused(CommandError::PreviewChanged)) {
            publishing.forgive();
            has_changed.set(true);
            look();
        }
    });
    let region = move || {
        preview.get().map(|seen| {
            view! {
                <section aria-label=texts.review_do_preview()>
                    <Preview preview=seen />
                </section>
            }
        })
    };
    view! {
        <FailureNotice failure=looking.failure() />
        <BusyButton busy=looking.busy() on_press=show class=class>
            <Drawn icon=Icon::Eye />
            {texts.review_do_preview()}
        </BusyButton>
        <Modal open=is_open title_id="voorbeeld-titel" title=texts.review_preview_title() class="dialog--wide">
            <p>{texts.review_preview_hint()}</p>
            <Show when=move || has_changed.get()>
                <Notice weight=Weight::Wait aloud=Aloud::AtOnce>
                    <p>{texts.review_preview_again()}</p>
                </Notice>
            </Show>
            {region}
            <FailureNotice failure=publishing.failure() />
            <FailureNotice failure=looking.failure() />
            <div class="dialog__actions preview__actions">
                <button type="button" class="button button--quiet" on:click=move |_| is_open.set(false)>
                    {texts.review_preview_close()}
                </button>
                <BusyButton busy=publishing.busy() on_press=publish>
                    <Drawn icon=Icon::Globe />
                    {texts.review_do_publish()}
                </BusyButton>
            </div>
        </Modal>
    }
}
