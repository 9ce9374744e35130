//! The connection to the relay: one WebSocket at a time, at the address that the app came from.

use super::WayBack;
use js_sys::{ArrayBuffer, Uint8Array};
use shared::sync::client::{ConnectionId, Input};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// An open or opening connection; dropping it closes it, and nothing more is heard of it.
pub(super) struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Begins to open a connection to `url`; what becomes of it goes the way back. `None` when the browser does
    /// not even try.
    pub(super) fn open(url: &str, id: ConnectionId, way_back: &WayBack) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let back = way_back.clone();
        let on_open = Closure::<dyn FnMut()>::new(move || back.input(Input::Connected(id)));
        let back = way_back.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // The relay sends no text; anything else is no frame and the machine says so.
            let bytes = event.data().dyn_into::<ArrayBuffer>().ok();
            let bytes = bytes.map(|buffer| Uint8Array::new(&buffer).to_vec());
            back.input(Input::Frame(id, bytes.unwrap_or_default()));
        });
        let back = way_back.clone();
        let on_close = Closure::<dyn FnMut()>::new(move || back.input(Input::Disconnected(id)));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self {
            socket,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        })
    }

    /// Sends a message. One that cannot be sent was lost with the connection, of which `Disconnected` tells.
    pub(super) fn send(&self, bytes: &[u8]) {
        drop(self.socket.send_with_u8_array(bytes));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        drop(self.socket.close());
    }
}
