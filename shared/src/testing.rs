//! What the deterministic simulation is made of.

#[cfg(feature = "testing")]
pub mod device;
#[cfg(feature = "testing")]
pub mod people;
pub mod picture;
pub mod relay_store;
#[cfg(feature = "testing")]
pub mod scenario;
#[cfg(feature = "testing")]
pub mod world;
