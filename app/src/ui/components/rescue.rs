//! What a person can do when what this device keeps does not open (C4): save what can be read, then build it up again.

use crate::rescued::{self, Media, Words};
use crate::ui::blob_url::BlobUrl;
use crate::ui::components::busy_button::BusyButton;
use crate::ui::components::confirm::Confirm;
use crate::ui::components::notice::{Aloud, Notice, Weight};
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::view::use_core;
use crate::ui::{use_texts, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::view::{Rescued, RescuedStory};
use texts::Locale;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

/// What was found.
#[derive(Clone, Debug)]
enum Found {
    Looking,
    /// The database itself cannot be read.
    Nothing,
    Some(Rescued),
}

/// The two steps, once it is known what is left.
#[component]
pub fn Rescue() -> impl IntoView {
    let found = RwSignal::new(Found::Looking);
    let core = use_core();
    spawn_local(async move {
        found.set(core.rescue().await.map_or(Found::Nothing, Found::Some));
    });
    let texts = use_texts();
    move || match found.get() {
        Found::Looking => view! { <p role="status">{texts.rescue_looking()}</p> }.into_any(),
        Found::Nothing => view! { <p role="status">{texts.rescue_nothing()}</p> }.into_any(),
        Found::Some(found) => view! { <Steps found=found /> }.into_any(),
    }
}

#[component]
fn Steps(
    /// What was found.
    found: Rescued,
) -> impl IntoView {
    let texts = use_texts();
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let n_stories = count(found.stories.len());
    let can_rebuild = found.can_rebuild;
    view! {
        <h2>{texts.rescue_save()}</h2>
        <p role="status">{texts.rescue_found(n_stories)}</p>
        {(n_stories > 0).then(|| view! { <Save stories=found.stories /> })}
        <h2>{texts.rescue_rebuild_step()}</h2>
        {if can_rebuild {
            view! { <Rebuild /> }.into_any()
        } else {
            view! { <p>{texts.rescue_cannot_rebuild()}</p> }.into_any()
        }}
    }
}

/// Step one: a file with all that can be read.
#[component]
fn Save(
    /// The stories in it.
    stories: Vec<RescuedStory>,
) -> impl IntoView {
    let texts = use_texts();
    let core = StoredValue::new_local(use_core());
    let stories = StoredValue::new(stories);
    let is_busy = RwSignal::new(false);
    // As long as somebody may be saving it.
    let file = StoredValue::new_local(None::<BlobUrl>);
    let is_saved = RwSignal::new(false);
    let save = Callback::new(move |()| {
        is_busy.set(true);
        spawn_local(async move {
            // Where it fails the core is gone, and so is this screen.
            if let Ok(page) = read(&core.get_value(), stories.get_value(), texts).await
                && let Some(url) = BlobUrl::new(page.as_bytes(), "text/html")
            {
                is_saved.set(offer(&url));
                file.set_value(Some(url));
            }
            is_busy.set(false);
        });
    });
    view! {
        <p>{texts.rescue_save_more()}</p>
        <p>
            <BusyButton busy=is_busy on_press=save class="button--wide">
                {texts.rescue_save_button()}
            </BusyButton>
        </p>
        {move || is_saved.get().then(|| view! { <Notice weight=Weight::Safe aloud=Aloud::Politely>{texts.rescue_saved()}</Notice> })}
    }
}

/// Step two: what does not open goes, what was sent comes again.
#[component]
fn Rebuild() -> impl IntoView {
    let texts = use_texts();
    let core = StoredValue::new_local(use_core());
    let is_open = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let has_failed = RwSignal::new(false);
    let rebuild = Callback::new(move |()| {
        is_busy.set(true);
        spawn_local(async move {
            if core.get_value().rebuild().await {
                // Refused only in a page that is being left.
                drop(window().location().reload());
            } else {
                has_failed.set(true);
                is_busy.set(false);
            }
        });
    });
    view! {
        <p>{texts.rescue_rebuild_more()}</p>
        <p role="alert">{move || has_failed.get().then(|| texts.rescue_rebuild_failed())}</p>
        <p>
            <BusyButton
                busy=is_busy
                on_press=Callback::new(move |()| is_open.set(true))
                class="button--quiet button--wide"
            >
                {texts.rescue_rebuild()}
            </BusyButton>
        </p>
        <Confirm
            open=is_open
            question=texts.rescue_question()
            verb=texts.rescue_verb()
            danger=true
            without_core=true
            on_yes=rebuild
        >
            <p>{texts.rescue_rebuild_lost()}</p>
        </Confirm>
    }
}

/// Reads photos and sounds, and writes the page.
///
/// # Errors
/// When the core can no longer be asked: a file without what it had yet to give would pass for all there is.
async fn read(core: &CoreWorker, stories: Vec<RescuedStory>, texts: Locale) -> Result<String, Failure> {
    let mut all = Vec::new();
    for story in stories {
        let mut media = Vec::new();
        for found in &story.media {
            if let Some(bytes) = core.rescued_media(found.number).await?
                && let Some(base64) = base64(&bytes)
            {
                media.push(Media {
                    media_type: found.media_type.clone(),
                    base64,
                });
            }
        }
        all.push((story, media));
    }
    let field = |field| words::field(texts, field);
    let words = Words {
        language: texts.tag(),
        title: texts.rescue_file_title(),
        untitled: texts.map_untitled(),
        field: &field,
        teller: texts.story_part_teller(),
    };
    Ok(rescued::page(&all, &words))
}

/// As browsers do it: from one character a byte.
fn base64(bytes: &[u8]) -> Option<String> {
    let characters: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    window().btoa(&characters).ok()
}

/// Hands a file to the browser, as a link that somebody follows would.
fn offer(url: &BlobUrl) -> bool {
    let link = document().create_element("a").ok();
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else {
        return false;
    };
    link.set_href(url.address());
    link.set_download("aanzet-verhalen.html");
    link.click();
    true
}
