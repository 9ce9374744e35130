//! The core worker: answers the page.
//!
//! Requests are handled strictly one after the other; only a ping overtakes them.

use crate::messages::{Answer, CoreToUi, Request, RequestId, UiToCore};
use crate::port;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Starts listening; returns at once.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        post(&CoreToUi::Panicked {
            message: panic.to_string(),
            applying: false,
        });
        console_error_panic_hook::hook(panic);
    }));
    let (requests, waiting) = unbounded();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        match port::unpack(event.data()) {
            Some(UiToCore::Ping) => post(&CoreToUi::Pong),
            Some(UiToCore::Ask { id, request }) => {
                // The receiver lives as long as the worker.
                drop(requests.unbounded_send((id, request)));
            }
            None => bug_in_the_page(),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    wasm_bindgen_futures::spawn_local(answer_all(waiting));
}

async fn answer_all(mut waiting: UnboundedReceiver<(RequestId, Request)>) {
    while let Some((id, request)) = waiting.next().await {
        post(&CoreToUi::Answer {
            id,
            answer: answer(&request),
        });
    }
}

fn answer(request: &Request) -> Answer {
    match request {
        Request::Hello => Answer::Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        Request::Command(_) => Answer::Unusable(crate::messages::Unusable::Refused),
    }
}

fn post(message: &CoreToUi) {
    let (message, transfer) = port::pack(message);
    if let Err(error) = scope().post_message_with_transfer(&message, &transfer) {
        wasm_bindgen::throw_val(error);
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

#[expect(clippy::panic, reason = "page and worker come from one build")]
fn bug_in_the_page() {
    panic!("the page sent what is no message");
}
