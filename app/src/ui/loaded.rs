//! Photos and sounds of an open story, fetched from the core when they are shown.

use crate::ui::blob_url::BlobUrl;
use crate::ui::components::bound::OpenStory;
use crate::ui::core_worker::CoreWorker;
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::view::{use_core, use_view};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Reply};
use shared::view::Which;
use std::sync::Arc;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// Nobody has asked for it, or it is being read.
    #[default]
    Not,
    /// It is not on this device: it is fetched.
    Coming,
    /// It is here, at this address.
    Here(Arc<str>),
}

impl Loading {
    /// Its address, once it is here.
    pub fn address(&self) -> Option<String> {
        match self {
            Self::Here(address) => Some(address.as_ref().to_owned()),
            Self::Not | Self::Coming => None,
        }
    }
}

/// Loads bytes of a photo or a recording while `is_wanted`, and anew when `is_here` tells that they came. They are let
/// go with the component.
pub fn use_loaded(
    desk: OpenStory,
    media: String,
    which: Which,
    is_wanted: Signal<bool>,
    is_here: Signal<bool>,
) -> Signal<Loading> {
    let core = StoredValue::new_local(use_core());
    let n_starts = use_view().n_starts;
    let url = StoredValue::new_local(None::<BlobUrl>);
    let loading = RwSignal::new(Loading::Not);
    let is_due = memo(move || {
        // A new core knows nothing of what the last one was asked.
        (is_wanted.get(), is_here.get(), n_starts.get())
    });
    Effect::new(move || {
        let (is_wanted, ..) = is_due.get();
        if !is_wanted || loading.with_untracked(|loading| matches!(loading, Loading::Here(_))) {
            return;
        }
        let Some(id) = desk.with_value(Desk::id).get_untracked() else {
            return;
        };
        let command = Command::LoadMedia {
            id,
            media: media.clone(),
            which,
        };
        spawn_local(load(core.get_value(), command, url, loading));
    });
    loading.into()
}

async fn load(
    core: CoreWorker,
    command: Command,
    url: StoredValue<Option<BlobUrl>, LocalStorage>,
    loading: RwSignal<Loading>,
) {
    let now = match core.command(command).await {
        Ok(Reply::Media { media_type, bytes }) => match BlobUrl::new(&bytes, &media_type) {
            Some(new) => {
                let address = Arc::from(new.address());
                // Dropped, and with it given back, where the screen was left.
                if url.try_update_value(|url| *url = Some(new)).is_none() {
                    return;
                }
                Loading::Here(address)
            }
            None => Loading::Not,
        },
        Ok(Reply::MediaComing) => Loading::Coming,
        // The next core is asked again; what is refused is gone.
        Ok(_) | Err(_) => Loading::Not,
    };
    loading.try_set(now);
}
