//! Values that are worked out from signals.

use leptos::prelude::*;

/// A value that is worked out anew when a signal in it changes; who reads it hears of it only when it differs.
///
/// For what stands before its closure, see [`boxed`]: `Memo::new` would be compiled for every closure of the app.
pub fn memo<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    boxed(Box::new(value))
}

/// Compiled once for each type of value.
#[inline(never)]
fn boxed<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| value())
}
