//! One tab of a device at a time drives the machine (S14): whoever comes to the front takes the lock.
//!
//! The lock is a courtesy between tabs; what protects the data is the number in the store that every write checks.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Of the lock.
const NAME: &str = "aanzet";

/// Held until it is dropped or taken by another tab.
pub(super) struct Lock {
    release: Option<Function>,
}

impl Lock {
    /// Takes the lock, from another tab if one has it; `on_lost` is called when another tab takes it in turn.
    ///
    /// Browsers without locks give one that is never lost.
    pub(super) async fn take(on_lost: impl FnOnce() + 'static) -> Self {
        Self::request(on_lost).await.unwrap_or(Self { release: None })
    }

    async fn request(on_lost: impl FnOnce() + 'static) -> Option<Self> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"steal".into(), &true.into()).ok()?;

        let (granted, held) = oneshot::channel();
        let granted = RefCell::new(Some(granted));
        let was_held = Rc::new(Cell::new(false));
        let is_held = Rc::clone(&was_held);
        // The lock is held for as long as the promise that this returns is open.
        let hold = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_: JsValue| {
            is_held.set(true);
            let granted = Rc::new(RefCell::new(granted.take()));
            Promise::new(&mut move |release, _| {
                if let Some(granted) = granted.take() {
                    drop(granted.send(release));
                }
            })
        });
        let ended = request
            .call3(&locks, &NAME.into(), &options, hold.as_ref())
            .ok()?
            .dyn_into::<Promise>()
            .ok()?;
        spawn_local(async move {
            let outcome = JsFuture::from(ended).await;
            drop(hold);
            // What was refused at once was never another tab's.
            if outcome.is_err() && was_held.get() {
                on_lost();
            }
        });
        let release = held.await.ok()?;
        Some(Self {
            release: Some(release),
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            drop(release.call0(&JsValue::UNDEFINED));
        }
    }
}
