//! What this browser is and allows.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, StorageManager};

/// Whether this is a tab on an iPhone or iPad: what is stored here is wiped after seven days without use, and the app
/// on the home screen does not see it (C3).
pub fn is_tab_on_ios() -> bool {
    // Only there the property exists; on the home screen it is true.
    Reflect::get(&window().navigator(), &"standalone".into()).is_ok_and(|value| value == JsValue::FALSE)
}

/// Whether the screen is as wide as a laptop's: what a phone folds away stands open there.
pub fn has_room() -> bool {
    let query = window().match_media("(min-width: 60rem)").ok().flatten();
    query.is_none_or(|query| query.matches())
}

/// Languages that the browser asks for, the best first, as BCP 47 tags.
pub fn languages() -> Vec<String> {
    let asked = window().navigator().languages();
    asked.iter().filter_map(|tag| tag.as_string()).collect()
}

/// Reads a setting of this browser.
pub fn recall(key: &str) -> Option<String> {
    settings()?.get_item(key).ok()?
}

/// Keeps a setting of this browser, if it stores anything.
pub fn remember(key: &str, value: &str) {
    if let Some(settings) = settings() {
        // Refused where it is full or switched off: the setting holds until the page is closed.
        drop(settings.set_item(key, value));
    }
}

fn settings() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Whether a database of this name was ever made in this browser, if it tells.
pub async fn has_database(name: &str) -> Option<bool> {
    let factory = Reflect::get(&window(), &"indexedDB".into()).ok()?;
    let list: Function = Reflect::get(&factory, &"databases".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let asked: Promise = list.call0(&factory).ok()?.dyn_into().ok()?;
    let databases: Array = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
    let is_it = |database: JsValue| {
        let found = Reflect::get(&database, &"name".into());
        found.is_ok_and(|found| found.as_string().is_some_and(|found| found == name))
    };
    Some(databases.iter().any(is_it))
}

/// What the browser says about keeping what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It promised.
    Yes,
    /// It may wipe it when the device is full.
    No,
    /// It does not say.
    Unknown,
}

/// Reads whether the browser promised to keep what is stored.
pub async fn is_kept() -> Kept {
    match storage() {
        Some(storage) => answer(storage.persisted()).await,
        None => Kept::Unknown,
    }
}

/// Asks the browser to keep what is stored (C3); nothing waits for the answer but the screen that shows it.
pub async fn ask_to_keep() -> Kept {
    match storage() {
        Some(storage) => answer(storage.persist()).await,
        None => Kept::Unknown,
    }
}

/// Whether the app itself is on this device, so that it opens without a connection (W4).
pub async fn has_app() -> bool {
    let navigator = window().navigator();
    if !has(&navigator, "serviceWorker") {
        return false;
    }
    let asked = navigator
        .service_worker()
        .get_registration_with_document_url("/app/");
    JsFuture::from(asked).await.is_ok_and(|registration| {
        Reflect::get(&registration, &"active".into()).is_ok_and(|worker| worker.is_object())
    })
}

/// What the app stores here, and what it still may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that it uses.
    pub used: u64,
    /// Bytes that are left.
    pub left: u64,
}

/// Asks how much room there is; `None` where the browser does not say.
pub async fn room() -> Option<Room> {
    let asked = storage()?.estimate().ok()?;
    let told = JsFuture::from(asked).await.ok()?;
    let bytes = |key: &str| {
        let number = Reflect::get(&told, &key.into()).ok()?.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of bytes that a disk has fits"
        )]
        let bytes = number as u64;
        Some(bytes)
    };
    let used = bytes("usage")?;
    Some(Room {
        used,
        left: bytes("quota")?.saturating_sub(used),
    })
}

/// Puts a text on the clipboard; returns whether that worked.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    if !has(&navigator, "clipboard") {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// Takes the code that `boot.js` removed from the address bar.
pub fn take_invitation() -> Option<String> {
    let key = "invitation".into();
    let global = js_sys::global();
    let code = Reflect::get(&global, &key).ok()?.as_string()?;
    // Refused only where there was none.
    Reflect::delete_property(&global, &key).ok();
    Some(code)
}

/// Takes the code of a link that was opened while the app is, as `boot.js` does at its start.
pub fn take_late_invitation() -> Option<String> {
    let location = window().location();
    let path = location.pathname().ok()?;
    let hash = location.hash().ok()?;
    let code = hash.strip_prefix('#').filter(|code| !code.is_empty())?;
    if !path.ends_with("/uitnodiging") {
        return None;
    }
    let history = window().history().ok()?;
    let state = history.state().unwrap_or(JsValue::NULL);
    history.replace_state_with_url(&state, "", Some(&path)).ok()?;
    Some(code.to_owned())
}

fn storage() -> Option<StorageManager> {
    let navigator = window().navigator();
    has(&navigator, "storage").then(|| navigator.storage())
}

async fn answer(asked: Result<js_sys::Promise, JsValue>) -> Kept {
    let Ok(asked) = asked else {
        return Kept::Unknown;
    };
    match JsFuture::from(asked).await {
        Ok(kept) if kept == JsValue::TRUE => Kept::Yes,
        Ok(_) => Kept::No,
        Err(_) => Kept::Unknown,
    }
}

/// Outside a secure context parts of the navigator are missing.
fn has(object: &JsValue, property: &str) -> bool {
    Reflect::get(object, &property.into()).is_ok_and(|value| !value.is_undefined())
}
