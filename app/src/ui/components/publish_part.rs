//! "Voorbeeld" and "Publiceren": nothing is published that was not looked at.

use crate::ui::components::asking::Asking;
use crate::ui::components::bound::OpenStory;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::decision_notice::DecisionNotice;
use crate::ui::components::failure_notice::FailureNotice;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::modal::Modal;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::preview::Preview;
use crate::ui::components::recordings_go::RecordingsGo;
use crate::ui::components::show::Show;
use crate::ui::core_worker::Failure;
use crate::ui::desk::Desk;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use shared::command::{Command, CommandError, Reply};
use shared::view::{self, LeftOut, Missing};

/// A button that shows what would be published, in a dialog from which it is; no button while something is missing.
#[component]
pub fn PublishPart(
    /// The story.
    desk: OpenStory,
    /// Id of the story.
    #[prop(into)]
    story: Signal<String>,
    /// What is missing: there is nothing to show before, and a refusal stands only until that changes.
    #[prop(into)]
    missing: Signal<Vec<Missing>>,
    /// It is being taken from the website: that comes first.
    #[prop(into)]
    comes_down: Signal<bool>,
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
    // Photos or sound of it are on their way to this device.
    let is_coming = RwSignal::new(false);
    // Something arrived while the core was asked.
    let has_come = StoredValue::new(false);
    let ask_again = Trigger::new();
    let looking = Asking::new();
    let publishing = Asking::new();
    let look = move || {
        has_come.set_value(false);
        looking.ask(
            Command::Preview {
                id: story.get_untracked(),
            },
            move |reply| {
                is_coming.set(reply == Reply::MediaComing);
                if has_come.get_value() {
                    ask_again.notify();
                }
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
    let told = desk.with_value(Desk::story);
    // Each time that something arrived.
    Effect::new(move || {
        told.track();
        ask_again.track();
        if looking.busy().get_untracked() {
            has_come.set_value(true);
        } else if is_coming.get_untracked() {
            look();
        }
    });
    let region = move || {
        preview.get().map(|seen| {
            let left_out = seen.left_out.clone();
            view! {
                <section aria-label=texts.review_do_preview()>
                    <Preview desk=desk preview=seen />
                </section>
                <StaysInside left_out=left_out />
            }
        })
    };
    view! {
        <FailureNotice failure=looking.failure() />
        <Show when=move || missing.with(Vec::is_empty) && !comes_down.get()>
            <BusyButton busy=looking.busy() on_press=show class=class>
                <Drawn icon=Icon::Eye />
                {texts.review_do_preview()}
            </BusyButton>
        </Show>
        <p class="soft decisions__said" role="status">
            {move || is_coming.get().then(|| texts.review_preview_coming())}
        </p>
        <Modal open=is_open title_id="voorbeeld-titel" title=texts.review_preview_title() class="dialog--wide">
            <DecisionNotice desk=desk />
            <p>{texts.review_preview_hint()}</p>
            <Show when=move || has_changed.get()>
                <Notice weight=Weight::Wait aloud=Aloud::AtOnce>
                    <p>{texts.review_preview_again()}</p>
                </Notice>
            </Show>
            {region}
            <RecordingsGo desk=desk />
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

/// Photos and recordings that are not sent, each with the reason.
#[component]
fn StaysInside(left_out: Vec<LeftOut>) -> impl IntoView {
    let texts = use_texts();
    (!left_out.is_empty()).then(|| {
        let items = left_out
            .iter()
            .map(|item| view! { <li>{words::left_out(texts, item)}</li> });
        view! {
            <section class="stack stack--tight" aria-labelledby="blijft-binnen">
                <h3 id="blijft-binnen">{texts.review_preview_left_out()}</h3>
                <ul class="missing">{items.collect_view()}</ul>
            </section>
        }
    })
}
