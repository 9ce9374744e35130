//! "Foto's": the photos of a story, and adding more.

use crate::ui::adding::{NotAdded, is_unsure, room};
use crate::ui::components::bound::{OpenStory, is_editable};
use crate::ui::components::file_button::FileButton;
use crate::ui::components::for_each::For;
use crate::ui::components::icon::Icon;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::components::photo_card::{PhotoCard, use_photos};
use crate::ui::components::questions::Asked;
use crate::ui::components::show::Show;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::{focus, use_texts, words};
use leptos::prelude::*;
use shared::view::About;
use texts::Locale;

/// What cameras make and browsers read.
const ACCEPT: &str = "image/jpeg,image/png,image/webp,image/heic,image/heif";

/// The photos of a story.
#[component]
pub fn Photos(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let ids = use_photos(desk);
    let is_editable = is_editable(desk);
    desk.with_value(Desk::watch_photos);
    let (under_way, not_added, n_added) = desk.with_value(|desk| {
        let adding = desk.adding();
        (adding.under_way(), adding.not_added(), adding.n_added())
    });
    let busy = memo(move || under_way.with(Option::is_some));
    let is_removed = RwSignal::new(false);
    let choose = Callback::new(move |files| {
        is_removed.set(false);
        desk.with_value(|desk| desk.add_photos(files));
    });
    let removed = Callback::new(move |()| {
        is_removed.set(true);
        focus::first("#inhoud", "#foto-toevoegen");
    });
    let said = move || {
        if let Some((number, total)) = under_way.get() {
            Some(texts.photo_busy(&number.to_string(), &total.to_string()))
        } else if is_removed.get() {
            Some(texts.photo_removed().to_owned())
        } else {
            n_added.get().map(|n_added| {
                // Of one after the other the same would be said: how many there are tells that it worked again.
                let n_now = u64::try_from(ids.with(Vec::len)).unwrap_or(u64::MAX);
                let now = (n_now > n_added).then(|| texts.photo_now(&n_now.to_string()));
                let said = [texts.photo_added(n_added)].into_iter().chain(now);
                said.collect::<Vec<_>>().join(" ")
            })
        }
    };
    view! {
        <section class="stack" aria-labelledby="fotos">
            <h3 id="fotos">{texts.photo_title()}</h3>
            <Asked desk=desk about=About::Media />
            <Show when=move || is_editable.get()>
                <p class="soft">{texts.photo_intro()}</p>
                <div>
                    <FileButton
                        id="foto-toevoegen"
                        icon=Icon::Camera
                        label=texts.photo_add()
                        accept=ACCEPT
                        busy=busy.into()
                        on_choose=choose
                    />
                </div>
            </Show>
            <p role="status">{said}</p>
            <NotAddedNotice not_added=not_added />
            <Show when=move || ids.with(|ids| !ids.is_empty())>
                <ul class="photos" role="list" aria-label=texts.photo_list()>
                    <For
                        each=move || ids.get()
                        key=String::clone
                        children=move |id| view! { <PhotoCard desk=desk id=id on_removed=removed /> }
                    />
                </ul>
            </Show>
        </section>
    }
}

/// Which of the chosen photos were not added, and why.
#[component]
fn NotAddedNotice(not_added: Signal<Vec<NotAdded>>) -> impl IntoView {
    let texts = use_texts();
    let items = move || {
        not_added.with(|not_added| {
            let items = not_added
                .iter()
                .map(|why| view! { <li>{words_for(texts, why)}</li> });
            items.collect_view()
        })
    };
    let title = move || {
        if not_added.with(|not_added| is_unsure(not_added)) {
            texts.photo_perhaps_left()
        } else {
            texts.photo_not_added()
        }
    };
    view! {
        <Show when=move || not_added.with(|not_added| !not_added.is_empty())>
            <Notice weight=Weight::Risk aloud=Aloud::AtOnce>
                <p>
                    <strong>{title}</strong>
                </p>
                <ul class="missing">{items}</ul>
            </Notice>
        </Show>
    }
}

fn words_for(texts: Locale, why: &NotAdded) -> String {
    match why {
        NotAdded::Bad(number, error) => words::picture_error(texts, &number.to_string(), *error),
        NotAdded::NoRoom => texts.photo_room(room()),
        NotAdded::Stopped(number, failure) => {
            texts.photo_stopped(&number.to_string(), &words::failure(texts, failure))
        }
        NotAdded::Perhaps(number) => texts.photo_perhaps(&number.to_string()),
    }
}
