//! Reads what is left of a store that does not open as a whole, or whose machine dies at each start (C4).

use super::lock::Lock;
use super::store::Store;
use crate::DATABASE;
use crate::messages::Unusable;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use shared::sync::client::Rescue;
use shared::view::Rescued;

/// A store that is looked through. Nothing of it changes before [`Rescuing::rebuild`].
pub(super) struct Rescuing {
    store: Store,
    rescue: Rescue,
    _lock: Lock,
}

impl Rescuing {
    /// Takes the device from other tabs and reads all that can be read.
    pub(super) async fn open() -> Result<Self, Unusable> {
        let lock = Lock::take(|| {}).await;
        let mut store = Store::open(DATABASE, || {}).await?;
        let answers = store.answer(&Rescue::queries()).await;
        let rescue = Rescue::read(answers.map_err(|_| Unusable::Refused)?);
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
