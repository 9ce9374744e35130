//! The one form of a message in both directions: a JavaScript array `[Uint8Array]`, its buffer transferred.

use crate::messages::{decode, encode};
use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// Returns the message and the list of what is transferred with it.
pub fn pack<T: Serialize>(message: &T) -> (Array, Array) {
    let bytes = Uint8Array::from(encode(message).as_slice());
    (Array::of1(&bytes), Array::of1(&bytes.buffer()))
}

/// Returns the message, or `None` if `data` is none.
pub fn unpack<T: DeserializeOwned>(data: JsValue) -> Option<T> {
    let array: Array = data.dyn_into().ok()?;
    let bytes: Uint8Array = array.get(0).dyn_into().ok()?;
    decode(&bytes.to_vec())
}
