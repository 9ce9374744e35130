//! Reads what is left of a store that does not open as a whole, or whose machine dies at each start (C4).

use super::WayBack;
use super::lock::Lock;
use super::store::Store;
use crate::DATABASE;
use crate::messages::Unusable;
use futures_channel::oneshot;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use gloo_timers::callback::Timeout;
use js_sys::Date;
use shared::sync::client::Rescue;
use shared::view::Rescued;

/// Longest time without an ear for the page, which takes a core that answers no ping for dead (C5).
const STRETCH_MS: f64 = 100.0;

/// A store that is looked through. Nothing of it changes before [`Rescuing::rebuild`].
pub(super) struct Rescuing {
    store: Store,
    rescue: Rescue,
    _lock: Lock,
}

impl Rescuing {
    /// Takes the device from other tabs and reads all that can be read.
    pub(super) async fn open(way_back: WayBack) -> Result<Self, Unusable> {
        // Another tab may have it, and this one go on reading: the store's number keeps it from writing.
        let lock = Lock::take(|| {}).await;
        let mut store = Store::open(DATABASE, move || way_back.over()).await?;
        let answers = store.answer(&Rescue::queries()).await;
        let mut rescue = Rescue::new(answers.map_err(|_| Unusable::Refused)?);
        let mut heard_at = Date::now();
        while rescue.step() {
            // Clocks are set back, too.
            if (Date::now() - heard_at).abs() >= STRETCH_MS {
                let_messages_in().await;
                heard_at = Date::now();
            }
        }
        Ok(Self {
            store,
            rescue,
            _lock: lock,
        })
    }

    pub(super) fn view(&self) -> Rescued {
        self.rescue.view()
    }

    /// The bytes of a photo or a part of a recording, if they are all there.
    pub(super) async fn media(&mut self, number: u32) -> Option<Vec<u8>> {
        let query = self.rescue.media_query(number)?;
        let answers = self.store.answer(&[query]).await.ok()?;
        self.rescue.open_media(number, answers.first()?)
    }

    /// Makes the store whole again, without what does not open and what the relay has; false if that cannot be.
    pub(super) async fn rebuild(&mut self) -> bool {
        match self.rescue.rebuild(&mut UnwrapErr(SysRng)) {
            Some(operations) => self.store.carry_out(&operations).await.is_ok(),
            None => false,
        }
    }
}

/// Waits until the worker has heard what was sent to it so far.
async fn let_messages_in() {
    let (sender, turn) = oneshot::channel::<()>();
    let timeout = Timeout::new(0, move || drop(sender));
    // That the sender is gone is the sign.
    turn.await.ok();
    drop(timeout);
}
