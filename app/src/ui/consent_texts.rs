//! What tellers are asked in languages of the network, from the core, and how it sounds.

use crate::text_languages::Asked;
use crate::ui::ask_again::ask_again;
use crate::ui::blob_url::BlobUrl;
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::view::{use_core, use_view};
use crate::ui::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Reply};
use shared::view::{ConsentTextView, ReadingView, Use, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Asks as [`ask_again`] does; `take` takes note of each answer.
pub fn listen(take: impl Fn(Vec<ConsentTextView>) + Clone + 'static) -> Signal<Option<Failure>> {
    let changed = use_view().texts;
    ask_again(
        Command::ConsentTexts,
        move || changed.track(),
        move |reply| {
            if let Reply::ConsentTexts(texts) = reply {
                take(texts);
            }
        },
    )
}

/// What is asked in a language.
pub fn asked(texts: &[ConsentTextView], language: &str) -> Asked {
    Asked::of(texts, language, |own| {
        let uses = crate::permission::USES.into_iter();
        uses.map(|used| (used, words::consent_text(own, used).to_owned()))
            .collect()
    })
}

/// Addresses of readings within the browser, by use.
pub type Readings = RwSignal<BTreeMap<Use, Arc<str>>>;

/// Loads the readings of what is asked that are on this device, so that they sound at once when somebody presses. They
/// are let go with the component.
pub fn use_readings(asked: Signal<Asked>) -> Readings {
    let core = StoredValue::new_local(use_core());
    let n_starts = use_view().n_starts;
    let held = StoredValue::new_local(BTreeMap::<String, BlobUrl>::new());
    let loading = StoredValue::new(BTreeSet::<String>::new());
    let readings = Readings::new(BTreeMap::new());
    let show = move || {
        let shown = asked.try_with_untracked(|asked| {
            let here = asked
                .readings_here()
                .map(|reading| (reading.used, reading.id.clone()));
            here.collect::<Vec<_>>()
        });
        let addresses = held.try_with_value(|held| {
            let shown = shown.into_iter().flatten();
            let addresses = shown.filter_map(|(used, id)| Some((used, Arc::from(held.get(&id)?.address()))));
            addresses.collect()
        });
        if let Some(addresses) = addresses {
            readings.try_set(addresses);
        }
    };
    Effect::new(move || {
        n_starts.track();
        let wanted: Vec<ReadingView> = asked.with(|asked| asked.readings_here().cloned().collect());
        show();
        for reading in wanted {
            let is_held = held.with_value(|held| held.contains_key(&reading.id));
            let is_new = loading.try_update_value(|loading| loading.insert(reading.id.clone()));
            if is_held || is_new != Some(true) {
                continue;
            }
            let core = core.get_value();
            spawn_local(async move {
                let id = reading.id.clone();
                let url = load(&core, reading).await;
                loading.try_update_value(|loading| loading.remove(&id));
                if let Some(url) = url {
                    held.try_update_value(|held| drop(held.insert(id, url)));
                    show();
                }
            });
        }
    });
    readings
}

async fn load(core: &CoreWorker, reading: ReadingView) -> Option<BlobUrl> {
    let command = Command::LoadMedia {
        id: reading.document,
        media: reading.id,
        which: Which::Reading,
    };
    match core.command(command).await {
        Ok(Reply::Media { media_type, bytes }) => BlobUrl::new(&bytes, &media_type),
        // What is not here is loaded when it has come; the next core is asked again.
        Ok(_) | Err(_) => None,
    }
}
