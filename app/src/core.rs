//! The core worker: drives the device's machine and speaks with the page.
//!
//! ```text
//!  page ──► UiToCore ──► driver: Client::handle_input, poll_output ──► store (IndexedDB)
//!  page ◄── CoreToUi ◄──┘                                        └───► socket (the relay)
//! ```
//!
//! What happens is handled strictly one after the other; only a ping overtakes it.

mod driver;
mod lock;
mod rescuing;
mod socket;
pub mod store;

use crate::core::driver::{Driver, Told};
use crate::core::rescuing::Rescuing;
use crate::messages::{Answer, CoreToUi, Request, RequestId, UiToCore};
use crate::port;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use shared::command::Command;
use shared::sync::client::{CommandId, Input};
use std::collections::BTreeSet;
use std::mem;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// What happens to the worker.
enum Happening {
    /// The page asks.
    Asked(RequestId, Request),
    /// Something for the machine of this life.
    Input(Life, Input),
    /// Another tab or a newer app has taken the device from this life.
    Over(Life),
}

/// Counts the machines of this worker, and its looks at a store without one: what an earlier one left behind is not
/// for the next.
type Life = u32;

/// How what a machine has set going finds its way back to it.
#[derive(Clone)]
struct WayBack {
    life: Life,
    happenings: UnboundedSender<Happening>,
}

impl WayBack {
    fn input(&self, input: Input) {
        self.happens(Happening::Input(self.life, input));
    }

    fn over(&self) {
        self.happens(Happening::Over(self.life));
    }

    fn happens(&self, happening: Happening) {
        // The receiver lives as long as the worker.
        drop(self.happenings.unbounded_send(happening));
    }
}

/// Starts listening; returns at once.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        post(&CoreToUi::Panicked {
            message: panic.to_string(),
        });
        console_error_panic_hook::hook(panic);
    }));
    let (happenings, received) = unbounded();
    let asked = happenings.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        match port::unpack(event.data()) {
            Some(UiToCore::Ping) => post(&CoreToUi::Pong),
            Some(UiToCore::Ask { id, request }) => {
                // The receiver lives as long as the worker.
                drop(asked.unbounded_send(Happening::Asked(id, request)));
            }
            None => bug_in_the_page(),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let core = Core {
        driver: None,
        rescuing: None,
        life: 0,
        unanswered: BTreeSet::new(),
        happenings,
    };
    wasm_bindgen_futures::spawn_local(core.run(received));
    post(&CoreToUi::Loaded);
}

/// The state of the worker.
struct Core {
    driver: Option<Driver>,
    rescuing: Option<Rescuing>,
    life: Life,
    /// Commands that the machine has not replied to.
    unanswered: BTreeSet<RequestId>,
    happenings: UnboundedSender<Happening>,
}

impl Core {
    async fn run(mut self, mut happenings: UnboundedReceiver<Happening>) {
        while let Some(happening) = happenings.next().await {
            match happening {
                Happening::Asked(id, Request::Hello) => {
                    let answer = self.hello().await;
                    post(&CoreToUi::Answer { id, answer });
                }
                Happening::Asked(id, Request::Command(command)) => self.command(id, command),
                Happening::Asked(id, Request::Rescue) => {
                    let answer = self.rescue().await;
                    post(&CoreToUi::Answer { id, answer });
                }
                Happening::Asked(id, Request::RescuedMedia(number)) => {
                    let answer = match &mut self.rescuing {
                        Some(rescuing) => Answer::RescuedMedia(rescuing.media(number).await),
                        None => Answer::TakenOver,
                    };
                    post(&CoreToUi::Answer { id, answer });
                }
                Happening::Asked(id, Request::Rebuild) => {
                    let answer = match &mut self.rescuing {
                        Some(rescuing) => Answer::Rebuilt(rescuing.rebuild().await),
                        None => Answer::TakenOver,
                    };
                    post(&CoreToUi::Answer { id, answer });
                }
                Happening::Input(life, input) if life == self.life => self.handle(input),
                Happening::Over(life) if life == self.life => self.give_up_the_device(),
                Happening::Input(..) | Happening::Over(_) => {}
            }
        }
    }

    /// Opens the database and starts the machine, unless it runs.
    async fn hello(&mut self) -> Answer {
        let mut died_applying = false;
        self.rescuing = None;
        if self.driver.is_none() {
            let way_back = self.next_life();
            match Driver::open(way_back).await {
                Ok(driver) => {
                    died_applying = driver.died_applying();
                    self.driver = Some(driver);
                }
                Err(why) => return Answer::Unusable(why),
            }
        }
        Answer::Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            died_applying,
        }
    }

    /// Looks through the store without starting a machine on it.
    async fn rescue(&mut self) -> Answer {
        self.driver = None;
        self.rescuing = None;
        let way_back = self.next_life();
        match Rescuing::open(way_back).await {
            Ok(rescuing) => Answer::Rescued(self.rescuing.insert(rescuing).view()),
            Err(why) => Answer::Unusable(why),
        }
    }

    fn next_life(&mut self) -> WayBack {
        self.life += 1;
        WayBack {
            life: self.life,
            happenings: self.happenings.clone(),
        }
    }

    fn command(&mut self, id: RequestId, command: Command) {
        if self.driver.is_some() {
            self.unanswered.insert(id);
            self.handle(Input::Command(CommandId(u64::from(id.0)), command));
        } else {
            post(&CoreToUi::Answer {
                id,
                answer: Answer::TakenOver,
            });
        }
    }

    fn handle(&mut self, input: Input) {
        let Some(driver) = &mut self.driver else {
            return;
        };
        for told in driver.handle(input) {
            match told {
                Told::Reply(CommandId(command), reply) => {
                    // Commands were numbered by the page.
                    let id = u32::try_from(command).map(RequestId);
                    if let Ok(id) = id
                        && self.unanswered.remove(&id)
                    {
                        let answer = Answer::Command(reply);
                        post(&CoreToUi::Answer { id, answer });
                    }
                }
                Told::Event(event) => post(&CoreToUi::Event(event)),
                Told::Over => self.give_up_the_device(),
            }
        }
    }

    /// Ends the machine; the store still gets what was handed to it, as far as it may. Or ends the look at the store,
    /// which then is closed.
    fn give_up_the_device(&mut self) {
        if self.driver.take().is_none() && self.rescuing.take().is_none() {
            return;
        }
        for id in mem::take(&mut self.unanswered) {
            post(&CoreToUi::Answer {
                id,
                answer: Answer::TakenOver,
            });
        }
        post(&CoreToUi::TakenOver);
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
